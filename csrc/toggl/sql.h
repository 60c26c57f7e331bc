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
TG_API const char *tg_sql_version(void); /* version of the linked SQLite, such as "3.40.1" */

#endif
