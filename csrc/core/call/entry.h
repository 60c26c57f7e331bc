/* What one entry of the journal says of itself, from its events in their order. */
#ifndef TG_ENTRY_STATE_H
#define TG_ENTRY_STATE_H

#include "journal.h"
#include "process.h"

typedef struct tg_entry_state {
    const char *account; /* of the client; borrowed */
    bool ours;
    tg_journal_state state;
    tg_process sender; /* of its last attempt */
} tg_entry_state;

void tg_entry_read(tg_entry_state *e, const tg_journal_row *row); /* entries.c */

#endif
