-- SQL over the store: what it shows, and that it changes nothing.
local helper = require "spec.helper"

local server

local function cost(f, ...) return helper.requests_during(server, f, ...) end

describe("SQL over the store", function()
  local client, org

  setup(function()
    server = helper.sandbox { record = false }
    client = helper.client(server, { cache = ":memory:" })
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
