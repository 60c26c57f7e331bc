-- The reading of one list in pages: decide which page to request next, and whether an unchanging
-- list explains every reply. Sends no request itself.
--
-- A reading holds replies by page number. A reply that contradicts the others restarts the reading
-- from that reply, and the missing pages are requested again, fresh. A reading that ends complete
-- therefore consists of replies that followed one another without a change in between. A server
-- that contradicts itself twice with the same reply, or would cost more than a second reading, is
-- not repaired: its pages are read to the end, and the list is marked incomplete with the reason.
local core = require "toggl.core"

local M = {}
M.__index = M

local FLOOR = 50 -- records: the least a full page holds, unless fewer are requested
local MOST_UNCOUNTED = 100000 -- records: a server that counts nothing may have no end

--- Create a reading. SIZE: requested records per page; nil: the server's default. REPAIR: false
--- when no page may be requested again, such as offline.
function M.new(size, repair)
  return setmetatable({
    floor = math.min(FLOOR, size or FLOOR),
    repair = repair,
    pages = {},
    keys = core.keyset(),
    last = {},
    brought = {},
    asked = 0,
    again = 0,
    total = 0,
    restarts = 0,
    first_lacking = 1,
  }, M)
end

-- -------------------------------------------------------------------------------- one list for all

local COUNTS = { records = "X-Records", pages = "X-Pages", size = "X-Page-Size" }

-- Return the counts that the replies report, or nil and how they differ.
local function counts(pages)
  local all = {}
  for number, reply in pairs(pages) do
    for name, header in pairs(COUNTS) do
      local value = reply[name]
      if value == false then return nil, ("%s of page %d is not a count"):format(header, number) end
      if value and all[name] and all[name] ~= value then
        return nil,
          ("%s changed between %d and %d"):format(
            header,
            math.min(value, all[name]),
            math.max(value, all[name])
          )
      end
      all[name] = all[name] or value
    end
  end
  return all
end

local function highest(pages)
  local top = 0
  for number, reply in pairs(pages) do
    if reply.n > 0 and number > top then top = number end
  end
  return top
end

-- Records per page: as the server reports, or the length of the first page when there are more.
local function page_size(pages, count)
  local first = pages[1] and pages[1].n
  if count.size and count.size > 0 then return count.size end
  if not first or first == 0 then return nil end
  local more = (count.pages or 1) > 1 or (count.records or 0) > first or highest(pages) > 1
  return more and first or nil
end

