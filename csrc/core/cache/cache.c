#include "cache.h"

#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cache_inside.h"
#include "error.h"

#define PATIENCE 10.0 /* seconds that a query waits, unless the owner sets a limit */

/*
** Design. A reply is a row whose key is 63 bits of a hash over (account, operation, args): one
** integer lookup, no index over long texts. The row also stores the key itself, and a get compares
** it, so a collision costs a miss and never returns another reply.
**
** A drop marks the replies under its tags as spoiled and records, for each tag, its time and the
** next number of one sequence. A put passes the number read before its request was sent; the put is
** rejected if one of its tags has a higher number, since the reply may predate the change. Both are
** single write transactions, which SQLite serializes for all processes, so a get is one SELECT of
** committed rows and never reads the tags. Comparing tags at each get would slow the frequent
** operation to speed up the rare one. Only callers that accept stale data get a spoiled reply.
**
** A checksum over key and content detects a flipped bit on the disk, which SQLite does not.
*/
#define SKEW_SECONDS 60.0 /* longest clock difference; a reply from later has a wrong time */
#define TIDY_PUTS    16   /* one put in so many tidies */
#define DROPS_ODDS   256  /* one drop in so many deletes old drop records: it reads them all */

#define CACHE_ID 0x54474331 /* "TGC1" */

/* ------------------------------------------------------------------------------- open and close */

tg_store_options tg_cache_options(const char *path, bool read_only)
{
    return (tg_store_options){.path = path,
                              .id = CACHE_ID,
                              .steps = tg_cache_steps,
                              .sql = tg_cache_statements,
                              .statements = TG_CACHE_STATEMENTS,
                              .cost = "every run sends its requests again",
                              .renewable = true,
                              .disposable = true,
                              .upgrades_from = 3,
                              .read_only = read_only};
}

tg_cache *tg_cache_open(const char *path, char warning[300], tg_error *err)
{
    tg_store_options o = tg_cache_options(path, false);
    tg_cache *c = calloc(1, sizeof *c);
    if (warning) warning[0] = '\0';
    if (c) c->limit = TG_CACHE_BYTES, c->patience = PATIENCE;
    if (!c || !(c->path = strdup(path)))
        tg_error_set(err, TG_E_NOMEM, "out of memory");
    else if ((c->store = tg_store_open(&o, warning, err)))
        return c;
    tg_cache_close(c);
    return NULL;
}

void tg_cache_patience(tg_cache *c, double seconds, double queries)
{
    c->patience = queries;
    tg_store_patience(c->store, seconds);
}

void tg_cache_limit(tg_cache *c, int64_t bytes)
{
    c->limit = bytes;
}

void tg_cache_watch(tg_cache *c, const volatile sig_atomic_t *interrupt)
{
    tg_store_watch(c->store, interrupt);
}

void tg_cache_close(tg_cache *c)
{
    if (!c) return;
    tg_reader_free(c->reader);
    if (c->rebuild) tg_cache_rebuild(c->store, c->path);
    tg_store_close(c->store);
    free(c->path);
    free(c);
}

bool tg_cache_probe(tg_cache *c, tg_error *err)
{
    return tg_store_probe(c->store, err);
}

const char *tg_cache_warning(tg_cache *c)
{
    return tg_store_warning(c->store);
}

static int64_t micros(double seconds)
{
    return seconds < -9e12 ? INT64_MIN : seconds > 9e12 ? INT64_MAX : llround(seconds * 1e6);
}

static void bind_key(sqlite3_stmt *st, int first, const tg_cache_key *k)
{
    sqlite3_bind_text(st, first, k->account, -1, SQLITE_STATIC);
    sqlite3_bind_text(st, first + 1, k->operation, -1, SQLITE_STATIC);
    sqlite3_bind_text64(st, first + 2, k->args.p, k->args.n, SQLITE_STATIC, SQLITE_UTF8);
}

/* ------------------------------------------------------------------------------------------ get */

static bool copy(const void *p, size_t n, char **out)
{
    *out = p ? malloc(n + 1) : NULL;
    if (!p || !*out) return !p;
    memcpy(*out, p, n);
    (*out)[n] = '\0';
    return true;
}

