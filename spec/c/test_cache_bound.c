/* The size of the file stays below its limit, and each put does a bounded amount of work, in steps
   of SQLite's VM and in pages. */
#include <math.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "cache_help.h"
#include "cache_inside.h"
#include "cache_rows.h"
#include "check.h"
#include "scratch.h"

#define MIB   ((int64_t)1 << 20)
#define LIMIT (24 * MIB)

static char body[8 << 20];
static int64_t sql_steps;

static int count_steps(void *nothing)
{
    (void)nothing;
    sql_steps += 100;
    return 0;
}

static int64_t file_size(const char *path, const char *suffix)
{
    char name[4096];
    struct stat st;
    snprintf(name, sizeof name, "%s%s", path, suffix);
    return stat(name, &st) == 0 ? st.st_size : 0;
}

/* Return how many pages the connection has read or written since the previous call. */
static int pages_touched(sqlite3 *db)
{
    static const int kinds[] = {SQLITE_DBSTATUS_CACHE_HIT, SQLITE_DBSTATUS_CACHE_MISS,
                                SQLITE_DBSTATUS_CACHE_WRITE};
    int all = 0, now, high;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        sqlite3_db_status(db, kinds[i], &now, &high, 1);
        all += now;
    }
    return all;
}

/* Store a text of N bytes. */
static bool put_size(tg_cache *c, int number, size_t n, double at)
{
    char args[30], tags[60];
    snprintf(args, sizeof args, "/%d", number);
    snprintf(tags, sizeof tags, "users users:%d *", number % 50);
    body[n] = '\0';
    bool ok = put_at(c, "a", "op", args, tags, tg_cache_stamp(c, NULL), at, body, 1);
    body[n] = '1';
    return ok;
}

static bool there(tg_cache *c, int number)
{
    tg_stored r;
    char args[30];
    snprintf(args, sizeof args, "/%d", number);
    bool found = tg_cache_get(c, "a", "op", text_of(args), NOW, INFINITY, &r, &err);
    if (found) tg_stored_clear(&r);
    return found;
}

static int64_t count(tg_cache *c, const char *sql)
{
    sqlite3_stmt *st = NULL;
    sqlite3_prepare_v2(tg_store_handle(c->store), sql, -1, &st, NULL);
    int64_t n = sqlite3_step(st) == SQLITE_ROW ? sqlite3_column_int64(st, 0) : -1;
    sqlite3_finalize(st);
    return n;
}

/* Measurements of feed_all(). */
typedef struct feed {
    int64_t fed, largest, steps, pages; /* bytes; steps, pages: most of one put */
    int number;
} feed;

/* Store five times the limit, in replies of 200 bytes to MOST. */
static feed feed_all(tg_cache *c, const char *path, size_t most)
{
    feed f = {0};
    unsigned seed = 7;
    sqlite3 *db = tg_store_handle(c->store);
    while (f.fed < 5 * LIMIT) {
        seed = seed * 1664525u + 1013904223u;
        size_t n = 200 + (seed >> 8) % ((seed >> 4) % 8 == 0 ? most : most / 16);
        sqlite3_progress_handler(db, 100, count_steps, NULL);
        sql_steps = 0;
        pages_touched(db);
        if (!put_size(c, f.number, n, NOW + f.number / 1e3)) printf("# %s\n", err.message);
        f.number++;
        int64_t pages = pages_touched(db) - 8 * (int64_t)n / 4096;
        if (pages > f.pages) f.pages = pages;
        if (sql_steps > f.steps) f.steps = sql_steps;
        f.fed += (int64_t)n;
        int64_t size = file_size(path, "") + file_size(path, "-wal");
        if (size > f.largest) f.largest = size;
    }
    sqlite3_progress_handler(db, 0, NULL, NULL);
    printf("# %d puts, largest file %.1f MB, most of one put: %lld steps, %lld pages\n", f.number,
           (double)f.largest / (double)MIB, (long long)f.steps, (long long)f.pages);
    return f;
}

