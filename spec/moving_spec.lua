-- The tables of doc/moving-from-python.md. Each row that ends in a line of Lua is true, in its own
-- sandbox. The tables have every method and every parameter of both clients. Where a row says
-- "same", the request carries the name.
local helper = require "spec.helper"
local toggl = require "toggl"
local json = toggl.json

local TEXT = helper.read "doc/moving-from-python.md"

-- The operations of OrganizationsApi by official name, with the parameters of the generated client;
-- a field of the body starts with a dot.
local PEOPLE =
  "organization_id filter active_status only_admins groups workspaces page per_page sort_dir"
local OPERATIONS = {
  delete_organization_group = "organization_id group_id",
  delete_organization_users_leave = "organization_id",
  get_organization = "organization_id",
  get_organization_groups = "organization_id name workspace",
  get_organization_owner = "organization_id",
  get_organization_segmentation = "organization_id",
  get_organization_users = PEOPLE,
  get_organization_users_detailed = PEOPLE,
  get_organization_workspaces_groups = "organization_id workspace_id",
  get_organization_workspaces_statistics = "",
  get_organizations_payments_records = "organization_id is_unified next prev",
  get_organizations_plans = "organization_id",
  get_organizations_plans_0 = "organization_id plan_id",
  patch_organization_group = "body organization_id group_id",
  patch_organization_users = "body .delete organization_id",
  post_organization = "body .name .workspace_name",
  post_organization_accept_invitation = "inviutation_code",
  post_organization_group = "body .name .users .workspaces organization_id",
  post_organization_invitation = "body .emails .workspaces organization_id",
  post_organization_workspaces = "body .admins .default_currency .default_hourly_rate"
    .. " .initial_pricing_plan .name .only_admins_may_create_projects"
    .. " .only_admins_may_create_tags .only_admins_see_billable_rates"
    .. " .only_admins_see_team_dashboard .projects_billable_by_default"
    .. " .projects_private_by_default .rate_change_mode .reports_collapse .rounding"
    .. " .rounding_minutes organization_id",
  put_organization = "body .name organization_id",
  put_organization_group = "body .name .users .workspaces organization_id",
  put_organization_segmentation = "organization_id",
  put_organization_users = "body .email .groups .inactive .name .organization_admin .role_id"
    .. " .workspaces organization_id",
  put_organization_workspaces_assignments = "body .operation .user_id .group_id .joined"
    .. " organization_id workspace_id",
}

-- The public methods of OrganizationEndpoint 2.2.0, with inherited ones, and their parameters.
local ENDPOINT = {
  OrganizationEndpoint = "auth cache client timeout re_raise retries",
  get = "organization refresh",
  add = "name workspace_name",
  edit = "organization name",
  collect = "refresh",
  delete = "organization",
  query = "query distinct",
  request = "parameters headers body method refresh raw",
  api_status = "",
  verify_authentication = "auth",
}

-- Return the rows of the tables with a column "true": {there =, here =, code =, method = name of
-- the method in a row above}.
local function rows_of(text)
  local rows, open, method = {}, false, nil
  for line in text:gmatch "([^\n]*)\n" do
    if line:find "| true[%l ]* |$" then open = true end
    if line == "" then open = false end
    local there, rest = line:match "^| (.-) | (.*)$"
    local here, code = (rest or ""):match "^(.*) | `([^`]+)` |$"
    if open and code then
      method = there:match "^%*%*`([%w_]+)%(" or method
      rows[#rows + 1] = { there = there, here = here, code = code, method = method }
    end
  end
  return rows
end

local ROWS = rows_of(TEXT)

-- Return the last exchange of the recording at PATH.
local function last_sent(path)
  local last
  for line in helper.read(path):gmatch "[^\n]+" do
    last = line
  end
  return json.decode(last)
end

-- Return whether the exchange carries the parameter in its query or body.
local function carries(exchange, name)
  local body = exchange.request.body
  local is_json = type(body) == "string" -- else json.null
  return exchange.path:find("[?&]" .. name .. "=") or (is_json and json.decode(body)[name] ~= nil)
end

local function in_path(method, name)
  for _, op in ipairs(toggl.operations) do
    if op.name == method then return op.path:find("{" .. name .. "}", 1, true) end
  end
end

-- Return the parameter of a row that says "same", unless it is in the path.
local function on_the_wire(row)
  local name = row.there:match "^`body%.([%w_]+)`$" or row.there:match "^`([%w_]+)`$"
  local is = name and row.here:find "^same" and OPERATIONS[row.method] and name
  return is and not in_path(row.method, name) and name
end

describe("coming from Python:", function()
  for _, row in ipairs(ROWS) do
    it(("%s: %s: %s"):format(row.method or "", row.there, row.here), function()
      local record = os.tmpname()
      local server <close> = helper.sandbox { people = 12, record = record }
      local client <close> = helper.client(server)
      local env = setmetatable({}, { __index = _G })
      env.client, env.org, env.toggl = client, client:organization "Acme", toggl
      local value, err = assert(load("return " .. row.code, "=row", "t", env))()
      assert.is_truthy(value, row.code .. ": " .. tostring(err))
      local name = on_the_wire(row)
      if name then assert.is_truthy(carries(last_sent(record), name), row.code) end
      os.remove(record)
    end)
  end

  it("every method and parameter of OrganizationsApi is in the table", function()
    local have = {}
    for _, row in ipairs(ROWS) do
      have[("%s %s"):format(row.method, row.there:match "`([^`]+)`")] = true
    end
    for method, words in pairs(OPERATIONS) do
      assert.is_truthy(TEXT:find("| `" .. method .. "(", 1, true), method) -- in the first table
      assert.is_truthy(TEXT:find("| **`" .. method .. "(", 1, true), method)
      for name in words:gmatch "%S+" do
        local field = name:gsub("^%.", "body.")
        assert.is_true(have[method .. " " .. field], method .. " " .. field)
      end
    end
  end)

  it("every parameter of their operations here is in a row of Lua", function()
    local calls = {}
    for _, row in ipairs(ROWS) do
      calls[row.method or ""] = (calls[row.method or ""] or "") .. row.code
    end
    for _, op in ipairs(toggl.operations) do
      for _, p in ipairs(OPERATIONS[op.name] and op.params or {}) do
        assert.is_truthy(calls[op.name]:find("%f[%w_]" .. p.name .. " = "), op.name .. p.name)
      end
    end
  end)

  it("every method and parameter of OrganizationEndpoint is in the table", function()
    local have = {}
    for _, row in ipairs(ROWS) do
      have[("%s %s"):format(row.method, row.there:match "`([%w_]+)")] = true
    end
    for method, words in pairs(ENDPOINT) do
      assert.is_truthy(TEXT:find("| **`" .. method .. "(", 1, true), method)
      for name in words:gmatch "%S+" do
        assert.is_true(have[method .. " " .. name], method .. " " .. name)
      end
    end
  end)
end)
