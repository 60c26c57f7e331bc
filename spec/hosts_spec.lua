-- Hosts other than lua.c: without some libraries, with another Lua, with forks, and with hooks that
-- yield.
local helper = require "spec.helper"
local core = require "toggl.core"
local toggl = require "toggl"
local tasks = require "toggl.task"

package.cpath = helper.build .. "/tests/?.so;" .. package.cpath
local host = require "preempt"

assert(tasks.pollfd())
helper.keep_descriptors() -- the scheduler keeps its descriptor

local function lua(code, interpreter)
  return helper.run(
    {
      LUA_PATH = "lua/?.lua;lua/?/init.lua;;",
      LUA_CPATH = helper.build .. "/?.so;;",
      SSL_CERT_FILE = "",
      SSL_CERT_DIR = "",
      CURL_CA_BUNDLE = "",
    }, -- else the module reads them through io
    interpreter or "lua5.4",
    "-e",
    code
  )
end

describe("a host without a library of Lua", function()
  for _, name in ipairs { "os", "io", "debug" } do
    it("reads, maps and tells of mistakes without " .. name, function()
      local out, err = lua(name .. " = nil; package.loaded." .. name .. [[ = nil
        local toggl = require "toggl"
        local client <close> = toggl.client{sandbox = true, cache = ":memory:", state = ":memory:"}
        local org = client:organization "Acme"
        print(#toggl.map({1, 2}, function(i) return org:users{page = i, per_page = 1} end))
        print(pcall(toggl.map, {1}, function() error "odd" end))
        print(pcall(org.users))
        print(pcall(toggl.client, {cache = false, state = false}))]])
      assert.equal("", err)
      assert.matches("^2\n", out)
      assert.matches("false\t[^\n]*odd", out)
      assert.matches("write org:users", out, 1, true)
      assert.matches("true\ttoggl.client", out, 1, true)
      assert.is_nil(out:find("nil value", 1, true))
    end)
  end

  for _, name in ipairs { "string", "table", "math", "package" } do
    it("gets one sentence that it needs " .. name, function()
      for _, module in ipairs { "toggl", "toggl.core", "toggl.task", "toggl.audit" } do
        local out, err = lua(
          ("local r, l = require, package.loaded; %s, l.%s = nil, nil; print(pcall(r, %q))"):format(
            name,
            name,
            module
          )
        )
        assert.equal("", err)
        assert.matches(
          "needs the " .. name .. " library of Lua, which the host has not opened",
          out
        )
      end
    end)
  end

  it("learns of misuse at its line without debug, and with a part of it", function()
    for _, given in ipairs { "nil", "{ traceback = debug.traceback }" } do
      local out, err = lua(("debug = %s package.loaded.debug = nil\n"):format(given) .. [[
        local toggl = require "toggl"
        print(pcall(toggl.client, { tokn = 1 }))]])
      assert.equal("", err)
      assert.matches("(command line):3: there is no option 'tokn'", out, 1, true)
    end
  end)

  it("reads without coroutine and utf8, and learns which of them tasks and plans need", function()
    local out, err = lua [[
      for _, name in ipairs { "coroutine", "utf8" } do _G[name] = nil package.loaded[name] = nil end
      local toggl = require "toggl"
      local client <close> = toggl.client{ sandbox = true, cache = ":memory:", state = ":memory:" }
      local org = client:organization "Acme"
      print(#org:users())
      print(pcall(toggl.map, { 1 }, function(i) return i end))
      print(pcall(toggl.task, function() end))
      print(pcall(toggl.plan.parse, "return {}", "lua"))
      print(pcall(toggl.plan.parse, '{"people":{"\\u0041@example.com":{}}, "peple":{}}', "json"))
      print(pcall(toggl.client, { base_url = "http://ex\u{e4}mple.com/\u{e4}", token = "\u{feff}" }))
      print(pcall(toggl.show.print, { { name = "\u{202e}x\u{e4}" } }))]]
    assert.equal("", err)
    assert.matches("^12\n", out)
    assert.matches("false\tthis needs the coroutine library", out)
    assert.is_nil(out:find("attempt to index", 1, true))
  end)

  it("gets an error that names the library a function needs", function()
    local out = lua [[io = nil; local toggl = require "toggl"
      print(pcall(toggl.report.write, "/nowhere/x.html", "<p>")) print(pcall(toggl.show.print, {}))]]
    assert.is_nil(out:find("attempt to index", 1, true))
  end)
end)

describe("another Lua", function()
  for _, name in ipairs { "lua5.1", "lua5.2", "lua5.3", "luajit" } do
    it("gets an error that names it: " .. name, function()
      if not os.execute("command -v " .. name .. " >/dev/null") then
        return pending("install " .. name)
      end
      local modules = { "toggl", "toggl.core", "toggl.task", "toggl.sandbox", "toggl.audit" }
      for _, module in ipairs(modules) do
        local _, err = lua(("require %q"):format(module), name)
        assert.matches("^[^\n]*toggl needs Lua 5.4, this is 5%.[123]\n", err, module)
      end
      local loop = [[package.loaded[%q] = {} require "toggl.loop.%s"]]
      for _, library in ipairs { "luv", "cqueues" } do
        local _, err = lua(loop:format(library, library), name)
        assert.matches("^[^\n]*toggl needs Lua 5.4, this is 5%.[123]\n", err, library)
      end
    end)
  end
end)

-- A limit of TSan: its record of longjmps grows by gigabytes.
local JUMPS = "the hook leaves by longjmp thousands of times, more than TSan can bear"

describe("one descriptor", function()
  local server, client

  before_each(function()
    server = helper.sandbox { record = false }
    client = helper.client(server)
  end)

  after_each(function()
    client:close()
    server:stop()
    assert.equal(0, tasks.count())
  end)

  local function until_done(task)
    local give_up = core.ticks() + 10 * helper.pace
    while not task:done() and core.ticks() < give_up do
      tasks.turn()
      core.sleep(0.001)
    end
    return task:wait()
  end

  it("is the same all the time", function()
    local fd = tasks.pollfd()
    until_done(toggl.task(function() return client:organizations() end))
    helper.client(server):close()
    assert.equal(fd, tasks.pollfd())
    assert.equal(0, tasks.turn())
  end)

  it("ends the tasks of a client that is closed, a change as unknown, and no others", function()
    server:set { latency = 60 }
    local other <close> = helper.client(server)
    local read = toggl.task(function() return client:organizations() end)
    local write = toggl.task(
      function() return client:create_organization { name = "X", workspace_name = "Y" } end
    )
    local good = toggl.task(function() return #other:organizations() end)
    tasks.turn()
    client:close()
    tasks.turn()
    for task, kind in pairs { [read] = "cancelled", [write] = "unknown" } do
      local ok, err = pcall(task.wait, task)
      assert.is_false(ok)
      assert.equal(kind, err.kind)
      assert.matches("the client was closed", err.message, 1, true)
    end
    assert.is_true(until_done(good) >= 2)
  end)

  it(
    "of a child is its own: inherited tasks have failed there, new ones work, and the parent goes on",
    function()
      server:set { latency = 60 }
      local task = toggl.task(function() return #client:organizations() end)
      tasks.turn()
      local fd = tasks.pollfd()
      local status = host.child(function()
        local own = tasks.pollfd()
        tasks.turn()
        local ok, err = pcall(task.wait, task)
        assert(
          own ~= fd and not ok and err.kind == "cancelled" and err.message:find("fork", 1, true),
          tostring(err)
        )
        assert(pcall(client.close, client))
        local new = helper.client(server)
        local mine = toggl.task(function() return #new:organizations() end)
        assert(until_done(mine) == 2)
        new:close()
        return tasks.count() == 0
      end)
      assert.equal(0, status)
      assert.equal(fd, tasks.pollfd())
      assert.equal(2, until_done(task))
    end
  )

  -- The server's thread works during the fork, and often holds its lock.
  it("may be forked at any time beside a sandbox that is busy", function()
    server:set { quota = 100000 }
    local over = false
    local task = toggl.task(function()
      while not over do
        toggl.map({ 1, 2, 3, 4 }, function() return client:organizations { refresh = true } end)
      end
    end)
    for i = 1, 150 do
      tasks.turn()
      core.sleep(0.0001 * (i % 6))
      assert.equal(
        0,
        host.child(function() return #server:token() == 32 and server:requests() >= 0 end)
      )
    end
    over = true
    until_done(task)
  end)

  -- After a count of instructions the host stops its coroutine and resumes another one.
  it("stays consistent when the host preempts Lua anywhere and runs another coroutine", function()
    local why = helper.tsan(JUMPS)
    if why then return pending(why) end
    server:set { quota = 100000 }
    for step = 1, 40 do
      local told, results = 0, {}
      local stopped = coroutine.create(function()
        for i = 1, 3 do
          results[i] = toggl.task(function()
            client:organizations { refresh = true }
            toggl.sleep(0.001)
            local inner = toggl.task(function()
              return toggl.map({ 1, 2 }, function(n) return n * i end)
            end)
            return inner:wait()[2]
          end)
        end
        while tasks.turn() > 0 do
          core.sleep(0.0005)
        end
      end)
      host.preempt(stopped, 5 + step)
      local give_up = core.ticks() + 20 * helper.pace
      while coroutine.status(stopped) ~= "dead" and core.ticks() < give_up do
        assert(coroutine.resume(stopped))
        local _, later = tasks.turn()
        if later then
          told = told + 1
          local ok, err = pcall(toggl.task, function() end)
          assert.is_false(ok)
          assert.matches("come back later", err, 1, true)
        end
      end
      while tasks.turn() > 0 and core.ticks() < give_up do
        core.sleep(0.001)
      end
      assert.is_true(told > 0)
      for i = 1, 3 do
        assert.equal(2 * i, results[i]:wait())
      end
    end
  end)

  -- The hook stops the coroutine that the task resumes. The task itself continues and waits, while
  -- other tasks run.
  it("stays consistent when a coroutine that starts tasks is preempted", function()
    local why = helper.tsan(JUMPS)
    if why then return pending(why) end
    server:set { quota = 100000 }
    for step = 1, 60 do
      local inner, ended = {}, {}
      local function start_some()
        for i = 1, 4 do
          inner[i] = toggl.task(function()
            toggl.sleep(0.0005 * i)
            return #client:organizations { refresh = i == 4 }
          end)
          coroutine.yield(i)
        end
      end
      local outer = toggl.task(function()
        local co, seen = coroutine.create(start_some), {}
        host.preempt(co, 2 + step)
        while coroutine.status(co) ~= "dead" do
          local ok, value = coroutine.resume(co)
          assert(ok, value)
          seen[#seen + 1] = value -- nil when the hook stopped it
          toggl.sleep(0)
        end
        return table.concat(seen, " ")
      end)
      for i = 1, 3 do
        toggl.task(function()
          for _ = 1, 5 do
            toggl.sleep(0.0005)
          end
          ended[#ended + 1] = i
        end)
      end
      local give_up = core.ticks() + 10 * helper.pace
      while tasks.turn() > 0 and core.ticks() < give_up do
        core.sleep(0.0005)
      end
      assert.equal(0, tasks.count(), "after stops every " .. 2 + step)
      assert.equal("1 2 3 4", outer:wait())
      assert.equal(3, #ended)
      for i = 1, 4 do
        assert.equal(2, inner[i]:wait())
      end
    end
  end)

  it("stays consistent when a coroutine that a task resumed is abandoned", function()
    local why = helper.tsan(JUMPS)
    if why then return pending(why) end
    for step = 1, 60 do
      local others = {}
      local outer = toggl.task(function()
        for _ = 1, 5 do
          local co = coroutine.create(function()
            for i = 1, 3 do
              others[#others + 1] = toggl.task(function()
                toggl.sleep(0.0005 * i)
                return i
              end)
            end
          end)
          host.preempt(co, 20 + step)
          assert(coroutine.resume(co))
          if coroutine.status(co) ~= "dead" then coroutine.close(co) end
          toggl.sleep(0)
        end
      end)
      local give_up = core.ticks() + 10 * helper.pace
      while tasks.turn() > 0 and core.ticks() < give_up do
        core.sleep(0.0005)
      end
      assert.equal(0, tasks.count(), "after stops every " .. 20 + step)
      outer:wait()
      for _, task in ipairs(others) do
        assert.is_true(task:done())
      end
    end
  end)
end)
