-- The reading of one list that comes in pages: which page to ask for next, and whether some
-- unchanging list explains every reply. No request is sent from here.
--
-- A reading holds replies by page number. A reply that contradicts the others starts it anew from
-- that reply, and the pages it lacks are asked for again, fresh: so a reading that ends whole is of
-- replies that came one after the other with nothing between them. A server that contradicts itself
-- in the same words twice, or that would cost more than a second reading, is given up: its pages
-- are read to their end, and the list is incomplete, with the reason.
local core = require "toggl.core"

local M = {}
M.__index = M

local FLOOR = 50 -- records: no server's full page holds fewer, unless fewer are asked for

--- A new reading. SIZE: records a page, as asked for; nil: the server's own. REPAIR: false where
--- nothing may be asked
-- again, as offline.
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

-- What the replies count, or nil and how they differ.
local function counts(pages)
  local all = {}
  for number, reply in pairs(pages) do
    for name, header in pairs(COUNTS) do
      local value = reply[name]
      if value == false then return nil, ("%s of page %d is no count"):format(header, number) end
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

-- Records a page: the server's word, or what the first page holds when it is not all.
local function page_size(pages, count)
  local first = pages[1] and pages[1].n
  if count.size and count.size > 0 then return count.size end
  if not first or first == 0 then return nil end
  local more = (count.pages or 1) > 1 or (count.records or 0) > first or highest(pages) > 1
  return more and first or nil
end

local function number_of_pages(records, size) return math.max(1, (records + size - 1) // size) end

-- How many pages the counts speak of; nil: they do not.
local function last_page(pages)
  local count = counts(pages)
  local size = count and page_size(pages, count)
  if not count then return nil end
  if count.records and size then return number_of_pages(count.records, size) end
  if count.pages then return math.max(1, count.pages) end
  return count.records and pages[1] and 1 or nil
end

-- The counts against each other, where SIZE may be nil.
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
  elseif count.pages and count.pages > 1 then -- page 1 is empty, or is not here
    return number <= count.pages and 1 or 0, math.huge
  elseif size and top > 1 then
    return number < top and size or 0, number > top and 0 or size
  end
  return 0, size or math.huge
end

local function fits(number, reply, least, most)
  return (reply.page == nil or reply.page == number) and reply.n >= least and reply.n <= most
end

-- Why page NUMBER of LAST (nil: not known) does not fit.
local function misfit(number, reply, last, least, most)
  local n = reply.n
  if reply.page ~= nil and reply.page ~= number then
    return ("X-Page of page %d says %s"):format(number, reply.page or "no number")
  end
  return ("page %d%s has %d records where the others leave %s"):format(
    number,
    last and " of " .. last or "",
    n,
    least == most and least or n < least and "at least " .. least or "at most " .. most
  )
end

-- Why no unchanging list explains these replies; nil: one does.
local function contradiction(pages)
  local count, why = counts(pages)
  if not count then return why end
  local size, top = page_size(pages, count), highest(pages)
  if not counts_agree(count, size) then
    return ("X-Pages says %d and X-Records %d, with %s a page"):format(
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

-- Does the reply say how many records each page has?
local function counts_all(reply)
  return reply.records and reply.pages and reply.size and reply.size > 0
end

local function same(a, b)
  if not a or not b or a.keys ~= b.keys then return false end
  return a.records == b.records and a.pages == b.pages and a.size == b.size and a.page == b.page
end

-- ------------------------------------------------------------------------------------- the records

-- REPLY counts from now on. Returns the positions of the records that no reply brought before; nil:
-- all of them.
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

-- The last page that the counts speak of; nil: they do not.
function M:last_counted()
  local known = self.known
  return known and number_of_pages(known.records, known.size) or last_page(self.pages)
end

-- Why no unchanging list explains REPLY beside the pages; nil: one does. Where it repeats counts
-- that say the length of each page, the other pages stay as right as they were.
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

-- A server without counts that does not know page numbers, or gives the last page for every number
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

-- From now on pages are read to their end, and nothing is asked again.
function M:give_up(why)
  self.reason, self.top, self.repeat_page = self.reason or why, 0, nil
  for number in pairs(self.last) do
    self.top = math.max(self.top, number)
  end
end

-- REPLY contradicts the pages, or itself when ALONE. One that other requests crossed does not begin
-- the new reading: their replies are thrown away, and may have come behind it.
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

--- Take the reply to page NUMBER: {list = its records, or a table with a key or text for each,
-- at = when the server answered, fresh = it comes from the server now, page =, size =, pages =,
-- records = its headers; false: not a count}. The list is not kept. Return the positions of its
-- records that are new; nil: all of them.
function M:take(number, reply)
  local before, twice, seen = self.last[number], nil, nil
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

--- A page that was to be asked for again could not be had.
function M:failed(why)
  self:give_up(why)
  self.stop_at = last_page { self.last[self.top] } or 0
end

-- -------------------------------------------------------------------------------------------- next

-- A short page behind more pages than the records that came can fill: a count alone would go on for
-- ever.
function M:is_beyond(reply)
  local size = reply.size and reply.size > 0 and math.min(self.floor, reply.size) or self.floor
  return reply.n < size and self.top > self.total // size + 2
end

-- After giving up: an empty page, one without news, a short one beyond what is counted, or all that
-- is counted.
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

-- What was given and is not in the pages any more left while they were read.
function M:finish()
  self.finished = true
  local n = 0
  for _, reply in pairs(self.pages) do
    n = n + reply.n
  end
  local gone = self.total - n
  if not self.reason and gone > 0 then
    self.reason = gone == 1 and "1 record was removed while it was read"
      or ("%d records were removed while it was read"):format(gone)
  end
end

--- The next page to ask for, and whether it is asked for again, past the store; nil: the reading is
--- over.
function M:next()
  if self.finished then return nil end
  if self.reason then
    if not self:exhausted() then return self.top + 1, false end
    self:finish()
    return nil
  end
  local number = self.repeat_page or self:lacking()
  local over = self.ended or not self.repeat_page and self:is_over(number)
  if not over then return number, self.last[number] ~= nil end
  self:finish()
end

-- Is page NUMBER, the first that is lacking, beyond the end? Without X-Pages a full last page is
-- followed by one more request: X-Records alone may count what is not listed.
function M:is_over(number)
  if number == 1 then return false end
  local last, before = self:last_counted(), self.pages[number - 1]
  if last and number <= last then return false end
  return before.pages ~= nil or before.n < self.floor
end

--- The last page that may be asked for now, besides the next. It grows with the pages that came, so
--- that a count
-- alone costs nothing.
function M:horizon(most)
  local last = not self.reason and self:last_counted()
  local n = self:lacking()
  return last and math.min(last, n - 1 + math.min(most, 2 * (n - 1))) or 0
end

return M
