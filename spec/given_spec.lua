-- Call each public function and method with values of each wrong kind. It may do its work, return
-- nil and an error, or raise misuse that names the value. A mistake inside lua/toggl is a failure.
local helper = require "spec.helper"
local core = require "toggl.core"
local check = require "toggl.words.check"
local facts = require "toggl.words.facts"
local rows = require "toggl.words.methods"
local tasks = require "toggl.task"
local toggl = require "toggl"

-- Functions that are called with fewer values or not at all, and why.
local LEFT_OUT = {
  ["client.close"] = "the others need the client",
  ["sandbox.stop"] = "the others need the server",
  ["client.set_offline"] = "the others must send nothing",
  ["toggl.show.print"] = "it writes to the terminal",
  ["toggl.show.write"] = "it writes to the terminal",
  ["toggl.report.write"] = "it writes files",
  ["toggl.secrets.ask"] = "it reads the terminal",
  ["toggl.secrets.store"] = "it writes files: see below",
  ["toggl.secrets.drop"] = "it writes files",
}

-- These wait for a time or a signal: they get wrong values alone.
local WAITS = {
  ["client.step"] = true,
  ["client.wait_until"] = true,
  ["sandbox.wait"] = true,
  ["tasks.pause"] = true,
  ["tasks.run"] = true,
  ["tasks.settle"] = true,
  ["tasks.sleep"] = true,
  ["toggl.sleep"] = true,
}

local function refuse() error({}, 0) end

local function long(n, first)
  return setmetatable({ first }, { __len = function() return n end })
end

local function ring()
  local t = {}
  t[1] = t
  return t
end

local RAISING = setmetatable(
  {},
  { __index = refuse, __len = refuse, __pairs = refuse, __tostring = refuse, __name = 1 }
)
local OTHER = setmetatable(
  {},
  { __index = function(_, k) return tostring(k) end, __name = "other" }
)

