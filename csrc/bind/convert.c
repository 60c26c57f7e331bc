/* Check arguments against their row: path, query, body, and the options of a call. All misuse is
   raised before anything is sent. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "ltg.h"

/* ------------------------------------------------------------------------------- path and query */

static void add_text(lua_State *L, ltg_call *c, const tg_field *f, tg_text t)
{
    tg_error err;
    if (tg_check_text(f, t, &err) && tg_request_text(c->request, f, t, &err)) return;
    lua_pushlstring(L, t.n ? t.p : "", t.n);
    ltg_refuse_value(L, f->name, f->flags & TG_SECRET ? 0 : lua_gettop(L), "%s", err.message);
}

static void add_key(lua_State *L, ltg_call *c, const tg_field *f, int64_t v)
{
    tg_error err;
    if (!tg_check_int(f, v, &err) || !tg_request_int(c->request, f, v, &err))
        ltg_refuse(L, f->name, "%s", err.message);
    if (f->in == TG_IN_PATH && f->key == TG_KEY_ORGANIZATION) c->place.organization = v;
    if (f->in == TG_IN_PATH && f->key == TG_KEY_WORKSPACE) c->place.workspace = v;
}

/* Times: RFC 3339 text, or seconds since 1970. */
static void add_time(lua_State *L, ltg_call *c, int i, const tg_field *f)
{
    char text[40];
    tg_text t = {text, 0};
    if (lua_isinteger(L, i)) {
        time_t at = (time_t)lua_tointeger(L, i);
        struct tm tm;
        if (!gmtime_r(&at, &tm)) ltg_refuse_value(L, f->name, i, "is not a time");
        t.n = strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &tm);
    } else if (lua_type(L, i) == LUA_TSTRING) {
        t.p = lua_tolstring(L, i, &t.n);
    } else {
        ltg_refuse_value(L, f->name, i,
                         "must be a time: RFC 3339 text or seconds since 1970, got %s",
                         luaL_typename(L, i));
    }
    add_text(L, c, f, t);
}

static void add_bool(lua_State *L, ltg_call *c, int i, const tg_field *f)
{
    static const tg_field words = {.name = "bool", .type = TG_STRING, .words = "true false"};
    tg_error err;
    tg_text t = {0};
    if (lua_isboolean(L, i))
        t = lua_toboolean(L, i) ? TG_TEXT("true") : TG_TEXT("false");
    else if (lua_type(L, i) == LUA_TSTRING)
        t.p = lua_tolstring(L, i, &t.n);
    else
        ltg_refuse_value(L, f->name, i, "must be true or false, got %s", luaL_typename(L, i));
    if (!tg_check_text(&words, t, &err) || !tg_request_text(c->request, f, t, &err))
        ltg_refuse_value(L, f->name, i, "%s", err.message);
}

/* [-0, +1] an item of a list as query text */
static void push_item(lua_State *L, int i, const tg_field *item, const char *where)
{
    tg_error err;
    tg_text t;
    if (item->type == TG_INT) {
        int64_t v = ltg_key(L, i, item, where);
        if (!tg_check_int(item, v, &err)) ltg_refuse(L, where, "%s", err.message);
        lua_pushfstring(L, "%I", (LUAI_UACINT)v);
        return;
    }
    if (lua_type(L, i) != LUA_TSTRING)
        ltg_refuse_value(L, where, i, "must be a string, got %s", luaL_typename(L, i));
    t.p = lua_tolstring(L, i, &t.n);
    if (memchr(t.p, ',', t.n)) ltg_refuse_value(L, where, i, "may not hold a comma");
    if (!tg_check_text(item, t, &err)) ltg_refuse_value(L, where, i, "%s", err.message);
    lua_pushvalue(L, i);
}

/* [-0, +1] the N texts of the table on top, joined with commas */
static void push_joined(lua_State *L, size_t n)
{
    int t = lua_gettop(L);
    luaL_Buffer b;
    luaL_buffinit(L, &b);
    for (size_t k = 1; k <= n; k++) {
        if (k > 1) luaL_addchar(&b, ',');
        lua_rawgeti(L, t, (lua_Integer)k);
        luaL_addvalue(&b);
    }
    luaL_pushresult(&b);
}

