/* Checks after each recovery and at the end. */
#include <sha2.h> /* libmd */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "journal.h"
#include "state_sqlite/journal_sqlite.h"
#include "world.h"

/* ------------------------------------------------------------------------------------ databases */

static bool is_ok(sqlite3 *db)
{
    sqlite3_stmt *st = NULL;
    bool ok = sqlite3_prepare_v2(db, "PRAGMA integrity_check", -1, &st, NULL) == SQLITE_OK &&
              sqlite3_step(st) == SQLITE_ROW &&
              strcmp((const char *)sqlite3_column_text(st, 0), "ok") == 0;
    sqlite3_finalize(st);
    return ok;
}

static sqlite3 *open_copy(sim_world *w, int machine, const char *name)
{
    char path[40];
    sqlite3 *db = NULL;
    snprintf(path, sizeof path, "/%d/%s", SIM_SCRATCH, name);
    if (!sim_file_find(path)) return NULL; /* the machine died at its first write */
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK && is_ok(db))
        return db;
    sim_violate(w, "%s of machine %d is damaged: %s", name, machine + 1, sqlite3_errmsg(db));
    sqlite3_close(db);
    return NULL;
}

/* -------------------------------------------------------------------------------------- journal */

enum { STEP, EVENT, N, ENTRY, AT, SUM, ACCOUNT, CHAIN, OPEN, PEOPLE, SEAL };

static void take_event(sim_world *w, int machine, sqlite3_stmt *st)
{
    const char *name = (const char *)sqlite3_column_text(st, STEP);
    const char *word = (const char *)sqlite3_column_text(st, EVENT);
    int n = name && *name == 'i' ? atoi(name + 1) : -1;
    if (n < 0 || n >= w->intent_count || w->intents[n].machine != machine) {
        sim_violate(w, "the journal of machine %d has an entry of nothing", machine + 1);
        return;
    }
    sim_intent *t = &w->intents[n];
    tg_journal_event event = tg_journal_event_of(word ? word : "");
    tg_journal_state state = (tg_journal_state)t->state;
    if (!tg_journal_next(&state, event))
        sim_violate(w, "%s cannot come in the state %s of %s", word ? word : "",
                    tg_journal_state_name(state), t->name);
    t->state = (int)state;
    t->names_people |= sqlite3_column_type(st, PEOPLE) != SQLITE_NULL;
    t->recorded += event == TG_JE_SEND;
    t->misses += event == TG_JE_MISS;
    if (event == TG_JE_MISS) t->missed = sqlite3_column_double(st, AT);
    t->finds += event == TG_JE_FIND;
}

static const char *text_of(sqlite3_stmt *st, int column)
{
    const char *text = (const char *)sqlite3_column_text(st, column);
    return text ? text : "";
}

static void sha(const char *text, char out[65])
{
    SHA256Data((const uint8_t *)text, strlen(text), out);
}

/* The first event of an entry holds the step. */
#define EVENTS                                                                                     \
    "SELECT json_extract(f.open, '$.step'), j.event, j.n, j.entry, j.at, j.sum, j.account,"        \
    " j.chain, j.open, j.people, j.seal FROM journal AS j LEFT JOIN journal AS f"                  \
    " ON f.n = j.entry ORDER BY j.n"

/* Check the link by the definition of the hash chain, without the core's function. The predecessor
   of the first kept event may have been deleted: that link is not checked. */
static bool is_linked(sqlite3_stmt *st, char chain[65])
{
    char text[600], made[65];
    sqlite3_int64 n = sqlite3_column_int64(st, N);
    bool first = !*chain && n > 1;
    snprintf(text, sizeof text, "%s\n%lld\n%lld\n%s\n%.6f\n%s\n%s", chain, (long long)n,
             (long long)sqlite3_column_int64(st, ENTRY), text_of(st, EVENT),
             sqlite3_column_double(st, AT), text_of(st, SUM), text_of(st, ACCOUNT));
    sha(text, made);
    snprintf(chain, 65, "%s", text_of(st, CHAIN));
    return first || strcmp(made, chain) == 0;
}

/* Check the digests of an event. A redacted part is known by its digest alone. */
static bool is_whole(sqlite3_stmt *st)
{
    char both[129], made[65];
    sha(text_of(st, PEOPLE), made);
    if (*text_of(st, PEOPLE) && strcmp(made, text_of(st, SEAL)) != 0) return false;
    sha(text_of(st, OPEN), both);
    snprintf(both + 64, sizeof both - 64, "%s", text_of(st, SEAL));
    sha(both, made);
    return !*text_of(st, OPEN) || strcmp(made, text_of(st, SUM)) == 0;
}

