/* The rows of the ledger: quota windows, places of workspaces, small facts of a server. */
#include <inttypes.h>

#include "buf.h"
#include "state_inside.h"

static sqlite3_stmt *use_number(tg_state *s, const char *account, int number, int64_t second,
                                tg_error *err)
{
    sqlite3_stmt *st = tg_state_use(s, number, account, err);
    if (st) sqlite3_bind_int64(st, 2, second);
    return st;
}

/* -------------------------------------------------------------------------------------- windows */

static int optional(sqlite3_stmt *st, int column)
{
    bool null = sqlite3_column_type(st, column) == SQLITE_NULL;
    sqlite3_int64 n = null ? -1 : sqlite3_column_int64(st, column);
    return n < 0 ? -1 : n > TG_WINDOW_MOST ? TG_WINDOW_MOST : (int)n;
}

static tg_quota columns(sqlite3_stmt *st)
{
    return (tg_quota){.total = optional(st, 0),
                      .remaining = optional(st, 1),
                      .resets_at = sqlite3_column_double(st, 2),
                      .reported = sqlite3_column_int(st, 3),
                      .generation = sqlite3_column_int64(st, 4),
                      .spent = sqlite3_column_int64(st, 5),
                      .early = optional(st, 6),
                      .early_until = sqlite3_column_double(st, 7),
                      .first = optional(st, 8)};
}

static bool read_window(tg_state *s, const char *account, int64_t organization, tg_quota *w,
                        bool *found, tg_error *err)
{
    sqlite3_stmt *st = use_number(s, account, TG_LEDGER_READ, organization, err);
    *w = tg_window_new();
    *found = false;
    if (!st) return false;
    int rc = sqlite3_step(st);
    *found = rc == SQLITE_ROW;
    if (*found)
        *w = columns(st);
    else if (rc != SQLITE_DONE)
        tg_store_error(tg_state_sqlite_store(s), err);
    tg_store_done(st);
    return *found || rc == SQLITE_DONE;
}

static void bind_optional(sqlite3_stmt *st, int index, int value)
{
    if (value < 0)
        sqlite3_bind_null(st, index);
    else
        sqlite3_bind_int(st, index, value);
}

static bool write_window(tg_state *s, const char *account, int64_t organization, const tg_quota *w,
                         tg_error *err)
{
    sqlite3_stmt *st = use_number(s, account, TG_LEDGER_WRITE, organization, err);
    if (!st) return false;
    bind_optional(st, 3, w->total);
    bind_optional(st, 4, w->remaining);
    sqlite3_bind_double(st, 5, w->resets_at);
    sqlite3_bind_int(st, 6, w->reported);
    sqlite3_bind_int64(st, 7, w->generation);
    sqlite3_bind_int64(st, 8, w->spent);
    sqlite3_bind_int(st, 9, w->early);
    sqlite3_bind_double(st, 10, w->early_until);
    bind_optional(st, 11, w->first);
    return tg_store_run(tg_state_sqlite_store(s), st, err);
}

static bool delete_window(tg_state *s, const char *account, int64_t organization, tg_error *err)
{
    sqlite3_stmt *st = use_number(s, account, TG_LEDGER_DELETE, organization, err);
    return st && tg_store_run(tg_state_sqlite_store(s), st, err);
}

static bool next_window(tg_state *s, const char *account, int64_t from, int64_t *organization,
                        tg_quota *w)
{
    sqlite3_stmt *st = use_number(s, account, TG_LEDGER_NEXT, from, NULL);
    if (!st) return false;
    bool found = sqlite3_step(st) == SQLITE_ROW;
    if (found) {
        *w = columns(st);
        *organization = sqlite3_column_int64(st, 9);
    }
    tg_store_done(st);
    return found;
}

/* --------------------------------------------------------------------------------------- places */

/* [[workspace,organization],...]: a whole list as one parameter. */
static bool write_places(tg_buf *out, const tg_place *places, size_t n)
{
    tg_buf_putc(out, '[');
    for (size_t i = 0; i < n; i++)
        tg_buf_printf(out, "%s[%" PRId64 ",%" PRId64 "]", i ? "," : "", places[i].workspace,
                      places[i].organization);
    return tg_buf_putc(out, ']') && !out->failed;
}

static bool new_places(tg_state *s, const char *account, tg_place *places, size_t *n)
{
    tg_buf list;
    size_t found = 0;
    int rc = SQLITE_ERROR;
    tg_buf_init(&list, TG_BUF_NO_LIMIT);
    sqlite3_stmt *st = write_places(&list, places, *n)
                           ? tg_state_use(s, TG_LEDGER_NEW_PLACES, account, NULL)
                           : NULL;
    if (st) {
        sqlite3_bind_text64(st, 2, list.p, list.n, SQLITE_STATIC, SQLITE_UTF8);
        while ((rc = sqlite3_step(st)) == SQLITE_ROW)
            places[found++] = (tg_place){sqlite3_column_int64(st, 0), sqlite3_column_int64(st, 1)};
        tg_store_done(st);
    }
    tg_buf_clear(&list);
    *n = found;
    return rc == SQLITE_DONE;
}

static bool write_place(tg_state *s, const char *account, tg_place place)
{
    sqlite3_stmt *st = use_number(s, account, TG_LEDGER_MAP, place.workspace, NULL);
    if (!st) return false;
    sqlite3_bind_int64(st, 3, place.organization);
    return tg_store_run(tg_state_sqlite_store(s), st, NULL);
}

static int64_t organization_of(tg_state *s, const char *account, int64_t workspace)
{
    sqlite3_stmt *st = use_number(s, account, TG_LEDGER_ORGANIZATION, workspace, NULL);
    if (!st) return 0;
    int64_t organization = sqlite3_step(st) == SQLITE_ROW ? sqlite3_column_int64(st, 0) : 0;
    tg_store_done(st);
    return organization;
}

/* ---------------------------------------------------------------------------------------- facts */

static sqlite3_stmt *use_name(tg_state *s, const char *account, int number, const char *name)
{
    sqlite3_stmt *st = tg_state_use(s, number, account, NULL);
    if (st) sqlite3_bind_text(st, 2, name, -1, SQLITE_STATIC);
    return st;
}

static bool read_fact(tg_state *s, const char *account, const char *name, int64_t *value)
{
    sqlite3_stmt *st = use_name(s, account, TG_LEDGER_FACT, name);
    if (!st) return false;
    bool found = sqlite3_step(st) == SQLITE_ROW;
    if (found) *value = sqlite3_column_int64(st, 0);
    tg_store_done(st);
    return found;
}

static bool write_fact(tg_state *s, const char *account, const char *name, int64_t value)
{
    sqlite3_stmt *st = use_name(s, account, TG_LEDGER_SET_FACT, name);
    if (!st) return false;
    sqlite3_bind_int64(st, 3, value);
    return tg_store_run(tg_state_sqlite_store(s), st, NULL);
}

const tg_ledger_rows tg_ledger_rows_sqlite = {.read = read_window,
                                              .write = write_window,
                                              .delete = delete_window,
                                              .next = next_window,
                                              .new_places = new_places,
                                              .write_place = write_place,
                                              .organization = organization_of,
                                              .fact = read_fact,
                                              .set_fact = write_fact};
