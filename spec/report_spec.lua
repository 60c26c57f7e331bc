-- The page of togglsh report: its contents agree with the audit, and no name becomes markup.

local helper = require "spec.helper"
local html = require "toggl.text.html"
local json = require "toggl.text.json"
local toggl = require "toggl"

local HOSTILE = "<script>alert(1)</script>\"'&\27[31m\u{202E}"
local folder

local read, write = helper.read, helper.write

local function togglsh(...)
  local e =
    { HOME = folder, XDG_CONFIG_HOME = folder, XDG_CACHE_HOME = folder, XDG_STATE_HOME = folder }
  return helper.run(e, helper.build .. "/togglsh", ...)
end

-- Call f(audit, page) with a sandbox of so many people.
local function audited(people, f)
  local server <close> = helper.sandbox { people = people }
  local client <close> = helper.client(server, { on_error = "raise" })
  local org = client:organization "Acme"
  local found = toggl.audit.read(org)
  f(found, toggl.report.page(found))
end

local function count(text, pattern) return select(2, text:gsub(pattern, "")) end

-- Return the text of a section of the page without tags.
local function text_of(page, id)
  local part = page:match('<section [^>]*id="' .. id:gsub("%-", "%%-") .. '">(.-)</section>')
  return (part:gsub("<[^>]*>", " "):gsub("%s+", " "))
end

setup(function()
  folder = os.tmpname()
  os.remove(folder)
  assert(os.execute("mkdir -p " .. helper.quote(folder)))
end)

teardown(function() os.execute("rm -rf " .. helper.quote(folder)) end)

