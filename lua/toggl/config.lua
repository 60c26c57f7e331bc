-- Where a client gets its credentials, its server and its files from. The first source that says something wins:
-- options, profile, environment, a credential of systemd, ~/.togglrc.
local core = require "toggl.core"

local M = {}

local function home()
  return os.getenv "HOME" or error("HOME is not set, so no file of yours can be found", 0)
end

local function xdg(variable, default)
  local dir = os.getenv(variable)
  if not dir or dir:sub(1, 1) ~= "/" then dir = home() .. default end
  return dir .. "/toggl"
end

function M.config_dir() return xdg("XDG_CONFIG_HOME", "/.config") end
function M.cache_path() return xdg("XDG_CACHE_HOME", "/.cache") .. "/cache.db" end
function M.state_path() return xdg("XDG_STATE_HOME", "/.local/state") .. "/state.db" end

--- Reads an INI text: {section = {name = value}}. Lines that are no such thing are an error that names the line.
function M.ini(text, name)
  local sections, section, number = {}, nil, 0
  for line in (text .. "\n"):gmatch "(.-)\r?\n" do
    number = number + 1
    local title = line:match "^%s*%[([^%]]+)%]%s*$"
    local key, value = line:match "^%s*([%w_.-]+)%s*[=:]%s*(.-)%s*$"
    if title then
      section = title:match "^%s*(.-)%s*$"
      sections[section] = sections[section] or {}
    elseif key and section then sections[section][key] = value
    elseif not line:match "^%s*$" and not line:match "^%s*[#;]" then
      error(("%s, line %d: neither [section] nor name = value"):format(name, number), 0)
    end
  end
  return sections
end

local function filled(s) return s ~= nil and s ~= "" and s or nil end

local function fail(message)
  core.fail(true, {kind = "auth", message = message})
end

-- The variables that toggl-api-wrapper reads: TOGGL_API_TOKEN holds the token, or the e-mail address when there is a
-- TOGGL_PASSWORD other than the word api_token.
local function from_environment()
  local user, password = filled(os.getenv "TOGGL_API_TOKEN"), filled(os.getenv "TOGGL_PASSWORD")
  if not user then return nil end
  if not password or password == "api_token" then return {token = user}, "TOGGL_API_TOKEN" end
  return {email = user, password = password}, "TOGGL_API_TOKEN and TOGGL_PASSWORD"
end

--- A credential that systemd hands to a service under this name, and its path; nil: there is none.
function M.credential(name)
  local folder = filled(os.getenv "CREDENTIALS_DIRECTORY")
  if not folder then return nil end
  local path = folder .. "/" .. name
  local text, why = core.read_private(path, true)
  if why then fail(why) end
  return text and filled(text:match "^[^\r\n]*"), path
end

local function from_system()
  local token, path = M.credential "toggl-token"
  if token then return {token = token}, "the systemd credential " .. path end
end

-- Shared with the older toggl command line tool: section auth, a present token wins.
local function from_togglrc()
  local path = os.getenv "HOME" and home() .. "/.togglrc"
  local text, why
  if path then text, why = core.read_private(path) end
  if why then fail(why) end
  if not text then return nil end
  local auth = M.ini(text, path).auth or {}
  if filled(auth.api_token) then return {token = auth.api_token}, path end
  if filled(auth.email) and filled(auth.password) then return {email = auth.email, password = auth.password}, path end
  return nil
end

--- Credentials without a profile, and where they come from.
function M.found()
  local o, where = from_environment()
  if not o then o, where = from_system() end
  if not o then o, where = from_togglrc() end
  return o, where
end

-- Secrets that this process has used, so that a history can leave them out.
local used = {}

local function note(o)
  for _, name in ipairs {"token", "password"} do
    if type(o[name]) == "string" and #o[name] >= 4 then used[o[name]] = true end
  end
end

--- Whether TEXT holds a secret that a client of this process was made with.
function M.holds_secret(text)
  for secret in pairs(used) do
    if text:find(secret, 1, true) then return true end
  end
  return false
end

local function has_credentials(o) return o.token or o.email or o.password end

local function add(o, more)
  for name, value in pairs(more or {}) do
    if o[name] == nil then o[name] = value end
  end
end

--- A profile: what `profiles` in the configuration folder says under its name. Its token may come from a command.
function M.profile(name)
  local profiles = require "toggl.profiles"
  return profiles.load(name, M.config_dir())
end

-- A sandbox of its own for this client: it lives as long as the client does. One that runs already can be given too.
local function start_sandbox(o)
  local given = o.sandbox ~= true and o.sandbox or {}
  local server = type(given) == "userdata" and given or require("toggl.sandbox").start(given)
  o.sandbox = nil
  add(o, { base_url = server.url, unix_socket = server.socket, token = not has_credentials(o) and server:token() or nil,
    cache = ":memory:", state = ":memory:" })
  return server
end

local function choose_files(o)
  if o.cache == nil then o.cache = M.cache_path() end
  if o.state == nil then o.state = M.state_path() end
  if o.cache == false then o.cache = nil end
  if o.state == false then o.state = nil end
end

local function checked_copy(options)
  if type(options) ~= "table" then error("toggl.client takes a table of options", 3) end
  local o = {}
  for name, value in pairs(options) do o[name] = value end
  if o.stale == "quota" then o.stale = true end
  return o
end

-- Servers of clients, so that a sandbox ends with its client and not before.
local servers = setmetatable({}, { __mode = "k" })

function M.server(client) return servers[client] end

--- What toggl.client does.
function M.client(options)
  local o = checked_copy(options)
  local server
  if o.sandbox then server = start_sandbox(o)
  elseif o.sandbox == false then o.sandbox = nil end
  if o.profile then
    add(o, M.profile(o.profile))
    o.profile, o.organization = nil, nil
  end
  if not server and o.auth ~= false and not has_credentials(o) then add(o, (M.found())) end
  note(o)
  o.auth = nil
  if not o.base_url then o.base_url = filled(os.getenv "TOGGL_API_URL") end
  choose_files(o)
  local made, client = pcall(core.client, o)
  if not made then error(client, 2) end
  servers[client] = server
  return client
end

return M
