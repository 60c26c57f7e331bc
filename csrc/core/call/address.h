/* The address of a server, as it was given. */
#ifndef TG_ADDRESS_H
#define TG_ADDRESS_H

#include "toggl.h"

/*
** "https://host[:port][/path]", or http; slashes at the end are cut off URL. Without TLS only this
** machine is spoken to, unless PRIVATE_WAY (a Unix socket) or the user says so with CLEARTEXT.
** False: err.
*/
bool tg_address_check(char *url, bool private_way, bool cleartext, tg_error *err);

/* Does an address that was checked lead to this machine, by its text alone? */
bool tg_address_is_local(const char *url);

#endif
