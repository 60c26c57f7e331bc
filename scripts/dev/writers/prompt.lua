-- Write the tables of the prompt's commands and settings in doc/togglsh.md and in the reference.

local rows = require "toggl.words.prompt"

local M = {}

local function cell(text) return (text:gsub("|", "\\|")) end

--- Return the commands as a table of Markdown.
function M.commands()
  local lines = { "| command | |", "| --- | --- |" }
  for _, row in ipairs(rows.commands) do
    local names = (":%s %s"):format(row.name, row.words):gsub(" $", "")
    local short = row.also and (" or `:%s`"):format(row.also[1]) or ""
    lines[#lines + 1] = ("| `%s`%s | %s |"):format(cell(names), short, cell(row.doc))
  end
  return table.concat(lines, "\n") .. "\n"
end

--- Return the settings of :set as a table of Markdown.
function M.settings()
  local lines = { "| setting | values | |", "| --- | --- | --- |" }
  for _, row in ipairs(rows.settings) do
    local values = row.values and table.concat(row.values, ", ") or ""
    lines[#lines + 1] = ("| `%s` | %s | %s |"):format(row.name, values, cell(row.doc))
  end
  return table.concat(lines, "\n") .. "\n"
end

return M
