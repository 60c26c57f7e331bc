-- Load all methods of all classes, for help, completion and documents. Other code loads the methods
-- of a class at the first one it names. The caller has loaded toggl, which defines add_methods.
local core = require "toggl.core"

for class, methods in pairs(core.classes) do
  core.add_methods(class, methods)
end
return core.classes
