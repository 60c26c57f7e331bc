-- A guide with a part that is made from rows, between two comments.

local M = {}

--- Return the writer of PATH, whose present TEXT has the comments of the rows NAMED, with what MAKE
--- returns between them.
function M.writer(path, text, named, make)
  local first = ("<!-- %s: scripts/dev/gen writes this -->\n"):format(named)
  local last = ("<!-- end of %s -->\n"):format(named)
  return function()
    local from, to = select(2, text:find(first, 1, true)), text:find(last, 1, true)
    assert(from and to, ("%s has no place for %s"):format(path, named))
    return text:sub(1, from) .. make() .. text:sub(to)
  end
end

return M
