/* A stored reply by a key in its text. */
#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "cache_inside.h"

#define FIND                                                                                       \
    "SELECT at, text FROM replies WHERE account = ?1 AND operation = ?2 AND instr(text, ?3)"       \
    " ORDER BY at DESC LIMIT 1"

static bool take(sqlite3_stmt *st, tg_stored *out)
{
    const char *text = (const char *)sqlite3_column_text(st, 1);
    out->at = (double)sqlite3_column_int64(st, 0) / 1e6;
    out->text_n = (size_t)sqlite3_column_bytes(st, 1);
    out->text = text ? strndup(text, out->text_n) : NULL;
    return out->text != NULL;
}

bool tg_cache_find(tg_cache *c, const char *account, const char *operation, int64_t key,
                   tg_stored *out)
{
    char digits[24];
    tg_error err;
    sqlite3_stmt *st = NULL;
    *out = (tg_stored){0};
    snprintf(digits, sizeof digits, "%" PRId64, key);
    if (!tg_store_ready(c->store, &err) ||
        sqlite3_prepare_v2(tg_store_handle(c->store), FIND, -1, &st, NULL) != SQLITE_OK)
        return false;
    sqlite3_bind_text(st, 1, account, -1, SQLITE_STATIC);
    sqlite3_bind_text(st, 2, operation, -1, SQLITE_STATIC);
    sqlite3_bind_text(st, 3, digits, -1, SQLITE_STATIC);
    bool found = sqlite3_step(st) == SQLITE_ROW && take(st, out);
    sqlite3_finalize(st);
    return found;
}
