-- Replies that are cut, wrong, huge, empty or from another server: the right kind of error, no
-- loss, no crash. Also bodies and names that are valid but differ from the document.
local helper = require "spec.helper"
local core = require "toggl.core"
local toggl = require "toggl"

local MODEST = 1 << 20 -- bytes: reply cap of these clients

-- Return a call for each shape of reply; the last two are writes.
local function calls(client, org)
  return {
    list = function() return org:users { page = 1 } end,
    record = function() return org:get_owner() end,
    map = function() return org:statistics() end,
    int = function() return client:my_id() end,
    bytes = function() return org:invoice "1001" end,
    write = function() return org:create_workspace("Room " .. math.random(1 << 40)) end,
    nothing = function() return org:rename "Acme" end,
  }
end

local function memory()
  for line in io.lines "/proc/self/status" do
    local kb = line:match "^VmRSS:%s+(%d+)"
    if kb then return tonumber(kb) / 1024 end
  end
end

describe("a reply that cannot be right", function()
  local server, client, org, all

  setup(function()
    server = helper.sandbox { record = false }
    client = helper.client(server, { reply_cap = MODEST, timeout = 5, journal = false })
    org = assert(client:organization "Acme")
    all = calls(client, org)
  end)

  after_each(function() server:clear() end)

  teardown(function()
    client:close()
    server:stop()
    client, org, all = nil, nil, nil
  end)

  -- Set FAULT for the next call of SHAPE, which must fail with KIND. The call after it must
  -- succeed.
  local function fails(fault, shape, kind, status, word)
    server:clear():fault(fault)
    local reply, err = all[shape]()
    -- a write
    if kind == "decode" and (shape == "write" or shape == "nothing") then kind = "unknown" end
    local where = ("%s, %s: %s"):format(fault, shape, tostring(err))
    assert.is_nil(reply, where)
    assert.equal(kind, err.kind, where)
    assert.equal(status, err.status, where)
    assert.is_truthy(err.message:find(err.operation, 1, true), where)
    assert.is_truthy(tostring(err):find(err.advice, 1, true), where)
    if word then assert.is_truthy(tostring(err):find(word, 1, true), where .. ": " .. word) end
    server:clear()
    assert.is_truthy(all[shape](), where .. ", and afterwards")
    return err
  end

  it("is the page of a guest network, also for those whose reply says nothing", function()
    for shape in pairs(all) do
      local err = fails("html", shape, "decode", 200, "web page")
      assert.is_truthy(err.body:find("Sign in to the guest network", 1, true))
    end
    assert.is_truthy(
      fails("html", "write", "decode", 200).message:find(
        "whether it was done is not known",
        1,
        true
      )
    )
  end)

  it("is empty where something is promised", function()
    for _, shape in ipairs { "list", "record", "map", "int", "bytes", "write" } do
      fails("empty", shape, "decode", 200, "empty body")
    end
  end)

  it("is null where a record is promised", function()
    for _, shape in ipairs { "record", "map", "int", "write" } do
      fails("null", shape, "decode", 200)
    end
  end)

  it("is JSON with a mistake of whatever sort", function()
    for _, shape in ipairs { "list", "record", "map", "write" } do
      server:clear():fault "wrong-json"
      for turn = 1, 5 do -- cut, an extra bracket, a repeated key, NaN, invalid UTF-8
        local reply, err = all[shape]()
        assert.is_nil(reply, shape .. turn)
        assert.equal(shape == "write" and "unknown" or "decode", err.kind, tostring(err))
        assert.equal(200, err.status)
        assert.is_truthy(err.message:find("at byte %d+"), err.message)
        assert.is_truthy(err.advice:find(err.message:match "byte %d+", 1, true), err.advice)
      end
    end
  end)

  it("is cut, with a length that says so: nothing of it is used", function()
    for _, shape in ipairs { "list", "record", "map", "int", "bytes" } do
      fails("cut", shape, "transport", nil)
    end
  end)

  it("is cut without a length: only JSON to its end is whole, whatever the shape", function()
    for _, shape in ipairs { "list", "record", "map", "bytes" } do
      fails("cut-nolength", shape, "transport", nil, "the reply has no length")
    end
    for _, shape in ipairs { "write", "nothing" } do
      fails("cut-nolength", shape, "unknown", nil, "whether it was done is not known")
    end
  end)

  it("is lost: a read fails, a write is unknown", function()
    for _, fault in ipairs { "reset", "commit-then-drop" } do
      for _, shape in ipairs { "list", "record", "map", "int", "bytes" } do
        fails(fault, shape, "transport", nil)
      end
      fails(fault, "nothing", "unknown", nil, "whether it was done is not known")
      fails(fault, "write", "unknown", nil, "whether it was done is not known")
    end
    fails("cut", "write", "unknown", nil, "whether it was done is not known")
  end)

  it(
    "is larger than the cap, also when it only becomes so by unpacking, and costs no memory",
    function()
      collectgarbage()
      local before = memory()
      for _, fault in ipairs { "huge", "bomb" } do
        for _, shape in ipairs { "list", "record", "nothing" } do
          fails(fault, shape, "decode", nil, ("larger than %d bytes"):format(MODEST))
        end
      end
      -- the bodies have 256 and 1024 MB
      assert.is_true(memory() - before < 128, "megabytes more than before: " .. memory() - before)
    end
  )

  it("is too slow", function()
    local hasty <close> = helper.client(server, { timeout = 0.1 })
    local slow = calls(hasty, assert(hasty:organization "Acme"))
    server:clear():set { slow = 50 }:fault "slow"
    local _, err = slow.list()
    assert.equal("timeout", err.kind)
    _, err = slow.write()
    assert.equal("unknown", err.kind)
    local ok
    ok, err = client.api.get_me_id { timeout = 0.1 }
    assert.is_nil(ok)
    assert.equal("timeout", err.kind)
    server:clear()
    assert.is_truthy(slow.list())
  end)

  it("points elsewhere: no other origin is asked, and no write goes on", function()
    server:set { redirect_port = 9 }
    fails("redirect", "list", "transport", nil, "another origin")
    fails("redirect", "write", "transport", nil, "this call changed nothing")
  end)

  it("has a status that says why", function()
    for status, kind in pairs {
      [400] = "invalid",
      [401] = "auth",
      [402] = "plan",
      [403] = "forbidden",
      [404] = "not_found",
      [409] = "conflict",
      [418] = "server",
      [500] = "server",
      [502] = "server",
      [503] = "server",
      [504] = "server",
    } do
      local err = fails(tostring(status), "list", kind, status)
      assert.equal("This is the reply of a fault of the sandbox.", err.body)
    end
    assert.equal("unknown", fails("503", "write", "unknown", 503).kind)
    assert.is_truthy(
      fails("400", "write", "invalid", 400).message:find("this call changed nothing", 1, true)
    )
  end)

  it("says that an operation is gone, and that one is not asked again", function()
    local other <close> = helper.client(server)
    server:clear():fault "410"
    local _, err = other:my_id()
    assert.equal("gone", err.kind)
    server:clear()
    local again
    local sent = helper.requests_during(server, function()
      _, again = other:my_id()
    end)
    assert.equal("gone", again.kind)
    assert.equal(0, sent)
    assert.is_truthy(other:me())
  end)

  it("shows no secret that stands in it", function()
    local token = server:token()
    for _, fault in ipairs { "wrong-json", "cut-nolength", "wrong-json:2" } do
      server:clear():fault(fault)
      local _, err = client:me()
      for key, value in pairs(err or {}) do
        assert.is_nil(tostring(value):find(token:sub(1, 8), 1, true), key)
      end
    end
  end)

  it("spoils one page of many, and the rest is kept with the error", function()
    local many <close> = helper.client(server)
    local o = assert(many:organization "Acme")
    server:set { page_cap = 20 }:clear():fault "html:3@/users"
    local list, err = o:users()
    assert.is_nil(list)
    assert.equal("decode", err.kind)
    assert.equal(40, #err.partial)
    assert.is_false(err.partial.complete)
    assert.equal(3, err.next_page)
    server:clear():set { page_cap = 0 }
    assert.equal(60, #o:users())
  end)
end)

describe("a reply that is right in its own way:", function()
  local server, client, org

  setup(function()
    server = helper.sandbox { record = false }
    client = helper.client(server)
    org = assert(client:organization "Acme")
  end)

  teardown(function()
    client:close()
    server:stop()
    client, org = nil, nil
  end)

  local function one(model, text)
    local list = assert(core.parse(model, "[" .. text .. "]"))
    return list[1]
  end

  it("null is an empty list", function()
    server:clear():fault "null"
    local users = assert(client.api.get_organization_users { organization_id = org.id })
    assert.equal(0, #users)
    assert.is_false(users.complete) -- X-Records is higher
    assert.equal(0, #assert(client:organizations()))
    server:clear()
  end)

  it(
    "operations that say nothing take an empty body, bare text, quoted text and wrong JSON for done",
    function()
      assert.is_true(org:rename("Acme").result) -- an empty body
      -- the body: OK
      assert.is_true(org:remove_users { delete = { org:users { active_status = "invited" }[1] } })
      local invited = org:users { active_status = "invited" }[1]
      assert.is_true(invited:resend_invitation().result) -- the body: "OK"
      for _, fault in ipairs { "empty", "wrong-json", "204" } do
        server:clear():fault(fault)
        assert.is_true(org:rename("Acme").result, fault)
      end
      server:clear()
    end
  )

  it("a change whose reply says something that cannot be read is done, with a warning", function()
    local function during(body)
      local told = {}
      local warned <close> = helper.client(server, {
        on_warning = function(sentence) told[#told + 1] = sentence end,
      })
      local o = assert(warned:organization "Acme")
      server:clear():fault(("200@/organizations/ %s"):format(body))
      assert.is_true(o:rename("Acme").result, body)
      assert.is_true(o:rename("Acme").result, body)
      server:clear()
      return told
    end
    for i, body in ipairs { '{"failure":[', "[1,]", '"cut', "nul", "{'a':1}", "-", "\xff\xfe" } do
      local said = during(body)
      assert.equal(1, #said, i .. table.concat(said))
      assert.matches("put_organization: .*200.*counts as made.*cannot be read %(.*byte %d", said[1])
    end
    for _, body in ipairs { "OK", '"OK"', "{}", "true", "Saved 3 of them." } do
      assert.same({}, during(body), body)
    end
  end)

  it("204, or an empty body, means that the survey has no answer", function()
    local reply, response = client.api.get_organization_segmentation { organization_id = org.id }
    assert.is_nil(reply)
    assert.equal(204, response.status)
    assert(org:save_segmentation { members_range = "1" })
    server:clear():fault "empty"
    reply, response = client.api.get_organization_segmentation { organization_id = org.id }
    assert.is_nil(reply)
    assert.equal(200, response.status)
    server:clear()
    assert.equal("1", org:segmentation().members_range)
  end)

  it("the status of the service is an object, a word, or bare text", function()
    assert.equal("OK", client:status().status)
    server:clear():fault "200@/status"
    assert.equal("This is the reply of a fault of the sandbox.", client:status())
    server:clear()
  end)

  it("older servers have other names for some fields", function()
    local person = one(
      "org_user",
      [[{"organization_user_id":5,"user_id":7,"fullname":"Ann","invitation_code":"x",
      "workspaces":[{"name":"Main","workspace_id":3,"workspace_user_id":9}]}]]
    )
    assert.equal(5, person.id)
    assert.equal(5, core.key(person, "organization_user_id"))
    assert.equal("Ann", person.name)
    assert.equal("Main", person.workspaces[1].workspace_name)
    local member = one("workspace_user", '{"id":1,"uid":2,"wid":3,"labour_cost":500}')
    assert.equal(2, member.user_id)
    assert.equal(3, member.workspace_id)
    assert.is_nil(member.labor_cost) -- the field has cents, not units
    assert.equal(500, member.labour_cost)
    local org_ = one(
      "organization",
      '{"id":1,"is_multi_workspace":true,"payment_methods":"card","suspended_at":null}'
    )
    assert.is_true(org_.is_multi_workspace_enabled)
    assert.equal("card", org_.payment_methods)
    assert.is_nil(org_.suspended_at)
  end)

  it("one text stands where a list is now, and keys where records are", function()
    assert.equal("view,update", one("organization", '{"permissions":"view,update"}').permissions)
    assert.equal("friend", one("segmentation", '{"heard":"friend","reasons":null}').heard)
    assert.same({ 4, 5 }, one("statistics", '{"admins":[4,5]}').admins)
    assert.equal("Ann", one("statistics", '{"admins":[{"user_id":4,"name":"Ann"}]}').admins[1].name)
  end)

  it(
    "an empty text is no time, and an integral number is an integer however it is written",
    function()
      assert.is_nil(one("organization", '{"suspended_at":""}').suspended_at)
      local person = one("org_user", '{"id":1e3,"user_id":5.0,"invitation_id":9223372036854775807}')
      assert.equal("integer", math.type(person.id))
      assert.equal(1000, person.id)
      assert.equal(5, person.user_id)
      assert.equal(math.maxinteger, person.invitation_id)
    end
  )

  it("every field may be missing or null, and unknown ones can be read", function()
    for _, model in ipairs(toggl.models) do
      local record = one(model.name, '{"novelty":{"deep":[1,null,"x"]},"plain":5}')
      for _, field in ipairs(model.fields) do
        assert.is_nil(record[field.name])
      end
      assert.equal(5, record.plain)
      assert.equal(toggl.null, record.novelty.deep[2])
      assert.equal("string", type(tostring(record)))
    end
  end)

  it("texts come as they are meant", function()
    local person =
      one("org_user", [[{"name":"Zo\u00eb \ud83d\ude00 \"Z\" \\ \/ \u0000","2fa_enabled":false}]])
    assert.equal('Zoë 😀 "Z" \\ / \0', person.name)
    assert.is_false(person["2fa_enabled"])
  end)

  it(
    "a boolean is what it means, written as 0, 1 or a text; in fields, pairs and tables alike",
    function()
      for text, meant in pairs {
        ["0"] = false,
        ["1"] = true,
        ['"true"'] = true,
        ['"false"'] = false,
        ['"0"'] = false,
        ['"1"'] = true,
        ["false"] = false,
        ["true"] = true,
      } do
        local form = '{"id":1,"inactive":%s,"workspaces":[{"workspace_id":3,"admin":%s}]}'
        local person = one("org_user", form:format(text, text))
        assert.equal(meant, person.inactive, text)
        assert.equal(meant, person:table().inactive, text)
        assert.equal(meant, person:table().workspaces[1].admin, text)
        assert.equal(meant, person.workspaces[1].admin, text)
        for name, value in pairs(person) do
          if name == "inactive" then assert.equal(meant, value, text) end
        end
      end
    end
  )

  it(
    "a value of another type is an error that names record and field, when it is asked for",
    function()
      for text, field in pairs {
        ['"maybe"'] = "inactive",
        ["2"] = "inactive",
        ["[]"] = "inactive",
        ['"x"'] = "user_id",
        ["true"] = "name",
        ["9223372036854775808"] = "user_id",
        ['"none"'] = "workspaces",
        ["5"] = "groups",
        ['{"a":1}'] = "groups",
      } do
        local person =
          one("org_user", ('{"id":17,"email":"ann@example.com","%s":%s}'):format(field, text))
        assert.equal("ann@example.com", person.email)
        local ok, err = pcall(function() return person[field] end)
        assert.is_false(ok, text)
        assert.equal("decode", err.kind)
        assert.is_truthy(
          err.message:find("17", 1, true) and err.message:find(field, 1, true),
          err.message
        )
      end
      assert.equal("2024", one("org_user", '{"id":1,"name":2024}').name)
      assert.equal(7, one("org_user", '{"id":1,"user_id":"7"}').user_id)
      assert.equal(0, #one("org_user", '{"id":1,"groups":{}}').groups)
    end
  )

  it(
    "one odd value does not hide the others: a null, half a surrogate pair, an integer past 64 bits",
    function()
      for text, count in pairs {
        ['[null,{"id":1}]'] = 1,
        ['[{"id":1},null,null]'] = 1,
        ['[{"id":1}, null ,{"id":2}]'] = 2,
        ["[null]"] = 0,
        ['[{"id":1,"name":"a\\ud800b"},{"id":2}]'] = 2,
        ['[{"id":1,"far":18446744073709551617},{"id":2}]'] = 2,
      } do
        local list = assert(core.parse("org_user", text))
        assert.equal(count, #list, text)
        if not text:find("far", 1, true) then
          assert.is_truthy(toggl.json.decode(list:raw()), text)
        end
      end
      assert.equal("a\u{FFFD}b", assert(core.parse("org_user", '[{"name":"a\\udc00b"}]'))[1].name)
      assert.equal(
        2,
        #one("org_user", '{"workspaces":[null,{"workspace_id":3},{"workspace_id":4},null]}').workspaces
      )
    end
  )

  it("lists hold records and nothing else", function()
    for _, text in ipairs { "[null,]", "[,null]", "[null null]", "[nullx]" } do
      assert.is_nil(core.parse("org_user", text), text)
    end
    for _, text in ipairs {
      "[[]]",
      "[5]",
      '{"id":1}',
      '[{"id":1}',
      '[{"id":1},]',
      "[{}] x",
      "true",
      '"x"',
      '[{"id":1,"id":2}]',
      '[{"id":01}]',
      "\xef\xbb\xbf[]",
      ("["):rep(200),
    } do
      local list, err = core.parse("org_user", text)
      assert.is_nil(list, text)
      assert.equal("decode", err.kind)
    end
  end)
end)
