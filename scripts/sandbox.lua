-- togglsh sandbox: serve a Toggl-compatible API on loopback.
--
--   togglsh sandbox [--port N] [--people N] [--seed N] [further options]
--
-- Prints its address, the token of its administrator and the key of Acme,
-- in a form that a shell can eval, and serves any HTTP client until it is
-- stopped.
--
--   --port N              TCP port on 127.0.0.1 (default: a free one)
--   --people N            people of the organization Acme (default 12)
--   --seed N              the same seed makes the same people and keys
--                         (default 1)
--   --plan PLAN           free, starter or premium, with its hourly quota
--                         (default: no quota)
--   --latency MS          delay every reply by this
--   --page-cap N          largest page size accepted
--   --visible-after S     seconds until reads see created records
--   --gone-after S        seconds until reads miss deleted records
--   --rate N              requests per second, then 429
--   --file PATH           keep the state there (default: in memory)
--   --record PATH         append every exchange as a line of JSON
--   --fault NAME[:WHEN]   misbehave (may be repeated); see doc/sandbox.md
--
--   example: togglsh sandbox --people 100 --plan free

local options, rest = toggl.options.read(arg, {
  port = { kind = "integer", least = 0 },
  people = { kind = "integer", least = 1 },
  seed = "integer",
  plan = { "free", "starter", "premium" },
  latency = { kind = "number", least = 0 },
  ["page-cap"] = { kind = "integer", least = 1 },
  ["visible-after"] = { kind = "number", least = 0 },
  ["gone-after"] = { kind = "number", least = 0 },
  rate = { kind = "number", least = 0 },
  file = "string",
  record = "string",
  fault = { kind = "string", many = "faults" },
})
if rest[1] then toggl.options.fail("sandbox takes options only, got '%s'", rest[1]) end

local settings = { port = 0, people = 12, seed = 1, faults = {} }
for name, value in pairs(options) do
  if name ~= "faults" then settings[name:gsub("-", "_")] = value end
end
for i, use in ipairs(options.faults or {}) do
  settings.faults[i] = use[2]
end

local started, server = pcall(toggl.sandbox.start, settings)
if not started then
  local text = tostring(server):gsub("^%S*sandbox%.lua:%d+: ", "")
  error({ kind = "error", message = "sandbox: " .. text }, 0)
end

local address = "TOGGL_API_URL=%s\nTOGGL_API_TOKEN=%s\nTOGGL_ORGANIZATION_ID=%d\n"
local text = address:format(server.url, server:token(), server.organization_id)
local written, why = io.stdout:write(text) -- not held for a pager
if written then
  written, why = io.stdout:flush()
end
if not written then
  error({ kind = "error", message = "sandbox: its address cannot be written: " .. why }, 0)
end
io.stderr:write(
  (
    "sandbox: %d people in Acme, seed %d, administrator %s (password %s); "
    .. "end it with Ctrl-C\n"
  ):format(settings.people, settings.seed, server.email, server.password)
)

-- Wait in short steps, so that a signal between two steps is noticed soon.
local told
while server:wait(0.5) do
  local problem = server:problem()
  if problem and not told then io.stderr:write("sandbox: ", problem, "\n") end
  told = told or problem
end
local whole, problem = server:stop()
if not whole then error({ kind = "error", message = "sandbox: " .. problem }, 0) end
