/* Reading fields: the type of a value, lookup by key, iteration over a container. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

#include "check.h"
#include "json.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static tg_text text_of(const char *s)
{
    return (tg_text){s, strlen(s)};
}

static const char *unescaped(const tg_value *v)
{
    static char out[400];
    out[tg_value_unescape(v, out)] = '\0';
    return out;
}

/* Return a value as text: its type and what it holds. */
static const char *shown(const tg_value *v)
{
    static char out[500];
    switch (v->what) {
    case TG_V_ABSENT: return "absent";
    case TG_V_NULL: return "null";
    case TG_V_BOOL: return v->boolean ? "true" : "false";
    case TG_V_INT: snprintf(out, sizeof out, "int %lld", (long long)v->integer); break;
    case TG_V_REAL: snprintf(out, sizeof out, "real %.17g", v->real); break;
    case TG_V_STRING: snprintf(out, sizeof out, "string %s", unescaped(v)); break;
    case TG_V_ARRAY: snprintf(out, sizeof out, "array %.*s", (int)v->text.n, v->text.p); break;
    case TG_V_OBJECT: snprintf(out, sizeof out, "object %.*s", (int)v->text.n, v->text.p); break;
    }
    return out;
}

static void test_of(void)
{
    static const struct {
        const char *text, *want;
    } rows[] = {
        {"null", "null"},
        {" true ", "true"},
        {"false\n", "false"},
        {"12", "int 12"},
        {"-9223372036854775808", "int -9223372036854775808"},
        {"9223372036854775807 ", "int 9223372036854775807"},
        {"-0", "real -0"},
        {"0.5", "real 0.5"},
        {"1e2", "real 100"},
        {"\"\"", "string "},
        {"\"a\\\"b\\\\\"", "string a\"b\\"},
        {"\"\\u20ac \\ud83d\\ude00 \\/\"", "string \xE2\x82\xAC \xF0\x9F\x98\x80 /"},
        {" [1, [2]] ", "array [1, [2]]"},
        {"{\"a\":\"}\"} ", "object {\"a\":\"}\"}"},
        {"{\"a\":\"\\\"}\"} ", "object {\"a\":\"\\\"}\"}"},
        {"", "absent"},
    };
    CASE("the value that a text is")
    {
        for (size_t i = 0; i < COUNT(rows); i++) {
            tg_value v = tg_value_of(text_of(rows[i].text));
            CHECK_STR(shown(&v), rows[i].want);
        }
        CHECK(tg_value_of((tg_text){NULL, 0}).what == TG_V_ABSENT);
    }
    CASE("what a string says about itself")
    {
        tg_value plain = tg_value_of(TG_TEXT("\"abc\"")),
                 escaped = tg_value_of(TG_TEXT("\"a\\tc\""));
        CHECK(!plain.escaped && plain.text.n == 3 && escaped.escaped && escaped.text.n == 4);
    }
}

static void test_reals(void)
{
    static const char *const rows[] = {
        "0.0",
        "-0.0",
        "0.1",
        "-2.5",
        "123456789012345.0",
        "1234567890123456.7",
        "1e22",
        "1e23",
        "1e-22",
        "1e-23",
        "9007199254740993.0",
        "5e-324",
        "2.4703282292062328e-324",
        "2.4703282292062327e-324",
        "1.7976931348623157e308",
        "0."
        "000000000000000000000000000000000000000000000000000000000000000000000000000000000000001e8"
        "7",
        "2.2250738585072011e-308",
        "8.41e-20",
        "100000000000000000000000000000000000000000000.0e-44",
        "1e-9999",
    };
    char number[1200];
    tg_value v;
    CASE("reals are read as strtod reads them")
    {
        for (size_t i = 0; i < COUNT(rows); i++) {
            double want = strtod(rows[i], NULL);
            v = tg_value_of(text_of(rows[i]));
            CHECK(v.what == TG_V_REAL && memcmp(&v.real, &want, sizeof want) == 0);
        }
    }
    CASE("a digit far away decides between neighbours")
    {
        /* 2^53 + 1 lies halfway between two doubles: it rounds to the even one, below. */
        memset(number, '0', sizeof number);
        memcpy(number, "9007199254740993.", 17);
        v = tg_value_of((tg_text){number, 1100});
        CHECK(v.real == 9007199254740992.0);
        number[1099] = '1';
        v = tg_value_of((tg_text){number, 1100});
        CHECK(v.real == 9007199254740994.0);
    }
}

