/* Errors: what setting one clears, and how a server's text is made printable. */
#include "check.h"
#include "error.h"

static void fill(tg_error *e)
{
    memset(e, 'x', sizeof *e);
}

static void test_set(void)
{
    tg_error e;
    fill(&e);
    CASE("setting an error leaves nothing of the one before")
    {
        CHECK(!tg_error_set(&e, TG_E_QUOTA, "%d of %s", 3, "them"));
        CHECK(e.kind == TG_E_QUOTA && e.status == 0 && e.retry_after == -1 && e.operation == NULL);
        CHECK_STR(e.message, "3 of them");
        CHECK(e.advice[0] == '\0' && e.body[0] == '\0');
    }
    CASE("advice stands beside the message")
    {
        tg_error_advise(&e, "wait %d s", 5);
        CHECK_STR(e.advice, "wait 5 s");
        CHECK_STR(e.message, "3 of them");
    }
    CASE("a message may be put into a longer one")
    {
        tg_error_set(&e, TG_E_DECODE, "users: %s; %s", e.message, e.advice);
        CHECK_STR(e.message, "users: 3 of them; wait 5 s");
    }
    CASE("the error argument is optional")
    {
        CHECK(!tg_error_set(NULL, TG_E_DECODE, "%s", "x"));
        tg_error_advise(NULL, "x");
        tg_error_body(NULL, TG_TEXT("x"));
    }
}

static void test_cut(void)
{
    tg_error e;
    char text[500];
    CASE("a long message is cut")
    {
        tg_error_set(&e, TG_E_DECODE, "%0500d", 1);
        CHECK(strlen(e.message) == sizeof e.message - 1);
        tg_error_advise(&e, "%0500d", 1);
        CHECK(strlen(e.advice) == sizeof e.advice - 1);
    }
    CASE("at the border of a code point")
    {
        memset(text, 'a', sizeof text);
        memcpy(text + 397, "\xE2\x82\xAC", 4);
        tg_error_set(&e, TG_E_DECODE, "%s", text);
        CHECK(strlen(e.message) == 397);
        memcpy(text + 396, "\xE2\x82\xAC", 4);
        tg_error_set(&e, TG_E_DECODE, "%s", text);
        CHECK(strlen(e.message) == 399);
    }
    CASE("a body is cut at the border of a code point")
    {
        memset(text, 'a', sizeof text);
        memcpy(text + 398, "\xC3\xA9", 2);
        tg_error_body(&e, (tg_text){text, sizeof text});
        CHECK(strlen(e.body) == 398);
        memcpy(text + 397, "\xC3\xA9", 2);
        tg_error_body(&e, (tg_text){text, sizeof text});
        CHECK(strlen(e.body) == 399);
    }
}

static void test_body(void)
{
    static const struct {
        tg_text text;
        const char *want;
    } rows[] = {
        {{NULL, 0}, ""},
        {TG_TEXT("Not found\r\n"), "Not found  "},
        {TG_TEXT("\x1b[31mred\x7f"), " [31mred "},
        {TG_TEXT("a\0b"), "a b"},
        {TG_TEXT("na\xC3\xAFve \xF0\x9F\x98\x80"), "na\xC3\xAFve \xF0\x9F\x98\x80"},
        {TG_TEXT("\xC2\x9B"
                 "31m"),
         " 31m"}, /* CSI as one code point */
        {TG_TEXT("\xC2\xA0"), "\xC2\xA0"},
        {TG_TEXT("\xC0\xAF|\xED\xA0\x80|\xFF"), "\?\?|\?\?\?|?"},
        {TG_TEXT("cut \xE2\x82"), "cut \?\?"},
    };
    tg_error e = {.kind = TG_OK};
    CASE("a server's text is safe to print")
    {
        for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
            tg_error_body(&e, rows[i].text);
            CHECK_STR(e.body, rows[i].want);
        }
    }
}

static void test_names(void)
{
    CASE("every kind has a name of its own")
    {
        for (int i = TG_OK; i <= TG_E_NOMEM; i++) {
            CHECK(tg_kind_name((tg_kind)i) && tg_kind_name((tg_kind)i)[0] != '\0');
            for (int j = 0; j < i; j++)
                CHECK(strcmp(tg_kind_name((tg_kind)i), tg_kind_name((tg_kind)j)) != 0);
        }
        CHECK_STR(tg_kind_name(TG_E_NOT_FOUND), "not_found");
        CHECK_STR(tg_kind_name((tg_kind)-1), "unknown");
        CHECK_STR(tg_kind_name((tg_kind)99), "unknown");
    }
}

int main(void)
{
    test_set();
    test_cut();
    test_body();
    test_names();
    return check_report();
}
