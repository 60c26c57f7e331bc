/*
** What the engine remembers of its exchanges: the last ones in memory, all of them as JSON lines
** where it was told to.
*/
#ifndef TG_SANDBOX_RECORD_H
#define TG_SANDBOX_RECORD_H

#include "state.h"

void sb_record(sb_engine *e, sb_exchange *x);

#endif