/*
** 2^-1075 lies halfway between 0 and the smallest double. It is 5^1075 x 10^-1075: each of its 752
** digits decides the rounding.
*/
static void test_tie(void)
{
    char digits[760], number[800];
    int n = 1;
    digits[0] = 1;
    for (int i = 0; i < 1075; i++) { /* lowest digit first */
        int carry = 0;
        for (int j = 0; j < n || carry; j++) {
            int x = (j < n ? digits[j] : 0) * 5 + carry;
            digits[j] = (char)(x % 10), carry = x / 10;
            if (j == n) n++;
        }
    }
    for (int i = 0; i < n; i++) number[i] = (char)('0' + digits[n - 1 - i]);
    CASE("the longest tie")
    {
        CHECK(n == 752);
        memcpy(number + n, "e-1075", 7);
        CHECK(tg_value_of(text_of(number)).real == 0);
        number[n - 1]++;
        CHECK(tg_value_of(text_of(number)).real == 5e-324);
        memcpy(number + n - 1, "5.0000000001e-1075", 19);
        CHECK(tg_value_of(text_of(number)).real == 5e-324);
    }
}

/* Use any installed locale with a decimal comma; without one, nothing is tested. */
static void test_locale(void)
{
    static const char *const names[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "ps_AF.UTF-8", "de_DE",
                                        "fr_FR"};
    CASE("the locale does not matter")
    {
        for (size_t i = 0; i < COUNT(names); i++) {
            tg_value v;
            setlocale(LC_ALL, names[i]);
            v = tg_value_of(TG_TEXT("1234567890.12345678"));
            CHECK(v.real == 1234567890.12345678);
        }
        setlocale(LC_ALL, "C");
    }
}

static void test_get(void)
{
    static const struct {
        const char *object, *key, *want;
    } rows[] = {
        {"{\"a\":1,\"b\":2}", "b", "int 2"},
        {"{\"a\":1,\"b\":2}", "c", "absent"},
        {"{}", "a", "absent"},
        {"{ }", "", "absent"},
        {"{\"\":5}", "", "int 5"},
        {"{\"aa\":1,\"a\":2}", "a", "int 2"},
        {"{\"ba\":1,\"a\":2}", "a", "int 2"},
        {"{\"x\":{\"a\":1},\"a\":2}", "a", "int 2"},
        {"{\"x\":[{\"a\":1}],\"a\":2}", "a", "int 2"},
        {"{\"x\":{\"a\":1}}", "a", "absent"},
        {"{\"x\":\"\\\"a\\\":3\",\"a\":2}", "a", "int 2"},
        {"{\"x\":\"y\",\"a\":2}", "y", "absent"},
        {"{\"x\":\"y:z\",\"y\":\"{[\",\"a\":2}", "a", "int 2"},
        {"{\"x\":\"\\\\\",\"a\":2}", "a", "int 2"},
        {"{\"\\u0061\":1}", "a", "int 1"},
        {"{\"\\u0061\":1}", "ab", "absent"},
        {"{\"\\u0061b\":1}", "a", "absent"},
        {"{\"a\\\\b\":1}", "a\\b", "int 1"},
        {"{\"a\\\\b\":1}", "a\\\\b", "absent"},
        {"{\"a\\\"b\":1}", "a\"b", "int 1"},
        {"{\"a\":1,\"b\":2}", "a\":1,\"b", "absent"},
        {"{\"a\" : 1 , \"b\" : \"x\" }", "b", "string x"},
        {"  {\n  \"a\": [1],\n  \"b\": {\"c\": null}\n}\n", "b", "object {\"c\": null}"},
        {"{\"a\":tru}", "b", "absent"},
        {"[\"a\",1]", "a", "absent"},
        {"\"a\"", "a", "absent"},
        {"", "a", "absent"},
    };
    CASE("the value of a key")
    {
        for (size_t i = 0; i < COUNT(rows); i++) {
            tg_value v = tg_value_get(text_of(rows[i].object), text_of(rows[i].key));
            CHECK_STR(shown(&v), rows[i].want);
        }
    }
}

