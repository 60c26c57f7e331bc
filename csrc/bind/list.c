/* Lists: one or more pages as one sequence. Records are created on access. */
#include <stdlib.h>
#include <string.h>

#include "ltg.h"

#define RECORDS_A_LOOK 256
#define MOST_DEAD_KB   3072

ltg_list *ltg_tolist(lua_State *L, int i)
{
    return luaL_testudata(L, i, LTG_LIST);
}

static ltg_list *check(lua_State *L)
{
    return luaL_checkudata(L, 1, LTG_LIST);
}

/* The arrays of pages and ends are inside the userdata, so a list requires one allocation and is
   never half-made. */
ltg_list *ltg_newlist(lua_State *L, int client, size_t pages)
{
    client = client ? lua_absindex(L, client) : 0;
    ltg_list *l = lua_newuserdatauv(L, sizeof *l + pages * (sizeof *l->pages + sizeof *l->ends), 2);
    memset(l, 0, sizeof *l);
    l->pages = (tg_page **)(l + 1);
    l->ends = (size_t *)(l->pages + pages);
    l->complete = true;
    luaL_setmetatable(L, LTG_LIST);
    if (client) {
        lua_pushvalue(L, client);
        lua_setiuservalue(L, -2, 1);
    }
    return l;
}

void ltg_addpage(ltg_list *l, tg_page *page)
{
    l->pages[l->page_count] = tg_page_ref(page);
    l->count += tg_page_count(page);
    l->ends[l->page_count++] = l->count;
}

static size_t page_of(const ltg_list *l, size_t i)
{
    size_t low = 0, high = l->page_count - 1;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (i < l->ends[mid])
            high = mid;
        else
            low = mid + 1;
    }
    return low;
}

tg_page *ltg_listat(const ltg_list *l, size_t i, tg_record *r)
{
    if (l->map) i = l->map[i];
    size_t p = page_of(l, i);
    *r = tg_page_at(l->pages[p], i - (p ? l->ends[p - 1] : 0));
    return l->pages[p];
}

/* ---------------------------------------------------------------------------------- metamethods */

/*
** Records have finalizers. A generational collector, as in lua5.4, treats a cycle that only ran
** finalizers as useless and delays the next one more and more, so the dead records of a long list
** would accumulate. So the iteration itself runs a collector step whenever the heap has grown by
** some megabytes.
*/
static void collect_now_and_then(lua_State *L, ltg_list *l, size_t i)
{
    if (i % RECORDS_A_LOOK != 0 || !lua_gc(L, LUA_GCISRUNNING)) return;
    int kb = lua_gc(L, LUA_GCCOUNT);
    if (l->heap_kb == 0 || kb < l->heap_kb) l->heap_kb = kb;
    if (kb - l->heap_kb < MOST_DEAD_KB) return;
    lua_gc(L, LUA_GCSTEP, 0);
    l->heap_kb = lua_gc(L, LUA_GCCOUNT);
}

/* [-0, +1] the record at I of the list at 1; nil: a finalizer has closed the list. */
static void push_item(lua_State *L, ltg_list *l, size_t i)
{
    collect_now_and_then(L, l, i);
    tg_record rec;
    lua_getiuservalue(L, 1, 1);
    ltg_record *r = ltg_newrecord(L, lua_isnil(L, -1) ? 0 : lua_gettop(L), l->model, l->place);
    lua_remove(L, -2);
    if (i < l->count) {
        tg_page *page = ltg_listat(l, i, &rec);
        ltg_fillrecord(r, page, rec);
    } else {
        lua_pushnil(L);
        lua_replace(L, -2);
    }
}

static double age(lua_State *L, const ltg_list *l)
{
    double now = ltg_now(L, 1);
    return now > l->at ? now - l->at : 0;
}

/* A list inside a record has no time of its own: its `at` is 0. */
static void push_time(lua_State *L, const ltg_list *l, double time)
{
    if (l->at > 0)
        lua_pushnumber(L, time);
    else
        lua_pushnil(L);
}

