-- token_command: its output and its time are limited, and its children end with it.
local helper = require "spec.helper"
local seat = require "spec.terminal.seat"

local SHELL = helper.build .. "/togglsh"

describe("a token_command", function()
  local server, home, token

  setup(function()
    server = helper.sandbox { port = 0, people = 3, record = false }
    token = server:token()
  end)
  teardown(function() server:stop() end)
  before_each(function()
    home = helper.scratch()
    assert(os.execute("mkdir -p " .. home .. "/config/toggl"))
  end)
  after_each(function() helper.remove(home) end)

  local function set(command)
    local path = helper.write(
      home .. "/config/toggl/profiles",
      ("[default]\nbase_url = %s\ntoken_command = %s\n"):format(server.url, command)
    )
    assert(os.execute("chmod 600 " .. path))
  end

  local function run(...) return helper.run(helper.environment(home), SHELL, ...) end

  -- Return the error of a client with this command and how long it took. Check that nothing was
  -- sent.
  local function refused(command, options)
    set(command)
    local before, started = server:requests(), seat.now()
    local out, err, status = run(
      "-e",
      ("toggl.client{profile = 'default', on_error = 'raise', %s}:me()"):format(options or "")
    )
    assert.same({ "", 4, before }, { out, status, (server:requests()) }, err)
    assert.matches("^togglsh: profile default: its token_command ", err)
    assert.is_nil(err:find "traceback", err)
    return err, seat.now() - started
  end

  -- Return whether the process of NAME still runs, after up to a moment for its end.
  local function is_alive(name)
    local stat = "/proc/" .. helper.read(home .. "/" .. name):match "%d+" .. "/stat"
    for _ = 1, 40 do
      local text = helper.content(stat)
      if not text or text:match "%) (%a)" == "Z" then return false end
      require("toggl.core").sleep(0.05)
    end
    return true
  end

  local function wait_for(name)
    for _ = 1, 100 do
      if (helper.content(home .. "/" .. name) or "") ~= "" then return end
      require("toggl.core").sleep(0.05)
    end
  end

  it("gives the first line", function()
    for _, command in ipairs {
      "echo %s",
      "printf %s",
      "printf '%s\\r\\nuser: me\\n'",
      "echo ' %s '",
      "(sleep 20 & echo %s)",
    } do -- does not wait for a process that the command leaves behind
      set(command:format(token))
      local started = seat.now()
      local out, err = run("-e", "print(client:me().email)")
      assert.equal("olive@example.com\n", out, err)
      assert.is_true(seat.now() - started < 10)
    end
  end)

  it("that fails is no token, whatever it printed", function()
    assert.matches("ended with status 3", (refused("echo " .. token .. "; exit 3")))
    assert.matches("was killed by a signal", (refused("echo " .. token .. "; kill -9 $$")))
    assert.matches("ended with status 127", (refused("no-such-program-here 2>/dev/null")))
    assert.matches("printed no token", (refused("true")))
    assert.matches("printed no token", (refused("echo; echo " .. token)))
  end)

  it("that prints without an end is ended", function()
    for _, command in ipairs {
      "yes",
      "head -c 300000000 /dev/zero",
      "echo " .. token .. "; head -c 5000 /dev/zero",
    } do
      assert.matches("printed more than 4 KiB", (refused(command)))
    end
  end)

  it("that takes longer than the deadline is ended with its children", function()
    local pids = ("echo $! >%s/background; sh -c 'echo $$ >%s/child; sleep 30'"):format(home, home)
    for _, command in ipairs {
      "sleep 30 & " .. pids,
      "sleep 30 >/dev/null & " .. pids,
      "trap '' TERM; sleep 30 & " .. pids,
      "(trap '' TERM; sleep 30) & " .. pids,
    } do
      local err, seconds = refused(command, "deadline = 0.7")
      assert.matches("took longer than 0.7 s and was ended", err)
      assert.is_true(seconds < 4, command .. ": " .. seconds)
      assert.is_false(is_alive "background", command)
      assert.is_false(is_alive "child", command)
    end
  end)

  it("runs once in a process, also when it failed", function()
    set(("echo x >>%s/runs; echo %s"):format(home, token))
    local twice = "for i = 1, 2 do pcall(function() toggl.client{profile = 'default'}:me() end) end"
    run("-e", twice)
    assert.equal("x\n", helper.read(home .. "/runs"))
    set(("echo x >>%s/failed; exit 1"):format(home))
    run("-e", twice)
    assert.equal("x\n", helper.read(home .. "/failed"))
  end)

  it("gets no descriptor, and standard input only from a terminal", function()
    set(("ls /proc/self/fd >%s/open; cat >%s/input; echo %s"):format(home, home, token))
    local environment = helper.environment(home)
    environment.CODE = "client:me() io.open('/dev/null'):read()"
    local _, err, status =
      helper.sh(environment, 'exec 7</dev/null 9>/dev/null; echo words | $T -e "$CODE"')
    assert.equal(0, status, err)
    assert.equal("0\n1\n2\n3\n", helper.read(home .. "/open")) -- 3 is the folder that ls has opened
    assert.equal("", helper.read(home .. "/input"))
  end)

  it("works where SIGCHLD is ignored, and where standard descriptors are closed", function()
    set("echo " .. token)
    local environment = helper.environment(home)
    environment.CODE = "print(client:me().email)"
    for _, line in ipairs {
      'env --ignore-signal=CHLD $T -e "$CODE"',
      '$T -e "$CODE" <&-',
      '$T -e "$CODE" 2>&-',
    } do
      local out, err = helper.sh(environment, line)
      assert.equal("olive@example.com\n", out, line .. err)
    end
    set("echo " .. token .. "; exit 5")
    local _, err, status = helper.sh(environment, 'env --ignore-signal=CHLD $T -e "$CODE"')
    assert.equal(4, status)
    assert.matches("ended with status 5", err)
  end)

  it("is ended by Ctrl-C and by SIGTERM, with its children", function()
    set(("sleep 30 & echo $! >%s/child; wait"):format(home))
    for signal, want in pairs { INT = 130, TERM = 143 } do
      local started = seat.now()
      local _, err, status = helper.sh(
        helper.environment(home),
        (
          "rm -f %s/child; env --default-signal=INT $T -e 'client:me()' & p=$!; "
          .. "until [ -s %s/child ]; do sleep 0.05; done; kill -%s $p; wait $p"
        ):format(home, home, signal)
      )
      assert.equal(want, status, err)
      assert.is_true(seat.now() - started < 4)
      assert.is_false(is_alive "child")
    end
    os.remove(home .. "/child")
    local s <close> = seat.sit(home, { "-e", "client:me()" })
    wait_for "child"
    s:key "interrupt"
    assert.equal(130, s:leave())
    assert.matches("togglsh: interrupted", s:screen())
    assert.is_false(is_alive "child")
  end)

  it("may ask at the terminal, which is the program's again afterwards", function()
    set "stty -echo </dev/tty; printf 'Passphrase: ' >/dev/tty; read x </dev/tty; stty echo </dev/tty; echo $x"
    local s <close> = seat.sit(home, {})
    s:see "Passphrase: $"
    s:type(token .. "\r")
    s:see "> $"
    assert.matches("olive@example.com", s:run "client:me().email")
    s:key "finish"
    assert.equal(0, s:leave())
  end)
end)
