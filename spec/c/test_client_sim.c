/*
** Simulate hours of mixed work of the whole client against a model of Toggl's quota, on a fake
** clock. Count the requests that reach a closed window.
**
**   test_client_sim [HOURS]     200 by default; the campaign is 10000
*/
#include "check.h"
#include "fake_http.h"

#define ORGANIZATIONS 2

/* A window of 60 minutes, opened by its first request. */
typedef struct window {
    double start;
    int used, refused_in_this;
} window;

typedef struct server {
    int limit[ORGANIZATIONS + 1]; /* the last is that of the account */
    window w[ORGANIZATIONS + 1];
    long requests, refused, refused_twice;
    char headers[100];
} server;

static window *open_window(server *s, int i, double now)
{
    window *w = &s->w[i];
    if (w->used == 0 || now >= w->start + 3600) *w = (window){now, 0, 0};
    return w;
}

static int which(const char *url)
{
    const char *p = strstr(url, "/organizations/");
    return p && p[15] >= '1' && p[15] <= '9' ? p[15] - '1' : ORGANIZATIONS;
}

static fake_answer answer(fake *f, const tg_exchange *x)
{
    server *s = f->user;
    int i = which(x->url);
    window *w = open_window(s, i, f->time);
    s->requests++;
    if (w->used < s->limit[i])
        w->used++;
    else {
        s->refused++;
        s->refused_twice += w->refused_in_this++ > 0;
    }
    bool closed = w->refused_in_this > 0;
    snprintf(s->headers, sizeof s->headers,
             "x-toggl-quota-remaining: %d\nx-toggl-quota-resets-in: %d", s->limit[i] - w->used,
             (int)(w->start + 3600 - f->time));
    if (closed) return (fake_answer){.status = 402, .headers = s->headers, .body = "quota"};
    int chance = rand() % 200;
    if (chance == 0) return (fake_answer){.status = 502, .headers = s->headers};
    if (chance == 1) return (fake_answer){.outcome = TG_X_BROKEN};
    return (fake_answer){.status = 200,
                         .headers = chance == 2 ? NULL : s->headers,
                         .body = strcmp(x->verb, "GET") == 0 ? "[]" : "{}"};
}

static void one_request(tg_client *c, int kind)
{
    tg_error err;
    static const char *const names[] = {"get_organization_groups", "get_organization_roles",
                                        "get_organizations", "delete_organization_users_leave"};
    const tg_op *op = tg_op_find(names[kind % 4]);
    tg_request *r = tg_request_new(op, &err);
    if (op->params[0].name) tg_request_int(r, &op->params[0], 1 + kind / 4 % ORGANIZATIONS, &err);
    tg_call *call = tg_call_start(c, r, NULL, &err);
    while (call && !tg_call_done(call)) tg_client_step(c, 60000, NULL, 0, &err);
    tg_call_free(call);
}

/* Send bursts, as scripts do, with pauses between them. SHARED: another tool sends requests in the
   same windows. */
static server simulate(int limit, int hours, bool shared)
{
    tg_error err;
    server s = {.limit = {limit, limit, 30}};
    fake f = {.answer = answer, .time = 1e9, .user = &s, .chance = 7};
    tg_client_options o = fake_options(&f);
    tg_client *c = tg_client_new(&o, &err);
    double end = f.time + hours * 3600.0;
    srand(1);
    while (f.time < end) {
        int burst = rand() % (limit / 2 + 2);
        for (int i = 0; i < burst; i++) {
            one_request(c, rand());
            f.time += 0.2;
            if (shared && rand() % 4 == 0) {
                window *w = open_window(&s, rand() % (ORGANIZATIONS + 1), f.time);
                if (w->used < s.limit[w - s.w]) w->used++;
            }
        }
        f.time += rand() % 1500;
    }
    tg_client_free(c);
    return s;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *plan;
        int limit;
    } plans[] = {{"free", 30}, {"starter", 240}, {"premium", 600}};
    /* a runner may pass a folder */
    int hours = argc > 1 && atoi(argv[1]) > 0 ? atoi(argv[1]) : 200;
    for (int i = 0; i < 3; i++) {
        server alone = simulate(plans[i].limit, hours, false),
               shared = simulate(plans[i].limit, hours, true);
        printf("# %s, %d hours: %ld requests alone, %ld beside another tool\n", plans[i].plan,
               hours, alone.requests, shared.requests);
        CASE("alone, no request meets a closed window")
        {
            CHECK(alone.requests > hours * 10);
            CHECK(alone.refused == 0);
            if (alone.refused) printf("# %ld refused\n", alone.refused);
        }
        CASE("beside another tool, at most one a window")
        CHECK(shared.refused_twice == 0);
    }
    return check_report();
}
