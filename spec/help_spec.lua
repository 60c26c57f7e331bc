-- help and the rows of facts that it prints, compared with the code.
local helper = require "spec.helper"
local core = require "toggl.core"
local words = require "toggl.words.describe"
local facts = require "toggl.words.facts"
local methods = require "toggl.words.methods"
local toggl = require "toggl"
local classes = require "toggl.objects"
local help = require("toggl.words.help").help

local read = helper.read

local function set(list, key)
  local is = {}
  for _, item in ipairs(list) do
    is[item[key]] = true
  end
  return is
end

local function rows_of(class)
  local is = {}
  for _, row in ipairs(methods) do
    if row.class == class then is[row.name] = true end
  end
  return is
end

-- Return the names of the public functions of a table.
local function functions_of(t)
  local is = {}
  for name, value in pairs(t) do
    if type(value) == "function" and type(name) == "string" and not name:find "^_" then
      is[name] = true
    end
  end
  return is
end

describe("the facts for people", function()
  local server, client, org

  setup(function()
    server = helper.sandbox { people = 12 }
    client = helper.client(server)
    org = client:organization "Acme"
  end)

  teardown(function()
    org = nil -- luacheck: ignore 311
    client:close()
    server:stop()
  end)

  it("tell of every method of every class", function()
    local missing = {}
    for class, members in pairs(classes) do
      assert.is_truthy(words.classes[class], class)
      for name, f in pairs(members) do
        local common = class ~= "record" and classes.record[name] == f
        if not common and not words.find(class, name) then
          missing[#missing + 1] = class .. "." .. name
        end
      end
    end
    assert.same({}, missing)
  end)

  it("tell of no method that is not there", function()
    for _, row in ipairs(methods) do
      assert.is_truthy(words.classes[row.class], row.class)
      local members = classes[row.class]
      if members then assert.is_function(members[row.name], row.class .. "." .. row.name) end
    end
  end)

  it("tell of every function of the module, and of no other", function()
    local sleeper = toggl.task(function() end)
    assert.same(functions_of(core.list_methods), rows_of "list")
    assert.same(
      functions_of(getmetatable(sleeper).__index),
      set({ { n = "wait" }, { n = "done" }, { n = "cancel" } }, "n")
    )
    assert.same(rows_of "task", set({ { n = "wait" }, { n = "done" }, { n = "cancel" } }, "n"))
    for _, part in ipairs { "json", "csv", "show", "options", "audit", "plan", "report", "sandbox" } do
      assert.same(functions_of(toggl[part]), rows_of("toggl." .. part), part)
    end
    for name in pairs(rows_of "toggl") do
      assert.is_function(toggl[name], name)
    end
    for name in pairs(functions_of(toggl)) do
      assert.is_truthy(rows_of("toggl")[name], name)
    end
    for name in pairs(rows_of "sandbox") do
      assert.is_function(server[name], name)
    end
  end)

  it("tell of every method of a sandbox", function()
    local source = read "csrc/sandbox/lua_sandbox.c"
    local is = {}
    for name in source:match("luaL_Reg methods%[%] =%s+(.-);"):gmatch '{"(%w+[%w_]*)",' do
      is[name] = true
    end
    assert.same(is, rows_of "sandbox")
  end)

  -- Return a value of a type that neither this row nor any other accepts.
  local function wrong_for(row) return row.type:find "thread" and 1 or coroutine.create(print) end

  it("know every option of a client, and none accepts a value of another type", function()
    for _, row in ipairs(facts.client_options) do
      local ok, why = pcall(
        toggl.client,
        { auth = false, cache = false, state = false, [row.name] = wrong_for(row) }
      )
      if row.name ~= "auth" then assert.is_false(ok, row.name) end
      assert.is_nil(tostring(why):find("there is no option", 1, true), row.name)
      assert.is_true(#row.doc > 5 and #row.type > 3, row.name)
    end
    local ok, why = pcall(toggl.client, { auth = false, time_out = 1 })
    assert.is_false(ok)
    assert.is_truthy(tostring(why):find("did you mean 'timeout'?", 1, true))
  end)

  it("know every option of a call, and none accepts a value of another type", function()
    for _, row in ipairs(facts.call_options) do
      local ok, why = pcall(org.groups, org, { [row.name] = wrong_for(row) })
      assert.is_false(ok, row.name)
      assert.is_truthy(
        tostring(why):find(("argument '%s' must be"):format(row.name), 1, true),
        tostring(why)
      )
    end
  end)

  it("advise for each reason, to C programs and to Lua", function()
    local rows = read("csrc/toggl/lists.h"):match "#define TG_REASONS%(ROW%)(.-)\n\n"
    local n = 0
    for name in rows:gmatch 'ROW%((%w[%w_]*), "' do
      n = n + 1
      for _, file in ipairs { "csrc/core/base/advice.c", "csrc/bind/error.c" } do
        assert.is_truthy(read(file):find(("[TG_R_%s] ="):format(name), 1, true), name)
      end
    end
    assert.is_true(n > 6)
  end)

  it("have the lists of the header, row by row", function()
    local header = read "csrc/toggl/lists.h"
    for name, list in pairs {
      KINDS = core.kinds,
      KEYS = core.keys,
      EVENTS = core.events,
      SOURCES = core.sources,
      SHAPES = core.shapes,
    } do
      local rows = header:match("#define TG_" .. name .. "%(ROW%)(.-)\n\n")
      local at = 0
      for word, more in rows:gmatch 'ROW%(%w[%w_]*, "([%w_]+)"([^\n]*)' do
        local row = list[at + 1]
        if not more:find ", CORE," then -- not used in Lua
          assert.equal(word, row.kind or row.field or row.word)
          assert.is_string(row.doc or row.words, word)
          at = at + 1
        end
      end
      assert.equal(#list, at, name)
    end
  end)

  it("are the reasons that each face has words for", function()
    local known = set(core.reasons, "word")
    for _, path in ipairs { "csrc/core/base/advice.c", "csrc/bind/error.c" } do
      local seen = {}
      for name in read(path):gmatch "%[TG_R_([%u_]+)%]" do
        seen[name:lower()] = name ~= "NONE" or nil
      end
      assert.same(known, seen, path)
    end
    for name in read("lua/toggl/shell/verdict.lua"):gmatch "function advice%.([%w_]+)" do
      assert.is_true(known[name] or words.kinds[name] ~= nil, name)
    end
  end)

  it("leave the words for Lua to Lua", function()
    local files = io.popen "find csrc/core csrc/http -name '*.c' -not -path '*/rows/*'"
    for path in files:lines() do
      for line in read(path):gmatch "[^\n]+" do
        for text in line:gsub("^#include.*", ""):gmatch '"([^"]+)"' do
          for _, mark in ipairs {
            "toggl%.%a",
            "err%.",
            "client{",
            " = true",
            "togglsh",
            "%l:%l+%(",
            "timeout =",
          } do
            assert.is_nil(text:find(mark), path .. ": " .. text)
          end
        end
      end
    end
    files:close()
  end)

  it("give each kind of error the status that togglsh ends with", function()
    local exits = require("toggl.shell").exits
    for _, row in ipairs(core.kinds) do
      assert.equal(row.exit, exits[row.kind], row.kind)
      assert.is_true(row.exit >= 1 and row.exit <= 8, row.kind)
    end
  end)

  it("name views that can be asked, and all of them", function()
    local stored = toggl.client { auth = false, cache = ":memory:", state = false }
    local given = {}
    for _, view in ipairs(words.views()) do
      assert(stored:sql(("SELECT reply_at FROM %s LIMIT 0"):format(view.name)))
      given[view.name] = true
    end
    for _, name in ipairs {
      "users",
      "memberships",
      "groups",
      "group_members",
      "workspaces",
      "statistics",
      "me",
    } do
      assert.is_true(given[name], name)
    end
    stored:close()
  end)

  it("refuse in the name of operations that exist", function()
    for name in pairs(facts.refusals) do
      assert.is_table(core.operations[name], name)
    end
    for name in pairs(facts.view_names) do
      assert.is_table(core.models[name:match "^[%w_]+"], name)
    end
  end)

  it("give fields that lists, windows, costs and responses have", function()
    local shapes = {}
    for _, shape in ipairs(facts.shapes) do
      shapes[shape.class] = set(shape.fields, "name")
    end
    local list = org:groups()
    for name in pairs(shapes["toggl.list"]) do
      -- a complete list has no reason
      if name ~= "incomplete" and name ~= "settling" then assert.is_not_nil(list[name], name) end
    end
    for name in pairs(client:cost()) do
      assert.is_true(shapes["toggl.cost"][name], name)
    end
    for name in pairs(assert(client:quota { refresh = true })[1]) do
      assert.is_true(shapes["toggl.window"][name], name)
    end
    local _, response = client.api.get_me()
    for name in pairs(response) do
      assert.is_true(shapes["toggl.response"][name], name)
    end
    local _, err = org:group "no such group"
    for name in pairs(err) do
      assert.is_true(shapes["toggl.error"][name], name)
    end
  end)

  describe("as help", function()
    it("explains a method, as a value and by its names", function()
      local text = help(org.invite)
      assert.is_truthy(text:find("org:invite{ emails = ..., workspaces = ..., ... }", 1, true))
      for _, part in ipairs {
        "emails",
        "skip_email",
        "returns",
        "errors",
        "cost",
        "repeat",
        "source",
        "example",
      } do
        assert.is_truthy(text:find(part, 1, true), part)
      end
      assert.equal(text, help "organization.invite")
      assert.equal(text, help "org:invite")
      assert.equal(text, help "post_organization_invitation")
      assert.equal(text, help(client.api.post_organization_invitation))
      assert.equal(text, toggl.help "invite")
    end)

    it("explains every method that there is", function()
      for class, members in pairs(classes) do
        for name, f in pairs(members) do
          local text = help(f)
          assert.is_truthy(text:find(":" .. name, 1, true), class .. "." .. name)
        end
      end
      for _, row in ipairs(methods) do
        local text = help(row.class .. "." .. row.name)
        assert.is_truthy(text:find(row.name .. "(", 1, true), row.name)
      end
    end)

    it("explains functions of the module", function()
      assert.is_truthy(help(toggl.map):find("toggl.map(list, f, [options])", 1, true))
      assert.is_truthy(help(toggl.json.decode):find("toggl.json.decode(text)", 1, true))
    end)

    it("tells the cost of a read and of a change", function()
      assert.is_truthy(
        help(org.groups)
          :gsub("%s+", " ")
          :find("none while the store has it, for 5 minutes", 1, true)
      )
      assert.is_truthy(help(org.update):find("1 request of the organization's window\n", 1, true))
      assert.is_truthy(help(org.invite):find("after a lost reply it fails as", 1, true))
      assert.is_truthy(help(client.cost):find("cost      nothing", 1, true))
    end)

    it("explains objects, classes, models and subjects", function()
      local text = help(org)
      assert.is_truthy(text:find("max_workspaces", 1, true))
      assert.is_truthy(text:find("org:invite", 1, true))
      assert.is_truthy(help(client):find("client:organizations", 1, true))
      assert.is_truthy(help(org:groups()):find("list:each", 1, true))
      assert.is_truthy(help "org_user":find("id +Organization%-user key: what"))
      for _, subject in ipairs { "options", "call", "errors", "sql", "quota" } do
        assert.is_nil(help(subject):find("no help", 1, true), subject)
      end
      assert.is_truthy(help():find("help(topic)", 1, true))
    end)

    it("has a text for each of its topics", function()
      for _, topic in ipairs(require("toggl.words.help").topics()) do
        assert.is_nil(help(topic):find("^no help"), topic)
      end
    end)

    it("guesses what was meant, and says when it knows nothing", function()
      assert.equal(
        "no help for \"get_organisation_users\", did you mean 'get_organization_users'?",
        help("get_organisation_users"):match "^[^\n]*"
      )
      assert.equal(
        'no help for "org.add_user"; toggl.help "organization" lists what there is\n',
        help "org.add_user"
      )
      assert.matches("; did you mean org:get_owner%?", help "org.get_onwer")
      assert.is_truthy(help(print):find("no help for this function", 1, true))
      assert.is_truthy(help {}:find("no help for this table", 1, true))
      assert.is_truthy(help(3):find("no help for this number", 1, true))
    end)

    it("finds what people look for by another word", function()
      local acme = toggl.client({ sandbox = true }):organization "Acme"
      for word, method in pairs {
        access = "group:give",
        attach = "group:give",
        assign = "group:give",
        promote = "user:set_role",
        leaver = "user:offboard",
      } do
        assert.matches(method, toggl.help(word), 1, true)
        assert.error_matches(
          function() return acme:group("Support")[word] end,
          "did you mean .*" .. method
        )
      end
      assert.matches("toggl.csv", toggl.help "spreadsheet", 1, true) -- found in the texts
    end)

    it("folds its lines, all but the examples", function()
      for line in help(org.users):gmatch "[^\n]+" do
        if not line:find "^  example" then assert.is_true(#line <= 80, line) end
      end
      local screen = require "toggl.text.screen"
      local _ <close> = setmetatable({}, { __close = function() screen.terminal = nil end })
      screen.terminal = { width = 60 }
      for line in help(org.users):gmatch "[^\n]+" do
        if not line:find "^  example" then assert.is_true(#line <= 60, line) end
      end
    end)
  end)

  it("leads from a record to the verbs about it", function()
    assert.matches("\n  see also  [^\n]*user:set_role", toggl.help "role")
  end)
end)
