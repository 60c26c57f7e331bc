-- The desired-state file of the steps that a partly failed apply has left.

local helper = require "spec.helper"
local toggl = require "toggl"

local function with_org(f) helper.with_settled_org({ people = 20 }, f) end

-- Return the changes of a plan, independent of its requests.
local function changes(plan)
  local list = {}
  for i, row in ipairs(plan:rows()) do
    list[i] = table.concat({
      row.change,
      row.who or "",
      row.group or "",
      row.workspace or "",
      tostring(row.after or ""),
    }, " ")
  end
  table.sort(list)
  return list
end

local STATE = {
  timezone = "Europe/Tallinn",
  exact = { "group members" },
  people = {
    ["new1@x.yz"] = { workspaces = { Main = "admin" }, groups = { "Helpdesk", "Night" } },
    ["new2@x.yz"] = { role = "admin", workspaces = { ["R&D Zürich"] = true } },
    ["tomas6@example.com"] = { role = "admin", name = 'Tom "Six" \\n', groups = { "Night" } },
    ["chloe10@example.com"] = { state = "absent" },
    ["aoife11@example.com"] = { workspaces = { Main = true }, ends = "2020-01-01" },
    ["zoe9@example.com"] = { state = "inactive" },
  },
  groups = {
    Night = { workspaces = { "Main", "Depot" } },
    Helpdesk = { previously = { "Support" } },
    Engineering = {},
    ["Night shift"] = { state = "absent" },
  },
  workspaces = { Depot = {} },
}

describe("what an apply has left", function()
  it("is the whole plan where nothing could be done", function()
    with_org(function(org, server)
      local plan = org:plan(STATE)
      local wanted = changes(plan)
      server:fault "400"
      local ok, err = pcall(plan.apply, plan, { allow_removals = 1 })
      server:clear()
      assert.is_false(ok)
      assert.equal(0, err.receipt.count.done)
      local state = assert(toggl.plan.parse(err.receipt.left, "lua"))
      assert.same({}, state.exact)
      assert.same(wanted, changes(org:plan(state, { refresh = true })))
    end)
  end)

  it("is, with what was done, the whole, whichever request fails", function()
    local compared = 0
    for n = 1, 14 do
      with_org(function(org, server)
        local plan = org:plan(STATE)
        local before = server:requests()
        server:fault(("400:%d"):format(n))
        local ok, err = pcall(plan.apply, plan, { allow_removals = 1 })
        server:clear()
        local wanted = changes(org:plan(STATE, { refresh = true }))
        if ok then
          assert.is_true(n > server:requests() - before or #wanted == 0)
          assert.is_nil(err.left)
        elseif err.receipt and err.receipt.left then
          local state = assert(toggl.plan.parse(err.receipt.left, "lua"))
          assert.same(wanted, changes(org:plan(state, { refresh = true })), "request " .. n)
          compared = compared + 1
        end
      end)
    end
    assert.is_true(compared >= 5, compared .. " applies failed in part")
  end)

  it("names a group that was renamed as it is called now", function()
    with_org(function(org, server)
      -- people without a key: the rename goes out before all else
      local main, support = org:workspace "Main", org:group "Support"
      org:invite { emails = { "late@x.yz" }, workspaces = { main }, groups = { support } }
      local person = { role = "admin", groups = { Support = true } }
      local plan = org:plan {
        groups = { Helpdesk = { previously = { "Support" } } },
        people = { ["tomas6@example.com"] = person },
      }
      server:fault(("400@/users/%d"):format(org:user("tomas6@example.com").id))
      local ok, err = pcall(plan.apply, plan)
      server:clear()
      assert.same({ false, "partial" }, { ok, err.kind })
      local state = assert(toggl.plan.parse(err.receipt.left, "lua"))
      assert.same(
        { "join tomas6@example.com Helpdesk  ", "role tomas6@example.com   admin" },
        changes(org:plan(state))
      )
    end)
  end)

  it("is written to a file that togglsh plan reads, and named", function()
    local server <close> = helper.sandbox { people = 12, plan = "none", record = false, port = 0 }
    local home = helper.scratch()
    local environment = helper.environment(home, {
      TOGGL_API_URL = server.url,
      TOGGL_API_TOKEN = server:token(),
      LUA_PATH = "",
    })
    helper.write(
      home .. "/a.lua",
      'return { groups = { One = {} }, people = { ["a@x.yz"] = { workspaces = { "Main" } } } }'
    )
    local build = helper.build:find "^/" and helper.build or "$OLDPWD/" .. helper.build
    local function togglsh(words)
      return helper.sh(
        environment,
        ("cd %s && %s/togglsh --org Acme %s"):format(helper.quote(home), build, words)
      )
    end
    server:fault "400@/invitations"
    local _, err, status = togglsh "apply a.lua --yes"
    server:clear()
    assert.equal(5, status, err)
    local path = err:match "what is left to do is in (left%-%x+%.lua): togglsh %-%-org Acme plan"
    assert.is_truthy(path, err)
    assert.equal("600", helper.mode(home .. "/" .. path))
    local out, _, planned = togglsh("plan " .. path .. " --refresh")
    assert.equal(3, planned, out)
    helper.remove(home)
  end)
end)
