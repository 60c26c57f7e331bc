/* Reject texts that cannot be e-mail addresses. Most errors come from pasting: invisible
   characters, brackets, mailto:. */
#include "email.h"

#include <ctype.h>
#include <string.h>
#include <uchar.h>
#include <unictype.h>
#include <utf8proc.h>

#include "error.h"
#include "utf8.h"

#define BAD "is not an e-mail address: "

#define LONGEST_NAME  64  /* bytes before the at sign, RFC 5321 */
#define LONGEST_LABEL 63  /* bytes between two dots of a domain, RFC 1035 */
#define LONGEST_HOST  253 /* bytes of a domain */
#define MOST_SCRIPTS  4   /* of one word; at most three are allowed */

typedef utf8proc_int32_t point;

/* The code point at P; *N: its length. Invalid UTF-8 was rejected before. */
static point next(const char *p, const char *end, size_t *n)
{
    point c;
    utf8proc_ssize_t got = utf8proc_iterate((const utf8proc_uint8_t *)p, end - p, &c);
    *n = got > 0 ? (size_t)got : 1;
    return got > 0 ? c : (unsigned char)*p;
}

static bool is_unseen(point c)
{
    /* U+2800 is the blank Braille pattern */
    if (c == 0x2800 || c == 0xFFFD || c >= 0xE0000) return true;
    switch (utf8proc_category(c)) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_CO:
    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP: return true;
    default: return utf8proc_get_property(c)->ignorable;
    }
}

/* The ASCII text that C is a form of, such as a full-width letter; "": none. */
static const char *plain_form(point c, char out[20])
{
    point parts[18];
    int last = 0;
    utf8proc_ssize_t n =
        utf8proc_decompose_char(c, parts, 18, UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT, &last);
    for (utf8proc_ssize_t i = 0; i < n && i < 18; i++) {
        if (parts[i] >= 0x80) n = 0;
        out[i] = (char)parts[i];
    }
    out[n > 0 && n < 18 ? n : 0] = '\0';
    return out;
}

static bool check_characters(tg_text v, tg_error *err)
{
    const char *end = tg_text_end(v), *p = v.p;
    char form[20];
    for (size_t n; p < end; p += n) {
        point c = next(p, end, &n);
        size_t at = (size_t)(p - v.p) + 1;
        if (n > 1 && is_unseen(c))
            return tg_error_set(err, TG_E_INVALID, BAD "U+%04X at byte %zu cannot be seen",
                                (unsigned)c, at);
        if (n > 1 && *plain_form(c, form))
            return tg_error_set(err, TG_E_INVALID, BAD "U+%04X at byte %zu only looks like '%s'",
                                (unsigned)c, at, form);
        if (n == 1 && c && strchr(" <>()[]\\,;:\"", (int)c))
            return tg_error_set(err, TG_E_INVALID, BAD "it holds %s at byte %zu",
                                c == ' ' ? "a space" : (char[]){'\'', (char)c, '\'', '\0'}, at);
    }
    return true;
}

/* ------------------------------------------------------------------------------------- scripts */

typedef struct word {
    const uc_script_t *scripts[MOST_SCRIPTS];
    size_t count;
} word;

static bool is_script(const uc_script_t *s, const char *name)
{
    return s && strcmp(s->name, name) == 0;
}

/* Digits, marks and the like belong to no script. True: S is a script not seen in the word
   before. */
static bool add_script(word *w, const uc_script_t *s)
{
    if (!s || is_script(s, "Common") || is_script(s, "Inherited")) return false;
    for (size_t i = 0; i < w->count; i++)
        if (w->scripts[i] == s) return false;
    if (w->count < MOST_SCRIPTS) w->scripts[w->count++] = s;
    return w->count > 1;
}

static bool only_of(const word *w, const char *const names[])
{
    for (size_t i = 0; i < w->count; i++) {
        bool found = false;
        for (size_t k = 0; names[k] && !found; k++) found = is_script(w->scripts[i], names[k]);
        if (!found) return false;
    }
    return true;
}

/* Scripts that may be mixed, as in UTS 39 (highly restrictive). */
static bool go_together(const word *w)
{
    static const char *const sets[][5] = {{"Latin", "Han", "Hiragana", "Katakana", NULL},
                                          {"Latin", "Han", "Bopomofo", NULL},
                                          {"Latin", "Han", "Hangul", NULL}};
    if (w->count < 2) return true;
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++)
        if (only_of(w, sets[i])) return true;
    return false;
}

/* A letter from another script than its neighbours imitates a letter of theirs. Words end at ASCII
   characters other than letters and digits. WHERE: the part of V that the N bytes at P are. */
