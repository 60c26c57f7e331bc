-- Replies that contradict their status: rejected parts, empty bodies, missing pages.
local canned = require "spec.canned"
local helper = require "spec.helper"

describe("a change that was answered with 200", function()
  local server, client, org, person, group

  setup(function()
    server = helper.sandbox { record = false }
    client = helper.client(server, { journal = false }) -- no entry blocks the next write
    org = client:organization "Acme"
    person, group = org:users()[2], org:groups()[1]
  end)

  teardown(function()
    client:close()
    server:stop()
    client, org, person, group = nil, nil, nil, nil
  end)

  local function with(body, f)
    server:clear():fault("200@/ " .. body)
    local result, err = f()
    server:clear()
    return result, err
  end

  local verbs = {
    ["user:remove"] = function() return person:remove() end,
    ["user:deactivate"] = function() return person:deactivate() end,
    ["user:update"] = function() return person:update { name = "New" } end,
    ["org:remove"] = function() return org:remove(person) end,
    ["org:leave"] = function() return org:leave() end,
    ["org:rename"] = function() return org:rename "New" end,
    ["group:delete"] = function() return group:delete() end,
    ["group:update"] = function() return group:update { name = "New" } end,
  }

  it("and names refused parts is reported as partial, with each reason", function()
    for name, verb in pairs(verbs) do
      for body, reasons in pairs {
        ['{"success":[],"failure":[{"message":"no A"},{"message":"no B"}]}'] = { "no A", "no B" },
        ['{"failure":[{"patch":null,"error":"not \\u0041"}]}'] = { "not A" },
        ['{"failures":["x"]}'] = { "x" },
        ['{"failed":[7,8]}'] = { "7; 8" },
        ['{"errors":{"email":"taken"}}'] = { '"email":"taken"' },
        ['{"error":"refused"}'] = { "refused" },
        ['{"success":false}'] = { "success is false" },
      } do
        local result, err = with(body, verb)
        assert.is_nil(result, name .. " " .. body)
        assert.same({ "partial", 200 }, { err.kind, err.status }, name .. " " .. body)
        for _, reason in ipairs(reasons) do
          assert.truthy(err.message:find(reason, 1, true), err.message)
        end
        assert.equal(body, err.body)
        assert.is_nil(tostring(err):find("nothing", 1, true))
      end
    end
  end)

  it("and null or false is not known to have been made", function()
    for name, verb in pairs(verbs) do
      for _, body in ipairs { "null", " null\n", "false" } do
        local result, err = with(body, verb)
        assert.same({ nil, "unknown" }, { result, err and err.kind }, name .. " " .. body)
      end
    end
  end)

  it("and has no key of the record that was made is not known to have been made", function()
    for _, body in ipairs { "{}", '{"name":"New"}', '{"group_id":null}' } do
      local result, err = with(body, function() return org:create_group { name = "New" } end)
      assert.same({ nil, "unknown" }, { result, err and err.kind }, body)
    end
  end)

  it("and confirms no part of the change is partial", function()
    for body, kind in pairs {
      ["{}"] = "partial",
      ['{"success":[],"failure":null}'] = "partial",
      ['{"success":null,"failure":[null]}'] = "partial",
      ['{"success":[],"failure":"no"}'] = "partial",
      ['{"success":[],"failure":["no",7]}'] = "invalid",
    } do
      local result, err = with(body, function() return group:add { user_id = 5 } end)
      assert.same({ nil, kind }, { result, err and err.kind }, body)
      assert.is_nil(tostring(err):find("nil", 1, true))
    end
  end)

  it("and any other body confirms the change", function()
    for _, body in ipairs {
      '"OK"',
      "OK",
      "{}",
      "[]",
      "true",
      '{"failure":[]}',
      '{"failure":null,"errors":{},"error":""}',
      '{"success":true}',
      "1",
      '{"id":3}',
    } do
      assert.is_true(with(body, verbs["user:remove"]).result, body)
      assert.is_true(with(body, verbs["org:rename"]).result, body)
    end
  end)

  it("leaves what the caller sees to the caller", function()
    local raw = with(
      '{"failure":["x"]}',
      function() return client:request("PATCH", "/somewhere/else", { body = {} }) end
    )
    assert.same({ failure = { "x" } }, raw)
    local patched = with(
      '{"failure":[{"message":"no"}]}',
      function()
        return client.api.patch_organization_group {
          organization_id = org.id,
          group_id = group.group_id,
          patches = { { op = "add", path = "/users", value = { { user_id = 5 } } } },
        }
      end
    )
    assert.equal("no", patched.failure[1].message)
  end)
end)

