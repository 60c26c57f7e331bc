-- Lists that come in pages: one list of all of them, or one page after the other.
--
-- Everything here is a fold over one cursor, so that a list and a loop give the same records. Where
-- the server counts its pages, a list asks for several at a time; which page comes next is decided
-- in toggl.reading.
local core = require "toggl.core"
local reading = require "toggl.reading"

local M = {}

--- Pages that a list has in flight at most.
M.together = 8

--- How many readings ended incomplete in this Lua state, for a host that tells so by its exit
--- status.
M.incomplete = 0

-- what we ask for, largest first; 0: nothing. Toggl documents no limit.
local SIZES = { 1000, 200, 0 }

-- The row's names of the page number and the page size.
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

-- nil: the server does not say; false: it says what is no count.
local function header(response, name)
  local text = response.headers[name]
  if not text or text == "" then return nil end
  local value = text:find "^%s*%d+%s*$" and math.tointeger(tonumber(text))
  return value or false
end

-- A parameter that turns the pages off was given.
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
      ("%s wants its arguments by name, in a table, got %s; nothing was sent"):format(
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

-- Errors must come back here to get their partial list, also from a client that raises.
local function caught(f, ...)
  local ok, a, b = pcall(f, ...)
  if ok then return a, b end
  if type(a) == "table" and a.kind then return nil, a end
  error(a, 0)
end

-- The largest size that this server has not refused. The same one is asked for every time: a server
-- that caps it says so in X-Page-Size, and the stored pages keep their names.
local function next_size(client, op) return client:fact("page_size:" .. op.name) or SIZES[1] end

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

-- The first page. A server that refuses the size with a 400 is asked again for less, and that is
-- remembered. -> list, response, size asked for (nil: none)
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
-- A cursor has step(): a list of new records, nil at the end, or nil, err, next page. At its end,
-- reason says why the list is incomplete; nil: it is complete.

local ByNumber = {}
ByNumber.__index = ByNumber

local function by_number(self, op, args, ahead)
  local page, size = names(op)
  return setmetatable(
    { self = self, op = op, args = args, page = page, size = size, ahead = ahead, calls = {} },
    ByNumber
  )
end

-- -> list, response; nil, err
function ByNumber:first()
  local list, response, asked = first_page(self.self, self.op, self.args, self.page, self.size)
  self.args = with(self.args, { [self.size] = asked })
  self.reading = reading.new(asked, not self.args.offline)
  return list, response
end

-- A page that is asked for again comes from the server, without waiting for a quota window.
function ByNumber:start(number, again)
  local extra = again and { [self.page] = number, refresh = true, wait = false }
    or { [self.page] = number }
  return start(self.self, self.op, with(self.args, extra))
end

-- -> list, response; nil, err
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

-- Payment records: `next` of one page is the cursor of the following one, with the last invoice's
-- key beside it.
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
  return setmetatable({ self = self, op = op, args = args, been = {} }, ByCursor)
end

function ByCursor:step()
  if not self.args then return nil end
  local cursor = self.args.cursor
  local list, err = caught(function() return finish(start(self.self, self.op, self.args)) end)
  if not list then return nil, err, cursor end
  self.been[cursor or false] = true
  self.args = following(list, self.args)
  if self.args and self.been[self.args.cursor] then
    self.reason, self.args = "a page names one before it as the next", nil
  end
  return list
end

-- --------------------------------------------------------------------------------------- the folds

-- What was read before it went wrong goes with the error: an incomplete list and the page to go on
-- from.
local function fail(self, err, lists, next_page)
  local why = ("the reading ended before page %s: %s"):format(next_page, err.message)
  err.partial = #lists > 0 and core.join(lists, why) or nil
  err.next_page = next_page
  return core.fail(client_of(self):raises(), err)
end

-- A finder that looks into the store first asks the server when the store has no complete list:
-- that is no news.
local function tell(self, op, args, reason)
  if not reason or args.offline then return end
  M.incomplete = M.incomplete + 1
  core.warn(
    client_of(self),
    ("%s is not complete: %s; read it again with refresh"):format(op.name, reason)
  )
end

-- Rows by name, made when first used.
local rows = setmetatable({}, {
  __index = function(t, name)
    local row = core.operation(name)
    t[name] = row
    return row
  end,
})

-- One page that the caller chose is a whole list only if nothing else would have been asked for.
local function one_page(args, page, size, list, response)
  local alone = reading.new(args[size], false)
  if args[page] == 1 then
    alone:take(1, reply_of(list, response))
    if not alone:next() and not alone.reason then return core.join { list } end
  end
  local pages = header(response, "x-pages")
  return core.join(
    { list },
    ("only page %d%s was asked for"):format(args[page], pages and " of " .. pages or "")
  )
end

local function single(self, op, args, page, size)
  local list, response = finish(start(self, op, args))
  if not list then return nil, response end
  if page and args[page] then return one_page(args, page, size, list, response) end
  if op.paging == "cursor" then
    return core.join(
      { list },
      (args.cursor or following(list, args)) and "only one page was asked for" or nil
    )
  end
  return core.join { list }
end

-- A cursor over all pages; nil: the arguments ask for one reply.
local function cursor_of(self, op, args, ahead)
  local page = names(op)
  if op.paging == "cursor" then return not args.cursor and by_cursor(self, op, args) or nil end
  if not page or args[page] or unpaged(op, args) then return nil end
  return by_number(self, op, args, ahead)
end

--- All records of a paged operation as one list; one page alone when the caller names a page.
-- nil, err when it fails; err.partial is the incomplete list so far and err.next_page where to go
-- on.
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
  tell(self, op, args, cursor.reason)
  return core.join(lists, cursor.reason)
end

--- The loop of each_: called, it returns the next record, or nil at the end.
local Loop = {}
Loop.__index = Loop

function Loop:__call()
  while not self.complete and not self.incomplete do
    local list = self.list
    if list and self.at < #list then
      self.at = self.at + 1
      return list[self.at]
    end
    local err
    self.list, err = self.cursor:step()
    self.at = 0
    if err then error(err, 0) end
    if not self.list then
      self.complete, self.incomplete = self.cursor.reason == nil, self.cursor.reason
      tell(self.cursor.self, self.op, self.args, self.incomplete)
    end
  end
  return nil
end

--- An iterator that asks for a page when the one before is used up. Errors are raised: a loop has
--- no place for them.
-- At its end it has `complete`, and `incomplete` with the reason, as lists do.
function M.each(self, name, args)
  local op = rows[name]
  args = args or {}
  check(self, op, args)
  local cursor = cursor_of(self, op, args)
  if cursor then
    return setmetatable({ cursor = cursor, op = op, args = args, complete = false }, Loop)
  end
  local list, err = single(self, op, args, names(op))
  if not list then error(err, 0) end
  return list:each()
end

return M
