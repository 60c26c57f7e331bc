/*
** Record exchanges: the last ones in memory, and all of them as JSON lines when the start names a
** file.
*/
#ifndef TG_SANDBOX_RECORD_H
#define TG_SANDBOX_RECORD_H

#include "state.h"

void sb_record(sb_engine *e, sb_exchange *x);

#endif
