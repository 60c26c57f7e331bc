#include "world.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sandbox/fault.h"

sim_world *sim_the_world;

static const char *const fault_words[] = {
#define WORDS(name, words) words,
    SIM_FAULTS(WORDS)
#undef WORDS
};

/* ------------------------------------------------------------------------------- chance, events */

uint64_t sim_draw(sim_world *w, uint64_t most)
{
    return sb_mix(w->seed, 99, w->draws++) % most;
}

static void add_line(sim_world *w, const char *line)
{
    size_t n = strlen(line);
    if (w->log_size + n + 2 > w->log_room) {
        size_t room = (w->log_room + n + 2) * 2;
        char *grown = realloc(w->log, room);
        if (!grown) abort();
        w->log = grown;
        w->log_room = room;
    }
    memcpy(w->log + w->log_size, line, n + 1);
    w->log_size += n;
}

void sim_say(sim_world *w, const char *form, ...)
{
    char line[700], *end = line + sizeof line - 2;
    int n = snprintf(line, sizeof line, "%10.3f  ", w->time - 1e9);
    va_list arguments;
    va_start(arguments, form);
    vsnprintf(line + n, sizeof line - (size_t)n - 1, form, arguments);
    va_end(arguments);
    *end = '\0';
    add_line(w, line);
    add_line(w, "\n");
}

void sim_violate(sim_world *w, const char *form, ...)
{
    char text[sizeof w->violation];
    va_list arguments;
    va_start(arguments, form);
    vsnprintf(text, sizeof text, form, arguments);
    va_end(arguments);
    sim_say(w, "VIOLATION: %s", text);
    if (!*w->violation) memcpy(w->violation, text, sizeof text);
}

/* -------------------------------------------------------------------------------------- windows */

/* The quota window that a target spends: an organization's, a workspace's, or the caller's own. */
static void place_of(const char *target, char *place, size_t size)
{
    static const char *const starts[] = {"/api/v9/organizations/", "/api/v9/workspaces/"};
    snprintf(place, size, "own");
    for (int i = 0; i < 2; i++) {
        const char *rest = target + strlen(starts[i]);
        size_t n =
            strncmp(target, starts[i], strlen(starts[i])) == 0 ? strspn(rest, "0123456789") : 0;
        if (n) snprintf(place, size, "%c%.*s", starts[i][8], (int)n, rest);
    }
}

static sim_window *window_of(sim_world *w, int client, const char *target)
{
    char place[64];
    place_of(target, place, sizeof place);
    for (int i = 0; i < 8; i++) {
        sim_window *c = &w->closed[client][i];
        if (!*c->place) snprintf(c->place, sizeof c->place, "%s", place);
        if (strcmp(c->place, place) == 0) return c;
    }
    return &w->closed[client][0];
}

static double header_number(const sim_flight *f, const char *name)
{
    const char *at = strstr(f->headers, name);
    return at ? atof(at + strlen(name) + 2) : -1;
}

/* What the client learns when the reply reaches it. */
static void learn(sim_world *w, const sim_flight *f)
{
    double left = header_number(f, "x-toggl-quota-remaining"),
           resets = header_number(f, "x-toggl-quota-resets-in");
    if (f->status == 402 && left <= 0 && resets > 0)
        window_of(w, f->client, f->target)->until = w->time + resets;
}

/* -------------------------------------------------------------------------------- at the server */

static void note_header(sim_flight *f, const char *name, const char *value)
{
    size_t n = strlen(f->headers);
    snprintf(f->headers + n, sizeof f->headers - n, "%s: %s\n", name, value);
    for (char *p = f->headers + n; *p && *p != ':'; p++)
        if (*p >= 'A' && *p <= 'Z') *p = (char)(*p + 32);
}

static void answer(sim_flight *f, int status, const char *type, const char *text, size_t n)
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
    if (!sb_engine_call(w->engine, &r, &x)) abort();
    answer(f, x.status, x.reply_type, x.reply.p ? x.reply.p : "", x.reply.n);
    for (int i = 0; i < x.header_count; i++) note_header(f, x.headers[i].name, x.headers[i].value);
    sb_exchange_clear(&x);
    sim_intent *t = &w->intents[f->intent];
    if (f->status < 300) t->carried++;
    sim_say(w, "the server answers %s of client %d with %d%s", f->method, f->client + 1, f->status,
            f->x ? "" : "; no caller waits for it");
}

