#include "journal_sqlite.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "buf.h"
#include "error.h"

typedef struct sqlite_journal {
    tg_journal base;
    tg_store *store;
    tg_buf data; /* both parts of the row that is being read */
} sqlite_journal;

/* A step that was released is never edited. */
static const char *const steps[] =
    {"CREATE TABLE journal(n INTEGER PRIMARY KEY, entry INTEGER NOT NULL, event TEXT NOT NULL,"
     "  at REAL NOT NULL, account TEXT NOT NULL, open TEXT, people TEXT, seal TEXT NOT NULL,"
     "  sum TEXT NOT NULL, chain TEXT NOT NULL);"
     "CREATE INDEX journal_entry ON journal(entry);"
     "CREATE TABLE journal_looked(id INTEGER PRIMARY KEY, at REAL NOT NULL);",
     "CREATE TABLE plans(account TEXT NOT NULL, id TEXT NOT NULL, at REAL NOT NULL,"
     "  text TEXT NOT NULL, PRIMARY KEY(account, id)) WITHOUT ROWID;"
     "CREATE TABLE leases(organization INTEGER PRIMARY KEY, token INTEGER NOT NULL,"
     "  since REAL NOT NULL, until REAL NOT NULL, job TEXT NOT NULL, pid INTEGER NOT NULL,"
     "  started INTEGER NOT NULL, boot TEXT NOT NULL);",
     NULL};

enum {
    LAST,
    ADD,
    ALL,
    ENTRY,
    TAIL,
    OPEN,
    REDACT,
    BLANK,
    CUT,
    LOOKED,
    LOOK,
    PUT_PLAN,
    GET_PLAN,
    OLD_PLANS,
    PUT_LEASE,
    GET_LEASE,
    STATEMENTS
};

#define LEASE "SELECT token, since, until, job, pid, started, boot FROM leases "
#define ROW   "SELECT n, entry, event, at, account, open, people, seal, sum, chain FROM journal "

static const char *const sql[STATEMENTS] = {
    [LAST] = "SELECT n, chain FROM journal ORDER BY n DESC LIMIT 1",
    [ADD] = "INSERT INTO journal VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    [ALL] = ROW "ORDER BY n",
    [ENTRY] = ROW "WHERE entry = ?1 ORDER BY n",
    [TAIL] = ROW "WHERE n > (SELECT max(n) FROM journal) - 2 ORDER BY n",
    /* the event of the greatest n is the last one */
    [OPEN] = ROW "WHERE entry IN (SELECT entry FROM (SELECT entry, event, max(n) FROM journal"
                 " GROUP BY entry) WHERE event IN ('send', 'lose')) ORDER BY n",
    [REDACT] = "UPDATE journal SET people = NULL WHERE entry = ?1",
    [BLANK] = "UPDATE journal SET people = NULL, open = NULL WHERE entry = ?1",
    [CUT] = "DELETE FROM journal WHERE n < ?1",
    [LOOKED] = "SELECT at FROM journal_looked",
    [LOOK] = "INSERT OR REPLACE INTO journal_looked VALUES (1, ?1)",
    [PUT_PLAN] = "INSERT OR REPLACE INTO plans VALUES (?1, ?2, ?3, ?4)",
    [GET_PLAN] = "SELECT text FROM plans WHERE account = ?1 AND id = ?2",
    [OLD_PLANS] = "DELETE FROM plans WHERE at < ?1",
    [PUT_LEASE] = "INSERT OR REPLACE INTO leases VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    [GET_LEASE] = LEASE "WHERE organization = ?1",
};

tg_store *tg_journal_sqlite_store(tg_journal *j)
{
    return ((sqlite_journal *)j)->store;
}

/* Is PATH no plain file, or may it not be looked at, or can its folder not be used, such as that of
   another user or a link to nothing? Then it is not known whether anything was recorded, and
   opening it says what is wrong. */
static bool is_astray(const char *path)
{
    struct stat at;
    if (lstat(path, &at) == 0) return !S_ISREG(at.st_mode);
    return errno != ENOENT || !tg_store_folder_fits(path);
}

