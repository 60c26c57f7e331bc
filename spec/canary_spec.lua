-- Each way to give a token or a password, and each place that must not contain it. The sandbox
-- accepts the secret: calls succeed, and a reply that contains the secret must be stored without
-- it.
--
-- For each way the spec runs a script (calls, errors, children that read their parent and the open
-- stores), a prompt, and a crash. Then it searches each place.

local core = require "toggl.core"
local helper = require "spec.helper"
local needles = require "spec.terminal.needles"
local seat = require "spec.terminal.seat"

local SHELL = (helper.build:find "^/" and "" or os.getenv "PWD" .. "/")
  .. helper.build
  .. "/togglsh"
local EMAIL = "olive@example.com"
local KEY = "toggl:canary"

local server, token, password, secrets

local function found_in(text) return needles.found_in(text, secrets) end

local function files_with(folder, more) return needles.files_with(folder, secrets, more) end

local function read(path) return helper.content(path) or "" end

-- ---------------------------------------------------------------------------------------- the ways

local function write(home, name, text, mode) return helper.private(home .. "/" .. name, text, mode) end

local PROFILES = "config/toggl/profiles"

-- Write a profile. Its token is sent to its own address alone.
local function profile(home, ...)
  write(
    home,
    PROFILES,
    ("[default]\nbase_url = %s\n%s\n"):format(server.url, table.concat({ ... }, "\n"))
  )
end

local function environment(home, more)
  return helper.environment(home, {
    TMPDIR = home .. "/tmp",
    CREDENTIALS_DIRECTORY = "",
    TOGGL_API_URL = server.url,
    T = SHELL,
  }, more)
end

local function sh(home, line, more) return helper.run(environment(home, more), "bash", "-c", line) end

-- Write its events, as --trace writes those of togglsh's own client.
local MADE = [[client = toggl.client{%s, on_error = "raise", log = function(event)
  for name, value in pairs(event) do io.stderr:write(name, " ", tostring(value), "\n") end
end}]]

local function by_token() return MADE:format(("token = %q"):format(token)):gsub("\n%s*", " ") end

local function by_password()
  return MADE:format(("email = %q, password = %q"):format(EMAIL, password)):gsub("\n%s*", " ")
end

-- {name, function(HOME) -> variables, output; the files that may contain the secret}. `script` and
-- `typed`: code that creates the client in a script and at the prompt.
local ways = {
  { "a token in the environment", function() return { TOGGL_API_TOKEN = token } end },
  {
    "a password in the environment",
    function() return { TOGGL_API_TOKEN = EMAIL, TOGGL_PASSWORD = password } end,
  },
  {
    "a token in a credential of systemd",
    function(home)
      write(home, "given/toggl-token", token .. "\n", "400")
      return { CREDENTIALS_DIRECTORY = home .. "/given" }
    end,
    { "given/toggl-token" },
  },
  {
    "a password in a credential of systemd",
    function(home)
      write(home, "given/toggl-password", password .. "\n", "400")
      profile(home, "email = " .. EMAIL, "password_credential = toggl-password")
      return { CREDENTIALS_DIRECTORY = home .. "/given" }
    end,
    { "given/toggl-password" },
  },
  {
    "a token from a command",
    function(home) profile(home, "token_command = cat " .. write(home, "given/token", token)) end,
    { "given/token" },
  },
  {
    "a password from a command",
    function(home)
      profile(
        home,
        "email = " .. EMAIL,
        "password_command = cat " .. write(home, "given/password", password)
      )
    end,
    { "given/password" },
  },
  {
    "a token in the kernel keyring",
    function(home)
      assert(core.keyring_set(KEY, token))
      profile(home, "token_keyring = " .. KEY)
    end,
  },
  {
    "a password in the kernel keyring",
    function(home)
      assert(core.keyring_set(KEY, password))
      profile(home, "email = " .. EMAIL, "password_keyring = " .. KEY)
    end,
  },
  { "a token in a profile", function(home) profile(home, "token = " .. token) end, { PROFILES } },
  {
    "a password in a profile",
    function(home) profile(home, "email = " .. EMAIL, "password = " .. password) end,
    { PROFILES },
  },
  {
    "a token in ~/.togglrc",
    function(home) write(home, ".togglrc", "[auth]\napi_token = " .. token .. "\n") end,
    { ".togglrc" },
  },
  {
    "a password in ~/.togglrc",
    function(home)
      write(home, ".togglrc", ("[auth]\nemail = %s\npassword = %s\n"):format(EMAIL, password))
    end,
    { ".togglrc" },
  },
  {
    "a token that auth login read from a pipe",
    function(home)
      return nil,
        sh(home, "printf '%s\\n' \"$SECRET\" | $T --trace auth login 2>&1", { SECRET = token })
    end,
    { PROFILES },
  },
  {
    "a password that auth login read from a pipe",
    function(home)
      return nil,
        sh(
          home,
          "printf '%s\\n' \"$SECRET\" | $T --trace auth login --email " .. EMAIL .. " 2>&1",
          { SECRET = password }
        )
    end,
    { PROFILES },
  },
  {
    "a token typed at auth login",
    function(home)
      local s <close> = seat.sit(home, { "--trace", "auth", "login" }, environment(home))
      s:see "API token: $"
      s:type(token .. "\r")
      s:see "signed in as Olive"
      s:leave()
      return nil, s.all
    end,
    { PROFILES },
  },
  {
    "a token in a script",
    function() end,
    { "crash.lua", "make.lua", "script.lua" },
    script = by_token,
  },
  {
    "a password in a script",
    function() end,
    { "crash.lua", "make.lua", "script.lua" },
    script = by_password,
  },
  { "a token typed at the prompt", function() end, { "crash.lua" }, typed = by_token },
  { "a password typed at the prompt", function() end, { "crash.lua" }, typed = by_password },
}

