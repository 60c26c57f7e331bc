-- A user at a terminal, for specs: types at togglsh and reads the screen.

local helper = require "spec.helper"

local M = {}

local cpath = helper.build .. "/tests/?.so;"
if not package.cpath:find(cpath, 1, true) then package.cpath = cpath .. package.cpath end
local pty = require "pty"

M.now, M.deaf, M.shut, M.integrity, M.hold = pty.now, pty.deaf, pty.shut, pty.integrity, pty.hold

local Seat = {}
Seat.__index = Seat

-- Return the visible part of output: remove escape sequences and what they overwrite.
local function plain(text)
  -- the start of a new line; the right margin
  text = text:gsub(" +\r\27%[K", ""):gsub(" \8", "")
  return (
    text:gsub("\27%[[%d;?]*%a", ""):gsub("\27[%(%)]%w", ""):gsub("\27[=>]", ""):gsub("\r", "")
  )
end

--- Create a private folder to use as home. Return its path.
function M.home()
  local home = os.tmpname()
  os.remove(home)
  assert(os.execute("mkdir -p -m 700 " .. helper.quote(home)))
  return home
end

--- Start togglsh with WORDS in HOME. MORE: further environment variables; COLUMNS is the width of
--- the window. PROGRAM: run this one in place of togglsh.
function M.sit(home, words, more, program)
  local variables = {
    HOME = home,
    PATH = os.getenv "PATH",
    TERM = "xterm",
    LANG = "C.UTF-8",
    PAGER = "cat",
    XDG_CONFIG_HOME = home .. "/config",
    XDG_STATE_HOME = home .. "/state",
    XDG_CACHE_HOME = home .. "/cache",
    ASAN_OPTIONS = os.getenv "ASAN_OPTIONS",
    LSAN_OPTIONS = os.getenv "LSAN_OPTIONS",
    TSAN_OPTIONS = os.getenv "TSAN_OPTIONS",
    LD_LIBRARY_PATH = os.getenv "LD_LIBRARY_PATH",
  }
  for name, value in pairs(more or {}) do
    variables[name] = value
  end
  local environment = {}
  for name, value in pairs(variables) do
    environment[#environment + 1] = name .. "=" .. value
  end
  local argv = { program or helper.build .. "/togglsh", table.unpack(words or {}) }
  local child = pty.spawn(argv, environment, tonumber(variables.COLUMNS) or 100, 40)
  return setmetatable({ child = child, all = "", from = 1 }, Seat)
end

--- Start togglsh and wait for its first prompt. WORDS: by default for a sandbox of 60 people.
function M.prompt(home, words, more)
  local s = M.sit(home, words or { "--sandbox=60" }, more)
  s:see "> $"
  return s
end

--- Type TEXT unchanged.
function Seat:type(text) self.child:write(text) end

--- Wait at most SECONDS (5) until PATTERN appears after what was seen before. Return the text up to
--- its end and how long it took; raise an error with the present text on a timeout.
function Seat:see(pattern, seconds)
  local start = pty.now()
  local give_up = start + (seconds or 5) * helper.pace
  while true do
    local text = plain(self.all:sub(self.from))
    local first, last = text:find(pattern)
    if first then
      self.from = #self.all + 1
      return text:sub(1, last), pty.now() - start
    end
    local left = give_up - pty.now()
    local more = left > 0 and self.child:read(left) or nil
    if not more then
      error(("did not see %q but:\n%s"):format(pattern, plain(self.all:sub(self.from))), 2)
    end
    self.all = self.all .. more
  end
end

--- Type a line and wait for the next prompt. Return the output in between.
function Seat:run(line, seconds)
  self:type(line .. "\r")
  return (self:see("\n[^\n]*[^>]> $", seconds)) -- not what is added to a first prompt
end

function Seat:key(name)
  self.child:write(
    ({ interrupt = "\3", suspend = "\26", finish = "\4", tab = "\t", up = "\27[A", enter = "\r" })[name]
  )
end

--- Paste TEXT, in the brackets of a terminal's bracketed paste.
function Seat:paste(text) self.child:write("\27[200~" .. text .. "\27[201~") end

--- Wait SECONDS; keep the output meanwhile for see().
function Seat:pause(seconds)
  local give_up = pty.now() + seconds * helper.pace
  local left = seconds * helper.pace
  while left > 0 do -- below 0 a read would wait for ever
    self.all = self.all .. (self.child:read(left) or "")
    left = give_up - pty.now()
  end
end

--- Mark all output until now as seen.
function Seat:forget()
  while true do
    local more = self.child:read(0)
    if not more or more == "" then break end
    self.all = self.all .. more
  end
  self.from = #self.all + 1
end

--- Return the output since then, or since the last see().
function Seat:news() return plain(self.all:sub(self.from)) end

--- Wait at most SECONDS (5) for the end. Return the exit status.
function Seat:leave(seconds)
  local give_up = pty.now() + (seconds or 5) * helper.pace
  while pty.now() < give_up do
    local more = self.child:read(0.01)
    if not more then break end
    self.all = self.all .. more
    if more == "" then
      local status = self.child:wait(0)
      if status then return status end
    end
  end
  return self.child:wait(seconds or 5)
end

--- Return all output since the start.
function Seat:screen() return plain(self.all) end

function Seat:close() self.child:close() end

Seat.__close = Seat.close

return M