/* [-0, +0 or +1] The list is at index 1. */
static int push_property(lua_State *L, const ltg_list *l, const char *key)
{
    if (strcmp(key, "complete") == 0)
        lua_pushboolean(L, l->complete);
    else if (strcmp(key, "incomplete") == 0)
        lua_getiuservalue(L, 1, 2);
    else if (strcmp(key, "at") == 0)
        push_time(L, l, l->at);
    else if (strcmp(key, "age") == 0)
        push_time(L, l, age(L, l));
    else if (strcmp(key, "pages") == 0)
        lua_pushinteger(L, (lua_Integer)l->page_count);
    else
        return ltg_pushmark(L, 1, &l->place, key);
    return 1;
}

/* [-2, +0 or +1] __index. Upvalue: methods. */
static int list_index(lua_State *L)
{
    ltg_list *l = check(L);
    if (lua_isinteger(L, 2)) {
        lua_Integer i = lua_tointeger(L, 2);
        if (i < 1 || (lua_Unsigned)i > l->count) return 0;
        push_item(L, l, (size_t)i - 1);
        return 1;
    }
    if (lua_type(L, 2) == LUA_TSTRING && push_property(L, l, lua_tostring(L, 2))) return 1;
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(1)) == LUA_TNIL) ltg_note_miss(L, "list");
    return 1;
}

/* [-3, +0] __newindex: raises */
static int list_newindex(lua_State *L)
{
    return ltg_misuse(L, "a list is read-only; list:table() returns a copy that is not");
}

/* [-1, +1] */
static int list_len(lua_State *L)
{
    lua_pushinteger(L, (lua_Integer)check(L)->count);
    return 1;
}

static void empty(ltg_list *l)
{
    for (size_t i = 0; i < l->page_count; i++) tg_page_unref(l->pages[i]);
    free(l->map);
    l->map = NULL;
    l->page_count = l->count = 0;
}

/* [-1, +0] */
static int list_gc(lua_State *L)
{
    empty(check(L));
    return 0;
}

/* [-1, +1] */
static int list_tostring(lua_State *L)
{
    const ltg_list *l = check(L);
    lua_pushfstring(L, "list of %I %s%s%s", (LUAI_UACINT)l->count,
                    l->model ? l->model->class_ ? l->model->class_ : l->model->name : "record",
                    l->count == 1 ? "" : "s", l->complete ? "" : " (incomplete)");
    return 1;
}

/* -------------------------------------------------------------------------------------- methods */

/* [-2, +1] the iterator of list:each() */
static int each_step(lua_State *L)
{
    lua_Integer i = lua_tointeger(L, lua_upvalueindex(1));
    ltg_list *l = check(L);
    if ((size_t)i >= l->count) return 0;
    lua_pushinteger(L, i + 1);
    lua_replace(L, lua_upvalueindex(1));
    push_item(L, l, (size_t)i);
    return 1;
}

/* [-1, +2] for user in list:each() do */
static int list_each(lua_State *L)
{
    check(L);
    lua_pushinteger(L, 0);
    lua_pushcclosure(L, each_step, 1);
    lua_pushvalue(L, 1);
    return 2;
}

/* [-2, +0 or +2] the iterator of pairs(list) */
static int pairs_step(lua_State *L)
{
    lua_Integer i = luaL_optinteger(L, 2, 0);
    ltg_list *l = check(L);
    if (i < 0 || (size_t)i >= l->count) return 0;
    lua_pushinteger(L, i + 1);
    push_item(L, l, (size_t)i);
    return 2;
}

/* [-1, +3] __pairs */
static int list_pairs(lua_State *L)
{
    check(L);
    lua_pushcfunction(L, pairs_step);
    lua_pushvalue(L, 1);
    lua_pushnil(L);
    return 3;
}

