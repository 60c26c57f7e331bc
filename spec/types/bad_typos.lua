-- Typing mistakes. The analyzer must find each line with a mark, and no other: scripts/dev/check,
-- step "types". It does not find unknown names in a table; those raise at run time.
local toggl = require "toggl"
local client = toggl.client { sandbx = true } -- not found: an unknown option
local second = toggl.client { timeout = "10" } --! a type
local third = toggl.cliant { sandbox = true } --! a function of the module
local fourth = client:organisation "Acme" --! a method
local o = assert(second:organization "Acme")
o:each_usr {} --! a method
for u in o:each_user { active_state = "active" } do -- not found: an unknown argument
  print(u.name)
end
for u in o:each_user { active_status = 1 } do --! a type
  print(u.name)
end
for u in o:each_user { sort_dir = "up" } do --! a word that is none
  print(u.name)
end
for u in o:each_user {} do
  print(u.emial) --! a field of an item
end
for _, u in ipairs(assert(o:users {})) do
  print(u.fullnam) --! a field of an item of a list
end
for u in assert(o:users {}):each() do
  print(u.emial) --! the same by its iterator
end
local r = second.api.get_organisation { organization_id = 1 } --! an operation
local g = second.api.get_organization { organisation_id = 1 } --! a required argument is missing
local h = second.api.get_organization {} --! a required argument is missing
local k = second.api.post_organization { name = "x", workspace_name = 7 } --! a type
o:rename() --! an argument is missing
o:rename("a", "b") --! an argument too many
o:invite { email = { "bo@example.com" } } --! required arguments are missing
o:invite { emails = "bo@example.com" } --! a list is wanted
local _, err = o:group "x"
print(err.kid) --! a field of an error
print(second:cost().totl) --! a field of the cost
local user = o:user "ann@example.com"
print(user.name) --! it may be nil
o.users {} --! a dot for the colon
assert(o:users()):eech() --! a method of a list
o:users():each() --! it may be nil
toggl.map(assert(o:users()), 5) --! no function
print(toggl.json.encod {}) --! a function of a part
second:request("GET") --! an argument is missing
o:users { max_age = "5m" } --! the type of an option of a call
o:update { nam = "x" } --! the name is missing
print(assert(o:get_owner()).emial) --! a field of a record
print(toggl.audit.red(o)) --! a function of a part
print(third, fourth, r, g, h, k)
