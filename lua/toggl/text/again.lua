-- Commands of togglsh in messages. Without the options that name the account of this run, such a
-- command would act on another one.

local screen = require "toggl.text.screen"

local M = {}

-- Options that a command takes over, in this order; a login chooses no organization.
local OPTIONS, OF_LOGIN = { "sandbox", "profile", "org" }, { "profile" }

-- The jobs that act on an account: all but cache and sandbox.
local COMMANDS = { auth = OF_LOGIN }
local JOBS = "apply audit export groups invite journal offboard onboard people plan quota report "
  .. "resume set sql sync"
for job in JOBS:gmatch "%l+" do
  COMMANDS[job] = OPTIONS
end

local function quote(word) return require("toggl.text.options").quoted(word) end

local function words_of(names)
  local words = ""
  for _, name in ipairs(names) do
    local value = screen.run[name]
    if value == true then words = ("%s--%s "):format(words, name) end
    if math.type(value) then words = ("%s--%s=%d "):format(words, name, value) end
    if type(value) == "string" then words = ("%s--%s %s "):format(words, name, quote(value)) end
  end
  return words
end

--- Return TEXT, its commands with the options of this run, unless they name a profile themselves;
--- at the prompt the command of the prompt where it has one.
function M.spell(text)
  if not screen.run or not text:find("togglsh ", 1, true) then return text end
  if screen.terminal and screen.terminal.prompt then
    text = text:gsub("togglsh quota %-%-refresh", ":quota refresh")
  end
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
