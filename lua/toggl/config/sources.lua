-- Fill in what the options of a client leave open: credentials and server. The first
-- source that has a value wins: options, profile, then toggl.config.credentials. Each is loaded
-- only if the ones before it had none.
local core = require "toggl.core"
local os = require "toggl.text.standard"("os", { getenv = core.getenv })
local paths = require "toggl.config.paths"
local setting = require "toggl.config.setting"

local M = {}

M.TOGGL = setting.TOGGL

local function filled(s) return s ~= nil and s ~= "" and s or nil end

local function has_credentials(o) return o.token or o.email or o.password end

local SECRET = { token = true, email = true, password = true }

-- Take credentials from one source: a token and the address of another source do not belong
-- together.
local function add(o, more)
  local own = has_credentials(o)
  for name, value in pairs(more or {}) do
    if o[name] == nil and not (own and SECRET[name]) then o[name] = value end
  end
end

--- Return a profile: the section of this name in `profiles` of the configuration folder. Its token
--- may come from a command.
function M.profile(name, given)
  return require("toggl.config.profiles").load(setting.name(name), paths.config_dir(), given)
end

-- A profile that the run, not this client, names does not give its token to a client with its own
-- address.
local function check_own_address(o, more)
  if not o.implied or not o.base_url or has_credentials(o) or not has_credentials(more) then
    return
  end
  local url = setting.address(o.base_url, "base_url", true)
  if (more.base_url or M.TOGGL) == url then return end
  core.fail(true, {
    kind = "setting",
    message = (
      "base_url is %s, and profile %s (%s) is for %s: its token was not "
      .. "sent; give the client a token, or profile = %q"
    ):format(url, o.profile, o.implied, more.base_url or "Toggl itself", o.profile),
  })
end

--- Return PATH if it is a readable file; else raise an error that names VARIABLE.
function M.check_file(variable, path)
  local why = core.path_fault(path)
  if not why then return path end
  require("toggl.config.ini").fail(variable, "%s: %s; no client was made", core.clean(path), why)
end

-- The token of a profile is for the server that the profile names. The server in TOGGL_API_URL gets
-- it only if the profile has no address and the run names the profile by an option (`addressed`).
local function add_profile(o, more)
  check_own_address(o, more)
  local url = filled(os.getenv "TOGGL_API_URL")
  local elsewhere = url and not o.base_url and not has_credentials(o) and has_credentials(more)
  if elsewhere and not o.addressed then
    url = setting.address(url, "TOGGL_API_URL", more.cleartext)
    if (more.base_url or M.TOGGL) ~= url then
      core.fail(true, {
        kind = "setting",
        message = (
          "TOGGL_API_URL is %s, and profile %s is for %s: its token was not "
          .. "sent; write base_url = %s into the profile, or give --profile %s"
        ):format(url, o.profile, more.base_url or "Toggl itself", url, o.profile),
      })
    end
  end
  local place = "profile " .. tostring(o.profile) .. ": its "
  if more.ca_file and not o.ca_file then M.check_file(place .. "ca_file", more.ca_file) end
  if more.ca_path and not o.ca_path then M.folders_there(place .. "ca_path", more.ca_path) end
  add(o, more)
end

-- Where the token of such options comes from, for warnings.
local origins = setmetatable({}, { __mode = "k" })

--- Return the client options of the profile NAME, and `organization`. NAMED: by an option of the
--- run.
function M.from_profile(name, named)
  local o = { profile = name, addressed = named }
  add_profile(o, M.profile(name, o))
  o.profile, o.addressed = nil, nil
  origins[o] = "the token of profile " .. name
  return o
end

--- Return the address in TOGGL_API_URL if it is not Toggl's own; else nil.
function M.address()
  local url = filled(os.getenv "TOGGL_API_URL")
  url = url and setting.address(url, "TOGGL_API_URL", true)
  return url ~= M.TOGGL and url or nil
end

-- Clean the values of options as those of variables are cleaned.
local function clean(o)
  if type(o.token) == "string" then o.token = setting.token(o.token, "the token") end
  if type(o.base_url) == "string" then
    o.base_url = setting.address(o.base_url, "base_url", o.cleartext or o.unix_socket)
  end
  for _, name in ipairs { "journal_keep", "journal_redact" } do
    local value = o[name]
    if type(value) == "string" then
      o[name] = setting.seconds(value)
        or core.misuse(("option '%s' must be a time such as \"400d\", got %q"):format(name, value))
    end
  end
end

