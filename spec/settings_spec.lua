-- Settings as users write them: each mistake is one sentence that names the variable or the file
-- and its line, with exit status 2 or 4, and `togglsh auth` repairs what it can.
local canned = require "spec.canned"
local helper = require "spec.helper"
local seat = require "spec.terminal.seat"

local SHELL = helper.build .. "/togglsh"
local TOKEN = ("0123456789abcdef"):rep(2)

describe("a setting", function()
  local home, server

  setup(function() server = helper.sandbox { port = 0, people = 3, record = false } end)
  teardown(function() server:stop() end)
  before_each(function() home = helper.scratch() end)
  after_each(function() helper.remove(home) end)

  local function environment(more)
    return helper.environment(home, { TOGGL_API_URL = server.url }, more)
  end

  local function run(more, ...) return helper.run(environment(more), SHELL, ...) end

  local function write(name, text) return helper.private(home .. "/" .. name, text) end

  local function profiles(text) return write("config/toggl/profiles", text) end

  local function login(more, options)
    local line = ("echo %s | $T auth login --no-check %s"):format(TOKEN, options or "")
    return helper.sh(environment(more), line)
  end

  -- One line on standard error that holds all of WORDS, and the exit status.
  local function says(words, status, more, ...)
    local before = server:requests()
    local out, err, got = run(more, ...)
    assert.equal("", out)
    for _, word in ipairs(words) do
      assert.truthy(err:find(word, 1, true), ("%s is not in: %s"):format(word, err))
    end
    assert.equal(1, select(2, err:gsub("\n", "")), err)
    assert.falsy(err:find("%.lua:%d"), err)
    assert.equal(status, got, err)
    assert.equal(before, (server:requests()))
  end

  it("in ~/.togglrc without credentials names the file, the line and the name", function()
    for text, words in pairs {
      ["[auth]\napi_token =\n"] = { ".togglrc, line 2: its api_token is empty", "auth login" },
      ['[auth]\napi_token = ""\n'] = { ".togglrc, line 2: its api_token is empty" },
      ["[auth]\nemail = a@b.example\npassword =\n"] = { "line 3: its password is empty" },
      ["[auth]\ntoken = x\n"] = { ".togglrc, line 1: [auth] has no api_token" },
      ["[auth]\napi_token = a b\n"] = { ".togglrc, line 2: its api_token holds a blank" },
      ["[auth]\nemail = a:b\npassword = x\n"] = { "line 2: its email holds ':'" },
    } do
      write(".togglrc", text)
      says(words, 4, nil, "people")
      says(words, 4, nil, "auth", "status")
    end
    write(".togglrc", "[Auth]\napi_token = " .. TOKEN .. "\n")
    says({ ".togglrc, line 1: section [Auth] must be written [auth]" }, 2, nil, "people")
    write(".togglrc", "[options]\nx = 1\n")
    says({ "not logged in" }, 4, nil, "people")
    write(".togglrc", "[auth]\napi_token =\nemail = a@b.example\npassword = x\n")
    local out, _, status = run(nil, "auth", "status")
    assert.equal(0, status)
    assert.truthy(out:find(".togglrc", 1, true))
  end)

  it("that no request can carry names its variable, or its line", function()
    local long = ("a"):rep(5000)
    says({ "TOGGL_API_TOKEN is 5000 bytes long" }, 4, { TOGGL_API_TOKEN = long }, "people")
    local colon = { TOGGL_API_TOKEN = "a:b@c.example", TOGGL_PASSWORD = "x" }
    says({ "TOGGL_API_TOKEN holds ':'" }, 4, colon, "people")
    for _, word in ipairs { "", "api_token" } do
      local alone = { TOGGL_API_TOKEN = "a@b.example", TOGGL_PASSWORD = word }
      says({ "TOGGL_API_TOKEN is an e-mail address", "(TOGGL_PASSWORD" }, 4, alone, "people")
    end
    profiles "[default]\ntoken = a@b.example\n"
    says({ "line 2: the token of profile default is an e-mail address" }, 4, nil, "people")
    os.remove(home .. "/config/toggl/profiles")
    says({ "TOGGL_PASSWORD is set", "unset TOGGL_PASSWORD" }, 4, { TOGGL_PASSWORD = "x" }, "people")
    local tab = { TOGGL_API_TOKEN = "a@b.example", TOGGL_PASSWORD = "a\tb" }
    says({ "TOGGL_PASSWORD holds a control character" }, 4, tab, "people")
    profiles "[default]\nemail = a:b\npassword = x\n"
    says({ "profiles, line 2: the email of profile default holds ':'" }, 4, nil, "people")
    profiles "[default]\nemail = a@b.example\npassword = x\ty\n"
    says({ "line 3: the password of profile default holds a control" }, 4, nil, "people")
    profiles("[default]\ntoken = " .. long .. "\n")
    says({ "line 2: the token of profile default is 5000 bytes" }, 4, nil, "people")
    profiles("[default]\ntoken_command = printf 'a b'\n")
    says({ "profile default: its token_command holds a blank" }, 4, nil, "people")
  end)

  it("that names certificates names its variable when they cannot be read", function()
    local token = { TOGGL_API_TOKEN = TOKEN }
    local file = write("roots.pem", "")
    for name, case in pairs {
      SSL_CERT_FILE = { home, "Is a directory" },
      CURL_CA_BUNDLE = { home .. "/gone", "No such file or directory" },
      SSL_CERT_DIR = { file, "Not a directory" },
    } do
      local words = { ("%s: %s: %s; no client was made"):format(name, case[1], case[2]) }
      says(words, 2, helper.merged(token, { [name] = case[1] }), "people")
    end
    for name, path in pairs { ca_file = home, ca_path = file } do
      local url = server.url
      profiles(("[default]\nbase_url = %s\ntoken = %s\n%s = %s\n"):format(url, TOKEN, name, path))
      says({ ("profile default: its %s: %s: "):format(name, path) }, 2, nil, "people")
    end
  end)

  it("of another profile is kept by a login, however it is written", function()
    local text = ('[work]\nbase_url = %s/\ntoken = "%s"\n'):format(server.url, TOKEN)
    local path = profiles(text)
    local _, err, status = login()
    assert.equal(0, status, err)
    assert.equal(text, helper.read(path):sub(1, #text))
  end)

  it("of a faulty profile is replaced by a login, and removed by a logout", function()
    for _, line in ipairs { "token =", "token = a b", "email = a:b" } do
      local path = profiles("[default]\n" .. line .. "\n")
      local _, err, status = login()
      assert.equal(0, status, err)
      assert.truthy(helper.read(path):find("token = " .. TOKEN, 1, true))
    end
    local path = profiles "[default]\ntoken = a b\n"
    write(".togglrc", "[auth]\napi_token =\n")
    local out, err, status = run(nil, "auth", "logout")
    assert.equal(0, status, err)
    assert.truthy(out:find("was taken out of profile default", 1, true), out)
    assert.falsy(helper.read(path):find("a b", 1, true))
    local text = "[work]\ntoken = a b\n"
    profiles(text)
    local _, refused, failed = login()
    assert.equal(4, failed)
    assert.truthy(refused:find("line 2: the token of profile work", 1, true), refused)
    assert.equal(text, helper.read(path))
  end)

  it("of a login is rejected before the password is asked for", function()
    local _, err, status = login(nil, "--email a:b")
    assert.equal(4, status)
    assert.truthy(err:find("--email holds ':'", 1, true), err)
    assert.is_nil(helper.content(home .. "/config/toggl/profiles"))
  end)

  it("that runs a client with its own profile does not run itself", function()
    local function count()
      local _, lines = (helper.content(home .. "/runs") or ""):gsub("\n", "")
      return lines
    end
    local function section(name, other)
      local client = ("echo x >>%s/runs; %s --profile %s -e 'client:me()'"):format(
        home,
        SHELL,
        other
      )
      return ("[%s]\nbase_url = %s\ntoken_command = %s\n"):format(name, server.url, client)
    end
    for text, runs in pairs {
      [section("a", "a")] = 1,
      [section("a", "b") .. section("b", "a")] = 2,
    } do
      profiles(text)
      os.remove(home .. "/runs")
      local out, err, status = run({ TOGGL_API_URL = "" }, "--profile", "a", "people")
      assert.same({ "", 4, runs }, { out, status, count() }, err)
      assert.truthy(err:find("profile a: its token_command runs a client with the same", 1, true))
    end
    profiles(
      section("a", "b"):gsub("client:me%(%)", "print(client:me().api_token)")
        .. ("[b]\nbase_url = %s\ntoken_command = echo %s\n"):format(server.url, server:token())
    )
    local _, err, status = run({ TOGGL_API_URL = "" }, "--profile", "a", "-e", "client:me()")
    assert.equal(0, status, err)
  end)

  it(
    "of a profile may stand in quotes, and a command in quotes says that it is one word",
    function()
      local token = ('[default]\ntoken = "%s"\n'):format(server:token())
      for _, line in ipairs {
        'organization = "Acme"',
        "organization = 'Acme'",
        'settle = "10"',
        'cleartext = "true"',
        'journal_keep = "400d"',
        'rules = "/nowhere/rules.lua"',
        'ca_file = "/etc/passwd"',
      } do
        profiles(token .. ("base_url = '%s'\n%s\n"):format(server.url, line))
        local named = line:find "^org"
        local code = named and "print(org.name)" or "print(#client:organizations())"
        local out, err, status = run({ TOGGL_API_URL = "" }, "-e", code)
        assert.same({ named and "Acme\n" or "2\n", "", 0 }, { out, err, status }, line)
      end
      profiles('[default]\ntoken = "" \n')
      says({ "line 2", "its token is empty" }, 2, {}, "people")
      profiles '[default]\ntoken_command = "echo token"\n'
      local _, err, status = run({}, "people")
      assert.equal(4, status)
      assert.matches("its token_command has quotes around all of it, [^\n]*remove them", err)
    end
  )

  it("whose command prints something before the token does not send that", function()
    local function printing(text)
      profiles(("[default]\ntoken_command = printf '%s'\n"):format(text))
    end
    printing("Unlocked\\n" .. server:token())
    says({ "profile default", "first line", "token_command", "the token alone" }, 4, {}, "people")
    for _, text in ipairs { "%s\\nnotes of the token\\n", "%s\\n%s" } do
      printing((text:gsub("%%s", server:token())))
      local out, err, status = run({ TOGGL_API_URL = "" }, "-e", "print(client ~= nil)")
      assert.same({ "true\n", "", 0 }, { out, err, status }, text)
    end
  end)

  it("with an address that no call can be added to says what it is", function()
    for url, words in pairs {
      [server.url .. "/me"] = { "goes on with /me", server.url .. "\n" },
      ["https://a.test/api/v9/api/v9"] = { "goes on with /api/v9", "https://a.test/api/v9\n" },
      ["https://a.test/toggl/me"] = { "goes on with /me", "https://a.test/toggl\n" },
      ["https://a.test/api/v9/organizations"] = { "goes on with /organizations", "" },
      ["https://api.track.toggl.com"] = { "which is https://api.track.toggl.com/api/v9\n", "" },
      ["https://track.toggl.com/api/v9/"] = { "https://track.toggl.com/api/v9 is not", "" },
      ["https://api.track.toggl.com/api/v8"] = { "is not the address of Toggl's API", "" },
    } do
      local more = { TOGGL_API_TOKEN = TOKEN, TOGGL_API_URL = url }
      says({ "TOGGL_API_URL: ", table.unpack(words) }, 2, more, "people")
      local code = ("print(pcall(toggl.client, { token = %q, base_url = %q }))"):format(TOKEN, url)
      local out = run({}, "-e", code)
      assert.matches("^false\tbase_url: ", out)
    end
    local code = "print(require('toggl.config.sources').address())"
    local capitals = { TOGGL_API_URL = "HTTPS://API.Track.Toggl.COM/api/v9" }
    assert.equal("nil\n", (run(capitals, "-e", code)))
    for _, url in ipairs { "https://api.track.toggl.com/api/v9/", "https://toggl.com.a.test/x" } do
      local more = { TOGGL_API_TOKEN = TOKEN, TOGGL_API_URL = url }
      local out, err = run(more, "-e", "print(client ~= nil)")
      assert.equal("true\n", out, err)
    end
  end)

  it(
    "with a relative folder of the state is rejected, since each run would have another",
    function()
      for _, dir in ipairs { "state", "./state", "~/state", " /tmp" } do
        local more = { TOGGL_API_TOKEN = TOKEN, TOGGL_STATE_DIR = dir }
        says({ "TOGGL_STATE_DIR: ", dir, "absolute path, such as " }, 2, more, "people")
      end
      local out, err = run({ TOGGL_STATE_DIR = "state" }, "--sandbox", "-e", "print(org.name)")
      assert.equal("Acme\n", out, err)
    end
  )

  it("that a logout removes takes its section along if nothing else stands there", function()
    local path =
      profiles(("[default]\ntoken = %s\n\n[b]\ntoken = %s\n# mine\n"):format(TOKEN, TOKEN))
    run({}, "auth", "logout")
    assert.equal(("[b]\ntoken = %s\n# mine\n"):format(TOKEN), helper.read(path))
    run({}, "auth", "logout", "--profile", "b")
    assert.equal("[b]\n# mine\n", helper.read(path))
    login()
    run({}, "auth", "logout")
    assert.equal(
      ("[b]\n# mine\n\n[default]\nbase_url = %s\n"):format(server.url),
      helper.read(path)
    )
    profiles("[default]\ntoken = x\n")
    run({}, "auth", "logout")
    assert.equal("", helper.read(path))
    local _, err, status = run({}, "--profile", "b", "people")
    assert.equal(4, status)
    assert.matches('no profile "b" in [^\n]*; togglsh auth login %-%-profile b makes it', err)
    login({}, "--profile b")
    assert.equal(0, (select(3, run({}, "--profile", "b", "auth", "status"))))
  end)

  it("that names a profile which is not there is named, and a login makes it", function()
    local more = { TOGGL_PROFILE = "work" }
    local way = "togglsh auth login --profile work makes it"
    says({ 'no profile "work" of TOGGL_PROFILE since ', way }, 4, more, "people")
    local _, err = run({}, "--profile", "work", "people")
    assert.matches('no profile "work" since ', err)
    for _, name in ipairs { " ", "a\nb", "a b" } do
      _, err = run({ TOGGL_PROFILE = name }, "people")
      assert.matches('^togglsh: there is no profile "[^\n]*" of TOGGL_PROFILE since [^\n]*\n$', err)
      assert.falsy(err:find("auth login", 1, true), err)
    end
    login({}, "--profile work")
    assert.equal(0, (select(3, run(more, "auth", "status"))))
  end)

  it("that names a profile finds it in either form of its letters", function()
    login({}, "--profile 'Zoe\u{308}'")
    login({}, "--profile 'Zo\u{eb}'")
    for _, name in ipairs { "Zoe\u{308}", "Zo\u{eb}" } do
      assert.equal(0, (select(3, run({ TOGGL_PROFILE = name }, "auth", "status"))))
      assert.equal(0, (select(3, run({}, "--profile", name, "auth", "status"))))
    end
    local _, sections = helper.read(home .. "/config/toggl/profiles"):gsub("%[", "")
    assert.equal(1, sections)
  end)

  it("that names certificates which cannot be used, or lacks one, is what to look at", function()
    local function advice(url, roots)
      local more = { TOGGL_API_URL = url, TOGGL_API_TOKEN = TOKEN, SSL_CERT_FILE = roots }
      local _, err, status = run(more, "people")
      assert.equal(1, status)
      return err
    end
    local plain = canned.serve(home, {})
    local garbage = advice("https://127.0.0.1:" .. plain.port, write("roots.pem", "none\n"))
    plain.close()
    assert.matches("roots.pem; it must be there and hold certificates in PEM form", garbage)
    if not os.execute "command -v openssl >/dev/null" then return end
    local server_of_tls <close> = io.popen(
      ([[cd %s && openssl req -x509 -newkey rsa:2048 -nodes \
      -keyout k.pem -out c.pem -subj /CN=localhost -addext subjectAltName=DNS:localhost 2>/dev/null
      echo $$; exec timeout 60 openssl s_server -www -accept 127.0.0.1:0 -cert c.pem -key k.pem 2>&1]]):format(
        home
      )
    )
    local pid = server_of_tls:read "n"
    local port
    repeat -- the first line ends with the process id
      port = server_of_tls:read("l"):match "^ACCEPT 127.0.0.1:(%d+)"
    until port
    local unknown = advice("https://localhost:" .. port, "")
    os.execute("kill " .. pid)
    assert.matches("name the file with its root certificate in SSL_CERT_FILE", unknown)
  end)
end)

describe("without a home folder", function()
  it("the prompt says why it keeps no history", function()
    local home = seat.home()
    local s <close> = seat.sit(
      home,
      { "--sandbox" },
      { HOME = home .. "/gone", XDG_STATE_HOME = "" }
    )
    s:see "history is not kept: there is no home folder; set HOME or XDG_STATE_HOME"
    helper.remove(home)
  end)
end)

describe("a reply with malformed chunks", function()
  it("is asked for once", function()
    local folder = helper.scratch()
    local server = canned.serve(folder, {
      { "GET", "HTTP/1.1 200 OK|Transfer-Encoding: chunked|Content-Type: application/json||[{}]" },
    })
    local _, err, status = helper.run(
      helper.environment(folder, { TOGGL_API_URL = server.url, TOGGL_API_TOKEN = TOKEN }),
      SHELL,
      "people"
    )
    local n = #server.requests()
    server.close()
    helper.remove(folder)
    assert.same({ 1, 1 }, { n, status }, err)
    assert.truthy(err:find("it answers so each time", 1, true), err)
  end)
end)
