-- table.lua TEXT: the table of people that `togglsh people` prints, by plain Lua and cjson, from a
-- file with the reply of the API.
local cjson = require "cjson"

local f <close> = assert(io.open(arg[1], "rb"))
local people = cjson.decode(f:read "a")

local function names(list, field)
  local all = {}
  for i, one in ipairs(list ~= cjson.null and list or {}) do
    all[i] = one[field]
  end
  table.sort(all)
  return table.concat(all, ", ")
end

local COLUMNS = {
  { "id", function(p) return ("%d"):format(p.id) end },
  { "name", function(p) return p.name end },
  { "email", function(p) return p.email end },
  {
    "state",
    function(p) return p.inactive and "inactive" or p.joined and "joined" or "invited" end,
  },
  { "role", function(p) return p.owner and "owner" or p.admin and "admin" or "user" end },
  { "groups", function(p) return names(p.groups, "name") end },
  { "workspaces", function(p) return names(p.workspaces, "workspace_name") end },
  { "user_id", function(p) return p.user_id and ("%d"):format(p.user_id) or "" end },
}

local rows, widths = {}, {}
for c, column in ipairs(COLUMNS) do
  widths[c] = #column[1]
end
for i, person in ipairs(people) do
  local row = {}
  for c, column in ipairs(COLUMNS) do
    row[c] = column[2](person) or ""
    widths[c] = math.max(widths[c], utf8.len(row[c]))
  end
  rows[i] = row
end
table.sort(rows, function(a, b) return a[2] < b[2] end)

local function line(cells)
  local padded = {}
  for c, cell in ipairs(cells) do
    padded[c] = cell .. (" "):rep(widths[c] - utf8.len(cell))
  end
  io.write(table.concat(padded, "  "), "\n")
end

line { "id", "name", "email", "state", "role", "groups", "workspaces", "user_id" }
for _, row in ipairs(rows) do
  line(row)
end
