-- Mistakes about plans, the journal, tasks and iterators. The analyzer must find each line with a
-- mark, and no other: scripts/dev/check, step "types".
local toggl = require "toggl"
local client = toggl.client { sandbox = true }
local org = assert(client:organization "Acme")
local ann = assert(org:user "ann@example.com")
local group, err = org:group "x"
if not group and err.kind == "not_fuond" then print(1) end --! a kind
local plan = assert(org:plan { people = {} })
print(plan.chnges) --! a field of a plan
for _, c in ipairs(plan.changes) do
  print(c.wo) --! a field of a change
end
for _, s in ipairs(plan.steps) do
  print(s.operaton) --! a field of a step
end
for _, r in ipairs(plan.refused) do
  print(r.remdy) --! a field of a refusal
end
for _, d in ipairs(plan.deferred) do
  print(d.wat) --! a field of a deferral
end
for _, row in ipairs(plan:rows()) do
  print(row.chang) --! a field of a row
end
local receipt, failed = plan:apply()
print(failed.recept) --! a field of an error
print(receipt.rows) --! it may be nil
for _, row in ipairs(assert(plan:apply()).rows) do
  print(row.reslt) --! a field of a row of a receipt
end
for _, entry in ipairs(assert(client:journal())) do
  print(entry.write.opration) --! a field of a change in the journal
  print(entry.outcome.kid) --! a field of its outcome
end
client:close_entry(3, "dne") --! a word that is none
print(assert(client:check_journal()).evnts) --! a field of a check
print(assert(client:journal_status()).pth) --! a field of the state
print(org:each_user().compete) --! a field of an iterator
print(ann:detach().emal) --! a field of a copy
ann:update { role = true } --! a type
assert(org:workspace "Main"):update { rounding = "up" } --! a type
print(toggl.secrets.emial) --! a function of a part
print(require("toggl.json").encod) --! a function of a part
print(require("toggl.task").pollfdd) --! a function of the module of tasks
print(require "toggl.jsn") --! a module
