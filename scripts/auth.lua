-- togglsh auth: stores credentials, tells where they are, removes them.
--
--   togglsh auth login [--keyring] [--email ADDRESS] [--no-check]
--   togglsh auth status [--check]
--   togglsh auth logout
--
--   --profile NAME   which profile; `default` is used where nothing is said
--   --keyring        keep the secret in the kernel's keyring until the
--                    machine restarts, and not in the profiles file
--   --email ADDRESS  sign in with this address and a password, and not with
--                    a token
--   --no-check       store what was typed without asking Toggl whose it is
--                    (1 request)
--   --check          ask Toggl whether the credentials are still good
--                    (1 request)
--
-- The secret is asked for and does not show. Without a terminal it is the
-- first line of standard input: `pass show toggl | togglsh auth login`. A
-- token is at the end of the profile page of Toggl Track.

local options, words = toggl.options.read(arg, {
  keyring = "flag", email = "string", ["no-check"] = "flag", check = "flag",
})
local secrets = toggl.secrets
local chosen = arg.profile or os.getenv "TOGGL_PROFILE"
if chosen == "" then chosen = nil end
local name = chosen or "default"

local function say(format, ...) io.stderr:write(format:format(...), "\n") end

local function refuse(format, ...) error({kind = "auth", message = format:format(...)}, 0) end

local function whose(credentials)
  local me = secrets.check(name, credentials)
  return ("%s <%s>"):format(me.fullname or "no name", me.email or "no address")
end

local actions = {}

function actions.login()
  local credentials = options.email
    and {email = options.email, password = secrets.ask(("Password of %s: "):format(options.email))}
    or {token = secrets.ask "API token: "}
  local person = not options["no-check"] and whose(credentials)
  local where = secrets.store(name, credentials, options.keyring and "keyring" or "file")
  if person then print("signed in as " .. person) end
  print(where)
end

function actions.status()
  local where = secrets.place(name)
  local found, source
  if chosen or where and (os.getenv "TOGGL_API_TOKEN" or "") == "" then
    if not where then
      refuse("profile %s has no credentials; togglsh auth login --profile %s stores some", name, name)
    end
  else
    found, source = secrets.found()
    if not found then
      refuse("there are no credentials anywhere; togglsh auth login stores some; %s do as well",
        "TOGGL_API_TOKEN and ~/.togglrc")
    end
    where = "credentials come from " .. source
  end
  print(where)
  if options.check then print("they are of " .. whose(found or {profile = name})) end
end

function actions.logout()
  local done = secrets.drop(name)
  for _, sentence in ipairs(done) do print(sentence) end
  if #done == 0 then print(("profile %s has no credentials"):format(name)) end
  if secrets.found() then say("credentials from elsewhere are still there: togglsh auth status names the place") end
end

local action = table.remove(words, 1)
if not actions[action or ""] then
  toggl.options.fail("auth wants login, status or logout%s", action and (", got '%s'"):format(action) or "")
end
if arg.dry_run and action ~= "status" then toggl.options.fail("auth %s has no dry run; nothing was done", action) end
if words[1] then toggl.options.fail("auth %s takes options only, got a further word; a secret is never one", action) end
actions[action]()
