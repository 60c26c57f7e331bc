/*
** SQL views from the rows. One view for each model that stored replies hold, and one for each list
** of records inside such a model:
**
**   BASE            the replies of one account
**   BASE_users      (organization, workspace, at, k, j): each record once, as JSON, from the
**                   youngest reply that has it
**   users           its fields as typed columns, the keys of its place, and reply_at
**   memberships     the same for the records in the field `workspaces` of a user, with the user's
**                   keys
**
** The youngest version is chosen per record. A record that only an older reply has is shown, unless
** the same list was read completely since then, without filters and with all its pages: records
** missing from that list no longer exist. The row of the operation tells which replies are such
** lists (BASE_since_OPERATION).
*/
#include <string.h>

#include "cache_sql.h"

/* Models whose plural is not the usual name. FIELD: for the records inside it; NULL: the model
   itself. */
static const struct {
    const char *model, *field, *view;
} names[] = {
    {"org_user", NULL, "users"},
    {"org_user", "workspaces", "memberships"},
    {"org_user", "groups", "user_groups"},
    {"group", "users", "group_members"},
    {"workspace_user", NULL, "workspace_users"},
    {"simple_workspace_user", NULL, "workspace_people"},
    {"me", NULL, "me"},
};

static const char *given_name(const char *model, const char *field)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i].model, model) == 0 &&
            (field ? names[i].field && strcmp(names[i].field, field) == 0 : !names[i].field))
            return names[i].view;
    return NULL;
}

static void put_name(tg_buf *out, const tg_model *m, const char *field)
{
    size_t n = strlen(m->name);
    const char *given = given_name(m->name, field);
    if (given)
        tg_buf_puts(out, given);
    else if (field)
        tg_buf_printf(out, "%s_%s", m->name, field);
    else if (m->name[n - 1] == 's')
        tg_buf_puts(out, m->name);
    else if (m->name[n - 1] == 'y')
        tg_buf_printf(out, "%.*sies", (int)n - 1, m->name);
    else
        tg_buf_printf(out, "%ss", m->name);
}

/* -------------------------------------------------------------------------------------- columns */

static void put_json(tg_buf *out, const char *json, const tg_field *f)
{
    if (f->older) tg_buf_puts(out, "coalesce(");
    tg_buf_printf(out, "json_extract(%s,'$.\"%s\"')", json, tg_field_wire(f));
    if (f->older) tg_buf_printf(out, ",json_extract(%s,'$.\"%s\"'))", json, f->older);
}

/* Convert a text of digits and an integral real to an integer, as tg_value_read_as does; exclude
   reals from 2^53 on, which are no longer exact. */
static void put_integer(tg_buf *out, const char *x)
{
    tg_buf_printf(
        out,
        "(CASE typeof(%s) WHEN 'integer' THEN %s WHEN 'text' THEN"
        " iif(cast(cast(%s AS integer) AS text)=%s,cast(%s AS integer),NULL) WHEN 'real' THEN"
        " iif(cast(%s AS integer)=%s AND abs(%s)<9007199254740992,cast(%s AS integer),NULL) END)",
        x, x, x, x, x, x, x, x, x);
}

/* Convert to the column's type. SQL cannot fail for one value and continue, so an unreadable value
   is NULL. */
static void put_member(tg_buf *out, const char *json, const tg_field *f)
{
    tg_buf text;
    tg_buf_init(&text, 1 << 16);
    put_json(&text, json, f);
    if (text.failed)
        out->failed = true;
    else if (f->type == TG_BOOL)
        tg_buf_printf(out,
                      "(CASE %s WHEN 1 THEN 1 WHEN 'true' THEN 1 WHEN '1' THEN 1 WHEN 0 THEN 0"
                      " WHEN 'false' THEN 0 WHEN '0' THEN 0 END)",
                      text.p);
    else if (f->type == TG_INT)
        put_integer(out, text.p);
    else
        tg_buf_puts(out, text.p);
    tg_buf_clear(&text);
}

/* Is this field, or a field of a record inside it, secret? DEPTH ends the recursion of rows that
   contain one another. */
