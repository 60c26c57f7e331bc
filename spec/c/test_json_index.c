/* The index: the offsets of the records in a text, and the shapes that a text may have. */
#include <stdio.h>
#include <stdlib.h>

#include "check.h"
#include "json.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

/* Return the index of TEXT as words, "offset+length=id", or the error. */
static const char *indexed(tg_text text, const tg_index_options *o)
{
    static char out[500];
    tg_index ix;
    tg_error e;
    int n = 0;
    tg_index_init(&ix);
    out[0] = '\0';
    if (!tg_index_text(&ix, text, o, &e)) {
        snprintf(out, sizeof out, "%s%s", e.message,
                 ix.entries || ix.count ? " (and not empty)" : "");
        return out;
    }
    for (size_t i = 0; i < ix.count; i++) {
        n += snprintf(out + n, sizeof out - (size_t)n, "%s%d+%d=%lld", i ? " " : "",
                      (int)ix.entries[i].offset, (int)ix.entries[i].length,
                      (long long)ix.entries[i].id);
    }
    tg_index_clear(&ix);
    return out;
}

static const tg_index_options list = {.shape = TG_REPLY_LIST, .id_key = "id"};
static const tg_index_options loose = {.shape = TG_REPLY_LIST, .id_key = "id", .loose = true};
static const tg_index_options map = {.shape = TG_REPLY_MAP, .id_key = "id"};
static const tg_index_options record = {.shape = TG_REPLY_RECORD, .id_key = "id"};
static const tg_index_options no_id = {.shape = TG_REPLY_LIST};
static const tg_index_options plain_list = {.shape = TG_REPLY_LIST, .plain = true};
static const tg_index_options plain_map = {.shape = TG_REPLY_MAP, .plain = true};
static const tg_index_options integer = {.shape = TG_REPLY_INT};
static const tg_index_options string = {.shape = TG_REPLY_STRING};
static const tg_index_options any = {.shape = TG_REPLY_ANY};

static const struct {
    const char *text;
    const tg_index_options *o;
    const char *want;
} shaped[] = {
    {"[]", &list, ""},
    {"null", &list, ""},
    {"[{\"id\":7}]", &list, "1+8=7"},
    {" [ {\"id\":7} , {} ]", &list, "3+8=7 14+2=0"},
    {"[{\"a\":{\"id\":1},\"id\":-2,\"b\":[{\"id\":3}]}]", &list, "1+37=-2"},
    {"[{\"i\\u0064\":5}]", &list, "1+13=5"},
    {"[{\"id\":5.0},{\"id\":5.5},{\"id\":1e3},{\"id\":\"6\"},{\"id\":null},{\"id\":-0}]", &list,
     "1+10=5 12+10=0 23+10=1000 34+10=0 45+11=0 57+9=0"},
    {"[{\"id\":9223372036854775807},{\"id\":9007199254740993.0}]", &list,
     "1+26=9223372036854775807 28+25=0"},
    {"{}", &list, "expected an array at byte 0"},
    {"{x", &list, "expected a key at byte 1"}, /* an error of syntax precedes one of shape */
    {"[1]", &list, "expected an object at byte 1"},
    {"[null]", &list, "expected an object at byte 1"},
    {"[[{}]]", &list, "expected an object at byte 1"},
    {"[{},{\"a\":1,\"a\":1}]", &list, "duplicate key at byte 11"},
    {"{\"id\":3}", &loose, "0+8=3"},
    {"[{\"id\":1},[{\"id\":2},{\"id\":3}],[]]", &loose, "1+8=1 11+8=2 20+8=3"},
    {"[[[{}]]]", &loose, "expected an object at byte 2"},
    {"\"x\"", &loose, "expected an array at byte 0"},
    {"{}", &map, ""},
    {"{\"1\":{},\"-23\":{\"id\":9}}", &map, "5+2=1 14+8=-23"},
    {"{\"\\u0031\":{}}", &map, "10+2=1"},
    {"{\"1\":2}", &map, "expected an object at byte 5"},
    {"{\"x\":{}}", &map, "map key is not an integer at byte 2"},
    {"{\"\":{}}", &map, "map key is not an integer at byte 2"},
    {"{\"01\":{}}", &map, "map key is not an integer at byte 2"},
    {"{\"-0\":{}}", &map, "map key is not an integer at byte 2"},
    {"{\"1.0\":{}}", &map, "map key is not an integer at byte 2"},
    {"{\"1 \":{}}", &map, "map key is not an integer at byte 2"},
    {"{\"9223372036854775808\":{}}", &map, "map key is not an integer at byte 2"},
    {"{\"1\":{},\"\\u0031\":{}}", &map, "duplicate key at byte 8"},
    {"[]", &map, "expected an object at byte 0"},
    {"null", &map, "expected an object at byte 0"},
    {" {\"id\":4,\"x\":{\"id\":5}} ", &record, "1+21=4"},
    {"null", &record, "expected an object at byte 0"},
    {"[1]", &record, "expected an object at byte 0"},
    {"[{\"id\":1}]", &any, ""},
    {"[1,2]", &plain_list, ""},
    {"{}", &plain_list, "expected an array at byte 0"},
    {"{\"a\":1}", &plain_map, ""},
    {"[]", &plain_map, "expected an object at byte 0"},
    {"-5", &integer, ""},
    {"5.0", &integer, "expected an integer at byte 0"},
    {"\"5\"", &integer, "expected an integer at byte 0"},
    {"\"x\"", &string, ""},
    {"5", &string, "expected a string at byte 0"},
    {"[{}]", &no_id, "1+2=0"},
};

