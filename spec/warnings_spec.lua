-- Faults that do not stop calls: the user gets each warning once.
local helper = require "spec.helper"
local toggl = require "toggl"
local core = require "toggl.core"

describe("a warning", function()
  local function client_with(options)
    options.sandbox = options.sandbox or true
    return toggl.client(options)
  end

  it("calls on_warning once with each sentence", function()
    local got = {}
    local client <close> =
      client_with { on_warning = function(sentence) got[#got + 1] = sentence end }
    core.warn(client, "one")
    core.warn(client, "two")
    core.warn(client, "one")
    assert.same({ "one", "two" }, got)
  end)

  it("is an event of log as well", function()
    local got, told = {}, {}
    local client <close> = client_with {
      on_warning = function(sentence) told[#told + 1] = sentence end,
      log = function(event) got[#got + 1] = { event.type, event.reason } end,
    }
    core.warn(client, "one")
    assert.same({ { "warning", "one" } }, got)
    assert.same({ "one" }, told)
  end)

  it("of a store comes with the first call", function()
    local got = {}
    local client <close> = client_with {
      cache = "/proc/nowhere/cache.db",
      on_warning = function(sentence) got[#got + 1] = sentence end,
    }
    assert.equal(2, #client:organizations())
    client:organizations()
    assert.equal(1, #got)
    assert.matches("nowhere", got[1])
  end)

  it("may close the client, and an error in on_warning is raised by close", function()
    local client
    client = client_with { on_warning = function() client:close() end }
    core.warn(client, "one")
    assert.has_error(function() client:organizations() end)
    client = client_with { on_warning = function() error("no", 0) end }
    assert.has_error(function() core.warn(client, "one") end, "no")
    client:close()
  end)

  it("must be a function", function()
    assert.error_matches(
      function() client_with { on_warning = 1 } end,
      "option 'on_warning' must be a function"
    )
  end)

  it("goes to Lua's own warnings where there is no on_warning", function()
    local code =
      [[local c = require "toggl".client{sandbox = true, cache = "/proc/nowhere/c.db"} c:organizations() ]]
    local env = { LUA_PATH = "lua/?.lua;lua/?/init.lua;;", LUA_CPATH = helper.build .. "/?.so;;" }
    local _, loud = helper.run(env, "lua5.4", "-W", "-e", code)
    local _, silent = helper.run(env, "lua5.4", "-e", code)
    assert.matches("Lua warning: toggl: .*nowhere", loud)
    assert.equal("", silent)
  end)

  it("is printed once a run by togglsh, for clients of the script too", function()
    local out, err, status = helper.togglsh(
      "--sandbox",
      "-e",
      [[
      for _ = 1, 3 do
        local c <close> = toggl.client{cache = "/proc/nowhere/c.db"}
        print(#c:organizations())
      end]]
    )
    assert.equal("2\n2\n2\n", out)
    assert.equal(0, status)
    assert.equal(1, select(2, err:gsub("togglsh: warning: ", "")))
  end)
end)
