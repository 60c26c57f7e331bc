/* Times of changes: noting, taking back and finding them, through one handle and through two. */
#include "check.h"
#include "scratch.h"
#include "state_sqlite.h"

#define NOW 1.7e9

static double last(tg_state *s, const char *tags, double now)
{
    return s->api->changes->last(s, "a", tags, now);
}

static bool note(tg_state *s, const char *tags, double now)
{
    tg_error err;
    return s->api->changes->note(s, "a", tags, now, &err);
}

static void one(tg_state *s)
{
    CASE("what was never changed has no time")
    {
        CHECK(last(s, "users", NOW) == 0 && last(s, "", NOW) == 0 && last(s, "  ", NOW) == 0);
    }
    CASE("one lookup gives the last change of any tag")
    {
        CHECK(s->api->changes->any(s, "any", NOW) == 0);
        CHECK(s->api->changes->note(s, "any", "users", NOW, NULL));
        CHECK(s->api->changes->any(s, "any", NOW + 1) == NOW);
        CHECK(s->api->changes->any(s, "any", NOW - 3600) == NOW - 3600); /* a future time is now */
        s->api->changes->take_back(s, "any", "users", NOW);
        CHECK(s->api->changes->any(s, "any", NOW) == 0);
    }
    CASE("of several tags the last change counts, for its account")
    {
        CHECK(note(s, " users  groups:1", NOW) && note(s, "groups:1", NOW + 1));
        CHECK(last(s, "users", NOW) == NOW && last(s, "x users groups:1", NOW) == NOW + 1);
        CHECK(last(s, "groups", NOW) == 0 && s->api->changes->last(s, "b", "users", NOW) == 0);
    }
    CASE("more tags than are looked for at once")
    {
        CHECK(last(s, "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 users", NOW) == NOW);
        CHECK(last(s, "1 2 3 4 5 6 7 users ", NOW) == NOW);
    }
    CASE("what is from far in the future has a wrong time, and does not count")
    {
        CHECK(note(s, "late", NOW + 3600) && last(s, "late users", NOW) == NOW);
        CHECK(note(s, "late", NOW) && last(s, "late", NOW) == NOW);
    }
    CASE("a clock that goes back a little makes no note older")
    {
        CHECK(note(s, "back", NOW) && note(s, "back", NOW - 30) && last(s, "back", NOW) == NOW);
    }
}

static void others(tg_state *s)
{
    CASE("beside one record, the others and the one that it replaced are known")
    {
        const tg_change_rows *c = s->api->changes;
        CHECK(note(s, "o p", NOW) && c->other(s, "a", "o p", NOW, NOW) == 0);
        CHECK(note(s, "o", NOW + 1) && c->other(s, "a", "o p", NOW + 1, NOW) == NOW);
        CHECK(note(s, "p", NOW + 2) && c->other(s, "a", "o p", NOW + 1, NOW) == NOW + 2);
        CHECK(c->other(s, "a", "o", NOW + 1, NOW) == NOW && c->other(s, "b", "o", NOW, NOW) == 0);
        s->api->changes->take_back(s, "a", "o", NOW + 1);
        CHECK(c->other(s, "a", "o", NOW + 1, NOW) == NOW && last(s, "o", NOW) == NOW);
    }
}

static void refused(tg_state *s)
{
    CASE("a note that is taken back leaves the one before")
    {
        CHECK(note(s, "t u", NOW) && note(s, "t", NOW + 1));
        s->api->changes->take_back(s, "a", "t", NOW + 1);
        CHECK(last(s, "t", NOW) == NOW && last(s, "u", NOW) == NOW);
        s->api->changes->take_back(s, "a", "t u", NOW);
        CHECK(last(s, "u", NOW) == 0);
    }
    CASE("but not a younger one, of another write")
    {
        CHECK(note(s, "v", NOW) && note(s, "v", NOW + 1));
        s->api->changes->take_back(s, "a", "v", NOW);
        CHECK(last(s, "v", NOW) == NOW + 1);
        s->api->changes->take_back(s, "b", "v", NOW + 1);
        CHECK(last(s, "v", NOW) == NOW + 1);
    }
}

static void shared(void)
{
    tg_error err;
    scratch_begin();
    tg_state *mine = tg_state_sqlite(scratch_path("state.db"), NULL, &err);
    tg_state *theirs = tg_state_sqlite(scratch_path("state.db"), NULL, &err);
    CASE("one handle finds what another has noted")
    {
        CHECK(mine && theirs && note(theirs, "users", NOW) && last(mine, "users", NOW) == NOW);
    }
    mine->api->close(mine);
    theirs->api->close(theirs);
    scratch_end();
}

int main(void)
{
    tg_error err;
    tg_state *s = tg_state_sqlite(":memory:", NULL, &err);
    if (!s) return 1;
    one(s);
    others(s);
    refused(s);
    s->api->close(s);
    shared();
    return check_report();
}
