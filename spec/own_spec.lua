-- A finder needs no reading for what the script itself has changed: the record is what the change
-- made of it, with the mark `settling`. Everything else that may have changed is read again.
local helper = require "spec.helper"
local json = require("toggl").json

local LATE = 3600 -- seconds of the sandbox's clock until a change is seen

local server, folder, client, org, opened

local function open(more)
  local o = { cache = folder .. "/cache.db", state = folder .. "/state.db", settle = 10 }
  local c = helper.client(server, o, more)
  opened[#opened + 1] = c
  return c:organization "Acme", c
end

local function cost(f, ...) return helper.requests_during(server, f, ...) end

local function missing(finder, name)
  local found, err = finder(org, name)
  assert.is_nil(found, tostring(found))
  assert.equal("not_found", err.kind, tostring(err))
  return err
end

local function late() server:set { visible_after = LATE, gone_after = LATE } end

local function find(list, field, value)
  for record in assert(list):each() do
    if record[field] == value then return record end
  end
end

-- The members of a record without its secrets, which no store has.
local function plain(record)
  local t = json.decode(record:raw())
  t.api_token, t.ical_url = nil, nil
  return t
end

describe("a finder, after changes of the same script,", function()
  before_each(function()
    folder, opened = helper.scratch(), {}
    server = helper.sandbox { record = false, people = 12 }
    org, client = open()
  end)
  after_each(function()
    for _, c in ipairs(opened) do
      c:close()
    end
    org, client, opened = nil, nil, nil
    server:stop()
    helper.remove(folder)
  end)

  for _, first in ipairs { "a reading", "a change" } do
    it("costs one reading in a loop that begins with " .. first, function()
      late()
      if first == "a reading" then assert(org:groups()) end
      local sent = cost(function()
        for i = 1, 12 do
          assert(org:create_group { name = "Team " .. i })
          local group = assert(org:group("team " .. i))
          assert.is_true(group.settling > 0)
          assert.equal("Team " .. i, group.name)
          assert.equal("Team 1", assert(org:group "Team 1").name)
          assert.matches('did you mean "Team', missing(org.group, "Tean " .. i + 1).advice)
        end
      end)
      assert.equal(first == "a reading" and 12 or 13, sent)
    end)
  end

  it("knows a renamed group by its new name alone", function()
    for _, name in ipairs { "Support", "Engineering" } do
      local group = assert(org:group(name))
      late()
      local sent = cost(function()
        assert(group:rename("New " .. name))
        local err = missing(org.group, name)
        assert.truthy(err.advice:find(('"New %s"'):format(name), 1, true), err.advice)
        assert.is_nil(err.retry_after)
        local found = assert(org:group("new " .. name))
        assert.equal(group.group_id, found.group_id)
        assert.equal(#group.users, #found.users)
        assert.is_true(found.settling > 0)
        assert(found:rename(name)) -- and back, by what was found
        assert.equal(group.group_id, assert(org:group(name)).group_id)
        missing(org.group, "New " .. name)
      end)
      assert.equal(#(group.workspaces or {}) > 0 and 2 or 4, sent)
    end
  end)

  it("knows that a deleted group is gone", function()
    local group = assert(org:group "Night shift")
    late()
    assert.equal(
      1,
      cost(function()
        assert(group:delete())
        local err = missing(org.group, "Night shift")
        assert.is_nil(err.retry_after)
        missing(org.group, tostring(group.group_id))
        assert(org:group "Support")
      end)
    )
    assert.equal(
      2,
      cost(function() -- and that one of its name is another
        server:set { visible_after = 0 }
        local other = assert(org:create_group { name = "Night shift" })
        assert.not_equal(group.group_id, other.group_id)
        assert.equal(other.group_id, assert(org:group "Night shift").group_id)
        missing(org.group, tostring(group.group_id))
        assert(other:delete())
        missing(org.group, "Night shift")
      end)
    )
  end)

  it("knows people by what was changed, and asks for one whose other fields may be", function()
    local people = assert(org:users())
    local ann, bo = assert(org:user "ann@example.com"), assert(org:user "ed3@example.com")
    late()
    assert.equal(
      1,
      cost(function()
        assert(ann:update { name = "Ann Other" })
        local found = assert(org:user "ann other")
        assert.equal(ann.email, found.email)
        assert.equal("Ann Other", assert(org:user { user_id = ann.user_id }).name)
        missing(org.user, ann.name)
        assert.equal(bo.name, assert(org:user "ed3@example.com").name)
      end)
    )
    assert.equal(
      1,
      cost(function()
        assert(bo:deactivate())
        for user in people:each() do
          if user.id ~= bo.id and user.id ~= ann.id then
            assert.equal(user:raw(), assert(org:user { organization_user_id = user.id }):raw())
          end
        end
      end)
    )
    assert.equal(1, cost(org.user, org, "ed3@example.com"))
    local cy = assert(org:user "zoe9@example.com")
    assert.equal(
      1,
      cost(function()
        assert(org:remove(cy))
        missing(org.user, "zoe9@example.com")
      end)
    )
  end)

  it("has what the service says, once it shows it", function()
    local changes = {
      {
        "user",
        function() return org:user("ann@example.com"):update { name = "Ann É" } end,
        "Ann É",
      },
      { "group", function() return org:create_group { name = "Fresh" } end, "Fresh" },
      { "group", function() return org:group("Support"):rename "Help" end, "Help" },
      {
        "group",
        function()
          local group = org:group "Night shift"
          return group:update {
            name = "Day shift",
            users = group.users,
            workspaces = group.workspaces,
          }
        end,
        "Day shift",
      },
      {
        "workspace",
        function() return org:workspace("Archive"):update { name = "Attic" } end,
        "Attic",
      },
    }
    client:close()
    org, client = open { settle = 0.3 }
    for _, change in ipairs(changes) do
      local finder = org[change[1]]
      require("toggl.core").sleep(0.35) -- another change before may not be seen yet
      assert(org[change[1] .. "s"](org, { refresh = true }))
      assert(change[2]())
      local found
      assert.equal(0, cost(function() found = assert(finder(org, change[3])) end), change[3])
      local list = assert(org[change[1] .. "s"](org, { refresh = true }))
      assert.same(plain(find(list, "name", change[3])), plain(found), change[3])
    end
  end)

  it("is right before and after the change has settled", function()
    client:close()
    org, client = open { settle = 0.5 }
    assert(org:groups())
    assert(org:create_group { name = "Fresh" })
    assert.equal(0, cost(org.group, org, "Fresh"))
    require("toggl.core").sleep(0.6)
    local found
    assert.equal(0, cost(function() found = org:group "Fresh" end))
    assert.equal(0, found.settling or 0)
    assert(org:groups())
    assert.equal(0, cost(function() found = org:group "Fresh" end))
    assert.is_nil(found.settling)
  end)

  it("reads again after a change by another program", function()
    client:close()
    local settle = 0.3
    org, client = open { settle = settle }
    local others = {
      (open { settle = settle }), -- with the same files
      (open { settle = settle, cache = ":memory:" }), -- with the same state alone
      (open { settle = settle, cache = false }),
      (open { settle = settle, state = folder .. "/other-state.db" }), -- with the same cache alone
    }
    for i, other in ipairs(others) do
      require("toggl.core").sleep(settle + 0.05)
      assert(org:groups { refresh = true })
      assert(org:create_group { name = "Mine " .. i })
      assert.equal(0, cost(org.group, org, "Mine " .. i))
      assert(other:create_group { name = "Theirs " .. i })
      assert.equal(1, cost(function() assert(org:group("Theirs " .. i)) end), "other " .. i)
      -- and between two of its own
      assert(org:create_group { name = "Also " .. i })
      assert(other:group("Theirs " .. i):rename("Stolen " .. i))
      assert(org:create_group { name = "Last " .. i })
      missing(org.group, "Theirs " .. i)
      assert(org:group("Stolen " .. i))
      assert(org:group("Last " .. i))
    end
  end)

  it("reads again when the outcome of a change is not known, or a part was refused", function()
    assert(org:groups())
    assert(org:create_group { name = "Mine" })
    assert.equal(0, cost(org.group, org, "Mine"))
    server:fault "commit-then-drop:1"
    local made, err = org:create_group { name = "Lost" }
    assert.equal("unknown", not made and err.kind)
    assert.equal(1, cost(function() org:group "Lost" end))
    assert.is_true(cost(function() assert(org:group "Mine") end) <= 1)
  end)

  it("goes on when a change was refused before it was made", function()
    assert(org:groups())
    assert(org:create_group { name = "Mine" })
    local made, err = org:create_group { name = "Mine" }
    assert.is_nil(made)
    assert.is_not_nil(err)
    assert.equal(0, cost(function() assert(org:group "Mine") end))
  end)

  it("alone knows it: lists and tables count as outdated", function()
    assert(org:groups())
    local before = #client:sql "SELECT * FROM groups"
    assert.is_true(before > 0)
    assert(org:create_group { name = "Mine" })
    assert(org:group "Mine")
    assert.equal(0, #client:sql "SELECT * FROM groups")
    assert.is_true(assert(org:groups { offline = true }).stale)
    assert.equal(1, cost(org.groups, org))
    assert.equal(0, cost(function() assert(org:group "Mine") end))
  end)

  it("finds what calls in flight at the same time have made", function()
    assert(org:groups())
    local names = {}
    for i = 1, 8 do
      names[i] = "Team " .. i
    end
    assert.equal(
      8,
      cost(function()
        assert(
          require("toggl").map(names, function(name) return org:create_group { name = name } end)
        )
        for _, name in ipairs(names) do
          assert(org:group(name))
        end
      end)
    )
  end)

  it("reads again what was stored before the clock was set back", function()
    local pipe <close> = io.popen "ls /usr/lib/*/faketime/libfaketime.so.1 2>/dev/null"
    local library = pipe:read "l"
    if not library then return pending "libfaketime is missing" end
    if os.getenv "TOGGL_PRELOAD" then return pending "a sanitizer has a clock of its own" end
    local path = helper.write(
      folder .. "/clock.lua",
      [[
        local toggl = require "toggl"
        local folder, socket, url = ...
        local function set(text)
          local file <close> = assert(io.open(folder .. "/clock", "w"))
          file:write(text, "\n")
        end
        set "+0"
        local client <close> = toggl.client{ unix_socket = socket, base_url = url, settle = 1,
          token = os.getenv "SECRET", cache = folder .. "/cache.db", state = folder .. "/state.db" }
        local org = client:organization "Acme"
        assert(org:create_group{ name = "First" })
        assert(org:groups())
        assert(org:group "First")
        set "-100"
        assert(org:create_group{ name = "Mine" })
        set "+5"
        io.write(assert(org:group "Mine").name)
      ]]
    )
    local out, err = helper.run({
      LUA_PATH = "lua/?.lua;lua/?/init.lua;;",
      LUA_CPATH = helper.build .. "/?.so;;",
      SECRET = server:token(),
      FAKETIME_TIMESTAMP_FILE = folder .. "/clock",
      FAKETIME_NO_CACHE = "1",
      FAKETIME_DONT_FAKE_MONOTONIC = "1",
      LD_PRELOAD = library,
    }, "lua5.4", path, folder, server.socket, server.url)
    assert.equal("Mine", out, err)
  end)

  it("reads the list again when the stored one is past its time", function()
    assert(org:groups())
    assert(org:create_group { name = "Mine" })
    assert.equal(0, cost(org.group, org, "Mine"))
    assert.equal(0, cost(org.group, org, "Mine", { max_age = 100 }))
    require("toggl.core").sleep(0.02)
    assert.equal(1, cost(org.group, org, "Mine", { max_age = 0.01 }))
    assert.equal(1, cost(org.group, org, "Mine", { refresh = true }))
  end)
end)