static void forget_states(sim_world *w, int machine)
{
    for (int i = 0; i < w->intent_count; i++) {
        sim_intent *t = &w->intents[i];
        if (t->machine != machine) continue;
        t->state = t->recorded = t->misses = t->finds = 0;
        t->names_people = false;
        t->missed = 0;
    }
}

/* Read all events and return their count. CHAIN: the hash of the last one. */
static int64_t read_journal(sim_world *w, int machine, sqlite3 *db, char chain[65])
{
    int64_t events = 0;
    sqlite3_stmt *st = NULL;
    forget_states(w, machine);
    if (!db || sqlite3_prepare_v2(db, EVENTS, -1, &st, NULL) != SQLITE_OK)
        return 0; /* the machine died before the tables existed */
    for (; sqlite3_step(st) == SQLITE_ROW; events++) {
        if (*text_of(st, OPEN)) take_event(w, machine, st);
        if (!is_linked(st, chain) || !is_whole(st))
            sim_violate(w, "event %lld of the journal of machine %d is not as it was written",
                        (long long)sqlite3_column_int64(st, N), machine + 1);
    }
    sqlite3_finalize(st);
    return events;
}

/* Check the chain by the core's own function. is_linked() checks its definition after each crash.
   */
static void check_chain(sim_world *w, int machine, int64_t events, const char *chain)
{
    char path[40];
    tg_error err = {0};
    tg_journal_report report;
    snprintf(path, sizeof path, "/%d/journal.db", SIM_SCRATCH);
    if (!sim_file_find(path)) return;
    tg_journal *j = tg_journal_sqlite(path, &err);
    if (!j)
        sim_violate(w, "the journal of machine %d cannot be opened: %s", machine + 1, err.message);
    else if (!tg_journal_check(j, NULL, &report, &err))
        sim_violate(w, "the journal of machine %d cannot be read: %s", machine + 1, err.message);
    else if (report.broken)
        sim_violate(w, "the journal of machine %d is broken at event %lld", machine + 1,
                    (long long)report.broken);
    else if (report.events != events || strcmp(report.head, chain) != 0)
        sim_violate(w, "of %lld events on machine %d the core verifies %lld", (long long)events,
                    machine + 1, (long long)report.events);
    if (j) j->api->close(j);
}

/* Check that the journal has every request that was sent, after any crash. */
static void check_recorded(sim_world *w, int machine)
{
    if (w->forgot) return;
    for (int i = 0; i < w->intent_count; i++) {
        const sim_intent *t = &w->intents[i];
        if (t->machine == machine && t->effect != TG_EFFECT_NONE && t->sends > t->recorded)
            sim_violate(w, "%s (%s) was sent %d times and is recorded %d times", t->op->name,
                        t->name, t->sends, t->recorded);
    }
}

bool sim_is_open(sim_world *w, const sim_intent *t)
{
    char chain[65] = "";
    sim_process *here = w->here;
    w->here = NULL;
    sim_memory *before = sim_memory_use(NULL);
    sim_disk_copy(t->machine, SIM_SCRATCH);
    sqlite3 *journal = open_copy(w, t->machine, "journal.db");
    read_journal(w, t->machine, journal, chain);
    sqlite3_close(journal);
    sim_disk_clear(SIM_SCRATCH);
    sim_memory_use(before);
    w->here = here;
    return tg_journal_state_open((tg_journal_state)t->state);
}

void sim_check_machine(sim_world *w, int machine)
{
    char chain[65] = "";
    sim_process *here = w->here;
    w->here = NULL;
    sim_disk_copy(machine, SIM_SCRATCH);
    sqlite3 *state = open_copy(w, machine, "state.db"),
            *journal = open_copy(w, machine, "journal.db");
    int64_t events = read_journal(w, machine, journal, chain);
    sqlite3_close(state);
    sqlite3_close(journal);
    if (w->calm) check_chain(w, machine, events, chain);
    check_recorded(w, machine);
    sim_disk_clear(SIM_SCRATCH);
    w->here = here;
}

/* Check the journal days later: open entries are unchanged, closed ones name no person or are
   deleted. */
void sim_check_old(sim_world *w, int machine)
{
    int before[SIM_INTENTS];
    for (int i = 0; i < w->intent_count; i++) before[i] = w->intents[i].state;
    sim_check_machine(w, machine);
    for (int i = 0; i < w->intent_count; i++) {
        const sim_intent *t = &w->intents[i];
        bool open = tg_journal_state_open((tg_journal_state)before[i]);
        if (t->machine != machine || !before[i]) continue;
        if (open && t->state != before[i])
            sim_violate(w, "the open entry of %s (%s) was forgotten", t->op->name, t->name);
        if (!open && t->names_people)
            sim_violate(w, "the entry of %s (%s) still names people", t->op->name, t->name);
        if (!open && w->forgot && t->recorded)
            sim_violate(w, "the entry of %s (%s) is still there", t->op->name, t->name);
    }
}

