/* Pages: their references, and what they hold. */
#include <stdlib.h>

#include "check.h"
#include "page.h"

static const tg_model model = {.name = "thing"};

static tg_page *make(const char *text, tg_index_options o, tg_error *err)
{
    size_t n = strlen(text);
    return tg_page_new(memcpy(malloc(n + 1), text, n), n, false, &o, &model, err);
}

static void test_records(void)
{
    const tg_index_options list = {.shape = TG_REPLY_LIST, .id_key = "id"};
    tg_error e;
    tg_page *p = make("[{\"id\":1},{\"id\":2,\"a\":3}]", list, &e), *own;
    tg_record r;
    CASE("a list is its records")
    {
        CHECK(p && tg_page_count(p) == 2 && tg_page_model(p) == &model && tg_pages_alive() == 1);
        r = tg_page_at(p, 1);
        CHECK(r.id == 2 && r.text.n == 14 && memcmp(r.text.p, "{\"id\":2,\"a\":3}", 14) == 0);
        CHECK(tg_page_text(p).n == 25);
    }
    CASE("a detached record outlives its list")
    {
        own = tg_page_detach(&r, &model);
        CHECK(tg_page_ref(p) == p);
        tg_page_unref(p);
        CHECK(tg_pages_alive() == 2);
        tg_page_unref(p);
        CHECK(tg_pages_alive() == 1 && tg_page_count(own) == 1);
        r = tg_page_at(own, 0);
        CHECK(r.id == 2 && tg_value_get(r.text, TG_TEXT("a")).integer == 3 &&
              tg_page_model(own) == &model);
        tg_page_unref(own);
        CHECK(tg_pages_alive() == 0);
    }
    CASE("nothing to unref") tg_page_unref(NULL);
}

static void test_others(void)
{
    tg_error e;
    tg_page *p;
    CASE("a bad text makes an error and no page")
    {
        CHECK(!make("[1,", (tg_index_options){.shape = TG_REPLY_LIST}, &e) &&
              e.kind == TG_E_DECODE);
        CHECK(!make("", (tg_index_options){.shape = TG_REPLY_ANY}, &e));
        CHECK_STR(e.message, "empty body");
        CHECK(tg_pages_alive() == 0);
    }
    CASE("plain items are read from the text")
    {
        tg_value key, value;
        size_t pos = 0;
        p = make("[4,5]", (tg_index_options){.shape = TG_REPLY_LIST, .plain = true}, &e);
        CHECK(p && tg_page_count(p) == 0);
        CHECK(tg_value_next(tg_page_text(p), &pos, &key, &value) && value.integer == 4);
        tg_page_unref(p);
    }
    CASE("a number is a page too")
    {
        p = make(" 12", (tg_index_options){.shape = TG_REPLY_INT}, &e);
        CHECK(p && tg_page_count(p) == 0 && tg_value_of(tg_page_text(p)).integer == 12);
        tg_page_unref(p);
    }
    CASE("a file is any bytes")
    {
        p = tg_page_new_raw(memcpy(malloc(4), "\0\xFF{", 4), 4);
        CHECK(p && tg_page_count(p) == 0 && tg_page_text(p).n == 4 && tg_page_model(p) == NULL);
        tg_page_unref(p);
    }
    CASE("all are gone") CHECK(tg_pages_alive() == 0);
}

static void test_checked(void)
{
    const tg_index_options list = {.shape = TG_REPLY_LIST, .id_key = "id"};
    static const char good[] = "[{\"id\":1},{\"id\":2}]", bad[] = "[1]";
    tg_error e;
    tg_page *p;
    CASE("a text that was checked gives the same page, and one that was not is checked after all")
    {
        p = tg_page_new(strdup(good), sizeof good - 1, true, &list, &model, &e);
        CHECK(p && tg_page_count(p) == 2 && tg_page_at(p, 1).id == 2);
        tg_page_unref(p);
        CHECK(!tg_page_new(strdup(bad), sizeof bad - 1, true, &list, &model, &e));
        CHECK_STR(e.message, "expected an object at byte 1");
    }
}

int main(void)
{
    test_records();
    test_others();
    test_checked();
    return check_report();
}
