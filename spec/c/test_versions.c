/*
** Open the state.db of each earlier version (spec/fixtures/state/state-N.db), read it, and continue
** with it.
*/
#include <sqlite3.h>

#include "check.h"
#include "ledger.h"
#include "scratch.h"
#include "state_sqlite.h"

#define ACCOUNT      "16b13cd2f90083cd22e91cebcb48c43a"
#define ORGANIZATION 4300000017
#define WORKSPACE    5200000011
#define LATER        1.9e9

static bool copy(const char *from, const char *to)
{
    char block[4096];
    size_t n;
    FILE *in = fopen(from, "rb"), *out = in ? fopen(to, "wb") : NULL;
    while (out && (n = fread(block, 1, sizeof block, in)) > 0) fwrite(block, 1, n, out);
    if (in) fclose(in);
    return out && fclose(out) == 0;
}

static int version_of(tg_state *s)
{
    sqlite3_stmt *st = NULL;
    sqlite3 *db = tg_store_handle(tg_state_sqlite_store(s));
    sqlite3_prepare_v2(db, "PRAGMA user_version", -1, &st, NULL);
    int version = sqlite3_step(st) == SQLITE_ROW ? sqlite3_column_int(st, 0) : -1;
    sqlite3_finalize(st);
    return version;
}

static bool find_window(void *ctx, const tg_window_state *w)
{
    tg_window_state *out = ctx;
    if (w->organization == out->organization) *out = *w;
    return w->organization != out->organization;
}

static tg_state *open_copy(const char *fixture, int version)
{
    char to[40], warning[300];
    tg_error err;
    snprintf(to, sizeof to, "state-%d.db", version);
    CHECK(copy(fixture, scratch_path(to)));
    tg_state *s = tg_state_sqlite(scratch_path(to), warning, &err);
    CHECK(s && !*warning);
    if (!s) printf("# %s\n", err.message);
    return s;
}

static void reads(tg_state *s, int total)
{
    tg_error err;
    int64_t value = 0;
    double until;
    tg_window_state w = {.organization = ORGANIZATION};
    tg_ledger *l = tg_ledger_new(s, false, ACCOUNT, &err);
    CHECK(tg_ledger_organization(l, WORKSPACE) == ORGANIZATION);
    CHECK(tg_ledger_fact(l, "page_size:get_organization_users", &value) && value == 1000);
    tg_ledger_each(l, LATER, find_window, &w);
    CHECK(w.spent == 6 && w.total == total);
    CHECK(tg_ledger_take(l, ORGANIZATION, LATER, 0, &until, &err));
    tg_ledger_each(l, LATER, find_window, &w);
    CHECK(w.spent == 7);
    tg_ledger_free(l);
}

int main(void)
{
    scratch_begin();
    for (int version = 1, missing = 0; missing < 2; version++) {
        char fixture[60];
        snprintf(fixture, sizeof fixture, "spec/fixtures/state/state-%d.db", version);
        FILE *f = fopen(fixture, "rb");
        missing += f == NULL; /* 1 was never released */
        if (!f) continue;
        fclose(f);
        printf("# version %d\n", version);
        CASE("a file of an earlier version is read and stays usable")
        {
            tg_state *s = open_copy(fixture, version),
                     *fresh = tg_state_sqlite(":memory:", NULL, NULL);
            if (s) reads(s, version == 2 ? 30 : -1); /* later fixtures have an unknown total */
            CHECK(s && version_of(s) == version_of(fresh) && version_of(s) >= version);
            if (s) s->api->close(s);
            fresh->api->close(fresh);
        }
    }
    scratch_end();
    return check_report();
}
