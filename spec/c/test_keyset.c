/* The keys of the records of all pages of a list: new, repeated or dropped ones. */
#include "check.h"
#include "toggl.h"

static tg_record keyed(int64_t key)
{
    return (tg_record){.id = key};
}

static tg_record unkeyed(const char *text)
{
    return (tg_record){.text = {text, strlen(text)}};
}

/* Add the N records as one reply. */
static tg_keyset_found read_reply(tg_keyset *s, const tg_record *r, size_t n, uint32_t *places)
{
    tg_keyset_found found = {0};
    tg_keyset_begin(s);
    for (size_t i = 0; i < n; i++) CHECK(tg_keyset_add(s, &r[i], &found, &places[i]));
    return found;
}

static int take(tg_keyset *s, const uint32_t *places, size_t n)
{
    int fresh = 0;
    tg_keyset_see(s, places, n);
    for (size_t i = 0; i < n; i++) fresh += tg_keyset_give(s, places[i]);
    return fresh;
}

static void records_with_keys(void)
{
    uint32_t p[3], q[3];
    tg_keyset *s = tg_keyset_new();
    tg_record first[] = {keyed(7), keyed(-2), keyed(INT64_MAX)}, second[] = {keyed(8), keyed(-2)};
    CASE("a record is new once, and seen from then on")
    {
        tg_keyset_found found = read_reply(s, first, 3, p);
        CHECK(!found.twice && !found.seen && take(s, p, 3) == 3);
        found = read_reply(s, second, 2, q);
        CHECK(!found.twice && found.seen && found.seen_key == -2);
        CHECK(q[1] == p[1] && take(s, q, 2) == 1);
    }
    CASE("what was forgotten is not seen, and not new again")
    {
        tg_keyset_forget(s);
        CHECK(!read_reply(s, first, 3, q).seen && take(s, q, 3) == 0 &&
              memcmp(p, q, sizeof p) == 0);
    }
    CASE("a key that is twice in one reply is found, in a reply that was only read as well")
    {
        tg_record twice[] = {keyed(1), keyed(8), keyed(1)};
        tg_keyset_found found = read_reply(s, twice, 3, p);
        CHECK(found.twice && found.twice_key == 1 && !found.seen);
        CHECK(!read_reply(s, twice, 2, p).twice);
    }
    tg_keyset_free(s);
}

static void records_without(void)
{
    uint32_t p[3], q[3];
    tg_keyset *s = tg_keyset_new();
    tg_record equal[] = {unkeyed("{}"), unkeyed("{}"), unkeyed("{}")};
    CASE("equal records without a key are new as many times as they are seen")
    {
        tg_keyset_found found = read_reply(s, equal, 2, p);
        CHECK(!found.twice && p[0] == p[1] && take(s, p, 2) == 2);
        tg_keyset_forget(s);
        found = read_reply(s, equal, 3, q);
        CHECK(!found.twice && !found.seen && take(s, q, 3) == 1);
    }
    CASE("a text is no key, and not another text")
    {
        tg_record other[] = {unkeyed("{ }"), unkeyed(""), keyed(1)};
        read_reply(s, other, 3, q);
        CHECK(q[0] != p[0] && q[0] != q[1] && q[1] != q[2] && take(s, q, 3) == 3);
    }
    tg_keyset_free(s);
}

static void many(void)
{
    enum { MANY = 100000 };
    static uint32_t places[MANY];
    tg_keyset *s = tg_keyset_new();
    CASE("a hundred thousand records have a place each")
    {
        int wrong = 0;
        for (int i = 0; i < MANY; i++) {
            char text[30];
            snprintf(text, sizeof text, "{\"n\":%d}", i);
            tg_record r = i % 10 ? keyed((int64_t)i << 32) : unkeyed(text);
            if (read_reply(s, &r, 1, &places[i]).seen || places[i] != (uint32_t)i) wrong++;
        }
        CHECK(wrong == 0 && take(s, places, MANY) == MANY);
    }
    CASE("places that are not there are ignored")
    {
        uint32_t none[] = {MANY, UINT32_MAX};
        CHECK(take(s, none, 2) == 0);
    }
    tg_keyset_free(s);
    tg_keyset_free(NULL);
}

int main(void)
{
    records_with_keys();
    records_without();
    many();
    return check_report();
}
