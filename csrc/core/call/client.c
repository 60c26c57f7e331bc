#include "client.h"

#include <dlfcn.h>
#include <limits.h>
#include <link.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "address.h"
#include "error.h"
#include "state_sqlite.h"

#define CACHE_SECONDS 0.2 /* a cache that another process holds is skipped after that long */
/* A ledger is waited for longer before a request is taken, since all processes count in it; what
   only looks into it waits as for the cache. */
#define STATE_SECONDS 1.0

static double read_clock(clockid_t id)
{
    struct timespec t;
    clock_gettime(id, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

double tg_client_now(tg_client *c)
{
    return c->clock.now ? c->clock.now(c->clock.ctx) : read_clock(CLOCK_REALTIME);
}

double tg_client_ticks(tg_client *c)
{
    return c->clock.ticks ? c->clock.ticks(c->clock.ctx) : read_clock(CLOCK_MONOTONIC);
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

void tg_client_set_offline(tg_client *c, bool offline)
{
    c->offline = offline;
}

bool tg_client_dry_run(const tg_client *c)
{
    return c->dry_run;
}

bool tg_client_inherited(const tg_client *c)
{
    return !tg_birth_here(&c->birth);
}

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
#define COPY_FLAG(member)    c->member = o->member;
#define COPY_SECONDS(member) c->member = o->member;
#define COPY_AGE(member)     c->member = o->member;
#define COPY_PAUSE(member)   c->member = o->member;
#define COPY_WAIT(member)    c->member = o->member;
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
#define FREE_FLAG(member)
#define FREE_SECONDS(member)
#define FREE_AGE(member)
#define FREE_PAUSE(member)
#define FREE_WAIT(member)
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

/* It goes into a header: nothing in it may end the line. NULL: none of its own. */
static bool check_agent(const char *agent, tg_error *err)
{
    for (const char *p = agent; p && *p; p++) {
        if ((unsigned char)*p >= ' ' && *p != 0x7f) continue;
        tg_error_set(err, TG_E_INVALID,
                     "the user agent holds a control character, so no client was made");
        tg_error_advise(err, "give it as one line");
        return false;
    }
    return true;
}

static void set_defaults(tg_client *c)
{
    if (c->timeout <= 0) c->timeout = 10;
    if (c->connect_timeout <= 0) c->connect_timeout = 10;
    c->settle = c->settle < 0 ? 0 : c->settle > 0 ? c->settle : TG_SETTLE;
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
    c->time_left = INFINITY;
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
    tg_later_free(c->later, c->cache);
    tg_cache_close(c->cache);
    if (c->state) c->state->api->close(c->state);
}

void tg_client_flush(tg_client *c)
{
    tg_error err;
    if (tg_client_inherited(c)) return;
    if (c->later && c->cache) tg_later_flush(c->later, c->cache, &err);
    if (c->cache) tg_call_drop_missed(c);
    if (c->ledger) tg_ledger_flush(c->ledger);
    tg_client_mind_stores(c);
}

void tg_client_unref(tg_client *c)
{
    if (--c->refs > 0) return;
    tg_birth_clear(&c->birth);
    free(c);
}

/* After a fork the sockets and files are the parent's: a closing handshake or a finished
   transaction would be a lie ** told in its name, so they are left alone. The child loses a little
   memory. */
void tg_client_free(tg_client *c)
{
    if (!c) return;
    if (!tg_client_inherited(c)) close_parts(c);
    tg_call_discard(c->spare);
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

/* ------------------------------------------------------------------------- transport and stores */

/* The folder of the file that this code is in, with NAME. Of the program itself the loader knows
   only argv[0]: it may be ** a name that was found by PATH, and NAME would then be a file of the
   current folder. */
static char *beside(const char *name)
{
    Dl_info info;
    struct link_map *map = NULL;
    char exe[PATH_MAX], *path = NULL;
    if (!dladdr1((void *)(uintptr_t)tg_client_new, &info, (void **)&map, RTLD_DL_LINKMAP))
        return NULL;
    const char *file = map && !*map->l_name ? realpath("/proc/self/exe", exe) : info.dli_fname;
    const char *slash = file ? strrchr(file, '/') : NULL;
    if (!slash) return NULL;
    return asprintf(&path, "%.*s/%s", (int)(slash - file), file, name) < 0 ? NULL : path;
}

/* Never unloaded: libcurl and OpenSSL leave exit handlers behind. */
static const tg_transport_api *load(const char *given, tg_error *err)
{
    char *path = given ? strdup(given) : beside("http.so");
    void *so = path ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : NULL;
    if (!so) {
        tg_error_set(err, TG_E_TRANSPORT, "the HTTP part cannot be loaded: %s",
                     path ? dlerror() : "its place is not known");
        tg_error_advise(err, "install http.so beside core.so");
        free(path);
        return NULL;
    }
    free(path);
    const tg_transport_api *(*get)(void);
    *(void **)(&get) = dlsym(so, TG_TRANSPORT_SYMBOL);
    const tg_transport_api *api = get ? get() : NULL;
    if (api && api->version == TG_TRANSPORT_VERSION) return api;
    tg_error_set(err, TG_E_TRANSPORT, "the HTTP part belongs to another version of this library");
    return NULL;
}

static char *full_user_agent(const char *own)
{
    char *s = NULL;
    int n = asprintf(&s, "%s%stoggl-lua/%s", own ? own : "", own ? " " : "", TG_VERSION);
    return n < 0 ? NULL : s;
}

bool tg_client_transport(tg_client *c, tg_error *err)
{
    if (c->transport) return true;
    if (!c->http) c->http = load(c->http_path, err);
    if (!c->http) return false;
    char *agent = full_user_agent(c->user_agent);
    if (!agent) return tg_error_set(err, TG_E_NOMEM, "out of memory");
    c->transport =
        c->http->open(&(tg_transport_options){.unix_socket = c->unix_socket,
                                              .user_agent = agent,
                                              .ca_file = c->ca_file,
                                              .ca_path = c->ca_path,
                                              .direct = tg_address_is_local(c->base_url)},
                      err);
    free(agent);
    return c->transport != NULL;
}

static void apply_patience(tg_client *c)
{
    double quarter = c->time_left / 4;
    double state = c->try_time / 2 < STATE_SECONDS ? c->try_time / 2 : STATE_SECONDS;
    if (c->cache) tg_cache_patience(c->cache, quarter < CACHE_SECONDS ? quarter : CACHE_SECONDS);
    if (c->state) c->state->api->patience(c->state, quarter < state ? quarter : state);
}

/* What is waited for a store is missing for the request: of the time that the call has left a
   quarter at most. */
void tg_call_patience(const tg_call *call)
{
    tg_client *c = call->client;
    double left = call->give_up ? call->give_up - tg_client_ticks(c) : INFINITY;
    c->time_left = left > 0 ? left : 0;
    c->try_time = call->options.timeout;
    apply_patience(c);
}

void tg_client_mind_stores(tg_client *c)
{
    const char *warning = c->cache ? tg_cache_warning(c->cache) : NULL;
    if (warning) tg_report_warning(c, "%s", warning);
    warning = c->state ? c->state->api->warning(c->state) : NULL;
    if (warning) tg_report_warning(c, "%s", warning);
}

/* A store that cannot be used is a warning and no reason to fail: without state the ledger lives in
   memory, without a ** cache every read goes to the wire. Each is opened when it is needed: a
   script that the cache answers needs no ledger. */
tg_ledger *tg_client_ledger(tg_client *c)
{
    char warning[300] = "";
    tg_error err = {0};
    if (c->state_tried) return c->ledger;
    c->state_tried = true;
    if (c->state_path) {
        c->state = tg_state_sqlite(c->state_path, warning, &err);
        if (*warning) tg_report_warning(c, "%s", warning);
        if (c->state) c->state->api->watch(c->state, c->interrupt);
        apply_patience(c);
    }
    tg_state *state = c->state ? c->state : tg_state_sqlite(":memory:", NULL, &err);
    if (!state) return NULL;
    return c->ledger = tg_ledger_new(state, !c->state, c->auth.account, &err);
}

tg_cache *tg_client_cache(tg_client *c)
{
    char warning[300] = "";
    tg_error err = {0};
    if (c->cache_tried || !c->cache_path) return c->cache;
    c->cache_tried = true;
    c->cache = tg_cache_open(c->cache_path, warning, &err);
    if (*warning) tg_report_warning(c, "%s", warning);
    if (c->cache && !(c->later = tg_later_new())) {
        tg_cache_close(c->cache);
        c->cache = NULL;
    }
    if (c->cache) tg_cache_watch(c->cache, c->interrupt);
    apply_patience(c);
    return c->cache;
}

/* ------------------------------------------------------------------------------------- accounts */

static tg_cost *cost_row(tg_client *c, const char *operation, int64_t organization)
{
    for (size_t i = 0; i < c->cost_count; i++)
        if (c->costs[i].operation == operation && c->costs[i].organization == organization)
            return &c->costs[i];
    tg_cost *more = realloc(c->costs, (c->cost_count + 1) * sizeof *more);
    if (!more) return NULL;
    c->costs = more;
    more[c->cost_count] = (tg_cost){operation, organization, 0};
    return &more[c->cost_count++];
}

void tg_client_charge(tg_client *c, const tg_call *call)
{
    tg_cost *row = cost_row(c, call->request->op->name, call->window);
    if (row) row->requests++;
}

size_t tg_client_cost(const tg_client *c, const tg_cost **costs)
{
    *costs = c->costs;
    return c->cost_count;
}

/* For what only looks into the ledger; apply_patience takes it back. */
static void hurry(tg_client *c)
{
    if (c->state) c->state->api->patience(c->state, CACHE_SECONDS);
}

void tg_client_quota(tg_client *c, bool (*fn)(void *ctx, const tg_window_state *w), void *ctx)
{
    if (tg_client_inherited(c)) return;
    tg_ledger *ledger = tg_client_ledger(c);
    hurry(c);
    if (ledger) tg_ledger_each(ledger, tg_client_now(c), fn, ctx);
    apply_patience(c);
    tg_client_mind_stores(c);
}

bool tg_client_check_stores(tg_client *c)
{
    if (tg_client_inherited(c)) return false;
    tg_client_ledger(c);
    tg_client_cache(c);
    hurry(c);
    bool ok = !c->cache_path || (c->cache && tg_cache_probe(c->cache, NULL));
    ok = (!c->state_path || (c->state && c->state->api->probe(c->state, NULL))) && ok;
    apply_patience(c);
    tg_client_mind_stores(c);
    return ok;
}

void tg_client_learn(tg_client *c, int64_t organization, int remaining, double resets_in, int total)
{
    if (tg_client_inherited(c)) return;
    if (tg_client_ledger(c))
        tg_ledger_learn(c->ledger, organization, tg_client_now(c), remaining, resets_in, total);
}

bool tg_client_fact(tg_client *c, const char *name, int64_t *value)
{
    if (tg_client_inherited(c)) return false;
    tg_ledger *ledger = tg_client_ledger(c);
    hurry(c);
    bool found = ledger && tg_ledger_fact(ledger, name, value);
    apply_patience(c);
    return found;
}

void tg_client_set_fact(tg_client *c, const char *name, int64_t value)
{
    if (tg_client_inherited(c)) return;
    if (tg_client_ledger(c)) tg_ledger_set_fact(c->ledger, name, value);
}
