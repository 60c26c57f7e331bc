-- Random servers of lists in pages; some are honest. A server is a function of its seed and of the
-- requests before: random(seed):reply(page, size) -> {keys =, headers =}. `said` holds its replies.
local M = {}
local Server = {}
Server.__index = Server

-- Return a generator for one server (xorshift64*): a seed means the same in any order of seeds.
local function dice(seed)
  local x = seed * 0x9E3779B97F4A7C15 ~ 0x2545F4914F6CDD1D
  if x == 0 then x = 1 end
  return function(low, high)
    x = x ~ (x >> 12)
    x = x ~ (x << 25)
    x = x ~ (x >> 27)
    return low + ((x * 0x2545F4914F6CDD1D) >> 33) % (high - low + 1)
  end
end

-- Kinds of changes to the list: {at = number of the request, kind =}.
local CHANGES = { "leave", "join", "swap", "shuffle", "shrink", "grow" }

-- Wrong headers or records: in all pages, in one page, or in one reply.
local LIES = {
  "no pages",
  "no records",
  "no size",
  "no number",
  "pages 0",
  "pages + 1",
  "pages - 1",
  "pages absurd",
  "records + 1",
  "records - 1",
  "records absurd",
  "all absurd",
  "empty",
  "short",
  "again",
  "first again",
  "wrong number",
  "wrong size",
  "twice",
  "words",
  "negative",
  "ignores pages",
  "clamps",
  "reversed",
}

