-- Each row of the table of operations with the sandbox: rejected arguments, replies, errors, what a
-- write has changed, and the same result by the three ways to call an operation.
local helper = require "spec.helper"
local fixtures = require "spec.fixtures.operations"
local core = require "toggl.core"
local toggl = require "toggl"

local KINDS = { [400] = "invalid", [403] = "forbidden", [404] = "not_found" }

-- Call F with the records of a new server and client, then end both.
local function in_world(f, ...)
  local server = helper.sandbox()
  local client = helper.client(server)
  local ok, err = pcall(f, fixtures.world(server, client), ...)
  client:close()
  server:stop()
  if not ok then error(err, 0) end
end

local function call(client, op, args) return client.api[op.name](args) end

local function copy(t)
  local new = {}
  for k, v in pairs(t) do
    new[k] = v
  end
  return new
end

-- ----------------------------------------------------------------------------------------- replies

local TYPES =
  { integer = "number", number = "number", boolean = "boolean", string = "string", time = "string" }

local check_record

-- Check that a value has the type of its row, and its parts theirs.
local function check_value(field, value, where)
  local kind = type(value)
  if value == nil or field.type == "any" then return end
  if TYPES[field.type] then
    assert.equal(TYPES[field.type], kind, where)
    if field.type == "integer" then assert.equal("integer", math.type(value), where) end
  elseif field.type == "record" then
    check_record(value, field.model, where)
  elseif core.is_list(value) then
    for i, record in ipairs(value) do
      check_record(record, field.model, where .. "[" .. i .. "]")
    end
  else
    assert.equal("table", kind, where)
    for _, item in pairs(value) do
      if TYPES[field.item] then assert.equal(TYPES[field.item], type(item), where) end
    end
  end
end

-- Check that the record is of model NAME, that its fields have their types, and that each field of
-- its text is known and readable.
function check_record(record, name, where)
  assert.equal(name, record:model(), where)
  local known = {}
  for _, field in ipairs(toggl.models[name].fields) do
    known[field.name], known[field.older or field.name] = field, field
    check_value(field, record[field.name], where .. "." .. field.name)
  end
  for key, value in pairs(record:table()) do
    assert.is_table(known[key], ("%s.%s is not in the row of %s"):format(where, key, name))
    -- "" stands for null
    if known[key].type == "time" and value == "" then value = nil end
    if type(value) ~= "table" then assert.equal(value, record[key], where .. "." .. key) end
    assert.equal(value == nil, record[key] == nil, where .. "." .. key)
  end
end

local shapes = {}

function shapes.record(op, reply)
  if op.empty_ok and reply == nil then return end
  check_record(reply, op.model, op.name)
end

