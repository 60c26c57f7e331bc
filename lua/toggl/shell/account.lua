-- The account of a run: the profile, sandbox or environment behind `client`, and the organization
-- behind `org`. O: the options of togglsh.
local screen = require "toggl.text.screen"

-- choice: what chooses an organization, in messages.
local M = { choice = "--org" }

local function fail(...) require("toggl.text.options").fail(...) end

local function say(format, ...) io.stderr:write("togglsh: ", format:format(...), "\n") end

-- The events that the client logs: all for --trace, otherwise those that explain a pause to a
-- person at a terminal.
local function listener(o)
  if o.trace then return require("toggl.shell.warnings").trace end
  if not o.watched then return nil end
  return function(event)
    local settles = event.type == "wait" and event.reason == "settle"
    -- A task must not write into a line being typed.
    if event.type ~= "retry" and not settles or o.watched.reading() then return end
    say("%s", screen.clean(require("toggl.shell.verdict")[settles and "settle" or "retry"](event)))
  end
end

local function on_wait(reason, seconds, at)
  if reason == "settle" then return end -- the listener says it, and of which change
  say(
    "waiting %d s, until %s (%s); Ctrl-C gives up",
    math.ceil(seconds),
    os.date("%H:%M:%S", math.floor(at)),
    reason
  )
end

local function filled(s) return s ~= nil and s ~= "" and s or nil end

--- Return the profile: the named one, else the one in the environment, else "default" if the
--- environment has no token.
function M.choose_profile(o)
  local name = o.profile or filled(os.getenv "TOGGL_PROFILE")
  if name or o.sandbox or filled(os.getenv "TOGGL_API_TOKEN") then return name end
  -- A fault in the file ends the run.
  local all = require("toggl.config.profiles").all(require("toggl.config.paths").config_dir())
  return all and all.default and "default" or nil
end

--- Does the profile get its token from a command? Such a command may ask for a passphrase.
function M.runs_command(o)
  local name = M.choose_profile(o)
  local all = name
    and require("toggl.config.profiles").all(require("toggl.config.paths").config_dir())
  local profile = all and all[name] or {}
  return (profile.token_command or profile.password_command) ~= nil
end

--- One sandbox for all clients of the process.
function M.sandbox_of(o)
  if o.server then return o.server end
  local start = require("toggl.sandbox").start
  local ok, server = pcall(start, o.sandbox == true and {} or { people = o.sandbox })
  if not ok then
    error({ kind = "error", message = "the sandbox does not start: " .. tostring(server) }, 0)
  end
  o.server = server
  return server
end

-- Redirect a client of a --sandbox run to the sandbox, whatever account it was meant for.
local function rehearse(o, settings)
  if settings.base_url or settings.unix_socket or settings.sandbox then return end
  settings.sandbox = M.sandbox_of(o)
  settings.profile, settings.token, settings.email, settings.password = nil, nil, nil, nil
end

--- Apply the options of the run to the SETTINGS of any client in this process.
function M.obey(o, settings)
  -- Tables name what the store knows by its keys.
  local above = require("toggl.core").above
  above.named = above.named or function(kind) return require("toggl.shell.shelves").by_key(kind) end
  settings.on_warning = settings.on_warning or require("toggl.shell.warnings").printer(o)
  if o["dry-run"] then require("toggl.shell.dry").prepare(settings) end
  if o.sandbox then return rehearse(o, settings) end
  require("toggl.config.sources").share_profile(settings, o.profile, M.choose_profile)
end

--- The global `client`.
function M.client(o)
  local settings = {}
  local profile = not (o.sandbox and not o.profile) and M.choose_profile(o)
  if profile then
    settings = require("toggl.config.sources").from_profile(profile, o.profile ~= nil)
    o.profile_org, settings.organization = settings.organization, nil
  end
  if o.sandbox then -- of a profile, only what is no account holds there
    settings.sandbox, settings.base_url, o.profile_org = M.sandbox_of(o), nil, nil
    settings.token, settings.email, settings.password = nil, nil, nil
  end
  settings.on_error = "raise"
  -- A number is the settling time. A lost reply is looked for, unless the profile says no.
  if type(settings.settle) == "number" then
    settings.settle_after, settings.settle = settings.settle, nil
  end
  if settings.settle == nil then settings.settle = true end
  settings.wait, settings.offline, settings.refresh = o.wait, o.offline, o.refresh
  settings.on_wait = o.wait and on_wait or nil
  settings.log = listener(o)
  settings.confirm = o.confirm
  return require("toggl").client(settings)
end

-- Without a name, only a single organization is unambiguous.
local function only_organization(client)
  local all = client:organizations()
  if #all == 1 then return all[1] end
  if #all == 0 then fail "you are in no organization" end
  fail(
    "you are in %d organizations: %s; choose one with %s",
    #all,
    require("toggl.shell.verdict").organizations(all),
    M.choice
  )
end

--- Find a named organization. If it does not exist or is not visible, the cause is most likely a
--- wrong name, not missing rights.
function M.named_organization(client, name)
  local ok, found = pcall(client.organization, client, name)
  if ok then return found end
  if type(found) ~= "table" or found.kind ~= "not_found" and found.kind ~= "forbidden" then
    error(found, 0)
  end
  local listed, all = pcall(client.organizations, client)
  if not listed then error(found, 0) end
  local yours = #all > 0 and require("toggl.shell.verdict").organizations(all) or "you are in none"
  error({
    kind = found.kind == "forbidden" and "error" or found.kind,
    message = ("organization %s is not among yours: %s; choose one with %s"):format(
      screen.clean(tostring(name)),
      yours,
      M.choice
    ),
  }, 0)
end

--- Return the key in TOGGL_ORGANIZATION_ID, or nil. Digits in --org and in a profile may also be a
--- name.
function M.key_of_environment()
  local text = filled(os.getenv "TOGGL_ORGANIZATION_ID")
  return text and require("toggl.config.setting").key(text, "TOGGL_ORGANIZATION_ID")
end

--- The global `org`.
function M.organization(o)
  local client = _G.client -- created first: it knows the profile
  local name = o.org or o.profile_org
  if not name then name = o.sandbox and "Acme" or M.key_of_environment() end
  if not name then return only_organization(client) end
  return M.named_organization(client, name)
end

--- Return one word for the account that pays the requests.
function M.name(o)
  if o.sandbox and not o.profile then return "sandbox" end
  return M.choose_profile(o) or "toggl"
end

return M
