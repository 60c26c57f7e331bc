-- Commands of the prompt: lines that start with a colon, and ?NAME. They act on the last result or
-- on the prompt.

local core = require "toggl.core"
local near = require("toggl.text.near").question
local screen = require "toggl.text.screen"
local show = require "toggl.text.show"

local M = {}

local function fail(format, ...) error({ kind = "usage", message = format:format(...) }, 0) end

local running -- name of the running command

-- Raise a usage error of the running command.
local function misuse(format, ...) fail(":%s %s", running, format:format(...)) end

local function say(format, ...) io.stderr:write(screen.clean(format:format(...)), "\n") end

-- Parse "on", "off", or nothing, which keeps the present value.
local function switch(word, now)
  if word == "" then return now end
  if word ~= "on" and word ~= "off" then misuse("requires on or off, got '%s'", word) end
  return word == "on"
end

-- Compile TEXT as the prompt does.
local function compile(text)
  local chunk, why = require("toggl.shell.chunk").compile(text)
  return chunk or fail("%s", (why:gsub("^stdin:", "line ")))
end

-- Return the last result, or that of the expression after the command.
local function value_of(text)
  if text == "" then
    local value = rawget(_G, "_")
    if value == nil then fail "there is no result yet" end
    return value
  end
  return (compile(text)())
end

local function columns_of(value)
  local mt = getmetatable(value)
  return show.columns or type(mt) == "table" and type(mt.columns) == "table" and mt.columns or nil
end

local function print_as(format)
  return function(self, text)
    local value = value_of(text)
    self.write(self, show.text(value, { format = format, columns = columns_of(value) }))
  end
end

-- Return names of organizations by key, as far as the store has them.
local function organization_names()
  local query = "SELECT id, name FROM organizations"
  local ok, rows = pcall(client.sql, client, query) -- luacheck: ignore 113
  local names = {}
  for _, row in ipairs(ok and rows or {}) do
    names[row.id] = row.name
  end
  return names
end

local function window_name(w, names)
  if w.workspace_id then return ("workspace %d"):format(w.workspace_id) end
  if not w.organization_id then return "your account" end
  local name = names[w.organization_id]
  return name and ("%s (%d)"):format(name, w.organization_id)
    or ("organization %d"):format(w.organization_id)
end

-- If the server does not report the total, only the spent requests are known.
local function windows_table(windows)
  local rows, names = {}, organization_names()
  for i, w in ipairs(windows) do
    rows[i] = {
      window = window_name(w, names),
      left = w.remaining or "unknown",
      of = w.total or "unknown",
      back = w.resets_in and os.date("%H:%M", os.time() + math.ceil(w.resets_in)) or "-",
      spent = w.spent,
    }
  end
  return rows
end

-- Return the code for a command: TEXT, which becomes the last line, or the last line, unless that
-- changed something.
local function text_to_run(self, command, text)
  if text ~= "" then
    self.last, self.last_line = text, self.line
    return text
  end
  local changed = self.last_line and self.last_line.changed
  if changed then
    fail(
      "the last line changes something (%s), and is not run again; write it behind %s",
      changed,
      command
    )
  end
  return self.last or fail "there is nothing yet to run again"
end

local FORMATS = { csv = "csv", json = "json", jsonl = "jsonl", txt = "table" }

