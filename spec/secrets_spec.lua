-- A secret, given in any way, must not appear in output, in other files, or in what other processes
-- can read. togglsh stores a secret only in a place that it names, with its mode.

local helper = require "spec.helper"
local seat = require "spec.terminal.seat"
local searched = require "spec.terminal.searched"

local CANARY, leaks, profile = searched.CANARY, searched.leaks, searched.profile
local environment, togglsh, sh = searched.environment, searched.togglsh, searched.sh
local write = helper.private

local home, server

setup(function() server = searched.serve() end)
teardown(function() server:stop() end)
before_each(function() home = searched.new_home() end)
after_each(searched.remove_home)

-- Ways to give a token: {function that returns further variables, the file that may contain it}.
local ways = {
  ["the environment"] = { function() return { TOGGL_API_TOKEN = CANARY } end },
  ["the environment, as a password"] = {
    function() return { TOGGL_API_TOKEN = "olive@example.com", TOGGL_PASSWORD = CANARY } end,
  },
  ["a profile"] = { function() profile("token = " .. CANARY) end, "config/toggl/profiles" },
  ["a command"] = {
    function()
      write(home .. "/token", CANARY)
      profile("token_command = cat " .. home .. "/token")
    end,
    "token",
  },
  ["the kernel keyring"] = {
    function()
      assert(require("toggl.core").keyring_set("toggl:default", CANARY))
      profile "token_keyring = toggl:default"
    end,
  },
  ["a credential of systemd"] = {
    function()
      write(home .. "/credentials/toggl-token", CANARY .. "\n", "400")
      return { CREDENTIALS_DIRECTORY = home .. "/credentials" }
    end,
    "credentials/toggl-token",
  },
  ["~/.togglrc"] = {
    function() write(home .. "/.togglrc", "[auth]\napi_token = " .. CANARY .. "\n") end,
    ".togglrc",
  },
}

-- Calls that lead to messages: a rejected token, a Lua error, an unknown option, a warning.
local SCRIPT = [[
  local function tell(f, ...)
    local ok, err = xpcall(f, debug.traceback, ...)
    print(ok, type(err) == "table" and (tostring(err) .. (err.body or "")) or err)
    io.stderr:write(tostring(err), "\n")
  end
  tell(client.me, client)
  tell(client.api.get_organization, {organization_id = 1})
  tell(client.request, client, "GET", "/nowhere")
  tell(function() error(client) end)
  tell(function() return toggl.client{tokn = "x"} end)
  print(client, toggl.json.encode(client:cost()))
  for name, value in pairs(debug.getregistry()) do if type(value) == "string" then print(name, value) end end
  os.execute "env; cat /proc/$PPID/environ /proc/$PPID/cmdline; tr '\\0' ' ' </proc/self/environ"
  io.popen("env", "w"):close()
]]

for name, way in pairs(ways) do
  describe("a token from " .. name, function()
    it("is in nothing that is written, and in no child", function()
      local more = way[1]()
      local out, err, status = togglsh(more, "--trace", "-e", SCRIPT)
      assert.equal(0, status, err)
      assert.truthy((out .. err):find "403") -- the request was sent
      assert.is_nil((out .. err):find(CANARY, 1, true))
      assert.same({ way[2] }, leaks())
    end)

    it("is in nothing that a prompt writes or remembers", function()
      local s <close> = seat.sit(home, { "--trace" }, environment(way[1]()))
      s:see "> $"
      s:run "client:me()"
      s:run "client"
      s:run(("'%s'"):format(CANARY))
      s:run(("other = toggl.client{token = '%s'}"):format(CANARY))
      s:run(("x = %q + 1"):format(CANARY))
      s:run(":save " .. home .. "/typed.lua")
      s:key "finish"
      assert.equal(0, s:leave())
      assert.same({ way[2] }, leaks())
    end)
  end)
end

describe("the module", function()
  it("tells whether a text holds the secret of a client, as long as the client is open", function()
    local core, toggl = require "toggl.core", require "toggl"
    local sent = "YWJjOmRlZjpnaGk6YXBpX3Rva2Vu" -- abc:def:ghi:api_token
    for secret, o in pairs {
      ["abc:def:ghi"] = { token = "abc:def:ghi" },
      [CANARY] = { token = CANARY },
      ["p:w d 9"] = { email = "a@b.test", password = "p:w d 9" },
      [("x"):rep(3000)] = { email = "a@b.test", password = ("x"):rep(3000) },
    } do
      o.cache, o.state = false, false
      local client = toggl.client(o)
      assert.is_true(core.holds_secret("-" .. secret .. "-"))
      assert.is_false(core.holds_secret(secret:sub(2)))
      assert.is_false(core.holds_secret "a@b.test")
      assert.equal(secret == "abc:def:ghi", core.holds_secret("Basic " .. sent))
      client:close()
      assert.is_false(core.holds_secret(secret))
    end
  end)
end)

