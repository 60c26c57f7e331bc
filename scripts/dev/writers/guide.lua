-- Write the part of a guide that is generated from rows, between two comments.

local M = {}

--- Return the writer of PATH: it replaces the part of TEXT between the comments of NAMED by the
--- result of MAKE.
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
