/* The network between processes and the server, and the arrival of requests at the server. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "world.h"

static const char *const fault_words[] = {
#define WORDS(name, words) words,
    SIM_FAULTS(WORDS)
#undef WORDS
};

/* -------------------------------------------------------------------------------- at the server */

static void note_header(sim_flight *f, const char *name, const char *value)
{
    size_t n = strlen(f->headers);
    snprintf(f->headers + n, sizeof f->headers - n, "%s: %s\n", name, value);
    for (char *p = f->headers + n; *p && *p != ':'; p++)
        if (*p >= 'A' && *p <= 'Z') *p = (char)(*p + 32);
}

void sim_answer(sim_flight *f, int status, const char *type, const char *text, size_t n)
{
    f->status = status;
    free(f->reply);
    f->reply = malloc(n + 1);
    if (!f->reply) abort();
    memcpy(f->reply, text, n);
    f->reply[n] = '\0';
    f->reply_size = n;
    note_header(f, "content-type", type);
}

#define GROUP_MADE "post_organization_group"

/* Return whether TARGET is the record that the intent changes or created. */
static bool is_about(const sim_intent *t, const char *target)
{
    const char *last = strrchr(target, '/');
    return t->key && last && atoll(last + 1) == t->key;
}

/* Mark earlier writes of the same target as overwritten: a search cannot find them any more. */
void sim_overwrite(sim_world *w, const char *target)
{
    size_t n = strlen(target);
    for (int i = 0; i < w->intent_count; i++) {
        sim_intent *t = &w->intents[i];
        const char *path = strchr(t->content, ' ');
        bool same = path && strncmp(path + 1, target, n) == 0 && path[1 + n] == ' ';
        if ((same || is_about(t, target)) && !t->overwritten) t->overwritten = w->time;
    }
}

static void note_carried(sim_intent *t, const char *reply)
{
    const char *key = strstr(reply, "\"group_id\":");
    t->carried++;
    t->overwritten = 0;
    if (strcmp(t->op->name, GROUP_MADE) == 0 && key) t->key = atoll(key + 11);
}

static void carry_out(sim_world *w, sim_flight *f)
{
    sb_request r = {.method = f->method,
                    .target = f->target,
                    .user = *f->user ? f->user : NULL,
                    .password = "api_token",
                    .type = f->body ? "application/json" : NULL,
                    .body = f->body,
                    .body_size = f->body_size};
    sb_exchange x;
    if (w->watch && w->watch->arrives(w, f)) return;
    if (!sb_engine_call(w->engine, &r, &x)) abort();
    sim_answer(f, x.status, x.reply_type, x.reply.p ? x.reply.p : "", x.reply.n);
    for (int i = 0; i < x.header_count; i++) note_header(f, x.headers[i].name, x.headers[i].value);
    sb_exchange_clear(&x);
    if (f->intent >= 0 && f->status < 300) {
        sim_overwrite(w, f->target + 7);
        note_carried(&w->intents[f->intent], f->reply);
    }
    sim_say(w, "the server answers %s of admin %d with %d%s", f->method, f->actor + 1, f->status,
            f->x ? "" : "; no caller waits for it");
    if (w->watch) w->watch->carried(w, f);
}

static void refuse(sim_flight *f, int status, const char *text)
{
    sim_answer(f, status, "text/html", text, strlen(text));
}

static void arrive(sim_world *w, sim_flight *f)
{
    f->arrives = -1;
    switch (f->fault) {
    case SIM_BAD_GATEWAY: refuse(f, 502, "<html>Bad Gateway</html>"); break;
    case SIM_TOO_FAST:
        refuse(f, 429, "Too Many Requests");
        if (sim_draw(w, 2)) note_header(f, "retry-after", "3");
        break;
    case SIM_NO_QUOTA:
        refuse(f, 402, "The quota will be reset in 600 seconds");
        note_header(f, "x-toggl-quota-remaining", "0");
        note_header(f, "x-toggl-quota-resets-in", "600");
        break;
    case SIM_GATEWAY_TIMEOUT:
        carry_out(w, f);
        f->headers[0] = '\0';
        refuse(f, 504, "<html>Gateway Timeout</html>");
        break;
    default: carry_out(w, f); break;
    }
}

/* ------------------------------------------------------------------------------------- arrivals */

