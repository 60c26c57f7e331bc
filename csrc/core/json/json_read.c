/*
** Read values from a checked text. Only requested values are decoded; the functions skip all others
** by searching for quotes and brackets. Correct for checked texts, and within bounds for any bytes.
*/
#include "toggl.h"

#include "json_block.h"
#include "json_keys.h"
#include "json_text.h"

/* ------------------------------------------------------------------------------------- skipping */

/* P: inside a string. Returns its closing quote, or END. */
static const char *string_end(const char *p, const char *end, bool *escaped)
{
    *escaped = false;
    for (;;) {
        p = tg_text_quote(p, end);
        if (p == end || *p == '"') return p;
        *escaped = true;
        p = end - p > 2 ? p + 2 : end;
    }
}

#if TG_SSE2
/* container_end in blocks of 64 bytes; NULL when an escape requires the slow version. */
static const char *container_end_fast(const char *p, const char *end)
{
    uint64_t inside = 0;
    size_t depth = 0;
    for (; p < end; p += 64) {
        tg_block b = tg_block_read(p, (size_t)(end - p), '"', &inside);
        if (b.escapes) return NULL;
        for (uint64_t bits = b.opens | b.closes; bits; bits &= bits - 1) {
            if (b.opens & bits & (0 - bits))
                depth++;
            else if (--depth == 0)
                return p + __builtin_ctzll(bits) + 1;
        }
        if (end - p <= 64) break;
    }
    return end;
}
#endif

/* P: a bracket. Returns the position after its closing bracket, or END. */
static const char *container_end_slow(const char *p, const char *end)
{
    size_t depth = 0;
    bool escaped;
    for (;; p++) {
        p = tg_text_bracket(p, end);
        if (p == end) return end;
        if (*p == '"') {
            p = string_end(p + 1, end, &escaped);
            if (p == end) return end;
        } else if (*p == '{' || *p == '[') {
            depth++;
        } else if (--depth == 0) {
            return p + 1;
        }
    }
}

static const char *container_end(const char *p, const char *end)
{
#if TG_SSE2
    const char *found = container_end_fast(p, end);
    if (found) return found;
#endif
    return container_end_slow(p, end);
}

/* The position after the number or literal at P. */
static const char *literal_end(const char *p, const char *end)
{
    while (p < end && *p != ',' && *p != '}' && *p != ']' && (unsigned char)*p > ' ') p++;
    return p;
}

/* P: the start of a value. Returns the position after it, or END. */
static const char *value_end(const char *p, const char *end)
{
    bool escaped;
    if (p == end) return end;
    if (*p == '{' || *p == '[') return container_end(p, end);
    if (*p != '"') return literal_end(p, end);
    p = string_end(p + 1, end, &escaped);
    return p == end ? end : p + 1;
}

/* P: after a value. Returns the start of the next member or item, or END. */
static const char *next_item(const char *p, const char *end)
{
    p = tg_text_space(p, end);
    return p < end && *p == ',' ? tg_text_space(p + 1, end) : end;
}

/* P: after a key's closing quote. Returns the start of its value. */
static const char *after_colon(const char *p, const char *end)
{
    p = tg_text_space(p, end);
    return p < end && *p == ':' ? tg_text_space(p + 1, end) : end;
}

/* ------------------------------------------------------------------------------------- decoding */

static tg_value read_number(tg_text text)
{
    tg_value v = {.what = TG_V_ABSENT, .text = text};
    const char *why, *end = text.p + text.n;
    tg_number number;
    if (tg_number_scan(text.p, end, &number, &why) != end) return v;
    v.what = number.is_real ? TG_V_REAL : TG_V_INT;
    if (number.is_real)
        v.real = tg_number_real(text);
    else
        v.integer = number.integer;
    return v;
}

/* Read the value at P; *NEXT is the position after it. */
static tg_value read_value(const char *p, const char *end, const char **next)
{
    tg_value v = {.what = TG_V_ABSENT};
    *next = end;
    if (p == end) return v;
    if (*p == '"') {
        const char *close = string_end(p + 1, end, &v.escaped);
        if (close == end) return (tg_value){.what = TG_V_ABSENT};
        v.what = TG_V_STRING;
        v.text = (tg_text){p + 1, (size_t)(close - p) - 1};
        *next = close + 1;
        return v;
    }
    *next = value_end(p, end);
    v.text = (tg_text){p, (size_t)(*next - p)};
    switch (*p) {
    case '{': v.what = TG_V_OBJECT; break;
    case '[': v.what = TG_V_ARRAY; break;
    case 'n': v.what = TG_V_NULL; break;
    case 't':
    case 'f':
        v.what = TG_V_BOOL;
        v.boolean = *p == 't';
        break;
    default: return read_number(v.text);
    }
    return v;
}