function shapes.list(op, reply)
  assert.is_true(core.is_list(reply))
  assert.is_true(#reply > 0, "the list is empty, so it proves nothing")
  for i, record in ipairs(reply) do
    check_record(record, op.model, op.name .. "[" .. i .. "]")
  end
end

function shapes.map(op, reply)
  assert.not_nil(next(reply))
  for key, record in pairs(reply) do
    assert.equal("integer", math.type(key))
    check_record(record, op.model, op.name .. "[" .. key .. "]")
  end
end

function shapes.int(_, reply) assert.equal("integer", math.type(reply)) end
function shapes.string(_, reply) assert.equal("string", type(reply)) end
function shapes.bytes(_, reply) assert.equal("%PDF-1.4", reply:sub(1, 8)) end
function shapes.any(_, reply) assert.not_nil(reply) end
function shapes.nothing(_, reply) assert.is_true(reply) end

-- Return the text of a reply, to compare it.
local function text_of(reply)
  if type(reply) == "userdata" then return reply:raw() end
  if type(reply) ~= "table" then return tostring(reply) end
  local parts = {}
  for key, value in pairs(reply) do
    parts[#parts + 1] = tostring(key) .. "=" .. text_of(value)
  end
  table.sort(parts)
  return table.concat(parts, "\n")
end

-- ---------------------------------------------------------------------------------- the other ways

-- Return the arguments of the method: those that the object does not fill.
local function method_args(op, object, args)
  local rest = copy(args)
  for _, p in ipairs(op.params) do
    if object and p.in_ == "path" and p.key and core.key(object, p.key, true) then
      rest[p.name] = nil
    end
  end
  return rest
end

local function by_method(w, op, fixture, args)
  local object = fixture.self and fixture.self(w)
  local receiver = object or w.client
  return receiver[op.method](receiver, method_args(op, object, args))
end

local function encode(value)
  return (tostring(value):gsub("[^%w%-._~]", function(c) return ("%%%02X"):format(c:byte()) end))
end

-- Return the value in a query: keys of objects, lists joined with commas.
local function plain(p, value)
  if type(value) == "userdata" then return core.key(value, p.key) end
  if type(value) == "table" then return table.concat(value, ",") end
  return value
end

local function by_request(w, op, args)
  local query = {}
  for _, p in ipairs(op.params) do
    if p.in_ == "query" and args[p.name] ~= nil then query[p.wire] = plain(p, args[p.name]) end
  end
  local path = op.path:gsub("{([%w_]+)}", function(name) return encode(args[name]) end)
  return w.client:request(op.verb, path, { query = query })
end

-- --------------------------------------------------------------------------------------- arguments

-- Check that the call raises a message with WORD, and sends no request.
local function refused(w, op, args, word)
  local ok, err
  local sent = helper.requests_during(w.server, function()
    ok, err = pcall(call, w.client, op, args)
  end)
  assert.is_false(ok, op.name .. " took it: " .. word)
  assert.equal("string", type(err), op.name .. ": misuse raises a sentence")
  assert.is_truthy(err:find(word, 1, true), ("%q does not name %s"):format(err, word))
  assert.is_truthy(err:find("nothing was sent", 1, true), err)
  assert.equal(0, sent, op.name .. " sent something: " .. word)
end

local WRONG = {
  integer = { 1.5, "7", true, {} },
  number = { "7", true, {} },
  boolean = { 5, {}, "yes" },
  string = { true, {} },
  time = { true, 1.5, "yesterday", {} },
  list = { true, print },
  record = { 5, "x", true },
}

local function with(args, name, value)
  local new = copy(args)
  new[name] = value
  return new
end

-- ------------------------------------------------------------------------------------------- specs

describe("the table of operations", function()
  it("has a row for each of the 68 operations, and a fixture for each row", function()
    assert.is_true(#toggl.operations >= 68)
    for _, op in ipairs(toggl.operations) do
      assert.equal(op, toggl.operations[op.name])
      assert.not_nil(fixtures.rows[op.name], "no fixture for " .. op.name)
    end
    for name in pairs(fixtures.rows) do
      assert.not_nil(toggl.operations[name], "no row for " .. name)
    end
  end)

  it("makes one row as it makes all", function()
    for _, op in ipairs(toggl.operations) do
      assert.same(op, core.operation(op.name))
    end
    for _, model in ipairs(toggl.models) do
      assert.same(model, core.model(model.name))
    end
    assert.is_nil(core.model "no_such")
    assert.is_nil(core.operation "no_such")
  end)

  it("says of each row where it is, what it does and how it looks", function()
    for _, op in ipairs(toggl.operations) do
      assert.is_truthy(core.classes[op.class][op.method], op.name)
      assert.is_truthy(op.doc and op.example, op.name)
      assert.is_truthy(not op.model or toggl.models[op.model], op.name)
      assert.equal(
        op.verb ~= "GET" and op.name ~= "put_invitation" and op.name ~= "post_workspace_users_data",
        op.drops ~= nil,
        op.name .. ": a write makes stored replies stale"
      )
      for name in op.path:gmatch "{([%w_]+)}" do
        local found
        for _, p in ipairs(op.params) do
          found = found or p.name == name and p.in_ == "path" and p.required
        end
        assert.is_true(found, op.name .. ": " .. name)
      end
    end
  end)
end)

describe("bad arguments are rejected before a request is sent:", function()
  local w

  setup(function()
    local server = helper.sandbox()
    w = fixtures.world(server, helper.client(server))
  end)

  teardown(function()
    w.client:close()
    w.server:stop()
    w = nil
  end)

  for _, op in ipairs(toggl.operations) do
    it(op.name, function()
      local good = fixtures.rows[op.name].args(w)
      for _, p in ipairs(op.params) do
        if p.required then refused(w, op, with(good, p.name, nil), p.name) end
        for _, value in ipairs(WRONG[p.type]) do
          local one_key = p.type == "list" and p.in_ == "query"
          local digits = p.names_key and p.type == "integer" and value == "7" -- a key as text
          if not one_key and not digits then refused(w, op, with(good, p.name, value), p.name) end
        end
        refused(w, op, with(good, p.name, coroutine.create(print)), p.name)
        local number_or_text = p.in_ == "path" and not p.secret -- an invoice's key may be a number
        if p.type == "string" and not number_or_text then
          refused(w, op, with(good, p.name, 5), p.name)
        end
        if not op.body_open then
          refused(w, op, with(good, p.name .. "x", 1), "did you mean '" .. p.name .. "'")
        end
      end
      if not op.body_open then
        refused(w, op, with(good, "refrsh", true), "did you mean 'refresh'")
      end
      refused(w, op, with(good, 1, true), "named")
    end)
  end
end)

describe("against the sandbox", function()
  for _, op in ipairs(toggl.operations) do
    local fixture = fixtures.rows[op.name]
    local reads = op.verb == "GET"

    it(op.name .. " answers what its row says", function()
      in_world(function(w)
        if fixture.before then fixture.before(w) end
        local args = fixture.args(w)
        local reply, response = call(w.client, op, args)
        assert(op.empty_ok or reply, tostring(response))
        shapes[op.reply](op, reply)
        assert.is_true(response.status >= 200 and response.status < 300)
        assert.equal("wire", response.from)
        assert.equal(1, response.cost)
        if not reads then
          assert.not_nil(fixture.check, op.name .. " is a write without a check")
          fixture.check(w, reply, args)
        end
      end)
    end)

    it(
      op.name .. " is the same as a method" .. (reads and " and as a plain request" or ""),
      function()
        in_world(function(w)
          if fixture.before then fixture.before(w) end
          local args = fixture.args(w)
          local reply, err = by_method(w, op, fixture, args)
          assert(reply, tostring(err))
          shapes[op.reply](op, reply)
          if not reads then return fixture.check(w, reply, args) end
          local texts = {
            text_of(reply),
            text_of((call(w.client, op, args))),
            text_of((by_request(w, op, args))),
          }
          for i, text in ipairs(texts) do
            for _, pattern in ipairs(fixture.volatile or {}) do
              text = text:gsub(pattern, "")
            end
            texts[i] = text
          end
          assert.equal(texts[1], texts[2])
          assert.equal(texts[1], texts[3])
        end)
      end
    )
  end
end)

describe("what the server refuses comes back as an error:", function()
  local w, stranger, anonymous

  setup(function()
    local server = helper.sandbox()
    w = fixtures.world(server, helper.client(server))
    stranger = helper.client(server, { token = "00000000000000000000000000000000" })
    anonymous = toggl.client {
      base_url = server.url,
      unix_socket = server.socket,
      auth = false,
      cache = false,
      state = false,
      retries = 0,
    }
  end)

  teardown(function()
    stranger:close()
    anonymous:close()
    w.client:close()
    w.server:stop()
    w, stranger, anonymous = nil, nil, nil
  end)

  local function check(op, err, kind, status)
    assert.equal("toggl.error", getmetatable(err).__name)
    assert.equal(kind, err.kind, tostring(err))
    assert.equal(status, err.status, tostring(err))
    assert.equal(op.name, err.operation)
    assert.is_truthy(err.message:find(op.name, 1, true))
    assert.is_truthy(#err.advice > 0)
  end

  -- Return arguments whose first key of the path is not one of the caller's.
  local function wrong_args(op, fixture)
    if fixture.wrong then return fixture.wrong(w) end
    return with(fixture.args(w), op.path:match "{([%w_]+)}", 1)
  end

  for _, op in ipairs(toggl.operations) do
    local fixture = fixtures.rows[op.name]

    if fixture.refused then
      it(op.name .. " with a wrong key or value", function()
        local reply, err = call(w.client, op, wrong_args(op, fixture))
        assert.is_nil(reply)
        check(op, err, KINDS[fixture.refused], fixture.refused)
      end)
    end

    it(op.name .. " with a wrong token", function()
      local args = fixture.args(w)
      args.auth = nil
      local reply, err = call(stranger, op, args)
      assert.is_nil(reply)
      check(op, err, "forbidden", 403)
    end)

    it(op.name .. " without credentials", function()
      local args, reply, err = fixture.args(w), nil, nil
      args.auth = nil
      local sent = helper.requests_during(w.server, function()
        reply, err = call(anonymous, op, args)
      end)
      if op.anonymous then
        assert(reply, tostring(err))
        assert.equal(1, sent)
      else
        assert.is_nil(reply)
        check(op, err, "auth", nil)
        assert.equal(0, sent)
      end
    end)
  end
end)