static int first_arrival(const sim_world *w)
{
    int first = -1;
    for (int i = 0; i < w->flights; i++)
        if (w->flying[i].arrives >= 0 &&
            (first < 0 || w->flying[i].arrives < w->flying[first].arrives))
            first = i;
    return first;
}

double sim_arrival(const sim_world *w)
{
    int first = first_arrival(w);
    return first < 0 ? -1 : w->flying[first].arrives;
}

static void forget(sim_world *w, int i)
{
    free(w->flying[i].body);
    free(w->flying[i].reply);
    w->flights--;
    memmove(&w->flying[i], &w->flying[i + 1], (size_t)(w->flights - i) * sizeof *w->flying);
}

void sim_arrive(sim_world *w)
{
    int first = first_arrival(w);
    arrive(w, &w->flying[first]);
    if (!w->flying[first].x) forget(w, first);
}

/* Detach the flights of P. Its requests still arrive. */
void sim_forget_process(sim_world *w, const sim_process *p)
{
    for (int i = w->flights - 1; i >= 0; i--) {
        sim_flight *f = &w->flying[i];
        if (f->process != p) continue;
        f->process = NULL;
        f->x = NULL;
        if (f->arrives < 0) forget(w, i);
    }
}

void sim_network_clear(sim_world *w)
{
    while (w->flights) forget(w, 0);
}

/* -------------------------------------------------------------------------------- the transport */

/* The transport is its process. */
static tg_transport *open_pool(const tg_transport_options *o, tg_error *err)
{
    (void)o, (void)err;
    return (tg_transport *)sim_the_world->here;
}

static void close_pool(tg_transport *t)
{
    if (t) sim_forget_process(sim_the_world, (sim_process *)t);
}

static sim_fault choose(sim_world *w)
{
    unsigned on = w->faults & ((1u << SIM_NETWORK) - 1);
    if (w->calm || !on || sim_draw(w, (uint64_t)w->odds)) return SIM_FINE;
    for (;;) {
        uint64_t drawn = sim_draw(w, SIM_NETWORK + 3); /* lost replies are drawn most often */
        sim_fault f = drawn < SIM_NETWORK ? (sim_fault)drawn : SIM_REPLY_LOST;
        if (on & 1u << f) return f;
    }
}

/* Decode "Basic BASE64" and write the user. */
static void read_user(const char *authorization, char *out, size_t size)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    unsigned bits = 0, count = 0;
    size_t n = 0;
    const char *p =
        authorization && strncmp(authorization, "Basic ", 6) == 0 ? authorization + 6 : "";
    for (const char *digit; *p && (digit = strchr(digits, *p)) && n + 1 < size; p++) {
        bits = bits << 6 | (unsigned)(digit - digits);
        if ((count += 6) >= 8) out[n++] = (char)(bits >> (count -= 8));
    }
    out[n] = '\0';
    out[strcspn(out, ":")] = '\0';
}

/* Return the intent of a write: that of the call which runs or is being started, else the last one
   with this content on this machine, whose process is dead. */
static int intent_of(const sim_world *w, const sim_process *p, const tg_exchange *x,
                     const char *content)
{
    for (int i = 0; i < SIM_RUNNING; i++)
        if (p->calls[i] && p->calls[i] == x->owner) return p->intents[i];
    if (p->starting >= 0 && !*w->intents[p->starting].content) return p->starting;
    for (int i = w->intent_count - 1; i >= 0; i--)
        if (w->intents[i].machine == p->machine && strcmp(w->intents[i].content, content) == 0)
            return i;
    return p->starting;
}

/* Return whether FAULT makes a write ambiguous: the client gets no reply that gives its outcome. */
static bool is_doubtful(sim_fault fault)
{
    return fault == SIM_LOST || fault == SIM_REPLY_LOST || fault == SIM_CUT || fault == SIM_SLOW ||
           fault == SIM_BAD_GATEWAY || fault == SIM_GATEWAY_TIMEOUT;
}

/* Return whether A and B, "METHOD PATH BODY", change the same record. Each POST creates another. */
static bool is_same_target(const sim_intent *a, const sim_intent *b)
{
    const char *pa = strchr(a->content, ' '), *pb = strchr(b->content, ' ');
    size_t n = pa ? strcspn(pa + 1, " ") : 0;
    bool in_path = n && pb && strncmp(pa + 1, pb + 1, n) == 0 && pb[1 + n] == ' ';
    if (*a->content == 'P' && a->content[1] == 'O') return false;
    return in_path && *b->content && (strcmp(a->op->verb, "PATCH") != 0 || a->key == b->key);
}

