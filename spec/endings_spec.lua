-- Runs that end by a signal: the report of writes in flight, the exit status, and what is left
-- behind.
local helper = require "spec.helper"
local seat = require "spec.terminal.seat"

local SHELL = helper.build .. "/togglsh"
local home

setup(function()
  home = os.tmpname()
  os.remove(home)
  assert(os.execute("mkdir -p " .. helper.quote(home .. "/tmp")))
end)

teardown(function() os.execute("rm -rf " .. helper.quote(home)) end)

-- Run togglsh with the words and send it SIGNAL after SECONDS. Return standard output, standard
-- error, status.
local function ended(signal, seconds, ...)
  return helper.run(
    helper.environment(home, { TMPDIR = home .. "/tmp" }),
    "timeout",
    "--foreground",
    "--preserve-status",
    "-s",
    signal,
    "-k",
    tostring(8 * helper.pace),
    tostring(seconds * helper.pace),
    SHELL,
    ...
  )
end

local LONG = 9 * helper.pace -- seconds; all signals come earlier
local LATE = ("client:sandbox():set{latency = %d}; "):format(4000 * helper.pace)
local SLOW = "org:groups(); " .. LATE
local STATUS = { INT = 130, TERM = 143, HUP = 129 }

local CHANGES = {
  ["a call"] = "org:create_group{name = 'Lost'}",
  ["a call whose error is caught"] = "pcall(org.create_group, org, {name = 'Lost'}); pcall(org.groups, org)",
  ["a call of another client"] = [[local other = toggl.client{sandbox = client:sandbox(), on_error = 'return'}
    other.api.post_organization_group{organization_id = org.id, name = 'Lost'}]],
  ["a loop"] = "toggl.map({1, 2, 3}, function(i) org:create_group{name = 'Lost ' .. i} end)",
  ["a task that nothing waits for"] = "toggl.task(function() org:create_group{name = 'Lost'} end); toggl.sleep("
    .. LONG
    .. ")",
  ["a coroutine"] = "coroutine.wrap(function() org:create_group{name = 'Lost'} end)()",
}

-- Check that SIGNAL ends each of CODES with its status and one sentence.
local function ends(signal, codes)
  for _, code in ipairs(codes) do
    local _, err, got = ended(signal, 0.7, "--sandbox", "-e", code)
    assert.same({
      STATUS[signal],
      signal == "INT" and "togglsh: interrupted\n" or "togglsh: terminated\n",
    }, { got, err }, code)
  end
end

describe("a script that ends while its change is in flight", function()
  it("tells of it, with 8, whatever its own end is", function()
    local in_log = "local c = toggl.client{sandbox = client:sandbox(), "
      .. "log = function(e) if e.type == 'request' then error('mine', 0) end end}; "
    local call = "c.api.post_organization_group, {organization_id = org.id, name = 'Lost'})"
    for code, first in pairs {
      ["toggl.task(function() org:create_group{name = 'Lost'} end)"] = "",
      ["toggl.task(function() org:create_group{name = 'Lost'} end) error('mine', 0)"] = "mine",
      [in_log .. "pcall(" .. call] = "",
      [in_log .. "(function(f, ...) f(...) end)(" .. call] = "mine",
    } do
      local _, err, status =
        helper.run(helper.environment(home), SHELL, "--sandbox", "-e", SLOW .. code)
      assert.equal(8, status, code .. err)
      first = first ~= "" and ("togglsh: %s\n"):format(first) or first
      assert.matches(
        "^" .. first .. "togglsh: 1 change was sent and may have been made",
        err,
        nil,
        code
      )
    end
  end)
end)

