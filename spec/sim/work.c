/* The intents of administrators, and the processes that carry them out. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sandbox/exchange.h"
#include "world.h"

#define MAIN          5200000011
#define DAY           86400.0
#define SETTLE_MOST   6 /* most requests to settle one entry */
#define TG_TEXT_OF(s) ((tg_text){(s), strlen(s)})

/* ------------------------------------------------------------------------------------- intents */

static bool place(tg_request *r, const tg_op *op, const char *name, int64_t key)
{
    tg_error err;
    const tg_field *f = tg_field_find(op->params, name, strlen(name));
    return f && tg_request_int(r, f, key, &err);
}

static void key_text(tg_writer *body, const char *key, const char *value)
{
    tg_write_key(body, TG_TEXT_OF(key));
    tg_write_text(body, TG_TEXT_OF(value));
}

static void key_list(tg_writer *body, const char *key, int64_t value)
{
    tg_write_key(body, TG_TEXT_OF(key));
    tg_write_array(body);
    tg_write_int(body, value);
    tg_write_end(body);
}

static void invitation(tg_writer *body, int n)
{
    char address[60];
    snprintf(address, sizeof address, "new%d@example.com", n);
    tg_write_key(body, TG_TEXT_OF("emails"));
    tg_write_array(body);
    tg_write_text(body, TG_TEXT_OF(address));
    tg_write_end(body);
    tg_write_key(body, TG_TEXT_OF("workspaces"));
    tg_write_array(body);
    tg_write_object(body);
    tg_write_key(body, TG_TEXT_OF("workspace_id"));
    tg_write_int(body, MAIN);
    tg_write_end(body);
    tg_write_end(body);
}

/* Return the key of one of the first four records, or that of the first one ever. */
static int64_t some(sim_world *w, const char *what)
{
    char sql[200];
    snprintf(sql, sizeof sql, "SELECT id FROM %s ORDER BY id LIMIT 1 OFFSET %d", what,
             (int)sim_draw(w, 4));
    int64_t key = sim_number(w->engine, sql);
    return key > 0 ? key : 2600000001;
}

#define PLAIN                                                                                      \
    "org_users WHERE organization_id = 4300000017 AND role_id = 3 AND joined AND NOT paying"

/* Write the body of intent N; GET and DELETE have none. */
static void fill(sim_world *w, tg_request *r, sim_intent *t, int n)
{
    char text[60];
    const char *name = t->op->name;
    if (strncmp(name, "delete", 6) == 0 || strncmp(name, "get", 3) == 0) return;
    tg_writer *body = tg_request_body(r);
    tg_write_object(body);
    snprintf(text, sizeof text, "Name %d", n);
    if (strstr(name, "invitation"))
        invitation(body, n);
    else if (strcmp(name, "patch_organization_users") == 0)
        key_list(body, "delete", t->key = some(w, PLAIN));
    else if (strcmp(name, "put_organization_users") == 0) {
        tg_write_key(body, TG_TEXT_OF("role_id"));
        tg_write_int(body, t->role = 2 + (int)sim_draw(w, 2));
    } else
        key_text(body, "name", text);
    tg_write_end(body);
}

static tg_request *make(sim_world *w, sim_intent *t, int n)
{
    static const char *const names[] = {
        "post_organization_group",   "post_organization_invitation", "put_organization_group",
        "delete_organization_group", "put_organization_users",       "patch_organization_users",
        "get_organization_users",    "get_organization_groups",      "post_organization_workspaces",
        "put_organization",
    };
    tg_error err;
    t->op = tg_op_find(names[sim_draw(w, sizeof names / sizeof *names)]);
    t->effect = t->op->effect;
    tg_request *r = tg_request_new(t->op, &err);
    place(r, t->op, "organization_id", SIM_ACME);
    if (strstr(t->op->path, "{group_id}")) place(r, t->op, "group_id", t->key = some(w, "groups"));
    if (strstr(t->op->path, "{organization_user_id}"))
        place(r, t->op, "organization_user_id", t->key = some(w, PLAIN));
    fill(w, r, t, n);
    return r;
}

