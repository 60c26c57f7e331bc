/*
** The SQL functions of the scripts.
**
**   me()                 account key of the caller, NULL without credentials
**   now()                the server's clock, UNIX seconds
**   iso(t)               t as the service writes times
**   bool(x)              a JSON true or false
**   obj(key, value, ...) json_object() without the members that are NULL
**   raw(text)            a text that is known to be JSON, so that it is not quoted: json() without
**                        a look at it
**   rnd(salt, i)         a repeatable number from the seed, 0 and up
**   secret()             32 new hexadecimal digits, different each time; secret(salt, i):
**                        repeatable
**   given(i), family(i)  names; ascii(i) the same as an address
**   mistyped(body, fields) what is wrong with the types of a body: types.h
**   plan()               the plan in force where an organization has none of its own
**   knob(name)           visible_after, gone_after, page_cap, rate, quota, user_quota, and
**                        enforced: whether there is a quota; late: whether what is late is
**                        hidden
*/
#include "state.h"

#include <string.h>
#include <time.h>

#include "types.h"

#define SB_NAMES 24

static const char *const given[SB_NAMES] = {"Olive",      "Ann",   "Pavel",   "Zoë",   "Łukasz",
                                            "José María", "Søren", "Aoife",   "Yuki",  "Noor",
                                            "Ed",         "李伟",  "Chloé",   "Mateo", "Ingrid",
                                            "Дмитрий",    "Amina", "Björk",   "Tomás", "Nguyễn",
                                            "Priya",      "Ömer",  "Siobhán", "Kofi"};

static const char *const given_ascii[SB_NAMES] = {"olive",  "ann",        "pavel",   "zoe",
                                                  "lukasz", "jose.maria", "soren",   "aoife",
                                                  "yuki",   "noor",       "ed",      "wei",
                                                  "chloe",  "mateo",      "ingrid",  "dmitriy",
                                                  "amina",  "bjork",      "tomas",   "nguyen",
                                                  "priya",  "omer",       "siobhan", "kofi"};

static const char *const family[SB_NAMES] =
    {"Hart",     "Lee",      "O'Brien",        "Müller", "Żak",
     "D’Angelo", "Sørensen", "Ní Dhomhnaill",  "Tanaka", "Al-Amin",
     "Smith",    "王",       "Dubois",         "García", "van den Berg",
     "Иванов",   "Okafor",   "Jónsdóttir",     "Sá",     "Thị Mai",
     "Sharma",   "Yılmaz",   "Quinn-Fletcher", "Mensah"};

double sb_clock(const sb_engine *e)
{
    return e->clock(e->clock_data) + e->knobs.advance;
}

#define JSON_MARK 'J' /* the subtype of JSON: SQLite's functions do not quote such a text */

static sb_engine *engine_of(sqlite3_context *c)
{
    return sqlite3_user_data(c);
}

static void f_me(sqlite3_context *c, int n, sqlite3_value **a)
{
    (void)n, (void)a;
    sb_exchange *x = engine_of(c)->now;
    if (x && x->me)
        sqlite3_result_int64(c, x->me);
    else
        sqlite3_result_null(c);
}

static void f_now(sqlite3_context *c, int n, sqlite3_value **a)
{
    (void)n, (void)a;
    sqlite3_result_double(c, sb_clock(engine_of(c)));
}

static void f_iso(sqlite3_context *c, int n, sqlite3_value **a)
{
    (void)n;
    if (sqlite3_value_type(a[0]) == SQLITE_NULL) return;
    time_t t = (time_t)sqlite3_value_int64(a[0]);
    struct tm parts;
    char text[40];
    gmtime_r(&t, &parts);
    size_t length = strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S+00:00", &parts);
    sqlite3_result_text(c, text, (int)length, SQLITE_TRANSIENT);
}

static void f_bool(sqlite3_context *c, int n, sqlite3_value **a)
{
    (void)n;
    sqlite3_result_text(c, sqlite3_value_int(a[0]) ? "true" : "false", -1, SQLITE_STATIC);
    sqlite3_result_subtype(c, JSON_MARK);
}

static void f_raw(sqlite3_context *c, int n, sqlite3_value **a)
{
    (void)n;
    sqlite3_result_value(c, a[0]);
    sqlite3_result_subtype(c, JSON_MARK);
}

static void add_quoted(sqlite3_str *out, const char *text)
{
    sqlite3_str_appendchar(out, 1, '"');
    for (const char *from = text;; from++) {
        unsigned char ch = (unsigned char)*from;
        if (ch >= 32 && ch != '"' && ch != '\\') continue;
        sqlite3_str_append(out, text, (int)(from - text)); /* needs no escape */
        if (!ch) break;
        sqlite3_str_appendf(out, ch < 32 ? "\\u%04x" : "\\%c", ch);
        text = from + 1;
    }
    sqlite3_str_appendchar(out, 1, '"');
}

