-- What several processes read and change, in random histories: after each step finders, lists,
-- tables and completion give what a plain scan of the replies gives.
--
-- Two processes share both files, one has its own store, one has none; the state file tells each
-- about the changes of the others. They rename, invite, remove, read lists in part, lose replies
-- and die. TOGGL_HISTORIES sets the number of histories. TOGGL_HISTORY=SEED runs that one alone and
-- prints its steps.
local core = require "toggl.core"
local helper = require "spec.helper"
local json = require("toggl").json
local near = require "toggl.text.near"

-- A sanitizer makes each process several times slower.
local HISTORIES = math.tointeger(tonumber(os.getenv "TOGGL_HISTORIES"))
  or os.getenv "TOGGL_PRELOAD" and 20
  or 200
local ONLY = math.tointeger(tonumber(os.getenv "TOGGL_HISTORY"))
local STEPS, PEOPLE, PAGE = 6, 16, 5

local function pick(list) return list[math.random(#list)] end

-- ----------------------------------------------------------------------------------- the processes

local Worker = {}
Worker.__index = Worker

-- The options of each process, in FOLDER.
local function options_of(server, folder, settle)
  local all = {
    { cache = folder .. "/cache.db" },
    { cache = folder .. "/cache.db", max_age = 3600 },
    { cache = folder .. "/own.db" },
    { cache = false },
  }
  for _, o in ipairs(all) do
    o.unix_socket, o.base_url, o.token = server.socket, server.url, server:token()
    o.state, o.settle = folder .. "/state.db", settle
  end
  return all
end

local function literal(value)
  if type(value) ~= "table" then return ("%q"):format(value) end
  local parts = {}
  for name, item in pairs(value) do
    parts[#parts + 1] = ("%s = %s"):format(name, literal(item))
  end
  return "{ " .. table.concat(parts, ", ") .. " }"
end

-- Returns what the function NAME of the process returns.
function Worker:call(name, ...)
  local words = {}
  for i = 1, select("#", ...) do
    words[i] = literal((select(i, ...)))
  end
  self.to:write(("return M.%s(%s)\n"):format(name, table.concat(words, ", ")))
  self.to:flush()
  local line = self.from:read "l"
  local answer = assert(json.decode(line or '{"broken":"the process ended"}'))
  if answer.broken then error(answer.broken, 0) end
  return answer
end

-- Returns a process that reads commands, and answers through a pipe in FOLDER.
local function start_worker(folder, number)
  local pipe = ("%s/reply-%d"):format(folder, number)
  assert(os.execute("mkfifo -m 600 " .. helper.quote(pipe)))
  local line = ("TOGGL_BUILD=%s LUA_PATH=%s LUA_CPATH=%s exec %s spec/histories/worker.lua %s"):format(
    helper.quote(helper.build),
    helper.quote "./?.lua;lua/?.lua;lua/?/init.lua;;",
    helper.quote(helper.build .. "/?.so;;"),
    helper.interpreter "lua5.4",
    helper.quote(pipe)
  )
  local to = assert(io.popen(line, "w"))
  return setmetatable({ to = to, from = assert(io.open(pipe)), pipe = pipe }, Worker)
end

function Worker:stop()
  self.to:close()
  self.from:close()
  os.remove(self.pipe)
end

-- -------------------------------------------------------------------------------- what is so, plainly

-- The records of METHOD as the service has them, read once for each step.
local function truth(world, method)
  if world.truth[method] then return world.truth[method] end
  local from = method == "organizations" and world.reader or world.org
  local list = assert(from[method](from, method == "users" and { per_page = 200 } or nil))
  assert(list.complete)
  local records = {}
  for i, record in ipairs(list) do
    local t = json.decode(record:raw())
    t.api_token, t.ical_url = nil, nil -- secrets, which no store has
    records[i] = t
  end
  world.truth[method] = records
  return records
end

local SELF = { users = "id", groups = "group_id", workspaces = "id", organizations = "id" }

-- The records that KEY names, by the rules of the guide.
local function named(records, method, key)
  local by = { exact = {}, alike = {}, key = {} }
  local field = method == "users" and type(key) == "string" and key:find "@" and "email" or "name"
  local id, number = SELF[method], math.tointeger(tonumber(key))
  if type(key) == "table" then
    local kind
    kind, number = next(key)
    id = kind == "organization_user_id" and "id" or kind
  end
  for _, r in ipairs(records) do
    if type(key) == "string" and r[field] == key and field == "name" then
      table.insert(by.exact, r)
    elseif type(key) == "string" and core.fold(r[field]) == core.fold(key) then
      table.insert(by.alike, r)
    elseif (method ~= "users" or type(key) == "table") and number and r[id] == number then
      table.insert(by.key, r)
    end
  end
  local some = #by.exact > 0 and by.exact or by.alike
  return table.move(by.key, 1, #by.key, #some + 1, some)
end

local function suggested(records, key)
  local items = near.items(key, records, function(r)
    local names = { r.name }
    names[#names + 1] = r.email
    return names
  end)
  local labels = {}
  for i, r in ipairs(items) do
    labels[i] = r.name and r.email and ("%s <%s>"):format(r.name, r.email)
      or ("%q"):format(r.name or r.email)
  end
  return labels
end

local function text_of(value) return value == nil and "nothing" or assert(json.encode(value)) end

-- ------------------------------------------------------------------------------------- the questions

local FINDERS = { "user", "user", "group", "group", "workspace", "organization" }

-- A name as a person may type it. The service's filter compares other letters byte by byte.
local function respell(text)
  local how = math.random(8)
  if how > 4 or text:find "[\x80-\xFF]" then return text end
  if how == 1 then return text:upper() end
  if how == 2 then return (text:gsub("^(.)(.)", "%2%1")) end
  if how == 3 then return text:sub(1, -2) end
  return text .. "x"
end

local function question(world)
  local finder = pick(FINDERS)
  local method = finder .. "s"
  local records = truth(world, method)
  local old = world.names[method]
  local one = pick(records)
  local key = pick { one.name, one.email or one.name, pick(old) or one.name }
  if finder == "user" and math.random(3) == 1 then
    local kind = pick { "organization_user_id", "user_id" }
    local number = kind == "user_id" and one.user_id or one.id
    return finder,
      records,
      { [kind == "user_id" and not one.user_id and "organization_user_id" or kind] = number }
  end
  if finder ~= "user" and math.random(4) == 1 then
    return finder, records, pick { one[SELF[method]], tostring(one[SELF[method]]) }
  end
  return finder, records, respell(key)
end

local function check_answer(world, worker, why)
  local finder, records, key = question(world)
  local answer = worker:call("ask", finder, key)
  local wanted = named(records, finder .. "s", key)
  why = ("%s\n  asked for %s %s"):format(why, finder, literal(key))
  local kind = #wanted == 1 and "found" or #wanted == 0 and "not_found" or "conflict"
  assert.equal(kind, answer.kind, why)
  if kind == "found" then
    local found = json.decode(answer.record)
    found.api_token, found.ical_url = nil, nil
    assert.equal(text_of(wanted[1]), text_of(found), why)
    assert.is_falsy(answer.stale, why)
  elseif kind == "not_found" and answer.hit and type(key) == "string" then
    for _, label in ipairs(suggested(records, key)) do
      local there = answer.advice:find(label, 1, true)
      assert.is_truthy(there, ("%s\n  suggested %s, not %s"):format(why, answer.advice, label))
    end
  end
  world.counts.hits = world.counts.hits + (answer.hit and 1 or 0)
  world.counts.own = world.counts.own + (answer.own and 1 or 0)
end

local function check_list(world, worker, why)
  local method = pick { "users", "groups", "workspaces" }
  local answer = worker:call("list", method, {})
  if not answer.fresh then return end
  local found, wanted = {}, {}
  for i, raw in ipairs(answer.records) do
    local t = json.decode(raw)
    t.api_token, t.ical_url = nil, nil
    found[i] = text_of(t)
  end
  for i, record in ipairs(truth(world, method)) do
    wanted[i] = text_of(record)
  end
  table.sort(found)
  table.sort(wanted)
  assert.equal(table.concat(wanted, "\n"), table.concat(found, "\n"), why .. "\n  read " .. method)
end

-- ------------------------------------------------------------------------------------- the events

local serial = 0

local function new_name()
  serial = serial + 1
  return pick { "Ann Lee", "José Núñez", "Zoë", "ＷＩＤＥ", "王小明", "O'Neil", "7" }
    .. (math.random(4) == 1 and "" or " " .. serial)
end

local function remember(world, method, name) table.insert(world.names[method], name) end

local function person(world)
  local one = pick(truth(world, "users"))
  if math.random(2) == 1 then remember(world, "users", pick { one.name, one.email }) end
  return one
end

local function group(world)
  local one = pick(truth(world, "groups"))
  remember(world, "groups", one.name)
  return one
end

-- Each returns the words of a call of the process.
local EVENTS = {
  read = function() return "list", "users", { refresh = math.random(2) == 1 } end,
  read_groups = function() return "list", "groups", { refresh = math.random(2) == 1 } end,
  rest = function() return "act", "read_rest" end,
  page = function()
    return "act", "one_page", math.random(4), pick { PAGE, PAGE, 3 }, math.random(2) == 1
  end,
  filtered = function() return "act", "filtered", pick { "ann", "e", "none" } end,
  rename = function(world) return "act", "rename", person(world).id, new_name() end,
  rename_again = function(world) return "act", "rename", person(world).id, new_name() end,
  deactivate = function(world) return "act", "deactivate", person(world).id end,
  activate = function(world) return "act", "activate", person(world).id end,
  offboard = function(world) return "act", "offboard", person(world).id end,
  remove = function(world)
    local one = person(world)
    remember(world, "users", one.email)
    return "act", "remove", one.id
  end,
  invite = function(world)
    serial = serial + 1
    local email = ("Guest.%d@Example.com"):format(serial)
    remember(world, "users", email)
    return "act", "invite", email, pick { group(world).group_id, false }
  end,
  create = function() return "act", "create_group", new_name() end,
  create_again = function() return "act", "create_group", new_name() end,
  regroup = function(world) return "act", "rename_group", group(world).group_id, new_name() end,
  disband = function(world)
    local all = truth(world, "groups")
    if #all < 3 then return "act", "create_group", new_name() end
    return "act", "delete_group", group(world).group_id
  end,
  join = function(world)
    return "act", pick { "join", "leave" }, group(world).group_id, person(world).user_id or 5
  end,
  workspace = function(world)
    local one = pick(truth(world, "workspaces"))
    remember(world, "workspaces", one.name)
    return "act", "rename_workspace", one.id, new_name()
  end,
}

local NAMES_OF_EVENTS = {}
for name in pairs(EVENTS) do
  NAMES_OF_EVENTS[#NAMES_OF_EVENTS + 1] = name
end
table.sort(NAMES_OF_EVENTS)

-- ----------------------------------------------------------------------------------- the histories

local function step(world, log)
  local number = math.random(#world.workers)
  local event = pick(NAMES_OF_EVENTS)
  local words = table.pack(EVENTS[event](world))
  local fault = math.random(12) == 1 and pick { "commit-then-drop:1", "reset:1" } or nil
  if fault then world.server:fault(fault) end
  local texts = {}
  for i = 2, words.n do
    texts[#texts + 1] = literal(words[i])
  end
  local answer = world.workers[number]:call(table.unpack(words, 1, words.n))
  world.server:clear()
  log[#log + 1] = ("%d: %s%s%s"):format(
    number,
    table.concat(texts, " "),
    fault and " with " .. fault or "",
    answer.why and ": " .. answer.why or ""
  )
  return number
end

-- What is asked after a step of the process NUMBER, mostly of that one.
local function questions(world, number, why)
  local workers = world.workers
  for i = 1, 4 do
    check_answer(world, i < 4 and workers[number] or pick(workers), why)
  end
  if math.random(3) == 1 then check_list(world, pick(workers), why) end
  if math.random(3) == 1 then
    local i = math.random(#workers)
    local answer = workers[i]:call("tables", pick { "", "A", "a", "Zo", "guest.1", "José" })
    assert(not answer.differ, ("%s\n  %d: %s"):format(why, i, answer.differ))
  end
end

local function run_steps(world, options, restart)
  local log = {}
  for _ = 1, STEPS do
    local number = step(world, log)
    world.truth = {}
    if math.random(20) == 1 then
      local i = math.random(#world.workers)
      log[#log + 1] = i .. ": dies"
      restart(i)
      world.workers[i]:call("open", options[i], world.org.id, PAGE)
    end
    if ONLY then print(log[#log]) end
    questions(
      world,
      number,
      ("TOGGL_HISTORY=%d:\n  %s"):format(world.seed, table.concat(log, "\n  "))
    )
  end
end

local function run_history(seed, workers, restart, counts)
  math.randomseed(seed)
  serial = 0
  local folder = helper.scratch()
  local server = helper.sandbox { record = false, people = PEOPLE }
  local reader = helper.client(server, {})
  local world = {
    seed = seed,
    server = server,
    workers = workers,
    reader = reader,
    org = reader:organization "Acme",
    names = { users = {}, groups = {}, workspaces = {}, organizations = {} },
    truth = {},
    counts = counts,
  }
  local options = options_of(server, folder, pick { 0, 0, 0, 10 })
  local ok, err = xpcall(function()
    for i, worker in ipairs(workers) do
      worker:call("open", options[i], world.org.id, PAGE)
    end
    run_steps(world, options, restart)
    for _, worker in ipairs(workers) do
      worker:call "close"
    end
  end, debug.traceback)
  reader:close()
  server:stop()
  helper.remove(folder)
  if not ok then error(err, 0) end
end

describe("four processes", function()
  local seeds, workers, folder = ONLY and { ONLY } or {}, {}, nil
  for seed = 1, ONLY and 0 or HISTORIES do
    seeds[seed] = seed
  end

  local function restart(i)
    workers[i].to:write "M.crash()\n"
    workers[i]:stop()
    workers[i] = start_worker(folder, i)
  end

  setup(function()
    folder = helper.scratch()
    for i = 1, 4 do
      workers[i] = start_worker(folder, i)
    end
  end)
  teardown(function()
    for _, worker in ipairs(workers) do
      worker:stop()
    end
    helper.remove(folder)
  end)

  local why = os.getenv "TOGGL_PRELOAD" and ", fewer under a sanitizer" or ""
  it(("see what a plain scan sees, in %d random histories%s"):format(#seeds, why), function()
    if not os.execute "command -v sqlite3 >/dev/null" then return pending "sqlite3 is missing" end
    local counts = { hits = 0, own = 0 }
    for _, seed in ipairs(seeds) do
      run_history(seed, workers, restart, counts)
    end
    local said = ("seeds %d to %d: %d answers by the rows, %d with own changes"):format(
      seeds[1],
      seeds[#seeds],
      counts.hits,
      counts.own
    )
    print(said)
    assert.is_true(ONLY ~= nil or counts.hits > HISTORIES and counts.own > HISTORIES / 4, said)
  end)
end)
