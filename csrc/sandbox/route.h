/*
** The operations, and how a request is carried out.
*/
#ifndef TG_SANDBOX_ROUTE_H
#define TG_SANDBOX_ROUTE_H

#include "state.h"

typedef enum sb_access {
    SB_OPEN,            /* every caller, even without credentials */
    SB_CALLER,          /* every caller with credentials */
    SB_MEMBER,          /* joined and active in {organization_id} */
    SB_ADMIN,           /* and its administrator or owner */
    SB_OWNER,           /* and its owner */
    SB_WORKSPACE,       /* member of {workspace_id}, or administrator of its organization */
    SB_WORKSPACE_ADMIN, /* administrator of {workspace_id} or of its organization */
} sb_access;

/* The form of a successful reply; SB_READ: JSON, for a POST that changes nothing. */
typedef enum sb_form { SB_JSON, SB_READ, SB_PLAIN, SB_PDF } sb_form;

/*
** One operation. A status of 400 and above rolls all changes back; its body is a sentence, as a
** JSON string if the form is JSON.
*/
typedef struct sb_route {
    const char *method, *path;
    sb_access access;
    sb_form form;
    int bad;            /* status when a key in the path is not a number or names no object */
    int outside;        /* status for people who are not in the organization */
    const char *script; /* FILE.PIECE: sb_run() */
} sb_route;

extern const sb_route sb_routes[]; /* ends with a row of nulls */

/* False: wrong credentials. Without credentials `me` stays 0. */
bool sb_identify(sb_engine *e, sb_exchange *x);

/* Find the route, check the caller, the limits and the rights, and run the script. */
void sb_route_answer(sb_engine *e, sb_exchange *x);

#endif
