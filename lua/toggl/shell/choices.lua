-- The choices of the Tab key: which fit, and how they are shown.

local screen = require "toggl.text.screen"

local M = {}

local MOST_SHOWN = 120

-- The methods of every record: few people want them first.
local function common_methods()
  local names = {}
  for _, row in ipairs(require "toggl.words.methods") do
    if row.class == "record" then names[row.name] = true end
  end
  return names
end

--- Return those of the LIST that begin with WORD, each once, sorted; methods of every record come
--- behind the others.
function M.fitting(list, word)
  local out, seen = {}, {}
  for _, text in ipairs(list) do
    if text:sub(1, #word) == word and not seen[text] and (word ~= "" or text:sub(1, 1) ~= "_") then
      out[#out + 1], seen[text] = text, true
    end
  end
  local last = common_methods()
  table.sort(out, function(a, b)
    if (last[a] or false) ~= (last[b] or false) then return last[b] or false end
    return a < b
  end)
  return out
end

--- Return the longest common prefix in whole characters.
function M.common(list)
  local first = list[1]
  local n = #first
  for _, text in ipairs(list) do
    while text:sub(1, n) ~= first:sub(1, n) do
      n = n - 1
    end
  end
  while n > 0 and n < #first and (first:byte(n + 1) & 0xC0) == 0x80 do
    n = n - 1
  end
  return first:sub(1, n)
end

--- Lay out the choices in columns.
function M.in_columns(list, remarks, width)
  local cells, widest = {}, 0
  for i = 1, math.min(#list, MOST_SHOWN) do
    local text = screen.clean((list[i]:gsub(" = $", ""):gsub("(.)[\"']$", "%1")))
    local remark = remarks and remarks[list[i]]
    cells[i] = remark and text .. "  " .. screen.clean(remark) or text
    widest = math.max(widest, screen.width(cells[i]))
  end
  local per_line = math.max(1, (width + 2) // (widest + 2))
  local rows, out = (#cells + per_line - 1) // per_line, {}
  for r = 1, rows do
    local line = {}
    for c = r, #cells, rows do
      line[#line + 1] = screen.pad(screen.cut(cells[c], width), widest)
    end
    out[r] = table.concat(line, "  "):gsub(" +$", "")
  end
  if #list > MOST_SHOWN then out[#out + 1] = ("... and %d more"):format(#list - MOST_SHOWN) end
  return table.concat(out, "\n") .. "\n"
end

return M
