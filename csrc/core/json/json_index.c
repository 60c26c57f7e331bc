/*
** The scanner: one strict pass over a text that also indexes its records.
**
** Each scan_ function gets a pointer to the start of its value and returns a pointer past its end,
** or NULL after fail(). Arrays and objects recurse, at most TG_JSON_DEPTH deep. A role tells the
** index what a value is:
**
**   LIST    an array of records        [ {..}, {..} ]      with `loose`, inner arrays are lists too
**   MAP     an object of records       { "1": {..}, "2": {..} }
**   RECORD  an object with an id       {.., "id": 3, ..}
**   PLAIN   any other value: checked, not indexed
*/
#include "json_scan.h"

/* --------------------------------------------------------------------------- arrays and objects */

static const char *scan_object(scan *s, const char *p, role r, int64_t *id);
static const char *scan_array(scan *s, const char *p, role r);

static const char *scan_value(scan *s, const char *p)
{
    bool escaped;
    if (p == s->end) return fail(s, p, NULL);
    switch (*p) {
    case '"': return scan_string(s, p, &escaped);
    case '{': return scan_object(s, p, PLAIN, NULL);
    case '[': return scan_array(s, p, PLAIN);
    case 't': return scan_literal(s, p, TG_TEXT("true"));
    case 'f': return scan_literal(s, p, TG_TEXT("false"));
    case 'n': return scan_literal(s, p, TG_TEXT("null"));
    default: return is_number(*p) ? scan_number(s, p) : fail(s, p, "unexpected character");
    }
}

/* Grow to at most MOST entries. */
static bool grow_index(tg_index *ix, size_t first, size_t most)
{
    size_t size = ix->size ? ix->size * 2 : first;
    if (size > most) size = most;
    tg_entry *entries =
        size <= SIZE_MAX / sizeof *entries ? realloc(ix->entries, size * sizeof *entries) : NULL;
    if (!entries) return false;
    ix->entries = entries;
    ix->size = size;
    return true;
}

/* Index the record at P. ID is its key in a map; in a list, the record's own id replaces it. */
static const char *scan_record(scan *s, const char *p, int64_t id)
{
    tg_index *ix = s->ix;
    const char *from = p;
    s->record = p;
    if (p == s->end || *p != '{') return fail(s, p, "expected an object");
    p = scan_object(s, p, s->o->shape == TG_REPLY_MAP ? PLAIN : RECORD, &id);
    if (!p) return NULL;
    if (ix->count == ix->size) {
        size_t most = s->most / sizeof *ix->entries;
        if (ix->count >= most) return fail_many(s, from, false);
        if (!grow_index(ix, s->o->shape == TG_REPLY_RECORD ? 1 : 16, most)) return fail_nomem(s);
    }
    ix->entries[ix->count++] = (tg_entry){(uint64_t)(from - s->start), (uint64_t)(p - from), id};
    return p;
}

static bool is_null(const scan *s, const char *p)
{
    return s->end - p >= 4 && memcmp(p, "null", 4) == 0;
}

/* Scan the member of a map with the key at KEY (N bytes) and the value at P. */
static const char *scan_map_value(scan *s, const char *key, size_t n, bool escaped, const char *p)
{
    tg_value text = {.what = TG_V_STRING, .escaped = escaped, .text = {key, n}};
    char bytes[128]; /* an integer has at most 20 bytes, each of which may be an escape of six */
    const char *why;
    tg_number number;
    size_t made = n <= sizeof bytes ? tg_value_unescape(&text, bytes) : 0;
    if (tg_number_scan(bytes, bytes + made, &number, &why) != bytes + made || number.is_real)
        return fail(s, key, "map key is not an integer");
    if (s->o->odd && is_null(s, p)) {
        s->record = p;
        note_odd(s, p, "null in place of a record, left out");
        s->o->odd->nulls = ++s->nulls;
        return p + 4;
    }
    return scan_record(s, p, number.integer);
}

/* Take the value at P as the record's id if it is an integer. */
static void take_id(scan *s, const char *p, const char *end, int64_t *id)
{
    if (!is_number(*p)) return;
    if (!s->number.is_real)
        *id = s->number.integer;
    else
        tg_real_integral(tg_number_real((tg_text){p, (size_t)(end - p)}), id);
}

/* Scan one `"key": value` of the object whose keys start at BASE. */
static const char *scan_member(scan *s, const char *p, role r, size_t base, uint64_t *mask,
                               int64_t *id)
{
    const char *key = p + 1, *end, *next;
    bool escaped;
    size_t n;
    if (p == s->end || *p != '"') return fail(s, p, "expected a key");
    p = scan_string(s, p, &escaped);
    if (!p) return NULL;
    n = (size_t)(p - key) - 1;
    switch (tg_keys_add(s->keys, base, mask, key, n, escaped)) {
    case TG_ADDED: break;
    case TG_ADDED_TWICE: return fail(s, key - 1, "duplicate key");
    case TG_ADDED_NOT:
        return s->keys->size * 2 > s->keys->most ? fail_many(s, key, true) : fail_nomem(s);
    }
    p = tg_text_space(p, s->end);
    if (p == s->end || *p != ':') return fail(s, p, "expected ':'");
    next = tg_text_space(p + 1, s->end);
    if (r == MAP) return scan_map_value(s, key, n, escaped, next);
    end = scan_value(s, next);
    bool maybe = r == RECORD && s->id_key.p && (escaped || n == s->id_key.n);
    if (end && maybe && tg_key_is(key, n, escaped, s->id_key)) take_id(s, next, end, id);
    return end;
}

