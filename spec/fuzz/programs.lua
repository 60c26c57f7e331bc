-- togglsh spec/fuzz/programs.lua SEED [STEPS]: print a random Lua program that uses the module with
-- hostile values. scripts/dev/programs runs such programs on a build with sanitizers. Equal seeds
-- print equal programs.
--
-- A program is the prelude (spec/fuzz/prelude.lua) and one line for each step. A step calls a
-- function of toggl.core, a method, or a part of toggl; reads a record or a list in some way; or
-- joins, picks and closes. `while_` before it says what else runs meanwhile: a finalizer, a hook or
-- a metamethod that closes what is read.

local core, toggl = require "toggl.core", require "toggl"

local seed = math.tointeger(tonumber(arg[1])) or 1
local steps = math.tointeger(tonumber(arg[2])) or 400
local PART = 40 -- steps in a part; each part begins with new objects
math.randomseed(seed)

local function one_of(list) return list[math.random(#list)] end

local function sorted(names)
  table.sort(names)
  return names
end

-- Excluded: functions that wait, write to the kernel's keyring, or affect the judging itself.
local LEFT_OUT = {
  sleep = true,
  ticks = true,
  library = true,
  keyring_set = true,
  keyring_drop = true,
  step = true,
  wait_until = true,
  wait = true,
  stop = true,
  close_all = true,
  task = true,
  fds = true,
}

local function functions_of(t)
  local names = {}
  for name, value in pairs(t) do
    if type(value) == "function" and type(name) == "string" and not LEFT_OUT[name] then
      names[#names + 1] = name
    end
  end
  return sorted(names)
end

local CORE = functions_of(core)
local METHODS = {}
for class, methods in pairs(require "toggl.objects") do
  METHODS[class] = functions_of(methods)
end
METHODS.list = functions_of(core.list_methods)
METHODS.server = { "token", "password_of", "set", "fault", "clear", "requests", "advance" }
METHODS.call = { "done", "wait", "cancel", "client" }
local KINDS = {}
for kind in pairs(METHODS) do
  KINDS[#KINDS + 1] = kind
end
sorted(KINDS)

local VALUES = {
  "nil",
  "true",
  "false",
  "0",
  "1",
  "-1",
  "2^53",
  "2^61",
  "math.mininteger",
  "math.maxinteger",
  "0/0",
  "1/0",
  "''",
  "'\\0'",
  "'Acme'",
  "'a@example.com'",
  "'%s%n'",
  "'\\xff\\xfe'",
  "('x'):rep(5000)",
  "{}",
  "{1, 2, 3}",
  "{a = 1}",
  "{{}}",
  "deep(60)",
  "deep(300)",
  "deep(3000)",
  "ring()",
  "long(2^61)",
  "long(-1)",
  "other()",
  "raising()",
  "print",
  "coroutine.create(print)",
  "io.stdout",
  "core.null",
  "'user'",
  "'workspace'",
  "'organization_id'",
  "'id'",
  "'name'",
  "any 'list'",
  "any 'user'",
  "any 'organization'",
  "any 'workspace'",
  "any 'group'",
  "any 'client'",
  "any 'call'",
  "any 'server'",
  "{any 'list', any 'list'}",
  "{any 'user', any 'user'}",
  "{faults = ring()}",
  "{fault = deep(300)}",
  "{fault = deep(3000)}",
  "{faults = {deep(3000)}}",
  "{faults = {'429', {'500'}}}",
  "{max_age = 0/0}",
  "{auth = {token = 'x'}}",
  "{timeout = -1}",
  "{name = 'x'}",
  "{confirm = print}",
  "options()",
  "'get_organization_users'",
  "'list_organizations'",
  "'SELECT 1'",
  "'SELECT * FROM users'",
  "'/me'",
  "'GET'",
  "'POST'",
}

local PARTS = { "map", "all", "audit", "help", "client" }
for _, part in ipairs { "json", "csv", "show", "options", "report", "secrets", "audit" } do
  for _, name in ipairs(functions_of(toggl[part])) do
    PARTS[#PARTS + 1] = part .. "." .. name
  end
end

local READS = {
  "x.name",
  "x.fullname",
  "x.email",
  "x.foo",
  "x.long",
  "x.deep",
  "x:table()",
  "x:raw()",
  "tostring(x)",
  "x:detach()",
  "x:place()",
  "x:model()",
  "x == y",
  "each(pairs, x)",
  "x[VALUE]",
  "crossed(x, y)",
}

local LIST_READS = {
  "x[1]",
  "x[2]",
  "x[#x]",
  "x[#x + 1]",
  "x[VALUE]",
  "x:table()",
  "x:raw()",
  "tostring(x)",
  "#x",
  "each(pairs, x)",
  "each(x.each, x)",
  "core.join{x, y}",
  "core.join(long(2^61, x))",
  "core.pick(x, {1, #x})",
  "core.pick(core.pick(x, {2, 1}), {1, 2, 3})",
  "core.pick(core.pick(x, {1}), {VALUE})",
  "core.pick(x, long(2^61, 1))",
  "x.at",
  "x.age",
  "x.complete",
  "x.pages",
  "core.pick(core.pick(x, {1}), {1, 1, 2})",
  "toggl.show.text(x)",
  "keyset(x, y)",
  "keyset(x, VALUE)",
}

-- Return a random integer between LEAST and MOST, distributed evenly by its logarithm.
local function distance(least, most) return math.floor(least * (most / least) ^ math.random() + 0.5) end

-- What else runs during a step, and when.
local DURING = {
  function() return "nothing" end,
  function() return "callback" end,
  function() return "finalizer " .. distance(64, 2 ^ 15) end,
  function() return "finalizer " .. distance(64, 2 ^ 11) end,
  function() return "hook " .. distance(20, 1000) end,
  function() return "interrupted " .. distance(3, 100) end,
}

local function value() return one_of(VALUES) end

local function arguments(most)
  local list = {}
  for i = 1, math.random(0, most) do
    list[i] = value()
  end
  return table.concat(list, ", ")
end

local function fill(text)
  return (text:gsub("VALUE", function() return value() end))
end

local MAKERS = {
  function() return ("core.%s(%s)"):format(one_of(CORE), arguments(3)) end,
  function()
    local kind = one_of(KINDS)
    return ("any('%s'):%s(%s)"):format(kind, one_of(METHODS[kind]), arguments(3))
  end,
  function() return ("any('%s').%s(%s)"):format("user", one_of(METHODS.user), arguments(2)) end,
  function() return ("toggl.%s(%s)"):format(one_of(PARTS), arguments(3)) end,
  function() return "local x, y = parsed(), any 'user' return " .. fill(one_of(READS)) end,
  function() return "local x, y = any 'user', parsed() return " .. fill(one_of(READS)) end,
  function() return "local x, y = lists(), any 'list' return " .. fill(one_of(LIST_READS)) end,
  function() return "local x, y = any 'list', lists() return " .. fill(one_of(LIST_READS)) end,
  function()
    return ("local x <close> = any '%s' return keep(x)"):format(
      one_of { "list", "user", "group", "call" }
    )
  end,
  function() return "local x = lists() close(x) close(x) return x[1], x:raw()" end,
  function()
    return ("return keep(core.start('%s', any 'client', %s))"):format(
      one_of(core.operations).name,
      value()
    )
  end,
  function()
    return ("any('server'):set({%s = %s})"):format(
      one_of { "faults", "fault", "plan", "x" },
      value()
    )
  end,
}

local function step()
  local body = one_of(MAKERS)()
  if not body:find "return" then body = "return " .. body end
  return ("while_ %q (function() %s end)"):format(one_of(DURING)(), body)
end

local lines = { ("-- seed %d, %d steps"):format(seed, steps) }
local prelude <close> = assert(io.open((arg[0]:gsub("programs%.lua$", "prelude.lua"))))
lines[2] = prelude:read "a"
for i = 1, steps do
  if i % PART == 1 then lines[#lines + 1] = "fresh()" end
  lines[#lines + 1] = step()
end
lines[#lines + 1] = "finish()"
io.write(table.concat(lines, "\n"), "\n")
