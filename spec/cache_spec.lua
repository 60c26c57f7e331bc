-- The store: which reads it answers, the age it allows, what a write invalidates, and how it
-- handles a damaged file.
local helper = require "spec.helper"
local core = require "toggl.core"
local toggl = require "toggl"

local ACME = 4300000017

local server, folder

-- Return a client with a store: in memory, or the file of the options.
local function with_cache(options)
  return helper.client(server, { cache = ":memory:" }, options)
end

local function cost(f, ...) return helper.requests_during(server, f, ...) end

local read, write = helper.read, helper.write

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

describe("where it is kept:", function()
  before_each(function()
    server = helper.sandbox { record = false }
    folder = helper.scratch()
  end)

  after_each(function()
    server:stop()
    helper.remove(folder)
  end)

  it("nowhere, with cache = false", function()
    local client <close> = with_cache { cache = false }
    client:organizations()
    assert.equal(1, cost(function() client:organizations() end))
    local none, err = client:sql "SELECT 1"
    assert.is_nil(none)
    assert.equal("offline", err.kind)
  end)

  it("with the client, for :memory:", function()
    local one <close> = with_cache()
    local two <close> = with_cache()
    one:organizations()
    assert.equal(0, cost(function() one:organizations() end))
    assert.equal(1, cost(function() two:organizations() end))
  end)

  it("in a private file, whose folders are made", function()
    local path = folder .. "/a/b/cache.db"
    do
      local client <close> = with_cache { cache = path }
      client:organizations()
    end
    local client <close> = with_cache { cache = path }
    assert.equal(0, cost(function() client:organizations() end))
    local mode = io.popen("stat -c %a " .. helper.quote(path))
    assert.equal("600\n", mode:read "a")
    mode:close()
  end)

  -- Return a client of the store at PATH, and the list of its warnings.
  local function warned(path)
    local warnings = {}
    return with_cache {
      cache = path,
      log = function(event)
        if event.type == "warning" then warnings[#warnings + 1] = event.reason end
      end,
    },
      warnings
  end

  -- Check that the file at PATH is quarantined with a warning that matches, and replaced.
  local function is_quarantined(path, pattern)
    local bad = read(path)
    local client, warnings = warned(path)
    assert.equal(2, #client:organizations())
    assert.equal(1, #warnings)
    assert.matches(pattern, warnings[1])
    assert.matches("quarantined as cache%.db%.damaged%-", warnings[1])
    assert.equal(bad, read(folder .. "/" .. warnings[1]:match "quarantined as (%S+)"))
    assert.equal(0, cost(function() client:organizations() end))
    client:close()
    local again, none = warned(path)
    assert.equal(0, cost(function() again:organizations() end))
    assert.is_nil(next(none))
    again:close()
  end

  local function make_cache(path)
    local client <close> = with_cache { cache = path }
    client:organizations()
  end

  it("not in a damaged file", function()
    local path = folder .. "/cache.db"
    write(path, ("this is no database"):rep(1000))
    is_quarantined(path, "not a database of this program")
  end)

  it("not in a file whose middle is damaged", function()
    local path = folder .. "/cache.db"
    make_cache(path)
    local text = read(path)
    write(path, text:sub(1, 100) .. ("\xff"):rep(#text - 100))
    is_quarantined(path, "damaged")
  end)

  it("not in a database of another program", function()
    local path = folder .. "/cache.db"
    make_cache(path)
    helper.patch(path, 68, 42)
    is_quarantined(path, "not a database of this program")
  end)

  it("not in a file of a newer version", function()
    local path = folder .. "/cache.db"
    make_cache(path)
    helper.patch(path, 60, 99)
    local before = read(path)
    local client <close>, warnings = warned(path)
    assert.equal(2, #client:organizations())
    assert.equal(1, #warnings)
    assert.matches("newer version.*left alone.*every run sends its requests again", warnings[1])
    assert.equal(before, read(path))
  end)

  it("nowhere, with a warning, when the folder cannot be used", function()
    for _, path in ipairs { "/proc/nowhere/cache.db", "/dev/null/cache.db", folder } do
      local client, warnings = warned(path)
      assert.equal(2, #client:organizations())
      assert.equal(1, cost(function() client:organizations() end))
      assert.equal(1, #warnings, path)
      client:close()
    end
  end)

  it("nowhere, with a warning, when the file cannot be written", function()
    local path = folder .. "/cache.db"
    make_cache(path)
    if os.execute("chattr +i " .. helper.quote(path) .. " 2>/dev/null") then
      local client, warnings = warned(path)
      assert.equal(2, #client:organizations { refresh = true })
      client:close()
      os.execute("chattr -i " .. helper.quote(path))
      assert.is_true(#warnings >= 1)
    else
      pending "no file system here that protects a file from root"
    end
  end)

  it("nowhere, with a warning, through a link, which could lead anywhere", function()
    local path = folder .. "/cache.db"
    write(folder .. "/other", "")
    os.execute(("ln -s %s %s"):format(helper.quote(folder .. "/other"), helper.quote(path)))
    local client, warnings = warned(path)
    assert.equal(2, #client:organizations())
    assert.matches("symbolic link", warnings[1])
    assert.equal("", read(folder .. "/other"))
    client:close()
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

describe("SQL over the store", function()
  local client, org

  setup(function()
    server = helper.sandbox { record = false }
    client = with_cache()
    org = client:organization "Acme"
    org:users()
    org:groups()
    client:workspaces()
  end)

  teardown(function()
    client:close()
    server:stop()
    client, org = nil, nil
  end)

  it("shows organizations, users, memberships, groups and workspaces, for nothing", function()
    assert.equal(
      0,
      cost(function()
        assert.equal(2, client:sql("SELECT count(*) AS n FROM organizations")[1].n)
        assert.equal(60, client:sql("SELECT count(*) AS n FROM users")[1].n)
        assert.equal(#org:groups(), client:sql("SELECT count(*) AS n FROM groups")[1].n)
        assert.equal(#client:workspaces(), client:sql("SELECT count(*) AS n FROM workspaces")[1].n)
        local memberships = 0
        for user in org:users():each() do
          memberships = memberships + #(user.workspaces or {})
        end
        assert.equal(memberships, client:sql("SELECT count(*) AS n FROM memberships")[1].n)
      end)
    )
  end)

  it("takes parameters of every type, and no text becomes a query", function()
    local row = client:sql(
      "SELECT ? AS a, ? AS b, ? AS c, ? AS d, ? AS e",
      2 ^ 53 | 0,
      1.5,
      true,
      "it's",
      nil
    )[1]
    assert.same({ a = 9007199254740992, b = 1.5, c = 1, d = "it's" }, row)
    assert.equal(
      "Ann Lee",
      client:sql("SELECT name FROM users WHERE email = ?", "ann@example.com")[1].name
    )
    assert.same({}, client:sql("SELECT name FROM users WHERE email = ?", "' OR 1 --"))
    assert.error_matches(function() client:sql "SELECT ?" end, "1 parameters, got 0")
    assert.error_matches(function() client:sql("SELECT 1", 2) end, "0 parameters, got 1")
    assert.error_matches(function() client:sql("SELECT ?", {}) end, "number")
  end)

  it(
    "has what queries of the older client offered: equal, less, greater, any of, distinct",
    function()
      local rows = assert(
        client:sql(
          [[SELECT DISTINCT u.email FROM memberships m
      JOIN users u ON u.id = m.organization_user_id
      WHERE m.workspace_name IN (?, ?) AND u.id < ? AND u.id > ? AND u.inactive = ?]],
          "Main",
          "Archive",
          1 << 60,
          0,
          false
        )
      )
      local expected = 0
      for user in org:users():each() do
        local inside = false
        for _, m in ipairs(user.workspaces or {}) do
          inside = inside or m.workspace_name == "Main" or m.workspace_name == "Archive"
        end
        if inside and not user.inactive then expected = expected + 1 end
      end
      assert.is_true(expected > 0)
      assert.equal(expected, #rows)
    end
  )

  it("names its columns, in their order", function()
    local rows = client:sql "SELECT email, name FROM users LIMIT 0"
    assert.same({}, rows)
    assert.same({ "email", "name" }, getmetatable(rows).columns)
  end)

  it("changes nothing", function()
    for _, query in ipairs {
      "DELETE FROM users",
      "DROP VIEW users",
      "CREATE TABLE t(a)",
      "UPDATE replies SET text = ''",
      "INSERT INTO clock VALUES (1, 1)",
      "PRAGMA user_version = 7",
      "ATTACH ':memory:' AS x",
      "VACUUM",
      "BEGIN",
      "SELECT 1; DELETE FROM clock",
      "SELECT writefile('/tmp/x', '')",
      "SELECT load_extension('x')",
    } do
      local rows, err = client:sql(query)
      assert.is_nil(rows, query)
      assert.equal("invalid", err.kind, query)
    end
    assert.equal(60, client:sql("SELECT count(*) AS n FROM users")[1].n)
    assert.equal(0, cost(function() org:groups() end))
  end)

  it("says what is wrong with a query", function()
    local rows, err = client:sql "SELECT missing FROM users"
    assert.is_nil(rows)
    assert.equal("invalid", err.kind)
    assert.is_truthy(err.message:find("no such column: missing", 1, true))
    rows, err = client:sql ""
    assert.is_nil(rows)
    assert.equal("invalid", err.kind)
  end)

  it("lets the newest whole list decide who is there, in one page or in many", function()
    local function has(email)
      return client:sql("SELECT count(*) AS n FROM users WHERE email = ?", email)[1].n == 1
    end
    local other <close> = helper.client(server)
    for turn, pages in ipairs { 1, 3 } do
      server:set { page_cap = pages > 1 and 20 or 0 }
      local gone = org:users { active_status = "active", sort_dir = "desc", refresh = true }[turn]
      assert.is_true(has(gone.email))
      -- by another client: this client's store drops nothing
      assert(other:organization("Acme"):user(gone.email):remove())
      org:users { filter = "no match at all", refresh = true }
      org:users { only_admins = true, refresh = true }
      assert.is_true(has(gone.email)) -- a filtered list shows no removal
      if pages > 1 then
        org:users { page = 1, per_page = 20, refresh = true }
        assert.is_true(has(gone.email)) -- one page of several shows none
      end
      assert.equal(60 - turn, #org:users { refresh = true })
      assert.is_false(has(gone.email))
      assert.equal(60 - turn, client:sql("SELECT count(*) AS n FROM users")[1].n)
    end
    server:set { page_cap = 0 }
  end)

  it("sees a reply as soon as it has come, and no longer than it is stored", function()
    assert.equal(0, client:sql("SELECT count(*) AS n FROM usage_counters")[1].n)
    org:usage()
    assert.is_true(client:sql("SELECT count(*) AS n FROM usage_counters")[1].n > 0)
    org:create_group { name = "Fresh" }
    assert.equal(0, client:sql("SELECT count(*) AS n FROM groups")[1].n)
    local groups = org:groups()
    assert.equal(#groups, client:sql("SELECT count(*) AS n FROM groups")[1].n)
    org:users()
  end)
end)

describe("a file that is replaced", function()
  it("while clients use it is left for the new one", function()
    server = helper.sandbox { record = false }
    folder = helper.scratch()
    local path = folder .. "/cache.db"
    local client <close> = with_cache { cache = path }
    client:organizations()
    for _, name in ipairs { "", "-wal", "-shm" } do
      os.remove(path .. name)
    end
    core.sleep(1.1)
    assert.equal(1, cost(function() client:organizations() end))
    client:close()
    assert.is_truthy(toggl.json)
    local again <close> = with_cache { cache = path }
    assert.equal(0, cost(function() again:organizations() end))
    again:close()
    server:stop()
    helper.remove(folder)
  end)
end)
