-- Finders by the rows of the store must return the same as finders that read the stored list, on
-- random histories of several clients with one store.
local helper = require "spec.helper"
local found = require "toggl.class.found"

local HISTORIES = math.tointeger(tonumber(os.getenv "TOGGL_HISTORIES")) or 20
local STEPS, QUESTIONS_A_STEP, PAGE = 12, 3, 7

local function pick(list) return list[math.random(#list)] end

-- Return another spelling of TEXT that folds to the same text, or to a similar one.
local function respell(text)
  local how = math.random(8)
  if how == 1 then return text:upper() end
  if how == 2 then return "  " .. text .. " " end
  if how == 3 then return (text:gsub("e", "e\u{301}", 1)) end
  if how == 4 then return (text:gsub(("^(%s)(%s)"):gsub("%%s", utf8.charpattern), "%2%1")) end
  if how == 5 then return (text:gsub("[a-z]", "x", 1)) end
  if how == 6 then return text:sub(1, (utf8.offset(text, -2) or 1) - 1) end
  if how == 7 then return text:match "%S+$" or text end
  return text
end

local function with_clients(f)
  local folder = helper.scratch()
  local server = helper.sandbox { record = false, people = 30 }
  local function open(more)
    local o = { cache = folder .. "/cache.db", state = folder .. "/state.db", settle = 0 }
    for name, value in pairs(more or {}) do
      o[name] = value
    end
    return helper.client(server, o)
  end
  local clients = { open(), open(), open { max_age = 3600 } }
  local other = open { cache = false, state = false }
  clients[1]:fact("page_size:get_organization_users", PAGE)
  local ok, err = xpcall(f, debug.traceback, server, clients, other, folder .. "/cache.db")
  for _, c in ipairs(clients) do
    c:close()
  end
  other:close()
  server:stop()
  helper.remove(folder)
  if not ok then error(err, 0) end
end

-- ------------------------------------------------------------------------------------- what happens

local function people_of(world) return world.other_org:users { per_page = 200 } end

local serial = 0

local function new_name()
  serial = serial + 1
  return pick { "Ann Lee", "José Núñez", "Zoë", "ＷＩＤＥ", "王小明", "O'Neil" }
    .. (math.random(3) == 1 and "" or " " .. serial)
end

-- Events: reads and writes by a client of the store, or by another administrator.
local EVENTS = {
  read = function(world) pcall(world.org.users, world.org) end,
  refresh = function(world) pcall(world.org.users, world.org, { refresh = true }) end,
  one_page = function(world)
    local page = math.random(1, 6)
    pcall(world.client.api.get_organization_users, {
      organization_id = world.org.id,
      page = page,
      per_page = PAGE,
      refresh = math.random(2) == 1,
    })
  end,
  filtered = function(world) pcall(world.org.users, world.org, { filter = "ann" }) end,
  rename = function(world)
    local user = pick(people_of(world))
    pcall(user.update, world.org:user { organization_user_id = user.id }, { name = new_name() })
  end,
  rename_elsewhere = function(world)
    pcall(function() pick(people_of(world)):update { name = new_name() } end)
  end,
  invite = function(world)
    serial = serial + 1
    local by = pick { world.org, world.other_org }
    pcall(by.invite, by, { ("Guest.%d@Example.com"):format(serial) }, {
      workspaces = { by:workspaces()[1] },
    })
  end,
  remove = function(world)
    local by, people = pick { world.org, world.other_org }, people_of(world)
    local user = people[#people]
    if #people > 15 then pcall(by.remove, by, { organization_user_id = user.id }) end
  end,
  group = function(world)
    local by = pick { world.org, world.other_org }
    pcall(by.create_group, by, { name = new_name() })
  end,
  rename_group = function(world)
    local by = pick { world.org, world.other_org }
    pcall(function() pick(by:groups()):rename(new_name()) end)
  end,
  delete_group = function(world)
    pcall(function()
      local groups = world.other_org:groups()
      if #groups > 2 then pick(groups):delete() end
    end)
  end,
  read_groups = function(world)
    pcall(world.org.groups, world.org, { refresh = math.random(2) == 1 })
  end,
  read_rest = function(world)
    pcall(world.client.workspaces, world.client)
    pcall(world.client.organizations, world.client)
  end,
}

local names_of_events = {}
for name in pairs(EVENTS) do
  names_of_events[#names_of_events + 1] = name
end
table.sort(names_of_events)

-- ---------------------------------------------------------------------------------- what is asked

local function text_of_person(user)
  local text = pick { user:get "email" or "", user:get "name" or "" }
  return text ~= "" and respell(text) or "gone@example.com"
end

-- Each returns a finder f(org, client) and its name.
local QUESTIONS = {
  function(world)
    local text = text_of_person(pick(people_of(world)))
    return function(org) return org:user(text) end, text
  end,
  function(world)
    local user = pick(people_of(world))
    local field = pick { "organization_user_id", "user_id", "invitation_id" }
    local key = field == "organization_user_id" and user.id or user[field] or 5
    return function(org) return org:user { [field] = key } end, field .. " " .. key
  end,
  function(world)
    local group = pick(world.other_org:groups())
    local key = pick { group.group_id, tostring(group.group_id), respell(group.name), "No such" }
    return function(org) return org:group(key) end, "group " .. key
  end,
  function(world)
    local w = pick(world.other_org:workspaces())
    local key = pick { w.id, respell(w.name), "No such" }
    return function(org) return org:workspace(key) end, "workspace " .. key
  end,
  function(world)
    local o = pick(world.other:organizations())
    local key = pick { respell(o.name), tostring(o.id), "No such" }
    return function(_, client) return client:organization(key) end, "organization " .. key
  end,
}

-- Return what a caller sees of a result, without ages: they differ between two calls.
local function outcome(ok, record, err)
  if ok and record then
    return ("%s %s stale=%s settling=%s"):format(
      record:raw(),
      tostring(record),
      record.stale,
      record.settling
    )
  end
  err = ok and err or record
  if type(err) ~= "table" then return tostring(err) end
  local text = ("%s: %s; %s; %s"):format(err.kind, err.message, err.advice, err.incomplete)
  return (text:gsub("; the list is from the store and .-reads it again", ""))
end

local look, asked = found.look, 0

local function counted(...)
  local list, near = look(...)
  asked = asked + (list and 1 or 0)
  return list, near
end

local function nothing() return nil end

-- Call f(...) with LOOK_OF in place of the lookup by rows. Return its outcome, the count of
-- requests, and how often the rows answered.
local function answer(look_of, server, f, ...)
  local requests, before = server:requests(), asked
  found.look = look_of
  local text = outcome(pcall(f, ...))
  found.look = look
  return text, server:requests() - requests, asked - before
end

-- ------------------------------------------------------------------- a plain scan of the replies

-- Return the replies in the file at PATH as {operation =, path =, page =, size =, at =, spoiled =,
-- headers =, records =}.
local function replies_in(path)
  local query = "SELECT operation, args, at, spoiled, hex(headers) AS headers, text FROM replies"
  local pipe <close> =
    assert(io.popen(("sqlite3 -json %s %s"):format(helper.quote(path), helper.quote(query))))
  local text = pipe:read "a"
  local replies = text ~= "" and require("toggl").json.decode(text) or {}
  for _, r in ipairs(replies) do
    local bytes = r.headers:gsub("..", function(x) return string.char(tonumber(x, 16)) end)
    r.headers = {}
    for name, value in bytes:gmatch "([^%z]*)%z([^%z]*)%z" do
      r.headers[name] = tonumber(value) or value
    end
    r.path, r.query = r.args:match "^([^?]*)%??(.*)$"
    r.records = require("toggl").json.decode(r.text)
    r.plain = r.query == ""
      or not (r.query .. "&"):gsub("per_page=%d+&", ""):gsub("page=%d+&", ""):find "."
    r.page = tonumber(("&" .. r.query):match "&page=(%d+)") or 1
    r.size = ("&" .. r.query):match "&per_page=(%d+)" or ""
  end
  return replies
end

-- Return the time since which the pages of one size are a whole list, or nil. PAGES: the newest
-- reply by page number.
local function whole_since(pages)
  local last, ids, n = pages[1] and pages[1].headers["x-pages"], {}, 0
  local oldest, newest = math.huge, 0
  if not last then return nil end
  last = math.max(1, last)
  for number = 1, last do
    local p = pages[number]
    if not p then return nil end
    oldest, newest = math.min(oldest, p.at), math.max(newest, p.at)
    for _, name in ipairs { "x-pages", "x-records", "x-page-size" } do
      if p.headers[name] ~= pages[1].headers[name] then return nil end
    end
    if number < last and #p.records ~= p.headers["x-page-size"] then return nil end
    for _, record in ipairs(p.records) do
      if ids[record.id] then return nil end
      ids[record.id], n = true, n + 1
    end
  end
  for number, p in pairs(pages) do
    if number > last and #p.records > 0 and p.at >= oldest then return nil end
  end
  if n ~= pages[1].headers["x-records"] or newest - oldest >= 300e6 then return nil end
  return oldest
end

-- Return {[path] = when the list was last read as a whole}.
local function wholes(replies)
  local lists, since = {}, {}
  for _, r in ipairs(replies) do
    if r.plain and r.operation == "get_organization_users" then
      local key = r.path .. " " .. r.size
      lists[key] = lists[key] or { path = r.path, pages = {} }
      local before = lists[key].pages[r.page]
      if not before or before.at < r.at then lists[key].pages[r.page] = r end
    elseif r.query == "" then
      since[r.path] = r.at
    end
  end
  for _, list in pairs(lists) do
    local at = whole_since(list.pages)
    if at then since[list.path] = math.max(at, since[list.path] or 0) end
  end
  return since
end

-- Return the newest record of each key of an operation: {[key] = record}. OUTDATED: include
-- invalidated replies.
local function scan(all, operation, key, outdated)
  local replies, by_key = {}, {}
  for _, r in ipairs(all) do
    if r.operation == operation and (outdated or r.spoiled ~= 1) then replies[#replies + 1] = r end
  end
  local since = wholes(replies)
  for _, r in ipairs(replies) do
    for _, record in ipairs(r.at >= (since[r.path] or 0) and r.records or {}) do
      local before = by_key[record[key]]
      if not before or before.at < r.at then
        by_key[record[key]] = { at = r.at, record = record }
      end
    end
  end
  for id, one in pairs(by_key) do
    by_key[id] = one.record
  end
  return by_key
end

local function sorted(lines)
  table.sort(lines)
  return table.concat(lines, "\n")
end

-- Compare the tables of CLIENT and the completions with the scan of the file at PATH.
local function compare_tables(client, path, why)
  for _, prefix in ipairs { "", "known_" } do
    local rows = {
      users = client:sql(("SELECT id, name, email FROM %susers"):format(prefix)),
      groups = client:sql(("SELECT group_id AS id, name FROM %sgroups"):format(prefix)),
      memberships = client:sql(
        (
          "SELECT id, m.workspace_id AS name, workspace_user_id AS email FROM %susers u JOIN "
          .. "%smemberships m USING (organization_user_id)"
        ):format(prefix, prefix)
      ),
    }
    local all, plain = replies_in(path), { users = {}, groups = {}, memberships = {} }
    local function add(kind, ...) plain[kind][#plain[kind] + 1] = ("%s|%s|%s"):format(...) end
    local names = {}
    local users = scan(all, "get_organization_users", "id", prefix ~= "")
    for id, user in pairs(users) do
      add("users", id, user.name, user.email)
      names[user.name or 0], names[user.email or 0] = true, true
      for _, w in ipairs(user.workspaces or {}) do
        add("memberships", id, w.workspace_id, w.workspace_user_id)
      end
    end
    for id, group in pairs(scan(all, "get_organization_groups", "group_id", prefix ~= "")) do
      add("groups", id, group.name, nil)
    end
    for kind, list in pairs(rows) do
      local lines = {}
      for i, row in ipairs(list) do
        lines[i] = ("%s|%s|%s"):format(row.id, row.name, row.email)
      end
      assert.equal(sorted(plain[kind]), sorted(lines), prefix .. kind .. ": " .. why)
    end
    if prefix ~= "" then
      local typed = pick { "", "A", "a", "Zo", "guest.1", "José" }
      local offered, wanted = {}, {}
      for _, name in
        ipairs(require("toggl.known").names(client, "organization_user_id", nil, typed))
      do
        offered[name] = true
      end
      for name in pairs(names) do
        wanted[name] = type(name) == "string" and name:sub(1, #typed) == typed or nil
      end
      assert.same(wanted, offered, "Tab on " .. typed .. ": " .. why)
    end
  end
end

describe("rows of the store", function()
  after_each(function() found.look = look end)

  it(("answer as the list does, in %d random histories"):format(HISTORIES), function()
    with_clients(function(server, clients, other)
      for seed = 1, HISTORIES do
        math.randomseed(seed)
        local log = {}
        for _ = 1, STEPS do
          local client = pick(clients)
          local world = {
            client = client,
            other = other,
            org = client:organization "Acme",
            other_org = other:organization "Acme",
          }
          local event = pick(names_of_events)
          EVENTS[event](world)
          log[#log + 1] = event
          for _ = 1, QUESTIONS_A_STEP do
            local ask, what = pick(QUESTIONS)(world)
            log[#log + 1] = "  " .. what
            local mine, sent, hits = answer(counted, server, ask, world.org, client)
            local plain, more = answer(nothing, server, ask, world.org, client)
            local why = ("history %d:\n  %s"):format(seed, table.concat(log, "\n  "))
            -- What a client changed itself it finds without a request, and the list it reads again,
            -- and sees what the other administrator did (spec/histories_spec.lua has the answers).
            if hits == 0 or more == 0 then assert.equal(plain, mine, why) end
            if hits > 0 then assert.equal(0, sent, why) end
          end
        end
      end
    end)
    assert.is_true(asked > HISTORIES, ("the rows answered %d times only"):format(asked))
  end)

  it(("are what tables and completion have, in %d random histories"):format(HISTORIES), function()
    if not os.execute "command -v sqlite3 >/dev/null" then return pending "sqlite3 is missing" end
    with_clients(function(_, clients, other, path)
      for seed = 1, HISTORIES do
        math.randomseed(1000 + seed)
        local log = {}
        for _ = 1, STEPS do
          local client = pick(clients)
          local event = pick(names_of_events)
          EVENTS[event] {
            client = client,
            other = other,
            org = client:organization "Acme",
            other_org = other:organization "Acme",
          }
          log[#log + 1] = event
          compare_tables(client, path, ("history %d: %s"):format(seed, table.concat(log, ", ")))
        end
      end
    end)
  end)

  it("are counted, end with a changed page, and go with the replies", function()
    with_clients(function(_, clients, _, path)
      local client = clients[1]
      local org = client:organization "Acme"
      local people = org:users()
      local function hits()
        local before = asked
        found.look = counted
        local ok, user = pcall(org.user, org, people[3].email)
        found.look = look
        assert.equal(people[3].id, ok and user.id, tostring(user))
        return asked - before
      end
      assert.equal(0, require("toggl").cache.status(path).rows)
      assert.same({ 0, 1, 1 }, { hits(), hits(), hits() })
      assert.equal(#people, require("toggl").cache.status(path).rows)
      clients[2].api.put_organization_users {
        organization_id = org.id,
        organization_user_id = people[9].id,
        name = "Another Name",
      }
      assert.equal(0, hits())
      org:users { refresh = true }
      assert.same({ 0, 1 }, { hits(), hits() })
      local check = require("toggl").cache.check(path)
      assert.same({ 0, #people, 0 }, { check.damaged, check.records, check.differ })
      assert.is_truthy(require("toggl").cache.clear(path))
      assert.equal(0, require("toggl").cache.status(path).rows)
      assert.equal(0, hits())
    end)
  end)

  it("are compared with the texts, and removed where they differ", function()
    if not os.execute "command -v sqlite3 >/dev/null" then return pending "sqlite3 is missing" end
    local cache = require("toggl").cache
    for _, change in ipairs {
      "UPDATE row_terms SET sum = sum + 1 WHERE rowid_is",
      "DELETE FROM row_terms WHERE rowid_is",
      "UPDATE row_terms SET record = record + 1000 WHERE rowid_is",
      "UPDATE row_words SET words = words || x'00' WHERE number = 0",
      "DELETE FROM row_words WHERE number = 0",
    } do
      with_clients(function(_, clients, _, path)
        local org = clients[1]:organization "Acme"
        local people = org:users()
        org:user(people[3].email)
        assert.equal(0, cache.check(path).differ)
        local one = "value = (SELECT max(value) FROM row_terms)"
        local sql = change:gsub("rowid_is", one)
        assert.is_true(os.execute(("sqlite3 %s %s"):format(helper.quote(path), helper.quote(sql))))
        local result = cache.check(path)
        assert.same({ 0, 1 }, { result.damaged, result.differ }, change)
        result = cache.check(path)
        assert.same({ 0, 0 }, { result.differ, result.lists }, change)
        assert.equal(people[3].id, org:user(people[3].email).id)
        result = cache.check(path)
        assert.same({ 0, 1 }, { result.differ, result.lists }, change)
      end)
    end
  end)
end)