/* Enter the object or array at P. False: it is empty, and P is moved past it. */
static bool scan_open(scan *s, const char **p, char bracket)
{
    if (++s->depth > TG_JSON_DEPTH) {
        *p = fail(s, *p, "nested too deep");
        return false;
    }
    *p = tg_text_space(*p + 1, s->end);
    if (*p == s->end || **p != bracket) return true;
    ++*p;
    return false;
}

/* After a member or item: true if another one follows. Moves P to it or past the closing bracket;
   NULL: neither follows. */
static bool scan_more(scan *s, const char **p, char bracket, const char *why)
{
    const char *at = tg_text_space(*p, s->end);
    bool comma = at < s->end && *at == ',';
    if (comma)
        *p = tg_text_space(at + 1, s->end);
    else
        *p = at < s->end && *at == bracket ? at + 1 : fail(s, at, why);
    return comma;
}

/* P: the opening brace. ID is set when R is RECORD and the record has one. */
static const char *scan_object(scan *s, const char *p, role r, int64_t *id)
{
    size_t base = s->keys->n;
    uint64_t mask = 0;
    const char *twice;
    bool more = scan_open(s, &p, '}');
    while (more) {
        p = scan_member(s, p, r, base, &mask, id);
        more = p && scan_more(s, &p, '}', "expected ',' or '}'");
    }
    if (!p) return NULL;
    s->depth--;
    twice = tg_keys_end(s->keys, base);
    return twice ? fail(s, twice - 1, "duplicate key") : p;
}

static const char *scan_item(scan *s, const char *p, role r)
{
    if (r == PLAIN) return scan_value(s, p);
    if (s->o->loose && s->depth == 1 && p < s->end && *p == '[') return scan_array(s, p, LIST);
    return scan_record(s, p, 0);
}

/* Blank the null at P and its comma: the following one, or the preceding one at the end of the
   list. */
static const char *drop_null(scan *s, const char *p, role r, bool *more)
{
    const char *next = tg_text_space(p + 4, s->end), *before = p - 1;
    if (r == LIST) s->record = p;
    note_odd(s, p, r == LIST ? "null in place of a record, left out" : "null in a list, left out");
    if (r == LIST) s->o->odd->nulls = ++s->nulls;
    *more = next < s->end && *next == ',';
    if (!*more) {
        /* stops at the opening bracket at the latest */
        while (strchr(" \t\r\n", *before)) before--;
        if (*before == ',') overwrite(before, " ", 1);
        next = p + 4;
        scan_more(s, &next, ']', "expected ',' or ']'");
    } else {
        overwrite(next, " ", 1);
        next = tg_text_space(next, s->end);
    }
    overwrite(p, "    ", 4);
    return next;
}

/* Is the null at P not allowed as an item of this array? For a list in a record, the field
   decides. */
static bool is_odd_item(const scan *s, const char *p, role r)
{
    char field[sizeof s->o->odd->first[0].field];
    if (!s->o->odd || !is_null(s, p)) return false;
    if (r == LIST) return true;
    return s->o->full && find_place(s, p, field, sizeof field) && s->o->full(s->o->model, field);
}

/* P: the opening bracket. */
static const char *scan_array(scan *s, const char *p, role r)
{
    bool more = scan_open(s, &p, ']');
    while (more) {
        if (is_odd_item(s, p, r)) {
            p = drop_null(s, p, r, &more);
            continue;
        }
        p = scan_item(s, p, r);
        more = p && scan_more(s, &p, ']', "expected ',' or ']'");
    }
    s->depth--;
    return p;
}

/* ---------------------------------------------------------------------------------- whole texts */

/* The type of a text that starts with C; a number counts as an integer until its fraction or
   exponent is read. */
static tg_what what_starts(char c)
{
    switch (c) {
    case '{': return TG_V_OBJECT;
    case '[': return TG_V_ARRAY;
    case '"': return TG_V_STRING;
    case 'n': return TG_V_NULL;
    case 't':
    case 'f': return TG_V_BOOL;
    default: return TG_V_INT;
    }
}

/* The problem with a text of this type for this shape; NULL: none. */
static const char *misfit(const tg_index_options *o, tg_what what)
{
    switch (o->shape) {
    case TG_REPLY_RECORD:
    case TG_REPLY_MAP: return what == TG_V_OBJECT ? NULL : "expected an object";
    case TG_REPLY_LIST:
        if (what == TG_V_ARRAY || what == TG_V_NULL || (o->loose && what == TG_V_OBJECT))
            return NULL;
        return "expected an array";
    case TG_REPLY_INT: return what == TG_V_INT ? NULL : "expected an integer";
    case TG_REPLY_STRING: return what == TG_V_STRING ? NULL : "expected a string";
    default: return NULL;
    }
}

