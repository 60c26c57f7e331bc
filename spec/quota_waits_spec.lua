-- Calls that wait for a quota window, and the limit max_requests.

local helper = require "spec.helper"
local toggl = require "toggl"

local ACME, BLUE = 4300000017, 9007199254740993

local function near(expected, value, slack)
  assert.is_true(math.abs(value - expected) <= slack, ("%s is not near %s"):format(value, expected))
end

describe("waiting for a window", function()
  local server

  before_each(function() server = helper.sandbox { record = false, plan = "free", quota = 2 } end)
  after_each(function() server:stop() end)

  -- Use up the window SECONDS before its end. The client rounds up and adds a little: each wait is
  -- at least a second.
  local function closing(client, seconds)
    local first <close> = helper.client(server)
    first:get_organization(ACME)
    server:advance(3600 - seconds)
    return assert(client:get_organization(ACME))
  end

  it("is reported, and ends with the reply", function()
    local waits = {}
    local client <close> = helper.client(server, {
      wait = true,
      on_wait = function(reason, seconds, at) waits[#waits + 1] = { reason, seconds, at } end,
    })
    local org = closing(client, 1)
    local start = os.time()
    assert(org:groups())
    assert.equal(1, #waits)
    assert.equal("quota", waits[1][1])
    assert.is_true(waits[1][2] > 0 and waits[1][2] < 4)
    near(start + waits[1][2], waits[1][3], 2)
    assert.equal(3, client:cost().total + 1)
    local _, last = server:requests()
    for _, request in ipairs(last) do
      assert.equal(200, request.status)
    end
  end)

  it("is refused where it would be longer than allowed", function()
    local client <close> =
      helper.client(server, { wait = 60, on_wait = function() error "it waits" end })
    local org = closing(client, 600)
    local none, err = org:groups()
    assert.is_nil(none)
    assert.equal("quota", err.kind)
    near(600, err.retry_after, 5)
    none, err = org:groups { wait = 1 }
    assert.is_nil(none)
    assert.equal("quota", err.kind)
  end)

  it("is refused where the deadline comes first", function()
    local client <close> = helper.client(server, { wait = true, deadline = 5 })
    local org = closing(client, 600)
    local none, err = org:groups()
    assert.is_nil(none)
    assert.equal("quota", err.kind)
  end)

  it("can be asked of one call, and refused by one", function()
    local patient <close> =
      helper.client(server, { wait = true, on_wait = function() error "it waits" end })
    local org = closing(patient, 600)
    local none, err = org:groups { wait = false }
    assert.is_nil(none)
    assert.equal("quota", err.kind)
    assert.error_matches(function() org:groups() end, "it waits")
  end)

  it("lets other tasks go on", function()
    local client <close> = helper.client(server, { wait = true })
    local org = closing(client, 1)
    local order = {}
    local task = toggl.task(function()
      assert(org:groups())
      order[#order + 1] = "waited"
    end)
    assert(client:get_organization(BLUE))
    order[#order + 1] = "other window"
    task:wait()
    assert.same({ "other window", "waited" }, order)
  end)
end)

describe("max_requests", function()
  it("of a client fails the call that would send one more, also a retry", function()
    local server <close> = helper.sandbox { record = false }
    local client <close> = helper.client(server, { max_requests = 3, retries = 5 })
    local org = assert(client:organization "Acme")
    assert(org:groups())
    server:fault "503 x4"
    local none, err
    local sent = helper.requests_during(server, function()
      none, err = org:roles()
    end)
    assert.same({ nil, "quota", "max_requests", 1 }, { none, err.kind, err.reason, sent })
    assert.matches("the limit is reached: 3 requests were sent", err.message)
    assert.matches("allow more with max_requests =", err.advice)
    server:clear()
    none, err = org:rename "Elsewhere"
    assert.same({ nil, "quota" }, { none, err.kind })
    assert.matches("this call changed nothing", err.message)
  end)

  it("is kept by calls that run together, and 0 is none at all", function()
    local server <close> = helper.sandbox { record = false }
    local client <close> = helper.client(server, { max_requests = 6 })
    local org = assert(client:organization "Acme")
    local before = server:requests()
    local calls = {}
    for i = 1, 20 do
      calls[i] = i
    end
    toggl.map(calls, function() return (org:roles { refresh = true }) end, { limit = 8 })
    assert.is_true(client:cost().total <= 6)
    assert.equal(client:cost().total, server:requests() - before + 1)
    local idle <close> = helper.client(server, { max_requests = 0 })
    assert.equal("quota", select(2, idle:me()).kind)
    assert.equal(0, idle:cost().total)
  end)

  it("of togglsh counts all clients of the run, and ends it with 6", function()
    local code = "local c = toggl.client{ sandbox = client:sandbox(), cache = false } "
      .. "print(#org:groups()) print(c:me().fullname) print(#org:users())"
    local out, err, status = helper.togglsh("--sandbox=3", "--max-requests", "3", "-e", code)
    assert.same({ "4\nOlive Hart\n", 6 }, { out, status })
    assert.matches("the limit is reached: 3 requests were sent; .*%-%-max%-requests", err)
    assert.equal(2, select(3, helper.togglsh("--sandbox=3", "--max-requests=-1", "-e", "x = 1")))
  end)
end)
