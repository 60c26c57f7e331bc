/*
** Create and free an engine, answer one request, and serve the addresses below /sandbox.
*/
#include "engine.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fault.h"
#include "knobs.h"
#include "late.h"
#include "record.h"
#include "route.h"
#include "script.h"

#define STATE_VERSION 2 /* user_version in schema.sql */

/* ----------------------------------------------------------------------------------- start, end */

static double system_clock(void *unused)
{
    (void)unused;
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* The version in the file; 0: an empty file; -1: of an older version, or another program. */
static int version_of(sqlite3 *db)
{
    sqlite3_stmt *stmt = NULL;
    int version = -1;
    if (sqlite3_prepare_v2(db,
                           "SELECT user_version, (SELECT count(*) FROM sqlite_schema) FROM"
                           " pragma_user_version",
                           -1, &stmt, NULL) == SQLITE_OK &&
        sqlite3_step(stmt) == SQLITE_ROW)
        version = sqlite3_column_int(stmt, 0) || !sqlite3_column_int(stmt, 1)
                      ? sqlite3_column_int(stmt, 0)
                      : -1;
    sqlite3_finalize(stmt);
    return version;
}

/* The seed script reads the number of people from a variable of this made-up request. */
static bool plant(sb_engine *e, int people)
{
    sb_exchange none = {0};
    sb_let_int(e, &none, "people", people);
    bool failed = sb_run(e, &none, "seed.seed") && none.status >= 400;
    sb_clear_variables(&none);
    sb_drop(&none.reply);
    return !failed;
}

/* Without a file: memory shared by both connections, under a name unique to this sandbox. */
static void name_file(sb_engine *e, const char *file)
{
    e->in_memory = file == NULL;
    if (file)
        snprintf(e->file, sizeof e->file, "%s", file);
    else
        snprintf(e->file, sizeof e->file, "file:sandbox-%p?mode=memory&cache=shared", (void *)e);
}

static bool open_state(sb_engine *e, const sb_engine_options *o)
{
    sqlite3 *db = e->db[SB_TRUE] = sb_connect(e);
    bool ok = sqlite3_errcode(db) == SQLITE_OK;
    int version = ok ? version_of(db) : 0;
    bool old = version == STATE_VERSION;
    if (old)
        e->draws = (uint64_t)(sb_clock(e) * 1000); /* a file has the secrets of earlier starts */
    if (ok && !version)
        ok = sb_exec(db, "route.begin", NULL) && sb_exec(db, "schema.schema", NULL) &&
             plant(e, o->people < 1 ? 12 : o->people) && sb_exec(db, "route.commit", NULL);
    return ok && (old || !version) && sb_late_notes(db) && sb_exec(db, "rules.rules", NULL) &&
           sb_exec(db, "views.views", NULL);
}

static const sb_knobs knobs_at_start = {.slow = 50, .cut = -1, .redirect_port = 9, .idle = 60};

sb_engine *sb_engine_new(const sb_engine_options *o, char *error, size_t size)
{
    sb_engine *e = calloc(1, sizeof *e);
    if (!e) {
        snprintf(error, size, "out of memory");
        return NULL;
    }
    e->clock = o->clock ? o->clock : system_clock;
    e->clock_data = o->clock_data;
    e->seed = o->seed;
    e->secret = o->secret ? o->secret : sb_mix(o->seed, 1, 1);
    e->knobs = knobs_at_start;
    name_file(e, o->file);
    if (open_state(e, o)) return e;
    const char *why = sqlite3_errmsg(e->db[SB_TRUE]);
    if (sqlite3_errcode(e->db[SB_TRUE]) == SQLITE_OK)
        why = "another version of the sandbox wrote it; remove the file, or name another";
    snprintf(error, size, "cannot set up the state in '%s': %s", o->file ? o->file : "memory", why);
    sb_engine_free(e);
    return NULL;
}

bool sb_engine_mark(sb_engine *e)
{
    return e->in_memory && sb_exec(e->db[SB_TRUE], "route.mark", NULL);
}

bool sb_engine_rewind(sb_engine *e)
{
    e->knobs = knobs_at_start;
    e->fault_count = 0;
    e->late = false;
    e->draws = e->logged = 0;
    return sb_exec(e->db[SB_TRUE], "route.rewind", NULL);
}

void sb_engine_free(sb_engine *e)
{
    if (!e) return;
    sb_state_close(e);
    if (e->record) fclose(e->record);
    for (int i = 0; i < SB_LOG; i++) free(e->log[i].path);
    free(e);
}

/* ------------------------------------------------------------------------------------- settings */

bool sb_engine_record(sb_engine *e, const char *path, char *error, size_t size)
{
    e->record = fopen(path, "ae");
    if (!e->record)
        snprintf(error, size, "cannot write the recording '%s': %s", path, strerror(errno));
    return e->record != NULL;
}

int sb_engine_record_fault(const sb_engine *e)
{
    return e->record_fault;
}

bool sb_engine_control(sb_engine *e, const char *what, const char *value, char *error, size_t size)
{
    return sb_knob(e, what, value, error, size);
}

sb_pace sb_engine_pace(const sb_engine *e)
{
    return (sb_pace){e->knobs.latency, e->knobs.slow, e->knobs.cut, e->knobs.idle};
}

bool sb_engine_secret(sb_engine *e, const char *who, const char *column, char *out, size_t size)
{
    sb_exchange asked = {0};
    if (who) sb_let_text(e, &asked, "who", who);
    sb_run(e, &asked, "control.find_person");
    const char *found = sb_string(&asked, column);
    bool fits = found && strlen(found) < size;
    if (fits) memcpy(out, found, strlen(found) + 1);
    sb_exchange_clear(&asked);
    return fits;
}

uint64_t sb_engine_requests(sb_engine *e,
                            void (*see)(void *to, const char *method, const char *path, int status),
                            void *to)
{
    uint64_t all = e->logged;
    for (uint64_t i = all > SB_LOG ? all - SB_LOG : 0; see && i < all; i++) {
        const sb_logged *l = &e->log[i % SB_LOG];
        see(to, l->method, l->path ? l->path : "", l->status);
    }
    return all;
}

/* ------------------------------------------------------------------------- below /sandbox, HTTP */

static void turn_knobs(sb_engine *e, sb_exchange *x)
{
    char error[200] = "The body is not a JSON object.";
    sqlite3_stmt *stmt = NULL;
    sb_text sql = {0};
    bool good = x->body.n && sb_sql_text(&sql, "control.members", NULL) &&
                sqlite3_prepare_v2(e->db[SB_TRUE], sql.p, -1, &stmt, NULL) == SQLITE_OK &&
                sqlite3_bind_text(stmt, 1, x->body.p, (int)x->body.n, SQLITE_STATIC) == SQLITE_OK;
    int rc = SQLITE_DONE;
    while (good && (rc = sqlite3_step(stmt)) == SQLITE_ROW) {
        const char *name = (const char *)sqlite3_column_text(stmt, 0);
        const char *value = (const char *)sqlite3_column_text(stmt, 1);
        good = sb_knob(e, name ? name : "", value ? value : "", error, sizeof error);
    }
    sqlite3_finalize(stmt);
    sb_drop(&sql);
    if (good && rc == SQLITE_DONE)
        sb_say(x, 200, "OK");
    else
        sb_say(x, 400, error);
}

static void list_requests(sb_engine *e, sb_exchange *x)
{
    sqlite3_str *text = sqlite3_str_new(e->db[SB_TRUE]);
    sqlite3_str_appendf(text, "{\"count\":%llu,\"requests\":[", (unsigned long long)e->logged);
    for (uint64_t first = e->logged > SB_LOG ? e->logged - SB_LOG : 0, i = first; i < e->logged;
         i++) {
        const sb_logged *l = &e->log[i % SB_LOG];
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

static void answer_control(sb_engine *e, sb_exchange *x)
{
    bool known = sb_identify(e, x) && x->me;
    if (known) sb_run(e, x, "control.is_admin");
    if (x->foreign)
        sb_say(x, 403, "Host and Origin must be those of this sandbox.");
    else if (!known || !sb_int(x, "is_admin"))
        sb_say(x, 403, "Only the administrator of the sandbox may do this.");
    else if (strcmp(x->path, "/sandbox/control") == 0 && strcmp(x->method, "POST") == 0)
        turn_knobs(e, x);
    else if (strcmp(x->path, "/sandbox/requests") == 0 && strcmp(x->method, "GET") == 0)
        list_requests(e, x);
    else
        sb_say(x, 404, "There is POST /sandbox/control and GET /sandbox/requests.");
}

/* ------------------------------------------------------------------------------------- one call */

/* Before the exchange is recorded, so that the record has the 304 that is sent. */
static void add_etag(sb_engine *e, sb_exchange *x)
{
    if (!e->knobs.etag || x->status != 200 || strcmp(x->method, "GET") != 0 || sb_fault_by_piece(x))
        return;
    uint64_t hash = 14695981039346656037u; /* FNV-1a */
    for (size_t i = 0; i < x->reply.n; i++)
        hash = (hash ^ (unsigned char)x->reply.p[i]) * 1099511628211u;
    char tag[24];
    snprintf(tag, sizeof tag, "\"%016llx\"", (unsigned long long)hash);
    sb_header_add(x, "ETag", tag);
    if (x->if_none_match && strcmp(x->if_none_match, tag) == 0) {
        x->status = 304;
        x->reply.n = 0;
    }
}

bool sb_engine_begin(sb_engine *e, sb_exchange *x, const char *method, const char *target)
{
    if (!sb_exchange_init(x, method, target)) return false;
    sb_fault_choose(e, x);
    return true;
}

void sb_engine_answer(sb_engine *e, sb_exchange *x)
{
    bool below = strncmp(x->uri, SB_BASE "/", sizeof SB_BASE) == 0;
    e->now = x;
    x->reply_type = "text/plain; charset=utf-8";
    if (strncmp(x->uri, "/sandbox/", 9) == 0) {
        answer_control(e, x);
    } else if (!below) {
        sb_say(x, 404, "Everything is below " SB_BASE ".");
    } else {
        sb_route_answer(e, x);
        add_etag(e, x);
        sb_record(e, x);
    }
    sb_clear_variables(x);
    e->now = NULL;
}

void sb_engine_note(sb_engine *e, sb_exchange *x)
{
    sb_record(e, x);
}

static bool copy(char **to, const char *text)
{
    *to = text ? strdup(text) : NULL;
    return !text || *to;
}

bool sb_engine_call(sb_engine *e, const sb_request *r, sb_exchange *x)
{
    if (!sb_engine_begin(e, x, r->method, r->target) || !copy(&x->user, r->user) ||
        !copy(&x->password, r->password) || !copy(&x->type, r->type) ||
        !copy(&x->if_none_match, r->if_none_match) ||
        (r->body_size && !sb_add(&x->body, r->body, r->body_size)))
        return false;
    sb_engine_answer(e, x);
    return true;
}
