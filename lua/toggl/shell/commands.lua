-- Commands of the prompt: lines that start with a colon, and ?NAME. They act on the last result or
-- on the prompt. lua/toggl/words/prompt.lua has their rows.

local core = require "toggl.core"
local near = require("toggl.text.near").question
local rows = require "toggl.words.prompt"
local saving = require "toggl.shell.saving"
local screen = require "toggl.text.screen"
local settings = require "toggl.shell.settings"
local show = require "toggl.text.show"

local M = {}

local function fail(format, ...) error({ kind = "usage", message = format:format(...) }, 0) end

local running -- name of the running command

-- Raise a usage error of the running command.
local function misuse(format, ...) fail(":%s %s", running, format:format(...)) end

local function say(format, ...) io.stderr:write(screen.clean(format:format(...)), "\n") end

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

local function print_as(format)
  return function(self, text)
    local value = value_of(text)
    self.write(self, show.text(value, { format = format, columns = saving.columns(value) }))
    self.entry = ("toggl.show.print(%s, { format = %q })"):format(
      text == "" and "_" or text,
      format
    )
  end
end

-- Return names of organizations by key, as far as the store has them.
local function organization_names()
  local query = "SELECT id, name FROM organizations"
  local ok, found = pcall(client.sql, client, query) -- luacheck: ignore 113
  local names = {}
  for _, row in ipairs(ok and found or {}) do
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
  local out, names = {}, organization_names()
  for i, w in ipairs(windows) do
    out[i] = {
      window = window_name(w, names),
      left = w.remaining or "unknown",
      of = w.total or "unknown",
      returns = w.resets_in and os.date("%H:%M", os.time() + math.ceil(w.resets_in)) or "-",
      spent = w.spent,
    }
  end
  return out
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

-- A word that may be quoted.
local function unquoted(text) return text:match '^"(.*)"$' or text:match "^'(.*)'$" or text end

-- ------------------------------------------------------------------------------------ the commands

local commands = { csv = print_as "csv", json = print_as "json", jsonl = print_as "jsonl" }

function commands.sql(self, text)
  local client = client -- luacheck: ignore 113
  local word = text:match "^[%a_][%w_]*$"
  if text == "" then
    return client:sql [[SELECT table_name AS "table", group_concat(column_name, ', ') AS columns
      FROM schema GROUP BY table_name ORDER BY min(rowid)]]
  elseif not word then
    self.entry = ("client:sql(%q)"):format(text)
    return client:sql(text)
  end
  local columns = client:sql(
    'SELECT column_name AS "column", type, meaning FROM schema WHERE table_name = ?',
    (word:gsub("^known_", ""))
  )
  if #columns == 0 then fail("there is no table '%s'; :sql lists them", word) end
  return columns
end

function commands.time(self, text)
  self.entry = text_to_run(self, ":time", text)
  local chunk = compile(self.entry)
  local start = core.ticks()
  local results = table.pack(chunk())
  say("%.3f s", core.ticks() - start)
  return table.unpack(results, 1, results.n)
end

function commands.watch(self, text)
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
end

function commands.edit(self, text)
  local code = require("toggl.shell.editor").edit(self, text ~= "" and text or self.last or "")
  if not code then return end
  say("%s", code:find "\n" and code:match "^[^\n]*" .. " ..." or code)
  self.history:add(code)
  self.host.remember(code)
  self.last, self.last_line, self.entry = code, self.line, code
  return compile(code)()
end

function commands.load(self, text)
  if text == "" then misuse "requires the name of a file" end
  local file = saving.path(unquoted(text))
  local chunk, why = loadfile(file, "t")
  if not chunk then fail("%s", why) end
  self.entry = ("dofile %q"):format(file)
  return chunk()
end