-- ------------------------------------------------------------------------------------ what is done

-- Errors of the server, of Lua and of a misuse, and children, which read themselves, their parent
-- and the open stores.
local SCRIPT = [[
  local function tell(f, ...)
    local ok, err = xpcall(f, debug.traceback, ...)
    print(ok, type(err) == "table" and (tostring(err) .. (err.body or "")) or err)
  end
  local org = client:organization "Acme"
  print(client, client:me(), #org:users{refresh = true}, client:me().email)
  tell(client.api.get_organization, {organization_id = 1})
  tell(client.request, client, "GET", "/nowhere")
  tell(client.request, client, "GET", "/me")
  tell(function() local inner <const> = client error("broken: " .. tostring(inner)) end)
  tell(function() error(client) end)
  tell(function() return toggl.client{tokn = "x"} end)
  tell(function() client:organization{token = "x"} end)
  for name, value in pairs(client:cost()) do print(name, value) end
  os.execute "mkdir seen; cat /proc/$PPID/cmdline >seen/cmdline; cat /proc/$PPID/environ >seen/environ 2>&1"
  os.execute "cat /proc/self/cmdline /proc/$$/cmdline >>seen/cmdline"
  os.execute "env >seen/child; cat /proc/self/environ /proc/$$/environ >>seen/child"
  local pipe = io.popen("env >>seen/child; cat /proc/self/environ >>seen/child; cat >/dev/null", "w")
  pipe:close()
  os.execute "cp -r cache state seen"
]]

local CRASH = "client:me{refresh = true} os.execute 'kill -%s $PPID' "

local TYPED = {
  "client:me{refresh = true}",
  "client",
  "org = client:organization 'Acme'",
  "#org:users()",
  ":sql SELECT * FROM users",
  "client:request('GET', '/nowhere')",
  "client.api.get_organization{organization_id = 1}",
  "(function() local inner = client error('broken ' .. tostring(inner)) end)()",
  "toggl.client{tokn = 1}",
  "_, __",
  "os.execute 'env >seen/child.prompt; cat /proc/$PPID/cmdline >seen/cmdline.prompt'",
  "os.execute 'cat /proc/$PPID/environ >seen/environ.prompt'",
}

local function at_prompt(home, way, variables)
  local words = { "--trace" }
  if way.script then words = { "--trace", "-i", write(home, "make.lua", (way.script())) } end
  local s <close> = seat.sit(home, words, environment(home, variables))
  s:see "> $"
  s:run(("os.execute %q"):format("true")) -- the first child of a prompt
  if way.typed then s:run((way.typed())) end
  local from = #s.all + 1 -- the screen may show a typed secret
  for _, line in ipairs(TYPED) do
    s:run((line:gsub("seen/", home .. "/seen/")))
  end
  local screen = s.all:sub(from)
  s:run(("x = %q"):format(way[1]:find "password" and password or token))
  s:run(":save " .. home .. "/typed.lua")
  s:key "finish"
  s:leave()
  return screen
end

-- Run a script, a prompt and two crashes. Return their output.
local function live(home, way, variables)
  local first = (way.script or way.typed or function() return "" end)()
  write(home, "script.lua", (way.typed and "client = nil\n" or first .. "\n") .. SCRIPT)
  local seen = {}
  os.execute("mkdir -p -m 700 " .. home .. "/tmp " .. home .. "/core")
  if way.typed then
    os.execute("mkdir " .. home .. "/seen")
  else
    seen.errors, seen.trace = sh(home, "cd $HOME; exec $T --trace script.lua", variables)
    assert.matches("404.*broken: toggl.client", seen.errors, seen.trace)
  end
  seen.screen = at_prompt(home, way, variables)
  if way.typed then os.execute(("cp -r %s/cache %s/state %s/seen"):format(home, home, home)) end
  for _, signal in ipairs { "ABRT", "SEGV" } do
    local path = write(home, "crash.lua", first .. "\n" .. CRASH:format(signal))
    local how = way.typed and ("$T --no-editor -i <%s"):format(path) or "$T " .. path
    local _, err = sh(
      home,
      ("cd $HOME/core; ulimit -c unlimited; %s; echo ended with $? >&2"):format(how),
      variables
    )
    seen.crash = (seen.crash or "") .. err
    assert.matches("ended with [1-9]", err)
  end
  return seen
end

-- -------------------------------------------------------------------------------------- the places

-- Return whether an unprotected program leaves a core file with its secret on this machine, else
-- the reason.
local function cores_come_about()
  local home = seat.home()
  os.execute("mkdir " .. home .. "/core")
  sh(
    home,
    "cd $HOME/core; ulimit -c unlimited; SECRET="
      .. token
      .. " lua5.4 -e 'os.execute \"kill -SEGV $PPID\"'"
  )
  local cores = files_with(home)
  os.execute("rm -rf " .. helper.quote(home))
  return #cores > 0,
    ("not even lua5.4 leaves a core file in its folder: ulimit -Hc, or core_pattern is %s"):format(
      read "/proc/sys/kernel/core_pattern":gsub("%s+$", "")
    )
end

-- {name, function(home, seen, way) -> the text to search, or a list of files with the secret}
local places = {
  { "errors and tracebacks", function(_, seen) return seen.errors end },
  { "what --trace writes", function(_, seen) return seen.trace end },
  { "what the prompt shows", function(_, seen) return seen.screen end },
  { "what auth login writes", function(_, seen) return seen.login end },
  {
    "the history, and what :save writes",
    function(home)
      local history = read(home .. "/state/toggl/history")
      assert.matches("client:me", history)
      return history .. read(home .. "/typed.lua")
    end,
  },
  {
    "cache.db with its log, open and closed",
    function(home)
      assert.truthy(
        read(home .. "/seen/cache/toggl/cache.db") .. read(home .. "/seen/cache/toggl/cache.db-wal")
          ~= ""
      )
      return table.move(files_with(home .. "/seen/cache"), 1, 9, 1, files_with(home .. "/cache"))
    end,
  },
  {
    "state.db with its log, open and closed",
    function(home)
      assert.truthy(read(home .. "/seen/state/toggl/state.db") ~= "")
      return table.move(files_with(home .. "/seen/state"), 1, 9, 1, files_with(home .. "/state"))
    end,
  },
  {
    "the folders for temporary files",
    function(home, seen)
      local names, newer =
        files_with(home .. "/tmp"), ("-maxdepth 1 -newer %s -user $(id -u)"):format(seen.start)
      return table.move(files_with("/tmp", newer), 1, 9, #names + 1, names)
    end,
  },
  {
    "/proc/PID/cmdline",
    function(home)
      local text = read(home .. "/seen/cmdline") .. read(home .. "/seen/cmdline.prompt")
      assert.matches("togglsh", text)
      return text
    end,
  },
  {
    "/proc/PID/environ",
    function(home) return read(home .. "/seen/environ") .. read(home .. "/seen/environ.prompt") end,
  },
  {
    "the environment of children",
    function(home)
      local text = read(home .. "/seen/child") .. read(home .. "/seen/child.prompt")
      assert.matches("HOME=", text)
      return text
    end,
  },
  {
    "core files",
    function(home, seen)
      local possible, why = cores_come_about()
      if not possible then return nil, why end
      assert.is_nil(seen.crash:find "core dumped")
      return files_with(home .. "/core")
    end,
  },
}

local function look(place, home, seen, way)
  local where, why = place[2](home, seen, way)
  if why then return pending(why) end
  if type(where) == "table" then return assert.same({}, where) end
  assert.is_nil(where and found_in(where))
end

setup(function()
  -- a random secret, which no other file contains
  local random <close> = assert(io.open "/dev/urandom")
  server = helper.sandbox {
    port = 0,
    people = 12,
    record = false,
    seed = (string.unpack("I4", random:read(4))),
  }
  token, password = server:token(), server:password_of(EMAIL)
  secrets = needles.of(token, EMAIL, password)
end)
teardown(function() server:stop() end)

for _, way in ipairs(ways) do
  describe(way[1] .. " is not in", function()
    local home, seen, missing

    setup(function()
      home = seat.home()
      local start = write(home, "start", "")
      if way[1]:find "keyring" and not core.keyring_set(KEY, "x") then
        missing = "this kernel allows no keyring: " .. select(2, core.keyring_set(KEY, "x"))
        return
      end
      local variables, login = way[2](home)
      seen = live(home, way, variables)
      seen.start, seen.login = start, login
    end)
    teardown(function()
      core.keyring_drop(KEY)
      os.execute("rm -rf " .. helper.quote(home))
    end)

    for _, place in ipairs(places) do
      if
        (place[1] ~= "what auth login writes" or way[1]:find "auth login")
        and not (way.typed and (place[1]:find "trace"))
      then
        it(place[1], function()
          if missing then return pending(missing) end
          look(place, home, seen, way)
        end)
      end
    end

    it("any other file", function()
      if missing then return pending(missing) end
      assert.same(way[3] or {}, files_with(home))
    end)
  end)
end

-- Root may read each process: root runs the programs as another user.
describe("the memory of the process is not in", function()
  local home, become

  setup(function()
    home, become = seat.home(), ""
    local who <close> = io.popen "id -u"
    if who:read "l" == "0" then
      become = "setpriv --reuid=65534 --regid=65534 --clear-groups "
      os.execute("chown 65534:65534 " .. home)
    end
  end)
  teardown(function() os.execute("rm -rf " .. helper.quote(home)) end)

  -- Let a child of PROGRAM take a memory image of it. Return how many images there are, and the
  -- files with the secret.
  local function image(program, code)
    sh(
      home,
      ("cd $HOME; exec %s%s -e '%s os.execute \"gcore -o $HOME/image $PPID >log 2>&1\"'"):format(
        become,
        program,
        code
      ),
      { TOGGL_API_TOKEN = token }
    )
    local pipe <close> = io.popen(("ls %s | grep -c ^image"):format(helper.quote(home)))
    return tonumber(pipe:read "l"), files_with(home)
  end

  it("an image that another process of the same user takes", function()
    if not os.execute "command -v gcore >/dev/null" then
      return pending "gcore, of the package gdb, is not here"
    end
    local count, names = image("lua5.4", "x = os.getenv [[TOGGL_API_TOKEN]]")
    if #names == 0 then
      return pending("a child may not even look into lua5.4 here: " .. read(home .. "/log"))
    end
    os.execute("rm -f " .. home .. "/image*")
    assert.equal(1, count)
    count, names = image(SHELL, "assert(client:me())")
    assert.same({ 0, {} }, { count, names })
    assert.matches("ptrace: Operation not permitted", read(home .. "/log"))
  end)
end)