static bool read_row(tg_cache *c, sqlite3_stmt *st, const tg_cache_key *k, double now,
                     tg_stored *out, tg_error *err)
{
    int64_t at = sqlite3_column_int64(st, 1), sum = sqlite3_column_int64(st, 2);
    tg_stored row = {.status = sqlite3_column_int(st, 0), .at = (double)at / 1e6};
    int spoiled = sqlite3_column_int(st, 5);
    row.headers = (char *)(uintptr_t)sqlite3_column_blob(st, 3);
    row.headers_n = (size_t)sqlite3_column_bytes(st, 3);
    row.text = (char *)(uintptr_t)sqlite3_column_text(st, 4);
    row.text_n = (size_t)sqlite3_column_bytes(st, 4);
    row.spoiled = spoiled != 0;
    row.settling = spoiled == UNSETTLED;
    row.id = k->id;
    row.sum = sum - at;
    uint64_t h = tg_cache_hash_reply(k, &row);
    row.checked = sum == tg_cache_sum_of(h, true, at);
    if (!row.checked && sum != tg_cache_sum_of(h, false, at)) {
        tg_store_damaged(c->store);
        return false;
    }
    if (row.at > now + SKEW_SECONDS) row.at = 0;
    *out = row;
    out->text = out->headers = NULL;
    if (copy(row.headers, row.headers_n, &out->headers) && copy(row.text, row.text_n, &out->text))
        return true;
    tg_stored_clear(out);
    return tg_error_set(err, TG_E_NOMEM, "out of memory");
}

bool tg_cache_get(tg_cache *c, const char *account, const char *operation, tg_text args, double now,
                  double max_age, tg_stored *out, tg_error *err)
{
    tg_cache_key k = tg_cache_key_of(account, operation, args);
    *out = (tg_stored){0};
    if (err) err->kind = TG_OK;
    sqlite3_stmt *st = tg_store_use(c->store, GET, err);
    if (!st) return false;
    sqlite3_bind_int64(st, 1, k.id);
    sqlite3_bind_int64(st, 2, micros(now - max_age));
    bind_key(st, 3, &k);
    int rc = sqlite3_step(st);
    bool found = rc == SQLITE_ROW && read_row(c, st, &k, now, out, err);
    if (rc != SQLITE_ROW && rc != SQLITE_DONE) tg_store_error(c->store, err);
    tg_store_done(st);
    if (!found || out->at >= now - max_age) return found;
    tg_stored_clear(out);
    return false;
}

void tg_stored_clear(tg_stored *s)
{
    free(s->text);
    free(s->headers);
    *s = (tg_stored){0};
}

/* ----------------------------------------------------------------------------- put, touch, drop */

tg_store_mark tg_cache_mark(tg_cache *c)
{
    return tg_store_mark_now(c->store);
}

bool tg_cache_unchanged(tg_cache *c, const tg_store_mark *since)
{
    return tg_store_unchanged(c->store, since);
}

/* The mark is taken first: a drop during the query is then seen by the next call. */
static void read_stamp(tg_cache *c)
{
    c->stamped = tg_store_mark_now(c->store);
    c->stamp = -1;
    c->dropped_at = 0;
    sqlite3_stmt *st = tg_store_use(c->store, STAMP, NULL);
    if (st && sqlite3_step(st) == SQLITE_ROW) {
        c->stamp = sqlite3_column_int64(st, 0);
        c->dropped_at = sqlite3_column_int64(st, 1);
    }
    if (st) tg_store_done(st);
    if (c->stamp < 0) c->stamped.opening = 0;
}

int64_t tg_cache_stamp(tg_cache *c, double *dropped_at)
{
    if (!tg_store_unchanged(c->store, &c->stamped)) read_stamp(c);
    if (dropped_at) *dropped_at = (double)c->dropped_at / 1e6;
    return c->stamp;
}

/* The next of the space-separated tags. */
static bool next_tag(const char **at, tg_text *tag)
{
    while (**at == ' ') ++*at;
    tag->p = *at;
    while (**at && **at != ' ') ++*at;
    tag->n = (size_t)(*at - tag->p);
    return tag->n > 0;
}

static sqlite3_stmt *use_tag(tg_cache *c, int number, const char *account, tg_text tag,
                             tg_error *err)
{
    sqlite3_stmt *st = tg_store_use(c->store, number, err);
    if (!st) return NULL;
    sqlite3_bind_text(st, 1, account, -1, SQLITE_STATIC);
    sqlite3_bind_text64(st, 2, tag.p, tag.n, SQLITE_STATIC, SQLITE_UTF8);
    return st;
}

