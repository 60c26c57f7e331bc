-- Deliberate breaks of plans and applies. The simulator must find each of them: scripts/dev/plans
-- --mutants. {name, file below lua/toggl/plan, text that occurs there once, replacement}
return {
  -- the read of the guard
  {
    "guard-does-not-read",
    "apply.lua",
    "if step.reads and not run.read_for[step] or price.needs_read(step, run.touched, age) then",
    "if false then",
  },
  {
    "guard-reads-before-settling",
    "apply.lua",
    "  settle(run)\n  if seconds",
    "  if seconds",
  },
  { "guard-reads-once-an-hour", "price.lua", "M.holds = 60, 60", "M.holds = 3600, 3600" },
  { "guard-is-not-asked", "apply.lua", "    guard(run, step)\n", "" },
  {
    "guard-before-the-first-write-is-not-asked",
    "apply.lua",
    "    check_all(run)\n    plan.applied",
    "    plan.applied",
  },
  {
    "destructive-waits-behind-its-guard",
    "apply.lua",
    "parameters.settle, parameters.start_within = false, left",
    "parameters.settle = left < 0",
  },
  {
    "overtaken-plan-is-not-read-again",
    "apply.lua",
    "  if run.overtaken then check_overtaken(run) end\n",
    "",
  },
  {
    "directness-is-read-once",
    "make.lua",
    "  while #made.needs > 0 do",
    "  for _ = 1, #made.needs > 0 and 1 or 0 do",
  },
  -- what the guards look at
  { "owner-is-no-one", "guards.lua", 'if p.role == "owner" then\n', 'if p.role == "none" then\n' },
  { "payer-is-no-one", "guards.lua", "p.user_id == present.payer", "p.user_id == -1" },
  { "caller-is-no-one", "guards.lua", "p.user_id == present.caller", "p.user_id == -1" },
  {
    "last-administrators-of-the-organization",
    "guards.lua",
    "if n == 0 or left >= least then return end",
    "if n >= 0 or left >= least then return end",
  },
  {
    "last-administrators-of-a-workspace",
    "guards.lua",
    "if left < least and #last > 0 then",
    "if left < 0 and #last > 0 then",
  },
  { "refused-plan-is-applied", "limits.lua", "  if refusal then\n", "  if refusal == 0 then\n" },
  {
    "removals-need-no-leave",
    "limits.lua",
    "if n == 0 or allowed == n then return end",
    "if n == 0 or allowed == n or not allowed then return end",
  },
  {
    "removals-need-no-count",
    "limits.lua",
    "if n == 0 or allowed == n then return end",
    "if n == 0 or allowed then return end",
  },
  {
    "own-rules-are-not-asked",
    "own.lua",
    "if not list or #made.steps == 0 then return end",
    "if list or #made.steps == 0 then return end",
  },
  {
    "kept-plan-may-have-become-another",
    "kept.lua",
    "if #difference > 0 then refuse(id, difference) end",
    "",
  },
  {
    "change-of-another-is-undone",
    "apply.lua",
    "  if who then changed(step, who) end",
    "  if who == 0 then changed(step, who) end",
  },
  {
    "role-given-by-another-is-reset",
    "undone.lua",
    "    or a.workspaces and resets(run, step, a.workspaces, now.workspaces)\n",
    "",
  },
  -- the lease
  {
    "no-lease",
    "lease.lua",
    "local ok, err = core.lease(client, org.id, id)",
    'local ok, err = nil, { kind = "none", reason = "no_journal" }',
  },
  -- the order
  {
    "removals-before-additions",
    "steps.lua",
    'late = { 11, "patch_organization_group"',
    'late = { 4, "patch_organization_group"',
  },
  {
    "groups-in-any-order",
    "steps.lua",
    "  order(d)\n",
    "",
  },
  {
    "administrators-between-requests-are-not-counted",
    "guards.lua",
    "    if took and count < least then return count end\n",
    "",
  },
  {
    "whole-group-without-its-newcomers",
    "steps.lua",
    "  complete_lists(d)\n",
    "",
  },
  {
    "created-is-used-at-once",
    "apply.lua",
    "    wait_for_created(run, step)\n",
    "",
  },
  -- the fields of direct lists
  {
    "roles-are-not-sent-back",
    "requests.lua",
    "workspace_id = real(created, w), role = here.role, inactive = here.inactive or nil }\n",
    "workspace_id = real(created, w), inactive = here.inactive or nil }\n",
  },
  {
    "given-by-a-group-is-made-direct",
    "steps.lua",
    "not record.ends[w] and diff.is_direct(d, here, w)",
    "not record.ends[w]",
  },
  -- reading back, and the list of steps that are left
  { "nothing-is-read-back", "apply.lua", "    read_back(run)\n", "" },
  {
    "read-back-believes-all",
    "verify.lua",
    "return is[c.kind](seen, c, key, step) and true or false",
    "return is[c.kind](seen, c, key, step) or true",
  },
  {
    "failed-is-not-left",
    "receipt.lua",
    'row.result ~= "done" or nil',
    'row.result == "skipped" or nil',
  },
  { "memberships-are-not-left", "left.lua", "  if is[c.kind] then is", "  if is[c.who] then is" },
  -- resume
  {
    "resume-does-more-than-was-shown",
    "kept.lua",
    "if #more > 0 then refuse(last, more) end",
    "",
  },
  {
    "applied-plan-is-applied-again",
    "apply.lua",
    "if held then check_sent(run) end",
    "if not held then check_sent(run) end",
  },
}
