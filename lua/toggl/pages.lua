-- Lists in pages: read as one list, or iterate page by page.
--
-- Everything here is a fold over one cursor, so that a list and a loop return the same records. If
-- the server counts its pages, a list requests several at a time; toggl.reading decides which page
-- comes next.
local core = require "toggl.core"
local reading = require "toggl.reading"

local M = {}

--- The most pages of a list in flight.
M.together = 8

--- Count of readings that ended incomplete in this Lua state. A host reports it by its exit status.
M.incomplete = 0

-- Page sizes to request, largest first; 0: send no size. Toggl documents no limit.
local SIZES = { 1000, 200, 0 }

-- The most pages that name the next one: each may name another without end.
local MOST_CURSORS = 200

-- The row's parameter names for the page number and the page size.
local function names(op)
  for i, p in ipairs(op.params) do
    if p.page_number then return p.name, op.params[i + 1].name end
  end
end

local function client_of(self) return type(self.client) == "function" and self:client() or self end

local function with(args, extra)
  local t = {}
  for k, v in pairs(args) do
    t[k] = v
  end
  for k, v in pairs(extra) do
    t[k] = v
  end
  return t
end

-- Returns nil when the server sent no such header, false when its value is not a count.
local function header(response, name)
  local text = response.headers[name]
  if not text or text == "" then return nil end
  local value = text:find "^%s*%d+%s*$" and math.tointeger(tonumber(text))
  return value or false
end

-- Was a parameter given that turns paging off?
local function unpaged(op, args)
  for _, p in ipairs(op.params) do
    if p.unpaged and args[p.name] then return true end
  end
  return false
end

local function start(self, op, args) return core.start(op.name, self, args) end

local function check(self, op, args)
  if type(self) ~= "userdata" then
    core.misuse(("%s: call it with a colon, as in org:users(); nothing was sent"):format(op.name))
  elseif type(args) ~= "table" then
    core.misuse(
      ("%s requires its arguments by name, in a table, got %s; nothing was sent"):format(
        op.name,
        type(args)
      )
    )
  end
end

local function finish(call, err)
  if not call then return nil, err end
  return call:wait()
end

-- Errors must return here to get their partial list, also from a client that raises.
local function caught(f, ...)
  local ok, a, b = pcall(f, ...)
  if ok then return a, b end
  if type(a) == "table" and a.kind then return nil, a end
  error(a, 0)
end

-- The largest size that this server has not rejected. The size stays the same for all requests: a
-- server that caps it reports so in X-Page-Size, and stored pages keep their cache keys.
local function next_size(client, op) return client:fact("page_size:" .. op.name) or SIZES[1] end

--- The page size of the next reading of OP.
M.size_of = next_size

--- Lists read from the store that lack a reply of their reading: one whose records were all in
--- others.
M.inexact = setmetatable({}, { __mode = "k" })

local function smaller(size)
  for _, s in ipairs(SIZES) do
    if s < size then return s end
  end
end

local function remember(client, op, response, size)
  local function note(name, value)
    if value and client:fact(name) ~= value then client:fact(name, value) end
  end
  note("page_size:" .. op.name, size)
  note("page_size_honoured:" .. op.name, header(response, "x-page-size"))
end

-- Read the first page. If the server rejects the size with a 400, request a smaller one and
-- remember it. Returns list, response, requested size (nil: none).
local function first_page(self, op, args, page, size)
  if args[size] then
    local list, response = caught(
      function() return finish(start(self, op, with(args, { [page] = 1 }))) end
    )
    return list, response, args[size]
  end
  local client = client_of(self)
  local first = next_size(client, op)
  local ask = first
  while true do
    local list, response = caught(
      function()
        return finish(start(self, op, with(args, { [page] = 1, [size] = ask > 0 and ask or nil })))
      end
    )
    if list or response.status ~= 400 or ask == 0 then
      if list and response.from == "wire" then remember(client, op, response, ask) end
      return list, response, ask > 0 and ask or nil
    end
    ask = smaller(ask)
  end
end

-- ------------------------------------------------------------------------------------- the cursors
--
-- A cursor has step(): it returns a list of new records, nil at the end, or nil, err, next page. At
-- its end, `reason` says why the list is incomplete; nil: it is complete.

local ByNumber = {}
ByNumber.__index = ByNumber

local function by_number(self, op, args, ahead)
  local page, size = names(op)
  return setmetatable(
    { self = self, op = op, args = args, page = page, size = size, ahead = ahead, calls = {} },
    ByNumber
  )
end

-- Returns list, response; or nil, err.
function ByNumber:first()
  local list, response, asked = first_page(self.self, self.op, self.args, self.page, self.size)
  self.args = with(self.args, { [self.size] = asked })
  self.reading = reading.new(asked, not self.args.offline)
  return list, response
