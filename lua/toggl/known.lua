-- Names for keys, from the store, without a request: for questions, completion and suggestions.
--
-- A change outdates what the store has about its organization, just when a name is needed for
-- display, so these tables are the known_ ones. Names seen once are kept as long as their client.

local core = require "toggl.core"

local M = {}

-- Tables that hold names, the best ones last, and the kinds of keys in their rows.
local VIEWS = {
  { "group_members", "user_id, name, organization_id", "user_id" },
  {
    "users",
    "id AS organization_user_id, user_id, invitation_id, name, email, organization_id",
    "user_id",
    "organization_user_id",
    "invitation_id",
  },
  {
    "memberships",
    "workspace_user_id, organization_user_id AS person, organization_id",
    "workspace_user_id",
  },
  { "user_groups", "group_id, name, organization_id", "group_id" },
  { "groups", "group_id, name, organization_id", "group_id" },
  { "memberships", "workspace_id, workspace_name AS name, organization_id", "workspace_id" },
  { "workspaces", "id AS workspace_id, name, organization_id", "workspace_id" },
  { "organizations", "id AS organization_id, name", "organization_id" },
  { "roles", "role_id, name, organization_id", "role_id" },
}
local FIRST_KIND = 3

-- How a name of this kind is introduced; people need no introduction.
local WHAT = {
  group_id = "group",
  workspace_id = "workspace",
  organization_id = "organization",
  role_id = "role",
}

local views_of = {} -- kind of key -> its views
for _, view in ipairs(VIEWS) do
  for i = FIRST_KIND, #view do
    views_of[view[i]] = views_of[view[i]] or {}
    table.insert(views_of[view[i]], view)
  end
end

local memories = setmetatable({}, { __mode = "k" }) -- client -> kind of key -> key -> row

local function memory_of(client)
  if not memories[client] then
    memories[client] = {}
    for kind in pairs(views_of) do
      memories[client][kind] = {}
    end
  end
  return memories[client]
end

-- CONDITION selects the rows of the view, with the values behind it.
local function read(client, view, condition, ...)
  local memory = memory_of(client)
  local query = ("SELECT * FROM (SELECT %s FROM known_%s) %s"):format(view[2], view[1], condition)
  local ok, rows = pcall(client.sql, client, query, ...)
  for _, row in ipairs(ok and rows or {}) do
    for i = FIRST_KIND, #view do
      local of, key = memory[view[i]], row[view[i]]
      if key then
        -- A view without addresses keeps the known ones.
        row.email = row.email or of[key] and of[key].email
        of[key] = row
      end
    end
  end
end

--- Is there a view with names for this kind of key?
function M.is_kind(kind) return views_of[kind] ~= nil end

--- Return what is known of a kind of key: key -> {name =, email =, organization_id =}.
--- ORGANIZATION: of that one alone; nil: of all.
function M.all(client, kind, organization)
  local out = {}
  if type(client) ~= "userdata" or not views_of[kind] then return out end
  for _, view in ipairs(views_of[kind]) do
    if organization then
      read(client, view, "WHERE organization_id = ?", organization)
    else
      read(client, view, "")
    end
  end
  for key, row in pairs(memory_of(client)[kind]) do
    if not organization or (row.organization_id or organization) == organization then
      out[key] = row
    end
  end
  return out
end

-- Columns with the names of a kind of key, for completion.
local NAMES = {
  organization_user_id = { "known_users", "name", "known_users", "email" },
  group_id = { "known_groups", "name", "known_user_groups", "name" },
  workspace_id = { "known_workspaces", "name", "known_memberships", "workspace_name" },
  organization_id = { "known_organizations", "name" },
}

--- Return the names and addresses of a kind that begin with PREFIX, sorted, each once.
--- ORGANIZATION: as for all. QUOTE: as the rest of a string of Lua that such a quote has opened.
function M.names(client, kind, organization, prefix, quote)
  if type(client) ~= "userdata" or not NAMES[kind] then return {} end
  if kind == "organization_id" then organization = nil end
  if organization == 0 then return {} end -- the line names one that is not known
  local ok, names =
    pcall(core.names, client, organization, prefix, quote or "", table.unpack(NAMES[kind]))
  return ok and names or {}
