/*
** A Toggl-compatible HTTP server for tests and rehearsals: stateful, repeatable, and able to
** misbehave on request. It stands alone: nothing of the client is in it, so that the two can
** disagree.
**
** One thread of its own serves everything. All functions may be called from any thread, except that
** `stop` must be the last. After a fork the child must leave the server alone; `stop` does nothing
** there.
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
    uint64_t seed; /* the same seed makes the same people and keys */
    /* "free", "starter" or "premium" with its quota; NULL: no quota, nothing is missing */
    const char *plan;
    const char *file; /* state is kept there; NULL: in memory */
    /* every exchange is appended there, a JSON object a line; NULL: nowhere */
    const char *record;
    int latency_ms;       /* every reply is this late */
    int page_cap;         /* largest per_page that is honoured; 0: any */
    double visible_after; /* seconds in which what was made is not seen */
    double gone_after;    /* seconds in which what was deleted is still seen */
} tg_sandbox_options;

/* One request as the server remembers it. Both texts are borrowed. */
typedef struct tg_sandbox_request {
    const char *method;
    const char *path; /* below the base address, with the query */
    int status;       /* 0: no reply was sent */
} tg_sandbox_request;

/* Starts a server; the caller owns it. NULL: `error` says why, and nothing is left behind. */
tg_sandbox *tg_sandbox_start(const tg_sandbox_options *options, char *error, size_t size);

/* Ends it: connections are cut, the thread joined, the socket removed, memory returned. NULL is
   fine. */
void tg_sandbox_stop(tg_sandbox *server);

/* Base address, ending in /api/v9, and the path of the Unix socket (NULL with TCP). Borrowed from
   the server. */
const char *tg_sandbox_url(const tg_sandbox *server);
const char *tg_sandbox_socket(const tg_sandbox *server);

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
** Turns a knob (plan, latency, page_cap, visible_after, gone_after, quota, user_quota, rate,
** retry_after, slow, cut, etag, idle, redirect_port), adds a `fault`, removes all of them
** (`clear`), or moves the clock (`advance`). See doc/sandbox.md. False: `error` says what is wrong
** with the name or the value, and nothing has changed.
*/
bool tg_sandbox_control(tg_sandbox *server, const char *what, const char *value, char *error,
                        size_t size);

/*
** Calls `see` for the last requests, oldest first, with the server at rest: `see` must not call it
** again. Returns how many there were in all.
*/
uint64_t tg_sandbox_requests(tg_sandbox *server, void (*see)(void *to, const tg_sandbox_request *),
                             void *to);

/* errno of the first exchange that could not be recorded; 0: all were. */
int tg_sandbox_record_fault(tg_sandbox *server);

#endif
