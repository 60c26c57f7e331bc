/* Find operations and their fields, and check values against their rows. The rows are in ops.c. */
#include <inttypes.h>
#include <string.h>

#include "control.h"
#include "email.h"
#include "error.h"
#include "json.h"

const char *tg_effect_name(tg_effect effect)
{
    static const char *const names[] = {NULL, "same", "checkable", "once"};
    return names[effect];
}

const tg_op *tg_op_find(const char *name)
{
    size_t count;
    const tg_op *ops = tg_ops(&count);
    for (size_t i = 0; i < count; i++)
        if (strcmp(ops[i].name, name) == 0) return &ops[i];
    return NULL;
}

const tg_field *tg_field_find(const tg_field *fields, const char *name, size_t n)
{
    for (const tg_field *f = fields; f->name; f++)
        if (strncmp(f->name, name, n) == 0 && f->name[n] == '\0') return f;
    return NULL;
}

/* Read the text of a variable at *P, which ends at a slash or where the template goes on. */
static tg_text take_variable(const char *rest, const char **p, const char *end)
{
    const char *from = *p;
    while (*p < end && **p != '/' && (*rest == '/' || *rest == '\0' || **p != *rest)) ++*p;
    return (tg_text){from, (size_t)(*p - from)};
}

int tg_op_match(const tg_op *op, tg_text path, tg_text value[TG_MAX_PATH_VARIABLES])
{
    const char *t = op->path, *p = path.p, *end = path.p + path.n;
    int n = 0;
    while (*t) {
        if (*t == '{') {
            t += strcspn(t, "}") + 1;
            tg_text text = take_variable(t, &p, end);
            if (!text.n || n == TG_MAX_PATH_VARIABLES) return -1;
            value[n++] = text;
        } else if (p == end || *t++ != *p++) {
            return -1;
        }
    }
    return p == end ? n : -1;
}

/* --------------------------------------------------------------------------------------- checks */

static bool limited(const tg_field *f)
{
    return f->min || f->max;
}

bool tg_check_int(const tg_field *f, int64_t value, tg_error *err)
{
    /* The limits of a list apply to its length, not to its items; but no key is below 1. */
    bool list = f->type == TG_LIST;
    int64_t min = list ? (f->key ? 1 : INT64_MIN) : limited(f) ? f->min : INT64_MIN;
    int64_t max = list || !limited(f) ? INT64_MAX : f->max;
    if (value < min)
        return tg_error_set(err, TG_E_INVALID, "is %" PRId64 "; at least %" PRId64, value, min);
    if (value > max)
        return tg_error_set(err, TG_E_INVALID, "is %" PRId64 "; at most %" PRId64, value, max);
    return true;
}

bool tg_check_count(const tg_field *f, size_t items, tg_error *err)
{
    const char *s = items == 1 ? "" : "s";
    if (!limited(f)) return true;
    if (f->min > 0 && items < (uint64_t)f->min) {
        if (items == 0)
            return tg_error_set(err, TG_E_INVALID, "is empty; at least %" PRId64, f->min);
        return tg_error_set(err, TG_E_INVALID, "has %zu item%s; at least %" PRId64, items, s,
                            f->min);
    }
    if (f->max >= 0 && items > (uint64_t)f->max)
        return tg_error_set(err, TG_E_INVALID, "has %zu item%s; at most %" PRId64, items, s,
                            f->max);
    return true;
}

/* C0, DEL and C1 control characters are not allowed in names, addresses and headers. */
static bool check_controls(tg_text v, tg_error *err)
{
    const char *p = tg_control_find(v.p, v.n);
    if (!p) return true;
    return tg_error_set(err, TG_E_INVALID, "holds a %s at byte %zu",
                        *p == '\n' || *p == '\r' ? "line break"
                        : *p == '\0'             ? "zero byte"
                                                 : "control character",
                        (size_t)(p - v.p) + 1);
}

static bool check_encoding(tg_text v, size_t *points, tg_error *err)
{
    size_t good = tg_utf8_check(v, points);
    if (good < v.n)
        return tg_error_set(err, TG_E_INVALID, "is not valid UTF-8 at byte %zu", good + 1);
    return check_controls(v, err);
}

static bool check_length(const tg_field *f, size_t points, tg_error *err)
{
    const char *s = points == 1 ? "" : "s";
    if (f->min > 0 && points == 0) return tg_error_set(err, TG_E_INVALID, "is empty");
    if (f->min > 0 && points < (uint64_t)f->min)
        return tg_error_set(err, TG_E_INVALID, "is %zu character%s long; at least %" PRId64, points,
                            s, f->min);
    if (points > (uint64_t)f->max)
        return tg_error_set(err, TG_E_INVALID, "is %zu character%s long; at most %" PRId64, points,
                            s, f->max);
    return true;
}

