/* The tables for SQL and their columns, from the rows of the models. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cache_shown.h"

/* Models whose plural is not the usual name. FIELD: for the records inside it; NULL: the model
   itself. */
static const struct {
    const char *model, *field, *table;
} names[] = {
    {"org_user", NULL, "users"},
    {"org_user", "workspaces", "memberships"},
    {"org_user", "groups", "user_groups"},
    {"group", "users", "group_members"},
    {"workspace_user", NULL, "workspace_users"},
    {"simple_workspace_user", NULL, "workspace_people"},
    {"me", NULL, "me"},
};

static const char *given_name(const tg_model *m, const char *field)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i].model, m->name) == 0 &&
            (field ? names[i].field && strcmp(names[i].field, field) == 0 : !names[i].field))
            return names[i].table;
    return NULL;
}

static char *name_of(const tg_table *t)
{
    char name[128];
    const char *model = t->outer->name, *field = t->list ? t->list->name : NULL;
    const char *given = given_name(t->outer, field), *known = t->known ? "known_" : "";
    size_t n = strlen(model);
    if (given)
        snprintf(name, sizeof name, "%s%s", known, given);
    else if (field)
        snprintf(name, sizeof name, "%s%s_%s", known, model, field);
    else if (model[n - 1] == 'y')
        snprintf(name, sizeof name, "%s%.*sies", known, (int)n - 1, model);
    else
        snprintf(name, sizeof name, "%s%s%s", known, model, model[n - 1] == 's' ? "" : "s");
    return strdup(name);
}

/* Is this field, or a field of a record inside it, secret? DEPTH ends the recursion of rows that
   contain one another. */
static bool is_secret(const tg_field *f, int depth)
{
    const tg_model *m = f->model ? tg_model_find(f->model) : NULL;
    if (f->flags & TG_SECRET || depth > 8) return true;
    for (const tg_field *in = m ? m->fields : NULL; in && in->name; in++)
        if (is_secret(in, depth + 1)) return true;
    return false;
}

static bool has_column(const tg_model *m, const char *name)
{
    return tg_field_find(m->fields, name, strlen(name)) != NULL;
}

static const tg_field *self_field(const tg_model *m, tg_key kind)
{
    for (const tg_field *f = m->fields; f->name; f++)
        if (f->flags & TG_SELF && f->key == kind) return f;
    return NULL;
}

static void add(tg_table *t, const char *name, const tg_field *f, tg_from from)
{
    t->columns[t->n++] = (tg_column){name, f, from};
}

static void add_fields(tg_table *t)
{
    for (const tg_field *f = t->model->fields; f->name; f++) {
        bool place = f->key == TG_KEY_ORGANIZATION || f->key == TG_KEY_WORKSPACE;
        bool parent = f->flags & TG_PARENT && !f->older && place;
        if (!is_secret(f, 0)) add(t, f->name, f, parent ? TG_FROM_PARENT : TG_FROM_RECORD);
    }
}

/* The keys of the records of OF by the names that other tables have them under (user_id, group_id),
   but those that the records of the table have a field for, or OUTER the same kind of. */
static void add_keys(tg_table *t, const tg_model *of, const tg_model *outer, tg_from from)
{
    for (const tg_field *f = of->fields; f->name; f++) {
        if (!(f->flags & TG_SELF) || has_column(t->model, tg_key_field(f->key))) continue;
        if (!outer || !self_field(outer, f->key)) add(t, tg_key_field(f->key), f, from);
    }
}

/* The place of a record: its own key if the model is that kind, else the place of its reply. */
static void add_place(tg_table *t, const char *name, tg_key kind, tg_from from)
{
    bool own = has_column(t->model, name) || self_field(t->model, kind);
    if (!own && !(t->list && self_field(t->outer, kind))) add(t, name, NULL, from);
}

static bool fill(tg_table *t)
{
    size_t most = 8;
    for (const tg_field *f = t->model->fields; f->name; f++) most += 2;
    for (const tg_field *f = t->outer->fields; f->name; f++) most++;
    t->columns = calloc(most, sizeof *t->columns);
    t->name = name_of(t);
    if (!t->columns || !t->name) return false;
    if (t->list) add_keys(t, t->outer, NULL, TG_FROM_OUTER);
    add_fields(t);
    add_keys(t, t->model, t->list ? t->outer : NULL, TG_FROM_RECORD);
    add_place(t, "organization_id", TG_KEY_ORGANIZATION, TG_FROM_ORGANIZATION);
    add_place(t, "workspace_id", TG_KEY_WORKSPACE, TG_FROM_WORKSPACE);
    add(t, "reply_at", NULL, TG_FROM_AT);
    add(t, "json", NULL, TG_FROM_TEXT);
    return true;
}

