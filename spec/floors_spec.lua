-- The requests of an administrator's jobs from an empty store: 300 people, pages of 50.

local helper = require "spec.helper"
local toggl = require "toggl"

-- Return the requests for planning and applying the state from MAKE(users, groups, groups that have
-- a workspace), and the plan.
local function cost(make)
  local settings = { people = 300, plan = "starter", page_cap = 50, record = false }
  local server <close> = helper.sandbox(settings)
  local state
  do
    local client <close> = helper.client(server, { on_error = "raise" })
    local org, users = client:organization "Acme", {}
    for user in org:each_user() do
      local plain = user.joined and not user.inactive and not user.admin and not user.owner
      if plain then
        users[#users + 1] = {
          email = user.email,
          group = user.groups and user.groups[1] and user.groups[1].name,
          groups = {},
          workspaces = {},
        }
        for _, group in ipairs(user.groups or {}) do
          users[#users].groups[group.name] = false
        end
        for _, w in ipairs(user.workspaces or {}) do
          users[#users].workspaces[w.workspace_name] = false
        end
      end
    end
    local groups, attached = {}, {}
    for i, group in ipairs(org:groups()) do
      groups[i] = group.name
      -- a group without a workspace, with people who have not joined, cannot be renamed
      if group.workspaces and group.workspaces[1] then attached[#attached + 1] = group.name end
    end
    state = make(users, groups, attached)
  end
  local client <close> = helper.client(server, {
    on_error = "raise",
    settle = 0,
    journal = ":memory:",
    cache = ":memory:",
    state = ":memory:",
  })
  local org = client:organization "Acme"
  local before = server:requests()
  local plan = org:plan(state)
  local sent = server:requests()
  plan:apply { allow_removals = toggl.plan.removals(plan) }
  assert.equal(plan.cost.total, server:requests() - sent)
  return server:requests() - before, plan
end

local function invite(n, groups)
  local state = { people = {} }
  for i = 1, n do
    local k = i % 8
    state.people[("n%d@x.yz"):format(i)] = {
      workspaces = { Main = k % 2 == 0 and "user" or "admin" },
      groups = { groups[k // 2 + 1] },
    }
  end
  return state
end

local function first(n, users, value)
  local state = { people = {} }
  for i = 1, n do
    state.people[users[i].email] = type(value) == "function" and value(users[i]) or value
  end
  return state
end

local JOBS = {
  { "invites 200 in 8 combinations", 15, function(_, groups) return invite(200, groups) end },
  { "removes 60", 15, function(users) return first(60, users, { state = "absent" }) end },
  {
    "moves 120 among 5 groups",
    11,
    function(users, groups)
      local state, n, number = { people = {} }, 0, {}
      for i = 1, 5 do
        number[groups[i]] = i
      end
      for _, user in ipairs(users) do
        local from = number[user.group]
        if from and n < 120 then
          local to = groups[from % 5 + 1]
          if user.groups[to] == nil then
            state.people[user.email] = { groups = { [user.group] = false, [to] = true } }
            n = n + 1
          end
        end
      end
      return state
    end,
  },
  { "promotes 10", 20, function(users) return first(10, users, { role = "admin" }) end },
  { "deactivates 40", 51, function(users) return first(40, users, { state = "inactive" }) end },
  {
    "offboards 12, kept with nothing",
    23,
    function(users)
      return first(
        12,
        users,
        function(user)
          return { state = "inactive", groups = user.groups, workspaces = user.workspaces }
        end
      )
    end,
  },
  {
    "offboards 12, removed",
    17,
    function(users) return first(12, users, { state = "absent" }) end,
  },
  { "onboards 40 in 8 combinations", 20, function(_, groups) return invite(40, groups) end },
  {
    "renames 3 groups",
    8,
    function(_, _, attached)
      local state = { groups = {} }
      for i = 1, 3 do
        state.groups["R" .. attached[i]] = { previously = { attached[i] } }
      end
      return state
    end,
  },
  {
    "creates a workspace for 2 groups",
    9,
    function(_, groups)
      local given = { workspaces = { New = true } }
      return { workspaces = { New = {} }, groups = { [groups[1]] = given, [groups[2]] = given } }
    end,
  },
}

describe("an empty store", function()
  for _, job in ipairs(JOBS) do
    it(job[1] .. " for at most " .. job[2] .. " requests", function()
      local n, plan = cost(job[3])
      if os.getenv "FLOORS" then print(n, job[2], job[1]) end
      assert.is_true(n <= job[2], ("%d requests: %s"):format(n, plan:show()))
    end)
  end
end)
