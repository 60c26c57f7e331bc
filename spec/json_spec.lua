local json = require "toggl.text.json"

local function refused(text, pattern)
  local value, why = json.decode(text)
  assert.is_nil(value, text)
  assert.matches(pattern, why)
end

-- Return a random value of any shape, the same for the same seed.
local function random_value(depth)
  local kind = math.random(depth > 4 and 5 or 7)
  if kind == 1 then return math.random(0) end -- any integer
  if kind == 2 then return math.random() * 10 ^ math.random(-300, 300) end
  if kind == 3 then return math.random(2) == 1 end
  if kind == 4 then return json.null end
  if kind == 5 then
    local codes = {}
    for i = 1, math.random(0, 8) do
      codes[i] = utf8.char(math.random(0, 0xD7FF))
    end
    return table.concat(codes)
  end
  local t = kind == 6 and json.array {} or {}
  for i = 1, math.random(0, 4) do
    t[kind == 6 and i or "key" .. i] = random_value(depth + 1)
  end
  return t
end

describe("toggl.json reads", function()
  it("integers exactly, up to both ends of 64 bits", function()
    local t =
      json.decode "[9007199254740993, 9223372036854775807, -9223372036854775808, 0, -0, 123456789012345]"
    assert.same({ 9007199254740993, math.maxinteger, math.mininteger, 0, 0, 123456789012345 }, t)
    for _, n in ipairs(t) do
      assert.equal("integer", math.type(n))
    end
  end)

  it("integral floats as integers, as long as they are exact", function()
    local t = json.decode "[1.0, 1e2, 0.5, 9007199254740993.0]"
    assert.same(
      { "integer", "integer", "float", "float" },
      { math.type(t[1]), math.type(t[2]), math.type(t[3]), math.type(t[4]) }
    )
  end)

  it("null as toggl.null, which is cjson's", function()
    assert.equal(require("cjson").null, json.decode "[null]"[1])
    assert.equal(json.null, json.decode "null")
  end)

  it("false as false and not as a failure", function()
    local value, why = json.decode "false"
    assert.is_false(value)
    assert.is_nil(why)
  end)

  it(
    "keys that stand in several objects, also around a nested one",
    function()
      assert.same(
        { a = { a = { { a = 1 }, { a = 2 } } }, b = 3 },
        json.decode '{"a": {"a": [{"a": 1}, {"a": 2}]}, "b": 3}'
      )
    end
  )

  it(
    "numbers in strings, and strings that look like its own marks, as the strings they are",
    function()
      assert.same(
        { "12", "[]", "\u{FF}1", "\u{FE}", "-1e5" },
        json.decode [=[["12", "[]", "\u00ff1", "\u00fe", "-1e5"]]=]
      )
    end
  )

  it("empty lists as lists and empty objects as objects", function()
    local t = json.decode '{"a": [], "b": {}, "c": [ \n ], "d": [[]]}'
    assert.is_true(json.is_array(t.a) and json.is_array(t.c) and json.is_array(t.d[1]))
    assert.is_false(json.is_array(t.b))
    assert.equal('{"a":[],"b":{},"c":[],"d":[[]]}', json.encode(t))
  end)

  it("the same in a locale with a decimal comma", function()
    local old = os.setlocale(nil, "numeric")
    if not os.setlocale("de_DE.UTF-8", "numeric") then
      return pending "de_DE.UTF-8 is not installed"
    end
    local decoded, encoded = json.decode "[1.5]", json.encode { 1.5, 0.1 }
    os.setlocale(old, "numeric")
    assert.same({ 1.5 }, decoded)
    assert.equal("[1.5,0.1]", encoded)
  end)
end)

