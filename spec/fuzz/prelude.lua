-- luacheck: ignore 211
-- The beginning of each random program (spec/fuzz/programs.lua). Failures are a report of a
-- sanitizer, a signal, and a mistake inside lua/toggl. Other errors of a step are expected.
local core, toggl = require "toggl.core", require "toggl"
-- whether a mistake inside lua/toggl is a failure
local INSIDE = (os.getenv "TOGGL_FUZZ_INSIDE" or "") ~= ""

local function disturb() end -- closes what is being read; defined below

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
-- Return a record that alone holds its page: its list is closed.
local function parsed()
  local list <close> = core.parse("org_user", TEXT)
  return list[1]
end

local pool = {} -- objects by kind; steps add what they create, closed objects stay
local victims = {} -- objects that a step creates and reads

-- Begin a part of the program: reset the server and replace all objects.
local function fresh()
  server:clear()
  if not client or not pcall(client.organizations, client) then -- closed by a step
    client = toggl.client {
      sandbox = server,
      cache = ":memory:",
      state = ":memory:",
      retries = 0,
      timeout = 0.3,
      log = function() disturb() end,
    }
  end
  local org = client:organization "Acme" -- nil: a step has renamed it, or the call timed out
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

-- Close the victims and collect. (Inside a finalizer Lua does not collect.)
disturb = function()
  if not armed then return end
  strike()
  collectgarbage()
end

collectgarbage("incremental", 200, 400, 40) -- a step runs a whole cycle

-- Make a finalizer close the victims after BYTES more are allocated. (Without it most steps end
-- during the collector's pause.)
local function lay_mine(bytes)
  setmetatable({}, {
    __gc = function()
      if armed then strike() end
    end,
  })
  collectgarbage "restart" -- sets the debt to 0: a step is due
  collectgarbage("step", -(bytes // 1024 + 1)) -- postpones it by so many KiB
  return ("x"):rep(1023 - bytes % 1024)
end

-- Objects that a step creates become victims, since the step reads them.
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
  local text = type(why) == "string" and why or "" -- no tostring(): a step may define __tostring
  if INSIDE and text:find "toggl/[%w_/]+%.lua:%d+: attempt to" then
    io.stderr:write("mistake inside the library: ", text, "\n")
    os.exit(99, false)
  end
end

-- Run F with something else. AT: when that runs, in bytes, instructions or calls.
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
