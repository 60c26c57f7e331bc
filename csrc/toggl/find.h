/* Finding records of stored lists by an index. Part of toggl.h, which defines ownership. */
#ifndef TOGGL_FIND_H
#define TOGGL_FIND_H

#include "client.h"
#include "record.h"

/* A complete list in the store; its strings are borrowed. */
typedef struct tg_stored_list {
    const tg_op *op;
    int64_t organization; /* of its path; 0: none */
    const char *scope;    /* what else distinguishes the lists of the operation */
} tg_stored_list;

/*
** Keep rows of the list that consists of PAGES, all read from the store and complete, so that
** tg_client_find can look into it. False: there are none, and nothing is wrong but the speed.
*/
TG_API bool tg_client_keep_rows(tg_client *c, const tg_stored_list *l, tg_page *const *pages,
                                size_t n);

/* A field of the model that is marked FOUND, and its value: an integer, or a text, whose folded
   form counts. */
typedef struct tg_wanted {
    const char *field;
    bool is_text;
    int64_t integer;
    tg_text text;
} tg_wanted;

#define TG_WANTED_MOST 2

/* The records that were found, each as a page of its own, in the order of the list. */
typedef struct tg_found {
    const tg_model *model;
    double at; /* when the oldest page of the list was received */
    /* the service may not show until then what is known by the client's own change; 0: it does */
    double settled_at;
    size_t count;
    tg_page **pages; /* owned, counted references */
} tg_found;

/*
** Look up the records with one of the values. False: the store has no rows of this list, or they
** are older than MAX_AGE (0: as the operation says) or than a change; read the list to know.
** Confirmed changes by this client itself do not make rows old: their records are what the changes
** made of them.
*/
TG_API bool tg_client_find(tg_client *c, const tg_stored_list *l, double max_age,
                           const tg_wanted *wanted, size_t n, tg_found *out);
/* The records that were probably meant by a misspelt WORD, at most three, in the same way, and
   further ones that the client has changed, near or not. */
TG_API bool tg_client_near(tg_client *c, const tg_stored_list *l, double max_age, tg_text word,
                           tg_found *out);
/* Does the client know changes of its own by which an older list is brought up to date? */
TG_API bool tg_client_has_own(tg_client *c, const tg_stored_list *l);
TG_API void tg_found_clear(tg_found *f);

#endif
