/* The stored replies to an operation, read as a whole and indexed. */
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "cache_inside.h"
#include "cache_shown.h"

#define SELECT                                                                                     \
    "SELECT id, organization, workspace, at / 1e6, args, headers, text, sum - at, status FROM"     \
    " main.replies WHERE operation = ?1 AND account = ?2 AND (?3 OR spoiled <> 1)"

static void clear(tg_origin *s)
{
    free(s->args);
    free(s->headers);
    free(s->text);
    tg_index_clear(&s->index);
}

void tg_sources_clear(tg_sources *s)
{
    for (size_t i = 0; i < s->n; i++) clear(&s->items[i]);
    free(s->items);
    *s = (tg_sources){0};
}

static tg_origin *new_source(tg_sources *s)
{
    if (s->n == s->size) {
        size_t size = s->size ? s->size * 2 : 16;
        tg_origin *items = realloc(s->items, size * sizeof *items);
        if (!items) return NULL;
        s->items = items;
        s->size = size;
    }
    s->items[s->n] = (tg_origin){0};
    tg_index_init(&s->items[s->n].index);
    return &s->items[s->n++];
}

/* The column as a text with a NUL behind it; NULL: out of memory. */
static char *copy(sqlite3_stmt *st, int column, size_t *n)
{
    const void *p = sqlite3_column_blob(st, column);
    *n = (size_t)sqlite3_column_bytes(st, column);
    char *out = malloc(*n + 1);
    if (!out) return NULL;
    if (*n) memcpy(out, p, *n);
    out[*n] = '\0';
    return out;
}

static bool read_row(tg_origin *s, sqlite3_stmt *st)
{
    size_t n;
    s->id = sqlite3_column_int64(st, 0);
    s->organization = sqlite3_column_int64(st, 1);
    s->workspace = sqlite3_column_int64(st, 2);
    s->at = sqlite3_column_double(st, 3);
    s->args = copy(st, 4, &n);
    s->headers = copy(st, 5, &s->headers_n);
    s->text = copy(st, 6, &s->text_n);
    if (!s->args || !s->headers || !s->text) return false;
    const char *mark = memchr(s->args, '?', n);
    s->path = (tg_text){s->args, mark ? (size_t)(mark - s->args) : n};
    s->query = mark ? (tg_text){mark + 1, n - s->path.n - 1} : (tg_text){s->args + n, 0};
    return true;
}

static const char *id_key(const tg_model *m)
{
    for (const tg_field *f = m->fields; f->name; f++)
        if ((f->flags & TG_SELF) && f->type == TG_INT) return tg_field_wire(f);
    return NULL;
}

/* Was the text checked when it was stored, and is it the same? */
static bool is_checked(const tg_origin *s, sqlite3_stmt *st, const char *account, const tg_op *op)
{
    tg_stored r = {.status = sqlite3_column_int(st, 8),
                   .text = s->text,
                   .text_n = s->text_n,
                   .headers = s->headers,
                   .headers_n = s->headers_n,
                   .sum = sqlite3_column_int64(st, 7)};
    return tg_cache_is_checked(account, op->name, (tg_text){s->args, strlen(s->args)}, &r);
}

/* A text that cannot be read has no records: then a call does not answer from it either. False:
   out of memory. */
static bool index_source(tg_origin *s, const tg_op *op, bool checked)
{
    tg_odd odd = {.count = 0};
    tg_error err;
    tg_text text = {s->text, s->text_n};
    tg_index_options o = {.shape = op->reply,
                          .loose = op->flags & TG_LOOSE,
                          .id_key = id_key(tg_model_find(op->model)),
                          .odd = &odd};
    if (checked && tg_index_checked(&s->index, text, &o)) return true;
    tg_index_clear(&s->index);
    tg_index_init(&s->index);
    return tg_index_text(&s->index, text, &o, &err) || err.kind != TG_E_NOMEM;
}

bool tg_sources_load(tg_sources *s, sqlite3 *db, const char *account, const tg_op *op,
                     bool outdated)
{
    sqlite3_stmt *st = NULL;
    int rc = sqlite3_prepare_v2(db, SELECT, -1, &st, NULL);
    if (rc != SQLITE_OK) return false;
    sqlite3_bind_text(st, 1, op->name, -1, SQLITE_STATIC);
    sqlite3_bind_text(st, 2, account, -1, SQLITE_STATIC);
    sqlite3_bind_int(st, 3, outdated);
    while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
        tg_origin *one = new_source(s);
        if (!one || !read_row(one, st) || !index_source(one, op, is_checked(one, st, account, op)))
            break;
    }
    sqlite3_finalize(st);
    s->loaded = rc == SQLITE_DONE;
    return s->loaded;
}
