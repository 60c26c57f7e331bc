-- lua5.4 spec/bench/run.lua BUILD [ROWS] [FILE]: runs each pair of programs in turns and prints the
-- ratio of the middle turn. Called by scripts/dev/bench, which builds what is needed and sets the
-- paths.

local BUILD = assert(arg[1], "usage: run.lua BUILD [ROWS] [FILE]")
local PEOPLE, TURNS, WIRE_TURNS = 100000, 7, 21
local over, rows = 0, {}

-- Client and server each keep to a processor, where there are two: else the figures tell how the
-- system moved them.
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
  rows[#rows + 1] = ("| %s | %.2f | %.2f | %s |"):format(what, figure, limit, fine and "" or "over")
end

-- OURS and PLAIN are measured in turns, so that what disturbs the machine disturbs both.
local function compare(what, limit, ours, plain, turns)
  local ratios = {}
  for turn = 1, turns or TURNS do
    ratios[turn] = ours() / plain()
  end
  table.sort(ratios)
  report(what, ratios[(#ratios + 1) // 2], limit)
end

-- A server in a process of its own; it ends when its standard input does.
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
  for _, case in ipairs { { "off", 1.3 }, { "on", 1.7 } } do
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
    3,
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

-- Finders on the store of a large organization.
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
end

-- A scratch home: the files of the user say nothing about the program.
local function start()
  local home = BUILD .. "/bench-home"
  assert(os.execute(("mkdir -p '%s'"):format(home)))
  local function spawn(...)
    return run(
      "env",
      "-i",
      "HOME=" .. home,
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
end

local HEAD = [[
# Benchmarks

`scripts/dev/bench all doc/benchmarks.md` writes this page. Each figure is a ratio: this program
against plain libraries that do the same work, in the same run and in turns, the middle of at least
seven pairs. Figures of different runs are not for comparison. Limit: the figure that the project
aims to stay below.

| what | figure | limit | |
| --- | ---: | ---: | --- |
]]

local function write(path)
  local f <close> = assert(io.open(path, "w"))
  assert(f:write(HEAD, table.concat(rows, "\n"), "\n"))
end

local parts = {
  { "start", start },
  { "lists", lists },
  { "wire", wire },
  { "latency", latency },
  { "stored", stored },
  { "finders", finders },
}
local chosen = arg[2] or "all"

print(("%-64s %8s %8s"):format("what", "figure", "limit"))
for _, part in ipairs(parts) do
  if chosen == "all" or chosen == part[1] then part[2]() end
end
assert(#rows > 0, "there are no rows of that name: start, lists, wire, latency, stored, finders")
if arg[3] then write(arg[3]) end
os.exit(over == 0)
