-- One run uses one account: clients of a script use it too, and its token is not sent to an address
-- from another source.
local helper = require "spec.helper"

describe("the account of a run", function()
  local server, token, home, e
  local OTHER = ("b"):rep(32)
  local NAME =
    [[print(pcall(function() return toggl.client{on_error = "raise", retries = 0}:me().email end))]]

  setup(function()
    server = helper.sandbox { port = 0 }
    token, home = server:token(), helper.scratch()
    assert(os.execute(("mkdir -m 700 -p %s/config/toggl %s/credentials"):format(home, home)))
  end)

  teardown(function()
    server:stop()
    helper.remove(home)
  end)

  local function private(name, text)
    helper.write(home .. "/" .. name, text)
    assert(os.execute("chmod 600 " .. helper.quote(home .. "/" .. name)))
  end

  before_each(function()
    -- A request to Toggl itself fails at a proxy that does not exist.
    e = helper.environment(home, { https_proxy = "http://127.0.0.1:1" })
    private(".togglrc", ("[auth]\napi_token = %s\n"):format(OTHER))
  end)

  -- Return the result of F and how many requests it sent.
  local function counted(f)
    local before = server:requests()
    local out = f()
    return out, (server:requests()) - before
  end

  local function profile(name, lines)
    private("config/toggl/profiles", ("[%s]\n%s\n"):format(name, lines))
  end

  it("is that of --profile, TOGGL_PROFILE and the profile default for every client", function()
    for _, words in ipairs { "--profile work", "TOGGL_PROFILE", "default" } do
      profile(
        words == "default" and "default" or "work",
        ("base_url = %s\ntoken = %s"):format(server.url, token)
      )
      e.TOGGL_PROFILE = words == "TOGGL_PROFILE" and "work" or ""
      local line = ("$T %s -e %s"):format(words:find "^%-" and words or "", helper.quote(NAME))
      assert.matches("^true\tolive@example.com", (helper.sh(e, line)))
    end
  end)

  it("keeps the token of its profile from the address of a client", function()
    profile("work", "token = " .. token)
    local code =
      helper.quote(('toggl.client{base_url = "%s", retries = 0}:me()'):format(server.url))
    for _, words in ipairs { "$T --profile work", "TOGGL_PROFILE=work $T" } do
      local out, cost = counted(
        function() return helper.sh(e, ("%s -e %s 2>&1; echo $?"):format(words, code)) end
      )
      assert.equal(0, cost)
      assert.matches("its token was not sent", out)
      assert.matches("\n2\n$", out)
      assert.is_nil(out:find(token, 1, true))
    end
  end)

  it("gives the token of the environment to the server of no profile", function()
    profile("default", ("base_url = %s\ntoken = %s"):format(server.url, OTHER))
    e.TOGGL_API_TOKEN = token
    local _, cost = counted(function() return helper.sh(e, "$T auth status --check") end)
    assert.equal(0, cost)
  end)

  it("is not taken from the next source if a systemd credential is empty", function()
    os.remove(home .. "/config/toggl/profiles")
    private("credentials/toggl-token", "\n" .. token .. "\n")
    e.TOGGL_API_URL, e.CREDENTIALS_DIRECTORY = server.url, home .. "/credentials"
    local out, cost = counted(
      function() return helper.sh(e, "$T -e 'return client:me()' 2>&1; echo $?") end
    )
    assert.equal(0, cost)
    assert.matches("credentials/toggl%-token is empty", out)
    assert.matches("\n4\n$", out)
  end)

  it("is that of the token where a profile has an address and a password", function()
    profile("work", ("base_url = %s\nemail = ann@example.com\npassword = wrong"):format(server.url))
    local code = ('print(toggl.client{profile = "work", token = "%s"}:me().email)'):format(token)
    assert.equal("olive@example.com\n", (helper.sh(e, "$T -e " .. helper.quote(code))))
  end)
end)

describe("a fault of a setting", function()
  it("shows no password and no traceback", function()
    local home = helper.scratch()
    for name, value in pairs { API_URL = "me:sEcr3t@toggl.invalid", ORGANIZATION_ID = "Acme" } do
      local e =
        helper.environment(home, { ["TOGGL_" .. name] = value, TOGGL_API_TOKEN = ("a"):rep(32) })
      local out = helper.sh(e, "$T groups 2>&1; echo $?")
      assert.matches("TOGGL_" .. name, out)
      assert.matches("\n2\n$", out)
      assert.is_nil(out:find "sEcr3t" or out:find "traceback")
    end
    helper.remove(home)
  end)
end)

describe("a failed change", function()
  it("names a file that the prompt could not write completely", function()
    local home = helper.scratch()
    assert(os.execute("ln -s /dev/full " .. home .. "/o.csv"))
    local out = helper.sh(
      helper.environment(home),
      ([[printf 'return {1, 2}\n:save %s/o.csv\n' | $T --sandbox -i 2>&1]]):format(home)
    )
    assert.matches("o%.csv is not whole: No space left on device", out)
    assert.is_nil(out:find "%d bytes")
    helper.remove(home)
  end)

  it("leaves a file as it was when there is no room for what :save writes", function()
    local home = helper.scratch()
    local file = helper.write(home .. "/o.csv", "old\n")
    local code = "return ('x'):rep(5000)"
    local out = helper.sh(
      helper.environment(home),
      ([[(trap '' XFSZ; ulimit -f 1; printf '%%s\n' "%s" ':save %s' | $T --sandbox -i 2>&1) | cat]]):format(
        code,
        file
      )
    )
    assert.matches("nothing was saved, and %S+/o%.csv is as it was: File too large", out)
    assert.equal("old\n", helper.read(file))
    assert.is_nil(helper.content(file .. ".toggl-new"))
    helper.remove(home)
  end)

  it("is an error if a group to rename no longer exists", function()
    local server <close> = helper.sandbox {}
    local client = helper.client(server)
    local org = client:organizations()[1]
    local group = org:create_group { name = "Nowhere" } -- without a workspace
    server:fault(("200@/organizations/%d/groups []"):format(org.id))
    local ok, err = group:rename "New"
    assert.is_nil(ok)
    assert.equal("not_found", err.kind)
  end)

  it("names two people of one name when one has no key", function()
    local server <close> = helper.sandbox {}
    local client = helper.client(server)
    local org = client:organizations()[1]
    server:fault(
      ('200@/organizations/%d/users [{"id":1,"name":"Al"},{"user_id":7,"name":"Al"},{"name":"Al"}]'):format(
        org.id
      )
    )
    local ok, err = org:user("Al", { refresh = true })
    assert.is_nil(ok)
    assert.equal("conflict", err.kind)
    assert.matches("user_id = 7", err.advice)
  end)
end)
