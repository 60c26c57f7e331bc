-- Methods of a client that compose operations. Loaded at the first one named.
local core = require "toggl.core"
local common = require "toggl.class.common"
local found = require "toggl.class.found"

local client = common.add_lists "client"

local M = {}

--- Return the organization of this name, key or object; nil, err when it is not visible.
function M.organization(self, name, options)
  name = common.finder_key(name, "organization_id", "client:organization")
  common.check_options(options, "client:organization")
  if type(name) == "number" then return self:get_organization(name, options) end
  local place = found.place(self, "get_organizations", options)
  local list, near = found.look_key(place, name, "id")
  if not list then
    local err
    list, err = self:organizations(options)
    if not list then return nil, err end
    found.keep(place, list)
  end
  return common.only(self, list, common.by_key_or_name(name, "id"), {
    what = ("organization %q"):format(name),
    wanted = name,
    near = near,
    by_key = function(o) return ("client:organization(%d)"):format(o.id) end,
  })
end

--- Return the quota windows: requests left, total, time of the reset. Read from the ledger without
--- a request; {refresh = true} asks the server.
function client:quota(options)
  common.check_options(options, "client:quota", { "refresh" })
  if options and options.refresh then
    local list, err = self:get_quota()
    if not list then return nil, err end
    for w in list:each() do
      self:learn(w.organization_id or 0, w.remaining, w.resets_in_secs, w.total)
    end
  end
  return self:windows()
end

-- ----------------------------------------------------------------------------------------- journal

local FILTERS = { since = "number", job = "string", state = "string" }

--- Return the changes that this account has sent, oldest first, with the outcome of each.
function client:journal(filter)
  common.check_options(filter, "client:journal", { "since", "job", "state" })
  for name, value in next, filter or {} do
    if type(value) ~= FILTERS[name] then
      local text = "client:journal: %s must be a %s, got %s"
      core.misuse(text:format(name, FILTERS[name], type(value)))
    end
  end
  local text, err = core.journal(self)
  if not text then return core.fail(self:raises(), err) end
  local changes_of, entries = require "toggl.class.entry", {}
  local events = assert(core.json_decode(text))
  for _, entry in ipairs(events) do
    local fits = not filter
      or (not filter.since or entry.at >= filter.since)
        and (not filter.job or entry.write.job == filter.job)
        and (not filter.state or entry.state == filter.state)
    if fits then
      entry.changes = changes_of(entry.write)
      entries[#entries + 1] = entry
    end
  end
  return entries
end

--- Verify the journal's chain of hashes from the first event that is kept. NOTED: a head that was
--- noted earlier; the report then says whether it is in the chain.
function client:check_journal(noted)
  if noted ~= nil and (type(noted) ~= "string" or not noted:find "^%x+$" or #noted ~= 64) then
    error("client:check_journal takes a head of 64 digits, got " .. tostring(noted), 2)
  end
  local report, err = core.journal_check(self, noted and noted:lower())
  if not report then return core.fail(self:raises(), err) end
  return report
end

--- Return the journal's path, size, entries by state (of all accounts), and how long it keeps them.
function client:journal_status()
  local text, err = core.journal_status(self)
  if not text then return core.fail(self:raises(), err) end
  return assert(core.json_decode(text))
end

--- Go on from a damaged journal with the events that can be read. Returns their number, the name
--- under which the damaged file stays, and how many events were dropped (nil: not known).
function client:mend_journal()
  local copied, aside, dropped = core.journal_mend(self)
  if not copied then return core.fail(self:raises(), aside) end
  return copied, aside, dropped
end

-- What keeps an entry open; nil: it is settled.
local function settle(self, n)
  local ok, value, err = pcall(core.settle_entry, self, n)
  local problem = not ok and value or value == nil and err or nil
  if problem and (type(problem) ~= "table" or problem.kind == "cancelled") then
    error(problem, 0)
  end
  return problem
end

-- Record which programs ended, so that settling waits for all entries together. LEFT: the numbers
-- that are not recorded yet. settle says what is wrong with one that cannot be.
local function lose(self, left)
  for n in pairs(left) do
    if core.journal_lose(self, n) then left[n] = nil end
  end
end

local UNRECORDED = "its outcome was found and could not be recorded in the journal"

--- Settle the open entries of this account by the reads that their operations name. Return them as
--- they are then; `why` says what kept one open. An entry whose program still waits is left alone.
function client:resume()
  local entries, err = self:journal()
  if not entries then return nil, err end
  local why, left = {}, {}
  for _, entry in ipairs(entries) do
    if entry.state == "sent" then left[entry.n] = true end
  end
  for _, entry in ipairs(entries) do
    if entry.state == "unknown" or entry.state == "sent" then
      lose(self, left)
      left[entry.n] = nil
      local problem = settle(self, entry.n)
      if not problem or problem.kind ~= "conflict" then why[entry.n] = problem or true end
    end
  end
  if not next(why) then return {} end
  local settled = {}
  entries, err = self:journal()
  if not entries then return nil, err end
  for _, entry in ipairs(entries) do
    if why[entry.n] then
      if entry.open then entry.why = why[entry.n] ~= true and why[entry.n].message or UNRECORDED end
      settled[#settled + 1] = entry
    end
  end
  return settled
end

--- Close an open entry as what a person found out: "done" or "absent".
function client:close_entry(n, how)
  if math.type(n) ~= "integer" then
    error("client:close_entry requires the number of an entry, got " .. type(n), 2)
  end
  if how ~= "done" and how ~= "absent" then
    error('client:close_entry requires "done" or "absent", got ' .. tostring(how), 2)
  end
  local ok, err = core.journal_close(self, n, how == "done")
  if not ok then return core.fail(self:raises(), err) end
  return true
end

-- ----------------------------------------------------------------------------------------- waiting

local not_yet = { not_found = true, forbidden = true }

-- One attempt at FN: its value, or the error that may pass with time.
local function try(fn)
  local ok, value, err = pcall(fn)
  if not ok then
    if type(value) ~= "table" or not not_yet[value.kind] then error(value, 0) end
    return nil, value
  end
  if value == nil and type(err) == "table" and not not_yet[err.kind] then return nil, err, true end
  return value, err
end

--- Wait until FN returns a value, for the few seconds in which something just created is not yet
--- visible (403 and 404 are final only afterwards).
--- {tries = 4, every = 3} are the bounds; each try costs the requests of FN.
function client:wait_until(fn, options)
  common.check_options(options, "client:wait_until", { "tries", "every" })
  options = options or {}
  local tries, every = options.tries or 4, options.every or 3
  if type(fn) ~= "function" then
    core.misuse("client:wait_until requires a function, got " .. type(fn))
  end
  if math.type(tries) ~= "integer" or tries < 1 then
    core.misuse("tries must be an integer above 0")
  end
  if type(every) ~= "number" or every < 0 then core.misuse("every must be a number of seconds") end
  local value, err, final
  for try_ = 1, tries do
    value, err, final = try(fn)
    if value or final then return value, err end
    if try_ < tries then require("toggl.task").sleep(every) end
  end
  err = err or { kind = "not_found", message = ("nothing in %d tries"):format(tries) }
  return core.fail(self:raises(), err)
end

return M
