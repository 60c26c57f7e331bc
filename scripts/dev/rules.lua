-- lua5.4 scripts/dev/rules.lua layers|sizes|circles|words|commits: check the project rules that no
-- compiler checks. Print a line for each violation, and the number of files read; exit with 1 if
-- there were any.

local LONGEST_FUNCTION, LONGEST_FILE, LONGEST_SUBJECT, WIDEST = 60, 500, 72, 100
local FIRST_COMMIT = "487fb67" -- the rule for subjects applies to the commits after this one

-- Headers that each room may include, by the beginning of their names; "own" is every header of the
-- room itself.
local ROOMS = {
  toggl = { "own" },
  http = {
    "own",
    "toggl.h",
    "core/transport.h",
    "core/buf.h",
    "core/clock.h",
    "core/control.h",
    "curl/",
    "zlib.h",
  },
  bind = {
    "own",
    "toggl.h",
    "core/clock.h",
    "core/control.h",
    "core/fold.h",
    "lua.h",
    "lauxlib.h",
    "lualib.h",
  },
  sandbox = { "own", "other_lua.h", "lua.h", "lauxlib.h", "microhttpd.h", "sqlite3.h", "zlib.h" },
  host = {
    "own",
    "toggl.h",
    "bind/compiled.h",
    "lua.h",
    "lauxlib.h",
    "lualib.h",
    "lua-cjson.h",
    "keyutils.h",
  },
  edit = { "own", "host/term.h", "histedit.h" },
}

-- Libraries that belong to some rooms only; every other header in <> is the system's and free to
-- all.
local LIBRARIES = {
  ["lua"] = "bind sandbox host",
  ["lauxlib"] = "bind sandbox host",
  ["lualib"] = "bind sandbox host",
  ["curl"] = "http",
  ["microhttpd"] = "sandbox",
  ["zlib"] = "http sandbox",
  ["sqlite3"] = "core sandbox",
  ["histedit"] = "edit",
  ["keyutils"] = "host",
}

local circles = dofile "scripts/dev/circles.lua"
local list = circles.list

local problems, files = 0, 0

local function complain(file, line, text, ...)
  problems = problems + 1
  print(("%s:%d: " .. text):format(file, line, ...))
end

local function read(path)
  local f <close> = assert(io.open(path))
  return f:read "a"
end

-- Return the folders of the core from the lowest up, and those that each may include, as in
-- CMakeLists.txt. A folder may include only folders before it.
local function floors()
  local text, order, sees = read "CMakeLists.txt", {}, {}
  for name in text:match("set%(TG_CORE_FLOORS ([^)]+)%)"):gmatch "%S+" do
    local seen = text:match("set%(TG_SEES_" .. name .. " ([^)]*)%)") or ""
    sees[name] = { [name] = true }
    for below in seen:gmatch "%S+" do
      if not order[below] then
        complain("CMakeLists.txt", 1, "core/%s sees core/%s, which stands above it", name, below)
      end
      sees[name][below] = true
    end
    order[name] = true
  end
  return sees
end

