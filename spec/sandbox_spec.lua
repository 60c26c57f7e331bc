-- The sandbox itself: its life, its settings, its determinism. Other specs test its replies through
-- the client.
local helper = require "spec.helper"

local sandbox = require "toggl.sandbox"

local function raises(pattern, f, ...)
  local fine, message = pcall(f, ...)
  assert.is_false(fine)
  assert.matches(pattern, tostring(message))
end

describe("sandbox", function()
  it("listens on a socket of its own and takes it away again", function()
    local server = sandbox.start()
    local socket = server.socket
    assert.matches("/http$", socket)
    assert.equal("http://localhost/api/v9", server.url)
    assert.is_nil(server.port)
    assert.is_nil(io.open(socket)) -- a socket cannot be opened as a file
    assert.is_true(os.rename(socket, socket))
    server:stop()
    assert.is_nil((os.rename(socket, socket)))
  end)

  it("takes /tmp where TMPDIR cannot hold its socket, and names the two", function()
    for _, folder in ipairs { "/nonexistent", "/etc/passwd", "", "/proc" } do
      local out, err = helper.run(
        { TMPDIR = folder },
        helper.build .. "/togglsh",
        "--sandbox",
        "-e",
        "print(client:sandbox().socket)"
      )
      assert.matches("^/tmp/toggl%-sandbox%-%w+/http\n$", out, folder .. ": " .. err)
    end
  end)

  it("removes the folders of killed processes and no others", function()
    local home = helper.scratch()
    local e = helper.environment(home, { TMPDIR = home })
    local start = "$T --sandbox -e 'print(org); io.stdout:flush(); toggl.sleep(%d)'"
    -- Return commands that start a sandbox, kill it with ACTION, and rename its folder to NAME,
    -- with a time 2 minutes ago.
    local function made(name, action)
      return (
        "mkdir $TMPDIR/x; TMPDIR=$TMPDIR/x setsid "
        .. start:format(30)
        .. " >$HOME/log & until grep -q Acme $HOME/log; do sleep 0.05; done; P=$!; "
        .. action
        .. "; mv $TMPDIR/x/toggl* $TMPDIR/toggl-sandbox-%s; rm $HOME/log; rmdir $TMPDIR/x; "
        .. "touch -d '-2 minutes' $TMPDIR/toggl-sandbox-%s; "
      ):format(name, name)
    end
    local KILL = "kill -9 $P; wait $P 2>/dev/null"
    local out, err, status = helper.sh(
      e,
      made("killed", KILL)
        .. made("filled", KILL)
        .. "touch $TMPDIR/toggl-sandbox-filled/mine; touch -d '-2 minutes' $TMPDIR/toggl-sandbox-filled; "
        .. made("young", KILL)
        .. "touch $TMPDIR/toggl-sandbox-young; "
        .. made("open", KILL)
        .. "chmod 770 $TMPDIR/toggl-sandbox-open; "
        .. "mkdir -m 700 $TMPDIR/toggl-sandbox-empty; touch -d '-2 minutes' $TMPDIR/toggl-sandbox-empty; "
        .. "ln -s toggl-sandbox-young $TMPDIR/toggl-sandbox-link; "
        .. made("living", "LIVING=$P")
        .. start:format(0)
        .. "; ls $TMPDIR | grep toggl; ls $TMPDIR/toggl-sandbox-filled; kill -9 $LIVING"
    )
    assert.equal(0, status, err)
    assert.equal(
      "organization 4300000017 (Acme)\ntoggl-sandbox-filled\ntoggl-sandbox-link\n"
        .. "toggl-sandbox-living\ntoggl-sandbox-open\ntoggl-sandbox-young\nmine\n",
      out
    )
    helper.remove(home)
  end)

  it("takes a free port when asked for one", function()
    local first <close> = sandbox.start { port = 0 }
    local second <close> = sandbox.start { port = 0 }
    assert.matches("^http://127%.0%.0%.1:%d+/api/v9$", first.url)
    assert.is_nil(first.socket)
    assert.not_equal(first.url, second.url)
    raises("cannot listen", sandbox.start, { port = tonumber(first.url:match ":(%d+)/") })
  end)

  it("makes the same people from the same seed", function()
    local one <close> = sandbox.start { seed = 5 }
    local two <close> = sandbox.start { seed = 5 }
    local other <close> = sandbox.start { seed = 6 }
    local function keys(server)
      local client <close> = helper.client(server)
      local list = {}
      for i, user in ipairs(client:organization("Acme"):users()) do
        list[i] = user.id .. user.email
      end
      return table.concat(list, " ")
    end
    assert.equal(keys(one), keys(two))
    assert.not_equal(keys(one), keys(other))
    assert.not_equal(one:token(), one:token "ann@example.com")
    assert.equal(one.api_token, one:token(one.email))
  end)

  it("has other tokens and passwords at each start", function()
    local one <close> = sandbox.start()
    local two <close> = sandbox.start()
    assert.not_equal(one:token(), two:token())
    assert.not_equal(one:token "ann@example.com", two:token "ann@example.com")
  end)

  it(
    "answers its control addresses only under its own name, and to no page of another site",
    function()
      local server <close> = sandbox.start { port = 0 }
      local root = server.url:match "^http://[^/]+"
      local own = root:match "//(.*)"
      local function status(...)
        return (
          helper.run(
            nil,
            "curl",
            "-s",
            "-o",
            "/dev/null",
            "-w",
            "%{http_code}",
            "-u",
            server:token() .. ":api_token",
            root .. "/sandbox/requests",
            ...
          )
        )
      end
      assert.equal("200", status())
      assert.equal("200", status("-H", "Host: localhost:1234"))
      assert.equal("200", status("-H", "Origin: http://" .. own))
      for _, header in ipairs {
        "Host: evil.test",
        "Host: 127.0.0.1.evil.test",
        "Host: localhostile",
        "Host: localhost.",
        "Origin: http://evil.test",
        "Origin: null",
        "Origin: http://localhost.evil.test",
        "Origin: https://" .. own,
        "Origin: http://127.0.0.1:1",
      } do
        assert.equal("403", status("-H", header), header)
      end
    end
  )

  it("keeps its state in a file", function()
    local file = os.tmpname()
    os.remove(file)
    local first = sandbox.start { file = file, seed = 1 }
    local token = first:token()
    first:stop()
    local second <close> = sandbox.start { file = file, seed = 2 }
    assert.equal(token, second:token())
    os.remove(file)
  end)

  it("refuses what it does not understand", function()
    raises("people", sandbox.start, { people = 1.5 })
    raises("people", sandbox.start, { people = 0 })
    raises("port", sandbox.start, { port = 70000 })
    raises("file: a string expected", sandbox.start, { file = 7 })
    raises("no knob 'peple'", sandbox.start, { peple = 7 })
    raises("cannot set up the state", sandbox.start, { file = "/nonexistent/state" })
    local full = sandbox.start { record = "/dev/full" }
    local client = require("toggl").client { sandbox = full }
    assert.is_nil(full:problem())
    client:me()
    client:close()
    local why = "exchanges are missing in the recording: No space left on device"
    assert.equal(why, full:problem())
    assert.same({ nil, why }, { full:stop() })
    raises("cannot write the recording", sandbox.start, { record = "/nonexistent/record" })
    local server <close> = sandbox.start()
    raises("not free, starter", server.set, server, { plan = "gold" })
    raises("not a number", server.set, server, { latency = "soon" })
    raises("not a number", server.set, server, { latency = -1 })
    raises("no fault is called 'zap'", server.fault, server, "zap")
    raises("not N, N%+ or P%%", server.fault, server, "cut:0")
    raises("not N, N%+ or P%%", server.fault, server, "cut:101%")
    raises("no account", server.token, server, "gone@example.com")
    for _ = 1, 16 do
      server:fault "cut:9@/nowhere"
    end
    raises("no more than 16", server.fault, server, "cut")
    server:clear()
    server:fault "5xx:10%@/users"
  end)

  it("says what it is and never its token", function()
    local server = sandbox.start { port = 0 }
    assert.matches("toggl%.sandbox %(http", tostring(server))
    assert.is_nil(tostring(server):find(server:token(), 1, true))
    assert.equal("toggl.sandbox", getmetatable(server).__name)
    server:stop()
    server:stop()
    assert.equal("toggl.sandbox (stopped)", tostring(server))
    raises("has been stopped", server.requests, server)
    assert.is_nil(server.url)
  end)

  it("does not know what its guide lists", function()
    local server <close> = sandbox.start()
    local client <close> = helper.client(server)
    local section = helper.read("doc/sandbox.md"):match "## What it does not know\n(.-)\n## "
    local rows = 0
    for method, path in section:gmatch "\n| `(%u+) (/%S+)` |" do
      rows = rows + 1
      local body = method ~= "GET" and method ~= "DELETE" and {} or nil
      local reply, err = client:request(method, path, { body = body })
      assert.is_nil(reply, path)
      assert.is_true(err.status == 404 or err.status == 405, path .. ": " .. tostring(err))
    end
    assert.is_true(rows >= 12)
  end)

  it("closes a connection on which nothing comes, also in the middle of a request", function()
    local server <close> = sandbox.start { port = 0, idle = 1 }
    local port = server.url:match ":(%d+)/"
    for _, sent in ipairs {
      "",
      "GET /api/v9/status HT",
      "POST /api/v9/me HTTP/1.1\\r\\nContent-Length: 9\\r\\n\\r\\n{",
    } do
      local talk = ("exec 3<>/dev/tcp/127.0.0.1/%s; printf %q >&3; cat <&3 >/dev/null"):format(
        port,
        sent
      )
      local command = ("timeout 20 bash -c '%s'"):format(talk)
      local before = os.time()
      assert.is_true(os.execute(command)) -- cat ended since the server closed
      assert.is_true(os.time() - before < 15)
    end
  end)

  it("waits for as long as asked", function()
    local server <close> = sandbox.start()
    assert.is_true(server:wait(0.01))
    local count, last = server:requests()
    assert.equal(0, count)
    assert.same({}, last)
  end)
end)
