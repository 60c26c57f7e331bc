/* The life of a call while memory runs out: each allocation fails in turn, alone and with all that
   follow. */
#include <limits.h>
#include <stdarg.h>

#include "check.h"
#include "client.h"
#include "fake_http.h"

/* -------------------------------------------------------------------------------- our allocator */

/*
** The linker's --wrap replaces the C library's functions by these in all objects of this program.
** SQLite is a shared library and keeps the originals.
*/
static int left = INT_MAX; /* allocations until one fails */
static bool for_ever;      /* all later ones fail too */
static long alive;         /* blocks not freed yet */

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void __real_free(void *p);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);
void __wrap_free(void *p);
char *__wrap_strdup(const char *s);
int __wrap_asprintf(char **out, const char *fmt, ...);
int __wrap___asprintf_chk(char **out, int flag, const char *fmt, ...);

static bool refused(void)
{
    if (left == INT_MAX) return false;
    if (left > 0) return --left, false;
    if (!for_ever) left = INT_MAX;
    return true;
}

static void *counted(void *p)
{
    alive += p != NULL;
    return p;
}

void *__wrap_malloc(size_t n)
{
    return refused() ? NULL : counted(__real_malloc(n));
}

void *__wrap_calloc(size_t n, size_t size)
{
    return refused() ? NULL : counted(__real_calloc(n, size));
}

void *__wrap_realloc(void *p, size_t n)
{
    if (refused()) return NULL;
    return p ? __real_realloc(p, n) : counted(__real_malloc(n));
}

void __wrap_free(void *p)
{
    alive -= p != NULL;
    __real_free(p);
}

char *__wrap_strdup(const char *s)
{
    size_t n = strlen(s) + 1;
    char *p = __wrap_malloc(n);
    return p ? memcpy(p, s, n) : NULL;
}

static int print(char **out, const char *fmt, va_list ap)
{
    char text[4096];
    int n = vsnprintf(text, sizeof text, fmt, ap);
    *out = __wrap_strdup(text);
    return *out ? n : -1;
}

int __wrap_asprintf(char **out, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    int n = print(out, fmt, ap);
    va_end(ap);
    return n;
}

/* A build with _FORTIFY_SOURCE calls this in place of asprintf(). */
int __wrap___asprintf_chk(char **out, int flag, const char *fmt, ...)
{
    va_list ap;
    (void)flag;
    va_start(ap, fmt);
    int n = print(out, fmt, ap);
    va_end(ap);
    return n;
}

/* ------------------------------------------------------------------------------------ the story */

static fake_answer serve(fake *f, const tg_exchange *x)
{
    static const char headers[] =
        "x-toggl-quota-remaining: 20\nx-toggl-quota-resets-in: 600\netag: \"1\"\n";
    (void)f;
    if (x->if_none_match) return (fake_answer){.status = 304, .headers = headers};
    if (strcmp(x->verb, "GET") != 0)
        return (fake_answer){.status = 200, .headers = headers, .body = ""};
    if (strstr(x->url, "groups"))
        return (
            fake_answer){.status = 200,
                         .headers = "content-type: application/json\n",
                         .body =
                             "[{\"group_id\":9,\"name\":\"A\"},{\"group_id\":10,\"name\":\"B\"}]"};
    return (fake_answer){.status = 200, .headers = headers, .body = "{\"id\":7,\"name\":\"Acme\"}"};
}

static tg_request *ask(const char *name, int variables)
{
    static const int64_t ids[] = {7, 9};
    tg_error err;
    const tg_op *op = tg_op_find(name);
    tg_request *r = tg_request_new(op, &err);
    for (int i = 0; r && i < variables; i++)
        if (!tg_request_int(r, &op->params[i], ids[i], &err)) {
            tg_request_free(r);
            return NULL;
        }
    return r;
}

/* Start two coalesced calls. Return whether the first ends in a reply, or in an error with a kind
   and a message. */
