-- toggl: Toggl Track organizations from Lua. The C core makes the calls; this folder composes them
-- and provides the command line and the prompt.
--
--   local toggl = require "toggl"
--   local client <close> = toggl.client{ profile = "work" }
--   local org = assert(client:organization "Acme")
--
-- The version check comes before the core, which an older Lua cannot load; this file therefore
-- parses in every Lua version. The module itself is toggl.module, which can be loaded compiled.
if _VERSION ~= "Lua 5.4" then
  error("toggl needs Lua 5.4, this is " .. _VERSION:gsub("^Lua ", ""), 0)
end

local core = require "toggl.core"

core.library() -- raise misuse at the caller's line rather than at a line of this folder

return require "toggl.module"
