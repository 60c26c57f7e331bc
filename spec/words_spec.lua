-- The words of togglsh's command line: which it refuses, and what --help says of them.

local helper = require "spec.helper"

local SHELL = helper.build .. "/togglsh"

local home

local function togglsh(...) return helper.run(helper.environment(home), SHELL, ...) end

setup(function() home = helper.scratch() end)
teardown(function() helper.remove(home) end)

describe("togglsh refuses", function()
  local function usage_error(pattern, ...)
    local out, err, status = togglsh(...)
    assert.same({ "", 2 }, { out, status })
    assert.matches(pattern, err)
    return err
  end

  it("unknown options, and says which was meant", function()
    usage_error(
      "unknown option '%-%-outptu', did you mean '%-%-output'",
      "--outptu",
      "csv",
      "audit"
    )
    usage_error(
      "'tabel' is none of: table, csv, tsv, json, jsonl, markdown, did you mean 'table'",
      "--output=tabel",
      "audit"
    )
    usage_error("%-%-sandbox requires an integer, got 'many'", "--sandbox=many", "-e", "")
    usage_error("%-%-sandbox requires 1 or more, got", "--sandbox=0", "-e", "")
    usage_error("%-%-org requires a value", "--org")
    usage_error("%-%-org requires a value, got an empty text", "--org", "", "people")
    usage_error("%-%-workspace requires a value, got an empty text", "invite", "--workspace= ")
    usage_error("%-%-trace takes no value", "--trace=1", "-e", "")
  end)

  it("options of its own behind a script that does not know them", function()
    local script = helper.write(home .. "/reads.lua", "toggl.options.read(arg, {})")
    usage_error("'%-%-output'; options of togglsh stand before", script, "--output=csv")
  end)

  it("no --dry-run behind a script, but warns that it is the script's own", function()
    local script = helper.write(home .. "/own.lua", "print(arg[1], arg.dry_run)")
    local out, err, status = togglsh(script, "--dry-run")
    assert.same({ "--dry-run\tfalse\n", 0 }, { out, status })
    assert.matches("^togglsh: warning: %-%-dry%-run is an argument of .*own.lua; write", err)
    assert.equal("", select(2, togglsh("--dry-run", script, "--dry-run", "x")))
  end)

  it("unknown jobs, and names that lead out of their folder", function()
    usage_error("no job 'adit', did you mean 'audit'", "adit")
    usage_error("no job", "au.dit")
  end)

  it("options that a job does not know, and points to its help", function()
    local err = usage_error(
      "unknown option '%-%-sectoin', did you mean '%-%-section'",
      "audit",
      "--sectoin=x"
    )
    assert.matches("togglsh audit %-%-help", err)
  end)

  it("tokens among its words, before and behind a job, without repeating them", function()
    local ways = {
      { "--token=c4n4ry" },
      { "--token", "c4n4ry" },
      { "audit", "--token=c4n4ry" },
      { "--password", "c4n4ry" },
    }
    for _, words in ipairs(ways) do
      local err =
        usage_error("is not an option: every user of this machine can read", table.unpack(words))
      assert.is_nil(err:find "c4n4ry")
    end
  end)
end)

describe("togglsh --help", function()
  it("names every option and every job", function()
    local out, err, status = togglsh "--help"
    assert.same({ "", 0 }, { err, status })
    local source = helper.run(nil, "sed", "-n", "/^local SPEC/,/^}/p", "lua/toggl/shell/init.lua")
    for name in source:gmatch '\n  %[?"?([%a-]+)"?%]? = ' do
      if name ~= "interactive" then
        assert(out:find("--" .. name, 1, true), "--" .. name .. " is not in --help")
      end
    end
    for _, job in ipairs { "audit", "people", "groups", "invite", "sandbox" } do
      assert.matches("\n  " .. job .. " ", out)
    end
  end)

  it("fits 80 columns, and that of a job a manual page of 80", function()
    local function fits(width, ...)
      for line in (togglsh(...)):gmatch "[^\n]+" do
        assert.is_true(#line <= width, line)
      end
    end
    fits(80, "--help")
    for _, job in ipairs {
      "audit",
      "auth",
      "groups",
      "invite",
      "people",
      "quota",
      "report",
      "sandbox",
    } do
      fits(73, job, "--help")
    end
  end)

  it("is folded between words for a narrower window", function()
    local screen = require "toggl.text.screen"
    local _ <close> = setmetatable({}, { __close = function() screen.terminal = nil end })
    screen.terminal = { width = 40 }
    assert.equal(
      "  --top N   at most N lines of a table\n            for people",
      (screen.fold_lines "  --top N   at most N lines of a table for people")
    )
    assert.equal("as it is\n\n  is", screen.fold_lines "as it is\n\n  is")
    for line in screen.fold_lines(require "toggl.shell.usage"):gmatch "[^\n]+" do
      assert.is_true(#line <= 40, line)
    end
  end)

  it("says which ways ask before a change, and explains each exit status", function()
    local out = togglsh "--help"
    assert.matches(
      "jobs ask before they change anything; scripts and %-e do not",
      (out:gsub("%s+", " "))
    )
    for _, status in ipairs { 0, 1, 2, 3, 4, 5, 6, 7, 8, 130, 141 } do
      assert.matches(("\n +%d  +%%a"):format(status), out)
    end
  end)
end)

describe("numbers and days of options", function()
  local function refused(expected, ...)
    local out, err, status = togglsh(...)
    assert.same({ "", 2 }, { out, status }, err)
    assert.matches(expected, err, 1, true)
  end

  it("below the least one are refused, before and behind the name of a job", function()
    for option, words in pairs {
      ["--limit"] = { "people", "--limit", "-1" },
      ["--top"] = { "audit", "--top", "-3" },
      ["--reserve"] = { "apply", "x.lua", "--reserve", "-5" },
      ["--least-admins"] = { "plan", "x.lua", "--least-admins", "-1" },
      ["--allow-removals"] = { "sync", "x.csv", "--allow-removals=-1" },
      ["--wait"] = { "people", "--wait=-1" },
      ["--max-requests"] = { "--max-requests", "-1", "people" },
      ["--latency"] = { "sandbox", "--latency", "-5" },
      ["--port"] = { "sandbox", "--port", "-1" },
    } do
      refused(option .. " requires 0 or more, got -", table.unpack(words))
    end
    refused("--people requires 1 or more, got 0", "sandbox", "--people", "0")
    refused("--sandbox requires 1 or more, got -3", "--sandbox=-3", "people")
  end)

  it("that are on no calendar, and words that are not looked at, are refused", function()
    for _, day in ipairs { "2026-13-45", "2026-02-30", "2026-00-10", "today" } do
      refused("--since requires a day as 2026-11-28, got '" .. day, "journal", "--since", day)
    end
    refused("journal status takes no 'x'", "journal", "status", "x")
    refused("journal show takes no '2'", "journal", "show", "1", "2")
    refused("journal takes show, close, status or mend, got 'list'", "journal", "list", "x")
  end)
end)
