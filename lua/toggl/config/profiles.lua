-- Profiles: named sets of options, in $XDG_CONFIG_HOME/toggl/profiles.
--
--   [work]
--   token_command = pass show toggl/work
--   organization  = Acme
--
--   [home]
--   token = 1971800d4d82861d8f2c1651fea4d212
--
--   [laptop]
--   token_keyring = toggl:laptop
--
--   [service]
--   token_credential = toggl-token
--
-- The file holds secrets: only its owner may be able to read it. A section holds a secret itself or
-- names its place: a command, run by the shell, whose first line of output it is; a key of the
-- kernel's keyring; or a systemd credential. These are read when the profile is used, never before.

local credentials = require "toggl.config.credentials"
local core = require "toggl.core"
local ini = require "toggl.config.ini"
local setting = require "toggl.config.setting"
local os = require "toggl.text.standard"("os", { getenv = core.getenv })

local M = {}

local function near(...) return require("toggl.text.near").question(...) end

-- Names in a section, and the option of toggl.client that each sets.
local NAMES = {
  token = "token",
  email = "email",
  password = "password",
  base_url = "base_url",
  organization = "organization",
  cleartext = "cleartext",
  ca_file = "ca_file",
  ca_path = "ca_path",
  settle = "settle",
  journal_keep = "journal_keep",
  journal_redact = "journal_redact",
  rules = "rules",
}

local SECRETS = { "token", "password" }
local sources = {}

local function fail(message, ...)
  local text = message:format(...)
  core.fail(true, { kind = "auth", message = text })
end

