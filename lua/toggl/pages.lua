-- Lists that come in pages: one list of all of them, or one page after the other.
--
-- With X-Pages the number is known after the first page and the rest are fetched together. Without it a page that is
-- empty, brings no new key, or is shorter than the first one ends the list.
local blame = require "toggl.blame"
local core = require "toggl.core"

local M = {}

local TOGETHER = 8                -- pages under way at once
local DEFAULT_SIZE = 50           -- what Toggl gives when nobody asks for more
local SIZES = { 1000, 200, 0 }    -- what we ask for, largest first; 0: nothing. Toggl documents no limit.

-- The row's names of the page number and the page size.
local function names(op)
  for i, p in ipairs(op.params) do
    if p.page_number then return p.name, op.params[i + 1].name end
  end
end

local function client_of(self)
  return type(self.client) == "function" and self:client() or self
end

local function with(args, extra)
  local t = {}
  for k, v in pairs(args) do t[k] = v end
  for k, v in pairs(extra) do t[k] = v end
  return t
end

local function header(response, name)
  return tonumber(response.headers[name] or "")
end

-- What makes a record the same on two pages: its key, or its whole text where the row knows of none.
local function identity(record)
  local id = core.id(record)
  return id ~= 0 and id or record:raw()
end

-- A parameter that turns the pages off was given.
local function unpaged(op, args)
  for _, p in ipairs(op.params) do
    if p.unpaged and args[p.name] then return true end
  end
  return false
end

local function start(self, op, args) return blame.call(core.start, op.name, self, args) end

local function check(self, op, args)
  if type(self) ~= "userdata" then
    blame.raise(("%s: call it with a colon, as in org:users(); nothing was sent"):format(op.name))
  elseif type(args) ~= "table" then
    blame.raise(("%s wants its arguments by name, in a table, got %s; nothing was sent"):format(op.name, type(args)))
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

-- The largest size that this server has not refused. The same one is asked for every time: a server that caps it
-- says so in X-Page-Size, and the stored pages keep their names.
local function next_size(client, op)
  return client:fact("page_size:" .. op.name) or SIZES[1]
end

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

-- The first page. A server that refuses the size with a 400 is asked again for less, and that is remembered.
-- -> list, response, size asked for (nil: none)
local function first_page(self, op, args, page, size)
  if args[size] then
    local list, response = caught(function() return finish(start(self, op, with(args, { [page] = 1 }))) end)
    return list, response, args[size]
  end
  local client = client_of(self)
  local first = next_size(client, op)
  local ask = first
  while true do
    local list, response = caught(function()
      return finish(start(self, op, with(args, { [page] = 1, [size] = ask > 0 and ask or nil })))
    end)
    if list or response.status ~= 400 or ask == 0 then
      if list and response.from == "wire" then remember(client, op, response, ask) end
      return list, response, ask > 0 and ask or nil
    end
    ask = smaller(ask)
  end
end

-- What was read before it went wrong goes with the error: an incomplete list and the page to go on from.
local function fail(self, err, lists, next_page)
  err.partial = #lists > 0 and core.join(lists, false) or nil
  err.next_page = next_page
  return core.fail(client_of(self):raises(), err)
end

local function cancel(calls)
  for _, call in pairs(calls) do call:cancel() end
end

-- Pages 2 to LAST, TOGETHER at a time, in order.
local function rest(self, op, args, page, last, lists)
  local calls, sent = {}, 1
  for number = 2, last do
    while sent < last and sent < number + TOGETHER - 1 do
      sent = sent + 1
      calls[sent] = start(self, op, with(args, { [page] = sent }))
    end
    local list, err = caught(function() return calls[number]:wait() end)
    calls[number] = nil
    if not list then
      cancel(calls)
      return number, err
    end
    lists[#lists + 1] = list
  end
end

-- Without a count: one after the other until nothing new comes.
local function walk(self, op, args, page, lists)
  local seen, number = {}, 1
  local floor = math.min(#lists[1], DEFAULT_SIZE)
  local function news(list)
    local new = false
    for record in list:each() do
      local id = identity(record)
      if not seen[id] then seen[id], new = true, true end
    end
    return new
  end
  if #lists[1] < DEFAULT_SIZE then return end
  news(lists[1])
  while true do
    number = number + 1
    local list, err = caught(function() return finish(start(self, op, with(args, { [page] = number }))) end)
    if not list then return number, err end
    if #list == 0 or not news(list) then return end
    lists[#lists + 1] = list
    if #list < floor then return end
  end
end

local function all_numbered(self, op, args, page, size)
  local list, response, asked = first_page(self, op, args, page, size)
  if not list then return fail(self, response, {}, 1) end
  local lists = { list }
  local more = with(args, { [size] = asked })
  local last = header(response, "x-pages")
  local number, err
  if last then number, err = rest(self, op, more, page, last, lists)
  else number, err = walk(self, op, more, page, lists) end
  if err then return fail(self, err, lists, number) end
  if #lists == 1 then return list end
  return core.join(lists)
end

-- Payment records: `next` of one page is the cursor of the following one, with the last invoice's key beside it.
local function following(list, args)
  local last = list[#list]
  local cursor = last and last.next
  if not cursor or cursor == "" or cursor == args.cursor then return nil end
  local items = last.items
  local invoice = items and items[#items]
  return with(args, { cursor = tostring(cursor), last_inv = invoice and invoice.id and tostring(invoice.id) or nil })
end

local function all_by_cursor(self, op, args)
  local lists = {}
  while args do
    local list, err = caught(function() return finish(start(self, op, args)) end)
    if not list then return fail(self, err, lists, args.cursor) end
    lists[#lists + 1] = list
    args = following(list, args)
  end
  if #lists == 1 then return lists[1] end
  return core.join(lists)
end

-- Rows by name, made when first used.
local rows = setmetatable({}, { __index = function(t, name)
  local row = core.operation(name)
  t[name] = row
  return row
end })

--- All records of a paged operation as one list; one page alone when the caller names a page.
-- nil, err when it fails; err.partial is the incomplete list so far and err.next_page where to go on.
function M.all(self, name, args)
  local op = rows[name]
  args = args or {}
  check(self, op, args)
  local page, size = names(op)
  if op.paging == "cursor" and not args.cursor then return all_by_cursor(self, op, args) end
  if not page or args[page] or unpaged(op, args) then return finish(start(self, op, args)) end
  return all_numbered(self, op, args, page, size)
end

--- An iterator that asks for a page when the one before is used up. Errors are raised: a loop has no place for them.
function M.each(self, name, args)
  local op = rows[name]
  args = args or {}
  check(self, op, args)
  local page, size = names(op)
  if not page or args[page] or unpaged(op, args) then
    local all, err = M.all(self, name, args)
    if not all then error(err, 0) end
    return all:each()
  end
  local number, list, at, response, last, asked, done, news = 0, nil, 0, nil, nil, nil, false, true
  local function turn()
    number, at = number + 1, 0
    if number == 1 then list, response, asked = first_page(self, op, args, page, size)
    else list, response = finish(start(self, op, with(args, { [page] = number, [size] = asked }))) end
    if not list then error(response, 0) end
    last = header(response, "x-pages")
    done = last and number >= last or not last and #list < DEFAULT_SIZE
  end
  local seen = {}
  return function()
    while true do
      if not list or at >= #list then
        if done or not news then return nil end -- a page without a new key ends the list, as an empty one does
        turn()
        news = false
      end
      at = at + 1
      local record = list[at]
      local id = record and identity(record)
      if record and not seen[id] then
        seen[id], news = true, true
        return record
      end
      if not record and done then return nil end
    end
  end
end

return M