it("a server that repeats the credentials does not bring them into an error or event", function()
  local canned, toggl = require "spec.canned", require "toggl"
  local token = "0123456789abcdef0123456789abcdef"
  local sent = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY6YXBpX3Rva2Vu"
  local other = canned.serve(home, {
    { "/text", "HTTP/1.1 400 Bad|Connection: close||Authorization: Basic " .. sent },
    { "/plain", "HTTP/1.1 500 Bad|Connection: close||no such token: " .. token },
    {
      "/coding",
      "HTTP/1.1 200 OK|Connection: close|Content-Encoding: Basic "
        .. sent
        .. "|Content-Length: 2||[]",
    },
    { "/br", "HTTP/1.1 200 OK|Connection: close|Content-Encoding: br|Content-Length: 2||[]" },
  })
  local told = {}
  local client = toggl.client {
    token = token,
    base_url = other.url,
    cache = false,
    state = false,
    retries = 0,
    log = function(event) told[#told + 1] = event end,
  }
  for _, path in ipairs { "/text", "/plain", "/coding", "/br" } do
    local _, err = client:request("GET", path)
    told[#told + 1] = { tostring(err), err.message, err.body }
  end
  client:close()
  other:close()
  local text = require("toggl.json").encode(told)
  assert.matches('coding \\"br\\"', text)
  assert.is_nil(text:find(sent:sub(1, 8), 1, true))
  assert.is_nil(text:find(token, 1, true))
end)

describe("the process", function()
  it("leaves no core file", function()
    local _, err = sh(
      "T=$(realpath $T); cd $HOME; ulimit -c unlimited; $T -e 'pcall(client.me, client) "
        .. 'os.execute "kill -ABRT $PPID"\'; echo $? >&2',
      { TOGGL_API_TOKEN = CANARY }
    )
    assert.matches("134\n", err)
    assert.is_nil(err:find "core dumped")
    assert.same({}, leaks())
  end)

  it("cannot be read by others of the same user", function()
    local out = sh(
      "$T -e 'os.execute \"cat /proc/$PPID/environ | tr \\\\\\\\0 \\\\\\\\n | grep ^TOGGL_API_TOKEN\"'",
      { TOGGL_API_TOKEN = CANARY }
    )
    assert.is_nil(out:find(CANARY, 1, true))
  end)

  it(
    "still finds the token by os.getenv",
    function()
      assert.equal(
        CANARY .. "\n",
        (togglsh({ TOGGL_API_TOKEN = CANARY }, "-e", "print(os.getenv 'TOGGL_API_TOKEN')"))
      )
    end
  )
end)

describe("a file that others can read", function()
  local function refused(path, command)
    os.execute(("chmod 644 %s"):format(helper.quote(path)))
    local out, err, status = togglsh(nil, "-e", "client:me()")
    assert.same({ "", 4 }, { out, status })
    assert.matches("has mode 0644, and it holds secrets: it was not read; type: " .. command, err)
    assert.is_nil(err:find(CANARY, 1, true))
  end

  it("is refused with the command that mends it: profiles", function()
    profile("token = " .. CANARY)
    refused(home .. "/config/toggl/profiles", "chmod 600 '.*/profiles'")
  end)

  it("is refused with the command that mends it: ~/.togglrc", function()
    write(home .. "/.togglrc", "[auth]\napi_token = " .. CANARY)
    refused(home .. "/.togglrc", "chmod 600 '.*/.togglrc'")
  end)

  it("behind a link to nothing is not absent, and no other source is taken", function()
    write(home .. "/.togglrc", "[auth]\napi_token = " .. CANARY, "600")
    for _, link in ipairs { "config/toggl", "config" } do
      os.execute(
        ("cd %s; rm -rf config; mkdir -p %s; rm -rf %s; ln -s /nowhere/mnt %s"):format(
          helper.quote(home),
          link,
          link,
          link
        )
      )
      local _, err, status = togglsh(nil, "-e", "client:me()")
      assert.equal(4, status, err)
      assert.matches("config/toggl/profiles is behind a symbolic link to nothing", err)
    end
  end)

  it("that fails while it is read is refused, and not cut", function()
    local core = require "toggl.core"
    for _, read_file in ipairs { core.read_private, core.read_own } do
      local text, why = read_file "/proc/self/mem"
      assert.is_nil(text)
      assert.matches("^/proc/self/mem cannot be read: ", why)
    end
  end)

  it("is refused: a credential", function()
    write(home .. "/credentials/toggl-token", CANARY, "644")
    local _, err, status =
      togglsh({ CREDENTIALS_DIRECTORY = home .. "/credentials" }, "-e", "client:me()")
    assert.equal(4, status)
    assert.matches("has mode 0644", err)
  end)
end)
