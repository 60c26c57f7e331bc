-- Read the options and jobs of togglsh from --help, so that documents contain only what the program
-- knows.

local M = {}

-- Run without the user's folders: --help lists the user's own jobs too.
local function run(build, words)
  local command = ("env XDG_CONFIG_HOME=/nonexistent %s/togglsh %s </dev/null"):format(build, words)
  local pipe = assert(io.popen(command, "r"))
  local text = pipe:read "a"
  if not pipe:close() then error(("%s failed: %s"):format(command, text), 0) end
  return text
end

local function split(text, pattern)
  local list = {}
  for word in text:gmatch(pattern) do
    list[#list + 1] = word
  end
  return list
end

-- Return the allowed words of a value, from "table, csv, json or jsonl", "one of: a, b" or an a|b|c
-- in the line of usage.
local function words_of(name, doc, usage)
  local alternatives = usage:match("%-%-" .. name:gsub("%-", "%%-") .. " ([%l_]+|[%l_|]+)")
  if alternatives then return split(alternatives, "[^|]+") end
  local listed = doc:match "one of: ([%w_, ]+)"
    or doc:match "^(%w+, [%w, ]+ or %w+)$"
    or doc:match "^(%w+, %w+ or %w+),"
  return listed and split(listed:gsub(" or ", " "), "[%w_]+") or nil
end

-- Parse "  -e, --eval CODE   run CODE", "      --sandbox[=N]   ...", "      --version, --help".
local function option_of(line)
  local short, rest = line:match "^%s+%-(%a), (%-%-.*)$"
  rest = rest or line:match "^%s+(%-%-.*)$"
  if not rest then return nil end
  local name, value, doc = rest:match "^%-%-([%w-]+)(%[?[= ]?[^%s]*)%s%s+(.*)$"
  if not name then
    name, value, doc = rest:match "^%-%-([%w-]+)()$", "", ""
  end
  if not name then return nil end
  local optional = value:sub(1, 1) == "["
  value = value:match "%u.*$"
  if optional and value then value = value:gsub("%]$", "") end
  return { name = name, short = short, value = value, optional = optional, doc = doc }
end

local function options_of(text)
  local options = {}
  for line in text:gmatch "[^\n]+" do
    local both = line:match "^%s+%-%-version, %-%-help$"
    local option = not both and option_of(line)
    if both then
      options[#options + 1] = { name = "version", short = "v", doc = "print the version" }
      options[#options + 1] =
        { name = "help", short = "h", doc = "print this; after a job, its own help" }
    elseif option then
      options[#options + 1] = option
    elseif line:find "^%s%s%s%s%s%s+%S" and #options > 0 and not line:find "^%s+togglsh" then
      options[#options].doc = options[#options].doc .. " " .. line:match "^%s+(.*)$"
    end
  end
  for _, o in ipairs(options) do
    o.words = words_of(o.name, o.doc, text)
  end
  return options
end

-- Return the words that a job takes: "togglsh NAME one|two", or a line of usage for each: "togglsh
-- NAME one [--option]".
local function words_of_job(name, text)
  local alternatives = text:match("togglsh " .. name .. " ([%w_]+|[%w_|]+)")
  if alternatives then return split(alternatives, "[^|]+") end
  return split(text, "\n%s+togglsh " .. name .. " (%l+)%f[%s]")
end

-- Return the columns of a job, from "Columns: id, name, people; of one group: user_id".
local function columns_of_job(text)
  local listed = text:gsub("%s+", " "):match "Columns: ([%w_, ;:]+)"
  return listed and split(listed:gsub("[%w ]+:", ","):gsub("those.*$", ""), "[%w_]+") or {}
end

-- Return the kinds of names that the store completes for a job: "people" if its usage takes
-- addresses, "groups" if it takes a group.
local function names_of_job(name, text)
  local usage, kinds = text:match "\n\n(.-)\n\n" or "", {}
  if name == "groups" then kinds[1] = "groups" end
  if usage:find "EMAIL" and name ~= "invite" then kinds[#kinds + 1] = "people" end
  return kinds
end

local function job_of(build, name, doc)
  local text = run(build, name .. " --help")
  return {
    name = name,
    doc = doc,
    text = text,
    options = options_of(text),
    words = words_of_job(name, text),
    columns = columns_of_job(text),
    names = names_of_job(name, text),
  }
end

-- Copy the allowed words of the global option of the same name.
local function inherit(job, options)
  for _, own in ipairs(job.options) do
    for _, o in ipairs(options) do
      if o.name == own.name then own.words = own.words or o.words end
    end
    if own.name == "sort" then own.columns = job.columns end
  end
  return job
end

-- Return what may follow the options, by the lines of usage: "FILE.lua [arguments]".
local function targets_of(text)
  local targets = {}
  for line in text:match "^(.-)\n\n":gmatch "[^\n]+" do
    targets[#targets + 1] = line:match "togglsh %[options%] ?(.-)%s%s+%S"
  end
  return targets
end

--- Return {targets =, options =, jobs =, exits = {{status, meaning}}, help = the whole text}.
function M.read(build)
  local text = run(build, "--help")
  local program = { help = text, jobs = {}, exits = {} }
  program.targets, program.options = targets_of(text), options_of(text:match "^(.-)\nJobs:" or text)
  for name, doc in (text:match "\nJobs:(\n.*)$" or ""):gmatch "\n  ([%w_-]+) +([^\n]*)" do
    program.jobs[#program.jobs + 1] = inherit(job_of(build, name, doc), program.options)
  end
  local statuses = text:match "\nExit status:(\n.-)\n\n" or ""
  for status, meaning in statuses:gmatch "\n +(%d+)  ([^\n]+)" do
    program.exits[#program.exits + 1] = { status, meaning }
  end
  return program
end

return M
