-- A script of togglsh without findings of the analyzer: scripts/dev/check, step "types". A failed
-- call raises; client, org, toggl and arg are globals.
local address = arg[1] or toggl.options.fail "usage: togglsh good_script.lua ADDRESS"

local person = org:user(address)
if not person.joined then error(address .. " has not joined yet", 0) end

for _, membership in ipairs(person.groups or {}) do
  if membership.name then
    local group = org:group(membership.name)
    group:remove(person)
    print("left", group)
  end
end

print(person:offboard().message)
print(#org:users(), org:get_owner().name, #org:users():table())
local state, wrong = toggl.plan.load "acme.lua"
if not state then error(wrong, 0) end
print(org:plan(state).id, #state.people)
print("requests spent: " .. client:cost().total)

local reply, response = client.api.get_organization_users { organization_id = org, per_page = 10 }
print(#reply, response.status)

org:invite { emails = { "bo@example.com" }, workspaces = { org:workspace "Main" } }
org:group("Support"):remove(org:user "olive@example.com")
toggl.map(org:workspaces(), function(w) return #w:members() end)
toggl.show.print(org:groups(), { columns = toggl.show.columns or "id,name" })
if arg.dry_run or arg.yes then print(arg.profile, arg.refresh) end
print(#toggl.audit.read(org).no_group)
print(org:plan({ groups = { Design = {} } }).cost.total)

-- pcall catches the errors here; good_program.lua has a client that returns them.
local ok, problem = pcall(org.group, org, "Enginering")
print(ok, problem)
