-- The question before a change: the request, the people it concerns, its cost, and the possible
-- answers. The client of the prompt asks it, and once for all changes of a plan.
--
-- self.line is the state of the running line: {before = requests spent when it began, changed = the
-- operation it called, asked =, sent =, log = what was sent, all = the user agreed to the rest of
-- its changes, stopped = the question that is open or was interrupted, ended =}.

local core = require "toggl.core"
local known = require "toggl.known"
local screen = require "toggl.text.screen"

local M = {}

local BODY_SHOWN = 300
local NAMES_SHOWN = 20
local LISTED = 30 -- changes after the answer "a"
-- Seconds for changes agreed to before; a call may wait for quota longer than a person does.
local PATIENCE = 2

local function say(format, ...) io.stderr:write(screen.clean(format:format(...)), "\n") end

local function article(words) return (words:find "^[aeio]" and "an " or "a ") .. words end

-- Name the people and things behind the keys of the request, at most MOST. A failure here must not
-- block the question.
local function names_of(op, path, body, most)
  local client, lines = rawget(_G, "client"), {}
  local keys = op and known.keys(op, path, body) or {}
  known.look(client, keys)
  for i = 1, math.min(#keys, most) do
    local kind, key = keys[i].kind, keys[i].key
    lines[i] = ("  %d is %s"):format(
      key,
      known.label(client, kind, key)
        or article(require("toggl.words.facts").keys[kind] or kind)
          .. " that the store does not know"
    )
  end
  if #keys > #lines then lines[#lines + 1] = ("  ... and %d more"):format(#keys - #lines) end
  return lines
end

-- WHOLE: without leaving anything out.
local function describe_change(operation, method, path, body, whole)
  local op = core.operations[operation]
  local lines = { ("  %s %s"):format(method, path) }
  if body ~= "" then
    local long = #body > BODY_SHOWN and not whole
    lines[2] = "  " .. (long and body:sub(1, BODY_SHOWN) .. " ..." or body)
  end
  local ok, names = pcall(names_of, op, path, body, whole and math.huge or NAMES_SHOWN)
  table.move(ok and names or {}, 1, ok and #names or 0, #lines + 1, lines)
  for i, line in ipairs(lines) do
    lines[i] = screen.clean(line)
  end
  local doc = op and op.doc and ": " .. require "toggl.text.sentence"(op.doc) or ""
  local head = screen.fold("", operation .. doc):sub(#operation + 1)
  return ("%s%s\n%s\n"):format(screen.bold(operation), head, table.concat(lines, "\n"))
end

-- -------------------------------------------------------------------------------------------- cost

--- Return the window of an organization among those of client:windows().
function M.window_of(windows, organization)
  for _, w in ipairs(windows) do
    if w.organization_id == organization then return w end
  end
end

--- Return the requests that CLIENT has spent; 0 for any other value.
function M.spent(client)
  if type(client) ~= "userdata" then return 0 end
  local ok, cost = pcall(client.cost, client)
  return ok and cost.total or 0
end

local function cost_sentence(line, path)
  local client = rawget(_G, "client")
  local organization = math.tointeger(tonumber(path:match "^/organizations/(%d+)" or ""))
  local window = client and M.window_of(client:windows(), organization)
  local before = M.spent(client) - line.before
  local text = before == 0 and "It costs 1 request"
    or ("It costs 1 more request (%d spent so far)"):format(before)
  return ("%s%s."):format(
    text,
    window and window.remaining and (" of %d left"):format(window.remaining) or ""
  )
end

-- ----------------------------------------------------------------------------------------- answers

local NO = { [""] = true, n = true, no = true }
local EXPLAIN = { ["?"] = true, help = true }

local ANSWERS = [[
  y  send this change
  n  do not send it: the call fails, and with it the line; Enter does the same
  a  send this and all further changes of this line, which are listed at its end
  ?  explain the answers, and show the whole request
]]

-- Say how many more questions there may be, where that can be known.
local function tell_rounds(self, line, path)
  local ok, left, alone = pcall(require("toggl.shell.rounds").left, self.host.lua)
  if not ok or not left or left < 1 then return end
  local client = rawget(_G, "client")
  local spent = M.spent(client) - line.before
  say(
    "%d more %s of %s may follow: %s%d requests for the line, if each sends one",
    left,
    left == 1 and "round" or "rounds",
    alone and "this loop" or "the inner loop",
    alone and "" or "at least ",
    spent + 1 + left
  )
  local organization = math.tointeger(tonumber(path:match "^/organizations/(%d+)" or ""))
  local window = client and M.window_of(client:windows(), organization)
  if window and window.remaining and window.remaining < left + 1 then
    say("the quota has %d left until it resets", window.remaining)
  end
end

-- Read the answer, as a word in lower case; "?" explains and asks again. nil: the end of the input.
local function read_answer(self, prompt, explain)
  while true do
    local answer = self.host.read_line(prompt, true)
    local word = answer and answer:lower():match "^%s*(.-)%s*$"
    if not EXPLAIN[word or ""] then return word, answer end
    io.stderr:write(explain())
  end
end

-- Input typed or pasted before the question was shown is not an answer to it.
local function discard(self)
  local n = self.host.discard()
  if n > 0 then say(n == 1 and "1 line was discarded" or "%d lines were discarded", n) end
end

-- Ask about WHAT: { name =, text = function() -> what is shown, prompt = function(), explain =
-- function() -> the answers and more, path = of the request; nil: there are several }.
local function ask(self, line, what)
  local task = package.loaded["toggl.task"]
  if task then task.settle(PATIENCE) end
  discard(self)
  io.stderr:write(what.text())
  if line.asked > 0 then say "a: this and all further changes of this line" end
  if what.path then tell_rounds(self, line, what.path) end
  line.asked = line.asked + 1
  -- Set before: an interrupt ends this function in the next line.
  self.asking, line.stopped = true, what.name
  local word, answer = read_answer(self, what.prompt(), what.explain)
  self.asking, line.stopped = false, nil
  line.all = word == "a" or word == "all"
  if line.all or answer and screen.is_yes(answer) then return true end
  if word and not NO[word] then say("'%s' was taken as a no", answer) end
  return false
end

-- A user who stops a loop over many changes is not asked about the rest of it.
local function stopping()
  local task = package.loaded["toggl.task"]
  return task and task.is_stopping()
end

local function agreed(self, line, what)
  if self.writes or line.all and not line.ended then return true end
  if stopping() then return false end
  if self.host.reading() then -- a task, while a line is being typed: cannot ask
    say("a task tried %s and was refused: tasks may change things after :write on", what.name)
    return false
  end
  if not self.asks then
    say("%s was not sent: there is no terminal to ask at; use --yes", what.name)
    return false
  end
  return ask(self, line, what)
end

--- Start a line.
function M.begin(self)
  core.changes(true)
  self.line = { before = M.spent(rawget(_G, "client")), asked = 0, sent = 0, log = {} }
  return self.line
end

-- Return a change in one line: its operation, and the people and things that it concerns.
local function in_short(operation, path, body)
  local client, op = rawget(_G, "client"), core.operations[operation]
  local names, keys = {}, op and known.keys(op, path, body) or {}
  for _, key in ipairs(keys) do
    local name = key.kind ~= "organization_id" and known.label(client, key.kind, key.key)
    if name and #names == 3 then
      names[4] = ("and others (%d keys)"):format(#keys)
    elseif name and #names < 3 then
      names[#names + 1] = name
    end
  end
  return ("  %s  %s"):format(operation, names[1] and table.concat(names, ", ") or path)
end

-- What ask() shows of one request.
local function one_change(line, operation, method, path, body)
  return {
    name = operation,
    path = path,
    text = function() return describe_change(operation, method, path, body) end,
    prompt = function() return cost_sentence(line, path) .. " Send it? [y/N/a/?] " end,
    explain = function() return ANSWERS .. describe_change(operation, method, path, body, true) end,
  }
end

--- Return the client's question before it sends a change.
function M.confirm(self, operation, method, path, body)
  local line = self.line or M.begin(self)
  line.changed = operation
  local of_plan = self.of_plan
  self.of_plan = nil
  if not of_plan and not agreed(self, line, one_change(line, operation, method, path, body)) then
    return false
  end
  line.sent = line.sent + 1
  if line.asked > 0 and #line.log < LISTED then
    local ok, text = pcall(in_short, operation, path, body)
    line.log[#line.log + 1] = ok and text or ("  %s  %s"):format(operation, path)
  end
  return true
end

local PLAN_ANSWERS = [[
  y  apply the plan: send all of its changes
  n  send nothing: the call fails, and with it the line; Enter does the same
  a  apply it, and send all further changes of this line
  ?  explain the answers, and list each request and each change
]]

--- Ask once for the whole PLAN, which is about to be applied with OPTIONS. Returns a function to
--- call before each request of the plan, whose change then has no question of its own; nil: the
--- client of the plan asks no questions. Raises where the answer was no.
function M.plan(self, plan, options)
  if plan.org:client() ~= rawget(_G, "client") or self.dry then return nil end
  local line, name = self.line or M.begin(self), "plan " .. plan.id
  local allowed = options.allow_removals or plan.allowed
  local function page(all) return plan:show { allowed = allowed, all = all } end
  local what = {
    name = name,
    text = function() return page() end,
    prompt = function() return ("Apply plan %s? [y/N/a/?] "):format(plan.id) end,
    explain = function() return PLAN_ANSWERS .. page(true) end,
  }
  line.changed = name
  if not plan.agreed and not agreed(self, line, what) then
    local message = name .. " was not confirmed; nothing was sent"
    error(core.error { kind = "cancelled", message = message }, 0)
  end
  return function(begins) self.of_plan = begins end
end

--- Return the list of what a line sent after the answer "a"; nil: another answer.
function M.list_of(line)
  if not line.all or line.sent < 2 then return nil end
  local lines = { ("%d changes were sent:"):format(line.sent) }
  for i, text in ipairs(line.log) do
    lines[i + 1] = screen.clean(text)
  end
  if line.sent > #line.log then
    lines[#lines + 1] = ("  ... and %d more; togglsh journal lists them"):format(
      line.sent - #line.log
    )
  end
  return table.concat(lines, "\n") .. "\n"
end

--- Return what to report about a line that failed: which of its changes were sent all the same,
--- unless list_of lists them.
function M.sent_before(line)
  if line.sent == 0 or line.asked == 0 or M.list_of(line) then return nil end
  return ("%d %s of this line %s sent before"):format(
    line.sent,
    line.sent == 1 and "change" or "changes",
    line.sent == 1 and "was" or "were"
  )
end

return M