local function allowed(room, header)
  for _, start in ipairs(ROOMS[room]) do
    if start == header or start:sub(-1) == "/" and header:sub(1, #start) == start then
      return true
    end
  end
end

local function exists(path)
  local f = io.open(path)
  return f and f:close()
end

-- Return the folder of the core that has this header, or nil.
local function floor_of(header, sees)
  for floor in pairs(sees) do
    if exists(("csrc/core/%s/%s"):format(floor, header)) then return floor end
  end
end

local function check_floor(file, n, floor, header, sees)
  local other = floor_of(header, sees)
  if not other then
    return header == "toggl.h" or complain(file, n, "%s is no header of the core", header)
  end
  if not sees[floor][other] then
    complain(file, n, "core/%s may not see core/%s (%s)", floor, other, header)
  end
end

local function check_include(file, n, room, floor, header, quoted, sees)
  local library = LIBRARIES[header:match("^[^./]+")]
  if header:find("..", 1, true) then
    complain(file, n, '"%s" climbs out of its folder', header)
  elseif library then
    if not (" " .. library .. " "):find(" " .. room .. " ", 1, true) then
      complain(file, n, "%s is not for csrc/%s", header, room)
    end
  elseif quoted and room == "core" then
    check_floor(file, n, floor, header, sees)
  elseif
    quoted
    and not exists(("csrc/%s/%s"):format(room, header))
    and not allowed(room, header)
  then
    complain(file, n, "csrc/%s may not see %s", room, header)
  end
end

-- The rooms of lua/toggl from the lowest up; files outside of folders are the library. A file may
-- require its own room and those below. `require` inside a function counts as well.
local LUA_ROOMS = { "text", "config", "library", "words", "plan", "shell", "scripts" }
local LUA_FLOOR = {}
for i, room in ipairs(LUA_ROOMS) do
  LUA_FLOOR[room] = i
end

-- Intended exceptions, each with its reason.
local LUA_UPWARDS = {
  ["toggl.module toggl.words.check"] = "the rows of a part say what its functions accept",
  ["toggl.module toggl.plan"] = "toggl.plan is a part of the module",
  ["toggl.module toggl.words.slip"] = "wires what a task makes of a mistake",
  ["toggl.module toggl.words.help"] = "toggl.help is a part of the module",
}

local function lua_room(module)
  local room = module:match "^toggl%.(%w+)" or "library"
  return LUA_FLOOR[room] and room or "library"
end

-- Add the names of modules in the strings of a line. A module may be required by a table of names,
-- so every string counts, except the name of a class (`class = "toggl.csv"`, `__name = "toggl.x"`).
-- `"toggl.class." .. name` counts as each module of the folder.
local function needs_of(line, add)
  local code = line:gsub("^%s*%-%-.*", "")
  for _, name in ipairs { "class[%w_]*", "__name" } do
    code = code:gsub(name .. "%s*=*%s*[\"']toggl[%w_.]*[\"']", "")
  end
  for module in code:gmatch "[\"'](toggl[%w_.]*)[\"']" do
    local folder = module:match "^(.*)%.$"
    local command = folder and ("ls lua/%s/*.lua"):format(folder:gsub("%.", "/"))
    for _, file in ipairs(command and list(command) or {}) do
      add(file:match "^lua/(.*)%.lua$":gsub("/", "."))
    end
    add(module)
  end
end

-- Return the modules of lua/toggl and the jobs: {name = {file =, needs = {{name, line}, ...}}}.
local function lua_modules()
  local modules = {}
  for _, file in ipairs(list "find lua/toggl scripts -name '*.lua' -not -path '*/dev/*' | sort") do
    local name = file:gsub("^lua/", ""):gsub("%.lua$", ""):gsub("/", ".")
    local n, needs = 0, {}
    for line in io.lines(file) do
      n = n + 1
      needs_of(line, function(module) needs[#needs + 1] = { module, n } end)
    end
    if not file:find "meta%.lua$" then modules[name] = { file = file, needs = needs } end
  end
  modules.toggl, modules["toggl.init"] = modules["toggl.init"], nil
  for _, room in ipairs(LUA_ROOMS) do
    local init = "toggl." .. room .. ".init"
    modules["toggl." .. room], modules[init] = modules[init], nil
  end
  return modules
end

-- A job may require the public module alone; a module of lua/toggl only its own room and below.
local function check_requires(name, module, modules)
  local job = name:find "^scripts%."
  for _, need in ipairs(module.needs) do
    local other, line = need[1], need[2]
    if job and other ~= "toggl" then
      complain(module.file, line, "a job stands on the public module alone, not on %s", other)
    elseif
      not job
      and modules[other]
      and LUA_FLOOR[lua_room(other)] > LUA_FLOOR[lua_room(name)]
      and not LUA_UPWARDS[name .. " " .. other]
    then
      complain(
        module.file,
        line,
        "%s may not see %s: %s stands above",
        name,
        other,
        lua_room(other)
      )
    end
  end
end

-- The planner is a pure function of its arguments: what it requires, directly or not, reads no
-- clock, file or server. Of the core it may use these.
local PURE_ROOT = "toggl.plan.planner"
local PURE = { ["core.fold"] = true, ["core.null"] = true, ["core.operations"] = true }
PURE["core.misuse"], PURE["core.is_list"], PURE["core.distance"] = true, true, true
local IMPURE = { "%f[%w]io%.", "os%.[^d]%w+", 'os%.date%([^"]', 'os%.date%("[^!]', "client%(" }

local function check_pure_line(file, n, line)
  local code = line:gsub("%-%-.*", "")
  for _, pattern in ipairs(IMPURE) do
    local found = code:match(pattern)
    if found then complain(file, n, "the planner is pure, and may not use %s", found) end
  end
  for use in code:gmatch "%f[%w]core%.[%w_]+" do
    if not PURE[use] and not code:find('"', 1, true) then
      complain(file, n, "the planner is pure, and may not use %s", use)
    end
  end
end

local function check_pure(modules)
  local open, seen = { PURE_ROOT }, { [PURE_ROOT] = true }
  for _, name in ipairs(open) do
    local module, n = modules[name], 0
    for line in io.lines(module and module.file or "/dev/null") do
      n = n + 1
      check_pure_line(module.file, n, line)
    end
    for _, need in ipairs(module and module.needs or {}) do
      if not seen[need[1]] and need[1] ~= "toggl.text.standard" then
        open[#open + 1], seen[need[1]] = need[1], true
      end
    end
  end
  if #open < 5 then complain("scripts/dev/rules.lua", 1, "%s has no modules", PURE_ROOT) end
end

local commands = {}

function commands.layers()
  local sees = floors()
  for _, file in ipairs(list "find csrc -name '*.[ch]' -path 'csrc/*/*' | sort") do
    local room, floor = file:match("^csrc/([^/]+)/([^/]+)")
    local n = 0
    files = files + 1
    for line in io.lines(file) do
      n = n + 1
      local mark, header = line:match('^%s*#%s*include%s*([<"])([^">]+)')
      if header then check_include(file, n, room, floor, header, mark == '"', sees) end
    end
  end
  local modules = lua_modules()
  for name, module in pairs(modules) do
    files = files + 1
    check_requires(name, module, modules)
  end
  check_pure(modules)
end

-- A comment broken by the formatter has a star and a word in the first column.
local function check_comments(file)
  local n = 0
  for line in io.lines(file) do
    n = n + 1
    if line:find "^%*%a" then complain(file, n, "a torn comment: %s", line) end
  end
end

-- Tables of facts, which may be longer than a file with code.
local TABLES = { "/ops[%w_]*%.c$", "/models[%w_]*%.c$", "^spec/fixtures/" }

local function is_table(file)
  for _, pattern in ipairs(TABLES) do
    if file:find(pattern) then return true end
  end
end

-- clang-format puts only the braces of functions alone into the first column. Functions of C tests
-- are lists of cases, and may be longer.
local function check_lengths(file)
  local n, head, start = 0, "", nil
  for line in io.lines(file) do
    n = n + 1
    if line == "{" then
      start = n
    elseif line == "}" and start then
      if n - start > LONGEST_FUNCTION and not file:find "^spec/c/" then
        local name = head:match("([%w_]+)%(") or head
        complain(file, start, "%s: %d lines, %d are the most", name, n - start, LONGEST_FUNCTION)
      end
      start = nil
    elseif line:find("^[%a]") then
      head = line
    end
  end
  if n > LONGEST_FILE and not is_table(file) then
    complain(file, n, "%d lines, %d are the most for anything but data", n, LONGEST_FILE)
  end
end

local function check_width(file)
  local n = 0
  for line in io.lines(file) do
    n = n + 1
    local width = utf8.len(line) or #line
    if width > WIDEST then complain(file, n, "%d columns, %d are the most", width, WIDEST) end
  end
end

function commands.sizes()
  for _, file in ipairs(list "find csrc lua spec -name '*.[ch]' -o -name '*.lua' | sort") do
    if not file:find("meta%.lua$") then
      files = files + 1
      check_lengths(file)
      if file:find "%.[ch]$" then check_comments(file) end
    end
  end
  -- Lua that is generated, a style sheet, or shell code in strings may be wider.
  local wide = { "lua/toggl/meta.lua", "lua/toggl/text/style.lua", "writers/completion" }
  local narrow = list "find csrc -name '*.sql' -o -name '*.[ch]' | sort"
  for _, file in ipairs(list "find lua scripts -name '*.lua' | sort") do
    local checked = true
    for _, part in ipairs(wide) do
      checked = checked and not file:find(part, 1, true)
    end
    if checked then narrow[#narrow + 1] = file end
  end
  for _, file in ipairs(narrow) do
    files = files + 1
    check_width(file)
  end
end

-- The one circle allowed: a list holds records, and a field of a record may be a list.
local ALLOWED_CIRCLE = "csrc/bind/list.c csrc/bind/record.c"

local function report_circles(what, found)
  for _, circle in ipairs(found) do
    local members = table.concat(circle, " ")
    local known = members == ALLOWED_CIRCLE
    print(("%s circle, %s: %s"):format(what, known and "allowed" or "not allowed", members))
    if not known then problems = problems + 1 end
  end
  print(("%d circles of %s"):format(#found, what))
end

-- Read the objects of the build: `build`, or the folder in TOGGL_BUILD. Status 77 without any.
function commands.circles()
  local found, n = circles.c(os.getenv "TOGGL_BUILD" or "build")
  if n == 0 then
    print "no objects: build first"
    os.exit(77)
  end
  report_circles("C", found)
  local edges = {}
  for name, module in pairs(lua_modules()) do
    n, edges[name] = n + 1, {}
    for _, need in ipairs(module.needs) do
      if need[1] ~= name then edges[name][need[1]] = true end
    end
  end
  report_circles("Lua", circles.of(edges))
  files = n
end

-- Words that hide who acts, or are a picture where the field has a term: "caller", "server",
-- "another process", "in flight", "reported". Whole words, in any case.
local DIALECT = {
  "whoever",
  "whom",
  "somebody",
  "nobody",
  "anybody",
  "everybody",
  "told of",
  "is told",
  "are told",
  "under way",
  "wants a",
  "wants an",
  "wants the",
  "wants to",
  "wants it",
  "wants them",
  "refuses to",
  "takes care of",
  "set aside",
  "anew",
  "has no say",
  "minded",
}
-- Places where one of them is correct: a pattern for the line, and why.
local NOT_DIALECT = {
  { "CURLOPT_.*NOBODY", "a name of libcurl" },
  { "nobody@", "an address in an example" },
  { "chown nobody", "a user of the system" },
  { "belongs to nobody", "that user" },
  { "lists or w.nts", "a variable" },
  { '^  "[%l ]+",$', "this list" },
  { '^%s*{"', "this list of exceptions" },
}

local function is_excepted(line)
  for _, exception in ipairs(NOT_DIALECT) do
    if line:find(exception[1]) then return true end
  end
end

local function check_words(file)
  local n = 0
  for line in io.lines(file) do
    n = n + 1
    local text = " " .. line:lower():gsub("[^%w]+", " ") .. " "
    for _, word in ipairs(DIALECT) do
      if text:find(" " .. word .. " ", 1, true) and not is_excepted(line) then
        complain(file, n, "'%s': %s", word, line:match "^%s*(.*)$")
      end
    end
  end
end

function commands.words()
  for _, file in
    ipairs(
      list "git ls-files csrc lua scripts doc cmake share spec '*.md' CMakeLists.txt .ci | sort"
    )
  do
    files = files + 1
    check_words(file)
  end
end

-- Subjects of commits: `room: imperative subject`, or several rooms with commas. A tree without
-- its history (an archive, a shallow clone) has none.
function commands.commits()
  local known = os.execute("git cat-file -e " .. FIRST_COMMIT .. "^{commit} 2>/dev/null")
  if not known then
    print("the history does not reach back to " .. FIRST_COMMIT)
    os.exit(77)
  end
  local log = "git log --no-merges --format='%h %s' " .. FIRST_COMMIT .. "..HEAD"
  for _, line in ipairs(list(log)) do
    local hash, subject = line:match("^(%x+) (.*)$")
    files = files + 1
    if not subject:find("^[%w][%w_., /-]*: %S") then
      complain(hash, 1, "not `room: subject`: %s", subject)
    end
    if #subject > LONGEST_SUBJECT then
      complain(hash, 1, "%d bytes, %d are the most: %s", #subject, LONGEST_SUBJECT, subject)
    end
  end
  files = files + 1 -- a history without new commits has no fault
end

local command = commands[arg[1] or ""]
if not command then
  io.stderr:write("usage: lua5.4 scripts/dev/rules.lua layers|sizes|circles|words|commits\n")
  os.exit(2)
end
command()
print(("%d files, %d problems"):format(files, problems))
os.exit(problems == 0 and files > 0)