/* Scan the root value at P in the role that the shape determines. */
static const char *scan_root(scan *s, const char *p, tg_what what)
{
    if (!s->ix || s->o->plain || what == TG_V_NULL) return scan_value(s, p);
    switch (s->o->shape) {
    case TG_REPLY_MAP: return scan_object(s, p, MAP, NULL);
    case TG_REPLY_RECORD: return scan_record(s, p, 0);
    case TG_REPLY_LIST: return what == TG_V_ARRAY ? scan_array(s, p, LIST) : scan_record(s, p, 0);
    default: return scan_value(s, p);
    }
}

static const char *scan_text(scan *s, tg_what *what)
{
    const char *p = tg_text_space(s->start, s->end), *why;
    if ((uint64_t)(s->end - s->start) > TG_JSON_KEY_LENGTH) return fail(s, p, "text is too long");
    if (s->end - s->start >= 3 && memcmp(s->start, "\xEF\xBB\xBF", 3) == 0)
        return fail(s, p, "byte order mark");
    *what = what_starts(p < s->end ? *p : '\0');
    why = misfit(s->o, *what);
    /* prefer "not JSON" over "not an array" */
    if (why) return scan_value(s, p) ? fail(s, p, why) : NULL;
    p = scan_root(s, p, *what);
    if (!p) return NULL;
    p = tg_text_space(p, s->end);
    return p == s->end ? p : fail(s, p, "text continues after its end");
}

static bool tell_fault(const scan *s, tg_error *err)
{
    tg_odd_value place = {.what = s->why, .at = (size_t)(s->at - s->start)};
    place.record = find_place(s, s->at, place.field, sizeof place.field);
    return tg_json_tell(&place, err);
}

static bool tell_many(const scan *s, tg_error *err)
{
    tg_error_set(err, TG_E_DECODE,
                 "the reply of %zu bytes holds more than %zu %s by its byte %zu: to keep track of "
                 "them takes more than the %zu bytes that are left for it",
                 (size_t)(s->end - s->start), s->of_keys ? s->keys->n : s->ix->count,
                 s->of_keys ? "keys in one object" : "records", (size_t)(s->at - s->start),
                 s->most);
    tg_error_because(err, TG_R_LARGE);
    return false;
}

static bool tell(const scan *s, tg_error *err)
{
    if (s->too_many) return tell_many(s, err);
    if (s->nomem) return tg_error_set(err, TG_E_NOMEM, "not enough memory to read the reply");
    return tell_fault(s, err);
}

/* Scan the text of S from a defined start; free the key stack in every case. */
static bool run(scan *s, tg_text text, tg_what *what, tg_error *err)
{
    const char *end;
    tg_keys keys; /* not initialised as a whole: clearing its inline items would cost time */
    tg_keys_init(&keys);
    s->keys = &keys;
    s->start = text.p;
    s->end = tg_text_end(text);
    s->most = s->o->limit ? s->o->limit : NATURAL_BYTES + text.n / 4;
    if (s->o->limit) keys.most = s->most / 2 / sizeof *keys.items;
    if (tg_text_space(s->start, s->end) == s->end)
        return tg_error_set(err, TG_E_DECODE, "empty body");
    end = scan_text(s, what);
    if (end && *what == TG_V_INT && s->number.is_real) {
        *what = TG_V_REAL;
        if (s->o->shape == TG_REPLY_INT) end = fail(s, s->start, "expected an integer");
    }
    if (!end) tell(s, err);
    tg_keys_clear(&keys);
    return end != NULL;
}

void tg_index_init(tg_index *ix)
{
    *ix = (tg_index){.entries = NULL};
}

void tg_index_clear(tg_index *ix)
{
    free(ix->entries);
    tg_index_init(ix);
}

/* Return the unused memory. If realloc cannot shrink, keep the larger block. */
static void trim_index(tg_index *ix)
{
    tg_entry *entries;
    if (ix->count == 0 || ix->count == ix->size) return;
    entries = realloc(ix->entries, ix->count * sizeof *entries);
    if (!entries) return;
    ix->entries = entries;
    ix->size = ix->count;
}

bool tg_index_text(tg_index *ix, tg_text text, const tg_index_options *o, tg_error *err)
{
    scan s = {.o = o, .ix = ix};
    if (o->id_key) s.id_key = (tg_text){o->id_key, strlen(o->id_key)};
    ix->count = 0;
    if (!run(&s, text, &ix->root, err)) {
        tg_index_clear(ix);
        return false;
    }
    trim_index(ix);
    return true;
}

bool tg_json_check_at(tg_text text, size_t *at, tg_error *err)
{
    static const tg_index_options any = {.shape = TG_REPLY_ANY};
    scan s = {.o = &any};
    tg_what what;
    bool good = run(&s, text, &what, err);
    *at = s.at ? (size_t)(s.at - s.start) : text.n;
    return good;
}

bool tg_json_check(tg_text text, tg_error *err)
{
    size_t at;
    return tg_json_check_at(text, &at, err);
}
