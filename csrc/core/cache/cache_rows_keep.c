/* The rows of a list, from the texts of its replies. */
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "cache_rows_inside.h"

/* Where a term points: a record of the page that is being written. */
typedef struct term {
    int field;
    bool is_text;
    int64_t integer;
    size_t text, text_n; /* in `texts` of the terms */
    size_t page, record, start, length;
    int64_t sum; /* of the record's text */
} term;

/* The terms of one or more pages. */
typedef struct terms {
    term *items; /* owned */
    size_t n, size;
    tg_buf texts; /* the folded texts */
    tg_buf words; /* those of the page that is being read, packed */
    tg_folder folder;
    char *plain; /* owned: a text without its escapes */
    size_t plain_n;
    bool misfit; /* a value does not have the type of its row: the walk reports it to the caller */
} terms;

/* --------------------------------------------------------------------------------- collecting */

static void clear_terms(terms *t)
{
    free(t->items);
    free(t->plain);
    tg_buf_clear(&t->texts);
    tg_buf_clear(&t->words);
    tg_folder_clear(&t->folder);
}

static term *new_term(terms *t)
{
    if (t->n == t->size) {
        size_t size = t->size ? t->size * 2 : 4096;
        term *items = realloc(t->items, size * sizeof *items);
        if (!items) return NULL;
        t->items = items;
        t->size = size;
    }
    return &t->items[t->n++];
}

/* The text of V without escapes; p NULL: out of memory. */
static tg_text plain_text(terms *t, const tg_value *v)
{
    if (!v->escaped) return v->text;
    if (v->text.n > t->plain_n) {
        char *plain = realloc(t->plain, v->text.n);
        if (!plain) return (tg_text){0};
        t->plain = plain;
        t->plain_n = v->text.n;
    }
    return (tg_text){t->plain, tg_value_unescape(v, t->plain)};
}

static bool pack_word(terms *t, tg_text text)
{
    uint16_t n = (uint16_t)text.n;
    uint64_t signs = tg_word_signs(text.p, text.n);
    if (text.n >= TG_WORD_ABSENT) t->misfit = true;
    return tg_buf_add(&t->words, &n, sizeof n) && tg_buf_add(&t->words, &signs, sizeof signs) &&
           tg_buf_add(&t->words, text.p, n);
}

static bool pack_none(terms *t)
{
    uint16_t none = TG_WORD_ABSENT;
    return tg_buf_add(&t->words, &none, sizeof none);
}

static bool add_text(terms *t, const tg_value *v, term *out)
{
    tg_text text = plain_text(t, v);
    if (text.p) text = tg_folder_fold(&t->folder, text);
    out->is_text = true;
    out->text = t->texts.n;
    out->text_n = text.n;
    return text.p && tg_buf_add(&t->texts, text.p, text.n) && pack_word(t, text);
}

/* False: out of memory. */
static bool add_field(terms *t, const tg_field *f, tg_text record, const term *place)
{
    tg_value v = tg_value_field(record, f);
    bool there = v.what == TG_V_INT || v.what == TG_V_STRING;
    /* the key is a text of digits: the walk finds it */
    bool digits = f->type == TG_STRING && (v.what == TG_V_INT || v.what == TG_V_REAL);
    if (digits || !tg_value_fits(&v, f)) t->misfit = true;
    if (!there || t->misfit) return f->type != TG_STRING || pack_none(t);
    term *out = new_term(t);
    if (!out) return false;
    *out = *place;
    out->field = tg_rows_field(f);
    out->integer = v.integer;
    return v.what == TG_V_INT || add_text(t, &v, out);
}

static bool collect(terms *t, const tg_model *m, const tg_rows_page *page, size_t number)
{
    bool ok = true;
    for (size_t i = 0; ok && i < page->count; i++) {
        const tg_entry *e = &page->records[i];
        tg_text record = {page->text.p + e->offset, e->length};
        term place = {.page = number,
                      .record = i,
                      .start = e->offset,
                      .length = e->length,
                      .sum = tg_rows_sum(record.p, record.n)};
        for (const tg_field *f = m->fields; ok && f->name; f++)
            ok = !(f->flags & TG_FOUND) || add_field(t, f, record, &place);
    }
    return ok;
}

