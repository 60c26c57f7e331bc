-- What a change invalidates in the store, and stale replies in place of an error.
local helper = require "spec.helper"
local core = require "toggl.core"

local ACME = 4300000017

local server, folder

-- Return a client with a store: in memory, or the file of the options.
local function with_cache(options) return helper.client(server, { cache = ":memory:" }, options) end

local function cost(f, ...) return helper.requests_during(server, f, ...) end

describe("a change", function()
  before_each(function()
    server = helper.sandbox { record = false }
    folder = helper.scratch()
  end)

  after_each(function()
    server:stop()
    helper.remove(folder)
  end)

  it("drops what it may have made wrong, and nothing else", function()
    local client <close> = with_cache()
    local org = client:organization "Acme"
    org:groups()
    org:users()
    org:roles()
    org:plans()
    assert(org:create_group { name = "Fresh" })
    assert.equal(
      0,
      cost(function()
        org:roles()
        org:plans()
        client:organization "Acme"
      end)
    )
    assert.equal(1, cost(function() org:groups() end))
    assert.equal(1, cost(function() org:users() end))
  end)

  it("drops it also when the change is ambiguous, and not when it was refused", function()
    local client <close> = with_cache { settle = 0, journal = false }
    local org = client:organization "Acme"
    org:groups()
    server:fault "commit-then-drop:1"
    local none, err = org:create_group { name = "Lost" }
    assert.is_nil(none)
    assert.equal("unknown", err.kind)
    assert.equal(1, cost(function() assert.equal("Lost", org:group("Lost").name) end))
    none, err = org:create_group { name = "Lost" }
    assert.is_nil(none)
    assert.equal("invalid", err.kind)
    assert.equal(0, cost(function() org:groups() end))
  end)

  it(
    "keeps no reply while a change of any user of the file settles, and does afterwards",
    function()
      local path = folder .. "/settle.db"
      local one <close> = with_cache { cache = path, settle = 1 }
      local two <close> = with_cache { cache = path, settle = 1 }
      local mine, theirs = one:organization "Acme", two:organization "Acme"
      mine:groups()
      local made = assert(theirs:create_group { name = "Fresh" })
      for _ = 1, 2 do
        assert.equal(1, cost(function() mine:groups() end))
      end
      assert.equal(
        1,
        cost(function()
          assert(mine:roles())
          assert(mine:roles())
        end)
      ) -- no write invalidated it
      core.sleep(1.1)
      assert.equal(1, cost(function() mine:groups() end))
      assert.equal(0, cost(function() assert.is_false(theirs:groups().stale) end))
      made:delete()
    end
  )

  it("returns an invalidated list, marked stale, where no fresh one can be read", function()
    local client <close> = with_cache()
    local org = client:organization "Acme"
    local before = #org:groups()
    org:users()
    assert(org:create_group { name = "Fresh" })
    local list = org:groups { offline = true }
    assert.is_true(list.stale)
    assert.equal(before, #list)
    -- sends a request; while the write settles, offline reads alone use the reply
    assert.equal(before + 1, #org:groups())
    list = org:groups { offline = true }
    assert.is_true(list.stale)
    assert.equal(before + 1, #list)
    assert.equal("Olive Hart", org:user("Olive Hart", { offline = true }).name)
    assert.equal("Fresh", org:group("Fresh", { offline = true }).name)
  end)

  it("answers with it too when the window is used up, if the call says so", function()
    server:stop()
    server = helper.sandbox { record = false, plan = "free", quota = 3 }
    local client <close> = with_cache { state = ":memory:" }
    local org = client:organization "Acme"
    org:groups()
    while org:create_group { name = "Fresh " .. server:requests() } do
    end -- until the quota is used up
    local list = assert(org:groups { stale = "quota" })
    assert.is_true(list.stale)
    assert.equal("quota", select(2, org:groups()).kind)
  end)

  it("is asked for nothing by a misspelt name, whose error says how old the list is", function()
    local client <close> = with_cache()
    local org = client:organization "Acme"
    org:groups()
    org:users()
    core.sleep(1.1)
    assert.equal(
      0,
      cost(function()
        local _, err = org:group "Suport"
        assert.matches(
          'did you mean "Support"%? The list is from the store and 1 s old: refresh',
          tostring(err)
        )
        _, err = org:user "Olive Hurt"
        assert.matches("from the store and %d s old", tostring(err))
      end)
    )
  end)

  it("drops it for every client of the file", function()
    local path = folder .. "/cache.db"
    local one <close> = with_cache { cache = path }
    local two <close> = with_cache { cache = path }
    local groups = #one:organization("Acme"):groups()
    core.sleep(0.3) -- wait for the write-behind queue
    one:organizations { refresh = true }
    assert.equal(0, cost(function() assert.equal(groups, #two:organization("Acme"):groups()) end))
    two:organization("Acme"):create_group { name = "Fresh" }
    assert.equal(
      1,
      cost(function() assert.equal(groups + 1, #one:organization("Acme"):groups()) end)
    )
  end)

  it("drops it for other processes", function()
    local path = folder .. "/cache.db"
    local client <close> = with_cache { cache = path }
    local groups = #client:organization("Acme"):groups()
    local chunk = ([[
      local client <close> = require "toggl".client{unix_socket = %q, base_url = %q, token = os.getenv "SECRET",
        cache = %q, state = false}
      assert(client:organization "Acme":create_group{name = "From elsewhere"})
    ]]):format(server.socket, server.url, path)
    local _, err, status = helper.run({
      LUA_PATH = "lua/?.lua;lua/?/init.lua;;",
      LUA_CPATH = helper.build .. "/?.so;;",
      SECRET = server:token(),
    }, "lua5.4", "-e", chunk)
    assert.equal(0, status, err)
    assert.equal(
      1,
      cost(function() assert.equal(groups + 1, #client:organization("Acme"):groups()) end)
    )
  end)

  it("does not reach the store of another account", function()
    local path = folder .. "/cache.db"
    local olive <close> = with_cache { cache = path }
    local ann <close> = with_cache { cache = path, token = server:token "ann@example.com" }
    olive:me()
    assert.equal(1, cost(function() assert.equal("ann@example.com", ann:me().email) end))
    assert.equal("olive@example.com", olive:me().email)
    assert.equal(1, #ann:sql "SELECT * FROM me")
  end)
end)

describe("a stale reply in place of an error", function()
  local client, org

  before_each(function()
    server = helper.sandbox { record = false, plan = "free", quota = 3 }
    client = with_cache { stale = "quota" }
    org = client:get_organization(ACME)
    org:groups()
    org:usage()
  end)

  after_each(function()
    client:close()
    server:stop()
    client, org = nil, nil
  end)

  it('is what stale = "quota" gives when the window is used up, marked', function()
    core.sleep(0.05)
    local list
    assert.equal(0, cost(function() list = assert(org:groups { max_age = 0.01 }) end))
    assert.is_true(list.stale)
    assert.is_true(list.complete)
    assert.is_true(list.age >= 0.05)
    local _, response =
      client.api.get_organization_groups { organization_id = ACME, refresh = true }
    assert.equal("store", response.from)
    assert.is_true(response.stale)
  end)

  it("is not given to a call that says stale = false", function()
    core.sleep(0.02)
    local none, err = org:groups { max_age = 0.01, stale = false }
    assert.is_nil(none)
    assert.equal("quota", err.kind)
  end)

  it("is not there for what was never read, and for writes", function()
    local none, err = org:roles()
    assert.is_nil(none)
    assert.equal("quota", err.kind)
    none, err = org:create_group { name = "Late" }
    assert.is_nil(none)
    assert.equal("quota", err.kind)
  end)

  it("is not returned to a caller who did not ask for it", function()
    local strict <close> = with_cache()
    local none, err = strict:get_organization(ACME)
    assert.is_nil(none)
    assert.equal("quota", err.kind)
    assert.equal(402, err.status)
    core.sleep(0.02)
    assert.is_true(org:groups { max_age = 0.01, stale = "quota" }.stale)
  end)

  it("never hides another failure", function()
    server:set { quota = 100 }
    server:advance(3600)
    server:fault "500"
    local fresh <close> = with_cache { stale = "quota" }
    local none, err = fresh:get_organization(ACME)
    assert.is_nil(none)
    assert.equal("server", err.kind)
  end)
end)
