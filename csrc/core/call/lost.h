/* A write whose reply was lost, while it is settled. */
#ifndef TG_LOST_H
#define TG_LOST_H

#include "client.h"
#include "evidence.h"

struct tg_lost {
    tg_evidence evidence;
    tg_buf before;        /* what was there, as the journal has it */
    const tg_settle *how; /* the read at present */
    tg_call *read;        /* in flight; owned; NULL: none */
    int64_t page;
    int requests;
    int64_t event; /* the last one of its entry when the first read was sent; 0: none */
    int64_t count; /* records of the read so far */
    char message[sizeof((tg_error *)NULL)->message];
};

/* The first read from HOW on that the call needs; NULL: none. */
const tg_settle *tg_lost_next(const tg_call *call, const tg_settle *how);

/* Is no later change of the same object in the journal, but for those that did nothing? */
bool tg_call_is_last(tg_call *call);

#endif
