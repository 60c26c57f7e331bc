-- Promises to a host: requiring the module changes nothing else in the process, requiring it twice
-- is harmless, and Lua states in several threads work at once.
local helper = require "spec.helper"

-- Run a chunk in a separate interpreter that finds this tree. Return its output, or its error.
local function run(chunk)
  local out, err, status = helper.run(
    { LUA_PATH = "lua/?.lua;lua/?/init.lua;;", LUA_CPATH = helper.build .. "/?.so;;" },
    "lua5.4",
    "-e",
    chunk
  )
  assert.equal(0, status, err)
  return out
end

-- The state of a process: descriptors, threads, signal handlers and masks, globals, locale.
local state = [[
  local function state()
    local s = {globals = 0}
    for name in pairs(_G) do s["_G." .. name] = true end
    for fd = 0, 63 do
      local f = io.open("/proc/self/fdinfo/" .. fd)
      if f then f:close() s["descriptor " .. fd] = true end
    end
    for line in io.lines "/proc/self/status" do
      local name, value = line:match "^(%w+):%s*(.-)%s*$"
      if name == "Threads" or name == "Umask" then s[name] = value end
      -- without the two signals that the C library uses for its threads
      if name and name:find "^Sig[BIC]" then s[name] = tonumber(value, 16) & 0x7fffffff end
    end
    s.locale = os.setlocale()
    s.string = getmetatable("").__index
    return s
  end
  local function differences(a, b)
    for name, value in pairs(a) do if b[name] ~= value then print(name, value, b[name]) end end
    for name, value in pairs(b) do if a[name] == nil then print(name, nil, value) end end
  end
  local before = state()
]]

describe('require "toggl"', function()
  it(
    "sets no global, opens no file, starts no thread and touches no signal",
    function()
      assert.equal(
        "",
        run(state .. [[
      local toggl = require "toggl"
      differences(before, state())
    ]])
      )
    end
  )

  it(
    "nor does making a client, before its first call",
    function()
      assert.equal(
        "",
        run(state .. [[
      local client = require "toggl".client{token = "0123456789", cache = "/nonexistent/c", state = "/nonexistent/s"}
      differences(before, state())
    ]])
      )
    end
  )

  it("parses nothing of profiles and variables for a client that names its token", function()
    local function loaded(options, variable)
      return run(([[
        local getenv = os.getenv
        function os.getenv(name)
          if name == %q then return "https://127.0.0.1/" end
          return not name:find "_CERT_" and not name:find "_CA_" and not name:find "^TOGGL_" and getenv(name) or nil
        end
        local ok, client = pcall(require "toggl".client, {%s, cache = false, state = false})
        local names = {}
        for name in pairs(package.loaded) do
          if name:find "^toggl%%.config" then names[#names + 1] = name end
        end
        print(#names == 1 and "alone" or ok and "with sources" or client.message)
      ]]):format(variable or "", options))
    end
    local token = ('token = "%s"'):format(("0a"):rep(16))
    for _, more in ipairs {
      "",
      ', base_url = "https://api.example.com"',
      ', base_url = "http://127.0.0.1:8080/api/v9"',
    } do
      assert.equal("alone\n", loaded(token .. more))
    end
    for _, more in ipairs {
      ', base_url = "https://api.example.com/"',
      ', base_url = "https://api.example.com//"',
      ', base_url = "HTTPS://api.example.com"',
      ", base_url = 'https://api.example.com/a b'",
      ', base_url = "http://api.example.com"',
      ', base_url = "https://me@api.example.com"',
      ', profile = "none"',
      ", auth = false",
    } do
      assert.not_equal("alone\n", loaded(token .. more))
    end
    assert.not_equal("alone\n", loaded 'token = " 0a"')
    assert.not_equal("alone\n", loaded(token, "TOGGL_API_URL"))
    assert.not_equal("alone\n", loaded(token, "SSL_CERT_FILE")) -- the file does not exist
  end)

  it("passes such values as they are, as the whole check would", function()
    local setting = require "toggl.config.setting"
    for _, url in ipairs {
      "https://api.example.com",
      "https://a-b.c/x/y_z.w/v-9",
      "http://127.0.0.1:8080/api/v9",
    } do
      assert.equal(url, setting.address(url, "base_url"))
    end
    local token = ("0aF"):rep(10) .. "12"
    assert.equal(token, setting.token(token, "the token"))
    assert.is_nil(setting.doubt(token, "the token"))
  end)

  it("loads no libcurl before the first request", function()
    local out = run [[
      local function loaded(name)
        for line in io.lines "/proc/self/maps" do if line:find(name, 1, true) then return true end end
        return false
      end
      local toggl = require "toggl"
      local client = toggl.client{sandbox = {people = 3}}
      print(loaded "libcurl", loaded "libsqlite3")
      client:my_id()
      print(loaded "libcurl")
    ]]
    assert.equal("false\ttrue\ntrue\n", out)
  end)

  it("and using it leaves nothing behind either", function()
    local why = helper.tsan "the first thread of a process starts one of TSan's own, which stays"
    if why then return pending(why) end
    local out = run(state .. [[
      local toggl = require "toggl"
      do
        local client <close> = toggl.client{sandbox = {people = 3}, log = function() end}
        assert(#client:organization "Acme":users() == 3)
        assert(toggl.map({1, 2}, function() return client:my_id() end))
      end
      collectgarbage() collectgarbage()
      differences(before, state())
      print(require "toggl.core".pages_alive())
    ]])
    assert.equal("0\n", out)
  end)

  it("can be done twice", function()
    local out = run [[
      local first = require "toggl"
      local server = require "toggl.sandbox".start{people = 3}
      local old = first.client{sandbox = server}
      for name in pairs(package.loaded) do if name:find "^toggl" then package.loaded[name] = nil end end
      local second = require "toggl"
      local new = second.client{sandbox = server}
      print(first ~= second, old:organization "Acme".name, new:organization "Acme".name)
      print(#old:organization "Acme":users(), #new:organization "Acme":users())
    ]]
    assert.equal("true\tAcme\tAcme\n3\t3\n", out)
  end)
end)

describe("two Lua states", function()
  local there = package.searchpath("luv", package.cpath)

  it("in two threads have clients of their own, on the same files", function()
    if not there then pending "install lua-luv, whose threads are Lua states" end
    local folder = helper.scratch()
    local out = run(([[
      local uv, toggl = require "luv", require "toggl"
      local folder = %q
      local server = require "toggl.sandbox".start{people = 30}
      local function work(path, cpath, socket, url, token, folder, from)
        package.path, package.cpath = path, cpath
        local toggl = require "toggl"
        local client <close> = toggl.client{unix_socket = socket, base_url = url, token = token,
          cache = folder .. "/c.db", state = folder .. "/s.db"}
        local org = client:organization "Acme"
        for i = 1, 40 do
          local n = (from | 0) + i %% 5 -- luv passes integers as floats
          assert(#org:users{page = 1, per_page = n} == n)
          assert(org:usage{refresh = true})
        end
      end
      local threads = {}
      for i = 1, 4 do
        threads[i] = uv.new_thread(work, package.path, package.cpath, server.socket, server.url, server:token(),
          folder, i)
      end
      for _, thread in ipairs(threads) do assert(thread:join()) end
      local client = toggl.client{sandbox = server, state = folder .. "/s.db"}
      local spent = 0
      for _, w in ipairs(client:quota()) do spent = spent + w.spent end
      print(spent == server:requests() or spent .. " of " .. server:requests())
      client:close()
      server:stop()
    ]]):format(folder))
    assert.equal("true\n", out)
    helper.remove(folder)
  end)
end)
