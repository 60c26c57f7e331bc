-- Finding people, groups, workspaces and organizations by name, address or key.
local helper = require "spec.helper"

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
