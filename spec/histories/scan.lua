-- A plain scan of the replies in a store: what its tables, and completion, have to be.
local helper = require "spec.helper"
local json = require("toggl").json

local M = {}

-- Return the replies in the file at PATH as {operation =, path =, page =, size =, at =, spoiled =,
-- headers =, records =}.
local function replies_in(path)
  local query = "SELECT operation, args, at, spoiled, hex(headers) AS headers, text FROM replies"
  local pipe <close> =
    assert(io.popen(("sqlite3 -json %s %s"):format(helper.quote(path), helper.quote(query))))
  local text = pipe:read "a"
  local replies = text ~= "" and json.decode(text) or {}
  for _, r in ipairs(replies) do
    local bytes = r.headers:gsub("..", function(x) return string.char(tonumber(x, 16)) end)
    r.headers = {}
    for name, value in bytes:gmatch "([^%z]*)%z([^%z]*)%z" do
      r.headers[name] = tonumber(value) or value
    end
    r.path, r.query = r.args:match "^([^?]*)%??(.*)$"
    r.records = json.decode(r.text)
    r.plain = r.query == ""
      or not (r.query .. "&"):gsub("per_page=%d+&", ""):gsub("page=%d+&", ""):find "."
    r.page = tonumber(("&" .. r.query):match "&page=(%d+)") or 1
    r.size = ("&" .. r.query):match "&per_page=(%d+)" or ""
  end
  return replies
end

-- Return the time since which the pages of one size are a whole list, or nil. PAGES: the newest
-- reply by page number.
local function whole_since(pages)
  local last, ids, n = pages[1] and pages[1].headers["x-pages"], {}, 0
  local oldest, newest = math.huge, 0
  if not last then return nil end
  last = math.max(1, last)
  for number = 1, last do
    local p = pages[number]
    if not p then return nil end
    oldest, newest = math.min(oldest, p.at), math.max(newest, p.at)
    for _, name in ipairs { "x-pages", "x-records", "x-page-size" } do
      if p.headers[name] ~= pages[1].headers[name] then return nil end
    end
    if number < last and #p.records ~= p.headers["x-page-size"] then return nil end
    for _, record in ipairs(p.records) do
      if ids[record.id] then return nil end
      ids[record.id], n = true, n + 1
    end
  end
  for number, p in pairs(pages) do
    if number > last and #p.records > 0 and p.at >= oldest then return nil end
  end
  if n ~= pages[1].headers["x-records"] or newest - oldest >= 300e6 then return nil end
  return oldest
end

-- Return {[path] = when the list was last read as a whole}.
local function wholes(replies)
  local lists, since = {}, {}
  for _, r in ipairs(replies) do
    if r.plain and r.operation == "get_organization_users" then
      local key = r.path .. " " .. r.size
      lists[key] = lists[key] or { path = r.path, pages = {} }
      local before = lists[key].pages[r.page]
      if not before or before.at < r.at then lists[key].pages[r.page] = r end
    elseif r.query == "" then
      since[r.path] = r.at
    end
  end
  for _, list in pairs(lists) do
    local at = whole_since(list.pages)
    if at then since[list.path] = math.max(at, since[list.path] or 0) end
  end
  return since
end

-- Return the newest record of each key of an operation: {[key] = record}. OUTDATED: include
-- invalidated replies.
local function scan(all, operation, key, outdated)
  local replies, by_key = {}, {}
  for _, r in ipairs(all) do
    if r.operation == operation and (outdated or r.spoiled ~= 1) then replies[#replies + 1] = r end
  end
  local since = wholes(replies)
  for _, r in ipairs(replies) do
    for _, record in ipairs(r.at >= (since[r.path] or 0) and r.records or {}) do
      local before = by_key[record[key]]
      if not before or before.at < r.at then
        by_key[record[key]] = { at = r.at, record = record }
      end
    end
  end
  for id, one in pairs(by_key) do
    by_key[id] = one.record
  end
  return by_key
end

local function lines_of(rows)
  local lines = {}
  for i, row in ipairs(rows) do
    lines[i] = ("%s|%s|%s"):format(row.id, row.name, row.email)
  end
  table.sort(lines)
  return table.concat(lines, "\n")
end

local function check(what, wanted, found)
  if wanted == found then return end
  error(("%s\nby a scan:\n%s\nby the store:\n%s"):format(what, wanted, found), 0)
end

-- What the tables have to be, by kind; and the names in them.
local function plain_rows(replies, outdated)
  local plain, names = { users = {}, groups = {}, memberships = {} }, {}
  local function add(kind, id, name, email)
    table.insert(plain[kind], { id = id, name = name, email = email })
  end
  for id, user in pairs(scan(replies, "get_organization_users", "id", outdated)) do
    add("users", id, user.name, user.email)
    names[user.name or 0], names[user.email or 0] = true, true
    for _, w in ipairs(user.workspaces or {}) do
      add("memberships", id, w.workspace_id, w.workspace_user_id)
    end
  end
  for id, group in pairs(scan(replies, "get_organization_groups", "group_id", outdated)) do
    add("groups", id, group.name)
  end
  return plain, names
end

local MEMBERSHIPS = "SELECT id, m.workspace_id AS name, workspace_user_id AS email FROM %susers u "
  .. "JOIN %smemberships m USING (organization_user_id)"

-- Raise unless completion offers the NAMES that begin with TYPED.
local function compare_completion(client, names, typed)
  local offered, wanted = {}, {}
  for _, name in ipairs(require("toggl.known").names(client, "organization_user_id", nil, typed)) do
    if not offered[name] then table.insert(offered, { id = name }) end
    offered[name] = true
  end
  for name in pairs(names) do
    if type(name) == "string" and name:sub(1, #typed) == typed then
      table.insert(wanted, { id = name })
    end
  end
  check("Tab on " .. typed, lines_of(wanted), lines_of(offered))
end

--- Raise unless the tables of CLIENT, and what completion offers behind TYPED, are those of a scan
--- of its store at PATH.
function M.compare(client, path, typed)
  for _, prefix in ipairs { "", "known_" } do
    local rows = {
      users = client:sql(("SELECT id, name, email FROM %susers"):format(prefix)),
      groups = client:sql(("SELECT group_id AS id, name FROM %sgroups"):format(prefix)),
      memberships = client:sql(MEMBERSHIPS:format(prefix, prefix)),
    }
    local plain, names = plain_rows(replies_in(path), prefix ~= "")
    for kind, list in pairs(rows) do
      check(prefix .. kind, lines_of(plain[kind]), lines_of(list))
    end
    if prefix ~= "" then compare_completion(client, names, typed) end
  end
end

return M
