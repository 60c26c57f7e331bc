-- Compile what is typed at the prompt.

local M = {}

local NAME = "=stdin" -- chunk name of typed code in messages

-- Compile statements that end in an expression: on the last line, or after the last semicolon.
local function statements_and_expression(text)
  for _, pattern in ipairs { "^(.*\n)([^\n]*%S[^\n]*)%s*$", "^(.*;)([^;\n]*%S[^;\n]*)%s*$" } do
    local head, last = text:match(pattern)
    local chunk = head and load(head .. "return " .. last, NAME, "t")
    if chunk then return chunk end
  end
end

--- Compile TEXT as an expression, statements, or statements whose last one is an expression; nil,
--- why: it is none of these.
function M.compile(text)
  local chunk, problem = load("return " .. text, NAME, "t")
  if chunk then return chunk end
  local plain, why = load(text, NAME, "t")
  -- Text that cannot begin a statement was meant as an expression.
  if
    not plain and why:find(("unexpected symbol near '%s"):format(text:match "%s*(.?)"), 1, true)
  then
    why = problem
  end
  return plain or statements_and_expression(text), why
end

local function is_symbol(token, text)
  return token ~= nil and token.type == "symbol" and token.text:find(text) ~= nil
end

-- Return the expression that TEXT ends in before its last COUNT tokens, up to its end: "org:users".
local function expression(text, tokens, count)
  local lexer = require "toggl.words.lexer"
  local steps = lexer.chain(tokens, #tokens - count)
  return steps and text:sub(steps[1].at, tokens[#tokens].after - 1):gsub("%s*\n%s*", " ")
end

--- Return what to write instead of TEXT, rejected for WHY, which is complete but for its call,
--- "org:users", or for a name, "org:"; nil: a further line can complete it.
function M.lacks_call(why, text)
  local call = why:find("function arguments expected near <eof>", 1, true)
  if not call and not why:find("<name> expected near <eof>", 1, true) then return nil end
  local tokens = require("toggl.words.lexer").read(text)
  local wanted = call and 2 or 1 -- tokens after the object
  if not is_symbol(tokens[#tokens + 1 - wanted], "^[.:]$") then return nil end
  local written = expression(text, tokens, wanted)
  if not written then return nil end
  return call and ("%s is a method: write %s()"):format(written, written)
    or ("%s requires a name after it; Tab lists what there is"):format(written)
end

--- Can a further line complete TEXT, which compile rejected for WHY? A quoted string ends at its
--- line, unless a backslash continues it.
function M.is_open(why, text)
  if why:sub(-5) ~= "<eof>" or M.lacks_call(why, text) then return false end
  return not why:find("unfinished string", 1, true)
    or text:find "\\$" ~= nil
    or text:find "\\z%s*$" ~= nil
end

return M