static bool told(tg_client *c, const char *name, int variables, bool refresh)
{
    tg_error err = {0};
    tg_call_options o = {.refresh = refresh};
    tg_request *r = ask(name, variables), *again = ask(name, variables);
    tg_call *call = r ? tg_call_start(c, r, &o, &err) : NULL,
            *other = again ? tg_call_start(c, again, &o, &err) : NULL;
    for (int i = 0; call && i < 1000 && !tg_call_done(call); i++)
        tg_client_step(c, 60000, NULL, 0, &err);
    tg_reply *reply = call ? tg_call_take(call, &err) : NULL;
    bool ok = !call || reply || (err.kind != TG_OK && *err.message);
    if (reply && variables == 1) ok = reply->page && tg_page_count(reply->page) > 0;
    tg_reply_free(reply);
    tg_call_free(call);
    tg_call_free(other);
    return ok;
}

/* Run two different reads together: both replies are in the write-behind queue at once. */
static void two(tg_client *c)
{
    tg_error err;
    const tg_op *op = tg_op_find("get_organization_groups");
    tg_call *calls[2] = {NULL, NULL};
    for (int i = 0; i < 2; i++) {
        tg_request *r = tg_request_new(op, &err);
        bool filled = r && tg_request_int(r, &op->params[0], 7 + i, &err);
        if (!filled) tg_request_free(r);
        calls[i] = filled ? tg_call_start(c, r, &(tg_call_options){.refresh = true}, &err) : NULL;
    }
    for (int i = 0; i < 2; i++) {
        while (calls[i] && !tg_call_done(calls[i])) tg_client_step(c, 60000, NULL, 0, &err);
        tg_call_free(calls[i]);
    }
}

/* Use a client with a cache: read, read again, revalidate, write, read, close. */
static bool story(void)
{
    tg_error err;
    fake f = {.answer = serve, .time = 1e6};
    tg_client_options o = fake_options(&f);
    o.cache_path = ":memory:";
    o.want_events = true;
    tg_client *c = tg_client_new(&o, &err);
    if (!c) return *err.message != '\0';
    bool ok = told(c, "get_organization", 1, false) &&
              told(c, "get_organization_groups", 1, false) &&
              told(c, "get_organization", 1, false) && told(c, "get_organization", 1, true) &&
              told(c, "delete_organization_group", 2, false) &&
              told(c, "get_organization_groups", 1, false);
    for (int i = 0; i < 3; i++) two(c);
    tg_client_free(c);
    return ok;
}

/* Return how many allocations the story makes when all succeed. */
static int allocations(void)
{
    left = INT_MAX - 1;
    story();
    int n = INT_MAX - 1 - left;
    left = INT_MAX;
    return n;
}

static void fail_each(bool from_then_on)
{
    int n = allocations(), wrong = 0, lost = 0;
    for (int i = 0; i < n; i++) {
        long before = alive;
        size_t pages = tg_pages_alive();
        left = i;
        for_ever = from_then_on;
        bool ok = story();
        left = INT_MAX;
        if (!ok && wrong++ < 5) printf("# allocation %d: neither a reply nor an error\n", i);
        if ((alive != before || tg_pages_alive() != pages) && lost++ < 5)
            printf("# allocation %d: %ld blocks lost\n", i, alive - before);
    }
    CHECK(n > 100 && wrong == 0 && lost == 0);
}

/* Add 300 records to a set whose allocations fail from the N-th on. Return how many it has. */
static int fill_set(int n)
{
    int added = 0;
    uint32_t place;
    tg_keyset_found found = {0};
    left = n;
    for_ever = true;
    tg_keyset *s = tg_keyset_new();
    if (s) tg_keyset_begin(s);
    for (int i = 0; s && i < 300; i++) {
        tg_record r = {.text = {"{}", 2}, .id = i % 3 ? i : 0};
        if (tg_keyset_add(s, &r, &found, &place)) added++;
    }
    left = INT_MAX;
    tg_keyset_free(s);
    return added;
}

static void fill_sets(void)
{
    long before = alive;
    CHECK(fill_set(1) == 0 && fill_set(2) == 0);
    for (int n = 3; n < 12; n++) CHECK(fill_set(n) > 0);
    CHECK(fill_set(100) == 300 && alive == before);
}

int main(void)
{
    CASE("one allocation fails: each call has a reply or an error, and nothing is lost")
    fail_each(false);
    CASE("all fail from one on") fail_each(true);
    CASE("a set of records keeps what it has when there is no room for more") fill_sets();
    return check_report();
}