/* ------------------------------------------------------------------------------------- writing */

static int compare_bytes(const char *a, size_t an, const char *b, size_t bn)
{
    int c = memcmp(a, b, an < bn ? an : bn);
    return c ? c : (an > bn) - (an < bn);
}

/* The order of the table's key: an insert then goes to the end of what was inserted before. */
static int order(const void *one, const void *other, void *texts)
{
    const term *a = one, *b = other;
    const char *p = texts;
    int c = (a->field > b->field) - (a->field < b->field);
    if (!c) c = a->is_text - b->is_text;
    if (!c && a->is_text) c = compare_bytes(p + a->text, a->text_n, p + b->text, b->text_n);
    if (!c && !a->is_text) c = (a->integer > b->integer) - (a->integer < b->integer);
    if (!c) c = (a->page > b->page) - (a->page < b->page);
    return c ? c : (a->record > b->record) - (a->record < b->record);
}

static void bind_term(sqlite3_stmt *st, const term *x, const char *texts)
{
    sqlite3_bind_int(st, 2, x->field);
    if (x->is_text)
        sqlite3_bind_text64(st, 3, texts + x->text, x->text_n, SQLITE_STATIC, SQLITE_UTF8);
    else
        sqlite3_bind_int64(st, 3, x->integer);
    sqlite3_bind_int64(st, 4, (sqlite3_int64)x->page);
    sqlite3_bind_int64(st, 5, (sqlite3_int64)x->record);
    sqlite3_bind_int64(st, 6, (sqlite3_int64)x->start);
    sqlite3_bind_int64(st, 7, (sqlite3_int64)x->length);
    sqlite3_bind_int64(st, 8, x->sum);
}

/* Half a million of them for 100,000 people. */
static bool put_terms(tg_cache *c, int64_t list, terms *t, tg_error *err)
{
    const char *texts = t->texts.p ? t->texts.p : "";
    int rc = SQLITE_DONE;
    sqlite3_stmt *st = tg_store_use(c->store, ROWS_PUT_TERM, err);
    if (!st) return false;
    if (t->n) qsort_r(t->items, t->n, sizeof *t->items, order, (void *)(uintptr_t)texts);
    sqlite3_bind_int64(st, 1, list);
    for (size_t i = 0; rc == SQLITE_DONE && i < t->n; i++) {
        bind_term(st, &t->items[i], texts);
        rc = sqlite3_step(st);
        sqlite3_reset(st);
    }
    bool ok = rc == SQLITE_DONE || tg_store_error(c->store, err);
    tg_store_done(st);
    return ok;
}

/* Run a statement with up to four integers. */
static bool run(tg_cache *c, int number, const int64_t *values, int n, tg_error *err)
{
    sqlite3_stmt *st = tg_store_use(c->store, number, err);
    for (int i = 0; st && i < n; i++) sqlite3_bind_int64(st, i + 1, values[i]);
    return st && tg_store_run(c->store, st, err);
}

static bool put_list(tg_cache *c, const tg_rows_key *k, int64_t list, const tg_rows_page *pages,
                     size_t n, tg_error *err)
{
    int64_t records = 0;
    sqlite3_stmt *st = tg_store_use(c->store, ROWS_PUT_LIST, err);
    if (!st) return false;
    for (size_t i = 0; i < n; i++) records += (int64_t)pages[i].count;
    sqlite3_bind_int64(st, 1, list);
    sqlite3_bind_text(st, 2, k->account, -1, SQLITE_STATIC);
    sqlite3_bind_text(st, 3, k->operation, -1, SQLITE_STATIC);
    sqlite3_bind_text(st, 4, k->scope, -1, SQLITE_STATIC);
    sqlite3_bind_int64(st, 5, (sqlite3_int64)n);
    sqlite3_bind_int64(st, 6, records);
    return tg_store_run(c->store, st, err);
}

/* ------------------------------------------------------------------------------------ changes */

