/*
** The sandbox without sockets: a function from (state, request, clock, chance) to a reply.
**
** The same seed, secret, clock and requests give the same replies, byte for byte. An engine
** never sleeps, opens a socket or starts a thread, and only one thread at a time may use it.
*/
#ifndef TG_SANDBOX_ENGINE_H
#define TG_SANDBOX_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "exchange.h"

typedef struct sb_engine sb_engine;

typedef struct sb_engine_options {
    int people;              /* of the first organization; below 1: 12 */
    uint64_t seed;           /* determines names and keys of people, and random faults */
    uint64_t secret;         /* determines tokens and passwords; 0: by the seed */
    const char *file;        /* file of the state; NULL: in memory */
    double (*clock)(void *); /* UNIX seconds; NULL: the system's */
    void *clock_data;
} sb_engine_options;

/* The caller owns it. NULL: `error` says why. */
sb_engine *sb_engine_new(const sb_engine_options *options, char *error, size_t size);
void sb_engine_free(sb_engine *e); /* NULL is fine */

/*
** Mark the present state. rewind() returns to it any number of times, faster than a new engine
** starts, and also resets knobs, faults and random numbers. Not available with a file.
*/
bool sb_engine_mark(sb_engine *e);
bool sb_engine_rewind(sb_engine *e);

/* Append every exchange to a file, one JSON object a line. */
bool sb_engine_record(sb_engine *e, const char *path, char *error, size_t size);

/* errno of the first exchange missing from that file; 0: none. */
int sb_engine_record_fault(const sb_engine *e);

/* As tg_sandbox_control(). */
bool sb_engine_control(sb_engine *e, const char *what, const char *value, char *error, size_t size);

/* A column of an account ("token", "password", "email") by address or key; NULL: the
   administrator. */
bool sb_engine_secret(sb_engine *e, const char *who, const char *column, char *out, size_t size);

/* One request. All texts are borrowed; NULL where there is none. */
typedef struct sb_request {
    const char *method, *target; /* target: as on the request line, from the / on */
    const char *user, *password; /* of basic authentication */
    const char *type, *body;     /* Content-Type */
    size_t body_size;
    const char *if_none_match;
} sb_request;

/*
** Fill the exchange, which the caller clears: status, reply_type, headers and reply are the
** reply. If sb_fault_drops() is true, the request was carried out and its reply must be
** dropped. False: out of memory.
*/
bool sb_engine_call(sb_engine *e, const sb_request *request, sb_exchange *x);

/*
** The two halves of sb_engine_call(), for a server that receives the body later: begin() takes
** the target and chooses the fault; the caller then sets type, user, password and body, which
** the exchange owns.
*/
bool sb_engine_begin(sb_engine *e, sb_exchange *x, const char *method, const char *target);
void sb_engine_answer(sb_engine *e, sb_exchange *x);

/* Record an exchange whose connection ended before the reply. */
void sb_engine_note(sb_engine *e, sb_exchange *x);

/* Call `see` for the last requests, oldest first; returns the number of all requests. */
uint64_t sb_engine_requests(sb_engine *e,
                            void (*see)(void *to, const char *method, const char *path, int status),
                            void *to);

/* The knobs that concern a connection: milliseconds of latency and per slow byte, and the bytes of
   a body sent before a cut, -1 for half. */
typedef struct sb_pace {
    long latency, slow, cut;
    long idle; /* seconds after which a silent connection is closed; 0: never */
} sb_pace;

sb_pace sb_engine_pace(const sb_engine *e);

#endif
