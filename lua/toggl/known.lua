-- Names of what keys stand for, from the store: for questions, completion and suggestions. The server is not asked.
--
-- A change drops what the store has about its organization, and a name is wanted right then: what was seen once is
-- kept as long as its client.

local core = require "toggl.core"

local M = {}

local MOST = 20000 -- rows that are read of a kind, so that a question does not wait for them

-- Views that tell of a kind of key, the best one last. `what`: how a name is introduced; people need no word for it.
local KINDS = {
  user_id = {"SELECT user_id AS k, name, NULL AS email, organization_id FROM group_members",
    "SELECT user_id AS k, name, email, organization_id FROM users"},
  organization_user_id = {"SELECT id AS k, name, email, organization_id FROM users"},
  workspace_user_id = {"SELECT m.workspace_user_id AS k, u.name, u.email, m.organization_id FROM memberships m "
    .. "JOIN users u ON u.id = m.organization_user_id"},
  invitation_id = {"SELECT invitation_id AS k, name, email, organization_id FROM users"},
  group_id = {"SELECT group_id AS k, name, NULL AS email, organization_id FROM user_groups",
    "SELECT group_id AS k, name, NULL AS email, organization_id FROM groups", what = "group"},
  workspace_id = {"SELECT workspace_id AS k, workspace_name AS name, NULL AS email, organization_id FROM memberships",
    "SELECT id AS k, name, NULL AS email, organization_id FROM workspaces", what = "workspace"},
  organization_id = {"SELECT id AS k, name, NULL AS email, id AS organization_id FROM organizations",
    what = "organization"},
}

local memories = setmetatable({}, {__mode = "k"}) -- client -> kind of key -> key -> row

local function memory_of(client, kind)
  memories[client] = memories[client] or {}
  memories[client][kind] = memories[client][kind] or {}
  return memories[client][kind]
end

local function read(client, query, memory)
  local ok, rows = pcall(client.sql, client, ("SELECT * FROM (%s) WHERE k IS NOT NULL LIMIT %d"):format(query, MOST))
  for _, row in ipairs(ok and rows or {}) do memory[row.k] = row end
end

--- Is there a way to know names of this kind of key?
function M.is_kind(kind) return KINDS[kind] ~= nil end

--- Keeps what the store has now: a change is about to drop it.
function M.keep(client)
  for kind in pairs(KINDS) do M.all(client, kind) end
end

--- What is known of a kind of key: key -> {name =, email =, organization_id =}.
function M.all(client, kind)
  if type(client) ~= "userdata" or not KINDS[kind] then return {} end
  local memory = memory_of(client, kind)
  for _, query in ipairs(KINDS[kind]) do read(client, query, memory) end
  return memory
end

--- "Olive Hart <olive@acme.test>", "group Support"; nil: nothing is known.
function M.label(kind, row)
  if not (row and row.name) then return row and row.email end
  if row.email then return ("%s <%s>"):format(row.name, row.email) end
  local what = KINDS[kind].what
  return what and ("%s %s"):format(what, row.name) or row.name
end

-- --------------------------------------------------------------------------------------- keys that a request speaks of

local function key_by_sibling(f, siblings)
  local name, words = f.key_by:match "^(%S+) (.*)$"
  for word, key in words:gmatch "(%S+) (%S+)" do
    if siblings[name] == word then return key end
  end
end

-- Calls found(kind, key) for what VALUE holds, led by its row.
local function walk(value, f, siblings, found)
  local kind = f.key or f.key_by and type(siblings) == "table" and key_by_sibling(f, siblings)
  if math.type(value) == "integer" then
    if kind then found(kind, value) end
  elseif type(value) == "table" and value[1] ~= nil then
    for _, item in ipairs(value) do walk(item, f, siblings, found) end
  elseif type(value) == "table" and f.model and core.models[f.model] then
    for _, inner in ipairs(core.models[f.model].fields) do walk(value[inner.wire], inner, value, found) end
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
  local params, names = by_name(op, "path"), {}
  local pattern = op.path:gsub("[%-%.%+]", "%%%0"):gsub("{([%w_]+)}", function(name)
    names[#names + 1] = name
    return "([^/?]+)"
  end)
  for i, text in ipairs {path:match("^" .. pattern)} do
    if names[i] and params[names[i]] then walk(math.tointeger(tonumber(text)), params[names[i]], nil, found) end
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
  local value = body ~= "" and require("toggl.json").decode(body) or nil
  if type(value) ~= "table" then return end
  for _, p in pairs(by_name(op, "body")) do walk(p.whole and value or value[p.wire], p, value, found) end
end

--- Keys that a request of the operation OP speaks of, once each: list of {kind =, key =}.
function M.keys(op, path, body)
  local list, seen = {}, {}
  local function found(kind, key)
    local id = kind .. " " .. key
    if not seen[id] then list[#list + 1] = {kind = kind, key = key} end
    seen[id] = true
  end
  in_path(op, path, found)
  in_query(op, path, found)
  in_body(op, body, found)
  return list
end

return M
