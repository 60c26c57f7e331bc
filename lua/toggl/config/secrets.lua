-- Where a token is kept: put there, found again, taken away. One place at a time, and the one that was asked for: what
-- cannot be done there is an error, not a reason to take another.
--
-- The host offers screen.terminal.ask_secret(question), which reads without echo.

local io = require "toggl.text.standard"("io")
local config = require "toggl.config"
local core = require "toggl.core"
local profiles = require "toggl.config.profiles"
local screen = require "toggl.text.screen"

local M = {}

local ALL = {"token", "password"} -- names of a section that say where a secret is, with and without their endings
local ENDINGS = {"", "_command", "_keyring", "_credential"}

local function fail(message, ...)
  core.fail(true, {kind = "auth", message = message:format(...)})
end

--- Read a secret without echo; without a terminal the first line of standard input. Raises when it is nothing.
function M.ask(question)
  local terminal = screen.terminal
  local text = terminal and terminal.ask_secret and terminal.asks and terminal.ask_secret(question) or nil
  if not (terminal and terminal.asks) then text = io.read "l" end
  text = text and text:match "^%s*(.-)%s*$"
  if not text or text == "" then fail "nothing was typed, and nothing was stored" end
  if text:find "[%c\x7f]" then fail "what was typed holds a control character; nothing was stored" end
  return text
end

local function key_of(name) return "toggl:" .. name end

-- Nothing of an older login stays behind.
local function without_secrets(changes)
  for _, name in ipairs(ALL) do
    for _, ending in ipairs(ENDINGS) do changes[name .. ending] = false end
  end
  changes.email = false
  return changes
end

--- Stores {token =} or {email =, password =} as the profile NAME, in the place "keyring" or "file". Returns a sentence
-- that says where, with its mode.
function M.store(name, credentials, place)
  local secret = credentials.token and "token" or "password"
  local changes = without_secrets{}
  changes.email = credentials.email or false
  changes.base_url = config.address() -- the token is for the server that it was checked at
  if place == "keyring" then
    local ok, why = core.keyring_set(key_of(name), credentials[secret])
    if not ok then fail("%s; nothing was stored; without --keyring it would go into a file of mode 0600", why) end
    changes[secret .. "_keyring"] = key_of(name)
  else
    changes[secret] = credentials[secret]
  end
  local path = profiles.change(config.config_dir(), name, changes)
  if place == "keyring" then
    return ("the %s is in the kernel keyring of your user as %s until the machine restarts; profile %s in %s (mode "
      .. "0600) names it"):format(secret, key_of(name), name, path)
  end
  core.keyring_drop(key_of(name)) -- an older one; where there is no keyring, there is none
  return ("the %s is in profile %s in %s (mode 0600)"):format(secret, name, path)
end

local PLACES = {
  [""] = "the %s stands in it, mode 0600", _command = "its command gives the %s",
  _keyring = "the %s is in the kernel keyring as %s", _credential = "the %s is the systemd credential %s",
}

--- Where the profile NAME has its secret, as a sentence, and what it is (token, password) with its ending; nil: it
-- has none, or there is no such profile.
function M.place(name)
  local all, path = profiles.all(config.config_dir())
  local section = all and all[name] or {}
  for _, secret in ipairs(ALL) do
    for _, ending in ipairs(ENDINGS) do
      local value = section[secret .. ending]
      if value then
        return ("profile %s in %s: %s"):format(name, path, PLACES[ending]:format(secret, value)), secret, ending
      end
    end
  end
end

--- Takes the secrets of profile NAME away. Returns sentences about what was done; none: there was nothing.
function M.drop(name)
  local done = {}
  local _, secret, ending = M.place(name)
  local gone, why = core.keyring_drop(key_of(name))
  if gone then done[#done + 1] = ("%s was taken out of the kernel keyring"):format(key_of(name)) end
  if not gone and why and ending == "_keyring" then fail("%s", why) end
  if secret then
    local path = profiles.change(config.config_dir(), name, without_secrets{})
    done[#done + 1] = ("the %s was taken out of profile %s in %s"):format(secret, name, path)
  end
  return done
end

--- Ask Toggl for the person of these credentials, at the server of profile NAME: one request. Raises without one.
function M.check(name, credentials)
  local all = profiles.all(config.config_dir())
  local section = all and all[name] or {}
  local o = {cache = false, on_error = "raise", connect_timeout = 5, retries = 0,
    base_url = credentials.profile and section.base_url or config.address() or section.base_url,
    cleartext = section.cleartext == "true"}
  for key, value in pairs(credentials) do o[key] = value end
  local client <close> = config.client(o)
  return client:me()
end

--- Credentials outside of profiles, as toggl.credentials finds them.
M.found = require("toggl.config.credentials").found

return M
