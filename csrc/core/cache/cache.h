/*
** Replies stored under (account, operation, arguments) with their tags, in cache.db. Holds only
** data that may be lost.
**
** Invalidation is by tag and is safe against races: a put passes the stamp taken before its request
** was sent, and is rejected if any process dropped one of its tags since.
*/
#ifndef TG_CACHE_H
#define TG_CACHE_H

#include "store.h"
#include "toggl.h"

typedef struct tg_cache tg_cache;

/* A stored reply; it owns its strings. */
typedef struct tg_stored {
    int status;
    /* read before a change, or too soon after one: returned only when nothing fresher can be had */
    bool spoiled;
    bool settling; /* spoiled because it was read too soon after a change */
    /* this version of the program has checked the text: it only has to be whole, not checked
       again */
    bool checked;
    /* not stored: a reply read before this time may lack a change; 0: no such change known */
    double settled_at;
    /* when the server answered; 0 (older than any reply) if the stored time lies in the future */
    double at;
    char *text; /* malloc'ed, text_n bytes; NULL: no body */
    size_t text_n;
    char *headers; /* "name\0value\0..."; malloc'ed; NULL: none */
    size_t headers_n;
    /* out of the file: its row, and the checksum of its content without its time; id 0: it was not
       read from the file */
    int64_t id, sum;
} tg_stored;

#define TG_CACHE_BYTES ((int64_t)256 << 20)

/* options for the file at PATH, which is borrowed */
tg_store_options tg_cache_options(const char *path, bool read_only);
/*
** PATH is ":memory:" or a file. NULL: err; the caller warns once and works without the cache.
** WARNING as in tg_store_open.
*/
tg_cache *tg_cache_open(const char *path, char warning[300], tg_error *err);
void tg_cache_close(tg_cache *c);
/* as tg_store_patience; QUERIES: for tg_cache_sql and tg_cache_names */
void tg_cache_patience(tg_cache *c, double seconds, double queries);
void tg_cache_watch(tg_cache *c, const volatile sig_atomic_t *interrupt); /* as tg_store_watch */
/* A sentence about a file that was quarantined since; NULL: none. Returned once. */
const char *tg_cache_warning(tg_cache *c);

/* Get the reply for ARGS if it is no older than NOW - MAX_AGE; it is marked as spoiled if a tag was
   dropped since. False: no such reply (err->kind is TG_OK), or err. */
bool tg_cache_get(tg_cache *c, const char *account, const char *operation, tg_text args, double now,
                  double max_age, tg_stored *out, tg_error *err);
void tg_stored_clear(tg_stored *s);
/* The youngest reply to OPERATION whose text has the number KEY in it, however old and stale: its
   text and time. False: there is none. */
bool tg_cache_find(tg_cache *c, const char *account, const char *operation, int64_t key,
                   tg_stored *out);

/* Take it before sending the request. Below 0: nothing can be stored. DROPPED_AT, if not NULL: the
   time of the last drop of any tag, seconds since 1970; 0: none. */
int64_t tg_cache_stamp(tg_cache *c, double *dropped_at);
/* The content of the file, as tg_store_mark_now and tg_store_unchanged. */
tg_store_mark tg_cache_mark(tg_cache *c);
bool tg_cache_unchanged(tg_cache *c, const tg_store_mark *since);
/*
** TAGS: space-separated. PLACE: the organization and workspace of the reply (0: none), for the SQL
** views. Returns true also when the reply is not stored because a tag was dropped since STAMP or a
** younger reply is present.
*/
bool tg_cache_put(tg_cache *c, const char *account, const char *operation, tg_text args,
                  const int64_t place[2], const char *tags, int64_t stamp, const tg_stored *reply,
                  tg_error *err);
/* Mark as fresh after a 304. A reply dropped meanwhile stays spoiled. */
bool tg_cache_touch(tg_cache *c, const char *account, const char *operation, tg_text args,
                    double now, tg_error *err);
/* Write several puts in one transaction. */
bool tg_cache_begin(tg_cache *c, tg_error *err);
bool tg_cache_commit(tg_cache *c, tg_error *err);
/* Spoil all replies under these tags at NOW, for this account and all processes. */
bool tg_cache_drop(tg_cache *c, const char *account, const char *tags, double now, tg_error *err);
/* The last drop of any of some tags: its number in the sequence of all drops of the file, and its
   time, seconds since 1970; 0: none. A drop whose record was deleted counts by the number alone. */
typedef struct tg_dropped {
    int64_t seq;
    double at;
} tg_dropped;

/* False: it cannot be read. */
bool tg_cache_dropped(tg_cache *c, const char *account, const char *tags, tg_dropped *out);
/* As tg_cache_drop. BEFORE: the last drop of any of WATCHED before this one; SEQ: the number of
   this one. */
bool tg_cache_drop_after(tg_cache *c, const char *account, const char *tags, double now,
                         const char *watched, tg_dropped *before, int64_t *seq, tg_error *err);
/* The last time after SINCE that any process using this file dropped one of the tags: seconds since
   1970; 0: none. Times a minute or more after NOW are wrong and ignored. */
double tg_cache_changed(tg_cache *c, const char *account, const char *tags, double since,
                        double now);

/* Can the file be written now? As tg_store_probe. */
bool tg_cache_probe(tg_cache *c, tg_error *err);

/*
** Bound the file to BYTES, 256 MiB unless set. Each put looks at the size, and makes room by
** deleting the oldest replies: a bounded number, so that no put is slow. A reply that finds no room
** is not stored. Replies older than 30 days go too, a few with one put in sixteen.
*/
void tg_cache_limit(tg_cache *c, int64_t bytes);

/*
** Prepare one SELECT over the views (organizations, users, memberships, groups, group_members,
** workspaces, ...), which are made from the model rows and show ACCOUNT's replies without secrets.
** The caller steps the statement and finalizes it with sqlite3_finalize, before or after the cache
** is closed. NULL: err; TG_E_INVALID with SQLite's message when the SQL is wrong.
*/
struct sqlite3_stmt *tg_cache_sql(tg_cache *c, const char *account, const char *sql, size_t n,
                                  tg_error *err);
/* Names of ACCOUNT's records; see tg_names_find. False: err. */
bool tg_cache_names(tg_cache *c, const char *account, const tg_names_wanted *w, tg_names *out,
                    tg_error *err);

#endif
