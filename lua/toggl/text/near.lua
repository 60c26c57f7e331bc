-- The name that an unknown word was probably meant to be.

local core = require "toggl.core"

local length = require "toggl.text.length"

local M = {}

local fold = core.fold

-- Does NAME, or a word in it, start with WORD?
local function begins(word, name)
  if #word < 2 then return false end
  local at = name:find(word, 1, true)
  while at and at > 1 and name:find("^[%w\x80-\xFF]", at - 1) do
    at = name:find(word, at + 1, true)
  end
  return at ~= nil
end

local function share_beginning(word, name)
  return #name > 4 and #word > 4 and word:sub(1, #name - 1) == name:sub(1, -2)
end

-- The distance from WORD, which is folded, to NAME: 0 when only the case differs; nil: too far.
local function score(word, name)
  name = fold(name)
  if word == name then return 0 end
  if begins(word, name) then return 1 end
  local most = #word < 4 and 1 or math.max(2, #word // 3)
  if math.abs(#word - #name) <= most then
    local d = core.distance(word, name)
    if d <= most then return 1 + d end
  end
  return share_beginning(word, name) and 10 or nil
end

--- Return the items whose names are nearest to WORD, at most three. names_of(item): list of its
--- names, without holes.
function M.items(word, items, names_of)
  local best, least = {}, math.huge
  word = fold(word)
  for i = 1, #items do
    local item = items[i]
    for _, name in ipairs(names_of(item)) do
      local distance = score(word, name)
      if distance and distance < least then
        best, least = { item }, distance
      elseif distance and distance == least and best[#best] ~= item and #best < 3 then
        best[#best + 1] = item
      end
    end
  end
  return best
end

--- Return the name nearest to WORD, or nil; of several, the first by the alphabet.
function M.name(word, names)
  local sorted = table.move(names, 1, length(names, "toggl.options.near"), 1, {})
  table.sort(sorted)
  return M.items(word, sorted, function(name) return { name } end)[1]
end

--- Return MORE, which begins in lower case, as what follows TEXT: after a question a sentence.
function M.follow(text, more)
  if text:find "%?$" then return " " .. more:gsub("^%l", string.upper) end
  return "; " .. more
end

--- Return ", did you mean 'X'?" for the nearest of the names, or "". MORE: what follows it.
function M.question(word, names, more)
  local best = M.name(word, names)
  local text = best and (", did you mean '%s'?"):format(best) or ""
  return more and text .. M.follow(text, more) or text
end

return M