/* Is it a single value, not a list? {group_id = 1} is a single value. */
static bool is_one(lua_State *L, int i, const tg_field *item)
{
    if (ltg_tolist(L, i)) return false;
    if (lua_type(L, i) != LUA_TTABLE) return true;
    lua_pushnil(L);
    if (!lua_next(L, i)) return false;
    lua_pop(L, 2);
    return item->type == TG_INT && lua_rawlen(L, i) == 0;
}

/* [-1, +1] The text of keys on top, "1,2", as the list {"1", "2"}. */
static void split_keys(lua_State *L)
{
    const char *p = lua_tostring(L, -1);
    lua_newtable(L);
    for (lua_Integer k = 1; p; k++) {
        size_t n = strcspn(p, ",");
        const char *from = p, *end = p + n;
        while (from < end && *from == ' ') from++;
        while (end > from && end[-1] == ' ') end--;
        lua_pushlstring(L, from, (size_t)(end - from));
        lua_rawseti(L, -2, k);
        p = p[n] ? p + n + 1 : NULL;
    }
    lua_replace(L, -2);
}

/* A list in a query: values joined with commas. A single value is a list of one. A string such as
   "a,b" is passed on unchanged, and one of keys, "1,2", is read first. */
static void add_list(lua_State *L, ltg_call *c, int i, const tg_field *f)
{
    char where[80];
    tg_error err;
    tg_field item = *f;
    item.type = f->item;
    item.min = item.max = 0;
    item.flags &= ~(unsigned)TG_REQUIRED;
    tg_text t;
    int top = lua_gettop(L);
    if (lua_type(L, i) == LUA_TSTRING && item.type == TG_STRING) {
        t.p = lua_tolstring(L, i, &t.n);
        add_text(L, c, f, t);
        return;
    }
    if (lua_type(L, i) == LUA_TSTRING) {
        lua_pushvalue(L, i);
        split_keys(L);
        i = lua_gettop(L);
    }
    bool one = is_one(L, i, &item);
    size_t n = one ? 1 : ltg_sequence(L, i, f->name);
    if (!n) ltg_refuse(L, f->name, "is an empty list");
    if (!tg_check_count(f, n, &err)) ltg_refuse(L, f->name, "%s", err.message);
    lua_newtable(L); /* stack: texts by position, set of texts seen */
    int texts = lua_gettop(L);
    for (size_t k = 1; k <= n; k++) {
        snprintf(where, sizeof where, one ? "%s" : "%s[%zu]", f->name, k);
        one ? lua_pushvalue(L, i) : (void)lua_geti(L, i, (lua_Integer)k);
        push_item(L, lua_gettop(L), &item, where);
        lua_pushvalue(L, -1);
        if (lua_rawget(L, texts) != LUA_TNIL && (f->flags & TG_UNIQUE))
            ltg_refuse_value(L, where, texts + 1, "repeats an earlier one");
        lua_pop(L, 1);
        lua_pushvalue(L, -1);
        lua_rawseti(L, texts, (lua_Integer)k);
        lua_pushboolean(L, 1);
        lua_rawset(L, texts);
        lua_settop(L, texts);
    }
    push_joined(L, n);
    t.p = lua_tolstring(L, -1, &t.n);
    if (!tg_request_text(c->request, f, t, &err)) ltg_refuse(L, f->name, "%s", err.message);
    lua_settop(L, top);
}

/* Note the paging arguments for ltg_pushpart. In the row, the page size follows the page number. */
static void note_paging(lua_State *L, ltg_call *c, int i, const tg_field *f)
{
    if (f->flags & TG_PAGE_NUMBER)
        c->page = lua_tointeger(L, i);
    else if (f->flags & TG_UNPAGED)
        c->unpaged =
            lua_isboolean(L, i) ? lua_toboolean(L, i) : strcmp(lua_tostring(L, i), "true") == 0;
    else if (c->op->paging == TG_CURSOR && f->in == TG_IN_QUERY)
        c->later = true;
    else if (f > c->op->params && f[-1].flags & TG_PAGE_NUMBER)
        c->page_size = lua_tointeger(L, i);
}

