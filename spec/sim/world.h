/*
** The world of a simulation: one clock, one server, machines with disks, processes on them, and a
** network with faults. One seed decides all events. No code in it reads the real time.
*/
#ifndef SIM_WORLD_H
#define SIM_WORLD_H

#include <ucontext.h>

#include "disk.h"
#include "memory.h"
#include "sandbox/engine.h"
#include "toggl.h"
#include "transport.h"

#define SIM_ACTORS    4
#define SIM_PROCESSES 12
#define SIM_INTENTS   96
#define SIM_FLYING    48
#define SIM_RUNNING   3 /* most calls of one process at once */
#define SIM_START     1e9

/* Faults of a request, a process or a machine. Each seed enables about half of them at random. */
#define SIM_FAULTS(ROW)                                                                            \
    ROW(UNREACHED, "no connection is made")                                                        \
    ROW(LOST, "the request is lost")                                                               \
    ROW(REPLY_LOST, "it is done and its reply is lost")                                            \
    ROW(CUT, "it is done and its reply is cut")                                                    \
    ROW(SLOW, "it is late")                                                                        \
    ROW(BAD_GATEWAY, "a proxy answers 502 before it is done")                                      \
    ROW(GATEWAY_TIMEOUT, "a proxy answers 504 after it was done")                                  \
    ROW(TOO_FAST, "it is refused with 429")                                                        \
    ROW(NO_QUOTA, "it is refused with 402")                                                        \
    ROW(KILL, "a process is killed")                                                               \
    ROW(CRASH, "a machine loses its power")                                                        \
    ROW(FREEZE, "a process stops for a while")                                                     \
    ROW(TURN, "another process gets the processor")                                                \
    ROW(DISK_FULL, "a disk is full for a while")                                                   \
    ROW(DISK_ERROR, "a disk fails once")                                                           \
    ROW(OTHERS, "another administrator changes the same people")

#define SIM_FAULT(name, words) SIM_##name,
typedef enum sim_fault { SIM_FAULTS(SIM_FAULT) SIM_FAULT_COUNT, SIM_FINE } sim_fault;
#undef SIM_FAULT
#define SIM_NETWORK (SIM_NO_QUOTA + 1) /* the faults below it are those of requests */

/* One operation that an actor intends, and its outcome at the server. */
typedef struct sim_intent {
    int actor, machine;
    const tg_op *op;
    tg_effect effect;
    char name[12];               /* its step in the journal */
    char content[300];           /* method, path and body of its request; empty: never sent */
    int sends;                   /* requests sent for it */
    int reached;                 /* requests that may have reached the server */
    int carried;                 /* times the server applied it, with 2xx */
    int repeats;                 /* requests sent after an ambiguous one */
    bool doubtful;               /* the last request is ambiguous */
    long sender;                 /* `number` of the process that sent it last */
    double orphaned;             /* when its process died; 0: it did not */
    int recorded, misses, finds; /* events: attempts, settled as absent, as done */
    int state;                   /* tg_journal_state of its entry; 0: none */
    double overwritten;          /* when another write of the same target was applied; 0: never */
    double missed;               /* when its entry was settled as absent; 0: never */
    bool names_people;           /* its entry holds personal data */
    int64_t key;                 /* key of its record; 0: unknown */
    int role;                    /* role that it sets; 0: none */
    bool ended, killed;          /* its caller got the outcome; its process died before that */
    double told;                 /* when its caller got the outcome */
    tg_kind kind;                /* kind of the outcome; TG_OK: success */
} sim_intent;

/* A quota window as a process knows it: closed until `until`. */
typedef struct sim_window {
    char place[64];
    double until;
} sim_window;

typedef struct sim_process {
    enum { SIM_NONE, SIM_READY, SIM_DEAD } state;
    int slot, pid, machine, actor;
    long number; /* among all processes of the seed */
    double born;
    double wake;
    void (*body)(struct sim_process *p);
    ucontext_t context;
    char *stack;
    sim_memory *memory;
    sim_handle *files;
    tg_call *calls[SIM_RUNNING];
    int intents[SIM_RUNNING]; /* intents of the calls */
    int starting;             /* intent whose call is being started; -1: none */
    long sent;                /* requests sent by this process */
    sim_window closed[8];
} sim_process;

typedef struct sim_machine {
    bool up, dies;
    double up_at, full_until;
    int boots, pids, errors; /* errors: how many of the next writes fail */
    bool failed; /* it lost power, its disk failed, or a paused process may hold a lock */
    bool dirty;  /* a process died on it: `resume` may find open entries */
    int holder;  /* slot of the process that holds the folder's lock; -1: none */
} sim_machine;

/* A user at a terminal, who starts another process after one has died. */
typedef struct sim_actor {
    int machine, left;
    bool busy; /* a process works for it */
    double next;
} sim_actor;

struct sim_world;

