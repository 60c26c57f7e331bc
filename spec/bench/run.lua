-- lua5.4 spec/bench/run.lua BUILD [ROWS] [FILE]: run each pair of programs in turns and print the
-- median of the ratios. Called by scripts/dev/bench, which builds the programs and sets the paths.

local BUILD = assert(arg[1], "usage: run.lua BUILD [ROWS] [FILE]")
local PEOPLE, TURNS, WIRE_TURNS = 100000, 9, 21
local over, rows = 0, {} -- what =, figure =, limit =

-- Return commands that pin client and server to a processor each, if there are two: otherwise the
-- scheduler moves them, which changes the figures.
local function processors()
  local pipe <close> = assert(io.popen("command -v taskset >/dev/null && nproc"))
  return (pipe:read "n" or 1) > 1 and { "taskset -c 0", "taskset -c 1" } or { "", "" }
end

local MINE, SERVERS = table.unpack(processors())

local function run(...)
  local words = { ... }
  for i, word in ipairs(words) do
    words[i] = "'" .. tostring(word):gsub("'", "'\\''") .. "'"
  end
  local pipe <close> = assert(io.popen(MINE .. " " .. table.concat(words, " ")))
  local out = pipe:read "a"
  return assert(tonumber(out:match "^%S+"), "no figure from: " .. table.concat(words, " ")), out
end

local function lua(name, ...) return run("lua5.4", "spec/bench/" .. name .. ".lua", ...) end

local function yard(name, ...) return run(BUILD .. "/bench/" .. name, ...) end