local function number_of_pages(records, size) return math.max(1, (records + size - 1) // size) end

-- The number of pages by the counts, or nil when the counts do not give it.
local function last_page(pages)
  local count = counts(pages)
  local size = count and page_size(pages, count)
  if not count then return nil end
  if count.records and size then return number_of_pages(count.records, size) end
  if count.pages then return math.max(1, count.pages) end
  return count.records and pages[1] and 1 or nil
end

-- Check the counts against each other; SIZE may be nil.
local function counts_agree(count, size)
  if not count.pages or not count.records then return true end
  if count.records == 0 then return count.pages <= 1 end
  if count.pages == 0 or count.pages > count.records then return false end
  return not size or count.pages == number_of_pages(count.records, size)
end

-- The smallest and largest number of records that page NUMBER can have.
local function bounds(number, count, size, top)
  if count.records and size then
    local n = math.max(0, math.min(size, count.records - (number - 1) * size))
    return n, n
  elseif count.records then
    return number > 1 and 0 or count.pages == 1 and count.records or math.min(1, count.records),
      count.records
  elseif count.pages and size then
    if number < count.pages then return size, size end
    return number == count.pages and number > 1 and 1 or 0,
      number > math.max(1, count.pages) and 0 or size
  elseif count.pages == 0 then
    return 0, 0
  elseif count.pages and count.pages > 1 then -- page 1 is empty or missing
    return number <= count.pages and 1 or 0, math.huge
  elseif size and top > 1 then
    return number < top and size or 0, number > top and 0 or size
  end
  return 0, size or math.huge
end

local function fits(number, reply, least, most)
  return (reply.page == nil or reply.page == number) and reply.n >= least and reply.n <= most
end

-- Return why page NUMBER of LAST (nil: not known) does not fit.
local function misfit(number, reply, last, least, most)
  local n = reply.n
  if reply.page ~= nil and reply.page ~= number then
    return ("X-Page of page %d is %s"):format(number, reply.page or "no number")
  end
  return ("page %d%s has %d records where the others leave %s"):format(
    number,
    last and " of " .. last or "",
    n,
    least == most and least or n < least and "at least " .. least or "at most " .. most
  )
end

-- Return why no unchanging list explains these replies, or nil when one does.
local function contradiction(pages)
  local count, why = counts(pages)
  if not count then return why end
  local size, top = page_size(pages, count), highest(pages)
  if not counts_agree(count, size) then
    return ("X-Pages is %d and X-Records %d, with %s a page"):format(
      count.pages,
      count.records,
      size or "?"
    )
  end
  for number, reply in pairs(pages) do
    local least, most = bounds(number, count, size, top)
    if not fits(number, reply, least, most) then
      return misfit(number, reply, last_page(pages), least, most)
    end
  end
end

-- Does the reply by itself give the bounds of each page?
local function counts_all(reply) return reply.pages and reply.size and reply.size > 0 end

local function same(a, b)
  if not a or not b or a.keys ~= b.keys then return false end
  return a.records == b.records and a.pages == b.pages and a.size == b.size and a.page == b.page
end

-- ------------------------------------------------------------------------------------- the records

-- Take REPLY into the reading. Returns the positions of the records that no reply brought before;
-- nil: all of them.
function M:news(reply, number)
  local positions, n = self.keys:take(reply.keys)
  self.total = self.total + n
  self.brought[number] = (self.brought[number] or 0) + n
  return positions
end

function M:accept(number, reply)
  self.pages[number] = reply
  if counts_all(reply) then self.known = reply end
  return self:news(reply, number)
end

-- ----------------------------------------------------------------------------------------- replies

-- The last page by the counts, or nil when the counts do not give it.
function M:last_counted()
  local known = self.known
  if not known then return last_page(self.pages) end
  return known.records and number_of_pages(known.records, known.size) or math.max(1, known.pages)
end

-- Return why no unchanging list explains REPLY beside the pages, or nil when one does. If it
-- repeats counts that fix the length of each page, the other pages stay valid.
function M:contradicts(number, reply)
  local known = self.known
  if
    known
    and reply.records == known.records
    and reply.pages == known.pages
    and reply.size == known.size
  then
    local least, most = bounds(number, known, known.size)
    if fits(number, reply, least, most) then return nil end
    return misfit(number, reply, self:last_counted(), least, most)
  end
  self.pages[number] = reply
  local why = contradiction(self.pages)
  self.pages[number] = nil
  return why
end

-- A server without counts that ignores page numbers, or returns the last page for every number
-- beyond it.
function M:is_repeat(number, reply)
  if reply.pages or reply.page or reply.n == 0 then return false end
  if reply.records and number <= (self:last_counted() or number) then return false end
  local before = self.pages[number - 1]
  return before and same(before, reply) or false
end

local function number_of(pages)
  local n = 0
  for _ in pairs(pages) do
    n = n + 1
  end
  return n
end

-- Give up repairs: read the remaining pages to the end and request none again. A server whose count
-- grows with each page has no end: read at most twice as many pages as it counted, and a few.
function M:give_up(why)
  self.reason, self.top, self.repeat_page = self.reason or why, 0, nil
  local counted = 0
  for number, reply in pairs(self.last) do
    self.top, counted = math.max(self.top, number), math.max(counted, reply.pages or 0)
  end
  self.most = self.most or 2 * math.max(self.top, counted) + 10
end

-- REPLY contradicts the pages, or itself when ALONE. A reply that overlapped other requests does
-- not start the new reading: their replies are discarded, and the server may have sent them after
-- it.
function M:conflict(number, reply, before, why, alone)
  local older = not alone and next(self.pages) and reply.at < self.newest
  local pages = older and 1 or number_of(self.pages) + (alone and 1 or 0)
  local hopeless = before and before.fresh and reply.fresh and same(before, reply)
  if self.repair == false or hopeless or self.again + pages > self.asked then
    self:give_up(why)
    return self:news(reply, number)
  end
  if older then
    self.repeat_page = number
    return {}
  end
  self.keys:forget()
  self.pages, self.known, self.first_lacking = {}, nil, 1
  self.newest, self.restarts = reply.at, self.restarts + 1
  if not alone and not reply.crossed then return self:accept(number, reply) end
  self.repeat_page = number
  return {}
end

--- Take the reply to page NUMBER: {list = its records, or a table with a key or text for each, at =
--- when the server answered, fresh = it comes from the server now, page =, size =, pages =, records
--- = its headers; false: not a count, nulls = how many came in place of records; nil: none}. The
--- list is not kept. Return the positions of its records that are new; nil: all of them.
function M:take(number, reply)
  local before = self.last[number]
  local twice, seen
  reply.keys, reply.n, twice, seen = self.keys:read(reply.list)
  reply.list = nil
  self.last[number] = reply
  if before then
    self.again = self.again + 1
  else
    self.asked = self.asked + 1
  end
  self.repeat_page = nil
  if self.reason then
    self.top = math.max(self.top, number)
    return self:news(reply, number)
  elseif self:is_repeat(number, reply) then
    self.ended = true
    return {}
  end
  local why = twice and ("key %d is twice in page %d"):format(twice, number)
    or contradiction { [number] = reply }
  if why then return self:conflict(number, reply, before, why, true) end
  why = seen and ("key %d is in page %d and in another one"):format(seen, number)
    or self:contradicts(number, reply)
  if why then return self:conflict(number, reply, before, why) end
  self.newest = math.max(self.newest or 0, reply.at)
  return self:accept(number, reply)
end

--- Record that a page could not be read again.
function M:failed(why)
  self:give_up(why)
  self.stop_at = last_page { self.last[self.top] } or 0
end

-- -------------------------------------------------------------------------------------------- next

-- Detect a short page that lies behind more pages than the received records can fill: a count alone
-- would continue for ever.
function M:is_beyond(reply)
  local size = reply.size and reply.size > 0 and math.min(self.floor, reply.size) or self.floor
  return reply.n < size and self.top > self.total // size + 2
end

-- After giving up, stop at an empty page, one without new records, a short one beyond the counts,
-- or when all counted records are read.
function M:exhausted()
  local reply = self.last[self.top]
  if not reply then return false end
  if reply.n == 0 or self.brought[self.top] == 0 or self.total == reply.records then return true end
  if self.stop_at and self.top >= self.stop_at or self:is_beyond(reply) then return true end
  return reply.n < self.floor and self.top >= (reply.pages or 0)
end

function M:lacking()
  while self.pages[self.first_lacking] do
    self.first_lacking = self.first_lacking + 1
  end
  return self.first_lacking
end

--- Return why a list that had N nulls in place of records is incomplete; nil: it had none.
function M.nulls(n)
  if n == 0 then return nil end
  return ("null came in place of %d record%s"):format(n, n == 1 and "" or "s")
end

-- Records that were returned earlier and are in no page any more left during the reading.
function M:finish()
  self.finished = true
  local n, nulls = 0, 0
  for _, reply in pairs(self.pages) do
    n, nulls = n + reply.n, nulls + (reply.nulls or 0)
  end
  local gone = self.total - n
  if not self.reason and gone > 0 then
    self.reason = gone == 1 and "1 record was removed while it was read"
      or ("%d records were removed while it was read"):format(gone)
  end
  self.reason = self.reason or M.nulls(nulls)
end

--- Return the next page to request, and whether it is requested again, bypassing the store; nil:
--- the reading is over.
function M:next()
  if self.finished then return nil end
  if self.reason then
    if self:exhausted() then return self:finish() end
    if self.top < self.most then return self.top + 1, false end
    self.reason = ("%s, and pages continue after page %d"):format(self.reason, self.top)
    return self:finish()
  end
  local number = self.repeat_page or self:lacking()
  local over = self.ended or not self.repeat_page and self:is_over(number)
  if not over and self.total > MOST_UNCOUNTED and not self:last_counted() then
    self.reason = ("pages without counts continue after page %d"):format(number - 1)
  elseif not over then
    return number, self.last[number] ~= nil
  end
  self:finish()
end

-- Is page NUMBER, the first missing one, beyond the end? Without X-Pages a full last page is
-- followed by one more request, because X-Records may count records that are not listed.
function M:is_over(number)
  if number == 1 then return false end
  local last, before = self:last_counted(), self.pages[number - 1]
  if last and number <= last then return false end
  return before.pages ~= nil or before.n < self.floor
end

--- Return the last page that may be requested now, besides the next. It grows with the pages
--- received, so that a wrong count costs nothing.
function M:horizon(most)
  local last = not self.reason and self:last_counted()
  local n = self:lacking()
  return last and math.min(last, n - 1 + math.min(most, 2 * (n - 1))) or 0
end

return M
