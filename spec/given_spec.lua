-- Every public function and method is called with values of every wrong kind. It may do its work,
-- return nil and an error, or raise misuse that names what was given; a mistake inside lua/toggl is
-- a failure.
local helper = require "spec.helper"
local core = require "toggl.core"
local check = require "toggl.words.check"
local rows = require "toggl.words.methods"
local toggl = require "toggl"

-- Those that end what the others need, wait, or read the terminal.
local LEFT_OUT = {
  ["client.close"] = true,
  ["client.step"] = true,
  ["client.fds"] = true,
  ["client.timeout"] = true,
  ["client.set_offline"] = true,
  ["client.wait_until"] = true,
  ["toggl.sleep"] = true,
  ["toggl.sandbox.start"] = true,
  ["toggl.show.print"] = true,
  ["toggl.show.write"] = true,
  ["toggl.report.write"] = true,
  ["toggl.task"] = true,
  ["toggl.secrets.ask"] = true,
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

-- Raises what a caller cannot act on.
local function judge(name, ok, err)
  if ok or type(err) ~= "string" then return end
  local inside = err:find "attempt to"
    or err:find "lua/toggl/[%w_/]+%.lua:%d+:"
    or err:find "stack overflow"
  assert(not inside, ("%s: %s"):format(name, err))
end

local function each_argument(name, f, values, self)
  for i = 1, #values + 3 do
    local value = values[i]
    local list = self and { self, value } or { value }
    local first = self and 2 or 1
    judge(name, pcall(f, table.unpack(list, 1, first)))
    for k = 1, #values, 3 do
      judge(
        name,
        pcall(
          f,
          table.unpack({ list[1], self and value or values[k], values[k], values[k] }, 1, first + 1)
        )
      )
    end
    if self then judge(name .. " of another object", pcall(f, value, value)) end
  end
end

describe("what a function is given", function()
  local server, client, org, values, objects

  setup(function()
    server = helper.sandbox { record = false }
    client = helper.client(server, { cache = ":memory:", offline = true })
    client:set_offline(false)
    org = assert(client:organization "Acme")
    objects = {
      client = client,
      organization = org,
      user = org:users()[1],
      group = org:groups()[1],
      workspace = org:workspaces()[1],
      record = org,
      list = org:groups(),
      sandbox = nil,
    }
    client:set_offline(true)
    values = hostile(client, org)
  end)

  teardown(function()
    client:close()
    server:stop()
    values, objects, org = nil, nil, nil
  end)

  for _, row in ipairs(rows) do
    local name = row.class .. "." .. row.name
    if not LEFT_OUT[name] and row.class:find "^toggl" then
      it("is looked at by " .. name, function()
        local part = row.class == "toggl" and toggl or toggl[row.class:match "%.(.*)$"]
        each_argument(name, part[row.name], values)
      end)
    end
  end

  it("is looked at by the functions that keep secrets", function()
    for name, f in pairs(toggl.secrets) do
      if name == "store" or name == "check" then
        for _, value in ipairs { 5, print, {} } do
          judge("toggl.secrets." .. name, pcall(f, value, value))
        end
      end
    end
  end)

  for class, methods in pairs(core.classes) do
    it("is looked at by the methods of " .. class, function()
      local _ = methods.any_that_is_not_there -- loads those that are made in Lua
      for name, method in pairs(methods) do
        if objects[class] and type(method) == "function" and not LEFT_OUT[class .. "." .. name] then
          each_argument(class .. ":" .. name, method, values, objects[class])
        end
      end
    end)
  end

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
        "toggl.show.text: options.columns must be a string or a list, got true: write toggl.show.text(value, [options])",
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
  end)

  it("is a table in itself: told, and not followed", function()
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