static void add_parameter(lua_State *L, ltg_call *c, int i, const tg_field *f)
{
    switch (f->type) {
    case TG_INT: add_key(L, c, f, ltg_key(L, i, f, f->name)); break;
    case TG_TIME: add_time(L, c, i, f); break;
    case TG_BOOL: add_bool(L, c, i, f); break;
    case TG_LIST: add_list(L, c, i, f); break;
    default: {
        tg_text t;
        int type = lua_type(L, i);
        /* key of an invoice: a number or a text */
        bool key = f->in == TG_IN_PATH && !(f->flags & TG_SECRET);
        if (key && type == LUA_TNUMBER && lua_isinteger(L, i)) {
            lua_pushvalue(L, i);
            t.p = lua_tolstring(L, -1, &t.n);
            add_text(L, c, f, t);
            lua_pop(L, 1);
            break;
        }
        if (type != LUA_TSTRING)
            ltg_refuse_value(L, f->name, i, "must be a string, got %s", luaL_typename(L, i));
        t.p = lua_tolstring(L, i, &t.n);
        add_text(L, c, f, t);
    }
    }
}

/* ----------------------------------------------------------------------------------------- body */

static bool body_given(lua_State *L, int args, const tg_field *params)
{
    for (const tg_field *f = params; f->name; f++) {
        if (f->in != TG_IN_BODY) continue;
        lua_getfield(L, args, f->name);
        bool is = !lua_isnil(L, -1);
        lua_pop(L, 1);
        if (is) return true;
    }
    return false;
}

/* Write names without a row, if the row of the operation allows additional body fields. */
static bool write_open(lua_State *L, ltg_call *c, int args, tg_writer *w, bool begun)
{
    for (lua_pushnil(L); lua_next(L, args); lua_pop(L, 1)) {
        tg_text key;
        /* check_names ensured string keys */
        key.p = lua_tolstring(L, -2, &key.n);
        if (ltg_option(key.p) || tg_field_find(c->op->params, key.p, key.n)) continue;
        ltg_check_name(L, key, c->op->name);
        if (!begun) w = tg_request_body(c->request), tg_write_object(w);
        begun = true;
        tg_write_key(w, key);
        ltg_write_any(L, lua_gettop(L), w, key.p, 0);
    }
    return begun;
}

static void fill_body(lua_State *L, ltg_call *c, int args)
{
    const tg_op *op = c->op;
    tg_writer *w = NULL;
    bool begun = false;
    if (body_given(L, args, op->params)) {
        w = tg_request_body(c->request);
        for (const tg_field *f = op->params; f->name; f++) {
            if (f->in != TG_IN_BODY) continue;
            bool whole = f->flags & TG_WHOLE;
            if (!begun && !whole) tg_write_object(w), begun = true;
            lua_getfield(L, args, f->name);
            if (lua_isnil(L, -1) && f->preset) {
                lua_pushstring(L, f->preset);
                lua_replace(L, -2);
            }
            if (!lua_isnil(L, -1)) {
                if (!whole) tg_write_key(w, (tg_text){tg_field_wire(f), strlen(tg_field_wire(f))});
                ltg_write(L, lua_gettop(L), w, f, f->name);
            }
            lua_pop(L, 1);
        }
    }
    if (op->flags & TG_BODY_OPEN) begun = write_open(L, c, args, w, begun);
    if (begun) tg_write_end(tg_request_body(c->request));
}

/* ------------------------------------------------------------------------------------ arguments */

/* A path variable that the receiver provides. */
static int64_t from_receiver(lua_State *L, int self, const tg_field *f)
{
    const ltg_record *r = self && f->in == TG_IN_PATH && f->key ? ltg_torecord(L, self) : NULL;
    return r ? ltg_keyof(r, f->key, false) : 0;
}

/* The parameter that has NAME as its first or last word, as only_admins has admins; NULL: none. */
static const char *with_word(const tg_field *params, const char *name, size_t n)
{
    for (const tg_field *f = params; f->name; f++) {
        size_t len = strlen(f->name);
        bool first = len > n && f->name[n] == '_' && memcmp(f->name, name, n) == 0;
        bool last = len > n && f->name[len - n - 1] == '_' && strcmp(f->name + len - n, name) == 0;
        if (first || last) return f->name;
    }
    return NULL;
}

/* [-0, +1] "; it takes filter, page", the parameters beside those in the path; "" for a write */
static void push_names(lua_State *L, const tg_op *op)
{
    bool any = false;
    lua_pushliteral(L, "");
    for (const tg_field *f = op->params; op->reply == TG_REPLY_LIST && f->name; f++) {
        if (f->in == TG_IN_PATH) continue;
        lua_pushfstring(L, "%s%s", any ? ", " : "; it takes ", f->name);
        lua_concat(L, 2);
        any = true;
    }
}

