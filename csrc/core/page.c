#include "page.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"

struct tg_page {
    unsigned refs;
    char *text; /* owned */
    size_t n;
    tg_index index;
    const tg_model *model;
};

/* The only thing in the core that the whole process shares: it counts, so that a test can find a leak. */
static _Atomic size_t alive;

size_t tg_pages_alive(void)
{
    return atomic_load(&alive);
}

/* Takes TEXT. */
static tg_page *page_make(char *text, size_t n, const tg_model *m)
{
    tg_page *p = malloc(sizeof *p);
    if (!p) {
        free(text);
        return NULL;
    }
    *p = (tg_page){.refs = 1, .text = text, .n = n, .model = m};
    tg_index_init(&p->index);
    atomic_fetch_add(&alive, 1);
    return p;
}

tg_page *tg_page_new(char *text, size_t n, const tg_index_options *o, const tg_model *m, tg_error *err)
{
    tg_page *p = page_make(text, n, m);
    if (!p) {
        tg_error_set(err, TG_E_NOMEM, "not enough memory to read the reply");
        return NULL;
    }
    if (tg_index_text(&p->index, tg_page_text(p), o, err)) return p;
    tg_page_unref(p);
    return NULL;
}

tg_page *tg_page_new_raw(char *text, size_t n)
{
    return page_make(text, n, NULL);
}

tg_page *tg_page_detach(const tg_record *r, const tg_model *m)
{
    char *text = malloc(r->text.n + 1);
    tg_entry *entry = malloc(sizeof *entry);
    tg_page *p = text && entry ? page_make(text, r->text.n, m) : NULL;
    if (!p) {
        if (!text || !entry) free(text); /* otherwise page_make has done it */
        free(entry);
        return NULL;
    }
    memcpy(text, r->text.p, r->text.n);
    text[r->text.n] = '\0';
    *entry = (tg_entry){.offset = 0, .length = r->text.n, .id = r->id};
    p->index = (tg_index){.entries = entry, .count = 1, .size = 1, .root = TG_V_OBJECT};
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
    tg_index_clear(&p->index);
    free(p->text);
    free(p);
    atomic_fetch_sub(&alive, 1);
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