static bool dropped(tg_cache *c, const char *account, const char *tags, int64_t stamp, bool *yes,
                    tg_error *err)
{
    tg_text tag;
    *yes = stamp < 0;
    while (!*yes && next_tag(&tags, &tag)) {
        sqlite3_stmt *st = use_tag(c, DROPPED, account, tag, err);
        if (!st) return false;
        sqlite3_bind_int64(st, 3, stamp);
        int rc = sqlite3_step(st);
        if (rc != SQLITE_ROW && rc != SQLITE_DONE) tg_store_error(c->store, err);
        tg_store_done(st);
        if (rc != SQLITE_ROW && rc != SQLITE_DONE) return false;
        *yes = rc == SQLITE_ROW;
    }
    return true;
}

/* The first column of the first row; 0 without a row. */
static int64_t number_of(sqlite3_stmt *st)
{
    int64_t n = sqlite3_step(st) == SQLITE_ROW ? sqlite3_column_int64(st, 0) : 0;
    tg_store_done(st);
    return n;
}

double tg_cache_changed(tg_cache *c, const char *account, const char *tags, double since,
                        double now)
{
    tg_text tag;
    int64_t last = 0;
    while (next_tag(&tags, &tag)) {
        sqlite3_stmt *st = use_tag(c, DROPPED_AT, account, tag, NULL);
        if (!st) break;
        sqlite3_bind_int64(st, 3, micros(since));
        sqlite3_bind_int64(st, 4, micros(now + SKEW_SECONDS));
        int64_t at = number_of(st);
        if (at > last) last = at;
    }
    return (double)last / 1e6;
}

static bool put_row(tg_cache *c, const tg_cache_key *k, const int64_t place[2], const tg_stored *r,
                    tg_error *err)
{
    sqlite3_stmt *st = tg_store_use(c->store, PUT, err);
    if (!st) return false;
    int64_t at = micros(r->at);
    sqlite3_bind_int64(st, 1, k->id);
    bind_key(st, 2, k);
    sqlite3_bind_int(st, 5, r->status);
    sqlite3_bind_int64(st, 6, at);
    sqlite3_bind_int64(st, 7, place ? place[0] : 0);
    sqlite3_bind_int64(st, 8, place ? place[1] : 0);
    sqlite3_bind_int64(st, 9, (sqlite3_int64)(k->args.n + r->text_n + r->headers_n));
    sqlite3_bind_int64(st, 10, tg_cache_sum_of(tg_cache_hash_reply(k, r), r->checked, at));
    sqlite3_bind_blob64(st, 11, r->headers, r->headers_n, SQLITE_STATIC);
    sqlite3_bind_text64(st, 12, r->text, r->text_n, SQLITE_STATIC, SQLITE_UTF8);
    sqlite3_bind_int(st, 13, r->settling ? UNSETTLED : 0);
    return tg_store_run(c->store, st, err);
}

/* Tags that an earlier reply of this key had in addition stay: at worst they drop a reply too
   early. */
static bool put_tags(tg_cache *c, const tg_cache_key *k, const char *tags, tg_error *err)
{
    tg_text tag;
    while (next_tag(&tags, &tag)) {
        sqlite3_stmt *st = use_tag(c, TAG, k->account, tag, err);
        if (!st) return false;
        sqlite3_bind_int64(st, 3, k->id);
        if (!tg_store_run(c->store, st, err)) return false;
    }
    return true;
}

static bool commit_or_undo(tg_cache *c, bool ok, tg_error *err)
{
    if (ok) return tg_store_commit(c->store, err);
    tg_store_rollback(c->store);
    return false;
}

/* Put a reply that no drop has overtaken, unless it is too large for the file. */
static bool put_new(tg_cache *c, const tg_cache_key *k, const int64_t place[2], const char *tags,
                    const tg_stored *r, tg_error *err)
{
    bool fits;
    int64_t need = (int64_t)(k->args.n + r->text_n + r->headers_n), at = micros(r->at);
    if (c->puts++ % TIDY_PUTS == 0 && !tg_cache_tidy(c, at, err)) return false;
    if (!tg_cache_room(c, need, INT64_MAX, at, &fits, err)) return false;
    return !fits || (put_row(c, k, place, r, err) && put_tags(c, k, tags, err));
}

bool tg_cache_put(tg_cache *c, const char *account, const char *operation, tg_text args,
                  const int64_t place[2], const char *tags, int64_t stamp, const tg_stored *reply,
                  tg_error *err)
{
    tg_cache_key k = tg_cache_key_of(account, operation, args);
    bool late = false;
    if (!tg_store_begin(c->store, err)) return false;
    bool ok = dropped(c, account, tags, stamp, &late, err);
    ok = ok && (late || put_new(c, &k, place, tags, reply, err));
    return commit_or_undo(c, ok, err);
}

