-- Lines of the values in a desired state, found in its text: Lua tables and JSON have the same
-- shape. Values that code makes have no place of their own; they get that of the nearest table
-- around them.

local M = {}

local SEPARATOR = "\0"

--- The key of a path, which is a list of names and positions.
function M.key(path)
  local parts = {}
  for i, part in ipairs(path) do
    parts[i] = tostring(part)
  end
  return table.concat(parts, SEPARATOR)
end

local ESCAPES = { n = "\n", t = "\t", r = "\r", ["\\"] = "\\", ['"'] = '"', ["'"] = "'" }

local function unescape(text)
  if not text:find("\\", 1, true) then return text end
  local ok, code = pcall(function()
    return (
      text
        :gsub("\\u{(%x+)}", function(hex) return utf8.char(tonumber(hex, 16)) end)
        :gsub("\\u(%x%x%x%x)", function(hex) return utf8.char(tonumber(hex, 16)) end)
        :gsub("\\(.)", function(c) return ESCAPES[c] or "\\" .. c end)
    )
  end)
  return ok and code or text
end

-- The end of the string that starts with QUOTE at POS.
local function string_end(text, pos, quote)
  local at = pos + 1
  while true do
    at = text:find("[\\" .. quote .. "]", at)
    if not at then return #text end
    if text:byte(at) ~= 92 then return at end
    at = at + 2
  end
end

local function new_scanner(text) return { text = text, pos = 1, line = 1, counted = 1 } end

-- The line of POS; positions only grow.
local function line_at(s, pos)
  local from = s.counted
  while true do
    local at = s.text:find("\n", from, true)
    if not at or at >= pos then break end
    s.line, from = s.line + 1, at + 1
  end
  s.counted = math.max(from, s.counted)
  return s.line
end

-- The next token: kind ("{", "}", "=", ",", "string", "word", "other"), value, position.
local function next_token(s)
  local text = s.text
  while true do
    local pos = text:find("%S", s.pos)
    if not pos then return nil end
    local c = text:sub(pos, pos)
    local level = text:match("^%-%-%[(=*)%[", pos)
    if level then
      local _, e = text:find("]" .. level .. "]", pos, true)
      s.pos = (e or #text) + 1
    elseif text:find("^%-%-", pos) then
      s.pos = (text:find("\n", pos, true) or #text) + 1
    elseif c == '"' or c == "'" then
      local e = string_end(text, pos, c)
      s.pos = e + 1
      return "string", unescape(text:sub(pos + 1, e - 1)), pos
    elseif c:find "[%w_]" then
      local _, e = text:find("^[%w_.]+", pos)
      s.pos = e + 1
      return "word", text:sub(pos, e), pos
    else
      s.pos = pos + 1
      if c == "=" and text:sub(pos + 1, pos + 1) == "=" then
        s.pos = pos + 2
        c = "other"
      end
      local kinds = { [";"] = ",", [":"] = "=" }
      return kinds[c] or c, c, pos
    end
  end
end

-- Key of the entry that starts with this token, if it is one; and the token behind the `=`.
local function entry_key(s, kind, value, pos)
  local mark = s.pos
  local key
  if kind == "[" and s.lua then
    local k, v = next_token(s)
    local close = next_token(s)
    if (k == "string" or k == "word") and close == "]" then key = v end
  elseif kind == "string" or kind == "word" then
    key = value
  end
  local behind = key and next_token(s)
  if behind == "=" then return key, next_token(s) end
  s.pos = mark
  return nil, kind, value, pos
end

local scan_table

-- Go behind the value that starts with this token, up to the `,` or the end of the table.
local function scan_value(s, path, kind)
  local depth = 0
  while kind do
    if depth == 0 and (kind == "," or kind == "}" or kind == "]") then return kind end
    if kind == "{" or (kind == "[" and not s.lua) then
      scan_table(s, path)
    elseif kind == "(" or kind == "[" then
      depth = depth + 1
    elseif kind == ")" or kind == "]" then
      depth = depth - 1
    end
    kind = next_token(s)
  end
end

function scan_table(s, path)
  local n, depth = 0, #path + 1
  while true do
    local kind, value, pos = next_token(s)
    if not kind or kind == "}" or kind == "]" then return end
    if kind ~= "," then
      local key
      local start = pos
      key, kind = entry_key(s, kind, value, pos)
      if not key then n = n + 1 end
      path[depth] = key or n
      local name, line = M.key(path), line_at(s, start)
      local again = s.lines[name] ~= nil
      if again and not s.again then
        s.twice[#s.twice + 1] = { path = table.move(path, 1, depth, 1, {}), line = line }
      end
      s.lines[name] = s.lines[name] or line
      local outer = s.again -- what is in a second one stands twice as well
      s.again = outer or again
      local ended = scan_value(s, path, kind)
      s.again = outer
      path[depth] = nil
      if ended == "}" or ended == "]" then return end
    end
  end
end

--- Lines of TEXT: {[key of a path] = line}, and keys that stand twice: {{path =, line =}, ...}.
--- FORMAT: "lua" or "json".
function M.scan(text, format)
  local s = new_scanner(text)
  s.lines, s.twice, s.lua = {}, {}, format == "lua"
  local kind = next_token(s)
  while kind and kind ~= "{" do -- of Lua: up to the table behind the last `return`
    kind = next_token(s)
  end
  if s.lua then
    local at = text:match "^.*()%f[%w_]return%s*{"
    if at then
      s.pos, s.line, s.counted = text:find("{", at, true) + 1, 1, 1
    end
  end
  scan_table(s, {})
  return s.lines, s.twice
end

--- The line of PATH, or of the nearest thing around it that has one; 1 at worst.
function M.line(lines, path)
  for n = #path, 1, -1 do
    local line = lines[M.key(table.move(path, 1, n, 1, {}))]
    if line then return line end
  end
  return 1
end

return M
