-- What a plan must not do, found before anything is sent. Pure.
--
-- A refusal is { rule =, who =, text =, remedy = }.

local diff = require "toggl.plan.diff"
local keys = require "toggl.plan.keys"
local near = require "toggl.text.near"

local M = {}

local FREE_SEATS = 5 -- active people on a plan without a number of seats

local function refuse(d, rule, who, format, ...)
  d.refused[#d.refused + 1] = { rule = rule, who = who, text = format:format(...) }
end

-- What each person loses: {[person] = "would be removed" | ...}.
local function losses(d)
  local lost = {}
  for _, c in ipairs(d.removed) do
    lost[c.p] = "removed"
  end
  for _, record in ipairs(d.people) do
    local role, state = record.put.role, record.put.state
    local down = role
      and (role.before == "owner" or role.before == "admin" and role.after == "user")
    if state and state.after == "inactive" then
      lost[record.p] = "deactivated"
    elseif down then
      lost[record.p] = "demoted"
    end
    if role and role.after == "owner" then
      local text = "%s cannot become the owner by a plan: ownership is transferred"
      refuse(d, "owner", record.p.email, text, record.p.email)
    end
  end
  return lost
end

local function protected(d, p, what)
  local present = d.present
  if p.role == "owner" then
    refuse(d, "owner", p.email, "%s owns the organization and would be %s", p.email, what)
  elseif present.payer and p.user_id == present.payer then
    refuse(d, "payer", p.email, "%s pays for the organization and would be %s", p.email, what)
  elseif present.caller and p.user_id == present.caller then
    refuse(d, "caller", p.email, "%s is the account of this plan and would be %s", p.email, what)
  end
end

local function is_admin(here, p)
  return here and here.role == "admin" and not here.inactive and p.state == "active"
end

local function administrators(n)
  if n == 0 then return "no administrator" end
  return n == 1 and "1 administrator" or ("%d administrators"):format(n)
end

local function at_least(n) return ("at least %d must stay"):format(n) end

-- People who may not be administrators, since no reply says whether they are active.
local function unsure(n)
  if n == 0 then return "" end
  return ("; for %d more, Toggl does not say whether they are active"):format(n)
end

-- Does P, who will be in GROUPS, lose workspace W with the groups that give it now? Rules of one's
-- own are shown all that people will have.
local function leaves_with_groups(d, p, groups, w, here)
  if here.direct or next(here.groups) == nil then return false end
  if diff.given(d, groups, w) then return false end
  if here.direct == nil and (d.rules.own or is_admin(here, p)) then d.needs[w] = true end
  return true
end

-- Do whole groups end, or take a workspace from people without other changes?
local function takes_from_groups(d)
  for _, c in ipairs(d.changes) do
    if c.kind == "detach" or c.kind == "group_gone" then return true end
  end
  return false
end

-- The account that creates a workspace is its administrator: those that the plan makes something
-- else there, or takes out of it, {[workspace] = person}.
local function creators(d)
  local found = {}
  for _, record in ipairs(d.present.caller and d.people or {}) do
    local creates = record.p.user_id == d.present.caller
    for _, part in ipairs(creates and { record.begins, record.ends } or {}) do
      for w, c in pairs(part) do
        if w < 0 and c.after ~= "admin" then found[w] = record.p end
      end
    end
  end
  return found
end

-- Administrators of each workspace who are there now and will not be: {[workspace] = {addresses}}.
local function admins_lost(d, lost)
  local gone, known = {}, {}
  local function lose(w, p)
    gone[w] = gone[w] or {}
    gone[w][p] = true
  end
  for p, what in pairs(lost) do
    for w, here in pairs(what ~= "demoted" and p.workspaces or {}) do
      if is_admin(here, p) then lose(w, p) end
    end
  end
  for _, record in ipairs(d.people) do
    local p = record.p
    known[p] = true
    for w, here in pairs(p.workspaces) do
      local role, begins = record.roles[w] or record.begins[w], record.begins[w]
      local down = record.ends[w] or role and role.after ~= "admin"
      down = down or not begins and leaves_with_groups(d, p, record.groups, w, here)
      if down and is_admin(here, p) then lose(w, p) end
    end
  end
  for _, p in ipairs(takes_from_groups(d) and d.present.people or {}) do
    for w, here in pairs(known[p] and {} or p.workspaces) do
      if leaves_with_groups(d, p, p.groups, w, here) and is_admin(here, p) then lose(w, p) end
    end
  end
  for w, p in pairs(creators(d)) do
    lose(w, p)
  end
  return gone
end

-- Does RECORD's person become an administrator of W who counts?
local function gains(record, w)
  local c, p, here = record.roles[w] or record.begins[w], record.p, record.p.workspaces[w]
  local state = record.put.state
  local active = (state and state.after or not p.unsaid and p.state) == "active"
  active = active and not (here and here.inactive)
  return c and c.after == "admin" and active and not is_admin(here, p)
end

-- Does the change C take W from P?
local function takes(c, p, w)
  local here = p.workspaces[w] -- nil: the plan creates it
  local by_group = c.group and here and here.groups[c.group]
  if not c.who then return by_group and (c.kind == "group_gone" or c.workspace == w) end
  local all = c.kind == "remove" or c.kind == "deactivate"
  return c.who == p.email and (all or c.workspace == w or c.kind == "quit" and by_group)
end

-- Requests go out one after the other: how many administrators there are, of COUNT now, when one of
-- them has taken it from some of GONE, where those are fewer than LEAST; else nil, and those that
-- take it depend on those that give it. TAKING(change, person), GIVING(change): does the change?
local function between(d, gone, count, least, taking, giving)
  local done, givers = {}, {}
  for _, step in ipairs(d.steps) do
    local took, gave = false, false
    for _, c in ipairs(step.changes) do
      if not done[c.who or false] and giving(c) then
        count, done[c.who], gave = count + 1, true, true
      end
      for p in pairs(gone) do
        if not done[p] and taking(c, p) then
          count, done[p], took = count - 1, true, true
        end
      end
    end
    if took and count < least then return count end
    if took then
      step.after = table.move(givers, 1, #givers, #(step.after or {}) + 1, step.after or {})
    end
    if gave then givers[#givers + 1] = step end
  end
end

local function between_in(d, w, gone, count, gaining, least)
  return between(
    d,
    gone,
    count,
    least,
    function(c, p) return takes(c, p, w) end,
    function(c) return c.workspace == w and c.after == "admin" and gaining[c.who] end
  )
end

local function last_admins(d, lost, least)
  local gone = admins_lost(d, lost)
  for _, w in ipairs(keys(gone)) do
    local left, last, more, gaining = 0, {}, 0, {}
    local name = diff.name(d, "workspaces", w)
    for _, p in ipairs(d.present.people) do
      if gone[w][p] then
        last[#last + 1] = p.email
      elseif is_admin(p.workspaces[w], p) then
        left, more = left + (p.unsaid and 0 or 1), more + (p.unsaid and 1 or 0)
      end
    end
    local staying = left
    for _, record in ipairs(d.people) do
      if gains(record, w) then
        left, gaining[record.p.email] = left + 1, true
      end
    end
    local risk = staying < least and left >= least
    local few = risk and between_in(d, w, gone[w], staying + #last, gaining, least)
    if few then
      local text =
        "%q would have %s between two requests of the plan, and %s: plan who becomes one first"
      refuse(d, "last-admin", last[1], text, name, administrators(few), at_least(least))
    elseif left < least and #last > 0 then
      table.sort(last)
      if #last == 1 and least == 1 then
        local text = "%s is the last administrator of %q and would leave it%s"
        refuse(d, "last-admin", last[1], text, last[1], name, unsure(more))
      else
        local text, who =
          "%q would have %s left, and %s: %s", table.concat(last, ", ") .. unsure(more)
        refuse(d, "last-admin", last[1], text, name, administrators(left), at_least(least), who)
      end
    end
  end
end

-- Does RECORD's person become an active administrator of the organization?
local function rises(record)
  local p, role, state = record.p, record.put.role, record.put.state
  local was = p.role ~= "user" and p.state == "active" and not p.unsaid
  local active = (state and state.after or not p.unsaid and p.state) == "active"
  return not was and active and (role and role.after or p.role) ~= "user"
end

local function between_all(d, gone, count, rising, least)
  return between(
    d,
    gone,
    count,
    least,
    function(c, p)
      return c.who == p.email and (c.kind == "remove" or c.kind == "deactivate" or c.kind == "role")
    end,
    function(c) return rising[c.who] and (c.kind == "role" or c.kind == "activate") end
  )
end

local function last_of_organization(d, lost, least)
  if next(lost) == nil then return end
  local gone, n, left, more, rising = {}, 0, 0, 0, {}
  for _, p in ipairs(d.present.people) do
    local counts = p.role ~= "user" and p.state == "active"
    if counts and lost[p] then
      gone[p], n = true, n + 1
    elseif counts then
      left, more = left + (p.unsaid and 0 or 1), more + (p.unsaid and 1 or 0)
    end
  end
  if n == 0 or left >= least then return end
  local now = left + n
  for _, record in ipairs(d.people) do
    if rises(record) then
      left, rising[record.p.email] = left + 1, true
    end
  end
  local few = left >= least and between_all(d, gone, now, rising, least)
  local text = "the organization would have %s left, and %s%s"
  if few then
    text = "the organization would have %s between two requests of the plan, and %s: "
      .. "plan who becomes one first"
    refuse(d, "last-admin", nil, text, administrators(few), at_least(least))
  elseif left < least then
    refuse(d, "last-admin", nil, text, administrators(left), at_least(least), unsure(more))
  end
end

local function seats(d, lost)
  local o, after = d.present.organization, #d.invited
  for _, record in ipairs(d.people) do
    local state = record.put.state
    if state and state.after == "active" then after = after + 1 end
  end
  if after == 0 then return end
  for _, p in ipairs(d.present.people) do
    local there = p.state ~= "inactive"
    if there and lost[p] ~= "removed" and lost[p] ~= "deactivated" then after = after + 1 end
  end
  if o.plan == "free" and after > FREE_SEATS then
    local text = "%d people would be active or invited, and the plan has %d seats"
    refuse(d, "seats", nil, text, after, FREE_SEATS)
  elseif o.plan ~= "free" and (o.seats or 0) > 0 and after > o.seats then
    d.short_of_seats = { people = after, seats = o.seats } -- Toggl adds them to the bill
  end
end

-- Where RULES want it, a person that is not there is a mistake, and is not invited.
local function strangers(d)
  local known = {}
  for i, p in ipairs(d.invited[1] and d.present.people or {}) do
    known[i] = p.email
  end
  for _, record in ipairs(d.invited) do
    local email = record.p.email
    local best = near.name(email, known) -- domains are alike: the name must begin alike, too
    if best and best:sub(1, 1):lower() ~= email:sub(1, 1):lower() then best = nil end
    local advice = best and (", did you mean %s?"):format(best)
      or "; togglsh onboard invites people"
    refuse(d, "unknown-person", email, "%s is not in the organization%s", email, advice)
  end
end

--- Add the refusals of D, what diff found, whose rules are { least_admins = 1, existing = true:
--- people who are not there are not invited }. Returns whether a person would lose access.
function M.check(d)
  if d.rules.existing then strangers(d) end
  local lost, order, least = losses(d), {}, d.rules.least_admins or 1
  for p, what in pairs(lost) do
    order[#order + 1] = { p, what }
  end
  table.sort(order, function(a, b) return a[1].key < b[1].key end)
  for _, entry in ipairs(order) do
    protected(d, entry[1], entry[2])
  end
  last_of_organization(d, lost, least)
  last_admins(d, lost, least)
  seats(d, lost)
  return next(lost) ~= nil
end

local PAYER = "Toggl does not say who pays, so this plan cannot leave them out; Toggl itself "
  .. "refuses a request that takes the payer's access."

--- The guards that PRESENT does not show enough for: { rule =, text = }. TAKES_ACCESS: what check
--- returned.
function M.unchecked(present, takes_access)
  if not takes_access or not present.is_protected or present.payer then return {} end
  return { { rule = "payer", text = PAYER } }
end

return M
