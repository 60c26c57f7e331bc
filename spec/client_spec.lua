-- The public interface of the module: clients, credentials, records, lists, errors, events.
local helper = require "spec.helper"
local toggl = require "toggl"

describe("three ways lead to an operation:", function()
  local server, client

  setup(function()
    server = helper.sandbox { record = false }
    client = helper.client(server)
  end)

  teardown(function()
    client:close()
    server:stop()
    client = nil
  end)

  it("a method, its official name, and a plain request, with the same records", function()
    local org = client:organization "Acme"
    local by_method = org:groups()
    local by_name = client.api.get_organization_groups { organization_id = org.id }
    local by_path, response = client:request("GET", "/organizations/" .. org.id .. "/groups")
    assert.equal(by_method:raw(), by_name:raw())
    assert.equal(by_method:raw(), by_path:raw())
    assert.equal("group", by_path:model())
    assert.equal(200, response.status)
    assert.is_true(by_path[1]:delete())
  end)

  it("a plain request reaches what has no row, with query and body", function()
    local reply, err =
      client:request("GET", "/no/such/thing", { query = { a = "x y&z", b = 1, c = true } })
    assert.is_nil(reply)
    assert.equal("not_found", err.kind)
    assert.equal("request", err.operation)
    local _, seen = server:requests()
    local query = seen[#seen].path:match "^/no/such/thing%?(.*)$"
    for _, pair in ipairs { "a=x%20y%26z", "b=1", "c=true" } do
      assert.is_truthy(query:find(pair, 1, true), query)
    end
    local made = assert(
      client:request(
        "POST",
        "/organizations",
        { body = { name = "Raw", workspace_name = "Raw Room" } }
      )
    )
    assert.equal("Raw", client:organization(made.id).name)
  end)

  it("positional values take the parameters that the object does not fill", function()
    local org = client:organization "Acme"
    assert.equal(13, org:get_plan(13).plans[1].plan_id)
    assert.equal("%PDF", org:invoice("1001"):sub(1, 4))
    assert.equal("Paper", org:create_group("Paper", { workspaces = { org:workspace "Main" } }).name)
  end)
end)

describe("a record", function()
  local server, client, org, ann

  setup(function()
    server = helper.sandbox()
    client = helper.client(server)
    org = client:organization "Acme"
    ann = org:user "ann@example.com"
  end)

  teardown(function()
    client:close()
    server:stop()
    client, org, ann = nil, nil, nil
  end)

  it("has its fields, its methods, and what the row does not know", function()
    assert.equal("ann@example.com", ann.email)
    assert.equal("function", type(ann.update))
    assert.is_nil(ann.invitation_id)
    assert.is_nil(ann:get "nothing")
    assert.error_matches(function() return ann.nothing end, "no field or method 'nothing'")
    assert.is_nil(ann[1])
    assert.equal("Main", ann.workspaces[1].workspace_name)
  end)

  it("is read-only", function()
    assert.error_matches(function() ann.name = "x" end, "fields of a user are read%-only")
    assert.error_matches(function() org:users()[1] = ann end, "a list is read%-only")
  end)

  it("is walked by pairs, and turns into a table and a text", function()
    local seen = {}
    for key, value in pairs(ann) do
      seen[key] = value
    end
    local plain = ann:table()
    for key, value in pairs(plain) do
      assert.not_nil(seen[key], key)
      if type(value) ~= "table" then assert.equal(value, seen[key]) end
    end
    assert.same(plain, toggl.json.decode(ann:raw()))
    assert.equal("toggl.user", getmetatable(ann).__name)
  end)

  it("is equal to another view of the same thing, and to nothing else", function()
    assert.is_true(ann == org:user { user_id = ann.user_id })
    assert.is_true(org == client:organization "Acme")
    assert.is_false(ann == org:user { organization_user_id = org:get_owner().organization_user_id })
    assert.is_false(ann == org)
    assert.is_false(ann == ann.email)
  end)

  it("reads as what it is, and shows no secret", function()
    assert.equal(("user %d (Ann Lee)"):format(ann.id), tostring(ann))
    local me = client:me()
    assert.is_nil(tostring(me):find(me.api_token, 1, true))
    local letter = org:invite {
      emails = { "new@example.com" },
      workspaces = { org:workspace "Main" },
    }.invitations[1]
    assert.is_nil(tostring(letter):find(letter.code, 1, true))
    assert.is_nil(tostring(client):find(server:token(), 1, true))
  end)

  it("outlives its list and its client, without what it would need them for", function()
    local other = helper.client(server)
    local user = other:organization("Acme"):users()[1]
    local alone = user:detach()
    other:close()
    collectgarbage()
    assert.equal(user.email, alone.email)
    assert.is_true(user == alone)
    assert.error_matches(function() return user:update { name = "x" } end, "closed")
  end)

  it("can be closed", function()
    local user = org:user "ann@example.com"
    do
      local _ <close> = user
    end
    assert.is_nil(user.email)
    assert.equal("user", tostring(user))
  end)
end)

describe("a list", function()
  local server, client, org

  setup(function()
    server = helper.sandbox()
    client = helper.client(server)
    org = client:organization "Acme"
  end)

  teardown(function()
    client:close()
    server:stop()
    client, org = nil, nil
  end)

  it("is read by number, by ipairs, by pairs and by each", function()
    local users = org:users()
    assert.equal(60, #users)
    assert.is_nil(users[0])
    assert.is_nil(users[61])
    local counts = { 0, 0, 0 }
    for i, user in ipairs(users) do
      counts[1] = counts[1] + 1
      assert.is_true(user == users[i])
    end
    for i in pairs(users) do
      counts[2] = math.max(counts[2], i)
    end
    for user in users:each() do
      counts[3] = counts[3] + (user.id and 1 or 0)
    end
    assert.same({ 60, 60, 60 }, counts)
    assert.equal("list of 60 users", tostring(users))
    assert.equal("org_user", users:model())
  end)

  it("knows whether it is complete and how old it is", function()
    local users = org:users()
    assert.is_true(users.complete)
    assert.is_false(users.stale)
    assert.is_true(users.at > 1.6e9)
    assert.is_true(users.age >= 0 and users.age < 60)
  end)

  it("brings all pages in order and without repeats, however large they are", function()
    local whole = org:users()
    server:set { page_cap = 7 }
    local parts = org:users()
    server:set { page_cap = 0 }
    assert.equal(9, parts.pages)
    assert.equal(#whole, #parts)
    for i = 1, #whole do
      assert.equal(whole[i].id, parts[i].id)
    end
    assert.equal(#whole, #toggl.json.decode(parts:raw()))
    assert.equal(#whole, #parts:table())
  end)
end)

describe("an error", function()
  local server, client

  setup(function()
    server = helper.sandbox()
    client = helper.client(server)
  end)

  teardown(function()
    client:close()
    server:stop()
    client = nil
  end)

  it("tells programs and people what happened, what was not done and what to do", function()
    local org = client:organization "Acme"
    local reply, err = org:create_group { name = "Engineering" }
    assert.is_nil(reply)
    assert.equal("invalid", err.kind)
    assert.equal(400, err.status)
    assert.equal("post_organization_group", err.operation)
    assert.is_nil(err.retry_after)
    assert.is_truthy(err.body:find("already been taken", 1, true))
    assert.is_truthy(err.message:find("this call changed nothing", 1, true))
    assert.equal(err.message .. "; " .. err.advice, tostring(err))
  end)

  it("is raised as the same object where the client says so, from every way", function()
    local strict <close> = helper.client(server, { on_error = "raise" })
    local org = strict:organization "Acme"
    for _, f in ipairs {
      function() org:create_group { name = "Engineering" } end,
      function() strict.api.get_organization { organization_id = 1 } end,
      function() strict:request("GET", "/organizations/1") end,
      function() strict:organization "Nowhere" end,
      function() org:group "Nowhere" end,
      function() org:payment_records { cursor = "x" } end,
    } do
      local ok, err = pcall(f)
      assert.is_false(ok)
      assert.equal("toggl.error", getmetatable(err).__name)
      assert.equal("string", type(err.kind))
    end
  end)

  it("is raised by loops, which cannot return it", function()
    server:fault "500@/users"
    local org = client:organization "Acme"
    local ok, err = pcall(function()
      for _ in org:each_user() do
        error "there is none"
      end
    end)
    server:clear()
    assert.is_false(ok)
    assert.equal("server", err.kind)
  end)
end)

describe("a log", function()
  it(
    "gets a plain table for each request, reply, retry and answer of the store, without a secret",
    function()
      local server <close> = helper.sandbox { record = false }
      local events = {}
      local client <close> = helper.client(
        server,
        { cache = ":memory:", retries = 1, log = function(event) events[#events + 1] = event end }
      )
      server:fault "503:1"
      local org = client:organization "Acme"
      client:organizations()
      local letter = org:invite {
        emails = { "new@example.com" },
        workspaces = { org:workspace "Main" },
      }.invitations[1]
      client:invitation(letter.code)
      client:me()
      local secrets, types = { server:token(), letter.code, client:me().api_token }, {}
      for _, event in ipairs(events) do
        types[#types + 1] = event.type
        assert.is_nil(getmetatable(event))
        for key, value in pairs(event) do
          for _, secret in ipairs(secrets) do
            assert.is_nil(tostring(value):find(secret, 1, true), key)
          end
        end
      end
      assert.same(
        { "request", "reply", "retry", "request", "reply", "store" },
        { table.unpack(types, 1, 6) }
      )
      local first, reply, retry = events[1], events[2], events[3]
      assert.equal("get_organizations", first.operation)
      assert.equal("GET", first.method)
      assert.equal("/me/organizations", first.path)
      assert.equal(1, first.try)
      assert.equal(503, reply.status)
      assert.is_true(reply.seconds >= 0 and reply.bytes > 0)
      assert.is_true(retry.seconds > 0)
      assert.equal("server", retry.reason)
      assert.equal(2, events[4].try)
      assert.equal(2, client:cost().by_operation.get_organizations)
    end
  )

  it("may raise or close the client, and nothing breaks", function()
    local server <close> = helper.sandbox()
    local noisy <close> = helper.client(server, { log = function() error "from the log" end })
    assert.error_matches(function() noisy:me() end, "from the log")
    local suicidal
    suicidal = helper.client(server, { log = function() suicidal:close() end })
    assert.error_matches(function() suicidal:me() end, "closed")
    suicidal:close()
  end)
end)

describe("a client", function()
  it("ends by close, by <close> and by the collector, with all that it holds", function()
    local server <close> = helper.sandbox()
    local before = helper.descriptors()
    do
      local scoped <close> = helper.client(server)
      scoped:me()
      local dropped = helper.client(server)
      dropped:me()
    end
    -- The sandbox in this process closes its sockets in another thread.
    for _ = 1, 50 do
      if not helper.leftovers(before) then break end
      toggl.sleep(0.05)
    end
    assert.is_nil(helper.leftovers(before))
  end)

  it("brings its own sandbox with sandbox = true, which ends after it", function()
    local before = helper.descriptors()
    local client = toggl.client { sandbox = { people = 5, seed = 3 } }
    assert.equal(5, #client:organization("Acme"):users())
    client:close()
    client = nil -- luacheck: ignore
    assert.is_nil(helper.leftovers(before))
  end)

  it("keeps its sandbox when the host loads modules again", function()
    local client <close> = toggl.client { sandbox = { people = 5, seed = 3 } }
    package.loaded["toggl.config"] = nil
    collectgarbage()
    collectgarbage()
    assert.equal(2, #assert(client:organizations()))
    assert.equal(1, (client:sandbox():requests()))
  end)

  it("counts what it costs, by operation and window", function()
    local server <close> = helper.sandbox()
    local client <close> = helper.client(server)
    local org = client:organization "Acme"
    org:get_owner()
    org:get_owner()
    local cost = client:cost()
    assert.equal(3, cost.total)
    assert.equal(2, cost.by_operation.get_organization_owner)
    assert.equal(1, cost.by_window.user)
    assert.equal(2, cost.by_window[org.id])
  end)
end)
