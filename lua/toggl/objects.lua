-- All methods of all classes, for those who look at them as a whole: help, completion, documents.
-- Everybody else gets the methods of a class with the first one that is asked for.
require "toggl"
local core = require "toggl.core"

for _, methods in pairs(core.classes) do
  assert(methods.raw == nil or methods.raw) -- every class but the client has it
  assert(methods["*"] == nil) -- no class has it, so what is not loaded yet is loaded now
end

return core.classes
