-- Each row of the tables in doc/moving-from-python.md that ends in a line of Lua is true, in a
-- sandbox of its own; and the tables name each operation that they are about.
local helper = require "spec.helper"
local toggl = require "toggl"

local TEXT = helper.read "doc/moving-from-python.md"

-- The operations of OrganizationsApi and of OrganizationEndpoint, by the official names.
local OPERATIONS = [[
  delete_organization_group delete_organization_users_leave get_organization
  get_organization_groups get_organization_owner get_organization_segmentation
  get_organization_users get_organization_users_detailed get_organization_workspaces_groups
  get_organization_workspaces_statistics get_organizations_payments_records
  get_organizations_plans get_organizations_plans_0 patch_organization_group
  patch_organization_users post_organization post_organization_accept_invitation
  post_organization_group post_organization_invitation post_organization_workspaces
  put_organization put_organization_group put_organization_segmentation put_organization_users
  put_organization_workspaces_assignments
]]

describe("coming from Python:", function()
  local rows, open = 0, false
  for line in TEXT:gmatch "([^\n]*)\n" do
    if line:find "| true[%l ]* |$" then open = true end
    if line == "" then open = false end
    local what, code = line:match "^| (.*) | `([^`]+)` |$"
    if open and code then
      rows = rows + 1
      it(what, function()
        local server <close> = helper.sandbox()
        local client <close> = helper.client(server)
        local env = setmetatable({}, { __index = _G })
        env.client, env.org, env.toggl = client, client:organization "Acme", toggl
        local value, err = assert(load("return " .. code, "=row", "t", env))()
        assert.is_truthy(value, code .. ": " .. tostring(err))
      end)
    end
  end

  it("the tables have rows that run", function() assert.is_true(rows >= 18, rows) end)

  it("every operation of the two clients is in a table", function()
    for name in OPERATIONS:gmatch "%S+" do
      assert.is_truthy(TEXT:find("| `" .. name .. "(", 1, true), name)
    end
  end)
end)
