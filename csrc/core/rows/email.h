/* E-mail addresses as people paste them. */
#ifndef TG_EMAIL_H
#define TG_EMAIL_H

#include "toggl.h"

/* An address is whatever a server accepts: only what cannot be one is rejected, with what was
   found. V is UTF-8. */
bool tg_check_email(tg_text v, tg_error *err);

#endif
