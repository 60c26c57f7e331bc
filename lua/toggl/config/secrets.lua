-- Store, find and remove a token. Only in the requested place: a failure there is an error, not a
-- reason to use another.
--
-- The host provides screen.terminal.ask_secret(question), which reads without echo.

local io = require "toggl.text.standard"("io")
local config = require "toggl.config"
local credentials = require "toggl.config.credentials"
local core = require "toggl.core"
local profiles = require "toggl.config.profiles"
local os = require "toggl.text.standard"("os", { getenv = core.getenv })
local screen = require "toggl.text.screen"
local paths = require "toggl.config.paths"
local setting = require "toggl.config.setting"
local sources = require "toggl.config.sources"

local M = {}

-- Names in a section that name the place of a secret, with and without their endings.
local ALL = { "token", "password" }
local ENDINGS = { "", "_command", "_keyring", "_credential" }

local function fail(message, ...)
  local text = message:format(...)
  core.fail(true, { kind = "auth", message = text })
end

--- Read a secret without echo; without a terminal, the first line of standard input. Raises when it
--- is empty.
function M.ask(question)
  local terminal = screen.terminal
  require("toggl.text.show").flush()
  local text, why
  if terminal and terminal.ask_secret and terminal.asks then
    text, why = terminal.ask_secret(question)
    if why then fail("what was typed has more than %d bytes; nothing was stored", why) end
  elseif not (terminal and terminal.asks) then
    text, why = io.read "l"
    if why then fail("standard input cannot be read: %s; nothing was stored", why) end
  end
  text = text and text:match "^%s*(.-)%s*$"
  if not text or text == "" then fail "nothing was typed, and nothing was stored" end
  if core.control(text) then fail "what was typed holds a control character; nothing was stored" end
  return text
end

--- Check the e-mail address of a login; nil: none.
function M.email(text)
  if text == nil then return nil end
  if type(text) ~= "string" then
    core.misuse(("toggl.secrets.email takes an address, got %s"):format(type(text)))
  end
  return setting.email(text, "--email")
end

local function key_of(name) return "toggl:" .. name end

-- Remove everything that an older login stored.
local function without_secrets(changes)
  for _, name in ipairs(ALL) do
    for _, ending in ipairs(ENDINGS) do
      changes[name .. ending] = false
    end
  end
  changes.email = false
  return changes
end

-- Keep SECRET in the keyring for the profile NAME. Returns a function that undoes that: true, or
-- nil and why not.
local function keep_in_keyring(name, secret)
  local key = key_of(name)
  local before = core.keyring_get(key)
  local ok, why = core.keyring_set(key, secret)
  if not ok then
    fail("%s; nothing was stored; without --keyring it would go into a file of mode 0600", why)
  end
  return function()
    if before then return core.keyring_set(key, before) end
    local there, problem = core.keyring_drop(key)
    return there ~= nil or nil, problem
  end
end

-- Raise ERR, after which the keyring is as before, if UNDO can do that.
local function take_back(undo, name, err)
  local undone, why = undo()
  if not undone then
    fail("%s; the keyring has the new secret as %s all the same: %s", err, key_of(name), why)
  end
  error(err, 0)
end

--- Store {token =} or {email =, password =} as the profile NAME, in the place "keyring" or "file".
--- Returns a sentence that names the place and its mode.
function M.store(name, given, place)
  local secret = given.token and "token" or "password"
  local changes = without_secrets {}
  changes.email = given.email or false
  changes.base_url = sources.address() -- the token is for the server that checked it
  local undo = place == "keyring" and keep_in_keyring(name, given[secret])
  if undo then
    changes[secret .. "_keyring"] = key_of(name)
  else
    changes[secret] = given[secret]
  end
  local ok, path = pcall(profiles.change, paths.config_dir(), name, changes)
  if not ok and undo then take_back(undo, name, path) end
  if not ok then error(path, 0) end
  if undo then
    return (
      "the %s is in the kernel keyring of your user as %s until the machine restarts; profile %s "
      .. "in %s (mode "
      .. "0600) names it"
    ):format(secret, key_of(name), name, path)
  end
  core.keyring_drop(key_of(name)) -- remove an older one; no-op without a keyring
  return ("the %s is in profile %s in %s (mode 0600)"):format(secret, name, path)
end

local PLACES = {
  [""] = "it holds the %s, mode 0600",
  _command = "its command gives the %s",
  _keyring = "the %s is in the kernel keyring as %s",
  _credential = "the %s is the systemd credential %s",
}