/* [-1, +1] A plain sequence of records. */
static int list_table(lua_State *L)
{
    ltg_list *l = check(L);
    lua_createtable(L, (int)(l->count > 1 << 20 ? 1 << 20 : l->count), 0);
    int t = lua_gettop(L);
    for (size_t i = 0; i < l->count; i++) {
        push_item(L, l, i);
        lua_rawseti(L, t, (lua_Integer)i + 1);
    }
    return 1;
}

const ltg_list *ltg_holdlist(lua_State *L)
{
    const ltg_list *l = check(L);
    size_t room = l->page_count;
    ltg_list *own = ltg_newlist(L, 0, room);
    if (l->page_count != room) return own; /* closed meanwhile, so the copy is empty */
    for (size_t p = 0; p < room; p++) ltg_addpage(own, l->pages[p]);
    if (!l->map) return own;
    own->map = malloc(l->count * sizeof *own->map + 1);
    if (!own->map) luaL_error(L, "not enough memory");
    memcpy(own->map, l->map, l->count * sizeof *own->map);
    own->count = l->count;
    return own;
}

void ltg_releaselist(lua_State *L, int i)
{
    empty(lua_touserdata(L, i));
}

/* [-1, +1] The JSON text: as received, or the records of several pages as one array. */
static int list_raw(lua_State *L)
{
    const ltg_list *l = ltg_holdlist(L);
    luaL_Buffer b;
    luaL_buffinit(L, &b);
    luaL_addchar(&b, '[');
    for (size_t i = 0; i < l->count; i++) {
        tg_record r;
        ltg_listat(l, i, &r);
        if (i) luaL_addchar(&b, ',');
        luaL_addlstring(&b, r.text.p, r.text.n);
    }
    luaL_addchar(&b, ']');
    luaL_pushresult(&b);
    ltg_releaselist(L, -2);
    return 1;
}

/* [-1, +1] */
static int list_model(lua_State *L)
{
    const ltg_list *l = check(L);
    lua_pushstring(L, l->model ? l->model->name : "record");
    return 1;
}

/* Append the positions of PART's records, which follow BASE other records. */
static void copy_map(ltg_list *all, size_t *at, const ltg_list *part, size_t base)
{
    for (size_t i = 0; i < part->count; i++)
        all->map[(*at)++] = base + (part->map ? part->map[i] : i);
}

/*
** Add the pages of the lists in the table at 1. ALL has a map if one of them has one, and room for
** PAGES and RECORDS: a finalizer may have put other lists into the table since they were counted.
*/
static void add_parts(lua_State *L, ltg_list *all, size_t n, size_t pages, size_t records)
{
    size_t at = 0;
    for (size_t i = 1; i <= n; i++) {
        lua_rawgeti(L, 1, (lua_Integer)i);
        const ltg_list *part = ltg_tolist(L, -1);
        if (!part || part->page_count > pages - all->page_count || part->count > records - at ||
            (part->map && !all->map))
            ltg_misuse(L, "the lists changed while they were joined");
        size_t base = all->page_count ? all->ends[all->page_count - 1] : 0;
        if (all->map)
            copy_map(all, &at, part, base);
        else
            at += part->count;
        for (size_t p = 0; p < part->page_count; p++) ltg_addpage(all, part->pages[p]);
        if (all->at == 0 || part->at < all->at) all->at = part->at;
        all->place.stale = all->place.stale || part->place.stale;
        if (part->place.settled_at > all->place.settled_at)
            all->place.settled_at = part->place.settled_at;
        lua_pop(L, 1);
    }
    if (all->map) all->count = at;
}

/* Count the pages and records of the lists in the table at 1; true: a list omits records of its
   pages. */
static bool measure(lua_State *L, size_t n, size_t *pages, size_t *records)
{
    bool mapped = false;
    for (size_t i = 1; i <= n; i++) {
        lua_rawgeti(L, 1, (lua_Integer)i);
        const ltg_list *part = luaL_checkudata(L, -1, LTG_LIST);
        *pages += part->page_count;
        *records += part->count;
        mapped = mapped || part->map;
        lua_pop(L, 1);
    }
    return mapped;
}

