-- Compile what is typed at the prompt.

local M = {}

local NAME = "=stdin" -- chunk name of typed code in messages

--- Compile TEXT as an expression, statements, or statements whose last line is an expression; nil,
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
  local head, last = text:match "^(.*)\n([^\n]*%S[^\n]*)%s*$"
  if head and not plain then chunk = load(head .. "\nreturn " .. last, NAME, "t") end
  return plain or chunk, why
end

--- Return what to write instead of TEXT, rejected for WHY, which is complete but for its call:
--- "org:users"; nil: it is not.
function M.lacks_call(why, text)
  local method = text:match "([%a_][%w_.]*:[%a_][%w_]*)%s*$"
  local open = why:find("function arguments expected near <eof>", 1, true)
  if not method or not open then return nil end
  return ("%s is a method: write %s()"):format(method, method)
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
