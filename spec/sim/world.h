/*
** The world of a simulation: one clock, one server, a network that goes wrong, and all that happens
** in it decided by one seed. Nothing here knows what time it really is.
*/
#ifndef SIM_WORLD_H
#define SIM_WORLD_H

#include "sandbox/engine.h"
#include "toggl.h"
#include "transport.h"

#define SIM_CLIENTS 4
#define SIM_INTENTS 64
#define SIM_FLYING  32

/* What may befall a request. Each seed turns a random half of them off. */
#define SIM_FAULTS(ROW)                                                                            \
    ROW(UNREACHED, "no connection is made")                                                        \
    ROW(LOST, "the request is lost")                                                               \
    ROW(REPLY_LOST, "it is done and its reply is lost")                                            \
    ROW(CUT, "it is done and its reply is cut")                                                    \
    ROW(SLOW, "it is late")                                                                        \
    ROW(BAD_GATEWAY, "a proxy answers 502 before it is done")                                      \
    ROW(GATEWAY_TIMEOUT, "a proxy answers 504 after it was done")                                  \
    ROW(TOO_FAST, "it is refused with 429")                                                        \
    ROW(NO_QUOTA, "it is refused with 402")

#define SIM_FAULT(name, words) SIM_##name,
typedef enum sim_fault { SIM_FAULTS(SIM_FAULT) SIM_FAULT_COUNT, SIM_FINE } sim_fault;
#undef SIM_FAULT

/* One thing that a client set out to do, and what the server knows of it. */
typedef struct sim_intent {
    int client;
    const tg_op *op;
    tg_effect effect;
    int sends;   /* requests that went out for it */
    int carried; /* times the server did it, with 2xx */
    int64_t key; /* what is to be deleted; 0: nothing */
    bool ended;
    tg_kind kind; /* of the outcome; TG_OK: success */
} sim_intent;

/* A request between a client and the server. The client may have given it up: then only its copy
   goes on. */
typedef struct sim_flight {
    tg_exchange *x; /* NULL: given up */
    int client, intent;
    sim_fault fault;
    double arrives, ends; /* arrives below 0: it was there already, or never will be */
    char method[12], target[1024], user[100], *body;
    size_t body_size;
    char *reply, headers[600]; /* reply: owned */
    size_t reply_size;
    int status;
} sim_flight;

/* A window as a client knows it: closed until. */
typedef struct sim_window {
    char place[64];
    double until;
} sim_window;

typedef struct sim_world {
    uint64_t seed, draws;
    double time;
    sb_engine *engine;
    unsigned faults; /* those that are on */
    int odds;        /* one request in so many has a fault */
    sim_flight flying[SIM_FLYING];
    int flights;
    sim_intent intents[SIM_INTENTS];
    int intent_count;
    int current[SIM_CLIENTS]; /* intent that the client is at, or -1 */
    sim_window closed[SIM_CLIENTS][8];
    char *log; /* events in words; owned */
    size_t log_size, log_room;
    char violation[300]; /* the first; empty: none */
    long requests, lost_replies;
} sim_world;

extern const tg_transport_api sim_transport;
extern sim_world *sim_the_world; /* the table of a transport carries no context */

uint64_t sim_draw(sim_world *w, uint64_t most); /* 0 <= n < most */
void sim_say(sim_world *w, const char *form, ...) __attribute__((format(printf, 2, 3)));
void sim_violate(sim_world *w, const char *form, ...) __attribute__((format(printf, 2, 3)));

/* Lets the server do what arrives until `until`, and moves the clock there. */
void sim_advance(sim_world *w, double until);
/* When something next happens between clients and server; below 0: nothing is on its way. */
double sim_next(const sim_world *w);
tg_clock sim_clock(sim_world *w);
void sim_world_clear(sim_world *w); /* the engine is not the world's */

/* ask.c: a number out of the server's database; -1: none. */
int64_t sim_number(sb_engine *e, const char *sql);

#endif
