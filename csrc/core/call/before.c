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

/* An operation that returns the records of such a key, its field there, and whether these are
   people. */
static const struct {
    tg_key key;
    const char *list, *field;
    bool people;
} lists[] = {
    {TG_KEY_ORGANIZATION_USER, "get_organization_users", "id", true},
    {TG_KEY_ACCOUNT, "get_organization_users", "user_id", true},
    {TG_KEY_WORKSPACE_USER, "get_workspace_workspace_users", "id", true},
    {TG_KEY_GROUP, "get_organization_groups", "group_id", false},
    {TG_KEY_WORKSPACE, "get_workspaces", "id", false},
    {TG_KEY_WORKSPACE, "get_workspace", "id", false},
    {TG_KEY_ORGANIZATION, "get_organizations", "id", false},
    {TG_KEY_ORGANIZATION, "get_organization", "id", false},
};

#define LISTS (sizeof lists / sizeof *lists)

/* A record, and the stored reply that it is part of. */
typedef struct known {
    tg_stored reply; /* owned */
    tg_text record;
} known;

static tg_text text_of(const char *s)
{
    return (tg_text){s, strlen(s)};
}

static size_t list_of(tg_key key)
{
    size_t i = 0;
    while (i < LISTS && lists[i].key != key) i++;
    return i;
}

static bool find_record(tg_text list, const char *field, int64_t key, tg_text *out)
{
    size_t pos = 0;
    tg_error err;
    tg_value k, v;
    if (!list.n || !tg_json_check(list, &err)) return false;
    *out = list;
    if (*list.p == '{') return tg_value_get(list, text_of(field)).integer == key;
    while (*list.p == '[' && tg_value_next(list, &pos, &k, &v)) {
        tg_value id = v.what == TG_V_OBJECT ? tg_value_get(v.text, text_of(field)) : v;
        *out = v.text;
        if (v.what == TG_V_OBJECT && id.what == TG_V_INT && id.integer == key) return true;
    }
    return false;
}

/* False: the store has no such record. */
static bool find(tg_client *c, size_t list, int64_t key, known *out)
{
    tg_stored *r = &out->reply;
    for (size_t i = list; i < LISTS && lists[i].key == lists[list].key; i++) {
        if (!tg_cache_find(c->cache, c->auth.account, lists[i].list, key, r)) continue;
        if (find_record((tg_text){r->text, r->text_n}, lists[i].field, key, &out->record))
            return true;
        tg_stored_clear(r);
    }
    return false;
}

static tg_value column(const known *s, const char *name)
{
    return tg_value_get(s->record, text_of(name));
}

/* ------------------------------------------------------------------------------------ its name */

/* "Ann Lee <ann@example.com>". */
static void add_text(tg_buf *out, const tg_value *v)
{
    char *room = v->escaped ? malloc(v->text.n + 1) : NULL;
    if (!v->escaped)
        tg_buf_add(out, v->text.p, v->text.n);
    else if (room)
        tg_buf_add(out, room, tg_value_unescape(v, room));
    free(room);
}

static void add_name(const known *s, tg_buf *out)
{
    tg_value name = column(s, "name"), address = column(s, "email");
    if (name.what != TG_V_STRING) return;
    if (out->n) tg_buf_puts(out, ", ");
    add_text(out, &name);
    if (address.what != TG_V_STRING || !address.text.n) return;
    tg_buf_puts(out, " <");
    add_text(out, &address);
    tg_buf_putc(out, '>');
}

static void put_name(tg_writer *w, size_t list, const tg_buf *name)
{
    if (!name->n || name->failed) return;
    tg_write_key(w, text_of(lists[list].people ? "person" : "target"));
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
    while (*list.p == '[' && tg_value_next(list, &pos, &k, &v)) {
        tg_value id = v.what == TG_V_OBJECT ? tg_value_get(v.text, text_of(key)) : v;
        if (id.what == TG_V_INT) tg_write_int(w, id.integer);
    }
    tg_write_end(w);
}

static void put_string(tg_writer *w, const tg_value *v)
{
    tg_buf text;
    tg_buf_init(&text, TG_BUF_NO_LIMIT);
    add_text(&text, v);
    tg_write_text(w, (tg_text){text.n ? text.p : "", text.n});
    tg_buf_clear(&text);
}

static void put_value(tg_writer *w, const tg_field *f, const tg_value *v)
{
    tg_write_key(w, text_of(f->name));
    switch (v->what) {
    case TG_V_ARRAY: put_list(w, f, v->text); break;
    case TG_V_BOOL: tg_write_bool(w, v->boolean); break;
    case TG_V_INT: tg_write_int(w, v->integer); break;
    case TG_V_REAL: tg_write_real(w, v->real); break;
    case TG_V_STRING: put_string(w, v); break;
    default: tg_write_null(w);
    }
}

/* `organization_admin` of a request is `admin` of a record. */
static tg_value present(const known *s, const char *name)
{
    tg_value v = column(s, name);
    if (v.what == TG_V_ABSENT && strncmp(name, "organization_", 13) == 0) v = column(s, name + 13);
    return v;
}

/* Each body field that is sent and that the record has. */
static void put_fields(tg_writer *w, const tg_request *r, const known *s)
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

/* -------------------------------------------------------------------------------------- target */

static bool put_one(tg_client *c, const tg_request *r, size_t list, int64_t key, tg_writer *w)
{
    known s;
    tg_buf name;
    if (!find(c, list, key, &s)) return false;
    tg_buf_init(&name, 1000);
    add_name(&s, &name);
    put_name(w, list, &name);
    tg_buf_clear(&name);
    /* the record of a membership, which an account key in a workspace names, is another one */
    bool same = lists[list].key != TG_KEY_ACCOUNT || !r->workspace;
    if (same) put_fields(w, r, &s);
    if (same) tg_write_key(w, TG_TEXT("before_read"));
    if (same) tg_write_real(w, s.reply.at);
    tg_stored_clear(&s.reply);
    return true;
}

/* The people that a list of keys in the body removes. */
static void put_many(tg_client *c, const tg_field *f, tg_text keys, tg_writer *w)
{
    known s;
    tg_buf names;
    tg_value k, v;
    size_t pos = 0, list = list_of(f->key);
    tg_buf_init(&names, 100 * TARGETS_MOST);
    for (int i = 0; i < TARGETS_MOST && tg_value_next(keys, &pos, &k, &v); i++) {
        if (v.what != TG_V_INT || !find(c, list, v.integer, &s)) continue;
        add_name(&s, &names);
        tg_stored_clear(&s.reply);
    }
    if (names.n) put_name(w, list, &names);
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
    tg_write_behind_flush(c->write_behind, c->cache, NULL);
    const tg_field *f = removed(r, &list);
    if (f) {
        put_many(c, f, list.text, w);
        return;
    }
    /* the innermost key of the path that the store knows; what is made is in none */
    for (int i = strcmp(r->verb, "POST") == 0 ? 0 : r->variables; i > 0; i--) {
        const tg_buf *text = &r->variable[i - 1].text;
        if (put_one(c, r, list_of(r->variable[i - 1].field->key), strtoll(text->p, NULL, 10), w))
            return;
    }
}