describe("toggl.json refuses", function()
  local cases = {
    ["an integer past 64 bits"] = {
      "[9223372036854775808]",
      "column 2: integer does not fit 64 bits %(%d+%)",
    },
    ["a number past the doubles"] = { "[1e400]", "column 2: .*%(1e400%)" },
    ["NaN"] = { "[NaN]", "unexpected character %(NaN%)" },
    ["Infinity"] = { "[-Infinity]", "column 2" },
    ["hexadecimal"] = { "[0x10]", "column 3: expected" },
    ["a leading zero"] = { "[01]", "bad number %(01%)" },
    ["a plus sign"] = { "[+1]", "unexpected character" },
    ["a number without digits after its point"] = { "[1.]", "bad number" },
    ["a number that starts with its point"] = { "[.5]", "unexpected character" },
    ["a comma too many"] = { "[1,]", "column 4" },
    ["a key that is a number"] = { "{1: 2}", "column 2: expected a key" },
    ["the same key twice"] = { '{"a": {"b": 1}, "b": 1, "a": 2}', "column 25: duplicate key" },
    ["the same key twice, once escaped"] = { '{"a": 1, "\\u0061": 2}', "duplicate key" },
    ["invalid UTF-8"] = { '["\xC3"]', "column 3: invalid UTF%-8" },
    ["an overlong form"] = { '["\xC0\xAF"]', "invalid UTF%-8" },
    ["half a surrogate pair"] = { '["\\ud83d"]', "half a surrogate pair" },
    ["a raw control character"] = { '["a\nb"]', "line 1, column 4: control character" },
    ["text behind a NUL"] = { "[1]\0garbage", "column" },
    ["text behind the value"] = { "[1] 2", "column 5" },
    ["a string without an end"] = { '["a', "ends too early" },
    ["nothing"] = { "", "column 1" },
    ["a word"] = { "undefined", "unexpected character %(undefined%)" },
  }
  for name, case in pairs(cases) do
    it(name, function() refused(case[1], case[2]) end)
  end

  it("what is nested deeper than 128", function()
    assert.is_table(json.decode(("["):rep(128) .. ("]"):rep(128)))
    refused(("["):rep(129) .. ("]"):rep(129), "deep")
  end)

  it(
    "with the line and column of the text as it was given, whatever stands before",
    function() refused('{"a": [1, 22, 333], "b": [],\n "c": [ 4 5 ]}', "^JSON: line 2, column 11: ") end
  )
end)

describe("toggl.json writes", function()
  it("no table whose __pairs encodes it again, and goes on", function()
    local rounds, deep = 0, {}
    local function again()
      rounds = rounds + 1
      assert(json.encode(deep))
    end
    local at = deep
    for _ = 1, 120 do
      at.x = setmetatable({}, { __name = "level" })
      at = at.x
    end
    getmetatable(at).__pairs = again
    local text, why = json.encode(deep)
    assert.is_nil(text)
    assert.matches("stack overflow", why)
    assert.is_true(rounds > 5)
  end)

  it(
    "integers without exponent, floats so that they read back",
    function()
      assert.equal(
        "[100000000000000,9223372036854775807,3,0.1,1e+300]",
        json.encode { 10 ^ 14, math.maxinteger, 3.0, 0.1, 1e300 }
      )
    end
  )

  it("keys in order, or the given ones first", function()
    assert.equal('{"a":1,"b":2,"id":3}', json.encode { b = 2, id = 3, a = 1 })
    assert.equal(
      '{"id":3,"a":1,"b":2}',
      json.encode({ b = 2, id = 3, a = 1 }, { order = { "id" } })
    )
  end)

  it(
    "for people with indentation",
    function()
      assert.equal(
        '{\n  "a": [\n    1\n  ],\n  "b": [],\n  "c": {}\n}',
        json.encode({ a = { 1 }, b = json.array {}, c = {} }, { indent = 2 })
      )
    end
  )

  it(
    "control characters of both kinds escaped, and slashes plain",
    function() assert.equal([["a/b\"\\\n\u001b\u009bé"]], json.encode 'a/b"\\\n\27\u{9b}é') end
  )

  it(
    "null for holes in a marked list",
    function() assert.equal("[null]", json.encode(json.array { json.null })) end
  )

  for name, case in pairs {
    ["NaN"] = { { a = { 0 / 0 } }, "value%.a%[1%]" },
    ["infinity"] = { { math.huge }, "no form" },
    ["invalid UTF-8"] = { { "\xFF" }, "byte 1 of the text is not UTF%-8" },
    ["invalid UTF-8 in a key"] = { { ["\xFF"] = 1 }, "not UTF%-8" },
    ["functions"] = { { print }, "a function has no form" },
    ["lists with holes"] = { { 1, nil, 3 }, "list without holes" },
    ["keys that are ids"] = { { [5000000] = "x" }, "5000000 is neither" },
    ["mixed keys"] = { { 1, a = 2 }, "neither" },
  } do
    it("no " .. name, function()
      local text, why = json.encode(case[1])
      assert.is_nil(text)
      assert.matches(case[2], why)
    end)
  end

  it("no table that holds itself", function()
    local t = {}
    t.t = t
    assert.matches("in itself", select(2, json.encode(t)))
  end)

  it("no table that stands so often in others that its text would not end", function()
    local t = { ("x"):rep(1 << 24) }
    for _ = 1, 40 do
      t = { t, t }
    end
    assert.matches("more than 256 MiB", select(2, json.encode(t)))
  end)
end)

describe("toggl.json", function()
  it("reads back what it wrote, 2,000 values", function()
    math.randomseed(20240601)
    for _ = 1, 2000 do
      local value = random_value(0)
      local text = assert(json.encode(value))
      local back, why = json.decode(text)
      assert(why == nil, why)
      assert.same(value, back)
      assert.equal(text, json.encode(back))
    end
  end)

  it("leaves the settings of a program's own cjson alone", function()
    assert.equal("[1]", require("cjson").encode { 1 })
    assert.equal(1000, require("cjson").decode_max_depth())
  end)
end)
