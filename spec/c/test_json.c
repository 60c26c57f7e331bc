/* The scanner: valid JSON, and the errors of invalid text. test_json_index.c tests the records. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "check.h"
#include "json.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

/* Check a copy of exactly the text's length: a sanitizer then sees a read past its end. */
static bool checks(tg_text text, tg_error *err)
{
    char *p = malloc(text.n ? text.n : 1);
    bool good;
    if (text.n) memcpy(p, text.p, text.n);
    good = tg_json_check((tg_text){p, text.n}, err);
    free(p);
    return good;
}

/* Return TEXT as the name of a case: one line of ASCII. */
static const char *case_name(tg_text text)
{
    static char name[200];
    size_t n = text.n < sizeof name - 10 ? text.n : sizeof name - 10;
    int at = snprintf(name, sizeof name, "text: ");
    for (size_t i = 0; i < n; i++)
        name[at++] = text.p[i] >= ' ' && text.p[i] < 0x7F ? text.p[i] : '.';
    name[at] = '\0';
    return name;
}

static void test_accept(void)
{
    static const tg_text rows[] = {
        TG_TEXT("{}"),
        TG_TEXT("[]"),
        TG_TEXT(" [ ] "),
        TG_TEXT("\t\r\n {\n\t}\r\n"),
        TG_TEXT("null"),
        TG_TEXT("true"),
        TG_TEXT("false"),
        TG_TEXT("0"),
        TG_TEXT("-0"),
        TG_TEXT("-0.0"),
        TG_TEXT("7 "),
        TG_TEXT("9223372036854775807"),
        TG_TEXT("-9223372036854775808"),
        TG_TEXT("1.5"),
        TG_TEXT("1e5"),
        TG_TEXT("1E+5"),
        TG_TEXT("1.25e-5"),
        TG_TEXT("1.7976931348623157e308"),
        TG_TEXT("1.7976931348623158e308"), /* rounds down to the largest double */
        TG_TEXT("1e-400"),
        TG_TEXT("0e999999999999999999999"),
        TG_TEXT("0.0000000000000000000000000000000000000000000000000000000000000001e370"),
        TG_TEXT("1e-99999999999999999999999999"),
        TG_TEXT("92233720368547758080.0"),
        TG_TEXT("\"\""),
        TG_TEXT("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""),
        TG_TEXT("\"\\u0041\\u00e9\\u20AC\\ud83d\\uDE00\\u0000\\uffff\""),
        TG_TEXT("\"\x7f\""),
        TG_TEXT("\"caf\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80\""),
        TG_TEXT("\"\xC2\x80\xDF\xBF\xE0\xA0\x80\xED\x9F\xBF\xEE\x80\x80\xEF\xBF\xBF\xF0\x90\x80\x80"
                "\xF4\x8F\xBF\xBF\""),
        TG_TEXT("[1,2,[3,{\"a\":null}],\"x\"]"),
        TG_TEXT("{\"a\":{\"a\":1},\"b\":[{\"a\":1},{\"a\":2}]}"),
        TG_TEXT("{\"\":1,\"a\":2,\"A\":3,\"aa\":4,\"\\u0061b\":5}"),
        TG_TEXT("{ \"a\" : 1 , \"b\" : [ 1 , 2 ] }"),
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        tg_error e = {.message = ""};
        CASE(case_name(rows[i]))
        {
            CHECK(checks(rows[i], &e));
            CHECK_STR(e.message, "");
        }
    }
}

static const struct {
    tg_text text;
    const char *message;
} bad_texts[] = {
    {TG_TEXT(""), "empty body"},
    {TG_TEXT(" \n"), "empty body"},
    {TG_TEXT("\xEF\xBB\xBF{}"), "byte order mark at byte 0"},
    {TG_TEXT("\0"), "unexpected character at byte 0"},
    {TG_TEXT("{}\0"), "text continues after its end at byte 2"},
    {TG_TEXT("{} {}"), "text continues after its end at byte 3"},
    {TG_TEXT("[]]"), "text continues after its end at byte 2"},
    {TG_TEXT("1 2"), "text continues after its end at byte 2"},
    {TG_TEXT("\v1"), "unexpected character at byte 0"},
    {TG_TEXT("\xC2\xA0[]"), "unexpected character at byte 0"},
    {TG_TEXT("nul"), "unexpected character at byte 0"},
    {TG_TEXT("nulL"), "unexpected character at byte 0"},
    {TG_TEXT("NaN"), "unexpected character at byte 0"},
    {TG_TEXT("Infinity"), "unexpected character at byte 0"},
    {TG_TEXT("'a'"), "unexpected character at byte 0"},
    {TG_TEXT("/**/1"), "unexpected character at byte 0"},
    {TG_TEXT("truefalse"), "text continues after its end at byte 4"},
    {TG_TEXT("["), "text ends too early at byte 1"},
    {TG_TEXT("{\"a\""), "text ends too early at byte 4"},
    {TG_TEXT("{\"a\":"), "text ends too early at byte 5"},
    {TG_TEXT("[1,]"), "unexpected character at byte 3"},
    {TG_TEXT("[,1]"), "unexpected character at byte 1"},
    {TG_TEXT("[1 2]"), "expected ',' or ']' at byte 3"},
    {TG_TEXT("[1}"), "expected ',' or ']' at byte 2"},
    {TG_TEXT("{\"a\":1]"), "expected ',' or '}' at byte 6"},
    {TG_TEXT("{\"a\" 1}"), "expected ':' at byte 5"},
    {TG_TEXT("{a:1}"), "expected a key at byte 1"},
    {TG_TEXT("{1:1}"), "expected a key at byte 1"},
    {TG_TEXT("{\"a\":1,}"), "expected a key at byte 7"},
    {TG_TEXT("{,}"), "expected a key at byte 1"},
    {TG_TEXT("+1"), "unexpected character at byte 0"},
    {TG_TEXT(".5"), "unexpected character at byte 0"},
    {TG_TEXT("-"), "bad number at byte 0"},
    {TG_TEXT("01"), "bad number at byte 0"},
    {TG_TEXT("-01"), "bad number at byte 0"},
    {TG_TEXT("1."), "bad number at byte 0"},
    {TG_TEXT("1.e5"), "bad number at byte 0"},
    {TG_TEXT("1e"), "bad number at byte 0"},
    {TG_TEXT("1e+"), "bad number at byte 0"},
    {TG_TEXT("0x10"), "text continues after its end at byte 1"},
    {TG_TEXT("1_000"), "text continues after its end at byte 1"},
    {TG_TEXT("9223372036854775808"), "integer does not fit 64 bits at byte 0"},
    {TG_TEXT("-9223372036854775809"), "integer does not fit 64 bits at byte 0"},
    {TG_TEXT("18446744073709551617"), "integer does not fit 64 bits at byte 0"},
    {TG_TEXT("100000000000000000000000000000000"), "integer does not fit 64 bits at byte 0"},
    {TG_TEXT("[1e309]"), "number too large at byte 1"},
    {TG_TEXT("-1.7976931348623159e308"), "number too large at byte 0"},
    {TG_TEXT("1e99999999999999999999"), "number too large at byte 0"},
    {TG_TEXT("\"a"), "text ends too early at byte 2"},
    {TG_TEXT("\"\\"), "bad escape at byte 1"},
    {TG_TEXT("\"\\x41\""), "bad escape at byte 1"},
    {TG_TEXT("\"\\\0\""), "bad escape at byte 1"},
    {TG_TEXT("\"\\u12\""), "bad escape at byte 1"},
    {TG_TEXT("\"\\u12g4\""), "bad escape at byte 1"},
    {TG_TEXT("\"\\U0041\""), "bad escape at byte 1"},
    {TG_TEXT("\"\\ud800\""), "half a surrogate pair at byte 1"},
    {TG_TEXT("\"\\ud800x\""), "half a surrogate pair at byte 1"},
    {TG_TEXT("\"\\ud800\\n\""), "half a surrogate pair at byte 1"},
    {TG_TEXT("\"\\ud800\\u0041\""), "half a surrogate pair at byte 1"},
    {TG_TEXT("\"\\ud800\\ud800\""), "half a surrogate pair at byte 1"},
    {TG_TEXT("\"\\udc00\\udc00\""), "half a surrogate pair at byte 1"},
    {TG_TEXT("\"\\udc00\\ud800\""), "half a surrogate pair at byte 1"},
    {TG_TEXT("\"a\nb\""), "control character in a string at byte 2"},
    {TG_TEXT("\"a\0b\""), "control character in a string at byte 2"},
    {TG_TEXT("\"\x1f\""), "control character in a string at byte 1"},
    {TG_TEXT("\"\x80\""), "invalid UTF-8 at byte 1"},
    {TG_TEXT("\"\xC0\x80\""), "invalid UTF-8 at byte 1"},
    {TG_TEXT("\"\xC1\xBF\""), "invalid UTF-8 at byte 1"},
    {TG_TEXT("\"\xC3\""), "invalid UTF-8 at byte 1"},
    {TG_TEXT("\"\xE0\x9F\xBF\""), "invalid UTF-8 at byte 1"},
    {TG_TEXT("\"\xED\xA0\x80\""), "invalid UTF-8 at byte 1"},
    {TG_TEXT("\"\xE2\x82\""), "invalid UTF-8 at byte 1"},
    {TG_TEXT("\"\xF0\x8F\xBF\xBF\""), "invalid UTF-8 at byte 1"},
    {TG_TEXT("\"\xF4\x90\x80\x80\""), "invalid UTF-8 at byte 1"},
    {TG_TEXT("\"\xF5\x80\x80\x80\""), "invalid UTF-8 at byte 1"},
    {TG_TEXT("\"\xC3\xA9\xFF\""), "invalid UTF-8 at byte 3"},
    {TG_TEXT("\"\xE2\x82"), "invalid UTF-8 at byte 1"},
    {TG_TEXT("{\"a\":1,\"a\":2}"), "duplicate key at byte 7"},
    {TG_TEXT("{\"a\":1,\"b\":1,\"\\u0061\":2}"), "duplicate key at byte 13"},
    {TG_TEXT("{\"\\u0061\":1,\"a\":2}"), "duplicate key at byte 12"},
    {TG_TEXT("{\"\":1,\"\":2}"), "duplicate key at byte 6"},
    {TG_TEXT("{\"long_enough_key\":1,\"long\\u005fenough_key\":2}"), "duplicate key at byte 21"},
    {TG_TEXT("[{\"x\":{\"b\":{\"c\":0},\"b\":1}}]"), "duplicate key at byte 19"},
};

static void test_reject(void)
{
    for (size_t i = 0; i < COUNT(bad_texts); i++) {
        tg_error e = {.message = ""};
        CASE(case_name(bad_texts[i].text))
        {
            CHECK(!checks(bad_texts[i].text, &e));
            CHECK_STR(e.message, bad_texts[i].message);
            CHECK(e.kind == TG_E_DECODE);
        }
    }
}

/* Try each position in strings of each length near the block size: whole blocks and the tail. */
static void test_blocks(void)
{
    char text[80];
    bool found = true, passed = true;
    CASE("a bad byte is found wherever it stands")
    {
        for (size_t n = 1; n < 70; n++) {
            for (size_t at = 0; at < n; at++) {
                memset(text, 'x', sizeof text);
                text[0] = text[n + 1] = '"';
                passed = passed && checks((tg_text){text, n + 2}, NULL);
                text[at + 1] = '\x01';
                found = found && !checks((tg_text){text, n + 2}, NULL);
                text[at + 1] = '\xFF';
                found = found && !checks((tg_text){text, n + 2}, NULL);
                text[at + 1] = '"';
                found = found && !checks((tg_text){text, n + 2}, NULL);
            }
        }
        CHECK(passed && found);
    }
}

static void test_depth(void)
{
    char text[1000];
    tg_error e;
    CASE("128 deep and no deeper")
    {
        memset(text, '[', 128), memset(text + 128, ']', 128);
        CHECK(checks((tg_text){text, 256}, &e));
        memset(text, '[', 129), memset(text + 129, ']', 129);
        CHECK(!checks((tg_text){text, 258}, &e));
        CHECK_STR(e.message, "nested too deep at byte 128");
    }
    CASE("objects too")
    {
        for (int i = 0; i < 150; i++) memcpy(text + 5 * i, "{\"a\":", 5);
        CHECK(!checks((tg_text){text, 750}, &e));
        CHECK_STR(e.message, "nested too deep at byte 640");
    }
    CASE("a million brackets are refused at once")
    {
        char *many = malloc(1000000);
        memset(many, '[', 1000000);
        CHECK(!checks((tg_text){many, 1000000}, NULL));
        free(many);
    }
    CASE("beside one another they may be as many as they like")
    {
        memset(text, ' ', sizeof text);
        for (int i = 0; i < 300; i++) memcpy(text + 1 + 3 * i, "[],", 3);
        text[0] = '[', text[900] = ']';
        CHECK(checks((tg_text){text, sizeof text}, NULL));
    }
}

/* ------------------------------------------------------------------------------------ many keys */

typedef void name_key(char *out, size_t size, int i);

static void name_counted(char *out, size_t size, int i)
{
    snprintf(out, size, "key%d", i);
}

/* Names of one length with the same first and last bytes have the same mark. */
static void name_colliding(char *out, size_t size, int i)
{
    snprintf(out, size, "same head %08d same tail", i);
}

static void name_escaped(char *out, size_t size, int i)
{
    snprintf(out, size, "same\\u0020head %08d same tail", i);
}

/* Write an object of N keys; the key with the number TWICE is repeated at its end. */
static char *many_keys(name_key *name, int n, int twice, size_t *size)
{
    tg_buf b;
    char key[64];
    tg_buf_init(&b, TG_BUF_NO_LIMIT);
    for (int i = 0; i < n; i++) {
        name(key, sizeof key, i);
        tg_buf_printf(&b, "%c\"%s\":%d", i ? ',' : '{', key, i);
    }
    if (twice >= 0) {
        name(key, sizeof key, twice);
        tg_buf_printf(&b, ",\"%s\":0", key);
    }
    tg_buf_puts(&b, "}");
    return tg_buf_take(&b, size);
}

static void test_many(const char *what, name_key *name)
{
    static const int sizes[] = {1, 2, 15, 31, 32, 33, 34, 65, 1000};
    bool good = true;
    size_t n;
    char *text;
    clock_t start = clock();
    CASE(what)
    {
        for (size_t i = 0; i < COUNT(sizes); i++) {
            text = many_keys(name, sizes[i], -1, &n);
            good = good && checks((tg_text){text, n}, NULL);
            free(text);
            for (int twice = 0; twice < sizes[i] && twice < 70; twice++) {
                text = many_keys(name, sizes[i], twice, &n);
                good = good && !checks((tg_text){text, n}, NULL);
                free(text);
            }
        }
        CHECK(good);
        text = many_keys(name, 200000, -1, &n);
        CHECK(checks((tg_text){text, n}, NULL));
        free(text);
        text = many_keys(name, 200000, 99999, &n);
        CHECK(!checks((tg_text){text, n}, NULL));
        free(text);
        /* quadratic time would be hours; 20 s leave room for a sanitizer */
        CHECK((double)(clock() - start) / CLOCKS_PER_SEC < 20);
    }
}

/* The error names the later of the two, whichever way found it. */
static void test_many_place(void)
{
    char message[60];
    tg_error e;
    CASE("the place of a repeated key among many")
    {
        for (int twice = 0; twice < 100; twice++) {
            size_t n;
            char *text = many_keys(name_colliding, 100, twice, &n);
            CHECK(!checks((tg_text){text, n}, &e));
            snprintf(message, sizeof message, "duplicate key at byte %zu",
                     n - 33); /* the size of the last `"key":0}` */
            CHECK_STR(e.message, message);
            free(text);
        }
    }
}

/* ----------------------------------------------------------------------------------------- rest */

static void test_cut(void)
{
    static const char text[] = "{\"id\": 12, \"name\": \"Zo\xC3\xAB \\u00e9\\ud83d\\ude00\", "
                               "\"tags\": [true, false, null],"
                               " \"rate\": -1.5e+3, \"in\": {\"a\": [], \"b\": {}}}";
    tg_index_options o = {.shape = TG_REPLY_RECORD, .id_key = "id"};
    tg_index ix;
    bool refused = true;
    tg_index_init(&ix);
    CASE("a text cut anywhere is refused")
    {
        CHECK(tg_index_text(&ix, (tg_text){text, sizeof text - 1}, &o, NULL) && ix.count == 1);
        for (size_t n = 0; n < sizeof text - 1; n++)
            refused = refused && !checks((tg_text){text, n}, NULL);
        CHECK(refused);
    }
    tg_index_clear(&ix);
}

static void test_utf8(void)
{
    size_t points;
    CASE("the valid start of a text, and its code points")
    {
        CHECK(tg_utf8_check((tg_text){NULL, 0}, &points) == 0 && points == 0);
        CHECK(tg_utf8_check(TG_TEXT("caf\xC3\xA9 \xF0\x9F\x98\x80"), &points) == 10 && points == 6);
        CHECK(tg_utf8_check(TG_TEXT("ab\xC3"), &points) == 2 && points == 2);
        CHECK(tg_utf8_check(TG_TEXT("\xED\xA0\x80"), NULL) == 0);
        CHECK(tg_utf8_check(TG_TEXT("a\0b"), &points) == 3 && points == 3);
    }
}

int main(void)
{
    test_accept();
    test_reject();
    test_blocks();
    test_depth();
    test_many("many keys, each once or one twice", name_counted);
    test_many("many keys that collide", name_colliding);
    test_many("many escaped keys that collide", name_escaped);
    test_many_place();
    test_cut();
    test_utf8();
    return check_report();
}