/* The log is made after the first page, and stays. */
bool tg_journal_sqlite_emptied(const char *path)
{
    struct stat at;
    char *log = NULL;
    bool empty = lstat(path, &at) == 0 && S_ISREG(at.st_mode) && at.st_size == 0;
    bool emptied = empty && asprintf(&log, "%s-wal", path) > 0 && lstat(log, &at) == 0;
    free(log);
    return emptied;
}

bool tg_journal_sqlite_there(const char *path)
{
    int there = 1;
    sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
    bool known = vfs->xAccess(vfs, path, SQLITE_ACCESS_EXISTS, &there) == SQLITE_OK;
    return !known || there || is_astray(path) || tg_journal_sqlite_emptied(path);
}

static void close_journal(tg_journal *j)
{
    tg_store_close(tg_journal_sqlite_store(j));
    tg_buf_clear(&((sqlite_journal *)j)->data);
    free(j);
}

/* In WAL mode a commit syncs the log only with synchronous = FULL, and then also all earlier
   commits in the log. */
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

static void bytes(sqlite3_stmt *st, int index, tg_text t)
{
    if (t.n) sqlite3_bind_text64(st, index, t.p, t.n, SQLITE_STATIC, SQLITE_UTF8);
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
    bytes(st, 6, row->open);
    bytes(st, 7, row->people);
    text(st, 8, row->seal);
    text(st, 9, row->sum);
    text(st, 10, row->chain);
    return tg_store_run(s, st, err);
}

static const char *string(sqlite3_stmt *st, int column)
{
    const char *s = (const char *)sqlite3_column_text(st, column);
    return s ? s : "";
}

static tg_text part(sqlite3_stmt *st, int column)
{
    const char *s = string(st, column);
    return (tg_text){s, (size_t)sqlite3_column_bytes(st, column)};
}

/* {...} and {...} as one object, without the salt at the end of the second. */
static bool join(tg_buf *out, tg_journal_row *row)
{
    size_t salt = sizeof ",\"salt\":\"\"}" - 1 + TG_SALT_SIZE - 1;
    tg_buf_reset(out);
    tg_buf_add(out, row->open.p, row->open.n);
    if (row->people.n > salt + 1) {
        if (out->n) out->p[--out->n] = '\0'; /* the brace */
        tg_buf_puts(out, out->n > 1 ? "," : out->n ? "" : "{");
        tg_buf_add(out, row->people.p + 1, row->people.n - 1 - salt);
        tg_buf_putc(out, '}');
    }
    row->data = (tg_text){out->p, out->n};
    return !out->failed;
}

/* An event that this version does not know, or a text that is no digest, breaks the chain. */
static bool read_row(sqlite3_stmt *st, tg_buf *data, tg_journal_row *row)
{
    *row = (tg_journal_row){.n = sqlite3_column_int64(st, 0),
                            .entry = sqlite3_column_int64(st, 1),
                            .event = tg_journal_event_of(string(st, 2)),
                            .at = sqlite3_column_double(st, 3),
                            .account = string(st, 4),
                            .open = part(st, 5),
                            .people = part(st, 6)};
    snprintf(row->seal, sizeof row->seal, "%s", string(st, 7));
    snprintf(row->sum, sizeof row->sum, "%s", string(st, 8));
    snprintf(row->chain, sizeof row->chain, "%s", string(st, 9));
    if (row->event >= TG_JE_COUNT) {
        row->event = TG_JE_ABANDON;
        *row->chain = '\0';
    }
    return join(data, row);
}

static bool each(tg_journal *j, int64_t entry, tg_journal_fn *fn, void *ctx, tg_error *err)
{
    tg_journal_row row;
    tg_store *s = tg_journal_sqlite_store(j);
    int which = entry == TG_JOURNAL_TAIL   ? TAIL
                : entry == TG_JOURNAL_OPEN ? OPEN
                : entry                    ? ENTRY
                                           : ALL;
    sqlite3_stmt *st = tg_store_use(s, which, err);
    if (!st) return false;
    if (which == ENTRY) sqlite3_bind_int64(st, 1, entry);
    int rc;
    bool room = true;
    while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
        room = read_row(st, &((sqlite_journal *)j)->data, &row);
        if (!room || !fn(ctx, &row)) break;
    }
    bool ok = rc == SQLITE_ROW || rc == SQLITE_DONE || tg_store_error(s, err);
    if (!room) ok = tg_error_set(err, TG_E_NOMEM, "out of memory");
    tg_store_done(st);
    return ok;
}

