/*
** What this client's own changes make of stored lists, so that finders need not read a list again
** for each of them.
**
** For each list that finders look into, the client has the confirmed changes whose effect the row
** of their operation states. They are laid over the stored list, however old, as long as nothing
** else can have changed it: every drop of its tags in cache.db since, and every change of them in
** state.db, is one of those. Any other (another program, a lost reply, a change whose effect is not
** known) forgets them, and the list counts as stale, as it does for all other readers.
*/
#ifndef TG_OWN_H
#define TG_OWN_H

#include "cache_rows.h"
#include "client.h"

/* One record, as changes have left it. */
typedef struct tg_own {
    int64_t key;
    double at;     /* of the last change, seconds since 1970 */
    bool gone;     /* deleted */
    bool complete; /* `patch` is all of it; else fields of a record of the stored list */
    bool doubt;    /* other fields may have changed */
    char *patch;   /* JSON object; owned; NULL: no field is known to have changed */
    size_t patch_n;
    /* the record of the list whose oldest page is of the time OF, with the patch; owned; NULL: not
       made */
    char *text;
    size_t text_n;
    double of;
} tg_own;

typedef struct tg_own_list {
    const tg_op *op; /* of the list */
    int64_t organization;
    char *tags;     /* of its replies; owned */
    int64_t seq;    /* of the last known drop of one of them */
    double noted;   /* the last known change of one of them in the state file */
    double unknown; /* the last change of another kind */
    double drift;   /* of the clock from the ticks, when the list was looked at last */
    tg_own *items;  /* owned */
    size_t n, size;
} tg_own_list;

/* own.c */
/* NULL: it is not there, or CREATE and out of memory. */
tg_own_list *tg_own_find(tg_client *c, const tg_op *op, int64_t organization, bool create);
/* Forget what is no longer known to be true. False: no stored list is young enough to be brought
   up to date. */
bool tg_own_check(tg_client *c, tg_own_list *l);
tg_request *tg_list_request(const tg_op *op, int64_t organization);
void tg_own_clear(tg_client *c);
/* A clock that was set back since the last look makes all times uncertain: forget them. */
void tg_own_check_clock(tg_client *c, tg_own_list *l);
/* A change of another kind was made AT: forget what is older. */
void tg_own_lose(tg_own_list *l, double at);
/* Put NEW, which is taken, in place of what is there for its key. */
void tg_own_put(tg_own_list *l, tg_own *new);

/* own_text.c */
/* The object BASE with the members of PATCH, which win; malloc'ed; NULL: out of memory. */
char *tg_own_merge(tg_text base, tg_text patch, size_t *n);
/* Append the member NAME with the value V to the object that OUT begins. */
void tg_own_member(tg_buf *out, tg_text name, const tg_value *v);

/* own_find.c */
typedef struct tg_own_look {
    const tg_rows_key *key;
    const tg_rows_term *terms;
    size_t n;
} tg_own_look;

/* Add to OUT what was FOUND, with L laid over it; without terms, all that L has. FOUND loses what
   has changed. False: the list has to be read. */
bool tg_own_lay(tg_client *c, tg_own_list *l, const tg_own_look *look, tg_rows_found *found,
                tg_found *out);

/* The places in the list of the records that L has, in *OUT (malloc'ed). Returns their number. */
size_t tg_own_places(tg_client *c, const tg_own_list *l, const tg_own_look *look,
                     tg_rows_place **out);

/*
** own_effect.c. A call whose row states no effect, and a read, is ignored. The record of a change
** in the state file, and its drop in the cache, are compared with what is known of its list: the
** changes between are of another kind.
*/
void tg_own_prepare(tg_call *call); /* before the first of the two */
void tg_own_noted(tg_call *call);   /* recorded at call->noted as sent */
void tg_own_taken_back(tg_call *call);
const char *tg_own_watched(tg_call *call); /* tags to watch at the drop; NULL: none */
void tg_own_dropped(tg_call *call, const tg_dropped *before, int64_t seq);
void tg_own_noted_end(tg_call *call, double at); /* recorded as ended */
/* It was confirmed, with call->reply: its effect is known from here on. Without this its drop
   counts as one of another kind. */
void tg_own_confirmed(tg_call *call);

#endif
