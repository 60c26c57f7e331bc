-- The command line of togglsh: options, the globals of a script, and the exit status.
--
-- The host passes the words and a table of functions that only the process has (csrc/host); main()
-- returns an exit status.

local screen = require "toggl.text.screen"

local M = {}

-- Required by what needs them: most runs parse no more than this file.
local function options() return require "toggl.text.options" end
local function account() return require "toggl.shell.account" end
local function jobs() return require "toggl.shell.jobs" end

-- Exit statuses. `toggl` errors carry a kind; a script may raise its own {kind =, message =}.
M.exits = {
  done = 0,
  error = 1,
  usage = 2,
  setting = 2,
  changes = 3,
  guard = 7,
  interrupted = 130,
  pipe = 141,
}
-- The kinds of errors are read when the first one is named: most runs end without.
setmetatable(M.exits, {
  __index = function(exits, name)
    setmetatable(exits, nil)
    for _, row in ipairs(require("toggl.core").kinds) do
      exits[row.kind] = row.exit
    end
    return exits[name]
  end,
})

local STEP = "steps" -- -e and -l, in their order

-- Options that may be anywhere. Of the others, `early` ones must come before the script or job.
local SPEC = {
  eval = { kind = "string", short = "e", many = STEP, early = true, empty = true },
  library = { kind = "string", short = "l", many = STEP, early = true },
  interactive = { kind = "flag", short = "i", early = true },
  version = { kind = "flag", short = "v", early = true },
  help = { kind = "flag", short = "h" },
  sandbox = { kind = "integer", optional = true, least = 1 },
  profile = "string",
  org = "string",
  output = { "table", "csv", "tsv", "json", "jsonl", "markdown" },
  columns = "string",
  bom = "flag",
  trace = "flag",
  wait = { kind = "number", optional = true, least = 0 },
  ["max-requests"] = { kind = "integer", least = 0 },
  offline = "flag",
  refresh = "flag",
  yes = "flag",
  ["dry-run"] = "flag",
  names = { kind = { "people", "groups", "workspaces", "organizations" }, early = true },
  ["no-editor"] = { kind = "flag", early = true },
}

local at_job, at_prompt -- the name of the job, if it is one; at the prompt
-- The command whose --help explains a wrong word: the program, the job, or none.
local helper = "togglsh"

local function say(format, ...)
  io.stderr:write("togglsh: ", select("#", ...) > 0 and format:format(...) or format, "\n")
end

-- ------------------------------------------------------------------------------------------- words

local SECRET = "is not an option: every user of this machine can read a command line, "
  .. "and the shell keeps it; "
  .. "run togglsh auth login, or set TOGGL_API_TOKEN"

local function refuse_secrets(words)
  for _, word in ipairs(words) do
    if word == "--" then return end
    local name = word:match("^%-%-([%a-]+)")
    if name == "token" or name == "api-token" or name == "password" then
      options().fail("--%s %s", name, SECRET)
    end
  end
end

-- A job takes the options of togglsh after its name as well; the arguments of a script are its own.
local function read_job_words(o, rest)
  refuse_secrets(rest)
  local late = {}
  for name, entry in pairs(SPEC) do
    if not entry.early then late[name] = entry end
  end
  local more, words = options().read(rest, late, "pick")
  for name, value in pairs(more) do
    o[name] = value
  end
  return words
end

-- -------------------------------------------------------------------------------------------- jobs

local function find_job(host, name)
  local job, why = jobs().find(host, name)
  if job then return job end
  if why then
    helper = nil
    options().fail("%s", why)
  end
  options().fail("there is no job '%s'%s", name, jobs().hint(host, name))
end

