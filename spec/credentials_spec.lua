-- Sources of credentials, in separate programs: options, environment, files in the home folder.
-- Requiring the module reads none of them.
local helper = require "spec.helper"

local EMAIL = "olive@example.com"

describe("credentials", function()
  local server, home, token, password

  setup(function()
    server = helper.sandbox()
    token, password = server:token(), server:password_of(EMAIL)
    home = os.tmpname()
    os.remove(home)
    assert(os.execute("mkdir -m 700 -p " .. home .. "/.config/toggl"))
  end)

  teardown(function()
    server:stop()
    os.execute("rm -rf " .. home)
  end)

  after_each(function()
    os.remove(home .. "/.togglrc")
    os.remove(home .. "/.config/toggl/profiles")
  end)

  local function write(name, text, mode) helper.private(home .. "/" .. name, text, mode) end

  -- Return the account of the client that a program creates with these options and variables, or
  -- the kind of error; and the messages.
  local function who(environment, options)
    local code = ([[
      local toggl = require "toggl"
      local ok, client = pcall(toggl.client, {base_url = %q, unix_socket = %q, cache = false, state = false, %s})
      if not ok then
        io.stderr:write(tostring(client))
        return print(type(client) == "table" and client.kind or "raised")
      end
      local me, err = client:me()
      print(me and me.email or err.kind)
      io.stderr:write(tostring(err or ""))
      client:close()
    ]]):format(server.url, server.socket, options or "")
    local all = {
      HOME = home,
      LUA_PATH = "lua/?.lua;lua/?/init.lua;;",
      LUA_CPATH = helper.build .. "/?.so;;",
      TOGGL_API_TOKEN = "",
      TOGGL_PASSWORD = "",
      XDG_CONFIG_HOME = "",
      CREDENTIALS_DIRECTORY = "",
      CURL_CA_BUNDLE = "",
      SSL_CERT_FILE = "",
      SSL_CERT_DIR = "",
    }
    for name, value in pairs(environment or {}) do
      all[name] = value
    end
    local out, err = helper.run(all, "lua5.4", "-e", code)
    return out:gsub("\n$", ""), err
  end

  it("are missing: nothing is sent", function()
    local before = server:requests()
    local kind, message = who()
    assert.equal("auth", kind)
    assert.is_truthy(message:find("TOGGL_API_TOKEN", 1, true), message)
    assert.equal(before, (server:requests()))
  end)

  it("come from the options", function()
    assert.equal(EMAIL, (who(nil, ("token = %q"):format(token))))
    assert.equal(EMAIL, (who(nil, ("email = %q, password = %q"):format(EMAIL, password))))
    assert.equal("forbidden", (who(nil, "token = '0123456789'")))
  end)

  it("come from the environment: a token, or an address with a password", function()
    assert.equal(EMAIL, (who { TOGGL_API_TOKEN = token }))
    assert.equal(EMAIL, (who { TOGGL_API_TOKEN = token, TOGGL_PASSWORD = "api_token" }))
    assert.equal(EMAIL, (who { TOGGL_API_TOKEN = EMAIL, TOGGL_PASSWORD = password }))
    assert.equal("forbidden", (who { TOGGL_API_TOKEN = EMAIL, TOGGL_PASSWORD = "wrong" }))
    assert.equal("auth", (who { TOGGL_PASSWORD = password }))
  end)

  it("come from ~/.togglrc: a token, or an address and a password; the token wins", function()
    write(
      ".togglrc",
      ("# mine\r\n[auth]\r\napi_token = %s\r\n[options]\r\ndefault_wid = 5\r\n"):format(token)
    )
    assert.equal(EMAIL, (who()))
    write(".togglrc", ("[auth]\nemail=%s\npassword = %s\n"):format(EMAIL, password))
    assert.equal(EMAIL, (who()))
    write(".togglrc", ("[auth]\napi_token = %s\nemail = x@y.z\npassword = wrong\n"):format(token))
    assert.equal(EMAIL, (who()))
    write(".togglrc", "[options]\ndefault_wid = 5\n")
    assert.equal("auth", (who()))
  end)

  it("come from the first source that has some", function()
    write(".togglrc", "[auth]\napi_token = 0123456789\n")
    assert.equal("forbidden", (who()))
    assert.equal(EMAIL, (who { TOGGL_API_TOKEN = token }))
    assert.equal(EMAIL, (who({ TOGGL_API_TOKEN = "0123456789" }, ("token = %q"):format(token))))
    assert.equal("auth", (who({ TOGGL_API_TOKEN = token }, "auth = false")))
  end)

  it("come from a profile", function()
    write(
      ".config/toggl/profiles",
      ("[work]\ntoken = %s\n[slow]\ntoken_command = echo %s\n"):format(token, token)
    )
    assert.equal(EMAIL, (who(nil, "profile = 'work'")))
    assert.equal(EMAIL, (who(nil, "profile = 'slow'")))
    local kind, message = who(nil, "profile = 'wrok'")
    assert.equal("auth", kind)
    assert.is_truthy(message:find("did you mean 'work'", 1, true), message)
  end)

  it("are not read from files that others can read, and the message says what to type", function()
    write(".config/toggl/profiles", ("[work]\ntoken = %s\n"):format(token), "644")
    local kind, message = who(nil, "profile = 'work'")
    assert.equal("auth", kind)
    assert.is_truthy(message:find("chmod 600", 1, true), message)
    assert.is_nil(message:find(token, 1, true))
  end)

  it("are in a file with a line that is none: the line is named", function()
    write(".togglrc", "[auth]\napi_token\n")
    local kind, message = who()
    assert.equal("setting", kind)
    assert.is_truthy(message:find("line 2", 1, true), message)
  end)

  it("are read from a profile with a byte order mark and CRLF", function()
    write(".config/toggl/profiles", ("\xEF\xBB\xBF[work]\r\ntoken = %s\r\n"):format(token))
    assert.equal(EMAIL, (who(nil, "profile = 'work'")))
  end)

  -- {text of the file, line of the fault, part of the message}
  for what, case in pairs {
    ["a stray line"] = { "[work]\ntoken = x\nmy account\n", 3, "neither" },
    ["no closing bracket"] = { "[work\ntoken = x\n", 1, "neither" },
    ["no section"] = { "token = x\n[work]\n", 1, "before the first" },
    ["a section without a name"] = { "[work]\ntoken = x\n[ ]\n", 3, "no name" },
    ["a section twice"] = { "[work]\ntoken = x\n[work]\n", 3, "line 1 already" },
    ["a name twice"] = { "[work]\ntoken = x\ntoken = y\n", 3, "line 2 already" },
    ["an unknown name"] = { "[work]\ntokn = x\n", 2, "did you mean 'token'" },
    ["an unknown name in another section"] = {
      "[work]\ntoken = x\n[other]\nfoo = 1\n",
      4,
      "profile other",
    },
    ["an empty value"] = { "[work]\ntoken =\n", 2, "is empty" },
    ["a token from two places"] = { "[work]\ntoken = x\ntoken_command = echo y\n", 3, "already" },
    ["a token and an email"] = { "[work]\ntoken = x\nemail = a@b.test\n", 3, "keep one" },
    ["a password without an email"] = { "[work]\npassword = x\n", 2, "no email" },
    ["an email without a password"] = { "[work]\nemail = a@b.test\n", 2, "no password" },
    ["a flag that is none"] = { "[work]\ntoken = x\ncleartext = yes\n", 3, "true or false" },
    ["a number that is none"] = {
      "[work]\ntoken = x\nsettle = soon\n",
      3,
      'its settle is "soon"; it must be true, false, or a number',
    },
    ["a number below 0"] = {
      "[work]\ntoken = x\nsettle = -1\n",
      3,
      "or a number of seconds",
    },
    ["a control character"] = { "[work]\ntoken = x\0y\n", 2, "control character" },
    ["UTF-16"] = { "\xFF\xFE[\0w\0", 1, "UTF-16" },
  } do
    it("are not taken from elsewhere when profiles has " .. what, function()
      write(".togglrc", ("[auth]\napi_token = %s\n"):format(token))
      write(".config/toggl/profiles", case[1])
      local kind, message = who(nil, "profile = 'work'")
      assert.equal("setting", kind)
      assert.is_truthy(message:find(("/profiles, line %d: "):format(case[2]), 1, true), message)
      assert.is_truthy(message:find(case[3], 1, true), message)
      local _, err, status = helper.run(
        helper.environment(home, { XDG_CONFIG_HOME = "", TOGGL_API_URL = server.url }),
        helper.build .. "/togglsh",
        "-e",
        "print(client:me().email)"
      )
      assert.equal(2, status, err)
      assert.is_truthy(err:find(("/profiles, line %d: "):format(case[2]), 1, true), err)
      assert.is_nil(err:find "traceback")
    end)
  end

  it("need no home folder when they are given", function()
    local code = (
      "local c = require('toggl').client{base_url = %q, unix_socket = %q, cache = false, state = false} "
      .. "print(c:me().email)"
    ):format(server.url, server.socket)
    local out, err = helper.run({
      TOGGL_API_TOKEN = token,
      LUA_PATH = "lua/?.lua;lua/?/init.lua;;",
      LUA_CPATH = helper.build .. "/?.so;;",
    }, "env", "-u", "HOME", "lua5.4", "-e", code)
    assert.equal(EMAIL .. "\n", out, err)
  end)

  it("go to the address that TOGGL_API_URL names", function()
    local code = (
      "local c = require('toggl').client{unix_socket = %q, cache = false, state = false} "
      .. "print(c, c:me().email)"
    ):format(server.socket)
    local out, err = helper.run({
      TOGGL_API_TOKEN = token,
      TOGGL_API_URL = server.url,
      LUA_PATH = "lua/?.lua;lua/?/init.lua;;",
      LUA_CPATH = helper.build .. "/?.so;;",
    }, "lua5.4", "-e", code)
    assert.equal(("toggl.client (%s)\t%s\n"):format(server.url, EMAIL), out, err)
  end)
end)

describe("require", function()
  it("opens nothing, starts nothing and leaves no global behind", function()
    local out, err = helper.run(
      { LUA_PATH = "lua/?.lua;lua/?/init.lua;;", LUA_CPATH = helper.build .. "/?.so;;" },
      "lua5.4",
      "-e",
      [[
        local function held()
          local fds, threads = 0, nil
          for fd = 0, 63 do
            local f = io.open("/proc/self/fdinfo/" .. fd)
            if f then fds = fds + 1 f:close() end
          end
          for line in io.lines "/proc/self/status" do threads = threads or line:match "^Threads:%s*(%d+)" end
          return fds .. " descriptors, " .. threads .. " threads"
        end
        local names, before = {}, held()
        for name in pairs(_G) do names[name] = true end
        local toggl = require "toggl"
        for name in pairs(_G) do if not names[name] then print("global", name) end end
        if held() ~= before then print(before, held()) end
        print(toggl._VERSION:match "^%d+%.%d+%.%d+$" and "version", toggl.null == require "cjson".null)
      ]]
    )
    assert.equal("version\ttrue\n", out, err)
  end)
end)
