-- Event loops of other libraries: tasks run inside them, next to the loop's own work.
local helper = require "spec.helper"
local core = require "toggl.core"
local toggl = require "toggl"
local tasks = require "toggl.task"

assert(tasks.pollfd())
helper.keep_descriptors() -- the scheduler keeps its descriptor

-- For each loop: run it until it has nothing to do, and call f() every SECONDS until it returns
-- false.
local function luv(uv)
  helper.keep_descriptors() -- libuv keeps a pipe for signals
  return {
    task = require("toggl.loop.luv").task,
    run = uv.run,
    drop = function()
      uv.walk(function(handle)
        if not handle:is_closing() then handle:close() end
      end)
    end,
    close = uv.loop_close,
    every = function(seconds, f)
      local timer = uv.new_timer()
      local ms = math.ceil(seconds * 1000)
      timer:start(ms, ms, function()
        if not f() then timer:close() end
      end)
    end,
  }
end

local function cqueues(module)
  local controller, loop = module.new(), require "toggl.loop.cqueues"
  return {
    task = function(...) return loop.task(controller, ...) end,
    run = function() assert(controller:loop()) end,
    close = function() controller:close() end,
    every = function(seconds, f)
      controller:wrap(function()
        repeat
          module.sleep(seconds)
        until not f()
      end)
    end,
  }
end

local loops = {
  { name = "luv", make = luv, handles = true, reason = "install lua-luv" },
  { name = "cqueues", make = cqueues, reason = "install lua-cqueues" },
  {
    name = "copas",
    reason = "Debian 12 has it for Lua 5.1 and 5.2 only, so there is nothing to adapt to",
  },
}

for _, row in ipairs(loops) do
  describe("the loop of " .. row.name, function()
    local server, client, loop
    local there, module = pcall(require, row.name)

    if not there or not row.make then
      it("carries on with tasks", function() pending(row.reason) end)
      return
    end

    setup(function() loop = row.make(module) end)

    teardown(function()
      loop.close()
      loop = nil
    end)

    before_each(function()
      server = helper.sandbox()
      client = helper.client(server)
    end)

    after_each(function()
      client:close()
      server:stop()
      client = nil
    end)

    it("carries on with tasks, side by side, and returns when they are done", function()
      local org = client:organization "Acme"
      server:set { latency = 100 }
      local sizes, start = {}, core.ticks()
      for i = 1, 8 do
        loop.task(function()
          local users = org:users { page = 1, per_page = i }
          sizes[#sizes + 1] = #users
        end)
      end
      assert.equal(0, #sizes)
      loop.run()
      assert.is_true(core.ticks() - start < 0.6)
      table.sort(sizes)
      assert.same({ 1, 2, 3, 4, 5, 6, 7, 8 }, sizes)
    end)

    it("has time for others meanwhile", function()
      server:set { latency = 150 }
      local ticks, groups = 0, nil
      loop.every(0.01, function()
        ticks = ticks + 1
        return not groups
      end)
      local task = loop.task(function() groups = client:organization("Acme"):groups() end)
      loop.run()
      assert.is_true(task:done())
      assert.is_true(#groups >= 4)
      assert.is_true(ticks >= 10, ticks .. " ticks in 0.3 s")
    end)

    it("takes tasks that start while it runs, from a task and from the loop", function()
      local inner, late = nil, nil
      loop.task(function()
        toggl.sleep(0.03)
        inner = loop.task(function() return client:my_id() end)
        assert.equal(inner:wait(), client:my_id())
      end)
      loop.every(0.01, function()
        late = loop.task(function() return client:organizations() end)
        return false
      end)
      loop.run()
      assert.is_true(math.type(inner:wait()) == "integer")
      assert.equal(2, #late:wait())
      loop.task(function() late = client:workspaces() end) -- again after the loop has ended
      loop.run()
      assert.is_true(#late >= 4)
    end)

    it("goes on after a task has failed, and keeps its error", function()
      server:fault "reset:1"
      local bad = loop.task(function() error(select(2, client:me())) end)
      local good = loop.task(function() return client:organization "Acme" end)
      loop.run()
      local ok, err = pcall(bad.wait, bad)
      assert.is_false(ok)
      assert.equal("transport", err.kind)
      assert.equal("Acme", good:wait().name)
    end)

    -- Events in a callback while a task runs; each occurs at once, and later when its socket is in
    -- use.
    local disturbances = {
      ["a task is cancelled"] = function(_, task) task:cancel() end,
      ["its client is closed"] = function(own) own:close() end,
      ["a call blocks"] = function() assert(client:workspaces { refresh = true }) end,
      ["a task starts and ends at once"] = function()
        loop.task(function() end)
      end,
      ["its client is closed and a call blocks"] = function(own)
        own:close()
        assert(client:workspaces { refresh = true })
      end,
    }

    for name, disturb in pairs(disturbances) do
      it("goes on when in a callback " .. name .. ", whenever that is", function()
        server:set { latency = 5, quota = 100000 }
        local rounds = os.getenv "TOGGL_PRELOAD" and 5 or 25
        for i = 1, rounds do
          for _, ms in ipairs { 0, 1, 3, 20, 50 } do
            if ms < 20 or i % 10 == 0 then
              local own = helper.client(server)
              local task = loop.task(function() return own:organizations(), own:workspaces() end)
              local other = loop.task(function() return client:organizations { refresh = true } end)
              loop.every(ms / 1000, function()
                disturb(own, task)
                return false
              end)
              loop.run()
              assert.is_true(task:done() and other:done())
              assert.equal(2, #other:wait())
              own:close()
            end
          end
        end
        assert.equal(0, tasks.count())
      end)
    end

    if row.handles then
      it("takes tasks again after the host has closed all its handles", function()
        server:set { latency = 5 }
        for _, at in ipairs { "before", "in the same callback", "in a task" } do
          local first, second
          first = loop.task(function()
            if at == "in a task" then loop.drop() end
            return client:organizations { refresh = true }
          end)
          loop.every(0, function()
            loop.drop()
            if at ~= "before" then second = loop.task(function() return first:wait() end) end
            return true
          end)
          loop.run()
          second = second or loop.task(function() return first:wait() end)
          loop.run()
          assert.equal(2, #second:wait(), at)
        end
      end)
    end

    it("maps over many, on connections that come and go", function()
      local users
      loop.task(function()
        local org = client:organization "Acme"
        local some = org:users { page = 1 }
        server:fault "reset:10%"
        users = toggl.map(some, function(user)
          local found = org:user(user.email) -- sends requests, some of which fail
          return found and found.email or "none"
        end, { limit = 16 })
      end)
      loop.run()
      server:clear()
      assert.equal(50, #users)
    end)
  end)
end
