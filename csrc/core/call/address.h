/* The base address of a server. */
#ifndef TG_ADDRESS_H
#define TG_ADDRESS_H

#include "toggl.h"

/*
** Check "https://host[:port][/path]", or http, and cut trailing slashes off URL. Without TLS only
** this machine is allowed, unless PRIVATE_WAY (a Unix socket) or the user's CLEARTEXT permits more.
** False: err.
*/
bool tg_address_check(char *url, bool private_way, bool cleartext, tg_error *err);

#endif
