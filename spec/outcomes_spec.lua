-- Writes that a reply does not confirm, and the end of a run with ambiguous writes.
local helper = require "spec.helper"

local ROOT = helper.build:find "^/" and "" or os.getenv "PWD" .. "/"
local SHELL = ROOT .. helper.build .. "/togglsh"

describe("a reply that confirms less than the request", function()
  local server, client, org, main, group

  before_each(function()
    server = helper.sandbox { record = false }
    client = helper.client(server)
    org = client:organization "Acme"
    main, group = org:workspace "Main", org:groups()[1]
  end)

  after_each(function()
    client:close()
    server:stop()
    client, org, main, group = nil, nil, nil, nil
  end)

  local function invite(body, emails)
    server:clear():fault("200@/invitations " .. body)
    return org:invite { emails = emails, workspaces = { main } }
  end

  it("is counted until the count is to be forgotten", function()
    local core = require "toggl.core"
    core.changes(true)
    server:fault "cut@/groups"
    assert.equal("unknown", select(2, org:create_group { name = "Lost" }).kind)
    for _ = 1, 2 do
      assert.same({ 0, 1 }, { core.changes(), (select(2, core.changes())) })
    end
    core.changes(true)
    assert.same({ 0, 0 }, { core.changes(), (select(2, core.changes())) })
  end)

  it("names the addresses that are not in it, with the reply", function()
    for body, missing in pairs {
      ['{"data":[{"email":"a@x.test","invitation_id":5}],"messages":[]}'] = { "b@x.test" },
      ['{"data":[],"messages":null}'] = { "a@x.test", "b@x.test" },
      ['{"data":null}'] = { "a@x.test", "b@x.test" },
      ["{}"] = { "a@x.test", "b@x.test" },
      ['{"data":{"email":"a@x.test"}}'] = { "a@x.test", "b@x.test" },
      ['{"data":[{"email":["a@x.test"]},{"email":"b@x.test"}]}'] = { "a@x.test" },
      ['{"invitations":[{"email":"B@X.test"}]}'] = { "a@x.test" },
      ['{"data":[{"email":null},{"email":"c@x.test"}]}'] = { "a@x.test", "b@x.test" },
    } do
      local result, err = invite(body, { "a@x.test", "b@x.test" })
      assert.is_nil(result)
      assert.equal("partial", err.kind)
      assert.same(missing, err.unconfirmed, body)
      assert.equal("userdata", type(err.result))
      for _, address in ipairs(missing) do
        assert.is_truthy(err.message:find(address, 1, true), err.message)
      end
      assert.is_nil(tostring(err):find("nil", 1, true))
    end
    for messages, says in pairs {
      ['["b@x.test is here already","",null]'] = "; the server says: b@x.test is here already; look",
      ['["x","y"]'] = "; the server says: x; y; look",
      ["7"] = "a@x.test; look",
      ['"x"'] = "a@x.test; look",
    } do
      local body = ('{"data":[],"messages":%s}'):format(messages)
      local _, err = invite(body, { "a@x.test" })
      assert.is_truthy(tostring(err):find(says, 1, true), tostring(err))
    end
  end)

  it("is so in a process whose first method it is", function()
    local answer = '{"data":[{"email":"a@x.test","invitation_id":5}],"messages":[]}'
    local _, err, status = helper.togglsh(
      "--sandbox",
      "-e",
      ([[
        local server = require "toggl.sandbox".start {}
        client = toggl.client { sandbox = server, on_error = "raise" }
        org = client:get_organization(4300000017)
        server:fault %q
        org:invite { emails = { "a@x.test", "b@x.test" }, workspaces = { { workspace_id = 1 } } }
      ]]):format("200@/invitations " .. answer)
    )
    assert.equal(5, status, err)
    assert.is_truthy(err:find("1 of 2 invitations is not in the reply: b@x.test", 1, true), err)
  end)

  it(
    "is a success when all are in it, in any case and either form",
    function()
      assert(
        invite(
          '{"data":[{"email":"A@X.TEST"}],"invitations":[{"email":"b@x.test"}]}',
          { "a@x.test", "b@x.test" }
        )
      )
    end
  )

  it("says why parts of a patch were refused, also without a message", function()
    for failure, why in pairs {
      ['{"patch":null,"message":"no such person"}'] = "no such person",
      ['{"patch":null,"error":"not here"}'] = "not here",
      ['{"patch":null,"message":null,"reason":"x"}'] = "x",
      ['{"code":17}'] = '{"code":17}',
      ["{}"] = "{}",
    } do
      for success, kind in pairs {
        ["[]"] = "invalid",
        ["null"] = "invalid",
        ['[{"op":"add"}]'] = "partial",
      } do
        server
          :clear()
          :fault(('200@/groups/ {"success":%s,"failure":[%s]}'):format(success, failure))
        local result, err = group:add { user_id = 5 }
        assert.is_nil(result)
        assert.same({ kind, { why } }, { err.kind, err.refused }, failure)
        assert.is_truthy(err.message:find(why, 1, true), err.message)
        assert.is_nil(tostring(err):find("nil", 1, true))
        assert.equal(
          kind == "partial",
          tostring(err):find("other changes were made", 1, true) ~= nil
        )
        result, err =
          group:patch { patches = { { op = "add", path = "/users", value = { { user_id = 5 } } } } }
        assert.same({ nil, kind }, { result, err.kind })
      end
    end
  end)

  it("says which changes of a patch it names neither as made nor as refused", function()
    local more = { workspace_id = main.id }
    for body, text in pairs {
      ['{"success":[{"op":"add"}],"failure":[]}'] = "names 1 of 2 changes as made, and none as refused; read the group",
      ['{"success":[],"failure":[{"message":"no"}]}'] = "1 of 2 changes refused: no; read the group",
      ['{"success":[{"op":"add"}],"failure":[{"message":"no"}]}'] = "no; the other changes were made",
    } do
      server:clear():fault("200@/groups/ " .. body)
      local result, err = group:add({ user_id = 5 }, more)
      assert.is_nil(result)
      assert.matches(text, tostring(err), 1, true)
    end
    server:clear():fault '200@/groups/ {"success":[{"op":"add"},{"op":"add"}],"failure":null}'
    assert(group:add({ user_id = 5 }, more))
  end)

  it("is reported by the job with 5, behind what was confirmed", function()
    local shared <close> = helper.sandbox { port = 0 }
    shared:fault(
      '200@/invitations {"data":[{"email":"a@x.test","invitation_id":5}],'
        .. '"messages":["b is here already"]}'
    )
    local home = helper.scratch()
    local e =
      helper.environment(home, { TOGGL_API_URL = shared.url, TOGGL_API_TOKEN = shared:token() })
    local out, err, status = helper.run(
      e,
      "env", -- in a separate folder, for the file of what is left
      "-C",
      home,
      SHELL,
      "--yes",
      "--org",
      "Acme",
      "invite",
      "--workspace",
      "Main",
      "a@x.test",
      "b@x.test",
      "c@x.test"
    )
    helper.remove(home)
    assert.equal(5, status, err)
    assert.matches("3 people in 1 batch", out, 1, true)
    assert.matches("of 3 changes: 3 not seen", err, 1, true)
    for _, who in ipairs { "b", "c" } do
      local line =
        "invite %s@x.test: the reply does not name this address; the server says: b is here already"
      assert.matches(line:format(who), err, 1, true)
    end
  end)
end)