static void refuse(sim_flight *f, int status, const char *text)
{
    answer(f, status, "text/html", text, strlen(text));
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

/* ------------------------------------------------------------------------------------ the clock */

double sim_next(const sim_world *w)
{
    double next = -1;
    for (int i = 0; i < w->flights; i++) {
        const sim_flight *f = &w->flying[i];
        double due = f->arrives >= 0 ? f->arrives : f->x ? f->ends : -1;
        if (due >= 0 && (next < 0 || due < next)) next = due;
    }
    return next;
}

static void forget(sim_world *w, int i)
{
    free(w->flying[i].body);
    free(w->flying[i].reply);
    w->flights--;
    memmove(&w->flying[i], &w->flying[i + 1], (size_t)(w->flights - i) * sizeof *w->flying);
}

void sim_advance(sim_world *w, double until)
{
    for (;;) {
        int first = -1;
        for (int i = 0; i < w->flights; i++) {
            sim_flight *f = &w->flying[i];
            if (f->arrives >= 0 && f->arrives <= until &&
                (first < 0 || f->arrives < w->flying[first].arrives))
                first = i;
        }
        if (first < 0) break;
        if (w->flying[first].arrives > w->time) w->time = w->flying[first].arrives;
        arrive(w, &w->flying[first]);
        if (!w->flying[first].x) forget(w, first);
    }
    if (until > w->time) w->time = until;
}

static double now(void *w)
{
    return ((sim_world *)w)->time;
}

static double chance(void *w)
{
    return (double)sim_draw(w, 1 << 20) / (1 << 20);
}

static void sleep_until(void *w, double until)
{
    sim_advance(w, until);
}

tg_clock sim_clock(sim_world *w)
{
    return (tg_clock){now, now, chance, sleep_until, w};
}

/* -------------------------------------------------------------------------------- the transport */

/* A pool is its client's number plus one; the user agent carries it. */
static int client_of(tg_transport *t)
{
    return (int)(intptr_t)t - 1;
}

static tg_transport *open_pool(const tg_transport_options *o, tg_error *err)
{
    (void)err;
    const char *mark = o->user_agent ? strstr(o->user_agent, "sim-") : NULL;
    return (tg_transport *)(intptr_t)(mark ? atoi(mark + 4) + 1 : 1);
}

static void close_pool(tg_transport *t)
{
    sim_world *w = sim_the_world;
    for (int i = 0; i < w->flights; i++)
        if (w->flying[i].client == client_of(t)) w->flying[i].x = NULL;
}

static sim_fault choose(sim_world *w)
{
    if (!w->faults || sim_draw(w, (uint64_t)w->odds)) return SIM_FINE;
    for (;;) {
        sim_fault f = (sim_fault)sim_draw(w, SIM_FAULT_COUNT);
        if (w->faults & 1u << f) return f;
    }
}

/* "Basic BASE64" back to the user. */
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

static void check_window(sim_world *w, const sim_flight *f)
{
    const sim_window *c = window_of(w, f->client, f->target);
    if (w->time < c->until - 1)
        sim_violate(w, "client %d sends to the window %s, which is closed for another %.0f seconds",
                    f->client + 1, c->place, c->until - w->time);
}

static bool start(tg_transport *t, tg_exchange *x, tg_error *err)
{
    (void)err;
    sim_world *w = sim_the_world;
    if (w->flights == SIM_FLYING) abort();
    sim_flight *f = &w->flying[w->flights++];
    *f = (sim_flight){.x = x, .client = client_of(t), .fault = choose(w)};
    f->intent = w->current[f->client];
    snprintf(f->method, sizeof f->method, "%s", x->verb);
    const char *path = strstr(x->url, "/api/v9");
    snprintf(f->target, sizeof f->target, "%s", path ? path : "/");
    read_user(x->authorization, f->user, sizeof f->user);
    if (x->body.p) {
        f->body = malloc(x->body.n + 1);
        if (!f->body) abort();
        memcpy(f->body, x->body.p, x->body.n);
        f->body[x->body.n] = '\0';
        f->body_size = x->body.n;
    }
    double way = 0.01 + (double)sim_draw(w, 100) / 1000,
           back = 0.01 + (double)sim_draw(w, 100) / 1000;
    if (f->fault == SIM_SLOW) way += (double)sim_draw(w, 30), back += (double)sim_draw(w, 30);
    bool never = f->fault == SIM_LOST || f->fault == SIM_UNREACHED;
    f->arrives = never ? -1 : w->time + way;
    f->ends = w->time + way + back;
    if (f->fault == SIM_LOST || f->fault == SIM_REPLY_LOST) /* at once, or silence to the end */
        f->ends = w->time + (sim_draw(w, 2) ? way + back : x->timeout);
    if (f->ends > w->time + x->timeout) f->ends = w->time + x->timeout;
    w->requests++;
    w->lost_replies += f->fault == SIM_REPLY_LOST;
    w->intents[f->intent].sends++;
    sim_say(w, "client %d sends %s %s %.200s%s%s", f->client + 1, f->method, f->target + 7,
            f->body ? f->body : "", f->fault == SIM_FINE ? "" : "; ",
            f->fault == SIM_FINE ? "" : fault_words[f->fault]);
    check_window(w, f);
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

/* What the client sees at the end of the flight. */
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
        learn(w, f);
    }
    snprintf(x->message, sizeof x->message, "simulated");
}

static tg_exchange *done(tg_transport *t)
{
    sim_world *w = sim_the_world;
    for (int i = 0; i < w->flights; i++) {
        sim_flight *f = &w->flying[i];
        if (!f->x || f->client != client_of(t) || f->ends > w->time) continue;
        tg_exchange *x = f->x;
        end(w, f);
        f->x = NULL;
        if (f->arrives < 0) forget(w, i); /* else it still arrives, and is done */
        return x;
    }
    return NULL;
}

static bool step(tg_transport *t, int ms, struct pollfd *fds, unsigned n, tg_error *err)
{
    (void)t, (void)fds, (void)n, (void)err;
    double next = sim_next(sim_the_world), until = sim_the_world->time + ms / 1000.0;
    sim_advance(sim_the_world, next >= 0 && next < until ? next : until);
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
    double next = -1;
    for (int i = 0; i < sim_the_world->flights; i++) {
        const sim_flight *f = &sim_the_world->flying[i];
        if (f->x && f->client == client_of(t) && (next < 0 || f->ends < next)) next = f->ends;
    }
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

void sim_world_clear(sim_world *w)
{
    while (w->flights) forget(w, 0);
    free(w->log);
}
