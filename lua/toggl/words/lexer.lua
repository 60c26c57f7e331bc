-- Lex the beginning of a piece of Lua as far as completion requires: tokens, open brackets, the
-- string in which the text ends, and the parts of the expression before a place. Runs no code.

local M = {}

local WORDS = {}
for word in
  ([[and break do else elseif end false for function goto if in local nil not or repeat return then
  true until
  while]]):gmatch "%a+"
do
  WORDS[word] = true
end

M.keywords = WORDS

-- Read a long bracket at AT: its text and the rest; an unclosed one has no end.
local function long(text, at)
  local equals = text:match("^%[(=*)%[", at)
  if not equals then return nil end
  local from = at + #equals + 2
  local stop, last = text:find("]" .. equals .. "]", from, true)
  return text:sub(from, (stop or #text + 1) - 1), last and last + 1
end

local ENDS = { ['"'] = '[\\\n"]', ["'"] = "[\\\n']" }

-- Read a quoted string at AT, likewise.
local function quoted(text, at)
  local ends = ENDS[text:sub(at, at)]
  local i = text:find(ends, at + 1)
  while i do
    if text:byte(i) ~= 92 then return text:sub(at + 1, i - 1), i + 1 end
    i = text:find(ends, i + 2) -- behind the backslash and what it escapes
  end
  return text:sub(at + 1), nil
end

local SYMBOLS = { "^%.%.%.", "^%.%.", "^==", "^~=", "^<=", "^>=", "^::", "^//", "^<<", "^>>", "^." }

local function symbol(text, at)
  for _, pattern in ipairs(SYMBOLS) do
    local s = text:match(pattern, at)
    if s then return s end
  end
end

-- Read the token at AT, neither space nor comment: the token and the place after it (nil: the text
-- ends in it).
local function token(text, at)
  local c = text:sub(at, at)
  if c == "'" or c == '"' then
    local s, after = quoted(text, at)
    return { type = "string", text = s, at = at, quote = c }, after
  elseif text:find("^%[=*%[", at) then
    local s, after = long(text, at)
    local quote = text:match("^%[=*%[", at):gsub("%[", "]")
    return { type = "string", text = s, at = at, quote = quote }, after
  end
  local name = text:match("^[%a_][%w_]*", at)
  if name then
    return { type = WORDS[name] and "keyword" or "name", text = name, at = at }, at + #name
  end
  local number = text:match("^0[xX][%x.]+", at) or text:match("^%d[%d.]*[eE]?[+-]?%d*", at)
  if number then return { type = "number", text = number, at = at }, at + #number end
  local s = symbol(text, at)
  return { type = "symbol", text = s, at = at }, at + #s
end

--- Return the tokens of TEXT. `open`: the string in which it ends; `comment`: it ends in one.
function M.read(text)
  local tokens, at = {}, 1
  while true do
    at = text:find("%S", at)
    if not at then return tokens end
    if text:sub(at, at + 1) == "--" then
      local _, after = long(text, at + 2)
      if not after then
        after = not text:find("^%[=*%[", at + 2) and text:find("\n", at, true) or nil
      end
      if not after then
        tokens.comment = true
        return tokens
      end
      at = after
    else
      local t, after = token(text, at)
      if not after then
        tokens.open = t
        return tokens
      end
      t.after, tokens[#tokens + 1] = after, t
      at = after
    end
  end
end

local CLOSES = { [")"] = "(", ["}"] = "{", ["]"] = "[" }
local OPENS = { ["("] = true, ["{"] = true, ["["] = true }

local function is(t, text) return t ~= nil and t.type == "symbol" and t.text == text end

--- Return the indices of the brackets still open at the end of the tokens, outermost first.
function M.brackets(tokens)
  local open = {}
  for i, t in ipairs(tokens) do
    if t.type == "symbol" and OPENS[t.text] then
      open[#open + 1] = i
    elseif t.type == "symbol" and CLOSES[t.text] then
      open[#open] = nil
    end
  end
  return open
end

-- Return the bracket that the one at I closes.
local function partner(tokens, i)
  local depth = 0
  for k = i, 1, -1 do
    local t = tokens[k]
    if t.type == "symbol" and CLOSES[t.text] then
      depth = depth + 1
    elseif t.type == "symbol" and OPENS[t.text] then
      depth = depth - 1
      if depth == 0 then return k end
    end
  end
end

-- Can the expression that ends at I be called or indexed?
local function ends_prefix(tokens, i)
  local t = tokens[i]
  return t ~= nil
    and (t.type == "name" or is(t, ")") or is(t, "]") or is(t, "}") or t.type == "string")
end

-- Step back once from I: return the token there, and where the expression before it ends.
local function step_back(tokens, i)
  local t = tokens[i]
  if t.type == "name" then
    local before = tokens[i - 1]
    if is(before, ".") or is(before, ":") then
      return { kind = before.text, name = t.text }, i - 2
    end
    return { kind = "root", name = t.text, at = t.at }, nil
  elseif t.type == "string" then
    if ends_prefix(tokens, i - 1) then return { kind = "call", argument = t }, i - 1 end
    return { kind = "string", at = t.at }, nil
  end
  local from = partner(tokens, i)
  if not from then return nil end
  local inner = from == i - 2 and tokens[i - 1] or nil
  if is(t, "]") then return { kind = "index", key = inner }, from - 1 end
  if ends_prefix(tokens, from - 1) then return { kind = "call", argument = inner }, from - 1 end
end

--- Return the expression whose last token is I, as steps from its root: {kind = "root" | "." | ":"
--- | "call" | "index", ...}; a root has its place in the text, at; a call the token of its only
--- argument, if that is one. nil: it cannot be followed.
function M.chain(tokens, i)
  local steps = {}
  while i do
    if not ends_prefix(tokens, i) then return nil end
    local step, before = step_back(tokens, i)
    if not step then return nil end
    table.insert(steps, 1, step)
    i = before
  end
  return steps[1] and (steps[1].kind == "root" or steps[1].kind == "string") and steps or nil
end

--- Return the callee of the open bracket at I: the steps of the function, and whether the bracket
--- is a table of named arguments. nil: it calls nothing.
function M.callee(tokens, i)
  local named = is(tokens[i], "{")
  if named and is(tokens[i - 1], "(") then i = i - 1 end
  if not ends_prefix(tokens, i - 1) or is(tokens[i], "[") then return nil end
  return M.chain(tokens, i - 1), named
end

return M
