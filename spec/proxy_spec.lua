-- Proxies: what leads to this machine never goes through one, and no message shows a password.
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
      assert.equal("olive@acme.test\n", out, err)
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
end)
