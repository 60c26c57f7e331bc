/*
** What the files of the sandbox share.
**
** The server is one thread around MHD_run(). `lock` is held while that thread works and released
** while it sleeps, so everything below it may be touched by the thread that holds the lock. All
** state lives in SQLite; an operation is a route with an SQL script, and sb_run() is the small
** engine that runs it.
*/
#ifndef TG_SANDBOX_PRIVATE_H
#define TG_SANDBOX_PRIVATE_H

#include <microhttpd.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <sys/types.h>

#include "sandbox.h"
#include "script.h"
#include "text.h"

#define SB_BASE        "/api/v9"
#define SB_BODY_MAX    (4u << 20) /* largest request body */
#define SB_VARIABLES   48
#define SB_HEADERS     12
#define SB_LOG         256 /* requests remembered */
#define SB_FAULTS      16
#define SB_SCRIPT_MAX  32 /* statements of one script */
#define SB_SCRIPT_HASH 256

/* --------------------------------------------------------------------------------------- routes */

typedef enum sb_access {
    SB_OPEN,            /* anybody, even without credentials */
    SB_CALLER,          /* anybody who says who it is */
    SB_MEMBER,          /* joined and active in {organization_id} */
    SB_ADMIN,           /* and its administrator or owner */
    SB_OWNER,           /* and its owner */
    SB_WORKSPACE,       /* member of {workspace_id}, or administrator of its organization */
    SB_WORKSPACE_ADMIN, /* administrator of {workspace_id} or of its organization */
} sb_access;

typedef enum sb_form { SB_JSON, SB_PLAIN, SB_PDF } sb_form;

/*
** One operation. The script is SQL; each statement may read the variables of the request as :name
** (path variables, query fields as :q_NAME, :body, and what earlier statements have set). A
** statement that answers
**   one column    sets the variable of that column's name,
**   two or more   is the reply: status, body, then headers by column name, and the script ends.
** A status of 400 and above takes every change back; its body is a sentence, made a JSON string
** where the form says so.
*/
typedef struct sb_route {
    const char *method, *path;
    sb_access access;
    sb_form form;
    int bad;            /* status when a key in the path is not a number or names nothing */
    int outside;        /* status for people who do not belong to it */
    const char *script; /* FILE.PIECE: script.h */
} sb_route;

extern const sb_route sb_routes[]; /* ends with a row of nulls */

/* ------------------------------------------------------------------------------------- exchange */

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

typedef enum sb_stage { SB_NEW, SB_READING, SB_READY } sb_stage;

typedef struct sb_exchange {
    struct sb_exchange *next; /* in the due list */
    tg_sandbox *server;
    uint64_t due; /* when to go on, monotonic milliseconds; 0: not waiting */
    struct MHD_Connection *connection;
    sb_stage stage;

    char method[12];
    char *uri;     /* as sent; owned */
    char *path;    /* below the base, without the query; owned */
    char *scratch; /* decoded query; owned */
    sb_pair query[SB_VARIABLES];
    int queries;
    sb_text body;
    char *type; /* Content-Type of the request; owned */
    bool gzip;
    char *if_none_match; /* owned */
    bool foreign;        /* sent in the name of another site */

    const sb_route *route;
    int64_t me;      /* account of the caller; 0: none */
    int64_t charged; /* organization whose quota window it spends; 0: the caller's own */
    sb_variable variables[SB_VARIABLES];
    int variable_count;

    int status;
    sb_text reply;
    const char *reply_type; /* static */
    bool raw;               /* the reply is not in the form of the route */
    sb_header headers[SB_HEADERS];
    int header_count;

    int fault;              /* kind of fault that strikes this request; -1: none */
    int fault_code;         /* status, for the fault that is one */
    const char *fault_text; /* its body; NULL: a sentence */
    int turn;               /* how often that rule has struck before */
    bool rested;            /* the wait before the next slow byte is over */
} sb_exchange;

/* --------------------------------------------------------------------------------------- server */

typedef struct sb_script {
    struct sb_script *next;
    const char *name;
    sqlite3_stmt *stmt[SB_SCRIPT_MAX];
    int count;
} sb_script;

typedef enum sb_when { SB_ALWAYS_FROM, SB_ONCE, SB_PERCENT } sb_when;

typedef struct sb_fault {
    int kind;
    int code; /* status, for faults that are one */
    sb_when when;
    double n;
    uint64_t seen, struck;
    char filter[96]; /* part of the path or query, or empty */
    char text[1000]; /* body, for faults that are a status; or empty */
} sb_fault;

typedef struct sb_knobs {
    char plan[12]; /* empty: no quota */
    long latency, page_cap, quota, user_quota, slow, cut, redirect_port;
    double visible_after, gone_after, rate, retry_after, advance;
    long etag;
} sb_knobs;

/* The state as changes meet it, and as reads see it: late.c. */
typedef enum sb_side { SB_TRUE, SB_SEEN, SB_SIDES } sb_side;

typedef struct sb_logged {
    char method[12];
    char *path;
    int status;
} sb_logged;

