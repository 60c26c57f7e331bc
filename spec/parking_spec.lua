-- Jobs on the free plan with 30 requests an hour and 5 people. Each stops when the hour's requests
-- are used up, before its first write and before reading back, and continues in later hours.

local helper = require "spec.helper"
local show = require "toggl.text.show"
local toggl = require "toggl"

local QUOTA = 30

-- Run JOB with WORDS as togglsh does. Return whether it succeeded, and its error.
local function run(org, job, words)
  local keep =
    { show.format, show.write, arg, rawget(_G, "toggl"), rawget(_G, "org"), rawget(_G, "client") }
  local print_ = print
  show.format, show.write = "json", function() end
  _G.arg = { [0] = job, yes = true, refresh = false, dry_run = false, table.unpack(words) }
  _G.toggl, _G.org, _G.client, _G.print = toggl, org, org:client(), function() end
  local ok, err = pcall(dofile, "scripts/" .. job .. ".lua")
  show.format, show.write = keep[1], keep[2]
  _G.arg, _G.toggl, _G.org, _G.client, _G.print = keep[3], keep[4], keep[5], keep[6], print_
  return ok, err
end

local SOREN = "soren2@example.com"

-- {job, arguments...}; FOLDER stands for the folder of FILES.
local JOBS = {
  { "invite", "x@y.zz", "--workspace", "Main" },
  { "onboard", "x@y.zz", "--workspace", "Main:admin", "--group", "Support" },
  { "onboard", "FOLDER/people.csv" },
  { "offboard", "ann@example.com", "--keep", "FOLDER/had.json" },
  { "offboard", "ann@example.com", "--remove", "--keep", "FOLDER/had.json" },
  { "set", "ann@example.com", "--name", "Ann Other" },
  { "groups", "add", "Support", "ann@example.com", SOREN },
  { "groups", "remove", "Engineering", "olive@example.com" },
  { "groups", "rename", "Support", "Helpdesk" },
  { "groups", "sync", "Support", "FOLDER/team.csv" },
  { "sync", "FOLDER/hr.csv", "--map", "FOLDER/map.json" },
  { "apply", "FOLDER/acme.json" },
}

local FILES = {
  ["people.csv"] = "email,workspaces,groups\nx@y.zz,Main,Support\n",
  ["team.csv"] = "email\nann@example.com\n",
  ["hr.csv"] = "Mail,Team\nann@example.com,Help\n",
  ["map.json"] = '{"email":"Mail","groups":{"column":"Team","values":{"Help":"Support"}}}',
  ["acme.json"] = '{"groups":{"Night":{"workspaces":["Main"]}},'
    .. '"people":{"ann@example.com":{"groups":["Night"]}}}',
}

local world = {}

function world:open()
  self.client = helper.client(self.server, {
    on_error = "raise",
    settle = 0,
    journal = self.folder .. "/journal.db",
  })
  self.org = self.client:organization(4300000017)
  return self.org
end

-- Spend requests until LEFT remain in this hour.
function world:leave(left)
  local other <close> = helper.client(self.server, { on_error = "raise", journal = false })
  local org = other:organization(4300000017)
  local window
  repeat
    org:groups { refresh = true }
    for _, w in ipairs(other:windows()) do
      window = w.organization_id and w or window
    end
  until window.remaining <= left
  assert.equal(left, window.remaining)
end

-- Return the writes that the server applied, and how many reads came before the first.
function world:requests()
  local writes, reads, _, last = {}, 0, self.server:requests()
  for _, r in ipairs(last) do
    if r.method ~= "GET" and r.status < 300 then
      writes[#writes + 1] = r.method .. " " .. r.path
    elseif #writes == 0 and not r.path:find("/me", 1, true) then
      reads = reads + 1
    end
  end
  return writes, reads
end

function world:close()
  self.client:close()
  self.server:stop()
  helper.remove(self.folder)
end

local function new_world()
  local self = setmetatable({ folder = helper.scratch() }, { __index = world })
  self.server = helper.sandbox { people = 4, plan = "free", record = false }
  for name, text in pairs(FILES) do
    helper.write(self.folder .. "/" .. name, text)
  end
  return self
end

local function words_of(job, folder)
  local words = {}
  for i = 2, #job do
    words[#words + 1] = job[i]:gsub("FOLDER", folder)
  end
  return words
end

-- Return the state of the organization without keys, as sorted lines.
local function state_of(org)
  local list = {}
  for user in org:users({ refresh = true }):each() do
    local of = { user.email, user.name, tostring(user.inactive), tostring(user.admin) }
    for _, group in ipairs(user.groups or {}) do
      of[#of + 1] = group.name
    end
    for _, w in ipairs(user.workspaces or {}) do
      of[#of + 1] = w.workspace_name .. (w.role or "")
    end
    list[#list + 1] = table.concat(of, " ")
  end
  for _, group in ipairs(org:groups { refresh = true }) do
    list[#list + 1] = group.name
  end
  table.sort(list)
  return list
end

-- Run the job with enough requests. Return its writes, the count of reads before them, and the
-- state.
local function undisturbed(job)
  local w = new_world()
  w.server:set { quota = 1000 }
  local ok, err = run(w:open(), job[1], words_of(job, w.folder))
  assert.is_true(ok, tostring(err))
  local writes, reads = w:requests()
  local state = state_of(w.org)
  w:close()
  return writes, reads, state
end

describe("on the free plan", function()
  for _, job in ipairs(JOBS) do
    it(table.concat(job, " ") .. " stops at the quota, and continues in later hours", function()
      local writes, reads, state = undisturbed(job)
      assert.is_true(#writes > 0)
      local w = new_world()
      local words, allowed = words_of(job, w.folder), nil
      -- the first hour has enough requests for the reads alone
      w:leave(reads)
      local ok, err = run(w:open(), job[1], words)
      assert.same({ false, "quota" }, { ok, err.kind }, tostring(err))
      assert.is_table(err.receipt, tostring(err))
      assert.equal(0, err.receipt.count.done)
      local id = tostring(err):match "togglsh resume (%S+) goes on"
      assert.is_truthy(id, tostring(err))
      assert.equal(0, #(w:requests()))
      -- the next hours have too few, until one allows a write but not reading it back
      for left = math.max(1, reads - 2), QUOTA - 1 do
        w.server:advance(3600)
        w.client:close()
        w:leave(left)
        ok, err = run(w:open(), "resume", { id })
        allowed = left
        if ok or #(w:requests()) > 0 then break end
        assert.equal("quota", err.kind, tostring(err))
      end
      assert.same({ false, "quota" }, { ok, err.kind }, ("%d requests: %s"):format(allowed, err))
      -- the last hour has enough
      w.server:advance(3600)
      w.client:close()
      ok, err = run(w:open(), "resume", { id })
      assert.is_true(ok, tostring(err))
      w.server:advance(3600)
      w.client:close()
      assert.same(state, state_of(w:open()))
      local sent = w:requests()
      table.sort(sent)
      table.sort(writes)
      assert.same(#writes, #sent) -- each write once
      w:close()
    end)
  end
end)
