/*
** Is a reply the complete list? An operation called by its official name returns one page, and no
** further pages are read. Applies the rule of toggl.reading to a single reply.
*/
#include <stdlib.h>
#include <string.h>

#include "ltg.h"

#define FLOOR 50 /* records: the smallest full page of any server, unless fewer are requested */

static int order(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* A repeated key of the page; 0: none. Most servers sort by key, so usually no sorting is
   needed. */
static int64_t repeated(lua_State *L, const tg_page *page)
{
    size_t n = tg_page_count(page), at = 1;
    while (at < n && tg_page_at(page, at - 1).id < tg_page_at(page, at).id) at++;
    if (at >= n) return 0;
    int64_t *keys = lua_newuserdatauv(L, n * sizeof *keys, 0), twice = 0;
    for (size_t i = 0; i < n; i++) keys[i] = tg_page_at(page, i).id;
    qsort(keys, n, sizeof *keys, order);
    for (size_t i = 1; i < n && !twice; i++)
        if (keys[i] == keys[i - 1]) twice = keys[i];
    lua_pop(L, 1);
    return twice;
}

typedef struct counts {
    int64_t page, size, pages, records;
} counts;

/* [-0, +1] why the counts (>= 0, or TG_NOT_SENT) contradict N records; nil: they do not */
static void push_contradiction(lua_State *L, const counts *c, int64_t n)
{
    if (c->page > 1 || c->page == 0)
        lua_pushfstring(L, "X-Page of page 1 is %I", (LUAI_UACINT)c->page);
    else if (c->records >= 0 && c->records != n)
        lua_pushfstring(L, "X-Records is %I, and %I were received", (LUAI_UACINT)c->records,
                        (LUAI_UACINT)n);
    else if (c->pages == 0 && n > 0)
        lua_pushfstring(L, "X-Pages is 0, and %I records were received", (LUAI_UACINT)n);
    else if (c->size > 0 && n > c->size)
        lua_pushfstring(L, "X-Page-Size is %I, and %I records were received", (LUAI_UACINT)c->size,
                        (LUAI_UACINT)n);
    else
        lua_pushnil(L);
}

static const char *no_count(const counts *c)
{
    return c->page == TG_NO_COUNT      ? "X-Page is not a number"
           : c->size == TG_NO_COUNT    ? "X-Page-Size is not a count"
           : c->pages == TG_NO_COUNT   ? "X-Pages is not a count"
           : c->records == TG_NO_COUNT ? "X-Records is not a count"
                                       : NULL;
}

static void push_page_part(lua_State *L, const ltg_call *c, const tg_reply *r)
{
    counts of = {tg_reply_count(r, "x-page"), tg_reply_count(r, "x-page-size"),
                 tg_reply_count(r, "x-pages"), tg_reply_count(r, "x-records")};
    int64_t n = (int64_t)tg_page_count(r->page), page = c->page ? c->page : 1;
    int64_t floor = c->page_size && c->page_size < FLOOR ? c->page_size : FLOOR;
    if (page > 1 || of.pages > 1) {
        lua_pushfstring(L,
                        of.pages > 1 ? "only page %I of %I was requested"
                                     : "only page %I was requested",
                        (LUAI_UACINT)page, (LUAI_UACINT)of.pages);
    } else if (no_count(&of)) {
        lua_pushstring(L, no_count(&of));
    } else if (of.pages < 0 && n >= floor) {
        lua_pushliteral(L, "only page 1 was requested");
    } else {
        push_contradiction(L, &of, n);
        int64_t twice = lua_isnil(L, -1) ? repeated(L, r->page) : 0;
        if (!twice) return;
        lua_pop(L, 1);
        lua_pushfstring(L, "key %I is twice in page 1", (LUAI_UACINT)twice);
    }
}

/* `next` of the last record is the cursor of the following page. */
static void push_cursor_part(lua_State *L, const ltg_call *c, const tg_reply *r)
{
    size_t n = tg_page_count(r->page);
    tg_value next = {.what = TG_V_ABSENT};
    if (n > 0) next = tg_value_get(tg_page_at(r->page, n - 1).text, TG_TEXT("next"));
    bool more = next.what > TG_V_NULL && !(next.what == TG_V_STRING && next.text.n == 0);
    if (more || c->later)
        lua_pushliteral(L, "only one page was requested");
    else
        lua_pushnil(L);
}

/* The list has no pages, so the reply should be complete. Its headers may contradict that. */
static void push_whole_part(lua_State *L, const ltg_call *c, const tg_reply *r)
{
    counts of = {tg_reply_count(r, "x-page"), tg_reply_count(r, "x-page-size"),
                 tg_reply_count(r, "x-pages"), tg_reply_count(r, "x-records")};
    if (of.pages > 1)
        lua_pushfstring(L, "X-Pages is %I, and this list cannot be requested by pages",
                        (LUAI_UACINT)of.pages);
    else if (tg_reply_links_on(r))
        lua_pushliteral(L, "Link names a next page, and this list cannot be requested by pages");
    else if (no_count(&of))
        lua_pushstring(L, no_count(&of));
    else
        push_contradiction(L, &of, (int64_t)tg_page_count(r->page));
    bool lists = c->op->flags & TG_LOOSE; /* for lists, in which a record may be repeated */
    int64_t twice = lua_isnil(L, -1) && !lists ? repeated(L, r->page) : 0;
    if (!twice) return;
    lua_pop(L, 1);
    lua_pushfstring(L, "key %I is twice in it", (LUAI_UACINT)twice);
}

/* registry: number of incomplete lists without pages */
static const char holes_key;

/* [-0, +1] */
int ltg_holes(lua_State *L)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &holes_key);
    lua_pushinteger(L, lua_tointeger(L, -1)); /* nil becomes 0 */
    lua_remove(L, -2);
    return 1;
}

void ltg_tellpart(lua_State *L, int client, const ltg_call *c)
{
    ltg_client *owner = lua_touserdata(L, client);
    if (c->op->paging != TG_WHOLE_LIST || lua_isnil(L, -1)) return;
    ltg_holes(L);
    lua_pushinteger(L, lua_tointeger(L, -1) + 1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &holes_key);
    lua_pop(L, 1);
    lua_pushfstring(L, "%s is not complete: %s", c->op->name, lua_tostring(L, -1));
    if (owner && owner->client) tg_client_warn(owner->client, lua_tostring(L, -1));
    lua_pop(L, 1);
}

void ltg_pushpart(lua_State *L, const ltg_call *c, const tg_reply *r)
{
    if (c->op && r->nulls)
        lua_pushfstring(L, "null came in place of %I record%s", (LUAI_UACINT)r->nulls,
                        r->nulls == 1 ? "" : "s");
    else if (!c->op || c->unpaged)
        lua_pushnil(L);
    else if (c->op->paging == TG_WHOLE_LIST)
        push_whole_part(L, c, r);
    else if (c->op->paging == TG_PAGES)
        push_page_part(L, c, r);
    else
        push_cursor_part(L, c, r);
}