end

-- Request a page again from the server, without waiting for a quota window.
function ByNumber:start(number, again)
  local extra = again and { [self.page] = number, refresh = true, wait = false }
    or { [self.page] = number }
  return start(self.self, self.op, with(self.args, extra))
end

-- Returns list, response; or nil, err.
function ByNumber:fetch(number, again)
  if not self.reading then return self:first() end
  local horizon = self.ahead and not again and self.reading:horizon(M.together) or 0
  local wanted = self.calls[number]
  self.calls[number] = nil
  if again and wanted then
    wanted:cancel()
    wanted = nil
  end
  local call, err = wanted, nil
  if not call then
    call, err = self:start(number, again)
  end
  for further = number + 1, horizon do
    if not self.reading.pages[further] and not self.calls[further] then
      self.calls[further] = self:start(further)
    end
  end
  return finish(call, err)
end

function ByNumber:close()
  for _, call in pairs(self.calls) do
    call:cancel()
  end
  self.calls = {}
end

local function reply_of(list, response)
  return {
    list = list,
    at = response.at,
    fresh = response.from == "wire",
    page = header(response, "x-page"),
    size = header(response, "x-page-size"),
    pages = header(response, "x-pages"),
    records = header(response, "x-records"),
    nulls = response.nulls,
  }
end

function ByNumber:step()
  while true do
    local number, again = 1, false
    if self.reading then
      number, again = self.reading:next()
    end
    if not number then
      self.reason = self.reading.reason
      self:close()
      return nil
    end
    local list, response = caught(self.fetch, self, number, again)
    if list then
      local reply = reply_of(list, response)
      reply.crossed = next(self.calls) ~= nil
      local restarts = self.reading.restarts
      local new = self.reading:take(number, reply)
      if self.reading.restarts > restarts then self:close() end
      if not new then return list end
      if #new > 0 then return core.pick(list, new) end
      self.left_out = true
    elseif again then
      self.reading:failed(
        ("it moved while it was read, and page %d could not be read again: %s"):format(
          number,
          response.message
        )
      )
    else
      self:close()
      return nil, response, number
    end
  end
end

