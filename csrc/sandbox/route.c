/*
** From a read request to a reply: parse the target, find the route, who is calling, may they, run
** the script.
*/
#include "private.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------------------------ the reply */

void sb_header_add(sb_exchange *x, const char *name, const char *value)
{
    if (x->header_count == SB_HEADERS) return;
    sb_header *h = &x->headers[x->header_count++];
    snprintf(h->name, sizeof h->name, "%s", name);
    snprintf(h->value, sizeof h->value, "%s", value);
}

void sb_say(sb_exchange *x, int status, const char *sentence)
{
    x->status = status;
    x->reply.n = 0;
    sb_puts(&x->reply, sentence);
    x->reply_type = "text/plain; charset=utf-8";
}

/* An error of a JSON operation is its sentence as a JSON string. */
static void quote_reply(sb_exchange *x)
{
    sb_text quoted = {0};
    sb_puts(&quoted, "\"");
    for (size_t i = 0; i < x->reply.n; i++) {
        unsigned char c = (unsigned char)x->reply.p[i];
        char escape[8];
        snprintf(escape, sizeof escape,
                 c == '"' || c == '\\' ? "\\%c"
                 : c < 32              ? "\\u%04x"
                                       : "%c",
                 c);
        sb_puts(&quoted, escape);
    }
    sb_puts(&quoted, "\"");
    sb_drop(&x->reply);
    x->reply = quoted;
}

static void set_form(sb_exchange *x)
{
    static const char *const types[] = {"application/json; charset=utf-8",
                                        "text/plain; charset=utf-8", "application/pdf"};
    sb_form form = x->route->form;
    x->reply_type = types[form == SB_PDF && x->status >= 400 ? SB_PLAIN : form];
    if (form == SB_JSON && x->status >= 400) quote_reply(x);
}

