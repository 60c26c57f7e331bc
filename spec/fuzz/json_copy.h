/* Read a value and write it again, for the fuzz targets. Check the reader's promises on the way. */
#ifndef JSON_COPY_H
#define JSON_COPY_H

#include <string.h>

#include "json.h"
#include "must.h"

/* Return the unescaped bytes, freed by the caller. *N: their count. */
static char *json_unescape(const tg_value *v, size_t *n)
{
    char *out = malloc(v->text.n ? v->text.n : 1); /* exactly the size that the reader promises */
    MUST(out);
    *n = tg_value_unescape(v, out);
    MUST(*n <= v->text.n && (v->escaped ? *n < v->text.n : *n == v->text.n));
    MUST(tg_utf8_check((tg_text){out, *n}, NULL) == *n);
    return out;
}

/* Return whether A and B are the same value of the same text. */
static bool json_same(const tg_value *a, const tg_value *b)
{
    return a->what == b->what && a->text.p == b->text.p && a->text.n == b->text.n &&
           a->escaped == b->escaped;
}

static void json_copy(tg_writer *w, const tg_value *v);

static void json_copy_items(tg_writer *w, tg_text container)
{
    size_t pos = 0, before, n;
    tg_value key, value, got;
    for (before = pos; tg_value_next(container, &pos, &key, &value); before = pos) {
        MUST(pos > before && pos <= container.n);
        if (key.what == TG_V_STRING) {
            char *name = json_unescape(&key, &n);
            got = tg_value_get(container, (tg_text){name, n});
            MUST(json_same(&got, &value));
            tg_write_key(w, (tg_text){name, n});
            free(name);
        }
        json_copy(w, &value);
    }
    MUST(pos == container.n);
    tg_write_end(w);
}

static void json_copy(tg_writer *w, const tg_value *v)
{
    size_t n;
    char *text;
    switch (v->what) {
    case TG_V_NULL: tg_write_null(w); break;
    case TG_V_BOOL: tg_write_bool(w, v->boolean); break;
    case TG_V_INT: tg_write_int(w, v->integer); break;
    case TG_V_REAL: tg_write_real(w, v->real); break;
    case TG_V_STRING:
        text = json_unescape(v, &n);
        tg_write_text(w, (tg_text){text, n});
        free(text);
        break;
    case TG_V_ARRAY:
        tg_write_array(w);
        json_copy_items(w, v->text);
        break;
    case TG_V_OBJECT:
        tg_write_object(w);
        json_copy_items(w, v->text);
        break;
    case TG_V_ABSENT: MUST(!"a checked value is absent");
    }
}

/* Write the valid TEXT compactly into OUT, which the caller clears. */
static void json_copy_text(tg_buf *out, tg_text text)
{
    tg_value v = tg_value_of(text);
    tg_writer w;
    tg_buf_init(out, TG_BUF_NO_LIMIT);
    tg_writer_init(&w, out);
    json_copy(&w, &v);
    MUST(tg_writer_done(&w));
}

#endif
