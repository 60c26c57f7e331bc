/* Records: one JSON object of a page. Fields are decoded on access; methods come from the class. */
#include <stdio.h>
#include <string.h>

#include "ltg.h"

static const char classes_key; /* registry: method tables by class */

static ltg_record *check(lua_State *L)
{
    ltg_record *r = ltg_torecord(L, 1);
    if (!r) luaL_typeerror(L, 1, "record");
    return r;
}

/* Push the metatable of a model, created with its first record. [-0, +1] */
static void push_metatable(lua_State *L, const tg_model *m);

/* For records without a row. */
static const tg_field plain_fields[] = {{0}};
static const tg_model plain = {.name = "record",
                               .official = "",
                               .fields = plain_fields,
                               .doc = "a record without a row"};

ltg_record *ltg_newrecord(lua_State *L, int client, const tg_model *m, ltg_place place)
{
    if (!m) m = &plain;
    client = client ? lua_absindex(L, client) : 0;
    ltg_record *r = lua_newuserdatauv(L, sizeof *r, 1);
    *r = (ltg_record){.model = m, .text = {"{}", 2}, .place = place};
    push_metatable(L, m);
    lua_setmetatable(L, -2);
    if (client) {
        lua_pushvalue(L, client);
        lua_setiuservalue(L, -2, 1);
    }
    return r;
}

void ltg_fillrecord(ltg_record *r, tg_page *page, tg_record rec)
{
    r->page = tg_page_ref(page);
    r->text = rec.text;
}

void ltg_pushrecord(lua_State *L, int client, tg_page *page, const tg_model *m, tg_record rec,
                    ltg_place place)
{
    ltg_fillrecord(ltg_newrecord(L, client, m, place), page, rec);
}

/* --------------------------------------------------------------------------------------- fields */

static bool all_objects(tg_text array)
{
    size_t pos = 0;
    tg_value key, item;
    while (tg_value_next(array, &pos, &key, &item))
        if (item.what > TG_V_NULL && item.what != TG_V_OBJECT) return false;
    return true; /* nulls in a list of records are left out, as in a list of its own */
}

/* A list inside a record gets a page of its own: it is small, and a page has the index of its
   records. */
static void push_list(lua_State *L, int client, const tg_value *v, const tg_model *m,
                      ltg_place place)
{
    tg_error err;
    ltg_list *l = ltg_newlist(L, client, 1);
    l->model = m;
    l->place = place;
    tg_page *page = tg_page_of(v->text, TG_REPLY_LIST, m, &err);
    if (!page) luaL_error(L, "%s", err.message);
    ltg_addpage(l, page);
    tg_page_unref(page);
}

/* [-0, +1] the value V of a field; F: its row, or NULL. Records and lists of records get the client
   at CLIENT and take references to PAGE, which no finalizer may free; other values are plain. */
static void push_field(lua_State *L, int client, tg_page *page, const tg_value *v,
                       const tg_field *f, ltg_place place)
{
    const tg_model *m = f && f->model ? tg_model_find(f->model) : NULL;
    if (f && f->type == TG_STRING && (v->what == TG_V_INT || v->what == TG_V_REAL))
        lua_pushlstring(L, v->text.p, v->text.n); /* the digits are the text */
    else if (m && v->what == TG_V_ARRAY && all_objects(v->text))
        push_list(L, client, v, m, place);
    else if (m && v->what == TG_V_OBJECT && f->type == TG_RECORD)
        ltg_pushrecord(L, client, page, m, (tg_record){v->text, 0}, place);
    else
        ltg_pushplain(L, v);
}

/* ---------------------------------------------------------------------------------- metamethods */

/* The place of nested records: the keys of this record are keys of their parent. */
static ltg_place place_within(const ltg_record *r)
{
    ltg_place p = r->place;
    int64_t organization = ltg_keyof(r, TG_KEY_ORGANIZATION, false);
    if (organization) p.organization = organization;
    return p;
}

/* Short values are copied to the C stack, or by Lua before a finalizer can run; other values
   require a hold. */
static bool plain_value(const tg_value *v)
{
    return v->what < TG_V_ARRAY &&
           !(v->what == TG_V_STRING && v->escaped && v->text.n >= LUAL_BUFFERSIZE);
}

