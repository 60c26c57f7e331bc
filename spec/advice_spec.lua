-- Advice, followed to the letter: the command that a message names runs, for the account of the run
-- that gave it, and leads further.
local helper = require "spec.helper"

describe("the command that a message names", function()
  local home, server

  before_each(function()
    home = helper.scratch()
    server = helper.sandbox { port = 0, people = 12, record = false }
  end)
  after_each(function()
    server:stop()
    helper.remove(home)
  end)

  local function environment() return helper.environment(home, { SECRET = server:token() }) end

  local function run(...) return helper.run(environment(), helper.build .. "/togglsh", ...) end

  local function profiles(text, ...)
    local path = home .. "/config/toggl/profiles"
    os.execute("mkdir -p " .. home .. "/config/toggl")
    helper.write(path, text:format(...))
    assert(os.execute("chmod 600 " .. path))
  end

  -- Run the command that PATTERN finds in TEXT, with the token as its input.
  local function follow(text, pattern)
    local command = assert(text:match(pattern), text)
    local words = command:gsub("^togglsh", "$T")
    return helper.sh(environment(), "echo $SECRET | " .. words)
  end

  it("names a base address that is no API's, which has none of the paths", function()
    for ending, advice in pairs {
      [""] = "check the base address, which lacks the /api/v9",
      ["/api/v9"] = "check the key;",
    } do
      local base_url = server.url:gsub("/api/v9$", ending)
      local client <close> = helper.client(nil, { base_url = base_url, token = server:token() })
      local _, err = client:get_organization(5)
      assert.equal("not_found", err.kind)
      assert.equal(1, err.advice:find(advice, 1, true), err.advice)
    end
  end)

  it("logs in the profile of the run", function()
    for _, lines in ipairs { "", "token_keyring = toggl:none-%d\n", "token_credential = none\n" } do
      profiles(
        "[work]\nbase_url = %s\norganization = Acme\n" .. lines,
        server.url,
        server.url:match "%d+$"
      )
      local _, err, status = run("--profile", "work", "people")
      assert.equal(4, status, err)
      local _, why, logged_in = follow(err, "run (togglsh [^;,\n]*)")
      if logged_in ~= 0 then return assert.matches("keyring", why) end -- there is none here
      local out, still = run("--profile", "work", "-e", "print(org.name)")
      assert.equal("Acme\n", out, still)
      helper.sh(environment(), "$T auth logout --profile work")
    end
  end)

  it("applies the plan of the run, and in its sandbox", function()
    profiles("[work]\nbase_url = %s\ntoken = %s\nsettle = 0\n", server.url, server:token())
    local file = helper.write(
      home .. "/team.lua",
      "return { groups = { ['On call'] = { workspaces = { 'Main' } } } }"
    )
    local out = run("--profile", "work", "--org", "Acme", "plan", file)
    local _, err, status = follow(out, "Apply it: ([^\n]*)")
    assert.equal(2, status, err)
    assert.matches("use %-%-yes", err)
    assert.matches("togglsh %-%-profile work %-%-org Acme apply %x+\n", out)
    assert.equal(0, (select(3, follow(out:gsub("apply", "--yes apply"), "Apply it: ([^\n]*)"))))
    assert.equal(
      "1\n",
      (run("--profile", "work", "--org", "Acme", "-e", "print(#org:groups{ name = 'On call' })"))
    )
    out = run("--sandbox=20", "plan", file)
    assert.truthy(out:find("Apply it: togglsh --sandbox=20 apply " .. file, 1, true), out)
    out = run("--sandbox", "--org", "acme ", "plan", file)
    assert.matches("togglsh %-%-sandbox %-%-org 'acme ' apply", out)
  end)

  it("resumes the plan of the run", function()
    profiles(
      "[work]\nbase_url = %s\ntoken = %s\nsettle = 0\norganization = Acme\n",
      server.url,
      server:token()
    )
    local file = helper.write(
      home .. "/team.lua",
      "return { groups = { ['On call'] = { workspaces = { 'Main' } } } }"
    )
    server:fault "401:4+" -- behind the reads
    local _, err, status = run("--profile", "work", "--yes", "apply", file)
    server:clear()
    assert.equal(4, status, err)
    local again = err:gsub("resume", "--yes resume")
    local out, more, resumed = follow(again, "(togglsh [^;,\n]*resume %x+) goes on")
    assert.equal(0, resumed, out .. more)
    assert.equal(
      "1\n",
      (run("--profile", "work", "--org", "Acme", "-e", "print(#org:groups{ name = 'On call' })"))
    )
  end)

  it("of rejected credentials is for those that were sent", function()
    local function people(more, ...)
      local e = helper.merged(environment(), { TOGGL_API_URL = server.url }, more)
      return helper.run(e, helper.build .. "/togglsh", ...)
    end
    local wrong = { TOGGL_API_TOKEN = ("a"):rep(32) }
    local _, err = people(wrong, "-e", "client:me()")
    assert.matches(
      "set TOGGL_API_TOKEN to another token, or unset it and run togglsh auth login\n",
      err
    )
    local e = environment()
    e.TOGGL_API_URL, e.TOGGL_API_TOKEN = server.url, ("a"):rep(32)
    _, err = helper.sh(e, "echo $SECRET | $T auth login")
    assert.matches("TOGGL_API_TOKEN is used in place of it: unset that\n", err)
    e.TOGGL_API_TOKEN = ""
    assert.equal(0, (select(3, helper.sh(e, "$T -e 'client:me()'"))))
    profiles("[work]\nbase_url = %s\ntoken = %s\n", server.url, ("b"):rep(32))
    _, err = people(wrong, "--profile", "work", "-e", "client:me()")
    assert.matches("; run togglsh %-%-profile work auth login\n", err)
    assert.equal(0, (select(3, follow(err, "run (togglsh [^;,\n]*)"))))
  end)

  it("needs no journal where it ends with the run", function()
    profiles(
      "[work]\nbase_url = %s\ntoken = %s\nsettle = 0\norganization = Acme\n",
      server.url,
      server:token()
    )
    local e = environment()
    e.HOME, e.XDG_STATE_HOME = "/nonexistent", ""
    local file = helper.write(
      home .. "/the team's.lua",
      "return { groups = { ['On call'] = { workspaces = { 'Main' } } } }"
    )
    local shell = helper.build .. "/togglsh"
    local out, err = helper.run(e, shell, "--profile", "work", "plan", file)
    local command = assert(out:match "Apply it: togglsh ([^\n]*)", err)
    server:fault "401:1+" -- the lists are in the store
    local _, why, status = helper.sh(e, "$T --yes " .. command)
    server:clear()
    assert.equal(4, status, why)
    assert.matches("; plan again\n$", why)
    assert.is_nil(why:find("resume", 1, true), why)
    assert.equal(0, (select(3, helper.sh(e, "$T --yes " .. command))))
    -- of a profile, a sandbox takes what is no account
    out, err = helper.run(e, shell, "--sandbox", "--profile", "work", "plan", file)
    command = assert(out:match "Apply it: togglsh (%-%-sandbox [^\n]*)", err)
    assert.equal(0, (select(3, helper.sh(e, "$T --yes " .. command))))
  end)

  it("is for the account and the organization of the prompt", function()
    profiles("[work]\nbase_url = %s\ntoken = %s\n", server.url, server:token())
    helper.write(
      home .. "/lines",
      ":org 4300000017\nprint(org:plan{groups={X={}}}:show():gsub('%s+', ' '))\n"
        .. "print(require('toggl.text.again').spell 'togglsh people')\n"
    )
    local out = helper.sh(environment(), "$T --profile work --org Acme -i <$HOME/lines")
    assert.matches("is not known: :quota refresh asks", out, 1, true)
    assert.matches("togglsh --profile work --org 4300000017 people", out, 1, true)
    profiles("[work]\nbase_url = %s\ntoken = %s\n", server.url, ("b"):rep(32))
    local _, err = helper.sh(environment(), "echo 'client:me()' | $T --profile work -i")
    assert.matches("; run togglsh %-%-profile work auth login\n", err)
    _, err =
      run("--sandbox", "--profile", "work", "--yes", "set", "ann@example.com", "--role", "user")
    assert.matches("1 done", err)
  end)

  it("names the account for each job, unless the job has none of its own", function()
    local screen, spell = require "toggl.text.screen", require("toggl.text.again").spell
    local words = setmetatable(
      { cache = "", sandbox = "", auth = "--profile work " },
      { __index = function() return "--profile work --org Acme " end }
    )
    screen.run = { profile = "work", org = "Acme" }
    for path in io.popen("ls scripts/*.lua"):lines() do
      local name = path:match "(%w+)%.lua$"
      assert.equal(("togglsh %s%s"):format(words[name], name), spell("togglsh " .. name))
    end
    screen.run = nil
  end)

  it("waits for longer where a wait was too short", function()
    profiles("[default]\nbase_url = %s\ntoken = %s\n", server.url, server:token())
    server:set { plan = "free", user_quota = 1 }
    run("-e", "client:me()")
    local _, err, status = run("--wait=1", "-e", "client:organizations()")
    assert.equal(6, status, err)
    local seconds = tonumber(err:match ", or use %-%-wait=(%d+)\n")
    assert.is_true(seconds > 3000 and seconds < 4000, err)
    _, err = run("-e", "client:organizations()")
    assert.matches(", or use %-%-wait\n", err)
  end)

  it("is not the name of a script", function()
    local script = helper.write(home .. "/plan.lua", "error('usage: togglsh plan.lua FILE', 0)")
    local _, err = run("--sandbox", script)
    assert.matches("usage: togglsh plan%.lua FILE\n", err)
  end)

  it("is the one that a wrong word was meant to be", function()
    for word, meant in pairs { login = "auth login", help = "--help", Users = "people" } do
      local _, err = run(word)
      assert.truthy(err:find(("did you mean 'togglsh %s'?"):format(meant), 1, true), err)
    end
    local _, err = run("--sandbox", "offboard", "Olive Hart")
    assert.matches(
      '"Olive Hart" is not an e%-mail address; togglsh %-%-sandbox people lists them',
      err
    )
    _, err = run("--sandbox", "offboard", "an@example.com")
    assert.matches("not in Acme: an@example.com, did you mean 'ann@example.com'%?", err)
    _, err = run("--sandbox", "sql", "SELECT * FROM nothing")
    local query = err:match "; (SELECT %* FROM schema) lists"
    assert.matches("users", (run("--sandbox", "sql", query)))
  end)
end)
