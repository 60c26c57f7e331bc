-- The question before a change: the request, the people it concerns, its cost, and the possible
-- answers. The client of the prompt asks it.
--
-- self.line is the state of the running line: {before = requests spent when it began, changed = the
-- operation it called, asked =, sent =, log = what was sent, all = the user agreed to the rest of
-- its changes, stopped = the question that is open or was interrupted, ended =}.

local core = require "toggl.core"
local facts = require "toggl.words.facts"
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
        or article(facts.keys[kind] or kind) .. " that the store does not know"
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
  return ("%s%s\n%s\n"):format(screen.bold(operation), doc, table.concat(lines, "\n"))
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
local function read_answer(self, prompt, ...)
  while true do
    local answer = self.host.read_line(prompt, true)
    local word = answer and answer:lower():match "^%s*(.-)%s*$"
    if not EXPLAIN[word or ""] then return word, answer end
    io.stderr:write(ANSWERS, describe_change(...))
  end
end

-- Input typed or pasted before the question was shown is not an answer to it.
local function discard(self)
  local n = self.host.discard()
  if n > 0 then say(n == 1 and "1 line was discarded" or "%d lines were discarded", n) end
end

local function ask(self, line, operation, method, path, body)
  local task = package.loaded["toggl.task"]
  if task then task.settle(PATIENCE) end
  discard(self)
  io.stderr:write(describe_change(operation, method, path, body))
  if line.asked > 0 then say "a: this and all further changes of this line" end
  tell_rounds(self, line, path)
  line.asked = line.asked + 1
  -- Set before: an interrupt ends this function in the next line.
  self.asking, line.stopped = true, operation
  local prompt = cost_sentence(line, path) .. " Send it? [y/N/a/?] "
  local word, answer = read_answer(self, prompt, operation, method, path, body, true)
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

local function agreed(self, line, operation, ...)
  if self.writes or line.all and not line.ended then return true end
  if stopping() then return false end
  if self.host.reading() then -- a task, while a line is being typed: cannot ask
    say("a task tried %s and was refused: tasks may change things after :write on", operation)
    return false
  end
  if not self.asks then
    say("%s was not sent: there is no terminal to ask at; use --yes", operation)
    return false
  end
  return ask(self, line, operation, ...)
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

--- Return the client's question before it sends a change.
function M.confirm(self, operation, method, path, body)
  local line = self.line or M.begin(self)
  line.changed = operation
  if not agreed(self, line, operation, method, path, body) then return false end
  line.sent = line.sent + 1
  if line.asked > 0 and #line.log < LISTED then
    local ok, text = pcall(in_short, operation, path, body)
    line.log[#line.log + 1] = ok and text or ("  %s  %s"):format(operation, path)
  end
  return true
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

--- Return what to report about a line that failed: which of its changes were sent all the same.
function M.sent_before(line)
  if line.sent == 0 or line.asked == 0 then return nil end
  return ("%d %s of this line %s sent before"):format(
    line.sent,
    line.sent == 1 and "change" or "changes",
    line.sent == 1 and "was" or "were"
  )
end

return M
