-- Reading back: which replies show a change.

require "spec.helper"

local verify = require "toggl.plan.verify"

local function key(k) return k end

-- Return whether SEEN shows the change C.
local function shows(seen, c)
  seen.members, c.who, c.key = seen.members or {}, "a@x.yz", nil
  return verify.shows(seen, c, key, { args = {} })
end

local PERSON = { role = "user", state = "active", groups = {}, workspaces = {} }

describe("reading back", function()
  it("does not take a list without some pages for complete", function()
    local list = { complete = false, incomplete = "page 3 is missing", each = error }
    local org = {
      users = function() return list end,
      groups = function() return list end,
      workspaces = function() return list end,
    }
    for _, name in ipairs { "people", "admins", "inactive", "groups", "workspaces" } do
      local ok, err = pcall(verify.read, org, { members = {}, [name] = true }, key)
      assert.is_false(ok)
      assert.equal("partial", err.kind, tostring(err))
      assert.matches("page 3 is missing", err.message, 1, true)
    end
  end)

  it("does not count a change that no list shows as seen", function()
    local changes = {
      { kind = "quit", group = 1 },
      { kind = "join", group = 1 },
      { kind = "end", workspace = 2 },
      { kind = "begin", workspace = 2 },
      { kind = "access", workspace = 2, after = "user" },
    }
    for _, c in ipairs(changes) do
      assert.is_false(shows({ inactive = {} }, c), c.kind)
    end
    assert.is_false(shows({ people = {} }, { kind = "activate" }))
    assert.is_false(shows({ people = {} }, { kind = "role", after = "user" }))
  end)

  it("takes the absence from a list that would show it for the end", function()
    local person = { people = { ["a@x.yz"] = PERSON } }
    assert.is_true(shows(person, { kind = "quit", group = 1 }))
    assert.is_true(shows(person, { kind = "end", workspace = 2 }))
    assert.is_true(shows({ people = {} }, { kind = "quit", group = 1 }))
    assert.is_true(shows({ groups = {} }, { kind = "quit", group = 1, user_id = 7 }))
    assert.is_true(shows({ members = { [2] = {} } }, { kind = "end", workspace = 2 }))
    assert.is_true(shows({ inactive = {} }, { kind = "activate" }))
    assert.is_true(shows({ admins = {} }, { kind = "role", after = "user" }))
  end)
end)

describe("the receipt of an apply", function()
  it("says what could not be read, and has the rest", function()
    local receipt = require "toggl.plan.receipt"
    for _, journal in ipairs {
      function() error("disk I/O error", 0) end,
      function() return nil, { message = "disk I/O error" } end,
    } do
      local client = { journal = journal, cost = function() return { total = 7 } end }
      local r = receipt.of {
        plan = { id = "5f", steps = {}, cost = { total = 5 } },
        client = client,
        spent_before = 2,
        unshown = { message = "page 3 is missing" },
      }
      assert.matches("no entry numbers: .*disk I/O error", r.notes[1])
      assert.matches("no list shows it: page 3 is missing", r.notes[2])
      assert.same({ 5, 5 }, { r.price, r.spent })
    end
  end)
end)
