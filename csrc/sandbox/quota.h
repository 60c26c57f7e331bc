/*
** The two limits: quota (402) and rate (429).
*/
#ifndef TG_SANDBOX_QUOTA_H
#define TG_SANDBOX_QUOTA_H

#include "state.h"

/* True: the request was rejected, and the exchange has the reply. */
bool sb_refuse_rate(sb_engine *e, sb_exchange *x);
bool sb_refuse_quota(sb_engine *e, sb_exchange *x);

void sb_too_fast(sb_engine *e, sb_exchange *x);

#endif
