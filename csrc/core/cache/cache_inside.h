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
    char *path;        /* owned */
    tg_rows_seen seen[TG_ROWS_SEEN];
    unsigned next_seen;
};

/* 64 bits over N bytes, continued from H. */
uint64_t tg_cache_hash(uint64_t h, const void *p, size_t n);

/* Was the text of R, whose sum is that of its content, checked by this version, and is it the
   same? */
bool tg_cache_is_checked(const char *account, const char *operation, tg_text args,
                         const tg_stored *r);

#define UNSETTLED 2 /* spoiled, but read after the change: the newest reply; SQL shows it */

/* cache_tables.c */
extern const char *const tg_cache_steps[];
extern const char *const tg_cache_statements[];

enum {
    GET,
    STAMP,
    DROPPED,
    DROPPED_AT,
    PUT,
    TAG,
    TOUCH,
    TICK,
    SPOIL,
    DROP_NOTE,
    TRIM_AGE,
    TRIM_SIZE,
    TRIM_TAGS,
    TRIM_LISTS,
    TRIM_PAGES,
    TRIM_WORDS,
    TRIM_TERMS,
    TRIM_FREE,
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
