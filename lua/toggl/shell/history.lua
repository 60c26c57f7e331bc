-- History of typed lines, in a file of mode 0600 that several shells share: each appends under a
-- lock and reads what others have added. An entry is one line of the file, in which a backslash and
-- n stand for a line end.
--
-- A line that starts with a space is not kept, nor one that may hold a secret. The form of the line
-- decides, before it runs, since a line with a mistake holds the secret as well.

local core = require "toggl.core"

local M = {}

local MOST = 1024 * 1024 -- bytes; a larger file is cut to its newer half

-- Names before a secret: the key of a table, a variable or a word of a question.
local NAMES = {
  "token",
  "password",
  "passwd",
  "passphrase",
  "secret",
  "credential",
  "authorization",
  "auth",
  "api_key",
  "keyring",
}

-- Parameters of operations that the rows mark as secret.
local function secret_parameters()
  local names = {}
  for _, op in ipairs(core.operations) do
    for _, p in ipairs(op.params) do
      if p.secret and not names[p.name] then
        names[#names + 1], names[p.name] = p.name, true
      end
    end
  end
  return names
end

local parameters

local function names_secret(token)
  if not token or token.type ~= "name" and token.type ~= "string" then return false end
  local text = token.text:lower()
  for _, name in ipairs(NAMES) do
    if text:find(name, 1, true) then return true end
  end
  return false
end

local BETWEEN =
  { ["("] = true, ["["] = true, ["]"] = true, ["="] = true, [","] = true, ["{"] = true }

-- Does a string follow the name of a secret, with at most brackets, commas and comments in between?
local function string_behind_name(text)
  local tokens = require("toggl.words.lexer").read(text)
  local list, named = table.move(tokens, 1, #tokens, 1, {}), false
  list[#list + 1] = tokens.open
  for _, token in ipairs(list) do
    if named and token.type == "string" then return true end
    named = names_secret(token) or named and BETWEEN[token.text] or false
  end
  return false
end

--- May TEXT hold a secret? True if it sets something with such a name, names an operation that
--- takes one, or holds what looks like a token or is the token of an open client.
function M.holds_secret(text)
  local lower = text:lower()
  for _, name in ipairs(NAMES) do
    if lower:find(name .. "[%w_]*[\"']?%s*%]?%s*[=:,({\"']") then return true end
  end
  parameters = parameters or secret_parameters()
  for _, name in ipairs(parameters) do
    if lower:find("%f[%w_]" .. name .. "[\"']?%s*%]?%s*=") then return true end
  end
  if lower:find "basic%s+[%w+/]+=*" or lower:find "bearer%s+%S" then return true end
  for word in lower:gmatch "%x+" do
    if #word >= 32 and word:find "%d" then return true end -- 32 hexadecimal digits are a token
  end
  return string_behind_name(text) or core.holds_secret(text)
end

local ESCAPES = { ["\\"] = "\\\\", ["\n"] = "\\n", ["\r"] = "\\r" }
local LETTERS = { n = "\n", r = "\r", ["\\"] = "\\" }

local function escape(text) return (text:gsub("[\\\n\r]", ESCAPES)) end
local function unescape(text)
  return (text:gsub("\\(.)", function(c) return LETTERS[c] or "\\" .. c end))
end

local History = {}
History.__index = History

local NO_FILE = "there is no home folder; set HOME or XDG_STATE_HOME"

--- Open the history in the file PATH; nil: there is no folder for one. Its `warning` is set when
--- the file cannot be used.
function M.open(path)
  return setmetatable({ path = path, seen = 0, warning = not path and NO_FILE or nil }, History)
end

-- Read the whole file again when it has changed: it is small, and another shell may have cut it.
function History:read()
  if not self.path then return {} end
  local mark = core.file_mark(self.path)
  if mark == self.mark then return {} end
  local text, why = core.read_private(self.path)
  self.warning = why or self.warning
  self.mark = mark
  local all = {}
  for line in (text or ""):gmatch "([^\n]*)\n" do
    all[#all + 1] = line
  end
  return all
end

--- Return the lines that all shells added since the last call, oldest first.
function History:news()
  local all, news = self:read(), {}
  if #all == 0 then return news end
  local from = self.seen
  if all[from] ~= self.last then -- the file was cut
    from = #all
    while from > 0 and all[from] ~= self.last do
      from = from - 1
    end
  end
  for i = from + 1, #all do
    news[#news + 1] = unescape(all[i])
  end
  self.seen, self.last = #all, all[#all]
  return news
end

--- Return the last N lines, oldest first.
function History:latest(n)
  self.mark = nil
  local all = self:read()
  local lines = table.move(all, math.max(1, #all - n + 1), #all, 1, {})
  for i, line in ipairs(lines) do
    lines[i] = unescape(line)
  end
  return lines
end

--- Keep TEXT, unless it must not be kept. Returns whether it was kept.
function History:add(text)
  if text:find "^%s" or text:find "^%s*$" or M.holds_secret(text) then return false end
  local line = escape(text)
  if self.warning or line == self.last then return true end
  local ok, why = core.append_private(self.path, line .. "\n", MOST)
  if not ok then self.warning = why end
  return true
end

return M
