-- Values of settings in variables and in profiles: what is trimmed, rejected or warned of, and where
-- they are sent.
local helper = require "spec.helper"

describe("a setting", function()
  local server, home
  setup(function()
    server, home = helper.sandbox { port = 0, people = 3, record = false }, helper.scratch()
  end)
  teardown(function()
    server:stop()
    helper.remove(home)
  end)

  local function run(variables, ...)
    return helper.run(helper.environment(home, variables), helper.build .. "/togglsh", ...)
  end

  it("is trimmed where that is safe", function()
    local token, url = server:token(), server.url
    for _, wrap in ipairs { "%s\n", "%s\r", "%s\r\n", " %s ", '"%s"', "'%s'", "\xEF\xBB\xBF%s" } do
      local out, err = run(
        { TOGGL_API_TOKEN = wrap:format(token), TOGGL_API_URL = wrap:format(url) },
        "-e",
        "print(client:me().email)"
      )
      assert.equal("olive@example.com\n", out, err)
    end
  end)

  it("that cannot be meant is one sentence that names it, and never a traceback", function()
    for value, name in pairs {
      ["a\nb"] = "TOGGL_API_TOKEN",
      ["a b"] = "TOGGL_API_TOKEN",
      [" "] = "TOGGL_API_TOKEN",
      ["toggl_sk_abc"] = "TOGGL_API_TOKEN",
      ["http://example.org"] = "TOGGL_API_URL",
      ["nonsense"] = "TOGGL_API_URL",
      ["https://a b"] = "TOGGL_API_URL",
      ["https://me:pw@host"] = "TOGGL_API_URL",
      ["ftp://x"] = "TOGGL_API_URL",
    } do
      local variables = { TOGGL_API_TOKEN = server:token(), TOGGL_API_URL = server.url }
      variables[name] = value
      for _, words in ipairs { { "-e", "client:me()" }, { "people" } } do
        local out, err, status = run(variables, table.unpack(words))
        assert.same({ "", name == "TOGGL_API_URL" and 2 or 4 }, { out, status }, err)
        assert.truthy(err:find(name, 1, true), err)
        assert.is_nil(err:find "traceback", err)
        assert.is_nil(err:find("pw", 1, true), err)
      end
    end
  end)

  it("that holds a character which cannot be seen or meant says which", function()
    for _, case in ipairs {
      { "TOGGL_API_TOKEN", server:token() .. "\u{200B}", "holds the character U%+200B" },
      { "TOGGL_API_TOKEN", "\u{A0}" .. server:token(), "holds the character U%+00A0" },
      { "TOGGL_API_TOKEN", "se\xFFcret", "holds the byte 0xFF" },
      { "TOGGL_API_TOKEN", "se'cret", "holds a quote" },
      {
        "TOGGL_API_URL",
        "https://t\u{43E}ggl.test",
        "t\u{43E}ggl.test holds the character U%+043E",
      },
      { "TOGGL_API_URL", "https://a.test\u{202E}", "a.test\\u{202e} holds the character U%+202E" },
      { "TOGGL_API_URL", "https://me:pw@a.test", "https://%.%.%.@a.test holds credentials" },
      { "TOGGL_API_URL", "https://a.test?token=pw", "https://a.test%?%.%.%. holds '%?'" },
      { "TOGGL_API_URL", "https://a.test:99999/x", '"https://a.test:99999/x".* port from 1' },
      { "TOGGL_API_URL", "https://a.test:", "port from 1" },
      { "TOGGL_API_URL", "https://[::1", "has no host" },
      { "TOGGL_API_URL", "https://::1", "has no host" },
      { "TOGGL_API_URL", "https://", '"https://" is not an address' },
    } do
      local variables = { TOGGL_API_TOKEN = server:token(), TOGGL_API_URL = server.url }
      variables[case[1]] = case[2]
      local out, err, status = run(variables, "-e", "client:me()")
      assert.same({ "", case[1] == "TOGGL_API_URL" and 2 or 4 }, { out, status }, err)
      assert.matches("^togglsh: " .. case[1] .. "[^\n]*" .. case[3], err)
    end
  end)

  it("in a section that looks like another one, or like [default], ends the run", function()
    local folder = home .. "/config/toggl"
    os.execute("mkdir -p -m 700 " .. folder)
    local token = "token = " .. server:token() .. "\n"
    for title, word in pairs {
      ["Default"] = "must be written %[default%]",
      ["\u{FF44}efault"] = "must be written %[default%]",
      ['"default"'] = "must be written %[default%]",
      ["default\u{A0}"] = "%[default\\u{a0}%] has a character that is not seen",
      ["def\u{200B}ault"] = "%[def\\u{200b}ault%] has a character that is not seen",
      ["bu\u{308}ro]\n" .. token .. "[b\u{FC}ro"] = "section .* is on line 1 already",
      ["work]\n" .. token .. "[WORK"] = "section %[WORK%] looks like %[work%]",
    } do
      helper.write(folder .. "/profiles", ("[%s]\n%s"):format(title, token))
      os.execute("chmod 600 " .. folder .. "/profiles")
      local out, err, status = run({ TOGGL_API_URL = server.url }, "-e", "client:me()")
      assert.same({ "", 2 }, { out, status }, title .. err)
      assert.matches("/profiles, line %d: .*" .. word, err)
      assert.is_nil(err:find(server:token(), 1, true))
    end
    os.remove(folder .. "/profiles")
  end)

  it(
    "is missing: without HOME the password database says it, standard input that is closed is said",
    function()
      local out, err = helper.sh(
        { TOGGL_API_TOKEN = server:token(), TOGGL_API_URL = server.url },
        "env -u HOME XDG_CACHE_HOME="
          .. home
          .. " XDG_STATE_HOME="
          .. home
          .. " $T -e 'print(client:me().email)'"
      )
      assert.equal("olive@example.com\n", out, err)
      local _, said, status = helper.sh({}, "$T --sandbox <&-")
      assert.equal(2, status)
      assert.equal("togglsh: standard input cannot be read: Bad file descriptor\n", said)
    end
  )

  it("that may be no token is sent and warned of once", function()
    local home2 <close> = setmetatable(
      { path = helper.scratch() },
      { __close = function(t) helper.remove(t.path) end }
    )
    local function warnings(variables, code)
      variables.TOGGL_API_URL, variables.HOME, variables.XDG_CONFIG_HOME =
        server.url, home2.path, ""
      local out, err = run(
        variables,
        "-e",
        code or "for _ = 1, 2 do print(select(2, toggl.client{}:me()).kind) end"
      )
      local _, count = err:gsub("is not 32 hexadecimal digits", "")
      return count, err, out
    end
    for _, token in ipairs { "abc", ("g"):rep(32), ("a"):rep(31), ("a"):rep(33), "abc:def" } do
      local before = server:requests()
      local count, err, out = warnings { TOGGL_API_TOKEN = token }
      assert.equal(1, count, err)
      assert.matches("^togglsh: warning: TOGGL_API_TOKEN is not 32", err)
      assert.is_nil(err:find(token, 1, true))
      assert.equal("forbidden\nforbidden\n", out)
      assert.equal(before + 2, (server:requests()))
    end
    assert.equal(0, (warnings { TOGGL_API_TOKEN = server:token() }))
    assert.equal(0, (warnings { TOGGL_API_TOKEN = server:token():upper() }))
    assert(os.execute("mkdir -p -m 700 " .. home2.path .. "/.config/toggl"))
    local path = home2.path .. "/.config/toggl/profiles"
    helper.write(
      path,
      ("[default]\ntoken = abc\nbase_url = %s\n[other]\ntoken = def\n"):format(server.url)
    )
    os.execute("chmod 600 " .. path)
    local count, err =
      warnings({}, "pcall(client.me, client) toggl.client{profile = 'default'}:me()")
    assert.equal(1, count, err)
    assert.matches("^togglsh: warning: the token of profile default is not 32", err)
  end)

  it(
    "is a HOME that names no folder: the password database says it, else one warning and no stores",
    function()
      local nowhere = "require('toggl.core').home = function() end "
      local code = "for _ = 1, 2 do local c = toggl.client{} print(c:me().email) c:close() end"
      for _, value in ipairs { "", "relative", "./here", "~" } do
        local variables = {
          TOGGL_API_TOKEN = server:token(),
          TOGGL_API_URL = server.url,
          HOME = value,
          XDG_CONFIG_HOME = "",
          XDG_CACHE_HOME = "",
          XDG_STATE_HOME = "relative",
        }
        local out, err, status = run(variables, "-e", nowhere .. code)
        assert.same({ "olive@example.com\nolive@example.com\n", 0 }, { out, status }, err)
        assert.matches(
          "^togglsh: warning: HOME names no folder and the user has no home folder: [^\n]*\n$",
          err
        )
        local known = ("require('toggl.core').home = function() return %q end "):format(home)
        assert.equal(
          "true\n",
          (
            run(
              variables,
              "-e",
              known
                .. ("print(require('toggl.config.paths').state_path() == %q)"):format(
                  home .. "/.local/state/toggl/state.db"
                )
            )
          )
        )
        assert.is_nil(helper.content "relative/toggl/state.db")
      end
    end
  )

  it("is not asked for at a standard input that cannot be read", function()
    for _, from in ipairs { "<&-", "</" } do
      local e = helper.environment(home)
      local _, err, status = helper.sh(e, "$T auth login --no-check " .. from)
      assert.equal(4, status)
      assert.matches("^togglsh: standard input cannot be read: [^\n]*; nothing was stored\n", err)
    end
  end)

  it("takes away what a killed login left, and nothing of one that is at work", function()
    local folder = home .. "/left/toggl"
    assert(os.execute("mkdir -p -m 700 " .. folder))
    local left = folder .. "/profiles.toggl-new"
    local function run_once(line)
      helper.write(left, "[default]\ntoken = " .. ("b"):rep(32) .. "\n")
      local e = {
        XDG_CONFIG_HOME = home .. "/left",
        TOGGL_API_TOKEN = server:token(),
        TOGGL_API_URL = server.url,
      }
      return helper.sh(helper.environment(home, e), line or "$T --profile default auth status")
    end
    run_once()
    assert.is_nil(helper.content(left)) -- no profile exists yet
    helper.write(folder .. "/profiles", "[default]\ntoken = " .. ("a"):rep(32) .. "\n")
    os.execute("chmod 600 " .. folder .. "/profiles")
    local out, err, status = run_once()
    assert.same({ 0, "" }, { status, err }, out)
    assert.is_nil(helper.content(left))
    run_once(("flock %s/profiles.lock $T --profile default auth status"):format(folder))
    assert.truthy(helper.content(left))
    run_once "echo $TOGGL_API_TOKEN | $T auth login --no-check"
    assert.is_nil(helper.content(left))
  end)

  it("makes no home folder, and tells what is not stored without one", function()
    local gone = home .. "/gone"
    for _, case in ipairs {
      {
        gone,
        "",
        "there is no folder "
          .. gone
          .. ", which HOME names: nothing is stored, so every run sends",
      },
      {
        gone,
        home .. "/c",
        "which HOME names: the quota is not shared with other runs, and the record of changes ends "
          .. "with the run; set HOME or XDG_STATE",
      },
      { "/dev/null", "", "there is no folder /dev/null, which HOME names: nothing is stored" },
    } do
      local variables = {
        TOGGL_API_TOKEN = server:token(),
        TOGGL_API_URL = server.url,
        HOME = case[1],
        XDG_CONFIG_HOME = "",
        XDG_CACHE_HOME = case[2],
        XDG_STATE_HOME = "",
      }
      local out, err, status =
        run(variables, "-e", "for _ = 1, 2 do print(toggl.client{}:me().email) end")
      assert.same({ "olive@example.com\nolive@example.com\n", 0 }, { out, status }, err)
      assert.truthy(err:find(case[3], 1, true), err)
      assert.equal(1, select(2, err:gsub("\n", "")), err)
      local _, _, login = helper.sh(
        helper.environment(home, variables),
        "echo " .. ("a"):rep(32) .. " | $T auth login --no-check"
      )
      assert.equal(4, login)
      assert.is_nil(io.open(gone))
    end
  end)

  it("sends the token of a profile to no address of another source", function()
    local function write(text) helper.private(home .. "/config/toggl/profiles", text) end
    write("[default]\ntoken = " .. server:token() .. "\n")
    local before = server:requests()
    local _, err, status = run({ TOGGL_API_URL = server.url }, "-e", "client:me()")
    assert.equal(2, status)
    assert.matches("TOGGL_API_URL is .*its token was not sent", err)
    assert.equal(before, (server:requests()))
    assert.equal(
      "olive@example.com\n",
      (
        run(
          { TOGGL_API_URL = server.url },
          "--profile",
          "default",
          "-e",
          "print(client:me().email)"
        )
      )
    )
    write(("[default]\ntoken = %s\nbase_url = %s\n"):format(server:token(), server.url))
    assert.equal(
      "olive@example.com\n",
      (run({ TOGGL_API_URL = server.url }, "-e", "print(client:me().email)"))
    )
  end)
end)