/* [-0, +1] the value of F, or of KEY if F is NULL, with the page held */
static int push_held(lua_State *L, const ltg_record *r, const tg_field *f, tg_text key)
{
    lua_getiuservalue(L, 1, 1);
    int client = lua_gettop(L);
    tg_page **h = ltg_hold(L, r);
    tg_value v = f ? tg_value_field(r->text, f) : tg_value_get(r->text, key);
    push_field(L, f ? client : 0, r->page, &v, f, f ? place_within(r) : r->place);
    ltg_release(h);
    return 1;
}

/* Raise: V, the value of F in the record at 1, neither has the type of the row nor can be
   converted. */
static int fail_misfit(lua_State *L, const tg_field *f, const tg_value *v)
{
    tg_error err = {.kind = TG_E_DECODE, .retry_after = -1};
    char shown[LTG_SHOWN];
    tg_text name;
    ltg_showmisfit(f, v, shown); /* first: Lua may run a finalizer that frees the page */
    lua_pushcfunction(L, ltg_recordtext);
    lua_pushvalue(L, 1);
    lua_call(L, 1, 1);
    name.p = lua_tolstring(L, -1, &name.n);
    snprintf(err.message, sizeof err.message,
             "%.*s: the field \"%s\" is %s, and should be of type %s", ltg_cut(name, 200), name.p,
             f->name, shown, tg_type_name(f->type));
    snprintf(err.advice, sizeof err.advice,
             "look at record:raw(); what the server meant is unknown");
    ltg_pusherror(L, &err);
    return lua_error(L);
}

/* [-2, +0 or +1] The member called by the key at 2 is neither a field of the row nor in the record
   nor a method. Raises, because a mistyped field would select everyone; a record without a row has
   nil instead, since any field of it may be absent. */
static int no_member(lua_State *L, const ltg_record *r)
{
    const tg_model *m = r->model;
    const char *name = lua_tostring(L, 2);
    const tg_field *own = m == &plain ? NULL : ltg_ownkey(m, name);
    if (own) {
        tg_value v = tg_value_field(r->text, own);
        ltg_pushplain(L, &v);
        return 1;
    }
    ltg_note_miss(L, m->class_ ? m->class_ : "record");
    if (ltg_pushmark(L, 1, &r->place, name)) return 1;
    if (m == &plain || strncmp(name, "__", 2) == 0) return 0;
    return ltg_unknown(L, m, name);
}

/*
** [-2, +0 or +1] __index. Upvalues: fields by name (light userdata), methods of the class or nil,
** address of the metatable. Code with the metatable may call this with any values.
*/
static int record_index(lua_State *L)
{
    ltg_record *r = lua_touserdata(L, 1);
    if (!r || !lua_getmetatable(L, 1) ||
        lua_topointer(L, -1) != lua_touserdata(L, lua_upvalueindex(3)))
        return luaL_typeerror(L, 1, "record");
    lua_pop(L, 1);
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(1)) == LUA_TLIGHTUSERDATA) {
        const tg_field *f = lua_touserdata(L, -1);
        tg_value v = tg_value_field(r->text, f);
        /* some servers send "" for null */
        bool no_time = f->type == TG_TIME && v.what == TG_V_STRING && v.text.n == 0;
        if (no_time) return 0;
        if (!tg_value_fits(&v, f)) return fail_misfit(L, f, &v);
        if (!plain_value(&v)) return push_held(L, r, f, (tg_text){0});
        push_field(L, 0, r->page, &v, f, r->place);
        return 1;
    }
    lua_pushvalue(L, 2);
    if (lua_gettable(L, lua_upvalueindex(2)) != LUA_TNIL || lua_type(L, 2) != LUA_TSTRING) return 1;
    tg_text key = {0};
    key.p = lua_tolstring(L, 2, &key.n);
    tg_value v = tg_value_get(r->text, key); /* fields without a row are readable too */
    if (v.what == TG_V_ABSENT) return no_member(L, r);
    if (!plain_value(&v)) return push_held(L, r, NULL, key);
    push_field(L, 0, r->page, &v, NULL, r->place);
    return 1;
}

/* [-3, +0] __newindex: raises */
static int record_newindex(lua_State *L)
{
    const ltg_record *r = check(L);
    return ltg_misuse(L, "the fields of a %s are read-only; its methods change it at Toggl",
                      r->model->class_ ? r->model->class_ : "record");
}

