-- Invalid input is rejected before a request is sent, with a message that names the argument.
local helper = require "spec.helper"
local core = require "toggl.core"
local toggl = require "toggl"

describe("bad input", function()
  local server, client, org, main, ann, invited, member, group

  setup(function()
    server = helper.sandbox { record = false }
    client = helper.client(server)
    org = assert(client:organization "Acme")
    main = assert(org:workspace "Main")
    ann = assert(org:user "ann@example.com")
    invited = org:users { active_status = "invited" }[1]
    member = main:members()[1]
    group = assert(org:group "Engineering")
  end)

  teardown(function()
    client:close()
    server:stop()
    client, org, main, ann, invited, member, group = nil, nil, nil, nil, nil, nil, nil
  end)

  -- Check that F raises a message with each of these words, and sends nothing.
  local function refused(f, ...)
    local before = server:requests()
    local ok, err = pcall(f)
    assert.is_false(ok, "it was taken")
    assert.equal("string", type(err))
    for _, word in ipairs { "nothing was sent", ... } do
      local name = word:match "^'(.*)'$" -- an argument's name: in quotes, or before the value
      local said = err:find(word, 1, true) or name and err:find(": " .. name .. ": ", 1, true)
      assert.is_truthy(said, ("%q does not say %q"):format(err, word))
    end
    assert.equal(before, (server:requests()))
  end

  -- The same for options of a client.
  local function option_refused(options, ...)
    local ok, err = pcall(toggl.client, options)
    assert.is_false(ok, "it was taken")
    for _, word in ipairs { ... } do
      assert.is_truthy(
        tostring(err):find(word, 1, true),
        ("%q does not say %q"):format(tostring(err), word)
      )
    end
  end

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

  describe("in texts", function()
    it("counts characters, not bytes", function()
      local before = server:requests()
      assert(org:update { name = ("é"):rep(140) })
      assert.equal(before + 1, (server:requests()))
      refused(function() return org:update { name = ("é"):rep(141) } end, "'name'", "141", "140")
      refused(new_group { name = ("語"):rep(201) }, "'name'", "201", "200")
      refused(
        function() return client:create_organization { name = "B", workspace_name = ("x"):rep(141) } end,
        "'workspace_name'",
        "141"
      )
      assert(org:rename "Acme")
    end)

    it("refuses empty and blank names, and takes spaces inside", function()
      refused(function() return org:update { name = "" } end, "'name'", "empty")
      refused(function() return org:update { name = "   " } end, "'name'", "spaces")
      refused(
        function() return client:create_organization("Beta", "  ") end,
        "'workspace_name'",
        "spaces"
      )
      assert.equal("Field Work", assert(org:create_workspace { name = "Field Work" }).name)
    end)

    it("refuses line breaks, zero bytes, control characters and broken UTF-8 anywhere", function()
      for text, why in pairs {
        ["a\r\nb"] = "line break",
        ["a\nb"] = "line break",
        ["a\0b"] = "zero byte",
        ["a\tb"] = "control",
        ["a\x7fb"] = "control",
        ["a\u{85}b"] = "control",
        ["a\xffb"] = "UTF-8",
        ["\xed\xa0\x80"] = "UTF-8",
        ["\xc0\x80"] = "UTF-8",
      } do
        refused(function() return org:update { name = text } end, "'name'", why)
        refused(
          function()
            return org:invite { emails = { text .. "@example.com" }, workspaces = { main } }
          end,
          "'emails[1]'",
          why
        )
        refused(function() return org:users { filter = text } end, "'filter'", why)
        refused(
          function() return org:users { active_status = { text } } end,
          "'active_status[1]'",
          why
        )
        refused(function() return org:invoice { invoice_uid = text } end, "'invoice_uid'", why)
        refused(
          function() return org:audit_logs { from = text, to = "2026-01-01T00:00:00Z" } end,
          "'from'",
          why
        )
        refused(
          function() return client:request("GET", "/me", { query = { x = text } }) end,
          "'x'",
          why
        )
        refused(
          function() return client:request("GET", "/me", { query = { [text] = "x" } }) end,
          "'query'",
          why
        )
        refused(
          function() return client:request("POST", "/organizations", { body = { x = { text } } }) end,
          "'body'",
          why
        )
        refused(
          function() return client:request("POST", "/organizations", { body = { [text] = 1 } }) end,
          "'body'",
          why
        )
        refused(
          function() return main:update_user { user_id = ann.user_id, [text .. "x"] = 1 } end,
          "name"
        )
      end
    end)

    it("refuses what would end a header line", function()
      for _, text in ipairs { "a\r\nX: y", "a\nb", "a\0b" } do
        refused(
          function() return client.api.get_me { auth = { token = text } } end,
          "'auth'",
          "'token'"
        )
        refused(
          function() return client.api.get_me { auth = { email = "a@b.c", password = text } } end,
          "'auth'",
          "'password'"
        )
        option_refused({ token = text }, "token")
        option_refused({ email = "a@b.c", password = text }, "password")
        option_refused({ token = "x", user_agent = text }, "user_agent")
        option_refused({ token = "x", base_url = "http://127.0.0.1/" .. text }, "base")
      end
    end)

    it("does not show the secret that it refuses", function()
      local _, err = pcall(toggl.client, { token = "5ecret\n" })
      assert.is_nil(tostring(err):find("5ecret", 1, true))
      _, err = pcall(client.api.get_me, { auth = { email = "a:b", password = "5ecret" } })
      assert.is_nil(tostring(err):find("5ecret", 1, true))
    end)

    it("rejects impossible addresses, and unknown words", function()
      for _, text in ipairs { "", "ann", "@example.com", "ann@", "ann @example.com", "a@b@c" } do
        refused(
          function()
            return org:invite { emails = { "bo@example.com", text }, workspaces = { main } }
          end,
          "'emails[2]'"
        )
      end
      refused(
        function()
          return org:invite {
            emails = { "b@example.com", "a\u{200b}nna@example.com" },
            workspaces = { main },
          }
        end,
        [[emails[2]: "a\u{200b}nna@example.com" is not an e-mail address: U+200B at byte 2 cannot be seen]]
      )
      for _, sign in ipairs { "/", "'", "!", "=", "_" } do
        refused(
          function()
            return org:invite {
              emails = { "anna@example.com" .. sign .. "x" },
              workspaces = { main },
            }
          end,
          ([[its domain holds '%s' at byte 17]]):format(sign)
        )
      end
      refused(
        function() return org:invite { emails = { "anna@@example.com" }, workspaces = { main } } end,
        [[emails[1]: "anna@@example.com" is not an e-mail address; nothing was sent]]
      )
      refused(
        function() return org:users { active_status = { "actve" } } end,
        "'active_status[1]'",
        "inactive"
      )
      refused(
        function() return org:users { active_status = "active,gone" } end,
        "'active_status'",
        "inactive"
      )
      refused(function() return org:users { sort_dir = "up" } end, "'sort_dir'", "asc")
      refused(
        function() return main:assign { operation = "ad", user_id = 5 } end,
        "'operation'",
        "add, remove"
      )
    end)
  end)

  describe("in paths and addresses", function()
    it("refuses values that leave their place, and encodes the rest", function()
      for _, text in ipairs { "..", ".", "a/b", "../me", "a\\b", "" } do
        refused(function() return org:invoice { invoice_uid = text } end, "'invoice_uid'")
      end
      for _, text in ipairs { "%2e%2e", "..%2fme", "a?b", "a#b", "a b", "ä" } do
        local before = server:requests()
        local reply, err = org:invoice { invoice_uid = text }
        assert.is_nil(reply)
        assert.equal("not_found", err.kind)
        local all, seen = server:requests()
        assert.equal(before + 1, all)
        local encoded = text:gsub("[^%w.]", function(c) return ("%%%02X"):format(c:byte()) end)
        assert.equal(
          ("/organizations/%d/invoices/%s.pdf"):format(org.id, encoded),
          seen[#seen].path
        )
      end
    end)

    it("refuses plain requests that climb, point elsewhere or are no path", function()
      for _, path in ipairs {
        "",
        "me",
        "http://evil.test/me",
        "/me/../organizations",
        "/me/.",
        "/me/%2e%2e/x",
        "/me/.%2E",
        "/me%2fid",
        "/me%2Fid",
        "/me?x=1",
        "/me#x",
        "/me id",
        "/me\\id",
        "/me\r\nX: y",
        "/me\0",
        "/m\xc3\xa4",
        "/me%",
        "/me%2",
        "/me%zz",
      } do
        refused(function() return client:request("GET", path) end, "the path")
      end
      for _, verb in ipairs { "get", "HEAD", "GET /me", "GET\r\nX: y", "" } do
        refused(function() return client:request(verb, "/me") end, "method")
      end
    end)

    it("takes no base address that is none", function()
      for _, url in ipairs {
        "",
        "ftp://a.test",
        "https://",
        "https:///x",
        "a.test",
        "https://user:pw@a.test",
        "https://a.test?x",
        "https://a.test#x",
        "https://a test",
      } do
        option_refused({ token = "x", base_url = url }, "address")
      end
    end)

    it("sends no credentials in clear to another machine, unless cleartext = true", function()
      for _, host in ipairs {
        "a.test",
        "a.test:8080/api",
        "127.0.0.1.a.test",
        "localhost.a.test",
        "128.0.0.1",
        "127.a.test",
        "[::2]",
        "[2001:db8::1]:80",
        "0.0.0.0",
        "localhostess",
      } do
        option_refused({ token = "x", base_url = "http://" .. host }, "in clear", "https://")
        local made <close> = toggl.client {
          token = "x",
          base_url = "http://" .. host,
          cleartext = true,
          cache = false,
          state = false,
        }
        assert.is_truthy(made)
      end
      option_refused({ token = "x", base_url = "http://localhost", cleartext = "yes" }, "cleartext")
    end)

    it("speaks in clear with this machine", function()
      for _, host in ipairs {
        "localhost",
        "LocalHost:8080/api",
        "127.0.0.1",
        "127.8.9.1:80",
        "[::1]",
        "[::1]:8080/x",
      } do
        local made <close> =
          toggl.client { token = "x", base_url = "http://" .. host, cache = false, state = false }
        assert.is_truthy(made)
      end
      local beside <close> = helper.sandbox()
      local made <close> = toggl.client {
        token = "x",
        base_url = "http://a.test",
        unix_socket = beside.socket,
        cache = false,
        state = false,
      }
      assert.is_truthy(made)
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

  describe("in kinds of key", function()
    -- Each wrong kind, for parameters that take a key or a list of keys.
    local kinds = { "user_id", "organization_user_id", "workspace_user_id", "invitation_id" }
    local takers = {
      ["'users[1]'"] = {
        "user_id",
        function(v) return org:create_group { name = "T", users = { v } } end,
      },
      ["'admins[1]'"] = {
        "user_id",
        function(v) return org:create_workspace { name = "W", admins = { v } } end,
      },
      ["'user_id'"] = {
        "user_id",
        function(v) return main:update_user { user_id = v, inactive = true } end,
      },
      ["'new_owner_id'"] = {
        "user_id",
        function(v) return org:create_transfer { new_owner_id = v } end,
      },
      ["'delete[1]'"] = {
        "organization_user_id",
        function(v) return org:remove_users { delete = { v } } end,
      },
      [" 'delete[1]'"] = {
        "workspace_user_id",
        function(v) return main:remove_members { delete = { v } } end,
      },
      ["'invitation_id'"] = {
        "invitation_id",
        function(v) return org:resend_invitation { invitation_id = v } end,
      },
      ["'organization_user_id'"] = {
        "organization_user_id",
        function(v)
          return client.api.put_organization_users {
            organization_id = org.id,
            organization_user_id = v,
            name = "x",
          }
        end,
      },
      ["'workspace_user_id'"] = {
        "workspace_user_id",
        function(v)
          return client.api.delete_workspace_user { workspace_id = main.id, workspace_user_id = v }
        end,
      },
    }

    for place, taker in pairs(takers) do
      local wanted, take = table.unpack(taker)
      local words = wanted:gsub("_id$", ""):gsub("^user$", "account"):gsub("_", "-") .. " key"

      it(wanted .. " for" .. place .. " and no other", function()
        for _, kind in ipairs(kinds) do
          if kind ~= wanted then
            refused(function() return take { [kind] = 5 } end, place, words, kind)
          end
        end
        refused(function() return take { [wanted] = 5, name = "Ann" } end, place)
        refused(function() return take { [wanted] = "5" } end, place)
        refused(function() return take {} end, place)
        for _, record in ipairs { org, main, group } do
          refused(function() return take(record) end, place, words)
        end
      end)
    end

    it("is refused as a plain integer wherever one person has four of them", function()
      refused(new_group { users = { 5 } }, "'users[1]'", "{user_id = 5}")
      refused(
        function() return org:create_workspace { name = "W", admins = { 5 } } end,
        "'admins[1]'",
        "{user_id = 5}"
      )
      refused(
        function() return org:create_transfer { new_owner_id = 5 } end,
        "'new_owner_id'",
        "{user_id = 5}"
      )
      refused(
        function() return org:remove_users { delete = { 5 } } end,
        "'delete[1]'",
        "{organization_user_id = 5}"
      )
      refused(
        function() return main:remove_members { delete = { 5 } } end,
        "'delete[1]'",
        "{workspace_user_id = 5}"
      )
      refused(function() return org:resend_invitation(5) end, "'invitation_id'", "name it")
      refused(
        function() return main:update_user(5, { inactive = true }) end,
        "'user_id'",
        "name it"
      )
      refused(function() return client:accept_invitation(5) end, "'invitation_code'", "string")
    end)

    it("is refused when the record does not have it", function()
      refused(new_group { users = { invited } }, "'users[1]'", "account key", "this user has none")
      refused(
        function() return org:resend_invitation { invitation_id = ann } end,
        "'invitation_id'",
        "none"
      )
      refused(
        function() return org:remove_users { delete = { member } } end,
        "'delete[1]'",
        "this member has none"
      )
      refused(
        function() return main:remove_members { delete = { ann } } end,
        "'delete[1]'",
        "this user has none"
      )
      refused(
        function() return org:invite { emails = { "a@b.c" }, workspaces = { group } } end,
        "'workspaces[1]'",
        "group"
      )
      refused(
        function() return client:get_workspace { workspace_id = org } end,
        "'workspace_id'",
        "workspace key"
      )
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
