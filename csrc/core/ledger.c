#include "ledger.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "ledger_window.h"

#define OVER "(resets_at > 0 AND (resets_at <= ?3 OR resets_at > ?3 + 7200))"

static const char *const steps[] = {
    "CREATE TABLE windows(account TEXT, organization INTEGER, total INTEGER, remaining INTEGER, resets_at REAL NOT "
    "NULL,"
    "  said INTEGER NOT NULL, generation INTEGER NOT NULL, spent INTEGER NOT NULL, PRIMARY KEY(account, organization))"
    "  WITHOUT ROWID;"
    "CREATE TABLE workspaces(account TEXT, workspace INTEGER, organization INTEGER NOT NULL,"
    "  PRIMARY KEY(account, workspace)) WITHOUT ROWID;"
    "CREATE TABLE facts(account TEXT, name TEXT, value INTEGER NOT NULL, PRIMARY KEY(account, name)) WITHOUT ROWID;",
    NULL};

enum { TAKE, READ, WRITE, GIVE_BACK, ADD_SPENT, DELETE, EACH, MAP, ORGANIZATION, FACT, SET_FACT, STATEMENTS };

/* TAKE looks, decides and counts in one statement: no other process can come between. */
static const char *const statements[STATEMENTS] = {
    [TAKE] =
        "INSERT INTO windows VALUES (?1, ?2, NULL, NULL, 0, 0, 1, ?5) ON CONFLICT DO UPDATE SET spent = spent + ?5,"
        " generation = generation + " OVER ", said = said AND NOT " OVER ","
        " remaining = iif(" OVER ", total - ?5, max(remaining - ?5, 0)),"
        " resets_at = iif(" OVER ", iif(total IS NULL, 0, ?3 + 3600), resets_at)"
        " WHERE iif(" OVER ", total IS NULL OR total >= ?4 + ?5,"
        " remaining IS NULL OR resets_at = 0 OR remaining >= ?4 + ?5)"
        " RETURNING total, remaining, resets_at, said, generation",
    [READ] =
        "SELECT total, remaining, resets_at, said, generation FROM windows WHERE account = ?1 AND organization = ?2",
    [WRITE] = "INSERT INTO windows VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0) ON CONFLICT DO UPDATE SET total = ?3,"
              " remaining = ?4, resets_at = ?5, said = ?6, generation = ?7",
    [GIVE_BACK] = "UPDATE windows SET spent = spent - ?4, remaining = remaining + ?4 * (generation = ?3)"
                  " WHERE account = ?1 AND organization = ?2",
    [ADD_SPENT] = "UPDATE windows SET spent = spent + ifnull((SELECT spent FROM windows WHERE account = ?1 AND"
                  " organization = ?3), 0) WHERE account = ?1 AND organization = ?2",
    [DELETE] = "DELETE FROM windows WHERE account = ?1 AND organization = ?2",
    [EACH] = "SELECT organization, total, iif(" OVER ", total, remaining), iif(" OVER ", 0, resets_at) * said, spent"
             " FROM windows WHERE account = ?1 AND organization >= ?2 ORDER BY organization",
    [MAP] = "INSERT INTO workspaces VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET organization = ?3",
    [ORGANIZATION] = "SELECT organization FROM workspaces WHERE account = ?1 AND workspace = ?2",
    [FACT] = "SELECT value FROM facts WHERE account = ?1 AND name = ?2",
    [SET_FACT] = "INSERT INTO facts VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET value = ?3",
};

#define MOST_AHEAD 64 /* requests a process takes at once */
#define PART_AHEAD 32 /* and never more than this part of what is left */

#define STATE_ID 0x54475331 /* "TGS1" */

/*
** What this process saw of a window last, and what it has taken in advance: a request must not wait for the file each
** time. The file counts them as spent, so other processes stay inside the window; what is left over is given back when
** the ledger is flushed. A process that is killed leaves a few requests unused, never one too many used.
*/
typedef struct seen {
    int64_t organization;
    window w;
    int ahead; /* requests taken from the file and not used yet */
} seen;

