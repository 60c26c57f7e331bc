-- Slips of a script's author: each is reported in a sentence that says what to write, at the
-- place where it is.
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

  -- What f() raises, which must name the line of f, and must not have been sent.
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
    assert.matches("write org:user%(", slip(function() org.user "olive@acme.test" end))
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
    local meant = "has no argument 'filtr'; did you mean 'filter'%?"
    assert.matches(meant, slip(function() org:users { filtr = "x" } end))
    assert.matches(meant, slip(function() org:each_user { filtr = "x" }() end))
    assert.matches(
      "has no argument 'nmae'; did you mean 'name'%?",
      slip(function() org:update { nmae = 1 } end)
    )
  end)

  it("of a text for what has a key", function()
    local group = org:group "Support"
    local user = org:user "olive@acme.test"
    local main = { workspace_id = 5200000011 }
    for text, f in pairs {
      ['org:user "olive@acme.test"'] = function() group:remove "olive@acme.test" end,
      ['org:user "bo@acme.test"'] = function() group:add("bo@acme.test") end,
      ['org:user "Bo"'] = function() org:remove "Bo" end,
      ['org:workspace "Main"'] = function()
        org:invite { emails = { "a@acme.test" }, workspaces = { "Main" } }
      end,
      ['org:group "Support"'] = function()
        org:invite { emails = { "a@acme.test" }, workspaces = { main }, groups = { "Support" } }
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
      "argument 'user_id' wants the account key, and this user has none: people get one by joining"
    assert.matches("^" .. sentence, slip(function() group:remove(invited) end))
    assert.matches(
      "^argument 'invitation_id' wants the invitation key, and this user has none: "
        .. "only people who have not joined yet have one",
      slip(function() org:user("olive@acme.test"):resend_invitation() end)
    )
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
