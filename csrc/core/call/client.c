#include "client.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "address.h"
#include "control.h"
#include "error.h"
#include "journal.h"
#include "own.h"

#define JOURNAL_DAYS 400

/* ---------------------------------------------------------------------------- making and ending */

/* False: out of memory. */
static bool copy_string(const char **out, const char *s)
{
    *out = s ? strdup(s) : NULL;
    return !s || *out;
}

#define COPY(read, name, member, types, meaning) COPY_##read(member)

#define COPY_STRING(member)  ok = copy_string(&c->member, o->member) && ok;
#define COPY_FILE(member)    COPY_STRING(member)
#define COPY_FOLDER(member)  COPY_STRING(member)
#define COPY_SOCKET(member)  COPY_STRING(member)
#define COPY_FLAG(member)    c->member = o->member;
#define COPY_SECONDS(member) c->member = o->member;
#define COPY_AGE(member)     c->member = o->member;
#define COPY_PAUSE(member)   c->member = o->member;
#define COPY_WAIT(member)    c->member = o->member;
#define COPY_SETTLE(member)  c->member = o->member;
#define COPY_COUNT(member)   c->member = o->member;
#define COPY_LIMIT(member)   c->member = o->member;
#define COPY_SIZE(member)    c->member = o->member;
#define COPY_CREDENTIAL(member)
#define COPY_CALLED(member)
#define COPY_LUA(member)

static bool copy_options(tg_client *c, const tg_client_options *given)
{
    bool ok = true;
    tg_client_options defaulted = *given, *o = &defaulted;
    if (!o->base_url) o->base_url = TG_BASE_URL;
    TG_CLIENT_OPTIONS(COPY)
    return ok;
}

#define FREE(read, name, member, types, meaning) FREE_##read(member)

#define FREE_STRING(member) free((void *)(uintptr_t)c->member);
#define FREE_FILE(member)   FREE_STRING(member)
#define FREE_FOLDER(member) FREE_STRING(member)
#define FREE_SOCKET(member) FREE_STRING(member)
#define FREE_FLAG(member)
#define FREE_SECONDS(member)
#define FREE_AGE(member)
#define FREE_PAUSE(member)
#define FREE_WAIT(member)
#define FREE_SETTLE(member)
#define FREE_COUNT(member)
#define FREE_LIMIT(member)
#define FREE_SIZE(member)
#define FREE_CREDENTIAL(member)
#define FREE_CALLED(member)
#define FREE_LUA(member)

static void free_options(tg_client *c)
{
    TG_CLIENT_OPTIONS(FREE)
}

/* The agent is sent in a header, so it must not contain a line end. NULL: none. */
static bool check_agent(const char *agent, tg_error *err)
{
    if (!agent || !tg_control_find(agent, strlen(agent))) return true;
    tg_error_set(err, TG_E_INVALID,
                 "the user agent holds a control character, so no client was made");
    tg_error_advise(err, "give it as one line");
    return false;
}

static void set_defaults(tg_client *c)
{
    if (c->timeout <= 0) c->timeout = 10;
    if (c->connect_timeout <= 0) c->connect_timeout = 10;
    c->stamp = -1;
    c->settle_after = c->settle_after < 0 ? 0 : c->settle_after > 0 ? c->settle_after : TG_SETTLE;
    if (c->journal_keep <= 0) c->journal_keep = JOURNAL_DAYS * 86400.0;
    if (!c->reply_cap) c->reply_cap = (size_t)16 << 20;
    c->retries = c->retries < 0 ? 0 : c->retries ? c->retries : 3;
}

static void set_up(tg_client *c, const tg_client_options *o)
{
    set_defaults(c);
    c->want_events = o->want_events;
    c->want_warnings = o->want_warnings;
    c->clock = o->clock;
    c->interrupt = o->interrupt;
    c->tally = o->tally;
    c->http = o->transport;
    c->budget = TG_RETRY_BUDGET;
    c->store_time = INFINITY;
    c->try_time = c->timeout;
    tg_birth_init(&c->birth);
    tg_buf_init(&c->missed, 1 << 16);
    c->refs = 1;
}

tg_client *tg_client_new(const tg_client_options *o, tg_error *err)
{
    tg_client *c = calloc(1, sizeof *c);
    if (!c) {
        tg_error_set(err, TG_E_NOMEM, "out of memory");
        return NULL;
    }
    bool ok = copy_options(c, o) || tg_error_set(err, TG_E_NOMEM, "out of memory");
    set_up(c, o);
    ok = ok &&
         tg_address_check((char *)(uintptr_t)c->base_url, o->unix_socket, o->cleartext, err) &&
         check_agent(c->user_agent, err) &&
         tg_auth_init(&c->auth, &o->credentials, c->base_url, err);
    if (ok) return c;
    tg_client_free(c);
    return NULL;
}

static void close_parts(tg_client *c)
{
    c->closing = true;
    while (c->first) tg_call_cancel(c->first);
    if (c->transport) c->http->close(c->transport);
    tg_ledger_free(c->ledger);
    tg_write_behind_free(c->write_behind, c->cache);
    if (c->cache) tg_call_drop_missed(c);
    tg_cache_close(c->cache);
    if (c->state) c->state->api->close(c->state);
    if (c->journal) c->journal->api->close(c->journal);
    tg_open_clear(c);
    tg_own_clear(c);
}

void tg_client_flush(tg_client *c)
{
    tg_error err;
    if (tg_client_inherited(c)) return;
    if (c->write_behind && c->cache) tg_write_behind_flush(c->write_behind, c->cache, &err);
    if (c->cache) tg_call_drop_missed(c);
    if (c->ledger) tg_ledger_flush(c->ledger);
    tg_client_mind_stores(c);
}

/* After a fork the sockets and files belong to the parent: a closing handshake or a commit would
   act in its name, so they are left alone. The child leaks a little memory. */
void tg_client_free(tg_client *c)
{
    if (!c) return;
    if (!tg_client_inherited(c)) close_parts(c);
    tg_call_discard(c->spare);
    tg_kept_clear(c);
    c->closed = true;
    tg_auth_clear(&c->auth);
    free_options(c);
    free((void *)c->gone);
    free(c->costs);
    free(c->traffic);
    tg_events_free(c);
    tg_buf_clear(&c->missed);
    tg_client_unref(c);
}