local function help(host)
  local lines, told = { require "toggl.shell.usage", "\nJobs:\n" }, {}
  for _, name in ipairs(jobs().names(host)) do
    local job, why = jobs().find(host, name)
    if job then
      local first = jobs().help(job.text):match("^[^\n]*"):gsub("^togglsh [%w_-]+: ", "")
      lines[#lines + 1] = ("  %-12s %s\n"):format(name, first)
    elseif why and not told[why] then
      told[why] = true
      say("%s", screen.clean(why))
    end
  end
  io.stdout:write(screen.fold_lines(table.concat(lines)))
end

-- ---------------------------------------------------------------------------------- client and org

local function filled(s) return s ~= nil and s ~= "" and s or nil end

-- Create toggl, client and org when a script first names them. Other names stay nil, as in plain
-- Lua.
local function offer_globals(o)
  local makers = {
    toggl = function() return require "toggl" end,
    client = function() return account().client(o) end,
    org = function() return account().organization(o) end,
  }
  setmetatable(_G, {
    __index = function(t, name)
      local make = makers[name]
      local value = make and make() or nil
      if value ~= nil then rawset(t, name, value) end
      return value
    end,
  })
end

-- ------------------------------------------------------------------------------------- how it ends

local function speaks(err)
  local mt = getmetatable(err)
  return type(mt) == "table" and mt.__tostring ~= nil
end

-- Convert an error: error objects and sentences stay, mistakes get a traceback.
local function explain(err)
  if type(err) == "table" and type(err.kind) == "string" then return err end
  if speaks(err) then return { kind = "error", message = tostring(err) } end
  if type(err) == "string" or type(err) == "number" then
    local text = require("toggl.words.slip").explain(tostring(err))
    return { kind = "error", message = require("toggl.shell.trace").explain(text) }
  end
  local text = ("(error object is a %s value)"):format(type(err))
  return { kind = "error", message = require("toggl.shell.trace").of(text) }
end

-- The message handler. Without descriptors or memory, what explains an error cannot be loaded.
local function keep(err)
  local ok, kept = pcall(explain, err)
  return ok and kept or { kind = "error", message = tostring(err) }
end

local function tell(err, host)
  local ending = require "toggl.shell.ending"
  if host.interrupted() then return ending.interrupted(host, M.exits, say) end
  local status, more = ending.status(err, M.exits)
  if status ~= M.exits.pipe then
    local text = require("toggl.shell.verdict").text(err, at_job)
    local script = not at_job and rawget(err, "where")
    if script and not script:find "^%(command line%)" then text = script .. text end
    text = require("toggl.text.again").spell(text)
    say("%s", (text:gsub("[^\n\t]+", screen.clean)))
    if more then say("%s", more) end
  end
  if status == M.exits.usage and helper and err.kind ~= "setting" then
    say("%s --help lists what there is", helper)
  end
  return status
end

-- Return how many of the changes so far may have been made.
local function count_unknown()
  local core = package.loaded["toggl.core"]
  return core and select(2, core.changes()) or 0
end

-- Report ERR, and what kept the report from being whole. Returns the exit status.
local function report(err, host)
  local ok, status = pcall(tell, err, host)
  if ok then return status end
  local unknown = count_unknown()
  local what = type(err.message) == "string" and err.message or err.kind
  local why = type(status) == "string" and status or type(status)
  say("%s", screen.clean(what))
  if why ~= what then say("there is more to say, but %s", screen.clean(why)) end
  if unknown == 0 then return M.exits.error end
  say("%d of its changes may have been made; togglsh journal lists them", unknown)
  return 8
end

-- --------------------------------------------------------------------------------------------- run

local function load_chunk(chunk, why)
  if chunk then return chunk end
  error({ kind = "error", message = why }, 0)
end

-- Write TEXT; what is held or marked for an output format is known to show alone.
local function write(text)
  local show = package.loaded["toggl.text.show"]
  return (show and show.write or require "toggl.text.out")(text)
end

-- Set the global `arg`: [0] is the script, its words follow from 1; togglsh options are in it by
-- name.
local function set_arg(o, name, words)
  local arg = table.move(words, 1, #words, 1, { [0] = name })
  arg.yes, arg.dry_run = o.yes or false, o["dry-run"] or false
  arg.profile, arg.refresh = o.profile, o.refresh or false
  _G.arg = arg
end

-- Show what code returned, as the prompt does. nil and an error end the run as if raised.
local function show_returned(results)
  local second = results[2]
  if results[1] == nil and type(second) == "table" and second.kind then error(second, 0) end
  if results.n == 0 then return end
  local values = require "toggl.shell.values"
  for i = 1, values.told(results) do
    write(values.text(results[i]))
  end
end

-- WORKED: for a prompt after it, the code that the steps are.
local function run_steps(o, worked)
  for _, step in ipairs(o.steps or {}) do
    local how, text = step[1], step[2]
    if how == "library" then
      local global, name = text:match "^([^=]+)=(.+)$"
      name = name or text
      if name:find "^toggl%." then require "toggl" end -- it knows where its parts are
      _G[global or text] = require(name)
      worked[#worked + 1] = ("_G[%q] = require %q"):format(global or text, name)
    else
      worked[#worked + 1] = text
      show_returned(table.pack(load_chunk(load(text, "=(command line)"))()))
    end
  end
end

local function set_output(o, host)
  if o.columns or o.bom or (o.output or "table") ~= "table" then
    local show = require "toggl.text.show"
    show.format, show.columns, show.bom = o.output or "table", o.columns, o.bom
  end
  local window = host.isatty(1)
  local plain = filled(os.getenv "NO_COLOR") or os.getenv "TERM" == "dumb"
  screen.terminal = {
    window = window,
    width = window and host.width(1) or nil,
    colour = window and not plain,
    asks = host.isatty(0) and host.isatty(2),
    ask_secret = host.ask_secret,
  }
end

-- Resolve the first word: standard input, a script, or a job. The options after a job's name are
-- read before anything runs, so that they hold for all of it.
local function read_target(o, word, rest, host)
  local script = word == "-" or word:find("%.lua$") or word:find("/", 1, true)
  if script then
    options().of_togglsh = SPEC
    if rest[1] then require("toggl.shell.warnings").of_words(o, word, rest) end
    return { name = word, path = word, words = rest }
  end
  local job = find_job(host, word)
  helper = "togglsh " .. word
  return { name = word, job = job, words = read_job_words(o, rest) }
end

-- Let `require` find modules beside a script. Installed jobs use the public module alone.
local function look_beside(target, host)
  if not target.job then
    host.beside(target.path)
  elseif target.job.own then
    host.beside(target.job.path, true)
  end
end

-- What io.read returns; at the end of a file that is nil without a reason.
local function read_input(format)
  local text, why = io.read(format)
  if why then
    error({ kind = "setting", message = "standard input cannot be read: " .. tostring(why) }, 0)
  end
  return text
end

local function load_target(target)
  local job = target.job
  if job then return load_chunk(load(job.text:gsub("^#[^\n]*", ""), "@" .. job.path, "t")) end
  if target.name == "-" then return load_chunk(load(read_input "a", "=stdin")) end
  return load_chunk(loadfile(target.path))
end

-- On a terminal a pager shows what a job writes; nothing is loaded for that elsewhere.
local function hold_output(host)
  if host.isatty(1) then require("toggl.shell.pager").hold(host) end
end

local function finish_output(host, whole)
  local pager = package.loaded["toggl.shell.pager"]
  if pager then pager.finish(host, whole) end
end

local function run_target(o, target, host)
  set_output(o, host) -- again: a job takes these options after its name as well
  if target.job and o.help then
    hold_output(host)
    write(screen.fold_lines(jobs().help(target.job.text)))
    return finish_output(host, true)
  end
  at_job = target.job and target.name
  if not target.job then helper = nil end -- later usage errors are the script's own
  set_arg(o, target.name, target.words)
  local chunk = load_target(target)
  if at_job then hold_output(host) end
  if at_job then collectgarbage "generational" end -- of 100,000 people: a tenth less time, memory
  chunk(table.unpack(target.words))
  finish_output(host, true)
end

-- Apply --dry-run, --sandbox, --profile and the warning style to every client of this process,
-- including those that a script creates itself.
local function obey_everywhere(o)
  if o["max-requests"] then require("toggl.core").limit_requests(o["max-requests"]) end
  package.loaded["toggl.config.host"] = function(settings) account().obey(o, settings) end
end

-- A list of this run may have been incomplete, or have held values of a wrong type: a warning has
-- reported it. A script can inspect the list; for a job only the status reports it.
local function end_partial(status)
  local loaded, holes = package.loaded, 0 -- nothing more: perhaps no file can be opened any more
  if loaded["toggl.core"] then holes = loaded["toggl.core"].holes() end
  if loaded["toggl.pages"] then holes = holes + loaded["toggl.pages"].incomplete end
  if loaded["toggl.text.listing"] then holes = holes + loaded["toggl.text.listing"].misfits end
  return at_job and holes > 0 and status == M.exits.done and M.exits.partial or status
end

-- Print the summary of a dry run, and return the status that STATUS becomes by it.
local function end_dry_run(status)
  local dry = package.loaded["toggl.shell.dry"]
  local sentence = dry and dry.sentence()
  if sentence then say("%s", sentence) end
  return sentence and status == M.exits.done and not at_prompt and M.exits.changes or status
end

-- End the calls in flight where a run ends by itself with STATUS, after BEFORE changes of unknown
-- outcome. Returns its status: 8 after a report where a change was among them.
local function end_in_flight(status, before)
  local core = package.loaded["toggl.core"]
  if core then core.close_all() end
  if count_unknown() == before then return status end
  return require("toggl.shell.ending").in_flight(M.exits, say)
end

-- print raises when the reader has closed the pipe. A terminal gets escapes in spelled form, since
-- names come from other people; io.write writes bytes unchanged. os.exit closes everything that is
-- open, and reports lost output.
local function mind_output(host)
  local exit = os.exit
  function print(...) -- luacheck: ignore 121
    local texts = table.pack(...)
    for i = 1, texts.n do
      texts[i] = tostring(texts[i])
    end
    local line = table.concat(texts, "\t")
    if host.isatty(1) then line = line:gsub("[^\n\t]+", screen.clean) end
    write(line .. "\n")
  end
  function os.exit(code, close) -- luacheck: ignore 122
    finish_output(host, true)
    local lost = host.finish()
    if code == nil or code == true then code = 0 end
    if lost ~= 0 and (code == 0 or code == M.exits.changes) then code = lost end
    if close ~= false then code = end_in_flight(code, count_unknown()) end
    exit(end_dry_run(end_partial(code)), close ~= false)
  end
end

-- The prompt must exist before the client that asks it.
local function prepare_prompt(o, host)
  local prompt = require "toggl.shell.prompt"
  local self = {
    host = host,
    writes = o.yes or false,
    offline = o.offline or false,
    edit = not o["no-editor"],
  }
  o.confirm = prompt.confirm(self)
  return self
end

-- The prompt starts even when the client cannot be created; a fault in a settings file ends the
-- run.
local function start_prompt(o, self)
  local made, why = pcall(function()
    self.account = account().name(o)
    return _G.client
  end)
  if not made and type(why) == "table" and why.kind == "setting" then error(why, 0) end
  self.wait = o.wait or false
  account().choice = ":org NAME"
  screen.terminal.prompt = true
  self.account, self.dry, at_prompt = self.account or "toggl", o["dry-run"], true
  self.organization = o.org
    or o.profile_org
    or o.sandbox and "Acme"
    or account().key_of_environment()
  if not made then self.problem = type(why) == "table" and why.message or tostring(why) end
  require("toggl.shell.prompt").start(self)
end

local function run(words, host)
  refuse_secrets(words)
  local o, rest = {}, {}
  if #words > 0 then
    o, rest = options().read(words, SPEC, "stop")
  end
  screen.run = o
  local word = table.remove(rest, 1)
  if o.version then
    local library = require "toggl"
    return print(
      ("togglsh %s, %s, SQLite %s"):format(
        library._VERSION,
        _VERSION,
        require("toggl.core").sqlite_version
      )
    )
  end
  set_output(o, host)
  if o.help and not word then return help(host) end
  if o.names then return require("toggl.shell.shelves").print(o.names, account(), o) end
  local prompt = (o.interactive or not word and not o.steps) and prepare_prompt(o, host)
  if not word and not o.steps and not o.interactive and not host.isatty(0) then
    prompt, word = nil, "-"
  end
  local target = word and read_target(o, word, rest, host)
  if target and target.name ~= "-" then look_beside(target, host) end
  obey_everywhere(o)
  o.watched = host.isatty(2) and host
  offer_globals(o)
  set_arg(o, "togglsh", {})
  local worked = {}
  run_steps(o, worked)
  if target then run_target(o, target, host) end
  if prompt then
    prompt.worked = worked
    start_prompt(o, prompt)
  end
end

-- Close the clients before the status is final: a failing close is an error of the run.
local function close_client()
  local client = rawget(_G, "client")
  if type(client) == "userdata" and client.close then client:close() end
end

--- Run the command line WORDS; WORDS[0] is the program. Returns the exit status.
function M.main(words, host)
  mind_output(host)
  local ok, err = host.guard(run, keep, words, host)
  if not ok then finish_output(host, false) end
  local status = ok and not host.ending() and M.exits.done or report(err, host)
  local before = count_unknown()
  ok, err = xpcall(close_client, keep)
  if not ok and status == M.exits.done then status = report(err, host) end
  status = end_in_flight(status, before)
  local warnings = package.loaded["toggl.shell.warnings"]
  if warnings then warnings.say() end
  return end_dry_run(end_partial(status))
end

return M