struct tg_ledger {
    tg_store *store;
    bool own;      /* the store is ours */
    char *account; /* owned */
    seen *seen;    /* owned array */
    size_t seen_count;
};

/* -------------------------------------------------------------------------------------------------- make and end */

tg_store *tg_ledger_store(const char *path, char warning[300], tg_error *err)
{
    tg_store_options o = {.path = path, .id = STATE_ID, .steps = steps, .sql = statements, .statements = STATEMENTS};
    return tg_store_open(&o, warning, err);
}

tg_ledger *tg_ledger_new(tg_store *state, const char *account, tg_error *err)
{
    tg_ledger *l = calloc(1, sizeof *l);
    if (!l || !(l->account = strdup(account))) {
        tg_ledger_free(l);
        tg_error_set(err, TG_E_NOMEM, "out of memory");
        return NULL;
    }
    l->own = !state;
    l->store = state ? state : tg_ledger_store(":memory:", NULL, err);
    if (l->store) return l;
    tg_ledger_free(l);
    return NULL;
}

void tg_ledger_free(tg_ledger *l)
{
    if (!l) return;
    if (l->store) tg_ledger_flush(l);
    if (l->own) tg_store_close(l->store);
    free(l->account);
    free(l->seen);
    free(l);
}

/* ---------------------------------------------------------------------------------------------------------- seen */

static seen *find_seen(const tg_ledger *l, int64_t organization)
{
    for (size_t i = 0; i < l->seen_count; i++)
        if (l->seen[i].organization == organization) return &l->seen[i];
    return NULL;
}

static sqlite3_stmt *use(tg_ledger *l, int number, int64_t second, tg_error *err);

/* N requests of that window were never sent: they are not spent, and it has them again if it lasts still. 0: they are
** of none that lasts. */
static bool hand_back(tg_ledger *l, int64_t organization, int64_t generation, int n)
{
    sqlite3_stmt *st = n > 0 ? use(l, GIVE_BACK, organization, NULL) : NULL;
    if (!st) return false;
    sqlite3_bind_int64(st, 3, generation);
    sqlite3_bind_int(st, 4, n);
    return tg_store_run(l->store, st, NULL);
}

/* Without memory for it we only write more often. */
static void see(tg_ledger *l, int64_t organization, const window *w)
{
    seen *s = find_seen(l, organization);
    if (!s) {
        seen *more = realloc(l->seen, (l->seen_count + 1) * sizeof *more);
        if (!more) return;
        l->seen = more;
        s = &more[l->seen_count++];
        *s = (seen){.organization = organization, .w = *w};
    }
    if (s->w.generation != w->generation) { /* those taken in advance were of a window that is over */
        hand_back(l, organization, 0, s->ahead);
        s->ahead = 0;
    }
    s->w = *w;
}

int tg_ledger_left(const tg_ledger *l, int64_t organization)
{
    const seen *s = find_seen(l, organization);
    return s && s->w.remaining >= 0 ? s->w.remaining + s->ahead : -1;
}

/* --------------------------------------------------------------------------------------------------------- rows */

static sqlite3_stmt *use(tg_ledger *l, int number, int64_t second, tg_error *err)
{
    sqlite3_stmt *st = tg_store_use(l->store, number, err);
    if (!st) return NULL;
    sqlite3_bind_text(st, 1, l->account, -1, SQLITE_STATIC);
    sqlite3_bind_int64(st, 2, second);
    return st;
}

static int optional(sqlite3_stmt *st, int column)
{
    return sqlite3_column_type(st, column) == SQLITE_NULL ? -1 : sqlite3_column_int(st, column);
}

