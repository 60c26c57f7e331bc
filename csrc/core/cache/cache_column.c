/* The values of columns, decoded from the texts of records. */
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "cache_shown.h"
#include "redact.h"

static tg_value value_of(const tg_column *c, const tg_shown_row *row)
{
    tg_text text = c->from == TG_FROM_OUTER ? row->outer->text : row->text;
    tg_value v = tg_value_field(text, c->field);
    if (!tg_value_fits(&v, c->field)) v.what = TG_V_NULL;
    return v;
}

static bool place_of(const tg_column *c, const tg_shown_row *row, int64_t *out)
{
    bool organization =
        c->from == TG_FROM_ORGANIZATION || (c->field && c->field->key == TG_KEY_ORGANIZATION);
    *out = organization ? row->source->organization : row->workspace;
    return *out != 0;
}

bool tg_column_integer(const tg_column *c, const tg_shown_row *row, int64_t *out)
{
    if (!c->field) return place_of(c, row, out);
    tg_value v = value_of(c, row);
    /* many replies omit what is in their path; an explicit null is the server's value */
    if (c->from == TG_FROM_PARENT && v.what == TG_V_ABSENT) return place_of(c, row, out);
    *out = v.what == TG_V_BOOL ? v.boolean : v.integer;
    return v.what == TG_V_INT || v.what == TG_V_BOOL;
}

/* JSON without blanks, as SQLite's own functions write it. */
static void put_json(sqlite3_context *out, tg_text text)
{
    char *copy = sqlite3_malloc64(text.n + 1);
    size_t n = 0;
    bool inside = false;
    if (!copy) {
        sqlite3_result_error_nomem(out);
        return;
    }
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (!inside && (c == ' ' || c == '\n' || c == '\t' || c == '\r')) continue;
        copy[n++] = c;
        if (inside && c == '\\')
            copy[n++] = text.p[++i];
        else if (c == '"')
            inside = !inside;
    }
    sqlite3_result_text64(out, copy, n, sqlite3_free, SQLITE_UTF8);
}

static void put_text(sqlite3_context *out, const tg_value *v)
{
    if (!v->escaped) {
        sqlite3_result_text64(out, v->text.p, v->text.n, SQLITE_TRANSIENT, SQLITE_UTF8);
        return;
    }
    char *copy = sqlite3_malloc64(v->text.n + 1);
    if (copy)
        sqlite3_result_text64(out, copy, tg_value_unescape(v, copy), sqlite3_free, SQLITE_UTF8);
    else
        sqlite3_result_error_nomem(out);
}

/* The record without its secrets. */
static void put_record(sqlite3_context *out, const tg_table *t, tg_text text)
{
    char *copy = tg_model_has_secrets(t->model) ? malloc(text.n + 1) : NULL;
    if (copy) {
        memcpy(copy, text.p, text.n);
        copy[text.n] = '\0';
        tg_redact(copy, text.n, t->model);
        text.p = copy;
    } else if (tg_model_has_secrets(t->model)) {
        sqlite3_result_error_nomem(out);
        return;
    }
    put_json(out, text);
    free(copy);
}

static void put_value(sqlite3_context *out, const tg_field *f, const tg_value *v)
{
    switch (v->what) {
    case TG_V_BOOL: sqlite3_result_int(out, v->boolean); break;
    case TG_V_INT:
    case TG_V_REAL:
        if (f->type == TG_STRING) /* the digits are the text */
            sqlite3_result_text64(out, v->text.p, v->text.n, SQLITE_TRANSIENT, SQLITE_UTF8);
        else if (v->what == TG_V_INT)
            sqlite3_result_int64(out, v->integer);
        else
            sqlite3_result_double(out, v->real);
        break;
    case TG_V_STRING:
        /* some servers write an empty text for "no time" */
        if (f->type != TG_TIME || v->text.n) put_text(out, v);
        break;
    case TG_V_ARRAY:
    case TG_V_OBJECT: put_json(out, v->text); break;
    default: break;
    }
}

void tg_column_result(sqlite3_context *out, const tg_table *t, size_t column,
                      const tg_shown_row *row)
{
    const tg_column *c = &t->columns[column];
    int64_t integer;
    if (c->from == TG_FROM_AT)
        sqlite3_result_double(out, row->source->at);
    else if (c->from == TG_FROM_TEXT)
        put_record(out, t, row->text);
    else if (tg_column_is_integer(c)) {
        if (tg_column_integer(c, row, &integer)) sqlite3_result_int64(out, integer);
    } else {
        tg_value v = value_of(c, row);
        put_value(out, c->field, &v);
    }
}
