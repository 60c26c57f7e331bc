-- Names and keys from the store for the Tab key, without a request.

local known = require "toggl.known"

local M = {}

-- How a thing of this kind is named, and the call that reads all of them.
local SHELVES = {
  user = { key = "organization_user_id", reads = "org:users()" },
  group = { key = "group_id", reads = "org:groups()" },
  workspace = { key = "workspace_id", reads = "org:workspaces()" },
  organization = { key = "organization_id", reads = "client:organizations()" },
}

-- Return what is known of a kind of key in the current organization.
local function known_here(key)
  local org, out = rawget(_G, "org"), {}
  local here = key ~= "organization_id" and type(org) == "userdata" and org.id or nil
  for k, row in pairs(known.all(rawget(_G, "client"), key)) do
    if not (here and row.organization_id) or row.organization_id == here then out[k] = row end
  end
  return out
end

--- Return names and addresses of a kind; when there are none, what to do about it.
function M.names_of(kind)
  local out, shelf = {}, SHELVES[kind]
  if not shelf then return out end
  for _, row in pairs(known_here(shelf.key)) do
    out[#out + 1] = row.name
    out[#out + 1] = row.email
  end
  return out,
    #out == 0 and ("the store knows no %s: %s reads them"):format(kind, shelf.reads) or nil
end

-- For the completion of a shell: kind, and the member of its rows.
local LISTS = {
  people = { "user", "email" },
  groups = { "group", "name" },
  workspaces = { "workspace", "name" },
  organizations = { "organization", "name" },
}

--- Print what the store knows of a list, one name a line, for the completion of a shell. Sends
--- nothing and runs no command for a token; a fault prints nothing.
function M.print(list, account, o)
  o.offline = true
  local known_token, runs = pcall(account.runs_command, o)
  if not known_token or runs then return end
  local made, client = pcall(account.client, o)
  if not made then return end
  rawset(_G, "client", client)
  local kind, field = table.unpack(LISTS[list])
  local names, seen = {}, {}
  for _, row in pairs(known_here(SHELVES[kind].key)) do
    local name = row[field]
    local plain = type(name) == "string" and not name:find "%c" and name ~= ""
    if plain and not seen[name] then
      names[#names + 1], seen[name] = name, true
    end
  end
  table.sort(names)
  for _, name in ipairs(names) do
    print(name)
  end
end

--- Return the names that the store has for a kind of key: {[key] = name}.
function M.by_key(kind)
  local names = {}
  for key, row in pairs(known.all(rawget(_G, "client"), kind)) do
    names[key] = row.name
  end
  return names
end

--- Return keys as texts, and what each is the key of.
function M.keys_of(key)
  local out, about = {}, {}
  for k, row in pairs(known_here(key)) do
    out[#out + 1] = ("%d"):format(k)
    about[out[#out]] = row.name
  end
  return out, about
end

--- The store's names for the method or parameter NAME.
function M.kind_of(name)
  if not name then return nil end
  if name == "email" or name == "emails" or name == "name" then return "user" end
  local kind =
    name:gsub("^each_", ""):gsub("_ids?$", ""):gsub("s$", ""):gsub("^organization_user$", "user")
  return SHELVES[kind] and kind or nil
end

return M