static window column_window(sqlite3_stmt *st)
{
    return (window){.total = optional(st, 0),
                    .remaining = optional(st, 1),
                    .resets_at = sqlite3_column_double(st, 2),
                    .said = sqlite3_column_int(st, 3),
                    .generation = sqlite3_column_int64(st, 4)};
}

/* A window that nobody has taken from yet is open. False: err. */
static bool read_window(tg_ledger *l, int64_t organization, window *w, tg_error *err)
{
    sqlite3_stmt *st = use(l, READ, organization, err);
    *w = (window){.total = -1, .remaining = -1, .generation = 1};
    if (!st) return false;
    int rc = sqlite3_step(st);
    if (rc == SQLITE_ROW)
        *w = column_window(st);
    else if (rc != SQLITE_DONE)
        tg_store_error(l->store, err);
    tg_store_done(st);
    return rc == SQLITE_ROW || rc == SQLITE_DONE;
}

static void bind_optional(sqlite3_stmt *st, int index, int value)
{
    if (value < 0)
        sqlite3_bind_null(st, index);
    else
        sqlite3_bind_int(st, index, value);
}

static bool write_window(tg_ledger *l, int64_t organization, const window *w)
{
    sqlite3_stmt *st = use(l, WRITE, organization, NULL);
    if (!st) return false;
    bind_optional(st, 3, w->total);
    bind_optional(st, 4, w->remaining);
    sqlite3_bind_double(st, 5, w->resets_at);
    sqlite3_bind_int(st, 6, w->said);
    sqlite3_bind_int64(st, 7, w->generation);
    return tg_store_run(l->store, st, NULL);
}

/* --------------------------------------------------------------------------------------------------------- take */

/* Why it was refused: until when the window is closed. A reserve as large as the window leaves nothing, ever. */
static bool closed(tg_ledger *l, int64_t organization, double now, double *until, tg_error *err)
{
    window w;
    if (!read_window(l, organization, &w, err)) return false;
    bool live = w.resets_at > now && w.resets_at <= now + FAR_SECONDS;
    *until = live ? w.resets_at : now + WINDOW_SECONDS;
    see(l, organization, &w);
    return false;
}

/* One of those taken in advance, while their window lasts. */
static bool take_ahead(seen *s, double now)
{
    if (!s || s->ahead == 0) return false;
    if (s->w.resets_at > 0 && (s->w.resets_at <= now || s->w.resets_at > now + FAR_SECONDS)) return false;
    s->ahead--;
    return true;
}

/* How many to take at once: few of what is left, one when that is scarce, and one from a window not seen before. */
static int portion(const seen *s, int reserve)
{
    if (!s) return 1;
    if (s->w.remaining < 0) return MOST_AHEAD;
    int n = (s->w.remaining - reserve) / PART_AHEAD;
    return n < 1 ? 1 : n > MOST_AHEAD ? MOST_AHEAD : n;
}

/* SQLITE_ROW: n were taken; SQLITE_DONE: not that many are left; else an error, and err. */
static int take_many(tg_ledger *l, int64_t organization, double now, int reserve, int n, tg_error *err)
{
    sqlite3_stmt *st = use(l, TAKE, organization, err);
    if (!st) return SQLITE_ERROR;
    sqlite3_bind_double(st, 3, now);
    sqlite3_bind_int(st, 4, reserve);
    sqlite3_bind_int(st, 5, n);
    int rc = sqlite3_step(st);
    bool taken = rc == SQLITE_ROW;
    window w = taken ? column_window(st) : (window){0};
    if (taken) rc = sqlite3_step(st); /* the end of the statement is what commits */
    if (rc != SQLITE_DONE) tg_store_error(l->store, err);
    tg_store_done(st);
    if (rc != SQLITE_DONE || !taken) return rc;
    see(l, organization, &w);
    seen *s = find_seen(l, organization);
    if (s) s->ahead += n - 1;
    return SQLITE_ROW;
}