function M.random(seed)
  local roll = dice(seed)
  local self = setmetatable(
    { seed = seed, said = {}, changes = {}, lies = {}, list = {}, roll = roll },
    Server
  )
  self.cap = ({ 3, 5, 10, 50, 60, 100 })[roll(1, 6)]
  local people = roll(1, 4) == 1 and roll(0, 3) or roll(0, self.cap * 6)
  if roll(1, 3) == 1 then people = people // self.cap * self.cap end
  for i = 1, people do
    self.list[i] = 1000 + i
  end
  self.next_key = 100000
  if roll(1, 3) == 1 then self.bare = true end -- no headers of pages
  for _ = 1, roll(0, 2) do
    if roll(1, 2) == 1 then
      self.changes[#self.changes + 1] =
        { at = roll(2, 9), kind = CHANGES[roll(1, #CHANGES)], every = roll(1, 8) == 1 }
    end
  end
  for _ = 1, roll(0, 2) do
    local lie = { kind = LIES[roll(1, #LIES)] }
    local where = roll(1, 4)
    if where == 1 then
      lie.page = roll(1, 4)
    elseif where == 2 then
      lie.request = roll(1, 6)
    elseif where == 3 then
      lie.from = roll(2, 3)
    end
    self.lies[#self.lies + 1] = lie
  end
  return self
end

-- Return whether a page gets the same reply each time.
function Server:is_still()
  for _, lie in ipairs(self.lies) do
    if lie.request then return false end
  end
  return #self.changes == 0
end

function Server:change(kind)
  local list, roll = self.list, self.roll
  local function leave()
    if #list > 0 then table.remove(list, roll(1, #list)) end
  end
  local function join()
    self.next_key = self.next_key + 1
    table.insert(list, roll(1, #list + 1), self.next_key)
  end
  if kind == "leave" then
    leave()
  elseif kind == "join" then
    join()
  elseif kind == "swap" then
    leave()
    join()
  elseif kind == "shuffle" then
    for i = #list, 2, -1 do
      local j = roll(1, i)
      list[i], list[j] = list[j], list[i]
    end
  elseif kind == "shrink" then
    for _ = 1, self.cap + 1 do
      leave()
    end
  else
    for _ = 1, self.cap + 1 do
      join()
    end
  end
end

local function slice(list, page, size)
  return table.move(list, (page - 1) * size + 1, math.min(#list, page * size), 1, {})
end

local lies = {}

function lies.empty(_, reply) reply.keys = {} end
function lies.short(_, reply) reply.keys[#reply.keys] = nil end
function lies.again(s, reply, page, size) reply.keys = slice(s.list, math.max(1, page - 1), size) end
lies["first again"] = function(s, reply, _, size) reply.keys = slice(s.list, 1, size) end
lies["wrong number"] = function(_, reply, page) reply.headers["x-page"] = page + 1 end
lies["wrong size"] = function(_, reply, _, size) reply.headers["x-page-size"] = size + 7 end
lies.twice = function(_, reply) reply.keys[2] = reply.keys[1] end
lies.words = function(_, reply) reply.headers["x-pages"] = "many" end
lies.negative = function(_, reply) reply.headers["x-records"] = -1 end
lies["ignores pages"] = function(s, reply) reply.keys = slice(s.list, 1, #s.list) end
lies.clamps = function(s, reply, page, size)
  reply.keys = slice(s.list, math.min(page, math.max(1, -(-#s.list // size))), size)
end
lies.reversed = function(_, reply)
  local n = #reply.keys
  for i = 1, n // 2 do
    reply.keys[i], reply.keys[n + 1 - i] = reply.keys[n + 1 - i], reply.keys[i]
  end
end

-- The headers of the kinds of lies: "pages + 1" adds to X-Pages, "no pages" omits it.
local HEADERS =
  { pages = "x-pages", records = "x-records", size = "x-page-size", number = "x-page" }

local function lie_about_header(kind, headers)
  local gone, name, by = kind:match "^no (%a+)$", kind:match "^(%a+) ([%+%-] %d)$"
  if gone then
    headers[HEADERS[gone]] = nil
  elseif by then
    local value = math.tointeger(headers[HEADERS[name]]) or 0
    headers[HEADERS[name]] = math.max(0, value + tonumber((by:gsub(" ", ""))))
  elseif kind == "pages 0" then
    headers["x-pages"] = 0
  elseif kind == "pages absurd" then
    headers["x-pages"] = 1000000
  elseif kind == "records absurd" then
    headers["x-records"] = 1000000000
  elseif kind == "all absurd" then
    headers["x-pages"], headers["x-records"] = 1000000, 1000000 * (headers["x-page-size"] or 1)
  end
end

--- Return the reply to the next request.
function Server:reply(page, asked)
  local number = #self.said + 1
  for _, change in ipairs(self.changes) do
    if change.at == number or change.every and number > 1 then self:change(change.kind) end
  end
  local size = math.min(self.cap, asked or 50)
  local reply = { page = page, keys = slice(self.list, page, size), headers = {} }
  if not self.bare then
    reply.headers = {
      ["x-page"] = page,
      ["x-page-size"] = size,
      ["x-records"] = #self.list,
      ["x-pages"] = math.max(1, -(-#self.list // size)),
    }
  end
  for _, lie in ipairs(self.lies) do
    if
      (not lie.page or lie.page == page)
      and (not lie.request or lie.request == number)
      and (not lie.from or page >= lie.from)
    then
      if lies[lie.kind] then
        lies[lie.kind](self, reply, page, size)
      else
        lie_about_header(lie.kind, reply.headers)
      end
    end
  end
  self.said[number] = reply
  return reply
end

-- --------------------------------------------------------------------------------------- the judge

local function same(a, b)
  if #a ~= #b then return false end
  for i = 1, #a do
    if a[i] ~= b[i] then return false end
  end
  return true
end

-- Return whether an unchanging server with LIST and SIZE records per page could send REPLY.
-- REPEATS: it sends the last page for any number beyond it. An absent header contradicts nothing.
local function explains(list, size, reply, repeats)
  local pages, h = math.max(1, -(-#list // size)), reply.headers
  local page = reply.page
  local told =
    { ["x-page"] = page, ["x-page-size"] = size, ["x-pages"] = pages, ["x-records"] = #list }
  if h["x-pages"] == 0 and #list == 0 then told["x-pages"] = 0 end
  for name, value in pairs(h) do
    if told[name] ~= value then return false end
  end
  local asked = repeats and math.min(page, pages) or page
  return same(reply.keys, slice(list, asked, size))
end

-- Return the possible page sizes: those of the headers, and the lengths of the replies.
local function sizes(replies)
  local found, seen = {}, {}
  for _, reply in ipairs(replies) do
    for _, size in ipairs { reply.headers["x-page-size"] or false, #reply.keys, 1000 } do
      if math.type(size) == "integer" and size > 0 and not seen[size] then
        seen[size] = true
        found[#found + 1] = size
      end
    end
  end
  return found
end

-- Return the records of the last reply to each page, up to the first empty or missing page.
local function listed(replies, upto)
  local by_page, list = {}, {}
  for _, reply in ipairs(replies) do
    by_page[reply.page] = reply
  end
  for page = 1, upto or math.huge do
    if not by_page[page] or #by_page[page].keys == 0 then break end
    for _, key in ipairs(by_page[page].keys) do
      list[#list + 1] = key
    end
  end
  return list
end

local function distinct(list)
  local seen = {}
  for _, key in ipairs(list) do
    if seen[key] then return false end
    seen[key] = true
  end
  return true
end

local function highest(replies)
  local top = 0
  for _, reply in ipairs(replies) do
    top = math.max(top, reply.page)
  end
  return top
end

--- Return whether an unchanging list of exactly these keys explains every reply from the FIRST on.
function M.explained(said, first, keys)
  local replies = table.move(said, first, #said, 1, {})
  local wanted = table.move(keys, 1, #keys, 1, {})
  table.sort(wanted)
  for upto = highest(replies), math.max(0, highest(replies) - 1), -1 do
    local list = listed(replies, upto)
    local sorted = table.move(list, 1, #list, 1, {})
    table.sort(sorted)
    if distinct(list) and same(sorted, wanted) then
      for _, size in ipairs(sizes(replies)) do
        for _, repeats in ipairs { false, true } do
          local all = true
          for _, reply in ipairs(replies) do
            all = all and explains(list, size, reply, repeats)
          end
          if all then return true end
        end
      end
    end
  end
  return false
end

--- Return whether such a list explains the last replies, its first page among them: those of the
--- last restart of a reading.
function M.explains_the_end(said, keys)
  for first = 1, #said do
    if M.explained(said, first, keys) then return true end
  end
  return false
end

function Server:describe()
  local parts =
    { ("%d records, %d a page%s"):format(#self.list, self.cap, self.bare and ", no counts" or "") }
  for _, c in ipairs(self.changes) do
    parts[#parts + 1] = ("%s at request %d%s"):format(
      c.kind,
      c.at,
      c.every and " and after each" or ""
    )
  end
  for _, l in ipairs(self.lies) do
    parts[#parts + 1] = ("%s %s"):format(
      l.kind,
      l.page and "in page " .. l.page
        or l.request and "at request " .. l.request
        or l.from and "from page " .. l.from
        or "always"
    )
  end
  return table.concat(parts, "; ")
end

return M
