/*
** The size of cache.db. A put looks at the number of pages in use, which SQLite has at hand, and
** deletes the oldest replies where they and the new one would exceed the limit. All is done in
** steps whose work does not depend on the size of the file: so many replies, terms and pages at
** most. The steps of the next puts do what one step leaves.
*/
#include <sqlite3.h>

#include "cache_inside.h"
#include "store_wal.h"

#define KEPT_SECONDS 2592000 /* 30 days */
#define KEPT_DROPS   10000
#define PAGE         4096 /* SQLite's page, as in each file we make */
/* The part of the limit that is left to the log and to one transaction: at most so many bytes. */
#define MARGIN_BYTES ((int64_t)16 << 20)
#define LEAST_FREED  ((int64_t)1 << 20) /* one step may free so much, or twice what it needs */
#define MOST_REPLIES 128                /* replies that one step deletes */
#define MOST_EXPIRED 8                  /* of them for their age alone */
#define FREE_PAGES   1024               /* free pages that a file may keep for later replies */

/* What a step has deleted. */
typedef struct trimmed {
    int64_t replies, bytes;
} trimmed;

/* The first column of the first row; below 0: err, or no row. */
static int64_t number(tg_cache *c, int statement, tg_error *err)
{
    sqlite3_stmt *st = tg_store_use(c->store, statement, err);
    int64_t n = st && sqlite3_step(st) == SQLITE_ROW ? sqlite3_column_int64(st, 0) : -1;
    if (st) tg_store_done(st);
    return n;
}

static bool run(tg_cache *c, int statement, int64_t value, tg_error *err)
{
    sqlite3_stmt *st = tg_store_use(c->store, statement, err);
    if (st && sqlite3_bind_parameter_count(st)) sqlite3_bind_int64(st, 1, value);
    return st && tg_store_run(c->store, st, err);
}

/* Bytes of the pages in use; below 0: err. */
static int64_t bytes_used(tg_cache *c, tg_error *err)
{
    int64_t pages = number(c, PAGES, err), free = pages < 0 ? -1 : number(c, PAGES_FREE, err);
    if (free >= 0) return (pages - free) * PAGE;
    tg_store_error(c->store, err);
    return -1;
}

static int64_t goal(const tg_cache *c)
{
    int64_t margin = c->limit / 3;
    return c->limit - (margin < MARGIN_BYTES ? margin : MARGIN_BYTES);
}

/* ---------------------------------------------------------------------------------------- steps */

static bool delete_reply(tg_cache *c, int64_t id, tg_error *err)
{
    static const int parts[] = {END_LISTS, END_PAGES, DELETE_TAGS, DELETE_REPLY};
    bool ok = true;
    for (size_t i = 0; ok && i < sizeof parts / sizeof *parts; i++) ok = run(c, parts[i], id, err);
    return ok;
}

/* Delete the oldest reply from before BEFORE. MORE: there was one. */
static bool delete_oldest(tg_cache *c, int64_t before, trimmed *t, bool *more, tg_error *err)
{
    sqlite3_stmt *st = tg_store_use(c->store, OLDEST, err);
    if (!st) return false;
    sqlite3_bind_int64(st, 1, before);
    int rc = sqlite3_step(st);
    *more = rc == SQLITE_ROW;
    int64_t id = *more ? sqlite3_column_int64(st, 0) : 0;
    int64_t size = *more ? sqlite3_column_int64(st, 1) : 0;
    if (!*more && rc != SQLITE_DONE) tg_store_error(c->store, err);
    tg_store_done(st);
    if (!*more) return rc == SQLITE_DONE;
    t->replies++;
    t->bytes += size;
    return delete_reply(c, id, err);
}

/* Delete some rows of a list that has lost a reply; the list itself when there are none left. */
static bool sweep(tg_cache *c, tg_error *err)
{
    int64_t list = number(c, ENDED, NULL), changes;
    if (list < 0) return true;
    sqlite3 *db = tg_store_handle(c->store);
    changes = sqlite3_total_changes64(db);
    if (!run(c, ENDED_TERMS, list, err) || !run(c, ENDED_WORDS, list, err)) return false;
    return sqlite3_total_changes64(db) > changes || run(c, ENDED_LIST, list, err);
}

static bool note(tg_cache *c, const trimmed *t, int64_t now, tg_error *err)
{
    if (t->replies == 0) return true;
    sqlite3_stmt *st = tg_store_use(c->store, NOTE_TRIM, err);
    if (!st) return false;
    sqlite3_bind_int64(st, 1, t->replies);
    sqlite3_bind_int64(st, 2, t->bytes);
    sqlite3_bind_int64(st, 3, now);
    sqlite3_bind_int64(st, 4, c->limit);
    return tg_store_run(c->store, st, err);
}

/* ----------------------------------------------------------------------------------------- uses */

bool tg_cache_room(tg_cache *c, int64_t need, int64_t before, int64_t now, bool *fits,
                   tg_error *err)
{
    trimmed t = {0};
    need += need / 16 + 4 * PAGE; /* pages that are full in part, and those of the indexes */
    int64_t used = bytes_used(c, err), start = used;
    int64_t enough = 2 * need > LEAST_FREED ? 2 * need : LEAST_FREED;
    bool ok = used >= 0, more = need <= goal(c) / 2;
    *fits = more && used + need <= goal(c);
    if (!ok || *fits || !more) return ok;
    ok = sweep(c, err);
    while (ok && more && used + need > goal(c) && start - used < enough &&
           t.replies < MOST_REPLIES) {
        ok = delete_oldest(c, before, &t, &more, err);
        if (ok) ok = (used = bytes_used(c, err)) >= 0;
    }
    *fits = used + need <= c->limit;
    return ok && note(c, &t, now, err);
}

/* A file created without auto_vacuum cannot return free pages in steps: rebuild it on close. */
static bool give_back(tg_cache *c, tg_error *err)
{
    int64_t pages = number(c, PAGES, NULL), free = number(c, PAGES_FREE, NULL);
    bool much = free >= FREE_PAGES && free >= pages / 4;
    if (free <= 0 || (!much && pages * PAGE <= c->limit)) return true;
    if (!run(c, GIVE_BACK, 0, err)) return false;
    c->rebuild = number(c, PAGES_FREE, NULL) == free;
    return true;
}

bool tg_cache_tidy(tg_cache *c, int64_t now, tg_error *err)
{
    trimmed t = {0};
    int64_t before = now - (int64_t)KEPT_SECONDS * 1000000;
    bool ok = sweep(c, err), more = true;
    while (ok && more && t.replies < MOST_EXPIRED) ok = delete_oldest(c, before, &t, &more, err);
    return ok && note(c, &t, now, err) && give_back(c, err);
}

bool tg_cache_trim_drops(tg_cache *c, tg_error *err)
{
    return run(c, TRIM_FLOOR, KEPT_DROPS, err) && run(c, TRIM_DROPS, 0, err);
}

/* Return the free space to the disk unless another process uses the file; otherwise later replies
   fill it. */
void tg_cache_rebuild(tg_store *s, const char *path)
{
    if (!tg_store_ready(s, NULL)) return;
    sqlite3 *db = tg_store_handle(s);
    sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 1); /* VACUUM attaches its copy */
    /* a file of an older layout gives pages back in small steps from then on */
    sqlite3_exec(db, "PRAGMA auto_vacuum = INCREMENTAL; VACUUM", NULL, NULL, NULL);
    sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
    tg_wal_checkpoint(db, path);
}