static void bounded(const char *name, size_t most)
{
    const char *path = scratch_path(name);
    tg_cache *c = tg_cache_open(path, warning, &err);
    tg_cache_limit(c, LIMIT);
    put_size(c, 0, 10, NOW);
    feed f = feed_all(c, path, most);
    CASE("a store that is fed five times its limit stays within it, with its log")
    CHECK(f.largest <= LIMIT && f.largest > LIMIT / 2);
    CASE("and no put does more than a bounded amount of work")
    CHECK(f.steps < 10000 && f.pages < 6000);
    CASE("the newest replies stay, the oldest have gone with their tags, and the file says so")
    {
        tg_cache_state state;
        CHECK(there(c, f.number - 1) && there(c, f.number - 2) && !there(c, 0));
        CHECK(count(c, "SELECT count(*) FROM tags WHERE id NOT IN (SELECT id FROM replies)") == 0);
        tg_cache_look(path, &state, NULL);
        CHECK(state.limit == LIMIT && state.trimmed_at > NOW);
        CHECK(state.trimmed + state.replies == f.number && state.trimmed_bytes > 3 * LIMIT);
    }
    tg_cache_close(c);
}

static void too_large(void)
{
    tg_cache *c = tg_cache_open(":memory:", warning, &err);
    tg_cache_limit(c, 8 * MIB);
    CASE("a reply that is too large for the file is not stored, and removes no other")
    CHECK(put_size(c, 1, 1000, NOW) && put_size(c, 2, 7 << 20, NOW));
    CHECK(there(c, 1) && !there(c, 2) && count(c, "SELECT trimmed FROM clock") == 0);
    tg_cache_close(c);
}

static void expired(void)
{
    int i;
    tg_cache *c = tg_cache_open(":memory:", warning, &err);
    for (i = 0; i < 40; i++) put_size(c, i, 100, NOW - 40 * 86400.0);
    CASE("replies of more than 30 days go, some with each of a few puts")
    {
        for (; i < 40 + 16 * 6; i++) CHECK(put_size(c, i, 100, NOW));
        CHECK(count(c, "SELECT count(*) FROM replies") == 16 * 6);
    }
    tg_cache_close(c);
}

/* Store a list of N records with its rows. */
static bool keep_rows(tg_cache *c, int number, int n, double at)
{
    char args[30];
    tg_stored r;
    tg_index ix;
    tg_rows_key k = {"a", "op", "1", tg_model_find("org_user")};
    int at_byte = snprintf(body, sizeof body, "[");
    for (int i = 0; i < n; i++)
        at_byte += snprintf(body + at_byte, sizeof body - (size_t)at_byte,
                            "%s{\"id\":%d,\"name\":\"N%d\",\"email\":\"n%d@x.test\"}", i ? "," : "",
                            i + 1, i, i);
    snprintf(body + at_byte, sizeof body - (size_t)at_byte, "]");
    snprintf(args, sizeof args, "/%d", number);
    if (!put_at(c, "a", "op", args, "t", tg_cache_stamp(c, NULL), at, body, 1)) return false;
    memset(body, '1', sizeof body);
    if (!tg_cache_get(c, "a", "op", text_of(args), at, INFINITY, &r, &err)) return false;
    tg_index_init(&ix);
    tg_index_options o = {.shape = TG_REPLY_LIST, .id_key = "id"};
    tg_text text = {r.text, r.text_n};
    bool ok = tg_index_text(&ix, text, &o, &err);
    tg_rows_page page = {r.id, r.sum, text, ix.entries, ix.count};
    ok = ok && tg_rows_keep(c, &k, &page, 1, &err);
    tg_index_clear(&ix);
    tg_stored_clear(&r);
    return ok;
}

