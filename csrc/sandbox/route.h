/*
** The operations, and how one is carried out.
*/
#ifndef TG_SANDBOX_ROUTE_H
#define TG_SANDBOX_ROUTE_H

#include "state.h"

typedef enum sb_access {
    SB_OPEN,            /* anybody, even without credentials */
    SB_CALLER,          /* anybody who says who it is */
    SB_MEMBER,          /* joined and active in {organization_id} */
    SB_ADMIN,           /* and its administrator or owner */
    SB_OWNER,           /* and its owner */
    SB_WORKSPACE,       /* member of {workspace_id}, or administrator of its organization */
    SB_WORKSPACE_ADMIN, /* administrator of {workspace_id} or of its organization */
} sb_access;

/* What a good reply is; SB_READ: JSON, and nothing is changed although the method is POST. */
typedef enum sb_form { SB_JSON, SB_READ, SB_PLAIN, SB_PDF } sb_form;

/*
** One operation. A status of 400 and above takes every change back; its body is a sentence, made a
** JSON string where the form says so.
*/
typedef struct sb_route {
    const char *method, *path;
    sb_access access;
    sb_form form;
    int bad;            /* status when a key in the path is not a number or names nothing */
    int outside;        /* status for people who do not belong to it */
    const char *script; /* FILE.PIECE: sb_run() */
} sb_route;

extern const sb_route sb_routes[]; /* ends with a row of nulls */

/* False: credentials were sent and are wrong. Without any, `me` stays 0. */
bool sb_identify(sb_engine *e, sb_exchange *x);

/* Finds the route, checks the caller, the limits and the rights, and runs the script. */
void sb_route_answer(sb_engine *e, sb_exchange *x);

#endif