/* Let another administrator change a group, without the knowledge of any client. */
void sim_other_admin(sim_world *w)
{
    char target[120], body[80];
    snprintf(target, sizeof target, "/api/v9/organizations/%lld/groups/%lld", (long long)SIM_ACME,
             (long long)some(w, "groups"));
    snprintf(body, sizeof body, "{\"name\":\"Theirs %d\"}", (int)sim_draw(w, 1000));
    sb_request r = {.method = sim_draw(w, 3) ? "PUT" : "DELETE",
                    .target = target,
                    .user = w->other_token,
                    .password = "api_token",
                    .type = "application/json",
                    .body = body,
                    .body_size = strlen(body)};
    sb_exchange x;
    if (!sb_engine_call(w->engine, &r, &x)) abort();
    if (x.status < 300) sim_overwrite(w, target + 7);
    sim_say(w, "another administrator: %s %s: %d", r.method, target + 7, x.status);
    sb_exchange_clear(&x);
}

static void begin(sim_world *w, sim_process *p, tg_client *c)
{
    tg_error err;
    int i = 0, n = w->intent_count++;
    sim_intent *t = &w->intents[n];
    *t = (sim_intent){.actor = p->actor, .machine = p->machine};
    snprintf(t->name, sizeof t->name, "i%d", n);
    tg_request *r = make(w, t, n);
    sim_say(w, "admin %d wants %s (%s)", p->actor + 1, t->op->name, t->name);
    w->actors[p->actor].left--;
    p->starting = n;
    tg_call_options o = {.job = "simulated", .step = t->name};
    tg_call *call = tg_call_start(c, r, &o, &err);
    p->starting = -1;
    if (call) {
        while (p->calls[i]) i++;
        p->calls[i] = call;
        p->intents[i] = n;
        return;
    }
    t->ended = true;
    t->told = w->time;
    t->kind = err.kind;
    sim_say(w, "admin %d learns of %s: %s", p->actor + 1, t->name, tg_kind_name(err.kind));
}

static void finish(sim_world *w, sim_process *p, int i)
{
    tg_error err = {.kind = TG_OK};
    sim_intent *t = &w->intents[p->intents[i]];
    tg_reply *reply = tg_call_take(p->calls[i], &err);
    t->ended = true;
    t->told = w->time;
    t->kind = reply ? TG_OK : err.kind;
    sim_say(w, "admin %d learns of %s: %s%s%.100s", p->actor + 1, t->name,
            reply ? "done" : tg_kind_name(err.kind), reply ? "" : ", ", reply ? "" : err.message);
    tg_reply_free(reply);
    tg_call_free(p->calls[i]);
    p->calls[i] = NULL;
}

/* Step the client until its calls have ended. */
static void run_calls(sim_world *w, sim_process *p, tg_client *c)
{
    tg_error err;
    for (bool busy = true; busy;) {
        busy = false;
        for (int i = 0; i < SIM_RUNNING; i++) {
            if (p->calls[i] && tg_call_done(p->calls[i])) finish(w, p, i);
            busy |= p->calls[i] != NULL;
        }
        if (!busy) break;
        double before = w->time;
        tg_client_step(c, 60000, NULL, 0, &err);
        if (w->time <= before) sim_wait(w->time + 0.0005);
    }
}

/* ------------------------------------------------------------------------------------ processes */

static double now(void *unused)
{
    (void)unused;
    return sim_the_world->time;
}

static double chance(void *unused)
{
    (void)unused;
    return (double)sim_chance(1 << 20) / (1 << 20);
}

static void sleep_until(void *unused, double until)
{
    (void)unused;
    sim_wait(until);
}

tg_clock sim_clock(void)
{
    return (tg_clock){now, now, chance, sleep_until, NULL};
}

static tg_client *open_client(sim_world *w, const sim_process *p)
{
    char state[30], journal[30];
    tg_error err;
    snprintf(state, sizeof state, "/%d/state.db", p->machine);
    snprintf(journal, sizeof journal, "/%d/journal.db", p->machine);
    tg_client_options o = {.credentials = {TG_AUTH_TOKEN, w->token, NULL},
                           .base_url = "https://sim.example.com/api/v9",
                           .state_path = state,
                           .journal_path = journal,
                           .journal_redact = DAY,
                           .journal_keep = w->forgot ? DAY : 0,
                           .transport = &sim_transport,
                           .wait = sim_draw(w, 4) ? -1 : 0,
                           .settle = sim_draw(w, 4) > 0,
                           .clock = sim_clock()};
    tg_client *c = tg_client_new(&o, &err);
    if (c) return c;
    fprintf(stderr, "sim: %s\n", err.message);
    abort();
}

/* Return whether a request of INTENT is in flight to the server. */
static bool is_flying(const sim_world *w, int intent)
{
    for (int i = 0; i < w->flights; i++)
        if (w->flying[i].intent == intent && w->flying[i].arrives >= 0) return true;
    return false;
}

