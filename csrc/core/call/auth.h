/* Credentials turned into what a request carries and what a stored row is filed under. */
#ifndef TG_AUTH_H
#define TG_AUTH_H

#include "toggl.h"

typedef struct tg_auth {
    char *header; /* "Basic ..."; NULL: no credentials. A secret. */
    /* names the person at this server in the stores; tells nothing about the secret */
    char account[33];
} tg_auth;

/*
** SERVER: base address, part of the account's name. False with TG_E_INVALID: line breaks, a colon
** in an e-mail address, an empty token. What it fills is owned by the tg_auth.
*/
bool tg_auth_init(tg_auth *a, const tg_credentials *c, const char *server, tg_error *err);
void tg_auth_clear(tg_auth *a); /* overwrites the secret before it is freed */

/* Does TEXT hold the token or password, as it is or as it is sent? What is shorter than 4 bytes
   stands everywhere. */
bool tg_auth_stands_in(const tg_auth *a, const char *text, size_t n);

#endif
