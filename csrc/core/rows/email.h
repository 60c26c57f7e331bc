/* Check e-mail addresses as users paste them. */
#ifndef TG_EMAIL_H
#define TG_EMAIL_H

#include "toggl.h"

/* Reject only what no server can accept, and name the problem. V is UTF-8. */
bool tg_check_email(tg_text v, tg_error *err);

#endif
