-- togglsh auth: where a login stores the secret, what status shows, what logout leaves.

local helper = require "spec.helper"
local seat = require "spec.terminal.seat"
local searched = require "spec.terminal.searched"

local CANARY, leaks, profile = searched.CANARY, searched.leaks, searched.profile
local environment, togglsh, sh = searched.environment, searched.togglsh, searched.sh
local read, write, mode = helper.content, helper.private, helper.mode

local home, server

setup(function() server = searched.serve() end)
teardown(function() server:stop() end)
before_each(function() home = searched.new_home() end)
after_each(searched.remove_home)

describe("togglsh auth", function()
  local profiles

  before_each(function() profiles = home .. "/config/toggl/profiles" end)

  it("login asks without echo, checks, and names the place and its mode", function()
    local s <close> = seat.sit(home, { "auth", "login" }, environment())
    s:see "API token: $"
    s:type(server:token() .. "\r")
    s:see "signed in as Olive Hart <olive@example.com>\nthe token is in profile default in .*/profiles %(mode 0600%)\n"
    assert.equal(0, s:leave())
    assert.is_nil(s.all:find(server:token(), 1, true))
    assert.same(
      { ("[default]\ntoken = %s\nbase_url = %s\n"):format(server:token(), server.url), "600" },
      { read(profiles), mode(profiles) }
    )
    assert.equal("olive@example.com\n", (togglsh(nil, "-e", "print(client:me().email)")))
  end)

  it("login asks again without echo after Ctrl-Z, and refuses what a terminal cuts", function()
    local s <close> = seat.sit(home, { "auth", "login", "--no-check" }, environment())
    s:see "API token: $"
    s:type "half"
    s:key "suspend"
    s:see "API token: $"
    s:type(CANARY .. "\r")
    s:see "the token is in profile default"
    assert.equal(0, s:leave())
    assert.is_nil(s.all:find(CANARY, 1, true))
    assert.matches("\ntoken = " .. CANARY .. "\n", read(profiles), 1, true)
    local long <close> = seat.sit(home, { "auth", "login", "--no-check" }, environment())
    long:see "API token: $"
    long:type(("a"):rep(4001) .. "\r")
    long:see "what was typed has more than 4000 bytes; nothing was stored"
    assert.equal(4, long:leave())
  end)

  it("login takes the first line of standard input without a terminal", function()
    local out, err, status = sh("echo " .. CANARY .. " | $T auth login --no-check --profile work")
    assert.same({ "", 0 }, { err, status })
    assert.matches("^the token is in profile work in .* %(mode 0600%)\n$", out)
    assert.equal(("[work]\ntoken = %s\nbase_url = %s\n"):format(CANARY, server.url), read(profiles))
  end)

  it("login stores nothing that Toggl does not know", function()
    local out, err, status = sh("echo " .. CANARY .. " | $T auth login")
    assert.same({ "", 4 }, { out, status })
    assert.is_nil(err:find(CANARY, 1, true))
    assert.is_nil(read(profiles))
  end)

  it("login --keyring puts the secret into the kernel's keyring, and only there", function()
    local name = home:match "[^/]+$" -- the keyring is the user's own: a name unique to this run
    local out = sh(("echo %s | $T auth login --keyring --profile %s"):format(server:token(), name))
    assert.matches(
      (
        "the token is in the kernel keyring of your user as toggl:%s until the machine restarts; "
        .. "profile %s in .*/profiles %%(mode 0600%%) names it\n"
      ):format(name, name),
      out
    )
    assert.equal(
      ("[%s]\ntoken_keyring = toggl:%s\nbase_url = %s\n"):format(name, name, server.url),
      read(profiles)
    )
    assert.equal(
      "olive@example.com\n",
      (togglsh(nil, "--profile", name, "-e", "print(client:me().email)"))
    )
    assert.matches(
      ("profile %s in .*: the token is in the kernel keyring as toggl:%s\n"):format(name, name),
      (togglsh(nil, "auth", "status", "--profile", name))
    )
    assert.matches(
      ("toggl:%s was taken out of the kernel keyring\n"):format(name),
      (togglsh(nil, "auth", "logout", "--profile", name))
    )
    assert.is_nil(require("toggl.core").keyring_get("toggl:" .. name))
  end)

  it("login --keyring says so where the old key cannot be put back", function()
    local core, all = require "toggl.core", require "toggl.config.profiles"
    local get, set, change = core.keyring_get, core.keyring_set, all.change
    local sets = 0
    core.keyring_get = function() return "the old one" end
    core.keyring_set = function()
      sets = sets + 1
      return sets == 1 or nil, "the keyring is full"
    end
    all.change = function() core.fail(true, { kind = "auth", message = "nothing was changed" }) end
    local store = require("toggl.config.secrets").store
    local ok, err = pcall(store, "work", { token = CANARY }, "keyring")
    core.keyring_get, core.keyring_set, all.change = get, set, change
    assert.is_false(ok)
    assert.equal(
      "nothing was changed; the keyring has the new secret as toggl:work all the same: "
        .. "the keyring is full",
      err.message
    )
  end)

  it("login --keyring that cannot name the key in the file leaves the key as it was", function()
    local name = home:match "[^/]+$"
    local key, core = "toggl:" .. name, require "toggl.core"
    local function login(token)
      local line = "echo %s | $T auth login --keyring --no-check --profile %s"
      return select(3, sh(line:format(token, name)))
    end
    local first, second = CANARY, CANARY:reverse()
    profile "token = x"
    os.execute("chmod 644 " .. helper.quote(profiles))
    assert.equal(4, login(first))
    assert.is_nil(core.keyring_get(key))
    os.remove(profiles)
    assert.equal(0, login(first))
    os.execute("chmod 644 " .. helper.quote(profiles))
    assert.equal(4, login(second))
    assert.equal(first, core.keyring_get(key))
    core.keyring_drop(key)
  end)

  it("login takes an address and a password too, and the new one replaces the old", function()
    profile("token = " .. CANARY .. "\norganization = Acme")
    sh(("echo %s | $T auth login --email olive@example.com"):format(helper.quote(server.password)))
    local text = read(profiles)
    assert.is_nil(text:find(CANARY, 1, true))
    assert.matches("^%[default%]\n.*email = olive@example.com\n.*organization = Acme\n", text)
    assert.equal("Acme\n", (togglsh(nil, "-e", "print(org.name)")))
  end)

  it("status names the place without a request, and asks with --check", function()
    local before = server:requests()
    assert.matches(
      "credentials come from TOGGL_API_TOKEN\n",
      (togglsh({ TOGGL_API_TOKEN = "x" }, "auth", "status"))
    )
    profile "token_command = cat /nowhere"
    assert.matches(
      "profile default in .*: its command gives the token\n",
      (togglsh(nil, "auth", "status"))
    )
    assert.equal(before, server:requests())
    profile("token = " .. server:token())
    assert.matches(
      "they are of Olive Hart <olive@example.com>\n",
      (togglsh(nil, "auth", "status", "--check"))
    )
  end)

  it("status shows the server, the source that won, and what it hides", function()
    local function status(more, ...)
      local e = { TOGGL_API_URL = "" }
      for key, value in pairs(more or {}) do
        e[key] = value
      end
      local out, err = togglsh(e, "auth", "status", ...)
      return out:gsub(home:gsub("%p", "%%%0"), "~") .. err
    end
    local toggl = "server: https://api.track.toggl.com/api/v9 (the default)\n"
    write(profiles, "[default]\ntoken = x\n[work]\ntoken = y\nbase_url = https://work.test/api\n")
    write(home .. "/.togglrc", "[auth]\napi_token = z\n")
    local default = "profile default in ~/config/toggl/profiles"
    local work = "profile work in ~/config/toggl/profiles: it holds the token, mode 0600\n"
      .. "server: https://work.test/api (base_url of profile work)\n"
    assert.equal(
      default
        .. ": it holds the token, mode 0600\n"
        .. toggl
        .. "profile default hides ~/.togglrc\n",
      status()
    )
    assert.equal(
      "credentials come from TOGGL_API_TOKEN\n"
        .. toggl
        .. "TOGGL_API_TOKEN hides "
        .. default
        .. "\nTOGGL_API_TOKEN hides ~/.togglrc\n",
      status { TOGGL_API_TOKEN = "t" }
    )
    assert.equal(
      work
        .. "profile work (TOGGL_PROFILE) hides TOGGL_API_TOKEN\nprofile work (TOGGL_PROFILE) hides "
        .. "~/.togglrc\n",
      status { TOGGL_API_TOKEN = "t", TOGGL_PROFILE = "work\r" }
    )
    assert.equal(
      work
        .. "profile work (--profile) hides TOGGL_PROFILE, which names default\n"
        .. "profile work (--profile) hides ~/.togglrc\n",
      status({ TOGGL_PROFILE = "default" }, "--profile", "work")
    )
    local elsewhere = { TOGGL_API_URL = "https://other.test/api" }
    assert.matches(
      "\nTOGGL_API_URL is https://other.test/api, where the token of profile default is not sent",
      status(elsewhere)
    )
    assert.matches(
      "\nserver: https://other.test/api %(TOGGL_API_URL%)\n",
      status(elsewhere, "--profile", "default")
    )
    assert.matches(
      "\nTOGGL_API_URL is not used: https://other.test/api\n",
      status(elsewhere, "--profile", "work")
    )
    assert.matches("^togglsh: TOGGL_API_TOKEN holds a blank", status { TOGGL_API_TOKEN = "a b" })
    os.remove(profiles)
    assert.equal("credentials come from ~/.togglrc\n" .. toggl, status())
  end)

  it(
    "login that cannot check the token says so in seconds, and stores it only when told to",
    function()
      local started = seat.now()
      for _, url in ipairs { "http://127.0.0.1:1/api/v9", "https://toggl.invalid/api/v9" } do
        local out, err, status =
          sh("echo " .. CANARY .. " | $T auth login", { TOGGL_API_URL = url })
        assert.same({ "", 1 }, { out, status })
        assert.matches(
          "^togglsh: the token cannot be checked: .*; nothing was stored; %-%-no%-check stores it "
            .. "unchecked\n$",
          err
        )
        assert.is_nil(read(profiles))
      end
      for answer, stored in pairs { ["n\r"] = false, ["\r"] = false, ["y\r"] = true } do
        local s <close> = seat.sit(
          home,
          { "auth", "login" },
          environment { TOGGL_API_URL = "http://127.0.0.1:1/api/v9" }
        )
        s:see "API token: $"
        s:type(CANARY .. "\r")
        s:see "the token cannot be checked: .*Store the token unchecked%? %[y/N%] $"
        s:type(answer)
        assert.equal(stored and 0 or 7, s:leave())
        assert.equal(stored, read(profiles) ~= nil)
        assert.is_nil(s.all:find(CANARY, 1, true))
        os.remove(profiles)
      end
      assert.is_true(seat.now() - started < 20)
    end
  )

  it("login ends in seconds where a server accepts and does not answer", function()
    local listener = helper.sh(
      environment(),
      [[
      python3 -c 'import socket, subprocess, sys, time
s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen(5)
t = time.time()
p = subprocess.run([sys.argv[1], "auth", "login"], input=b"0123456789abcdef0123456789abcdef\n", stderr=-1,
    env=dict(__import__("os").environ, TOGGL_API_URL="http://127.0.0.1:%d/api" % s.getsockname()[1]), timeout=40)
print(p.returncode, time.time() - t < 20, b"cannot be checked" in p.stderr)' $T]]
    )
    assert.equal("1 True True\n", listener)
  end)

  it("logout takes the secret away and leaves the rest", function()
    write(
      profiles,
      ("# mine\n[default]\ntoken = %s\norganization = Acme\n\n[other]\ntoken = x\n"):format(CANARY)
    )
    assert.matches("the token was taken out of profile default", (togglsh(nil, "auth", "logout")))
    assert.equal("# mine\n[default]\norganization = Acme\n\n[other]\ntoken = x\n", read(profiles))
    local _, err, status = togglsh(nil, "auth", "status")
    assert.equal(4, status)
    assert.matches("togglsh auth login", err)
  end)

  it("login writes nothing that would be read as something else", function()
    profile("token = " .. CANARY)
    local before = read(profiles)
    for _, words in ipairs {
      "--email $'a@b.test\\ntoken_command = touch /tmp/x'",
      "--email $'a\\r@b.test'",
      "--email $'a\\x1b@b.test'",
      "--email ' '",
      "--profile $'a\\n[default]'",
      "--profile 'a]'",
      "--profile '[a'",
    } do
      local out, err, status = sh("echo secret-password | $T auth login --no-check " .. words)
      assert.equal("", out, words)
      assert.is_true(status == 2 or status == 4, words .. err)
      assert.is_nil(err:find "traceback", err)
      assert.equal(before, read(profiles), words)
    end
  end)

  it("logins at once are all stored, and a logout beside them brings nothing back", function()
    profile("token = " .. CANARY)
    local _, err = sh(
      "$T auth logout & for i in 1 2 3 4 5 6; do (echo 0123456789abcdef0123456789abcde$i | "
        .. "$T auth login --no-check --profile p$i) & done; wait"
    )
    assert.equal("", err)
    local text = read(profiles)
    for i = 1, 6 do
      assert.truthy(
        text:find("[p" .. i .. "]\ntoken = 0123456789abcdef0123456789abcde" .. i, 1, true)
      )
    end
    assert.same({}, leaks())
  end)

  it("login leaves no copy of the token beside the file", function()
    sh(
      "for i in 1 2 3 4 5 6 7 8; do (echo "
        .. CANARY
        .. " | timeout -s KILL 0.0$i $T auth login --no-check) & done; "
        .. "wait; echo 0123456789abcdef0123456789abcdef | $T auth login --no-check"
    )
    assert.same({}, leaks())
  end)

  it("login refuses a file that is too large, and does not cut it", function()
    profile("token = x\n" .. ("# a comment\n"):rep(100000))
    local before = read(profiles)
    local _, err, status = sh("echo " .. CANARY .. " | $T auth login --no-check")
    assert.same({ 4, before }, { status, read(profiles) })
    assert.matches("is larger than 1 MiB", err)
  end)

  it("refuses words that it does not know, and a token as one", function()
    for _, words in ipairs { { "auth" }, { "auth", "logn" }, { "auth", "login", CANARY } } do
      local _, err, status = togglsh(nil, table.unpack(words))
      assert.equal(2, status)
      assert.is_nil(err:find(CANARY, 1, true))
    end
  end)
end)
