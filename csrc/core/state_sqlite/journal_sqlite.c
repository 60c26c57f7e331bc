#include "journal_sqlite.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"

#define JOURNAL_ID 0x54474A31 /* "TGJ1" */

typedef struct sqlite_journal {
    tg_journal base;
    tg_store *store;
} sqlite_journal;

/* A step that was released is never edited. */
static const char *const steps[] =
    {"CREATE TABLE journal(n INTEGER PRIMARY KEY, entry INTEGER NOT NULL, event TEXT NOT NULL,"
     "  at REAL NOT NULL, account TEXT NOT NULL, data TEXT, sum TEXT NOT NULL,"
     "  chain TEXT NOT NULL);"
     "CREATE INDEX journal_entry ON journal(entry);",
     "CREATE TABLE plans(account TEXT NOT NULL, id TEXT NOT NULL, at REAL NOT NULL,"
     "  text TEXT NOT NULL, PRIMARY KEY(account, id)) WITHOUT ROWID;"
     "CREATE TABLE leases(organization INTEGER PRIMARY KEY, token INTEGER NOT NULL,"
     "  since REAL NOT NULL, until REAL NOT NULL, job TEXT NOT NULL, pid INTEGER NOT NULL,"
     "  started INTEGER NOT NULL, boot TEXT NOT NULL);",
     NULL};

enum { LAST, ADD, ALL, ENTRY, PUT_PLAN, GET_PLAN, PUT_LEASE, GET_LEASE, STATEMENTS };

#define ROW "SELECT n, entry, event, at, account, data, sum, chain FROM journal "

static const char *const sql[STATEMENTS] = {
    [LAST] = "SELECT n, chain FROM journal ORDER BY n DESC LIMIT 1",
    [ADD] = "INSERT INTO journal VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    [ALL] = ROW "ORDER BY n",
    [ENTRY] = ROW "WHERE entry = ?1 ORDER BY n",
    [PUT_PLAN] = "INSERT OR REPLACE INTO plans VALUES (?1, ?2, ?3, ?4)",
    [GET_PLAN] = "SELECT text FROM plans WHERE account = ?1 AND id = ?2",
    [PUT_LEASE] = "INSERT OR REPLACE INTO leases VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    [GET_LEASE] = "SELECT token, since, until, job, pid, started, boot FROM leases"
                  " WHERE organization = ?1",
};

tg_store *tg_journal_sqlite_store(tg_journal *j)
{
    return ((sqlite_journal *)j)->store;
}

static void close_journal(tg_journal *j)
{
    tg_store_close(tg_journal_sqlite_store(j));
    free(j);
}

/* In WAL mode a commit syncs the log with synchronous = FULL alone; such a commit syncs all that stands
   before it in the log. */
static bool begin(tg_journal *j, bool durable, tg_error *err)
{
    tg_store *s = tg_journal_sqlite_store(j);
    return tg_store_sync(s, durable, err) && tg_store_begin(s, err);
}

static void rollback(tg_journal *j)
{
    tg_store_rollback(tg_journal_sqlite_store(j));
}

static bool commit(tg_journal *j, tg_error *err)
{
    return tg_store_commit(tg_journal_sqlite_store(j), err);
}

static void text(sqlite3_stmt *st, int index, const char *s)
{
    sqlite3_bind_text(st, index, s, -1, SQLITE_STATIC);
}

static bool last(tg_journal *j, int64_t *n, char chain[TG_CHAIN_SIZE], tg_error *err)
{
    tg_store *s = tg_journal_sqlite_store(j);
    sqlite3_stmt *st = tg_store_use(s, LAST, err);
    *n = 0;
    *chain = '\0';
    if (!st) return false;
    int rc = sqlite3_step(st);
    if (rc == SQLITE_ROW) {
        const char *hex = (const char *)sqlite3_column_text(st, 1);
        *n = sqlite3_column_int64(st, 0);
        snprintf(chain, TG_CHAIN_SIZE, "%s", hex ? hex : "");
    } else if (rc != SQLITE_DONE)
        tg_store_error(s, err);
    tg_store_done(st);
    return rc == SQLITE_ROW || rc == SQLITE_DONE;
}

static bool add(tg_journal *j, const tg_journal_row *row, tg_error *err)
{
    tg_store *s = tg_journal_sqlite_store(j);
    sqlite3_stmt *st = tg_store_use(s, ADD, err);
    if (!st) return false;
    sqlite3_bind_int64(st, 1, row->n);
    sqlite3_bind_int64(st, 2, row->entry);
    text(st, 3, tg_journal_event_name(row->event));
    sqlite3_bind_double(st, 4, row->at);
    text(st, 5, row->account);
    sqlite3_bind_text64(st, 6, row->data.p, row->data.n, SQLITE_STATIC, SQLITE_UTF8);
    text(st, 7, row->sum);
    text(st, 8, row->chain);
    return tg_store_run(s, st, err);
}

/* An event that this version does not know, or a text that is no digest, breaks the chain. */
static void read_row(sqlite3_stmt *st, tg_journal_row *row)
{
    const char *event = (const char *)sqlite3_column_text(st, 2);
    const char *account = (const char *)sqlite3_column_text(st, 4);
    const char *sum = (const char *)sqlite3_column_text(st, 6);
    const char *chain = (const char *)sqlite3_column_text(st, 7);
    *row = (tg_journal_row){.n = sqlite3_column_int64(st, 0),
                            .entry = sqlite3_column_int64(st, 1),
                            .event = tg_journal_event_of(event ? event : ""),
                            .at = sqlite3_column_double(st, 3),
                            .account = account ? account : ""};
    row->data.p = (const char *)sqlite3_column_text(st, 5);
    row->data.n = (size_t)sqlite3_column_bytes(st, 5);
    snprintf(row->sum, sizeof row->sum, "%s", sum ? sum : "");
    snprintf(row->chain, sizeof row->chain, "%s", chain ? chain : "");
    if (row->event < TG_JE_COUNT) return;
    row->event = TG_JE_ABANDON;
    *row->chain = '\0';
}