function commands.save(self, text)
  if text == "" then misuse "requires the name of a file" end
  local file = saving.path(unquoted(text))
  local saved = file:find "%.lua$" and saving.script(self, self.worked, self.place())
    or saving.text(value_of "", saving.format(file))
  saving.save(file, saved)
  say("%s: %d bytes", file, #saved)
end

function commands.output(self, text)
  settings.output_to(self, text ~= "" and saving.path(unquoted(text)) or nil)
end

function commands.org(self, text)
  local account = require "toggl.shell.account"
  if text == "" then return client:organizations() end -- luacheck: ignore 113
  local org = account.named_organization(client, unquoted(text)) -- luacheck: ignore 113
  rawset(_G, "org", org)
  self.organization, self.key, screen.run.org = org.name, nil, unquoted(text)
  self.entry = ("org = client:organization %q"):format(org.name)
  say("org is %s (%d)", org.name, org.id)
end

function commands.quota(self, text)
  if text ~= "" and text ~= "refresh" then misuse("takes refresh alone, got '%s'", text) end
  local windows = client:quota { refresh = text == "refresh" } -- luacheck: ignore 113
  self.write(
    self,
    show.text(windows_table(windows), {
      format = "table",
      columns = { "window", "left", "of", "returns", "spent" },
      empty = "(nothing is known yet; :quota refresh asks)",
    })
  )
end

for _, name in ipairs { "offline", "wait", "write" } do
  commands[name] = function(self, text) say("%s", settings.switch(self, name, text, misuse)) end
end

function commands.set(self, text)
  local name, value = text:match "^(%S+)%s*[= ]?%s*(.*)$"
  if not name then
    return self.write(self, show.text(settings.all(self), { columns = "name,value,what" }))
  end
  say("%s", settings.set(self, name, value, fail))
end

function commands.alias(self, text)
  local aliases = require "toggl.shell.aliases"
  local name, meaning = text:match "^:?(%S+)%s*(.-)$"
  if not name then
    local list = aliases.list(self)
    if #list == 0 then return say "there are no aliases; :alias NAME TEXT makes one" end
    return self.write(self, show.text(list, { columns = "name,text", format = "table" }))
  end
  say("%s", aliases.set(self, name, meaning, misuse))
end

local MOST_LINES = 20

local function indented(line) return "  " .. screen.clean(line) end

function commands.history(self, text)
  local n = text == "" and MOST_LINES or math.tointeger(tonumber(text))
  if not n or n < 1 then misuse("requires a number of lines, got '%s'", text) end
  local lines = self.history:latest(n)
  for i, line in ipairs(lines) do
    lines[i] = line:gsub("\t", "  "):gsub("[^\n]+", indented) .. "\n"
  end
  self.write(self, table.concat(lines))
end

function commands.help(self, text)
  if text == "" then return self.write(self, M.list()) end
  M.explain(self, rows.command(text) and ":" .. text or text)
end

function commands.quit(self) self.quits = true end

-- ------------------------------------------------------------------------------------ help and run

--- The functions of the rows: function(self, text after the name).
M.functions = commands

--- Return the command names with their colons, and the aliases of the prompt SELF.
function M.names(self)
  local names = {}
  for i, row in ipairs(rows.commands) do
    names[i] = ":" .. row.name
  end
  for name in pairs(self and self.aliases or {}) do
    names[#names + 1] = ":" .. name
  end
  return names
end

--- Return the list of commands.
function M.list()
  local lines = {}
  local function add(words, text)
    lines[#lines + 1] = screen.fold(("  %-20s "):format(words), text) .. "\n"
  end
  for _, row in ipairs(rows.commands) do
    local short = row.also and (" (:%s)"):format(row.also[1]) or ""
    add((":%s %s"):format(row.name, row.words):gsub(" $", "") .. short, row.doc)
  end
  add("?NAME, help(x)", "Explain a method, operation, class or field; help() lists subjects.")
  add("_, __", "The last result, and the one before.")
  return table.concat(lines)
end

--- Return the help for what TEXT names, without running it: explaining org must not request it.
function M.explain(self, text)
  local help = require("toggl").help
  local row = rows.command(text:match "^:?(%a+)$" or "")
  if row and text:find "^:" then
    local line = screen.fold((":%s %s  "):format(row.name, row.words), row.doc)
    return self.write(self, line .. "\n")
  end
  local name = unquoted(text):gsub(":", "."):gsub("%s+$", ""):gsub("%b()$", "")
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
  local row = rows.command(name)
  if not row then
    local advice = near(":" .. name, M.names(self), ":help lists them")
    fail("there is no command :%s%s", name, advice)
  end
  running = row.name
  return commands[row.name](self, rest)
end

--- Run a command; its results are kept like those of a typed line. Returns true: the prompt
--- continues.
function M.run(self, text)
  self.entry = nil
  if self.protect(self, run, self, text) and self.entry then
    self.worked[#self.worked + 1] = self.entry
  end
  return true
end

return M
