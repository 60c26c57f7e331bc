/* Plans of a client's account, and its lease. */
#include <stdlib.h>

#include "client.h"
#include "error.h"
#include "journal.h"

#define LEASE_SECONDS 120

bool tg_client_keep_plan(tg_client *c, const char *id, tg_text text, tg_error *err)
{
    tg_journal *j = tg_client_journal_outside(c, err);
    return j && tg_journal_keep_plan(j, c->auth.account, id, tg_client_now(c), text, err);
}

char *tg_client_plan(tg_client *c, const char *id, tg_error *err)
{
    char *text;
    tg_journal *j = tg_client_journal_outside(c, err);
    if (!j || !j->api->get_plan(j, c->auth.account, id, &text, err)) return NULL;
    if (!text) tg_error_set(err, TG_E_NOT_FOUND, "there is no plan %s of this account", id);
    return text;
}

bool tg_client_lease(tg_client *c, int64_t organization, const char *job, tg_error *err)
{
    tg_journal *j = tg_client_journal_outside(c, err);
    return j && tg_lease_take(j, organization, job, tg_client_now(c), LEASE_SECONDS, err);
}

void tg_client_lease_end(tg_client *c)
{
    if (c->journal) tg_lease_end(c->journal);
}
