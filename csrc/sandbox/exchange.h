/*
** One request and its reply, without connection or socket.
*/
#ifndef TG_SANDBOX_EXCHANGE_H
#define TG_SANDBOX_EXCHANGE_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "text.h"

#define SB_BASE      "/api/v9"
#define SB_VARIABLES 48
#define SB_HEADERS   12

typedef struct sb_variable {
    char name[32];
    sqlite3_value *value; /* owned */
} sb_variable;

typedef struct sb_pair {
    char *name, *value; /* inside exchange.scratch */
} sb_pair;

typedef struct sb_header {
    char name[32], value[256];
} sb_header;

typedef struct sb_exchange {
    char method[12];
    char *uri;     /* as sent; owned */
    char *path;    /* below the base, without the query; owned */
    char *scratch; /* decoded query; owned */
    sb_pair query[SB_VARIABLES];
    int queries;
    sb_text body;
    char *type;            /* Content-Type of the request, or NULL; owned */
    char *user, *password; /* of basic authentication, or NULL; owned */
    char *if_none_match;   /* or NULL; owned */
    bool foreign;          /* the Origin names another site */

    const struct sb_route *route;
    int64_t me;      /* account of the caller; 0: none */
    int64_t charged; /* organization whose quota window it spends; 0: the caller's own */
    sb_variable variables[SB_VARIABLES];
    int variable_count;

    int status;
    sb_text reply;
    const char *reply_type; /* static */
    bool raw;               /* the reply does not have the form of the route */
    sb_header headers[SB_HEADERS];
    int header_count;

    int fault;              /* kind of the fault for this request; -1: none */
    int fault_code;         /* status, for a fault that is a status */
    const char *fault_text; /* its body; NULL: a sentence */
    int turn;               /* how often that rule has applied before */
} sb_exchange;

/* Split the target. False: out of memory; the caller must still call clear(). */
bool sb_exchange_init(sb_exchange *x, const char *method, const char *target);
void sb_exchange_clear(sb_exchange *x);

/* Decode %XX, and + where it is a space, in place. */
void sb_decode(char *text, bool plus);

/* Replace the reply by a sentence in plain text. */
void sb_say(sb_exchange *x, int status, const char *sentence);
void sb_header_add(sb_exchange *x, const char *name, const char *value);
void sb_header_number(sb_exchange *x, const char *name, int64_t value);

/* Set a variable, which scripts read as :NAME. Takes the value. */
void sb_let(sb_exchange *x, const char *name, sqlite3_value *value);
sqlite3_value *sb_value(const sb_exchange *x, const char *name); /* borrowed; NULL: not set */
int64_t sb_int(const sb_exchange *x, const char *name);          /* 0: not set, or null */
const char *sb_string(const sb_exchange *x, const char *name);   /* NULL: not set, or null */
bool sb_is_null(const sb_exchange *x, const char *name);
void sb_clear_variables(sb_exchange *x);

#endif
