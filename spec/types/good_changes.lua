-- A program about plans, the journal, tasks and iterators, without findings of the analyzer.
local json = require "toggl.json"
local tasks = require "toggl.task"
local toggl = require "toggl"
local uv_loop = require "toggl.loop.luv"
local client <close> =
  toggl.client { sandbox = true, on_warning = function(text) print(text:upper()) end }
local org = assert(client:organization("Acme", { refresh = true, timeout = 3 }))

local plan = assert(org:plan { people = { ["x@example.com"] = { state = "absent" } } })
for _, c in ipairs(plan.changes) do
  print(c.kind, c.who, c.group, c.workspace, c.name, c.before, c.after, c.why, c.user_id)
end
for _, s in ipairs(plan.steps) do
  print(
    s.number,
    s.what,
    s.who[1],
    s.effect,
    s.requests,
    s.undo,
    s.destructive,
    #s.changes,
    s.operation
  )
end
for _, r in ipairs(plan.refused) do
  print(r.rule, r.who, r.text, r.remedy)
end
for _, d in ipairs(plan.deferred) do
  print(d.who, d.what)
end
for _, row in ipairs(plan:rows()) do
  print(row.step, row.change, row.why)
end
local receipt, err = plan:apply { allow_removals = 1, wait = true, progress = function() end }
if not receipt then print(err.kind, err.rule, err.receipt and err.receipt.count.done) end
if receipt then
  for _, row in ipairs(receipt.rows) do
    print(row.step, row.result, row.error, row.request)
  end
end
local kept, changed = toggl.plan.kept(org, plan.id)
if not kept and changed.kind == "guard" then print(changed.difference) end
local state, wrong = toggl.plan.load "acme.lua"
if not state and wrong.kind == "setting" then print(wrong.problems) end

for _, entry in ipairs(assert(client:journal { state = "unknown" })) do
  print(
    entry.write.operation,
    entry.write.path,
    entry.write.person,
    entry.outcome.kind,
    entry.outcome.status
  )
  print(client:close_entry(entry.n, "absent"))
end
local check, status = assert(client:check_journal()), assert(client:journal_status())
print(
  check.events,
  check.head,
  check.broken,
  check.noted,
  status.path,
  status.states.unknown,
  status.redact
)

local task <close> = toggl.task(function(a, b) return a, b end, 1, 2)
local a, b = task:wait()
print(a + b)
client:wait_until(function() return org:group "Design" end, { tries = 2 })
print(toggl.map({ "a", "b" }, function(name) return org:group(name) end, { collect = true }))
local people = org:each_user { per_page = 10 }
for user in people do
  print(user.name)
end
print(people.complete, people.incomplete)
local ann = assert(org:user "ann@example.com")
local copy = ann:detach()
print(
  copy.email,
  copy:client():cost().total,
  ann:update { role = "admin" },
  toggl.secrets.email "a@example.com"
)
local descriptor = assert(tasks.pollfd())
while tasks.turn() > 0 do
  print(descriptor, tasks.count(), json.encode { 1 })
end
print(uv_loop.task(function(n) return n, n end, 1):done())
