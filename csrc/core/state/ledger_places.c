/* Places of workspaces, and small facts about a server. */
#include "ledger_inside.h"

/* ----------------------------------------------------------------------------------- workspaces */

int64_t tg_ledger_organization(tg_ledger *l, int64_t workspace)
{
    return l->state->api->ledger->organization(l->state, l->account, workspace);
}

/* Merge the window counted for the workspace alone into its organization's. */
static bool join_windows(tg_ledger *l, int64_t workspace, int64_t organization)
{
    tg_quota w, of_workspace;
    bool found, counted;
    if (!tg_ledger_read(l, -workspace, &of_workspace, &counted, NULL)) return false;
    if (!counted) return true;
    if (!tg_ledger_read(l, organization, &w, &found, NULL)) return false;
    tg_window_join(&w, &of_workspace);
    return tg_ledger_write(l, organization, &w, NULL) &&
           l->state->api->ledger->delete (l->state, l->account, -workspace, NULL);
}

static bool map(tg_ledger *l, const tg_place *places, size_t n)
{
    if (n == 0) return true;
    tg_ledger_flush(l);
    if (!tg_ledger_begin(l, NULL)) return false;
    bool ok = true;
    for (size_t i = 0; ok && i < n; i++)
        ok = l->state->api->ledger->write_place(l->state, l->account, places[i]) &&
             join_windows(l, places[i].workspace, places[i].organization);
    if (ok) return tg_ledger_commit(l, NULL);
    tg_ledger_rollback(l);
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
    if (l->state->api->ledger->new_places(l->state, l->account, places, &good) &&
        map(l, places, good))
        l->place = last;
}

/* ---------------------------------------------------------------------------------------- facts */

bool tg_ledger_fact(tg_ledger *l, const char *name, int64_t *value)
{
    return l->state->api->ledger->fact(l->state, l->account, name, value);
}

void tg_ledger_set_fact(tg_ledger *l, const char *name, int64_t value)
{
    int64_t old;
    if (tg_ledger_fact(l, name, &old) && old == value) return;
    l->state->api->ledger->set_fact(l->state, l->account, name, value);
}
