/* Shared by the files with rows: the store of a state, and its statements. */
#include "state_inside.h"

tg_store *tg_state_sqlite_store(tg_state *s)
{
    return ((tg_sqlite_state *)s)->store;
}

sqlite3_stmt *tg_state_use(tg_state *s, int number, const char *account, tg_error *err)
{
    sqlite3_stmt *st = tg_store_use(tg_state_sqlite_store(s), number, err);
    if (st) sqlite3_bind_text(st, 1, account, -1, SQLITE_STATIC);
    return st;
}
