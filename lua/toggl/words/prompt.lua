-- Commands and settings of the prompt: data alone. Help, completion, the reference and the manual
-- page are made from it; lua/toggl/shell/commands.lua has a function for each row.
--
-- name, words = what is typed after it, doc, also = shorter names, takes = what Tab offers after it
-- (nil: Lua).

local M = {}

M.commands = {
  { name = "csv", words = "[EXPR]", doc = "Show the last result, or that of EXPR, as CSV." },
  { name = "json", words = "[EXPR]", doc = "Show it as JSON." },
  { name = "jsonl", words = "[EXPR]", doc = "Show it as JSON, a line for each row." },
  {
    name = "sql",
    words = "[SELECT|TABLE]",
    takes = "nothing",
    doc = "Query the store; alone: list its tables; TABLE: explain its columns.",
  },
  {
    name = "time",
    words = "[EXPR]",
    doc = "Run the last line, or EXPR, and show how long it took.",
  },
  {
    name = "watch",
    words = "N [EXPR]",
    doc = "Run the last line, or EXPR, every N seconds until Ctrl-C.",
  },
  {
    name = "edit",
    also = { "e" },
    words = "[TEXT]",
    doc = "Edit the last line, or TEXT, in $VISUAL, $EDITOR or vi, and run what is saved.",
  },
  { name = "load", words = "FILE", takes = "file", doc = "Run a file of Lua here." },
  {
    name = "save",
    words = "FILE",
    takes = "file",
    doc = "Write the last result to FILE.csv, .tsv, .json, .jsonl, .md or .txt; to FILE.lua, what "
      .. "was typed and succeeded, as a script.",
  },
  {
    name = "output",
    also = { "o" },
    words = "[FILE]",
    takes = "file",
    doc = "Write further results to FILE, in the format of its ending; alone: to the screen again.",
  },
  {
    name = "org",
    words = "[NAME]",
    takes = "organization",
    doc = "Make org another organization; alone: list yours.",
  },
  {
    name = "quota",
    words = "[refresh]",
    takes = { "refresh" },
    doc = "Show the requests left, and when they return; refresh asks Toggl.",
  },
  {
    name = "offline",
    words = "[on|off]",
    takes = { "on", "off" },
    doc = "Let the store alone answer.",
  },
  {
    name = "wait",
    words = "[on|off|N]",
    takes = { "on", "off" },
    doc = "Wait for quota, or at most N seconds for it, instead of failing.",
  },
  {
    name = "write",
    words = "[on|off]",
    takes = { "on", "off" },
    doc = "Send changes without a question.",
  },
  {
    name = "set",
    words = "[NAME VALUE]",
    takes = "setting",
    doc = "Change a setting of the prompt; alone: show all.",
  },
  {
    name = "alias",
    words = "[NAME TEXT]",
    takes = "alias",
    doc = "Make :NAME stand for TEXT, in which $1 to $9 and $* are the words after it; alone: list "
      .. "the aliases.",
  },
  {
    name = "history",
    words = "[N]",
    takes = "nothing",
    doc = "Show the last N lines that were typed (20).",
  },
  {
    name = "help",
    also = { "h" },
    words = "[NAME]",
    takes = "topic",
    doc = "List the commands; explain the command NAME, or what ?NAME explains.",
  },
  { name = "quit", also = { "q" }, words = "", takes = "nothing", doc = "Leave; so does Ctrl-D." },
}

-- Settings of :set: name, values = what they may be, doc.
M.settings = {
  {
    name = "output",
    values = { "table", "csv", "tsv", "json", "jsonl", "markdown" },
    doc = "Format of results.",
  },
  { name = "columns", doc = "Columns of results, such as id,name; all: no choice." },
  { name = "offline", values = { "on", "off" }, doc = "The store alone answers." },
  { name = "wait", values = { "on", "off" }, doc = "Calls wait for quota; a number: so long." },
  { name = "write", values = { "on", "off" }, doc = "Changes are sent without a question." },
}

--- Return the row of the command that NAME names, or nil.
function M.command(name)
  for _, row in ipairs(M.commands) do
    if row.name == name then return row end
    for _, short in ipairs(row.also or {}) do
      if short == name then return row end
    end
  end
end

return M
