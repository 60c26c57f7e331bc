-- Where a client gets its credentials, its server and its files from. The first source that says something wins:
-- options, profile, and what toggl.credentials finds. Each is loaded when the ones before it said nothing.
local core = require "toggl.core"
local os = require "toggl.text.standard"("os", { getenv = core.getenv })
local io = require "toggl.text.standard"("io")

local M = {}

local function xdg(variable, default)
  local dir = os.getenv(variable)
  if not dir or dir:sub(1, 1) ~= "/" then
    dir = (os.getenv "HOME" or error("HOME is not set, so no file of yours can be found", 0)) .. default
  end
  return dir .. "/toggl"
end

function M.config_dir() return xdg("XDG_CONFIG_HOME", "/.config") end
function M.cache_path() return xdg("XDG_CACHE_HOME", "/.cache") .. "/cache.db" end
function M.state_path() return xdg("XDG_STATE_HOME", "/.local/state") .. "/state.db" end

local function has_credentials(o) return o.token or o.email or o.password end

local function add(o, more)
  for name, value in pairs(more or {}) do
    if o[name] == nil then o[name] = value end
  end
end

--- A profile: what `profiles` in the configuration folder says under its name. Its token may come from a command.
function M.profile(name)
  local profiles = require "toggl.config.profiles"
  return profiles.load(name, M.config_dir())
end

-- A sandbox of its own for this client, which owns it from then on. One that runs already can be given too.
local function start_sandbox(o)
  local given = o.sandbox ~= true and o.sandbox or {}
  local server = type(given) == "userdata" and given or require("toggl.sandbox").start(given)
  o.sandbox = server
  add(o, { base_url = server.url, unix_socket = server.socket, token = not has_credentials(o) and server:token() or nil,
    cache = ":memory:", state = ":memory:" })
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

local function filled(s) return s ~= nil and s ~= "" and s or nil end

local function check_there(variable, path)
  local file, why = io.open(path, "r") -- a folder opens as well
  if not file then require("toggl.config.ini").fail(variable, "%s; no client was made", why) end
  file:close()
  return path
end

-- Certificates to trust, by the variables that curl reads, in its order.
local function add_authorities(o)
  if o.ca_file or o.ca_path then return end
  for _, name in ipairs {"CURL_CA_BUNDLE", "SSL_CERT_FILE"} do
    local path = not o.ca_file and filled(os.getenv(name))
    if path then o.ca_file = check_there(name, path) end
  end
  local folder = not filled(os.getenv "CURL_CA_BUNDLE") and filled(os.getenv "SSL_CERT_DIR")
  if folder then o.ca_path = check_there("SSL_CERT_DIR", folder:match "^[^:]+" or folder) end
end

--- What the host of this Lua wants of every client that is made in it: a function of the options, or nil. A program
-- that was told to change nothing, or to rehearse, must be obeyed by clients that a script makes itself.
M.host = nil

--- What toggl.client does.
function M.client(options)
  local o = checked_copy(options)
  if M.host then M.host(o) end
  if o.sandbox then start_sandbox(o)
  else o.sandbox = nil end
  if o.profile then
    add(o, M.profile(o.profile))
    o.profile, o.organization = nil, nil
  end
  local asks = not o.sandbox and o.auth ~= false and not has_credentials(o)
  if asks then add(o, (require("toggl.config.credentials").found())) end
  o.auth = nil
  local url = os.getenv "TOGGL_API_URL"
  if not o.base_url and url ~= "" then o.base_url = url end
  if not o.unix_socket then add_authorities(o) end
  choose_files(o)
  local made, client = pcall(core.client, o)
  if not made then error(client, 2) end
  return client
end

return M
