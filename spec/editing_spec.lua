-- Editing a line at the prompt: pasted blocks, the history, and the Tab key.

local helper = require "spec.helper"
local seat = require "spec.terminal.seat"

local home

local read, mode = helper.content, helper.mode

local function sit(words, more) return seat.prompt(home, words, more) end

before_each(function() home = seat.home() end)
after_each(function() os.execute("rm -rf " .. helper.quote(home)) end)

describe("a pasted block", function()
  it("is read whole and runs once", function()
    local s <close> = sit()
    s:paste "n = (n or 0) + 1\nlocal t = 0\nfor i = 1, 3 do\n\tt = t + i\nend\nprint('sum', t, n)\n"
    assert.matches("\nsum%s+6%s+1\n", (s:see "\nsum.*[^>]> $"))
    assert.matches("\n1\n", s:run "n")
  end)

  it("stays in the line until Enter where it does not end one", function()
    local s <close> = sit()
    s:paste "k = 5\nk + 1"
    s:see "k %+ 1"
    assert.matches("\n6\n", s:run "")
  end)

  it("keeps what is no text out of the line", function()
    local s <close> = sit()
    s:paste "'a\27[31m\1b\xffc'"
    assert.matches("\na%[31mbc\n", s:run "")
  end)

  it("can have any length", function()
    local s <close> = sit()
    local lines = {}
    for i = 1, 300 do
      lines[i] = ("total = (total or 0) + %d"):format(i)
    end
    s:paste(table.concat(lines, "\n") .. "\n")
    s:see("300.*[^>]> $", 20)
    assert.matches("\n45150\n", s:run "total")
  end)
end)

describe("the history", function()
  it(
    "is a file of 0600 that two shells share, without secrets and lines that start with a space",
    function()
      local a <close> = sit()
      local b <close> = sit()
      a:run "1 + 10"
      a:run " 2 + 20"
      a:run "x = {token = '1971800d4d82861d8f2c1651fea4d212'}"
      a:run "password = 'geheim'"
      b:run "3 + 30"
      a:run "4 + 40"
      local path = home .. "/state/toggl/history"
      assert.same({ "1 + 10\n3 + 30\n4 + 40\n", "600" }, { read(path), mode(path) })
      b:run "5"
      b:type "\27[A\27[A"
      b:see "4 %+ 40"
      assert.matches("\n44\n", b:run "")
    end
  )

  it(
    "leaves out a present secret of a client in whatever line, though it looks like none",
    function()
      local server <close> = helper.sandbox { port = 0, record = false }
      local secret = server:password_of "olive@example.com"
      local login =
        "function login(p) return toggl.client{email = 'olive@example.com', password = p} end"
      local s <close> = seat.sit(home, { "-e", login, "-i" }, {
        TOGGL_API_URL = server.url,
        TOGGL_API_TOKEN = "olive@example.com",
        TOGGL_PASSWORD = secret,
      })
      s:see "> $"
      s:run(("x = %q"):format(secret))
      s:run "other = login 'Anders 7!'"
      s:run "y = 'Anders 7!'" -- a client has this password now
      s:run "other:close() other = nil"
      s:run "z = 'Anders'"
      assert.equal(
        "other = login 'Anders 7!'\nother:close() other = nil\nz = 'Anders'\n",
        read(home .. "/state/toggl/history")
      )
    end
  )

  it("leaves out what stands behind the name of a secret, however it is written", function()
    local s <close> = sit()
    for _, line in ipairs {
      "x = {token --[[mine]] = 'geheim'}",
      "x = {[ [[password]] ] = 'geheim'}",
      "x = {['api_token'] = 'geheim'}",
      "toggl_core = pcall(require 'toggl.core'.keyring_set, 'toggl:x', 'geheim')",
      "f = function() return print, 'passphrase', 'geheim' end",
    } do
      s:run(line)
    end
    s:run "kept = tokens"
    s:run "kept = org.name"
    assert.equal("kept = tokens\nkept = org.name\n", read(home .. "/state/toggl/history"))
  end)

  it("keeps a block as one entry", function()
    local s <close> = sit()
    s:type "for i = 1, 1 do\r"
    s:see ">> $"
    s:run "print(i) end"
    assert.equal("for i = 1, 1 do\\nprint(i) end\n", read(home .. "/state/toggl/history"))
    s:type "\27[A"
    s:see "print%(i%) end"
    assert.matches("\n1\n", s:run "")
  end)

  it("is not kept in a file that others can read", function()
    os.execute(
      ("mkdir -p -m 700 %s/state/toggl; touch %s/state/toggl/history; chmod 644 %s/state/toggl/history"):format(
        home,
        home,
        home
      )
    )
    local s <close> = sit()
    s:run "1 + 10"
    assert.matches("history is not kept: .*has mode 0644.*chmod 600", s:screen())
    assert.equal("", read(home .. "/state/toggl/history"))
  end)
end)

