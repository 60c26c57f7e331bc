/* What a client knows of quota windows, and what it does when one is used up. */
#include "ask.h"
#include "check.h"
#include "scripted.h"

#define ORGANIZATION "{\"id\":7,\"name\":\"Acme\"}"

#define LEFT(n) "x-toggl-quota-remaining: " n "\nx-toggl-quota-resets-in: 3000"

static void test_quota(void)
{
    tg_error err;
    CASE("a used-up window fails at once, without a request, and opens again in time")
    {
        fake f = SCRIPT({.status = 200,
                         .body = ORGANIZATION,
                         .headers = "x-toggl-quota-remaining: 0\nx-toggl-quota-resets-in: 100"},
                        {.status = 200, .body = ORGANIZATION});
        tg_client *c = client(&f, NULL);
        CHECK(kind_of(c, ask("get_organization", 7), NULL, &err) == TG_OK);
        CHECK(kind_of(c, ask("get_organization", 7), NULL, &err) == TG_E_QUOTA);
        /* one second is added: servers round down */
        CHECK(err.retry_after >= 100 && err.retry_after < 103);
        CHECK(f.sends == 1);
        CHECK(kind_of(c, ask("get_organization", 8), NULL, &err) == TG_OK); /* another window */
        f.time += 102;
        CHECK(kind_of(c, ask("get_organization", 7), NULL, &err) == TG_OK);
        tg_client_free(c);
    }
    static const char *const unusable[] = {"", "\nx-toggl-quota-resets-in: soon",
                                           "\nx-toggl-quota-resets-in: -3",
                                           "\nx-toggl-quota-resets-in: 86400"};
    for (size_t i = 0; i < sizeof unusable / sizeof *unusable; i++)
        CASE("a reserve is kept for an hour where no usable end is reported, with one warning")
        {
            char headers[100];
            snprintf(headers, sizeof headers, "x-toggl-quota-remaining: 7%s", unusable[i]);
            fake f = SCRIPT({.status = 200, .body = ORGANIZATION, .headers = headers});
            tg_client_options o = fake_options(&f);
            o.reserve = 5;
            o.want_warnings = true;
            tg_client *c = tg_client_new(&o, &err);
            for (int call = 0; call < 3; call++)
                CHECK(kind_of(c, ask("get_organization", 7), NULL, &err) == TG_OK);
            CHECK(kind_of(c, ask("get_organization", 7), NULL, &err) == TG_E_QUOTA);
            CHECK(err.retry_after > 3590 && err.retry_after <= 3600 && f.sends == 3);
            tg_event ev;
            CHECK(tg_client_event(c, &ev) && strstr(ev.reason, "Resets-In is missing"));
            CHECK(!tg_client_event(c, &ev));
            f.time += 3600;
            CHECK(kind_of(c, ask("get_organization", 7), NULL, &err) == TG_OK);
            tg_client_free(c);
        }
    CASE("a reserve that no reply gives a count for is named once")
    {
        fake f = SCRIPT({.status = 200, .body = ORGANIZATION});
        tg_client_options o = fake_options(&f);
        o.reserve = 5;
        o.want_warnings = true;
        tg_client *c = tg_client_new(&o, &err);
        for (int call = 0; call < 2; call++)
            CHECK(kind_of(c, ask("get_organization", 7), NULL, &err) == TG_OK);
        tg_event ev;
        CHECK(tg_client_event(c, &ev) && strstr(ev.reason, "the reserve of 5 is not kept"));
        CHECK(!tg_client_event(c, &ev));
        tg_client_free(c);
    }
    CASE("with wait it waits, and says so")
    {
        fake f = SCRIPT({.status = 402,
                         .body = "You have used up your requests; try again in 50 seconds",
                         .headers = "x-toggl-quota-remaining: 0\nx-toggl-quota-resets-in: 50"},
                        {.status = 200, .body = ORGANIZATION});
        tg_client_options o = fake_options(&f);
        with_wait(&o);
        o.want_events = true;
        tg_client *c = tg_client_new(&o, &err);
        CHECK(kind_of(c, ask("get_organization", 7), NULL, &err) == TG_OK);
        CHECK(f.time >= 1e6 + 50);
        tg_event ev;
        bool told = false;
        while (tg_client_event(c, &ev))
            told = told || (ev.type == TG_EV_WAIT && strcmp(ev.reason, "quota") == 0);
        CHECK(told);
        tg_client_free(c);
    }
    CASE("402 for the plan leads to no wait and no retry")
    {
        fake f = SCRIPT({.status = 402, .body = "a paid feature"});
        tg_client *c = client(&f, with_wait);
        CHECK(kind_of(c, ask_to_create(), NULL, &err) == TG_E_PLAN);
        CHECK(f.sends == 1);
        tg_client_free(c);
    }
}

typedef struct windows {
    int n;
    tg_window_state last;
} windows;

static bool count_window(void *ctx, const tg_window_state *w)
{
    windows *all = ctx;
    all->n++;
    all->last = *w;
    return true;
}

/* The workspace names its organization; the reply about its groups comes later. */
static fake_answer of_workspace(fake *f, const tg_exchange *x)
{
    (void)f;
    if (strstr(x->url, "groups"))
        return (fake_answer){.status = 200, .headers = LEFT("28"), .body = "[]", .later = 2};
    return (fake_answer){.status = 200,
                         .headers = LEFT("29"),
                         .body = "{\"id\":5,\"organization_id\":7}",
                         .later = 1};
}

static void test_windows(void)
{
    tg_error err;
    CASE("a reply counts for the organization that an earlier one has named")
    {
        windows all = {0};
        fake f = {.answer = of_workspace, .time = 1e6, .chance = 1};
        tg_client *c = client(&f, with_cache);
        tg_call *one = tg_call_start(c, ask("get_workspace", 5), NULL, &err),
                *other = tg_call_start(c, ask("get_workspace_groups", 5), NULL, &err);
        while (!tg_call_done(one) || !tg_call_done(other)) tg_client_step(c, 60000, NULL, 0, &err);
        tg_client_quota(c, count_window, &all);
        CHECK(all.n == 1 && all.last.organization == 7 && all.last.remaining == 28);
        tg_call_free(one);
        tg_call_free(other);
        tg_client_free(c);
    }
}

int main(void)
{
    test_quota();
    test_windows();
    CHECK(tg_pages_alive() == 0);
    return check_report();
}
