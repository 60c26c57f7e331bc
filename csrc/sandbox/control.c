/*
** Knobs at run time: one table, turned from C, from Lua, or over HTTP at /sandbox/control by the
** administrator.
*/
#include "private.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    bool real;
    size_t at; /* in sb_knobs */
    double least;
} knobs[] = {
    {"latency", false, offsetof(sb_knobs, latency), 0},
    {"page_cap", false, offsetof(sb_knobs, page_cap), 0},
    {"quota", false, offsetof(sb_knobs, quota), 0},
    {"user_quota", false, offsetof(sb_knobs, user_quota), 0},
    {"slow", false, offsetof(sb_knobs, slow), 0},
    {"cut", false, offsetof(sb_knobs, cut), -1},
    {"etag", false, offsetof(sb_knobs, etag), 0},
    {"redirect_port", false, offsetof(sb_knobs, redirect_port), 1},
    {"visible_after", true, offsetof(sb_knobs, visible_after), 0},
    {"gone_after", true, offsetof(sb_knobs, gone_after), 0},
    {"rate", true, offsetof(sb_knobs, rate), 0},
    {"retry_after", true, offsetof(sb_knobs, retry_after), 0},
};

static bool set_number(sb_knobs *k, size_t i, const char *value, char *error, size_t size)
{
    char *end;
    if (strcmp(value, "true") == 0) value = "1";
    if (strcmp(value, "false") == 0) value = "0";
    double number = strtod(value, &end);
    if (end == value || *end || !(number >= knobs[i].least && number < 1e9)) {
        snprintf(error, size, "%s: '%s' is not a number from %g up", knobs[i].name, value,
                 knobs[i].least);
        return false;
    }
    void *at = (char *)k + knobs[i].at;
    if (knobs[i].real)
        *(double *)at = number;
    else
        *(long *)at = (long)number;
    return true;
}

static bool set_plan(tg_sandbox *s, const char *value, char *error, size_t size)
{
    static const char *const plans[] = {"free", "starter", "premium"};
    if (!*value || strcmp(value, "none") == 0 || strcmp(value, "false") == 0) {
        *s->knobs.plan = '\0';
        return true;
    }
    for (int i = 0; i < 3; i++)
        if (strcmp(plans[i], value) == 0) {
            snprintf(s->knobs.plan, sizeof s->knobs.plan, "%s", value);
            return true;
        }
    snprintf(error, size, "plan: '%s' is not free, starter, premium or none", value);
    return false;
}

static bool advance(tg_sandbox *s, const char *value, char *error, size_t size)
{
    char *end;
    double seconds = strtod(value, &end);
    if (end == value || *end || !(seconds >= 0 && seconds < 1e9)) {
        snprintf(error, size, "advance: '%s' is not a number of seconds from 0 up", value);
        return false;
    }
    s->knobs.advance += seconds;
    return true;
}

/* With the lock held, or before there is a thread. */
bool sb_control(tg_sandbox *s, const char *what, const char *value, char *error, size_t size)
{
    if (strcmp(what, "plan") == 0) return set_plan(s, value, error, size);
    if (strcmp(what, "advance") == 0) return advance(s, value, error, size);
    if (strcmp(what, "fault") == 0) return sb_fault_add(s, value, error, size);
    if (strcmp(what, "clear") == 0) {
        s->fault_count = 0;
        return true;
    }
    for (size_t i = 0; i < sizeof knobs / sizeof *knobs; i++)
        if (strcmp(knobs[i].name, what) == 0) return set_number(&s->knobs, i, value, error, size);
    snprintf(error, size, "there is no knob '%s'", what);
    return false;
}

bool tg_sandbox_control(tg_sandbox *s, const char *what, const char *value, char *error,
                        size_t size)
{
    pthread_mutex_lock(&s->lock);
    bool done = sb_control(s, what, value ? value : "", error, size);
    pthread_mutex_unlock(&s->lock);
    return done;
}

/* --------------------------------------------------------------------------------------- people */

