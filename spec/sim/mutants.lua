--[[
Deliberate breaks of the core, each of which the simulator has to find: scripts/dev/mutants.
{name, file below csrc/core, text that stands there once, what takes its place}
]]
return {
  -- each sync
  {
    "no-sync-before-send",
    "state/journal.c",
    "bool durable = row->event == TG_JE_SEND",
    "bool durable = row->event == TG_JE_ABANDON",
  },
  {
    "synced-as-the-cache",
    "store/store.c",
    'waits ? "PRAGMA synchronous = FULL"',
    'waits ? "PRAGMA synchronous = NORMAL"',
  },
  -- recorded before it is sent
  {
    "sent-unrecorded",
    "call/call.c",
    "if (!tg_call_intend(call, &err)) {",
    "if (!tg_call_intend(call, &err) && !*err.message) {",
  },
  {
    "retry-unrecorded",
    "call/intent.c",
    "    return record(call, TG_JE_SEND,",
    "    return call->entry || record(call, TG_JE_SEND,",
  },
  {
    "not-recorded",
    "call/intent.c",
    "    return record(call, TG_JE_SEND,",
    "    return *call->job || record(call, TG_JE_SEND,",
  },
  -- each state
  { "refused-is-done", "call/intent.c", ": TG_JE_REFUSE;", ": TG_JE_ACCEPT;" },
  { "done-is-refused", "call/intent.c", "? TG_JE_ACCEPT", "? TG_JE_REFUSE" },
  { "lost-is-refused", "call/intent.c", "? TG_JE_LOSE", "? TG_JE_REFUSE" },
  { "lost-is-done", "call/intent.c", "? TG_JE_LOSE", "? TG_JE_ACCEPT" },
  {
    "outcome-unrecorded",
    "call/intent.c",
    "if (!call->entry) return;\n    tg_kind kind",
    "if (call->entry) return;\n    tg_kind kind",
  },
  -- policy
  {
    "lost-reply-is-repeated",
    "policy/policy.c",
    "tg_policy_ambiguous(a) || !tries_left(a))",
    "!tries_left(a))",
  },
  {
    "bad-gateway-is-refusal",
    "policy/policy.c",
    "default: return status >= 500;",
    "default: return status > 504;",
  },
  {
    "lost-reply-is-failure",
    "policy/policy.c",
    "a->answered ? in_trouble(a->status) : a->sent",
    "a->answered && in_trouble(a->status)",
  },
  -- the chain
  {
    "chain-without-before",
    "state/journal.c",
    '%.6f\\n%s\\n", before,',
    '%.6f\\n%s\\n", before + strlen(before),',
  },
  {
    "chain-without-account",
    "state/journal.c",
    "strlen(row->account));\n    SHA256End",
    "0);\n    SHA256End",
  },
  {
    "chain-without-time",
    "state/journal.c",
    "events[row->event].word, row->at, row->sum",
    "events[row->event].word, 0.0, row->sum",
  },
  -- what people are named by is forgotten in time, and open entries never
  {
    "open-entry-forgotten",
    "state/journal_keep.c",
    "seconds > 0 && !tg_journal_state_open(e->state) &&",
    "seconds > 0 &&",
  },
  {
    "not-redacted",
    "state/journal_keep.c",
    "if (!j->api->redact(j, e->entry, all, err)) return false;",
    "if (all && !j->api->redact(j, e->entry, all, err)) return false;",
  },
  {
    "cut-into-the-kept",
    "state/journal_keep.c",
    "n = k->all[i].entry - 1;",
    "n = k->all[i].entry + 1;",
  },
  {
    "sum-without-people",
    "state/journal.c",
    '"%s", row->seal);\n    SHA256Data(',
    '"%s", row->seal + strlen(row->seal));\n    SHA256Data(',
  },
  -- quota windows
  {
    "window-stays-open",
    "policy/window.c",
    "    w->remaining = 0;\n    w->reported = true;",
    "    w->reported = true;",
  },
  {
    "window-closed-in-the-file-alone",
    "state/ledger.c",
    "if (k) k->closed_until = kept ? 0 :",
    "if (k) k->closed_until = 0 *",
  },
  {
    "request-given-back-to-a-closed-window",
    "policy/window.c",
    "    w->generation++; /* requests in flight are released to none */\n",
    "",
  },
}