tg_value tg_value_of(tg_text text)
{
    const char *end = tg_text_end(text), *next;
    return read_value(tg_text_space(text.p, end), end, &next);
}

#if TG_SSE2
/* Does KEY, in quotes, end right before the colon at AT? Requires a text without escapes between
   START and AT. */
static bool is_key_before(const char *start, const char *at, tg_text key)
{
    if ((size_t)(at - start) < key.n + 2) return false;
    at -= key.n + 2;
    /* a quote in KEY could match across the end of one key, its value and the start of the next
       key */
    if (*at != '"' || key.n == 0) return *at == '"';
    return memcmp(at + 1, key.p, key.n) == 0 && !memchr(key.p, '"', key.n);
}

/*
** Find the value of KEY; END: none; NULL: escapes or spaces require find_slow. Checks only colons
** outside strings that follow a quote and the last byte of KEY; brackets tell whether the key
** belongs to the outer object. The carries move the last bytes of one block into the next one.
*/
static const char *find_fast(const char *start, const char *end, tg_text key)
{
    uint64_t inside = 0, quote_carry = 0, last_carry = 0;
    char last = key.n > 0 ? key.p[key.n - 1] : '"';
    size_t depth = 0;
    for (const char *p = start; p < end; p += 64) {
        tg_block b = tg_block_read(p, (size_t)(end - p), last, &inside);
        uint64_t after_quote = b.quotes << 1 | quote_carry,
                 after_key = after_quote & (b.wanted << 2 | last_carry);
        if (b.escapes || (b.colons & ~after_quote)) return NULL;
        quote_carry = b.quotes >> 63;
        last_carry = b.wanted >> 62;
        for (uint64_t bits = b.opens | b.closes | (b.colons & after_key); bits; bits &= bits - 1) {
            uint64_t bit = bits & (0 - bits);
            const char *at = p + __builtin_ctzll(bits);
            if (b.opens & bit)
                depth++;
            else if (b.closes & bit)
                depth--;
            else if (depth == 1 && is_key_before(start, at, key))
                return tg_text_space(at + 1, end);
        }
        if (end - p <= 64) break;
    }
    return end;
}
#endif

/* The same, member by member, for any checked text. */
static const char *find_slow(const char *start, const char *end, tg_text key)
{
    const char *p = tg_text_space(start + 1, end);
    while (p < end && *p == '"') {
        bool escaped;
        const char *name = p + 1, *quote = string_end(name, end, &escaped);
        if (quote == end) break;
        p = after_colon(quote + 1, end);
        if (tg_key_is(name, (size_t)(quote - name), escaped, key)) return p;
        p = next_item(value_end(p, end), end);
    }
    return end;
}

tg_value tg_value_get(tg_text object, tg_text key)
{
    const char *end = tg_text_end(object), *start = tg_text_space(object.p, end), *p = NULL, *next;
    if (start == end || *start != '{') return (tg_value){.what = TG_V_ABSENT};
#if TG_SSE2
    p = find_fast(start, end, key);
#endif
    if (!p) p = find_slow(start, end, key);
    return read_value(p, end, &next);
}

static bool is_text(const tg_value *v, tg_text text)
{
    return v->text.n == text.n && memcmp(v->text.p, text.p, text.n) == 0;
}

static void read_boolean(tg_value *v)
{
    bool text = v->what == TG_V_STRING, integer = v->what == TG_V_INT;
    bool yes =
        text ? is_text(v, TG_TEXT("true")) || is_text(v, TG_TEXT("1")) : integer && v->integer == 1;
    bool no = text ? is_text(v, TG_TEXT("false")) || is_text(v, TG_TEXT("0"))
                   : integer && v->integer == 0;
    if (!yes && !no) return;
    v->what = TG_V_BOOL;
    v->boolean = yes;
}

static void read_integer(tg_value *v)
{
    const char *why, *end = v->text.p + v->text.n;
    tg_number number;
    if (v->what == TG_V_REAL && tg_real_integral(v->real, &v->integer)) v->what = TG_V_INT;
    if (v->what != TG_V_STRING || tg_number_scan(v->text.p, end, &number, &why) != end ||
        number.is_real)
        return;
    v->what = TG_V_INT;
    v->integer = number.integer;
}

