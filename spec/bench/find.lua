-- find.lua user|near COUNT URL TOKEN ORGANIZATION BUILD: print CPU seconds of one org:user by
-- address, or by a misspelt name, from the rows of the store. Read the list first if it is not
-- stored.

local toggl = require "toggl"
local what, count, url, token, organization, build = table.unpack(arg)
count, organization = math.tointeger(count), math.tointeger(organization)

local client <close> = toggl.client {
  base_url = url,
  token = token,
  cache = build .. "/bench-people.db",
  state = build .. "/bench-people-state.db",
  max_age = 86400,
}
local org = assert(client:organization(organization))

local wanted = {}
do
  local people = assert(org:users())
  assert(people.complete, people.incomplete)
  for i = 1, count do
    local user = people[i * 7919 % #people + 1]
    wanted[i] = what == "user" and user.email or (user.name:gsub("^(.)(.)", "%2%1") .. "q")
  end
end
collectgarbage()
for i = 1, math.min(count, 20) do
  org:user(wanted[i])
end
local start = os.clock()
for i = 1, count do
  org:user(wanted[i])
end
print((os.clock() - start) / count)