describe("a run with a change whose outcome is unknown", function()
  -- Run CODE, which can call `make`: it creates a group and gets no reply.
  local function run(code)
    return select(
      2,
      helper.togglsh(
        "--sandbox",
        "-e",
        [[client:sandbox():fault "commit-then-drop@/groups"
      local function make() return org:create_group{name = "New", settle = false} end ]]
          .. code
      )
    )
  end

  local function status_of(code)
    return select(
      3,
      helper.togglsh(
        "--sandbox",
        "-e",
        [[
    local _ = org.name
    client:sandbox():fault "commit-then-drop@/groups"
    local function make() return org:create_group{name = "New", settle = false} end ]]
          .. code
      )
    )
  end

  it("ends with 8 however the error is passed on", function()
    for _, code in ipairs {
      "make()",
      "local ok, err = pcall(make) error(err)",
      "local ok, err = pcall(make) error(tostring(err))",
      "local ok, err = pcall(make) error('could not: ' .. err.message, 0)",
      "local ok, err = pcall(make) error{cause = err}",
      "local ok, err = pcall(make) error(setmetatable({err}, {__tostring = function() return 'mine' end}))",
      "local ok, err = pcall(make) error{kind = 'error', message = 'failed'}",
      "local ok, err = pcall(make) error{kind = 'partial', message = 'some'}",
      "pcall(make) error 'something else'",
      "return select(2, pcall(make)) and nil, select(2, pcall(make))",
      "toggl.map({1, 2}, make)",
      "local _, errors = toggl.map({1, 2}, make, {collect = true}) error(errors[1].err)",
      "toggl.task(make):wait()",
      "coroutine.wrap(make)()",
      "assert(pcall(make))",
    } do
      assert.equal(8, status_of(code), code)
    end
  end)

  it(
    "says so beside an error that does not",
    function()
      assert.matches(
        "something else.*1 change was sent and may have been made: post_organization_group: POST",
        run "local _ = org.name; pcall(make) error('something else', 0)"
      )
    end
  )

  it(
    "ends with 0 when the script has dealt with it",
    function() assert.equal(0, status_of "assert(not pcall(make))") end
  )
end)

describe("a run with a change whose reply was lost", function()
  local home, server
  setup(function()
    server = helper.sandbox { port = 0 }
    home = helper.scratch()
    os.execute("mkdir -m 700 -p " .. helper.quote(home .. "/config/toggl"))
    for name, settle in pairs { looks = "0.05", leaves = "false" } do
      local f <close> = assert(io.open(home .. "/config/toggl/profiles", "a"))
      f:write(
        ("[%s]\ntoken = %s\nbase_url = %s\nsettle = %s\n"):format(
          name,
          server:token(),
          server.url,
          settle
        )
      )
    end
    os.execute("chmod 600 " .. helper.quote(home .. "/config/toggl/profiles"))
  end)
  teardown(function()
    helper.remove(home)
    server:stop()
  end)

  -- Rename the organization. Return the state of its last journal entry, the requests and the exit
  -- status.
  local function run(profile)
    server:fault "commit-then-drop:1"
    local before = server:requests()
    local out, _, status = helper.run(
      helper.environment(home),
      SHELL,
      "--profile",
      profile,
      "--org",
      "4300000017",
      "-e",
      [[local ok, err = pcall(client.api.put_organization, {
        organization_id = 4300000017, name = "Acme Works" })
      local entries = client:journal()
      print(entries[#entries].state)
      if not ok then error(err, 0) end]]
    )
    server:clear()
    return { out, server:requests() - before, status }
  end

  it(
    "looks for it, and ends as what it finds",
    function() assert.same({ "settled-done\n", 2, 0 }, run "looks") end
  )

  it(
    "ends as unknown where the profile says so",
    function() assert.same({ "unknown\n", 1, 8 }, run "leaves") end
  )
end)
