-- Methods made of several operations: finding records by name, small changes, loops over pages.
local helper = require "spec.helper"
local toggl = require "toggl"

describe("finding", function()
  local server, client, org

  setup(function()
    server = helper.sandbox()
    client = helper.client(server)
    org = client:organization "Acme"
  end)

  teardown(function()
    client:close()
    server:stop()
    client, org = nil, nil
  end)

  local function missing(kind, found, err)
    assert.is_nil(found)
    assert.equal(kind, err.kind, tostring(err))
    return tostring(err)
  end

  it("an organization by key or name", function()
    assert.equal(4300000017, client:organization("Acme").id)
    assert.equal("Acme", client:organization(4300000017).name)
    assert.equal(9007199254740993, client:organization("Blue Door").id)
    assert.is_truthy(missing("not_found", client:organization "Nowhere"):find("Nowhere", 1, true))
    assert.error_matches(function() client:organization(true) end, "key or a name")
    assert.error_matches(function() client:organization "" end, "empty")
  end)

  it(
    "a person by name, address, whatever the case, and by each kind of key under its name",
    function()
      local ann = org:user " ANN@example.com "
      assert.equal("Ann Lee", ann.name)
      assert.is_true(ann == org:user "Ann Lee")
      assert.is_true(ann == org:user { email = "ann@example.com" })
      assert.is_true(ann == org:user { name = "Ann Lee" })
      assert.is_true(ann == org:user { user_id = ann.user_id })
      assert.is_true(ann == org:user { organization_user_id = ann.id })
      local invited = org:users { active_status = "invited" }[1]
      assert.equal(invited.email, org:user { invitation_id = invited.invitation_id }.email)
      missing("not_found", org:user "gone@example.com")
      missing("not_found", org:user { user_id = 1 })
    end
  )

  it("a group, a workspace and an organization by all that names one", function()
    for class, at in pairs { group = "Support", workspace = "Main", organization = "Acme" } do
      local from = class == "organization" and client or org
      local found = from[class](from, at)
      local field = class .. "_id"
      for _, key in ipairs {
        found,
        found.id,
        tostring(found.id),
        found.id + 0.0,
        { [field] = found.id },
        { [field] = found },
      } do
        assert.is_true(found == from[class](from, key, { refresh = true }))
      end
      assert.error_matches(
        function() from[class](from, 1.5) end,
        "a key or a name, or the object, got number"
      )
      assert.error_matches(function() from[class](from, {}) end, "got table")
      assert.error_matches(function() from[class](from, { user_id = 1 }) end, "got 'user_id'")
      local wrong = org:users()[1]
      if class ~= "organization" then
        assert.error_matches(function() from[class](from, wrong) end, "this user has none")
      end
    end
    local ann = org:user "ann@example.com"
    assert.is_true(org == client:organization(ann)) -- the person's organization
    assert.is_true(org == client:get_organization({ organization_id = org }, { refresh = true }))
  end)

  it("a person by an object, which is read again in one request", function()
    local ann = org:user "ann@example.com"
    local membership
    for member in org:workspace("Main"):each_member() do
      if member.email == ann.email then membership = member end
    end
    for _, object in ipairs {
      ann,
      ann:detach(),
      { user_id = ann },
      { user_id = ann.user_id + 0.0 },
      { organization_user_id = ann },
      membership,
    } do
      assert.equal(ann.user_id, org:user(object).user_id)
    end
    assert.is_true(ann == org:user { organization_user_id = tostring(ann.id) })
    local member = org:group("Support").users[1]
    assert.equal(member.user_id, org:user(member).user_id)
    assert.equal(
      1,
      helper.requests_during(
        server,
        function() assert.is_true(ann == org:user(ann, { refresh = true })) end
      )
    )
    assert.error_matches(function() org:user(org) end, "holds no key of a person")
    assert.error_matches(
      function() org:user(5.0) end,
      "four kinds of key; say which: {user_id = 5}"
    )
  end)

  it("a person by an object whose address has changed since", function()
    local own = helper.client(server, { cache = false })
    local there = own:organization "Acme"
    local person = there:users({ active_status = "invited" })[1]
    -- the record as read before the change
    local before = person:detach()
    person:update { name = "Zed Zeal" }
    assert.equal("Zed Zeal", there:user(before, { refresh = true }).name)
    own:close()
  end)

  it("the right one of two people whose keys are the same number of another kind", function()
    local keys = {}
    for user in org:users():each() do
      keys[user.id] = user.email
    end
    for user in org:users():each() do
      -- another person's organization user has the same number as its key
      if user.user_id and keys[user.user_id] then
        assert.equal(user.email, org:user { user_id = user.user_id }.email)
        assert.equal(keys[user.user_id], org:user { organization_user_id = user.user_id }.email)
        assert.not_equal(user.email, keys[user.user_id])
        return
      end
    end
    error "the sandbox is too kind"
  end)

  it("no person by a plain number, two keys, or what is no key", function()
    assert.error_matches(function() org:user(5) end, "four kinds of key")
    assert.error_matches(function() org:user { user_id = 5, name = "x" } end, "one of")
    assert.error_matches(function() org:user { id = 5 } end, "one of")
    assert.error_matches(function() org:user { user_id = 1.5 } end, "integer")
    assert.error_matches(function() org:user() end, "requires")
  end)

  it("two people of one name is an error that names both", function()
    local seen, twice = {}, nil
    for user in org:users():each() do
      if seen[user.name] then twice = { seen[user.name], user } end
      seen[user.name] = user
    end
    local text = missing("conflict", org:user(twice[1].name))
    for _, user in ipairs(twice) do
      assert.is_truthy(text:find(tostring(user.id), 1, true), text)
    end
    for _, user in ipairs(twice) do
      assert.is_truthy(text:find("<" .. user.email .. ">", 1, true), text)
    end
    local advice = text:match "; name one by its key: (.*)$"
    for _, line in ipairs { advice:match "^(.*) or (.*)$" } do
      local found = load("local org = ... return " .. line)(org)
      assert.is_true(found == twice[1] or found == twice[2], text)
    end
    assert.equal(twice[2].id, org:user { organization_user_id = twice[2].id }.id)
  end)

  it("what looks the same: another case, blanks, marks in two pieces", function()
    for _, name in ipairs { "support", " Support", "SUPPORT\u{200B}", "Ｓupport" } do
      assert.equal("Support", org:group(name).name)
    end
    assert.equal("R&D Zürich", org:workspace("r&d zu\u{308}rich").name)
    assert.equal("Acme", client:organization("acme").name)
    assert.equal("Olive Hart", org:user("OLIVE HART").name)
    for user in org:users():each() do -- the server's filter compares bytes
      local plain = user.name and user.name:find("á", 1, true) and user.name:gsub("á", "a\u{301}")
      if plain then
        local found, err = org:user(plain, { refresh = true })
        assert.is_true(found and found.name == user.name or err.kind == "conflict", plain)
      end
    end
  end)

  it("by the part of a name that each form of it has, as the server compares bytes", function()
    local function filters(name)
      local before = server:requests()
      local ok, found = pcall(org.user, org, name)
      local n, last = server:requests()
      local list = {}
      for i = #last - (n - before) + 1, #last do
        list[#list + 1] = last[i].path:match "[?&]filter=([^&]*)"
      end
      return table.concat(list, " "), ok and found and found.name
    end
    for _, name in ipairs { "Olive Hart", "olive  hart", "Olive\u{A0}Hart" } do
      local filter, found = filters(name)
      assert.equal("olive", filter:lower(), name)
      assert.equal("Olive Hart", found, name)
    end
    assert.equal("Neil", (filters "O’Neil"))
    assert.equal("Neil", (filters "O'Neil"))
    assert.equal("Stra", (filters "Strasse"))
    assert.equal("Voss Vo", (filters "Voss")) -- too short to begin with
    assert.equal("Bo%20Li Bo", (filters "Bo  Li"))
    assert.equal("Bo", (filters "Bo"))
    assert.equal("hans.strasse%40example.com", (filters "Hans.Strasse@example.com"))
  end)

  it("suggests what was probably meant, and does not take it", function()
    for _, name in ipairs { "Suport", "Supp" } do
      assert.matches(
        "group " .. name .. ' was not found; did you mean "Support"%?$',
        missing("not_found", org:group(name))
      )
    end
    assert.matches('did you mean "Main"%?$', missing("not_found", org:workspace "mian"))
    assert.matches('did you mean "Acme"%?$', missing("not_found", client:organization "acne"))
    for _, name in ipairs { "olive", "Hart" } do
      assert.matches(
        "did you mean .*Olive Hart <olive@example.com>",
        missing("not_found", org:user(name)),
        name
      )
    end
    assert.matches("check the spelling, or list them all$", missing("not_found", org:group "Zzyzx"))
    assert.matches("check the spelling", missing("not_found", org:group(7)))
  end)

  it("suggests people of the store where the server leaves out who does not match", function()
    local stored <close> = helper.client(server, { cache = ":memory:" })
    local acme = stored:organization "Acme"
    acme:users()
    assert.matches(
      "did you mean Ann Lee <ann@example.com>%?$",
      missing("not_found", acme:user("Anne Lee", { refresh = true }))
    )
  end)

  it("a group and a workspace by key or name", function()
    local group, main = org:group "Engineering", org:workspace "Main"
    assert.is_true(group == org:group(group.group_id))
    assert.is_true(main == org:workspace(main.id))
    assert.equal("R&D Zürich", org:workspace("R&D Zürich").name)
    missing("not_found", org:group "Nowhere")
    missing("not_found", org:workspace(1))
    missing("not_found", org:workspace "Blue Door") -- in another organization
    assert.error_matches(function() org:group {} end, "key or a name")
  end)

  it("the workspaces of this organization alone", function()
    assert.equal(5, #client:workspaces())
    assert.equal(4, #org:workspaces())
    local names = {}
    for workspace in org:each_workspace() do
      names[#names + 1] = workspace.name
    end
    assert.equal(4, #names)
  end)

  it("a group whose name is digits, by its name; by a key, where none has that name", function()
    local group = org:group "Support"
    local made = org:create_group { name = "2024" }
    assert.equal(made.group_id, org:group("2024", { refresh = true }).group_id)
    assert.equal(group.group_id, org:group(tostring(group.group_id)).group_id)
    missing("not_found", org:group(2024)) -- a number is a key
    missing("not_found", org:group("1" .. ("0"):rep(30)))
    local other = org:create_group { name = tostring(group.group_id) }
    local text = missing("conflict", org:group(tostring(group.group_id), { refresh = true }))
    local calls = ("org:group(%d) or org:group(%d)"):format(other.group_id, group.group_id)
    assert.is_truthy(text:find(calls, 1, true), text)
    made:delete()
    other:delete()
  end)

  it("costs the fewest requests: a person is asked for, not all people read", function()
    server:set { page_cap = 10 }
    assert.equal(1, helper.requests_during(server, function() org:user "ann@example.com" end))
    server:set { page_cap = 0 }
  end)
end)

describe("loops", function()
  local server, client, org

  setup(function()
    server = helper.sandbox()
    client = helper.client(server)
    org = client:organization "Acme"
    server:set { page_cap = 20 }
  end)

  teardown(function()
    client:close()
    server:stop()
    client, org = nil, nil
  end)

  it("ask for a page when the one before is used up", function()
    local requests = helper.requests_during(server, function()
      local n = 0
      for _ in org:each_user() do
        n = n + 1
        if n == 25 then break end
      end
    end)
    assert.equal(2, requests)
    local people = {}
    for user in org:each_user { active_status = "active" } do
      people[user.id] = true
    end
    local n = 0
    for _ in pairs(people) do
      n = n + 1
    end
    assert.equal(#org:users { active_status = "active" }, n)
  end)

  it("go over what has no pages, too", function()
    local n = 0
    for group in org:each_group() do
      n = n + (group.group_id and 1 or 0)
    end
    assert.equal(#org:groups(), n)
  end)

  it("follow the cursor of payment records", function()
    local records = org:payment_records()
    assert.equal(2, records.pages)
    assert.equal("in_1003", records[2].items[1].id)
    assert.equal(1, #org:payment_records { cursor = "page-2", last_inv = "in_1002" })
  end)
end)

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
      assert.matches("^spec/objects_spec.lua:%d+: group:" .. op .. " requires at least one", why)
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

describe("objects of a client that raises", function()
  it("raise what they would return", function()
    local server <close> = helper.sandbox()
    local client <close> = toggl.client { sandbox = server, on_error = "raise", retries = 0 }
    local org = client:organization "Acme"
    for _, f in ipairs {
      function() org:group "Nowhere" end,
      function() org:user "gone@example.com" end,
      function() org:group("Engineering"):add({ user_id = 1 }) end,
      function() org:remove { organization_user_id = org:get_owner().organization_user_id } end,
    } do
      local ok, err = pcall(f)
      assert.is_false(ok)
      assert.equal("toggl.error", getmetatable(err).__name)
    end
  end)
end)

describe("what was read", function()
  local server, client, org

  setup(function()
    server = helper.sandbox()
    client = helper.client(server, { cache = ":memory:" })
    org = client:organization "Acme"
  end)

  teardown(function()
    client:close()
    server:stop()
    client, org = nil, nil
  end)

  it("has an age, and a list inside a record has none of its own", function()
    local groups = org:groups()
    assert.is_number(groups.age)
    assert.is_nil(groups[1].users.age)
    assert.is_nil(groups[1].users.at)
  end)

  it("tells in SQL which workspace a count is of, once for each", function()
    local function counts()
      local rows = {}
      for _, row in ipairs(client:sql "SELECT workspace_id, members_count FROM statistics") do
        assert.is_nil(rows[row.workspace_id])
        rows[row.workspace_id] = row.members_count
      end
      return rows
    end
    local expected = {}
    for id, s in pairs(org:statistics()) do
      expected[id] = s.members_count
    end
    assert.same(expected, counts())
    org:workspace("Main"):statistics()
    assert.same(expected, counts())
  end)

  it("goes through in a loop that is named as the thing is", function()
    local windows = 0
    for window in client:each_quota() do
      windows = windows + (window.remaining and 1 or 0)
    end
    assert.equal(#client:get_quota(), windows)
    assert.is_nil(client.each_get_quota)
  end)
end)

describe("a client without its HTTP part", function()
  it("says what to install, and where", function()
    local folder = os.tmpname()
    os.remove(folder)
    assert(
      os.execute(
        ("mkdir -p %s/toggl && cp %s/toggl/core.so %s/toggl/"):format(folder, helper.build, folder)
      )
    )
    local code =
      "print(require('toggl').client{token = ('0'):rep(32), cache = false, state = false}:me())"
    local out = helper.run(
      { LUA_PATH = "lua/?.lua;lua/?/init.lua;;", LUA_CPATH = folder .. "/?.so;;" },
      "lua5.4",
      "-e",
      code
    )
    os.execute("rm -rf " .. folder)
    assert.matches(
      "^nil\tget_me: the HTTP part cannot be loaded: .*http%.so: .*; install http%.so beside core%.so\n$",
      out
    )
  end)
end)

describe("a method that is not there", function()
  it("is an error that says what there is", function()
    for code, expected in pairs {
      ["print(nil, org:get_onwer())"] = "did you mean org:get_owner%?",
      ["local o = org; (function() o:delete() end)()"] = "no field or method 'delete'; .*there is group:delete",
      ["print(nil, org:invitations(nil, org))"] = "did you mean org:invite%?",
      ["toggl.map({1}, function() client:organisation(1) end)"] = "did you mean client:organization%?",
      ["org:groups():zzyzx()"] = 'toggl.help "list" lists what there is',
      ["local t = {} t:foo()"] = "%(method 'foo'%)\n",
      ["assert(client.get_onwer == nil) error 'still nil'"] = "still nil",
    } do
      local _, err = helper.togglsh("--sandbox", "-e", code)
      assert.matches(expected, err)
    end
  end)
end)

describe("the methods of a class", function()
  -- Another process: here they are loaded already.
  it("are the same before and after its Lua file is loaded", function()
    local out, err = helper.run(
      { LUA_PATH = package.path, LUA_CPATH = package.cpath },
      "lua5.4",
      "-e",
      [[
      local core = require "toggl.core"
      local first = {}
      for class, methods in pairs(core.classes) do
        first[class] = {}
        for name, method in next, methods do first[class][name] = method end
      end
      require "toggl"
      require "toggl.objects"
      for class, methods in pairs(first) do
        for name, method in pairs(methods) do
          if core.classes[class][name] ~= method then print(class .. ":" .. name) end
        end
      end
      print "compared"
    ]]
    )
    assert.equal("compared\n", out, err)
  end)
end)