/* Return whether the call of INTENT has ended, but was not taken by its caller yet. */
static bool has_ended(const sim_process *p, int intent)
{
    for (int i = 0; i < SIM_RUNNING; i++)
        if (p->calls[i] && p->intents[i] == intent) return tg_call_done(p->calls[i]);
    return false;
}

/* Check that T is not sent while an earlier write of the same target is ambiguous: it would hide
   the earlier one. A process knows its own writes, and those that dead processes had left open when
   it began. */
static void check_order(sim_world *w, const sim_process *p, const sim_intent *t)
{
    for (const sim_intent *u = w->intents; u < w->intents + w->intent_count; u++) {
        bool known = u->sender == p->number || (u->killed && u->orphaned <= p->born);
        bool told = has_ended(p, (int)(u - w->intents)) ||
                    (u->ended && u->kind != TG_E_UNKNOWN); /* only the journal lacks its outcome */
        if (u == t || !u->doubtful || told || u->machine != t->machine || !known) continue;
        if (is_same_target(u, t) && sim_is_open(w, u))
            sim_violate(w, "%s (%s) was sent while %s (%s) of the same target was open",
                        t->op->name, t->name, u->op->name, u->name);
    }
}

static void note_send(sim_world *w, sim_flight *f, const tg_exchange *x)
{
    char content[sizeof w->intents->content];
    snprintf(content, sizeof content, "%s %s %s", f->method, f->target + 7, f->body ? f->body : "");
    f->writes = strcmp(f->method, "GET") != 0;
    f->intent = f->writes ? intent_of(w, f->process, x, content) : -1;
    if (f->intent < 0) return;
    sim_intent *t = &w->intents[f->intent];
    memcpy(t->content, content, sizeof content);
    t->sender = f->process->number;
    check_order(w, f->process, t);
    t->sends++;
    t->reached += f->fault != SIM_UNREACHED;
    t->repeats += t->doubtful;
    t->doubtful = is_doubtful(f->fault);
}

static void set_times(sim_world *w, sim_flight *f, double timeout)
{
    double way = 0.01 + (double)sim_draw(w, 100) / 1000,
           back = 0.01 + (double)sim_draw(w, 100) / 1000;
    if (f->fault == SIM_SLOW) {
        way += (double)sim_draw(w, 14);
        back += (double)sim_draw(w, 30);
    }
    bool never = f->fault == SIM_LOST || f->fault == SIM_UNREACHED;
    f->arrives = never ? -1 : w->time + way;
    f->ends = w->time + way + back;
    if (f->fault == SIM_LOST || f->fault == SIM_REPLY_LOST) /* reset, or silence */
        f->ends = w->time + (sim_draw(w, 2) ? way + back : timeout);
    if (f->ends > w->time + timeout) f->ends = w->time + timeout;
}

static char *copy_body(tg_text body)
{
    sim_memory *before = sim_memory_use(NULL);
    char *copy = body.p ? malloc(body.n + 1) : NULL;
    sim_memory_use(before);
    if (copy) memcpy(copy, body.p, body.n);
    if (copy) copy[body.n] = '\0';
    return copy;
}

static bool start(tg_transport *t, tg_exchange *x, tg_error *err)
{
    (void)err;
    sim_world *w = sim_the_world;
    if (w->flights == SIM_FLYING) abort();
    sim_flight *f = &w->flying[w->flights++];
    *f = (sim_flight){.x = x, .process = (sim_process *)t, .fault = choose(w)};
    f->actor = f->process->actor;
    snprintf(f->method, sizeof f->method, "%s", x->verb);
    const char *path = strstr(x->url, "/api/v9");
    snprintf(f->target, sizeof f->target, "%s", path ? path : "/");
    read_user(x->authorization, f->user, sizeof f->user);
    f->body = copy_body(x->body);
    f->body_size = x->body.n;
    set_times(w, f, x->timeout);
    f->number = ++w->requests;
    f->process->sent++;
    w->lost_replies += f->fault == SIM_REPLY_LOST;
    note_send(w, f, x);
    sim_say(w, "admin %d, process %d of machine %d, sends %s %s %.200s%s%s", f->actor + 1,
            f->process->pid, f->process->machine + 1, f->method, f->target + 7,
            f->body ? f->body : "", f->fault == SIM_FINE ? "" : "; ",
            f->fault == SIM_FINE ? "" : fault_words[f->fault]);
    sim_check_window(w, f);
    if (w->watch) w->watch->sent(w, f);
    if (f->writes) sim_risk(12); /* the process may die just after sending */
    return true;
}

