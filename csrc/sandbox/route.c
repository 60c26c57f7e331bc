/*
** From a request to a reply: find the route, identify the caller, check their rights, run the
** script.
*/
#include "route.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fault.h"
#include "late.h"
#include "quota.h"

/* ------------------------------------------------------------------------------------ the reply */

/* The body of an error of a JSON operation is a sentence as a JSON string. */
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
    static const char json[] = "application/json; charset=utf-8";
    static const char *const types[] = {json, json, "text/plain; charset=utf-8", "application/pdf"};
    sb_form form = x->route->form;
    x->reply_type = types[form == SB_PDF && x->status >= 400 ? SB_PLAIN : form];
    if (form <= SB_READ && x->status >= 400) quote_reply(x);
}

/* ------------------------------------------------------------------------------------- matching */

/*
** Match a path with a template. `{name}` takes a whole segment, or the part before a suffix as
** in `{name}.pdf`. `see` gets each variable and may reject it. False: no match, or a variable
** was rejected.
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
    sb_decode(value, false);
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

/* *seen: the path exists, perhaps with another method. In the table fixed words stand before
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
    sb_engine *e;
    sb_exchange *x;
};

/* Names that end in _id are keys and must be numbers. */
static bool let_variable(void *to, const char *name, const char *value)
{
    struct target *t = to;
    size_t n = strlen(name);
    if (n < 4 || strcmp(name + n - 3, "_id") != 0) {
        sb_let_text(t->e, t->x, name, value);
        return true;
    }
    char *end;
    errno = 0;
    long long key = strtoll(value, &end, 10);
    if (!isdigit((unsigned char)*value) || *end || errno) return false;
    sb_let_int(t->e, t->x, name, key);
    return true;
}

/* -------------------------------------------------------------------------------- who, may they */

bool sb_identify(sb_engine *e, sb_exchange *x)
{
    if (!x->user) return true;
    bool token = x->password && strcmp(x->password, "api_token") == 0;
    sb_let_text(e, x, "user", x->user);
    sb_let_text(e, x, "password", x->password);
    sb_run(e, x, token ? "route.who_token" : "route.who_password");
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

static bool reads(const sb_exchange *x)
{
    return x->route->form == SB_READ || strcmp(x->method, "GET") == 0;
}

/* A write is one transaction, which an error rolls back; a successful one is added to the audit
   log. */
static void run_script(sb_engine *e, sb_exchange *x)
{
    bool writes = !reads(x);
    if (writes) sb_run(e, x, "route.begin");
    if (!sb_run(e, x, x->route->script)) sb_say(x, 500, "The sandbox has no answer to this.");
    if (!writes) return;
    if (x->status < 400) {
        sb_let_text(e, x, "action", x->method);
        sb_run(e, x, "route.audit");
    }
    sb_run(e, x, x->status < 400 ? "route.commit" : "route.rollback");
}

/* The caller and the limits are of the present state; the role in the organization can be late. */
static void answer_route(sb_engine *e, sb_exchange *x)
{
    struct target target = {e, x};
    if (!sb_identify(e, x)) {
        sb_say(x, 403, "Wrong user name or password.");
        return;
    }
    if (x->route->access != SB_OPEN && !x->me) {
        sb_say(x, 403, "Credentials are needed.");
        return;
    }
    bool keys = walk(x->route->path, x->path, let_variable, &target);
    sb_late_choose(e, reads(x));
    if (keys) sb_run(e, x, "route.standing");
    e->side = SB_TRUE;
    x->charged = sb_int(x, "role") ? sb_int(x, "organization_id") : 0;
    if (sb_refuse_rate(e, x) || sb_refuse_quota(e, x)) return;
    sb_late_choose(e, reads(x));
    if (!keys)
        sb_say(x, x->route->bad, "A key in the path is not a number.");
    else if (admit(x))
        run_script(e, x);
    e->side = SB_TRUE;
}

/* A fault can replace the request before it is carried out, or damage the reply afterwards. */
void sb_route_answer(sb_engine *e, sb_exchange *x)
{
    bool seen = false;
    x->route = find_route(x->method, x->path, &seen);
    if (sb_fault_before(e, x)) return;
    if (!x->route) {
        sb_say(x, seen ? 405 : 404, seen ? "Method not allowed." : "No such address.");
        return;
    }
    answer_route(e, x);
    if (!x->raw) set_form(x);
    sb_fault_after(e, x);
}