local function report(what, figure, limit)
  local fine = figure <= limit
  if not fine then over = over + 1 end
  print(("%-64s %8.2f %8.2f  %s"):format(what, figure, limit, fine and "ok" or "OVER"))
  io.stdout:flush()
  rows[#rows + 1] = { what = what, figure = figure, limit = limit }
end

-- Measure OURS and PLAIN in turns: other load on the machine then affects both.
local function compare(what, limit, ours, plain, turns)
  local ratios = {}
  for turn = 1, turns or TURNS do
    ratios[turn] = ours() / plain()
  end
  table.sort(ratios)
  report(what, ratios[(#ratios + 1) // 2], limit)
end

-- Start a server in its own process, which ends with its standard input.
local function server(latency, people)
  local words = os.tmpname()
  local process = assert(
    io.popen(
      ("%s lua5.4 spec/bench/server.lua %d %d >%s"):format(SERVERS, latency, people or 1000, words),
      "w"
    )
  )
  local url, token, organization
  for _ = 1, 600 do
    os.execute "sleep 0.05"
    local f <close> = assert(io.open(words))
    url, token, organization = f:read("a"):match "^(%S+)%s(%S+)%s(%d+)\n"
    if url then break end
  end
  assert(url, "the server did not start")
  os.remove(words)
  return {
    url = url,
    token = token,
    organization = organization,
    stop = function() process:close() end,
  }
end

local function lists()
  local text = BUILD .. "/people.json"
  lua("people", PEOPLE, text)
  local beyond = {}
  compare("list of 100,000: index, walk, read 3 fields / cjson.decode", 0.33, function()
    local seconds, out = lua("list", "ours", text)
    beyond[#beyond + 1] = tonumber(out:match "%s(%S+)")
    return seconds
  end, function() return lua("list", "cjson", text) end)
  report("the same: MB beyond the text", math.max(table.unpack(beyond)), 20)
  for _, case in ipairs { { "decode", 1.5 }, { "encode", 2 } } do
    compare(
      ("toggl.json.%s of 100,000 people / cjson.%s"):format(case[1], case[1]),
      case[2],
      function() return lua("json", case[1], "ours", text) end,
      function() return lua("json", case[1], "cjson", text) end
    )
  end
end

local function wire()
  local s <close> = setmetatable(server(0), { __close = function(s) s.stop() end })
  local url = s.url .. "/organizations/" .. s.organization
  for _, case in ipairs { { "off", 1.15 }, { "on", 1.35 } } do
    compare(
      ("processor time of a read from the wire, cache %s / libcurl easy"):format(case[1]),
      case[2],
      function() return lua("wire", case[1], 2000, s.url, s.token, s.organization, BUILD) end,
      function() return yard("easy", url, s.token, 2000) end,
      WIRE_TURNS
    )
  end
end

local function latency()
  local s <close> = setmetatable(server(80), { __close = function(s) s.stop() end })
  local url = s.url .. "/organizations/" .. s.organization .. "/users?per_page=5&page="
  compare(
    "200 reads at 80 ms, 32 at once / libcurl multi",
    1.1,
    function() return lua("many", 200, 32, s.url, s.token, s.organization, BUILD) end,
    function() return yard("multi", url, s.token, 200, 32) end
  )
end

local function stored()
  local s <close> = setmetatable(server(0), { __close = function(s) s.stop() end })
  local from = { s.url, s.token, s.organization, BUILD }
  os.remove(BUILD .. "/bench-cache.db")
  lua("stored", 1, table.unpack(from))
  compare(
    "a cached read / the same row by a prepared SELECT",
    1.5,
    function() return lua("stored", 20000, table.unpack(from)) end,
    function() return yard("row", BUILD .. "/bench-cache.db", "get_organization", 20000) end
  )
  compare(
    "a script answered from the cache, whole process / lua5.4 -e ''",
    2.5,
    function() return yard("spawn", 100, "lua5.4", "spec/bench/script.lua", table.unpack(from)) end,
    function() return yard("spawn", 100, "lua5.4", "-e", "") end
  )
end

-- Measure finders on the store of a large organization.
local function finders()
  local s <close> = setmetatable(server(0, PEOPLE), { __close = function(s) s.stop() end })
  local from = { s.url, s.token, s.organization, BUILD }
  local plain = function() return yard("person", BUILD .. "/bench-plain.db", 2000) end
  for _, name in ipairs { "bench-people.db", "bench-people-state.db", "bench-plain.db" } do
    os.remove(BUILD .. "/" .. name)
  end
  lua("find", "user", 1, table.unpack(from))
  compare(
    "org:user by address, 100,000 people / a prepared SELECT by index",
    10,
    function() return lua("find", "user", 2000, table.unpack(from)) end,
    plain,
    9
  )
  compare(
    "a misspelt name, with suggestions, 100,000 people / that SELECT",
    500,
    function() return lua("find", "near", 20, table.unpack(from)) end,
    plain,
    9
  )
  local _, out = lua("keep", "off", table.unpack(from))
  local f <close> = assert(io.open(BUILD .. "/bench-people.db", "rb"))
  report(
    "cache.db of 100,000 people with its index / the text",
    f:seek "end" / tonumber(out:match "%s(%d+)"),
    2
  )
end

-- Measure queries and Tab on the stores of large organizations.
local function tables()
  for _, people in ipairs { 10000, PEOPLE } do
    local s <close> = setmetatable(server(0, people), { __close = function(s) s.stop() end })
    local file = ("%s/bench-rows-%d.db"):format(BUILD, people)
    local plain = ("%s/bench-plain-%d"):format(BUILD, people)
    for _, name in ipairs { file, plain .. "-join.db", plain .. "-names.db" } do
      os.remove(name)
    end
    local from = { s.url, s.token, s.organization, BUILD, file }
    local count = people > 10000 and 5 or 20
    local function join() return lua("rows", "join", count, table.unpack(from)) end
    local _, told = join()
    local sizes = {}
    for n in told:gmatch "%f[%S]%d+%f[%s]" do
      sizes[#sizes + 1] = n
    end
    compare(
      ("JOIN users, memberships, groups, count, %d people / plain tables"):format(people),
      3,
      join,
      function()
        return yard(
          "join",
          plain .. "-join.db",
          table.unpack({
            sizes[#sizes - 3],
            sizes[#sizes - 2],
            sizes[#sizes - 1],
            sizes[#sizes],
            count,
          })
        )
      end
    )
    from[#from + 1] = "priya2"
    local function tab() return lua("rows", "tab", 1000, table.unpack(from)) end
    local function prefix()
      return yard("prefix", plain .. "-names.db", file .. ".names", "priya2", 1000)
    end
    tab()
    compare(
      ("what Tab on a name offers, %d people / SQLite's prefix query"):format(people),
      3,
      tab,
      prefix
    )
    compare(
      "the same, up to the text on the screen",
      12,
      function() return lua("rows", "screen", 1000, table.unpack(from)) end,
      prefix
    )
  end
end

local function keep()
  local s <close> = setmetatable(server(0, PEOPLE), { __close = function(s) s.stop() end })
  local bytes
  compare("keeping a listing of 100,000 people / its text by one INSERT", 3, function()
    local from = { s.url, s.token, s.organization, BUILD }
    local without = lua("keep", "off", table.unpack(from))
    local with, out = lua("keep", "on", table.unpack(from))
    bytes = tonumber(out:match "%s(%d+)")
    return with - without
  end, function() return yard("insert", BUILD .. "/bench-insert.db", bytes) end)
end

-- Create a scratch home for togglsh: the user's own files must not affect the figures.
local function home()
  local path = BUILD .. "/bench-home"
  assert(os.execute(("rm -rf '%s' && mkdir -p '%s'"):format(path, path)))
  return path
end

local function togglsh(what, count, s, ...)
  return run(
    "env",
    "-i",
    "HOME=" .. BUILD .. "/bench-home",
    "PATH=/usr/bin:/bin",
    "TOGGL_API_URL=" .. s.url,
    "TOGGL_API_TOKEN=" .. s.token,
    "TOGGL_ORGANIZATION_ID=" .. s.organization,
    BUILD .. "/bench/output",
    what,
    count,
    BUILD .. "/togglsh",
    ...
  )
end

-- Code that writes the records of the people to a file, as the API sends them.
local RAW_PEOPLE = [[
  local f <close>, all = assert(io.open(%q, "w")), {}
  for user in org:each_user() do all[#all + 1] = user:raw() end
  assert(f:write("[", table.concat(all, ","), "]"))
]]

-- Measure the job `people` from the store; plain Lua has the reply in a file.
local function people()
  home()
  do
    local s <close> = setmetatable(server(0, 1000), { __close = function(s) s.stop() end })
    togglsh("cpu", 1, s, "people")
    local text = BUILD .. "/bench-people.json"
    togglsh("cpu", 1, s, "--offline", "-e", RAW_PEOPLE:format(text))
    compare(
      "togglsh people from the store, 1,000 people, first line / cjson",
      2.5,
      function() return togglsh("first", 50, s, "--offline", "people") end,
      function() return yard("output", "first", 50, "lua5.4", "spec/bench/table.lua", text) end
    )
    compare(
      "the same / lua5.4 -e ''",
      12,
      function() return togglsh("first", 50, s, "--offline", "people") end,
      function() return yard("output", "first", 50, "lua5.4", "-e", "") end
    )
  end
  home()
  local s <close> = setmetatable(server(0, PEOPLE), { __close = function(s) s.stop() end })
  togglsh("cpu", 1, s, "people")
  local reading = { "--offline", "-e", "local n = #org:users()" }
  for _, format in ipairs { "csv", "json" } do
    local words = { "--offline", "people", "--output", format }
    compare(
      ("people --output %s of 100,000 / reading the list"):format(format),
      4,
      function() return togglsh("cpu", 1, s, table.unpack(words)) end,
      function() return togglsh("cpu", 1, s, table.unpack(reading)) end
    )
    report(
      ("the same: highest memory in MB, %s"):format(format),
      togglsh("peak", 3, s, table.unpack(words)),
      60
    )
  end
end

local function walk()
  local pipe <close> = assert(io.popen(("TOGGL_BUILD=%s scripts/dev/walk 1000000"):format(BUILD)))
  local out = pipe:read "a"
  report("a walk of 1,000,000 people from the store, MB", assert(tonumber(out:match "^%S+")), 100)
end

local function start()
  local path = home()
  local function spawn(...)
    return run(
      "env",
      "-i",
      "HOME=" .. path,
      "PATH=/usr/bin:/bin",
      BUILD .. "/bench/spawn",
      100,
      ...
    )
  end
  for _, words in ipairs { { "-e", "x=1" }, { "--offline", "-e", "return 1" } } do
    compare(
      ("togglsh %s, whole process / lua5.4 -e ''"):format(table.concat(words, " ")),
      1.7,
      function() return spawn(BUILD .. "/togglsh", table.unpack(words)) end,
      function() return spawn("lua5.4", "-e", "") end,
      WIRE_TURNS
    )
  end
  local function prompt(...)
    return run(
      "env",
      "-i",
      "HOME=" .. path,
      "PATH=/usr/bin:/bin",
      "TERM=xterm",
      BUILD .. "/bench/output",
      "prompt",
      20,
      ...
    )
  end
  compare(
    "the prompt of togglsh is ready / that of lua5.4 -i",
    2,
    function() return prompt(BUILD .. "/togglsh") end,
    function() return prompt("lua5.4", "-i") end
  )
end

local parts = {
  { "start", start },
  { "people", people },
  { "lists", lists },
  { "wire", wire },
  { "latency", latency },
  { "stored", stored },
  { "finders", finders },
  { "tables", tables },
  { "keep", keep },
  { "walk", walk },
}
local chosen, names, known = arg[2] or "all", {}, false
if arg[3] then assert(io.open(arg[3], "a")):close() end -- before the measuring, which takes long

print(("%-64s %8s %8s"):format("what", "figure", "limit"))
for i, part in ipairs(parts) do
  names[i] = part[1]
  local first = #rows + 1
  if chosen == "all" or chosen == part[1] then
    known = true
    part[2]()
  end
  for k = first, #rows do
    rows[k].part = part[1]
  end
end
assert(known, "there are no rows of that name: all, " .. table.concat(names, ", "))
if arg[3] then
  dofile("spec/bench/page.lua").write(BUILD .. "/bench-rows.txt", arg[3], names, rows)
end
os.exit(over == 0)
