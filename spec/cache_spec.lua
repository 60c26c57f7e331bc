-- The store of replies: which reads it answers, and the age it allows.
local helper = require "spec.helper"
local core = require "toggl.core"

local ACME = 4300000017

local server

-- Return a client with a store: in memory, or the file of the options.
local function with_cache(options) return helper.client(server, { cache = ":memory:" }, options) end

local function cost(f, ...) return helper.requests_during(server, f, ...) end

describe("the store", function()
  local client, org

  before_each(function()
    server = helper.sandbox { record = false }
    client = with_cache()
    org = client:organization "Acme"
  end)

  after_each(function()
    client:close()
    server:stop()
    client, org = nil, nil
  end)

  it("answers what was asked before, for as long as the row says", function()
    assert.equal(1, cost(function() org:groups() end))
    assert.equal(0, cost(function() org:groups() end))
    local _, response = client.api.get_organization_groups { organization_id = ACME }
    assert.equal("store", response.from)
    assert.equal(0, response.cost)
    assert.is_false(response.stale)
  end)

  it("answers a detail that has another argument only when it was asked", function()
    org:users { page = 1, per_page = 5 }
    assert.equal(1, cost(function() org:users { page = 2, per_page = 5 } end))
    assert.equal(0, cost(function() org:users { per_page = 5, page = 2 } end))
  end)

  it("obeys max_age, of a call and of a client", function()
    org:groups()
    core.sleep(0.15)
    assert.equal(1, cost(function() org:groups { max_age = 0.1 } end))
    assert.equal(0, cost(function() org:groups { max_age = 60 } end))
    local hasty <close> = with_cache { max_age = 0.05 }
    hasty:organizations()
    assert.equal(0, cost(function() hasty:organizations { max_age = 60 } end))
    core.sleep(0.1)
    assert.equal(1, cost(function() hasty:organizations() end))
    assert.equal(0, cost(function() hasty:organizations { max_age = 60 } end))
  end)

  it("is bypassed with refresh, and stores the reply", function()
    org:groups()
    local other <close> = helper.client(server)
    other:organization("Acme"):create_group { name = "Fresh" }
    local old, new
    assert.equal(0, cost(function() old = #org:groups() end))
    assert.equal(1, cost(function() new = #org:groups { refresh = true } end))
    assert.equal(old + 1, new)
    assert.equal(0, cost(function() assert.equal(new, #org:groups()) end))
    local always <close> = with_cache { refresh = true }
    assert.equal(
      2,
      cost(function()
        always:organizations()
        always:organizations()
      end)
    )
  end)

  it("alone answers with offline", function()
    org:groups()
    server:set { latency = 1 }
    assert.equal(
      0,
      cost(function()
        assert.is_true(#org:groups { offline = true } > 0)
        local none, err = org:roles { offline = true }
        assert.is_nil(none)
        assert.equal("offline", err.kind)
        none, err = org:create_group { name = "Late", offline = true }
        assert.is_nil(none)
        assert.equal("offline", err.kind)
        client:set_offline(true)
        assert.equal("Acme", client:organization("Acme").name)
        none, err = org:usage()
        assert.is_nil(none)
        assert.equal("offline", err.kind)
      end)
    )
  end)

  it("is asked or not as the call says, whatever its client does otherwise", function()
    local always <close> = with_cache { refresh = true }
    always:organizations()
    assert.equal(0, cost(function() always:organizations { refresh = false } end))
    assert.equal(1, cost(function() always:organizations() end))
    client:set_offline(true)
    assert.equal(1, cost(function() assert(org:roles { offline = false }) end))
    assert.equal(0, cost(function() assert(org:roles()) end))
  end)

  it("shows an old reply offline, and says so", function()
    org:groups()
    core.sleep(0.05)
    local list = org:groups { offline = true, max_age = 0.01 }
    assert.is_true(list.stale)
    assert.is_true(list.age >= 0.05)
  end)

  it("says how old a list is, and that it is whole", function()
    local first = org:groups()
    assert.is_true(first.complete)
    assert.is_true(first.age < 1)
    core.sleep(0.1)
    local second = org:groups()
    assert.is_true(second.complete)
    assert.is_true(second.age >= 0.1 and second.age < 2)
    assert.equal(first.at, second.at)
  end)

  it("remembers an empty list, and no error", function()
    local none_match = { page = 1, filter = "no person has this name" }
    assert.equal(0, #org:users(none_match))
    assert.equal(0, cost(function() assert.equal(0, #org:users(none_match)) end))
    server:fault "500:1"
    assert.is_nil(org:roles())
    assert.equal(1, cost(function() assert(org:roles()) end))
    assert.is_nil(client:get_organization(4300000051))
    assert.equal(1, cost(function() assert.is_nil(client:get_organization(4300000051)) end))
    server:fault "html:1"
    assert.is_nil(org:usage())
    assert.equal(1, cost(function() assert(org:usage()) end))
  end)

  it("does not bring back people that a later list lacks", function()
    org:users()
    local ann = org:user "ann@example.com"
    local other <close> = helper.client(server)
    assert(other:organization("Acme"):remove(ann))
    assert.equal("Ann Lee", org:user("ann@example.com").name) -- fresh for five minutes
    org:users { refresh = true }
    local none, err
    assert.equal(
      0,
      cost(function()
        none, err = org:user "ann@example.com"
      end)
    )
    assert.is_nil(none)
    assert.equal("not_found", err.kind)
    assert.equal(0, #client:sql("SELECT 1 FROM users WHERE email = ?", "ann@example.com"))
  end)

  it("finds an organization by name, and a person by address or name, for nothing", function()
    org:users()
    assert.equal(
      0,
      cost(function()
        assert.equal("Acme", client:organization("Acme").name)
        assert.equal("Blue Door", client:organization("Blue Door").name)
        local ann = org:user "ANN@example.com"
        assert.equal("Ann Lee", ann.name)
        assert.equal(ann.id, org:user("Ann Lee").id)
        assert.equal(ann.id, org:user { user_id = ann.user_id }.id)
        assert.equal(ann.id, org:user { organization_user_id = ann.id }.id)
        local none, err = org:user "gone@example.com"
        assert.is_nil(none)
        assert.equal("not_found", err.kind)
      end)
    )
  end)

  it("does not take a part of the people for all of them", function()
    org:users { page = 1, per_page = 3 }
    org:users { filter = "ann" }
    assert.equal(1, cost(function() assert(org:user "olive@example.com") end))
  end)

  it("keeps no secret", function()
    client:me()
    client:organizations()
    for _, row in ipairs(client:sql "SELECT * FROM me") do
      for _, value in pairs(row) do
        assert.is_nil(tostring(value):find(server:token(), 1, true))
      end
    end
  end)

  it("keeps no quota headers, which would count an earlier hour", function()
    server:set { plan = "starter", etag = true }
    local function headers(options)
      options.organization_id = ACME
      local _, response = client.api.get_organization_groups(options)
      return response.from, response.headers
    end
    local from, fresh = headers {}
    assert.equal("wire", from)
    assert.matches("^%d+$", fresh["x-toggl-quota-remaining"])
    local stored
    from, stored = headers {}
    assert.equal("store", from)
    assert.equal(fresh.etag, stored.etag)
    for name in pairs(stored) do
      assert.is_nil(name:find("quota", 1, true), name)
    end
  end)

  it("asks whether a reply still holds, where the server has tags for them", function()
    server:set { etag = true }
    local status
    local asking <close> = with_cache { log = function(event) status = event.status or status end }
    local groups = asking:get_organization(ACME):groups()
    assert.equal(200, status)
    local list, response
    assert.equal(
      1,
      cost(function()
        list, response =
          asking.api.get_organization_groups { organization_id = ACME, refresh = true }
      end)
    )
    assert.equal(304, status)
    local _, seen = server:requests()
    assert.equal(304, seen[#seen].status) -- the status on the wire
    assert.equal(groups:raw(), list:raw())
    assert.is_true(list.age < 2)
    assert.equal(1, response.cost)
    core.sleep(0.3)
    -- another 304, after which the reply is fresh again
    list = asking.api.get_organization_groups { organization_id = ACME, max_age = 0.2 }
    assert.equal(groups:raw(), list:raw())
    assert.equal(
      0,
      cost(
        function() asking.api.get_organization_groups { organization_id = ACME, max_age = 0.2 } end
      )
    )
    asking:get_organization(ACME):create_group { name = "Fresh" }
    assert.equal(#groups + 1, #asking:get_organization(ACME):groups())
    assert.equal(200, status)
  end)
end)
