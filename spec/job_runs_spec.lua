-- Jobs that togglsh runs as processes: the audit, those that list, the sandbox, and invite.

local helper = require "spec.helper"
local json = require "toggl.text.json"

local SHELL = helper.build .. "/togglsh"

local home

local function togglsh(...) return helper.run(helper.environment(home), SHELL, ...) end

local function sh(line, more) return helper.sh(helper.environment(home, more), line) end

setup(function() home = helper.scratch() end)
teardown(function() helper.remove(home) end)

describe("togglsh audit", function()
  it("reports to people, and what it spent: one request for each kind of thing", function()
    local out, err, status = togglsh("--sandbox=1000", "audit")
    assert.same({ "", 0 }, { err, status })
    for _, title in ipairs {
      "Plan and seats",
      "People by state",
      "Owner and administrators: %d+",
      "People in no group: %d+",
      "Inactive, or invited and never joined: %d+",
      "Groups without people: %d+",
      "Workspaces: %d+",
    } do
      assert.matches(title, out)
    end
    local n, which = out:match "Requests spent: (%d+) (%b())\n$"
    assert.is_true(tonumber(n) <= 5, which)
    assert.matches("1 get_organization_groups.*1 get_organization_workspaces_statistics", which)
  end)

  it("says the same in JSON, CSV and a table", function()
    local report = assert(json.decode((togglsh("--sandbox=40", "audit", "--output", "json"))))
    local p = report.people
    assert.equal(40, p.active + p.inactive + p.invited)
    assert.equal(40, report.plan.people)
    assert.equal("owner", report.administrators[1].role)
    assert.equal(p.inactive + p.invited, #report.not_active)
    local rows =
      require("toggl.text.csv").records((togglsh("--sandbox=40", "--output", "csv", "audit")))
    local sections = {}
    for _, row in ipairs(rows) do
      sections[row.section] = (sections[row.section] or 0) + 1
    end
    for _, name in ipairs { "administrators", "no_group", "not_active", "empty_groups", "workspaces" } do
      assert.equal(#report[name] > 0 and #report[name] or nil, sections[name], name)
      local out = togglsh("--sandbox=40", "audit", "--section", name, "--top", "0")
      assert.matches(": " .. #report[name] .. "\n", out)
    end
  end)

  it("gives a JSON object a line, and the columns that were asked for", function()
    local out = togglsh(
      "--sandbox=20",
      "audit",
      "--output=jsonl",
      "--section",
      "administrators",
      "--columns=email,role"
    )
    assert.matches('^{"email":"olive@example.com","role":"owner"}\n', out)
    for line in out:gmatch "[^\n]+" do
      assert.is_table(json.decode(line))
    end
  end)
end)

describe("togglsh jobs", function()
  it("sandbox serves any client until it is ended", function()
    local out, _, status = sh [[
      exec 3< <(exec timeout -s INT 20 $T sandbox --people=5 --seed 3 2>&1); pid=$!
      read -r url <&3; read -r token <&3
      env "$url" "$token" $T --org Acme -e 'print(#org:users())'
      kill -INT $pid; wait $pid]]
    assert.same({ "5\n", 130 }, { out, status })
    assert.equal(2, select(3, togglsh("sandbox", "--plan=gold")))
  end)

  it("people filters by state, right and text", function()
    local all = json.decode((togglsh("--sandbox=60", "people", "--output", "json")))
    assert.equal(60, #all)
    local found = 0
    for _, state in ipairs { "active", "inactive", "invited" } do
      local part =
        json.decode((togglsh("--sandbox=60", "people", "--output=json", "--state", state)))
      for _, person in ipairs(part) do
        assert.equal(state, person.state)
      end
      found = found + #part
    end
    assert.equal(60, found)
    assert.equal(
      "email\r\nolive@example.com\r\n",
      (
        togglsh(
          "--sandbox=60",
          "people",
          "--filter=olive@",
          "--output",
          "csv",
          "--columns",
          "email"
        )
      )
    )
  end)

  it("refuse columns that they do not have, before anything is asked", function()
    for _, words in ipairs {
      { "people", "name,emial" },
      { "groups", "nmae" },
      { "quota", "window,lfet" },
      { "audit", "emial" },
    } do
      local out, err, status = togglsh("--sandbox", "--trace", words[1], "--columns", words[2])
      assert.same({ "", 2 }, { out, status })
      assert.matches("there is no column '%a+', did you mean '%a+'%?", err)
      assert.is_nil(err:find "request GET")
    end
    assert.equal(0, select(3, togglsh("--sandbox", "audit", "--columns", "email,role")))
  end)

  it("people drops no column without a window, and says which had no room in one", function()
    local out = togglsh("--sandbox", "people")
    assert.matches("^ +id +name +email +state +role +groups +workspaces +user_id\n", out)
    local s <close> = require("spec.terminal.seat").sit(home, { "--sandbox", "people" })
    local text = s:see "%(no room for [%w_, ]+%)\n"
    assert.matches("user_id%)\n$", text)
    for line in text:gmatch "[^\n]+" do
      assert.is_true(utf8.len(line) <= 100, line)
    end
    assert.equal(0, s:leave())
  end)

  it("groups lists groups, and the people of one", function()
    assert.matches("Engineering +%d", (togglsh("--sandbox", "groups")))
    assert.matches("Olive Hart +yes", (togglsh("--sandbox", "groups", "Support")))
  end)

  it("invite asks for leave, and sends nothing without it or with --dry-run", function()
    local words = {
      "--sandbox",
      "--trace",
      "invite",
      "--workspace",
      "Main",
      "--group=Support",
      "bo@example.com",
    }
    local out, err, status = togglsh(table.unpack(words))
    assert.equal(2, status)
    assert.matches("Price: 2 requests", out, 1, true)
    assert.matches("%-%-yes", err)
    assert.is_nil(err:find "POST")
    words[#words + 1] = "--dry-run"
    out, err, status = togglsh(table.unpack(words))
    assert.equal(3, status)
    assert.matches("mail goes out", out, 1, true)
    assert.matches(
      "would ask: Invite bo@example%.com into Acme, workspaces Main, groups Support%?",
      err
    )
    assert.is_nil(err:find "POST")
    words[#words] = "--yes"
    out, err, status = togglsh(table.unpack(words))
    assert.equal(0, status)
    assert.matches("+ invite     1 person", out, 1, true)
    assert.matches("POST", err)
    assert.matches("of 1 change: 1 done; 2 requests spent, 2 was the price", err, 1, true)
  end)
end)