/* [-2, +1] core.join({lists}, reason) -> one list of all their records; complete unless there is a
   reason, or false. */
static int join(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 2);
    size_t pages = 0, records = 0, n = (size_t)lua_rawlen(L, 1); /* __len may return any number */
    luaL_argcheck(L, n > 0, 1, "nothing to join");
    bool mapped = measure(L, n, &pages, &records);
    lua_rawgeti(L, 1, 1);
    const ltg_list *head = luaL_checkudata(L, -1, LTG_LIST);
    lua_getiuservalue(L, -1, 1);
    ltg_list *all = ltg_newlist(L, lua_isnil(L, -1) ? 0 : -1, pages);
    all->model = head->model;
    all->place = head->place;
    all->complete = lua_isnil(L, 2) || (lua_toboolean(L, 2) && !lua_isstring(L, 2));
    if (lua_isstring(L, 2)) {
        lua_pushvalue(L, 2);
        lua_setiuservalue(L, -2, 2);
    }
    if (mapped) {
        all->map = malloc((records ? records : 1) * sizeof *all->map);
        if (!all->map) return luaL_error(L, "out of memory");
    }
    add_parts(L, all, n, pages, records);
    return 1;
}

/* [-2, +1] core.pick(list, {positions}) -> a list of these records, each as a page of its own: for
   filters. */
static int pick(lua_State *L)
{
    const ltg_list *l = check(L);
    luaL_checktype(L, 2, LUA_TTABLE);
    size_t n = (size_t)lua_rawlen(L, 2), room = l->page_count;
    lua_getiuservalue(L, 1, 1);
    ltg_list *out = ltg_newlist(L, lua_isnil(L, -1) ? 0 : -1, room);
    if (l->page_count != room) return ltg_misuse(L, "the list was closed while it was read");
    out->model = l->model;
    out->place = l->place;
    out->complete = l->complete;
    out->at = l->at;
    lua_getiuservalue(L, 1, 2);
    lua_setiuservalue(L, -2, 2);
    for (size_t p = 0; p < l->page_count; p++) ltg_addpage(out, l->pages[p]);
    out->map = malloc((n ? n : 1) * sizeof *out->map);
    if (!out->map) return luaL_error(L, "out of memory");
    for (size_t i = 0; i < n; i++) {
        lua_rawgeti(L, 2, (lua_Integer)i + 1);
        lua_Integer at = lua_tointeger(L, -1);
        lua_pop(L, 1);
        luaL_argcheck(L, at >= 1 && (size_t)at <= l->count, 2, "no such position");
        out->map[i] = l->map ? l->map[at - 1] : (size_t)at - 1;
    }
    out->count = n;
    return 1;
}

static const luaL_Reg methods[] = {{"each", list_each},
                                   {"table", list_table},
                                   {"raw", list_raw},
                                   {"model", list_model},
                                   {NULL, NULL}};

/* [-n, +0] __call: raises, for `for user in org:users()` */
static int list_call(lua_State *L)
{
    check(L);
    return ltg_misuse(
        L, "a list is not an iterator: write for _, item in ipairs(list), or for item in "
           "list:each()");
}

static const luaL_Reg meta[] = {{"__newindex", list_newindex}, {"__call", list_call},
                                {"__len", list_len},           {"__gc", list_gc},
                                {"__close", list_gc},          {"__pairs", list_pairs},
                                {"__tostring", list_tostring}, {NULL, NULL}};

static const luaL_Reg functions[] = {{"join", join}, {"pick", pick}, {NULL, NULL}};

/* [-0, +0], the module on top */
void ltg_open_list(lua_State *L)
{
    luaL_setfuncs(L, functions, 0);
    luaL_newmetatable(L, LTG_LIST);
    luaL_setfuncs(L, meta, 0);
    luaL_newlib(L, methods);
    lua_pushvalue(L, -1);
    lua_setfield(L, -4, "list_methods");
    lua_pushcclosure(L, list_index, 1);
    lua_setfield(L, -2, "__index");
    lua_pop(L, 1);
}
