/* The writer: what it writes, what it rejects, and that values survive a round trip. */
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "check.h"
#include "json.h"
#include "json_random.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

/*
** Call the writer by a script, one letter for each call: { [ object, array; . end; k key "k<n>";
** i int 1; r real 0.5; s text; b true; n null; x text that is not UTF-8; K such a key; f NaN.
*/
static void play(tg_writer *w, const char *script)
{
    char key[20];
    for (int i = 0; script[i]; i++) {
        snprintf(key, sizeof key, "k%d", i);
        switch (script[i]) {
        case '{': tg_write_object(w); break;
        case '[': tg_write_array(w); break;
        case '.': tg_write_end(w); break;
        case 'k': tg_write_key(w, (tg_text){key, strlen(key)}); break;
        case 'K': tg_write_key(w, TG_TEXT("\xFF")); break;
        case 'i': tg_write_int(w, 1); break;
        case 'r': tg_write_real(w, 0.5); break;
        case 's': tg_write_text(w, TG_TEXT("s")); break;
        case 'x': tg_write_text(w, TG_TEXT("a\xC3")); break;
        case 'b': tg_write_bool(w, true); break;
        case 'n': tg_write_null(w); break;
        case 'f': tg_write_real(w, NAN); break;
        default: break;
        }
    }
}

static void test_shapes(void)
{
    static const struct {
        const char *script, *want;
    } rows[] = {
        {"{.", "{}"},
        {"[.", "[]"},
        {"i", "1"},
        {"s", "\"s\""},
        {"n", "null"},
        {"[iibn.", "[1,1,true,null]"},
        {"{kiks.", "{\"k1\":1,\"k3\":\"s\"}"},
        {"{k[{.[..k{ki..", "{\"k1\":[{},[]],\"k8\":{\"k10\":1}}"},
        {"[[[...", "[[[]]]"},
    };
    CASE("commas and colons come by themselves")
    {
        for (size_t i = 0; i < COUNT(rows); i++) {
            tg_buf b;
            tg_writer w;
            tg_buf_init(&b, TG_BUF_NO_LIMIT);
            tg_writer_init(&w, &b);
            CHECK(!tg_writer_done(&w));
            play(&w, rows[i].script);
            CHECK(tg_write_ok(&w) && tg_writer_done(&w) && w.why == NULL);
            CHECK_STR(b.p, rows[i].want);
            tg_buf_clear(&b);
        }
    }
    CASE("what is open is not done")
    {
        tg_buf b;
        tg_writer w;
        tg_buf_init(&b, TG_BUF_NO_LIMIT);
        tg_writer_init(&w, &b);
        play(&w, "{ki");
        CHECK(tg_write_ok(&w) && !tg_writer_done(&w));
        play(&w, ".");
        CHECK(tg_writer_done(&w));
        tg_buf_clear(&b);
    }
}

static const struct {
    const char *script, *why, *written;
} misuses[] = {
    {"{i", "a value in an object without a key", "{"},
    {"{[", "a value in an object without a key", "{"},
    {"{kii", "a value in an object without a key", "{\"k1\":1"},
    {".", "an end without a begin", NULL},
    {"[..", "an end without a begin", "[]"},
    {"{k.", "a key without a value", "{\"k1\":"},
    {"{kk", "two keys without a value between", "{\"k1\":"},
    {"k", "a key outside of an object", NULL},
    {"[k", "a key outside of an object", "["},
    {"[.i", "a second value after the whole one", "[]"},
    {"ii", "a second value after the whole one", "1"},
    {"{.{", "a second value after the whole one", "{}"},
    {"x", "text is not UTF-8", NULL},
    {"{K", "text is not UTF-8", NULL},
    {"f", "a number that is not finite", NULL},
};

