-- Errors of calls in terms of togglsh: at a command line an option or a job helps, not an argument
-- of a function. The error object stays unchanged, for scripts that read it.
local core = require "toggl.core"
local screen = require "toggl.text.screen"

local M = {}

--- Return the organizations of a list by key and name.
function M.organizations(list)
  local names = {}
  for i = 1, #list do
    names[i] = ("%d (%s)"):format(list[i].id, screen.clean(list[i].name))
  end
  return table.concat(names, ", ")
end

local AT_PROMPT = { ["--wait"] = ":wait on", ["--org"] = ":org", ["--offline"] = ":offline on" }

-- Return what to type for an option of the command line: at the prompt, its command.
local function typed(option)
  return screen.terminal and screen.terminal.prompt and AT_PROMPT[option] or option
end

-- Advice for the command line by the reason of an error, or its kind. nil: the error's own.
local advice = {}

local function filled(s) return s ~= nil and s ~= "" end

-- A login does not help where TOGGL_API_TOKEN is set, nor that where a profile is used.
function advice.credentials(err)
  local named = screen.run and screen.run.profile or filled(os.getenv "TOGGL_PROFILE")
  if err.status and named then return "run togglsh auth login" end
  if err.status and filled(os.getenv "TOGGL_API_TOKEN") then
    return "set TOGGL_API_TOKEN to another token, or unset it and run togglsh auth login"
  end
  return "run togglsh auth login, or set TOGGL_API_TOKEN"
end

-- Toggl answers 403 to a wrong token and to a missing right; a client that has read the
-- organization has a valid token.
function advice.forbidden(err)
  local op, client, org = core.operations[err.operation], rawget(_G, "client"), rawget(_G, "org")
  if op and op.path:find "^/me" then return advice.credentials(err) end
  if type(org) ~= "userdata" or org.admin ~= false then return err.advice end
  local ok, all = pcall(client.organizations, client, { offline = true })
  return ("you are not an administrator of %s, and only administrators may do this%s"):format(
    screen.clean(org.name),
    ok and all and ("; %s chooses another: %s"):format(typed "--org", M.organizations(all)) or ""
  )
end

-- Return the option to wait as long as it takes: one that was given was too short.
local function longer_wait(seconds)
  local option, given = typed "--wait", screen.run and screen.run.wait
  return option == "--wait" and given and seconds and ("--wait=%d"):format(seconds + 1) or option
end

function advice.window(err)
  if not err.retry_after then return "wait, or use " .. longer_wait() end
  local seconds = math.ceil(err.retry_after)
  local minutes = math.ceil(seconds / 60)
  local span = seconds < 120 and seconds .. " s" or minutes .. " minutes"
  local at = os.date("%H:%M", os.time() + seconds)
  return ("wait until %s (%s), or use %s"):format(at, span, longer_wait(seconds))
end

function advice.max_requests()
  return "read less, or allow more with --max-requests or the option max_requests"
end

function advice.time()
  return "run it again; a script allows more time with toggl.client{ timeout = ... }"
end

function advice.body(err)
  return ("the reply begins with %s; it may come from another server"):format(
    screen.clean(err.body:sub(1, 60))
  )
end

function advice.store_only()
  local at_prompt = typed "--offline" ~= "--offline"
  return at_prompt and ":offline off asks Toggl" or "run once without --offline"
end

function advice.large()
  return "request less at once; a script allows more with toggl.client{ reply_cap = ... }"
end

function advice.open()
  return "run togglsh resume; look for what it leaves open, then run "
    .. "togglsh journal close N --as done|absent"
end

function advice.unrecorded()
  return "set TOGGL_STATE_DIR to a folder of your own; a script sends it unrecorded with "
    .. "toggl.client{ journal = false }"
end

-- The user of a JOB never called an operation by name: the sentence begins with the job, and says
-- what a change was to do.
local function what_was_done(err, job)
  local op = core.operations[err.operation]
  local prefix = err.operation .. ": "
  local at = err.message:find(prefix, 1, true) -- after the item's name, when toggl.map added one
  if not at or not op then return ("%s: %s"):format(job, err.message) end
  local doc = op.doc and op.verb ~= "GET" and require "toggl.text.sentence"(op.doc):gsub("%.$", "")
  local change = doc and doc:sub(1, 1):lower() .. doc:sub(2) .. ": " or ""
  local head, rest = err.message:sub(1, at - 1), err.message:sub(at + #prefix)
  return ("%s: %s%s%s"):format(job, head, change, rest)
end

local WHY = {
  transport = "the server cannot be reached",
  timeout = "no answer came in time",
  server = "the server is in trouble",
  rate = "too many requests at once",
  absent = "the change was not made",
}

--- Return the line shown on a terminal while a call retries, which can take half a minute.
function M.retry(event)
  return ("%s %s: %s; attempt %d in %.1f s; Ctrl-C gives up"):format(
    event.method,
    event.path,
    WHY[event.reason] or event.reason,
    event.try + 1,
    event.seconds
  )
end

--- Return the line shown on a terminal while a change whose reply was lost waits to be looked for.
function M.settle(event)
  return (
    "%s %s: its reply was lost; in %.0f s it looks whether the change was made; "
    .. "Ctrl-C leaves that open"
  ):format(event.method, event.path, event.seconds)
end

--- Return ERR as a sentence. JOB: the name of the job that it ended; none for a script or a line of
--- code.
function M.text(err, job)
  local mt = getmetatable(err)
  local speaks = type(mt) == "table" and mt.__tostring
  if not err.operation or not err.message then
    return speaks and tostring(err) or err.message or err.kind
  end
  local message = job and what_was_done(err, job) or err.message
  local own, ok, helps = advice[err.reason or err.kind], false, nil
  if own then -- an error that a script made may lack what its advice needs
    ok, helps = pcall(own, err)
  end
  helps = ok and helps or err.advice
  return helps and ("%s; %s"):format(message, helps) or message
end

return M
