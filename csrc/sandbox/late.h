/*
** Late visibility: what is seen some seconds after it was done.
*/
#ifndef TG_SANDBOX_LATE_H
#define TG_SANDBOX_LATE_H

#include "state.h"

/* Makes the tables and triggers that note what is late, on the first connection. */
bool sb_late_notes(sqlite3 *db);

/* Sets the side on which scripts run from here on, for a request that only reads or for one that
   changes something. */
void sb_late_choose(sb_engine *e, bool reads);

#endif
