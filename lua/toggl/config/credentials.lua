-- Credentials when no option names any: the first of the environment, a systemd credential and
-- ~/.togglrc that has some.
local core = require "toggl.core"
local os = require "toggl.text.standard"("os", { getenv = core.getenv })
local ini = require "toggl.config.ini"
local paths = require "toggl.config.paths"
local setting = require "toggl.config.setting"

local M = {}

local function filled(s) return s ~= nil and s ~= "" and s or nil end

local function fail(message) core.fail(true, { kind = "auth", message = message }) end

-- The variables that toggl-api-wrapper reads: TOGGL_API_TOKEN holds the token, or the e-mail
-- address when TOGGL_PASSWORD is set to anything but the word api_token.
local function from_environment()
  local user, password = filled(os.getenv "TOGGL_API_TOKEN"), filled(os.getenv "TOGGL_PASSWORD")
  local is_token = not password or password == "api_token"
  if not user and not is_token then
    fail(
      "TOGGL_PASSWORD is set, and TOGGL_API_TOKEN, which takes the e-mail address with it, is not; "
        .. "nothing was sent; set both, or unset TOGGL_PASSWORD"
    )
  end
  if not user then return nil end
  if is_token then return { token = setting.token(user, "TOGGL_API_TOKEN") }, "TOGGL_API_TOKEN" end
  return {
    email = setting.email(user, "TOGGL_API_TOKEN"),
    password = setting.password(password, "TOGGL_PASSWORD"),
  },
    "TOGGL_API_TOKEN and TOGGL_PASSWORD"
end

--- Return the credential that systemd passes to a service under this name, and its path; nil: none.
function M.credential(name)
  local folder = filled(os.getenv "CREDENTIALS_DIRECTORY")
  if not folder then return nil end
  local path = folder .. "/" .. name
  local text, why = core.read_private(path, true)
  if why then fail(why) end
  local line = text and text:match "^[^\r\n]*"
  if line == "" then fail(("the systemd credential %s is empty; nothing was sent"):format(path)) end
  return line, path
end

local function from_system()
  local token, path = M.credential "toggl-token"
  if token then return { token = setting.token(token, path) }, "the systemd credential " .. path end
end

-- Return the credentials of the section auth; a token takes precedence. LINES: of its names. A
-- section without credentials is a mistake; the message names what stands in their place.
local function read_auth(auth, lines, path)
  local function at(name) return ("%s: its %s"):format(ini.place(path, lines[name]), name) end
  if filled(auth.api_token) then
    return { token = setting.token(auth.api_token, at "api_token") }
  end
  if filled(auth.email) and filled(auth.password) then
    return {
      email = setting.email(auth.email, at "email"),
      password = setting.password(auth.password, at "password"),
    }
  end
  for _, name in ipairs { "api_token", "email", "password" } do
    if auth[name] == "" then
      fail(at(name) .. " is empty; nothing was sent; fill it in, or run togglsh auth login")
    end
  end
  fail(
    ini.place(path, lines[0])
      .. ": [auth] has no api_token, nor an email with a password; nothing was sent; write one "
      .. "there, or run togglsh auth login"
  )
end

-- Shared with the older toggl command line tool.
local function from_togglrc()
  local home = paths.home()
  local path = home and home .. "/.togglrc"
  local text, why
  if path then
    text, why = core.read_private(path)
  end
  if why then fail(why) end
  if not text then return nil end
  local sections, lines = ini.read(text, path)
  for name in pairs(sections) do
    if name ~= "auth" and core.fold(name) == "auth" then
      ini.fail(ini.place(path, lines[name][0]), "section [%s] must be written [auth]", name)
    end
  end
  if not sections.auth then return nil end
  return read_auth(sections.auth, lines.auth, path), path
end

local SOURCES = { from_environment, from_system, from_togglrc }

--- Return credentials without a profile, and their source.
function M.found()
  for _, source in ipairs(SOURCES) do
    local o, where = source()
    if o then return o, where end
  end
end

--- Return the sources of such credentials, in order of precedence. A source that cannot be read is
--- skipped here.
function M.places()
  local places = {}
  for _, source in ipairs(SOURCES) do
    local read, o, where = pcall(source)
    if read and o then places[#places + 1] = where end
  end
  return places
end

return M
