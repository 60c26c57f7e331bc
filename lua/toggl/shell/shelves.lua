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

--- Return the key of the organization that `org` has or will have, as far as it is known. SELF: the
--- prompt, or nil.
function M.here(self)
  local org = rawget(_G, "org")
  if type(org) == "userdata" then return org.id end
  if not self then return nil end
  return self.key or self.find_key and self.find_key() or math.tointeger(self.organization)
end

--- Return the key of the organization that the store has under a name or key, or nil.
function M.organization(name)
  local matches = require("toggl.class.common").by_key_or_name(name, "id")
  local found = {}
  for key, row in pairs(known.all(rawget(_G, "client"), "organization_id")) do
    if matches { id = key, name = row.name } then found[#found + 1] = key end
  end
  return #found == 1 and found[1] or nil
end

--- Return the names and addresses of a kind in an ORGANIZATION, nil: in all, that begin with
--- PREFIX, sorted, each once; when there are none at all, what to do about it. QUOTE: each as the
--- rest of a string of Lua that such a quote has opened.
function M.names_of(kind, organization, prefix, quote)
  local shelf = SHELVES[kind]
  if not shelf then return {} end
  local client = rawget(_G, "client")
  local out = known.names(client, shelf.key, organization, prefix, quote)
  local none = #out == 0
    and (prefix == "" or #known.names(client, shelf.key, organization, "") == 0)
  return out, none and ("the store knows no %s: %s reads them"):format(kind, shelf.reads) or nil
end

-- For the completion of a shell: kind, and the member of its rows.
local LISTS = {
  people = { "user", "email" },
  groups = { "group", "name" },
  workspaces = { "workspace", "name" },
  organizations = { "organization", "name" },
}

-- The organization that the command line is about: false where the store does not know it.
local function organization_of(account, o)
  local name = o.org or o.profile_org or o.sandbox and "Acme" or account.key_of_environment()
  if name then return M.organization(name) or math.type(name) == "integer" and name end
  local only
  for key in pairs(known.all(rawget(_G, "client"), "organization_id")) do
    if only then return nil end
    only = key
  end
  return only
end

--- Print what the store knows of a list, one name a line, for the completion of a shell: of the
--- organization that the line names or has by its profile. Sends nothing and runs no command for a
--- token; a fault prints nothing.
function M.print(list, account, o)
  o.offline = true
  local known_token, runs = pcall(account.runs_command, o)
  if not known_token or runs then return end
  local made, client = pcall(account.client, o)
  if not made then return end
  rawset(_G, "client", client)
  local kind, field = table.unpack(LISTS[list])
  local names, seen, here = {}, {}, nil
  if list ~= "organizations" then here = organization_of(account, o) end
  if here == false then return end
  for _, row in pairs(known.all(client, SHELVES[kind].key, here)) do
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
function M.by_key(kind) return known.by_key(rawget(_G, "client"), kind) end

--- Return keys of an ORGANIZATION, nil: of all, as texts, and what each is the key of.
function M.keys_of(key, organization)
  local out, about = {}, {}
  if key == "organization_id" then organization = nil end
  for k, row in pairs(known.all(rawget(_G, "client"), key, organization)) do
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
