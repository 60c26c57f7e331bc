-- Invalid input is rejected before a request is sent, with a message that names the argument.
local bad_input = require "spec.bad_input"
local helper = require "spec.helper"
local core = require "toggl.core"
local toggl = require "toggl"

describe("bad input", function()
  local server, client, org, main, ann, member, group

  setup(function()
    server, client, org, main, ann, member, group = bad_input.start()
  end)

  teardown(function()
    client:close()
    server:stop()
    client, org, main, ann, member, group = nil, nil, nil, nil, nil, nil
  end)

  local option_refused = bad_input.option_refused

  local function refused(f, ...) return bad_input.refused(server, f, ...) end

  local function new_group(fields)
    fields.name = fields.name or "Team"
    return function() return org:create_group(fields) end
  end

  describe("in the names of arguments", function()
    it("suggests what was probably meant, also inside of records and for options", function()
      refused(function() return org:users { filtr = "x" } end, "'filtr'", "did you mean 'filter'")
      refused(
        function() return client.api.get_me { refesh = true } end,
        "'refesh'",
        "did you mean 'refresh'"
      )
      refused(
        function()
          return group:patch { patches = { { op = "add", path = "/users", valu = { 5 } } } }
        end,
        "patches[1]",
        "'valu'",
        "did you mean 'value'"
      )
      refused(function() return client:request("GET", "/me", { qery = {} }) end, "'qery'")
      option_refused({ tokn = "x" }, "'tokn'", "did you mean 'token'")
    end)

    it("requires them as names", function()
      refused(function() return client.api.get_me { true } end, "named arguments")
      refused(function() return client.api.get_me { ["a\0b"] = 1 } end, "get_me")
      refused(
        function() return client.api.get_organization { organization_id = org.id, [org] = 1 } end,
        "named arguments"
      )
    end)

    it("refuses a missing field, a field given twice, and more values than there are", function()
      refused(
        function() return client:create_organization { workspace_name = "Beta" } end,
        "'name'",
        "is missing"
      )
      refused(
        function() return client.api.put_organization { name = "Beta" } end,
        "'organization_id'",
        "is missing"
      )
      refused(
        function() return group:patch { patches = { { op = "add", path = "/users" } } } end,
        "'value'",
        "patches[1]"
      )
      refused(
        function() return client:create_organization("a", { name = "b", workspace_name = "c" }) end,
        "'name'",
        "twice"
      )
      refused(function() return client:create_organization("a", "b", "c") end, "too many arguments")
      refused(
        function() return org:update { organization_id = 5, name = "x" } end,
        "'organization_id'",
        "the object"
      )
    end)

    it("refuses a change of nothing, and fields that exclude one another", function()
      refused(function() return ann:update {} end, "'email'", "missing")
      refused(
        function() return ann:update { organization_admin = true, role_id = 2 } end,
        "'role_id'",
        "'organization_admin'"
      )
    end)

    it("knows which operations there are", function()
      assert.error_matches(
        function() return client.api.get_mee {} end,
        "there is no operation 'get_mee'"
      )
      assert.error_matches(
        function() return org.update { name = "x" } end,
        "lacks its object: write organization:update"
      )
    end)
  end)

  describe("in numbers", function()
    it("refuses keys that are no integers above 0", function()
      for _, case in ipairs {
        { 1.5, "float" },
        { 5.0, "float" },
        { 2 ^ 63, "float" },
        { -2 ^ 63, "float" },
        { math.huge, "float" },
        { 0 / 0, "float" },
        { -5, "above 0" },
        { 0, "above 0" },
        { math.mininteger, "above 0" },
        { "5x", "string" },
        { true, "boolean" },
      } do
        local value, why = table.unpack(case)
        refused(
          function() return client.api.get_workspace { workspace_id = value } end,
          "'workspace_id'",
          why
        )
        refused(new_group { workspaces = { value } }, "'workspaces[1]'")
        refused(function() return org:users { groups = { value } } end, "'groups[1]'")
        refused(new_group { users = { { user_id = value } } }, "'users[1]'")
        refused(
          function() return ann:update { workspaces = { { workspace_id = value } } } end,
          "'workspaces[1].workspace_id'"
        )
      end
    end)

    it("takes digits and comma-joined keys as the generated client sends them", function()
      local api, text = client.api, tostring
      local id = { organization_id = text(org.id) }
      local function same(name, plain, texts)
        for k, v in pairs(plain) do
          local want = api[name] { organization_id = org.id, [k] = v }
          assert.equal(#want, #api[name] { organization_id = text(org.id), [k] = texts })
        end
      end
      local support = org:group "Support"
      assert.equal(org.id, api.get_organization(id).id)
      same(
        "get_organization_users",
        { groups = { group, support } },
        ("%d,%d"):format(group.id, support.id)
      )
      same("get_organization_users", { groups = support }, text(support.id))
      same("get_organization_users", { workspaces = main }, (" %d , %d "):format(main.id, main.id))
      same("get_organization_groups", { workspace = main }, text(main.id))
      same("get_organization_groups", { workspace = { main } }, ("%d,%d"):format(main.id, main.id))
      local function put(fields)
        fields.organization_id, fields.organization_user_id = text(org.id), text(ann.id)
        return api.put_organization_users(fields)
      end
      assert.is_true(put { inactive = false })
      -- in a body too, where they become numbers
      assert.is_true(put { role_id = "3" })
      assert.equal(3, org:user(ann, { refresh = true }).role_id)
      local made = api.post_organization_group {
        organization_id = org.id,
        name = "By digits",
        workspaces = { text(main.id) },
      }
      assert.equal("By digits", made.name)
      refused(function() return put { role_id = "third" } end, "role_id")
      -- a bare key that could be one of four kinds is rejected
      for _, seven in ipairs { 7, "7" } do
        refused(
          function() return api.patch_organization_users { organization_id = 1, delete = { seven } } end,
          "any of a person's four keys"
        )
        refused(new_group { users = { seven } }, "any of a person's four keys")
      end
    end)

    it("sends the largest integer digit by digit", function()
      local _, err = client.api.get_workspace { workspace_id = math.maxinteger }
      assert.equal("forbidden", err.kind)
      local _, seen = server:requests()
      assert.equal("/workspaces/9223372036854775807", seen[#seen].path)
    end)

    it("refuses what JSON cannot hold, and values outside of their range", function()
      for _, value in ipairs { 0 / 0, math.huge, -math.huge } do
        refused(
          function() return main:update { default_hourly_rate = value } end,
          "'default_hourly_rate'",
          "finite"
        )
        refused(
          function() return client:request("POST", "/me", { body = { x = value } }) end,
          "'body'",
          "finite"
        )
      end
      refused(function() return main:update { rounding = 2 } end, "'rounding'", "at most 1")
      refused(
        function() return member:update { working_hours_in_minutes = 0 } end,
        "'working_hours_in_minutes'"
      )
      refused(function() return org:users { page = 0 } end, "'page'", "at least 1")
      refused(function() return client.api.get_me { timeout = 0 } end, "'timeout'")
      refused(function() return client.api.get_me { timeout = "1" } end, "'timeout'")
    end)
  end)

  describe("in lists and tables", function()
    it("refuses empty lists, holes, other keys, repeats and nulls", function()
      refused(function() return org:remove_users { delete = {} } end, "'delete'", "empty")
      refused(
        function() return org:invite { emails = {}, workspaces = { main } } end,
        "'emails'",
        "empty"
      )
      refused(
        function() return org:invite { emails = { "a@b.c" }, workspaces = {} } end,
        "'workspaces'",
        "empty"
      )
      refused(function() return org:users { groups = {} } end, "'groups'", "empty")
      refused(new_group { users = { [1] = ann, [3] = ann } }, "'users'", "holes")
      refused(new_group { users = { ann, name = "x" } }, "'users'", "holes")
      refused(function() return org:users { groups = { group, x = 1 } } end, "'groups'", "holes")
      refused(
        function() return org:remove_users { delete = { ann, { organization_user_id = ann.id } } } end,
        "'delete[2]'",
        "repeats"
      )
      refused(
        function() return org:invite { emails = { "a@b.c", "a@b.c" }, workspaces = { main } } end,
        "'emails[2]'",
        "repeats"
      )
      refused(
        function() return org:users { active_status = { "active", "active" } } end,
        "'active_status[2]'",
        "repeats"
      )
      refused(
        function() return org:remove_users { delete = { toggl.null } } end,
        "'delete[1]'",
        "null"
      )
      refused(function() return org:update { name = toggl.null } end, "'name'", "null")
      refused(function() return org:users { groups = "5,x" } end, "'groups[2]'", "string")
      refused(function() return org:users { groups = "" } end, "'groups", "string")
    end)

    it("refuses more than the server takes", function()
      local many, patches = {}, {}
      for i = 1, 151 do
        many[i] = { user_id = i }
      end
      for i = 1, 101 do
        patches[i] = { op = "add", path = "/users", value = { { user_id = i } } }
      end
      refused(function() return main:users_data { users = many } end, "'users'", "151", "150")
      refused(function() return group:patch { patches = patches } end, "'patches'", "101", "100")
      refused(function() return org:update { name = ("x"):rep(9000000) } end, "'name'")
    end)

    it("refuses what contains itself, is too deep or too much, or is no data", function()
      local inside, deep = {}, {}
      inside.x = inside
      local bottom = deep
      for _ = 1, 200 do
        bottom[1] = {}
        bottom = bottom[1]
      end
      refused(
        function() return client:request("POST", "/organizations", { body = inside }) end,
        "'body'",
        "itself"
      )
      refused(
        function() return client:request("POST", "/organizations", { body = deep }) end,
        "'body'",
        "deep"
      )
      refused(
        function() return client:request("POST", "/me", { body = { x = print } }) end,
        "'body'",
        "function"
      )
      local many = { ("x"):rep(1 << 20) }
      for _ = 1, 40 do
        many = { many, many }
      end
      local reply, err = client:request("POST", "/me", { body = many })
      assert.is_nil(reply)
      assert.matches("the body takes more than 8388608 bytes", err.message)
      refused(
        function() return client:request("POST", "/me", { body = { 1, 2, x = 3 } }) end,
        "'body'",
        "list"
      )
      refused(
        function() return client:request("POST", "/me", { body = { [1.5] = 3 } }) end,
        "'body'",
        "key"
      )
      local list = {}
      list[1] = list
      refused(
        function() return org:invite { emails = { "a@b.c" }, workspaces = list } end,
        "'workspaces[1]'"
      )
    end)

    it("refuses an incomplete list as a state that is wanted", function()
      local page = client.api.get_organization_users { organization_id = org.id, per_page = 10 }
      local part = core.join({ page }, false)
      assert.is_false(part.complete)
      refused(new_group { users = part }, "'users'", "incomplete")
    end)
  end)

  describe("in credentials and options", function()
    it("requires a token, or an address and a password", function()
      for _, auth in ipairs {
        {},
        { token = "a", email = "b@c.d", password = "e" },
        { email = "b@c.d" },
        { password = "e" },
        { token = "" },
        { token = 5 },
        { email = "b:c", password = "e" },
        "token",
        5,
      } do
        refused(function() return client.api.get_me { auth = auth } end, "'auth'")
      end
      option_refused({ token = "a", email = "b@c.d", password = "e" }, "either a token or")
      option_refused({ email = "b@c.d" }, "password")
      option_refused({ token = 5 }, "'token'", "string")
    end)

    it("requires options of the right type", function()
      for name, value in pairs {
        timeout = "1",
        connect_timeout = -1,
        deadline = 0,
        retries = 1.5,
        reserve = -1,
        reply_cap = 0,
        wait = "yes",
        offline = 1,
        refresh = "no",
        stale = 1,
        max_age = -1,
        log = "x",
        on_wait = 5,
        on_error = "throw",
        ca_file = 5,
        cache = 5,
        state = true,
      } do
        option_refused({ token = "x", [name] = value }, name)
      end
      assert.has_error(function() return toggl.client(5) end)
    end)
  end)

  it("is a closed client, and everything that came from it", function()
    local other = helper.client(server)
    local o = other:organization "Acme"
    local list = o:groups()
    local api = other.api
    other:close()
    other:close()
    assert.equal("toggl.client (closed)", tostring(other))
    local before = server:requests()
    for _, f in ipairs {
      function() return other:me() end,
      function() return o:users() end,
      api.get_me,
      function() return list[1]:delete() end,
      function() return other:request("GET", "/me") end,
      function() return other:cost() end,
      function() return other:step(0) end,
    } do
      assert.error_matches(f, "closed")
    end
    assert.equal("Acme", o.name)
    assert.is_true(#list > 0)
    assert.equal(before, (server:requests()))
  end)
end)
