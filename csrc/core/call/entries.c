/* Entries of the journal, for callers: all of an account, and one that a person closes. */
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "error.h"
#include "journal.h"
#include "process.h"

char *tg_client_journal(tg_client *c, size_t *n, tg_error *err)
{
    tg_journal *j = tg_client_journal_open(c, err);
    return j ? tg_journal_list(j, c->auth.account, n, err) : NULL;
}

bool tg_client_journal_check(tg_client *c, tg_journal_report *out, tg_error *err)
{
    *out = (tg_journal_report){0};
    tg_journal *j = tg_client_journal_open(c, err);
    return j && tg_journal_check(j, out, err);
}

/* -------------------------------------------------------------------------------------- closing */

/* What one entry says of itself. */
typedef struct entry {
    const char *account; /* of the client */
    bool ours;
    tg_journal_state state;
    tg_process sender; /* of its last attempt */
} entry;

static int64_t int_of(tg_text data, const char *key)
{
    tg_value v = tg_value_get(data, (tg_text){key, strlen(key)});
    return v.what == TG_V_INT ? v.integer : 0;
}

static void read_sender(tg_text data, tg_process *out)
{
    tg_value boot = tg_value_get(data, TG_TEXT("boot"));
    out->pid = int_of(data, "process");
    out->started = int_of(data, "started");
    *out->boot = '\0';
    if (boot.what != TG_V_STRING || boot.text.n >= sizeof out->boot) return;
    memcpy(out->boot, boot.text.p, boot.text.n);
    out->boot[boot.text.n] = '\0';
}

static bool read_entry(void *ctx, const tg_journal_row *row)
{
    entry *e = ctx;
    if (row->n == row->entry) e->ours = strcmp(row->account, e->account) == 0;
    if (row->event == TG_JE_SEND && row->data.n) read_sender(row->data, &e->sender);
    tg_journal_next(&e->state, row->event);
    return true;
}

/* Several accounts share the file; an entry of another one is not this client's to close, and that
   of a program that still waits for the reply is no person's yet. */
static bool may_close(tg_client *c, int64_t number, tg_error *err)
{
    entry e = {.account = c->auth.account};
    if (number <= 0) return tg_error_set(err, TG_E_INVALID, "entries count from 1");
    if (!c->journal->api->each(c->journal, number, read_entry, &e, err)) return false;
    if (!e.ours)
        return tg_error_set(err, TG_E_NOT_FOUND, "the journal has no entry %lld of this account",
                            (long long)number);
    if (e.state != TG_J_SENT || !tg_process_runs(&e.sender)) return true;
    tg_error_set(err, TG_E_CONFLICT,
                 "entry %lld was sent by process %lld, which still runs, so it was not closed",
                 (long long)number, (long long)e.sender.pid);
    tg_error_advise(err, "wait for its reply, or end that process");
    return false;
}

bool tg_client_journal_close(tg_client *c, int64_t number, bool done, tg_error *err)
{
    tg_text data = TG_TEXT("{\"kind\":\"closed\",\"by\":\"person\"}");
    tg_journal *j = tg_client_journal_open(c, err);
    return j && may_close(c, number, err) &&
           tg_journal_add(j, &number, done ? TG_JE_FIND : TG_JE_MISS, tg_client_now(c),
                          c->auth.account, data, err);
}
