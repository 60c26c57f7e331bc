/*
** Fuzz the reader. In a valid text, a lookup by key must find the value that the iteration finds,
** and each part must be a valid text. With any other bytes, all results must lie within them.
*/
#include "json_copy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void within(tg_text text, const tg_value *v)
{
    if (v->what == TG_V_ABSENT || !v->text.p) return;
    MUST(v->text.p >= text.p && v->text.n <= text.n && v->text.p <= text.p + text.n - v->text.n);
}

/* Check that the iteration ends for any bytes. Descend two levels only: recursion is safe for
   checked texts alone. */
static void walk_anything(tg_text text, int levels)
{
    size_t pos = 0, before;
    tg_value key, value;
    for (before = 0; tg_value_next(text, &pos, &key, &value); before = pos) {
        MUST(pos > before && pos <= text.n);
        within(text, &key);
        within(text, &value);
        if (key.what == TG_V_STRING) tg_value_get(text, key.text);
        if (levels > 0) walk_anything(value.text, levels - 1);
    }
}

static void unescape_anything(tg_text text)
{
    const tg_value v = {.what = TG_V_STRING, .escaped = true, .text = text};
    char *out = malloc(text.n ? text.n : 1);
    MUST(out && tg_value_unescape(&v, out) <= text.n);
    free(out);
}

/* Look up keys in any bytes: the result must lie within them. */
static void get_anything(tg_text text)
{
    static const char *const keys[] = {"", "a", "id", "name", "\"", "\\", "workspaces"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        tg_value v = tg_value_get(text, (tg_text){keys[i], strlen(keys[i])});
        within(text, &v);
    }
    for (size_t n = 0; n <= text.n && n < 40; n++) {
        tg_value v = tg_value_get(text, (tg_text){text.p, n});
        within(text, &v);
    }
}

/* Check the same text one byte further on: results must not depend on the start of a block. */
static void shifted(tg_text text)
{
    tg_buf a, b;
    char *moved = malloc(text.n + 1);
    MUST(moved);
    moved[0] = ' ';
    memcpy(moved + 1, text.p, text.n);
    json_copy_text(&a, text);
    json_copy_text(&b, (tg_text){moved, text.n + 1});
    MUST(a.n == b.n && memcmp(a.p, b.p, a.n) == 0);
    tg_buf_clear(&a);
    tg_buf_clear(&b);
    free(moved);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    tg_text text = {(const char *)data, size};
    tg_value v = tg_value_of(text);
    within(text, &v);
    walk_anything(text, 2);
    unescape_anything(text);
    get_anything(text);
    if (tg_json_check(text, NULL)) shifted(text);
    return 0;
}