end

local FEW = 200 -- names read one by one; more are read together

--- Return the names of a kind of key, {[key] = name}, each read on access.
function M.by_key(client, kind)
  local asked, all = 0, nil
  return setmetatable({}, {
    __index = function(names, key)
      asked = asked + 1
      if asked == FEW then all = M.all(client, kind) end
      if not all then M.look(client, { { kind = kind, key = key } }) end
      local row = type(client) == "userdata" and (memory_of(client)[kind] or {})[key]
      rawset(names, key, row and row.name or false)
      return names[key]
    end,
  })
end

local function labelled(kind, row)
  if not row.name then return row.email end
  if row.email then return ("%s <%s>"):format(row.name, row.email) end
  return WHAT[kind] and ("%s %s"):format(WHAT[kind], row.name) or row.name
end

--- Look up keys in the store. KEYS is a list of {kind =, key =}.
function M.look(client, keys)
  local wanted = {}
  for _, k in ipairs(type(client) == "userdata" and keys or {}) do
    if wanted[k.kind] then
      wanted[k.kind] = wanted[k.kind] .. "," .. k.key
    elseif views_of[k.kind] then
      wanted[k.kind] = k.key
    end
  end
  for kind, list in pairs(wanted) do
    for _, view in ipairs(views_of[kind]) do
      read(client, view, ("WHERE %s IN (%s)"):format(kind, list))
    end
  end
end

--- Return the last seen name, such as "Olive Hart <olive@example.com>" or "group Support", or nil
--- when nothing is known.
function M.label(client, kind, key)
  local row = client and views_of[kind] and memory_of(client)[kind][key]
  if row and row.person then
    M.look(client, { { kind = "organization_user_id", key = row.person } })
    return M.label(client, "organization_user_id", row.person)
  end
  return row and labelled(kind, row)
end

-- ------------------------------------------------------------------- keys that a request speaks of

local function key_by_sibling(f, siblings)
  local name, words = f.key_by:match "^(%S+) (.*)$"
  for word, key in words:gmatch "(%S+) (%S+)" do
    if siblings[name] == word then return key end
  end
end

-- Call found(kind, key) for each key that VALUE holds, guided by its row.
local function walk(value, f, siblings, found)
  local kind = f.key or f.key_by and type(siblings) == "table" and key_by_sibling(f, siblings)
  if math.type(value) == "integer" then
    if kind then found(kind, value) end
  elseif type(value) == "table" and value[1] ~= nil then
    for _, item in ipairs(value) do
      walk(item, f, siblings, found)
    end
  elseif type(value) == "table" and f.model and core.models[f.model] then
    for _, inner in ipairs(core.models[f.model].fields) do
      walk(value[inner.wire], inner, value, found)
    end
  end
end

local function by_name(op, place)
  local params = {}
  for _, p in ipairs(op.params) do
    if p.in_ == place then params[p.wire] = p end
  end
  return params
end

local function in_path(op, path, found)
  for i, text in ipairs { core.path_values(op.name, path) } do
    walk(math.tointeger(tonumber(text)), op.params[i], nil, found)
  end
end

local function in_query(op, path, found)
  local params = by_name(op, "query")
  for name, text in (path:match "%?(.*)$" or ""):gmatch "([^&=]+)=([^&]*)" do
    for key in (params[name] and text or ""):gmatch "%d+" do
      walk(math.tointeger(tonumber(key)), params[name], nil, found)
    end
  end
end

local function in_body(op, body, found)
  local value = body ~= "" and require("toggl.text.json").decode(body) or nil
  if type(value) ~= "table" then return end
  for _, p in pairs(by_name(op, "body")) do
    walk(p.whole and value or value[p.wire], p, value, found)
  end
end

--- Return the keys in a request of the operation OP, each once: a list of {kind =, key =}.
function M.keys(op, path, body)
  local list, seen = {}, {}
  local function found(kind, key)
    local id = kind .. " " .. key
    if not seen[id] then list[#list + 1] = { kind = kind, key = key } end
    seen[id] = true
  end
  in_path(op, path, found)
  in_query(op, path, found)
  in_body(op, body, found)
  return list
end

return M
