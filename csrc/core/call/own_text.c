/* Records as text: members of one object replaced by those of another. */
#include <stdlib.h>
#include <string.h>

#include "own.h"

static bool same_name(const tg_value *a, const tg_value *b)
{
    return a->text.n == b->text.n && memcmp(a->text.p, b->text.p, a->text.n) == 0;
}

static bool has_member(tg_text object, const tg_value *name, tg_value *value)
{
    tg_value key;
    for (size_t pos = 0; tg_value_next(object, &pos, &key, value);)
        if (same_name(&key, name)) return true;
    return false;
}

/* The value, unchanged. */
static void add_value(tg_buf *out, const tg_value *v)
{
    bool string = v->what == TG_V_STRING;
    if (v->what == TG_V_NULL) tg_buf_puts(out, "null");
    if (v->what == TG_V_BOOL) tg_buf_puts(out, v->boolean ? "true" : "false");
    if (v->what <= TG_V_BOOL) return;
    if (string) tg_buf_putc(out, '"');
    tg_buf_add(out, v->text.p, v->text.n);
    if (string) tg_buf_putc(out, '"');
}

void tg_own_member(tg_buf *out, tg_text name, const tg_value *v)
{
    tg_buf_puts(out, out->n > 1 ? ",\"" : "\"");
    tg_buf_add(out, name.p, name.n);
    tg_buf_puts(out, "\":");
    add_value(out, v);
}

char *tg_own_merge(tg_text base, tg_text patch, size_t *n)
{
    tg_buf out;
    tg_value key, value, other;
    tg_buf_init(&out, TG_BUF_NO_LIMIT);
    tg_buf_putc(&out, '{');
    for (size_t pos = 0; tg_value_next(base, &pos, &key, &value);)
        tg_own_member(&out, key.text, has_member(patch, &key, &other) ? &other : &value);
    for (size_t pos = 0; tg_value_next(patch, &pos, &key, &value);)
        if (!has_member(base, &key, &other)) tg_own_member(&out, key.text, &value);
    tg_buf_putc(&out, '}');
    return tg_buf_take(&out, n);
}