/* [-1, +0] */
static int record_gc(lua_State *L)
{
    ltg_record *r = check(L);
    tg_page_unref(r->page);
    r->page = NULL;
    r->text = (tg_text){"{}", 2};
    return 0;
}

/* [-2, +1] __eq: records are equal if they have the same class and the same key. */
static int record_eq(lua_State *L)
{
    const ltg_record *a = ltg_torecord(L, 1), *b = ltg_torecord(L, 2);
    bool same = a && b && a->page && b->page && a->model->class_ && b->model->class_ &&
                strcmp(a->model->class_, b->model->class_) == 0;
    bool equal = false;
    for (const tg_field *f = same ? a->model->fields : NULL; f && f->name; f++) {
        int64_t mine = f->flags & TG_SELF ? ltg_keyof(a, f->key, true) : 0;
        int64_t other = mine ? ltg_keyof(b, f->key, true) : 0;
        if (!other) continue;
        equal = mine == other;
        break;
    }
    lua_pushboolean(L, equal);
    return 1;
}

/* [-2, +0 or +2] next() over the fields of the JSON text, in its order. Upvalues: the position in
   the text, which is valid only for this record, and the record. */
static int pairs_step(lua_State *L)
{
    ltg_record *r = check(L);
    size_t pos = (size_t)lua_tointeger(L, lua_upvalueindex(1));
    tg_value key, v;
    if (!lua_rawequal(L, 1, lua_upvalueindex(2)))
        return luaL_argerror(L, 1, "is not the record of this loop");
    tg_page **h = ltg_hold(L, r);
    do {
        if (!r->page || !tg_value_next(r->text, &pos, &key, &v)) return 0;
    } while (v.what == TG_V_NULL);
    lua_pushinteger(L, (lua_Integer)pos);
    lua_replace(L, lua_upvalueindex(1));
    ltg_pushstring(L, &key);
    size_t n;
    const char *name = lua_tolstring(L, -1, &n);
    const tg_field *f = tg_field_find(r->model->fields, name, n);
    if (f) tg_value_read_as(&v, f);
    lua_getiuservalue(L, 1, 1);
    push_field(L, lua_gettop(L), r->page, &v, f, place_within(r));
    lua_remove(L, -2);
    ltg_release(h);
    return 2;
}

/* [-1, +3] __pairs */
static int record_pairs(lua_State *L)
{
    check(L);
    lua_pushinteger(L, 0);
    lua_pushvalue(L, 1);
    lua_pushcclosure(L, pairs_step, 2);
    lua_pushvalue(L, 1);
    lua_pushnil(L);
    return 3;
}

/* -------------------------------------------------------------------------------- plain methods */

/* [-1, +1] the JSON text */
static int record_raw(lua_State *L)
{
    const ltg_record *r = check(L);
    lua_pushlstring(L, r->text.p, r->text.n);
    return 1;
}

/* [-1, +1] a plain table of the record */
static int record_table(lua_State *L)
{
    const ltg_record *r = check(L);
    tg_page **h = ltg_hold(L, r);
    tg_value v = tg_value_of(r->text);
    ltg_pushobject(L, &v, r->model);
    ltg_release(h);
    return 1;
}

/* [-2, +1] record:get(name): the field; nil when it is absent, whether or not the row has it */
static int record_get(lua_State *L)
{
    const ltg_record *r = check(L);
    tg_text key;
    key.p = luaL_checklstring(L, 2, &key.n);
    lua_settop(L, 2);
    const tg_field *f = tg_field_find(r->model->fields, key.p, key.n);
    bool known = f || (r->model != &plain && ltg_ownkey(r->model, key.p));
    tg_value v = known ? (tg_value){0} : tg_value_get(r->text, key);
    if (!known && v.what != TG_V_ABSENT) return push_held(L, r, NULL, key);
    if (!known && !ltg_pushmark(L, 1, &r->place, key.p)) lua_pushnil(L);
    if (known) lua_gettable(L, 1);
    return 1;
}

