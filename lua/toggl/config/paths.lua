-- The folders and files of a user, by the XDG variables. Each is nil without a home folder.
local core = require "toggl.core"
local os = require "toggl.text.standard"("os", { getenv = core.getenv })

local M = {}

-- Is PATH a directory?
local function is_folder(path) return core.file_mark((path:gsub("/*$", "/."))) ~= nil end

--- Return the home folder: HOME, else the entry in the password database; nil: none. A home that
--- does not exist is not created: it belongs to a service, or is a mistake.
function M.home()
  local dir = os.getenv "HOME"
  if dir and dir:sub(1, 1) == "/" then return is_folder(dir) and dir or nil end
  dir = core.home()
  return dir and dir:sub(1, 1) == "/" and is_folder(dir) and dir or nil
end

local function xdg(variable, default)
  local dir = os.getenv(variable)
  if not dir or dir:sub(1, 1) ~= "/" then
    dir = M.home()
    if not dir then return nil end
    dir = dir .. default
  end
  return dir .. "/toggl"
end

local function below(dir, name) return dir and dir .. name end

function M.config_dir() return xdg("XDG_CONFIG_HOME", "/.config") end
function M.cache_path() return below(xdg("XDG_CACHE_HOME", "/.cache"), "/cache.db") end

-- A relative folder would be another one, with another quota and journal, wherever a run starts.
local function check_absolute(variable, dir)
  require("toggl.config.ini").fail(
    variable,
    "%q is no absolute path, such as %s; nothing was sent",
    dir,
    (M.home() or "/home/ann") .. "/state"
  )
end

--- Return the file of the shared state. Raises where TOGGL_STATE_DIR is relative.
function M.state_path()
  local dir = os.getenv "TOGGL_STATE_DIR"
  if not dir or dir == "" then return below(xdg("XDG_STATE_HOME", "/.local/state"), "/state.db") end
  if dir:sub(1, 1) ~= "/" then check_absolute("TOGGL_STATE_DIR", dir) end
  return dir .. "/state.db"
end

return M
