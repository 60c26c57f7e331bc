-- Objects and what was read: loops over pages, the age of a record, methods that are missing or were
-- never loaded.
local helper = require "spec.helper"
local toggl = require "toggl"

describe("loops", function()
  local server, client, org

  setup(function()
    server = helper.sandbox()
    client = helper.client(server)
    org = client:organization "Acme"
    server:set { page_cap = 20 }
  end)

  teardown(function()
    client:close()
    server:stop()
    client, org = nil, nil
  end)

  it("ask for a page when the one before is used up", function()
    local requests = helper.requests_during(server, function()
      local n = 0
      for _ in org:each_user() do
        n = n + 1
        if n == 25 then break end
      end
    end)
    assert.equal(2, requests)
    local people = {}
    for user in org:each_user { active_status = "active" } do
      people[user.id] = true
    end
    local n = 0
    for _ in pairs(people) do
      n = n + 1
    end
    assert.equal(#org:users { active_status = "active" }, n)
  end)

  it("go over what has no pages, too", function()
    local n = 0
    for group in org:each_group() do
      n = n + (group.group_id and 1 or 0)
    end
    assert.equal(#org:groups(), n)
  end)

  it("follow the cursor of payment records", function()
    local records = org:payment_records()
    assert.equal(2, records.pages)
    assert.equal("in_1003", records[2].items[1].id)
    assert.equal(1, #org:payment_records { cursor = "page-2", last_inv = "in_1002" })
  end)
end)

describe("objects of a client that raises", function()
  it("raise what they would return", function()
    local server <close> = helper.sandbox()
    local client <close> = toggl.client { sandbox = server, on_error = "raise", retries = 0 }
    local org = client:organization "Acme"
    for _, f in ipairs {
      function() org:group "Nowhere" end,
      function() org:user "gone@example.com" end,
      function() org:group("Engineering"):add({ user_id = 1 }) end,
      function() org:remove { organization_user_id = org:get_owner().organization_user_id } end,
    } do
      local ok, err = pcall(f)
      assert.is_false(ok)
      assert.equal("toggl.error", getmetatable(err).__name)
    end
  end)
end)

describe("what was read", function()
  local server, client, org

  setup(function()
    server = helper.sandbox()
    client = helper.client(server, { cache = ":memory:" })
    org = client:organization "Acme"
  end)

  teardown(function()
    client:close()
    server:stop()
    client, org = nil, nil
  end)

  it("has an age, and a list inside a record has none of its own", function()
    local groups = org:groups()
    assert.is_number(groups.age)
    assert.is_nil(groups[1].users.age)
    assert.is_nil(groups[1].users.at)
  end)

  it("tells in SQL which workspace a count is of, once for each", function()
    local function counts()
      local rows = {}
      for _, row in ipairs(client:sql "SELECT workspace_id, members_count FROM statistics") do
        assert.is_nil(rows[row.workspace_id])
        rows[row.workspace_id] = row.members_count
      end
      return rows
    end
    local expected = {}
    for id, s in pairs(org:statistics()) do
      expected[id] = s.members_count
    end
    assert.same(expected, counts())
    org:workspace("Main"):statistics()
    assert.same(expected, counts())
  end)

  it("goes through in a loop that is named as the thing is", function()
    local windows = 0
    for window in client:each_quota() do
      windows = windows + (window.remaining and 1 or 0)
    end
    assert.equal(#client:get_quota(), windows)
    assert.is_nil(client.each_get_quota)
  end)
end)

describe("a client without its HTTP part", function()
  it("says what to install, and where", function()
    local folder = os.tmpname()
    os.remove(folder)
    assert(
      os.execute(
        ("mkdir -p %s/toggl && cp %s/toggl/core.so %s/toggl/"):format(folder, helper.build, folder)
      )
    )
    local code =
      "print(require('toggl').client{token = ('0'):rep(32), cache = false, state = false}:me())"
    local out = helper.run(
      { LUA_PATH = "lua/?.lua;lua/?/init.lua;;", LUA_CPATH = folder .. "/?.so;;" },
      "lua5.4",
      "-e",
      code
    )
    os.execute("rm -rf " .. folder)
    assert.matches(
      "^nil\tget_me: the HTTP part cannot be loaded: .*http%.so: .*; install http%.so beside core%.so\n$",
      out
    )
  end)
end)

describe("a method that is not there", function()
  it("is an error that says what there is", function()
    for code, expected in pairs {
      ["print(nil, org:get_onwer())"] = "did you mean org:get_owner%?",
      ["local o = org; (function() o:delete() end)()"] = "no field or method 'delete'; .*there is group:delete",
      ["print(nil, org:invitations(nil, org))"] = "did you mean org:invite%?",
      ["toggl.map({1}, function() client:organisation(1) end)"] = "did you mean client:organization%?",
      ["org:groups():zzyzx()"] = 'toggl.help "list" lists what there is',
      ["local t = {} t:foo()"] = "%(method 'foo'%)\n",
      ["assert(client.get_onwer == nil) error 'still nil'"] = "still nil",
    } do
      local _, err = helper.togglsh("--sandbox", "-e", code)
      assert.matches(expected, err)
    end
  end)
end)

describe("the methods of a class", function()
  -- Another process: here they are loaded already.
  it("are the same before and after its Lua file is loaded", function()
    local out, err = helper.run(
      { LUA_PATH = package.path, LUA_CPATH = package.cpath },
      "lua5.4",
      "-e",
      [[
      local core = require "toggl.core"
      local first = {}
      for class, methods in pairs(core.classes) do
        first[class] = {}
        for name, method in next, methods do first[class][name] = method end
      end
      require "toggl"
      require "toggl.objects"
      for class, methods in pairs(first) do
        for name, method in pairs(methods) do
          if core.classes[class][name] ~= method then print(class .. ":" .. name) end
        end
      end
      print "compared"
    ]]
    )
    assert.equal("compared\n", out, err)
  end)
end)
