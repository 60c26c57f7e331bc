-- Mistakes of a script's author: each raises a message that says what to write, at its line.
local helper = require "spec.helper"
local toggl = require "toggl"

describe("a slip", function()
  local server, client, org

  setup(function()
    server = helper.sandbox()
    client = helper.client(server, { cache = ":memory:" })
    org = assert(client:organization "Acme")
  end)

  teardown(function()
    client:close()
    server:stop()
    client, org = nil, nil
  end)

  -- Return the message that f() raises. It must name the line of F, and f() must send nothing.
  local function slip(f)
    local text
    assert.equal(
      0,
      helper.requests_during(server, function()
        local ok, err = pcall(f)
        assert.is_false(ok)
        text = err
      end)
    )
    assert.equal("string", type(text))
    local here = debug.getinfo(f, "S")
    local source, line, sentence = text:match "^(.-):(%d+): (.*)$"
    assert.equal(here.short_src, source)
    assert.is_true(tonumber(line) >= here.linedefined and tonumber(line) <= here.lastlinedefined)
    return sentence
  end

  it("of a dot for a colon", function()
    assert.equal(
      "org.users lacks its object: write org:users(...)",
      slip(function() org.users() end)
    )
    assert.matches("write org:users%(", slip(function() org.users { filter = "x" } end))
    assert.matches("write org:user%(", slip(function() org.user "olive@example.com" end))
    assert.matches("write org:each_user%(", slip(function() org.each_user() end))
    assert.matches("write client:organization%(", slip(function() client.organization "Acme" end))
    local group = org:group "Support"
    assert.matches("write group:rename%(", slip(function() group.rename "x" end))
    assert.matches("write organization:groups%(", slip(function() org.groups() end))
    assert.matches("write client:organizations%(", slip(function() client.organizations() end))
  end)

  it("of an argument without its name", function()
    assert.equal(
      "org:users takes named arguments, such as {filter = ...}, got 1; nothing was sent",
      slip(function() org:users(1) end)
    )
    assert.matches('such as {filter = %.%.%.}, got "x"', slip(function() org:users "x" end))
    assert.matches("such as {filter = %.%.%.}, got 1", slip(function() org:each_user(1) end))
  end)

  it("in the name of an argument", function()
    local meant = "org:users has no argument 'filtr', and nothing was sent; it takes [%w_, ]+; "
      .. "did you mean 'filter'%?$"
    assert.matches(meant, slip(function() org:users { filtr = "x" } end))
    assert.matches(meant, slip(function() org:each_user { filtr = "x" }() end))
    assert.matches(
      "org:users has no argument 'admins', and nothing was sent; it takes filter, active_status, "
        .. "only_admins, groups, workspaces, page, per_page, sort_dir; did you mean 'only_admins'%?$",
      slip(function() org:users { admins = true } end)
    )
    assert.matches(
      "org:groups has no argument 'zzzz', and nothing was sent; it takes name, workspace$",
      slip(function() org:groups { zzzz = 1 } end)
    )
    assert.matches(
      "org:update has no argument 'nmae', and nothing was sent; did you mean 'name'%?$",
      slip(function() org:update { nmae = 1 } end)
    )
    assert.matches(
      "group:update has no argument",
      slip(function() org:group("Support"):update { x = 1 } end)
    )
    assert.matches(
      "get_organization_users has no argument",
      slip(function() org:client().api.get_organization_users { organization_id = org, x = 1 } end)
    )
    assert.matches("client:me has no argument", slip(function() org:client():me { x = 1 } end))
  end)

  it("of a text for what has a key", function()
    local group = org:group "Support"
    local user = org:user "olive@example.com"
    local main = { workspace_id = 5200000011 }
    for text, f in pairs {
      ['org:user "olive@example.com"'] = function() group:remove "olive@example.com" end,
      ['org:user "bo@example.com"'] = function() group:add("bo@example.com") end,
      ['org:user "Bo"'] = function() org:remove "Bo" end,
      ['org:workspace "Main"'] = function()
        org:invite { emails = { "a@example.com" }, workspaces = { "Main" } }
      end,
      ['org:group "Support"'] = function()
        org:invite { emails = { "a@example.com" }, workspaces = { main }, groups = { "Support" } }
      end,
      ['org:group "A"'] = function() user:update { groups = { "A" } } end,
      ['client:organization "Acme"'] = function()
        client.api.get_organization_groups { organization_id = "Acme" }
      end,
    } do
      assert.matches("write " .. text:gsub("%p", "%%%0"), slip(f))
    end
  end)

  it("a person who has not joined where an account is required", function()
    local group, invited = org:group "Support", org:users { active_status = "invited" }[1]
    local sentence =
      "argument 'user_id' requires the account key, and this user has none: people get one by joining"
    assert.matches("^" .. sentence, slip(function() group:remove(invited) end))
    assert.matches(
      "^argument 'invitation_id' requires the invitation key, and this user has none: "
        .. "only people who have not joined yet have one",
      slip(function() org:user("olive@example.com"):resend_invitation() end)
    )
  end)

  it("of a list for an iterator, and the other way round", function()
    local main = org:workspace "Main"
    for name, f in pairs {
      ["org:each_user"] = function() ipairs(org:each_user())(org:each_user(), 0) end,
      ["org:each_group"] = function()
        for _ in ipairs(org:each_group()) do
          error "not reached"
        end
      end,
      ["org:each_workspace"] = function()
        for _ in pairs(org:each_workspace()) do
          error "not reached"
        end
      end,
      ["workspace:each_member"] = function() return #main:each_member() end,
    } do
      local ok, text = pcall(f)
      assert.is_false(ok)
      assert.matches("slips_spec.lua:%d+: " .. name .. "%(%) is an iterator, not a list", text)
    end
    for _, f in ipairs {
      function()
        for _ in org:users() do
          error "not reached"
        end
      end,
      function()
        for _ in org:groups() do
          error "not reached"
        end
      end,
    } do
      local ok, text = pcall(f)
      assert.is_false(ok)
      assert.matches("a list is not an iterator: write for _, item in ipairs%(list%)", text)
    end
    local n = 0
    for _ in org:each_group() do
      n = n + 1
    end
    assert.equal(#org:groups(), n)
  end)

  it("in the name of a field", function()
    local user, group = org:user "olive@example.com", org:group "Support"
    for meant, f in pairs {
      joined = function() return user.joned end,
      name = function() return user.nmae end,
      users = function() return group.usres end,
      user_count = function() return org.user_cuont end,
      user_id = function() return group.users[1].user_i end,
      ["org:get_owner"] = function() return org:get_onwer() end,
      ["group:remove"] = function() return group:remvoe(user) end,
    } do
      assert.matches("did you mean '?" .. meant .. "'?%?$", slip(f))
    end
    assert.matches(
      "^group has no field or method 'email'; .*record:get%(\"email\"%)",
      slip(function() return group.email end)
    )
    assert.matches("the model org_user has it", slip(function() return group.users[1].email end))
  end)

  it("in a condition stops the loop that it would have let through", function()
    local users = org:users()
    slip(function()
      for _, user in ipairs(users) do
        if not user.joned then error "this would have selected everyone" end
      end
    end)
  end)

  it("does not keep a script from asking for what may be absent", function()
    local user, fields = org:user "olive@example.com", {}
    assert.is_nil(user:get "not_sent")
    assert.is_nil(user:get "remove") -- a method is no field
    assert.equal(user.name, user:get "name")
    assert.equal(user.stale, user:get "stale")
    assert.is_nil(org:get "suspended_at")
    assert.is_nil(org.suspended_at) -- a known field that the record lacks
    for name in pairs(user) do
      fields[name] = true
    end
    assert.is_true(fields.name and not fields.not_sent)
    assert.is_nil(user:table().not_sent)
    for _, model in ipairs(toggl.models) do
      if model.name == "org_user" then
        for _, f in ipairs(model.fields) do
          assert.has_no.errors(function() return user[f.name] end)
        end
      end
    end
  end)

  it("of id finds the own key of what is no person", function()
    local group = org:group "Support"
    assert.equal(group.group_id, group.id)
    assert.equal(group.group_id, group:get "id")
    local entry = org:user("olive@example.com").groups[1]
    assert.equal(entry.group_id, entry.id)
    -- a person has four keys: the name must be exact
    assert.matches("did you mean 'user_id'", slip(function() return group.users[1].id end))
  end)

  it("in a task names the line as well", function()
    local place
    local text = slip(function()
      toggl
        .task(function()
          place = pcall(error)
          org:update { nmae = "x" }
        end)
        :wait()
    end)
    assert.is_false(place)
    assert.matches("did you mean 'name'", text)
  end)
end)
