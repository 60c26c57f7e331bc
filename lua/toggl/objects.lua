-- All methods of all classes, for what looks at them as a whole: help, completion, documents. All else
-- gets the methods of a class with the first one that is asked for.
require "toggl"
local core = require "toggl.core"

core.add_methods()
return core.classes