static bool secret(const tg_field *f, int depth)
{
    const tg_model *m = f->model ? tg_model_find(f->model) : NULL;
    if (f->flags & TG_SECRET || depth > 8) return true;
    for (const tg_field *in = m ? m->fields : NULL; in && in->name; in++)
        if (secret(in, depth + 1)) return true;
    return false;
}

static bool has_column(const tg_model *m, const char *name)
{
    return tg_field_find(m->fields, name, strlen(name)) != NULL;
}

/* Many replies omit the organization of their path; an explicit null is kept as the server's
   value. */
static void put_parent(tg_buf *out, const tg_field *f, const char *column)
{
    tg_buf_printf(out, "iif(json_type(j,'$.\"%s\"') IS NULL,nullif(%s,0),", tg_field_wire(f),
                  column);
    put_member(out, "j", f);
    tg_buf_puts(out, ")");
}

/* Some servers write an empty text for "no time". */
static void put_column(tg_buf *out, const tg_field *f)
{
    bool parent = f->flags & TG_PARENT && !f->older;
    if (parent && f->key == TG_KEY_ORGANIZATION)
        put_parent(out, f, "organization");
    else if (parent && f->key == TG_KEY_WORKSPACE)
        put_parent(out, f, "workspace");
    else {
        tg_buf_puts(out, f->type == TG_TIME ? "nullif(" : "");
        put_member(out, "j", f);
        tg_buf_puts(out, f->type == TG_TIME ? ",'')" : "");
    }
    tg_buf_printf(out, " AS \"%s\",", f->name);
}

static void put_columns(tg_buf *out, const tg_model *m)
{
    for (const tg_field *f = m->fields; f->name; f++)
        if (!secret(f, 0)) put_column(out, f);
}

static const tg_field *self_field(const tg_model *m, tg_key kind)
{
    for (const tg_field *f = m->fields; f->name; f++)
        if (f->flags & TG_SELF && (kind == TG_KEY_NONE || f->key == kind)) return f;
    return NULL;
}

/* The place of a record: its own key if the model is that kind, else the place of its reply. */
static void put_place(tg_buf *out, const tg_model *m, const tg_model *outer, const char *name,
                      const char *column, tg_key kind)
{
    if (has_column(m, name) || self_field(m, kind) || (outer && self_field(outer, kind))) return;
    tg_buf_printf(out, "nullif(%s,0) AS %s,", column, name);
}

/* OUTER: the enclosing record, whose own keys are columns already. */
static void put_places(tg_buf *out, const tg_model *m, const tg_model *outer)
{
    put_place(out, m, outer, "organization_id", "organization", TG_KEY_ORGANIZATION);
    put_place(out, m, outer, "workspace_id", "workspace", TG_KEY_WORKSPACE);
    tg_buf_puts(out, "at AS reply_at");
}

/* -------------------------------------------------------------------------------------- sources */

static bool brings(const tg_op *op, const tg_field *fields)
{
    const tg_model *m =
        op->model && op->ttl > 0 && strcmp(op->verb, "GET") == 0 ? tg_model_find(op->model) : NULL;
    bool records =
        op->reply == TG_REPLY_RECORD || op->reply == TG_REPLY_LIST || op->reply == TG_REPLY_MAP;
    return m && records && m->fields == fields;
}

/* The identity of a record: its key; in a map, its key in the map; else the place of the reply. */
static void put_key(tg_buf *out, const tg_op *op, const tg_model *m)
{
    const tg_field *self = self_field(m, TG_KEY_NONE);
    if (self)
        put_json(out, op->reply == TG_REPLY_RECORD ? "r.text" : "e.value", self);
    else if (op->reply == TG_REPLY_MAP)
        tg_buf_puts(
            out,
            /* the key of a reply for that workspace alone, whose organization is not known */
            "'0/'||e.key");
    else if (op->reply == TG_REPLY_LIST)
        tg_buf_puts(out, "r.id||'/'||e.key");
    else
        tg_buf_puts(out, "r.organization||'/'||r.workspace");
}

/* --------------------------------------------------------------------------------- whole lists */

/*
** Seconds. Pages further apart than this belong to different readings of the list.
**
** The argument of a reply is path?query: one path is one list. Without a query the reply is the
** whole list, unless the list has pages. A missing value for a parameter that is always sent is a
** filter too, so such a list is never known to be whole.
*/
#define WALK_SECONDS "300"