/* Return whether tg_index_checked() agrees with IX, or leaves the text to the full check. */
static bool same_when_checked(tg_text text, const tg_index_options *o, const tg_index *ix)
{
    tg_index again;
    bool same = true;
    if (!tg_index_checked(&again, text, o)) return !again.entries && !again.count;
    if (again.count != ix->count || again.root != ix->root) same = false;
    for (size_t i = 0; same && i < ix->count; i++)
        same = again.entries[i].offset == ix->entries[i].offset &&
               again.entries[i].length == ix->entries[i].length &&
               again.entries[i].id == ix->entries[i].id;
    tg_index_clear(&again);
    return same;
}

static void test_checked(void)
{
    tg_index ix;
    size_t taken = 0;
    tg_index_init(&ix);
    for (size_t i = 0; i < COUNT(shaped); i++) {
        tg_text text = {shaped[i].text, strlen(shaped[i].text)};
        if (!tg_index_text(&ix, text, shaped[i].o, NULL)) continue;
        CASE(shaped[i].text) CHECK(same_when_checked(text, shaped[i].o, &ix));
        tg_index_clear(&ix);
        taken += tg_index_checked(&ix, text, shaped[i].o);
        tg_index_clear(&ix);
    }
    CASE("lists and records are taken as they are") CHECK(taken >= 10);
}

static void test_index(void)
{
    for (size_t i = 0; i < COUNT(shaped); i++) {
        CASE(shaped[i].text)
        CHECK_STR(indexed((tg_text){shaped[i].text, strlen(shaped[i].text)}, shaped[i].o),
                  shaped[i].want);
    }
}

/* Leave what looks like a string in the memory that the next call has its variables in. */
static __attribute__((noinline)) void paint_stack(void)
{
    volatile uint64_t words[512];
    for (size_t i = 0; i < COUNT(words); i++) words[i] = TG_V_STRING;
}

static void test_growth(void)
{
    tg_index ix;
    tg_buf b;
    bool right = true;
    tg_buf_init(&b, TG_BUF_NO_LIMIT);
    tg_index_init(&ix);
    for (int i = 0; i < 10000; i++) tg_buf_printf(&b, "%c{\"id\":%d}", i ? ',' : '[', i);
    tg_buf_puts(&b, "]");
    CASE("as many entries as records, and no memory for more")
    {
        CHECK(tg_index_text(&ix, (tg_text){b.p, b.n}, &list, NULL) && ix.count == 10000 &&
              ix.size == 10000);
        for (int i = 0; i < 10000; i++)
            right = right && ix.entries[i].id == i && b.p[ix.entries[i].offset] == '{';
        CHECK(right && ix.root == TG_V_ARRAY && same_when_checked((tg_text){b.p, b.n}, &list, &ix));
    }
    CASE("a checked text keeps to the same limit")
    {
        tg_index_options small = list;
        tg_index none;
        small.limit = 100 * sizeof(tg_entry);
        CHECK(!tg_index_checked(&none, (tg_text){b.p, b.n}, &small) && !none.entries);
    }
    CASE("what stands in place of a record has no field")
    {
        char field[40] = "?";
        tg_text text = TG_TEXT("null");
        paint_stack();
        tg_json_field_at(text, text.p, field, sizeof field);
        CHECK_STR(field, "");
    }
    CASE("an index may be filled again")
    {
        CHECK(tg_index_text(&ix, TG_TEXT("[{\"id\":5}]"), &list, NULL) && ix.count == 1 &&
              ix.entries[0].id == 5);
        CHECK(!tg_index_text(&ix, TG_TEXT("[{"), &list, NULL) && ix.count == 0);
    }
    tg_index_clear(&ix);
    tg_buf_clear(&b);
}

int main(void)
{
    test_index();
    test_growth();
    test_checked();
    return check_report();
}
