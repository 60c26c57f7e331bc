/* The handle of a client: creation, references, clock and random numbers, and its settings. */
#include <stdlib.h>
#include <sys/random.h>

#include "clock.h"
#include "client.h"

double tg_client_now(tg_client *c)
{
    return c->clock.now ? c->clock.now(c->clock.ctx) : tg_clock_read(CLOCK_REALTIME);
}

double tg_client_ticks(tg_client *c)
{
    return c->clock.ticks ? c->clock.ticks(c->clock.ctx) : tg_clock_read(CLOCK_MONOTONIC);
}

double tg_client_chance(tg_client *c)
{
    uint32_t r = 0;
    if (c->clock.chance) return c->clock.chance(c->clock.ctx);
    if (getrandom(&r, sizeof r, 0) != sizeof r) r = (uint32_t)(tg_client_ticks(c) * 1e6);
    return r / 4294967296.0;
}

const char *tg_client_base_url(const tg_client *c)
{
    return c->base_url;
}

double tg_client_settle_after(const tg_client *c)
{
    return c->settle_after;
}

double tg_client_attempt_most(const tg_client *c)
{
    return c->timeout;
}

void tg_client_set_offline(tg_client *c, bool offline)
{
    c->offline = offline;
}

void tg_client_set_wait(tg_client *c, double seconds)
{
    c->wait = seconds;
}

bool tg_client_dry_run(const tg_client *c)
{
    return c->dry_run;
}

bool tg_client_inherited(const tg_client *c)
{
    return !tg_birth_here(&c->birth);
}

void tg_client_unref(tg_client *c)
{
    if (--c->refs > 0) return;
    tg_birth_clear(&c->birth);
    free(c);
}

bool tg_client_holds_secret(const tg_client *c, const char *text, size_t n)
{
    return tg_auth_stands_in(&c->auth, text, n);
}