/* [-1, +1] A copy that does not keep its list in memory. */
static int record_detach(lua_State *L)
{
    const ltg_record *r = check(L);
    lua_getiuservalue(L, 1, 1);
    ltg_record *own = ltg_newrecord(L, lua_gettop(L), r->model, r->place);
    if (!r->page) return ltg_misuse(L, "this record is closed");
    tg_page *page =
        tg_page_detach(&(tg_record){.text = r->text}, r->model == &plain ? NULL : r->model);
    if (!page) return luaL_error(L, "out of memory");
    *own = (ltg_record){page, r->model, tg_page_at(page, 0).text, r->place};
    return 1;
}

/* [-1, +1] */
static int record_model(lua_State *L)
{
    lua_pushstring(L, check(L)->model->name);
    return 1;
}

/* [-1, +1] */
static int record_client(lua_State *L)
{
    check(L);
    lua_getiuservalue(L, 1, 1);
    return 1;
}

/* [-1, +2] The organization and workspace of the record, as numbers, for the Lua side. */
static int record_place(lua_State *L)
{
    const ltg_record *r = check(L);
    int64_t organization = ltg_keyof(r, TG_KEY_ORGANIZATION, false),
            workspace = ltg_keyof(r, TG_KEY_WORKSPACE, false);
    organization ? lua_pushinteger(L, organization) : lua_pushnil(L);
    workspace ? lua_pushinteger(L, workspace) : lua_pushnil(L);
    return 2;
}

static const luaL_Reg common[] = {{"raw", record_raw},     {"table", record_table},
                                  {"get", record_get},     {"detach", record_detach},
                                  {"model", record_model}, {"client", record_client},
                                  {"place", record_place}, {NULL, NULL}};

static const luaL_Reg meta[] = {{"__newindex", record_newindex},
                                {"__gc", record_gc},
                                {"__close", record_gc},
                                {"__tostring", ltg_recordtext},
                                {"__eq", record_eq},
                                {"__pairs", record_pairs},
                                {NULL, NULL}};

/* --------------------------------------------------------------------------------- registration */

/* [-0, +1] the method table of CLASS in the table at CLASSES, created if missing */
void ltg_pushmethods(lua_State *L, int classes, const char *class_)
{
    if (lua_getfield(L, classes, class_) == LUA_TTABLE) return;
    lua_pop(L, 1);
    lua_newtable(L);
    if (strcmp(class_, "client") != 0) luaL_setfuncs(L, common, 0); /* a client is not a record */
    lua_pushvalue(L, -1);
    lua_setfield(L, classes, class_);
}

static void make_metatable(lua_State *L, const tg_model *m)
{
    const char *class_ = m->class_ ? m->class_ : "record";
    lua_newtable(L); /* stack: metatable */
    luaL_setfuncs(L, meta, 0);
    lua_pushboolean(L, 1);
    lua_rawsetp(L, -2, &ltg_record_mark);
    lua_pushfstring(L, "toggl.%s", class_);
    lua_setfield(L, -2, "__name");
    lua_newtable(L); /* stack: metatable, fields */
    for (const tg_field *f = m->fields; f->name; f++) {
        lua_pushlightuserdata(L, (void *)(uintptr_t)f);
        lua_setfield(L, -2, f->name);
    }
    lua_rawgetp(L, LUA_REGISTRYINDEX, &classes_key);
    lua_getfield(L, -1, class_);
    lua_remove(L, -2); /* stack: metatable, fields, methods */
    lua_pushlightuserdata(L, (void *)(uintptr_t)lua_topointer(L, -3));
    lua_pushcclosure(L, record_index, 3);
    lua_setfield(L, -2, "__index");
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, m);
}

static void push_metatable(lua_State *L, const tg_model *m)
{
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, m) == LUA_TTABLE) return;
    lua_pop(L, 1);
    make_metatable(L, m);
}

void ltg_open_records(lua_State *L)
{
    size_t n;
    const tg_model *models = tg_models(&n);
    ltg_open_values(L);
    ltg_open_holds(L);
    lua_newtable(L);
    int classes = lua_gettop(L);
    lua_pushvalue(L, classes);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &classes_key);
    for (size_t i = 0; i < n; i++) {
        ltg_pushmethods(L, classes, models[i].class_ ? models[i].class_ : "record");
        lua_pop(L, 1);
        lua_pushnil(L); /* a module opened again has new method tables */
        lua_rawsetp(L, LUA_REGISTRYINDEX, &models[i]);
    }
    lua_pushnil(L);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &plain);
}
