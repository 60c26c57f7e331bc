-- rows.lua join|tab|screen COUNT URL TOKEN ORGANIZATION BUILD FILE [PREFIX]: print CPU seconds of
-- one query over the people in FILE, a store of replies, or of what the Tab key offers behind
-- `org:user "PREFIX` (screen: up to the text that it shows); fill the store first if it is empty.
-- join also prints the numbers of rows. tab also prints how many names it found, and writes all
-- names to FILE.names.

local toggl = require "toggl"
local what, count, url, token, organization, build, file, prefix = table.unpack(arg)
count, organization = math.tointeger(count), math.tointeger(organization)

local client <close> = toggl.client {
  base_url = url,
  token = token,
  cache = file,
  state = build .. "/bench-people-state.db",
  on_error = "raise",
  max_age = 86400,
}
local org = client:organization(organization)
local people = org:users()
assert(people.complete, people.incomplete)

local function number(view) return client:sql(("SELECT count(*) AS n FROM %s"):format(view))[1].n end

local JOIN = "SELECT count(*) AS n FROM users JOIN memberships USING (organization_user_id) JOIN "
  .. "group_members m ON m.user_id = users.user_id JOIN groups USING (group_id)"

local run, told
if what == "join" then
  org:groups()
  told = { number "users", number "memberships", number "groups", number "group_members" }
  run = function() return client:sql(JOIN)[1].n end
else
  local complete = require "toggl.shell.complete"
  local line, prompt = ('org:user "%s'):format(prefix), { key = organization }
  rawset(_G, "client", client)
  if what == "tab" then
    run = function() return #complete.candidates(line, prompt) end
  else
    local host = { hide = function() end, show = function() end, width = function() return 80 end }
    local out, shown = io.stdout, 0
    local screen = {
      write = function(_, text) shown = #text end,
      flush = function() end,
    }
    run = function()
      io.stdout = screen -- luacheck: ignore 122
      complete.key(line, host, prompt)
      io.stdout = out -- luacheck: ignore 122
      return shown
    end
  end
  local f <close> = assert(io.open(file .. ".names", "w"))
  for user in people:each() do
    assert(f:write(user.name, "\n", user.email, "\n"))
  end
  told = {}
end
local found = run()
assert(found > 0, "nothing was found")
collectgarbage()
local start = os.clock()
for _ = 1, count do
  run()
end
print((os.clock() - start) / count, found, table.concat(told, " "))