/* -------------------------------------------------------------------------------------- intents */

/* Return whether KIND says that the write was not applied. */
static bool denies(tg_kind kind)
{
    return kind != TG_OK && kind != TG_E_UNKNOWN && kind != TG_E_CANCELLED;
}

/* Return whether the server has the intended state, whichever actor made it: a record to remove is
   absent, and a person has the role, or had it before another actor changed it. */
static bool is_so(sim_world *w, const sim_intent *t)
{
    char sql[120], other[40] = "";
    bool role = strcmp(t->op->name, "put_organization_users") == 0;
    if (role && t->overwritten) return true;
    if (!role && strcmp(t->op->name, "delete_organization_group") != 0 &&
        strcmp(t->op->name, "patch_organization_users") != 0)
        return false;
    if (role) snprintf(other, sizeof other, " AND role_id <> %d", t->role);
    snprintf(sql, sizeof sql, "SELECT count(*) FROM %s WHERE id = %lld%s",
             strcmp(t->op->verb, "DELETE") == 0 ? "groups" : "org_users", (long long)t->key, other);
    return sim_number(w->engine, sql) == 0;
}

/* Return whether another write of the same target had been applied before the search at LOOKED: it
   hides the earlier one. */
static bool was_hidden(const sim_intent *t, double looked)
{
    return t->overwritten && t->overwritten <= looked;
}

static void check_told(sim_world *w, const sim_intent *t)
{
    if (t->kind == TG_OK && !t->carried && !is_so(w, t))
        sim_violate(w, "%s (%s) is said to be done and was not", t->op->name, t->name);
    if (denies(t->kind) && t->carried && !was_hidden(t, t->told))
        sim_violate(w, "%s (%s) is said to be refused (%s) and was done", t->op->name, t->name,
                    tg_kind_name(t->kind));
}

static void check_state(sim_world *w, const sim_intent *t)
{
    if (tg_journal_state_open((tg_journal_state)t->state))
        sim_violate(w, "%s (%s) is %s in the journal at the end", t->op->name, t->name,
                    tg_journal_state_name((tg_journal_state)t->state));
    tg_journal_state state = (tg_journal_state)t->state;
    bool done = state == TG_J_DONE || state == TG_J_SETTLED_DONE;
    bool absent = state == TG_J_REFUSED || state == TG_J_SETTLED_ABSENT;
    bool hidden = t->misses && was_hidden(t, t->missed); /* a retry may have applied it since */
    if (done && !t->carried && !is_so(w, t))
        sim_violate(w, "%s (%s) is %s in the journal and was not done", t->op->name, t->name,
                    tg_journal_state_name(state));
    if (absent && t->carried && !hidden)
        sim_violate(w, "%s (%s) is %s in the journal and was done", t->op->name, t->name,
                    tg_journal_state_name(state));
}

/* Check that the journal agrees with the caller's outcome, on a machine without a failure. */
static void check_agreement(sim_world *w, const sim_intent *t)
{
    const sim_machine *m = &w->machines[t->machine];
    tg_journal_state state = (tg_journal_state)t->state;
    if (!t->ended || m->failed || !t->recorded || w->forgot) return;
    bool agrees = t->kind == TG_OK          ? state == TG_J_DONE || state == TG_J_SETTLED_DONE
                  : t->kind == TG_E_UNKNOWN ? state != TG_J_DONE && state != TG_J_REFUSED
                                            : state == TG_J_REFUSED || state == TG_J_SETTLED_ABSENT;
    if (!agrees)
        sim_violate(w, "%s (%s) is %s in the journal, and its caller was told: %s", t->op->name,
                    t->name, tg_journal_state_name(state),
                    t->kind == TG_OK ? "done" : tg_kind_name(t->kind));
}

void sim_check_intents(sim_world *w)
{
    for (int i = 0; i < w->intent_count; i++) {
        const sim_intent *t = &w->intents[i];
        if (!t->ended && !t->killed) sim_violate(w, "%s (%s) did not end", t->op->name, t->name);
        if (t->effect == TG_EFFECT_NONE) continue;
        if (t->effect != TG_EFFECT_SAME && t->carried > 1)
            sim_violate(w, "%s (%s) was carried out %d times", t->op->name, t->name, t->carried);
        if (t->effect != TG_EFFECT_SAME && t->repeats > t->misses && !w->forgot)
            sim_violate(w, "%s (%s) was sent again before it was settled", t->op->name, t->name);
        if (t->ended) check_told(w, t);
        check_state(w, t);
        check_agreement(w, t);
    }
}