/* Pad the text so that the key starts at each position of a block, and crosses its border. */
static void test_get_blocks(void)
{
    char text[400];
    bool right = true;
    CASE("a key is found wherever it stands")
    {
        for (int pad = 0; pad < 140; pad++) {
            int n = snprintf(text, sizeof text,
                             "{\"pad\":\"%*s\",\"wanted_key\":%d,\"next\":{\"wanted_key\":0}}", pad,
                             "", pad + 1);
            char *exact = memcpy(malloc((size_t)n), text, (size_t)n);
            tg_value v = tg_value_get((tg_text){exact, (size_t)n}, TG_TEXT("wanted_key"));
            right = right && v.what == TG_V_INT && v.integer == pad + 1;
            v = tg_value_get((tg_text){exact, (size_t)n}, TG_TEXT("next"));
            right = right && v.what == TG_V_OBJECT && v.text.n == 16;
            v = tg_value_get((tg_text){exact, (size_t)n}, TG_TEXT("anted_key"));
            right = right && v.what == TG_V_ABSENT;
            free(exact);
        }
        CHECK(right);
    }
}

static void test_field(void)
{
    const tg_field id = {.name = "user_id", .wire = "uid", .older = "old_id", .type = TG_INT};
    const tg_field rate = {.name = "rate", .type = TG_REAL};
    static const struct {
        const char *object, *want;
    } rows[] = {
        {"{\"uid\":5,\"old_id\":6}", "int 5"},
        {"{\"old_id\":6}", "int 6"},
        {"{\"user_id\":7}", "absent"},
        {"{\"uid\":null,\"old_id\":6}", "null"},
        {"{\"uid\":5.0}", "int 5"},
        {"{\"uid\":1e3}", "int 1000"},
        {"{\"uid\":-0}", "int 0"},
        {"{\"uid\":5.5}", "real 5.5"},
        {"{\"uid\":9007199254740991.0}", "int 9007199254740991"},
        {"{\"uid\":9007199254740993.0}", "real 9007199254740992"},
        {"{\"uid\":1e300}", "real 1.0000000000000001e+300"},
        {"{\"uid\":\"5\"}", "int 5"},
        {"{\"uid\":\"x5\"}", "string x5"},
    };
    CASE("a field by its row")
    {
        for (size_t i = 0; i < COUNT(rows); i++) {
            tg_value v = tg_value_field(text_of(rows[i].object), &id);
            CHECK_STR(shown(&v), rows[i].want);
        }
    }
    CASE("a real stays one where the row says real")
    {
        tg_value v = tg_value_field(TG_TEXT("{\"rate\":5.0}"), &rate);
        CHECK(v.what == TG_V_REAL && v.real == 5);
        v = tg_value_field(TG_TEXT("{\"rate\":5}"), &rate);
        CHECK(v.what == TG_V_INT && v.integer == 5);
    }
}

