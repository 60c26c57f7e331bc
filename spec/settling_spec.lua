-- Changes that the service shows seconds later: a created record is not visible yet, a deleted one
-- still is. A row for each kind of record: how to create it, find it in a list, and remove it.
local helper = require "spec.helper"
local core = require "toggl.core"

local LATE = 3600 -- seconds by the sandbox's clock, which the specs advance
-- Settle times in seconds by the client's clock. On a loaded machine the steps take longer than the
-- first: then the spec runs again with the next.
local SETTLES = { 0.6, 3, 15 }

local server, client, org, started
local another, scratch -- another program of the same state file: its organization
local settle = SETTLES[1]

local function start(options)
  started = options
  server = helper.sandbox { record = false }
  scratch = helper.scratch()
  local o = { cache = ":memory:", state = scratch .. "/state.db", settle = settle }
  another = helper.client(server, { cache = false, state = o.state }):organization "Acme"
  client = helper.client(server, o, options)
  org = client:organization "Acme"
end

local function stop()
  another:client():close()
  client:close()
  server:stop()
  helper.remove(scratch)
  client, org, another = nil, nil, nil
end

-- Wait until the last change has settled.
local function settled() core.sleep(settle + 0.05) end

-- An `it` whose steps must end while a change settles.
local function it_in_time(name, body)
  it(name, function()
    for i, seconds in ipairs(SETTLES) do
      if i > 1 then
        stop()
        settle = seconds
        start(started)
      end
      local ok, err = pcall(body)
      settle = SETTLES[1]
      if ok then return end
      if i == #SETTLES then error(err, 0) end
    end
  end)
end

-- Check that the error's retry_after is a whole number of seconds within the settle time.
local function is_soon(err)
  local after = err.retry_after
  assert.is_true(math.type(after) == "integer" or after == math.floor(after), tostring(after))
  assert.is_true(after >= 1 and after <= math.ceil(settle), tostring(after))
end

local function cost(f, ...) return helper.requests_during(server, f, ...) end

-- Return the record of the list whose FIELD is VALUE.
local function find(list, field, value)
  for record in assert(list):each() do
    if record[field] == value then return record end
  end
end

-- Return whether the group Night shift in the list of groups has the key.
local function in_group(field, key)
  local group = find(org:groups(), "name", "Night shift")
  for i = 1, #group[field] do
    local item = group[field][i]
    if (math.type(item) and item or item.user_id) == key then return true end
  end
  return false
end

-- Records of the specs.
local function person() return org:user "ann22@example.com" end -- in Main, in no group
local function night() return find(org:groups(), "name", "Night shift") end
local function workspace(name) return find(client:workspaces(), "name", name) end

local function invite()
  return assert(org:invite { emails = { "late@example.com" }, workspaces = { workspace "Main" } }).invitations[1].code
end

local function invited() return find(org:users(), "email", "late@example.com") ~= nil end

-- make() creates a record; hold(made) returns what away() removes, by default the record; see(made)
-- returns whether a list has it. again: kind of error of a second away(), nil if it succeeds.
local KINDS = {
  ["an organization user"] = {
    make = invite,
    see = invited,
    again = "invalid",
    hold = function() return find(org:users(), "email", "late@example.com") end,
    away = function(it) return org:remove(it) end,
  },
  ["an invitation"] = {
    make = invite,
    see = invited,
    again = "not_found",
    away = function(code) return client:reject_invitation { invitation_code = code, auth = false } end,
  },
  ["a workspace user"] = {
    make = function() return workspace "Archive":assign { operation = "add", user_id = person() } end,
    see = function()
      return find(workspace "Archive":members(), "email", "ann22@example.com") ~= nil
    end,
    hold = function() return find(workspace "Archive":members(), "email", "ann22@example.com") end,
    away = function(it) return workspace "Archive":remove_members { delete = { it } } end,
    again = "invalid",
  },
  ["a group"] = {
    make = function() return org:create_group { name = "Late" } end,
    see = function() return find(org:groups(), "name", "Late") ~= nil end,
    away = function(it) return it:delete() end,
    again = "not_found",
  },
  ["a member of a group"] = {
    make = function() return night():add(person()) end,
    see = function() return in_group("users", 3100000053) end,
    hold = person,
    away = function(it) return (night():remove(it)) end,
  },
  ["a workspace of a group"] = {
    make = function() return night():add(workspace "Archive") end,
    see = function() return in_group("workspaces", 5200000041) end,
    hold = function() return workspace "Archive" end,
    away = function(it) return (night():remove(it)) end,
  },
  ["a workspace"] = { -- no operation deletes it
    make = function() return org:create_workspace { name = "Late" } end,
    see = function() return find(client:workspaces(), "name", "Late") ~= nil end,
  },
  ["an organization"] = { -- it goes with its last person
    make = function() return client:create_organization { name = "Late", workspace_name = "Room" } end,
    see = function() return find(client:organizations(), "name", "Late") ~= nil end,
    hold = function(made) return client:get_organization(made.id) end,
    away = function(it) return it:leave() end,
  },
}

