local helper = require "spec.helper"
local json = require "toggl.text.json"
local screen = require "toggl.text.screen"
local show = require "toggl.text.show"

local PEOPLE = {
  { id = 7, name = "Ann", email = "ann@x.test", groups = json.array { "A", "B" } },
  { id = 12, name = "李伟", admin = true },
}

local function lines(value, options)
  local out = {}
  for line in show.text(value, options):gmatch "([^\n]*)\n" do
    out[#out + 1] = line
  end
  return out
end

-- Return a table in place of a record, which is userdata and cannot be created here.
local function nested(value) return { name = "Main", subscription = { plan_name = value } } end

describe("a table in a narrow window", function()
  teardown(function()
    show.columns, screen.terminal = nil, nil
  end)

  local rows = {
    {
      id = 4300000017,
      name = ("n"):rep(30),
      email = ("e"):rep(30),
      state = "active",
      role = ("r"):rep(30),
    },
  }

  it("leaves columns of a script out with a word, and keeps those that were typed", function()
    screen.terminal = { width = 60 }
    local text = show.text(rows, { columns = "id,name,email,state,role" })
    assert.matches("\n%(no room for [%w, ]*role%)\n$", text)
    assert.matches(("n"):rep(10), text)
    show.columns = "id,name,email,state,role"
    text = show.text(rows, { columns = show.columns })
    assert.is_nil(text:find "no room")
    assert.matches("role", text)
  end)
end)

describe("a table for people", function()
  after_each(function()
    screen.terminal, show.columns, show.format = nil, nil, "table"
  end)

  it(
    "aligns by what a screen shows, numbers to the right",
    function()
      assert.same({
        "id  name  email       admin  groups",
        "--  ----  ----------  -----  ------",
        " 7  Ann   ann@x.test         A, B",
        "12  李伟              yes",
      }, lines(PEOPLE))
    end
  )

  it("shows the columns that were asked for, also of nested records", function()
    assert.same(
      { "name  email", "----  ----------", "Ann   ann@x.test", "李伟" },
      lines(PEOPLE, { columns = "name,email" })
    )
    assert.same(
      { "subscription.plan_name", "----------------------", "Pro" },
      lines({ nested "Pro" }, { columns = { "subscription.plan_name" } })
    )
  end)

  it("is cut to the window, and says which columns had no room", function()
    screen.terminal = { width = 20 }
    local out =
      lines { { id = 1, name = ("x"):rep(50), email = ("y"):rep(50), role = ("z"):rep(50) } }
    for i = 1, 3 do
      assert.is_true(screen.width(out[i]) <= 20, out[i])
    end
    assert.matches("…", out[3])
    assert.matches("no room for id, role", out[4])
  end)

  it("widens what was cut again where columns left out have made room", function()
    screen.terminal = { width = 60 }
    local out = lines {
      { name = ("n"):rep(20), email = ("e"):rep(25), role = ("r"):rep(25), state = ("s"):rep(25) },
    }
    assert.equal(
      ("n"):rep(20) .. "  " .. ("e"):rep(17) .. "…  " .. ("r"):rep(17) .. "…",
      out[3]
    )
  end)

  it("keeps the columns that tell most, and names for keys, at 80 columns", function()
    local server <close> = helper.sandbox { people = 60, record = false }
    local client <close> = helper.client(server)
    local org = assert(client:organization "Acme")
    screen.terminal = { width = 80 }
    local people, groups = lines(org:users()), lines(org:groups())
    assert.matches("^name +email +groups +workspaces$", people[1])
    assert.matches("no room for id, admin", people[#people])
    assert.matches("%d+: [^,]+, ", table.concat(people, "\n")) -- large lists show their count
    assert.matches("^  group_id  name +users +workspaces$", groups[1])
    assert.matches("5200000011", groups[3])
    local above = require("toggl.core").above
    above.named = function(kind)
      assert.equal("workspace_id", kind)
      return { [5200000011] = "Main" }
    end
    local named = lines(org:groups())
    above.named = nil
    assert.matches("Main, 5200000021", named[3])
    assert.matches(",5200000011", (show.text(org:groups(), { format = "csv" }):gsub('"', "")))
    for _, line in ipairs(people) do
      assert.is_true(screen.width(line) <= 80, line)
    end
  end)

  it("counts an emoji of several characters as the two columns that it takes", function()
    for _, emoji in ipairs {
      "👨‍👩‍👧‍👦",
      "🇩🇪",
      "❤️",
      "👍🏽",
      "1️⃣",
    } do
      assert.equal(2, screen.width(emoji), emoji)
      assert.equal(emoji .. " ", screen.pad(emoji, 3))
      assert.equal("…", screen.cut(emoji .. emoji, 2))
      assert.equal(emoji .. "…", screen.cut(emoji .. emoji, 3))
    end
  end)

  it(
    "keeps its width without a window",
    function() assert.equal(200, #lines({ { name = ("x"):rep(200) } })[3]) end
  )

  it("shows one record line by line, plain values as they are, and no rows as such", function()
    assert.same({ "id     12", "name   李伟", "admin  yes" }, lines(PEOPLE[2]))
    assert.same({ "12" }, lines(12))
    assert.same({ "No people" }, lines({}, { empty = "No people" }))
    assert.same({ "Title", "(none)" }, lines({}, { title = "Title" }))
  end)

  it("shows tables inside of others whatever their keys are", function()
    assert.same(
      { 'by_window  {"4300000017":2,"user":1}', "total      3" },
      lines { total = 3, by_window = { user = 1, [4300000017] = 2 } }
    )
    local loop = { print = print }
    loop.loop = loop
    assert.is_nil(lines({ l = { name = "x" }, t = { a = loop, [1] = 2 } })[2]:find "^t +table")
  end)

  it("shows a table with keys of several kinds as one record", function()
    for n = 5, 40 do -- whichever next() returns first
      assert.same({ n .. "  1", "x" .. (" "):rep(#tostring(n)) .. " 2" }, lines { [n] = 1, x = 2 })
    end
  end)

  it(
    "makes rows of a map by key",
    function()
      assert.same(
        { "key  name", "---  ----", "  5  a", " 30  b" },
        lines { [30] = { name = "b" }, [5] = { name = "a" } }
      )
    end
  )

  it("shows terminal escapes and does not send them", function()
    local text = show.text({ { name = "\27[2J\7\u{9b}31m\u{202E}x\xFFy\n" } })
    assert.is_nil(text:find "[\27\7]")
    assert.is_nil(text:find("\u{9b}", 1, true))
    assert.is_nil(text:find("\u{202E}", 1, true))
    assert.matches("\\e%[2J\\u{7}\\u{9b}31m\\u{202e}x\\xffy\\n", text)
  end)

  it("shows terminal escapes of names of fields and columns too", function()
    local row = { ["zz\27[31m\u{202E}"] = 1, ["y\7"] = 2 }
    screen.terminal = { width = 80, window = 80 }
    for _, value in ipairs { row, { row, row } } do
      for _, format in ipairs { "table", "csv", "tsv", "json", "jsonl", "markdown" } do
        local text = show.text(value, { format = format })
        assert.is_nil(text:find "[\27\7]", format)
        assert.is_nil(text:find("\u{202E}", 1, true), format)
        assert.matches("zz", text, 1, true)
      end
    end
    screen.terminal = nil
    assert.matches("zz\\e%[31m\\u{202e} ", show.text(row))
  end)

  it("is bold only where colour is wanted", function()
    screen.terminal = { width = 80, colour = true }
    assert.matches("^\27%[1mid", lines(PEOPLE)[1])
    screen.terminal = { width = 80 }
    assert.is_nil(show.text(PEOPLE):find "\27")
  end)
end)

describe("the width of text", function()
  it("counts wide characters twice and combining marks not at all", function()
    assert.equal(3, screen.width "abc")
    assert.equal(4, screen.width "李伟")
    assert.equal(3, screen.width "Ne\u{301}e")
    assert.equal(2, screen.width "😀")
  end)

  it("cuts between characters", function()
    assert.equal("李…", screen.cut("李伟李", 4))
    assert.equal("abc", screen.cut("abc", 3))
  end)
end)

describe("text for programs", function()
  after_each(function()
    show.columns, show.format = nil, "table"
  end)

  it("is CSV with guarded cells", function()
    assert.equal(
      "id,name\r\n1,'=cmd\r\n",
      show.text({ { id = 1, name = "=cmd" } }, { format = "csv" })
    )
    assert.equal(
      "admin,id\r\n,7\r\ntrue,12\r\n",
      show.text(PEOPLE, { format = "csv", columns = "admin,id" })
    )
  end)

  it("is JSON with the columns in their order, null for what is not there", function()
    assert.equal(
      '{"name":"Ann","admin":null}\n{"name":"李伟","admin":true}\n',
      show.text(PEOPLE, { format = "jsonl", columns = { "name", "admin" } })
    )
    assert.same(PEOPLE, json.decode(show.text(PEOPLE, { format = "json" })))
    assert.equal("[]\n", show.text({}, { format = "json" }))
    assert.equal('{"5":{"a":1}}\n', show.text({ [5] = { a = 1 } }, { format = "jsonl" }))
  end)

  it("has a list in a list as JSON, in a cell", function()
    local rows = { { id = 1, x = { { 1, 2 }, { { 3 } } } } }
    assert.equal('id,x\r\n1,"""[1,2]"", [[3]]"\r\n', show.text(rows, { format = "csv" }))
    assert.matches("%[1,2%], %[%[3%]%]", show.text(rows, { format = "table" }))
  end)

  it("bounds the text of a table that stands in others many times", function()
    local named, plain = { a = ("x"):rep(100) }, { ("x"):rep(100) }
    for _ = 1, 20 do
      named, plain = { a = named, b = named }, { plain, plain }
    end
    local mixed = { "x" }
    for _ = 1, 8 do
      mixed = { mixed, mixed, mixed, mixed, mixed, mixed, mixed, mixed, a = 1, [print] = 2 }
    end
    local function text(value, format)
      return show.text({ { id = 1, x = value } }, { format = format })
    end
    for _, value in ipairs { named, { named, named }, { plain }, mixed, { mixed } } do
      assert.is_true(#text(value, "table") < 1 << 22)
    end
    for _, format in ipairs { "csv", "tsv" } do
      for _, value in ipairs { named, { named, named }, { plain }, mixed, { mixed } } do
        -- a part is not called the whole
        local ok, why = pcall(text, value, format)
        assert.is_false(ok)
        assert.matches("a cell holds more than its format takes", why)
      end
    end
  end)

  it("reads a table once that stands in many others", function()
    for _, format in ipairs { "json", "jsonl" } do
      local reads = 0
      local shared = setmetatable({ id = 7 }, {
        __pairs = function(t)
          reads = reads + 1
          return next, t
        end,
      })
      for _ = 1, 10 do
        shared = { a = shared, b = shared }
      end
      local text = show.text(shared, { format = format })
      assert.equal(1, reads, format)
      assert.equal(1024, select(2, text:gsub('"id": ?7', "")))
    end
  end)

  it("follows what togglsh was told", function()
    show.format, show.columns = "jsonl", "id"
    assert.equal('{"id":7}\n{"id":12}\n', show.text(PEOPLE))
  end)

  it("knows no other format", function()
    assert.has_error(function() show.text({}, { format = "xml" }) end, "no such format: xml")
  end)
end)

describe("records of the module", function()
  local core = require "toggl.core"
  local text =
    [=[[{"id": 9007199254740993, "name": "Main", "api_token": "c4n4ry", "admin": true, "permissions": []}]]=]

  it("show as plain tables do, without their secrets", function()
    local list <close> = assert(core.parse("workspace", text))
    assert.same({
      "              id  name  admin",
      "----------------  ----  -----",
      "9007199254740993  Main  yes",
    }, lines(list))
    for _, format in ipairs { "table", "csv", "json", "jsonl", "markdown" } do
      assert.is_nil(show.text(list, { format = format }):find "c4n4ry")
      assert.is_nil(show.text(list[1], { format = format }):find "c4n4ry")
    end
  end)

  it("are cells of markdown, whatever is in a name", function()
    assert.equal(
      "| name | n |\n| --- | --- |\n| a\\|b \\<i\\> \\*x\\* &amp; | 1 |\n",
      show.text({ { name = "a|b <i> *x* &", n = 1 } }, { format = "markdown", columns = "name,n" })
    )
    assert.equal("", show.text({}, { format = "markdown" }))
  end)

  it("show first what says most of them, by their rows", function()
    local list <close> =
      assert(core.parse(
        "org_user",
        [=[[{"id": 1, "name": "Ann", "2fa_enabled": true, "admin": true,
      "avatar_url": "u", "can_edit_email": true, "groups": [{"group_id": 2, "name": "Support"}], "inactive": false,
      "joined": true, "owner": false, "role_id": 3, "new_field": "n"}]]=]
      ))
    assert.same(
      "id  name  admin  inactive  joined  owner  new_field  groups   role_id  2fa_enabled  avatar_url  "
        .. "can_edit_email",
      lines(list)[1]
    )
    assert.matches("^id,name,2fa_enabled,admin", show.text(list, { format = "csv" }))
  end)

  it("tell nothing twice, and the remarks of the server as a sentence", function()
    local list <close> =
      assert(core.parse(
        "invitation_result",
        [=[[{"messages": ["ann@example.com is in it already"],
      "data": [], "invitations": []}, {"messages": ["ann@example.com is in it already"], "data": [{"email":
      "bo@example.com"}], "invitations": [{"email": "bo@example.com"}]}]]=]
      ))
    assert.same(
      { "Toggl says: ann@example.com is in it already; nothing was made" },
      lines(list[1])
    )
    assert.same(
      { "invitations  bo@example.com", "Toggl says: ann@example.com is in it already" },
      lines(list[2])
    )
    assert.matches('"messages":%["ann@', show.text(list[1], { format = "jsonl" }))
  end)

  it("keep exact ids and empty lists in JSON", function()
    local list <close> = assert(core.parse("workspace", text))
    assert.equal(
      '{"id":9007199254740993,"name":"Main","admin":true,"permissions":[]}\n',
      show.text(list, { format = "jsonl" })
    )
  end)
end)
