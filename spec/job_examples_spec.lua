-- Run the example in the help of each job unchanged, with a sandbox in place of Toggl and --yes.

local helper = require "spec.helper"

local BUILD = helper.build:find "^/" and helper.build or os.getenv "PWD" .. "/" .. helper.build

-- {job = {help =, example =}}
local function jobs()
  local found, pipe = {}, assert(io.popen "ls scripts/*.lua")
  for path in pipe:lines() do
    local name = path:match "([%w_-]+)%.lua$"
    local help =
      helper.run({ XDG_CONFIG_HOME = "/nonexistent" }, BUILD .. "/togglsh", name, "--help")
    found[#found + 1] = { name = name, help = help, example = help:match "\n  example: ([^\n]+)\n" }
  end
  pipe:close()
  return found
end

-- Files that examples read.
local FILES = {
  ["people.csv"] = "Work email,Name,Status,Team\nann@example.com,Ann Lee,there,Dev\n",
  ["map.json"] = '{ "email": "Work email", "groups": { "column": "Team", '
    .. '"values": { "Dev": ["Engineering"] } } }',
}

-- The variables of a job: `auth status` shows a token.
local TOKENS = { auth = { TOGGL_API_TOKEN = ("0123456789abcdef"):rep(2) } }

-- Return the line that runs an example: with the program of the build, in a sandbox, without a
-- question; the server of `sandbox` serves until it is stopped.
local function line_of(job)
  local tool = job.name == "sandbox" and "timeout -s INT 2 " or ""
  local words = tool .. BUILD .. "/togglsh --sandbox --yes"
  return (job.example:gsub("togglsh", (words:gsub("%%", "%%%%"))))
end

describe("the example of", function()
  local all, home = jobs(), nil

  -- Run the jobs at once: each waits until its changes are visible.
  setup(function()
    home = helper.scratch()
    local lines = {}
    for i, job in ipairs(all) do
      local folder = home .. "/" .. job.name
      assert(os.execute("mkdir -m 700 " .. helper.quote(folder)))
      for name, text in pairs(FILES) do
        helper.write(folder .. "/" .. name, text)
      end
      local variables = {}
      for name, value in pairs(helper.environment(folder, TOKENS[job.name])) do
        variables[#variables + 1] = ("export %s=%s; "):format(name, helper.quote(value))
      end
      local run = "(cd %s; %s{ %s; } >out 2>err </dev/null; echo $? >status) &"
      lines[i] = run:format(helper.quote(folder), table.concat(variables), line_of(job))
    end
    helper.write(home .. "/all.sh", table.concat(lines, "\n") .. "\nwait\n")
    helper.run(nil, "bash", home .. "/all.sh")
  end)
  teardown(function() helper.remove(home) end)

  for _, job in ipairs(all) do
    it(job.name .. " works", function()
      assert.truthy(job.example, job.name .. " --help has no example")
      assert.matches("togglsh " .. job.name, job.example)
      assert.is_true(#job.example <= 67, job.example) -- bytes, to fit 80 columns
      local folder = home .. "/" .. job.name
      local status = tonumber(helper.read(folder .. "/status"))
      local err = helper.read(folder .. "/err")
      local stopped = job.name == "sandbox" and (status == 124 or status == 130)
      assert.is_true(status == 0 or stopped, ("%s: %d\n%s"):format(job.example, status, err))
      assert.is_nil(err:find "traceback", err)
    end)
  end
end)
