-- Load all methods of all classes, for help, completion and documents. Other code loads the methods
-- of a class at the first one it names.
require "toggl"
local core = require "toggl.core"

core.add_methods()
return core.classes
