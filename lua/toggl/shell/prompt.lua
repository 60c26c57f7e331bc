-- The prompt: read a line, run it, show the result. Lines that start with a colon are commands
-- (commands.lua).
--
-- An expression needs no `return`; an open block continues in the next line; `_` and `__` hold the
-- last two results. The host reads lines and lets tasks run meanwhile (csrc/host/term.c).

local aliases = require "toggl.shell.aliases"
local core = require "toggl.core"
local history = require "toggl.shell.history"
local paths = require "toggl.config.paths"
local screen = require "toggl.text.screen"
local values = require "toggl.shell.values"

local M = {}

-- Return the module NAME, required when it is first used: the prompt is there before it. The first
-- two are what messages of other modules need.
local late_names = { "toggl.text.near", "toggl.text.options" }
local function late(name)
  late_names[#late_names + 1] = name
  return setmetatable({}, { __index = function(_, key) return require(name)[key] end })
end

local again = late "toggl.text.again"
local commands = late "toggl.shell.commands"
local ending = late "toggl.shell.ending"
local pager = late "toggl.shell.pager"
local question = late "toggl.shell.question"
local settings = late "toggl.shell.settings"
local show = late "toggl.text.show"
local verdict = late "toggl.shell.verdict"

-- Before the first line runs, which may leave no descriptor or memory to load them with.
local function load_late()
  for i = #late_names, 1, -1 do
    require(late_names[i])
    late_names[i] = nil
  end
end

-- ------------------------------------------------------------------------------------------ output

-- The same inside of a prompt, marked as zero-width for the line editor.
local function mark(code, text)
  if not (screen.terminal and screen.terminal.colour) then return text end
  return ("\1\27[%sm\1%s\1\27[0m\1"):format(code, text)
end

local function say(text) io.stderr:write(values.clean(text), "\n") end

-- Page through TEXT screen by screen when there is no pager.
local function stop_by_stop(self, text, height)
  local n = 0
  for line in text:gmatch "([^\n]*)\n" do
    io.stdout:write(line, "\n")
    n = n + 1
    if n % height == 0 then
      local answer = self.host.read_line(mark("7", "-- more: Enter, q ends --"), true)
      if not answer or answer:find "^q" then break end
    end
  end
end

--- Write TEXT, through a pager when it does not fit into the window.
function M.write(self, text)
  if self.editor ~= "libedit" or not pager.is_long(self.host, text) then return show.write(text) end
  local command = pager.command()
  if command == "cat" then return show.write(text) end
  if command ~= "" then return pager.page(self.host, command, text) end
  stop_by_stop(self, text, select(2, self.host.width(1)) - 1)
end

-- ----------------------------------------------------------------------------------------- running

-- Required by the first line and the first Tab: neither holds up the prompt.
local function chunks() return require "toggl.shell.chunk" end
local function completion() return require "toggl.shell.complete" end

local function is_api_error(err) return type(err) == "table" and type(err.kind) == "string" end

-- Message handler: keep an error of the API, and return the text of any other one. A mistake gets
-- its traceback.
local function handler(err)
  if is_api_error(err) then return err end
  local mt = getmetatable(err)
  if type(err) ~= "string" then
    return type(mt) == "table" and mt.__tostring and tostring(err)
      or ("(error object is a %s value)"):format(type(err))
  end
  local there, trace = pcall(require, "toggl.shell.trace")
  if not there then return err end -- no descriptor or memory is left to load it with
  local ok, more = pcall(function() return require("toggl.words.slip").explain(err) end)
  local text = trace.explain(ok and more or err)
  return text -- no tail call: trace counts the frames from here
end

local function put_error(kind, text)
  io.stderr:write(values.colour("31", kind), ": ", values.clean(text), "\n")
end

-- INTERRUPTED: the text for an error caused by an interrupt.
local function put_report(err, interrupted)
  if is_api_error(err) then
    if interrupted and err.kind == "cancelled" then return say(interrupted) end
    return put_error(err.kind, again.spell(tostring(verdict.text(err))))
  end
  say(interrupted or tostring(err))
end

-- The same for any ERR: an error object that a line made itself may hold anything.
local function report(err, interrupted)
  local ok, why = pcall(put_report, err, interrupted)
  if not ok then
    say("an error that cannot be shown: " .. (type(why) == "string" and why or type(why)))
  end
end

local function show_results(self, results)
  for i = 1, values.told(results) do
    local value = results[i]
    if i == 2 and results[1] == nil and is_api_error(value) then
      report(value)
    elseif
      not (i == 1 and value == nil and is_api_error(results[2]))
      and not settings.divert(self, value)
    then
      M.write(self, values.text(value))
    end
  end
end

local function keep_results(results)
  if results.n == 0 then return end
  rawset(_G, "__", rawget(_G, "_"))
  rawset(_G, "_", results[1])
end

-- Cancel what an interrupt left in flight now, not when its memory is collected.
local function tidy()
  local task = package.loaded["toggl.task"]
  if task then task.abandon() end
  collectgarbage()
end

-- An interrupted question has its own sentence, since something was about to be sent.
local function interruption(line)
  if not line.stopped then return "interrupted" .. ending.sentence(core.changes()) end
  return ("interrupted: %s was not confirmed; nothing was sent"):format(line.stopped)
end

local function tell_sent(line)
  local text = question.sent_before(line)
  if text then say(text) end
end

--- Run f(...) as a typed line: keep and show its results, report errors. Returns whether it
--- succeeded.
function M.protect(self, f, ...)
  load_late()
  local line = question.begin(self)
  screen.terminal.width = self.host.width(1)
  local results = table.pack(self.host.guard(f, handler, ...))
  local ok = table.remove(results, 1)
  results.n = results.n - 1
  if ok then
    keep_results(results)
    ok, results[1] = self.host.guard(show_results, handler, self, results)
  end
  self.asking = false -- an interrupt leaves a question open
  local interrupted = self.host.interrupted()
  -- Before the next interrupt counts: calls in flight fail at once.
  if interrupted then tidy() end
  self.host.rearm()
  io.stdout:flush()
  local over = self.host.ending() -- then the end of the run reports its changes
  if not ok and not over and not (is_api_error(results[1]) and results[1].kind == "output") then
    report(results[1], interrupted and interruption(line))
    tell_sent(line)
  end
  line.ended = true
  local list = question.list_of(line)
  if list and not over then io.stderr:write(list) end
  if not over then
    local _, unknown = core.changes(true)
    self.unknown = self.unknown + unknown
  end
  local cost = question.spent(rawget(_G, "client")) - line.before
  if cost > 0 then
    io.stderr:write(
      values.colour("2", ("(%d %s)"):format(cost, cost == 1 and "request" or "requests")),
      "\n"
    )
  end
  return ok
end

--- Run TEXT as Lua. Returns false when it is the beginning of an incomplete chunk.
function M.run(self, text)
  local chunk, why = chunks().compile(text)
  if not chunk and chunks().is_open(why, text) then return false end
  if not chunk then
    why = chunks().lacks_call(why, text) or why
    why = why:gsub("unfinished string near <eof>$", "unfinished string: its quote is not closed")
    say((why:gsub("^stdin:", "line ")))
    return true
  end
  self.last = text
  self.worked[#self.worked + 1] = M.protect(self, chunk) and text or nil
  self.last_line = self.line
  return true
end

-- ------------------------------------------------------------------------------------------ prompt

-- Return the key that `org` has or will have, if known without a request: its own, one named by
-- key, or what the store has for the name. Without a name, only a single organization is
-- unambiguous.
local function organization_key(self, client)
  local org = rawget(_G, "org")
  if org ~= nil then
    return type(org) == "userdata" and core.class(org) == "organization" and org.id or nil
  end
  local wanted = self.organization
  if self.key then return self.key end
  if math.type(wanted) == "integer" then return wanted end -- TOGGL_ORGANIZATION_ID
  local matches, found = wanted and require("toggl.class.common").by_key_or_name(wanted, "id"), {}
  for _, row in ipairs(client and client:sql "SELECT id, name FROM organizations" or {}) do
    if not matches or matches(row) then found[#found + 1] = row.id end
  end
  if #found == 1 then self.key = found[1] end
  return self.key
end

-- Return the window that the next call spends: of the organization, once known; else the account's
-- own, which finding the organization spends.
local function window_text(self, client)
  local windows = client and client:windows() or {}
  if #windows == 0 then return nil end -- until a reply counts one
  local known, id = pcall(organization_key, self, client)
  if not known and not is_api_error(id) then error(id, 0) end -- such as a locked store
  if not known then id = nil end
  local window = question.window_of(windows, id)
  if not window or not window.remaining then return nil end
  local text = ("%d left"):format(window.remaining)
  if window.resets_in then
    text = text .. os.date(" until %H:%M", os.time() + math.ceil(window.resets_in))
  end
  return text, window.remaining
end

local function place_name(self)
  local org = rawget(_G, "org")
  local name = type(org) == "userdata" and org.name or self.organization
  local place = self.account
  if name then place = place .. ":" .. screen.clean(tostring(name)) end
  return screen.cut(place, 40)
end

-- Return the part of the prompt for what is left of the quota, if known. The prompt does not wait:
-- while another process holds the store, it has no such part. A second value, once: why a fault of
-- the program's own keeps it from being known.
local function quota_part(self)
  local client = rawget(_G, "client")
  if values.type(client) ~= "toggl.client" or not core.is_open(client) then client = nil end
  local ok, text, left = self.host.glance(function() return window_text(self, client) end)
  if ok then return text and mark(left < 5 and "33" or "2", text) end
  if is_api_error(text) or self.failed then return nil end
  self.failed = true
  return nil, "what is left of the quota is not shown: " .. tostring(text)
end

--- Return "work:Acme 27 left until 14:05> ", with QUOTA of quota_part.
function M.prompt(self, quota)
  local parts = { mark("1", place_name(self)), quota }
  if self.offline then parts[#parts + 1] = mark("33", "OFFLINE") end
  if self.dry then
    parts[#parts + 1] = mark("33", "DRY RUN")
  elseif self.writes then
    parts[#parts + 1] = mark("1;31", "WRITE")
  end
  return table.concat(parts, " ") .. "> "
end

-- Add what is left of the quota to the first prompt, which was shown before the store was opened.
local function complete_prompt(self)
  self.hasty = nil
  local quota, problem = quota_part(self)
  if problem then
    self.host.hide()
    say(problem)
    self.host.show()
  elseif quota then
    self.host.reprompt(M.prompt(self, quota))
  end
end

-- While waiting for keys, run tasks; their output does not tear the line.
local function idle(self)
  if self.hasty then complete_prompt(self) end
  local task = package.loaded["toggl.task"]
  if not task then return nil end
  if self.asking then return task.hold() end -- one question at a time
  return task.poll(function()
    screen.terminal.width = self.host.width(1)
    self.host.hide()
  end, self.host.show)
end

local function remember_news(self)
  for _, line in ipairs(self.history:news()) do
    self.host.remember(line)
  end
  if self.history.warning and not self.warned then
    self.warned = true
    say("history is not kept: " .. self.history.warning)
  end
end

local function next_prompt(self)
  if self.hasty then return M.prompt(self) end
  local quota, problem = quota_part(self)
  if problem then say(problem) end
  return M.prompt(self, quota)
end

-- Read lines until they form a complete chunk. nil: the end; "": nothing to run.
local function read_block(self)
  local block, prompt = nil, next_prompt(self)
  self.block = ""
  remember_news(self)
  while true do
    local line, why, fault = self.host.read_line(prompt)
    self.hasty = nil
    if why == "fault" then
      error({ kind = "setting", message = "standard input cannot be read: " .. fault }, 0)
    end
    if not line and why == "interrupt" then return "" end
    if not line then return nil end
    -- A file or a pipe has empty lines inside of blocks, and no person who has to get out of one.
    if block and (line:find "^%s*:[^:]" or self.asks and not line:find "%S") then
      say "the block was not complete: it was not run"
      return line
    end
    block = block and block .. "\n" .. line or line
    if block:find "^%s*[:?]" or block:find "^%s*$" then return block end
    local chunk, problem = chunks().compile(block)
    if chunk or not chunks().is_open(problem, block) then return block end
    self.block = block .. "\n"
    if self.asks and not self.told_blocks then
      say "(the block goes on; an empty line leaves it)"
    end
    self.told_blocks = true
    prompt = next_prompt(self):gsub("\1[^\1]*\1", "")
    prompt = (" "):rep(math.max(0, screen.width(prompt) - 3)) .. ">> "
  end
end

local function keep_line(self, text)
  if not self.history:add(text) or not self.history.warning then return end
  self.host.remember(text) -- for this session at least
end

-- Run TEXT as if it was typed: a command, an alias, or Lua.
local function run_typed(self, text)
  local ok, expanded = pcall(aliases.expand, self, text)
  if not ok then return report(expanded) end
  if commands.is(expanded) then return commands.run(self, expanded) end
  M.run(self, expanded)
end

--- Read and run one chunk. Returns false at the end.
local function turn(self)
  local text = read_block(self)
  if not text then return false end
  if text:find "^%s*$" then return true end
  keep_line(self, text)
  run_typed(self, text)
  return true
end

-- ----------------------------------------------------------------------------------- help and ends

-- A name that acts both when shown and when called: `help`, `help(x)`.
local function word(tell, call)
  return setmetatable(
    {},
    { __tostring = tell, __call = function(_, ...) return call(...) end, __name = "word" }
  )
end

local function offer_words(self)
  local help = function(topic) return (require("toggl").help(topic):gsub("\n+$", "")) end
  rawset(
    _G,
    "help",
    word(function() return help() end, function(topic) M.write(self, help(topic) .. "\n") end)
  )
  local quit = function() self.quits = true end
  for _, name in ipairs { "quit", "exit" } do
    if rawget(_G, name) == nil then
      rawset(
        _G,
        name,
        word(function()
          quit()
          return ""
        end, quit)
      )
    end
  end
end

local function greet(self)
  if not self.asks then return end
  local toggl = require "toggl"
  local text = "togglsh %s, %s. :help lists commands, help(x) explains x, Ctrl-D leaves"
  say(screen.fold_lines(text:format(toggl._VERSION, _VERSION)))
  if self.problem then say(self.problem) end
end

--- Read and run until the end. SELF: host; client options of the shell by `make`, account and
--- organization for the prompt, writes, offline, edit. Raises when standard input cannot be read,
--- and at the end of a pipe or a file after an ambiguous change: no person has seen it.
function M.start(self)
  self.worked, self.editor, self.unknown, self.aliases = self.worked or {}, "plain", 0, {}
  self.place = function() return place_name(self) end
  self.find_key = function() -- for Tab, which does not wait for the store either
    local client = rawget(_G, "client")
    local known, id = self.host.glance(function() return organization_key(self, client) end)
    return known and id or nil
  end
  self.asks = self.host.isatty(0) and (self.host.isatty(1) or self.host.isatty(2))
  local state = paths.state_path()
  self.history = history.open(state and (state:gsub("[^/]*$", "history")))
  self.protect, self.show, self.write = M.protect, values.text, M.write
  offer_words(self)
  self.host.patient()
  require "toggl" -- what Tab and help tell about
  self.peek = function(text) return completion().peek(text) end
  self.editor = self.host.open_line(self.edit, function() return idle(self) end, function(text)
    if (self.block or "") ~= "" and text:find "^%s*$" then return "\t" end -- an indent
    return completion().key((self.block or "") .. text, self.host, self)
  end)
  greet(self)
  aliases.start(self, run_typed)
  self.hasty = self.editor == "libedit"
  while not self.quits and not self.host.ending() and turn(self) do
  end
  self.host.close_line()
  if self.sink then settings.output_to(self) end
  if not self.asks and not self.host.ending() then ending.unseen(self.unknown) end
end

--- Return the question that a client of the prompt SELF asks before a change. One that applies a
--- plan is asked once.
function M.confirm(self)
  require "toggl" -- which makes core.above
  core.above.ask_for_plan = function(...) return question.plan(self, ...) end
  return function(...) return question.confirm(self, ...) end
end

return M
