-- A process of histories_spec: runs the lines of Lua that it reads, and answers each with one line
-- of JSON. arg[1]: the pipe for these.
local core = require "toggl.core"
local found = require "toggl.class.found"
local scan = require "spec.histories.scan"
local toggl = require "toggl"

local out = assert(io.open(arg[1], "w"))
out:setvbuf "line"

local client, org, path
local hits, own = 0, 0

-- Count the look-ups that the rows answered, and those of them with changes of the client laid over.
local look = found.look
function found.look(place, ...)
  local list, near = look(place, ...)
  if list then hits = hits + 1 end
  if list and found.has_own(place) then own = own + 1 end
  return list, near
end

local M = {}

--- Open a client with OPTIONS, after the one before is closed.
function M.open(options, organization, page)
  local o = { retries = 0, on_error = "raise" }
  for name, value in pairs(options) do
    o[name] = value
  end
  M.close()
  client, path = toggl.client(o), o.cache or nil
  client:fact("page_size:get_organization_users", page)
  org = client:get_organization(organization)
end

function M.close()
  if client then client:close() end
  client, org, path = nil, nil, nil
end

function M.crash() os.exit(9, false) end

--- One answer of a finder: {kind =, record =, hit = did the rows answer?, own = with
--- changes of the client?, advice =}.
function M.ask(finder, ...)
  local before, own_before = hits, own
  local self = finder == "organization" and client or org
  local ok, record = pcall(self[finder], self, ...)
  local answer = { hit = hits > before, own = own > own_before }
  if ok then
    answer.kind, answer.record = "found", record:raw()
    answer.stale = record.stale
  else
    answer.kind = type(record) == "table" and record.kind or tostring(record)
    answer.advice = type(record) == "table" and record.advice or nil
  end
  return answer
end

--- The list METHOD: {records =, fresh = it claims to be whole and current}.
function M.list(method, options)
  local ok, list = pcall(org[method], org, options)
  if not ok then return { kind = type(list) == "table" and list.kind or tostring(list) } end
  local records = {}
  for i, record in ipairs(list) do
    records[i] = record:raw()
  end
  return { records = records, fresh = list.complete and not list.stale }
end

-- What a process does to the organization, by keys and names that the spec chose.
local ACTS = {
  rename = function(key, name) org:user({ organization_user_id = key }):update { name = name } end,
  deactivate = function(key) org:user({ organization_user_id = key }):deactivate() end,
  activate = function(key) org:user({ organization_user_id = key }):activate() end,
  offboard = function(key) org:user({ organization_user_id = key }):offboard() end,
  remove = function(key) org:remove { organization_user_id = key } end,
  invite = function(email, group)
    local groups = group and { org:group(group) } or nil
    org:invite({ email }, { workspaces = { org:workspaces()[1] }, groups = groups })
  end,
  create_group = function(name) org:create_group { name = name } end,
  rename_group = function(key, name) org:group(key):rename(name) end,
  delete_group = function(key) org:group(key):delete() end,
  join = function(key, user) org:group(key):add { user_id = user } end,
  leave = function(key, user) org:group(key):remove { user_id = user } end,
  rename_workspace = function(key, name) org:workspace(key):update { name = name } end,
  one_page = function(page, size, refresh)
    client.api.get_organization_users {
      organization_id = org.id,
      page = page,
      per_page = size,
      refresh = refresh,
    }
  end,
  filtered = function(text) org:users { filter = text } end,
  read_rest = function()
    client:workspaces()
    client:organizations()
  end,
}

--- Do one thing. Which of its errors come does not matter: what is so afterwards does.
function M.act(name, ...)
  local ok, err = pcall(ACTS[name], ...)
  return { done = ok, why = not ok and tostring(err) or nil }
end

--- Compare the tables, and what completion offers, with a scan of the store.
function M.tables(typed)
  if not path then return {} end
  local ok, err = pcall(scan.compare, client, path, typed)
  return { differ = not ok and tostring(err) or nil }
end

local world = setmetatable({ M = M, core = core, toggl = toggl }, { __index = _G })

for line in io.lines() do
  local chunk, wrong = load(line, "=command", "t", world)
  local ok, answer = pcall(chunk or error, not chunk and wrong or nil)
  if not ok then answer = { broken = tostring(answer) } end
  out:write(toggl.json.encode(answer or {}), "\n")
end
M.close()