describe("what is deleted and still seen by the service", function()
  before_each(function() start() end)
  after_each(stop)

  for name, kind in pairs(KINDS) do
    if kind.away then
      it_in_time(name .. " does not come back from the store", function()
        local made = assert(kind.make())
        local held = kind.hold and assert(kind.hold(made)) or made
        settled()
        assert.is_true(kind.see()) -- stored
        server:set { gone_after = LATE }
        assert(kind.away(held))
        assert.is_true(kind.see()) -- the service still shows it
        local again, err = kind.away(held)
        assert.equal(kind.again, not again and err.kind or nil)
        server:advance(LATE + 1)
        settled()
        assert.is_false(kind.see())
        assert.equal(0, cost(function() assert.is_false(kind.see()) end)) -- stored after settling
      end)
    end
  end

  it_in_time(
    "stays away although it was made and deleted before anything was seen of it",
    function()
      server:set { visible_after = LATE, gone_after = 2 * LATE }
      local made = assert(org:create_group { name = "Late" })
      server:set { visible_after = 0 }
      server:advance(LATE / 2)
      assert.is_nil(find(org:groups(), "name", "Late"))
      server:advance(LATE)
      assert.is_not_nil(find(org:groups(), "name", "Late"))
      assert(made:delete())
      assert.is_not_nil(find(org:groups(), "name", "Late"))
      server:advance(2 * LATE + 1)
      assert.is_nil(find(org:groups(), "name", "Late"))
    end
  )
end)

describe("what is made and not yet seen by the service", function()
  before_each(function() start() end)
  after_each(stop)

  for name, kind in pairs(KINDS) do
    it_in_time(name .. " is found as soon as the service shows it", function()
      assert.is_false(kind.see()) -- stored until a record is created
      server:set { visible_after = LATE }
      assert(kind.make())
      assert.is_false(kind.see())
      server:advance(LATE + 1)
      local sent = cost(function() assert.is_true(kind.see()) end)
      assert.is_true(sent <= 2) -- the list, and its organization
    end)
  end
end)

-- ----------------------------------------------------------------------------------------- finders

-- Finders: make() and away(it) change the record, through another client where a finder knows the
-- changes of its own; find() looks it up by name, reads() fills the store. requests: of one lookup
-- while a change settles. filter: what the server filters by.
local FOUND = {
  ["org:user"] = {
    make = invite,
    away = function(it) return another:remove { organization_user_id = it.id } end,
    reads = function() return org:users() end,
    find = function(o) return org:user("late@example.com", o) end,
    filter = "filter=late%%40example%.com",
  },
  ["org:user by a key"] = { -- the server cannot filter by it
    make = function() return org:user "ann22@example.com":update { name = "Ann Late" } end,
    reads = function() return org:users() end,
    find = function(o) return org:user({ user_id = 3100000053 }, o) end,
    changed = true,
  },
  ["org:group"] = {
    make = function() return another:create_group { name = "Late Shift" } end,
    away = function(it) return another:group(it.group_id):delete() end,
    reads = function() return org:groups() end,
    find = function(o) return org:group("Late Shift", o) end,
    filter = "name=Shift",
  },
  ["org:workspace"] = {
    make = function() return org:create_workspace { name = "Late" } end,
    reads = function() return client:workspaces() end,
    find = function(o) return org:workspace("Late", o) end,
  },
  ["client:organization"] = {
    make = function() return client:create_organization { name = "Late", workspace_name = "Room" } end,
    away = function(it) return client:get_organization(it.id):leave() end,
    reads = function() return client:organizations() end,
    find = function(o) return client:organization("Late", o) end,
  },
}

