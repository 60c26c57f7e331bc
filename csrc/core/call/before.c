/*
** What the store knows of the target of a write, for the journal: its name, the present values of
** the fields that change, and when they were read. No request is sent for it; a store that knows
** nothing of it adds nothing.
*/
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"

#define TARGETS_MOST 50 /* of a list of keys */

/* The view that holds the records of such a key, and whether these are people. */
static const struct {
    tg_key key;
    const char *view;
    bool people;
} views[] = {
    {TG_KEY_ORGANIZATION_USER, "users", true}, {TG_KEY_WORKSPACE_USER, "workspace_users", true},
    {TG_KEY_ACCOUNT, "users", true},           {TG_KEY_GROUP, "groups", false},
    {TG_KEY_WORKSPACE, "workspaces", false},   {TG_KEY_ORGANIZATION, "organizations", false},
};

#define VIEWS (sizeof views / sizeof *views)

static tg_text text_of(const char *s)
{
    return (tg_text){s, strlen(s)};
}

static size_t view_of(tg_key key)
{
    size_t i = 0;
    while (i < VIEWS && views[i].key != key) i++;
    return i;
}

/* The youngest record with that key, at its first row. NULL: the store has none. */
static tg_sql *find(tg_client *c, size_t view, int64_t key)
{
    char sql[200];
    tg_error err;
    tg_value v = {.what = TG_V_INT, .integer = key};
    int n =
        snprintf(sql, sizeof sql, "SELECT * FROM %s WHERE %s = ?1 ORDER BY reply_at DESC LIMIT 1",
                 views[view].view, tg_key_field(views[view].key));
    tg_sql *s = tg_sql_new(c, (tg_text){sql, (size_t)n}, &err);
    if (s && tg_sql_bind(s, 1, &v, &err) && tg_sql_step(s, &err) == 1) return s;
    tg_sql_free(s);
    return NULL;
}

static tg_value column(const tg_sql *s, const char *name)
{
    for (int i = 0; i < tg_sql_columns(s); i++)
        if (strcmp(tg_sql_name(s, i), name) == 0) return tg_sql_value(s, i);
    return (tg_value){.what = TG_V_ABSENT};
}

/* ------------------------------------------------------------------------------------ its name */

/* "Ann Lee <ann@acme.test>"; the columns of S change with the next call. */
static void add_name(const tg_sql *s, tg_buf *out)
{
    tg_value name = column(s, "name"), address = column(s, "email");
    if (name.what != TG_V_STRING) return;
    if (out->n) tg_buf_puts(out, ", ");
    tg_buf_add(out, name.text.p, name.text.n);
    if (address.what == TG_V_STRING && address.text.n)
        tg_buf_printf(out, " <%.*s>", (int)address.text.n, address.text.p);
}

static void put_name(tg_writer *w, size_t view, const tg_buf *name)
{
    if (!name->n || name->failed) return;
    tg_write_key(w, text_of(views[view].people ? "person" : "target"));
    tg_write_text(w, (tg_text){name->p, name->n});
}

/* ---------------------------------------------------------------------------------- its fields */

/* A list of records becomes the list of their keys, as a request has them. */
static void put_list(tg_writer *w, const tg_field *f, tg_text list)
{
    size_t pos = 0;
    tg_value k, v;
    const char *key = f->key ? tg_key_field(f->key) : "workspace_id";
    tg_write_array(w);
    while (tg_value_next(list, &pos, &k, &v)) {
        tg_value id = v.what == TG_V_OBJECT ? tg_value_get(v.text, text_of(key)) : v;
        if (id.what == TG_V_INT) tg_write_int(w, id.integer);
    }
    tg_write_end(w);
}

static void put_value(tg_writer *w, const tg_field *f, const tg_value *v)
{
    tg_write_key(w, text_of(f->name));
    if (v->what == TG_V_STRING && f->type == TG_LIST && v->text.n && *v->text.p == '[')
        put_list(w, f, v->text);
    else if (v->what == TG_V_INT && f->type == TG_BOOL)
        tg_write_bool(w, v->integer != 0);
    else if (v->what == TG_V_INT)
        tg_write_int(w, v->integer);
    else if (v->what == TG_V_REAL)
        tg_write_real(w, v->real);
    else if (v->what == TG_V_STRING)
        tg_write_text(w, v->text);
    else
        tg_write_null(w);
}