local function hostile(client, org)
  local closed = core.parse("org_user", '[{"id":1,"name":"a"}]')
  local record = closed[1]
  getmetatable(closed).__close(closed)
  return {
    nil,
    false,
    0,
    -1,
    1.5,
    0 / 0,
    "",
    "%d%s",
    "\xFF",
    tostring,
    coroutine.create(print),
    io.stdout,
    {},
    { 1, {} },
    { a = 1 },
    { {} },
    RAISING,
    OTHER,
    client,
    org,
    closed,
    record,
    ring(),
    long(2 ^ 61 // 1 | 0),
    long(-1),
    long("x"),
    long(2 ^ 61 // 1 | 0, "x"),
    core.null,
  }
end

-- Raise an error for a message that does not help the caller.
local function judge(name, ok, err)
  if ok or type(err) ~= "string" then return end
  local inside = err:find "attempt to"
    or err:find "lua/toggl/[%w_/]+%.lua:%d+:"
    or err:find "stack overflow"
  assert(not inside, ("%s: %s"):format(name, err))
end

-- Call F with wrong values. SELF: the object of a method, or nil. FEW: one wrong argument at a
-- time.
local function each_argument(name, f, values, self, few)
  for i = 1, few and #values or #values + 3 do
    local value = values[i]
    local list = self and { self, value } or { value }
    local first = self and 2 or 1
    judge(name, pcall(f, table.unpack(list, 1, first)))
    for k = 1, few and 0 or #values, 3 do
      local more = self and { self, value, values[k], values[k] } or { value, values[k], values[k] }
      judge(name, pcall(f, table.unpack(more, 1, first + 1)))
    end
    if self then judge(name .. " of another object", pcall(f, value, value)) end
  end
end

-- Return whether no function accepts VALUE as a time or as something to wait for.
local function is_wrong(value)
  return value ~= nil and type(value) ~= "number" and type(value) ~= "function"
end

local function wrong(values)
  local some = {}
  for i = 1, #values do
    if is_wrong(values[i]) then some[#some + 1] = values[i] end
  end
  return some
end

local function functions_of(t)
  local names = {}
  for name, f in pairs(t) do
    if type(name) == "string" and type(f) == "function" then names[#names + 1] = name end
  end
  table.sort(names)
  return names
end

-- Return every public function as {class =, name =}, read from the tables: new ones are included.
local function public()
  local all, known = {}, {}
  local function add(class, name)
    local key = class .. "." .. name
    if not known[key] then
      known[key] = true
      all[#all + 1] = { class = class, name = name, key = key }
    end
  end
  for _, row in ipairs(rows) do
    if row.class:find "^toggl" or row.class == "sandbox" then add(row.class, row.name) end
  end
  for _, class in ipairs(facts.classes) do
    local part = class.class:match "^toggl%.(%w+)$"
    for _, name in ipairs(part and functions_of(toggl[part]) or {}) do
      add(class.class, name)
    end
  end
  for _, name in ipairs(functions_of(toggl.secrets)) do
    add("toggl.secrets", name)
  end
  for class, methods in pairs(core.classes) do
    local _ = methods.any_that_is_not_there -- loads the methods written in Lua
    for _, name in ipairs(functions_of(methods)) do
      add(class, name)
    end
  end
  for _, name in ipairs(functions_of(core.list_methods)) do
    add("list", name)
  end
  for _, name in ipairs(functions_of(getmetatable(toggl.task(function() end)).__index)) do
    add("task", name)
  end
  for _, name in ipairs(functions_of(tasks)) do
    add("tasks", name)
  end
  return all
end

-- Return an object of each class. Those that the sandbox lacks are parsed from a text.
local function objects_of(client, org)
  local objects = {
    client = client,
    organization = org,
    user = org:users()[1],
    group = org:groups()[1],
    workspace = org:workspaces()[1],
    list = org:groups(),
    sandbox = client:sandbox(),
    task = toggl.task(function() end),
  }
  for _, model in ipairs(core.models) do
    local class = model.class or "record"
    if core.classes[class] and not objects[class] then
      objects[class] = core.parse(model.name, '[{"id":1,"name":"a"}]')[1]
    end
  end
  return objects
end

local function function_of(class, name, object)
  if class == "toggl" then return toggl[name] end
  if class == "tasks" then return tasks[name] end
  if class == "sandbox" then return object[name] end
  if class == "list" then return core.list_methods[name] end
  if class == "task" then return getmetatable(object).__index[name] end
  return core.classes[class] and core.classes[class][name] or toggl[class:match "%.(.*)$"][name]
end

describe("an argument", function()
  local server, client, org, values, objects

  setup(function()
    tasks.pollfd() -- its descriptors stay open until the Lua state is closed
    helper.keep_descriptors()
    server = helper.sandbox { record = false }
    client = helper.client(server, { cache = ":memory:", offline = true })
    client:set_offline(false)
    org = assert(client:organization "Acme")
    objects = objects_of(client, org)
    client:set_offline(true)
    values = hostile(client, org)
  end)

  teardown(function()
    client:close()
    server:stop()
    values, objects, org = nil, nil, nil
  end)

  for _, f in ipairs(public()) do
    if not LEFT_OUT[f.key] then
      it("is checked by " .. f.key, function()
        local object = objects[f.class]
        assert.is_true(object ~= nil or f.class:find "^toggl" ~= nil or f.class == "tasks")
        each_argument(
          f.key,
          function_of(f.class, f.name, object),
          WAITS[f.key] and wrong(values) or values,
          object,
          WAITS[f.key]
        )
        assert(core.is_open(client), f.key .. " closed the client")
        client:set_offline(true)
      end)
    end
  end

  it("is not tried only for functions that exist", function()
    local there = {}
    for _, f in ipairs(public()) do
      there[f.key] = true
    end
    for _, names in ipairs { LEFT_OUT, WAITS } do
      for name in pairs(names) do
        assert.is_true(there[name], name)
      end
    end
  end)

  it("is checked where a secret is stored", function()
    for _, value in ipairs { 5, print, {} } do
      judge("toggl.secrets.store", pcall(toggl.secrets.store, value, value))
    end
  end)

  it("is named with the function and the way to write it, at the line of the caller", function()
    for _, case in ipairs {
      {
        "toggl.csv.row: cells must be a list, got nil: write toggl.csv.row(cells, [options])",
        toggl.csv.row,
      },
      {
        "toggl.csv.encode: rows[2] must be a list, got 5: write toggl.csv.encode(rows, [options])",
        toggl.csv.encode,
        { {}, 5 },
      },
      {
        "toggl.show.text: options.columns must be a string or a list, got true: "
          .. "write toggl.show.text(value, [options])",
        toggl.show.text,
        {},
        { columns = true },
      },
      {
        'toggl.options.read: how must be "stop" or "pick", got "x": write toggl.options.read(words, spec, [how])',
        toggl.options.read,
        {},
        {},
        "x",
      },
      { "toggl.sleep requires a number of seconds, got nil", toggl.sleep },
      { "toggl.sleep requires a number of seconds, got not a number", toggl.sleep, 0 / 0 },
      { "toggl.task requires a function, got nil", toggl.task },
      { "task.wait lacks its object: write task:wait()", toggl.task(function() end).wait },
      { "there is no knob 'colour'", toggl.sandbox.start, { colour = 1 } },
      {
        "toggl.audit.read: org must be an organization, got nil: write toggl.audit.read(org)",
        toggl.audit.read,
      },
    } do
      local ok, why = pcall(function() local _ = case[2](table.unpack(case, 3)) end)
      assert.is_false(ok)
      assert.equal(case[1], why:gsub("^spec/given_spec%.lua:%d+: ", ""))
      assert.matches("^spec/given_spec%.lua:%d+: ", why)
    end
  end)

  it("is counted, however long a list says it is", function()
    local endless = long(2 ^ 61 // 1 | 0)
    for _, format in ipairs { "table", "csv", "json", "jsonl" } do
      assert.error_matches(
        function() toggl.show.text(endless, { format = format }) end,
        "a list of at most 10000000"
      )
    end
    local array = setmetatable(
      {},
      { __name = "toggl.array", __len = function() return 1 << 61 end }
    )
    assert.equal("[]", toggl.json.encode(array))
    assert.error_matches(function() toggl.csv.encode(endless) end, "a list of at most")
    assert.error_matches(function() toggl.options.near("x", endless) end, "a list of at most")
    assert.error_matches(function() toggl.map(endless, print) end, "a list of at most")
    assert.error_matches(function() toggl.options.read(endless, {}) end, "a list of at most")
    -- OTHER has an item at each index
    assert.is_nil(toggl.options.meant("x", OTHER))
    assert.same({}, toggl.options.select("id", {})(OTHER))
    assert.same({}, (toggl.options.read(OTHER, { many = "string" })))
    assert.is_string(toggl.show.text({ { a = 1 } }, { columns = OTHER }))
  end)

  it("may be a table that contains itself, which is rejected", function()
    for _, format in ipairs { "json", "jsonl" } do
      assert.error_matches(
        function() toggl.show.text({ ring() }, { format = format }) end,
        "nested deeper than 128"
      )
    end
  end)

  it("has types that the checker can read", function()
    for _, row in ipairs(rows) do
      if row.class:find "^toggl%." then
        local part = { [row.name] = function() return "called" end }
        check.part(row.class, part)
        assert.is_function(part[row.name])
      end
    end
  end)
end)

describe("a part of toggl", function()
  it("is there for `require` as the first line of a script", function()
    for _, name in ipairs {
      "json",
      "csv",
      "show",
      "options",
      "report",
      "secrets",
      "audit",
      "sandbox",
    } do
      local out, err, status = helper.run(
        {},
        helper.build .. "/togglsh",
        "-e",
        ("local part = require 'toggl.%s'; print(part == require 'toggl'.%s)"):format(name, name)
      )
      assert.equal("true\n", out, err)
      assert.equal(0, status)
    end
  end)
end)