describe("a finder", function()
  local paths

  before_each(function()
    paths = {}
    start {
      log = function(event)
        if event.type == "request" then paths[#paths + 1] = event.path end
      end,
    }
  end)
  after_each(stop)

  for name, kind in pairs(FOUND) do
    if not kind.changed then
      it_in_time(
        name .. " asks once for what is not shown yet, and says when to ask again",
        function()
          assert(kind.reads())
          server:set { visible_after = LATE }
          assert(kind.make())
          local none, err
          local sent = cost(function()
            none, err = kind.find()
          end)
          assert.is_nil(none)
          assert.equal(1, sent)
          assert.equal("not_found", err.kind)
          is_soon(err)
          assert.matches(
            "Toggl may not show a recent change yet: ask again in %d+ seconds?$",
            tostring(err)
          )
          if kind.filter then assert.matches(kind.filter, paths[#paths]) end
          settled()
          assert(kind.reads()) -- stored
          sent = cost(function()
            none, err = kind.find()
          end)
          assert.equal(0, sent)
          assert.is_nil(none or err.retry_after)
          assert.not_matches("ask again", tostring(err))
        end
      )

      it_in_time(
        name .. " finds it as soon as it is shown, with the mark until it is settled",
        function()
          assert(kind.reads())
          assert(kind.make())
          local found = assert(kind.find())
          assert.equal("number", type(found.settling))
          assert.is_true(found.settling > 0 and found.settling <= settle)
          assert.is_false(found.stale)
          settled()
          assert.equal(0, found.settling) -- a new read is final
          assert(kind.reads())
          assert.equal(0, cost(function() found = assert(kind.find()) end))
          assert.is_nil(found.settling)
        end
      )
    end

    if kind.away then
      it_in_time(name .. " marks what is deleted and still shown", function()
        local made = assert(kind.make())
        local it = name == "client:organization" and made or assert(kind.find())
        settled()
        assert(kind.reads())
        assert.is_nil(assert(kind.find()).settling)
        server:set { gone_after = LATE }
        assert(kind.away(it))
        local found
        assert.equal(1, cost(function() found = assert(kind.find()) end))
        assert.equal("number", type(found.settling))
        server:advance(LATE + 1)
        local none, err = kind.find()
        assert.is_nil(none)
        is_soon(err)
        settled()
        none, err = kind.find()
        assert.is_nil(none or err.retry_after)
      end)
    end

    it(name .. " marks what is from before a change where nothing else can be had", function()
      assert(kind.make())
      settled()
      assert(kind.reads())
      assert.is_false(assert(kind.find { offline = true }).stale)
      server:fault "commit-then-drop:1"
      client:request("POST", "/unheard/of") -- an ambiguous write with an unknown target
      local found = assert(kind.find { offline = true })
      assert.is_true(found.stale)
      if name == "org:user" then assert.is_true(found.workspaces.stale) end
    end)
  end

  it("costs nothing for a name that is misspelt when no change settles", function()
    assert(org:groups())
    assert(org:users())
    assert.equal(
      0,
      cost(function()
        for _ = 1, 3 do
          assert.is_nil((org:group "Nigth shift") or (org:user "olve@example.com"))
        end
      end)
    )
  end)

  it_in_time("of a misspelt group suggests from the list of before", function()
    assert(org:groups())
    assert(another:create_group { name = "Late" })
    local _, err = org:group "Night shiftt"
    assert.matches(
      'did you mean "Night shift"%? Toggl may not show a recent change yet',
      tostring(err)
    )
  end)

  it_in_time("takes digits for a key while a change settles", function()
    assert(org:groups())
    assert(another:create_group { name = "Late" })
    local key = night().group_id
    assert.equal("Night shift", org:group(tostring(key)).name)
    assert.equal("Night shift", org:group(key).name)
  end)

  it_in_time("names two people of one address by their keys, a deleted one among them", function()
    assert(org:users())
    server:set { gone_after = LATE }
    assert(org:remove(person()))
    local workspaces = { workspace "Main" }
    assert(org:invite { emails = { "ann22@example.com" }, workspaces = workspaces })
    local none, err = org:user "ann22@example.com"
    assert.is_nil(none)
    assert.equal("conflict", err.kind)
    is_soon(err)
    local keys = {}
    for key in err.advice:gmatch "org:user{ organization_user_id = (%d+) }" do
      keys[#keys + 1] = math.tointeger(key)
    end
    assert.equal(2, #keys)
    for _, key in ipairs(keys) do -- as the message advises
      local found = assert(org:user { organization_user_id = key })
      assert.same({ key, "ann22@example.com" }, { found.id, found.email })
    end
    server:advance(LATE + 1)
    settled()
    assert.is_true(org:user("ann22@example.com").id == math.max(table.unpack(keys)))
  end)
end)
