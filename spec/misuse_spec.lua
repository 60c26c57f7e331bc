-- Accidental misuse: metamethods called directly, callbacks and finalizers that change what is
-- being read, tables of other libraries. A call may fail, but must not crash, hang, or send
-- requests that the caller did not make.
local helper = require "spec.helper"
local core = require "toggl.core"
local toggl = require "toggl"

local function descriptors()
  local n = 0
  for _ in pairs(helper.descriptors()) do
    n = n + 1
  end
  return n
end

describe("misuse", function()
  local server, client, org

  before_each(function()
    server = helper.sandbox { record = false }
    client = helper.client(server, { cache = ":memory:" })
    org = assert(client:organization "Acme")
  end)

  after_each(function()
    client:close()
    server:stop()
    client, org = nil, nil
  end)

  it("of functions that set a metatable reaches no other value", function()
    local strings = getmetatable ""
    core.fail(false, {}, "x")
    core.error({}, "x")
    local now = getmetatable ""
    debug.setmetatable("", strings)
    assert.equal(strings, now)
  end)

  it("of metamethods raises", function()
    for _, wrong in ipairs { 5, "x", io.stdout, {}, client } do
      assert.has_error(function() getmetatable(org).__index(wrong, "name") end)
    end
    assert.has_error(function() getmetatable(client).__index(5, "api") end)
    assert.has_error(function() getmetatable(client.api).__index(5, "get_organization") end)
    assert.has_error(function() getmetatable(core).__index(5, "operations") end)
    assert.equal("Acme", org.name)
  end)

  it("says which argument is wrong, and its limit", function()
    local long = ("a"):rep(9000)
    for want, f in pairs {
      ["client:request: the method must be one of GET, "] = function()
        client:request("GETT", "/me")
      end,
      ['client:request: the path must start with "/"'] = function() client:request("GET", "me") end,
      ["argument 'x' is too long: a path or query takes 8192 bytes"] = function()
        client:request("GET", "/me", { query = { x = long } })
      end,
      ["argument 'invitation_code' is too long: "] = function()
        client:accept_invitation { invitation_code = long }
      end,
      ["option 'reserve' must be an integer from 0 to 1073741824"] = function()
        toggl.client { reserve = math.maxinteger }
      end,
    } do
      assert.matches(want, select(2, pcall(f)), 1, true)
    end
  end)

  it("of arguments is raised at the line that misused", function()
    for _, f in ipairs {
      function()
        local list = org:users { pag = 1 }
        return list
      end,
      function()
        local list = org:users { page = "x" }
        return list
      end,
      function()
        for _ in org:each_user { pag = 1 } do
          error "none"
        end
      end,
      function()
        for _ in org:each_group { pag = 1 } do
          error "none"
        end
      end,
      function()
        local list = org:users(5)
        return list
      end,
      function()
        local list = org.users {}
        return list
      end,
      function()
        local user = org:user("ann@example.com", { refres = true })
        return user
      end,
      function()
        local group = org:group("Support", { refres = true })
        return group
      end,
      function()
        local room = org:workspace("Main", { refres = true })
        return room
      end,
      function()
        local other = client:organization("Acme", { refres = true })
        return other
      end,
    } do
      local from = debug.getinfo(f, "S")
      local _, err = pcall(f)
      assert.matches("^spec/misuse_spec%.lua:" .. from.linedefined + 1 .. ": ", err)
      assert.is_nil(err:find("pages.lua", 1, true))
    end
  end)

  it("of a call that a log function waits for raises", function()
    local call
    local nosy = helper.client(server, {
      log = function(e)
        if e.type == "reply" and call then call:wait() end
      end,
    })
    call =
      core.start("get_organization", nosy, { organization_id = core.key(org, "organization_id") })
    assert.has_error(function() call:wait() end, "this call has already been taken")
    nosy:close()
  end)

  it(
    "of credentials that a table makes at each access, or that confirm takes away, sends what was given",
    function()
      local token, asked = server:token(), 0
      local auth = setmetatable({}, {
        __index = function(_, name)
          if name == "token" then return table.concat { token:sub(1, 5), token:sub(6) } end
        end,
      })
      local careful = helper.client(server, {
        confirm = function()
          asked = asked + 1
          setmetatable(auth, nil)
          for i = 1, 2000 do
            auth[i] = ("x"):rep(40 + i % 3)
          end
          collectgarbage()
          return true
        end,
      })
      local id = core.key(org, "organization_id")
      assert(
        careful.api.post_organization_group { organization_id = id, name = "Again", auth = auth }
      )
      assert.equal(1, asked)
      careful:close()
    end
  )

  it("of SQL leaves nothing open when the client is closed first", function()
    local path = os.tmpname()
    os.remove(path)
    local before = descriptors()
    local c = helper.client(server, { cache = path })
    assert.has_error(function() c:sql("SELECT ?1") end)
    c:close()
    collectgarbage()
    collectgarbage()
    assert.equal(before, descriptors())
    for _, ending in ipairs { "", "-wal", "-shm" } do
      os.remove(path .. ending)
    end
  end)

  it("of SQL without an end is reported, not cut", function()
    local query =
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT %d) SELECT i FROM n"
    assert.has_error(function() client:sql(query:format(1000001)) end)
  end)

  it("of numbers is refused or bounded", function()
    assert.equal(0, client:step(0))
    local c = helper.client(server, { reply_cap = 1e300 })
    assert(c:organization "Acme")
    c:close()
  end)

  it("of a finalizer that closes the client in the middle of a report does no harm", function()
    for _ = 1, 50 do
      local c = helper.client(server)
      assert(c:organization "Acme")
      setmetatable({}, { __gc = function() c:close() end })
      collectgarbage("step", 1)
      pcall(c.cost, c)
      pcall(c.windows, c)
      c:close()
    end
  end)

  it("of each_ with a page, or of a list that goes by cursor, is a list like any other", function()
    local n = 0
    for _ in org:each_user { page = 1, per_page = 5 } do
      n = n + 1
    end
    assert.equal(5, n)
    for name, methods in pairs(core.classes) do
      for _, row in ipairs(core.lists(name)) do
        if row.name:find "payment" and row.paged then
          local each = methods["each_" .. row.method:gsub("s$", "")]
          if name == "organization" then assert.is_function(getmetatable(each(org)).__call) end
        end
      end
    end
  end)

  it("of a map that is cancelled ends its tasks with it", function()
    local task = require "toggl.task"
    local outer = toggl.task(function()
      toggl.map({ 1, 2, 3 }, function() toggl.sleep(1000) end)
    end)
    assert.equal(4, task.count())
    outer:cancel()
    assert.equal(0, task.count())
  end)
