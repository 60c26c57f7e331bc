-- Read the files of earlier versions (spec/fixtures/state). state.db also has a C test
-- (spec/c/test_versions.c).
local helper = require "spec.helper"

local SERVER = "http://127.0.0.1:18473/api/v9" -- of the fixtures; nothing listens there

describe("files of earlier versions", function()
  local home

  before_each(function()
    home = helper.scratch()
    for _, room in ipairs { "config", "cache", "state" } do
      assert(os.execute(("install -d -m 700 '%s/%s/toggl'"):format(home, room)))
    end
  end)
  after_each(function() helper.remove(home) end)

  local function put(fixture, to)
    assert(os.execute(("install -m 0600 spec/fixtures/state/%s '%s/%s'"):format(fixture, home, to)))
  end

  -- Run CODE with a profile of the fixtures, offline: its output comes from the files.
  local function run(profile, code)
    put("profiles-1", "config/toggl/profiles")
    local environment = helper.environment(home, { TOGGL_API_URL = SERVER })
    return helper.run(
      environment,
      helper.build .. "/togglsh",
      "--offline",
      "--profile",
      profile,
      "-e",
      code
    )
  end

  local QUOTA = [[
    for _, w in ipairs(client:quota()) do
      if w.organization_id == 4300000017 then print(w.spent) end
    end]]

  for _, version in ipairs { 2, 3, 4 } do
    it(("state.db of version %d: the windows are counted on"):format(version), function()
      put(("state-%d.db"):format(version), "state/toggl/state.db")
      local out, err, status = run("work", QUOTA)
      assert.same({ "6\n", "", 0 }, { out, err, status })
    end)
  end

  it("cache.db of version 1: quarantined, since its program may still write to it", function()
    put("cache-1.db", "cache/toggl/cache.db")
    local out, err, status = run("work", "print(client:organizations()[1].name)")
    assert.same({ "", 1 }, { out, status })
    assert.truthy(err:find("cache.db.damaged-", 1, true), err)
  end)

  it("cache.db of version 3: read", function()
    put("cache-3.db", "cache/toggl/cache.db")
    local out, err, status = run("work", "print(client:organizations()[1].name)")
    assert.same({ "Acme\n", "", 0 }, { out, err, status })
  end)

  it("profiles: the token and the password are found", function()
    local out, err = run("work", "print 'read'")
    assert.same({ "read\n", "" }, { out, err })
    out, err = run("second", "print 'read'")
    assert.same({ "read\n", "" }, { out, err })
  end)
end)