--- Return a sentence on where the profile NAME has its secret, and which secret (token, password)
--- with its ending; nil: it has none, or does not exist. UNCHECKED: the profile may be faulty.
function M.place(name, unchecked)
  local all, path = profiles.all(paths.config_dir(), unchecked and name)
  local section = all and all[name] or {}
  for _, secret in ipairs(ALL) do
    for _, ending in ipairs(ENDINGS) do
      local value = section[secret .. ending]
      if value then
        return ("profile %s in %s: %s"):format(name, path, PLACES[ending]:format(secret, value)),
          secret,
          ending
      end
    end
  end
end

--- Remove the secrets of profile NAME. Returns sentences about what was removed; none: there was
--- nothing.
function M.drop(name)
  local done = {}
  local _, secret, ending = M.place(name, true)
  local gone, why = core.keyring_drop(key_of(name))
  if gone then done[#done + 1] = ("%s was taken out of the kernel keyring"):format(key_of(name)) end
  if not gone and why and ending == "_keyring" then fail("%s", why) end
  if secret then
    local path = profiles.change(paths.config_dir(), name, without_secrets {})
    done[#done + 1] = ("the %s was taken out of profile %s in %s"):format(secret, name, path)
  end
  return done
end

--- Ask Toggl for the person with these credentials, at the server of profile NAME: one request.
--- Raises without one.
--- SOURCE: the place outside of profiles that they come from; then they go to the server used
--- without a profile.
function M.check(name, given, source)
  local all = not source and profiles.all(paths.config_dir(), not given.profile and name)
  local section = all and all[name] or {}
  local o = {
    cache = false,
    on_error = "raise",
    connect_timeout = 5,
    retries = 0,
    base_url = given.profile and section.base_url or sources.address() or section.base_url,
    cleartext = section.cleartext == "true",
  }
  for key, value in pairs(given) do
    o[key] = value
  end
  local client <close> = config.client(o)
  return client:me()
end

--- Can the user be asked at a terminal?
function M.asks() return screen.terminal ~= nil and screen.terminal.asks == true end

--- Return the profile of the run, named by OPTION or by TOGGL_PROFILE, and which of the two; nil:
--- none.
function M.chosen(option)
  local variable = os.getenv "TOGGL_PROFILE"
  if option then return setting.name(option), "--profile" end
  if variable and variable ~= "" then return setting.name(variable), "TOGGL_PROFILE" end
end

-- Return the server of profile NAME, or the one used without a profile, and a sentence when
-- TOGGL_API_URL has no effect. NAMED: an option names the profile.
local function server(section, name, named)
  local variable, own = sources.address(), section and section.base_url
  local url = own or (named or not section) and variable or sources.TOGGL
  local from = own and "base_url of profile " .. name
    or url == variable and "TOGGL_API_URL"
    or "the default"
  if not variable or variable == url then return url, from end
  if named then return url, from, "TOGGL_API_URL is not used: " .. variable end
  return url,
    from,
    (
      "TOGGL_API_URL is %s, where the token of profile %s is not sent; unset it, write base_url = "
      .. "%s "
      .. "into the profile, or give --profile %s"
    ):format(variable, name, variable, name)
end

--- Return the source of the run's credentials as lines: place, server, masked secret. OPTION: its
--- --profile. nil: none. The second value is true for a profile's credentials, else the
--- credentials.
function M.status(option)
  local name, by = M.chosen(option)
  local token, all = os.getenv "TOGGL_API_TOKEN", profiles.all(paths.config_dir())
  local place = M.place(name or "default")
  if by and not place then return nil end
  local profile = place and (by or not token or token == "") and (name or "default")
  local found, where
  if not profile then
    found, where = credentials.found()
    if not found then return nil end
  end
  local winner = profile and ("profile %s%s"):format(profile, by and (" (%s)"):format(by) or "")
    or where
  local url, from, remark = server(profile and all[profile], profile, option ~= nil)
  local lines = {
    profile and place or "credentials come from " .. where,
    ("server: %s (%s)"):format(url, from),
    remark,
  }
  local function hide(what) lines[#lines + 1] = ("%s hides %s"):format(winner, what) end
  local other = M.chosen()
  if option and other and other ~= name then hide("TOGGL_PROFILE, which names " .. other) end
  if place and not profile then hide(place:match "^(.-):") end
  for _, source in ipairs(credentials.places()) do
    if source ~= where then hide(source) end
  end
  return lines, found or true
end

--- Return credentials outside of profiles, as toggl.credentials finds them.
M.found = credentials.found

return M
