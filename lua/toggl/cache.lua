-- The file of stored replies, without a client or credentials: its status, and clearing it.
local config = require "toggl.config"
local core = require "toggl.core"

local M = {}

-- A sandbox run keeps its store in memory and touches no file of the user.
local function path_of(path, where)
  if path ~= nil and (type(path) ~= "string" or path == "") then
    error(
      ("%s requires the path of a file, or nothing; got %s"):format(
        where,
        path == "" and "an empty text" or type(path)
      ),
      3
    )
  end
  local settings = {}
  if not path then config.obey(settings) end
  if settings.sandbox then return ":memory:" end
  return path or require("toggl.config.paths").cache_path()
end

local function placeless()
  return core.fail(false, {
    kind = "invalid",
    message = "no home folder, so replies are not stored",
    advice = "set HOME, or XDG_CACHE_HOME, or name a file",
  })
end

--- Return the status of the store at PATH (default: this user's). A file that cannot be used has a
--- `problem`, an error object, and its replies are not counted.
function M.status(path)
  path = path_of(path, "toggl.cache.status")
  if not path then return placeless() end
  local found, problem = core.cache_status(path)
  found.path, found.problem = path, problem
  return found
end

--- Compare the replies of the store at PATH with their checksums, and the rows that finders use
--- with those that the texts give; rows that differ are removed. Return {path =, replies =,
--- damaged =, lists =, records =, differ =}, or nil, err.
function M.check(path)
  path = path_of(path, "toggl.cache.check")
  if not path then return placeless() end
  local found, err = core.cache_check(path)
  if not found then return nil, err end
  found.path = path
  return found
end

--- Remove the replies of all accounts and the quarantined copies; return the counts.
function M.clear(path)
  path = path_of(path, "toggl.cache.clear")
  if not path then return placeless() end
  local removed, err = core.cache_clear(path)
  removed.path = path
  if not err then return removed end
  err.removed = removed
  return nil, err
end

return M