static void rows(void)
{
    tg_cache *c = tg_cache_open(":memory:", warning, &err);
    tg_cache_limit(c, 8 * MIB);
    CASE("rows of a list that has lost a reply go too, in steps")
    {
        CHECK(keep_rows(c, 1, 5000, NOW));
        CHECK(count(c, "SELECT count(*) FROM row_terms") > 10000);
        for (int i = 0; i < 100; i++) CHECK(put_size(c, 100 + i, 200000, NOW + 1 + i));
        CHECK(!there(c, 1) && count(c, "SELECT count(*) FROM row_lists WHERE pages >= 0") == 0);
        CHECK(count(c, "SELECT count(*) FROM row_terms") == 0);
        CHECK(count(c, "SELECT count(*) FROM row_words") == 0);
        CHECK(count(c, "SELECT count(*) FROM row_lists") == 0);
    }
    CASE("rows find room where older replies give it, and can be kept again")
    CHECK(keep_rows(c, 2, 5000, NOW + 1000) && there(c, 2));
    CASE("and are not written without room: their replies stay")
    {
        tg_cache_limit(c, 1 * MIB);
        CHECK(!keep_rows(c, 3, 20000, NOW + 2000));
    }
    tg_cache_close(c);
}

/* Make a file as earlier versions made it: without auto_vacuum, and larger than the limit. */
static void make_old(const char *path)
{
    tg_cache *c = tg_cache_open(path, warning, &err);
    tg_cache_limit(c, INT64_MAX / 4);
    for (int i = 0; i < 60; i++) put_size(c, i, 1 << 20, NOW + i);
    sqlite3 *db = tg_store_handle(c->store);
    sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 1);
    sqlite3_exec(db, "PRAGMA auto_vacuum = NONE; VACUUM", NULL, NULL, NULL);
    tg_cache_close(c);
}

static void older(void)
{
    const char *path = scratch_path("old/cache.db");
    make_old(path);
    int64_t before = file_size(path, "");
    tg_cache *c = tg_cache_open(path, warning, &err);
    CASE("a file without the map of pages is emptied in steps and rebuilt when it is closed")
    {
        CHECK(before > 60 * MIB && count(c, "PRAGMA auto_vacuum") == 0);
        tg_cache_limit(c, LIMIT);
        for (int i = 0; i < 100; i++) put_size(c, 1000 + i, 5000, NOW + 100 + i);
        CHECK(there(c, 1099) && !there(c, 0));
        tg_cache_close(c);
        CHECK(file_size(path, "") <= LIMIT && file_size(path, "") > MIB);
    }
    c = tg_cache_open(path, warning, &err);
    CASE("and gives its pages back in steps from then on")
    {
        CHECK(count(c, "PRAGMA auto_vacuum") == 2 && there(c, 1099));
        tg_cache_limit(c, 8 * MIB);
        for (int i = 0; i < 600; i++) put_size(c, 2000 + i, 100, NOW + 300 + i);
        CHECK(count(c, "PRAGMA page_count") * 4096 <= 8 * MIB);
    }
    tg_cache_close(c);
}

/* Open a file of the previous layout. */
static void upgraded(void)
{
    const char *path = scratch_path("before/cache.db");
    tg_cache *c = tg_cache_open(path, warning, &err);
    put(c, "/x", "t", "[1]");
    sqlite3_exec(
        tg_store_handle(c->store),
        "DROP INDEX replies_by_age; DROP INDEX tags_by_reply; DROP INDEX"
        " row_pages_by_reply; ALTER TABLE clock DROP COLUMN trimmed; ALTER TABLE clock DROP"
        " COLUMN trimmed_bytes; ALTER TABLE clock DROP COLUMN trimmed_at; ALTER TABLE clock"
        " DROP COLUMN size_limit; PRAGMA user_version = 5",
        NULL, NULL, NULL);
    tg_cache_close(c);
    c = tg_cache_open(path, warning, &err);
    CASE("a file of the layout before is upgraded and keeps its replies")
    CHECK(c && !*warning && has(c, "/x", "[1]") && put(c, "/y", "t", "[2]") && has(c, "/y", "[2]"));
    CHECK(count(c, "SELECT trimmed FROM clock") == 0);
    tg_cache_close(c);
}

int main(void)
{
    memset(body, '1', sizeof body - 1);
    scratch_begin();
    bounded("small/cache.db", 200000);
    bounded("large/cache.db", 2000000);
    too_large();
    expired();
    rows();
    older();
    upgraded();
    scratch_end();
    return check_report();
}
