-- Run each example of the README, the guides, the rows of operations and the rows of methods, in
-- its own sandbox with the globals `client`, `org` and `toggl` of togglsh.
--
-- In a Markdown file an example is a block that starts with ```lua. A line `<!-- no-run: reason
-- -->` before it excludes it, and the reason is printed. If a comment in it says `togglsh NAME.lua
-- WORDS`, these words are in `arg`.
--
-- Each example sends the count of requests in spec/fixtures/examples.lua, without the one that
-- finds `org`. TOGGL_WRITE=1 lua5.4 /usr/bin/busted spec/examples_spec.lua writes that file: review
-- the difference.
--
-- The ```console blocks of a file are one session at the prompt: the spec types their input, no
-- line may fail, and the output shown must appear in its order.
local helper = require "spec.helper"

assert(require("toggl.task").pollfd()) -- an example creates it; the scheduler keeps it
helper.keep_descriptors()

local methods = require "toggl.words.methods"
local toggl = require "toggl"

local read = helper.read

-- Return the blocks of a file: {code, line, reason not to run it}.
local function blocks_of(path)
  local blocks, number, open, reason = {}, 0, nil, nil
  for line in (read(path) .. "\n"):gmatch "([^\n]*)\n" do
    number = number + 1
    if open and line == "```" then
      blocks[#blocks + 1] = { code = table.concat(open, "\n"), line = open.line, reason = reason }
      open, reason = nil, nil
    elseif open then
      open[#open + 1] = line
    elseif line == "```lua" then
      open = { line = number + 1 }
    elseif line ~= "" then
      reason = line:match "^<!%-%- no%-run: (.-) %-%->$"
    end
  end
  assert(not open, path .. ": a block does not end")
  return blocks
end

-- Return the input at the prompts of a file, and the output that it shows.
local function sitting_of(path)
  local typed, shown, inside = {}, {}, false
  for line in read(path):gmatch "[^\n]+" do
    if line == "```console" then
      inside = true
    elseif line:find "^```" then
      inside = false
    elseif inside then
      local words = line:match "^sandbox:Acme> (.*)$"
      table.insert(words and typed or shown, words or line)
    end
  end
  return typed, shown
end

local check_requests -- defined below

local function sit(typed, shown, path_of)
  local path = os.tmpname()
  do
    local file <close> = assert(io.open(path, "w"))
    file:write(table.concat(typed, "\n"), "\n")
  end
  local folder = helper.scratch()
  local home = { HOME = folder, XDG_CACHE_HOME = "", XDG_CONFIG_HOME = "", XDG_STATE_HOME = "" }
  local line = ("%s/togglsh --sandbox --yes --no-editor -i <%s"):format(helper.build, path)
  local out, err, status = helper.run(home, "bash", "-c", line)
  os.remove(path)
  helper.remove(folder)
  assert.equal(0, status)
  assert.equal("", (err:gsub("%(%d+ requests?%)\n", "")))
  local sent = 0
  for n in err:gmatch "%((%d+) requests?%)\n" do
    sent = sent + tonumber(n)
  end
  check_requests(path_of .. ": the prompt", sent)
  local at = 1
  for _, text in ipairs(shown) do
    local _, last = out:find(text, at, true)
    at = assert(last, ("'%s' does not come in:\n%s"):format(text, out)) + 1
  end
end

local function words_of(code)
  local arg = {}
  for word in (code:match "togglsh [%w_-]+%.lua ([^\n]*)" or ""):gmatch "%S+" do
    arg[#arg + 1] = word
  end
  return arg
end

-- toggl.client, counting in SENT.n the requests of the clients that an example opens itself.
local function counting(sent)
  return function(options)
    local o = {}
    for name, value in pairs(options or {}) do
      o[name] = value
    end
    o.log = o.log
      or function(event)
        if event.type == "request" then sent.n = sent.n + 1 end
      end
    return toggl.client(o)
  end
end

-- Return the globals of an example: those of Lua and of togglsh. Its output is dropped. SENT: for
-- counting.
local function world(client, org, sent)
  local quiet = { text = toggl.show.text, rows = toggl.show.rows }
  for _, name in ipairs { "write", "print", "flush" } do
    quiet[name] = function() end
  end
  local module = setmetatable({ show = quiet, client = counting(sent) }, { __index = toggl })
  local io_quiet = setmetatable(
    { stdout = { write = function(self) return self end } },
    { __index = io }
  )
  local env = { client = client, org = org, toggl = module, print = function() end, io = io_quiet }
  env._G = env
  env.require = function(name) return name == "toggl" and module or require(name) end
  return setmetatable(env, { __index = _G })
end

local FIXTURE = "spec/fixtures/examples.lua"
local expected, found = dofile(FIXTURE), {}

-- Check that the example KEY, which sent N requests, sends as many as the fixture says.
function check_requests(key, n)
  found[key] = n
  if os.getenv "TOGGL_WRITE" then return end
  local text = "%s sends %d requests, and %s has %s for it; to write that file: "
    .. "TOGGL_WRITE=1 lua5.4 /usr/bin/busted spec/examples_spec.lua"
  assert(expected[key] == n, text:format(key, n, FIXTURE, expected[key] or "nothing"))
end

-- Return a name of a block that does not change when lines move: its file and first line of code.
local function key_of(path, code)
  local line = code:match "^%s*([^\n]*)"
  return ("%s: %s"):format(path, line:sub(1, 60))
end

-- Return TEXT as a literal in the quotes that stylua leaves.
local function quoted(text)
  local literal = ("%q"):format(text)
  if not text:find '"' or text:find "'" then return literal end
  return "'" .. literal:sub(2, -2):gsub('\\"', '"') .. "'"
end

local function write_fixture()
  local keys = {}
  for key in pairs(found) do
    keys[#keys + 1] = key
  end
  table.sort(keys)
  local lines =
    { "-- Requests of each example; spec/examples_spec.lua writes this file.", "return {" }
  for _, key in ipairs(keys) do
    lines[#lines + 1] = ("  [%s] = %d,"):format(quoted(key), found[key])
  end
  helper.write(FIXTURE, table.concat(lines, "\n") .. "\n}\n")
end

local function run(name, code, arg, key)
  local server <close> = helper.sandbox { people = 12 }
  local options = { on_error = "raise", cache = ":memory:", state = ":memory:", retries = 3 }
  local client <close> = helper.client(server, options)
  local own = { n = 0 }
  local globals = world(client, client:organization "Acme", own)
  local chunk = assert(load(code, "=" .. name, "t", globals))
  local before, sent = rawget(_G, "arg"), server:requests()
  rawset(_G, "arg", arg or {}) -- a global of the program, which the module reads too
  local ok, err = pcall(chunk)
  rawset(_G, "arg", before)
  if not ok then error(("%s: %s"):format(name, tostring(err)), 0) end
  check_requests(key or name, server:requests() - sent + own.n)
end

local function guides()
  local paths = { "README.md" }
  local pipe = assert(io.popen "ls doc/*.md")
  for path in pipe:lines() do
    -- the reference repeats the examples of the rows
    if path ~= "doc/reference.md" then paths[#paths + 1] = path end
  end
  pipe:close()
  return paths
end

describe("examples", function()
  teardown(function()
    if os.getenv "TOGGL_WRITE" then write_fixture() end
  end)

  for _, path in ipairs(guides()) do
    local typed, shown = sitting_of(path)
    if typed[1] then
      it("at the prompt of " .. path .. " work", function() sit(typed, shown, path) end)
    end
    for _, block in ipairs(blocks_of(path)) do
      local name = ("%s:%d"):format(path, block.line)
      if block.reason then
        pending(("of %s is not run: %s"):format(name, block.reason))
      else
        local key = key_of(path, block.code)
        it("of " .. name .. " run", function() run(name, block.code, words_of(block.code), key) end)
      end
    end
  end

  for _, op in ipairs(toggl.operations) do
    it("of " .. op.name .. " runs", function() run(op.name, (assert(op.example, "no example"))) end)
  end

  for _, row in ipairs(methods) do
    local name = row.class .. "." .. row.name
    it("of " .. name .. " runs", function() run(name, (assert(row.example, "no example"))) end)
  end

  it("are what the reference shows", function()
    local reference = read "doc/reference.md"
    for _, rows in ipairs { toggl.operations, methods } do
      for _, row in ipairs(rows) do
        assert.is_truthy(
          reference:find(("```lua\n%s\n```"):format(row.example), 1, true),
          row.example
        )
      end
    end
  end)
end)
