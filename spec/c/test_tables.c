/* The tables of operations and models are consistent. --dump prints them. */
#include <string.h>

#include "check.h"
#include "dump_tables.h"
#include "toggl.h"

#define OFFICIAL_COUNT 68 /* operations in the official document; the table may have more rows */

/* Report a failed check with the name of its row. */
static void row_failed(const char *row, const char *what, const char *cond)
{
    printf("# %s, %s: %s\n", row, what ? what : "-", cond);
    check_failed_here++;
}

#define ROW(cond, row, what) ((cond) ? (void)0 : row_failed((row), (what), #cond))

static const tg_op *ops_end(void)
{
    size_t count;
    const tg_op *ops = tg_ops(&count);
    return ops + count;
}

#define EACH_OP(op) for (const tg_op *op = tg_ops(NULL), *op##_end = ops_end(); op < op##_end; op++)

static const tg_model *models_end(void)
{
    size_t count;
    const tg_model *models = tg_models(&count);
    return models + count;
}

#define EACH_MODEL(m)                                                                              \
    for (const tg_model *m = tg_models(NULL), *m##_end = models_end(); m < m##_end; m++)

/* ----------------------------------------------------------------------------------- operations */

static bool is(const tg_op *op, const char *verb)
{
    return strcmp(op->verb, verb) == 0;
}

static bool has_word(const char *words, const char *word)
{
    size_t n = strlen(word);
    for (const char *p = words; p && (p = strstr(p, word)); p += n)
        if ((p == words || p[-1] == ' ') && (p[n] == ' ' || p[n] == '\0')) return true;
    return false;
}

/* Return whether S is one or more sentences: first a capital, a digit or a minus, last a period, no
   line break, no double space. */
static bool is_sentence(const char *s)
{
    size_t n = s ? strlen(s) : 0;
    bool starts =
        n && ((s[0] >= 'A' && s[0] <= 'Z') || s[0] == '-' || (s[0] >= '0' && s[0] <= '9'));
    return starts && s[n - 1] == '.' && !strchr(s, '\n') && !strstr(s, "  ");
}

static void check_names(void)
{
    size_t count;
    tg_ops(&count);
    CHECK(count >= OFFICIAL_COUNT);
    EACH_OP(a)
    {
        CHECK(tg_op_find(a->name) == a);
        for (const tg_op *b = a + 1; b < a_end; b++) {
            ROW(strcmp(a->name, b->name) != 0, a->name, b->name);
            ROW(strcmp(a->class_, b->class_) != 0 || strcmp(a->method, b->method) != 0, a->name,
                b->name);
            ROW(strcmp(a->path, b->path) != 0 || strcmp(a->verb, b->verb) != 0, a->name, b->name);
        }
    }
    CHECK(tg_op_find("get_organisation") == NULL);
}

static void check_methods(void)
{
    static const char classes[] =
        "client organization group user workspace member invitation transfer workspace_group "
        "membership";
    static const char taken[] =
        "organization user group workspace rename add remove quota request close raw table";
    EACH_OP(op)
    {
        ROW(has_word(classes, op->class_), op->name, op->class_);
        ROW(!has_word(taken, op->method), op->name, op->method);
        ROW(strncmp(op->method, "each_", 5) != 0, op->name, op->method);
        EACH_MODEL(m)
        {
            if (!m->class_ || strcmp(m->class_, op->class_) != 0) continue;
            ROW(!tg_field_find(m->fields, op->method, strlen(op->method)), op->name, m->name);
        }
    }
}

/* Check that path variables and path parameters are the same, in the same order. */
static void check_path(const tg_op *op)
{
    const tg_field *f = op->params;
    ROW(op->path[0] == '/', op->name, op->path);
    for (const char *p = op->path; (p = strchr(p, '{')); f++) {
        size_t n = strcspn(++p, "}");
        ROW(f->name && f->in == TG_IN_PATH && strlen(f->name) == n && strncmp(f->name, p, n) == 0,
            op->name, p);
        if (!f->name) return;
        ROW(f->flags & TG_REQUIRED, op->name, f->name);
    }
    for (; f->name; f++) ROW(f->in != TG_IN_PATH, op->name, f->name);
}

/* Check that each {name} of the tags is a path variable, and that some reply has each tag that a
   write drops. */
static void check_tag_variables(const tg_op *op, const char *tags)
{
    for (const char *p = tags; p && (p = strchr(p, '{'));) {
        size_t n = strcspn(++p, "}");
        const tg_field *f = tg_field_find(op->params, p, n);
        ROW(f && f->in == TG_IN_PATH, op->name, tags);
    }
}

static bool some_reply_has(const char *tag)
{
    EACH_OP(op)
    if (has_word(op->tags, tag)) return true;
    return false;
}

static void check_drops(const tg_op *op)
{
    char tag[64];
    for (const char *p = op->drops; p && *p; p += strspn(p, " ")) {
        size_t n = strcspn(p, " ");
        snprintf(tag, sizeof tag, "%.*s", (int)n, p);
        ROW(some_reply_has(tag), op->name, tag);
        p += n;
    }
}

/* Does OP drop a tag of the list? Only then a reader of the list has to know what it did. */
static bool drops_of(const tg_op *op, const tg_op *list)
{
    char tag[64];
    for (const char *p = list->tags; *p; p += strspn(p, " ")) {
        size_t n = strcspn(p, " ");
        snprintf(tag, sizeof tag, "%.*s", (int)n, p);
        if (has_word(op->drops, tag)) return true;
        p += n;
    }
    return false;
}

static bool is_found_by(const tg_model *m)
{
    for (const tg_field *f = m ? m->fields : NULL; f && f->name; f++)
        if (f->flags & TG_FOUND && f->flags & TG_SELF && f->type == TG_INT) return true;
    return false;
}

static void check_effect_fields(const tg_op *op, const tg_model *m)
{
    char name[40];
    for (const char *p = op->rows.fields; p && *p; p += strspn(p, " ")) {
        size_t n = strcspn(p, " ");
        snprintf(name, sizeof name, "%.*s", (int)n, p);
        ROW(tg_field_find(m->fields, name, n), op->name, name);
        p += n;
    }
}

static void check_rows(const tg_op *op)
{
    const tg_row_effect *e = &op->rows;
    if (!e->list) return;
    const tg_op *list = tg_op_find(e->list);
    ROW(list && list->reply == TG_REPLY_LIST && list->ttl > 0, op->name, e->list);
    if (!list) return;
    const tg_model *m = tg_model_find(list->model);
    const tg_field *f = e->from ? tg_field_find(op->params, e->from, strlen(e->from)) : NULL;
    ROW(is_found_by(m) && drops_of(op, list), op->name, e->list);
    ROW(e->how != TG_ROW_NONE && !is(op, "GET"), op->name, e->list);
    ROW((e->how == TG_ROW_REPLY) == !e->from, op->name, e->from);
    ROW((e->how == TG_ROW_FIELDS) == (e->fields != NULL), op->name, e->fields);
    ROW(!e->from || (f && f->in != TG_IN_QUERY), op->name, e->from);
    ROW(e->how != TG_ROW_REPLY || op->reply == TG_REPLY_RECORD, op->name, "reply");
    check_effect_fields(op, m);
}

static void check_storing(const tg_op *op)
{
    bool reads = is(op, "GET");
    check_tag_variables(op, op->tags);
    check_tag_variables(op, op->drops);
    check_drops(op);
    check_rows(op);
    ROW(reads || op->ttl == 0, op->name, "ttl");
    ROW((op->ttl > 0) == (op->tags != NULL), op->name, op->tags);
    ROW(!reads || !op->drops, op->name, op->drops);
    ROW(op->reply != TG_REPLY_BYTES || op->ttl == 0, op->name, "ttl");
    if (op->ttl > 0 && strstr(op->path, "{organization_id}"))
        ROW(has_word(op->tags, "about:{organization_id}"), op->name, op->tags);
}

static void check_verb(const tg_op *op)
{
    ROW(is(op, "GET") || is(op, "PUT") || is(op, "POST") || is(op, "PATCH") || is(op, "DELETE"),
        op->name, op->verb);
    if (is(op, "PUT") || is(op, "DELETE") || is(op, "PATCH"))
        ROW(op->effect != TG_EFFECT_NONE, op->name, op->verb);
    if (is(op, "GET")) ROW(op->effect == TG_EFFECT_NONE, op->name, op->verb);
    if (op->effect == TG_EFFECT_NONE) ROW(!op->drops, op->name, op->drops);
}

/* Check that a row names only body fields of its own, and that a read settles it. */
static void check_effect(const tg_op *op)
{
    ROW((op->effect == TG_EFFECT_NONE) == (op->settle_find == NULL), op->name, "settle_find");
    for (int i = 0; i < 2; i++) {
        const tg_settle *how = &op->settle[i];
        const tg_op *read = how->read ? tg_op_find(how->read) : NULL;
        ROW(!how->read == !how->look, op->name, how->read);
        ROW(!how->read || (read && is(read, "GET")), op->name, how->read);
        ROW(!how->from || tg_field_find(op->params, how->from, strlen(how->from)), op->name,
            how->from);
        ROW(!how->holds || tg_field_find(op->params, how->holds, strlen(how->holds)), op->name,
            how->holds);
        const tg_model *m = read && read->model ? tg_model_find(read->model) : NULL;
        for (int k = 0; m && k < 4; k++) {
            const char *name = (const char *[]){how->at, how->since, how->list, how->live}[k];
            ROW(!name || tg_field_find(m->fields, name, strlen(name)), op->name, name);
        }
    }
    ROW((op->effect_if != NULL) == (op->effect_then != TG_EFFECT_NONE), op->name, op->effect_if);
    for (const char *p = op->effect_if; p && *p; p += strspn(p, " ")) {
        size_t n = strcspn(p, " ");
        const tg_field *f = tg_field_find(op->params, p, n);
        ROW(f && f->in == TG_IN_BODY && (f->type == TG_BOOL || f->type == TG_LIST), op->name, p);
        p += n;
    }
    if (op->effect == TG_EFFECT_CHECKABLE) ROW(op->settle[0].read, op->name, "settle");
}

static void check_reply(const tg_op *op)
{
    bool records =
        op->reply == TG_REPLY_RECORD || op->reply == TG_REPLY_LIST || op->reply == TG_REPLY_MAP;
    ROW(records == (op->model != NULL), op->name, op->model);
    if (op->model) ROW(tg_model_find(op->model), op->name, op->model);
    if (op->paging != TG_WHOLE_LIST) ROW(op->reply == TG_REPLY_LIST, op->name, "paging");
    if (op->flags & TG_LOOSE) ROW(op->reply == TG_REPLY_LIST, op->name, "loose");
}

/* Check that the window is that of the organization if and only if the path names an organization
   or a workspace. */
static void check_window(const tg_op *op)
{
    bool named = strstr(op->path, "{organization_id}") || strstr(op->path, "{workspace_id}");
    ROW(named == (op->window == TG_WINDOW_ORGANIZATION), op->name, op->path);
}

/* --------------------------------------------------------------------------------------- fields */

static void check_limits(const char *row, const tg_field *f)
{
    ROW(f->min <= f->max, row, f->name);
    if (!f->min && !f->max) return;
    ROW(f->type == TG_INT || f->type == TG_STRING || f->type == TG_LIST, row, f->name);
    if (f->type != TG_INT) ROW(f->min >= 0 && f->max > 0, row, f->name);
}

static void check_types(const char *row, const tg_field *f)
{
    bool holds = f->type == TG_LIST || f->type == TG_MAP;
    const tg_type inner = holds ? f->item : f->type;
    ROW(f->type >= TG_INT && f->type <= TG_ANY, row, f->name);
    ROW(holds == (f->item != 0), row, f->name);
    if (inner == TG_RECORD) ROW(f->model, row, f->name);
    if (f->model)
        ROW(tg_model_find(f->model) && (inner == TG_RECORD || inner == TG_ANY), row, f->name);
    if (f->key) ROW(inner == TG_INT, row, f->name);
    if (f->words) ROW(inner == TG_STRING && !strstr(f->words, "  "), row, f->name);
    ROW(is_sentence(f->doc), row, f->name);
}

static void check_flags(const char *row, const tg_field *f)
{
    if (f->flags & TG_SELF) ROW(f->key && f->type == TG_INT, row, f->name);
    if (f->flags & TG_PARENT) ROW(f->key && !(f->flags & TG_SELF), row, f->name);
    if (f->flags & TG_NAMES_KEY) ROW(f->key, row, f->name);
    if (f->flags & (TG_UNIQUE | TG_JOINED)) ROW(f->type == TG_LIST, row, f->name);
    if (f->flags & TG_JOINED) ROW(f->in == TG_IN_QUERY, row, f->name);
    if (f->flags & TG_NOT_BLANK) ROW(f->type == TG_STRING, row, f->name);
    if (f->flags & TG_ALWAYS) ROW(f->type == TG_BOOL && f->in == TG_IN_QUERY, row, f->name);
    if (f->flags & (TG_ONE_OF | TG_EXCLUSIVE)) ROW(!(f->flags & TG_REQUIRED), row, f->name);
}

static void check_field(const char *row, const tg_field *fields, const tg_field *f)
{
    ROW(tg_field_find(fields, f->name, strlen(f->name)) == f, row, f->name);
    if (f->older) ROW(!tg_field_find(fields, f->older, strlen(f->older)), row, f->older);
    check_limits(row, f);
    check_types(row, f);
    check_flags(row, f);
}

static void check_whole(const tg_op *op, const tg_field *f)
{
    ROW(f->in == TG_IN_BODY && f->type == TG_LIST, op->name, f->name);
    for (const tg_field *g = op->params; g->name; g++)
        ROW(g == f || g->in != TG_IN_BODY, op->name, g->name);
}

static void check_params(const tg_op *op)
{
    bool pages = false;
    for (const tg_field *f = op->params; f->name; f++) {
        check_field(op->name, op->params, f);
        ROW(f->in != TG_IN_REPLY, op->name, f->name);
        ROW(f->in != TG_IN_BODY || is(op, "POST") || is(op, "PUT") || is(op, "PATCH"), op->name,
            f->name);
        ROW(f->in == TG_IN_BODY || !f->model, op->name, f->name);
        if (f->key && f->type == TG_INT) ROW(f->max == INT64_MAX, op->name, f->name);
        if (f->type == TG_LIST && f->in == TG_IN_QUERY)
            ROW(f->flags & TG_JOINED, op->name, f->name);
        if (f->flags & TG_WHOLE) check_whole(op, f);
        if (!(f->flags & TG_PAGE_NUMBER)) continue;
        pages = true;
        ROW(f[1].name && f[1].type == TG_INT && strstr(f[1].name, "p") && f[1].in == TG_IN_QUERY,
            op->name, f[1].name);
    }
    ROW(pages == (op->paging == TG_PAGES), op->name, "paging");
}

/* A person has four kinds of key: check that a parameter of one of them is named after its kind. */
static void check_person_keys(const tg_op *op)
{
    for (const tg_field *f = op->params; f->name; f++) {
        if (!(f->flags & TG_NAMES_KEY) || f->key > TG_KEY_INVITATION) continue;
        ROW(strcmp(f->name, tg_key_field(f->key)) == 0, op->name, f->name);
    }
}

/* --------------------------------------------------------------------------------------- models */

static bool mentions(const tg_field *fields, const char *model)
{
    for (const tg_field *f = fields; f->name; f++)
        if (f->model && strcmp(f->model, model) == 0) return true;
    return false;
}

/* Return whether an operation or another model uses M. */
static bool is_reached(const tg_model *m)
{
    EACH_OP(op)
    if ((op->model && strcmp(op->model, m->name) == 0) || mentions(op->params, m->name))
        return true;
    EACH_MODEL(other)
    if (other != m && mentions(other->fields, m->name)) return true;
    return false;
}

static void check_model(const tg_model *m)
{
    for (const tg_field *f = m->fields; f->name; f++) {
        check_field(m->name, m->fields, f);
        ROW(f->in == TG_IN_REPLY, m->name, f->name);
        ROW(!(f->flags & (TG_WHOLE | TG_JOINED | TG_PAGE_NUMBER | TG_ALWAYS)), m->name, f->name);
    }
    ROW(is_sentence(m->doc), m->name, m->doc);
    ROW(is_reached(m), m->name, m->official);
    ROW(tg_model_find(m->name) == m, m->name, m->name);
    EACH_MODEL(other)
    ROW(other == m || !m->official || !other->official || strcmp(m->official, other->official) != 0,
        m->name, other->name);
}

/* Check that the fields which the official document calls secret are flagged. */
static void check_secrets(const tg_model *m)
{
    static const char secrets[] =
        "api_token invitation_code invite_url ical_url intercom_hash hosted_url pdf_url "
        "card_number token";
    for (const tg_field *f = m->fields; f->name; f++)
        if (has_word(secrets, f->name)) ROW(f->flags & TG_SECRET, m->name, f->name);
}

/*
** Check that a record fills the path variables of the methods of its class. Models that lack some
** are skipped: a person in a group has no organization, and the short records of new organizations
** and persons have few fields.
*/
static void check_receivers(const tg_op *op)
{
    if (strcmp(op->class_, "client") == 0) return;
    EACH_MODEL(m)
    {
        if (!m->class_ || strcmp(m->class_, op->class_) != 0 || strcmp(m->name, "group_user") == 0)
            continue;
        tg_key self = TG_KEY_NONE;
        for (const tg_field *f = m->fields; f->name && !self; f++)
            self = f->flags & TG_SELF ? f->key : TG_KEY_NONE;
        bool named = false;
        for (const tg_field *f = op->params; f->name; f++)
            named |= f->in == TG_IN_PATH && f->key == self;
        ROW(named, op->name, m->name);
    }
}

static void check_first_keys(void)
{
    static const struct {
        const char *model, *field;
        tg_key key;
    } want[] = {
        {"organization", "id", TG_KEY_ORGANIZATION},
        {"org_user", "id", TG_KEY_ORGANIZATION_USER},
        {"owner", "organization_user_id", TG_KEY_ORGANIZATION_USER},
        {"group", "group_id", TG_KEY_GROUP},
        {"group_user", "user_id", TG_KEY_ACCOUNT},
        {"workspace", "id", TG_KEY_WORKSPACE},
        {"workspace_user", "id", TG_KEY_WORKSPACE_USER},
        {"org_user_workspace", "workspace_user_id", TG_KEY_WORKSPACE_USER},
        {"simple_workspace_user", "id", TG_KEY_ACCOUNT},
        {"transfer", "owner_transfer_id", TG_KEY_TRANSFER},
        {"invitation", "invitation_id", TG_KEY_INVITATION},
        {"me", "id", TG_KEY_ACCOUNT},
    };
    for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
        const tg_field *f = tg_model_find(want[i].model)->fields;
        while (f->name && !(f->flags & TG_SELF)) f++;
        CHECK_STR(f->name, want[i].field);
        ROW(f->key == want[i].key, want[i].model, want[i].field);
    }
}

