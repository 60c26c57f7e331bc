#include "compare.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Compare texts whatever their escapes; FOLD: and the case of ASCII letters. */
static bool same_text(const tg_value *a, const tg_value *b, bool fold)
{
    char *room = malloc(a->text.n + b->text.n + 1);
    if (!room) return false;
    size_t n = tg_value_unescape(a, room), m = tg_value_unescape(b, room + n);
    bool same = n == m && (fold ? strncasecmp(room, room + n, n) : memcmp(room, room + n, n)) == 0;
    free(room);
    return same;
}

static bool is_number(const tg_value *v)
{
    return v->what == TG_V_INT || v->what == TG_V_REAL;
}

static double number(const tg_value *v)
{
    return v->what == TG_V_INT ? (double)v->integer : v->real;
}

bool tg_compare_same(const tg_value *a, const tg_value *b, bool fold)
{
    if (a->what <= TG_V_NULL) return b->what <= TG_V_NULL;
    if (a->what == TG_V_INT && b->what == TG_V_INT) return a->integer == b->integer;
    if (is_number(a) && is_number(b)) return fabs(number(a) - number(b)) < 1e-9;
    if (a->what != b->what) return false;
    if (a->what == TG_V_BOOL) return a->boolean == b->boolean;
    return a->what == TG_V_STRING && same_text(a, b, fold);
}

/* The field of M with a key of this kind: that of the record itself first. */
static const tg_field *field_of_kind(const tg_model *m, tg_key kind)
{
    const tg_field *found = NULL;
    for (const tg_field *f = m ? m->fields : NULL; f && f->name; f++)
        if (f->key && (f->key == kind || !kind) && (!found || f->flags & TG_SELF)) {
            if (!found || !(found->flags & TG_SELF)) found = f;
        }
    return found;
}

/* An item of a list as what identifies it: itself, or a key of its record. */
static tg_value identity(const tg_value *item, const tg_model *m, tg_key kind)
{
    const tg_field *f = item->what == TG_V_OBJECT ? field_of_kind(m, kind) : NULL;
    return f ? tg_value_field(item->text, f) : *item;
}

static const tg_model *model_of(const tg_field *f)
{
    return f && f->model ? tg_model_find(f->model) : NULL;
}

tg_value tg_compare_find(const tg_value *list, const tg_field *f, tg_key kind, const tg_value *key)
{
    tg_value unused, item;
    const tg_model *m = model_of(f);
    for (size_t pos = 0;
         list->what == TG_V_ARRAY && tg_value_next(list->text, &pos, &unused, &item);) {
        tg_value id = identity(&item, m, kind);
        if (tg_compare_same(key, &id, false)) return item;
    }
    return (tg_value){.what = TG_V_ABSENT};
}

/* The kind of key that distinguishes the items of a list of the body. */
static tg_key kind_of(const tg_field *f)
{
    const tg_model *m = model_of(f);
    if (f->key || !m) return f->key;
    for (const tg_field *i = m->fields; i->name; i++)
        if (i->flags & TG_REQUIRED && i->key) return i->key;
    return TG_KEY_NONE;
}

/* Is an item that the write does not name there on its own: given by a group, or without a key? */
static bool stands_alone(const tg_value *item, const tg_value *id)
{
    tg_value unused, group;
    size_t pos = 0;
    tg_value groups = item->what == TG_V_OBJECT ? tg_value_get(item->text, TG_TEXT("groups"))
                                                : (tg_value){.what = TG_V_ABSENT};
    return id->what <= TG_V_NULL ||
           (groups.what == TG_V_ARRAY && tg_value_next(groups.text, &pos, &unused, &group));
}

void tg_compare_list(const tg_value *given, const tg_field *p, const tg_value *shown,
                     const tg_field *f, tg_facts *out)
{
    tg_value unused, item;
    tg_key kind = kind_of(p);
    const tg_model *gm = model_of(p), *sm = model_of(f);
    for (size_t pos = 0; tg_value_next(given->text, &pos, &unused, &item);) {
        tg_value id = identity(&item, gm, kind);
        tg_value there = tg_compare_find(shown, f, kind, &id);
        there.what == TG_V_ABSENT ? out->no++ : out->yes++;
        if (item.what == TG_V_OBJECT && there.what == TG_V_OBJECT && gm && sm)
            tg_compare_fields(item.text, gm->fields, there.text, sm, (tg_text){0}, out);
    }
    for (size_t pos = 0; tg_value_next(shown->text, &pos, &unused, &item);) {
        tg_value id = identity(&item, sm, kind);
        if (stands_alone(&item, &id)) continue;
        tg_value named = tg_compare_find(given, p, kind, &id);
        if (named.what == TG_V_ABSENT) out->no++;
    }
    if (out->yes + out->no == 0) out->yes++; /* both empty */
}

static const tg_field *field_by_wire(const tg_field *fields, tg_text wire)
{
    for (const tg_field *f = fields; f && f->name; f++)
        if (strlen(tg_field_wire(f)) == wire.n && memcmp(tg_field_wire(f), wire.p, wire.n) == 0)
            return f;
    return NULL;
}

/* Is what is shown as it was before? */
static bool is_as_before(const tg_value *before, const tg_field *p, const tg_value *shown,
                         const tg_field *f)
{
    tg_facts t = {0};
    if (before->what != TG_V_ARRAY || shown->what != TG_V_ARRAY)
        return tg_compare_same(before, shown, p->flags & TG_EMAIL);
    tg_compare_list(before, p, shown, f, &t);
    return !t.no;
}

/* One field, given as VALUE and shown as V. */
static void compare_field(const tg_value *value, const tg_field *p, const tg_value *v,
                          const tg_field *f, tg_text before, tg_facts *out)
{
    tg_facts t = {0};
    tg_value old = before.n ? tg_value_get(before, (tg_text){p->name, strlen(p->name)})
                            : (tg_value){.what = TG_V_ABSENT};
    if (value->what == TG_V_ARRAY)
        tg_compare_list(value, p, v, f, &t);
    else
        tg_compare_same(value, v, p->flags & TG_EMAIL) ? t.yes++ : t.no++;
    bool known = old.what != TG_V_ABSENT, as_before = known && is_as_before(&old, p, v, f);
    out->yes += t.yes;
    out->no += t.no;
    out->moved += !t.no && known && !as_before;
    out->other += t.no && known && !as_before;
}

void tg_compare_fields(tg_text given, const tg_field *params, tg_text shown, const tg_model *m,
                       tg_text before, tg_facts *out)
{
    tg_value key, value;
    for (size_t pos = 0; tg_value_next(given, &pos, &key, &value);) {
        const tg_field *p = field_by_wire(params, key.text);
        const char *name = p && p->shown ? p->shown : p ? p->name : NULL;
        const tg_field *f = name ? tg_field_find(m->fields, name, strlen(name)) : NULL;
        tg_value v = f ? tg_value_field(shown, f) : (tg_value){.what = TG_V_ABSENT};
        if (v.what == TG_V_ABSENT || (value.what == TG_V_ARRAY && v.what != TG_V_ARRAY))
            out->unread++;
        else
            compare_field(&value, p, &v, f, before, out);
    }
}
