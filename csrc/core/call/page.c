#include "page.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"

#define SHORT 4096 /* bytes */

/* Most replies are one short record: these use a single allocation, since many of them exist until
   Lua collects them. */
struct tg_page {
    unsigned refs;
    char *text; /* owned, or `near` */
    size_t n;
    tg_index index; /* owned, or of `only` */
    const tg_model *model;
    tg_entry only;      /* where there is one record */
    int64_t reply, sum; /* see tg_page_from; 0: of no stored reply */
    char near[];        /* a short text */
};

/* The only process-wide state of the core: a count, so that a test can find leaks. */
static _Atomic size_t alive;

size_t tg_pages_alive(void)
{
    return atomic_load(&alive);
}

/* Takes TEXT. */
static tg_page *page_make(char *text, size_t n, const tg_model *m)
{
    bool is_short = text && n < SHORT;
    tg_page *p = malloc(sizeof *p + (is_short ? n + 1 : 0));
    if (p) {
        *p = (tg_page){.refs = 1, .text = is_short ? p->near : text, .n = n, .model = m};
        tg_index_init(&p->index);
        atomic_fetch_add(&alive, 1);
    }
    if (p && is_short) {
        memcpy(p->near, text, n);
        p->near[n] = '\0';
    }
    if (!p || is_short) free(text);
    return p;
}

/* Index the one record at ENTRY. */
static void set_only(tg_page *p, tg_entry entry, tg_what root)
{
    p->only = entry;
    p->index = (tg_index){.entries = &p->only, .count = 1, .size = 1, .root = root};
}

static void keep_only(tg_page *p)
{
    tg_index ix = p->index;
    if (ix.count != 1) return;
    set_only(p, ix.entries[0], ix.root);
    tg_index_clear(&ix);
}

tg_page *tg_page_new(char *text, size_t n, bool checked, const tg_index_options *o,
                     const tg_model *m, tg_error *err)
{
    tg_page *p = page_make(text, n, m);
    if (!p) {
        tg_error_set(err, TG_E_NOMEM, "not enough memory to read the reply");
        return NULL;
    }
    bool known = checked && tg_index_checked(&p->index, tg_page_text(p), o);
    if (!known && !tg_index_text(&p->index, tg_page_text(p), o, err)) {
        tg_page_unref(p);
        return NULL;
    }
    keep_only(p);
    return p;
}

tg_page *tg_page_new_raw(char *text, size_t n)
{
    return page_make(text, n, NULL);
}

tg_page *tg_page_detach(const tg_record *r, const tg_model *m)
{
    char *text = malloc(r->text.n + 1);
    if (!text) return NULL;
    memcpy(text, r->text.p, r->text.n);
    text[r->text.n] = '\0';
    tg_page *p = page_make(text, r->text.n, m);
    if (p) set_only(p, (tg_entry){.offset = 0, .length = r->text.n, .id = r->id}, TG_V_OBJECT);
    return p;
}

tg_page *tg_page_ref(tg_page *p)
{
    p->refs++;
    return p;
}

void tg_page_unref(tg_page *p)
{
    if (!p || --p->refs > 0) return;
    if (p->index.entries != &p->only) tg_index_clear(&p->index);
    if (p->text != p->near) free(p->text);
    free(p);
    atomic_fetch_sub(&alive, 1);
}

void tg_page_from(tg_page *p, int64_t reply, int64_t sum)
{
    p->reply = reply;
    p->sum = sum;
}

tg_rows_page tg_page_rows(const tg_page *p)
{
    return (tg_rows_page){.reply = p->reply,
                          .sum = p->sum,
                          .text = {p->text, p->n},
                          .records = p->index.entries,
                          .count = p->index.count};
}

size_t tg_page_count(const tg_page *p)
{
    return p->index.count;
}

tg_record tg_page_at(const tg_page *p, size_t i)
{
    const tg_entry *e = &p->index.entries[i];
    return (tg_record){.text = {p->text + e->offset, e->length}, .id = e->id};
}

tg_text tg_page_text(const tg_page *p)
{
    return (tg_text){p->text, p->n};
}

const tg_model *tg_page_model(const tg_page *p)
{
    return p->model;
}