describe("os.exit", function()
  it("tells of the change that is in flight, with 8, from whatever calls it", function()
    local start = SLOW .. "toggl.task(function() org:create_group{name = 'Lost'} end) "
    for _, code in ipairs {
      start .. "os.exit(0)",
      start .. "coroutine.wrap(function() os.exit(1) end)()",
      SLOW
        .. "toggl.map({'Lost', 'Other'}, function(name, i) "
        .. "if i == 2 then os.exit(1) end org:create_group{name = name} end)",
      SLOW .. [[local c = toggl.client{sandbox = client:sandbox(), log = function() os.exit() end}
        c.api.post_organization_group{organization_id = org.id, name = 'Lost'}]],
    } do
      local _, err, status = helper.run(
        helper.environment(home, { TMPDIR = home .. "/tmp" }),
        SHELL,
        "--sandbox",
        "-e",
        code
      )
      assert.equal(8, status, code .. err)
      assert.matches(
        "^togglsh: 1 change was sent and may have been made: post_organization_group",
        err
      )
    end
  end)

  it("keeps its status where no change is in flight", function()
    for _, code in ipairs {
      LATE .. "toggl.task(function() client:me() end) os.exit(5)",
      "pcall(org.create_group, org, {name = 'Made'}) os.exit(5)",
    } do
      local _, err, status = helper.run(helper.environment(home), SHELL, "--sandbox", "-e", code)
      assert.same({ 5, "" }, { status, err })
    end
  end)
end)

