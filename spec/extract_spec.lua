-- core.extract returns chosen fields of a list as plain tables, core.digest a number for a value,
-- core.count_keys and core.count_signs what a text and its table have.

local canned = require "spec.canned"
local helper = require "spec.helper"
local core = require "toggl.core"

local function set_of(list, field)
  local set = {}
  for _, item in ipairs(list or {}) do
    set[item[field]] = true
  end
  return set
end

describe("core.extract", function()
  it("takes what the records have, from every person of an organization", function()
    local server <close> = helper.sandbox { people = 60, record = false }
    local client <close> = helper.client(server, { on_error = "raise" })
    local users = client:organization("Acme"):users()
    local found = core.extract(users, {
      id = "id",
      user_id = "account",
      email = "email",
      joined = "joined",
      groups = { by = "group_id" },
      workspaces = { by = "workspace_id", role = "role", groups = { by = "group_id" } },
    })
    assert.equal(#users, #found)
    local memberships = 0
    for i, user in ipairs(users) do
      local p = found[i]
      assert.same(
        { user.id, user.user_id, user.email, user.joined },
        { p.id, p.account, p.email, p.joined }
      )
      assert.same(set_of(user.groups, "group_id"), p.groups or {})
      for _, w in ipairs(user.workspaces or {}) do
        local here = p.workspaces[w.workspace_id]
        memberships = memberships + 1
        assert.same({ w.role, set_of(w.groups, "group_id") }, { here.role, here.groups or {} })
      end
    end
    assert.is_true(memberships > 60)
  end)

  it("reads older names, leaves nulls out, and raises where a record raises", function()
    local home = helper.scratch()
    local server = canned.serve(home, {
      {
        "/organizations/1/",
        '[{"organization_user_id":5,"id":7,"email":12,"name":null,"groups":[null,{"group_id":3}]},'
          .. '{"fullname":"Ann","organization_user_id":8,"groups":[]}]',
      },
      { "/organizations/2/", '[{"id":7,"email":"a@x.y","admin":{}}]' },
      { "/organizations/3/", '[{"id":7,"workspaces":[{"workspace_id":4,"rate":"much"}]}]' },
    })
    local client <close> = require("toggl").client {
      base_url = server.url,
      token = ("a"):rep(32),
      cache = false,
      state = false,
      on_error = "raise",
    }
    local function people(n) return client.api.get_organization_users { organization_id = n } end
    local shape = { id = "id", email = true, name = "name", groups = { by = "group_id" } }
    local found = core.extract(people(1), shape)
    assert.same({ id = 7, email = "12", groups = { [3] = true } }, found[1])
    assert.same({ id = 8, name = "Ann", groups = {} }, found[2])
    local ok, err = pcall(core.extract, people(2), { admin = "admin" })
    assert.same({ false, "decode" }, { ok, err.kind })
    shape = { workspaces = { by = "workspace_id", rate = "rate" } }
    ok, err = pcall(core.extract, people(3), shape)
    assert.same({ false, "decode" }, { ok, err.kind })
    assert.matches('"rate"', err.message, 1, true)
    server.close()
    helper.remove(home)
  end)

  it("raises for shapes that fit no record", function()
    local server <close> = helper.sandbox { people = 5, record = false }
    local client <close> = helper.client(server, { on_error = "raise" })
    local users = client:organization("Acme"):users()
    local function fails(with, shape)
      local ok, err = pcall(core.extract, users, shape)
      assert.is_false(ok)
      assert.matches(with, tostring(err), 1, true)
    end
    fails("org_user has no field nme", { nme = "name" })
    fails("org_user.name has no records", { name = { by = "group_id" } })
    fails("lacks `by`", { groups = { name = "name" } })
    fails("a field is a name", { "email" })
    fails("table expected", "email")
    assert.is_false(pcall(core.extract, {}, {}))
    assert.is_false(pcall(core.extract))
  end)
end)

describe("core.digest", function()
  local function of(value) return core.digest(value, { path = true }) end

  it("is equal for equal values, whatever the order of their keys", function()
    local one, other = {}, {}
    for i = 1, 50 do
      one["k" .. i], other["k" .. 51 - i] = { i, tostring(i), i % 2 == 0 }, { 51 - i }
    end
    for i = 1, 50 do
      other["k" .. i] = { i, tostring(i), i % 2 == 0 }
    end
    assert.equal(of(one), of(other))
    one.path = { 1 }
    assert.equal(of(one), of(other))
    one.k7[2] = "8"
    assert.not_equal(of(one), of(other))
  end)

  it("differs for values that differ", function()
    local seen = {}
    local values = { 0, 1, 1.5, 50, 50.0, "", "1", "12345678", "123456789", true, false, core.null }
    for _, value in ipairs(values) do
      for _, v in ipairs { value, { value }, { a = value }, { { value } } } do
        local digest = of(v)
        assert.is_nil(seen[digest], tostring(v))
        seen[digest] = true
      end
    end
    assert.equal(of(nil), of(nil))
    local deep = {}
    deep.deep = deep
    assert.is_false(pcall(of, deep))
  end)
end)

describe("core.count_keys", function()
  it("counts the keys of all tables, but for positions", function()
    local value = { "a", "b", x = { 1, 2, y = { z = false } }, [0] = 1, [-1] = 1, [1.5] = {} }
    assert.equal(6, core.count_keys(value, 100, 8))
    assert.equal(0, core.count_keys({}, 1, 1))
  end)

  it("is nil where there are more tables, or deeper ones, than asked for", function()
    local itself = {}
    itself.itself = itself
    assert.is_nil(core.count_keys(itself, 1 << 30, 100))
    assert.equal(2, core.count_keys({ a = { b = 1 } }, 2, 2))
    assert.is_nil(core.count_keys({ a = { b = 1 } }, 1, 2))
    assert.is_nil(core.count_keys({ a = { b = 1 } }, 2, 1))
    assert.equal(3, core.count_keys({ { a = 1 }, { b = 1 }, { c = 1 } }, 4, 2))
  end)
end)

describe("core.count_signs", function()
  it("counts a sign, but not in comments", function()
    assert.equal(2, core.count_signs("a = 1 -- b = 2\nc = 3 -- = --", "=", "--"))
    assert.equal(4, core.count_signs("a = 1 -- b = 2\nc = 3 -- = --", "=", nil))
    assert.equal(1, core.count_signs("a = - -", "=", "--"))
    assert.equal(0, core.count_signs("", "=", "--"))
    assert.equal(1, core.count_signs("-=", "=", "--"))
  end)
end)
