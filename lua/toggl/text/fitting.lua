-- Which columns of a table fit into a window, and how wide they are.

local M = {}

M.GAP = "  "
M.NARROWEST = 6 -- columns; a text gets no narrower than this to fit a window...
-- ...nor than this while columns can be left out; numbers are never cut.
local READABLE = 18

local FIRST_USE = { name = 1, email = 2, id = 5, key = 5, group_id = 5 }
local LATE = { list = true, map = true, record = true, time = true }

--- Return the rank of a column by what it shows a person: name, address, lists of names, anything
--- else, the row's own key, other nested values and times, other keys, what its model calls aside.
function M.use(name, field_row, is_names)
  if FIRST_USE[name] then return FIRST_USE[name] end
  if field_row and field_row.aside then return 8 end
  if is_names then return 3 end
  if type(name) == "string" and name:find "_id$" then return 7 end
  return field_row and LATE[field_row.type] and 6 or 4
end

-- Return the column of KEPT of the lowest rank; of equal ones the last.
local function least_use(kept, uses)
  local found
  for place, i in ipairs(kept) do
    if not found or uses[i] >= uses[kept[found]] then found = place end
  end
  return found
end

-- Return the widest text column of those in KEPT that is wider than LEAST, or nil.
local function widest_text(widths, numeric, kept, least)
  local widest
  for _, i in ipairs(kept) do
    if not numeric[i] and widths[i] > least and (not widest or widths[i] > widths[widest]) then
      widest = i
    end
  end
  return widest
end

-- Widen the columns of KEPT that were cut to their WHOLE widths, by at most ROOM together, those of
-- most use first.
local function widen(widths, whole, kept, uses, room)
  local order = table.move(kept, 1, #kept, 1, {})
  table.sort(order, function(a, b) return uses[a] < uses[b] or uses[a] == uses[b] and a < b end)
  for _, i in ipairs(order) do
    local more = math.min(whole[i] - widths[i], room)
    widths[i], room = widths[i] + more, room - more
  end
end

--- Fit columns into the window: cut texts to a readable width, then leave out the columns of least
--- use, down to two, then cut texts further. What is then free widens texts again. CHOSEN: leave
--- out none while they can be cut. Returns the columns that are left.
function M.fit(widths, numeric, window, uses, chosen)
  local kept, whole, total = {}, {}, #M.GAP * (#widths - 1)
  for i, w in ipairs(widths) do
    kept[i], whole[i], total = i, w, total + w
  end
  local keep = chosen and #kept or math.min(#kept, 2)
  while total > window do
    local i = widest_text(widths, numeric, kept, READABLE)
    if not i and #kept <= keep then i = widest_text(widths, numeric, kept, M.NARROWEST) end
    if i then
      widths[i], total = widths[i] - 1, total - 1
    elseif #kept > 1 then
      local place = chosen and #kept or least_use(kept, uses)
      total = total - widths[kept[place]] - #M.GAP
      table.remove(kept, place)
    else
      break
    end
  end
  widen(widths, whole, kept, uses, math.max(window - total, 0))
  return kept
end

return M
