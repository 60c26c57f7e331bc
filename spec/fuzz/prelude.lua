-- luacheck: ignore 211
-- What a random program stands on (spec/fuzz/programs.lua). Only a report of a sanitizer, a signal or a mistake inside
-- lua/toggl is a failure: whatever else a step raises is what hostile values deserve.
local core, toggl = require "toggl.core", require "toggl"
-- also look for mistakes inside lua/toggl
local INSIDE = (os.getenv "TOGGL_FUZZ_INSIDE" or "") ~= ""

local function disturb() end -- what a callback does to what is read: below

local server = toggl.sandbox.start { people = 5 }
local client

local TEXT = '[{"id":1,"name":"'
  .. ("\\u00e9x"):rep(900)
  .. '","fullname":"A","email":"a@example.com","long":"'
  .. ("\\n"):rep(3000)
  .. '","foo":['
  .. ('"s",'):rep(400)
  .. '1],"deep":'
  .. ("["):rep(50)
  .. ("]"):rep(50)
  .. ',"groups":[{"group_id":1,"name":"g"}]},{"id":2,"name":"b"},{"id":2,"name":"c","x":{"y":[{}]}}]'

local function lists() return core.parse("workspace", TEXT) end
-- A record that alone keeps its page: the list it came from is closed.
local function parsed()
  local list <close> = core.parse("org_user", TEXT)
  return list[1]
end

local pool = {} -- things of each kind; what steps make is added, what is closed stays
local victims = {} -- what a step makes and reads

