-- What Tab offers behind a command of the prompt.

local rows = require "toggl.words.prompt"
local shelves = require "toggl.shell.shelves"

local M = {}

-- What may follow a command, by `takes` of its row.
local takes = {}

function takes.nothing() return {} end

function takes.file(self, rest) return self and self.host.files(rest) or {} end

function takes.topic() return require("toggl.words.help").topics() end

function takes.organization(_, rest)
  local names, hint = shelves.names_of("organization", nil, (rest:gsub("^[\"']", "")))
  return names, nil, hint
end

function takes.alias(self)
  local names = {}
  for name in pairs(self and self.aliases or {}) do
    names[#names + 1] = name
  end
  return names
end

-- Names of settings; behind one, its values.
function takes.setting(_, rest)
  local name, names = rest:match "^(%S+)%s", {}
  for _, row in ipairs(rows.settings) do
    if row.name == name then return row.values or {} end
    names[#names + 1] = row.name
  end
  return name and {} or names
end

--- Return the candidates behind a command that takes no Lua, as complete.candidates does; nil: it
--- does. SELF: the prompt, or nil.
function M.candidates(text, self)
  local name, rest = text:match "^%s*:(%a+)%s+(.*)$"
  local row = name and rows.command(name)
  if not row or not row.takes then return nil end
  if type(row.takes) == "table" then return row.takes, rest end
  local list, remarks, hint = takes[row.takes](self, rest)
  if row.takes == "file" then return list, rest end -- a name may have spaces
  local word = row.takes == "organization" and rest:gsub("^[\"']", "") or rest:match "%S*$"
  return list, word, remarks, hint
end

return M
