/* What the ledger knows of workspaces, and small facts of a server. */
#include <inttypes.h>

#include "buf.h"
#include "ledger_rows.h"

/* ----------------------------------------------------------------------------------- workspaces */

static bool run_with(tg_ledger *l, int number, int64_t second, int64_t third)
{
    sqlite3_stmt *st = tg_ledger_use(l, number, second, NULL);
    if (!st) return false;
    if (sqlite3_bind_parameter_count(st) > 2) sqlite3_bind_int64(st, 3, third);
    return tg_store_run(l->store, st, NULL);
}

int64_t tg_ledger_organization(tg_ledger *l, int64_t workspace)
{
    sqlite3_stmt *st = tg_ledger_use(l, TG_LEDGER_ORGANIZATION, workspace, NULL);
    if (!st) return 0;
    int64_t organization = sqlite3_step(st) == SQLITE_ROW ? sqlite3_column_int64(st, 0) : 0;
    tg_store_done(st);
    return organization;
}

/* What was counted for the workspace alone was its organization's. */
static bool join_windows(tg_ledger *l, int64_t workspace, int64_t organization)
{
    tg_quota w, of_workspace;
    bool found, counted;
    if (!tg_ledger_read(l, -workspace, &of_workspace, &counted, NULL)) return false;
    if (!counted) return true;
    if (!tg_ledger_read(l, organization, &w, &found, NULL)) return false;
    tg_window_join(&w, &of_workspace);
    return tg_ledger_write(l, organization, &w, NULL) && tg_ledger_delete(l, -workspace, NULL);
}

/* [[workspace,organization],...]: a whole list as one parameter. */
static bool write_places(tg_buf *out, const tg_place *places, size_t n)
{
    tg_buf_putc(out, '[');
    for (size_t i = 0; i < n; i++)
        tg_buf_printf(out, "%s[%" PRId64 ",%" PRId64 "]", i ? "," : "", places[i].workspace,
                      places[i].organization);
    return tg_buf_putc(out, ']') && !out->failed;
}

/* Leaves in PLACES only those that the file does not know. False: they could not be looked up. */
static bool keep_new(tg_ledger *l, tg_place *places, size_t *n)
{
    tg_buf list;
    size_t found = 0;
    int rc = SQLITE_ERROR;
    tg_buf_init(&list, TG_BUF_NO_LIMIT);
    sqlite3_stmt *st =
        write_places(&list, places, *n) ? tg_ledger_use(l, TG_LEDGER_NEW_PLACES, 0, NULL) : NULL;
    if (st) {
        sqlite3_bind_text64(st, 2, list.p, list.n, SQLITE_STATIC, SQLITE_UTF8);
        while ((rc = sqlite3_step(st)) == SQLITE_ROW && found < *n)
            places[found++] = (tg_place){sqlite3_column_int64(st, 0), sqlite3_column_int64(st, 1)};
        tg_store_done(st);
    }
    tg_buf_clear(&list);
    *n = found;
    return rc == SQLITE_DONE;
}

static bool map(tg_ledger *l, const tg_place *places, size_t n)
{
    if (n == 0) return true;
    tg_ledger_flush(l);
    if (!tg_store_begin(l->store, NULL)) return false;
    bool ok = true;
    for (size_t i = 0; ok && i < n; i++)
        ok = run_with(l, TG_LEDGER_MAP, places[i].workspace, places[i].organization) &&
             join_windows(l, places[i].workspace, places[i].organization);
    if (ok) return tg_store_commit(l->store, NULL);
    tg_store_rollback(l->store);
    return false;
}

void tg_ledger_map(tg_ledger *l, tg_place *places, size_t n)
{
    size_t good = 0;
    for (size_t i = 0; i < n; i++)
        if (places[i].workspace > 0 && places[i].organization > 0) places[good++] = places[i];
    if (good == 0) return;
    tg_place last = places[good - 1];
    if (good == 1 && last.workspace == l->place.workspace &&
        last.organization == l->place.organization)
        return;
    if (keep_new(l, places, &good) && map(l, places, good)) l->place = last;
}

/* ---------------------------------------------------------------------------------------- facts */

static sqlite3_stmt *use_fact(tg_ledger *l, int number, const char *name)
{
    sqlite3_stmt *st = tg_ledger_use(l, number, 0, NULL);
    if (st) sqlite3_bind_text(st, 2, name, -1, SQLITE_STATIC);
    return st;
}

bool tg_ledger_fact(tg_ledger *l, const char *name, int64_t *value)
{
    sqlite3_stmt *st = use_fact(l, TG_LEDGER_FACT, name);
    if (!st) return false;
    bool found = sqlite3_step(st) == SQLITE_ROW;
    if (found) *value = sqlite3_column_int64(st, 0);
    tg_store_done(st);
    return found;
}

void tg_ledger_set_fact(tg_ledger *l, const char *name, int64_t value)
{
    int64_t old;
    if (tg_ledger_fact(l, name, &old) && old == value) return;
    sqlite3_stmt *st = use_fact(l, TG_LEDGER_SET_FACT, name);
    if (!st) return;
    sqlite3_bind_int64(st, 3, value);
    tg_store_run(l->store, st, NULL);
}
