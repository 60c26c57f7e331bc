/*
** The index of a text that tg_index_text accepted earlier. Records are delimited by their brackets,
** and of their fields only the id is read. Stays within bounds for any bytes.
*/
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "json_text.h"

#define FIRST_ENTRIES 16

static int64_t id_of(tg_text record, const char *key)
{
    int64_t id = 0;
    if (!key) return 0;
    tg_value v = tg_value_get(record, (tg_text){key, strlen(key)});
    if (v.what == TG_V_INT) return v.integer;
    if (v.what == TG_V_REAL) tg_real_integral(v.real, &id);
    return id;
}

/* The text without trailing white space. */
static tg_text trim(tg_text text)
{
    const char *end = tg_text_end(text), *p = tg_text_space(text.p, end);
    while (end > p && strchr(" \t\r\n", end[-1])) end--;
    return (tg_text){p, (size_t)(end - p)};
}

/* Add a record of the text that begins at START. False: past the limit, or out of memory. */
static bool add(tg_index *ix, const char *start, tg_text record, const tg_index_options *o)
{
    if (ix->count == ix->size) {
        size_t size = ix->size ? ix->size * 2 : o->shape == TG_REPLY_RECORD ? 1 : FIRST_ENTRIES;
        size_t most = o->limit ? o->limit / sizeof *ix->entries : SIZE_MAX / sizeof *ix->entries;
        tg_entry *more = size > most ? NULL : realloc(ix->entries, size * sizeof *more);
        if (!more) return false;
        ix->entries = more;
        ix->size = size;
    }
    ix->entries[ix->count++] =
        (tg_entry){(uint64_t)(record.p - start), record.n, id_of(record, o->id_key)};
    return true;
}

static bool index_list(tg_index *ix, const char *start, tg_text list, const tg_index_options *o)
{
    size_t pos = 0;
    tg_value key, v;
    while (tg_value_next(list, &pos, &key, &v))
        if (v.what != TG_V_OBJECT || !add(ix, start, v.text, o)) return false;
    return true;
}

static bool index_root(tg_index *ix, const char *start, tg_text root, const tg_index_options *o)
{
    if (root.n < 2) return false;
    bool array = root.p[0] == '[' && root.p[root.n - 1] == ']',
         object = root.p[0] == '{' && root.p[root.n - 1] == '}';
    ix->root = array ? TG_V_ARRAY : TG_V_OBJECT;
    switch (o->shape) {
    case TG_REPLY_RECORD: return object && (o->plain || add(ix, start, root, o));
    case TG_REPLY_LIST: return array && (o->plain || index_list(ix, start, root, o));
    default: return false;
    }
}

bool tg_index_checked(tg_index *ix, tg_text text, const tg_index_options *o)
{
    tg_index_init(ix);
    if (index_root(ix, text.p, trim(text), o)) return true;
    tg_index_clear(ix);
    return false;
}
