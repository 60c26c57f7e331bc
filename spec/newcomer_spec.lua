-- Tasks of an administrator's first day, with 300 people on the starter plan, each from an empty
-- store: they work as typed, and send the reads that the store lacks and the writes.
local helper = require "spec.helper"
local toggl = require "toggl"

-- {name, code, reads, writes, pattern of the value}
local TASKS = {
  { "find the owner", "return org:get_owner().name", 1, 0, "^Olive Hart$" },
  {
    "find people in no group",
    [[local list = {}
      for _, user in ipairs(org:users()) do
        if #user.groups == 0 then list[#list + 1] = user end
      end
      return #list .. " people"]],
    1,
    0,
    "^%d+ people$",
  },
  { -- reads the person, the roles
    "change a role",
    [[return org:user("ann@example.com"):set_role "admin"]],
    2,
    1,
    "^Ann Lee: role Administrator$",
  },
  { -- reads the groups
    "rename a group with invited people in it",
    [[local group = org:group "Team 9"
      for _, user in ipairs(group.users) do invited = invited or not user.joined end
      assert(invited, "no one in it is invited")
      return group:rename "Day crew"]],
    1,
    1,
    "^group Team 9: renamed to Day crew$",
  },
  { -- reads the groups, the workspaces
    "give a group access to a workspace",
    [[return org:group("Finance"):give(org:workspace "Client work")]],
    2,
    1,
    "^group Finance: now has access to Client work$",
  },
  {
    "invite three into two groups",
    [[return org:invite{ emails = {"a@example.com", "b@example.com", "c@example.com"},
        workspaces = {org:workspace "Main"}, groups = {org:group "Support", org:group "Finance"} }]],
    2,
    1,
    "invitation_result",
  },
  {
    "offboard twelve",
    [[local everyone, last = org:users(), nil
      local n = 0
      for _, user in ipairs(everyone) do
        if n < 12 and user.joined and not user.admin and not user.inactive then
          n, last = n + 1, user:offboard()
        end
      end
      return n .. ": " .. last.message]],
    1,
    12,
    "^12: .+: in no group and no workspace, and deactivated$",
  },
  {
    "find what it has cost",
    "org:users() return client:cost().total .. ' requests'",
    1,
    0,
    "^2 req",
  },
}

-- Jobs that replace a loop: they read the organization and its people.
local COMMANDS = {
  { "people --no-group --columns email", 2 },
  { "people --group Support --columns email", 2 },
}

describe("a newcomer", function()
  for _, task in ipairs(TASKS) do
    local what, typed, reads, writes, says = table.unpack(task)
    it(("can %s with %d reads and %d writes"):format(what, reads, writes), function()
      local server <close> = helper.sandbox { people = 300, plan = "starter" }
      local client <close> = helper.client(server, {
        on_error = "raise",
        cache = ":memory:",
        state = ":memory:",
      })
      local env = { client = client, org = client:organization "Acme", toggl = toggl }
      local chunk = assert(load(typed, "=typed", "t", setmetatable(env, { __index = _G })))
      local value
      local sent = helper.requests_during(server, function() value = chunk() end)
      assert.matches(says, tostring(value))
      assert.equal(reads + writes, sent)
      assert.equal(writes, helper.writes(server))
    end)
  end

  for _, command in ipairs(COMMANDS) do
    it(("gets togglsh %s for %d requests"):format(command[1], command[2]), function()
      local server <close> = helper.sandbox { people = 300, port = 0 }
      local folder = helper.scratch()
      local home = { HOME = folder, XDG_CACHE_HOME = "", XDG_CONFIG_HOME = "", XDG_STATE_HOME = "" }
      home.TOGGL_API_URL, home.TOGGL_API_TOKEN = server.url, server:token()
      home.TOGGL_ORGANIZATION_ID = "4300000017"
      local out, err, status
      local sent = helper.requests_during(server, function()
        local words = {}
        for word in command[1]:gmatch "%S+" do
          words[#words + 1] = word
        end
        out, err, status = helper.run(home, helper.build .. "/togglsh", table.unpack(words))
      end)
      helper.remove(folder)
      assert.equal(0, status, err)
      assert.matches("@example.com", out)
      assert.equal(command[2], sent)
    end)
  end

  it("may pass on lines of CSV, whose ends are no part of a word", function()
    local _, words = toggl.options.read({ "ann@example.com\r", "b c" }, {})
    assert.same({ "ann@example.com", "b c" }, words)
  end)
end)