describe("a null in a list inside of a record", function()
  it("is left out with a warning, in records and in SQL, except in lists of any values", function()
    local server, warnings = helper.sandbox { record = false }, {}
    local client = helper.client(server, {
      cache = ":memory:",
      on_warning = function(s) warnings[#warnings + 1] = s end,
    })
    local org = client:organization "Acme"
    server:fault(
      '200@/groups [{"group_id":1,"name":"A","users":[null,{"user_id":5},null],'
        .. '"workspaces":[7,null],"own":[null,1]},{"group_id":2,"name":"B","users":[null],"workspaces":[ null,null]}]'
    )
    local groups = org:groups()
    local a, b = groups[1], groups[2]
    assert.same({ 1, 1, 7, 2 }, { #a.users, #a.workspaces, a.workspaces[1], #a.own })
    assert.same({ 5, 0, 0 }, { a.users[1].user_id, #b.users, #b.workspaces })
    assert.equal(6, #warnings)
    assert.matches(
      'get_organization_groups: record 1, field "users", byte %d+: null in a list, left out',
      warnings[1]
    )
    assert.matches('record 2, field "workspaces", byte %d+', warnings[6])
    local rows = client:sql "SELECT user_id FROM group_members"
    assert.equal(1, #rows)
    assert.equal(5, rows[1].user_id)
    assert.same(
      { 0, 0 },
      { select(2, a:raw():gsub("null,{", "")), select(2, b:raw():gsub("null", "")) }
    )
    client:close()
    server:stop()
  end)
end)

describe("a run", function()
  local server, home

  local function start(body)
    server = canned.serve(home, {
      { "GET /api/v9/me/organizations", '[{"id":7,"name":"Acme"}]' },
      {
        "GET /api/v9/organizations/7/users",
        '[{"id":3,"user_id":5,"organization_id":7,"name":"Bo"}]',
      },
      {
        "GET /api/v9/organizations/7/groups",
        "HTTP/1.1 200 OK|Content-Length: 33|X-Pages: 3|X-Records: 120||"
          .. '[{"group_id":1,"name":"Support"}]',
      },
      { "POST", "HTTP/1.1 200 OK|" },
      { "P", body },
    })
  end

  -- Run togglsh against the canned server, with a profile that turns settling off.
  local function run(words, line)
    local e, folder =
      helper.environment(home, { TOGGL_PROFILE = "canned" }), home .. "/config/toggl"
    helper.remove(home .. "/state") -- drop the open entries of the previous run
    os.execute("umask 077; mkdir -p " .. helper.quote(folder))
    local f <close> = assert(io.open(folder .. "/profiles", "w"))
    f:write("[canned]\ntoken = ", ("a"):rep(32), "\nbase_url = ", server.url, "\nsettle = false\n")
    f:flush()
    os.execute("chmod 600 " .. helper.quote(folder .. "/profiles"))
    return helper.sh(e, ("%s $T --yes --org Acme %s"):format(line or "", words))
  end

  before_each(function() home = helper.scratch() end)
  after_each(function()
    server.close()
    helper.remove(home)
  end)

  it("ends with 5 behind parts that were refused, and with 8 where nothing is confirmed", function()
    for body, status in pairs { ['{"failure":[{"message":"owner"}]}'] = 5, ["null"] = 8 } do
      start(body)
      for _, code in ipairs { "org:users()[1]:remove()", "org:users()[1]:deactivate()" } do
        local _, err, got = run("-e " .. helper.quote(code))
        assert.equal(status, got, err)
      end
      server.close()
    end
  end)

  it("at a pipe ends with 8 behind a change whose outcome is not known", function()
    start "null"
    for _, line in ipairs {
      "org:create_group{name = 'X'}",
      "pcall(org.create_group, org, {name = 'X'})",
      "org:users()[1]:deactivate()\nprint(1)",
    } do
      local _, err, status = run("-i", ("printf '%%s\n' %s |"):format(helper.quote(line)))
      assert.equal(8, status, err)
      assert.matches("1 change above it is not known whether it was made", err)
    end
    local out, err, status = run("-i", "echo 'print(1)' |")
    assert.same({ "1\n", "", 0 }, { out, err, status })
  end)

  it("that cannot read its lines ends with 2 and says so", function()
    start "null"
    for _, from in ipairs { "<&-", "</" } do
      local _, err, status = run("-i " .. from)
      assert.equal(2, status, from)
      assert.matches("togglsh: standard input cannot be read: ", err)
    end
  end)

  it("reports a list whose headers name further pages, and ends with 5", function()
    start "null"
    local _, err, status = run "groups"
    assert.equal(5, status)
    assert.matches("get_organization_groups is not complete: X%-Pages is 3", err)
    local out = run "-e 'local l = org:groups() print(l.complete, l.incomplete)'"
    assert.matches("^false\tX%-Pages is 3", out)
    server.close()
    server = canned.serve(home, { { "GET", '[{"id":7,"name":"Acme"},{"id":7,"name":"Acme"}]' } })
    local twice = "--refresh -e 'print(client:organizations().incomplete)'"
    assert.equal("key 7 is twice in it\n", (run(twice)))
    for _, header in ipairs { "X-Records: 2", "X-Pages: many", 'Link: <x>; rel="next"', "X-Pages: 0" } do
      server.close()
      server = canned.serve(home, {
        {
          "GET /api/v9/me/organizations",
          ('HTTP/1.1 200 OK|Content-Length: 24|%s||[{"id":7,"name":"Acme"}]'):format(header),
        },
      })
      assert.equal("false\n", (run "--refresh -e 'print(client:organizations().complete)'"), header)
    end
    server.close()
    server = canned.serve(home, {
      {
        "GET",
        "HTTP/1.1 200 OK|Content-Length: 24|X-Pages: 1|X-Records: 1||"
          .. '[{"id":7,"name":"Acme"}]',
      },
    })
    assert.equal("true\n", (run "--refresh -e 'print(client:organizations().complete)'"))
  end)
end)
