-- Shared by all specs: the modules of the build under test, and running a program. busted loads
-- this before the specs; a spec that uses the functions has local helper = require "spec.helper".

local M = {}

-- a sanitizer ends the process without a flush, which would lose the count
io.stdout:setvbuf "line"

M.build = os.getenv "TOGGL_BUILD" or "build"

-- Loaded twice (by busted and by a spec), the path must not grow.
local cpath = M.build .. "/?.so;"
if package.cpath:sub(1, #cpath) ~= cpath then
  package.path = "lua/?.lua;lua/?/init.lua;" .. package.path
  package.cpath = cpath .. package.cpath
end

-- Quote TEXT as one word for the shell.
function M.quote(word) return "'" .. tostring(word):gsub("'", "'\\''") .. "'" end

-- Return the content of the file, or nil if it does not exist or cannot be read.
function M.content(path)
  local f <close> = io.open(path, "rb")
  return f and f:read "a"
end

-- Return the content of a file that must exist.
function M.read(path)
  local f <close> = assert(io.open(path, "rb"))
  return f:read "a"
end

-- Write TEXT to PATH. Return PATH.
function M.write(path, text)
  local f <close> = assert(io.open(path, "wb"))
  f:write(text)
  return path
end

-- Write TEXT to PATH with MODE (600), in folders that only this user can read. Return PATH.
function M.private(path, text, mode)
  os.execute("mkdir -p -m 700 " .. M.quote(path:match "^(.*)/"))
  M.write(path, text)
  assert(os.execute(("chmod %s %s"):format(mode or "600", M.quote(path))))
  return path
end

-- Overwrite the big-endian integer at OFFSET of the header of an SQLite file.
function M.patch(path, offset, value)
  local text = M.read(path)
  M.write(path, text:sub(1, offset) .. string.pack(">I4", value) .. text:sub(offset + 5))
end

-- Return the mode of PATH, such as "600".
function M.mode(path)
  local pipe <close> = io.popen("stat -c %a " .. M.quote(path))
  return pipe:read "l"
end

local INTERPRETERS = { ["lua5.4"] = true, luajit = true }
for version = 1, 3 do
  INTERPRETERS["lua5." .. version] = true
end

-- Return the command of an interpreter. TOGGL_PRELOAD: the libraries of a sanitizer, which it
-- requires. Other programs must not get them: with libtsan in LD_PRELOAD each sh ends with SIGSEGV.
function M.interpreter(name)
  local preload = os.getenv "TOGGL_PRELOAD"
  if not preload then return name end
  local pipe <close> = io.popen(("command -v %s && readelf -l $(command -v %s)"):format(name, name))
  local path, loader = pipe:read "a":match "(%C+).*interpreter: (%C+)%]"
  return ("%s --argv0 %s --preload %s %s"):format(loader, name, M.quote(preload), path)
end

-- Return REASON, to be printed with a skipped spec, if the specs run under TSan, else nil.
function M.tsan(reason)
  return (os.getenv "TOGGL_PRELOAD" or ""):find("libtsan", 1, true) and "under TSan " .. reason
end

-- Factor of all times: programs are slower under TSan.
M.pace = M.tsan "" and 4 or 1

-- Run PROGRAM with the arguments that follow; ENVIRONMENT is a table of variables, or nil. Standard
-- input is empty. Returns standard output, standard error, and the exit status (128 + signal when
-- killed).
function M.run(environment, program, ...)
  local out, err = os.tmpname(), os.tmpname()
  local words = { "env" }
  for name, value in pairs(environment or {}) do
    words[#words + 1] = M.quote(name .. "=" .. value)
  end
  for _, word in ipairs { program, ... } do
    words[#words + 1] = INTERPRETERS[word] and M.interpreter(word) or M.quote(word)
  end
  local command = ("%s </dev/null >%s 2>%s"):format(table.concat(words, " "), out, err)
  local _, how, status = os.execute(command)
  local stdout, stderr = M.read(out), M.read(err)
  os.remove(out)
  os.remove(err)
  return stdout, stderr, how == "signal" and 128 + status or status
end

-- Run togglsh of the build under test.
function M.togglsh(...) return M.run(nil, M.build .. "/togglsh", ...) end

-- Return the block of a guide that follows <!-- no-run: REASON -->.
function M.block(path, reason)
  local text = assert(M.read(path))
  local _, last = text:find("<!-- no-run: " .. reason .. " -->\n```lua\n", 1, true)
  assert(last, path .. " has no block with the reason: " .. reason)
  return (text:sub(last + 1):match "^(.-\n)```")
end

-- Return a table with the fields of all tables given; nil counts as empty. Later ones take precedence.
function M.merged(...)
  local all = {}
  for i = 1, select("#", ...) do
    for name, value in pairs((select(i, ...)) or {}) do
      all[name] = value
    end
  end
  return all
end

-- Return the variables of a separate home, so that specs neither read nor change files of the user.
-- Those in the tables that follow take precedence.
function M.environment(home, ...)
  local e = {
    HOME = home,
    XDG_CONFIG_HOME = home .. "/config",
    XDG_CACHE_HOME = home .. "/cache",
    XDG_STATE_HOME = home .. "/state",
  }
  for _, name in ipairs { "API_TOKEN", "PASSWORD", "API_URL", "PROFILE", "ORGANIZATION_ID" } do
    e["TOGGL_" .. name] = ""
  end
  for _, name in ipairs { "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR" } do
    e[name] = ""
  end
  return M.merged(e, ...)
end

-- Run a shell command; $T is togglsh.
function M.sh(environment, line)
  environment.T = M.build .. "/togglsh"
  return M.run(environment, "bash", "-c", line)
end

-- Create a new folder; remove it.
function M.scratch()
  local path = os.tmpname()
  os.remove(path)
  assert(os.execute("mkdir -m 700 " .. M.quote(path)))
  return path
end

function M.remove(folder) os.execute("rm -rf " .. M.quote(folder)) end

-- Return the seconds that f() takes.
function M.seconds(f)
  local core = require "toggl.core"
  local from = core.ticks()
  f()
  return core.ticks() - from
end

-- --------------------------------------------------------------------------- sandboxes and clients

-- Start a sandbox of 60 people, more than the default page holds. It appends its exchanges to the
-- recording, if there is one, which scripts/dev/check passes to a third-party validator. Use record
-- = false with undocumented requests.
function M.sandbox(...)
  local o = M.merged({ people = 60, record = os.getenv "TOGGL_SANDBOX_RECORD" }, ...)
  o.record = o.record or nil
  return require("toggl.sandbox").start(o)
end

-- Create a client of that sandbox that stores nothing, on disk or in memory, and does not retry.
-- The options that follow take precedence.
function M.client(server, ...)
  local o = { sandbox = server, cache = false, state = false, retries = 0 }
  return require("toggl").client(M.merged(o, ...))
end

-- Start a sandbox. Return it, a client of it, and its organization Acme.
function M.acme(options)
  local server = M.sandbox(options or { record = false })
  local client = M.client(server)
  return server, client, client:get_organization(4300000017)
end

-- Call f(org, server, client) with a sandbox, and a client that raises by default.
function M.with_org(settings, f, options)
  local server <close> = M.sandbox(settings)
  local client <close> = M.client(server, options or { on_error = "raise" })
  f(client:organization "Acme", server, client)
end

-- The same with a sandbox that shows each change at once, and a journal.
function M.with_settled_org(settings, f)
  local shown = M.merged({ plan = "none", record = false }, settings)
  M.with_org(shown, f, { on_error = "raise", settle = 0, journal = ":memory:" })
end

-- Return the variables of the administrator of the server's organization Acme.
function M.account(server)
  return {
    TOGGL_API_URL = server.url,
    TOGGL_API_TOKEN = server:token(),
    TOGGL_ORGANIZATION_ID = "4300000017",
  }
end

-- Return how many of the last requests of SERVER are writes.
function M.writes(server)
  local n, _, last = 0, server:requests()
  for _, request in ipairs(last) do
    if request.method ~= "GET" then n = n + 1 end
  end
  return n
end

-- Return how many requests the server received during f(...), which must send none.
function M.requests_during(server, f, ...)
  local before = server:requests()
  f(...)
  return server:requests() - before
end

-- --------------------------------------------------------------------------------------- leftovers

-- Return the open descriptors of this process by number; the listing's own is closed when read.
local function descriptors()
  local open = {}
  for fd = 0, 255 do
    local f = io.open("/proc/self/fdinfo/" .. fd)
    if f then
      f:close()
      open[fd] = true
    end
  end
  return open
end

-- Return what a spec file left behind, as a sentence, or nil. BEFORE: the descriptors open at its
-- start.
function M.leftovers(before)
  collectgarbage()
  collectgarbage()
  local built, core = pcall(require, "toggl.core")
  local pages, words = built and core.pages_alive() or 0, {}
  if pages > 0 then words[1] = "pages of replies that are alive: " .. pages end
  for fd in pairs(descriptors()) do
    if not before[fd] then words[#words + 1] = "descriptor " .. fd .. " is open" end
  end
  return words[1] and table.concat(words, "; ")
end

M.descriptors = descriptors

-- Accept the descriptors that are open now: a library keeps them for the whole process.
function M.keep_descriptors() M.before = descriptors() end

-- busted itself loads this file without a name. Then check that each spec file leaves nothing
-- behind.
if not ... then
  local busted = require "busted"
  package.loaded["spec.helper"] = M -- the specs share this instance
  busted.subscribe({ "file", "start" }, M.keep_descriptors)
  busted.subscribe({ "file", "end" }, function(file)
    local left = M.leftovers(M.before)
    if left then error(file.name .. " leaves something behind: " .. left, 0) end
  end)
end

return M
