-- What clients report on standard error: warnings, each once a run, with or without a terminal, and
-- the lines of --trace.
local screen = require "toggl.text.screen"

local M = {}

local warned, unsaid = {}, {}

--- Print the messages held back while a line was typed.
function M.say()
  for _, sentence in ipairs(unsaid) do
    local text = screen.clean(require("toggl.text.again").spell(sentence))
    io.stderr:write("togglsh: warning: ", text, "\n")
  end
  unsaid = {}
end

--- Return the on_warning function of clients. O.watched: the host, when a person watches.
function M.printer(o)
  return function(sentence)
    if warned[sentence] then return end
    warned[sentence] = true
    unsaid[#unsaid + 1] = sentence
    if not (o.watched and o.watched.reading()) then M.say() end
  end
end

local REHEARSALS = { ["dry-run"] = true, sandbox = true }

--- Warn of options of a rehearsal among the WORDS of SCRIPT. They are its own, as all after its
--- name, so that its changes are sent unless O, the options of togglsh, has them too.
function M.of_words(o, script, words)
  for _, word in ipairs(words) do
    local name = word:match "^%-%-([%l-]+)"
    if REHEARSALS[name] and not o[name] then
      local text =
        "togglsh: warning: --%s is an argument of %s; write options of togglsh before it\n"
      io.stderr:write(text:format(name, screen.clean(script)))
    end
  end
end

--- Print one line of --trace.
function M.trace(event)
  local parts = { os.date("%H:%M:%S", math.floor(event.at)), event.type, event.method, event.path }
  local function add(format, value) parts[#parts + 1] = value and format:format(value) or nil end
  if event.try and event.try > 1 then add("attempt %d", event.try) end
  add("status %d", event.status)
  if event.seconds and event.seconds > 0 then add("%.3f s", event.seconds) end
  if event.bytes and event.bytes > 0 then add("%d bytes", event.bytes) end
  add("%s", event.reason)
  add("%d left", event.remaining)
  io.stderr:write(screen.clean(table.concat(parts, " ")), "\n")
end

return M