bool tg_sandbox_secret_of(tg_sandbox *s, const char *who, tg_sandbox_secret what, char *out,
                          size_t size)
{
    static const char *const columns[] = {"token", "password", "email"};
    sb_exchange asked = {0};
    pthread_mutex_lock(&s->lock);
    if (who) sb_let_text(s, &asked, "who", who);
    sb_run(s, &asked, "control.find_person");
    const char *found = sb_string(&asked, columns[what]);
    bool fits = found && strlen(found) < size;
    if (fits) memcpy(out, found, strlen(found) + 1);
    sb_clear_variables(&asked);
    sb_drop(&asked.reply);
    pthread_mutex_unlock(&s->lock);
    return fits;
}

/* ----------------------------------------------------------------------------------------- HTTP */

static void turn_knobs(tg_sandbox *s, sb_exchange *x)
{
    char error[200] = "The body is not a JSON object.";
    sqlite3_stmt *stmt = NULL;
    sb_text sql = {0};
    bool good = x->body.n && sb_sql_text(&sql, "control.members", NULL) &&
                sqlite3_prepare_v2(s->db[SB_TRUE], sql.p, -1, &stmt, NULL) == SQLITE_OK &&
                sqlite3_bind_text(stmt, 1, x->body.p, (int)x->body.n, SQLITE_STATIC) == SQLITE_OK;
    int rc = SQLITE_DONE;
    while (good && (rc = sqlite3_step(stmt)) == SQLITE_ROW) {
        const char *name = (const char *)sqlite3_column_text(stmt, 0);
        const char *value = (const char *)sqlite3_column_text(stmt, 1);
        good = sb_control(s, name ? name : "", value ? value : "", error, sizeof error);
    }
    sqlite3_finalize(stmt);
    sb_drop(&sql);
    if (good && rc == SQLITE_DONE)
        sb_say(x, 200, "OK");
    else
        sb_say(x, 400, error);
}

static void list_requests(tg_sandbox *s, sb_exchange *x)
{
    sqlite3_str *text = sqlite3_str_new(s->db[SB_TRUE]);
    sqlite3_str_appendf(text, "{\"count\":%llu,\"requests\":[", (unsigned long long)s->logged);
    for (uint64_t first = s->logged > SB_LOG ? s->logged - SB_LOG : 0, i = first; i < s->logged;
         i++) {
        const sb_logged *l = &s->log[i % SB_LOG];
        sqlite3_str_appendf(text, "%s{\"method\":\"%s\",\"path\":\"", i == first ? "" : ",",
                            l->method);
        for (const char *p = l->path ? l->path : ""; *p;
             p++) /* as sent: may hold anything but white space */
            sqlite3_str_appendf(text,
                                (unsigned char)*p < 33 || strchr("\"\\", *p) ? "\\u%04x" : "%c",
                                (unsigned char)*p);
        sqlite3_str_appendf(text, "\",\"status\":%d}", l->status);
    }
    sqlite3_str_appendall(text, "]}");
    char *json = sqlite3_str_finish(text);
    sb_say(x, 200, json ? json : "{}");
    x->reply_type = "application/json; charset=utf-8";
    sqlite3_free(json);
}

void sb_control_http(tg_sandbox *s, sb_exchange *x)
{
    bool known = sb_identify(s, x) && x->me;
    if (known) sb_run(s, x, "control.is_admin");
    if (x->foreign)
        sb_say(x, 403, "Host and Origin must be those of this sandbox.");
    else if (!known || !sb_int(x, "is_admin"))
        sb_say(x, 403, "Only the administrator of the sandbox may do this.");
    else if (strcmp(x->path, "/sandbox/control") == 0 && strcmp(x->method, "POST") == 0)
        turn_knobs(s, x);
    else if (strcmp(x->path, "/sandbox/requests") == 0 && strcmp(x->method, "GET") == 0)
        list_requests(s, x);
    else
        sb_say(x, 404, "There is POST /sandbox/control and GET /sandbox/requests.");
}
