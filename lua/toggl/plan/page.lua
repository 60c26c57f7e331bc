-- A plan as a page for people: a line for each kind of change, its price, and when it is done.

local again = require "toggl.text.again"
local costs = require "toggl.plan.price"
local diff = require "toggl.plan.diff"
local os = require "toggl.text.standard"("os")
local screen = require "toggl.text.screen"

local M = {}

local WIDTH = 80
local INDENT = (" "):rep(15)
local NAMED_HERE = 3 -- people in a sentence
local FEW = 4 -- lines of names below a kind of change

-- Kinds of changes in the order of the page: sign, verb.
local KINDS = {
  { "workspace_new", "+", "create" },
  { "workspace_name", "~", "rename" },
  { "group_new", "+", "create" },
  { "group_name", "~", "rename" },
  { "invite", "+", "invite" },
  { "activate", "+", "activate" },
  { "role", "~", "role" },
  { "name", "~", "name" },
  { "begin", "+", "join" },
  { "access", "~", "access" },
  { "move", ">", "move" },
  { "join", "+", "add" },
  { "quit", "-", "leave" },
  { "attach", "+", "attach" },
  { "detach", "-", "detach" },
  { "end", "-", "leave" },
  { "deactivate", "-", "deactivate" },
  { "cancel", "-", "cancel" },
  { "remove", "-", "remove" },
  { "group_gone", "-", "delete" },
}

local function count(n, one, many)
  local what = n == 1 and one or many or one .. "s"
  return ("%d %s"):format(n, what)
end

M.count = count

local function size(set)
  local n = 0
  for _ in pairs(set) do
    n = n + 1
  end
  return n
end

-- Changes of group members by person: who joins one and leaves another moves.
local function movers(changes)
  local joins, quits, moves = {}, {}, {}
  for _, c in ipairs(changes) do
    if c.kind == "join" then joins[c.who] = true end
    if c.kind == "quit" then quits[c.who] = true end
  end
  for who in pairs(joins) do
    moves[who] = quits[who]
  end
  return moves
end

-- Changes in the lines of the page: {[kind] = {list of changes, requests =}}.
local function by_kind(plan)
  local found, moves = {}, movers(plan.changes)
  local function kind_of(c)
    return (c.kind == "join" or c.kind == "quit") and moves[c.who] and "move" or c.kind
  end
  local rank = {}
  for i, row in ipairs(KINDS) do
    rank[row[1]] = i
    found[row[1]] = { requests = 0 }
  end
  for _, step in ipairs(plan.steps) do
    local first
    for _, c in ipairs(step.changes) do
      local kind = kind_of(c)
      table.insert(found[kind], c)
      if not first or rank[kind] < rank[first] then first = kind end
    end
    found[first].requests = found[first].requests + step.requests
  end
  return found
end

local function distinct(list, field)
  local set = {}
  for _, c in ipairs(list) do
    if c[field] then set[c[field]] = true end
  end
  return size(set)
end

local function quoted(list)
  local names = {}
  for i, c in ipairs(list) do
    names[i] = ("%q"):format(c.name)
  end
  table.sort(names)
  return table.concat(names, ", ")
end

-- "4 people: user -> admin", or how many there are where they differ.
local function from_to(list)
  local first = list[1]
  for _, c in ipairs(list) do
    if c.before ~= first.before or c.after ~= first.after then return "" end
  end
  return (": %s -> %s"):format(first.before, first.after)
end

-- ": "Eng" -> "Engineering"", or the new names where there are several.
local function renamed(list)
  local c = list[1]
  return ": " .. (list[2] and quoted(list) or ("%q -> %q"):format(c.before, c.after))
end

local function people(list) return count(distinct(list, "who"), "person", "people") end

local function batches(plan)
  local n = 0
  for _, step in ipairs(plan.steps) do
    if step.kind == "invite" then n = n + 1 end
  end
  return n
end

local says = {}

