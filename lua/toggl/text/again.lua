-- Commands of togglsh in messages. Without the options that name the account of this run, such a
-- command would act on another one.

local screen = require "toggl.text.screen"

local M = {}

local function quoted(word)
  return word:find "^[%w_.@:/+-]+$" and word or "'" .. word:gsub("'", "'\\''") .. "'"
end

-- Options that a command takes over, in this order; a login chooses no organization.
local OPTIONS = { "sandbox", "profile", "org" }
local OF_LOGIN = { "profile" }

-- Commands that act on an account.
local COMMANDS = {
  apply = OPTIONS,
  auth = OF_LOGIN,
  journal = OPTIONS,
  offboard = OPTIONS,
  onboard = OPTIONS,
  plan = OPTIONS,
  quota = OPTIONS,
  resume = OPTIONS,
}

local function words_of(names)
  local words = ""
  for _, name in ipairs(names) do
    local value = screen.run[name]
    if value == true then words = ("%s--%s "):format(words, name) end
    if math.type(value) then words = ("%s--%s=%d "):format(words, name, value) end
    if type(value) == "string" then words = ("%s--%s %s "):format(words, name, quoted(value)) end
  end
  return words
end

--- Return TEXT, its commands with the options of this run, unless they name a profile themselves.
function M.spell(text)
  if not screen.run or not text:find("togglsh ", 1, true) then return text end
  return (
    text:gsub("%f[%w]togglsh (%l+)([^;,\n]*)", function(job, rest)
      local names = COMMANDS[job]
      local is_script = rest:find "^[%w._/-]"
      if not names or is_script or rest:find("--profile", 1, true) then return nil end
      return ("togglsh %s%s%s"):format(words_of(names), job, rest)
    end)
  )
end

return M