/* If a younger reply has replaced the one that a 304 confirmed, it is refreshed in its place: wrong
   by at most the time of one exchange. A reply spoiled meanwhile stays spoiled. */
bool tg_cache_touch(tg_cache *c, const char *account, const char *operation, tg_text args,
                    double now, tg_error *err)
{
    tg_cache_key k = tg_cache_key_of(account, operation, args);
    sqlite3_stmt *st = tg_store_use(c->store, TOUCH, err);
    if (!st) return false;
    sqlite3_bind_int64(st, 1, k.id);
    sqlite3_bind_int64(st, 2, micros(now));
    bind_key(st, 3, &k);
    return tg_store_run(c->store, st, err);
}

bool tg_cache_begin(tg_cache *c, tg_error *err)
{
    return tg_store_begin(c->store, err);
}

bool tg_cache_commit(tg_cache *c, tg_error *err)
{
    return tg_store_commit(c->store, err);
}

static bool run(tg_cache *c, int number, const int64_t *value, tg_error *err)
{
    sqlite3_stmt *st = tg_store_use(c->store, number, err);
    if (st && value) sqlite3_bind_int64(st, 1, *value);
    return st && tg_store_run(c->store, st, err);
}

bool tg_cache_dropped(tg_cache *c, const char *account, const char *tags, tg_dropped *out)
{
    tg_text tag;
    int rc = SQLITE_DONE;
    *out = (tg_dropped){0};
    while (rc == SQLITE_DONE && next_tag(&tags, &tag)) {
        sqlite3_stmt *st = use_tag(c, DROPPED_LAST, account, tag, NULL);
        if (!st) return false;
        while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
            int64_t seq = sqlite3_column_int64(st, 0);
            double at = (double)sqlite3_column_int64(st, 1) / 1e6;
            if (seq > out->seq) out->seq = seq;
            if (at > out->at) out->at = at;
        }
        tg_store_done(st);
    }
    return rc == SQLITE_DONE;
}

/* Spoil, and note, all TAGS, in the transaction of the caller. */
static bool drop_tags(tg_cache *c, const char *account, const char *tags, double now, tg_error *err)
{
    static const int parts[] = {SPOIL, DROP_NOTE};
    tg_text tag;
    int64_t at = micros(now);
    unsigned dice;
    bool ok = run(c, TICK, &at, err);
    while (ok && next_tag(&tags, &tag))
        for (size_t i = 0; ok && i < sizeof parts / sizeof *parts; i++) {
            sqlite3_stmt *st = use_tag(c, parts[i], account, tag, err);
            ok = st && tg_store_run(c->store, st, err);
        }
    sqlite3_randomness(sizeof dice, &dice);
    return ok && (dice % DROPS_ODDS != 0 || tg_cache_trim_drops(c, err));
}

bool tg_cache_drop(tg_cache *c, const char *account, const char *tags, double now, tg_error *err)
{
    return tg_store_begin(c->store, err) &&
           commit_or_undo(c, drop_tags(c, account, tags, now, err), err);
}

bool tg_cache_drop_after(tg_cache *c, const char *account, const char *tags, double now,
                         const char *watched, tg_dropped *before, int64_t *seq, tg_error *err)
{
    if (!tg_store_begin(c->store, err)) return false;
    if (!tg_cache_dropped(c, account, watched, before)) before->seq = INT64_MAX;
    bool ok = drop_tags(c, account, tags, now, err);
    *seq = tg_cache_stamp(c, NULL);
    return commit_or_undo(c, ok, err);
}

/* ------------------------------------------------------------------------------------------ SQL */

static bool have_reader(tg_cache *c, tg_error *err)
{
    tg_store_options o = tg_cache_options(c->path, true);
    if (!c->reader) c->reader = tg_reader_new(c->store, &o, err);
    if (c->reader) tg_reader_patience(c->reader, c->patience);
    return c->reader != NULL;
}

sqlite3_stmt *tg_cache_sql(tg_cache *c, const char *account, const char *sql, size_t n,
                           tg_error *err)
{
    return have_reader(c, err) ? tg_reader_prepare(c->reader, account, sql, n, err) : NULL;
}

bool tg_cache_names(tg_cache *c, const char *account, const tg_names_wanted *w, tg_names *out,
                    tg_error *err)
{
    return have_reader(c, err) && tg_reader_names(c->reader, account, w, out, err);
}
