/* The byte buffer: growth, limit, sticky failure, and the owner of taken bytes. */
#include <stdlib.h>

#include "buf.h"
#include "check.h"

static void test_add(void)
{
    tg_buf b;
    tg_buf_init(&b, TG_BUF_NO_LIMIT);
    CASE("a new buffer is empty and has no memory") CHECK(b.p == NULL && b.n == 0 && !b.failed);
    CASE("what is added stands there, with a NUL after it")
    {
        CHECK(tg_buf_puts(&b, "ab") && tg_buf_putc(&b, 'c') && tg_buf_add(&b, "d\0e", 3));
        CHECK(b.n == 6 && memcmp(b.p, "abcd\0e", 7) == 0);
    }
    CASE("nothing may be added, from nowhere") CHECK(tg_buf_add(&b, NULL, 0) && b.n == 6);
    CASE("printf adds")
    CHECK(tg_buf_printf(&b, "%d-%s", 42, "x") && b.n == 10 && memcmp(b.p + 6, "42-x", 5) == 0);
    CASE("reset keeps the memory")
    {
        char *p = b.p;
        tg_buf_reset(&b);
        CHECK(b.n == 0 && b.p == p && b.p[0] == '\0');
    }
    CASE("growth byte by byte")
    {
        bool good = true;
        for (int i = 0; i < 100000; i++) good = good && tg_buf_putc(&b, (char)('a' + i % 26));
        CHECK(good && b.n == 100000 && strlen(b.p) == 100000 && b.p[99999] == 'a' + 99999 % 26);
        CHECK(b.size < 300000);
    }
    CASE("printf of more than fits")
    {
        tg_buf_reset(&b);
        CHECK(tg_buf_printf(&b, "%200000d", 7) && b.n == 200000 && b.p[199999] == '7');
    }
    tg_buf_clear(&b);
    CASE("a cleared buffer is as new")
    CHECK(b.p == NULL && b.n == 0 && b.size == 0 && b.max == TG_BUF_NO_LIMIT);
}

static void test_limit(void)
{
    tg_buf b;
    tg_buf_init(&b, 5);
    CASE("up to the limit and no byte past it")
    {
        CHECK(tg_buf_puts(&b, "12345") && b.size == 6);
        CHECK(!tg_buf_putc(&b, '6') && b.failed && b.n == 5);
        CHECK_STR(b.p, "12345");
    }
    CASE("the failure is sticky")
    {
        tg_buf_puts(&b, "");
        CHECK(b.failed && !tg_buf_puts(&b, "") && !tg_buf_printf(&b, "%s", ""));
    }
    CASE("a failed buffer yields no bytes")
    {
        size_t n = 77;
        CHECK(tg_buf_take(&b, &n) == NULL && n == 0 && b.p == NULL && !b.failed && b.max == 5);
    }
    CASE("printf obeys the limit") CHECK(!tg_buf_printf(&b, "%d", 123456) && b.failed && b.n == 0);
    CASE("reset forgets the failure")
    {
        tg_buf_reset(&b);
        CHECK(tg_buf_printf(&b, "%d", 12345) && b.n == 5);
    }
    CASE("a size past all memory is refused, not wrapped around")
    {
        tg_buf_clear(&b);
        b.max = TG_BUF_NO_LIMIT;
        CHECK(tg_buf_putc(&b, 'x') && !tg_buf_add(&b, "x", SIZE_MAX - 1) && b.failed && b.n == 1);
        tg_buf_reset(&b);
        CHECK(!tg_buf_add(&b, "x", SIZE_MAX) && b.failed && b.n == 0);
    }
    tg_buf_clear(&b);
}

static void test_take(void)
{
    tg_buf b;
    size_t n = 77;
    char *p;
    tg_buf_init(&b, 100);
    CASE("an empty buffer yields an empty text")
    {
        p = tg_buf_take(&b, &n);
        CHECK(p && n == 0 && p[0] == '\0' && b.p == NULL);
        free(p);
    }
    CASE("the taker owns, the buffer is empty again")
    {
        tg_buf_puts(&b, "mine");
        p = tg_buf_take(&b, NULL);
        CHECK_STR(p, "mine");
        CHECK(b.p == NULL && b.n == 0 && b.size == 0 && b.max == 100 && tg_buf_puts(&b, "yours"));
        CHECK_STR(p, "mine");
        free(p);
    }
    tg_buf_clear(&b);
}

int main(void)
{
    test_add();
    test_limit();
    test_take();
    return check_report();
}