/* Return the intent of an open entry, or -1. *N: the number of the entry. */
static int intent_of(tg_text entry, int64_t *n)
{
    tg_value open = tg_value_get(entry, TG_TEXT("open")),
             number = tg_value_get(entry, TG_TEXT("n"));
    tg_value write = tg_value_get(entry, TG_TEXT("write"));
    tg_value step = tg_value_get(write.text, TG_TEXT("step"));
    *n = number.integer;
    return open.boolean && step.text.n > 1 ? atoi(step.text.p + 1) : -1;
}

/* Close an entry as a person would who has looked at the organization. */
static void close_entry(sim_world *w, sim_process *p, tg_client *c, int64_t n, int intent)
{
    tg_error err;
    bool done = w->intents[intent].carried > 0;
    if (is_flying(w, intent)) return;
    bool closed = tg_client_journal_close(c, n, done, &err);
    w->open += closed;
    sim_say(w, "a person on machine %d closes entry %lld (i%d) as %s%s%s", p->machine + 1,
            (long long)n, intent, done ? "done" : "absent", closed ? "" : ": ",
            closed ? "" : err.message);
}

static void settle_entry(sim_world *w, sim_process *p, tg_client *c, int64_t n, int intent)
{
    tg_error err;
    long before = p->sent;
    tg_call *call = tg_client_settle(c, n, NULL, &err);
    while (call && !tg_call_done(call)) {
        double then = w->time;
        tg_client_step(c, 60000, NULL, 0, &err);
        if (w->time <= then) sim_wait(w->time + 0.0005);
    }
    tg_reply *reply = call ? tg_call_take(call, &err) : NULL;
    w->resumed += call != NULL;
    sim_say(w, "entry %lld (i%d) is settled: %s%s%.100s", (long long)n, intent,
            reply ? "done" : tg_kind_name(err.kind), reply ? "" : ", ", reply ? "" : err.message);
    tg_reply_free(reply);
    tg_call_free(call);
    if (w->calm && p->sent - before > SETTLE_MOST)
        sim_violate(w, "entry %lld (i%d) took %ld requests to settle", (long long)n, intent,
                    p->sent - before);
}

static void lose_entry(sim_world *w, sim_process *p, tg_client *c, int64_t n, int intent)
{
    tg_error err;
    (void)p;
    if (tg_client_journal_lose(c, n, &err))
        sim_say(w, "the program of entry %lld (i%d) has ended", (long long)n, intent);
}

static void for_open(sim_world *w, sim_process *p, tg_client *c,
                     void (*fn)(sim_world *w, sim_process *p, tg_client *c, int64_t n, int intent))
{
    size_t size, pos = 0;
    int64_t n;
    tg_error err;
    tg_value key, entry;
    char *list = tg_client_journal(c, &size, &err);
    tg_text all = {list, list ? size : 0};
    while (list && tg_value_next(all, &pos, &key, &entry)) {
        int intent = intent_of(entry.text, &n);
        if (intent >= 0) fn(w, p, c, n, intent);
    }
    free(list);
}

static void resume(sim_world *w, sim_process *p, tg_client *c)
{
    w->machines[p->machine].dirty = false;
    if (sim_draw(w, 2)) for_open(w, p, c, lose_entry);
    for_open(w, p, c, settle_entry);
    if (w->calm || sim_draw(w, 3) == 0) for_open(w, p, c, close_entry);
}

void sim_work(sim_process *p)
{
    sim_world *w = sim_the_world;
    sim_actor *a = &w->actors[p->actor];
    sim_say(w, "admin %d starts process %d on machine %d", p->actor + 1, p->pid, p->machine + 1);
    tg_client *c = open_client(w, p);
    if (w->machines[p->machine].dirty) resume(w, p, c);
    while (a->left > 0 && w->intent_count + SIM_RUNNING < SIM_INTENTS) {
        sim_wait(w->time + (double)sim_draw(w, 3000) / 1000);
        int together = sim_draw(w, 4) ? 1 : SIM_RUNNING;
        for (int i = 0; i < together && a->left > 0; i++) begin(w, p, c);
        run_calls(w, p, c);
    }
    tg_client_free(c);
}

void sim_resume_only(sim_process *p)
{
    sim_world *w = sim_the_world;
    tg_client *c = open_client(w, p);
    resume(w, p, c);
    tg_client_free(c);
}

void sim_grow_old(sim_process *p)
{
    size_t n;
    tg_error err;
    tg_client *c = open_client(sim_the_world, p);
    free(tg_client_journal(c, &n, &err)); /* opens the journal */
    tg_client_free(c);
}