describe("the page of an audit", function()
  it("sorts administrators: the owner, then by name; so the names of each workspace", function()
    audited(200, function(found, page)
      local rows = found.administrators
      assert.equal("owner", rows[1].role)
      local core, before = require "toggl.core", 0
      for i = 3, #rows do
        assert.is_true(core.fold(rows[i - 1].name) <= core.fold(rows[i].name), rows[i].name)
      end
      for _, row in ipairs(rows) do
        local at = page:find(html.escape(row.email), 1, true)
        assert.is_true(at > before, row.email)
        before = at
      end
      for _, workspace in ipairs(found.workspaces) do
        for i = 2, #workspace.who do
          assert.is_true(core.fold(workspace.who[i - 1]) <= core.fold(workspace.who[i]))
        end
      end
    end)
  end)

  it("breaks no word of a name while there is room, and says that a wide picture moves", function()
    local style = require "toggl.text.style"
    assert.is_truthy(style:find "tbody th, small { overflow%-wrap: break%-word; }")
    assert.is_truthy(style:find "%.scroll {[^}]*overflow%-x: auto")
    audited(60, function(_, page)
      assert.equal(1, count(page, '<p class="note sideways">')) -- 4 workspaces
      assert.equal(count(page, "<table>"), count(page, '<div class="fits"><table>'))
    end)
  end)

  it("agrees with togglsh audit", function()
    local path = folder .. "/agrees.html"
    assert.equal(path .. "\n", (togglsh("--sandbox=40", "report", path)))
    local page = read(path)
    local audit = json.decode((togglsh("--sandbox=40", "audit", "--output", "json")))
    for id, name in pairs {
      administrators = "administrators",
      ["no-group"] = "no_group",
      ["not-active"] = "not_active",
      ["empty-groups"] = "empty_groups",
      workspaces = "workspaces",
    } do
      assert.matches(": " .. #audit[name] .. " ", text_of(page, id), 1, true)
      for _, row in ipairs(audit[name]) do
        local shown = html.escape(row.email or row.name)
        assert.is_truthy(page:find(shown, 1, true), shown)
      end
    end
    local people = text_of(page, "people")
    for state, n in pairs {
      ["Active"] = audit.people.active,
      ["Invited, not joined"] = audit.people.invited,
      ["Deactivated"] = audit.people.inactive,
    } do
      assert.is_truthy(people:find((" %s %d "):format(state, n), 1, true), state)
    end
    assert.is_truthy(people:find(("the plan has %d seats"):format(audit.plan.seats), 1, true))
  end)

  it(
    "has a row for each group and a column for each workspace, with how many are in both",
    function()
      audited(40, function(found, page)
        local picture = page:match '<table class="picture">(.-)</table>'
        assert.equal(#found.workspaces + 1, count(picture, '<th scope="col"'))
        assert.equal(#found.groups + 1, count(picture, '<th scope="row"'))
        assert.equal((#found.groups + 1) * #found.workspaces, count(picture, "<td "))
        local total = 0
        for _, row in ipairs { found.groupless, table.unpack(found.groups) } do
          for workspace, n in pairs(row.both) do
            assert.is_true(n <= row.people, workspace)
            total = total + n
          end
        end
        assert.is_true(total > 0)
        assert.equal(#found.no_group, found.groupless.people)
      end)
    end
  )

  it("shows names that hold markup, escapes or marks of direction, and obeys none", function()
    audited(5, function(found)
      found.plan.organization, found.groups[1].name, found.empty_groups[1].name =
        HOSTILE, HOSTILE, HOSTILE
      found.administrators[1].name, found.administrators[1].email = HOSTILE, HOSTILE
      found.workspaces[1].name, found.workspaces[1].who[1] = HOSTILE, HOSTILE
      found.plan.plan, found.plan.state = HOSTILE, HOSTILE
      local page = toggl.report.page(found)
      assert.is_nil(page:find "<script")
      assert.is_nil(page:find "[\27\1-\8]")
      assert.is_nil(page:find("\u{202E}", 1, true))
      local shown = "&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;\\e[31m\\u{202e}"
      assert.is_true(count(page, (shown:gsub("%p", "%%%0"))) >= 8)
    end)
  end)

  it("needs nothing from elsewhere, and forbids it", function()
    audited(60, function(_, page)
      assert.matches('^<!DOCTYPE html>\n<!%-%- an audit by togglsh %-%->\n<html lang="en">', page)
      assert.is_truthy(page:find("default-src &#39;none&#39;", 1, true))
      for _, word in ipairs {
        "://",
        "<script",
        "<img",
        "<iframe",
        "@import",
        "url%(",
        "javascript:",
        " on%a+=",
        " src=",
      } do
        assert.is_nil(page:find(word), word)
      end
      for link in page:gmatch '<link [^>]*href="([^"]*)"' do
        assert.equal("data:,", link)
      end
      assert.is_truthy(page:find('name="viewport"', 1, true))
      for _, query in ipairs { "prefers%-color%-scheme: dark", "@media print", "max%-width: 30rem" } do
        assert.matches(query, page)
      end
    end)
  end)

  it("is well formed, and names what it shows", function()
    audited(30, function(_, page)
      local open = {}
      for slash, name in page:gsub("<style>.-</style>", ""):gmatch "<(/?)([%a][%w]*)" do
        if slash == "/" then
          assert.equal(table.remove(open), name)
        elseif not ({ meta = 1, link = 1, br = 1 })[name] then
          open[#open + 1] = name
        end
      end
      assert.same({}, open)
      for id in page:gmatch 'aria%-labelledby="([^"]*)"' do
        for one in id:gmatch "%S+" do
          assert.equal(1, count(page, ' id="' .. one:gsub("%-", "%%-") .. '"'), one)
        end
      end
      assert.equal(1, count(page, "<h1>"))
      assert.matches('<svg [^>]*role="img".-<title id="bar%-title">.-<desc id="bar%-text">', page)
      for head in page:gmatch "<th[ >][^>]*" do
        assert.is_truthy(head:find 'scope="' or head:find "^<thead", head)
      end
    end)
  end)

  it("stays small, and says what a picture leaves out", function()
    audited(1000, function(found, page)
      assert.is_true(#page < 200000, #page .. " bytes")
      for i = #found.workspaces + 1, 100 do
        found.workspaces[i] =
          { id = i, name = "W" .. i, members = 0, groups = 0, administrators = 0, who = {} }
      end
      page = toggl.report.page(found)
      assert.is_truthy(
        page:find("Left out of the picture: the smallest 60 workspaces and 0 groups.", 1, true)
      )
    end)
  end)

  it("can be made of an organization that tells little", function()
    audited(1, function(found)
      found.plan = { people = 0, active = 0 }
      found.people = { active = 0, invited = 0, inactive = 0 }
      found.workspaces, found.groups, found.administrators = {}, {}, {}
      local page = toggl.report.page(found)
      assert.is_truthy(page:find("The plan does not say how many seats there are.", 1, true))
      for _, word in ipairs { "%-?nan[%W]", '[">]%-?inf%W', '[">]nil%W' } do
        assert.is_nil(page:match(word))
      end
    end)
  end)

  it("comes as nil and an error where the audit fails", function()
    local server <close> = helper.sandbox { people = 3 }
    local client <close> = helper.client(server)
    local org = assert(client:organization "Acme")
    server:fault "500"
    local found, err = toggl.audit.read(org)
    assert.is_nil(found)
    assert.equal("server", err.kind)
  end)
end)

describe("togglsh report", function()
  it("asks for a file, and writes HTML alone", function()
    assert.equal(2, select(3, togglsh("--sandbox=3", "report")))
    assert.equal(2, select(3, togglsh("--sandbox=3", "report", "a.html", "b.html")))
    assert.equal(2, select(3, togglsh("--sandbox=3", "report", "a.html", "--output", "csv")))
    assert.matches("^<!DOCTYPE html>", (togglsh("--sandbox=3", "report", "-")))
  end)

  it(
    "writes for the owner's eyes, replaces its own pages, and other files only with --yes",
    function()
      local path = folder .. "/page.html"
      togglsh("--sandbox=3", "report", path)
      assert.matches("^%-rw%-%-%-%-%-%-%- ", (helper.run(nil, "ls", "-l", path)))
      assert.equal(0, select(3, togglsh("--sandbox=4", "report", path)))
      write(path, "notes")
      local _, err, status = togglsh("--sandbox=3", "--trace", "report", path)
      assert.same({ 2, "notes" }, { status, read(path) })
      assert.matches("exists and is not a report", err)
      assert.is_nil(err:find "GET")
      assert.equal(0, select(3, togglsh("--sandbox=3", "report", path, "--yes")))
      assert.matches("^<!DOCTYPE html>", read(path))
    end
  )

  it("puts no page in the place of a link, a folder or a device", function()
    local link = folder .. "/link.html"
    os.execute(("ln -s %s %s"):format(helper.quote(folder .. "/target"), helper.quote(link)))
    for _, path in ipairs { link, folder, "/dev/null" } do
      local _, err, status = togglsh("--sandbox=3", "report", path, "--yes")
      assert.equal(1, status)
      assert.matches("is not a regular file: it was not written", err)
    end
    assert.equal(1, select(3, togglsh("--sandbox=3", "report", "/proc/nowhere/a.html")))
  end)

  it("makes no folder for a page, since its name may be misspelt", function()
    local _, err, status = togglsh("--sandbox=3", "report", folder .. "/nowhere/a.html")
    assert.equal(1, status)
    assert.matches("nowhere/a.html cannot be written: No such file or directory", err)
    assert.is_nil(io.open(folder .. "/nowhere"))
  end)
end)
