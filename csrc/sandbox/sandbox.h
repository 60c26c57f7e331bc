/*
** A Toggl-compatible HTTP server for tests and rehearsals: stateful, repeatable, with faults on
** request. It shares no code with the client, so that an error in one is not in the other.
**
** One thread of its own serves all connections. Every thread may call these functions, but
** `stop` must be the last call. After a fork the child must not use the server; `stop` does
** nothing there.
*/
#ifndef TG_SANDBOX_H
#define TG_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct tg_sandbox tg_sandbox;

typedef struct tg_sandbox_options {
    int people; /* of the first organization; below 1: 12 */
    /* 0 and up: TCP on 127.0.0.1, 0 takes a free one; -1: a Unix socket and no port */
    int port;
    uint64_t seed; /* the same seed gives the same people and keys */
    /* "free", "starter" or "premium" with its quota; NULL: no quota, every operation */
    const char *plan;
    const char *file; /* file of the state; NULL: in memory */
    /* file to which every exchange is appended, one JSON object a line; NULL: none */
    const char *record;
    int latency_ms;       /* milliseconds by which every reply is delayed */
    int page_cap;         /* largest per_page that is accepted; 0: any */
    double visible_after; /* seconds until reads show a new object */
    double gone_after;    /* seconds for which reads still show a deleted object */
} tg_sandbox_options;

/* One recorded request. Both texts are borrowed. */
typedef struct tg_sandbox_request {
    const char *method;
    const char *path; /* below the base address, with the query */
    int status;       /* 0: no reply was sent */
} tg_sandbox_request;

/* Start a server, owned by the caller. NULL: `error` says why, and no file or thread remains. */
tg_sandbox *tg_sandbox_start(const tg_sandbox_options *options, char *error, size_t size);

/* Stop it: close the connections, join the thread, remove the socket, free the memory. Accepts
   NULL. */
void tg_sandbox_stop(tg_sandbox *server);

/* Base address, ending in /api/v9, and the path of the Unix socket (NULL with TCP). Borrowed from
   the server. */
const char *tg_sandbox_url(const tg_sandbox *server);
const char *tg_sandbox_socket(const tg_sandbox *server);

/* Key of the organization Acme, the piece `acme` of sql/seed.sql. */
#define TG_SANDBOX_ORGANIZATION 4300000017

typedef enum tg_sandbox_secret {
    TG_SANDBOX_TOKEN,
    TG_SANDBOX_PASSWORD,
    TG_SANDBOX_EMAIL
} tg_sandbox_secret;

/*
** A credential of a person, by address or account key as text; NULL: the administrator of the
** sandbox. False: there is no such person, or `out` is too small.
*/
bool tg_sandbox_secret_of(tg_sandbox *server, const char *who, tg_sandbox_secret what, char *out,
                          size_t size);

/*
** Set a knob (plan, latency, page_cap, visible_after, gone_after, quota, user_quota, rate,
** retry_after, slow, cut, etag, idle, redirect_port), add a `fault`, remove all faults
** (`clear`), or advance the clock (`advance`). See doc/sandbox.md. False: `error` says what is
** wrong with the name or the value, and nothing has changed.
*/
bool tg_sandbox_control(tg_sandbox *server, const char *what, const char *value, char *error,
                        size_t size);

/*
** Call `see` for the last requests, oldest first, under the lock of the server: `see` must not
** call the server. Returns the number of all requests.
*/
uint64_t tg_sandbox_requests(tg_sandbox *server, void (*see)(void *to, const tg_sandbox_request *),
                             void *to);

/* errno of the first exchange that could not be recorded; 0: none. */
int tg_sandbox_record_fault(tg_sandbox *server);

#endif
