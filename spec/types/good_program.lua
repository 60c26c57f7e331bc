-- A program without findings of the analyzer: scripts/dev/check, step "types". A failed call
-- returns nil, err.
local toggl = require "toggl"
local client <close> = toggl.client { sandbox = true, timeout = 10, log = function(event) print(event.type) end }
local org = assert(client:organization "Acme")
for user in org:each_user { active_status = "active" } do
  print(user.name, user.email)
end

local group, err = org:group "Enginering"
if not group then print(err.kind, err.advice, err) end

local workspaces = assert(org:workspaces())
local sizes = toggl.map(workspaces, function(w) return #w:members() end, { limit = 8 })
print(sizes, org, #assert(org:users()))

-- Ways to name a person, a group, a workspace and an organization.
local ann = assert(org:user "ann@example.com")
local people = assert(org:users {})
print(org:user { user_id = 2 }, org:user { organization_user_id = 2 })
print(org:user { invitation_id = 2 }, org:user { email = "x" }, org:user { name = "x" })
print(org:user(ann), org:user(ann, { refresh = true }))
org:remove(ann)
org:remove(ann, ann)
org:remove { ann, ann }
org:remove(people)
org:remove { organization_user_id = 2 }
org:remove { { organization_user_id = 2 }, { organization_user_id = 3 } }
local support = assert(org:group "Support")
local main = assert(org:workspace "Main")
print(org:group(support), org:group(support.id), org:group { group_id = 7 })
print(client:organization(org), client:organization(org.id), org:workspace(main.id))
support:add(ann)
support:add(ann, main)
support:add { ann, { user_id = 3 } }
support:add(people)
support:remove(ann)
support:give(main)
print(org:role("admin"), ann:set_role "admin", ann:update { role = "admin" })

-- Operations by their official names.
local reply, response = client.api.get_organization_users { organization_id = org, per_page = 10 }
if reply and response.cost then print(#reply, response.status, response.headers["x-page"]) end
client.api.get_organization { organization_id = org.id }
client.api.get_organization { organization_id = { organization_id = org.id } }
client.api.post_organization_group {
  organization_id = org,
  name = "x",
  users = { ann, { user_id = 3 } },
  workspaces = { main, 5 },
}
client.api.put_organization_users { organization_id = org, organization_user_id = ann, name = "n" }
client.api.put_organization_users { organization_id = 1, organization_user_id = 7, name = "n" }

assert(org:invite {
  emails = { "bo@example.com" },
  workspaces = { main, { workspace_id = main.id, admin = true } },
  groups = { support },
})
support:patch { patches = { { op = "add", path = "/users", value = { ann, { user_id = 4 } } } } }

local plan = assert(org:plan {
  people = { ["ann@example.com"] = { groups = { "Support" }, role = "admin" } },
  groups = { Design = {} },
})
print(plan.cost.total, plan)

-- Lists, records and parts of the module.
for i, person in ipairs(people) do
  print(i, person.email)
end
for person in people:each() do
  print(person.name)
end
local rows = people:table()
table.sort(rows, function(a, b) return (a.name or "") < (b.name or "") end)
for _, membership in ipairs(ann.groups or {}) do
  print(membership.name)
end
print(assert(ann:offboard()).message)
local state, wrong = toggl.plan.load "acme.lua"
if state then print(org:plan(state), #state.people) end
if not state then print(wrong.message) end
print(client:cost().total, client:request("GET", "/me", { query = { with_related_data = true } }))
print(toggl.json.encode { a = 1 }, toggl.null, toggl.json.null, ann.name == toggl.null)
local found = assert(toggl.audit.read(org))
print(#found.no_group, toggl.report.page(found), toggl.secrets.asks())
local server = client:sandbox()
if server then print(server:requests(), server.url, server:token "ann@example.com") end
