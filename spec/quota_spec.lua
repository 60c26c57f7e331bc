-- Quota: which window a request spends, what the client knows of it, and what happens at its end.
local helper = require "spec.helper"
local toggl = require "toggl"

local ACME, BLUE = 4300000017, 9007199254740993

-- Return the window of an organization, or of the account (nil), as the client knows it.
local function window(client, organization)
  for _, w in ipairs(client:quota()) do
    if w.organization_id == organization and not w.workspace_id then return w end
  end
end

local function near(expected, value, slack)
  assert.is_true(math.abs(value - expected) <= slack, ("%s is not near %s"):format(value, expected))
end

describe("a window", function()
  local server, client

  before_each(function()
    server = helper.sandbox { record = false, plan = "starter" }
    client = helper.client(server)
  end)

  after_each(function()
    client:close()
    server:stop()
    client = nil
  end)

  for plan, size in pairs { free = 30, starter = 240, premium = 600 } do
    it("has the size of the plan: " .. plan, function()
      server:set { plan = plan }
      local org = client:get_organization(ACME)
      org:groups()
      assert.equal(size, window(client, ACME).total)
      assert.equal(size - 2, window(client, ACME).remaining)
      near(3600, window(client, ACME).resets_in, 5)
      assert.equal(2, window(client, ACME).spent)
    end)
  end

  it("is one for each organization, and one for the account", function()
    client:get_organization(ACME):groups()
    client:get_organization(BLUE)
    client:me()
    client:workspaces()
    client:my_id()
    assert.equal(238, window(client, ACME).remaining)
    assert.equal(29, window(client, BLUE).remaining) -- it is on the free plan
    assert.equal(27, window(client).remaining)
    assert.same({ user = 3, [ACME] = 2, [BLUE] = 1 }, client:cost().by_window)
    assert.equal(6, client:cost().total)
    assert.equal(6, server:requests())
  end)

  it("of the largest key there can be is the last one listed", function()
    client.api.get_organization_groups { organization_id = math.maxinteger }
    assert.equal(math.maxinteger, client:quota()[1].organization_id)
    assert.equal(1, #client:quota())
  end)

  it("is that of the organization, for a workspace", function()
    local workspace
    for _, w in ipairs(client:workspaces()) do
      if w.name == "Main" then workspace = w end
    end
    client:get_workspace(workspace.id):members()
    assert.equal(238, window(client, ACME).remaining)
    assert.same({ user = 1, [ACME] = 2 }, client:cost().by_window)
  end)

  it("is counted for a workspace of an unknown organization until that is known", function()
    local id = client:workspaces()[1].id
    local fresh <close> = helper.client(server)
    fresh:request("GET", "/workspaces/" .. id .. "/statistics")
    assert.equal(id, fresh:quota()[1].workspace_id)
    assert.is_nil(fresh:quota()[1].organization_id)
    fresh:get_workspace(id)
    assert.equal(1, #fresh:quota())
    assert.equal(ACME, fresh:quota()[1].organization_id)
    assert.equal(238, fresh:quota()[1].remaining)
    assert.equal(2, fresh:quota()[1].spent)
  end)

  it("is not known where no header tells of it, and nothing is held back", function()
    server:set { plan = "none" }
    local org = client:organization "Acme"
    for _ = 1, 40 do
      assert(org:usage())
    end
    local w = window(client, ACME)
    assert.is_nil(w.remaining)
    assert.is_nil(w.total)
    assert.is_nil(w.resets_in)
    assert.equal(40, w.spent)
    server:set { plan = "free" }
    server:fault "no-quota-headers"
    for _ = 1, 30 do
      assert(org:usage())
    end
    assert.is_nil(window(client, ACME).remaining)
    local none, err = org:usage()
    assert.is_nil(none)
    assert.equal(402, err.status)
  end)

  it("is asked of the server with refresh, for one request of the account", function()
    assert.same({}, client:quota())
    local other <close> = helper.client(server)
    other:get_organization(ACME):groups()
    local spent = helper.requests_during(server, function() client:quota { refresh = true } end)
    assert.equal(1, spent)
    assert.equal(238, window(client, ACME).remaining)
    assert.equal(240, window(client, ACME).total)
    assert.equal(0, window(client, ACME).spent)
    assert.equal(30, window(client).total)
    assert.equal(29, window(client).remaining)
    assert.equal(0, helper.requests_during(server, function() client:quota() end))
  end)

  it("follows what others spend from it", function()
    local org = client:get_organization(ACME)
    local other <close> = helper.client(server)
    for _ = 1, 5 do
      other:get_organization(ACME)
    end
    assert.equal(239, window(client, ACME).remaining)
    org:groups()
    assert.equal(233, window(client, ACME).remaining)
  end)

  it("is shared by clients through their state file", function()
    local folder = helper.scratch()
    local one = helper.client(server, { state = folder .. "/state.db" })
    local two = helper.client(server, { state = folder .. "/state.db" })
    for _ = 1, 6 do
      one:get_organization(ACME)
    end
    assert.equal(234, window(one, ACME).remaining)
    assert.equal(234, window(two, ACME).remaining)
    for _ = 1, 4 do
      two:get_organization(ACME)
    end
    one:close()
    two:close()
    local three <close> = helper.client(server, { state = folder .. "/state.db" })
    assert.equal(10, window(three, ACME).spent)
    assert.equal(230, window(three, ACME).remaining)
    assert.equal(0, three:cost().total)
    local stranger <close> = helper.client(
      server,
      { state = folder .. "/state.db", token = server:token "ann@example.com" }
    )
    assert.same({}, stranger:quota())
    helper.remove(folder)
  end)
end)

describe("a window that is used up", function()
  local server, client, org

  before_each(function()
    server = helper.sandbox { record = false, plan = "free", quota = 4 }
    client = helper.client(server)
    org = client:get_organization(ACME)
  end)

  after_each(function()
    client:close()
    server:stop()
    client, org = nil, nil
  end)

  local function use_up()
    for _ = 1, 3 do
      assert(org:usage())
    end
  end

  it("fails at once and sends nothing", function()
    use_up()
    local none, err
    assert.equal(
      0,
      helper.requests_during(server, function()
        none, err = org:groups()
      end)
    )
    assert.is_nil(none)
    assert.equal("quota", err.kind)
    assert.is_nil(err.status)
    assert.equal("get_organization_groups", err.operation)
    near(3600, err.retry_after, 10)
    assert.is_truthy(tostring(err):find("wait %d+ s,"))
    assert.equal(4, client:cost().by_window[ACME])
    assert.equal(0, window(client, ACME).remaining)
  end)

  it("leaves the other windows open", function()
    use_up()
    assert.is_nil(org:groups())
    assert(client:get_organization(BLUE))
    assert(client:me())
  end)

  it("holds back writes as well, which say that nothing was changed", function()
    use_up()
    local none, err
    assert.equal(
      0,
      helper.requests_during(server, function()
        none, err = org:create_group { name = "Late" }
      end)
    )
    assert.is_nil(none)
    assert.equal("quota", err.kind)
    assert.is_truthy(err.message:find("this call changed nothing", 1, true))
  end)

  it("is known to another client of the same state, before it asks", function()
    local folder = helper.scratch()
    local one = helper.client(server, { state = folder .. "/state.db" })
    local two = helper.client(server, { state = folder .. "/state.db" })
    for _ = 1, 3 do
      one:get_organization(ACME)
    end
    local none, err
    assert.equal(
      0,
      helper.requests_during(server, function()
        none, err = two:get_organization(ACME)
      end)
    )
    assert.is_nil(none)
    assert.equal("quota", err.kind)
    one:close()
    two:close()
    helper.remove(folder)
  end)

  it("costs one refusal when another client has used it up, and none after that", function()
    local other <close> = helper.client(server)
    for _ = 1, 3 do
      other:get_organization(ACME)
    end
    local none, err = org:groups()
    assert.is_nil(none)
    assert.equal("quota", err.kind)
    assert.equal(402, err.status)
    near(3600, err.retry_after, 10)
    assert.equal(
      0,
      helper.requests_during(server, function()
        for _ = 1, 5 do
          err = select(2, org:groups())
        end
      end)
    )
    assert.equal("quota", err.kind)
  end)

  it("leaves a reserve to people", function()
    server:set { quota = 20 }
    local careful <close> = helper.client(server, { reserve = 5 })
    local sent, reply, err = 0, careful:get_organization(ACME)
    while reply do
      sent = sent + 1
      reply, err = careful:get_organization(ACME)
    end
    assert.equal("quota", err.kind)
    assert.equal(20 - 5 - 1, sent) -- the other client has sent one
    assert.equal(5, window(careful, ACME).remaining)
    assert(org:groups()) -- a client without a reserve
  end)

  it("leaves the reserve of a server that does not tell when its window ends, and warns", function()
    local folder = helper.scratch()
    local canned <close> = setmetatable(
      require("spec.canned").serve(folder, {
        {
          "GET",
          "HTTP/1.1 200 OK|Content-Type: application/json|Content-Length: 8|Connection: close|"
            .. 'X-Toggl-Quota-Remaining: 6||{"id":1}',
        },
      }),
      {
        __close = function(self)
          self.close()
          helper.remove(folder)
        end,
      }
    )
    local function results(reserve)
      local told, kinds = {}, {}
      local careful <close> = toggl.client {
        base_url = canned.url,
        token = ("a"):rep(32),
        cache = false,
        state = folder .. "/state.db",
        reserve = reserve,
        on_warning = function(sentence) told[#told + 1] = sentence end,
      }
      for i = 1, 4 do
        local reply, err = careful:get_organization(1)
        kinds[i] = reply and "sent" or err.kind
      end
      return table.concat(kinds, " "), told
    end
    local kinds, told = results(5)
    assert.equal("sent sent quota quota", kinds)
    assert.equal(1, #told)
    assert.matches("X%-Toggl%-Quota%-Resets%-In is missing .* reserve of 5 requests", told[1])
    kinds, told = results(5) -- another process tells it as well
    assert.equal("quota quota quota quota", kinds)
    assert.equal(1, #told)
    kinds, told = results(nil)
    assert.equal("sent sent sent sent", kinds)
    assert.same({}, told)
  end)
end)

describe("a 402", function()
  local server, client, org

  before_each(function()
    server = helper.sandbox { record = false }
    client =
      helper.client(server, { wait = true, retries = 3, on_wait = function() error "it waits" end })
    org = client:get_organization(ACME)
  end)

  after_each(function()
    client:close()
    server:stop()
    client, org = nil, nil
  end)

  local SENTENCE =
    "You have hit your hourly limit for API calls. Your quota will reset in %s seconds"

  it("with the sentence about the hour is a quota, and its last word the wait", function()
    server:fault("402:1 " .. SENTENCE:format(133))
    local none, err = org:groups { wait = false }
    assert.is_nil(none)
    assert.equal("quota", err.kind)
    near(133, err.retry_after, 2)
    local again
    assert.equal(
      0,
      helper.requests_during(server, function()
        again, err = org:groups { wait = false }
      end)
    )
    assert.is_nil(again)
    assert.equal("quota", err.kind)
    assert(client:me()) -- in another window
  end)

  it("is not waited for beyond start_within, and an attempt in flight is not cut short", function()
    server:fault("402:1 " .. SENTENCE:format(5))
    local began = os.time()
    local none, err = org:groups { wait = true, start_within = 1 }
    assert.is_nil(none)
    assert.equal("quota", err.kind)
    assert.is_true(os.time() - began < 4)
    server:set { latency = 700 }
    assert(client:me { start_within = 0.2 })
  end)

  it("with requests left is the plan, and neither waited for nor repeated", function()
    server:set { plan = "free" }
    local workspace = org:workspace "Main"
    local none, err
    assert.equal(
      1,
      helper.requests_during(server, function()
        none, err = workspace:update { rounding = 1, rounding_minutes = 15 }
      end)
    )
    assert.is_nil(none)
    assert.equal("plan", err.kind)
    assert.equal(402, err.status)
    assert.is_nil(err.retry_after)
    assert.is_true(window(client, ACME).remaining > 0)
    assert(org:groups())
  end)

  it("without either is the plan", function()
    server:fault "402 This feature is not part of your plan"
    local none, err
    assert.equal(
      1,
      helper.requests_during(server, function()
        none, err = org:groups()
      end)
    )
    assert.is_nil(none)
    assert.equal("plan", err.kind)
    assert.equal(402, err.status)
    assert.is_nil(err.retry_after)
    server:clear()
    assert(org:groups()) -- the window is open
  end)
end)