static void f_obj(sqlite3_context *c, int n, sqlite3_value **a)
{
    sqlite3_str *out = sqlite3_str_new(sqlite3_context_db_handle(c));
    for (int i = 0; i + 1 < n; i += 2) {
        sqlite3_value *value = a[i + 1];
        int type = sqlite3_value_type(value);
        if (type == SQLITE_NULL) continue;
        sqlite3_str_appendf(out, "%s\"%s\":", sqlite3_str_length(out) ? "," : "{",
                            sqlite3_value_text(a[i]));
        if (type == SQLITE_TEXT && sqlite3_value_subtype(value) != JSON_MARK)
            add_quoted(out, (const char *)sqlite3_value_text(value));
        else
            sqlite3_str_appendall(out, (const char *)sqlite3_value_text(value));
    }
    sqlite3_str_appendall(out, sqlite3_str_length(out) ? "}" : "{}");
    sqlite3_result_text(c, sqlite3_str_finish(out), -1, sqlite3_free);
    sqlite3_result_subtype(c, JSON_MARK);
}

static void f_rnd(sqlite3_context *c, int n, sqlite3_value **a)
{
    (void)n;
    uint64_t r = sb_mix(engine_of(c)->seed, (uint64_t)sqlite3_value_int64(a[0]),
                        (uint64_t)sqlite3_value_int64(a[1]));
    sqlite3_result_int64(c, (sqlite3_int64)(r >> 1));
}

static void f_secret(sqlite3_context *c, int n, sqlite3_value **a)
{
    sb_engine *e = engine_of(c);
    uint64_t salt = n ? (uint64_t)sqlite3_value_int64(a[0]) : 4242;
    uint64_t i = n ? (uint64_t)sqlite3_value_int64(a[1]) : e->draws++;
    char text[40];
    snprintf(text, sizeof text, "%016llx%016llx", (unsigned long long)sb_mix(e->secret, salt, i),
             (unsigned long long)sb_mix(e->secret, salt + 7777, i));
    sqlite3_result_text(c, text, 32, SQLITE_TRANSIENT);
}

static void name_from(sqlite3_context *c, const char *const *names, sqlite3_value *i)
{
    sqlite3_result_text(c, names[(uint64_t)sqlite3_value_int64(i) % SB_NAMES], -1, SQLITE_STATIC);
}

static void f_given(sqlite3_context *c, int n, sqlite3_value **a)
{
    (void)n;
    name_from(c, given, a[0]);
}

static void f_ascii(sqlite3_context *c, int n, sqlite3_value **a)
{
    (void)n;
    name_from(c, given_ascii, a[0]);
}

static void f_family(sqlite3_context *c, int n, sqlite3_value **a)
{
    (void)n;
    name_from(c, family, a[0]);
}

static void f_plan(sqlite3_context *c, int n, sqlite3_value **a)
{
    (void)n, (void)a;
    const char *plan = engine_of(c)->knobs.plan;
    sqlite3_result_text(c, *plan ? plan : "premium", -1, SQLITE_TRANSIENT);
}

static void f_knob(sqlite3_context *c, int n, sqlite3_value **a)
{
    (void)n;
    const sb_knobs *k = &engine_of(c)->knobs;
    const char *name = (const char *)sqlite3_value_text(a[0]);
    if (strcmp(name, "visible_after") == 0)
        sqlite3_result_double(c, k->visible_after);
    else if (strcmp(name, "gone_after") == 0)
        sqlite3_result_double(c, k->gone_after);
    else if (strcmp(name, "page_cap") == 0)
        sqlite3_result_int64(c, k->page_cap ? k->page_cap : INT64_MAX);
    else if (strcmp(name, "late") == 0)
        sqlite3_result_int(c, engine_of(c)->side == SB_SEEN);
    else if (strcmp(name, "rate") == 0)
        sqlite3_result_double(c, k->rate);
    else if (strcmp(name, "user_quota") == 0)
        sqlite3_result_int64(c, k->user_quota);
    else if (strcmp(name, "enforced") == 0)
        sqlite3_result_int(c, *k->plan != '\0');
    else if (strcmp(name, "quota") == 0)
        sqlite3_result_int64(c, k->quota);
}

bool sb_functions(sb_engine *e, sqlite3 *db)
{
    static const struct {
        const char *name;
        int arguments;
        void (*f)(sqlite3_context *, int, sqlite3_value **);
    } rows[] = {
        {"me", 0, f_me},
        {"now", 0, f_now},
        {"iso", 1, f_iso},
        {"bool", 1, f_bool},
        {"obj", -1, f_obj},
        {"raw", 1, f_raw},
        {"rnd", 2, f_rnd},
        {"secret", 0, f_secret},
        {"secret", 2, f_secret},
        {"given", 1, f_given},
        {"ascii", 1, f_ascii},
        {"family", 1, f_family},
        {"mistyped", 2, sb_mistyped},
        {"plan", 0, f_plan},
        {"knob", 1, f_knob},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (sqlite3_create_function_v2(db, rows[i].name, rows[i].arguments, SQLITE_UTF8, e,
                                       rows[i].f, NULL, NULL, NULL) != SQLITE_OK)
            return false;
    return true;
}