struct tg_sandbox {
    pid_t pid; /* who started it */
    pthread_t thread;
    struct tg_sandbox *next; /* of all that run in this process */
    bool running;            /* the thread exists */
    struct MHD_Daemon *daemon;
    int listener, waker;
    char folder[64], socket[96], url[160];

    pthread_mutex_t lock; /* of everything below */
    bool stopping;
    char file[4096]; /* the state: a path, or the URI of memory that both connections share */
    bool in_memory;
    sqlite3 *db[SB_SIDES]; /* SB_SEEN: NULL until something is late */
    sb_script *scripts[SB_SIDES][SB_SCRIPT_HASH];
    sb_side side;     /* of the scripts that run now */
    sb_exchange *now; /* the request being worked on: who me() is */
    sb_exchange *due; /* waiting connections, soonest first */
    uint64_t seed, draws;
    uint64_t secret; /* drawn at each start: tokens and passwords cannot be guessed from the seed */
    sb_knobs knobs;
    sb_fault faults[SB_FAULTS];
    int fault_count;
    FILE *record;
    sb_logged log[SB_LOG];
    uint64_t logged;
};

/* sql.c: the database and the engine of scripts */
bool sb_open(tg_sandbox *s, const tg_sandbox_options *o, char *error, size_t size);
void sb_close(tg_sandbox *s);
/* owned by the caller, who asks sqlite3_errcode() */
sqlite3 *sb_connect(tg_sandbox *s);
bool sb_run(tg_sandbox *s, sb_exchange *x, const char *script); /* true: the script has replied */
bool sb_exec(sqlite3 *db, const char *piece, const char *arguments); /* as sb_sql_text() */
void sb_let_int(tg_sandbox *s, sb_exchange *x, const char *name, int64_t value);
void sb_let_text(tg_sandbox *s, sb_exchange *x, const char *name, const char *value);
int64_t sb_int(const sb_exchange *x, const char *name);        /* 0 when it is not set or null */
const char *sb_string(const sb_exchange *x, const char *name); /* NULL when it is not set or null */
bool sb_is_null(const sb_exchange *x, const char *name);
void sb_clear_variables(sb_exchange *x);
double sb_clock(const tg_sandbox *s); /* UNIX seconds, with `advance` */

/* functions.c: the SQL functions */
bool sb_functions(tg_sandbox *s, sqlite3 *db);

/* late.c: what is seen some seconds after it was done */
/* tables and triggers that note what is late */
bool sb_late_notes(sqlite3 *db);
/* sets the side by what the exchange does */
void sb_late_choose(tg_sandbox *s, const sb_exchange *x);

/* route.c */
bool sb_identify(tg_sandbox *s, sb_exchange *x); /* false: wrong credentials */
void sb_answer(tg_sandbox *s, sb_exchange *x);
bool sb_parse_target(sb_exchange *x);
void sb_say(sb_exchange *x, int status, const char *sentence); /* replaces the reply by an error */
void sb_header_add(sb_exchange *x, const char *name, const char *value);

/* quota.c: 402 and 429; true: the exchange has been answered with one */
bool sb_refuse_rate(tg_sandbox *s, sb_exchange *x);
bool sb_refuse_quota(tg_sandbox *s, sb_exchange *x);
void sb_too_fast(tg_sandbox *s, sb_exchange *x);

/* fault.c */
bool sb_fault_add(tg_sandbox *s, const char *text, char *error, size_t size);
void sb_fault_choose(tg_sandbox *s, sb_exchange *x); /* decides once, before anything is done */
const char *sb_fault_name(const sb_exchange *x);
bool sb_fault_before(tg_sandbox *s, sb_exchange *x); /* true: the reply is made, nothing was run */
void sb_fault_after(tg_sandbox *s, sb_exchange *x);  /* spoils a reply that was made */
/* true: the connection is to be closed unread */
bool sb_fault_resets(tg_sandbox *s, sb_exchange *x);
bool sb_fault_is_binary(const sb_exchange *x);
bool sb_fault_drops(const sb_exchange *x);
/* sb_fault_response has an answer of its own */
bool sb_fault_by_piece(const sb_exchange *x);
struct MHD_Response *sb_fault_response(tg_sandbox *s, sb_exchange *x); /* NULL: send it as usual */

/* control.c */
bool sb_control(tg_sandbox *s, const char *what, const char *value, char *error, size_t size);
void sb_control_http(tg_sandbox *s, sb_exchange *x); /* /sandbox/... */

/* record.c */
void sb_record(tg_sandbox *s, sb_exchange *x);
bool sb_gzip(sb_text *t);
bool sb_bomb(sb_text *t);

/* http.c: between libmicrohttpd and an exchange */
enum MHD_Result sb_handle(void *cls, struct MHD_Connection *c, const char *url, const char *method,
                          const char *version, const char *upload, size_t *size, void **req);
void *sb_uri(void *cls, const char *uri, struct MHD_Connection *c);
void sb_done(void *cls, struct MHD_Connection *c, void **req, enum MHD_RequestTerminationCode why);

/* server.c: timers */
uint64_t sb_monotonic(void);
void sb_reset(int fd);
void sb_wait(tg_sandbox *s, sb_exchange *x, long ms); /* suspends the connection for that long */
void sb_unwait(tg_sandbox *s, sb_exchange *x);

#endif