/* Mark in SAME the pages that the file has rows of. Returns their number; below 0: err. */
static int64_t mark_same(tg_cache *c, int64_t list, const tg_rows_page *pages, size_t n, bool *same,
                         tg_error *err)
{
    int64_t count = 0;
    int rc;
    sqlite3_stmt *st = tg_store_use(c->store, ROWS_PAGES, err);
    if (!st) return -1;
    sqlite3_bind_int64(st, 1, list);
    while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
        uint64_t i = (uint64_t)sqlite3_column_int64(st, 0);
        if (i >= n || pages[i].reply != sqlite3_column_int64(st, 1) ||
            pages[i].sum != sqlite3_column_int64(st, 2))
            continue;
        same[i] = true;
        count++;
    }
    if (rc != SQLITE_DONE) tg_store_error(c->store, err);
    tg_store_done(st);
    return rc == SQLITE_DONE ? count : -1;
}

static bool put_words(tg_cache *c, int64_t list, size_t number, const tg_buf *words, tg_error *err)
{
    sqlite3_stmt *st = tg_store_use(c->store, ROWS_PUT_WORDS, err);
    if (!st) return false;
    sqlite3_bind_int64(st, 1, list);
    sqlite3_bind_int64(st, 2, (sqlite3_int64)number);
    sqlite3_bind_blob64(st, 3, words->p ? words->p : "", words->n, SQLITE_STATIC);
    return tg_store_run(c->store, st, err);
}

static bool replace_page(tg_cache *c, int64_t list, const tg_rows_page *page, size_t number,
                         bool fresh, tg_error *err)
{
    int64_t row[] = {list, (int64_t)number, page->reply, page->sum};
    return (fresh || run(c, ROWS_DROP_PAGE, row, 2, err)) && run(c, ROWS_PUT_PAGE, row, 4, err);
}

/* Replace the rows of the pages that are not the SAME, in the order of the table. */
static bool replace_pages(tg_cache *c, const tg_rows_key *k, int64_t list, terms *t,
                          const tg_rows_page *pages, size_t n, const bool *same, bool fresh,
                          tg_error *err)
{
    for (size_t i = 0; i < n; i++) {
        if (same[i] && !fresh) continue;
        tg_buf_reset(&t->words);
        if (!collect(t, k->model, &pages[i], i))
            return tg_error_set(err, TG_E_NOMEM, "out of memory");
        if (!replace_page(c, list, &pages[i], i, fresh, err) ||
            !put_words(c, list, i, &t->words, err))
            return false;
    }
    return !t->misfit && put_terms(c, list, t, err);
}

/*
** Without an index by page, removing one page's terms reads all of the list; from an eighth of the
** pages on, all terms are written again, which costs less.
*/
static bool write_list(tg_cache *c, const tg_rows_key *k, const tg_rows_page *pages, size_t n,
                       bool *same, tg_error *err)
{
    terms t = {0};
    int64_t list = tg_rows_list(k), before[] = {list, (int64_t)n - 1};
    int64_t kept = mark_same(c, list, pages, n, same, err);
    bool fresh = ((int64_t)n - kept) * 8 > (int64_t)n;
    if (kept == (int64_t)n && tg_rows_pages(c, k, list) == kept) return true;
    tg_buf_init(&t.texts, TG_BUF_NO_LIMIT);
    tg_buf_init(&t.words, TG_BUF_NO_LIMIT);
    bool ok = kept >= 0 && run(c, ROWS_DROP_PAGES, before, 2, err) &&
              run(c, ROWS_DROP_WORDS, before, 2, err);
    if (fresh) ok = ok && run(c, ROWS_DROP_TERMS, &list, 1, err);
    ok = ok && replace_pages(c, k, list, &t, pages, n, same, fresh, err) &&
         put_list(c, k, list, pages, n, err);
    clear_terms(&t);
    return ok;
}

/* Do rows of these pages fit into the file, once older replies than theirs have made room? */
static bool has_room(tg_cache *c, const tg_rows_page *pages, size_t n, tg_error *err)
{
    int64_t text = 0, oldest = INT64_MAX;
    bool fits = false;
    for (size_t i = 0; i < n; i++) {
        sqlite3_stmt *st = tg_store_use(c->store, REPLY_AT, err);
        if (!st) return false;
        sqlite3_bind_int64(st, 1, pages[i].reply);
        int64_t at = sqlite3_step(st) == SQLITE_ROW ? sqlite3_column_int64(st, 0) : 0;
        tg_store_done(st);
        if (at < oldest) oldest = at;
        text += (int64_t)pages[i].text.n;
    }
    return tg_cache_room(c, text / 2, oldest, oldest, &fits, err) && fits;
}

