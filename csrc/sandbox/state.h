/*
** The state of an engine: the database, its prepared scripts, knobs and faults; and how a
** script is run. Only one thread at a time may use it.
*/
#ifndef TG_SANDBOX_STATE_H
#define TG_SANDBOX_STATE_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "exchange.h"

#define SB_LOG         256 /* requests remembered */
#define SB_FAULTS      16
#define SB_SCRIPT_MAX  32 /* statements of one script */
#define SB_SCRIPT_HASH 256

typedef struct sb_engine sb_engine;

typedef struct sb_script {
    struct sb_script *next;
    const char *name;
    sqlite3_stmt *stmt[SB_SCRIPT_MAX];
    int count;
} sb_script;

typedef enum sb_when { SB_ALWAYS_FROM, SB_ONCE, SB_PERCENT } sb_when;

typedef struct sb_fault {
    int kind;
    int code; /* status, for a fault that is a status */
    sb_when when;
    double n;
    uint64_t seen, struck;
    char filter[96]; /* part of the path or query, or empty */
    char text[1000]; /* body, for a fault that is a status; or empty */
} sb_fault;

typedef struct sb_knobs {
    char plan[12]; /* empty: no quota */
    long latency, page_cap, quota, user_quota, slow, cut, redirect_port, idle;
    double visible_after, gone_after, rate, retry_after, advance;
    long etag;
} sb_knobs;

/* The state for changes, and for reads: late.c. */
typedef enum sb_side { SB_TRUE, SB_SEEN, SB_SIDES } sb_side;

typedef struct sb_logged {
    char method[12];
    char *path;
    int status;
} sb_logged;

struct sb_engine {
    double (*clock)(void *); /* UNIX seconds */
    void *clock_data;
    char file[4096]; /* the state: a path, or the URI of memory that both connections share */
    bool in_memory;
    sqlite3 *db[SB_SIDES]; /* SB_SEEN: NULL until visibility is late for the first time */
    sb_script *scripts[SB_SIDES][SB_SCRIPT_HASH];
    sqlite3_stmt *members; /* of mistyped(); NULL: not prepared yet */
    sb_side side;          /* of the running scripts */
    bool late;             /* a knob of late visibility was set since the start */
    sb_exchange *now;      /* the present request, for me() */
    uint64_t seed, draws;
    uint64_t secret; /* makes tokens and passwords, so that the seed does not reveal them */
    sb_knobs knobs;
    sb_fault faults[SB_FAULTS];
    int fault_count;
    FILE *record;
    int record_fault; /* errno of the first line that could not be written; 0: none */
    sb_logged log[SB_LOG];
    uint64_t logged;
};

/* Open a connection to the state, with the SQL functions. The caller owns it and checks
   sqlite3_errcode(). */
sqlite3 *sb_connect(sb_engine *e);

/*
** Runs a script (FILE.PIECE of script.h) for the exchange. Each statement may read the variables of
** the request as :name (path variables, query fields as :q_NAME, :body, and what earlier statements
** have set). A statement that returns
**   one column    sets the variable of that column's name,
**   two or more   is the reply: status, body, then headers by column name, and the script ends.
** True: it has replied; a script that fails replies with 500.
*/
bool sb_run(sb_engine *e, sb_exchange *x, const char *script);

/* Run a piece without variables and reply; arguments as in sb_sql_text(). */
bool sb_exec(sqlite3 *db, const char *piece, const char *arguments);

void sb_let_int(sb_engine *e, sb_exchange *x, const char *name, int64_t value);
void sb_let_text(sb_engine *e, sb_exchange *x, const char *name, const char *value);

/* Finalize the scripts and close the connections. */
void sb_state_close(sb_engine *e);

/* functions.c: the SQL functions, and the clock with `advance`. */
bool sb_functions(sb_engine *e, sqlite3 *db);
double sb_clock(const sb_engine *e);

#endif