/* `organization_admin` of a request is `admin` of a record. */
static tg_value present(const tg_sql *s, const char *name)
{
    tg_value v = column(s, name);
    if (v.what == TG_V_ABSENT && strncmp(name, "organization_", 13) == 0) v = column(s, name + 13);
    return v;
}

/* Each body field that is sent and that the record has. */
static void put_fields(tg_writer *w, const tg_request *r, const tg_sql *s)
{
    tg_text body = {r->body.p, r->body.n};
    tg_write_key(w, TG_TEXT("before"));
    tg_write_object(w);
    for (const tg_field *f = r->has_body ? r->op->params : NULL; f && f->name; f++) {
        if (f->in != TG_IN_BODY || f->flags & (TG_SECRET | TG_WHOLE) ||
            tg_value_get(body, text_of(f->name)).what == TG_V_ABSENT)
            continue;
        tg_value v = present(s, f->name);
        if (v.what != TG_V_ABSENT) put_value(w, f, &v);
    }
    tg_write_end(w);
}

static void put_time(tg_writer *w, const tg_sql *s)
{
    tg_value at = column(s, "reply_at");
    if (at.what != TG_V_REAL && at.what != TG_V_INT) return;
    tg_write_key(w, TG_TEXT("before_read"));
    tg_write_real(w, at.what == TG_V_REAL ? at.real : (double)at.integer);
}

/* -------------------------------------------------------------------------------------- target */

static bool put_one(tg_client *c, const tg_request *r, size_t view, int64_t key, tg_writer *w)
{
    tg_buf name;
    tg_sql *s = view < VIEWS ? find(c, view, key) : NULL;
    if (!s) return false;
    tg_buf_init(&name, 1000);
    add_name(s, &name);
    put_name(w, view, &name);
    tg_buf_clear(&name);
    put_fields(w, r, s);
    put_time(w, s);
    tg_sql_free(s);
    return true;
}

/* The people that a list of keys in the body removes. */
static void put_many(tg_client *c, const tg_field *f, tg_text list, tg_writer *w)
{
    size_t pos = 0, view = view_of(f->key);
    tg_buf names;
    tg_value k, v;
    tg_buf_init(&names, 100 * TARGETS_MOST);
    for (int i = 0; view < VIEWS && i < TARGETS_MOST && tg_value_next(list, &pos, &k, &v); i++) {
        tg_sql *s = v.what == TG_V_INT ? find(c, view, v.integer) : NULL;
        if (s) add_name(s, &names);
        tg_sql_free(s);
    }
    put_name(w, view, &names);
    tg_buf_clear(&names);
}

static const tg_field *removed(const tg_request *r, tg_value *list)
{
    for (const tg_field *f = r->has_body ? r->op->params : NULL; f && f->name; f++) {
        if (f->in != TG_IN_BODY || strcmp(f->name, "delete") != 0) continue;
        *list = tg_value_get((tg_text){r->body.p, r->body.n}, text_of(f->name));
        return list->what == TG_V_ARRAY ? f : NULL;
    }
    return NULL;
}

void tg_call_before(const tg_call *call, tg_writer *w)
{
    tg_value list;
    tg_client *c = call->client;
    const tg_request *r = call->request;
    if (!c->cache || call->auth != &c->auth || r->raw) return;
    const tg_field *f = removed(r, &list);
    if (f) {
        put_many(c, f, list.text, w);
        return;
    }
    /* the innermost key of the path that the store knows; what is made is in none */
    for (int i = strcmp(r->verb, "POST") == 0 ? 0 : r->variables; i > 0; i--) {
        const tg_buf *text = &r->variable[i - 1].text;
        if (put_one(c, r, view_of(r->variable[i - 1].field->key), strtoll(text->p, NULL, 10), w))
            return;
    }
}
