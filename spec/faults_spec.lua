-- Each fault of the sandbox, with a read and writes of each method: the kind of error, whether the
-- server applied it, how many requests were sent, and that the call ends in time. helper.lua checks
-- that nothing is left behind.
local helper = require "spec.helper"
local core = require "toggl.core"
local toggl = require "toggl"

local ACME = 4300000017

-- GROUP: an existing one
local calls = {
  GET = function(org) return org:groups() end,
  PUT = function(org) return org:rename "Other" end,
  DELETE = function(_, group) return group:delete() end,
  POST = function(org) return org:create_group { name = "Once" } end,
}

-- Return how many times the server applied each write, as another client sees it.
local function done(server, group)
  local client <close> = helper.client(server)
  local org, count = client:get_organization(ACME), { PUT = 0, DELETE = 1, POST = 0 }
  if org.name == "Other" then count.PUT = 1 end
  for other in org:groups():each() do
    if other.group_id == group.group_id then count.DELETE = 0 end
    if other.name == "Once" then count.POST = count.POST + 1 end
  end
  return count
end

local READ_LIMIT = 1 << 20

-- Make the call with the fault. Return the value or nil, the error, and what is known afterwards.
local function suffer(fault, verb, options)
  local server <close> = helper.sandbox { record = false, people = 30, slow = 30 }
  local o =
    { timeout = fault:find "slow" and 0.4 or 5, connect_timeout = 5, reply_cap = READ_LIMIT }
  local client <close> = helper.client(server, o, options)
  local org = client:get_organization(ACME)
  local group = org:groups()[1]
  local before, spent, from = server:requests(), client:cost().total, core.ticks()
  for rule in fault:gmatch "[^;]+" do
    server:fault(rule)
  end
  local value, err = calls[verb](org, group)
  local after = {
    seconds = core.ticks() - from,
    requests = server:requests() - before,
    cost = client:cost().total - spent,
  }
  server:clear()
  server:set { rate = 0 }
  if verb ~= "GET" then after.times = done(server, group)[verb] end
  return value, err, after
end

-- Kind of error by method ("ok": none). requests: if more or less than one; done: the server
-- applied it.
local WRITES_UNKNOWN = { PUT = "unknown", DELETE = "unknown", POST = "unknown" }
-- a PUT and a DELETE check the status alone
local SAID_NOTHING = { PUT = "ok", DELETE = "ok", POST = "unknown" }
local function all(kind) return { GET = kind, PUT = kind, DELETE = kind, POST = kind } end
local function row(get, writes)
  return { GET = get, PUT = writes.PUT, DELETE = writes.DELETE, POST = writes.POST }
end

local table_ = {
  { "cut", row("transport", WRITES_UNKNOWN), done = true },
  { "cut-nolength", row("transport", WRITES_UNKNOWN), done = true },
  { "commit-then-drop", row("transport", WRITES_UNKNOWN), done = true },
  { "reset", row("transport", WRITES_UNKNOWN) },
  -- a reply of one byte ends in time
  { "slow", { GET = "timeout", PUT = "ok", DELETE = "ok", POST = "unknown" }, done = true },
  { "html", row("decode", WRITES_UNKNOWN), status = 200 },
  { "5xx", row("server", WRITES_UNKNOWN), status = 500 },
  { "wrong-json", row("decode", SAID_NOTHING), done = true },
  { "empty", row("decode", SAID_NOTHING), done = true },
  -- null is an empty list of groups, and confirms no write
  { "null", row("ok", WRITES_UNKNOWN), done = true },
  { "huge", row("decode", WRITES_UNKNOWN), done = true },
  { "bomb", row("decode", WRITES_UNKNOWN), done = true },
  { "redirect", all "transport" },
  { "400", all "invalid", status = 400 },
  { "401", all "auth", status = 401 },
  { "402", all "plan", status = 402 },
  { "403", all "forbidden", status = 403 },
  { "404", all "not_found", status = 404 },
  { "409", all "conflict", status = 409 },
  { "410", all "gone", status = 410 },
  { "413", all "invalid", status = 413 },
  { "418", all "server", status = 418 },
  { "429", all "rate", status = 429 },
  { "501", all "server", status = 501 },
  { "502", row("server", WRITES_UNKNOWN), status = 502 },
  { "503", row("server", WRITES_UNKNOWN), status = 503 },
  { "504", row("server", WRITES_UNKNOWN), status = 504 },
  { "200 not JSON", row("decode", SAID_NOTHING), status = 200 },
  { "202", row("decode", WRITES_UNKNOWN), status = 202 },
  { "206", row("decode", WRITES_UNKNOWN), status = 206 },
  { "204", row("decode", SAID_NOTHING) },
  {
    "402 You have hit your hourly limit for API calls, wait 60 seconds",
    all "quota",
    status = 402,
  },
}