static const tg_field *page_number(const tg_op *op)
{
    for (const tg_field *f = op->paging == TG_PAGES ? op->params : NULL; f && f->name; f++)
        if (f->flags & TG_PAGE_NUMBER) return f;
    return NULL;
}

/* The integer that the query has for the parameter; NULL: none. */
static void put_argument(tg_buf *out, const tg_field *f)
{
    const char *name = tg_field_wire(f);
    tg_buf_printf(out, "iif(instr(q,'&%s='),cast(substr(q,instr(q,'&%s=')+%zu) AS integer),NULL)",
                  name, name, strlen(name) + 2);
}

/* The headers with counts, in hexadecimal for x'', and their columns. */
static const struct {
    const char *hex, *column;
} counts[] = {{"782d70616765", "x_page"},
              {"782d706167652d73697a65", "x_size"},
              {"782d7061676573", "x_pages"},
              {"782d7265636f726473", "x_records"}};

#define COUNTS (sizeof counts / sizeof *counts)

/* The text of the header; empty: none. A NUL follows its name and its text. */
static void put_header(tg_buf *out, const char *hex, const char *column)
{
    size_t n = strlen(hex) / 2 + 1;
    tg_buf_printf(
        out, ",iif(instr(headers,x'%s00'),trim(cast(substr(headers,instr(headers,x'%s00')+%zu,",
        hex, hex, n);
    tg_buf_printf(out,
                  "instr(substr(headers,instr(headers,x'%s00')+%zu),x'00')-1) AS text)),'') AS %s",
                  hex, n, column);
}

/* That text as an integer; NULL: the header was not sent; -1: not a count. */
static void put_count(tg_buf *out, const char *column)
{
    tg_buf_printf(out, ",iif(%s='',NULL,iif(%s GLOB '*[^0-9]*',-1,cast(%s AS integer))) AS %s",
                  column, column, column, column);
}

/* Replies to requests with no parameter but the page, the youngest of each page; the views below
   read them. */
static void put_pages(tg_buf *out, const tg_op *op, const tg_field *page, const char *base)
{
    tg_buf_puts(out, "SELECT id,path,max(at) AS at,page,size,json_array_length(text) AS n");
    for (size_t i = 0; i < COUNTS; i++) put_count(out, counts[i].column);
    tg_buf_puts(out, " FROM (SELECT *");
    for (size_t i = 0; i < COUNTS; i++) put_header(out, counts[i].hex, counts[i].column);
    tg_buf_puts(
        out, " FROM (SELECT id,path,q,at,headers,text,ifnull(page,1) AS page,size FROM (SELECT *,");
    put_argument(out, page);
    tg_buf_puts(out, " AS page,");
    put_argument(out, page + 1);
    tg_buf_printf(
        out,
        " AS size FROM (SELECT id,path,'&'||query AS q,at,headers,text FROM %s_asked WHERE"
        " operation='%s')) WHERE length(q)-length(replace(q,'&',''))=max(1,(page IS NOT"
        " NULL)+(size IS NOT NULL)) AND (q='&' OR page IS NOT NULL OR size IS NOT NULL))) GROUP BY"
        " path,page,size",
        base, op->name);
}

/*
** First pages and their number of pages: X-Pages, unless the page itself contradicts it; else 1, if
** the page has fewer records than any server's page size.
*/
#define FIRST                                                                                      \
    "SELECT path,size,n,iif(ifnull(x_size,0)>0,x_size,n) AS full,CASE WHEN x_pages>0 THEN "        \
    "x_pages WHEN x_pages=0 AND"                                                                   \
    " n=0 THEN 1 WHEN x_pages IS NULL AND n<min(50,ifnull(size,50)) THEN 1 END AS last FROM p "    \
    "WHERE page=1"

