-- Proxies: requests to this machine never use one, and no message shows a password.
local helper = require "spec.helper"

local SHELL = helper.build .. "/togglsh"

describe("a proxy", function()
  local server, home

  setup(function()
    server, home = helper.sandbox { port = 0, people = 3, record = false }, helper.scratch()
  end)
  teardown(function()
    server:stop()
    helper.remove(home)
  end)

  local function ask(variables, url, more)
    variables.TOGGL_API_TOKEN, variables.TOGGL_API_URL = server:token(), url
    return helper.run(
      helper.environment(home, variables),
      SHELL,
      "-e",
      ("print(toggl.client{on_error = 'raise', cache = false, state = false, %s}:me().email)"):format(
        more or ""
      )
    )
  end

  it("is not asked for what leads to this machine", function()
    for _, name in ipairs { "http_proxy", "all_proxy", "ALL_PROXY" } do
      local out, err = ask({ [name] = "http://127.0.0.1:1" }, server.url)
      assert.equal("olive@example.com\n", out, err)
    end
  end)

  it("shows no password and is named, whatever is wrong with it", function()
    for _, address in ipairs {
      "ftp://me:sEcr3t@proxy.invalid",
      "http://me:sEcr3t@127.0.0.1:1",
      "http://me:sEcr3t@127.0.0.1:99999",
      "me:sEcr3t@127.0.0.1:1",
      "http://me:sEc'r3t@a b",
      "socks5://me:sEcr3t@127.0.0.1:1",
      "http://me:sE/cr3t@[::1",
    } do
      local out, err, status =
        ask({ https_proxy = address }, "https://toggl.invalid/api/v9", "retries = 0, timeout = 2")
      assert.equal("", out)
      assert.equal(1, status)
      assert.is_nil(err:find "cr3t", err)
      assert.truthy(err:lower():find "proxy", address .. ": " .. err)
    end
  end)

  -- Start a local server that answers each request with REPLY, and run a program with the variables
  -- of make(port). Return the program's standard error and the count of requests.
  local function against(reply, make, code)
    local port, count = home .. "/port", home .. "/count"
    os.remove(port)
    local pid = io.popen(
      ("python3 - %s %s %s <<'END' >/dev/null 2>&1 & echo $!"):format(
        helper.quote(port),
        helper.quote(count),
        helper.quote(reply)
      )
        .. [[

import os, socket, sys
s = socket.socket()
s.bind(("127.0.0.1", 0))
s.listen(16)
with open(sys.argv[1] + "~", "w") as f: f.write(str(s.getsockname()[1]))
open(sys.argv[2], "w").close()
os.rename(sys.argv[1] + "~", sys.argv[1])
while True:
    c = s.accept()[0]
    if c.recv(65536):
        with open(sys.argv[2], "a") as f: f.write("x")
    c.sendall(sys.argv[3].replace("|", "\r\n").encode())
    c.close()
END]]
    )
    local number = pid:read "l"
    pid:close()
    for _ = 1, 200 do
      if helper.content(port) then break end
      os.execute "sleep 0.05"
    end
    local e = make(helper.read(port))
    e.TOGGL_API_TOKEN = server:token()
    local _, err = helper.run(helper.environment(home, e), SHELL, "-e", code)
    os.execute("kill " .. number)
    return err, #helper.read(count)
  end

  local ASKS =
    "toggl.client{on_error = 'raise', cache = false, state = false, cleartext = true}:me()"

  it("that requires a password is named and asked once, also over plain HTTP", function()
    for _, url in ipairs { "http://toggl.invalid/api/v9", "https://toggl.invalid/api/v9" } do
      for _, name in ipairs { "%s_proxy", "all_proxy" } do
        name = name:format(url:match "^%a+")
        local err, requests = against(
          "HTTP/1.1 407 No|Content-Length: 0||",
          function(port) return { [name] = "http://127.0.0.1:" .. port, TOGGL_API_URL = url } end,
          ASKS
        )
        assert.equal(1, requests, err)
        assert.matches("the proxy of the variable " .. name .. " requires a user name", err)
        assert.matches("check the proxy", err)
      end
    end
  end)

  it("before a server that has none of the variables is named as what it is", function()
    local err, requests = against(
      "HTTP/1.1 407 No|Content-Length: 0||",
      function(port) return { TOGGL_API_URL = ("http://127.0.0.1:%s/api/v9"):format(port) } end,
      ASKS
    )
    assert.equal(1, requests)
    assert.matches("a proxy before the server requires a user name", err)
  end)

  it("on the host of the server itself is named as the proxy", function()
    local pipe <close> = io.popen "hostname -I"
    local host = pipe:read "a":match "^[%d.]+"
    if not host then return pending "this machine has no address but the loopback's" end
    for _, scheme in ipairs { "http", "socks5" } do
      local url, variables = ("https://%s:4443/api/v9"):format(host), {}
      variables.https_proxy = ("%s://me:sEcr3t@%s:1"):format(scheme, host)
      local _, err = ask(variables, url, "retries = 0, timeout = 2")
      assert.matches("the proxy of the variable https_proxy", err)
      assert.is_nil(err:find "cr3t", err)
    end
    local _, err = ask(
      { https_proxy = ("http://%s:1"):format(host), no_proxy = "*" },
      ("https://%s:1/api/v9"):format(host),
      "retries = 0"
    )
    assert.is_nil(err:find "proxy", err)
  end)

  it("that sends CONNECT elsewhere, or answers without end, is asked once and named", function()
    for what, reply in pairs {
      ["a redirect"] = "HTTP/1.1 302 Found|Location: http://login.invalid/|Content-Length: 0||",
      ["a refusal"] = "HTTP/1.1 403 No|Content-Length: 0||",
      ["a long header"] = "HTTP/1.1 200 OK|X-Long: " .. ("x"):rep(120000) .. "||",
    } do
      local err, requests = against(reply, function(port)
        local variables = { TOGGL_API_URL = "https://toggl.invalid/api/v9" }
        variables.https_proxy = "http://me:sEcr3t@127.0.0.1:" .. port
        return variables
      end, ASKS)
      assert.equal(1, requests, what .. ": " .. err)
      assert.matches("the proxy of the variable https_proxy: .*check the proxy", err, what)
      assert.is_nil(err:find "cr3t", err)
    end
  end)

  it("that closes the connection before it answers is named, with its variable", function()
    local err = against(
      "",
      function(port)
        return {
          https_proxy = "http://127.0.0.1:" .. port,
          TOGGL_API_URL = "https://toggl.invalid/api/v9",
        }
      end,
      (ASKS:gsub("{", "{retries = 0, "))
    )
    assert.matches("the proxy of the variable https_proxy: .*check the proxy", err)
  end)

  it("that turns a request away is asked once, and named", function()
    local started = os.time()
    local _, err =
      ask({ https_proxy = server.url:match "^http://[^/]*" }, "https://toggl.invalid/api/v9")
    assert.truthy(err:lower():find "proxy", err)
    assert.is_true(os.time() - started < 3, err)
  end)
end)