bool tg_ledger_take(tg_ledger *l, int64_t organization, double now, int reserve, double *until, tg_error *err)
{
    seen *s = find_seen(l, organization);
    *until = 0;
    if (take_ahead(s, now)) return true;
    int n = portion(s, reserve), rc = take_many(l, organization, now, reserve, n, err);
    if (rc == SQLITE_DONE && n > 1) rc = take_many(l, organization, now, reserve, 1, err);
    if (rc == SQLITE_ROW) return true;
    return rc == SQLITE_DONE && closed(l, organization, now, until, err);
}

int64_t tg_ledger_generation(const tg_ledger *l, int64_t organization)
{
    const seen *s = find_seen(l, organization);
    return s ? s->w.generation : 0;
}

void tg_ledger_give_back(tg_ledger *l, int64_t organization, int64_t generation)
{
    seen *s = find_seen(l, organization);
    if (s && s->w.generation == generation)
        s->ahead++;
    else
        hand_back(l, organization, generation, 1);
}

static void flush(tg_ledger *l, seen *s)
{
    if (!s || !hand_back(l, s->organization, s->w.generation, s->ahead)) return;
    if (s->w.remaining >= 0) s->w.remaining += s->ahead;
    s->ahead = 0;
}

void tg_ledger_flush(tg_ledger *l)
{
    for (size_t i = 0; i < l->seen_count; i++) flush(l, &l->seen[i]);
}

/* -------------------------------------------------------------------------------------------------------- learn */

/*
** Most replies say what was counted already, or more, since others are under way; those are not written. What this
** process saw last is not below what the file has in the same window, so that what is not news to it is none to the
** file.
*/
void tg_ledger_learn(tg_ledger *l, int64_t organization, double now, int remaining, double resets_in, int total)
{
    seen *known = find_seen(l, organization);
    if (known && remaining >= 0 && known->ahead > remaining) {
        hand_back(l, organization, 0, known->ahead - remaining);
        known->ahead = remaining;
    }
    word s = tg_window_word(now, remaining, resets_in, total, known ? known->ahead : 0);
    window w = known ? known->w : (window){.total = -1, .remaining = -1};
    if (!s.counted && s.resets_at == 0 && s.total < 0) return;
    if (known && !tg_window_merge(&w, &s, now)) return;
    if (!tg_store_begin(l->store, NULL)) return;
    bool ok = read_window(l, organization, &w, NULL);
    if (ok && tg_window_merge(&w, &s, now)) ok = write_window(l, organization, &w);
    if (!ok)
        tg_store_rollback(l->store);
    else if (tg_store_commit(l->store, NULL))
        see(l, organization, &w);
}

void tg_ledger_close(tg_ledger *l, int64_t organization, double now, double until)
{
    window w;
    flush(l, find_seen(l, organization));
    if (!tg_store_begin(l->store, NULL)) return;
    bool ok = read_window(l, organization, &w, NULL);
    if (ok) {
        bool live = w.said && w.resets_at > now && w.resets_at <= now + FAR_SECONDS;
        double end = until > now ? until + MARGIN_SECONDS : live ? w.resets_at : now + WINDOW_SECONDS;
        w.resets_at = end < now + FAR_SECONDS ? end : now + FAR_SECONDS;
        w.remaining = 0;
        w.said = true;
        ok = write_window(l, organization, &w);
    }
    if (!ok)
        tg_store_rollback(l->store);
    else if (tg_store_commit(l->store, NULL))
        see(l, organization, &w);
}

/* --------------------------------------------------------------------------------------------------- workspaces */

static bool run_with(tg_ledger *l, int number, int64_t second, int64_t third)
{
    sqlite3_stmt *st = use(l, number, second, NULL);
    if (!st) return false;
    if (sqlite3_bind_parameter_count(st) > 2) sqlite3_bind_int64(st, 3, third);
    return tg_store_run(l->store, st, NULL);
}

