-- Text to standard output. A module of its own: a script that prints needs no more of toggl.show.

local io = require "toggl.text.standard"("io")

local Output = { __tostring = function(e) return "standard output: " .. e.message end }

--- Write TEXT to standard output. Raises when the reader has closed it, so that no further request
--- is made.
return function(text)
  local ok, why, code = io.stdout:write(text)
  if not ok then
    error(setmetatable({ kind = "output", message = why, errno = code }, Output), 0)
  end
end