describe("the Tab key", function()
  -- Check that the line is EXPECTED after TEXT and Tab.
  local function completed(s, text, expected)
    s:type(text .. "\t")
    s:see(expected)
    s:key "interrupt"
    s:see "%^C\n.*[^>]> $"
  end

  it("shows the expression that ends a line of statements", function()
    local s <close> = sit()
    assert.matches("\nAnn Lee\n", s:run "u = org:user 'ann@example.com'; u.name")
    assert.matches("stdin:1: .*did you mean 'joined'", s:run "x = 1; u.joned")
  end)

  it("completes globals, methods, fields, operations and arguments, without a request", function()
    local s <close> = sit()
    completed(s, "togg", "toggl$")
    completed(s, "org:each_users_", "org:each_users_detailed$")
    completed(s, "client.api.get_organization_users_d", "get_organization_users_detailed$")
    completed(s, "org:users{ active_st", "active_status = $")
    completed(s, 'org:users{ active_status = "inv', 'invited"$')
    completed(s, "toggl.client{ prof", "profile = $")
    completed(s, "string.form", "string.format$")
    completed(s, ":offl", ":offline$")
    completed(s, ":load CONTR", "CONTRIBUTING%.md$")
    completed(s, ":save spec/fixt", "spec/fixtures/$")
    completed(s, "?organization.rena", "organization.rename$")
    assert.matches("\n0\n", s:run "client:cost().total")
    s:run "org"
    completed(s, "org.pricing_plan_n", "pricing_plan_name$")
    s:run "list = {one = 1, two = {inner = 2}}"
    completed(s, "list.two.in", "list.two.inner$")
  end)

  it("completes names, addresses and keys from the store", function()
    local s <close> = sit()
    s:run "org:users(); org:groups(); client:workspaces()"
    s:run "before = client:cost().total"
    completed(s, 'org:user "ann@', 'ann@example.com"$')
    completed(s, 'org:group "Engi', 'Engineering"$')
    completed(s, "org:workspace('Ma", "Main'$")
    completed(s, "org:invite{ groups = {org:group 'Supp", "Support'$")
    s:type "org:user{ user_id = 310000000\t\t"
    s:see "3100000001  .*user_id = 310000000"
    s:key "interrupt"
    s:see "[^>]> $"
    assert.matches("\n0\n", s:run "client:cost().total - before")
  end)

  it(
    "says what reads the names where the store has none, and keeps those that a change drops",
    function()
      local s <close> = sit()
      s:type 'org:group "Sup\t'
      s:see '%(the store knows no group: org:groups%(%) reads them%)\n.*org:group "Sup$'
      s:key "interrupt"
      s:see "[^>]> $"
      s:run "org:groups(); org:users()"
      s:run ":write on"
      s:run "org:group('Support'):rename 'Support'"
      completed(s, 'org:group "Sup', 'Support"$')
      completed(s, 'org:user "ann@', 'ann@example.com"$')
      completed(s, "toggl.oper", "toggl.operations$")
    end
  )

  it("offers no syntax error, and what every record has behind all else", function()
    local s <close> = sit()
    s:run "u = org:users()[1]"
    s:type "u.\t\t"
    local text = s:see "2fa_enabled.*u%.$"
    assert.matches('%["2fa_enabled"%]', text)
    assert.is_nil(text:find '[^"]2fa_enabled')
    local candidates =
      require("toggl.shell.choices").fitting({ "raw", "place", "rename", "add", "detach" }, "")
    assert.same({ "add", "rename", "detach", "place", "raw" }, candidates)
    s:key "interrupt"
    s:see "[^>]> $"
    completed(s, 'u["2fa', 'u%["2fa_enabled"$')
    completed(s, 'u["em', 'u%["email"$')
  end)

  it("shows what may follow, and keeps the line", function()
    local s <close> = sit()
    s:type "org:user\t\t"
    s:see "user +users +users_detailed\n.*org:user$"
    s:key "interrupt"
    s:see "[^>]> $"
  end)
end)
