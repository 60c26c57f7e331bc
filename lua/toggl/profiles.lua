-- Profiles: sets of options with names, in $XDG_CONFIG_HOME/toggl/profiles.
--
--   [work]
--   token_command = pass show toggl/work
--   organization  = Acme
--
--   [home]
--   token = 1971800d4d82861d8f2c1651fea4d212
--
-- The file holds secrets: only its owner may be able to read it. A command is run by the shell and its first line is
-- the secret; it is run when the profile is asked for, never before.

local config = require "toggl.config"
local core = require "toggl.core"
local near = require("toggl.options").near

local M = {}

-- Names of a section, and the option of toggl.client that each becomes.
local NAMES = {
  token = "token", email = "email", password = "password", base_url = "base_url", organization = "organization",
  token_command = "token", password_command = "password",
}

local function fail(message, ...)
  core.fail(true, {kind = "auth", message = message:format(...)})
end

local function keys(t)
  local list = {}
  for k in pairs(t) do list[#list + 1] = k end
  table.sort(list)
  return list
end

local function run(command, name, profile)
  local pipe = assert(io.popen(command, "r"))
  local line = pipe:read "l"
  local ok, how, status = pipe:close()
  if not ok or not line or line == "" then
    fail("profile %s: its %s gave nothing%s", profile, name, ok and "" or (", it ended with %s %d"):format(how, status))
  end
  return line
end

--- The sections of the file, or nil when there is none. Raises when others can read it.
function M.all(folder)
  local path = folder .. "/profiles"
  local text, why = core.read_private(path)
  if why then fail("%s", why) end
  return text and config.ini(text, path), path
end

--- Options of toggl.client by the name of a profile, and `organization`.
function M.load(name, folder)
  local profiles, path = M.all(folder)
  if not profiles then fail("there is no profile %q: %s does not exist", name, path) end
  local section = profiles[name]
  if not section then
    fail("there is no profile %q in %s%s", name, path, near(name, keys(profiles)))
  end
  local o = {}
  for _, key in ipairs(keys(section)) do
    local option = NAMES[key]
    if not option then
      fail("profile %s: unknown name %q%s", name, key, near(key, keys(NAMES)))
    elseif o[option] then
      fail("profile %s: %s and %s_command say the same thing twice", name, option, option)
    end
    o[option] = key == option and section[key] or run(section[key], key, name)
  end
  return o
end

return M
