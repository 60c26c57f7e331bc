-- Methods that change people, groups and workspaces by plain names, each made of several operations.
local helper = require "spec.helper"
local toggl = require "toggl"

describe("changes with plain names", function()
  local server, client, org, main, ann, group

  before_each(function()
    server = helper.sandbox()
    client = helper.client(server)
    org = client:organization "Acme"
    main = org:workspace "Main"
    ann = org:user "ann@example.com"
    group = org:group "Engineering"
  end)

  after_each(function()
    client:close()
    server:stop()
    client, org, main, ann, group = nil, nil, nil, nil, nil
  end)

  local function in_group(g, field, value)
    for _, item in ipairs(g[field]) do
      if (field == "users" and item.user_id or item) == value then return true end
    end
    return false
  end

  it("add people and workspaces to a group and take them away, in one request", function()
    local archive = org:workspace "Archive"
    local requests = helper.requests_during(server, function() assert(group:add(ann, archive)) end)
    assert.equal(1, requests)
    local now = org:group "Engineering"
    assert.is_true(in_group(now, "users", ann.user_id))
    assert.is_true(in_group(now, "workspaces", archive.id))
    assert(group:remove({ user_id = ann.user_id }, { workspace_id = archive.id }))
    now = org:group "Engineering"
    assert.is_false(in_group(now, "users", ann.user_id))
    assert.is_false(in_group(now, "workspaces", archive.id))
    assert(group:add { ann, archive })
    assert(group:remove(org:users { filter = "ann@example.com" }))
    assert.is_false(in_group(org:group "Engineering", "users", ann.user_id))
  end)

  it("reject no member, a person without account, and a plain number", function()
    local invited = org:users { active_status = "invited" }[1]
    local before = server:requests()
    for _, op in ipairs { "add", "remove" } do
      local _, why = pcall(function() group[op](group, nil) end)
      assert.matches(
        "^spec/plain_changes_spec.lua:%d+: group:" .. op .. " requires at least one",
        why
      )
    end
    assert.error_matches(function() group:add(5) end, "four keys")
    assert.error_matches(function() group:add(invited) end, "account key")
    assert.error_matches(function() group:add(org) end, "account key")
    assert.equal(before, (server:requests()))
  end)

  it("tell what a group has refused even if the rest was done", function()
    local done, err = group:add({ user_id = ann.user_id }, { workspace_id = 1 })
    assert.is_nil(done)
    assert.equal("partial", err.kind)
    assert.is_truthy(err.message:find("1 of 2 changes refused", 1, true), err.message)
    assert.is_true(in_group(org:group "Engineering", "users", ann.user_id))
  end)

  it("tell who was not in the group that they are taken out of", function()
    local finance = org:group "Finance"
    local done, absent = finance:remove(ann)
    assert.is_truthy(done)
    assert.same({ ann }, absent.members)
    assert.equal(
      ("not in group Finance when it was read, so nothing to take out: %s"):format(ann),
      tostring(absent)
    )
    assert(finance:add(ann, main))
    assert.equal(
      1,
      helper.requests_during(server, function()
        done, absent = finance:remove(ann, main)
      end)
    )
    assert.is_truthy(done)
    assert.is_nil(absent)
    done, absent = finance:remove({ user_id = ann.user_id }, { workspace_id = main.id })
    assert.is_truthy(done)
    assert.equal(2, #absent.members)
    assert.is_truthy(
      absent.message:find(("user %d, workspace %d"):format(ann.user_id, main.id), 1, true)
    )
  end)

  it("add more people than a single change may hold", function()
    local large <close> = helper.sandbox { people = 260 }
    local other <close> = helper.client(large)
    local o = other:organization "Acme"
    local people = {}
    for user in o:users { active_status = "active" }:each() do
      people[#people + 1] = user
    end
    assert.is_true(#people > 200)
    local crowd = assert(o:create_group { name = "Everyone" })
    assert.equal(1, helper.requests_during(large, function() assert(crowd:add(people)) end))
    assert.equal(#people, #o:group("Everyone").users)
  end)

  it("rename groups with what is in them, as it is by then", function()
    local sent
    local asked <close> = helper.client(server, {
      confirm = function(_, _, _, body)
        sent = toggl.json.decode(body)
        return true
      end,
    })
    local old = asked:organization("Acme"):group "Support"
    -- changed by another client meanwhile
    assert(org:group("Support"):add(ann))
    assert(org:group("Support"):take(org:workspace "Main"))
    local now = org:group "Support"
    assert(old:rename "Help Desk")
    assert.equal("Help Desk", sent.name)
    assert.equal(#now.users, #sent.users)
    assert.same(now:table().workspaces, sent.workspaces)
    assert.is_true(in_group(org:group "Help Desk", "users", ann.user_id))
    assert.error_matches(function() old:rename(5) end, "a name")
  end)

  it("rename a group with invited people by its name alone, through a workspace", function()
    local before = org:group "Engineering" -- it has invited people
    local sent = {}
    local asked <close> = helper.client(server, {
      confirm = function(operation, _, _, body)
        sent[#sent + 1] = { operation, body }
        return true
      end,
    })
    local theirs = asked:organization("Acme"):group "Engineering"
    assert.equal(1, helper.requests_during(server, function() assert(theirs:rename "Engines") end))
    assert.same({ { "put_workspace_group", '{"name":"Engines"}' } }, sent)
    local now = org:group("Engines", { refresh = true })
    assert.equal(#before.users, #now.users)
    assert.same(before:table().workspaces, now:table().workspaces)
    assert(now:rename "Engineering")
  end)

  it(
    "do not rename one without a workspace, name who would lose the place, and take force",
    function()
      local made <close> = helper.sandbox()
      local c <close> = helper.client(made)
      local acme = c:organization "Acme"
      local engineering = acme:group "Engineering"
      assert(engineering:take(acme:workspaces():table()))
      engineering = acme:group("Engineering", { refresh = true })
      local none, err
      assert.equal(
        1,
        helper.requests_during(made, function()
          none, err = engineering:rename "Engines"
        end)
      )
      assert.is_nil(none)
      assert.equal("conflict", err.kind)
      assert.matches(
        "Noor O'Brien, .* would lose their place in it; it was not renamed",
        err.message
      )
      assert(engineering:rename("Engines", { force = true }))
      assert.is_true(#engineering.users > #acme:group("Engines", { refresh = true }).users)
    end
  )

  it("give groups access to workspaces, and take it", function()
    local finance = org:group "Finance"
    assert.equal("group Finance: now has access to Main", tostring(finance:give(main)))
    assert.is_true(in_group(org:group "Finance", "workspaces", main.id))
    local _, absent = finance:take { main }
    assert.is_nil(absent)
    assert.is_false(in_group(org:group "Finance", "workspaces", main.id))
    _, absent = finance:take(main)
    assert.same({ main }, absent.members)
    assert.error_matches(function() finance:give(ann) end, "workspace key, and this user has none")
    assert.error_matches(function() finance:give "Main" end, 'write org:workspace "Main"')
    assert.error_matches(function() finance:give() end, "at least one workspace")
  end)

  it("are not turned into other changes by an option", function()
    local pal, other, invited = org:user "zoe9@example.com", org:user "ann@example.com", nil
    for user in org:each_user() do
      if user.joined == false then invited = user end
    end
    local before = server:requests()
    for _, call in ipairs {
      { "activate", { inactive = true }, "inactive" },
      { "deactivate", { inactive = false }, "inactive" },
      { "offboard", { groups = {} }, "groups" },
      { "remove", { delete = { other } }, "delete" },
      { "remove", { organization_id = 7 }, "organization_id" },
      { "resend_invitation", { invitation_id = 7 }, "invitation_id" },
    } do
      local person = call[1] == "resend_invitation" and invited or pal
      local text = ("user:%s sets '%s' itself"):format(call[1], call[3])
      assert.error_matches(function() person[call[1]](person, call[2]) end, text)
    end
    assert.equal(before, server:requests())
  end)

  it("give people a role by its word", function()
    local pal = org:user "zoe9@example.com"
    assert.is_falsy(pal.admin)
    assert.equal("Zoë Mensah: role Administrator", tostring(pal:set_role "admin"))
    assert.is_true(org:user(pal, { refresh = true }).admin)
    assert.is_true(pal:update { role = "Member" })
    assert.is_false(org:user(pal, { refresh = true }).admin)
    for _, role in ipairs { org:role "admin", 2, "2", "organization-admin", { role_id = 2 } } do
      assert.equal(2, org:role(role).role_id)
      assert(pal:set_role(role))
    end
    assert(pal:set_role "member")
    local none, err = pal:set_role "adminn"
    assert.is_nil(none)
    assert.matches('did you mean "Administrator"', tostring(err))
    none, err = pal:set_role "guest" -- two roles have this type
    assert.is_nil(none)
    assert.matches("not unique", err.message)
    assert.equal("workspace", org:role("teamlead").entity)
    none, err = pal:set_role "teamlead"
    assert.is_nil(none)
    assert.equal("not_found", err.kind)
  end)

  it("offboard a person in one request, all or nothing", function()
    local made <close> = helper.sandbox()
    local c <close> = helper.client(made)
    local acme = c:organization "Acme"
    local pal, boss = acme:user "zoe9@example.com", acme:get_owner()
    assert.is_true(#pal.groups > 0 and #pal.workspaces > 0)
    assert.equal(1, helper.requests_during(made, function() assert(pal:offboard {}) end))
    local now = acme:user(pal, { refresh = true })
    assert.is_true(now.inactive)
    assert.equal(0, #(now.groups or {}) + #(now.workspaces or {}))
    assert(now:reactivate())
    assert.is_false(acme:user(pal, { refresh = true }).inactive)
    local owner = acme:user { organization_user_id = boss.organization_user_id }
    assert.is_nil((owner:offboard()))
    assert.equal(#owner.groups, #acme:user(owner, { refresh = true }).groups)
    local invited = acme:users({ active_status = "invited" })[1]
    assert.equal(
      0,
      helper.requests_during(made, function()
        local none, err = invited:offboard()
        assert.is_nil(none)
        assert.matches("has not joined yet; nothing was sent", err.message)
      end)
    )
  end)

  it("answer with one sentence each, also in a dry run", function()
    for _, sent in ipairs { true, false } do
      local made <close> = helper.sandbox()
      local c <close> = helper.client(made, { dry_run = not sent, log = function() end })
      local acme = c:organization "Acme"
      local pal, night, hall =
        acme:user "tomas6@example.com", acme:group "Night shift", acme:workspace "Main"
      for i, result in ipairs {
        pal:deactivate(),
        pal:reactivate(),
        pal:set_role "member",
        pal:offboard(),
        pal:activate(),
        acme:users({ active_status = "invited" })[1]:resend_invitation(),
        night:add(pal),
        night:give(hall),
        night:rename "Night shift",
        acme:rename "Acme",
        hall:rename "Main",
        acme:remove(pal),
      } do
        local text, times = tostring(result):gsub("^dry run, not sent: ", "")
        assert.equal(sent and 0 or 1, times, i)
        assert.matches("^[^:]+: [^:]+$", text)
        assert.equal(sent, result.sent)
      end
    end
  end)

  it("rename, delete and make groups", function()
    assert(group:update { name = "Engines" })
    local now = org:group "Engines"
    assert.equal(group.group_id, now.group_id)
    assert.equal(#group.users, #now.users) -- a rename keeps people and workspaces
    assert.equal(#group.workspaces, #now.workspaces)
    assert.is_true(now:delete())
    assert.is_nil((org:group "Engines"))
  end)

  it("remove, deactivate and restore people", function()
    local pal =
      org:user { user_id = org:users { active_status = "active", sort_dir = "desc" }[1].user_id }
    assert(pal:deactivate())
    assert.is_true(org:user { organization_user_id = pal.id }.inactive)
    assert(pal:activate())
    assert.is_false(org:user { organization_user_id = pal.id }.inactive)
    assert(pal:remove())
    assert.is_nil((org:user { organization_user_id = pal.id }))
    local two = org:users { active_status = "invited" }
    assert(org:remove(two[1], { organization_user_id = two[2].id }))
    assert.equal(#two - 2, #org:users { active_status = "invited" })
    two = org:users { active_status = "invited" }
    assert(org:remove { two[1] })
    local gone, err = org:remove { organization_user_id = org:get_owner().organization_user_id }
    assert.is_nil(gone)
    assert.equal("invalid", err.kind)
  end)

  it("send an invitation again", function()
    local invited = org:users { active_status = "invited" }[1]
    assert(invited:resend_invitation())
    assert.error_matches(function() ann:resend_invitation() end, "invitation key")
  end)

  it("rename workspaces, and change and end memberships", function()
    assert(main:rename "Main Hall")
    assert.equal(main.id, org:workspace("Main Hall").id)
    local member
    for m in main:members():each() do
      if m.user_id ~= client:my_id() and not m.admin then member = m end
    end
    assert.is_true(member:update { rate = 12.5 })
    assert.is_true(member:delete())
    for m in main:members():each() do
      assert.not_equal(member.id, m.id)
    end
  end)

  it("hand the organization over when both agree", function()
    local transfer = assert(org:create_transfer { new_owner_id = ann })
    local hers <close> = helper.client(server, { token = server:token "ann@example.com" })
    local open = hers:organization("Acme"):transfers { ongoing = true }
    assert.equal(transfer.owner_transfer_id, open[1].owner_transfer_id)
    assert.is_not_nil(assert(open[1]:action "accept").outcome_name)
    assert.equal("ann@example.com", org:get_owner().email)
    assert.equal(0, #org:transfers { ongoing = true })
  end)

  it("add a person from another account, who then is a member", function()
    local letter = org:invite {
      emails = { "bo@example.com" },
      workspaces = { main },
      groups = { group },
    }.invitations[1]
    local before = #client:organizations()
    assert.is_true(client:accept_invitation {
      invitation_code = letter.code,
      auth = { email = "bo@example.com", password = server:password_of "bo@example.com" },
    })
    assert.is_true(org:user("bo@example.com").joined)
    assert.equal(before, #client:organizations()) -- the caller did not join
    local his <close> = helper.client(server, { token = server:token "bo@example.com" })
    assert.equal("Acme", his:organizations()[1].name)
  end)

  it("ask the server for its quota windows, and remember them", function()
    server:set { plan = "premium" }
    local windows = assert(client:quota { refresh = true })
    local mine
    for _, w in ipairs(windows) do
      if w.organization_id == org.id then mine = w end
    end
    assert.equal(600, mine.total)
    assert.equal(0, helper.requests_during(server, function() client:quota() end))
  end)
end)
