-- Plans for people whose activity no reply of the server gives.

local helper = require "spec.helper"
local toggl = require "toggl"

local ANN = "ann@example.com"

local function people(email, person) return { people = { [email] = person } } end

describe("people whose activity no reply gives", function()
  -- Call f(org) with an organization of three administrators. FIELDS: further JSON fields of each.
  local function with_admins(fields, f)
    local canned, folder, list = require "spec.canned", helper.scratch(), {}
    for i, name in ipairs { "olive", "ann", "bo" } do
      list[i] = (
        '{"id":1%d,"user_id":%d,"email":"%s@example.com","admin":true,"groups":[],%s'
        .. '"workspaces":[{"workspace_id":7,"workspace_name":"Main","workspace_user_id":7%d,'
        .. '"admin":true,"groups":[]}]}'
      ):format(i, i, name, fields[i], i)
    end
    local server = canned.serve(folder, {
      { "/organizations/1/users?", "[" .. table.concat(list, ",") .. "]" },
      { "/organizations/1/groups", "[]" },
      { "/organizations/1 ", '{"id":1,"name":"Acme","user_count":3}' },
      { "/me/id", "1" },
      { "", "HTTP/1.1 404 Not Found|Content-Length: 0|Connection: close||" },
    })
    local client <close> = toggl.client {
      base_url = server.url,
      token = ("a"):rep(32),
      cache = false,
      state = false,
      journal = false,
      on_error = "raise",
    }
    local ok, err = pcall(f, client:organization(1))
    server.close()
    helper.remove(folder)
    assert(ok, err)
  end

  local SAID = '"joined":true,"inactive":false,'
  local UNSAID = { SAID, '"joined":true,', SAID }

  it("are named by a plan that concerns them, and by no other", function()
    with_admins(UNSAID, function(org)
      for _, state in ipairs { "active", "inactive", "absent" } do
        local plan = org:plan(people(ANN, { state = state }), { rules = { least_admins = 0 } })
        assert.equal(ANN, plan.unsaid[1].email)
        assert.matches(
          'Toggl does not say whether ann@example.com is active %(no field "inactive"%)',
          plan:show()
        )
      end
      local plan = org:plan(people("bo@example.com", { state = "inactive" }))
      assert.same({}, plan.unsaid)
    end)
    with_admins(
      { SAID, '"inactive":false,', SAID },
      function(org)
        assert.matches('no field "joined"', org:plan(people(ANN, { state = "active" })):show())
      end
    )
    with_admins({ SAID, '"joined":false,', '"inactive":true,' }, function(org)
      local state =
        { people = { [ANN] = { state = "absent" }, ["bo@example.com"] = { state = "absent" } } }
      assert.same({}, org:plan(state).unsaid)
    end)
  end)

  it("do not count as administrators who stay", function()
    with_admins(UNSAID, function(org)
      local rules = { rules = { least_admins = 2 } }
      local refused = org:plan(people("bo@example.com", { state = "absent" }), rules).refused
      assert.same({ "last-admin", "last-admin" }, { refused[1].rule, refused[2].rule })
      for i = 1, 2 do
        assert.matches("for 1 more, Toggl does not say whether they are active", refused[i].text)
      end
    end)
    with_admins({ SAID, SAID, SAID }, function(org)
      local rules = { rules = { least_admins = 2 } }
      assert.same({}, org:plan(people("bo@example.com", { state = "absent" }), rules).refused)
    end)
  end)

  it("are counted in words that fit their number", function()
    with_admins({ SAID, SAID, SAID }, function(org)
      local state = people("bo@example.com", { state = "absent" })
      local function texts(least)
        local all = {}
        for i, r in ipairs(org:plan(state, { rules = { least_admins = least } }).refused) do
          all[i] = r.text
        end
        return table.concat(all, "\n")
      end
      assert.matches("would have 2 administrators left, and at least 3 must stay", texts(3))
    end)
    with_admins({ SAID, SAID, SAID }, function(org)
      local state = { people = {} }
      for _, email in ipairs { "bo@example.com", ANN } do
        state.people[email] = { role = "user", workspaces = { Main = "user" } }
      end
      local refused = org:plan(state, { rules = { least_admins = 2 } }).refused
      assert.matches("have 1 administrator left, and at least 2 must stay", refused[1].text)
    end)
  end)
end)