-- A new part of the program: what the steps before have closed, changed and made is forgotten.
local function fresh()
  server:clear()
  if not client or not pcall(client.organizations, client) then -- a step has closed it
    client = toggl.client {
      sandbox = server,
      cache = ":memory:",
      state = ":memory:",
      retries = 0,
      timeout = 0.3,
      log = function() disturb() end,
    }
  end
  local org = client:organization "Acme" -- nil: a step has renamed it, or the answer was late
  victims = {}
  pool = {
    client = { client },
    server = { server },
    organization = { org },
    list = { lists() },
    user = { parsed() },
    group = {},
    workspace = {},
    call = {},
  }
  local reads = org and { user = org.users, workspace = org.workspaces, group = org.groups } or {}
  for kind, read in pairs(reads) do
    local list = read(org) or lists()
    for i = 1, #list do
      pool[kind][#pool[kind] + 1] = list[i]
    end
    pool.list[#pool.list + 1] = list
  end
end

local turn = 0
local function any(kind)
  local list = pool[kind] or pool.user
  turn = turn + 7
  return #list > 0 and list[turn % #list + 1] or parsed()
end

local function keep(...)
  for _, x in ipairs { ... } do
    local kind = core.is_list(x) and "list"
      or type(x) == "userdata" and tostring(x):match "^toggl%.call" and "call"
    if kind then pool[kind][#pool[kind] % 8 + 1] = x end
  end
  return ...
end

local function close(x)
  local mt = debug.getmetatable(x)
  local f = mt and (mt.__close or mt.__gc)
  if f and x ~= client and x ~= server then pcall(f, x) end
end

-- ---------------------------------------------------------------------------------- hostile values

local function deep(n)
  local t = {}
  for _ = 1, n do
    t = { t }
  end
  return t
end

local function ring()
  local t = {}
  t[1] = t
  return t
end

local function long(n, first)
  return setmetatable({ first }, {
    __len = function()
      disturb()
      return n // 1 | 0
    end,
  })
end

local function other()
  return setmetatable({}, {
    __index = function(_, k)
      disturb()
      return tostring(k) .. ("x"):rep(100)
    end,
    __pairs = function()
      disturb()
      return next, { token = ("t"):rep(40) }
    end,
    __tostring = function()
      disturb()
      return ("o"):rep(300)
    end,
    __name = "other",
  })
end

local function raising()
  local function fail()
    disturb()
    error({}, 0)
  end
  return setmetatable(
    {},
    { __index = fail, __len = fail, __pairs = fail, __tostring = fail, __eq = fail, __name = 1 }
  )
end

local function options()
  return setmetatable({ cache = ":memory:" }, {
    __index = function(_, k)
      disturb()
      if k == "token" or k == "base_url" then return k .. collectgarbage "count" end
    end,
  })
end

local function each(iterate, x)
  local n = 0
  for _ in iterate(x) do
    n = n + 1
    if n == 3 then close(x) end
    if n > 50 then break end
  end
end

local function keyset(x, y)
  local set, second = core.keyset(), core.keyset()
  victims[#victims % 6 + 1] = set
  local keys, of_second = set:read(x), second:read(x)
  set:take(keys)
  close(set)
  return pcall(second.take, second, keys), second:take(of_second), second:take((second:read(y)))
end

local function crossed(x, y)
  local step = pairs(x)
  step(x)
  close(x)
  return step(x), pcall(step, y)
end

-- ----------------------------------------------------------------------------- what runs meanwhile

local armed = false

local function strike()
  armed = false
  for _, list in ipairs { victims, pool.list, pool.user, pool.call } do
    for i = #list, 1, -1 do
      close(list[i])
    end
  end
  local new = lists()
  pool.list[1], pool.user[1] = new, new[1]
end

-- A finalizer cannot collect; everything else that Lua runs can.
disturb = function()
  if not armed then return end
  strike()
  collectgarbage()
end

collectgarbage("incremental", 200, 400, 40) -- once it runs, a whole cycle at once

-- A finalizer strikes when Lua has allocated BYTES more. (Else the collector has so long a pause
-- that most steps are over before it.)
local function lay_mine(bytes)
  setmetatable({}, {
    __gc = function()
      if armed then strike() end
    end,
  })
  collectgarbage "restart" -- it is due now
  collectgarbage("step", -(bytes // 1024 + 1)) -- so many KiB later
  return ("x"):rep(1023 - bytes % 1024)
end

-- Values that a step makes become victims, since they are what it reads.
local make_lists, make_parsed = lists, parsed
function lists()
  victims[#victims % 6 + 1] = make_lists()
  return victims[#victims]
end
function parsed()
  local x = make_parsed()
  victims[#victims % 6 + 1] = x
  return x
end

local function judge(why)
  local text = type(why) == "string" and why or "" -- an object may have a __tostring of a step
  if INSIDE and text:find "toggl/[%w_/]+%.lua:%d+: attempt to" then
    io.stderr:write("mistake inside the library: ", text, "\n")
    os.exit(99, false)
  end
end

-- What else runs while F does. AT: how far into it, in the unit of each.
local MEANWHILE = {
  nothing = function(f) return pcall(f) end,
  finalizer = function(f, at)
    lay_mine(at)
    armed = true
    return pcall(f)
  end,
  callback = function(f)
    armed = true
    return pcall(f)
  end,
  hook = function(f, at)
    local left = 20
    debug.sethook(function()
      armed, left = left > 0, left - 1
      disturb()
    end, "", at)
    return pcall(f)
  end,
  interrupted = function(f, at)
    local thread = coroutine.create(f)
    local n = 0
    debug.sethook(thread, function()
      n = n + 1
      if n == at then error "hook" end
    end, "cr", 5)
    return coroutine.resume(thread)
  end,
}

local function while_(how)
  local name, at = how:match "^(%a+) ?(%d*)$"
  return function(f)
    local ok, why = MEANWHILE[name](f, tonumber(at))
    armed = false
    debug.sethook()
    if not ok then judge(why) end
    for i = #victims, 7, -1 do
      victims[i] = nil
    end
  end
end

local function finish()
  victims, pool = {}, {}
  collectgarbage()
  client:close()
  server:stop()
  io.stdout:write "\ndone\n"
end
