-- Texts, paths, addresses and keys that are invalid: they are rejected before a request is sent, with a
-- message that names the argument.
local bad_input = require "spec.bad_input"
local helper = require "spec.helper"
local toggl = require "toggl"

describe("bad input", function()
  local server, client, org, main, ann, member, group, invited

  setup(function()
    server, client, org, main, ann, member, group, invited = bad_input.start()
  end)

  teardown(function()
    client:close()
    server:stop()
    client, org, main, ann, member, group, invited = nil, nil, nil, nil, nil, nil, nil
  end)

  local option_refused = bad_input.option_refused

  local function refused(f, ...) return bad_input.refused(server, f, ...) end

  local function new_group(fields)
    fields.name = fields.name or "Team"
    return function() return org:create_group(fields) end
  end

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
end)