/* ----------------------------------------------------------------------------------- the target */

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    c = (char)tolower((unsigned char)c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Decodes %XX (and + where it is a space) in place. */
static void decode(char *text, bool plus)
{
    char *to = text;
    for (const char *from = text; *from; from++) {
        if (*from == '%' && hex_digit(from[1]) >= 0 && hex_digit(from[2]) >= 0) {
            *to++ = (char)(hex_digit(from[1]) * 16 + hex_digit(from[2]));
            from += 2;
        } else {
            *to++ = *from == '+' && plus ? ' ' : *from;
        }
    }
    *to = '\0';
}

static void parse_query(sb_exchange *x, char *query)
{
    char *save = NULL;
    for (char *part = strtok_r(query, "&", &save); part; part = strtok_r(NULL, "&", &save)) {
        if (x->queries == SB_VARIABLES) return;
        char *value = strchr(part, '=');
        if (value)
            *value++ = '\0';
        else
            value = part + strlen(part);
        decode(part, true);
        decode(value, true);
        x->query[x->queries++] = (sb_pair){part, value};
    }
}

/* Splits the target into the path below the base and the query; false when memory is out. */
bool sb_parse_target(sb_exchange *x)
{
    const char *below =
        x->uri + (strncmp(x->uri, SB_BASE "/", sizeof SB_BASE) == 0 ? sizeof SB_BASE - 1 : 0);
    const char *question = strchr(below, '?');
    x->path = question ? strndup(below, (size_t)(question - below)) : strdup(below);
    x->scratch = strdup(question ? question + 1 : "");
    if (!x->path || !x->scratch) return false;
    parse_query(x, x->scratch);
    return true;
}

/* ------------------------------------------------------------------------------------- matching */

/*
** Walks a template beside a path. `{name}` takes a whole segment, or what stands before a suffix as
** in `{name}.pdf`. `see` gets each variable and may refuse it. False: they do not match, or one was
** refused.
*/
typedef bool (*see_variable)(void *to, const char *name, const char *value);

static bool take_segment(const char **template, const char **path, see_variable see, void *to)
{
    const char *close = strchr(*template, '}');
    size_t suffix = strcspn(close + 1, "/"), n = strcspn(*path, "/");
    if (n <= suffix || strncmp(*path + n - suffix, close + 1, suffix) != 0) return false;
    char name[40], value[512];
    snprintf(name, sizeof name, "%.*s", (int)(close - *template - 1), *template + 1);
    snprintf(value, sizeof value, "%.*s", (int)(n - suffix), *path);
    decode(value, false);
    *template = close + 1 + suffix;
    *path += n;
    return !see || see(to, name, value);
}

static bool walk(const char *template, const char *path, see_variable see, void *to)
{
    while (*template) {
        if (*template == '{') {
            if (!take_segment(&template, &path, see, to)) return false;
        } else if (*template ++ != *path++) {
            return false;
        }
    }
    return *path == '\0';
}

/* *seen tells whether the path exists with another method. The table puts fixed words before
   variables. */
static const sb_route *find_route(const char *method, const char *path, bool *seen)
{
    for (const sb_route *r = sb_routes; r->method; r++) {
        if (!walk(r->path, path, NULL, NULL)) continue;
        if (strcmp(r->method, method) == 0) return r;
        *seen = true;
    }
    return NULL;
}

struct target {
    tg_sandbox *s;
    sb_exchange *x;
};

/* Names that end in _id are keys and must be numbers. */
static bool let_variable(void *to, const char *name, const char *value)
{
    struct target *t = to;
    size_t n = strlen(name);
    if (n < 4 || strcmp(name + n - 3, "_id") != 0) {
        sb_let_text(t->s, t->x, name, value);
        return true;
    }
    char *end;
    errno = 0;
    long long key = strtoll(value, &end, 10);
    if (!isdigit((unsigned char)*value) || *end || errno) return false;
    sb_let_int(t->s, t->x, name, key);
    return true;
}

/* -------------------------------------------------------------------------------- who, may they */

/* False: credentials were sent and are wrong. Without any, `me` stays 0. */
bool sb_identify(tg_sandbox *s, sb_exchange *x)
{
    if (!MHD_lookup_connection_value(x->connection, MHD_HEADER_KIND, "Authorization")) return true;
    char *password = NULL, *user = MHD_basic_auth_get_username_password(x->connection, &password);
    bool token = password && strcmp(password, "api_token") == 0;
    sb_let_text(s, x, "user", user);
    sb_let_text(s, x, "password", password);
    if (user) sb_run(s, x, token ? "route.who_token" : "route.who_password");
    MHD_free(user);
    MHD_free(password);
    x->me = sb_int(x, "me");
    return x->me != 0;
}

static bool has_standing(const sb_exchange *x)
{
    int64_t role = sb_int(x, "role"), there = sb_int(x, "workspace_role");
    bool manages = role == 1 || role == 2;
    switch (x->route->access) {
    case SB_OPEN:
    case SB_CALLER:
    case SB_MEMBER: return true;
    case SB_ADMIN: return manages;
    case SB_OWNER: return role == 1;
    case SB_WORKSPACE: return manages || there;
    case SB_WORKSPACE_ADMIN: return manages || there == 4;
    }
    return false;
}

/* False: the exchange has been refused. */
static bool admit(sb_exchange *x)
{
    const sb_route *r = x->route;
    if (r->access <= SB_CALLER) return true;
    if (!sb_int(x, "role"))
        sb_say(x, r->outside, "You are not a member of this organization, or it does not exist.");
    else if (!sb_is_null(x, "workspace_id") && !sb_int(x, "workspace"))
        sb_say(x, r->bad, "There is no such workspace here.");
    else if (!has_standing(x))
        sb_say(x, 403, "You do not have the right to do this.");
    else
        return true;
    return false;
}

/* ------------------------------------------------------------------------------------------ run */

/* A write is one transaction; an error takes it back. What was done goes into the audit log. */
static void run_script(tg_sandbox *s, sb_exchange *x)
{
    bool writes = strcmp(x->method, "GET") != 0;
    if (writes) sb_exec(s->db[SB_TRUE], "route.begin", NULL);
    if (!sb_run(s, x, x->route->script)) sb_say(x, 500, "The sandbox has no answer to this.");
    if (!writes) return;
    if (x->status < 400) {
        sb_let_text(s, x, "action", x->method);
        sb_run(s, x, "route.audit");
    }
    sb_exec(s->db[SB_TRUE], x->status < 400 ? "route.commit" : "route.rollback", NULL);
}

static void answer_side(tg_sandbox *s, sb_exchange *x)
{
    struct target target = {s, x};
    if (!sb_identify(s, x)) {
        sb_say(x, 403, "Wrong user name or password.");
        return;
    }
    if (x->route->access != SB_OPEN && !x->me) {
        sb_say(x, 403, "Credentials are needed.");
        return;
    }
    bool keys = walk(x->route->path, x->path, let_variable, &target);
    if (keys) sb_run(s, x, "route.standing");
    x->charged = sb_int(x, "role") ? sb_int(x, "organization_id") : 0;
    if (sb_refuse_rate(s, x) || sb_refuse_quota(s, x)) return;
    if (!keys)
        sb_say(x, x->route->bad, "A key in the path is not a number.");
    else if (admit(x))
        run_script(s, x);
}

static void answer_route(tg_sandbox *s, sb_exchange *x)
{
    sb_late_choose(s, x);
    answer_side(s, x);
    s->side = SB_TRUE;
}

/* Before the exchange is written down, so that it says 304 where 304 is sent. */
static void add_etag(tg_sandbox *s, sb_exchange *x)
{
    if (!s->knobs.etag || x->status != 200 || strcmp(x->method, "GET") != 0 || sb_fault_by_piece(x))
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

void sb_answer(tg_sandbox *s, sb_exchange *x)
{
    bool seen = false;
    s->now = x;
    x->reply_type = "text/plain; charset=utf-8";
    if (strncmp(x->uri, "/sandbox/", 9) == 0) {
        sb_control_http(s, x);
    } else if (strncmp(x->uri, SB_BASE "/", sizeof SB_BASE) != 0) {
        sb_say(x, 404, "Everything is below " SB_BASE ".");
    } else {
        x->route = find_route(x->method, x->path, &seen);
        if (sb_fault_before(s, x)) {
            /* answered by a fault: nothing is done */
        } else if (!x->route) {
            sb_say(x, seen ? 405 : 404, seen ? "Method not allowed." : "No such address.");
        } else {
            answer_route(s, x);
            if (!x->raw) set_form(x);
            sb_fault_after(s, x);
        }
        add_etag(s, x);
        sb_record(s, x);
    }
    sb_clear_variables(x);
    s->now = NULL;
}
