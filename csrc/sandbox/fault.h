/*
** Faults by name. The engine makes the wrong replies; the server applies the faults of a
** connection (cut, reset, slow).
*/
#ifndef TG_SANDBOX_FAULT_H
#define TG_SANDBOX_FAULT_H

#include "state.h"

typedef enum sb_kind {
    SB_CUT,          /* half of the body under the Content-Length of all of it */
    SB_CUT_NOLENGTH, /* half of the body, no length, end of connection: looks complete */
    SB_DROP,         /* the request is carried out, the connection closed without a reply */
    SB_RESET,        /* the connection is reset before anything is done */
    SB_SLOW,         /* one byte at a time */
    SB_HTML,         /* 200 with an SB_HTML page */
    SB_BURST,        /* 500, 502, 503, 504 in turn */
    SB_WRONG_JSON,   /* 200 with a text that is not JSON, a different one each time */
    SB_EMPTY,        /* 200 without a body */
    SB_NOTHING,      /* 200 with null */
    SB_HUGE_BODY,    /* a list of HUGE_BYTES, no length */
    SB_BOMB,         /* a megabyte of gzip that decompresses to a gigabyte */
    SB_REDIRECT,     /* 302 to another port */
    SB_NO_PAGES,     /* the headers with the number of pages are missing */
    SB_NO_QUOTA,     /* the quota headers are missing */
    SB_STATUS,       /* a status by its number, with the body of the rule */
} sb_kind;

/* Add a rule in the form that doc/sandbox.md describes. False: `error` says what is wrong. */
bool sb_fault_add(sb_engine *e, const char *text, char *error, size_t size);

/* Choose the fault of the exchange, once, before it is carried out. */
void sb_fault_choose(sb_engine *e, sb_exchange *x);
const char *sb_fault_name(const sb_exchange *x); /* NULL: none */

bool sb_fault_before(sb_engine *e, sb_exchange *x); /* true: no script was run */
void sb_fault_after(sb_engine *e, sb_exchange *x);  /* damages the reply */
bool sb_fault_is_binary(const sb_exchange *x);
bool sb_fault_drops(const sb_exchange *x);    /* no reply is to be sent */
bool sb_fault_by_piece(const sb_exchange *x); /* the reply is not sent in one piece */

#endif
