/* Entries of the journal, for callers: all of an account, and one that a person closes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "client.h"
#include "entry.h"
#include "error.h"
#include "journal_sqlite.h"
#include "process.h"

#define MEND_WAIT 10000 /* milliseconds for other processes */

/* Looking makes no file. */
static bool is_missing(const tg_client *c)
{
    return !c->journal && c->journal_path && strcmp(c->journal_path, ":memory:") != 0 &&
           !tg_journal_sqlite_there(c->journal_path);
}

char *tg_client_journal(tg_client *c, size_t *n, tg_error *err)
{
    *n = 2;
    if (is_missing(c)) {
        char *none = strdup("[]");
        if (!none) tg_error_set(err, TG_E_NOMEM, "out of memory");
        return none;
    }
    tg_journal *j = tg_client_journal_outside(c, err);
    return j ? tg_journal_list(j, c->auth.account, n, err) : NULL;
}

bool tg_client_journal_check(tg_client *c, const char *noted, tg_journal_report *out, tg_error *err)
{
    *out = (tg_journal_report){0};
    if (is_missing(c)) return true;
    tg_journal *j = tg_client_journal_outside(c, err);
    return j && tg_journal_check(j, noted, out, err);
}

/* --------------------------------------------------------------------------------------- status */

static void put_number(tg_writer *w, const char *key, double value)
{
    tg_write_key(w, (tg_text){key, strlen(key)});
    tg_write_real(w, value);
}

static int64_t size_of(const char *path, const char *end)
{
    struct stat st;
    char name[4200];
    snprintf(name, sizeof name, "%s%s", path, end);
    return stat(name, &st) == 0 ? st.st_size : 0;
}

static void write_states(tg_writer *w, const tg_journal_counts *n)
{
    tg_write_key(w, TG_TEXT("states"));
    tg_write_object(w);
    for (int s = TG_J_INTENDED; s <= TG_J_ABANDONED; s++) {
        const char *name = tg_journal_state_name((tg_journal_state)s);
        tg_write_key(w, (tg_text){name, strlen(name)});
        tg_write_int(w, n->states[s]);
    }
    tg_write_end(w);
}

static bool write_status(tg_client *c, const tg_journal_counts *n, tg_buf *out)
{
    tg_writer w;
    const char *path = c->journal_path;
    tg_writer_init(&w, out);
    tg_write_object(&w);
    tg_write_key(&w, TG_TEXT("path"));
    tg_write_text(&w, (tg_text){path, strlen(path)});
    put_number(&w, "bytes", (double)(size_of(path, "") + size_of(path, "-wal")));
    put_number(&w, "entries", (double)n->entries);
    if (n->entries) put_number(&w, "oldest", n->oldest);
    put_number(&w, "keep", c->journal_keep);
    if (c->journal_redact > 0) put_number(&w, "redact", c->journal_redact);
    write_states(&w, n);
    tg_write_end(&w);
    return tg_writer_done(&w);
}

char *tg_client_journal_status(tg_client *c, size_t *n, tg_error *err)
{
    tg_buf out;
    tg_journal_counts counts = {.entries = 0};
    bool missing = is_missing(c); /* once: another process may create it meanwhile */
    tg_journal *j = missing ? NULL : tg_client_journal_outside(c, err);
    if (!missing && (!j || !tg_journal_count(j, &counts, err))) return NULL;
    tg_buf_init(&out, 16384);
    char *text = write_status(c, &counts, &out) ? tg_buf_take(&out, n) : NULL;
    if (!text) tg_error_set(err, TG_E_NOMEM, "out of memory");
    tg_buf_clear(&out);
    return text;
}

bool tg_client_journal_mend(tg_client *c, tg_mended *out, tg_error *err)
{
    if (!c->journal_path || strcmp(c->journal_path, ":memory:") == 0)
        return tg_error_set(err, TG_E_INVALID, "this client keeps no journal in a file");
    if (c->journal) c->journal->api->close(c->journal);
    c->journal = NULL;
    return tg_journal_sqlite_mend(c->journal_path, MEND_WAIT, out, err);
}

/* -------------------------------------------------------------------------------------- closing */

void tg_entry_read(tg_entry_state *e, const tg_journal_row *row)
{
    if (row->n == row->entry) e->ours = strcmp(row->account, e->account) == 0;
    if (row->event == TG_JE_SEND && row->data.n) tg_journal_sender(row->data, &e->sender);
    tg_journal_next(&e->state, row->event);
}

static bool read_entry(void *ctx, const tg_journal_row *row)
{
    tg_entry_read(ctx, row);
    return true;
}

/* Several accounts share the file; an entry of another one is not this client's to close, and that
   of a program that still waits for the reply is not a person's to settle yet. */
static bool may_close(tg_client *c, int64_t number, tg_error *err)
{
    tg_entry_state e = {.account = c->auth.account};
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
    tg_journal *j = tg_client_journal_outside(c, err);
    return j && may_close(c, number, err) &&
           tg_journal_add(j, &number, done ? TG_JE_FIND : TG_JE_MISS, tg_client_now(c),
                          c->auth.account, data, err);
}