static bool blank(tg_text v)
{
    for (size_t i = 0; i < v.n; i++)
        if (v.p[i] != ' ') return false;
    return true;
}

static bool is_word(const char *words, tg_text v)
{
    for (size_t n; *words; words += n + (words[n] == ' ')) {
        n = strcspn(words, " ");
        if (n == v.n && memcmp(words, v.p, n) == 0) return true;
    }
    return false;
}

/* Lists the allowed values, separated by commas: "asc, desc". */
static bool refuse_word(const char *words, tg_error *err)
{
    char list[160];
    size_t n = 0;
    for (; *words && n < sizeof list - 2; words++) {
        if (*words == ' ') list[n++] = ',';
        list[n++] = *words;
    }
    list[n] = '\0';
    return tg_error_set(err, TG_E_INVALID, "must be one of %s", list);
}

/* In a joined list each item must be allowed; otherwise a comma is an ordinary character. */
static bool check_words(const tg_field *f, tg_text v, tg_error *err)
{
    while (f->flags & TG_JOINED) {
        const char *comma = v.n ? memchr(v.p, ',', v.n) : NULL;
        if (!comma) break;
        size_t n = (size_t)(comma - v.p);
        if (!is_word(f->words, (tg_text){v.p, n})) return refuse_word(f->words, err);
        v = (tg_text){comma + 1, v.n - n - 1};
    }
    return is_word(f->words, v) ? true : refuse_word(f->words, err);
}

/* Read exactly N digits and advance; -1: no digits. */
static int digits(tg_text *v, size_t n)
{
    int value = 0;
    if (v->n < n) return -1;
    for (size_t i = 0; i < n; i++) {
        if (v->p[i] < '0' || v->p[i] > '9') return -1;
        value = value * 10 + (v->p[i] - '0');
    }
    *v = (tg_text){v->p + n, v->n - n};
    return value;
}

/* Read one of the letters in SET. */
static bool letter(tg_text *v, const char *set)
{
    if (v->n == 0 || !strchr(set, v->p[0])) return false;
    *v = (tg_text){v->p + 1, v->n - 1};
    return true;
}

static bool between(int value, int low, int high)
{
    return value >= low && value <= high;
}

static bool read_date(tg_text *v)
{
    static const int days[] = {0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int year = digits(v, 4);
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    if (year < 0 || !letter(v, "-")) return false;
    int month = digits(v, 2);
    if (!between(month, 1, 12) || !letter(v, "-")) return false;
    return between(digits(v, 2), 1, month == 2 && !leap ? 28 : days[month]);
}

/* Read the time of day with its fraction; a leap second is second 60. */
static bool read_clock(tg_text *v)
{
    if (!between(digits(v, 2), 0, 23) || !letter(v, ":")) return false;
    if (!between(digits(v, 2), 0, 59) || !letter(v, ":")) return false;
    if (!between(digits(v, 2), 0, 60)) return false;
    if (!letter(v, ".")) return true;
    size_t before = v->n;
    while (digits(v, 1) >= 0) continue;
    return between((int)(before - v->n), 1, 9);
}

static bool read_zone(tg_text *v)
{
    if (letter(v, "Zz")) return true;
    return letter(v, "+-") && between(digits(v, 2), 0, 23) && letter(v, ":") &&
           between(digits(v, 2), 0, 59);
}

static bool check_time(tg_text v, tg_error *err)
{
    if (read_date(&v) && letter(&v, "Tt") && read_clock(&v) && read_zone(&v) && v.n == 0)
        return true;
    return tg_error_set(err, TG_E_INVALID, "is not a time such as 2026-01-31T09:00:00Z");
}

bool tg_check_text(const tg_field *f, tg_text value, tg_error *err)
{
    size_t points = 0;
    if (!check_encoding(value, &points, err)) return false;
    if (f->type != TG_LIST && limited(f) && !check_length(f, points, err)) return false;
    if ((f->flags & TG_NOT_BLANK) && blank(value))
        return tg_error_set(err, TG_E_INVALID, "holds nothing but spaces");
    if ((f->flags & TG_EMAIL) && !tg_check_email(value, err)) return false;
    if (f->type == TG_TIME && !check_time(value, err)) return false;
    return f->words ? check_words(f, value, err) : true;
}