describe("without a retry, the fault", function()
  for _, case in ipairs(table_) do
    for _, verb in ipairs { "GET", "PUT", "DELETE", "POST" } do
      local fault, kind = case[1], case[2][verb]
      it(("%s ends a %s as %s"):format(fault, verb, kind), function()
        local value, err, after = suffer(fault, verb)
        assert.equal(kind, err and err.kind or "ok")
        assert.equal(kind == "ok", value ~= nil)
        if case.status and err then assert.equal(case.status, err.status) end
        assert.equal(1, after.requests)
        assert.equal(after.requests, after.cost)
        assert.is_true(after.seconds < 1, after.seconds .. " s")
        if verb ~= "GET" then assert.equal(case.done and 1 or 0, after.times) end
        if kind == "unknown" then
          assert.is_truthy(err.message:find("whether it was done is not known", 1, true))
        elseif err and verb ~= "GET" and kind ~= "server" then
          assert.is_truthy(err.message:find("this call changed nothing", 1, true), err.message)
        end
        if err then assert.is_true(#tostring(err) > 20) end
      end)
    end
  end

  it("wrong-json is seen in every form it has", function()
    local server <close> = helper.sandbox { record = false }
    local client <close> = helper.client(server)
    local org = client:get_organization(ACME)
    server:fault "wrong-json"
    local seen = {}
    for _ = 1, 5 do -- the sixth is an integer past 64 bits, which is only reported
      local none, err = org:groups()
      assert.is_nil(none)
      assert.equal("decode", err.kind)
      seen[err.message:gsub("%d+", "N")] = true
    end
    local n = 0
    for _ in pairs(seen) do
      n = n + 1
    end
    assert.equal(5, n)
  end)

  it("huge and bomb take no more memory than a reply may have", function()
    local function peak()
      for line in io.lines "/proc/self/status" do
        local kb = line:match "^VmHWM:%s*(%d+)"
        if kb then return tonumber(kb) end
      end
    end
    local before = peak()
    suffer("huge", "GET")
    suffer("bomb", "GET")
    assert.is_true(peak() - before < 64 << 10, ("%d KiB more"):format(peak() - before))
  end)

  it("410 is not asked again, by this client", function()
    local server <close> = helper.sandbox { record = false }
    local client <close> = helper.client(server)
    local org = client:get_organization(ACME)
    server:fault "410:1"
    assert.equal("gone", select(2, org:groups()).kind)
    local none, err
    assert.equal(
      0,
      helper.requests_during(server, function()
        none, err = org:groups()
      end)
    )
    assert.is_nil(none)
    assert.equal("gone", err.kind)
    assert(org:users()) -- another operation
    local other <close> = helper.client(server)
    assert(other:get_organization(ACME):groups())
  end)

  it("418 is explained by a retired version of the API, and by the user agent", function()
    local _, err = suffer("418", "GET")
    assert.is_truthy(err.advice:find("user_agent", 1, true))
  end)
end)

-- Retries start after a second or more: these cases run at once, by name.
local RETRIED = {
  { "cut:1", "GET", kind = "ok", requests = 2 },
  -- a retry would lead to the same state, but undo changes of others since
  { "cut:1", "PUT", kind = "unknown", requests = 1, times = 1 },
  { "cut:1", "DELETE", kind = "unknown", requests = 1, times = 1 },
  { "cut:1", "POST", kind = "unknown", requests = 1, times = 1 },
  { "commit-then-drop:1", "PUT", kind = "unknown", requests = 1, times = 1 },
  { "commit-then-drop:1", "DELETE", kind = "unknown", requests = 1, times = 1 },
  { "commit-then-drop:1", "POST", kind = "unknown", requests = 1, times = 1 },
  { "commit-then-drop:1;commit-then-drop:2", "GET", kind = "transport", requests = 2 },
  { "reset:1", "GET", kind = "ok", requests = 2 },
  { "reset:1", "PUT", kind = "unknown", requests = 1, times = 0 },
  { "reset:1", "DELETE", kind = "unknown", requests = 1, times = 0 },
  { "reset:1", "POST", kind = "unknown", requests = 1, times = 0 },
  { "slow:1", "GET", kind = "ok", requests = 2 },
  { "slow:1", "POST", kind = "unknown", requests = 1, times = 1 },
  { "503:1", "GET", kind = "ok", requests = 2 },
  { "503:1", "PUT", kind = "unknown", requests = 1, times = 0 },
  { "503:1", "DELETE", kind = "unknown", requests = 1, times = 0 },
  { "503:1", "POST", kind = "unknown", requests = 1, times = 0 },
  { "503:1;500:2", "GET", kind = "server", requests = 2, status = 500 },
  { "429:1", "GET", kind = "ok", requests = 2 },
  -- rejected before it was applied
  { "429:1", "POST", kind = "ok", requests = 2, times = 1 },
  { "429:1", "PUT", kind = "ok", requests = 2, times = 1 },
  { "429:1;503:2", "PUT", kind = "unknown", requests = 2, times = 0 },
  { "501", "GET", kind = "server", requests = 1 },
  { "html", "GET", kind = "decode", requests = 1 },
  { "wrong-json", "GET", kind = "decode", requests = 1 },
  { "huge", "GET", kind = "decode", requests = 1 },
  { "redirect", "GET", kind = "transport", requests = 1 },
  { "404", "DELETE", kind = "not_found", requests = 1 },
  { "400", "GET", kind = "invalid", requests = 1 },
  { "402", "GET", kind = "plan", requests = 1 },
  { "410", "GET", kind = "gone", requests = 1 },
}

describe("with one retry, the fault", function()
  local results = {}

  setup(function()
    local function try(case) return { suffer(case[1], case[2], { retries = 1 }) } end
    results = toggl.map(RETRIED, try, { limit = #RETRIED })
  end)

  teardown(function() results = nil end)

  for i, case in ipairs(RETRIED) do
    it(("%s ends a %s as %s"):format(case[1], case[2], case.kind), function()
      local err, after = results[i][2], results[i][3]
      assert.equal(case.kind, err and err.kind or "ok")
      assert.equal(case.requests, after.requests)
      assert.equal(after.requests, after.cost)
      if case.status then assert.equal(case.status, err.status) end
      if case.times then assert.equal(case.times, after.times) end
      assert.is_true(after.seconds < 12, after.seconds .. " s")
    end)
  end
end)

describe("a deadline", function()
  it("ends a call with its attempts and waits, and names the last reason", function()
    local from = core.ticks()
    local results = toggl.map({ "503", "reset", "slow", "429" }, function(fault)
      local _, err, after = suffer(fault, "GET", { retries = 9, timeout = 5, deadline = 0.8 })
      return { err.kind, after.requests }
    end)
    assert.is_true(core.ticks() - from < 2.5)
    assert.same({ "server", 1 }, results[1])
    assert.same({ "transport", 2 }, results[2])
    assert.same({ "timeout", 1 }, results[3])
    assert.same({ "rate", 1 }, results[4])
  end)
end)

describe("a server that cannot be reached", function()
  for name, options in pairs {
    ["a closed port"] = { base_url = "http://127.0.0.1:9" },
    ["a host that does not exist"] = { base_url = "https://absent.invalid" },
  } do
    it("is a transport error and costs nothing, for a write too: " .. name, function()
      local o = { token = "0123456789", cache = false, state = false, retries = 0, timeout = 2 }
      for key, value in pairs(options) do
        o[key] = value
      end
      local client <close> = toggl.client(o)
      local _, err = client:me()
      assert.equal("transport", err.kind)
      _, err = client:create_organization { name = "A", workspace_name = "B" }
      assert.equal("transport", err.kind)
      assert.is_truthy(err.message:find("this call changed nothing", 1, true))
    end)
  end
end)
