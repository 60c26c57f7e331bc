/* Read-only SQL over the stored replies. Part of toggl.h, which defines ownership. */
#ifndef TOGGL_SQL_H
#define TOGGL_SQL_H

#include "client.h"
#include "record.h"

/*
** Read-only SQL over the views of the stored replies of this account: organizations, users,
** memberships, groups, ... Values are tg_value: never ABSENT, TG_V_NULL for NULL, blobs as strings.
** Sends no request.
*/
typedef struct tg_sql tg_sql;

TG_API tg_sql *tg_sql_new(tg_client *c, tg_text sql, tg_error *err);
/* i from 1; copies texts */
TG_API bool tg_sql_bind(tg_sql *s, int i, const tg_value *v, tg_error *err);
/* 1: a row; 0: the end; -1: err */
TG_API int tg_sql_step(tg_sql *s, tg_error *err);
TG_API int tg_sql_columns(const tg_sql *s);
TG_API int tg_sql_parameters(const tg_sql *s);
TG_API const char *tg_sql_name(const tg_sql *s, int column); /* column from 0 */
/* texts are valid until the next step */
TG_API tg_value tg_sql_value(const tg_sql *s, int column);
TG_API void tg_sql_free(tg_sql *s);

/* A column of names in a table of the stored replies. */
typedef struct tg_names_place {
    const char *table, *column;
} tg_names_place;

#define TG_NAMES_PLACES 4 /* the most */

typedef struct tg_names_wanted {
    tg_names_place places[TG_NAMES_PLACES];
    size_t n;             /* of places */
    int64_t organization; /* of the records; 0: any */
    tg_text prefix;       /* of the names */
} tg_names_wanted;

typedef struct tg_names {
    tg_text *items; /* owned: each name once, in the order of their bytes */
    size_t n, size;
    struct tg_catalog *catalog; /* references: the texts are in the replies that SHOWN has */
    struct tg_shown *shown;
} tg_names;

/* The names in those columns that begin with the prefix, for completion: no query is faster. OUT is
   cleared by the caller, also after false: err. Sends no request. */
TG_API bool tg_names_find(tg_client *c, const tg_names_wanted *w, tg_names *out, tg_error *err);
TG_API void tg_names_clear(tg_names *n);

TG_API const char *tg_sql_version(void); /* version of the linked SQLite, such as "3.40.1" */

#endif