-- Start a sandbox that this client owns. A running one can be passed instead.
local function start_sandbox(o)
  local server = o.sandbox
  if server == true or type(server) == "table" then
    local ok, started = pcall(require("toggl.sandbox").start, server == true and {} or server)
    if not ok then core.misuse(("option 'sandbox': %s"):format(started)) end
    server = started
  elseif type(server) ~= "userdata" then
    local text = "option 'sandbox' must be true, a table of settings or a running sandbox, got %s"
    core.misuse(text:format(type(server)))
  end
  o.sandbox = server
  add(o, {
    base_url = server.url,
    unix_socket = server.socket,
    token = not has_credentials(o) and server:token() or nil,
    cache = ":memory:",
    state = ":memory:",
  })
end

local noted, notes = {}, {}

-- Warn through the client being created, once a process.
local function note(sentence)
  if sentence and not noted[sentence] then notes[#notes + 1] = sentence end
  if sentence then noted[sentence] = true end
end

--- Return what to warn of, each sentence once a process. It waits for the client being created,
--- which has the warning function.
function M.take_notes()
  local sentences = notes
  notes = {}
  return sentences
end

local COST = {
  both = "nothing is stored, so every run sends its requests again, the quota is not shared, and "
    .. "the record of changes ends with the run; set HOME, or XDG_CACHE_HOME and XDG_STATE_HOME",
  cache = "replies are not stored, so every run sends its requests again; "
    .. "set HOME or XDG_CACHE_HOME",
  state = "the quota is not shared with other runs, and the record of changes ends with the run; "
    .. "set HOME or XDG_STATE_HOME",
}

--- Warn once what is not stored without a home folder (CACHE, STATE), and what that costs.
function M.note_homeless(cache, state)
  local home = os.getenv "HOME"
  local why = home
      and home:sub(1, 1) == "/"
      and ("there is no folder %s, which HOME names"):format(home)
    or "HOME names no folder and the user has no home folder"
  note(("%s: %s"):format(why, COST[cache and state and "both" or cache and "cache" or "state"]))
end

--- Return the folders of a LIST with colons that are there; if none is, raise an error that names
--- VARIABLE. OpenSSL skips missing folders; a list with only missing ones is a mistake.
function M.folders_there(variable, list)
  local found, fault = {}, nil
  for folder in list:gmatch "[^:]+" do
    local why = core.path_fault(folder, true)
    if not why then found[#found + 1] = folder end
    fault = fault or why and ("%s: %s"):format(core.clean(folder), why)
  end
  if found[1] then return table.concat(found, ":") end
  require("toggl.config.ini").fail(variable, "%s; no client was made", fault or "it has no folder")
end

-- Does a client with the options O take the profile that the run names?
local function wants_profile(o)
  return not o.profile and not o.sandbox and o.auth ~= false and not has_credentials(o)
end

--- Give a client with the options O the account of its run: the profile NAMED by an option, else
--- the one that CHOOSE finds. An address of its own then means another server.
function M.share_profile(o, named, choose)
  if not wants_profile(o) or not named and (o.base_url or filled(os.getenv "TOGGL_PROFILE")) then
    return
  end
  local name = named or choose {}
  if name then
    o.profile, o.implied, o.addressed = name, "of this run", named ~= nil
  end
end

--- Complete and clean O, a copy of the caller's OPTIONS.
function M.fill(o, options)
  local origin = origins[options]
  if o.sandbox then
    start_sandbox(o)
  else
    o.sandbox = nil
  end
  local named = filled(os.getenv "TOGGL_PROFILE")
  if wants_profile(o) and named then
    o.profile, o.implied = named, "TOGGL_PROFILE"
  end
  if o.profile then
    if not has_credentials(o) then origin = "the token of profile " .. tostring(o.profile) end
    add_profile(o, M.profile(o.profile, o))
    o.profile, o.organization, o.addressed, o.implied = nil, nil, nil, nil
  end
  clean(o)
  local asks = not o.sandbox and o.auth ~= false and not has_credentials(o)
  if asks then
    local found, where = require("toggl.config.credentials").found()
    add(o, found)
    origin = where
  end
  if type(o.token) == "string" and not o.sandbox then
    local place = origin and origin:find "^/" and "the token in " .. origin or origin
    note(setting.doubt(o.token, place or "the token"))
  end
  o.auth = nil
  local url = filled(os.getenv "TOGGL_API_URL")
  if url and not o.base_url then o.base_url = setting.address(url, "TOGGL_API_URL", o.cleartext) end
end

return M
