-- Changes that another process makes, which has no store of replies: they settle here as well.
local helper = require "spec.helper"
local core = require "toggl.core"

local server, client, org

local function start(options)
  server = helper.sandbox { record = false }
  client = helper.client(server, options)
  org = client:organization "Acme"
end

local function stop()
  client:close()
  server:stop()
  client, org = nil, nil
end

local function cost(f, ...) return helper.requests_during(server, f, ...) end

describe("a change that another process makes without a store of replies", function()
  local folder

  -- Run CHANGE, code with `org`, in a separate process, which shares the state file alone.
  local function elsewhere(change)
    local chunk = ([[
      local client <close> = require "toggl".client{unix_socket = %q, base_url = %q,
        token = os.getenv "SECRET", cache = false, state = %q, on_error = "raise", retries = 0}
      local org = client:organization "Acme"
      %s
    ]]):format(server.socket, server.url, folder .. "/state.db", change)
    local variables =
      { LUA_PATH = "lua/?.lua;lua/?/init.lua;;", LUA_CPATH = helper.build .. "/?.so;;" }
    variables.SECRET = server:token()
    local _, err, status = helper.run(variables, "lua5.4", "-e", chunk)
    assert.equal(0, status, err)
  end

  before_each(function()
    folder = helper.scratch()
    start { cache = folder .. "/cache.db", state = folder .. "/state.db", settle = 2 }
  end)
  after_each(function()
    stop()
    helper.remove(folder)
  end)

  it("makes stale what is stored here, and settles here too", function()
    local before = #org:groups()
    assert.equal(0, cost(function() org:groups() end))
    elsewhere 'org:create_group{name = "Theirs"}'
    for _ = 1, 2 do
      assert.equal(1, cost(function() assert.equal(before + 1, #org:groups()) end))
    end
    assert.equal(0, cost(function() assert(org:roles() and org:roles()) end) - 1) -- not invalidated
    core.sleep(2.1)
    assert.equal(1, cost(function() org:groups() end))
    assert.equal(0, cost(function() assert.is_false(org:groups().stale) end))
  end)

  it("is found by name at the first call", function()
    assert(org:groups())
    assert(org:users())
    elsewhere 'org:create_group{name = "Theirs"}'
    assert.equal("Theirs", org:group "Theirs".name)
    elsewhere 'org:user "ann22@example.com":update{name = "Anna New"}'
    assert.equal("Anna New", org:user "ann22@example.com".name)
  end)

  it("answers offline with what was there before, and says so", function()
    local before = #org:groups()
    elsewhere 'org:create_group{name = "Theirs"}'
    local list = org:groups { offline = true }
    assert.is_true(list.stale)
    assert.equal(before, #list)
  end)

  it("invalidates what was read while it was in flight", function()
    stop()
    local options = { cache = folder .. "/cache.db", state = folder .. "/state.db", settle = 0.05 }
    start(options)
    options.cache = false
    local writer <close> = helper.client(server, options)
    assert(org:groups())
    local theirs = writer:organization "Acme"
    server:set { latency = 300 }
    local task = require("toggl.task")
    local before = task.task(function()
      task.sleep(0.1) -- longer than the settle time
      return org:groups { refresh = true }
    end)
    local made = task.task(function() return theirs:create_group { name = "Theirs" } end)
    assert(made:wait())
    assert(before:wait())
    server:set { latency = 0 }
    assert.equal(1, cost(function() assert.equal("Theirs", org:group "Theirs".name) end))
  end)

  it("changes nothing here when the server refuses it", function()
    assert(org:groups())
    elsewhere [[
      local ok, err = pcall(org.create_group, org, {name = "Night shift"})
      assert(not ok and err.kind == "invalid", err)
    ]]
    assert.equal(0, cost(function() assert.is_false(org:groups().stale) end))
  end)

  it("is not looked for where none was noted: no state is opened", function()
    local home = helper.scratch()
    local options = { cache = home .. "/cache.db", state = home .. "/state.db" }
    do
      local first <close> = helper.client(server, options)
      assert(first:organization "Acme":groups())
    end
    for _, end_of in ipairs { "", "-wal", "-shm" } do
      os.remove(options.state .. end_of)
    end
    local function answer()
      local reader <close> = helper.client(server, options)
      assert.equal(0, cost(function() assert(reader:organization "Acme":groups()) end))
      return helper.content(options.state) ~= nil
    end
    assert.is_false(answer())
    helper.write(options.state .. "-changed", "")
    assert.is_true(answer())
    helper.remove(home)
  end)

  it("is looked for where its mark was deleted, which is recreated", function()
    local home = helper.scratch()
    local options = { cache = home .. "/cache.db", state = home .. "/state.db" }
    do
      local first <close> = helper.client(server, options)
      assert(first:organization "Acme":groups())
    end
    local mark = options.state .. "-changed"
    assert.equal("", helper.content(mark))
    assert(os.remove(mark))
    local reader <close> = helper.client(server, options)
    assert.equal(0, cost(function() assert(reader:organization "Acme":groups()) end))
    assert.equal("", helper.content(mark))
    helper.remove(home)
  end)

  it("is found although the process was killed before a reply came", function()
    assert(org:groups())
    server:set { latency = 400 }
    elsewhere [[
      require "toggl".task(function() org:create_group{name = "Theirs"} end)
      require "toggl".sleep(0.2)
      os.exit(0, false)
    ]]
    server:set { latency = 0 }
    core.sleep(0.3)
    assert.equal("Theirs", org:group "Theirs".name)
  end)
end)
