-- togglsh auth: store, show or remove credentials.
--
--   togglsh auth login [--keyring] [--email ADDRESS] [--no-check]
--   togglsh auth status [--check]
--   togglsh auth logout
--
--   --profile NAME   which profile (default: `default`)
--   --keyring        keep the secret in the kernel's keyring until the
--                    machine restarts, and not in the profiles file
--   --email ADDRESS  sign in with this address and a password instead of a
--                    token
--   --no-check       store the credentials without asking Toggl whose they
--                    are (1 request); if Toggl does not answer, login asks
--                    whether to store them unchecked
--   --check          ask Toggl whether the credentials are valid
--                    (1 request)
--
-- login asks for the secret without echo. Without a terminal it reads the
-- first line of standard input: `pass show toggl | togglsh auth login`. The
-- token is at the end of the profile page of Toggl Track.
--
--   example: togglsh auth status

local options, words = toggl.options.read(arg, {
  keyring = "flag",
  email = "string",
  ["no-check"] = "flag",
  check = "flag",
})
local secrets = toggl.secrets
local chosen = secrets.chosen(arg.profile)
local name = chosen or "default"

local function say(format, ...) io.stderr:write(format:format(...), "\n") end

local function refuse(format, ...) error({ kind = "auth", message = format:format(...) }, 0) end

local function whose(credentials, source)
  local me = secrets.check(name, credentials, source)
  return ("%s <%s>"):format(me.fullname or "no name", me.email or "no address")
end

-- A missing reply proves nothing about the credentials; any other error does.
local NO_ANSWER =
  { transport = true, timeout = true, server = true, rate = true, quota = true, decode = true }

-- Return the person with these credentials, or nil without a reply if the user stores them anyway.
local function checked(credentials)
  local secret = credentials.token and "token" or "password"
  local ok, person = pcall(whose, credentials)
  if ok then return person end
  if type(person) ~= "table" or not NO_ANSWER[person.kind] then error(person, 0) end
  local sentence = ("the %s cannot be checked: %s"):format(
    secret,
    (person.message:gsub("^get_me: ", ""))
  )
  if not secrets.asks() and not arg.yes then
    error({
      kind = person.kind,
      message = sentence .. "; nothing was stored; --no-check stores it unchecked",
    }, 0)
  end
  say("%s", sentence)
  toggl.options.confirm("Store the %s unchecked?", secret)
end

local actions = {}

function actions.login()
  local email = secrets.email(options.email)
  local credentials = email
      and { email = email, password = secrets.ask(("Password of %s: "):format(email)) }
    or { token = secrets.ask "API token: " }
  local person = not options["no-check"] and checked(credentials)
  local where = secrets.store(name, credentials, options.keyring and "keyring" or "file")
  if person then print("signed in as " .. person) end
  print(where)
  local variable = os.getenv "TOGGL_API_TOKEN"
  if not chosen and variable and variable ~= "" then
    say "TOGGL_API_TOKEN is used in place of it: unset that"
  end
end

function actions.status()
  local lines, found = secrets.status(arg.profile)
  if not lines and chosen then
    refuse("profile %s has no credentials; run togglsh auth login --profile %s", name, name)
  elseif not lines then
    refuse "not logged in; run togglsh auth login, or set TOGGL_API_TOKEN"
  end
  for _, line in ipairs(lines or {}) do
    print(line)
  end
  if options.check then
    print("they are of " .. whose(found == true and { profile = name } or found, found ~= true))
  end
end

function actions.logout()
  local done = secrets.drop(name)
  for _, sentence in ipairs(done) do
    print(sentence)
  end
  if #done == 0 then print(("profile %s has no credentials"):format(name)) end
  local readable, found = pcall(secrets.found)
  if not readable or found then
    say("credentials from elsewhere are still there: togglsh auth status names the place")
  end
end

local action = table.remove(words, 1)
local run = actions[action or ""]
if not run then
  toggl.options.fail(
    "auth requires login, status or logout%s",
    action and (", got '%s'"):format(action) or ""
  )
end
if arg.dry_run and action ~= "status" then
  toggl.options.fail("auth %s has no dry run; nothing was done", action)
end
if words[1] then
  toggl.options.fail(
    "auth %s takes options only, got a further word; a secret is never one",
    action
  )
end
run()
