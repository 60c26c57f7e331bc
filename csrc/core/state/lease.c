/* Stored plans, and the lease under which one process at a time applies a plan. */
#include <stdio.h>
#include <time.h>

#include "error.h"
#include "journal.h"

#define LEASE_SECONDS                                                                              \
    120 /* longest pause between two writes of the holder; each write extends it */

bool tg_journal_keep_plan(tg_journal *j, const char *account, const char *id, double at,
                          tg_text text, tg_error *err)
{
    if (!j->api->begin(j, true, err)) return false;
    if (j->api->put_plan(j, account, id, at, text, err)) return j->api->commit(j, err);
    j->api->rollback(j);
    return false;
}

/* -------------------------------------------------------------------------------------- leases */

static bool is_held(const tg_lease *l, double now)
{
    return l->token && l->until > now && tg_process_runs(&l->holder);
}

static bool refuse(const tg_lease *l, int64_t organization, tg_error *err)
{
    char when[16];
    struct tm tm;
    time_t since = (time_t)l->since;
    strftime(when, sizeof when, "%H:%M:%S", localtime_r(&since, &tm));
    return tg_error_set(err, TG_E_CONFLICT,
                        "process %lld has been applying plan %s to %s organization since %s; "
                        "nothing was sent",
                        (long long)l->holder.pid, l->job,
                        l->organization == organization ? "this" : "another", when);
}

static bool take(tg_journal *j, tg_lease *mine, double now, tg_error *err)
{
    tg_lease there;
    if (!j->api->get_lease(j, mine->organization, &there, err)) return false;
    if (is_held(&there, now)) return refuse(&there, mine->organization, err);
    mine->token = there.token + 1;
    return j->api->put_lease(j, mine, err);
}

bool tg_lease_take(tg_journal *j, int64_t organization, const char *job, double now, double seconds,
                   tg_error *err)
{
    tg_lease mine = {.organization = organization, .since = now, .until = now + seconds};
    snprintf(mine.job, sizeof mine.job, "%s", job);
    tg_process_self(&mine.holder);
    if (is_held(&j->lease, now)) return refuse(&j->lease, organization, err); /* it has one place */
    if (!j->api->begin(j, true, err)) return false;
    if (!take(j, &mine, now, err)) {
        j->api->rollback(j);
        return false;
    }
    if (!j->api->commit(j, err)) return false;
    j->lease = mine;
    return true;
}

bool tg_lease_hold(tg_journal *j, double now, tg_error *err)
{
    tg_lease there;
    if (!j->lease.token) return true;
    if (!j->api->get_lease(j, j->lease.organization, &there, err)) return false;
    if (there.token != j->lease.token)
        return tg_error_set(err, TG_E_CANCELLED,
                            "another process has taken over the apply of this organization; "
                            "this change was not sent");
    j->lease.until = now + LEASE_SECONDS;
    return j->api->put_lease(j, &j->lease, err);
}

void tg_lease_end(tg_journal *j)
{
    tg_error err;
    tg_lease there;
    int64_t token = j->lease.token;
    j->lease.token = 0;
    if (!token || !j->api->begin(j, false, &err)) return;
    bool ok = j->api->get_lease(j, j->lease.organization, &there, &err) && there.token == token;
    there.until = 0;
    if (ok && j->api->put_lease(j, &there, &err))
        j->api->commit(j, &err);
    else
        j->api->rollback(j);
}