void tg_value_read_as(tg_value *v, const tg_field *f)
{
    if (f->type == TG_BOOL && v->what != TG_V_BOOL && v->what > TG_V_NULL)
        read_boolean(v);
    else if (f->type == TG_INT && v->what != TG_V_INT && v->what > TG_V_NULL)
        read_integer(v);
}

static bool is_empty(const tg_value *container)
{
    size_t pos = 0;
    tg_value key, item;
    return !tg_value_next(container->text, &pos, &key, &item);
}

/* Some servers send {} for an empty list, and older ones a text in place of a list of words or
   keys. */
static bool fits_list(const tg_value *v, const tg_field *f)
{
    return v->what == TG_V_ARRAY || (v->what == TG_V_OBJECT && is_empty(v)) ||
           (v->what == TG_V_STRING && !f->model);
}

bool tg_value_fits(const tg_value *v, const tg_field *f)
{
    bool number = v->what == TG_V_INT || v->what == TG_V_REAL;
    if (v->what <= TG_V_NULL) return true;
    switch (f->type) {
    case TG_INT: return v->what == TG_V_INT;
    case TG_REAL: return number;
    case TG_BOOL: return v->what == TG_V_BOOL;
    case TG_STRING: return v->what == TG_V_STRING || number; /* the digits are the text */
    case TG_TIME: return v->what == TG_V_STRING;
    case TG_LIST: return fits_list(v, f);
    case TG_RECORD: return v->what == TG_V_OBJECT || v->what == TG_V_INT; /* older: its key */
    case TG_MAP: return v->what == TG_V_OBJECT;
    default: return true;
    }
}

tg_value tg_value_field(tg_text object, const tg_field *f)
{
    const char *name = tg_field_wire(f);
    tg_value v = tg_value_get(object, (tg_text){name, strlen(name)});
    if (v.what == TG_V_ABSENT && f->older)
        v = tg_value_get(object, (tg_text){f->older, strlen(f->older)});
    tg_value_read_as(&v, f);
    return v;
}

/* POS is 0 before the first member or item, then the start of the next one, finally the end. */
bool tg_value_next(tg_text container, size_t *pos, tg_value *key, tg_value *value)
{
    const char *start = container.p, *end = tg_text_end(container),
               *open = tg_text_space(start, end), *p, *quote;
    bool object = open < end && *open == '{';
    if (*pos >= container.n || open == end || (!object && *open != '[')) return false;
    p = *pos == 0 ? tg_text_space(open + 1, end) : start + *pos;
    *pos = container.n;
    *key = (tg_value){.what = TG_V_ABSENT};
    if (p == end || *p == '}' || *p == ']') return false;
    if (object) {
        *key = read_value(p, end, &quote);
        p = after_colon(quote, end);
    }
    *value = read_value(p, end, &p);
    *pos = (size_t)(next_item(p, end) - start);
    return value->what != TG_V_ABSENT;
}

static bool is_wire(const tg_field *f, const tg_value *key)
{
    const char *name = tg_field_wire(f);
    if (key->escaped)
        return tg_key_is(key->text.p, key->text.n, true, (tg_text){name, strlen(name)});
    return strncmp(name, key->text.p, key->text.n) == 0 && !name[key->text.n];
}

static void fields_slow(tg_text object, const tg_field *const *fields, size_t n, tg_value *out)
{
    tg_value key, value;
    for (size_t pos = 0; tg_value_next(object, &pos, &key, &value) && key.what == TG_V_STRING;)
        for (size_t i = 0; i < n; i++)
            if (out[i].what == TG_V_ABSENT && is_wire(fields[i], &key)) out[i] = value;
}

#if TG_SSE2
#define FIELDS_MOST 48 /* fields of fields_fast */

/* Read the member whose colon is at AT, after a key without escapes, into OUT, which has the fields
   whose names have these SIZES. Of a container, set the start alone: fields_fast sets the end. */
static void take_member(const char *start, const char *end, const char *at,
                        const tg_field *const *fields, const size_t *sizes, size_t n, tg_value *out)
{
    const char *quote = at - 1, *name = quote, *next;
    while (name > start && name[-1] != '"') name--;
    size_t size = (size_t)(quote - name);
    for (size_t i = 0; i < n; i++) {
        if (sizes[i] != size || out[i].what != TG_V_ABSENT ||
            memcmp(tg_field_wire(fields[i]), name, size) != 0)
            continue;
        const char *p = tg_text_space(at + 1, end);
        bool open = p < end && (*p == '{' || *p == '[');
        out[i] = open ? (tg_value){.what = *p == '{' ? TG_V_OBJECT : TG_V_ARRAY, .text = {p, 0}}
                      : read_value(p, end, &next);
    }
}