/* One reading of the text finds what one for each field finds. */
static void test_fields(void)
{
    const tg_field rows[] = {{.name = "user_id", .wire = "uid", .older = "old_id", .type = TG_INT},
                             {.name = "rate", .type = TG_REAL},
                             {.name = "", .type = TG_ANY},
                             {.name = "user", .type = TG_BOOL},
                             {.name = "a\"b", .type = TG_STRING}};
    const tg_field *fields[] = {&rows[0], &rows[1], &rows[2], &rows[3], &rows[4]};
    static const char *const objects[] = {
        "{\"uid\":5,\"old_id\":6,\"rate\":1.5,\"user\":1}",
        "{\"old_id\":\"6\",\"user_id\":7,\"us\":false,\"users\":true}",
        "{\"inner\":{\"uid\":5,\"rate\":2},\"list\":[{\"user\":true}],\"uid\":null}",
        " { \"rate\" : 5.0 , \"user\" : \"true\" , \"\" : [ ] } ",
        "{\"uid\":1,\"uid\":2,\"rate\":null,\"rate\":3}",
        "{\"u\\u0069d\":4,\"r\\u0061te\":2,\"a\\\"b\":\"x\\ny\"}",
        "{\"a\":[{\"uid\":1},[2]],\"user\":{\"uid\":\"]}\"},\"rate\":[],\"uid\":{}}",
        "{\"note\":\"\",\"text\":\"colons: {\\\"uid\\\":5}\",\"uid\":6}",
        ("{\"note\":\"a long text, so that the next key begins at the end of 64 b\",\"uid\":7,"
         "\"user\":[\"and a list that ends in the block after the one that it began in\"],\"rate\":2}"),
        "{\"ui\":1,\"uidd\":2,\"rate\":true,\"user\":\"1\"}",
        "{\"rate\":[1,{\"a\":2}],\"rate\":4,\"uid\":[\"u\"]",
        "{\"uid\":{\"a\":[1",
        "{}",
        "[1]",
        "[{\"uid\":1}]",
        "5",
        "",
    };
    CASE("several fields at once")
    for (size_t i = 0; i < COUNT(objects); i++) {
        tg_value found[COUNT(rows)];
        tg_value_fields(text_of(objects[i]), fields, COUNT(rows), found);
        for (size_t k = 0; k < COUNT(rows); k++) {
            char want[100];
            tg_value v = tg_value_field(text_of(objects[i]), fields[k]);
            snprintf(want, sizeof want, "%s", shown(&v));
            CHECK_STR(shown(&found[k]), want);
        }
    }
}

/* Members that begin and end at each place of a block of 64 bytes. */
static void test_fields_at_each_place(void)
{
    const tg_field rows[] = {{.name = "uid", .type = TG_INT},
                             {.name = "list", .type = TG_LIST},
                             {.name = "name", .type = TG_STRING}};
    const tg_field *fields[] = {&rows[0], &rows[1], &rows[2]};
    CASE("several fields, at each place of a block")
    for (int shift = 0; shift < 130; shift++) {
        char object[400];
        tg_value found[COUNT(rows)];
        snprintf(object, sizeof object,
                 "{\"x\":\"%*s\",\"list\":[{\"uid\":1,\"name\":\"y\"},{\"list\":[]}],\"uid\":5,"
                 "\"name\":\"Zo\303\253, [Main]\",\"inner\":{\"name\":\"no\"}}",
                 shift, "");
        tg_value_fields(text_of(object), fields, COUNT(rows), found);
        CHECK_STR(shown(&found[0]), "int 5");
        CHECK_STR(shown(&found[1]), "array [{\"uid\":1,\"name\":\"y\"},{\"list\":[]}]");
        CHECK_STR(shown(&found[2]), "string Zo\303\253, [Main]");
    }
}

static void test_next(void)
{
    static const struct {
        const char *text, *want;
    } rows[] = {
        {"[]", ""},
        {" [ ] ", ""},
        {"{}", ""},
        {"[1]", "int 1;"},
        {" [ 1 , \"a\" , [ ] , null ] ", "int 1;string a;array [ ];null;"},
        {"{\"a\":1,\"b\\n\":{\"c\":2}}", "a=int 1;b\n=object {\"c\":2};"},
        {"\n{ \"a\" : true , \"\" : false }\n", "a=true;=false;"},
        {"12", ""},
        {"\"x\"", ""},
        {"", ""},
    };
    char out[200];
    CASE("a walk")
    {
        for (size_t i = 0; i < COUNT(rows); i++) {
            size_t pos = 0, n = 0;
            tg_value key, value;
            out[0] = '\0';
            while (tg_value_next(text_of(rows[i].text), &pos, &key, &value)) {
                if (key.what == TG_V_STRING)
                    n += (size_t)snprintf(out + n, sizeof out - n, "%s=", unescaped(&key));
                n += (size_t)snprintf(out + n, sizeof out - n, "%s;", shown(&value));
            }
            CHECK_STR(out, rows[i].want);
            /* after the end, each call returns false */
            CHECK(!tg_value_next(text_of(rows[i].text), &pos, &key, &value));
        }
    }
}

int main(void)
{
    test_of();
    test_reals();
    test_tie();
    test_locale();
    test_get();
    test_get_blocks();
    test_field();
    test_fields();
    test_fields_at_each_place();
    test_next();
    return check_report();
}
