-- Tracebacks for the author of the script. Frames of this library say nothing about a mistake in
-- the script and are dropped. For a mistake in the library all frames stay, since they are what to
-- report.

local M = {}

local HERE = debug.getinfo(1, "S").source:match "^@(.*)shell/trace%.lua$" -- the folder toggl/

local SAYS_NOTHING = { ["\t[C]: in ?"] = true, ["\t(...tail calls...)"] = true }

-- Is SOURCE, as messages name it, a file of this library? Long names are cut at the beginning, with
-- three dots in front.
local function own(source)
  if not HERE then return false end
  local tail = source:match "^%.%.%.(.*)$"
  if not tail then return source:sub(1, #HERE) == HERE end
  local folder = tail:match "^(.*toggl/)[%w_]+%.lua$" or tail:match "^(.*toggl/)%a+/[%w_]+%.lua$"
  return folder ~= nil and HERE:sub(-#folder) == folder
end

-- Frames of C belong to their caller, which is the next line. Also returns the places of the
-- others.
local function keep_frames(lines)
  local kept, callers, places = {}, false, {}
  for i = #lines, 1, -1 do
    local source, line = lines[i]:match "^\t([^\n]-):(%d+): in "
    if source then callers = not own(source) end
    if source and callers then places[#places + 1] = ("%s:%s:"):format(source, line) end
    if callers and not SAYS_NOTHING[lines[i]] then table.insert(kept, 1, lines[i]) end
  end
  return kept, places
end

local function filter(text)
  local message, rest = text:match "^(.-)\nstack traceback:\n(.*)$"
  if own(message:match "^([^\n]-):%d+: " or "") then return text end
  local lines = {}
  for line in rest:gmatch "[^\n]+" do
    lines[#lines + 1] = line
  end
  local kept, places = keep_frames(lines)
  if #places == 0 or #places == 1 and message:find(places[1], 1, true) then return message end
  return ("%s\nstack traceback:\n%s"):format(message, table.concat(kept, "\n"))
end

--- Return TEXT with the traceback to the call of the message handler.
function M.of(text) return filter(debug.traceback(text, 3)) end

--- Convert the text of an error in a message handler: a sentence raised without a place stays as it
--- is, a mistake gets a traceback.
function M.explain(text)
  -- In a task, which has its own stack.
  if text:find("\nstack traceback:\n", 1, true) then return filter(text) end
  if not text:find "^[^\n:]*:%d+: " then return text end
  return M.of(text)
end

return M