/*
** Readings consistent with an unchanged list: all pages of one time, with equal counts that match
** the records received. The SQL form of the check in toggl.reading.
*/
#define READINGS                                                                                   \
    "SELECT f.path AS path,f.size AS size,f.last AS last,min(p.at) AS at FROM f JOIN p ON "        \
    "p.path=f.path AND p.size IS"                                                                  \
    " f.size AND p.page<=f.last GROUP BY f.path,f.size HAVING count(*)=f.last AND "                \
    "max(p.at)-min(p.at)<" WALK_SECONDS " AND count(DISTINCT p.x_pages)<2 AND count(DISTINCT "     \
    "p.x_records)<2 AND count(DISTINCT p.x_size)<2"                                                \
    " AND min(ifnull(p.x_pages,0))>=0 AND min(ifnull(p.x_size,0))>=0"                              \
    " AND ifnull(min(p.x_records),sum(p.n))=sum(p.n) AND sum(ifnull(p.x_page,p.page)<>p.page)=0"   \
    " AND sum(iif(p.page<f.last,p.n<>f.full,p.n>f.full OR (p.n=0 AND f.last>1)))=0"

/* Rows of W without a contradicting page after the last one and without a repeated key. */
static void put_trusted(tg_buf *out, const tg_op *op, const char *base)
{
    const tg_field *self = self_field(tg_model_find(op->model), TG_KEY_NONE);
    tg_buf_puts(out, "SELECT path,max(at) AS at FROM w WHERE NOT EXISTS (SELECT 1 FROM p WHERE"
                     " p.path=w.path AND p.size IS w.size AND p.page>w.last AND p.n>0 AND"
                     " p.at>=w.at)");
    if (self) {
        tg_buf_puts(out, " AND (SELECT count(*)=count(DISTINCT ");
        put_member(out, "e.value", self);
        tg_buf_printf(out,
                      ") FROM p,%s r,json_each(r.text) e WHERE p.path=w.path AND p.size IS w.size"
                      " AND p.page<=w.last AND r.id=p.id AND e.type='object')",
                      base);
    }
    tg_buf_puts(out, " GROUP BY path;");
}

/* BASE_since_OPERATION (path, at): records older than that and not in the list no longer exist. */
static bool put_since(tg_buf *out, const tg_op *op, const char *base)
{
    const tg_field *page = page_number(op);
    if (op->reply != TG_REPLY_LIST || (op->paging != TG_WHOLE_LIST && !page)) return false;
    tg_buf_printf(out, "CREATE TEMP VIEW %s_since_%s AS ", base, op->name);
    if (page) {
        tg_buf_puts(out, "WITH p AS MATERIALIZED (");
        put_pages(out, op, page, base);
        tg_buf_puts(out, "),f AS (" FIRST "),w AS (" READINGS ") ");
        put_trusted(out, op, base);
    } else
        tg_buf_printf(out, "SELECT path,at FROM %s_asked WHERE operation='%s' AND query='';", base,
                      op->name);
    return true;
}

static void put_asked(tg_buf *out, const char *base)
{
    tg_buf_printf(
        out,
        "CREATE TEMP VIEW %s_asked AS SELECT *,iif(mark,substr(args,1,mark-1),args) AS"
        " path,iif(mark,substr(args,mark+1),'') AS query FROM (SELECT *,instr(args,'?') AS mark"
        " FROM %s);",
        base, base);
}

/* WHOLE: the view BASE_since_OPERATION exists. */
static void put_source(tg_buf *out, const tg_op *op, const tg_model *m, const char *base,
                       bool whole)
{
    bool one = op->reply == TG_REPLY_RECORD;
    /* The keys of a map are always workspaces. */
    tg_buf_printf(out, "SELECT r.organization,%s,r.at,",
                  op->reply == TG_REPLY_MAP ? "cast(e.key AS integer) AS workspace"
                                            : "r.workspace");
    put_key(out, op, m);
    tg_buf_printf(out, " AS k,%s AS j FROM %s_asked r", one ? "r.text" : "e.value", base);
    if (whole) tg_buf_printf(out, " LEFT JOIN %s_since_%s s ON s.path=r.path", base, op->name);
    if (!one && op->flags & TG_LOOSE)
        tg_buf_puts(
            out, ",json_each(iif(json_type(r.text)='object',json_array(json(r.text)),r.text)) e");
    else if (!one)
        tg_buf_puts(out, ",json_each(r.text) e");
    tg_buf_printf(out, " WHERE r.operation='%s' AND %s='object'%s", op->name,
                  one ? "json_type(r.text)" : "e.type", whole ? " AND r.at>=ifnull(s.at,0)" : "");
}