static void end_containers(const char *end, size_t n, tg_value *out)
{
    for (size_t i = 0; i < n; i++)
        if (out[i].what >= TG_V_ARRAY && out[i].text.n == 0)
            out[i].text.n = (size_t)(end - out[i].text.p);
}

/* fields_slow in one pass over blocks of 64 bytes. False: escapes, spaces, a missing bracket or too
   many fields require fields_slow, and OUT is not complete. */
static bool fields_fast(const char *start, const char *end, const tg_field *const *fields, size_t n,
                        tg_value *out)
{
    uint64_t inside = 0, quote_carry = 0;
    size_t depth = 0, sizes[FIELDS_MOST];
    if (n > FIELDS_MOST) return false;
    for (size_t i = 0; i < n; i++) sizes[i] = strlen(tg_field_wire(fields[i]));
    for (const char *p = start; p < end; p += 64) {
        tg_block b = tg_block_read(p, (size_t)(end - p), '"', &inside);
        uint64_t after_quote = b.quotes << 1 | quote_carry;
        if (b.escapes || (b.colons & ~after_quote)) return false;
        quote_carry = b.quotes >> 63;
        uint64_t brackets = b.opens | b.closes;
        for (uint64_t bits = depth == 1 ? brackets | b.colons : brackets; bits; bits &= bits - 1) {
            uint64_t bit = bits & (0 - bits);
            const char *at = p + __builtin_ctzll(bits);
            if (b.colons & bit) {
                take_member(start, end, at, fields, sizes, n, out);
                continue;
            }
            depth += b.opens & bit ? 1 : (size_t)-1;
            if (depth == 0) return true;
            if (depth > 1) {
                bits &= brackets; /* the colons of nested values do not count */
                continue;
            }
            bits |= b.colons & (0 - bit);
            if (b.closes & bit) end_containers(at + 1, n, out);
        }
        if (end - p <= 64) break;
    }
    return false;
}
#endif

/* As tg_value_get does, the first of two members with one key counts. */
void tg_value_fields(tg_text object, const tg_field *const *fields, size_t n, tg_value *out)
{
    const char *end = tg_text_end(object), *start = tg_text_space(object.p, end);
    bool done = start == end || *start != '{';
    for (size_t i = 0; i < n; i++) out[i] = (tg_value){.what = TG_V_ABSENT};
#if TG_SSE2
    done = done || fields_fast(start, end, fields, n, out);
    for (size_t i = 0; !done && i < n; i++) out[i] = (tg_value){.what = TG_V_ABSENT};
#endif
    if (!done) fields_slow(object, fields, n, out);
    for (size_t i = 0; i < n; i++) {
        if (out[i].what == TG_V_ABSENT && fields[i]->older)
            out[i] = tg_value_field(object, fields[i]);
        else
            tg_value_read_as(&out[i], fields[i]);
    }
}

size_t tg_value_unescape(const tg_value *v, char *out)
{
    const char *p = v->text.p, *end = tg_text_end(v->text);
    size_t n = 0, made;
    char bytes[4];
    if (!v->escaped) {
        if (v->text.n > 0) memcpy(out, p, v->text.n);
        return v->text.n;
    }
    while (p < end) {
        p = tg_unescape_step(p, end, bytes, &made);
        memcpy(out + n, bytes, made);
        n += made;
    }
    return n;
}

tg_walk tg_walk_start(tg_text text)
{
    return (tg_walk){text.p, tg_text_end(text)};
}

bool tg_walk_next(tg_walk *w, tg_value *v)
{
    const char *p = w->p;
    while (p < w->end &&
           (*p == ',' || *p == ':' || *p == ' ' || *p == '\n' || *p == '\r' || *p == '\t'))
        p++;
    w->p = p;
    if (p == w->end) return false;
    switch (*p) {
    case '{':
    case '[':
    case '}':
    case ']':
        *v = (tg_value){.what = *p == '{'   ? TG_V_OBJECT
                                : *p == '[' ? TG_V_ARRAY
                                            : TG_V_ABSENT,
                        .text = {p, 1}};
        w->p = p + 1;
        return true;
    default: *v = read_value(p, w->end, &w->p); return true;
    }
}
