-- The text for Toggl's filter of people, which compares byte by byte, so that each form of a name
-- is found.

local core = require "toggl.core"

local LONG_ENOUGH = 3 -- letters; a name this long matches few others

-- What looks the same in each form of a name. Accents, blanks, quotation marks and hyphens have
-- several forms, and so has ss.
local IN_NAME, IN_ADDRESS = "[^%s%c'\"\x80-\xFF-]+", "[\x20-\x7E]+"

-- The longest part of TEXT that each form of it has.
local function longest_part(text)
  local address, longest = text:find("@", 1, true), ""
  if not address then text = text:gsub("[sS][sS]", "\n") end
  for part in text:gmatch(address and IN_ADDRESS or IN_NAME) do
    if #part > #longest then longest = part end
  end
  return longest
end

--- Return the filter for TEXT; and nil or a wider one, for when that finds nothing. A part that is
--- too short matches many people: the text in its most common form goes before it. A reply may hold
--- more people than are meant.
return function(text)
  local composed = core.compose(text):gsub("%s+", " ")
  local part = longest_part(composed)
  if #part >= LONG_ENOUGH then return part end
  return composed, #part > 0 and part ~= composed and part or nil
end
