-- Run by scripts/dev/applies: a desired state of 300 steps, and the comparison at the end.
--
--   applies.lua state           the desired state, as JSON
--   applies.lua check FOLDER N  check the records and the output of rounds 1 to N

local GROUPS, PEOPLE, LETTERS = 100, 139, 60 -- and one removal

local function state()
  local groups, people = {}, {}
  for i = 1, GROUPS do
    groups[("g%d"):format(i)] = { workspaces = { "Main" } }
  end
  for i = 1, LETTERS do -- a group for each, so that each needs an invitation of its own
    people[("new%d@x.yz"):format(i)] = { groups = { ("g%d"):format(i) } }
  end
  local plain = {}
  for user in org:each_user() do
    if user.joined ~= false and not user.admin and not user.owner and not user.inactive then
      plain[#plain + 1] = user.email
    end
  end
  table.sort(plain)
  for i = 1, PEOPLE do
    people[plain[i]] = { role = "admin" }
  end
  people[plain[PEOPLE + 1]] = { state = "absent" }
  io.write(toggl.json.encode { groups = groups, people = people }, "\n")
end

-- Whether the server applied a request. A dropped reply has status 0: then the body of a rejected
-- request is plain text.
local function accepted(response)
  if response.status ~= 0 then return response.status < 300 end
  return not (response.content_type or ""):find("text/plain", 1, true)
end

local function content(path)
  local f = io.open(path, "rb")
  local text = f and f:read "a" or ""
  if f then f:close() end
  return text
end

local found = { writes = 0, lost = 0, twice = 0, refused = 0, dearer = 0, resumed = 0, killed = 0 }

local function note(kind, ...)
  found[kind] = found[kind] + 1
  print(kind, ...)
end

-- Check by the server's record that round N applied each write once.
local function check_record(folder, n)
  local seen = {}
  for line in io.lines(("%s/%d.record"):format(folder, n)) do
    local x = toggl.json.decode(line)
    if x.method ~= "GET" then
      local name = ("%s %s %s"):format(x.method, x.path, tostring(x.request.body))
      if not accepted(x.response) then
        note("refused", n, name)
      elseif seen[name] then
        note("twice", n, name)
      else
        found.writes = found.writes + 1
      end
      seen[name] = true
    end
  end
end

local function check_round(folder, n)
  local words = content(("%s/%d.words"):format(folder, n))
  for _, status in words:gmatch "status (%a+) (%d+)" do
    if tonumber(status) == 137 then found.killed = found.killed + 1 end
  end
  for spent, price in words:gmatch "(%d+) requests spent, (%d+) was the price" do
    found.resumed = found.resumed + 1
    if spent ~= price then note("dearer", n, spent, price) end
  end
  -- the last plan has no steps left
  if not words:find "status plan 0\n" then note("lost", n, words:sub(-2000)) end
  check_record(folder, n)
end

if arg[1] == "state" then return state() end
for n = 1, tonumber(arg[3]) do
  check_round(arg[2], n)
end
print(
  ("%s rounds, %d changes, %d kills, %d resumes: %d lost, %d twice, %d refused, %d not at the price"):format(
    arg[3],
    found.writes,
    found.killed,
    found.resumed,
    found.lost,
    found.twice,
    found.refused,
    found.dearer
  )
)
os.exit(
  found.lost + found.twice + found.refused + found.dearer == 0 and found.killed > 0 and 0 or 1
)
