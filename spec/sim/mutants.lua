--[[
Deliberate breaks of the core, each of which the simulator has to find: scripts/dev/mutants.
{name, file below csrc/core, text that stands there once, what takes its place}
test = NAME: the C test that has to find it, where the simulator cannot see it.
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
    "    if (!record(call, TG_JE_SEND,",
    "    if (!call->entry && !record(call, TG_JE_SEND,",
  },
  {
    "not-recorded",
    "call/intent.c",
    "    if (!record(call, TG_JE_SEND,",
    "    if (!*call->job && !record(call, TG_JE_SEND,",
  },
  -- each state
  { "refused-is-done", "call/intent.c", ": TG_JE_REFUSE;", ": TG_JE_ACCEPT;" },
  { "done-is-refused", "call/intent.c", "? TG_JE_ACCEPT", "? TG_JE_REFUSE" },
  { "lost-is-refused", "call/intent.c", "? TG_JE_LOSE", "? TG_JE_REFUSE" },
  { "lost-is-done", "call/intent.c", "? TG_JE_LOSE", "? TG_JE_ACCEPT" },
  {
    "outcome-unrecorded",
    "call/intent.c",
    "if (!call->entry || call->recorded_absent) return;\n    tg_kind kind",
    "if (call->entry || call->recorded_absent) return;\n    tg_kind kind",
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
    "in_trouble(a->status) || unfinished(a->status) : a->sent",
    "in_trouble(a->status) || unfinished(a->status) : false",
  },
  -- the chain
  {
    "chain-without-before",
    "state/journal.c",
    '%s\\n%s\\n", before,',
    '%s\\n%s\\n", before + strlen(before),',
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
    "events[row->event].word, at, row->sum",
    'events[row->event].word, "0", row->sum',
  },
  -- personal data is redacted in time, open entries never
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
  -- each branch of settling
  {
    "lost-is-recorded-as-refused-before-settling",
    "call/intent.c",
    "record_outcome(call, TG_JE_LOSE, write_outcome);",
    "record_outcome(call, TG_JE_REFUSE, write_outcome);",
  },
  {
    "found-is-recorded-as-absent",
    "call/intent.c",
    "call->proof == TG_APPLIED ? TG_JE_FIND : TG_JE_MISS",
    "call->proof != TG_APPLIED ? TG_JE_FIND : TG_JE_MISS",
  },
  {
    "settled-at-once",
    "call/lost.c",
    "    call->due = due;",
    "    call->due = due - due;",
  },
  {
    "absent-is-reported-as-done",
    "call/lost_reads.c",
    "case TG_ABSENT: absent(call); break;",
    "case TG_ABSENT: call->cost < 0 ? absent(call) : applied(call); break;",
  },
  {
    "done-is-reported-as-absent",
    "call/lost_reads.c",
    "case TG_APPLIED: applied(call); break;",
    "case TG_APPLIED: call->cost < 0 ? applied(call) : absent(call); break;",
  },
  {
    "open-is-reported-as-absent",
    "call/lost_reads.c",
    'case TG_OPEN: open_end(call, "the replies do not show whether it was made");',
    "case TG_OPEN: absent(call);",
  },
  {
    "doubt-is-proof",
    "call/evidence.c",
    "if (e->doubt || e->yes + e->no == 0) return TG_OPEN;",
    "if (e->yes + e->no == 0) return TG_OPEN;",
  },
  {
    "contrary-is-proof",
    "call/evidence.c",
    "if (!e->no) return TG_APPLIED;",
    "if (e->yes || e->no) return TG_APPLIED;",
  },
  {
    "missing-is-found",
    "call/evidence.c",
    "e->sought[i].found != contrary ? e->yes++ : e->no++;",
    "e->sought[i].found == contrary ? e->yes++ : e->no++;",
  },
  {
    "other-fields-are-as-written",
    "call/evidence.c",
    "    e->yes += t.yes;\n    e->no += t.no;\n    /* a later",
    "    e->yes += t.yes + t.no;\n    /* a later",
  },
  {
    "settled-while-it-is-in-flight",
    "call/resume.c",
    "if (!tg_process_runs(&f->entry.sender)) return true;",
    "if (f->entry.sender.pid) return true;",
  },
  -- the order on one target
  {
    "sent-after-an-unknown-one",
    "call/order.c",
    "int64_t entry = call->client->open_count ? open_entry(call, err) : 0;",
    "int64_t entry = call->client->open_count && call->tried ? open_entry(call, err) : 0;",
  },
  {
    "sent-beside-one-in-flight",
    "call/order.c",
    "if (call->targets.n && is_behind(call)) {",
    "if (call->targets.n > 99 && is_behind(call)) {",
  },
  {
    "sent-after-one-of-a-dead-process",
    "call/order.c",
    "if (call->targets.n && !look_once(call->client, err)) return false;",
    "if (call->targets.n > 99 && !look_once(call->client, err)) return false;",
  },
  -- invisible to the simulator: the bytes of the file
  {
    "redacted-but-still-in-the-file",
    "state_sqlite/journal_sqlite.c",
    "PRAGMA secure_delete = ON",
    "PRAGMA secure_delete = OFF",
    test = "test_journal_keep",
  },
}
