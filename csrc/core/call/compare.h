/*
** What a write gave, compared with what a record shows: values by meaning, lists by the keys
** of their items. Pure.
*/
#ifndef TG_COMPARE_H
#define TG_COMPARE_H

#include "json.h"
#include "toggl.h"

/* Facts: shown as written, shown otherwise, not shown. Where it is known what was there before:
   MOVED are as written and not as before, OTHER neither. */
typedef struct tg_facts {
    size_t yes, no, unread;
    size_t moved, other;
} tg_facts;

/* FOLD: whatever the case of ASCII letters. */
bool tg_compare_same(const tg_value *a, const tg_value *b, bool fold);
/* The item of LIST, described by F, with this key; ABSENT: there is none. */
tg_value tg_compare_find(const tg_value *list, const tg_field *f, tg_key kind, const tg_value *key);
/* A complete list, described by P as given and by F as shown: all that is named is there, and
   nothing else. */
void tg_compare_list(const tg_value *given, const tg_field *p, const tg_value *shown,
                     const tg_field *f, tg_facts *out);
/* The fields of a body by PARAMS against those of a record of M. BEFORE: an object with what was
   there, by the names of PARAMS, lists as those of keys; empty: not known. */
void tg_compare_fields(tg_text given, const tg_field *params, tg_text shown, const tg_model *m,
                       tg_text before, tg_facts *out);

#endif