bool tg_rows_keep(tg_cache *c, const tg_rows_key *k, const tg_rows_page *pages, size_t n,
                  tg_error *err)
{
    if (err) *err = (tg_error){.kind = TG_OK};
    for (size_t i = 0; i < n; i++)
        if (!pages[i].reply) return false;
    bool *same = calloc(n + 1, sizeof *same);
    if (!same) return tg_error_set(err, TG_E_NOMEM, "out of memory");
    bool begun = tg_store_begin(c->store, err);
    bool ok = begun && has_room(c, pages, n, err) && write_list(c, k, pages, n, same, err);
    if (ok)
        ok = tg_store_commit(c->store, err);
    else if (begun)
        tg_store_rollback(c->store);
    free(same);
    return ok;
}

/* ------------------------------------------------------------------------------------ checking */

#define TERMS                                                                                      \
    "SELECT field, value, page, record, start, length, sum FROM row_terms WHERE list = ?1 ORDER"   \
    " BY field, value, page, record"
#define WORDS "SELECT words FROM row_words WHERE list = ?1 AND number = ?2"

static bool is_term(sqlite3_stmt *st, const term *x, const char *texts)
{
    const int64_t rest[] = {(int64_t)x->page, (int64_t)x->record, (int64_t)x->start,
                            (int64_t)x->length, x->sum};
    bool text = sqlite3_column_type(st, 1) == SQLITE_TEXT;
    if (sqlite3_column_int(st, 0) != x->field || text != x->is_text) return false;
    if (!text && sqlite3_column_int64(st, 1) != x->integer) return false;
    if (text && ((size_t)sqlite3_column_bytes(st, 1) != x->text_n ||
                 memcmp(sqlite3_column_blob(st, 1), texts + x->text, x->text_n) != 0))
        return false;
    for (int i = 0; i < 5; i++)
        if (sqlite3_column_int64(st, 2 + i) != rest[i]) return false;
    return true;
}

static bool same_terms(tg_cache *c, int64_t list, terms *t)
{
    sqlite3_stmt *st = NULL;
    const char *texts = t->texts.p ? t->texts.p : "";
    size_t n = 0;
    int rc = sqlite3_prepare_v2(tg_store_handle(c->store), TERMS, -1, &st, NULL);
    if (t->n) qsort_r(t->items, t->n, sizeof *t->items, order, (void *)(uintptr_t)texts);
    sqlite3_bind_int64(st, 1, list);
    while (rc == SQLITE_OK && sqlite3_step(st) == SQLITE_ROW) {
        if (n == t->n || !is_term(st, &t->items[n], texts)) break;
        n++;
    }
    bool over = rc == SQLITE_OK && sqlite3_data_count(st) == 0;
    sqlite3_finalize(st);
    return over && n == t->n;
}

static bool same_words(tg_cache *c, int64_t list, size_t number, const tg_buf *words)
{
    sqlite3_stmt *st = NULL;
    if (sqlite3_prepare_v2(tg_store_handle(c->store), WORDS, -1, &st, NULL) != SQLITE_OK)
        return false;
    sqlite3_bind_int64(st, 1, list);
    sqlite3_bind_int64(st, 2, (sqlite3_int64)number);
    bool same = sqlite3_step(st) == SQLITE_ROW && (size_t)sqlite3_column_bytes(st, 0) == words->n &&
                (!words->n || memcmp(sqlite3_column_blob(st, 0), words->p, words->n) == 0);
    sqlite3_finalize(st);
    return same;
}

bool tg_rows_same(tg_cache *c, const tg_model *m, int64_t list, const tg_rows_page *pages, size_t n)
{
    terms t = {0};
    bool ok = true;
    tg_buf_init(&t.texts, TG_BUF_NO_LIMIT);
    tg_buf_init(&t.words, TG_BUF_NO_LIMIT);
    for (size_t i = 0; ok && i < n; i++) {
        tg_buf_reset(&t.words);
        ok = collect(&t, m, &pages[i], i) && same_words(c, list, i, &t.words);
    }
    ok = ok && !t.misfit && same_terms(c, list, &t);
    clear_terms(&t);
    return ok;
}