end)

describe("a plan and its methods", function()
  it("refuse options that are misspelt or of another type, and name them", function()
    local server <close> = helper.sandbox { people = 12, record = false }
    local client <close> = helper.client(server, { on_error = "raise", journal = ":memory:" })
    local org = client:organization "Acme"
    local plan = org:plan { groups = { Crew = {} } }
    local function refused(expected, f, ...)
      local ok, err = pcall(f, ...)
      assert.is_false(ok, expected)
      assert.matches(expected, tostring(err), 1, true)
      assert.is_nil(tostring(err):find("attempt to", 1, true))
    end
    refused("org:plan: options must be a table, got 5", org.plan, org, {}, 5)
    refused(
      'a name in options must be max_age, now, refresh or rules, got "rulez"',
      org.plan,
      org,
      {},
      { rulez = {} }
    )
    refused('options.now must be a number, got "x"', org.plan, org, {}, { now = "x" })
    refused("options.rules must be a table", org.plan, org, {}, { rules = 5 })
    refused(
      "a name in options.rules must be existing, least_admins or own, got",
      org.plan,
      org,
      {},
      {
        rules = { least_admin = 1 },
      }
    )
    refused(
      "options.rules.least_admins must be 0 or more, got -1",
      org.plan,
      org,
      {},
      { rules = { least_admins = -1 } }
    )
    for _, case in ipairs {
      { 5, "options must be a table, got 5; nothing was sent" },
      { { allow_removal = 1 }, 'reserve or wait, got "allow_removal"' },
      { { reserv = 40 }, 'reserve or wait, got "reserv"' },
      { { reserve = -1 }, "options.reserve must be 0 or more, got -1" },
      { { reserve = "x" }, 'options.reserve must be an integer, got "x"' },
      {
        { allow_removals = 1.5 },
        "options.allow_removals must be a boolean or an integer, got 1.5",
      },
      { { by = "17:00" }, 'options.by must be a number, got "17:00"' },
      { { wait = "x" }, "options.wait must be a boolean or a number" },
      { { progress = 5 }, "options.progress must be a function, got 5" },
    } do
      refused(case[2], plan.apply, plan, case[1])
      refused(case[2], plan.check, plan, case[1])
    end
    refused("plan:show: options must be a table, got 5", plan.show, plan, 5)
    for _, name in ipairs { "apply", "check", "keep", "rows", "show" } do
      refused(("plan.%s lacks its plan: write plan:%s(...)"):format(name, name), plan[name])
      refused("lacks its plan", plan[name], {})
    end
    assert.equal(1, #plan.steps)
    assert.equal(1, plan:apply({ allow_removals = 0, wait = false }).count.done)
  end)
end)

describe("every function with options", function()
  it("names the caller's line for a setting of its sandbox", function()
    for setting, text in pairs {
      [{ people = "x" }] = "option 'sandbox': people: an integer",
      [{ nonsense = 5 }] = "option 'sandbox': there is no knob 'nonsense'",
      yes = "option 'sandbox' must be true, a table of settings or a running sandbox, got string",
    } do
      local ok, err = pcall(function()
        local client = toggl.client { sandbox = setting }
        return client
      end)
      assert.is_false(ok)
      assert.matches("^spec/misuse_spec.lua:%d+: ", err)
      assert.matches(text, err, 1, true)
    end
  end)

  it("refuses a name that none of them has, without a request", function()
    local server <close> = helper.sandbox { people = 12, record = false }
    local client <close> = helper.client(server, { on_error = "raise", journal = ":memory:" })
    local org = client:organization "Acme"
    local user, group = org:users()[3], org:groups()[1]
    local plan = org:plan { groups = { Crew = {} } }
    -- the arguments before the options, by class and name
    local given = {
      ["client:organization"] = { client, "Acme" },
      ["client:quota"] = { client },
      ["client:journal"] = { client },
      ["client:wait_until"] = { client, print },
      ["organization:user"] = { org, "ann@example.com" },
      ["organization:group"] = { org, group.name },
      ["organization:workspace"] = { org, "Main" },
      ["organization:role"] = { org, "admin" },
      ["organization:workspaces"] = { org },
      ["organization:each_workspace"] = { org },
      ["organization:plan"] = { org, {} },
      ["user:set_role"] = { user, "user" },
      ["group:rename"] = { group, "Crew" },
      ["toggl:map"] = { {}, print },
      ["toggl:all"] = { {} },
      ["toggl.json:encode"] = { {} },
      ["toggl.csv:encode"] = { {} },
      ["toggl.csv:row"] = { {} },
      ["toggl.csv:decode"] = { "" },
      ["toggl.csv:records"] = { "" },
      ["toggl.show:text"] = { {} },
      ["toggl.show:print"] = { {} },
      ["toggl.plan:of"] = { org, {} },
      ["toggl.plan:kept"] = { org, plan.id },
      ["toggl.plan:run"] = { plan },
    }
    for _, name in ipairs { "remove", "deactivate", "activate", "reactivate", "offboard" } do
      given["user:" .. name] = { user }
    end
    for person in org:each_user() do
      if person.joined == false then given["user:resend_invitation"] = { person } end
    end
    local objects = { client = client, organization = org, user = user, group = group }
    local requests, checked = client:cost().total, 0
    for _, row in ipairs(require "toggl.words.methods") do
      local params = row.params or {}
      local last = params[#params]
      local is_options = last and (last.name == "options" or last.name == "filter")
      if
        is_options
        and (last.type:find "^[{]" or last.type:find "call_options" or last.type:find "plan_")
      then
        local name = row.class .. ":" .. row.name
        local args = assert(given[name], name .. " is not called here")
        local part = row.class:match "^toggl%.(.*)"
        local f = (objects[row.class] or part and toggl[part] or toggl)[row.name]
        local all =
          table.move({ { zzyzx = 1 } }, 1, 1, #args + 1, table.move(args, 1, #args, 1, {}))
        local ok, err = pcall(f, table.unpack(all))
        assert.is_false(ok, name)
        assert.matches("zzyzx", tostring(err), 1, true)
        assert.is_nil(tostring(err):find("attempt to", 1, true), name)
        checked = checked + 1
      end
    end
    assert.is_true(checked >= 30, checked .. " functions")
    assert.equal(requests, client:cost().total)
  end)
end)
