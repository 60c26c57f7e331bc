-- Jobs that change people, run as togglsh runs them, with a sandbox that shows changes at once.

local helper = require "spec.helper"
local show = require "toggl.text.show"
local toggl = require "toggl"

-- Run JOB with WORDS. Return the rows of its receipt as { "change who result", ... }.
local function run(org, job, ...)
  local keep =
    { show.format, show.write, arg, rawget(_G, "toggl"), rawget(_G, "org"), rawget(_G, "client") }
  local out = {}
  show.format, show.write = "json", function(text) out[#out + 1] = text end
  _G.arg = { [0] = job, yes = true, refresh = false, dry_run = false, ... }
  _G.toggl, _G.org, _G.client = toggl, org, org:client()
  local ok, err = pcall(dofile, "scripts/" .. job .. ".lua")
  show.format, show.write = keep[1], keep[2]
  _G.arg, _G.toggl, _G.org, _G.client = keep[3], keep[4], keep[5], keep[6]
  if not ok then error(err, 0) end
  local rows = {}
  for i, row in ipairs(toggl.json.decode(table.concat(out)) or {}) do
    rows[i] = ("%s %s %s"):format(
      row.change,
      row.who ~= toggl.null and row.who or row.group,
      row.result
    )
  end
  table.sort(rows)
  return rows
end

local function fails(kind, text, ...)
  local ok, err = pcall(run, ...)
  assert.is_false(ok)
  assert.equal(kind, err.kind, tostring(err))
  assert.matches(text, tostring(err), 1, true)
end

describe("a job", function()
  local server, client, org, folder
  before_each(function()
    server = helper.sandbox { people = 12, plan = "none", record = false }
    client = helper.client(server, { on_error = "raise", settle = 0, journal = ":memory:" })
    org = client:organization "Acme"
    folder = helper.scratch()
  end)
  after_each(function()
    client:close()
    server:stop()
    helper.remove(folder)
    server, client, org = nil, nil, nil
  end)

  local function file(name, text) return helper.write(folder .. "/" .. name, text) end

  local function person(email) return org:user(email, { refresh = true }) end

  it("onboards addresses and the people of a file", function()
    assert.same(
      { "invite a@x.yz done", "invite b@x.yz done" },
      run(org, "onboard", "a@x.yz", "b@x.yz", "--workspace", "Main:admin", "--group", "Support")
    )
    assert.equal("admin", person("a@x.yz").workspaces[1].role)
    local path = file("new.csv", "groups;email;workspaces\nSupport;c@x.yz;Main\n")
    assert.same({ "invite c@x.yz done" }, run(org, "onboard", path))
    assert.same({}, run(org, "onboard", path)) -- nothing is left to do
  end)

  it("invites by mail, and gives people who are there what they lack", function()
    local before = server:requests()
    local rows =
      run(org, "invite", "a@x.yz", "A@x.yz2", "--workspace", "Main", "--group", "Support")
    assert.same({ "invite A@x.yz2 done", "invite a@x.yz done" }, rows)
    assert.is_true(server:requests() > before)
    assert.equal("user", person("a@x.yz").workspaces[1].role)
    assert.equal("Support", person("a@x.yz").groups[1].name)
    rows = run(org, "invite", "ann@example.com", "--workspace", "Main", "--group", "Support")
    assert.same({ "join ann@example.com done" }, rows)
    local key = tostring(org:workspace("Archive").id)
    assert.same({ "invite b@x.yz done" }, run(org, "invite", "b@x.yz", "--workspace", key))
    fails("usage", "requires --workspace", org, "invite", "c@x.yz")
    fails("usage", "at least one e-mail address", org, "invite", "--workspace", "Main")
    fails("setting", "is not an e-mail address", org, "invite", "c@@x", "--workspace", "Main")
    fails("not_found", "did you mean", org, "invite", "c@x.yz", "--workspace", "Mainn")
    server:set { plan = "free" }
    local refresh = org:client():organization("Acme", { refresh = true })
    fails("guard", "the plan has 5 seats", refresh, "invite", "d@x.yz", "--workspace", "Main")
    server:set { plan = "none" }
  end)

  it("names a wrong row by file, line, column and value before anything is sent", function()
    local path = file("bad.csv", "email,state,workspaces\na@x.yz,,Main\nb@x.yz,actve,Main\n")
    local before = server:requests()
    fails("setting", 'bad.csv:3: column state: "actve" is none of', org, "onboard", path)
    path = file("gone.csv", "email,state\nann@example.com,absent\n")
    fails("usage", "ann@example.com is absent", org, "onboard", path)
    fails("usage", "--workspace", org, "onboard", "a@x.yz")
    assert.equal(before, server:requests())
  end)

  it("offboards: deactivated with nothing, or removed, after what they had is written", function()
    local keep = folder .. "/had.json"
    local rows = run(org, "offboard", "aoife11@example.com", "--keep", keep)
    assert.equal("deactivate aoife11@example.com done", rows[1])
    local left = person "aoife11@example.com"
    assert.is_true(left.inactive)
    assert.same({ 0, 0 }, { #(left.groups or {}), #(left.workspaces or {}) })
    assert.equal("600", helper.mode(keep))
    local had = toggl.json.decode(helper.read(keep))
    assert.same({ "Engineering" }, had.people["aoife11@example.com"].groups)
    assert.equal("active", had.people["aoife11@example.com"].state)
    -- a role in a workspace that a group gives is kept, but not the membership by the group
    run(org, "onboard", "z@x.yz", "y@x.yz", "--workspace", "Main:admin", "--group", "Engineering")
    run(org, "onboard", "v@x.yz", "--workspace", "Main", "--group", "Engineering")
    local three = folder .. "/three.json"
    run(org, "offboard", "z@x.yz", "v@x.yz", "--keep", three)
    local people = toggl.json.decode(helper.read(three)).people
    assert.equal("admin", people["z@x.yz"].workspaces.Main)
    assert.is_nil(people["v@x.yz"].workspaces.Main)
    fails("usage", "is there already", org, "offboard", "tomas6@example.com", "--keep", keep)
    assert.is_false(person("tomas6@example.com").inactive)
    assert(person("tomas6@example.com"):deactivate())
    assert.same(
      { "remove chloe10@example.com done", "remove tomas6@example.com done" },
      run(
        org,
        "offboard",
        "tomas6@example.com",
        "chloe10@example.com",
        "--remove",
        "--keep",
        folder .. "/two.json"
      )
    )
    -- who was inactive can only be invited again
    run(org, "apply", folder .. "/two.json")
    assert.is_false(person("tomas6@example.com").joined)
    fails("usage", "not in Acme: nobody@x.yz", org, "offboard", "nobody@x.yz")
    fails(
      "guard",
      "owns the organization",
      org,
      "offboard",
      "olive@example.com",
      "--keep",
      folder .. "/3"
    )
  end)

  it("takes a file without people for a mistake, and no one out of a group by it", function()
    local empty, map = file("empty.csv", "email\n\n"), file("map.json", '{"email":"email"}')
    local before = #org:group("Engineering").users
    for _, words in ipairs {
      { "groups", "sync", "Engineering", empty },
      { "onboard", empty },
      { "offboard", empty },
    } do
      fails("setting", "empty.csv has no people", org, table.unpack(words))
    end
    fails("usage", "empty.csv has no people", org, "sync", empty, "--map", map)
    assert.equal(before, #org:group("Engineering", { refresh = true }).users)
    assert.is_true(before > 0)
  end)

  it("of a group without its words says what to write", function()
    fails("usage", "write groups add NAME EMAIL...", org, "groups", "add")
    fails("usage", "write groups rename Support NEW", org, "groups", "rename", "Support")
    fails("usage", "write groups sync Support FILE.csv", org, "groups", "sync", "Support")
    fails("usage", "got also 'Support', did you mean 'add'?", org, "groups", "ad", "Support")
    fails("usage", "got also 'shift'; quote names with spaces", org, "groups", "Night", "shift")
    org:create_group { name = "sync" }
    assert.same({}, run(org, "groups", "sync"))
  end)

  it("that a guard refuses names the first refusal, and how many more there are", function()
    local wrong = "anna@example.com is not in the organization, did you mean ann@example.com?"
    local end_of = "othing was sent (guard: unknown-person)"
    fails("guard", wrong .. " N" .. end_of, org, "set", "anna@example.com", "--role", "user")
    local words = { "set", "anna@example.com", "anne@example.com", "--role", "user" }
    fails("guard", wrong .. " There is 1 more refusal; n" .. end_of, org, table.unpack(words))
  end)

  it("offboards no one while what they had cannot be written, and says why", function()
    file("plain", "x")
    assert(os.execute("ln -s /nowhere/x " .. helper.quote(folder .. "/link")))
    for _, keep in ipairs { "/proc/had.json", folder .. "/plain/had.json", folder .. "/link" } do
      local ok, err = pcall(run, org, "offboard", "aoife11@example.com", "--keep", keep)
      assert.is_false(ok, keep)
      assert.matches("what they had cannot be written down: .*; nothing was sent", tostring(err))
    end
    assert.is_false(person("aoife11@example.com").inactive)
  end)

  it("sets role, state and name", function()
    assert.same(
      { "name tomas6@example.com done", "role tomas6@example.com done" },
      run(org, "set", "tomas6@example.com", "--role", "admin", "--name", "Ed Three")
    )
    assert.equal("Ed Three", person("tomas6@example.com").name)
    fails(
      "guard",
      "did you mean tomas6@example.com",
      org,
      "set",
      "tomas6@example.co",
      "--role",
      "user"
    )
    fails("usage", "--role, --state or --name", org, "set", "tomas6@example.com")
  end)

  it("changes the people of groups, and their names", function()
    assert.same(
      { "join ann@example.com done", "join tomas6@example.com done" },
      run(org, "groups", "add", "Support", "ann@example.com", "tomas6@example.com")
    )
    assert.same(
      { "quit ann@example.com done" },
      run(org, "groups", "remove", "Support", "ann@example.com")
    )
    assert.same({ "group_name Helpdesk done" }, run(org, "groups", "rename", "Support", "Helpdesk"))
    local rows = run(org, "groups", "sync", "Helpdesk", file("g.csv", "email\nann@example.com\n"))
    assert.equal("join ann@example.com done", rows[1])
    assert.matches("quit tomas6@example.com done", table.concat(rows, "\n"), 1, true)
    fails(
      "setting",
      'there is one called "Finance"',
      org,
      "groups",
      "rename",
      "Helpdesk",
      "Finance"
    )
    fails("not_found", "did you mean", org, "groups", "add", "Helpdsk", "ann@example.com")
    fails("guard", "not in the organization", org, "groups", "add", "Helpdesk", "x@y.zz")
  end)

  it("brings people to what another system says", function()
    local map = file(
      "map.json",
      [[{ "email": "Mail", "state": { "column": "Status", "values": { "left": "absent" } },
        "groups": { "column": "Team", "values": { "Help": ["Support"] } },
        "workspaces": { "always": ["Main"] } }]]
    )
    local hr = file(
      "hr.csv",
      "Team;Status;Mail\nHelp;works;ann@example.com\nHelp;works;zed@x.yz\n"
        .. "Help;left;tomas6@example.com\nHelp;left;gone@x.yz\n"
    )
    fails("guard", "1 person would be removed", org, "sync", hr, "--map", map)
    local rows = run(org, "sync", hr, "--map", map, "--allow-removals=1")
    local all = table.concat(rows, "\n")
    assert.matches("invite zed@x.yz done", all, 1, true)
    assert.matches("join ann@example.com done", all, 1, true)
    assert.matches("remove tomas6@example.com done", all, 1, true)
    assert.same({}, run(org, "sync", hr, "--map", map))
    -- spaces around a value, and one name in place of a list
    map = file(
      "map3.json",
      [[{ "email": "Mail", "state": { "column": "Status", "values": { "left": "absent" } },
        "groups": "Team", "workspaces": { "always": "Main" } }]]
    )
    hr = file(
      "hr2.csv",
      "Team, Status ,Mail\n Finance ,works, ann@example.com \n,left ,chloe10@example.com \n"
    )
    rows = run(org, "sync", hr, "--map", map, "--allow-removals=1")
    assert.same({ "join ann@example.com done", "remove chloe10@example.com done" }, rows)
    -- lines are those of the file, also behind a separator and cells of several lines
    local bad = file(
      "hr3.csv",
      'sep=;\nTeam;"Status\n";Mail;Notes\n;;ann@example.com;"x\ny\nz"\n;left;no@x.yz;"a\nb"\n;;bad;\n'
    )
    fails("setting", 'hr3.csv:9: "bad" is not an e-mail', org, "sync", bad, "--map", map)
    bad = file("hr4.csv", "Team;Status;Mail\n;;Zo\xEB@example.com\n")
    fails(
      "usage",
      "hr4.csv: CSV: line 2: byte 5 of the line is not UTF-8",
      org,
      "sync",
      bad,
      "--map",
      map
    )
    bad = file("hr5.csv", 'Team;Status;Mail\n"a\nb";;ann@example.com\n;;left;tomas6@example.com\n')
    fails("usage", "hr5.csv:4: 4 cells under 3 names", org, "sync", bad, "--map", map)
    for text, problem in pairs {
      ['{"email":"Mail","groups":{"column":"Team","values":{"Help":[3]}}}'] = 'value "Help" of groups',
      ['{"email":"Mail","state":{"column":"Team","values":{"Help":["x"]}}}'] = "of state takes a text",
      ['{"email":"Mail","groups":{"columns":"Team"}}'] = "groups has no 'columns' in a map",
      ['{"email":"Mail","name":{"always":["x"]}}'] = "name has no 'always' in a map",
      ['{"email":"Mail","groups":{"values":{"Help":"x"}}}'] = "names no column for them",
      ['{"email":"Mail","groups":7}'] = "groups takes a column",
    } do
      fails("usage", problem, org, "sync", hr, "--map", file("m4.json", text))
    end
    fails(
      "usage",
      "has no column 'Post'",
      org,
      "sync",
      hr,
      "--map",
      file("m2.json", '{"email":"Post"}')
    )
  end)

  it("takes a group or workspace by its key, also where others have its name", function()
    local user = [[{"id":%d,"user_id":%d,"name":"P%d","email":"p%d@x.yz","owner":%s,"admin":%s,
      "joined":true,"inactive":false,"groups":[],"workspaces":[{"workspace_id":52,
      "workspace_name":"Main","workspace_user_id":%d,"role":"user","groups":[]}]}]]
    local function of(n, owner) return user:gsub("%s*\n%s*", ""):format(n, n, n, n, owner, owner, n) end
    local group = '{"group_id":%d,"name":"Sales","users":[],"workspaces":[52]}'
    local canned = require("spec.canned").serve(folder, {
      { "/organizations/9/users", ("[%s,%s]"):format(of(1, true), of(2, false)) },
      { "/organizations/9/groups", ("[%s,%s]"):format(group:format(26), group:format(27)) },
      {
        "/me/workspaces",
        '[{"id":52,"name":"Main","organization_id":9},{"id":53,"name":"Main","organization_id":9}]',
      },
      { "/organizations/9", '{"id":9,"name":"Acme","admin":true,"user_count":2}' },
    })
    local other = toggl.client {
      base_url = canned.url,
      token = ("a"):rep(32),
      on_error = "raise",
      dry_run = true,
      state = ":memory:",
      cache = ":memory:",
    }
    local acme = other:organization(9)
    local csv = file("g.csv", "email\np2@x.yz\n")
    for _, words in ipairs { { "add", "27", "p2@x.yz" }, { "sync", "27", csv } } do
      local rows = run(acme, "groups", table.unpack(words))
      assert.same({ "join p2@x.yz not sent" }, rows)
    end
    local rows = run(acme, "onboard", "--group", "27", "--workspace", "53:admin", "p3@x.yz")
    assert.same({ "invite p3@x.yz not sent" }, rows)
    fails("conflict", "org:group(27)", acme, "groups", "add", "Sales", "p2@x.yz")
    other:close()
    canned.close()
  end)

  it("brings the leavers of another system away, however their addresses are written", function()
    local map = file(
      "map.json",
      [[{ "email": "Mail", "state": { "column": "Status", "values": { "left": "absent" } } }]]
    )
    for i, address in ipairs { "tomas6@example.com\u{a0}", "\u{200b}chloe10@Example.com" } do
      local hr = file("hr.csv", "Mail,Status\n" .. address .. ",left\n")
      local rows = run(org, "sync", hr, "--map", map, "--allow-removals")
      assert.same(
        { ({ "remove tomas6@example.com done", "remove chloe10@example.com done" })[i] },
        rows
      )
    end
    for _, address in ipairs { "mailto:ann@example.com", "<ann@example.com>", "ann(at)example.com" } do
      local hr = file("hr.csv", "Mail,Status\ngone@x.yz,left\n" .. address .. ",left\n")
      fails("setting", ('hr.csv:3: "%s"'):format(address), org, "sync", hr, "--map", map)
    end
  end)

  it("takes no one for gone by a list that lacks people, and a folder for no file", function()
    local hr = file("hr.csv", "Mail,Status\nann@example.com,left\n")
    local map =
      [[{ "email": "Mail", "state": { "column": "Status", "values": { "left": "absent" } } }]]
    map = file("map.json", "\u{feff}" .. map)
    fails("usage", folder .. ": Is a directory", org, "sync", folder, "--map", map)
    fails("usage", folder .. ": Is a directory", org, "sync", hr, "--map", folder)
    fails("guard", "1 person would be removed", org, "sync", hr, "--map", map)
    server:fault '200@/users [null,{"id":1,"email":"bo@example.com","joined":true}]'
    for _, words in ipairs { { "sync", hr, "--map", map }, { "offboard", "ann@example.com" } } do
      local ok, err = pcall(run, org, table.unpack(words))
      assert.same({ false, "partial" }, { ok, err.kind })
      assert.matches("^the list of people is not complete %(null came", err.message)
    end
  end)

  it("reads the columns and values that a map means, and no other", function()
    org:create_group { name = "Sales, EMEA" }
    for address, groups in pairs {
      ["ann@example.com"] = '{ "column": "T\u{e9}am", "values": { "vent\u{e9}": "Sales, EMEA" } }',
      ["tomas6@example.com"] = '{ "column": "T\u{e9}am", "values": { "Vent\u{e9}": ["Sales, EMEA"] } }',
      ["chloe10@example.com"] = '{ "always": "Sales, EMEA" }',
    } do
      local hr = file("hr.csv", ("Mail,Te\u{301}am\n%s,VENTE\u{301}\n"):format(address))
      local map = file("map.json", ('{ "email": "Mail", "groups": %s }'):format(groups))
      assert.same({ ("join %s done"):format(address) }, run(org, "sync", hr, "--map", map))
    end
    local hr = file("hr.csv", "Mail,Team\nann@example.com,Finance\n")
    local map = file("map.json", '{ "email": "Mail", "groups": { "column": "Team" } }')
    assert.same({ "join ann@example.com done" }, run(org, "sync", hr, "--map", map))
    hr = file("hr.csv", "Mail,Team,Mail\nann@example.com,Support,bo2@example.com\n")
    fails("usage", "has two columns 'Mail', which", org, "sync", hr, "--map", map)
  end)
end)

describe("on a terminal", function()
  local seat = require "spec.terminal.seat"
  local home

  before_each(function() home = seat.home() end)
  after_each(function() helper.remove(home) end)

  -- Run a job in a window of 40 lines with a pager that marks each line. Return the screen.
  local function shown(words, more)
    local variables = helper.merged({ PAGER = "sed s/^/paged:/" }, more)
    local s <close> = seat.sit(home, words, variables)
    assert.equal(0, s:leave(10))
    return s:screen()
  end

  it("what a job writes goes through the pager as one, if the window cannot hold it", function()
    local text = shown { "--sandbox=100", "audit" }
    assert.matches("paged:Plan and seats\n", text)
    assert.matches("\npaged:Requests spent", text)
    assert.is_nil(shown({ "--sandbox", "groups" }):find "paged")
    assert.is_nil(shown({ "--sandbox=100", "people" }, { TERM = "dumb" }):find "paged")
    assert.is_nil(shown({ "--sandbox=100", "people" }, { PAGER = "cat" }):find "paged")
    assert.matches("email", shown({ "--sandbox=100", "people" }, { PAGER = "/no/such/pager" }))
  end)

  it("a question comes after what was written before it", function()
    local s <close> =
      seat.sit(home, { "--sandbox", "groups", "remove", "Support", "olive@example.com" })
    s:see "Price: .*Apply plan %x+%? %[y/N%] $"
    s:type "n\r"
    assert.equal(7, s:leave(5))
  end)

  it("what was written before an error is on the screen before it", function()
    local folder = home .. "/config/toggl/scripts"
    os.execute("mkdir -p -m 700 " .. folder)
    helper.write(
      folder .. "/breaks.lua",
      "-- togglsh breaks: it\nprint 'first' io.write 'second\\n'\nerror('third', 0)"
    )
    local s <close> = seat.sit(home, { "--sandbox", "breaks" })
    assert.equal(1, s:leave(5))
    assert.matches("^first\nsecond\ntogglsh: third\n", s:screen())
  end)
end)

describe("in a log of both outputs", function()
  it("the plan stands before what became of it", function()
    local home = helper.scratch()
    local line = "$T --sandbox set anna@example.com --role user 2>&1"
    local text = helper.sh(helper.environment(home), line)
    helper.remove(home)
    assert.matches("^plan %x+ .*\ntogglsh: anna@example.com is not in", text)
  end)
end)

describe("for programs", function()
  it("a job of a dry run lists what it would send, and says what waits", function()
    local folder = helper.scratch()
    local path = helper.write(folder .. "/a.csv", "email,role,workspaces\na@x.yz,admin,Main\n")
    local out, err, status =
      helper.togglsh("--sandbox", "--dry-run", "--output", "json", "onboard", path)
    helper.remove(folder)
    assert.same({ 3, "invite" }, { status, toggl.json.decode(out)[1].change })
    assert.matches('togglsh: warning: later: a@x.yz: role "admin", after joining\n', err, 1, true)
  end)
end)

describe("for spreadsheets", function()
  it("--bom begins the output with a byte order mark, once, and only in CSV and TSV", function()
    for _, words in ipairs { { "people" }, { "-e", "return org:groups()" } } do
      for format, expected in pairs { csv = true, tsv = true, json = false, table = false } do
        local out = helper.togglsh("--sandbox", "--output", format, "--bom", table.unpack(words))
        local _, count = out:gsub("\xEF\xBB\xBF", "")
        assert.same({ expected, expected and 1 or 0 }, { out:find "^\xEF\xBB\xBF" == 1, count })
      end
    end
  end)

  it("a section of the audit has its own columns alone, the same for each organization", function()
    local csv = require "toggl.text.csv"
    for section, head in pairs {
      no_group = "id,user_id,name,email,state,role,workspaces",
      empty_groups = "id,name,workspaces",
      workspaces = "id,name,members,groups,administrators,who",
      requests = "name,requests",
      plan = "name,value",
    } do
      for _, people in ipairs { 1, 60 } do
        local out =
          helper.togglsh("--sandbox=" .. people, "audit", "--section", section, "--output=csv")
        assert.equal(head, table.concat(csv.decode(out)[1], ","), section)
      end
    end
  end)
end)