describe("a certificate authority", function()
  it("that cannot be read is an error that names the variable", function()
    for _, name in ipairs { "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR" } do
      local variables = {
        TOGGL_API_TOKEN = ("a"):rep(32),
        CURL_CA_BUNDLE = "",
        SSL_CERT_FILE = "",
        SSL_CERT_DIR = "",
      }
      variables[name] = "/nowhere/ca.pem"
      local _, err, status = helper.run(variables, SHELL, "-e", "client:me()")
      assert.equal(2, status)
      assert.matches("^togglsh: " .. name .. ": /nowhere/ca.pem: No such file", err)
    end
  end)

  it("in any folder of SSL_CERT_DIR will do", function()
    local variables = { TOGGL_API_TOKEN = ("a"):rep(32), CURL_CA_BUNDLE = "", SSL_CERT_FILE = "" }
    for _, case in ipairs {
      { "/nowhere/a:/tmp", true },
      { "/nowhere/a:/nowhere/b", false },
      { ":", false },
    } do
      variables.SSL_CERT_DIR = case[1]
      local out, err, status = helper.run(variables, SHELL, "-e", "toggl.client{} print 'made'")
      assert.equal(case[2] and 0 or 2, status, err)
      if not case[2] then
        assert.matches("^togglsh: SSL_CERT_DIR: ", err)
      else
        assert.equal("made\n", out)
      end
    end
  end)

  it(
    "or any other file of an option that is not there is refused when the client is made",
    function()
      local toggl = require "toggl"
      local made = { token = ("a"):rep(32), cache = false, state = false }
      for option, cases in pairs {
        ca_file = { { "/nowhere/a", "No such file" }, { "/tmp", "Is a directory" } },
        ca_path = {
          { "/nowhere/a", "No such file" },
          { "/etc/passwd", "Not a directory" },
          { "/nowhere/a:/nowhere/b", "No such file" },
        },
        http = { { "/nowhere/http.so", "No such file" } },
        unix_socket = {
          { "/nowhere/socket", "No such file" },
          { "/etc/passwd", "not a socket; start the server that listens there first" },
          { "/tmp", "not a socket" },
          { "/tmp/" .. ("long"):rep(30), "longer than" },
          { "", "No such file" },
        },
      } do
        for _, case in ipairs(cases) do
          local o = setmetatable({ [option] = case[1] }, { __index = made })
          for name, value in pairs(made) do
            o[name] = value
          end
          local ok, why = pcall(toggl.client, o)
          assert.is_false(ok)
          assert.truthy(
            why:find(("option '%s' is %s: %s"):format(option, case[1], case[2]), 1, true),
            why
          )
        end
      end
      for _, o in ipairs { { ca_path = "/nowhere/a:/tmp" }, { ca_file = "/etc/passwd" } } do
        for name, value in pairs(made) do
          o[name] = value
        end
        toggl.client(o):close()
      end
    end
  )

  it("of a profile that is not there names the profile", function()
    local home = helper.scratch()
    assert(os.execute("mkdir -p " .. home .. "/config/toggl"))
    local path = helper.write(
      home .. "/config/toggl/profiles",
      "[default]\ntoken = " .. ("a"):rep(32) .. "\nca_file = /nowhere/ca.pem\n"
    )
    os.execute("chmod 600 " .. path)
    local _, err, status = helper.run(helper.environment(home), SHELL, "-e", "client:me()")
    helper.remove(home)
    assert.equal(2, status)
    assert.matches("^togglsh: profile default: its ca_file: /nowhere/ca.pem: No such file", err)
  end)
end)
