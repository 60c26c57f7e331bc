-- The choices of the Tab key: which fit, and how they are shown.

local screen = require "toggl.text.screen"

local M = {}

local MOST_SHOWN = 120

local common_methods

-- The methods of every record: few people want them first.
local function is_common(name)
  if not common_methods then
    common_methods = {}
    for _, row in ipairs(require "toggl.words.methods") do
      if row.class == "record" then common_methods[row.name] = true end
    end
  end
  return common_methods[name]
end

--- Return those of the LIST that begin with WORD, each once, sorted; methods of every record come
--- behind the others.
function M.fitting(list, word)
  local out, behind, seen = {}, {}, {}
  for _, text in ipairs(list) do
    if text:sub(1, #word) == word and not seen[text] and (word ~= "" or text:sub(1, 1) ~= "_") then
      local place = is_common(text) and behind or out
      place[#place + 1], seen[text] = text, true
    end
  end
  table.sort(out)
  table.sort(behind)
  return table.move(behind, 1, #behind, #out + 1, out)
end

--- Return each text of the LIST as the rest of a string of Lua that QUOTE has opened.
function M.closed(list, quote)
  local out = {}
  for i, text in ipairs(list) do
    out[i] = text:gsub("[\\\n]", "\\%0"):gsub(quote, "\\" .. quote) .. quote
  end
  return out
end

--- Return the longest common prefix in whole characters.
function M.common(list)
  local first = list[1]
  local n, prefix = #first, first
  for _, text in ipairs(list) do
    while text:find(prefix, 1, true) ~= 1 do
      n = n - 1
      prefix = first:sub(1, n)
    end
  end
  while n > 0 and n < #first and (first:byte(n + 1) & 0xC0) == 0x80 do
    n = n - 1
  end
  return first:sub(1, n)
end

-- Return what is shown of a choice, and its width: the sign that goes in behind it is left out.
local function shown(text)
  if text:sub(-3) == " = " then text = text:sub(1, -4) end
  local last = #text > 1 and text:byte(-1)
  if last == 34 or last == 39 then text = text:sub(1, -2) end
  if not text:find "[^ -~]" then return text, #text end
  text = screen.clean(text)
  return text, screen.width(text)
end

--- Lay out the choices in columns.
function M.in_columns(list, remarks, width)
  local cells, widths, widest = {}, {}, 0
  for i = 1, math.min(#list, MOST_SHOWN) do
    local text, wide = shown(list[i])
    local remark = remarks and remarks[list[i]]
    if remark then
      text = text .. "  " .. screen.clean(remark)
      wide = screen.width(text)
    end
    cells[i], widths[i] = text, wide
    if wide > widest then widest = wide end
  end
  local per_line = math.max(1, (width + 2) // (widest + 2))
  local rows, out = (#cells + per_line - 1) // per_line, {}
  for r = 1, rows do
    local line = {}
    for c = r, #cells, rows do
      local last = c + rows > #cells
      local text = widths[c] > width and screen.cut(cells[c], width) or cells[c]
      line[#line + 1] = last and text or text .. (" "):rep(widest - widths[c] + 2)
    end
    out[r] = table.concat(line)
  end
  if #list > MOST_SHOWN then out[#out + 1] = ("... and %d more"):format(#list - MOST_SHOWN) end
  return table.concat(out, "\n") .. "\n"
end

return M