static bool check_scripts(tg_text v, const char *p, size_t n, const char *where, tg_error *err)
{
    const char *end = p + n;
    word w = {.count = 0};
    for (size_t size; p < end; p += size) {
        point c = next(p, end, &size);
        if (size == 1 && !isalnum((int)c)) {
            w.count = 0;
            continue;
        }
        if (!add_script(&w, uc_script((ucs4_t)c)) || go_together(&w)) continue;
        return tg_error_set(err, TG_E_INVALID, BAD "%s mixes %s and %s letters: U+%04X at byte %zu",
                            where, w.scripts[0]->name, w.scripts[w.count - 1]->name, (unsigned)c,
                            (size_t)(p - v.p) + 1);
    }
    return true;
}

/* Letters of other scripts that look like Latin ones, by script. */
static const struct {
    const char *script;
    const char32_t *letters;
} alike[] = {{"Cyrillic", U"асԁеһіјкӏморԛѕтԝхуьҽпгѵѡАВЕЅІЈКМНОРСТУХԚԜ"},
             {"Greek", U"αικνορυωηγΑΒΕΖΗΙΚΜΝΟΡΤΥΧ"},
             {"Armenian", U"հոսօցյզ"}};

/* The row of alike for the script of C; its count: no row. */
static size_t alike_row(point c)
{
    const uc_script_t *s = uc_script((ucs4_t)c);
    size_t i = 0;
    while (i < sizeof alike / sizeof *alike && !is_script(s, alike[i].script)) i++;
    return i;
}

static bool looks_latin(point c, size_t row)
{
    for (const char32_t *p = alike[row].letters; *p; p++)
        if (*p == (char32_t)c) return true;
    return false;
}

/* Do the N bytes at P hold a letter that only the script of that row has? */
static bool shows_script(const char *p, size_t n, size_t row)
{
    const char *end = p + n;
    for (size_t size; p < end; p += size) {
        point c = next(p, end, &size);
        if (size > 1 && alike_row(c) == row && !looks_latin(c, row)) return true;
    }
    return false;
}

/* The length of the word at P: up to an ASCII character other than letters and digits. */
static size_t word_length(const char *p, const char *end)
{
    const char *from = p;
    while (p < end && ((unsigned char)*p >= 0x80 || isalnum((unsigned char)*p))) p++;
    return (size_t)(p - from);
}

/* Reject a word at P of V, within its N bytes, whose letters all look like Latin ones, unless the
   domain shows the script. Letters that are mixed were rejected before. */
static bool check_alike(tg_text v, const char *p, size_t n, const char *host, tg_error *err)
{
    const char *end = p + n;
    for (size_t size; p < end; p += size ? size : 1) {
        size = word_length(p, end);
        const char *c = p;
        while (c < p + size && (unsigned char)*c < 0x80) c++;
        if (c == p + size) continue;
        size_t step, row = alike_row(next(c, end, &step));
        if (row == sizeof alike / sizeof *alike || shows_script(p, size, row) ||
            shows_script(host, (size_t)(tg_text_end(v) - host), row))
            continue;
        return tg_error_set(err, TG_E_INVALID,
                            BAD "\"%.*s\" at byte %zu is of %s letters that look like Latin ones",
                            (int)(size < 60 ? size : 60), p, (size_t)(p - v.p) + 1,
                            alike[row].script);
    }
    return true;
}

/* -------------------------------------------------------------------------------------- domain */

/* Dot-separated names, none of them empty. */
static bool good_part(const char *p, size_t n)
{
    if (n == 0 || p[0] == '.' || p[n - 1] == '.') return false;
    for (size_t i = 1; i < n; i++)
        if (p[i] == '.' && p[i - 1] == '.') return false;
    return true;
}

/* Letters, marks and digits, dots and hyphens; also the middle dots of Catalan and Japanese
   names. */
static bool fits_host(point c)
{
    if (c < 0x80) return c == '.' || c == '-' || isalnum((int)c);
    if (c == 0xB7 || c == 0x30FB) return true;
    utf8proc_category_t k = utf8proc_category(c);
    return k >= UTF8PROC_CATEGORY_LU && k <= UTF8PROC_CATEGORY_NO;
}

static bool check_host_characters(tg_text v, const char *p, size_t n, tg_error *err)
{
    const char *end = p + n;
    for (size_t size; p < end; p += size) {
        point c = next(p, end, &size);
        size_t at = (size_t)(p - v.p) + 1;
        if (fits_host(c)) continue;
        if (size == 1)
            return tg_error_set(err, TG_E_INVALID, BAD "its domain holds '%c' at byte %zu", (char)c,
                                at);
        return tg_error_set(err, TG_E_INVALID, BAD "its domain holds U+%04X at byte %zu",
                            (unsigned)c, at);
    }
    return true;
}