static void check_key_names(void)
{
    CHECK_STR(tg_key_name(TG_KEY_ACCOUNT), "account key");
    CHECK_STR(tg_key_field(TG_KEY_WORKSPACE_USER), "workspace_user_id");
    CHECK(tg_key_field(TG_KEY_NONE) == NULL);
    for (int key = TG_KEY_ACCOUNT; key <= TG_KEY_PROJECT; key++)
        CHECK(tg_key_name((tg_key)key) && tg_key_field((tg_key)key));
    for (int type = TG_INT; type <= TG_ANY; type++) CHECK(tg_type_name((tg_type)type));
    CHECK(tg_model_find("organisation") == NULL);
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "--dump") == 0) return dump_tables(), 0;
    CASE("operations: all of them, each with names of its own") check_names();
    CASE("operations: methods hide no field of their class") check_methods();
    CASE("operations: path variables are the path parameters") EACH_OP(op) check_path(op);
    CASE("operations: parameters make sense") EACH_OP(op) check_params(op);
    CASE("operations: only names that say which key take a bare one")
    EACH_OP(op) check_person_keys(op);
    CASE("operations: replies and their models") EACH_OP(op) check_reply(op);
    CASE("operations: what is stored, and what writes drop") EACH_OP(op) check_storing(op);
    CASE("operations: methods agree with effects") EACH_OP(op) check_verb(op);
    CASE("operations: the effect of a repeated write") EACH_OP(op) check_effect(op);
    CASE("operations: the window follows the path") EACH_OP(op) check_window(op);
    CASE("operations: records fill the paths of their methods") EACH_OP(op) check_receivers(op);
    CASE("operations: docs and examples")
    {
        EACH_OP(op)
        {
            ROW(is_sentence(op->doc), op->name, op->doc);
            ROW(op->example && *op->example && !strchr(op->example, '\n'), op->name, op->example);
            ROW(op->example && strstr(op->example, op->method), op->name, op->example);
        }
    }
    CASE("models: fields make sense, and something reaches each") EACH_MODEL(m) check_model(m);
    CASE("models: secrets are marked") EACH_MODEL(m) check_secrets(m);
    CASE("models: the first key is the record's own") check_first_keys();
    CASE("words for kinds of key and types") check_key_names();
    return check_report();
}