static void give_headers(tg_buf *out, const char *lines)
{
    while (*lines) {
        size_t name = strcspn(lines, ":"), value;
        tg_buf_add(out, lines, name);
        tg_buf_putc(out, '\0');
        lines += name + 2;
        value = strcspn(lines, "\n");
        tg_buf_add(out, lines, value);
        tg_buf_putc(out, '\0');
        lines += value + (lines[value] == '\n');
    }
}

/* Set the outcome that the client sees at the end of the flight. */
static void end(sim_world *w, sim_flight *f)
{
    tg_exchange *x = f->x;
    bool late = w->time >= f->ends && (f->arrives >= 0 || f->ends - w->time > 0);
    x->sent = f->fault != SIM_UNREACHED;
    if (f->fault == SIM_UNREACHED) {
        x->outcome = TG_X_UNREACHED;
    } else if (f->fault == SIM_LOST || f->fault == SIM_REPLY_LOST || late || !f->reply) {
        x->outcome = f->fault == SIM_SLOW || sim_draw(w, 2) ? TG_X_TIMEOUT : TG_X_BROKEN;
    } else if (f->fault == SIM_CUT) {
        x->outcome = TG_X_BROKEN;
        x->status = f->status;
        give_headers(&x->headers, f->headers);
        tg_buf_add(&x->reply, f->reply, f->reply_size / 2);
    } else {
        x->outcome = TG_X_REPLY;
        x->status = f->status;
        give_headers(&x->headers, f->headers);
        tg_buf_add(&x->reply, f->reply, f->reply_size);
        sim_learn(w, f);
        if (f->intent >= 0 && f->status < 500) w->intents[f->intent].doubtful = false;
    }
    snprintf(x->message, sizeof x->message, "simulated");
}

static tg_exchange *done(tg_transport *t)
{
    sim_world *w = sim_the_world;
    for (int i = 0; i < w->flights; i++) {
        sim_flight *f = &w->flying[i];
        if (!f->x || f->process != (sim_process *)t || f->ends > w->time) continue;
        tg_exchange *x = f->x;
        end(w, f);
        if (w->watch) w->watch->ended(w, f, x);
        f->x = NULL;
        bool write = f->writes;
        if (f->arrives < 0) forget(w, i); /* else the request still arrives and is applied */
        if (write) sim_risk(20);          /* the process may die before it records the outcome */
        return x;
    }
    return NULL;
}

/* Return when the next exchange of the process ends, below 0 if none is in flight. */
static double next_end(const sim_process *p)
{
    double next = -1;
    const sim_world *w = sim_the_world;
    for (int i = 0; i < w->flights; i++) {
        const sim_flight *f = &w->flying[i];
        if (f->x && f->process == p && (next < 0 || f->ends < next)) next = f->ends;
    }
    return next;
}

static bool step(tg_transport *t, int ms, struct pollfd *fds, unsigned n, tg_error *err)
{
    (void)fds, (void)n, (void)err;
    double next = next_end((sim_process *)t), until = sim_the_world->time + ms / 1000.0;
    if (ms) sim_wait(next >= 0 && next < until ? next : until);
    return true;
}

static void cancel(tg_transport *t, tg_exchange *x)
{
    (void)t;
    for (int i = 0; i < sim_the_world->flights; i++)
        if (sim_the_world->flying[i].x == x) sim_the_world->flying[i].x = NULL;
}

static double timeout(tg_transport *t)
{
    double next = next_end((sim_process *)t);
    return next < 0 ? -1 : next > sim_the_world->time ? next - sim_the_world->time : 0;
}

static int no_fds(tg_transport *t, struct pollfd *fds, unsigned max)
{
    (void)t, (void)fds, (void)max;
    return 0;
}

static void no_wakeup(tg_transport *t)
{
    (void)t;
}

const tg_transport_api sim_transport = {.version = TG_TRANSPORT_VERSION,
                                        .open = open_pool,
                                        .close = close_pool,
                                        .start = start,
                                        .step = step,
                                        .done = done,
                                        .cancel = cancel,
                                        .timeout = timeout,
                                        .fds = no_fds,
                                        .wakeup = no_wakeup};
