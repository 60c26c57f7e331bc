/* What the files of the cache share. Used only by cache*.c. */
#ifndef TG_CACHE_INSIDE_H
#define TG_CACHE_INSIDE_H

#include "cache.h"
#include "cache_sql.h"

/* A list whose rows were found to be those of its replies, while the file had VERSION. */
typedef struct tg_rows_seen {
    int64_t list;      /* 0: none */
    unsigned openings; /* of the store: the number of its handle */
    uint32_t version;
    double at; /* of its oldest reply */
    bool spoiled;
} tg_rows_seen;

#define TG_ROWS_SEEN 4

struct tg_cache {
    tg_store *store;
    tg_reader *reader; /* created by the first query */
    double patience;   /* of the reader: seconds to wait for other processes */
    char *path;        /* owned */
    tg_rows_seen seen[TG_ROWS_SEEN];
    unsigned next_seen;
    int64_t limit; /* bytes that the file may have */
    unsigned puts; /* so far, for what is not done with each */
    /* the clock of drops, as read at STAMPED */
    tg_store_mark stamped;
    int64_t stamp, dropped_at;
    bool rebuild; /* the file has room to give back, which only a rebuild can */
};

/* 64 bits over N bytes, continued from H. */
uint64_t tg_cache_hash(uint64_t h, const void *p, size_t n);

/* The key of a reply; its strings are borrowed. */
typedef struct tg_cache_key {
    const char *account, *operation;
    tg_text args;
    uint64_t hash;
    int64_t id;
} tg_cache_key;

tg_cache_key tg_cache_key_of(const char *account, const char *operation, tg_text args);
uint64_t tg_cache_hash_reply(const tg_cache_key *k, const tg_stored *r);
/* The sum of a reply with hash H that was received AT, in microseconds. */
int64_t tg_cache_sum_of(uint64_t h, bool checked, int64_t at);
/* Was the text of R, whose sum is that of its content, checked by this version, and is it the
   same? */
bool tg_cache_is_checked(const char *account, const char *operation, tg_text args,
                         const tg_stored *r);
/* Is the content that of its sum, checked or not? */
bool tg_cache_is_sound(const char *account, const char *operation, tg_text args,
                       const tg_stored *r);

#define UNSETTLED 2 /* spoiled, but read after the change: the newest reply; SQL shows it */

/* cache_trim.c */
/*
** Make room for NEED bytes, in the transaction of the caller: delete the oldest replies from before
** BEFORE (microseconds), as many as one put may. FITS: there is room now. False: err.
*/
bool tg_cache_room(tg_cache *c, int64_t need, int64_t before, int64_t now, bool *fits,
                   tg_error *err);
/* Delete some of what has expired at NOW, and give some free pages back; called with some puts. */
bool tg_cache_tidy(tg_cache *c, int64_t now, tg_error *err);
/* Delete old drop records; the floor then rejects puts of requests sent before them. */
bool tg_cache_trim_drops(tg_cache *c, tg_error *err);
/* Write the file again, without its free pages. */
void tg_cache_rebuild(tg_store *s, const char *path);

/* cache_tables.c */
extern const char *const tg_cache_steps[];
extern const char *const tg_cache_statements[];

enum {
    GET,
    STAMP,
    DROPPED,
    DROPPED_AT,
    DROPPED_LAST,
    PUT,
    TAG,
    TOUCH,
    TICK,
    SPOIL,
    DROP_NOTE,
    PAGES,
    PAGES_FREE,
    GIVE_BACK,
    OLDEST,
    DELETE_REPLY,
    DELETE_TAGS,
    END_LISTS,
    END_PAGES,
    ENDED,
    ENDED_TERMS,
    ENDED_WORDS,
    ENDED_LIST,
    NOTE_TRIM,
    REPLY_AT,
    TRIM_FLOOR,
    TRIM_DROPS,
    ROWS_LIST,
    ROWS_CHECK,
    ROWS_FIND,
    ROWS_AT,
    ROWS_WORDS,
    ROWS_PAGES,
    ROWS_PUT_LIST,
    ROWS_PUT_PAGE,
    ROWS_PUT_WORDS,
    ROWS_PUT_TERM,
    ROWS_DROP_TERMS,
    ROWS_DROP_PAGE,
    ROWS_DROP_PAGES,
    ROWS_DROP_WORDS,
    TG_CACHE_STATEMENTS
};

#endif
