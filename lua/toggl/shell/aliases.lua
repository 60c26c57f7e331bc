-- Aliases of the prompt, and its start file, which is the place to make some.

local paths = require "toggl.config.paths"

local M = {}

-- Required by the first command: the prompt is there before it.
local function is_command(name) return require("toggl.words.prompt").command(name) ~= nil end

-- Globals that the prompt and scripts have anyway, when they are first used.
local OFFERED = { toggl = true, client = true, org = true, prompt = true, _ = true, __ = true }

local DEEPEST = 10 -- aliases of aliases

--- Make :NAME stand for TEXT; "": no more. Returns a sentence on it. MISUSE raises a usage error.
function M.set(self, name, text, misuse)
  if not name:find "^%a[%w_-]*$" then
    misuse("requires a name of letters, digits, _ and -, got '%s'", name)
  end
  if is_command(name) then misuse("cannot replace the command :%s", name) end
  local before = self.aliases[name]
  if text == "" and not before then misuse("requires a text behind %s", name) end
  self.aliases[name] = text ~= "" and text or nil
  return text ~= "" and (":%s is %s"):format(name, text)
    or (":%s is no longer an alias"):format(name)
end

--- Return the aliases as rows.
function M.list(self)
  local out = {}
  for name, text in pairs(self.aliases) do
    out[#out + 1] = { name = ":" .. name, text = text }
  end
  table.sort(out, function(a, b) return a.name < b.name end)
  return out
end

-- Put the words of REST for $1 to $9 and $*; without any of these they follow the text.
local function fill(text, rest)
  local words = {}
  for word in rest:gmatch "%S+" do
    words[#words + 1] = word
  end
  local filled, n = text:gsub(
    "%$([%d*])",
    function(which) return which == "*" and rest or words[tonumber(which)] or "" end
  )
  return n == 0 and rest ~= "" and text .. " " .. rest or filled
end

--- Return TEXT, with what an alias at its beginning stands for.
function M.expand(self, text)
  for _ = 1, DEEPEST do
    local name, rest = text:match "^%s*:%s*(%S+)%s*(.-)%s*$"
    local meaning = name and not is_command(name) and self.aliases[name]
    if not meaning then return text end
    text = fill(meaning, rest)
  end
  error({ kind = "usage", message = "the aliases stand for each other" }, 0)
end

-- ---------------------------------------------------------------------------------- the start file

local function globals()
  local names = {}
  for name in pairs(_G) do
    names[name] = true
  end
  return names
end

--- Run the start file, $XDG_CONFIG_HOME/toggl/init.lua, if there is one. TURN runs a line as if it
--- was typed: `prompt ":set output csv"`. The host rejects a file that other users can write.
function M.start(self, turn)
  local folder = paths.config_dir()
  if not folder then return end
  local path = folder .. "/init.lua"
  local text, why = self.host.job(path)
  if why then return io.stderr:write("togglsh: ", why, "\n") end
  if not text then return end
  local before = globals()
  rawset(_G, "prompt", function(line) turn(self, line) end)
  self.protect(self, function()
    local chunk, fault = load(text, "@" .. path, "t")
    if not chunk then error({ kind = "usage", message = fault }, 0) end
    chunk()
  end)
  self.start = { path = path, names = {} }
  for name in pairs(globals()) do
    local own = type(name) == "string" and not before[name] and not OFFERED[name]
    if own then self.start.names[name] = true end
  end
end

return M
