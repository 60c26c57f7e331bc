-- lua5.4 scripts/dev/types.lua prepare FOLDER ROOT   write the input of the analyzer
-- lua5.4 scripts/dev/types.lua judge FOLDER ROOT     compare its findings with the expected ones
--
-- FOLDER/program is a workspace with the types of lua/toggl/meta.lua, in FOLDER/library as in an
-- installed tree; FOLDER/script is one with the types for togglsh. Both get files of spec/types and
-- Lua blocks of README.md: those that require the module are programs, the others and the jobs are
-- scripts. FOLDER/NAME.json is the output of the analyzer.
--
-- In spec/types/bad*.lua the analyzer must find each line that ends in a comment `--! why`, and no
-- other; in all other files it must find nothing.

local json = require "cjson"

local WORKSPACES = {
  { name = "program" },
  { name = "script", library = "share/lls/togglsh/library" },
}

local function read(path)
  local file <close> = assert(io.open(path, "rb"))
  return (assert(file:read "a"))
end

local function write(path, text)
  local file <close> = assert(io.open(path, "wb"))
  assert(file:write(text))
end

local function files(root, pattern)
  local list = {}
  local pipe <close> = assert(io.popen(("cd '%s' && ls %s"):format(root, pattern)))
  for path in pipe:lines() do
    list[#list + 1] = path
  end
  assert(list[1], "no file matches " .. pattern)
  return list
end

-- Return the Lua blocks of a Markdown file, each after empty lines that keep its line numbers.
local function blocks(text)
  local list, open, number = {}, nil, 0
  for line in text:gmatch "([^\n]*)\n" do
    number = number + 1
    if open and line == "```" then
      list[#list + 1] = table.concat(open, "\n") .. "\n"
      open = nil
    elseif open then
      open[#open + 1] = line
    elseif line == "```lua" then
      open = { ("\n"):rep(number - 1) }
    end
  end
  return list
end

-- Return {[workspace] = {[name of the copy] = source file}}.
local function sources(root)
  local from = { program = {}, script = {} }
  local function add(path, text)
    local of = text:find 'require "toggl"' and "program" or "script"
    local name = path:gsub("[/.]", "_")
    while from[of][name .. ".lua"] do
      name = name .. "_"
    end
    from[of][name .. ".lua"] = { path = path, text = text }
  end
  for _, path in ipairs(files(root, "spec/types/*.lua scripts/*.lua")) do
    add(path, read(root .. "/" .. path))
  end
  for _, text in ipairs(blocks(read(root .. "/README.md"))) do
    add("README.md", text)
  end
  return from
end

-- As CMakeLists.txt installs the types for programs.
local function install(folder, root)
  local to, from = folder .. "/library", root .. "/" .. WORKSPACES[2].library
  local copy = "rm -rf '%s' && mkdir -p '%s' && cp -r '%s/toggl' '%s'"
  assert(os.execute(copy:format(to, to, from, to)))
  write(to .. "/toggl.lua", read(root .. "/lua/toggl/meta.lua"))
  return to
end

local function prepare(folder, root)
  local from, installed = sources(root), install(folder, root)
  for _, workspace in ipairs(WORKSPACES) do
    local path = folder .. "/" .. workspace.name
    assert(os.execute(("rm -rf '%s' && mkdir -p '%s'"):format(path, path)))
    write(
      path .. "/.luarc.json",
      json.encode {
        ["runtime.version"] = "Lua 5.4",
        ["workspace.library"] = {
          workspace.library and root .. "/" .. workspace.library or installed,
        },
      }
    )
    for name, source in pairs(from[workspace.name]) do
      write(path .. "/" .. name, source.text)
    end
  end
end

-- Return {[line number] = first finding}.
local function found_in(diagnostics)
  local at = {}
  for _, d in ipairs(diagnostics or {}) do
    local line = d.range.start.line + 1
    at[line] = at[line] or ("%s [%s]"):format(d.message:gsub("%s+$", ""), d.code)
  end
  return at
end

local function judge_file(source, diagnostics)
  local at, number, good, bad = found_in(diagnostics), 0, 0, 0
  local marks = source.path:find "^spec/types/bad"
  for line in source.text:gmatch "([^\n]*)\n" do
    number = number + 1
    local marked = marks and line:find "%-%-! "
    if marked and not at[number] then
      print(("%s:%d: the analyzer finds nothing: %s"):format(source.path, number, line))
    elseif at[number] and not marked then
      print(("%s:%d: %s"):format(source.path, number, at[number]))
    end
    if (at[number] ~= nil) ~= (marked and true or false) then
      bad = bad + 1
    elseif marked then
      good = good + 1
    end
  end
  return good + (not marks and bad == 0 and 1 or 0), bad
end

local function judge(folder, root)
  local from, passed, failed = sources(root), 0, 0
  for _, workspace in ipairs(WORKSPACES) do
    local by_name = {}
    for _, file in ipairs(json.decode(read(("%s/%s.json"):format(folder, workspace.name)))) do
      by_name[file.file:match "[^/]+$"] = file.diagnostics
    end
    for name, source in pairs(from[workspace.name]) do
      local good, bad = judge_file(source, by_name[name])
      passed, failed = passed + good, failed + bad
    end
  end
  print(("%d passed, %d failed"):format(passed, failed))
  return failed == 0
end

local command, folder, root = table.unpack(arg)
if command == "prepare" then
  prepare(folder, root)
elseif command == "judge" then
  os.exit(judge(folder, root))
else
  io.stderr:write "usage: lua5.4 scripts/dev/types.lua prepare|judge FOLDER ROOT\n"
  os.exit(2)
end
