#include "state_sqlite.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "error.h"
#include "state_inside.h"

static void close_state(tg_state *s)
{
    tg_store_close(tg_state_sqlite_store(s));
    free(s);
}

static bool begin(tg_state *s, tg_error *err)
{
    return tg_store_begin(tg_state_sqlite_store(s), err);
}

static bool commit(tg_state *s, tg_error *err)
{
    return tg_store_commit(tg_state_sqlite_store(s), err);
}

static void rollback(tg_state *s)
{
    tg_store_rollback(tg_state_sqlite_store(s));
}

static void patience(tg_state *s, double seconds)
{
    tg_store_patience(tg_state_sqlite_store(s), seconds);
}

static void watch(tg_state *s, const volatile sig_atomic_t *interrupt)
{
    tg_store_watch(tg_state_sqlite_store(s), interrupt);
}

static const char *warning_of(tg_state *s)
{
    return tg_store_warning(tg_state_sqlite_store(s));
}

static bool probe(tg_state *s, tg_error *err)
{
    return tg_store_probe(tg_state_sqlite_store(s), err);
}

static tg_store *open_store(const char *path, char warning[300], tg_error *err)
{
    tg_store_options o = {.path = path,
                          .id = TG_STATE_ID,
                          .steps = tg_state_steps,
                          .sql = tg_state_sql,
                          .statements = TG_STATE_STATEMENTS,
                          .cost = "the remaining quota is not shared with other runs",
                          .renewable = true};
    return tg_store_open(&o, warning, err);
}

tg_state *tg_state_sqlite(const char *path, char warning[300], tg_error *err)
{
    static const tg_state_api api = {.close = close_state,
                                     .begin = begin,
                                     .commit = commit,
                                     .rollback = rollback,
                                     .patience = patience,
                                     .watch = watch,
                                     .warning = warning_of,
                                     .probe = probe,
                                     .ledger = &tg_ledger_rows_sqlite,
                                     .changes = &tg_change_rows_sqlite};
    tg_sqlite_state *s = malloc(sizeof *s);
    if (!s) {
        if (warning) *warning = '\0';
        tg_error_set(err, TG_E_NOMEM, "out of memory");
        return NULL;
    }
    bool is_new = access(path, F_OK) != 0 && errno == ENOENT;
    *s = (tg_sqlite_state){.base.api = &api, .store = open_store(path, warning, err)};
    if (s->store) {
        tg_state_mark_first(tg_store_path(s->store), is_new);
        return &s->base;
    }
    free(s);
    return NULL;
}
