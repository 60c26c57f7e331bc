/* Credentials, converted to a request header and to the name of an account in the stores. */
#ifndef TG_AUTH_H
#define TG_AUTH_H

#include "toggl.h"

typedef struct tg_auth {
    char *header; /* "Basic ..."; NULL: no credentials. A secret. */
    /* identifies the user at this server in the stores; reveals nothing about the secret */
    char account[33];
} tg_auth;

/*
** SERVER: the base address, which is part of the account. False with TG_E_INVALID: line breaks, a
** colon in an e-mail address, an empty token. The tg_auth owns its strings.
*/
bool tg_auth_init(tg_auth *a, const tg_credentials *c, const char *server, tg_error *err);
void tg_auth_clear(tg_auth *a); /* overwrites the secret before it is freed */

/* Does TEXT contain the token or password, verbatim or encoded? Secrets shorter than 4 bytes are
   ignored: they would match everywhere. */
bool tg_auth_stands_in(const tg_auth *a, const char *text, size_t n);

#endif