/* [-0, +1] the operation as the caller wrote it: "org:users", "client:workspaces", or its official
   name. SELF: the object of the method, 0 for a client. A function of .api has its client as an
   upvalue. */
static const char *push_written(lua_State *L, const tg_op *op, int self)
{
    bool method = self ? ltg_torecord(L, self) != NULL : strcmp(op->class_, "client") == 0;
    if (!method || lua_isuserdata(L, lua_upvalueindex(2))) return lua_pushstring(L, op->name);
    const char *object = strcmp(op->class_, "organization") == 0 ? "org" : op->class_;
    return lua_pushfstring(L, "%s:%s", object, op->method);
}

static void refuse_name(lua_State *L, const ltg_call *c, int self, const char *name, size_t n)
{
    const char *near = tg_field_near(c->op->params, name, n);
    if (!near) near = with_word(c->op->params, name, n);
    if (!near) near = ltg_nearoption(name, n);
    const char *written = push_written(L, c->op, self);
    push_names(L, c->op);
    const char *takes = lua_tostring(L, -1);
    if (near)
        ltg_misuse(L, "%s has no argument '%s', and nothing was sent%s; did you mean '%s'?",
                   written, name, takes, near);
    ltg_misuse(L, "%s has no argument '%s', and nothing was sent%s", written, name, takes);
}

/* Check names and note the options given; a table with __index may provide any option. */
static void check_names(lua_State *L, ltg_call *c, int self, int args)
{
    if (lua_getmetatable(L, args)) {
        lua_pop(L, 1);
        c->given = ~0u;
    }
    for (lua_pushnil(L); lua_next(L, args); lua_pop(L, 1)) {
        size_t n;
        if (lua_type(L, -2) != LUA_TSTRING)
            ltg_misuse(L, "%s takes named arguments; nothing was sent",
                       push_written(L, c->op, self));
        const char *name = lua_tolstring(L, -2, &n);
        if (strlen(name) != n)
            ltg_misuse(L, "%s has no argument with a NUL in its name; nothing was sent",
                       push_written(L, c->op, self));
        const tg_field *f = tg_field_find(c->op->params, name, n);
        if (f && from_receiver(L, self, f)) ltg_refuse(L, name, "comes from the object");
        unsigned option = f ? 0 : ltg_option(name);
        c->given |= option;
        if (!f && !option && !(c->op->flags & TG_BODY_OPEN)) refuse_name(L, c, self, name, n);
    }
}

/* [-0, +1] the argument for F, or nil */
static void push_argument(lua_State *L, const ltg_args *args, const tg_field *f)
{
    for (int i = 0; i < args->count; i++) {
        if (args->field[i] != f) continue;
        lua_pushvalue(L, args->at[i]);
        return;
    }
    lua_getfield(L, args->named, f->name);
}

static void fill_parameter(lua_State *L, ltg_call *c, int self, const ltg_args *args,
                           const tg_field *f)
{
    int64_t id = from_receiver(L, self, f);
    if (id) {
        add_key(L, c, f, id);
        return;
    }
    push_argument(L, args, f);
    if (lua_isnil(L, -1) && (f->flags & TG_ALWAYS)) {
        lua_pushboolean(L, 0);
        lua_replace(L, -2);
    }
    if (!lua_isnil(L, -1)) {
        add_parameter(L, c, lua_gettop(L), f);
        if (c->op->paging != TG_WHOLE_LIST) note_paging(L, c, lua_gettop(L), f);
    } else if ((f->flags & TG_REQUIRED) && self && f->in == TG_IN_PATH)
        ltg_refuse(L, f->name, "is missing, and this object does not have it");
    else if (f->flags & TG_REQUIRED)
        ltg_refuse(L, f->name, "is missing");
    lua_pop(L, 1);
}

void ltg_fill(lua_State *L, ltg_call *c, int self, const ltg_args *args)
{
    check_names(L, c, self, args->named);
    for (const tg_field *f = c->op->params; f->name; f++)
        if (f->in == TG_IN_PATH || f->in == TG_IN_QUERY) fill_parameter(L, c, self, args, f);
    ltg_check_group(L, args->named, c->op->params, TG_IN_BODY, "");
    fill_body(L, c, args->named);
}
