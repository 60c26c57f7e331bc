-- Random interrupts: give a prompt all kinds of work, and Ctrl-C at a random moment. Each time the
-- prompt must be back soon and work; at the end both databases must pass the integrity check. A
-- spec runs a few rounds, scripts/dev/interrupts many.

local helper = require "spec.helper"
local seat = require "spec.terminal.seat"

local M = {}

M.soon = 0.2 -- seconds within which the prompt must be back

local WORK = {
  "toggl.sleep(60)",
  "toggl.map({1, 2, 3, 4}, function() return org:users{refresh = true} end)",
  "for i = 1, 1000 do org:users{refresh = true} end",
  "for user in org:each_user{refresh = true, per_page = 7} do sink = user.name end",
  "client:me{refresh = true}",
  "g:update{name = 'Group ' .. math.random(1000)}",
  "for i = 1, 1000 do g:update{name = 'Group ' .. i} end",
  "toggl.task(function() for i = 1, 5 do org:groups{refresh = true} end end)",
  "org:users{refresh = true}",
  ":watch 0.1 org:groups{refresh = true}",
  "?organization",
  "for i = 1, 2 do\r",
  "half a line",
}
-- These loops call no function of libc, and TSan runs signal handlers only at such calls.
local DEAF = {
  "while true do end",
  "while true do pcall(function() while true do end end) end",
  "coroutine.wrap(function() while true do end end)()",
  "local t = setmetatable({}, {__close = function() sink = 1 end}) local c <close> = t while true do end",
  "client:sql 'SELECT count(*) FROM users a, users b, users c, users d, users e, users f'",
}
if not helper.tsan "" then table.move(DEAF, 1, #DEAF, 1, table.move(WORK, 1, #WORK, #DEAF + 1)) end
local TYPED_ONLY = { [#WORK] = true } -- typed without Enter

-- Settings of the server during the work.
local WEATHER = {
  function(server) server:set { latency = 0 } end,
  function(server) server:set { latency = math.random(200) } end,
  function(server) server:set { latency = 5000 } end,
  function(server)
    server:set { slow = 1 }
    server:fault "slow"
  end,
  function(server) server:fault "503:50%" end,
  function(server)
    server:set { retry_after = 5 }
    server:fault "429:50%"
  end,
  function(server) server:fault "commit-then-drop:30%" end,
}

local function clear(server)
  server:clear()
  server:set { latency = 0, slow = 0, retry_after = 0 }
end

-- Run one round. Return the seconds until the prompt was back.
local function round(s, server)
  WEATHER[math.random(#WEATHER)](server)
  local n = math.random(#WORK)
  s:type(TYPED_ONLY[n] and WORK[n] or WORK[n] .. "\r")
  -- Wait for the echo: a signal may overtake keys, which would then run after it.
  s:see((WORK[n]:match "(.?.?.?.?.?)%s*$":gsub("%p", "%%%0")))
  s:pause(math.random() * 0.3)
  s:forget()
  if math.random(2) == 1 then
    s:key "interrupt"
  else
    s.child:kill(2)
  end
  local ok, why, seconds = pcall(s.see, s, "> $", 10)
  if not ok then error(("no prompt after %q: %s"):format(WORK[n], why), 0) end
  clear(server)
  s:pause(0.01)
  s:forget()
  local alive = ("alive %d"):format(math.random(1000000))
  s:type(("print('al' .. '%s')\r"):format(alive:sub(3)))
  ok, why = pcall(s.see, s, "\n" .. alive .. ".*> $", 5)
  if not ok then error(("no answer after %q: %s"):format(WORK[n], why), 0) end
  return seconds, WORK[n]
end

--- Run COUNT rounds and call tell(n, seconds, work) after each. Return the sorted times, the result
--- of the integrity check of each file, the result of a last read, and the exit status.
function M.run(count, tell)
  local home = seat.home()
  local server <close> = require("toggl.sandbox").start { people = 60, port = 0 }
  local s <close> = seat.sit(
    home,
    { "--org", "Acme", "--yes", "--wait=3" },
    { TOGGL_API_URL = server.url, TOGGL_API_TOKEN = server:token() }
  )
  s:see "> $"
  s:run "g = org:group 'Engineering'; org:users()"
  local times = {}
  for n = 1, count do
    local seconds, work = round(s, server)
    times[n] = seconds
    if tell then tell(n, seconds, work) end
  end
  -- Use a new client: a 429 may have slowed the pacing of the first one.
  local users = s:run "#toggl.client{}:organization('Acme'):users{refresh = true}"
  s:key "finish"
  local status = s:leave()
  local files = {}
  for _, path in ipairs { home .. "/cache/toggl/cache.db", home .. "/state/toggl/state.db" } do
    files[path:match "[^/]+$"] = seat.integrity(path)
  end
  os.execute("rm -rf " .. helper.quote(home))
  table.sort(times)
  return times, files, users, status
end

return M