static bool each(tg_journal *j, int64_t entry, tg_journal_fn *fn, void *ctx, tg_error *err)
{
    tg_journal_row row;
    tg_store *s = tg_journal_sqlite_store(j);
    sqlite3_stmt *st = tg_store_use(s, entry ? ENTRY : ALL, err);
    if (!st) return false;
    if (entry) sqlite3_bind_int64(st, 1, entry);
    int rc;
    while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
        read_row(st, &row);
        if (!fn(ctx, &row)) break;
    }
    bool ok = rc == SQLITE_ROW || rc == SQLITE_DONE || tg_store_error(s, err);
    tg_store_done(st);
    return ok;
}

/* ------------------------------------------------------------------------------ plans and leases */

static bool put_plan(tg_journal *j, const char *account, const char *id, double at, tg_text t,
                     tg_error *err)
{
    tg_store *s = tg_journal_sqlite_store(j);
    sqlite3_stmt *st = tg_store_use(s, PUT_PLAN, err);
    if (!st) return false;
    text(st, 1, account);
    text(st, 2, id);
    sqlite3_bind_double(st, 3, at);
    sqlite3_bind_text64(st, 4, t.p, t.n, SQLITE_STATIC, SQLITE_UTF8);
    return tg_store_run(s, st, err);
}

/* Steps ST to its only row. 1: it is there; 0: it is not; -1: err. */
static int only_row(tg_store *s, sqlite3_stmt *st, tg_error *err)
{
    int rc = sqlite3_step(st);
    if (rc == SQLITE_ROW) return 1;
    if (rc == SQLITE_DONE) return 0;
    tg_store_error(s, err);
    return -1;
}

static const char *column(sqlite3_stmt *st, int index)
{
    const char *s = (const char *)sqlite3_column_text(st, index);
    return s ? s : "";
}

static bool get_plan(tg_journal *j, const char *account, const char *id, char **out, tg_error *err)
{
    tg_store *s = tg_journal_sqlite_store(j);
    sqlite3_stmt *st = tg_store_use(s, GET_PLAN, err);
    *out = NULL;
    if (!st) return false;
    text(st, 1, account);
    text(st, 2, id);
    int found = only_row(s, st, err);
    if (found > 0 && !(*out = strdup(column(st, 0)))) {
        tg_error_set(err, TG_E_NOMEM, "out of memory");
        found = -1;
    }
    tg_store_done(st);
    return found >= 0;
}

static bool put_lease(tg_journal *j, const tg_lease *l, tg_error *err)
{
    tg_store *s = tg_journal_sqlite_store(j);
    sqlite3_stmt *st = tg_store_use(s, PUT_LEASE, err);
    if (!st) return false;
    sqlite3_bind_int64(st, 1, l->organization);
    sqlite3_bind_int64(st, 2, l->token);
    sqlite3_bind_double(st, 3, l->since);
    sqlite3_bind_double(st, 4, l->until);
    text(st, 5, l->job);
    sqlite3_bind_int64(st, 6, l->holder.pid);
    sqlite3_bind_int64(st, 7, l->holder.started);
    text(st, 8, l->holder.boot);
    return tg_store_run(s, st, err);
}

static void read_lease(sqlite3_stmt *st, tg_lease *out)
{
    out->token = sqlite3_column_int64(st, 0);
    out->since = sqlite3_column_double(st, 1);
    out->until = sqlite3_column_double(st, 2);
    snprintf(out->job, sizeof out->job, "%s", column(st, 3));
    out->holder.pid = sqlite3_column_int64(st, 4);
    out->holder.started = sqlite3_column_int64(st, 5);
    snprintf(out->holder.boot, sizeof out->holder.boot, "%s", column(st, 6));
}

static bool get_lease(tg_journal *j, int64_t organization, tg_lease *out, tg_error *err)
{
    tg_store *s = tg_journal_sqlite_store(j);
    sqlite3_stmt *st = tg_store_use(s, GET_LEASE, err);
    *out = (tg_lease){.organization = organization};
    if (!st) return false;
    sqlite3_bind_int64(st, 1, organization);
    int found = only_row(s, st, err);
    if (found > 0) read_lease(st, out);
    tg_store_done(st);
    return found >= 0;
}

tg_journal *tg_journal_sqlite(const char *path, tg_error *err)
{
    static const tg_journal_api api = {.close = close_journal,
                                       .begin = begin,
                                       .commit = commit,
                                       .rollback = rollback,
                                       .last = last,
                                       .add = add,
                                       .each = each,
                                       .put_plan = put_plan,
                                       .get_plan = get_plan,
                                       .put_lease = put_lease,
                                       .get_lease = get_lease};
    tg_store_options o = {.path = path,
                          .id = JOURNAL_ID,
                          .steps = steps,
                          .sql = sql,
                          .statements = STATEMENTS,
                          .durable = true};
    sqlite_journal *j = malloc(sizeof *j);
    if (!j) {
        tg_error_set(err, TG_E_NOMEM, "out of memory");
        return NULL;
    }
    *j = (sqlite_journal){.base.api = &api, .store = tg_store_open(&o, NULL, err)};
    if (j->store) return &j->base;
    free(j);
    return NULL;
}