/* ---------------------------------------------------------------------------------- all of them */

/* The model whose records stored replies to OP bring, by its fields; NULL: none. */
static const tg_field *brought(const tg_op *op)
{
    bool records =
        op->reply == TG_REPLY_RECORD || op->reply == TG_REPLY_LIST || op->reply == TG_REPLY_MAP;
    if (!records || !op->model || op->ttl <= 0 || strcmp(op->verb, "GET") != 0) return NULL;
    const tg_model *m = tg_model_find(op->model);
    return m ? m->fields : NULL;
}

size_t tg_table_ops(const tg_table *t, const tg_op *out[TG_TABLE_OPS])
{
    size_t count, n = 0;
    const tg_op *ops = tg_ops(&count);
    for (size_t i = 0; i < count && n < TG_TABLE_OPS; i++)
        if (brought(&ops[i]) == t->outer->fields) out[n++] = &ops[i];
    return n;
}

/* What each operation brings: looked up once, since each model asks all. */
static const tg_field **all_brought(void)
{
    size_t count;
    const tg_op *ops = tg_ops(&count);
    const tg_field **all = malloc((count + 1) * sizeof *all);
    for (size_t i = 0; all && i < count; i++) all[i] = brought(&ops[i]);
    return all;
}

static bool is_shown(const tg_model *models, const tg_model *m, const tg_field *const *all)
{
    size_t count;
    tg_ops(&count);
    for (const tg_model *other = models; other < m; other++)
        if (other->fields == m->fields) return false;
    for (size_t i = 0; i < count; i++)
        if (all[i] == m->fields) return true;
    return false;
}

/* One table for each model that replies bring, followed by one for each list inside. OUT NULL:
   count them. */
static size_t each(tg_table *out, bool known, const tg_field *const *all)
{
    size_t count, n = 0;
    const tg_model *models = tg_models(&count);
    for (const tg_model *m = models; m < models + count; m++) {
        if (!is_shown(models, m, all)) continue;
        if (out) out[n] = (tg_table){.outer = m, .model = m, .known = known};
        n++;
        for (const tg_field *f = m->fields; f->name; f++) {
            const tg_model *in =
                f->type == TG_LIST && f->item == TG_RECORD ? tg_model_find(f->model) : NULL;
            if (in && out) out[n] = (tg_table){.outer = m, .model = in, .list = f, .known = known};
            n += in != NULL;
        }
    }
    return n;
}

static tg_table *empty_tables(size_t *n)
{
    const tg_field **all = all_brought();
    size_t half = all ? each(NULL, false, all) : 0;
    *n = 2 * half;
    tg_table *tables = all ? calloc(*n + 1, sizeof *tables) : NULL;
    if (tables) each(tables, false, all), each(tables + half, true, all);
    free(all);
    return tables;
}

tg_table *tg_tables_new(void)
{
    size_t n;
    tg_table *tables = empty_tables(&n);
    bool ok = tables != NULL;
    for (size_t i = 0; ok && i < n; i++) ok = fill(&tables[i]);
    if (ok) return tables;
    for (size_t i = 0; tables && i < n; i++) free(tables[i].columns), free(tables[i].name);
    free(tables);
    return NULL;
}

void tg_tables_free(tg_table *tables)
{
    for (tg_table *t = tables; t && t->name; t++) {
        free(t->columns);
        free(t->name);
    }
    free(tables);
}

bool tg_column_is_integer(const tg_column *c)
{
    if (c->from == TG_FROM_ORGANIZATION || c->from == TG_FROM_WORKSPACE) return true;
    return c->field && (c->field->type == TG_INT || c->field->type == TG_BOOL);
}

const char *tg_column_type(const tg_column *c)
{
    if (c->from == TG_FROM_AT) return "REAL";
    if (tg_column_is_integer(c))
        return c->field && c->field->type == TG_BOOL ? "BOOLEAN" : "INTEGER";
    if (c->from == TG_FROM_TEXT) return "TEXT HIDDEN";
    switch (c->field->type) {
    case TG_REAL: return "REAL";
    case TG_STRING:
    case TG_TIME: return "TEXT";
    default: return ""; /* JSON, or a value of any type */
    }
}