int64_t tg_ledger_organization(tg_ledger *l, int64_t workspace)
{
    sqlite3_stmt *st = use(l, ORGANIZATION, workspace, NULL);
    if (!st) return 0;
    int64_t organization = sqlite3_step(st) == SQLITE_ROW ? sqlite3_column_int64(st, 0) : 0;
    tg_store_done(st);
    return organization;
}

/* What was counted for the workspace alone was its organization's: the lower count is the better known. */
static bool join_windows(tg_ledger *l, int64_t workspace, int64_t organization)
{
    window of_workspace, w;
    if (!read_window(l, -workspace, &of_workspace, NULL) || !read_window(l, organization, &w, NULL)) return false;
    if (of_workspace.said && (!w.said || (of_workspace.remaining >= 0 && of_workspace.remaining < w.remaining))) {
        of_workspace.generation += w.generation; /* unlike that of both: requests under way are given back to neither */
        w = of_workspace;
    }
    return write_window(l, organization, &w) && run_with(l, ADD_SPENT, organization, -workspace) &&
           run_with(l, DELETE, -workspace, 0);
}

void tg_ledger_map(tg_ledger *l, int64_t workspace, int64_t organization)
{
    if (workspace <= 0 || organization <= 0 || tg_ledger_organization(l, workspace) == organization) return;
    tg_ledger_flush(l);
    if (!tg_store_begin(l->store, NULL)) return;
    bool ok = run_with(l, MAP, workspace, organization) && join_windows(l, workspace, organization);
    if (ok)
        tg_store_commit(l->store, NULL);
    else
        tg_store_rollback(l->store);
}

/* --------------------------------------------------------------------------------------------------------- walk */

/* From FIRST on, the next window; false: no more. */
static bool next_window(tg_ledger *l, int64_t first, double now, tg_window_state *out)
{
    sqlite3_stmt *st = use(l, EACH, first, NULL);
    if (!st) return false;
    sqlite3_bind_double(st, 3, now);
    bool found = sqlite3_step(st) == SQLITE_ROW;
    if (found)
        *out = (tg_window_state){.organization = sqlite3_column_int64(st, 0),
                                 .total = optional(st, 1),
                                 .remaining = optional(st, 2),
                                 .resets_at = sqlite3_column_double(st, 3),
                                 .spent = sqlite3_column_int64(st, 4)};
    tg_store_done(st);
    return found;
}

/* One lookup a window, so that FN may use the ledger. */
void tg_ledger_each(tg_ledger *l, double now, bool (*fn)(void *ctx, const tg_window_state *w), void *ctx)
{
    tg_window_state w;
    tg_ledger_flush(l);
    for (int64_t first = INT64_MIN; next_window(l, first, now, &w); first = w.organization + 1)
        if (!fn(ctx, &w)) return;
}

/* -------------------------------------------------------------------------------------------------------- facts */

static sqlite3_stmt *use_fact(tg_ledger *l, int number, const char *name)
{
    sqlite3_stmt *st = use(l, number, 0, NULL);
    if (st) sqlite3_bind_text(st, 2, name, -1, SQLITE_STATIC);
    return st;
}

bool tg_ledger_fact(tg_ledger *l, const char *name, int64_t *value)
{
    sqlite3_stmt *st = use_fact(l, FACT, name);
    if (!st) return false;
    bool found = sqlite3_step(st) == SQLITE_ROW;
    if (found) *value = sqlite3_column_int64(st, 0);
    tg_store_done(st);
    return found;
}

void tg_ledger_set_fact(tg_ledger *l, const char *name, int64_t value)
{
    int64_t old;
    if (tg_ledger_fact(l, name, &old) && old == value) return;
    sqlite3_stmt *st = use_fact(l, SET_FACT, name);
    if (!st) return;
    sqlite3_bind_int64(st, 3, value);
    tg_store_run(l->store, st, NULL);
}
