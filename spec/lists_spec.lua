-- Lists and loops with random servers of pages; scripts/dev/lists runs 10,000 of them.
local helper = require "spec.helper"
local lists = require "spec.lists.run"
local reading = require "toggl.reading"

describe("lists of random servers", function()
  it(
    "are complete only where an unchanging list explains the replies, and loops give the same",
    function()
      for seed = 1, 400 do
        local why = lists.run(seed)
        if why then
          error(("seed %d: %s; again: scripts/dev/lists 1 %d"):format(seed, why, seed), 0)
        end
      end
    end
  )
end)

describe("a reading", function()
  -- Feed a reading with the replies of f(page, time) until it ends. Return it, the keys in order,
  -- and the requested pages.
  local function read(f, size)
    local r, keys, asked = reading.new(size), {}, {}
    for time = 1, 200 do
      local page = r:next()
      if not page then return r, keys, asked end
      asked[time] = page
      local reply = f(page, time)
      local list = reply.keys
      reply.at, reply.fresh, reply.list = reply.at or time, reply.fresh ~= false, list
      local new = r:take(page, reply)
      for i, key in ipairs(list) do
        if not new then keys[#keys + 1] = key end
        for _, at in ipairs(new or {}) do
          if at == i then keys[#keys + 1] = key end
        end
      end
    end
    error "the reading does not end"
  end

  local function people(first, last)
    local keys = {}
    for i = first, last do
      keys[#keys + 1] = i
    end
    return keys
  end

  local function page_of(all, page)
    local keys = table.move(all, page * 60 - 59, math.min(#all, page * 60), 1, {})
    return { keys = keys, records = #all, pages = 2, size = 60 }
  end

  it("reads again when a person joins between two pages, and is complete", function()
    local r, keys, asked = read(function(page, time)
      local all = people(time == 1 and 1 or 0, 100) -- key 0 joins at the head after page 1
      return page_of(all, page)
    end)
    assert.is_nil(r.reason)
    assert.same({ 1, 2, 1 }, asked)
    assert.equal(101, #keys)
  end)

  it("is incomplete when a person leaves between two pages, but has all others", function()
    local r, keys = read(function(page, time)
      local all = people(time == 1 and 1 or 2, 120)
      return page_of(all, page)
    end)
    assert.matches("1 record was removed", r.reason)
    assert.equal(120, #keys)
  end)

  it("ends where the count grows with each page", function()
    local r, _, asked = read(function(page)
      local keys = people(page * 60 - 59, page * 60)
      return { keys = keys, records = page * 60 + 60, pages = page + 1, size = 60 }
    end)
    assert.matches("changed between %d+ and %d+, and pages continue after page %d+$", r.reason)
    assert.is_true(#asked < 30)
  end)

  it("ends where a server without counts has another full page for each number", function()
    local r, keys, asked = read(
      function(page) return { keys = people(page * 1000 - 999, page * 1000) } end
    )
    assert.matches("pages without counts continue after page 101$", r.reason)
    assert.equal(101, #asked)
    assert.equal(101000, #keys)
    r, keys = read(
      function(page)
        return { keys = people(page * 1000 - 999, math.min(page, 120) * 1000), pages = 120 }
      end
    )
    assert.is_nil(r.reason)
    assert.equal(120000, #keys)
  end)

  it("is incomplete, too, where a server without counts repeats its last page", function()
    local r, keys = read(function(page, time)
      local all = people(time == 1 and 1 or 2, time == 1 and 300 or 61) -- shrinks after page 1
      return {
        keys = table.move(
          all,
          math.min(page, time == 1 and 5 or 1) * 60 - 59,
          math.min(#all, 60),
          1,
          {}
        ),
      }
    end)
    assert.matches("1 record was removed", r.reason)
    assert.equal(61, #keys)
  end)

  it("ends where each short page brings one more and the counts never end", function()
    local r, _, asked = read(
      function(page, time)
        return { keys = { time }, page = page, size = 60, pages = 1000000, records = 60000000 }
      end
    )
    assert.is_string(r.reason)
    assert.is_true(#asked <= 5, #asked .. " requests")
  end)

  it("ends with an empty first page, however many the counts say", function()
    for _, counts in ipairs {
      { pages = 1000000 },
      { pages = 2 },
      { records = 70 },
      { pages = 1000000, records = 60000000 },
    } do
      local r, keys, asked = read(function()
        local reply = { keys = {} }
        for name, value in pairs(counts) do
          reply[name] = value
        end
        return reply
      end)
      assert.is_string(r.reason)
      assert.same({}, keys)
      assert.is_true(#asked <= 3, #asked .. " requests")
    end
  end)

  it("ends with the page that is repeated, and is complete, where nothing moved", function()
    local r, keys, asked = read(function() return { keys = people(1, 60) } end)
    assert.is_nil(r.reason)
    assert.same({ 1, 2 }, asked)
    assert.equal(60, #keys)
  end)

  for _, counts in ipairs {
    { pages = 0, records = 1 },
    { pages = 0 },
    { pages = 2, records = 1 },
    { pages = false },
    { records = false },
    { records = 2, pages = 1 },
    { page = 2 },
    { size = 50, pages = 2, records = 51 },
  } do
    local text = {}
    for _, name in ipairs { "page", "size", "pages", "records" } do
      if counts[name] ~= nil then
        text[#text + 1] = ("%s %s"):format(name, counts[name] or "no number")
      end
    end
    it("of one record is not complete with " .. table.concat(text, ", "), function()
      local r, keys, asked = read(function(page)
        local reply = { keys = page == 1 and { 7 } or {} }
        for name, value in pairs(counts) do
          reply[name] = value
        end
        return reply
      end)
      assert.is_string(r.reason)
      assert.same({ 7 }, keys)
      assert.is_true(#asked <= 4, #asked .. " requests")
    end)
  end

  it("asks again for the older page where one comes from the store", function()
    local r, keys, asked = read(function(page, time)
      local old = page == 2 and time < 3
      local all = people(1, old and 119 or 120)
      local reply = page_of(all, page)
      reply.at, reply.fresh = old and 0 or time, not old
      return reply
    end)
    assert.is_nil(r.reason)
    assert.same({ 1, 2, 2 }, asked)
    assert.equal(120, #keys)
  end)

  it("takes records without a key as they are, equal ones as well", function()
    local r, keys = read(
      function(page) return { keys = page == 1 and { "{}", "{}", "{}" } or {} } end,
      3
    )
    assert.is_nil(r.reason)
    assert.equal(3, #keys)
  end)
end)

describe("one page of a list", function()
  it("is complete only when it is all", function()
    local server <close> = helper.sandbox { record = false, people = 60 }
    local client <close> = helper.client(server)
    local org = client:get_organization(4300000017)
    for _, case in ipairs {
      { { page = 1 }, "only page 1 of 2" },
      { { page = 2 }, "only page 2 of 2" },
      { { page = 1, per_page = 60 } },
      { { page = 1, per_page = 30 }, "only page 1 of 2" },
    } do
      local list = org:users(case[1])
      assert.equal(case[2] == nil, list.complete)
      if case[2] then
        assert.matches(case[2], list.incomplete)
      else
        assert.is_nil(list.incomplete)
      end
    end
  end)
end)

describe("one reply by the official name of its operation", function()
  local server, client

  before_each(function()
    server = helper.sandbox { record = false, people = 60 }
    client = helper.client(server)
  end)

  after_each(function()
    client:close()
    server:stop()
    client = nil
  end)

  local function people(args)
    args.organization_id = 4300000017
    return assert(client.api.get_organization_users(args))
  end

  it("is complete only when it is all", function()
    for _, case in ipairs {
      { {}, "only page 1 of 2" },
      { { page = 1 }, "only page 1 of 2" },
      { { page = 2 }, "only page 2 of 2" },
      { { page = 1, per_page = 60 } },
      { { per_page = 30 }, "only page 1 of 2" },
      { { filter = "no such name" } },
    } do
      local list = people(case[1])
      assert.equal(case[2] == nil, list.complete)
      if case[2] then
        assert.matches(case[2], list.incomplete)
      else
        assert.is_nil(list.incomplete)
      end
    end
  end)

  it("is complete without counts only when no server's page could be so short", function()
    server:fault "no-page-headers"
    assert.equal("only page 1 was requested", people { per_page = 50 }.incomplete)
    assert.equal("only page 1 was requested", people { per_page = 60 }.incomplete)
    assert.equal("only page 1 was requested", people { per_page = 3, filter = "@" }.incomplete)
    assert.equal("only page 2 was requested", people { per_page = 50, page = 2 }.incomplete)
    assert.is_true(people { per_page = 61, filter = "no such name" }.complete)
    server:clear()
    server:fault '200@/users [{"id":8},{"id":7},{"id":8}]'
    assert.equal("key 8 is twice in page 1", people {}.incomplete)
  end)

  it("that is no list of people for a group, nor for a change, when it is not", function()
    local part = people { per_page = 30 }
    local group = client:get_organization(4300000017):groups()[1]
    assert.error_matches(function() group:add(part) end, "incomplete")
  end)
end)

describe("a person who is not found", function()
  it("in an incomplete list has the reason and the remedy", function()
    local server <close> = helper.sandbox { record = false, people = 60 }
    local client <close> = helper.client(server)
    local org = client:get_organization(4300000017)
    server:fault '200@/users [{"id":1,"name":"A"},{"id":1,"name":"A"}]'
    local none, err = org:user "ann@example.com"
    assert.is_nil(none)
    assert.equal("not_found", err.kind)
    assert.matches(
      "was not found in a list that is not complete: key 1 is twice in page 1",
      err.message,
      1,
      true
    )
    assert.matches("refresh = true", err.advice, 1, true)
    assert.equal("key 1 is twice in page 1", err.incomplete)
    server:clear()
    none, err = org:user "ann.nowhere@example.com"
    assert.is_nil(none)
    assert.is_nil(err.incomplete)
    assert.matches("was not found$", err.message)
  end)
end)

describe("pages of different ages", function()
  local server, client, org

  before_each(function()
    server = helper.sandbox { record = false, people = 150, page_cap = 50 }
    client = helper.client(server, { cache = ":memory:" })
    org = client:get_organization(4300000017)
  end)

  after_each(function()
    client:close()
    server:stop()
    client, org = nil, nil
  end)

  local function page(n) return { page = n, per_page = 1000, refresh = true } end

  -- Let another client change the list while pages are stored.
  local function leave(position)
    local other <close> = helper.client(server)
    local all = other:get_organization(4300000017):users()
    assert(all[position]:remove())
  end

  for name, read in pairs {
    users = function(o) return o:users() end,
    each_user = function(o)
      local loop, list = o:each_user(), {}
      for user in loop do
        list[#list + 1] = user
      end
      list.complete, list.incomplete = loop.complete, loop.incomplete
      return list
    end,
  } do
    it(("are one list for %s where they agree"):format(name), function()
      org:users()
      org:users(page(2))
      local list
      assert.equal(0, helper.requests_during(server, function() list = read(org) end))
      assert.is_true(list.complete)
      assert.equal(150, #list)
    end)

    it(("are read again by %s, the old ones alone, where they do not"):format(name), function()
      org:users()
      leave(120)
      org:users(page(3))
      local list
      local requests = helper.requests_during(server, function() list = read(org) end)
      assert.is_true(requests > 0 and requests <= 4, requests .. " requests")
      local seen = {}
      for i = 1, #list do
        seen[list[i].id] = true
      end
      for user in org:users { refresh = true }:each() do
        assert.is_true(seen[user.id])
      end
      assert.is_true(
        list.complete or list.incomplete:find("removed while", 1, true) ~= nil,
        list.incomplete
      )
    end)
  end

  it("are not complete offline where they do not agree, and make no record gone", function()
    local left = org:users()[20]
    local function shown()
      return client:sql("SELECT count(*) AS n FROM users WHERE id = ?", left.id)[1].n
    end
    leave(20)
    org:users(page(3))
    local list
    assert.equal(
      0,
      helper.requests_during(server, function() list = org:users { offline = true } end)
    )
    assert.is_false(list.complete)
    assert.is_string(list.incomplete)
    assert.equal(1, shown())
    assert.equal(149, #org:users { refresh = true })
    assert.equal(0, shown())
  end)
end)

describe("a job whose list is not complete", function()
  it("prints what there is, warns once, and ends with 5", function()
    local script = helper.build .. "/togglsh"
    local server <close> = helper.sandbox { record = false, port = 0, people = 60 }
    server:fault '200@/users?page=1 [{"id":1,"name":"A"},{"id":1,"name":"A"}]'
    local home = helper.scratch()
    local out, err, status = helper.run(
      helper.environment(home, { TOGGL_API_TOKEN = server:token(), TOGGL_API_URL = server.url }),
      script,
      "people",
      "--columns",
      "id",
      "--org",
      "4300000017"
    )
    helper.remove(home)
    assert.equal(5, status, err)
    assert.matches("1", out)
    local _, times = err:gsub("is not complete: key 1 is twice in page 1", "")
    assert.equal(1, times, err)
    assert.truthy(err:find("; the server has just answered so; if that stays, look at it", 1, true))
  end)
end)
