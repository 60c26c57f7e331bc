-- Keys of the wrong kind. The analyzer must find each line with a mark, and no other:
-- scripts/dev/check, step "types". At run time all of them except a key as text raise before a
-- request is sent.
local toggl = require "toggl"
local client = toggl.client { sandbox = true }
local org = assert(client:organization "Acme")
local group = assert(org:group "Support")
local ws = assert(org:workspace "Main")
local ann = assert(org:user "ann@example.com")
local member = assert(ws:members())[1]

group:add(ann)
group:add(ws)
group:add(member)
org:remove(ann)
client.api.delete_workspace_user { workspace_id = ws, workspace_user_id = member }

org:user(2) --! a bare number
org:user { group_id = 2 } --! a key of another kind
org:user(group) --! a group as a person
org:user(ws) --! a workspace as a person
org:remove(group) --! a group as a person
org:remove(5) --! a bare number
org:remove(member) --! a member of a workspace, who has no organization-user key
group:add(5) --! a bare number
group:add(org) --! an organization as a member
group:remove(group) --! a group as a member
group:give(ann) --! a person as a workspace
org:group(ann) --! a person as a group
org:workspace(group) --! a group as a workspace
client.api.post_organization_group { organization_id = org, name = "x", users = { 1, 2 } } --! bare numbers
client.api.post_organization_group { organization_id = org, name = "x", users = { group } } --! a group as a person
client.api.get_organization { organization_id = ann } --! a person as an organization
client.api.get_organization { organization_id = { user_id = 1 } } --! a key of another kind
client.api.get_organization { organization_id = "1" } --! text
client.api.put_organization_users { organization_id = org, organization_user_id = group } --! a group
org:invite { emails = { "a@b.c" }, workspaces = { ann } } --! a person as a workspace
org:invite { emails = { "a@b.c" }, workspaces = { ws }, groups = { ws } } --! a workspace as a group
ws:remove(group) --! a group as members
client:organization(ann) --! a person as an organization
client.api.patch_organization_users { organization_id = org, delete = { 7 } } --! a bare number
client.api.delete_workspace_user { workspace_id = ws, workspace_user_id = ann } --! a person
print(member, group)
