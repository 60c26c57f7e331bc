-- Lists in pages: the requests of a whole list, learned page sizes, and a list that ends midway.
local canned = require "spec.canned"
local helper = require "spec.helper"
local core = require "toggl.core"

local PEOPLE = 1000

-- Return the paths of the requests after the first N.
local function paths(server, n)
  local count, last = server:requests()
  local list = {}
  for i = #last - (count - n) + 1, #last do
    list[#list + 1] = last[i].path
  end
  return list
end

local function holds(list, text)
  for _, path in ipairs(list) do
    if path:find(text, 1, true) then return true end
  end
  return false
end

describe("all people of an organization", function()
  local server, client, org

  before_each(function()
    server = helper.sandbox { record = false, people = PEOPLE }
    client = helper.client(server, { cache = ":memory:" })
    org = client:get_organization(4300000017)
  end)

  after_each(function()
    client:close()
    server:stop()
    client, org = nil, nil
  end)

  for cap, requests in pairs { [50] = 20, [200] = 5, [300] = 4, [0] = 1 } do
    it(
      ("cost %d requests where a page holds %s"):format(requests, cap > 0 and cap or "any number"),
      function()
        server:set { page_cap = cap }
        local users
        assert.equal(requests, helper.requests_during(server, function() users = org:users() end))
        assert.equal(PEOPLE, #users)
        assert.equal(requests, users.pages)
        assert.is_true(users.complete)
        local seen = {}
        for user in users:each() do
          assert.is_nil(seen[user.id])
          seen[user.id] = true
        end
        assert.equal(
          0,
          helper.requests_during(server, function() assert.equal(PEOPLE, #org:users()) end)
        )
      end
    )
  end

  it("are fetched side by side once their number is known", function()
    server:set { page_cap = 50, latency = 100 }
    local start = core.ticks()
    assert.equal(PEOPLE, #org:users())
    local seconds = core.ticks() - start
    assert.is_true(seconds < 1.5, seconds .. " s") -- in sequence: 2 s
  end)

  it("come in the order of the server, also for a reader that takes them one by one", function()
    server:set { page_cap = 300 }
    local whole, i = org:users(), 0
    for user in org:each_user { refresh = true } do
      i = i + 1
      assert.equal(whole[i].id, user.id)
    end
    assert.equal(PEOPLE, i)
  end)

  it("are not all read by a loop that stops", function()
    server:set { page_cap = 50 }
    local n = 0
    assert.equal(
      2,
      helper.requests_during(server, function()
        for _ in org:each_user() do
          n = n + 1
          if n == 60 then break end
        end
      end)
    )
  end)

  it("are one page when one is asked for", function()
    local users
    assert.equal(
      1,
      helper.requests_during(server, function() users = org:users { page = 2, per_page = 30 } end)
    )
    assert.equal(30, #users)
    assert.equal(PEOPLE, #org:users { per_page = 250 })
    assert.is_true(holds(paths(server, 0), "page=4&per_page=250"))
  end)

  it("come once, though the pages shift while they are read", function()
    server:set { page_cap = 400 }
    local users = org:users()
    local first, last = users[1], users[PEOPLE]
    -- the last page is as of a time when a person of the first page was the last one
    server:fault(
      ('200@page=3 [{"id":%d,"name":"again"},{"id":%d,"name":"new"}]'):format(
        first.id,
        last.id + 10 ^ 6 | 0
      )
    )
    users = org:users { refresh = true }
    assert.equal(801, #users)
    assert.equal(first.name, users[1].name)
    assert.equal("new", users[801].name)
    local n = 0
    for _ in org:each_user { refresh = true } do
      n = n + 1
    end
    assert.equal(801, n)
  end)
end)

describe("a server that does not count its pages", function()
  local server, client, org

  before_each(function()
    server = helper.sandbox { record = false, people = 240 }
    server:fault "no-page-headers"
    client = helper.client(server)
    org = client:get_organization(4300000017)
  end)

  after_each(function()
    client:close()
    server:stop()
    client, org = nil, nil
  end)

  it("is asked until a page is short", function()
    server:set { page_cap = 100 }
    local users
    assert.equal(3, helper.requests_during(server, function() users = org:users() end))
    assert.equal(240, #users)
    assert.is_true(users.complete)
  end)

  it("is asked once more when the last page is full, which then is empty or the same", function()
    server:set { page_cap = 120 }
    local users
    assert.equal(3, helper.requests_during(server, function() users = org:users() end))
    assert.equal(240, #users)
  end)

  it("and gives the same page for every number is asked twice", function()
    local keys = {}
    for i = 1, 60 do
      keys[i] = i
    end
    server:clear()
    server:fault('200@/users [{"id":' .. table.concat(keys, '},{"id":') .. "}]")
    local users
    assert.equal(2, helper.requests_during(server, function() users = org:users() end))
    assert.equal(60, #users)
    assert.is_true(users.complete)
    local n = 0
    assert.equal(
      2,
      helper.requests_during(server, function()
        for _ in org:each_user() do
          n = n + 1
        end
      end)
    )
    assert.equal(60, n)
  end)

  it("is read one by one as well", function()
    server:set { page_cap = 100 }
    local n = 0
    for _ in org:each_user() do
      n = n + 1
    end
    assert.equal(240, n)
  end)
end)

describe("a page size that is refused", function()
  it("is made smaller, and that is remembered", function()
    local folder = helper.scratch()
    local server = helper.sandbox { record = false, people = 300 }
    local state = folder .. "/state.db"
    local client = helper.client(server, { state = state })
    server:fault "400@per_page=1000"
    local users
    local org = client:get_organization(4300000017)
    -- pages of 1000, 200, 200
    assert.equal(3, helper.requests_during(server, function() users = org:users() end))
    assert.equal(300, #users)
    assert.equal(2, helper.requests_during(server, function() org:users() end))
    client:close()
    client = helper.client(server, { state = state }) -- as another process would
    org = client:get_organization(4300000017)
    assert.equal(2, helper.requests_during(server, function() assert.equal(300, #org:users()) end))
    server:fault "400@per_page=200"
    -- a page of 200, then six of 50
    assert.equal(7, helper.requests_during(server, function() assert.equal(300, #org:users()) end))
    assert.equal(6, helper.requests_during(server, function() assert.equal(300, #org:users()) end))
    client:close()
    server:stop()
    helper.remove(folder)
  end)

  it("is an error when the caller has chosen it, or the request is wrong otherwise", function()
    local server <close> = helper.sandbox { record = false }
    local client <close> = helper.client(server)
    local org = client:get_organization(4300000017)
    server:fault "400@/users"
    local none, err = org:users { per_page = 500 }
    assert.is_nil(none)
    assert.equal("invalid", err.kind)
    none, err = org:users()
    assert.is_nil(none)
    assert.equal("invalid", err.kind)
    assert.is_nil(err.partial)
    assert.equal(1, err.next_page)
  end)
end)

describe("a list that ends midway", function()
  local server, client, org

  before_each(function()
    server =
      helper.sandbox { record = false, people = 500, plan = "free", page_cap = 50, quota = 6 }
    client = helper.client(server)
    org = client:get_organization(4300000017)
  end)

  after_each(function()
    client:close()
    server:stop()
    client, org = nil, nil
  end)

  it("gives what there is with the error, marked, and where to go on", function()
    local users, err
    assert.equal(
      5,
      helper.requests_during(server, function()
        users, err = org:users()
      end)
    )
    assert.is_nil(users)
    assert.equal("quota", err.kind)
    assert.is_true(err.retry_after > 3500)
    assert.is_false(err.partial.complete)
    assert.equal(250, #err.partial)
    assert.equal(6, err.next_page)
    assert.is_truthy(tostring(err.partial):find("incomplete", 1, true))
    server:set { quota = 20 }
    server:advance(3600)
    local other <close> = helper.client(server)
    local rest =
      assert(other:get_organization(4300000017):users { page = err.next_page, per_page = 50 })
    assert.not_equal(err.partial[250].id, rest[1].id)
    local whole = other:get_organization(4300000017):users()
    assert.equal(whole[250].id, err.partial[250].id)
    assert.equal(whole[251].id, rest[1].id)
  end)

  it("does so for a client that raises, too", function()
    local strict <close> = helper.client(server, { on_error = "raise" })
    strict:get_organization(4300000017)
    local ok, err = pcall(org.users, strict:get_organization(4300000017))
    assert.is_false(ok)
    assert.equal("quota", err.kind)
    assert.is_true(#err.partial >= 50)
    assert.is_false(err.partial.complete)
  end)

  it("is no desired state", function()
    local _, err = org:users()
    server:set { quota = 100 }
    server:advance(3600)
    local group
    local fresh <close> = helper.client(server)
    group = fresh:get_organization(4300000017):groups()[1]
    local people = group.users
    for _, change in ipairs {
      function() group:update { name = group.name, users = err.partial } end,
      function() group:add(err.partial) end,
      function() fresh:get_organization(4300000017):remove_users { delete = err.partial } end,
    } do
      assert.error_matches(change, "incomplete")
    end
    local now = fresh:get_organization(4300000017):group(group.name).users
    assert.equal(#people, #now)
  end)

  it("is not stored as a complete one", function()
    local keeping <close> = helper.client(server, { cache = ":memory:" })
    local mine = keeping:get_organization(4300000017)
    assert.is_nil((mine:users()))
    local list, err = mine:users { offline = true }
    assert.is_nil(list)
    assert.equal("offline", err.kind)
    assert.is_false(err.partial.complete)
    server:set { quota = 100 }
    server:advance(3600)
    local fresh <close> = helper.client(server, { cache = ":memory:" })
    assert.equal(500, #fresh:get_organization(4300000017):users())
  end)

  it("is an error for a reader one by one, after those that came", function()
    local n = 0
    local ok, err = pcall(function()
      for _ in org:each_user() do
        n = n + 1
      end
    end)
    assert.is_false(ok)
    assert.equal("quota", err.kind)
    assert.equal(250, n)
  end)

  it("because a page fails is reported the same way", function()
    server:set { quota = 100 }
    server:advance(3600)
    local fresh <close> = helper.client(server)
    local mine = fresh:get_organization(4300000017)
    server:fault "500@page=4"
    local list, err = mine:users()
    assert.is_nil(list)
    assert.equal("server", err.kind)
    assert.equal(4, err.next_page)
    assert.equal(150, #err.partial)
    assert.is_false(err.partial.complete)
  end)
end)

describe("pages that each name a next one", function()
  it("end behind the 200th, and the list is not complete", function()
    local folder, rules = helper.scratch(), {}
    for page = 250, 1, -1 do
      rules[#rules + 1] = { "cursor=c" .. page, ('[{"next":"c%d","items":[]}]'):format(page + 1) }
    end
    rules[#rules + 1] = { "payment_records", '[{"next":"c1","items":[]}]' }
    rules[#rules + 1] = { "GET", '{"id":7,"name":"Acme"}' }
    local server = canned.serve(folder, rules)
    local client <close> = helper.client(nil, { base_url = server.url, token = ("a"):rep(32) })
    local list = client:get_organization(7):payment_records()
    server.close()
    helper.remove(folder)
    assert.equal("pages continue after page 200", list.incomplete)
    assert.equal(200, #list)
  end)
end)

describe("null in place of a record", function()
  local server, client, org

  before_each(function()
    server = helper.sandbox { record = false }
    client = helper.client(server)
    org = client:organization "Acme"
  end)

  after_each(function()
    client:close()
    server:stop()
    client, org = nil, nil
  end)

  local WHY = "null came in place of 2 records"
  local GROUPS = '200@/groups [null,{"group_id":1,"name":"A"},null]'
  local PEOPLE_OF_IT = '200@/users [null,{"id":1,"name":"A"},null]'

  it("leaves a list incomplete that has no pages", function()
    server:fault(GROUPS)
    local groups = org:groups()
    assert.same({ 1, false, WHY }, { #groups, groups.complete, groups.incomplete })
    server:fault(GROUPS)
    local list, response = client.api.get_organization_groups { organization_id = org.id }
    assert.same({ WHY, 2 }, { list.incomplete, response.nulls })
  end)

  it("leaves a list in pages incomplete, and so a loop over it and one page of it", function()
    server:fault(PEOPLE_OF_IT)
    local people = org:users()
    assert.same({ 1, false, WHY }, { #people, people.complete, people.incomplete })
    server:fault(PEOPLE_OF_IT)
    local each = org:each_user()
    for _ in each do
    end
    assert.same({ false, WHY }, { each.complete, each.incomplete })
    server:fault(PEOPLE_OF_IT)
    assert.equal(WHY, org:users({ page = 1 }).incomplete)
  end)

  it("is not stored, and takes no one out of what is", function()
    local cached <close> = helper.client(server, { cache = ":memory:" })
    local there = cached:organization "Acme"
    local function names()
      return cached:sql("SELECT group_concat(name) AS all_of_them FROM groups")[1].all_of_them
    end
    server:fault '200@/groups [{"group_id":1,"name":"A"},{"group_id":2,"name":"B"}]'
    there:groups()
    server:clear():fault(GROUPS)
    assert.is_false(there:groups({ refresh = true }).complete)
    assert.equal("A,B", names())
    assert.same({ 2, true }, { #there:groups(), there:groups().complete })
    local reads = server:requests()
    assert.is_false(there:groups({ refresh = true }).complete)
    assert.equal(reads + 1, server:requests())
  end)

  it("is counted over all pages that name a next one", function()
    local folder = helper.scratch()
    local canned_server = canned.serve(folder, {
      { "cursor=c1", '[{"items":[]},null]' },
      { "payment_records", '[null,{"next":"c1","items":[]}]' },
      { "GET", '{"id":7,"name":"Acme"}' },
    })
    local own <close> = helper.client(nil, { base_url = canned_server.url, token = ("a"):rep(32) })
    local list = own:get_organization(7):payment_records()
    canned_server.close()
    helper.remove(folder)
    assert.same({ 2, WHY }, { #list, list.incomplete })
  end)
end)
