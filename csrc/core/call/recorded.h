/* What the journal has of one entry, for settling it. */
#ifndef TG_RECORDED_H
#define TG_RECORDED_H

#include "buf.h"
#include "entry.h"
#include "target.h"

typedef struct tg_recorded {
    tg_entry_state entry;
    int64_t sent;   /* the event of its last attempt */
    double sent_at; /* when that was */
    double lost_at; /* when that ended without a reply; 0: the journal does not have it */
    tg_buf data;    /* of its first event */
} tg_recorded;

/* ACCOUNT is borrowed. */
void tg_recorded_init(tg_recorded *f, const char *account);
void tg_recorded_clear(tg_recorded *f);
bool tg_recorded_read(tg_recorded *f, tg_journal *j, int64_t number, tg_error *err);
/* The targets of the request in the first event of an entry. False: the event was deleted, or
   cannot be loaded, so what it changed is not known. */
bool tg_recorded_targets(tg_text data, const char *account, tg_targets *out);
/* Is no later change of the same object in the journal, but for those that did nothing? After one,
   the present state does not show whether this one was made. False: err names the later one. */
bool tg_recorded_is_last(const tg_recorded *f, tg_journal *j, int64_t number, tg_error *err);

#endif