-- Payment records: `next` of one page is the cursor of the following one; the key of the last
-- invoice goes with it.
local function following(list, args)
  local last = list[#list]
  local cursor = last and last.next
  if not cursor or cursor == "" then return nil end
  local items = last.items
  local invoice = items and items[#items]
  return with(
    args,
    { cursor = tostring(cursor), last_inv = invoice and invoice.id and tostring(invoice.id) or nil }
  )
end

local ByCursor = {}
ByCursor.__index = ByCursor

local function by_cursor(self, op, args)
  return setmetatable(
    { self = self, op = op, args = args, been = {}, read = 0, nulls = 0 },
    ByCursor
  )
end

function ByCursor:step()
  if not self.args then
    self.reason = self.reason or reading.nulls(self.nulls)
    return nil
  end
  local cursor = self.args.cursor
  local list, response = caught(function() return finish(start(self.self, self.op, self.args)) end)
  if not list then return nil, response, cursor end
  self.been[cursor or false], self.read = true, self.read + 1
  self.nulls = self.nulls + (response.nulls or 0)
  self.args = following(list, self.args)
  if self.args and self.been[self.args.cursor] then
    self.reason, self.args = "a page names one before it as the next", nil
  elseif self.args and self.read == MOST_CURSORS then
    self.reason, self.args = ("pages continue after page %d"):format(self.read), nil
  end
  return list
end

-- --------------------------------------------------------------------------------------- the folds

-- Attach what was read before the failure to the error: an incomplete list, and the page to
-- continue from.
local function fail(self, err, lists, next_page)
  local why = ("the reading ended before page %s: %s"):format(next_page, err.message)
  err.partial = #lists > 0 and core.join(lists, why) or nil
  err.next_page = next_page
  return core.fail(client_of(self):raises(), err)
end

--- Return what to do about an incomplete list of this AGE: where the server has just answered so,
--- reading it again hardly helps. OPTION: what names the argument.
function M.remedy(age, option)
  if age and age >= 1 then return (option or "") .. "togglsh --refresh reads it again" end
  return "the server has just answered so; if that stays, look at it, or at a proxy before it"
end

-- A finder that tries the store first falls back to the server when the store has no complete list;
-- that is not counted as incomplete.
local function tell(self, op, args, reason, age)
  if not reason or args.offline then return end
  M.incomplete = M.incomplete + 1
  core.warn(
    client_of(self),
    ("%s is not complete: %s; %s"):format(op.name, reason, M.remedy(age, "refresh = true, or "))
  )
end

-- Rows by name, made on first use.
local rows = setmetatable({}, {
  __index = function(t, name)
    local row = core.operation(name)
    t[name] = row
    return row
  end,
})

-- A page that the caller chose is a complete list only if there are no other pages.
local function one_page(args, page, size, list, response)
  local alone = reading.new(args[size], false)
  if args[page] == 1 then
    alone:take(1, reply_of(list, response))
    if not alone:next() then return core.join({ list }, alone.reason) end
  end
  local pages = header(response, "x-pages")
  return core.join(
    { list },
    ("only page %d%s was requested"):format(args[page], pages and " of " .. pages or "")
  )
end

local function single(self, op, args, page, size)
  local list, response = finish(start(self, op, args))
  if not list then return nil, response end
  if page and args[page] then return one_page(args, page, size, list, response) end
  if op.paging == "cursor" then
    return core.join(
      { list },
      (args.cursor or following(list, args)) and "only one page was requested"
        or reading.nulls(response.nulls or 0)
    )
  end
  return core.join({ list }, reading.nulls(response.nulls or 0))
end

-- Return a cursor over all pages, or nil when the arguments ask for a single reply.
local function cursor_of(self, op, args, ahead)
  local page = names(op)
  if op.paging == "cursor" then return not args.cursor and by_cursor(self, op, args) or nil end
  if not page or args[page] or unpaged(op, args) then return nil end
  return by_number(self, op, args, ahead)
end

--- Return all records of a paged operation as one list, or a single page when the caller names a
--- page. nil, err when it fails; err.partial is the incomplete list so far and err.next_page the
--- page to continue from.
function M.all(self, name, args)
  local op = rows[name]
  args = args or {}
  check(self, op, args)
  local cursor = cursor_of(self, op, args, true)
  if not cursor then return single(self, op, args, names(op)) end
  local lists = {}
  while true do
    local list, err, number = cursor:step()
    if list then
      lists[#lists + 1] = list
    elseif err then
      return fail(self, err, lists, number)
    else
      break
    end
  end
  local all = core.join(lists, cursor.reason)
  tell(self, op, args, cursor.reason, all.age)
  if cursor.left_out then M.inexact[all] = true end
  return all
end

--- The iterator of each_: returns the next record, or nil at the end.
local Loop = { complete = false }

-- ipairs(org:each_user()) would go over nothing, and pairs over what is inside.
local function refuse(loop)
  local name = loop.name or "each"
  core.misuse(
    ("%s() is an iterator, not a list: write for item in %s() do, without pairs or ipairs"):format(
      name,
      name
    )
  )
end

function Loop:__index(key)
  if math.type(key) == "integer" then refuse(self) end
  return Loop[key]
end

Loop.__pairs = refuse
Loop.__len = refuse

function Loop:__call()
  if self.step then return self.step(self.records) end
  while self.at == self.count do
    if not self:turn() then return nil end
  end
  self.at = self.at + 1
  return self.list[self.at]
end

-- Read the next page. False: there is none.
function Loop:turn()
  if self.complete or self.incomplete then return false end
  local list, err = self.cursor:step()
  self.list, self.at, self.count = list, 0, list and #list or 0
  if err then error(err, 0) end
  if list then
    self.age = math.max(self.age or 0, list.age or 0)
    return true
  end
  self.complete, self.incomplete = self.cursor.reason == nil, self.cursor.reason
  tell(self.cursor.self, self.op, self.args, self.incomplete, self.age)
  return false
end

--- Return an iterator over what is left, by lists instead of records, for those who use one up
--- before they take the next. It requests several pages at a time, as a list does.
function Loop:lists()
  if self.step then
    local list = self.records
    self.step = function() end
    return function()
      local last = list
      list = nil
      return last
    end
  end
  self.cursor.ahead = true
  return function() return self:turn() and self.list or nil end
end

--- Return an iterator that requests a page when the one before is used up. Errors are raised, since
--- a loop cannot receive them. At its end the iterator has `complete`, and `incomplete` with the
--- reason, as lists do. CALLED: the call for it, "org:each_user".
function M.each(self, name, args, called)
  local op = rows[name]
  args = args or {}
  check(self, op, args)
  local cursor = cursor_of(self, op, args)
  if cursor then
    return setmetatable({
      cursor = cursor,
      op = op,
      args = args,
      name = called,
      complete = false,
      step = false, -- a missing field would be looked up by a function for each record
      at = 0,
      count = 0,
    }, Loop)
  end
  local list, err = single(self, op, args, names(op))
  if not list then error(err, 0) end
  return M.over(list, called)
end

--- Return an iterator over LIST that says so where it is used as a list. NAME: the call for it.
function M.over(list, name)
  local step, records = list:each()
  return setmetatable({
    step = step,
    records = records,
    name = name,
    complete = list.complete,
    incomplete = list.incomplete,
  }, Loop)
end

return M
