-- toggl.task: concurrency in one thread. In a file of its own, which every Lua can parse, so that
-- another Lua than 5.4 is named; the core, whose absence of symbols names it too, comes first.
require "toggl.core"

return require "toggl.scheduler"