describe("a signal", function()
  it("ends a run that has ended itself, and whose finalizer does not end", function()
    local from = os.time()
    local code = [[keep = setmetatable({}, {__gc = function()
        local start = os.time() while os.time() - start < %d do end
      end}) os.exit(5)]]
    local _, _, status = ended("INT", 0.7, "-e", code:format(LONG))
    assert.equal(130, status)
    assert.is_true(os.time() - from < LONG - 2)
  end)

  for signal in pairs(STATUS) do
    it(signal .. " tells of the change that is in flight, with 8", function()
      for what, code in pairs(CHANGES) do
        local _, err, got = ended(signal, 1, "--sandbox", "-e", SLOW .. code)
        assert.equal(8, got, what .. ": " .. err)
        assert.matches(
          "^togglsh: %a+; %d changes? w%a+ sent and may have been made: post_organization_group: "
            .. "POST /organizations/%d+/groups",
          err,
          what
        )
      end
    end)

    it(
      signal .. " ends a run without changes by its number",
      function()
        ends(signal, {
          ("toggl.sleep(%d)"):format(LONG),
          LATE .. "client:me()",
          ("io.popen('sleep %d'):read 'a'"):format(2 * helper.pace),
        })
      end
    )

    it(signal .. " ends a loop that calls nothing by its number", function()
      local why = helper.tsan "a handler waits for the next call of libc, and these have none"
      if why then return pending(why) end
      ends(signal, {
        "while true do end",
        "coroutine.wrap(function() while true do pcall(error) end end)()",
      })
    end)
  end

  it("says how many changes were made before it, in a script", function()
    local path = helper.write(home .. "/some.lua", [[
      for i = 1, 3 do org:create_group{name = "G" .. i} end
      toggl.sleep(]] .. LONG .. ")")
    local _, err, status = ended("TERM", 1, "--sandbox", path)
    assert.same({ 143, "togglsh: terminated; 3 changes were made before it\n" }, { status, err })
  end)

  it("in a job reports its change", function()
    local server <close> = helper.sandbox { port = 0 }
    server:set { slow = 300 }
    server:fault "slow@/invitations"
    local e =
      helper.environment(home, { TOGGL_API_URL = server.url, TOGGL_API_TOKEN = server:token() })
    local _, err, status = helper.run(
      e,
      "timeout",
      "--foreground",
      "--preserve-status",
      "-s",
      "INT",
      "1.5",
      SHELL,
      "--yes",
      "--org",
      "Acme",
      "invite",
      "--workspace",
      "Main",
      "bo@example.com"
    )
    assert.equal(8, status, err)
    assert.matches(
      "interrupted; 1 change was sent and may have been made: post_organization_invitation",
      err
    )
  end)

  it("leaves no sandbox behind", function()
    for signal in pairs(STATUS) do
      ended(signal, 0.7, "--sandbox", "-e", "local _ = org.name; while true do os.time() end")
      local pipe <close> = io.popen("ls " .. helper.quote(home .. "/tmp"))
      assert.equal("", pipe:read "a", signal)
    end
  end)

  it("SIGQUIT ends at once, restores the terminal, and tells of the change in flight", function()
    local s <close> = seat.sit(home, {
      "-c",
      [[trap : QUIT; "$T" auth login; stty -a | tr ' ' '\n' | grep -x -e echo -e -echo]],
    }, { T = SHELL }, "/bin/bash")
    s:see "API token: $"
    s:type "\28"
    s:see "\necho\n"
    local e = helper.environment(home, { TMPDIR = home .. "/tmp" })
    e.CODE = SLOW .. "io.stderr:write 'ready\\n' org:create_group{name = 'Lost'}"
    local _, err, status = helper.sh(
      e,
      [[set -m; $T --sandbox -e "$CODE" 2>$HOME/said &
      for i in $(seq 200); do grep -q ready $HOME/said && break; sleep 0.05; done
      sleep 0.5; kill -QUIT $!; wait $!; status=$?; cat $HOME/said >&2; exit $status]]
    )
    assert.equal(8, status, err)
    assert.matches("ended while a change was in flight; whether it was made is not known", err)
    local pipe <close> = io.popen("ls " .. helper.quote(home .. "/tmp"))
    assert.equal("", pipe:read "a")
  end)

  it("that comes again while the run ends leaves no sandbox behind either", function()
    for first, second in pairs { INT = "INT", TERM = "TERM", HUP = "INT" } do
      local e = helper.environment(home, { TMPDIR = home .. "/tmp" })
      e.CODE = [[local _ = org.name
        local other = toggl.sandbox.start()
        keep = setmetatable({}, {__gc = function() os.execute "sleep 4" end})
        io.stderr:write "ready\n"
        while true do os.time() end]]
      local _, err = helper.sh(
        e,
        ([[set -m; $T --sandbox -e "$CODE" 2>$HOME/said & sleep 0.2
        for i in $(seq 100); do grep -q ready $HOME/said && break; sleep 0.05; done
        ls $TMPDIR | wc -l >$HOME/count
        kill -%s $!; sleep 2.3; kill -%s $!; wait $!]]):format(first, second)
      )
      assert.equal("2\n", helper.read(home .. "/count"), err)
      local pipe <close> = io.popen("ls " .. helper.quote(home .. "/tmp"))
      assert.equal("", pipe:read "a", first)
    end
  end)

  it("that the parent ignores stays ignored", function()
    local out, err = helper.sh(
      helper.environment(home),
      [[(trap '' INT HUP
      $T -e 'toggl.sleep(1.2) print "whole"' & sleep 0.6; kill -INT $!; kill -HUP $!; wait $!) ]]
    )
    assert.same({ "whole\n", "" }, { out, err })
  end)

  it("SIGCHLD that the parent ignores hides no child's end", function()
    local out = helper.sh(
      helper.environment(home),
      [[(trap '' CHLD
      $T -e 'local p = io.popen "exit 3"; print(p:close()); print(os.execute "exit 4")')]]
    )
    assert.equal("nil\texit\t3\nnil\texit\t4\n", out)
  end)

  it("ends a run that waits for a child, some seconds later", function()
    local why = helper.tsan "a handler waits for the next call of libc, and system() is inside one"
    if why then return pending(why) end
    local from = os.time()
    local _, _, status =
      ended("TERM", 0.5, "-e", ("os.execute 'sleep %d'"):format(20 * helper.pace))
    assert.equal(143, status)
    assert.is_true(os.time() - from < 9 * helper.pace)
  end)
end)
