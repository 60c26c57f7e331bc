-- Jobs: the scripts that togglsh finds by a name alone.

local M = {}

-- Folders of jobs: those installed with togglsh, then the user's own. A relative path would be a
-- folder of the current directory.
local function job_folders(host)
  local folders = { host.scripts }
  local dir = require("toggl.config.paths").config_dir()
  if dir then folders[2] = dir .. "/scripts" end
  return folders
end

--- Return the names of all jobs.
function M.names(host)
  local names, seen = {}, {}
  for _, folder in ipairs(job_folders(host)) do
    for _, name in ipairs(host.jobs(folder)) do
      if not seen[name] then names[#names + 1] = name end
      seen[name] = true
    end
  end
  table.sort(names)
  return names
end

--- Return the job of this name: {path =, text =, own = whether it is in the user's folder}. nil:
--- none. nil, sentence: it must not be run.
function M.find(host, name)
  if not name:find "^[%w_-]+$" then return nil end
  for i, folder in ipairs(job_folders(host)) do
    local path = ("%s/%s.lua"):format(folder, name)
    local text, why = host.job(path, i == 1 and host.lua .. "/toggl/init.lua" or nil)
    if why then return nil, why end
    if text then return { path = path, text = text, own = i > 1 } end
  end
end

-- What others call a job, or an option.
local MEANT = {
  help = "togglsh --help",
  login = "togglsh auth login",
  logout = "togglsh auth logout",
  status = "togglsh auth status",
  users = "togglsh people",
  version = "togglsh --version",
}

--- Return what follows a sentence that there is no job of this NAME.
function M.hint(host, name)
  local meant = MEANT[name:lower()]
  if meant then return (", did you mean '%s'?"):format(meant) end
  local names = M.names(host)
  local list = "there are: " .. table.concat(names, ", ")
  return require("toggl.text.options").near(name, names, list) .. "; a script's name ends in .lua"
end

--- Return the help of a job: the comment at the start of its text.
function M.help(text)
  local lines = {}
  for line in text:gmatch "([^\n]*)\n?" do
    local comment = line:match("^%-%- ?(.*)$")
    if not comment then break end
    lines[#lines + 1] = comment
  end
  return table.concat(lines, "\n") .. "\n"
end

return M