function says.workspace_new(list) return count(#list, "workspace") .. ": " .. quoted(list) end
function says.group_new(list) return count(#list, "group") .. ": " .. quoted(list) end
function says.group_gone(list) return count(#list, "group") .. ": " .. quoted(list) end
function says.workspace_name(list) return count(#list, "workspace") .. renamed(list) end
function says.group_name(list) return count(#list, "group") .. renamed(list) end
function says.invite(list, plan)
  return ("%s in %s"):format(people(list), count(batches(plan), "batch", "batches"))
end
function says.role(list) return people(list) .. from_to(list) end
function says.name(list) return people(list) end
function says.access(list)
  return ("%s in %s%s"):format(
    people(list),
    count(distinct(list, "workspace"), "workspace"),
    from_to(list)
  )
end
function says.begin(list)
  return ("%s into %s"):format(people(list), count(distinct(list, "workspace"), "workspace"))
end
function says.move(list)
  return ("%s among %s"):format(people(list), count(distinct(list, "group"), "group"))
end
function says.join(list)
  return ("%s to %s"):format(people(list), count(distinct(list, "group"), "group"))
end
function says.quit(list)
  return ("%s of %s"):format(people(list), count(distinct(list, "group"), "group"))
end
function says.attach(list)
  return ("%s to %s"):format(
    count(distinct(list, "workspace"), "workspace"),
    count(distinct(list, "group"), "group")
  )
end
function says.detach(list)
  return ("%s from %s"):format(
    count(distinct(list, "workspace"), "workspace"),
    count(distinct(list, "group"), "group")
  )
end
says["end"] = function(list)
  return ("%s of %s"):format(people(list), count(distinct(list, "workspace"), "workspace"))
end
function says.cancel(list) return count(#list, "invitation") end

local notes = {}

function notes.invite() return "mail goes out" end
function notes.remove(list, plan, allowed)
  local n, most = require("toggl.plan.limits").removals(plan)
  local parts, due = {}, 0
  for _, c in ipairs(list) do
    if c.due then due = due + 1 end
  end
  local is_allowed = n == 0 or allowed == n or allowed == true and n <= most
  if not is_allowed then parts[1] = ("needs --allow-removals=%d"):format(n) end
  if due == #list then
    parts[#parts + 1] = "their last day is over"
  elseif due > 0 then
    parts[#parts + 1] = ("the last day of %d is over"):format(due)
  end
  return table.concat(parts, "; ")
end
function notes.cancel(list, plan, allowed)
  for _, c in ipairs(plan.changes) do
    if c.kind == "remove" then return "" end -- the note stands there
  end
  return notes.remove(list, plan, allowed)
end
function notes.role(_, plan)
  local admins = 0
  for _, p in ipairs(plan.present.people) do
    if p.role ~= "user" then admins = admins + 1 end
  end
  return count(admins, "admin") .. " now"
end

-- Who is named: those who lose something.
local NAMED = { remove = true, cancel = true, deactivate = true }

local function fold_names(list, out)
  local names, line, lines = {}, "", 0
  for i, c in ipairs(list) do
    names[i] = screen.clean(c.who)
  end
  for i, name in ipairs(names) do
    local piece = name .. (i < #names and "," or "")
    if line ~= "" and screen.width(line) + screen.width(piece) + 1 > WIDTH - #INDENT then
      out[#out + 1], line, lines = INDENT .. line, "", lines + 1
      if lines == FEW - 1 and #names - i > 2 then
        out[#out + 1] = ("%sand %d more: --all lists them"):format(INDENT, #names - i + 1)
        return
      end
    end
    line = line == "" and piece or line .. " " .. piece
  end
  if line ~= "" then out[#out + 1] = INDENT .. line end
end

local TEXT, BELOW = 31, 2 -- columns of what a line says; lines for what does not fit in

-- The words of TEXT in a line of TEXT columns, and up to BELOW wide ones; a longer one is cut.
local function in_lines(text)
  local lines, wide = {}, WIDTH - #INDENT
  while text ~= "" do
    local width = lines[1] and wide or TEXT
    local line, rest = "", text
    while #lines <= BELOW - 1 and rest ~= "" do
      local word, after = rest:match "^(%s*%S+)%s*(.*)$"
      if not word or screen.width(line) + screen.width(word) + 1 > width then break end
      line, rest = line == "" and word or line .. " " .. word, after
    end
    if line == "" and lines[1] then -- the last line, or a word that fits in none
      line, rest = screen.cut(rest, width), ""
    end
    lines[#lines + 1], text = line, rest
  end
  return lines
end

local function add_kind(out, plan, row, list, first, allowed)
  local kind, sign, verb = table.unpack(row)
  local text = screen.clean((says[kind] or people)(list, plan))
  local requests = list.requests > 0 and tostring(list.requests) or "-"
  if first then requests = list.requests == 1 and "1 request" or requests .. " requests" end
  local note = notes[kind] and notes[kind](list, plan, allowed) or ""
  local head = ("  %s %-11s"):format(sign, verb)
  local lines = in_lines(text)
  local line = head .. screen.pad(lines[1], TEXT) .. " " .. screen.pad(requests, 11)
  local fits = screen.width(line) + screen.width(note) + 1 <= WIDTH
  out[#out + 1] = (line .. (fits and " " .. note or "")):gsub(" +$", "")
  for i = 2, #lines do
    out[#out + 1] = INDENT .. lines[i]
  end
  if not fits and note ~= "" then out[#out + 1] = INDENT .. note end
  if NAMED[kind] then fold_names(list, out) end
end

-- ---------------------------------------------------------------------------------------- the time

local function clock(plan, at)
  local same = os.date("%Y-%m-%d", at) == os.date("%Y-%m-%d", plan.now)
  return os.date(same and "%H:%M" or "%Y-%m-%d %H:%M", at)
end

local function price(plan)
  local window, cost = plan.window, plan.cost.total
  local at, windows = costs.done_at(plan)
  if not at then
    local text = "Price: %s. How many are left is not known: togglsh quota --refresh asks."
    return again.spell(text:format(count(cost, "request")))
  end
  local till = window.resets_in and " until " .. clock(plan, plan.now + math.ceil(window.resets_in))
    or ""
  local within = windows == 1 and "within this hour" or ("in %d windows of an hour"):format(windows)
  return ("Price: %d of %s left%s. Done at about %s, %s."):format(
    cost,
    count(window.remaining, "request"),
    till,
    clock(plan, at),
    within
  )
end

local function undo(plan)
  local u = plan.undo
  local parts = {}
  if u.mail > 0 then parts[#parts + 1] = ("%d after the mail"):format(u.mail) end
  if u.none > 0 then parts[#parts + 1] = ("%d not"):format(u.none) end
  local text = ("Undo: %d of %s in full"):format(u.full, count(u.total, "change"))
  return #parts > 0 and ("%s, %s."):format(text, table.concat(parts, ", ")) or text .. "."
end

local function fold(out, mark, text)
  local clean = screen.clean(text)
  out[#out + 1] = screen.fold("  " .. mark, clean)
end

local function add_deferred(list, plan, all)
  for i, later in ipairs(plan.deferred) do
    if i > FEW and not all and #plan.deferred > FEW + 1 then -- one more takes no more room
      local text = "and %d more wait for people to join: --all lists them"
      list[#list + 1] = { ". ", text:format(#plan.deferred - FEW) }
      return
    end
    list[#list + 1] = { ". ", ("later: %s: %s"):format(later.who, later.what) }
  end
end

-- The reply lacks a field of theirs: what the plan takes for granted.
local function add_unsaid(list, plan)
  local names = {}
  for i, p in ipairs(plan.unsaid) do
    names[i] = i <= NAMED_HERE and p.email or nil
  end
  if not names[1] then return end
  local more = #plan.unsaid - #names
  local text =
    "Toggl does not say whether %s%s %s active (no field %q); the plan takes that as a yes."
  local is = #plan.unsaid == 1 and "is" or "are"
  local others = more > 0 and (" and %d more"):format(more) or ""
  local names_of = table.concat(names, ", ")
  list[#list + 1] = { "", text:format(names_of, others, is, plan.unsaid[1].unsaid) }
end

--- What no change of PLAN says: {{ mark of its line, sentence }, ...}. ALL: each person who waits.
function M.remarks(plan, all)
  local list, short = {}, plan.short_of_seats
  if short then
    local text = "Seats: %d people would be active or invited, and %d are paid for."
    list[1] = { "", text:format(short.people, short.seats) }
  end
  add_unsaid(list, plan)
  for _, guard in ipairs(plan.unchecked) do
    list[#list + 1] = { "", guard.text }
  end
  add_deferred(list, plan, all)
  return list
end

local function head(plan)
  local age = math.max(0, plan.now - plan.present.at)
  local spent = plan.present.spent
  local file = plan.file and plan.file:match "[^/]+$"
  return ("plan %s%s against %s, read %s (%s)"):format(
    plan.id,
    file and file ~= "desired" and " of " .. file or "", -- a table of a program has no name
    plan.present.organization.name,
    age < 2 and "now" or ("%d s ago"):format(age),
    count(spent, "request")
  )
end

local function add_steps(plan, out)
  for _, step in ipairs(plan.steps) do
    fold(
      out,
      ("%3d "):format(step.number),
      ("%s: %s"):format(step.what, count(step.requests, "request"))
    )
    for _, row in ipairs(M.rows(plan, step)) do
      local parts = { row.change }
      for _, name in ipairs { "who", "group", "workspace" } do
        if row[name] then parts[#parts + 1] = row[name] end
      end
      if row.before or row.after then
        parts[#parts + 1] = ("%s -> %s"):format(row.before or "-", row.after or "-")
      end
      if row.why then parts[#parts + 1] = "(" .. row.why .. ")" end
      out[#out + 1] = "      " .. screen.clean(table.concat(parts, "  "))
    end
  end
end

-- Does STATE name a last day?
local function names_days(state)
  for _, person in ipairs(state.people) do
    if person.ends then return true end
  end
  return false
end

--- Return PLAN as text. OPTIONS: { all = true: each step, command = what applies it, allowed = as
--- allow_removals of apply }.
function M.text(plan, options)
  local out, found, first = { screen.clean(head(plan)), "" }, by_kind(plan), true
  if options.all then
    add_steps(plan, out)
  else
    for _, row in ipairs(KINDS) do
      local list = found[row[1]]
      if #list > 0 then
        add_kind(out, plan, row, list, first, options.allowed)
        first = false
      end
    end
  end
  local reads = plan.cost.guards + plan.cost.read_back
  if reads > 0 then
    out[#out + 1] = ("    %s %d"):format(screen.pad("guards, reading back", TEXT + 11), reads)
  end
  if #plan.steps == 0 and #plan.refused == 0 then out[#out + 1] = "  nothing to do" end
  local same = {}
  if plan.present.has_all_people then same[1] = count(plan.unchanged.people, "person", "people") end
  if plan.present.has_all_groups then same[#same + 1] = count(plan.unchanged.groups, "group") end
  out[#out + 1] = "  unchanged    " .. table.concat(same, ", ")
  out[#out + 1] = ""
  if #plan.steps > 0 then
    fold(out, "", price(plan))
    local extra = plan.cost.extra
    if extra > 0 then
      local text = extra == 1 and "Of these 1 request keeps rights"
        or "Of these %d requests keep rights"
      fold(out, "", text:format(extra) .. " that would be lost in between.")
    end
    fold(out, "", undo(plan))
  end
  if plan.state.timezone or names_days(plan.state) then
    fold(out, "", ("Days end at midnight in %s; today is %s."):format(plan.timezone, plan.today))
  end
  for _, remark in ipairs(M.remarks(plan, options.all)) do
    fold(out, remark[1], remark[2])
  end
  for _, refusal in ipairs(plan.refused) do
    fold(out, "! ", ("%s   (guard: %s)"):format(refusal.text, refusal.rule))
    if refusal.remedy then out[#out + 1] = "    " .. refusal.remedy end
  end
  if options.command and #plan.steps > 0 and #plan.refused == 0 then
    out[#out + 1] = "  " .. again.spell(options.command) -- in one line, to be copied
  end
  if out[#out] == "" then out[#out] = nil end
  return table.concat(out, "\n"):gsub("\n+$", "") .. "\n"
end

--- Each change of PLAN, or of one STEP, as a row of plain values.
function M.rows(plan, step)
  local rows = require("toggl.text.json").array {}
  for _, s in ipairs(step and { step } or plan.steps) do
    for _, c in ipairs(s.changes) do
      rows[#rows + 1] = {
        step = s.number,
        change = c.kind,
        who = c.who,
        group = c.group and diff.name(plan.found, "groups", c.group) or nil,
        workspace = c.workspace and diff.name(plan.found, "workspaces", c.workspace) or nil,
        before = c.before,
        after = c.after,
        why = c.why,
        operation = s.operation,
        requests = s.requests,
        effect = s.effect,
        undo = c.undo or s.undo,
      }
    end
  end
  return rows
end

M.columns = "step,change,who,group,workspace,before,after,why,operation,requests,effect,undo"

return M
