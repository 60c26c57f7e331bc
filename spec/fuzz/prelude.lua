-- luacheck: ignore 211
-- What a random program stands on (spec/fuzz/programs.lua). Only a report of a sanitizer, a signal or a mistake inside
-- lua/toggl is a failure: whatever else a step raises is what hostile values deserve.
local core, toggl = require "toggl.core", require "toggl"
-- also look for mistakes inside lua/toggl
local INSIDE = (os.getenv "TOGGL_FUZZ_INSIDE" or "") ~= ""

local server = toggl.sandbox.start { people = 5 }
local client = toggl.client {
  sandbox = server,
  cache = ":memory:",
  state = ":memory:",
  retries = 0,
  timeout = 0.3,
  log = function() return #{} end,
}
local org = client:organization "Acme"

local TEXT = '[{"id":1,"name":"'
  .. ("\\u00e9x"):rep(900)
  .. '","fullname":"A","email":"a@acme.test","long":"'
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

-- Things of each kind; what steps make is added, what is closed stays.
local pool = {
  client = { client },
  server = { server },
  organization = { org },
  list = { lists() },
  user = { parsed() },
  group = {},
  workspace = {},
  call = {},
}
for kind, list in pairs { user = org:users(), workspace = org:workspaces(), group = org:groups() } do
  for i = 1, #list do
    pool[kind][#pool[kind] + 1] = list[i]
  end
  pool.list[#pool.list + 1] = list
end

local victims = {} -- what a step makes and reads

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
  return setmetatable({ first }, { __len = function() return n // 1 | 0 end })
end

local function other()
  return setmetatable({}, {
    __index = function(_, k) return tostring(k) .. ("x"):rep(100) end,
    __pairs = function() return next, { token = ("t"):rep(40) } end,
    __name = "other",
  })
end

local function raising()
  local function fail() error({}, 0) end
  return setmetatable(
    {},
    { __index = fail, __len = fail, __pairs = fail, __tostring = fail, __eq = fail, __name = 1 }
  )
end

local function options()
  return setmetatable({ cache = ":memory:" }, {
    __index = function(_, k)
      collectgarbage "step"
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
    for i = #list, math.max(1, #list - 4), -1 do
      close(list[i])
    end
  end
  local fresh = lists()
  pool.list[1], pool.user[1] = fresh, fresh[1]
end

local function mine()
  setmetatable({}, {
    __gc = function()
      if armed then
        strike()
      else
        mine()
      end
    end,
  })
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

local MEANWHILE = {
  nothing = function(f) return pcall(f) end,
  finalizer = function(f)
    mine()
    collectgarbage("incremental", 10, 1000)
    armed = true
    local ok, why = pcall(f)
    armed = false
    return ok, why
  end,
  hook = function(f)
    debug.sethook(function() collectgarbage "step" end, "", 50)
    local ok, why = pcall(f)
    debug.sethook()
    return ok, why
  end,
  interrupted = function(f)
    local thread = coroutine.create(f)
    local n = 0
    debug.sethook(thread, function()
      n = n + 1
      if n == turn % 90 + 3 then error "hook" end
    end, "cr", 5)
    return coroutine.resume(thread)
  end,
}

local function while_(how)
  return function(f)
    local ok, why = MEANWHILE[how](f)
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
