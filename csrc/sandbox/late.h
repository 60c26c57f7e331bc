/*
** Late visibility: reads show changes some seconds after they were made.
*/
#ifndef TG_SANDBOX_LATE_H
#define TG_SANDBOX_LATE_H

#include "state.h"

/* Create the tables and triggers that record late changes, on the first connection. */
bool sb_late_notes(sqlite3 *db);

/* Select the connection for the following scripts: for a request that reads, or one that changes
   something. */
void sb_late_choose(sb_engine *e, bool reads);

#endif