static void test_misuse(void)
{
    CASE("misuse is refused, and stays so")
    {
        for (size_t i = 0; i < COUNT(misuses); i++) {
            tg_buf b;
            tg_writer w;
            size_t n;
            tg_buf_init(&b, TG_BUF_NO_LIMIT);
            tg_writer_init(&w, &b);
            play(&w, misuses[i].script);
            CHECK(!tg_write_ok(&w) && !tg_writer_done(&w));
            CHECK_STR(w.why, misuses[i].why);
            if (misuses[i].written) CHECK_STR(b.p, misuses[i].written);
            n = b.n;
            play(&w, "i.{ks.[.xkn");
            CHECK(!tg_write_ok(&w) && b.n == n);
            CHECK_STR(w.why, misuses[i].why);
            tg_buf_clear(&b);
        }
    }
    CASE("128 deep and no deeper")
    {
        tg_buf b;
        tg_writer w;
        tg_buf_init(&b, TG_BUF_NO_LIMIT);
        tg_writer_init(&w, &b);
        for (int i = 0; i < 64; i++) play(&w, "[{k");
        CHECK(tg_write_ok(&w) && w.depth == 128);
        tg_write_array(&w);
        CHECK(!tg_write_ok(&w));
        CHECK_STR(w.why, "nested too deep");
        tg_buf_clear(&b);
    }
    CASE("no room is a refusal")
    {
        tg_buf b;
        tg_writer w;
        tg_buf_init(&b, 4);
        tg_writer_init(&w, &b);
        play(&w, "[iiii.");
        CHECK(!tg_write_ok(&w) && !tg_writer_done(&w) && b.n <= 4 && w.why);
        tg_buf_clear(&b);
    }
}

/* Write one value and read it back. */
static tg_value round_trip(tg_buf *b, double real, int64_t integer, const char *text, char kind)
{
    tg_writer w;
    tg_buf_reset(b);
    tg_writer_init(&w, b);
    if (kind == 'r')
        tg_write_real(&w, real);
    else if (kind == 'i')
        tg_write_int(&w, integer);
    else
        tg_write_text(&w, (tg_text){text, strlen(text)});
    CHECK(tg_writer_done(&w) && tg_json_check((tg_text){b->p, b->n}, NULL));
    return tg_value_of((tg_text){b->p, b->n});
}

static void test_scalars(void)
{
    static const struct {
        double value;
        const char *want;
    } reals[] = {
        {0.0, "0.0"},
        {-0.0, "-0.0"},
        {3, "3.0"},
        {-1e15, "-1e+15"},
        {0.1, "0.1"},
        {0.5, "0.5"},
        {1e100, "1e+100"},
        {1.0 / 3, "0.3333333333333333"},
        {0.1 + 0.2, "0.30000000000000004"},
        {123456789.25, "123456789.25"},
    };
    static const char *const locales[] = {"C", "de_DE.UTF-8", "fr_FR.UTF-8", "ps_AF.UTF-8"};
    tg_buf b;
    tg_buf_init(&b, TG_BUF_NO_LIMIT);
    CASE("reals are short, and reals when they come back")
    {
        for (size_t l = 0; l < COUNT(locales); l++) {
            setlocale(LC_ALL, locales[l]); /* fails where it is not installed: the locale stays C */
            for (size_t i = 0; i < COUNT(reals); i++) {
                CHECK(round_trip(&b, reals[i].value, 0, "", 'r').what == TG_V_REAL);
                CHECK_STR(b.p, reals[i].want);
            }
        }
        setlocale(LC_ALL, "C");
    }
    CASE("integers have all their digits")
    {
        CHECK(round_trip(&b, 0, INT64_MIN, "", 'i').integer == INT64_MIN);
        CHECK_STR(b.p, "-9223372036854775808");
        CHECK(round_trip(&b, 0, INT64_MAX, "", 'i').integer == INT64_MAX);
    }
    CASE("escapes where they are due, and nowhere else")
    {
        round_trip(&b, 0, 0, "q\" b\\ s/ \b\f\n\r\t \x01\x1f \x7f \xC3\xA9\xF0\x9F\x98\x80.", 's');
        CHECK_STR(
            b.p,
            "\"q\\\" b\\\\ s/ \\b\\f\\n\\r\\t \\u0001\\u001f \x7f \xC3\xA9\xF0\x9F\x98\x80.\"");
    }
    tg_buf_clear(&b);
}

static bool same(const tg_value *v, const char *text, size_t n)
{
    char out[400];
    return v->what == TG_V_STRING && tg_value_unescape(v, out) == n && memcmp(out, text, n) == 0;
}