/* -------------------------------------------------------------------------------------- keeping */

static void salt(tg_journal *j, char hex[TG_SALT_SIZE])
{
    unsigned char random[(TG_SALT_SIZE - 1) / 2];
    (void)j;
    sqlite3_randomness(sizeof random, random);
    for (size_t i = 0; i < sizeof random; i++) snprintf(hex + 2 * i, 3, "%02x", random[i]);
}

static bool run_with(tg_journal *j, int statement, int64_t n, tg_error *err)
{
    tg_store *s = tg_journal_sqlite_store(j);
    sqlite3_stmt *st = tg_store_use(s, statement, err);
    if (!st) return false;
    sqlite3_bind_int64(st, 1, n);
    return tg_store_run(s, st, err);
}

/* What is redacted is overwritten in the file, too. */
static bool redact(tg_journal *j, int64_t entry, bool all, tg_error *err)
{
    sqlite3 *db = tg_store_handle(tg_journal_sqlite_store(j));
    sqlite3_exec(db, "PRAGMA secure_delete = ON", NULL, NULL, NULL);
    return run_with(j, all ? BLANK : REDACT, entry, err);
}

static bool cut(tg_journal *j, int64_t n, tg_error *err)
{
    return run_with(j, CUT, n, err);
}

static bool looked(tg_journal *j, double *at, bool set, tg_error *err)
{
    tg_store *s = tg_journal_sqlite_store(j);
    sqlite3_stmt *st = tg_store_use(s, set ? LOOK : LOOKED, err);
    if (!st) return false;
    if (set) {
        sqlite3_bind_double(st, 1, *at);
        return tg_store_run(s, st, err);
    }
    int rc = sqlite3_step(st);
    *at = rc == SQLITE_ROW ? sqlite3_column_double(st, 0) : 0;
    bool ok = rc == SQLITE_ROW || rc == SQLITE_DONE || tg_store_error(s, err);
    tg_store_done(st);
    return ok;
}

static bool forget_plans(tg_journal *j, double before, tg_error *err)
{
    tg_store *s = tg_journal_sqlite_store(j);
    sqlite3_stmt *st = tg_store_use(s, OLD_PLANS, err);
    if (!st) return false;
    sqlite3_bind_double(st, 1, before);
    return tg_store_run(s, st, err);
}

/* ----------------------------------------------------------------------------- plans and leases */

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

/* -------------------------------------------------------------------------------------- opening */

tg_journal *tg_journal_sqlite(const char *path, tg_error *err)
{
    static const tg_journal_api api = {.close = close_journal,
                                       .begin = begin,
                                       .commit = commit,
                                       .rollback = rollback,
                                       .last = last,
                                       .add = add,
                                       .each = each,
                                       .salt = salt,
                                       .redact = redact,
                                       .cut = cut,
                                       .looked = looked,
                                       .forget_plans = forget_plans,
                                       .put_plan = put_plan,
                                       .get_plan = get_plan,
                                       .put_lease = put_lease,
                                       .get_lease = get_lease};
    tg_store_options o = {.path = path,
                          .id = TG_JOURNAL_ID,
                          .steps = steps,
                          .sql = sql,
                          .statements = STATEMENTS,
                          .mend = TG_JOURNAL_MEND,
                          .durable = true};
    sqlite_journal *j = malloc(sizeof *j);
    if (!j) {
        tg_error_set(err, TG_E_NOMEM, "out of memory");
        return NULL;
    }
    *j = (sqlite_journal){.base.api = &api, .store = tg_store_open(&o, NULL, err)};
    tg_buf_init(&j->data, TG_BUF_NO_LIMIT);
    if (j->store) return &j->base;
    free(j);
    return NULL;
}