/* A request in flight. If its process cancelled it or died, the copy still arrives. */
typedef struct sim_flight {
    tg_exchange *x;       /* NULL: cancelled */
    sim_process *process; /* NULL: dead */
    int actor, intent;    /* intent -1: a read, or a simulator without intents */
    long number;          /* among the requests of the seed, from 1 */
    bool writes;          /* its method is not GET */
    sim_fault fault;
    double arrives, ends; /* arrives below 0: it has arrived, or never will */
    char method[12], target[1024], user[100], *body;
    size_t body_size;
    char *reply, headers[600]; /* reply is owned */
    size_t reply_size;
    int status;
} sim_flight;

/* Callbacks that follow the requests of a seed. */
typedef struct sim_watch {
    void (*sent)(struct sim_world *w, const sim_flight *f);
    /* Return true after an answer by sim_answer(): the server then does not get the request. */
    bool (*arrives)(struct sim_world *w, sim_flight *f);
    void (*carried)(struct sim_world *w, const sim_flight *f); /* with f->status and f->reply */
    void (*ended)(struct sim_world *w, const sim_flight *f, const tg_exchange *x);
} sim_watch;

typedef struct sim_world {
    const sim_watch *watch; /* callbacks, or NULL */
    uint64_t seed, draws;
    double time;
    sb_engine *engine;
    char token[64], other_token[64];
    unsigned faults; /* bits of the enabled faults */
    bool forgot;     /* the journals have deleted closed entries */
    bool calm;       /* the faults have ended */
    int odds;        /* one request in `odds` has a fault */
    long point, next_point, pace, spawned;
    ucontext_t loop;
    sim_process *here; /* the running process; NULL: the world itself */
    sim_process processes[SIM_PROCESSES];
    sim_machine machines[SIM_MACHINES];
    int machine_count;
    sim_actor actors[SIM_ACTORS];
    int actor_count;
    double others_next;
    sim_flight flying[SIM_FLYING];
    int flights;
    sim_intent intents[SIM_INTENTS];
    int intent_count;
    char *log; /* events as text; owned */
    size_t log_size, log_room;
    char violation[300]; /* the first one; empty: none */
    uint64_t digest;     /* of the events and the disks at the end */
    long requests, lost_replies, kills, crashes, freezes, disk_faults, resumed, open;
} sim_world;

extern sim_world *sim_the_world; /* the tables of functions pass no context */

/* the beginning, random draws and the log: world.c */
/* Begin the world of SEED, with a new server, empty disks and a template of databases. */
void sim_begin(sim_world *w, uint64_t seed);
uint64_t sim_draw(sim_world *w, uint64_t most); /* 0 <= n < most */
uint64_t sim_chance(uint64_t most);             /* sim_draw() of sim_the_world */
bool sim_has(const sim_world *w, sim_fault fault);
void sim_say(sim_world *w, const char *form, ...) __attribute__((format(printf, 2, 3)));
void sim_violate(sim_world *w, const char *form, ...) __attribute__((format(printf, 2, 3)));

/* processes: process.c */
sim_process *sim_spawn(sim_world *w, int machine, int actor, void (*body)(sim_process *p));
void sim_wait(double until); /* lets other processes run; outside a process does nothing */
/* A point at which the process may be killed, paused or interrupted, or its machine may die. */
void sim_point(void);
void sim_risk(int odds); /* as sim_point(), with a fault once in ODDS times */
/* Run the next event, if it is before UNTIL. Return false if there is none. */
bool sim_turn(sim_world *w, double until);
bool sim_alive(const sim_world *w, int machine, int pid);
void sim_end_all(sim_world *w); /* drops all processes */

/* the network: network.c */
extern const tg_transport_api sim_transport;
double sim_arrival(const sim_world *w); /* time of the next request at the server; below 0: none */
void sim_arrive(sim_world *w);          /* lets the server handle the next request */
void sim_forget_process(sim_world *w, const sim_process *p);
void sim_network_clear(sim_world *w);
void sim_answer(sim_flight *f, int status, const char *type, const char *text, size_t n);
void sim_overwrite(sim_world *w, const char *target);
void sim_other_admin(sim_world *w);

/* quota windows: windows.c */
void sim_forget_windows(sim_world *w, int machine); /* opens all windows for its processes */
/* Update what the process knows of the window from a reply. */
void sim_learn(sim_world *w, const sim_flight *f);
void sim_check_window(sim_world *w, const sim_flight *f);

/* disks and SQLite: vfs.c */
void sim_vfs_register(void);
void sim_close_files(sim_process *p); /* of a dead process: releases locks, flushes nothing */
/* Return SQLITE_OK if a write to the disk succeeds, else the error. GROWS: it extends the file. */
int sim_disk_fault(int disk, bool grows);

/* intents: work.c */
#define SIM_ACME 4300000017
void sim_work(sim_process *p);        /* the body of an actor's process */
void sim_resume_only(sim_process *p); /* the body of `togglsh resume` */
void sim_grow_old(sim_process *p);    /* opens the journal days later */
tg_clock sim_clock(void);

/* checkers: check.c */
void sim_check_machine(sim_world *w, int machine);
/* Return whether the entry of T is open in the journal of its machine now. */
bool sim_is_open(sim_world *w, const sim_intent *t);
void sim_check_old(sim_world *w, int machine);
void sim_check_intents(sim_world *w);

/* ask.c: return a number from the server's database, or -1. */
int64_t sim_number(sb_engine *e, const char *sql);

#endif
