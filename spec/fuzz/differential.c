/*
** Compare three parsers on mutated seeds: this project's, yajl and jansson. They must agree on what
** is valid JSON.
**
**     differential [SECONDS [SEED]]      30 s, seed 1; exits with 1 at the first difference that is
**                                        not listed
**
** The functions below list the known differences, by this parser's message or by the input. Any
** other difference is a fault of one of the three. Requires the Debian packages libyajl-dev and
** libjansson-dev: -lyajl -ljansson.
*/
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <yajl/yajl_parse.h>

#include "json.h"
#include "mutate.h"

typedef struct verdict {
    bool ours, jansson, yajl;
    char message[400]; /* of this project's parser */
    char theirs[JSON_ERROR_TEXT_LENGTH];
} verdict;

static bool ask_jansson(tg_text text, char why[JSON_ERROR_TEXT_LENGTH])
{
    json_error_t e;
    json_t *root =
        json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL, &e);
    memcpy(why, e.text, sizeof e.text);
    json_decref(root);
    return root != NULL;
}

static int on_integer(void *ctx, long long value)
{
    (void)ctx, (void)value;
    return 1;
}

static int on_double(void *ctx, double value)
{
    (void)ctx, (void)value;
    return 1;
}

static bool ask_yajl(tg_text text)
{
    /* With these callbacks yajl converts numbers and rejects those out of range. */
    static yajl_callbacks callbacks = {.yajl_integer = on_integer, .yajl_double = on_double};
    yajl_handle h = yajl_alloc(&callbacks, NULL, NULL);
    bool good = yajl_parse(h, (const unsigned char *)text.p, text.n) == yajl_status_ok &&
                yajl_complete_parse(h) == yajl_status_ok;
    yajl_free(h);
    return good;
}

static bool starts(const char *s, const char *with)
{
    return strncmp(s, with, strlen(with)) == 0;
}

static bool has(tg_text text, const char *bytes)
{
    size_t n = strlen(bytes);
    for (size_t i = 0; i + n <= text.n; i++) {
        if (memcmp(text.p + i, bytes, n) == 0) return true;
    }
    return false;
}

/* Return whether the difference of jansson is a known one. */
static bool jansson_may_differ(const verdict *v, tg_text text)
{
    if (v->ours)
        return starts(v->theirs, "NUL byte in object key"); /* "\u0000": its keys are C strings */
    if (starts(v->message, "nested too deep"))
        return true; /* its limit is 2048 levels, this parser's 128 */
    /* it ignores a NUL byte after a value or a number */
    return memchr(text.p, '\0', text.n) != NULL;
}

/* Return whether the difference of yajl is a known one. It never accepts less than this parser. */
static bool yajl_may_differ(const verdict *v, tg_text text)
{
    static const char *const looser[] = {
        "duplicate key", "nested too deep", /* it checks neither */
        "half a surrogate pair",
        "invalid UTF-8",               /* it writes '?' for the surrogate; its check is loose */
        "text continues after its end" /* it ignores an incomplete token there */
    };
    if (v->ours) return false;
    for (size_t i = 0; i < sizeof looser / sizeof looser[0]; i++) {
        if (starts(v->message, looser[i])) return true;
    }
    return has(text, "\v") || has(text, "\f"); /* white space to it */
}

static verdict ask(tg_text text)
{
    verdict v;
    tg_error e = {.message = ""};
    v.ours = tg_json_check(text, &e);
    memcpy(v.message, e.message, sizeof v.message);
    v.jansson = ask_jansson(text, v.theirs);
    v.yajl = ask_yajl(text);
    return v;
}

static void report(const verdict *v, tg_text text)
{
    printf("not ok - ours %d (%s), jansson %d (%s), yajl %d:\n", v->ours, v->message, v->jansson,
           v->theirs, v->yajl);
    fwrite(text.p, 1, text.n, stdout);
    printf("\n0 passed, 1 failed\n");
}

int main(int argc, char **argv)
{
    int seconds = argc > 1 ? atoi(argv[1]) : 30;
    uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 1,
             state = seed * 0x9E3779B97F4A7C15u | 1;
    time_t end = time(NULL) + seconds;
    long asked = 0, valid = 0, known = 0;
    uint8_t input[MUTATE_MAX];
    while (asked % 64 != 0 || time(NULL) < end) {
        tg_text text = {(const char *)input, mutate_input(input, &state)};
        verdict v = ask(text);
        bool jansson_differs = v.ours != v.jansson, yajl_differs = v.ours != v.yajl;
        if ((jansson_differs && !jansson_may_differ(&v, text)) ||
            (yajl_differs && !yajl_may_differ(&v, text))) {
            report(&v, text);
            return 1;
        }
        asked++;
        valid += v.ours;
        known += jansson_differs || yajl_differs;
    }
    printf("ok - %ld texts, %ld valid, %ld known differences\n1 passed, 0 failed\n", asked, valid,
           known);
    return 0;
}