static bool all_are(int (*is)(int), const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!is((unsigned char)p[i])) return false;
    return true;
}

/* Check the N bytes at P, one label of the domain. LAST: the top-level one. The encoded length of a
   label in another script is unknown here. */
static bool check_label(const char *p, size_t n, bool last, tg_error *err)
{
    if (p[0] == '-' || p[n - 1] == '-')
        return tg_error_set(err, TG_E_INVALID,
                            BAD "a name in its domain begins or ends with a hyphen");
    if (n > LONGEST_LABEL && all_are(isascii, p, n))
        return tg_error_set(err, TG_E_INVALID, BAD "a name in its domain has %zu bytes, %d at most",
                            n, LONGEST_LABEL);
    if (last && all_are(isdigit, p, n))
        return tg_error_set(err, TG_E_INVALID, BAD "its domain ends with the number %.*s", (int)n,
                            p);
    return true;
}

/* Check the N bytes at P of V, which follow its at sign. */
static bool check_host(tg_text v, const char *p, size_t n, tg_error *err)
{
    const char *end = p + n, *dot;
    if (!check_host_characters(v, p, n, err)) return false;
    if (!memchr(p, '.', n))
        return tg_error_set(err, TG_E_INVALID, BAD "its domain \"%.*s\" has no dot",
                            (int)(n < 60 ? n : 60), p);
    if (n > LONGEST_HOST)
        return tg_error_set(err, TG_E_INVALID, BAD "its domain has %zu bytes, %d at most", n,
                            LONGEST_HOST);
    if (!check_scripts(v, p, n, "its domain", err) || !check_alike(v, p, n, p, err)) return false;
    for (; p < end; p = dot + 1) {
        dot = memchr(p, '.', (size_t)(end - p));
        if (!dot) dot = end;
        if (!check_label(p, (size_t)(dot - p), dot == end, err)) return false;
    }
    return true;
}

/* -------------------------------------------------------------------------- before the at sign */

static bool is_encoded(const char *p, const char *end)
{
    return end - p > 2 && *p == '%' && isxdigit((unsigned char)p[1]) &&
           isxdigit((unsigned char)p[2]);
}

/* Check the N bytes at P, before the at sign. What a sender could have, but what pasting leaves
   far more often: quotes, signs of lists and formulas, an encoded address of a link. */
static bool check_local(const char *p, size_t n, tg_error *err)
{
    const char *from = p, *end = p + n;
    if (strchr("'`*=", *p)) return tg_error_set(err, TG_E_INVALID, BAD "it begins with %c", *p);
    for (size_t size; p < end; p += size) {
        point c = next(p, end, &size);
        size_t at = (size_t)(p - from) + 1;
        if (is_encoded(p, end))
            return tg_error_set(err, TG_E_INVALID, BAD "\"%.3s\" at byte %zu is encoded", p, at);
        if (size > 1 && !fits_host(c))
            return tg_error_set(err, TG_E_INVALID,
                                BAD "U+%04X at byte %zu is neither a letter nor a digit",
                                (unsigned)c, at);
    }
    return true;
}

bool tg_check_email(tg_text v, tg_error *err)
{
    static const char scheme[] = "mailto:";
    size_t n = 0;
    while (n < v.n && n < sizeof scheme - 1 && (v.p[n] | 0x20) == (scheme[n] | 0x20)) n++;
    if (n == sizeof scheme - 1)
        return tg_error_set(err, TG_E_INVALID, BAD "it begins with mailto:");
    const char *at = v.n ? memchr(v.p, '@', v.n) : NULL;
    size_t before = at ? (size_t)(at - v.p) : 0, behind = at ? v.n - before - 1 : 0;
    if (!check_characters(v, err)) return false;
    if (!at || !before || !behind || memchr(at + 1, '@', behind))
        return tg_error_set(err, TG_E_INVALID, "is not an e-mail address");
    if (!good_part(v.p, before) || !good_part(at + 1, behind))
        return tg_error_set(err, TG_E_INVALID,
                            BAD "a dot stands where no name follows or precedes");
    if (before > LONGEST_NAME)
        return tg_error_set(err, TG_E_INVALID, BAD "%zu bytes stand before the @, %d at most",
                            before, LONGEST_NAME);
    return check_local(v.p, before, err) && check_scripts(v, v.p, before, "it", err) &&
           check_host(v, at + 1, behind, err) && check_alike(v, v.p, before, at + 1, err);
}