local function keys(t)
  local list = {}
  for k in pairs(t) do
    list[#list + 1] = k
  end
  table.sort(list)
  return list
end

local PATIENCE = 60 -- seconds; a command may ask for a passphrase

-- Results of commands in this process, by their text: {output} or {false, sentence}. Failures are
-- kept too, so that a job over many clients does not wait for each; a timeout or Ctrl-C is not
-- kept.
local ran = {}

local REASONS = {
  interrupted = "was interrupted",
  late = "took longer than %g s and was ended",
  long = "printed more than 4 KiB, which is no %s, and was ended",
  killed = "was killed by a signal",
  background = "tried to read from the terminal, which it does not have here, and was ended",
  status = "ended with status %d, so what it printed is no %s",
  quoted = "has quotes around all of it, which make it the name of one program; remove them",
  start = "cannot be started (error %d)",
}

local NOT_FOUND = 127 -- the status of a shell that finds no program

local function reason_of(why, number, secret, seconds, command)
  if number == NOT_FOUND and setting.unquoted(command) ~= command then return REASONS.quoted end
  if why == "late" then return REASONS.late:format(seconds) end
  if why == "long" then return REASONS.long:format(secret) end
  return number and REASONS[why]:format(number, secret) or REASONS[why]
end

-- Return the mark for the processes of a command: the profiles whose commands they run in. A
-- command that needs its own result would start processes without end.
local function marked(name, profile, path)
  local marks, own = os.getenv "TOGGL_COMMAND_OF" or "", ("%s [%s]"):format(path, profile)
  if ("\n" .. marks .. "\n"):find("\n" .. own .. "\n", 1, true) then
    fail(
      "profile %s: its %s runs a client with the same profile, which would run the command again; "
        .. "nothing was sent; give that client a token or another profile",
      profile,
      name
    )
  end
  return marks .. "\n" .. own
end

-- The line that is taken must not be a remark of the command before the token.
local function check_first(line, rest, name, profile)
  if setting.is_usual(line) then return end
  for other in rest:gmatch "[^\n]+" do
    if setting.is_usual(other) then
      fail(
        "profile %s: the first line that its %s printed is no token, and a later one looks like "
          .. "one; let it print the token alone; nothing was sent",
        profile,
        name
      )
    end
  end
end

function sources.command(command, name, profile, o, path)
  local secret, past = name:match "^%a+", ran[command]
  if not past then
    local seconds = type(o.deadline) == "number" and math.max(o.deadline, 0) or PATIENCE
    local output, why, number = core.run(command, seconds, marked(name, profile, path))
    past = output and { output } or { false, reason_of(why, number, secret, seconds, command) }
    if why ~= "late" and why ~= "interrupted" then ran[command] = past end
  end
  if not past[1] then fail("profile %s: its %s %s; nothing was sent", profile, name, past[2]) end
  local line, rest = past[1]:match "^([^\n]*)(.*)"
  if line:find "^%s*$" then
    local where = rest:find "%S" and " in its first line" or ""
    fail("profile %s: its %s printed no %s%s; nothing was sent", profile, name, secret, where)
  end
  if secret == "token" then check_first(line, rest, name, profile) end
  return line
end

function sources.keyring(key, name, profile)
  local secret, why = core.keyring_get(key)
  if why then fail("profile %s: %s", profile, why) end
  return secret
    or fail(
      "profile %s: the kernel keyring has no key %q for its %s: the machine was restarted, or "
        .. "it was removed; run togglsh auth login --profile %s --keyring%s",
      profile,
      key,
      name,
      profile,
      name:find "^password" and " --email ADDRESS" or ""
    )
end

function sources.credential(credential, name, profile)
  return credentials.credential(credential)
    or fail(
      "profile %s: systemd has handed out no credential %q for its %s; name it with "
        .. "LoadCredential= in the unit of the service, or run togglsh auth login --profile %s",
      profile,
      credential,
      name,
      profile
    )
end

-- Return the option that a name of a section sets, and the kind of its source: "token_command" ->
-- "token", sources.command.
local function option_of(key)
  if NAMES[key] then return NAMES[key] end
  local option, source = key:match "^(%a+)_(%a+)$"
  if sources[source] and (option == "token" or option == "password") then
    return option, sources[source]
  end
end

local clean_secret = {
  token = setting.token,
  email = setting.email,
  password = setting.password,
}

local AGE = { setting.seconds, "a time such as 400d, above 0" }

-- Names whose values are not text: how to parse one (nil: invalid), and what is required.
local TYPED = {
  cleartext = {
    function(text) return ({ ["true"] = true, ["false"] = false })[text] end,
    "true or false",
  },
  settle = {
    function(text)
      local flag = ({ ["true"] = true, ["false"] = false })[text]
      if flag ~= nil then return flag end
      local seconds = text:find "^[%d.]+$" and tonumber(text)
      return seconds and seconds < math.huge and seconds or nil
    end,
    "true, false, or a number of seconds, such as 10; 0: none",
  },
  journal_keep = AGE,
  journal_redact = AGE,
  rules = {
    function(text) return text:find "^/" and text or nil end,
    "an absolute path, such as /home/ann/rules.lua",
  },
}

-- Names whose quotes are kept: a password may have some, and the shell reads those of a command.
local QUOTED = { password = true, password_command = true, token_command = true }

-- Return what a name of a section sets: a value from its source, a flag, a number, or the text
-- itself.
local function value_of(text, key, source, profile, o, path)
  if source then
    local where = ("profile %s: its %s"):format(profile, key)
    return clean_secret[key:match "^%a+"](source(text, key, profile, o, path), where)
  end
  if TYPED[key] then return TYPED[key][1](text) end
  return text
end

local function known_names()
  local names = keys(NAMES)
  for _, secret in ipairs(SECRETS) do
    for source in pairs(sources) do
      names[#names + 1] = secret .. "_" .. source
    end
  end
  return names
end

-- Check every section, whichever is used: a fault in one may be what is left of another.
local function check_section(name, section, lines, path)
  local set = {}
  for _, key in ipairs(keys(section)) do
    local here, option = ini.place(path, lines[key]), option_of(key)
    if not option then
      ini.fail(here, "profile %s: unknown name %q%s", name, key, near(key, known_names()))
    end
    if not QUOTED[key] then section[key] = setting.unquoted(section[key]) end
    if section[key] == "" then ini.fail(here, "profile %s: its %s is empty", name, key) end
    if set[option] then
      ini.fail(here, "profile %s: its %s is on line %d already", name, option, set[option])
    end
    local typed = TYPED[key]
    if typed and typed[1](section[key]) == nil then
      ini.fail(here, "profile %s: its %s is %q; it must be %s", name, key, section[key], typed[2])
    end
    if key == "base_url" then
      section[key] = setting.address(section[key], here, section.cleartext == "true")
    elseif clean_secret[key] then
      local where = ("%s: the %s of profile %s"):format(here, key, name)
      section[key] = clean_secret[key](section[key], where)
    end
    set[option] = lines[key]
  end
  local function clash(line, text) ini.fail(ini.place(path, line), "profile %s %s", name, text) end
  if set.token and (set.email or set.password) then
    clash(set.email or set.password, "has a token and an email or password; keep one of them")
  end
  if set.password and not set.email then clash(set.password, "has a password and no email") end
  if set.email and not set.password then clash(set.email, "has an email and no password") end
end

-- EXCEPT: a section that is not checked, because its secret is about to be replaced or removed.
local function read(text, path, except)
  local sections, lines = ini.read(text, path)
  for _, name in ipairs(keys(sections)) do
    if name ~= "default" and core.fold(name) == "default" then
      ini.fail(ini.place(path, lines[name][0]), "section [%s] must be written [default]", name)
    end
    if name ~= except then check_section(name, sections[name], lines[name], path) end
  end
  return sections, lines
end

-- A writer killed between two steps leaves the whole new file, with its secret, under another name.
-- The holder of the lock is still writing.
local function remove_left(path)
  local left = path .. ".toggl-new"
  if not core.file_mark(left) then return end
  local lock <close> = core.lock_private(path, 0)
  if lock then os.remove(left) end
end

--- Return the sections of the file and their lines, or nil without a file, and its path. Raises
--- when others can read it, or when anything in it is wrong, but for the section EXCEPT.
function M.all(folder, except)
  if not folder then return nil, "~/.config/toggl/profiles" end
  local path = folder .. "/profiles"
  remove_left(path)
  local text, why = core.read_private(path)
  if why then fail("%s", why) end
  if not text then return nil, path end
  local sections, lines = read(text, path, except)
  return sections, path, lines
end

-- Return a sentence on the profile NAME, which is not in the file. GIVEN: client options.
local function missing(name, profiles, path, given)
  local word = tostring(name)
  local from = os.getenv "TOGGL_PROFILE"
  from = from and not given.addressed and setting.name(from) == name and " of TOGGL_PROFILE" or ""
  local login = word:find "^[%w_.-]+$" and ("togglsh auth login --profile %s makes it"):format(word)
  local where = profiles and ("in %s%s"):format(path, near(word, keys(profiles), login or nil))
    or ("since %s does not exist%s"):format(path, login and "; " .. login or "")
  return ('there is no profile "%s"%s %s'):format(core.clean(word), from, where)
end

--- Return options of toggl.client from the profile of this name, and `organization`. GIVEN: client
--- options, which win.
function M.load(name, folder, given)
  local profiles, path = M.all(folder)
  local section = (profiles or {})[name] or fail("%s", missing(name, profiles, path, given or {}))
  local o = {}
  for _, key in ipairs(keys(section)) do
    local option, source = option_of(key)
    o[option] = value_of(section[key], key, source, name, given or {}, path)
  end
  return o
end

-- Return the first and last line of the section NAME, or nil without one.
local function find_section(lines, name)
  local first
  for i, line in ipairs(lines) do
    local title = ini.title(line)
    if first and title then return first, i - 1 end
    if title == name then first = i end
  end
  return first, #lines
end

-- Remove the section NAME from LINES if only blank lines are left in it, and those before it at the
-- end of the file.
local function drop_empty(lines, name)
  local first, last = find_section(lines, name)
  for i = first + 1, last do
    if lines[i]:find "%S" then return end
  end
  table.move(lines, last + 1, #lines + last - first + 1, first)
  while lines[#lines] and not lines[#lines]:find "%S" do
    lines[#lines] = nil
  end
end

--- Return the text of the file with CHANGES applied to section NAME: a value, or false to remove a
--- name. Everything else stays, comments included; a section that nothing is left of does not.
function M.edited(text, name, changes)
  local lines = {}
  for line in text:gmatch "([^\n]*)\n?" do
    lines[#lines + 1] = line
  end
  while lines[#lines] == "" do
    lines[#lines] = nil
  end
  local first, last = find_section(lines, name)
  if not first then
    if #lines > 0 then lines[#lines + 1] = "" end
    lines[#lines + 1] = ("[%s]"):format(name)
    first, last = #lines, #lines
  end
  for i = last, first + 1, -1 do
    local key = lines[i]:match "^%s*([%w_.-]+)%s*[=:]"
    if key and changes[key] ~= nil then table.remove(lines, i) end
  end
  for _, key in ipairs(keys(changes)) do
    if changes[key] then table.insert(lines, first + 1, ("%s = %s"):format(key, changes[key])) end
  end
  drop_empty(lines, name)
  return #lines > 0 and table.concat(lines, "\n") .. "\n" or ""
end

-- A login writes values that are parsed at the next use, when a line break would start a new line.
local function check_change(name, changes)
  if
    core.control(name)
    or name:find "[%[%]]"
    or name ~= name:match "^%s*(.-)%s*$"
    or name == ""
  then
    fail(
      "%q cannot be the name of a profile: brackets, line breaks and blanks at its ends are "
        .. "rejected; nothing was "
        .. "stored",
      name
    )
  end
  for key, value in pairs(changes) do
    if value and core.control(value) then
      fail("profile %s: its %s holds a control character; nothing was stored", name, key)
    end
  end
end

-- Verify the new text, which must be valid: section NAME has the CHANGES, every other section is
-- unchanged.
local function check_text(old, new, name, changes, path)
  read(new, path)
  local before, after = ini.read(old, path), ini.read(new, path)
  for title, section in pairs(before) do
    for key, value in pairs(section) do
      local changed = title == name and changes[key] ~= nil
      if not changed and (after[title] or {})[key] ~= value then
        fail("profile %s: its %s cannot be kept in %s; nothing was stored", title, key, path)
      end
    end
  end
  for key, value in pairs(changes) do
    if ((after[name] or {})[key] or false) ~= value then
      fail(
        "profile %s: its %s cannot be stored as it is in %s; nothing was stored",
        name,
        key,
        path
      )
    end
  end
end

--- Write such changes under a lock. Returns the path; raises when writing fails, when others can
--- read the file, or when the file would not read back the same.
function M.change(folder, name, changes)
  if not folder then fail "there is no home folder to store it in; set HOME or XDG_CONFIG_HOME" end
  check_change(name, changes)
  name = setting.name(name)
  local path = folder .. "/profiles"
  local lock <close>, locked = core.lock_private(path)
  if not lock then fail("%s; nothing was changed", locked) end
  local text, why = core.read_private(path)
  if why then fail("%s", why) end
  local old = ini.without_mark(text or ""):gsub("\r\n", "\n")
  read(old, path, name)
  local new = M.edited(old, name, changes)
  check_text(old, new, name, changes, path)
  local ok, problem = core.write_private(path, new)
  if not ok then fail("%s; nothing was changed", problem) end
  return path
end

return M
