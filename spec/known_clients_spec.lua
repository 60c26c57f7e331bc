-- What two known clients of Toggl offer has its counterpart here.
local helper = require "spec.helper"

-- The operations of a flat client generated from the official document.
local FLAT = {
  "delete_organization_group",
  "delete_organization_users_leave",
  "get_organization",
  "get_organization_groups",
  "get_organization_owner",
  "get_organization_segmentation",
  "get_organization_users",
  "get_organization_users_detailed",
  "get_organization_workspaces_groups",
  "get_organization_workspaces_statistics",
  "get_organizations_payments_records",
  "get_organizations_plans",
  "get_organizations_plans_0",
  "patch_organization_group",
  "patch_organization_users",
  "post_organization",
  "post_organization_accept_invitation",
  "post_organization_group",
  "post_organization_invitation",
  "post_organization_workspaces",
  "put_organization",
  "put_organization_group",
  "put_organization_segmentation",
  "put_organization_users",
  "put_organization_workspaces_assignments",
}

describe("what the two known clients offer is here:", function()
  local server, client

  before_each(function()
    server = helper.sandbox()
    client = helper.client(server, { cache = ":memory:" })
  end)

  after_each(function()
    client:close()
    server:stop()
    client = nil
  end)

  it("the 25 operations by name, with status and headers", function()
    assert.equal(25, #FLAT)
    for _, name in ipairs(FLAT) do
      assert.equal("function", type(client.api[name]))
      assert.equal(client.api[name], client.api[name])
    end
    local users, response =
      client.api.get_organization_users { organization_id = 4300000017, per_page = 20 }
    assert.equal(20, #users)
    assert.equal(200, response.status)
    assert.equal("3", response.headers["x-pages"])
    assert.equal("60", response.headers["x-records"])
    assert.equal("wire", response.from)
    assert.equal(1, response.cost)
  end)

  it("get(org, refresh): the organization, or nothing, and why", function()
    local org = assert(client:organization(4300000017))
    assert.equal("Acme", org.name)
    assert.equal(0, helper.requests_during(server, function() client:organization(4300000017) end))
    assert.equal(
      1,
      helper.requests_during(
        server,
        function() client:organization(4300000017, { refresh = true }) end
      )
    )
    local none, err = client:organization(4300000051)
    assert.is_nil(none)
    assert.equal("not_found", err.kind)
    assert.equal(404, err.status)
    local stranger <close> = helper.client(server, { token = "0123456789" })
    none, err = stranger:organization(4300000017)
    assert.is_nil(none)
    assert.equal("forbidden", err.kind)
    assert.equal(403, err.status)
  end)

  it("add(name, workspace_name): the reply with the key of the workspace", function()
    local made =
      assert(client:create_organization { name = "Beta Works", workspace_name = "First Room" })
    assert.equal("Beta Works", made.name)
    assert.equal("First Room", client:get_workspace(made.workspace_id).name)
    assert.equal("Beta Works", assert(client:organization "Beta Works").name)
    made = assert(client:create_organization("Gamma", "Second Room"))
    assert.equal("Second Room", made.workspace_name)
  end)

  it("edit(org, name): the other fields stay", function()
    local org = client:organization "Acme"
    assert(org:rename "Acme Works")
    assert.is_true(org:update { name = "Acme Works Ltd" })
    local now = client:organization(org.id)
    assert.equal("Acme Works Ltd", now.name)
    for key, value in pairs(org:table()) do
      if key ~= "name" and key ~= "at" then assert.same(value, now:table()[key], key) end
    end
  end)

  it("collect(refresh): all organizations, from the store or from the server", function()
    assert.equal(2, #client:organizations())
    assert.equal(0, helper.requests_during(server, function() client:organizations() end))
    assert.equal(
      1,
      helper.requests_during(server, function() client:organizations { refresh = true } end)
    )
  end)

  it("a single record in the store is never taken for the list of all", function()
    client:organization(4300000017)
    assert.equal(2, #client:organizations())
  end)

  it("delete(org): leaves", function()
    local blue = assert(client:organization "Blue Door")
    assert.is_true(blue:leave())
    assert.equal(1, #client:organizations())
    assert.is_true(blue:leave()) -- leaving again succeeds
    for fault, ok in pairs {
      ["404@users/leave"] = true,
      ["400@users/leave"] = false, -- another error
      ["403@users/leave"] = false,
    } do
      server:fault(fault)
      assert.equal(ok, (blue:leave()) == true, fault)
      server:clear()
    end
    local left, err = client:organization("Acme"):leave()
    assert.is_nil(left)
    assert.is_nil(tostring(err):find(".;", 1, true)) -- the server's sentence ends with a full stop
    assert.is_truthy(
      err.message:find("paying user cannot leave", 1, true) or err.message:find("owner", 1, true)
    )
  end)

  it("timeout, retries and raising, for a client or a call, on one pool of connections", function()
    local strict <close> = helper.client(server, { retries = 0, timeout = 5, on_error = "raise" })
    server:fault "503:1"
    local ok, err = pcall(strict.organization, strict, 4300000017)
    assert.is_false(ok)
    assert.equal(503, err.status)
    assert.equal(1, strict:cost().total)
    assert.equal("Acme", strict:organization("Acme", { timeout = 2, connect_timeout = 1 }).name)
    strict:my_id()
    local sockets = 0
    for _ in pairs(helper.descriptors()) do
      sockets = sockets + 1
    end
    for _ = 1, 5 do
      strict:me()
    end
    for _ in pairs(helper.descriptors()) do
      sockets = sockets - 1
    end
    assert.equal(0, sockets)
  end)
end)
