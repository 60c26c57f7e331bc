/*
** Replies kept under (account, operation, arguments) with their tags, in cache.db. Only data that
** may be lost.
**
** Invalidation is by tag and survives races: a reply is stored with the stamp taken before its
** request went; if one of its tags was dropped since, by any process, it is not stored.
*/
#ifndef TG_CACHE_H
#define TG_CACHE_H

#include "store.h"
#include "toggl.h"

typedef struct tg_cache tg_cache;

/* A stored reply. Strings are owned by it. */
typedef struct tg_stored {
    int status;
    /* from before a change, or too soon after one: not an answer while another can be had */
    bool spoiled;
    bool settling;     /* spoiled, since it was read too soon after a change */
    double settled_at; /* not stored: until when a change may not be seen in it; 0: none is known */
    /* when the server answered; 0, so older than anything, when the clock says that it was to
       come */
    double at;
    char *text; /* malloc'ed, text_n bytes; NULL: no body */
    size_t text_n;
    char *headers; /* "name\0value\0..."; malloc'ed; NULL: none */
    size_t headers_n;
} tg_stored;

/*
** PATH ":memory:" or a file. NULL: err; a file that cannot be used is no reason to fail a call: the
** client warns once. WARNING as tg_store_open.
*/
/* of the file at PATH, which is borrowed */
tg_store_options tg_cache_options(const char *path, bool read_only);
tg_cache *tg_cache_open(const char *path, char warning[300], tg_error *err);
void tg_cache_close(tg_cache *c);
void tg_cache_patience(tg_cache *c, double seconds);                      /* as tg_store_patience */
void tg_cache_watch(tg_cache *c, const volatile sig_atomic_t *interrupt); /* as tg_store_watch */
/* A sentence about a file that had to be set aside meanwhile; NULL: none. Told once. */
const char *tg_cache_warning(tg_cache *c);

/* The reply of ARGS no older than NOW - MAX_AGE; spoiled, if a tag was dropped since. False: none
   (err->kind TG_OK) or err. */
bool tg_cache_get(tg_cache *c, const char *account, const char *operation, tg_text args, double now,
                  double max_age, tg_stored *out, tg_error *err);
void tg_stored_clear(tg_stored *s);

/* To be taken before the request goes. Below 0: nothing can be stored. */
int64_t tg_cache_stamp(tg_cache *c);
/*
** TAGS: space-separated. PLACE: the organization and workspace the reply is about (0: none), for
** the SQL views. True also when it was not stored because a tag was dropped since STAMP, or because
** a younger reply is there.
*/
bool tg_cache_put(tg_cache *c, const char *account, const char *operation, tg_text args,
                  const int64_t place[2], const char *tags, int64_t stamp, const tg_stored *reply,
                  tg_error *err);
/* Fresh again: the server said 304. A reply that was dropped meanwhile stays away. */
bool tg_cache_touch(tg_cache *c, const char *account, const char *operation, tg_text args,
                    double now, tg_error *err);
/* Several puts as one write. */
bool tg_cache_begin(tg_cache *c, tg_error *err);
bool tg_cache_commit(tg_cache *c, tg_error *err);
/* Spoils everything under these tags at NOW, for this account and all processes. */
bool tg_cache_drop(tg_cache *c, const char *account, const char *tags, double now, tg_error *err);
/* When one of the tags was last dropped, by any process of this file, after SINCE: seconds since 1970; 0: it was not. What
   is from a minute after NOW or later has a wrong time and does not count. */
double tg_cache_changed(tg_cache *c, const char *account, const char *tags, double since,
                        double now);

/* Can it be written now? As tg_store_probe. */
bool tg_cache_probe(tg_cache *c, tg_error *err);

/* Forgets what is older than `before`, and the oldest beyond `bytes` of text. Puts do it
   themselves, now and then. */
bool tg_cache_trim(tg_cache *c, double before, int64_t bytes, tg_error *err);

/*
** One SELECT over the views (organizations, users, memberships, groups, group_members, workspaces,
** ...), made from the model rows, seeing only ACCOUNT's replies and no secrets. The caller steps it
** and ends it with sqlite3_finalize, before or after the cache is closed. NULL: err, TG_E_INVALID
** with SQLite's own words when the SQL is wrong.
*/
struct sqlite3_stmt *tg_cache_sql(tg_cache *c, const char *account, const char *sql, size_t n,
                                  tg_error *err);
/* Makes the statements of tg_cache_sql that are being stepped fail. Allowed in a signal handler. */
void tg_cache_interrupt(tg_cache *c);

#endif