-- Return the text for FILE; .lua: the lines that were typed and succeeded.
local function text_for(self, file)
  local ending = file:match "%.(%w+)$"
  if ending == "lua" then
    local lines = {}
    for _, text in ipairs(self.worked) do
      if not require("toggl.shell.history").holds_secret(text) then
        lines[#lines + 1] = text .. "\n"
      end
    end
    return table.concat(lines)
  end
  local format = FORMATS[ending or ""]
  if not format then
    fail(
      "%s: which format? .csv, .json, .jsonl and .txt hold the last result, .lua what was typed",
      file
    )
  end
  local value, terminal = value_of "", screen.terminal
  screen.terminal = nil -- a file has no width
  local ok, text = pcall(show.text, value, { format = format, columns = columns_of(value) })
  screen.terminal = terminal
  return ok and text or error(text, 0)
end

-- The system reports a missing folder as "no such file", which is no help when creating a file.
local function cannot_save(file, why)
  local folder = file:match "^(.+)/[^/]*$"
  local there <close> = folder and io.open(folder)
  if folder and not there then why = "there is no folder " .. folder end
  error({ kind = "error", message = ("nothing was saved: %s"):format(why) }, 0)
end

-- ---------------------------------------------------------------------------------------- commands

-- name, arguments, help, function(self, text after the name)
local LIST = {
  { "csv", "[EXPR]", "the last result, or that of EXPR, as CSV", print_as "csv" },
  { "json", "[EXPR]", "as JSON", print_as "json" },
  { "jsonl", "[EXPR]", "as JSON, a line for each row", print_as "jsonl" },
  {
    "sql",
    "SELECT ...",
    "asks the store; without a query: its views",
    function(_, text)
      if text ~= "" then return client:sql(text) end -- luacheck: ignore 113
      local rows = {}
      for i, view in ipairs(require("toggl.words.describe").views()) do
        rows[i] = { name = view.name, what = view.doc }
      end
      return rows
    end,
  },
  {
    "time",
    "[EXPR]",
    "runs the last line or EXPR and says how long it took",
    function(self, text)
      local chunk = compile(text_to_run(self, ":time", text))
      local start = core.ticks()
      local results = table.pack(chunk())
      say("%.3f s", core.ticks() - start)
      return table.unpack(results, 1, results.n)
    end,
  },
  {
    "watch",
    "N [EXPR]",
    "runs the last line or EXPR every N seconds until Ctrl-C",
    function(self, text)
      local seconds, rest = text:match "^([%d.]+)%s*(.*)$"
      if not tonumber(seconds) or tonumber(seconds) < 0.1 then
        misuse "requires a number of seconds, such as :watch 60"
      end
      local chunk = compile(text_to_run(self, ":watch " .. seconds, rest))
      while true do
        say("%s, every %s s; Ctrl-C ends it", os.date "%H:%M:%S", seconds)
        local results = table.pack(chunk())
        for i = 1, results.n do
          show.write(self.show(results[i]))
        end
        io.stdout:flush()
        require("toggl").sleep(tonumber(seconds))
      end
    end,
  },
  {
    "save",
    "FILE",
    "the last result into FILE.csv, .json, .jsonl or .txt; what was typed into FILE.lua",
    function(self, file)
      if file == "" then misuse "requires the name of a file" end
      local text = text_for(self, file)
      local out, why = io.open(file, "w")
      if not out then cannot_save(file, why) end
      local ok, problem = out:write(text)
      local closed, late = out:close() -- flushes what was buffered
      if not ok or not closed then
        error(
          { kind = "error", message = ("%s is not whole: %s"):format(file, problem or late) },
          0
        )
      end
      say("%s: %d bytes", file, #text)
    end,
  },
  {
    "quota",
    "[refresh]",
    "requests left, and when they return; refresh asks Toggl",
    function(self, text)
      if text ~= "" and text ~= "refresh" then fail("knows refresh alone, got '%s'", text) end
      local windows = client:quota { refresh = text == "refresh" } -- luacheck: ignore 113
      self.write(
        self,
        show.text(windows_table(windows), {
          format = "table",
          columns = { "window", "left", "of", "back", "spent" },
          empty = "(nothing is known yet; :quota refresh asks)",
        })
      )
    end,
  },
  {
    "offline",
    "[on|off]",
    "whether the store alone answers",
    function(self, text)
      self.offline = switch(text, self.offline)
      if text ~= "" then client:set_offline(self.offline) end -- luacheck: ignore 113
      say(
        self.offline
            and "offline: only the store answers, nothing is sent; :offline off asks Toggl again"
          or "online; :offline on lets the store alone answer"
      )
    end,
  },
  {
    "write",
    "[on|off]",
    "whether changes are sent without a question",
    function(self, text)
      self.writes = switch(text, self.writes)
      say(
        self.writes and "changes are sent without a question; :write off asks again"
          or "each change is asked about before it is sent; :write on ends that"
      )
    end,
  },
  {
    "help",
    "[NAME]",
    "this list; help about NAME",
    function(self, text)
      if text ~= "" then return M.explain(self, text) end
      self.write(self, M.list())
    end,
  },
  { "quit", "", "leaves; so does Ctrl-D", function(self) self.quits = true end },
}

local by_name, names = {}, {}
for i, c in ipairs(LIST) do
  by_name[c[1]], names[i] = c[4], ":" .. c[1]
end

--- Return the command names with their colons.
M.names = names

--- Return the list of commands.
function M.list()
  local lines = {}
  local function add(words, text)
    lines[#lines + 1] = screen.fold(("  %-20s "):format(words), text) .. "\n"
  end
  for _, c in ipairs(LIST) do
    add((":%s %s"):format(c[1], c[2]), c[3])
  end
  add("?NAME, help(x)", "what a method, operation, class or field is; help() lists subjects")
  add("_, __", "the last result, and the one before")
  return table.concat(lines)
end

--- Return the help for what TEXT names, without running it: explaining org must not request it.
function M.explain(self, text)
  local help = require("toggl").help
  local name = text:gsub(":", "."):gsub("%s+$", ""):gsub("%b()$", "")
  local answer = help(name ~= "" and name or nil)
  if answer:find "^no help" then
    local value = self.peek(text)
    if value ~= nil then answer = help(value) end
  end
  self.write(self, answer)
end

--- Is TEXT a command?
function M.is(text) return text:find "^%s*[:?]" ~= nil and not text:find "^%s*::" end

local function run(self, text)
  local topic = text:match "^%s*%?%s*(.-)%s*$"
  if topic then return M.explain(self, topic) end
  local name, rest = text:match "^%s*:%s*(%S*)%s*(.-)%s*$"
  local command = by_name[name]
    or fail("there is no command :%s%s; :help lists them", name, near(":" .. name, names))
  running = name
  return command(self, rest)
end

--- Run a command; its results are kept like those of a typed line. Returns true: the prompt
--- continues.
function M.run(self, text)
  self.protect(self, run, self, text)
  return true
end

return M