static void test_random_scalars(void)
{
    uint64_t seed = 42;
    tg_buf b;
    bool reals = true, ints = true, texts = true;
    tg_buf_init(&b, TG_BUF_NO_LIMIT);
    CASE("whatever is written is read again")
    {
        for (int i = 0; i < 20000; i++) {
            char text[200];
            size_t n = random_text(&seed, text);
            double real = random_real(&seed);
            int64_t integer = random_int(&seed);
            tg_value v = round_trip(&b, real, 0, "", 'r');
            reals = reals && v.what == TG_V_REAL && memcmp(&v.real, &real, sizeof real) == 0;
            v = round_trip(&b, 0, integer, "", 'i');
            ints = ints && v.what == TG_V_INT && v.integer == integer;
            text[n] = '\0';
            v = round_trip(&b, 0, 0, text, 's');
            texts = texts && same(&v, text, n);
        }
        CHECK(reals);
        CHECK(ints);
        CHECK(texts);
    }
    tg_buf_clear(&b);
}

/* ---------------------------------------------------------------------------------- whole texts */

static void write_random(tg_writer *w, uint64_t *seed, int depth)
{
    char text[240];
    size_t kind = random_below(seed, depth > 5 ? 5 : 8), count;
    switch (kind) {
    case 0: tg_write_null(w); return;
    case 1: tg_write_bool(w, random_below(seed, 2)); return;
    case 2: tg_write_int(w, random_int(seed)); return;
    case 3: tg_write_real(w, random_real(seed)); return;
    case 4:
        count = random_text(seed, text);
        tg_write_text(w, (tg_text){text, count});
        return;
    default: break;
    }
    count = random_below(seed, random_below(seed, 20) ? 6 : 50);
    if (kind == 5)
        tg_write_array(w);
    else
        tg_write_object(w);
    for (size_t i = 0; i < count; i++) {
        size_t n = random_text(seed, text);
        n += (size_t)snprintf(text + n, sizeof text - n, "%zu", i); /* makes each key unique */
        if (kind != 5) tg_write_key(w, (tg_text){text, n});
        write_random(w, seed, depth + 1);
    }
    tg_write_end(w);
}

static void copy(tg_writer *w, const tg_value *v);

static void copy_text(tg_writer *w, const tg_value *v, void (*write)(tg_writer *, tg_text))
{
    char *out = malloc(v->text.n + 1);
    write(w, (tg_text){out, tg_value_unescape(v, out)});
    free(out);
}

static void copy_items(tg_writer *w, tg_text container)
{
    size_t pos = 0;
    tg_value key, value;
    while (tg_value_next(container, &pos, &key, &value)) {
        if (key.what == TG_V_STRING) copy_text(w, &key, tg_write_key);
        copy(w, &value);
    }
    tg_write_end(w);
}

static void copy(tg_writer *w, const tg_value *v)
{
    switch (v->what) {
    case TG_V_NULL: tg_write_null(w); break;
    case TG_V_BOOL: tg_write_bool(w, v->boolean); break;
    case TG_V_INT: tg_write_int(w, v->integer); break;
    case TG_V_REAL: tg_write_real(w, v->real); break;
    case TG_V_STRING: copy_text(w, v, tg_write_text); break;
    case TG_V_ARRAY: tg_write_array(w), copy_items(w, v->text); break;
    case TG_V_OBJECT: tg_write_object(w), copy_items(w, v->text); break;
    case TG_V_ABSENT: break;
    }
}

/* Write a document, read it and write it again: the bytes must be the same. */
static void test_documents(void)
{
    tg_buf a, b;
    tg_writer w;
    bool checked = true, equal = true;
    tg_buf_init(&a, TG_BUF_NO_LIMIT);
    tg_buf_init(&b, TG_BUF_NO_LIMIT);
    CASE("a document comes back to the byte")
    {
        for (uint64_t seed = 1; seed <= 2000; seed++) {
            uint64_t state = seed * 0x9E3779B97F4A7C15u;
            tg_value v;
            tg_buf_reset(&a), tg_buf_reset(&b);
            tg_writer_init(&w, &a);
            write_random(&w, &state, 0);
            checked = checked && tg_writer_done(&w) && tg_json_check((tg_text){a.p, a.n}, NULL);
            v = tg_value_of((tg_text){a.p, a.n});
            tg_writer_init(&w, &b);
            copy(&w, &v);
            equal = equal && tg_writer_done(&w) && a.n == b.n && memcmp(a.p, b.p, a.n) == 0;
        }
        CHECK(checked);
        CHECK(equal);
    }
    tg_buf_clear(&a);
    tg_buf_clear(&b);
}

int main(void)
{
    test_shapes();
    test_misuse();
    test_scalars();
    test_random_scalars();
    test_documents();
    return check_report();
}