/* Views precede the view that reads them: TEXT gets the sources, OUT their prerequisites. */
static size_t put_sources(tg_buf *out, tg_buf *text, const tg_model *m, const char *base)
{
    size_t count, sources = 0;
    const tg_op *ops = tg_ops(&count);
    for (size_t i = 0; i < count; i++) {
        if (!brings(&ops[i], m->fields)) continue;
        if (sources++) tg_buf_puts(text, " UNION ALL ");
        put_source(text, &ops[i], m, base, put_since(out, &ops[i], base));
    }
    return sources;
}

/* With max(), SQLite takes the other columns from the row with the maximum. */
static bool put_records(tg_buf *out, const tg_model *m, const char *base)
{
    tg_buf text;
    tg_buf_init(&text, 1 << 20);
    size_t sources = put_sources(out, &text, m, base);
    if (text.failed) out->failed = true;
    if (sources && !text.failed)
        tg_buf_printf(out,
                      "CREATE TEMP VIEW %s_%s AS SELECT organization,workspace,max(at) AS at,k,j "
                      "FROM (%s) GROUP BY k;",
                      base, m->name, text.p);
    tg_buf_clear(&text);
    return sources > 0;
}

/* ---------------------------------------------------------------------------------------- views */

/* The keys of the OF that JSON is, by the names that other views have them under (user_id,
   group_id), but those that IN has a field for, or OUTER the same kind of. */
static void put_keys(tg_buf *out, const tg_model *of, const char *json, const tg_model *in,
                     const tg_model *outer)
{
    for (const tg_field *f = of->fields; f->name; f++) {
        if (!(f->flags & TG_SELF) || has_column(in, tg_key_field(f->key))) continue;
        if (outer && self_field(outer, f->key)) continue;
        put_member(out, json, f);
        tg_buf_printf(out, " AS %s,", tg_key_field(f->key));
    }
}

/*
** Materialised, so that a join reads each text once and SQLite makes an index over the columns it
** joins by; as a mere expression it would be read again for each pair of records.
*/
static void put_view(tg_buf *out, const tg_model *m, const char *base)
{
    tg_buf_puts(out, "CREATE TEMP VIEW ");
    put_name(out, m, NULL);
    tg_buf_puts(out, " AS WITH r AS MATERIALIZED (SELECT ");
    put_columns(out, m);
    put_keys(out, m, "j", m, NULL);
    put_places(out, m, NULL);
    tg_buf_printf(out, " FROM %s_%s) SELECT * FROM r;", base, m->name);
}

static void put_inner_view(tg_buf *out, const tg_model *m, const tg_field *f, const tg_model *inner,
                           const char *base)
{
    tg_buf_puts(out, "CREATE TEMP VIEW ");
    put_name(out, m, f->name);
    tg_buf_puts(out, " AS WITH r AS MATERIALIZED (SELECT ");
    put_keys(out, m, "p", inner, NULL);
    put_columns(out, inner);
    put_keys(out, inner, "j", inner, m);
    put_places(out, inner, m);
    tg_buf_printf(out,
                  " FROM (SELECT organization,workspace,at,o.j AS p,e.value AS j FROM %s_%s"
                  " o,json_each(o.j,'$.\"%s\"') e WHERE e.type='object')) SELECT * FROM r;",
                  base, m->name, tg_field_wire(f));
}

static bool seen_before(const tg_model *models, const tg_model *m)
{
    for (const tg_model *other = models; other < m; other++)
        if (other->fields == m->fields) return true;
    return false;
}

bool tg_reader_views(tg_buf *out, const char *base)
{
    size_t count;
    const tg_model *models = tg_models(&count);
    put_asked(out, base);
    for (const tg_model *m = models; m < models + count; m++) {
        if (seen_before(models, m) || !put_records(out, m, base)) continue;
        put_view(out, m, base);
        for (const tg_field *f = m->fields; f->name; f++) {
            const tg_model *inner =
                f->type == TG_LIST && f->item == TG_RECORD ? tg_model_find(f->model) : NULL;
            if (inner) put_inner_view(out, m, f, inner, base);
        }
    }
    return !out->failed;
}
