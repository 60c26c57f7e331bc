/*
** Lua <-> core. What the files of this room share, by file. The core is known through toggl.h
** alone.
**
** Lua owns: a client userdata owns its tg_client; a call userdata owns a request or a call; lists
** and records own a reference to their page. Each is made first and filled afterwards, so that an
** error in between leaves nothing behind.
*/
#ifndef LTG_H
#define LTG_H

#include <lauxlib.h>
#include <lua.h>

#include "toggl.h"

#define LTG_CLIENT "toggl.client"
#define LTG_CALL   "toggl.call"
#define LTG_LIST   "toggl.list"
#define LTG_ERROR  "toggl.error"
#define LTG_ARRAY  "toggl.array" /* marks an empty table as a list, as toggl.json does */

/* What a record has by the call that brought it: the organization and workspace that it belongs to (0:
   none), and how far it can be trusted (as tg_reply). */
typedef struct ltg_place {
    int64_t organization, workspace;
    double settled_at;
    bool stale;
} ltg_place;

/* client.c */
typedef struct ltg_client {
    tg_client *client;                      /* NULL: closed */
    bool raises;                            /* on_error = "raise" */
    const volatile sig_atomic_t *interrupt; /* the flag of a host for Ctrl-C; NULL: none */
    /* its descriptor in the epoll set of a loop outside; -1: not there */
    int watched, watcher;
} ltg_client;

/* User values of a client: its functions; the table behind .api; a call that is over, for the next
   one. */
enum { LTG_UV_OPTIONS = 1, LTG_UV_API, LTG_UV_CALL, LTG_UVS = LTG_UV_CALL };

void ltg_open_client(lua_State *L); /* [-0, +0] */

/* handle.c */
bool ltg_isclient(lua_State *L, int i);
ltg_client *ltg_checkclient(lua_State *L, int i); /* open, or an error */
ltg_client *ltg_openclient(lua_State *L, int i);  /* the same of what is known to be a client */
void ltg_markclient(lua_State *L);  /* [-0, +0] the metatable at the top is that of clients */
bool ltg_interrupted(lua_State *L); /* the host's flag is set */
bool ltg_watched(lua_State *L);     /* a host has a flag at all */
volatile sig_atomic_t *ltg_interrupt_flag(lua_State *L); /* the host's; NULL: none */
/* of all clients of this state; the registry owns it */
tg_tally *ltg_tally(lua_State *L);

/* events.c */
void ltg_drain(lua_State *L, int client); /* gives the events to log, on_wait and on_warning */

/* client_options.c */
/* of the table at T; true: errors are raised */
bool ltg_client_options(lua_State *L, int t, tg_client_options *o);

/* turns.c */
void ltg_unwatch(lua_State *L, ltg_client *c); /* before it is closed */
/* a loop outside, if there is one, has to look at the tasks */
void ltg_nudge(lua_State *L);
void ltg_open_turns(lua_State *L); /* [-0, +0], the module at the top */

/* call.c */
typedef struct ltg_call {
    tg_request *request; /* until it is started */
    tg_call *call;
    tg_reply *reply; /* while it is turned into Lua values */
    const tg_op *op;
    ltg_place place;
    unsigned given;          /* options among the arguments, a bit for each */
    bool raw;                /* the caller wants the reply and the response */
    bool unpaged;            /* the arguments turn pages off */
    bool later;              /* they go on from a cursor */
    int64_t page, page_size; /* as asked for; 0: not */
} ltg_call;

/* [-0, +1] for the client at CLIENT */
ltg_call *ltg_newcall(lua_State *L, int client, const tg_op *op);
/* upvalue: op; self, arguments -> reply */
int ltg_method(lua_State *L);
int ltg_operation(lua_State *L); /* upvalues: op, client; arguments -> reply, response */
int ltg_request(lua_State *L);   /* client:request(method, path, options) */
void ltg_open_call(lua_State *L);

/* convert.c */
/* The arguments of a call. Those for path and query stay where they are on the stack, all others
   have names. */
#define LTG_PLACES 8
typedef struct ltg_args {
    /* index of the table with the named ones, which may be the caller's own: it is only read */
    int named;
    int count;
    int at[LTG_PLACES]; /* indices of the others */
    const tg_field *field[LTG_PLACES];
} ltg_args;

/* Fills the request of CALL from ARGS and the receiver at SELF (0: none). Raises on misuse. */
void ltg_fill(lua_State *L, ltg_call *call, int self, const ltg_args *args);

/* key.c */
int64_t ltg_key(lua_State *L, int i, const tg_field *f, const char *where); /* raises */
/* raises when an integer without a name says too little */
void ltg_check_bare(lua_State *L, const tg_field *f);

/* call_options.c */
unsigned ltg_option(const char *name); /* its bit; 0: it is none */
const char *ltg_nearoption(const char *name, size_t n);
/* Those of the table at ARGS that are GIVEN; the texts of the credentials are left on the stack. */
void ltg_options(lua_State *L, int args, unsigned given, tg_call_options *o,
                 tg_credentials *credentials);

/* write.c */
/* a value led by its row */
void ltg_write(lua_State *L, int i, tg_writer *w, const tg_field *f, const char *where);
void ltg_write_any(lua_State *L, int i, tg_writer *w, const char *where, int depth);
/* of a field no row knows; raises */
void ltg_check_name(lua_State *L, tg_text name, const char *where);
/* length of a list without holes; raises */
size_t ltg_sequence(lua_State *L, int i, const char *where);
void ltg_check_group(lua_State *L, int i, const tg_field *fields, tg_in in,
                     const char *where); /* required, one of, exclusive */

/* misuse.c: raise, at the line of the caller's own code. Formats are those of lua_pushfstring. */
int ltg_misuse(lua_State *L, const char *fmt, ...);
/* of an argument; nothing was sent */
int ltg_refuse(lua_State *L, const char *where, const char *fmt, ...);
/* The same with the value at I in front: a secret is not shown, I is 0 then. */
int ltg_refuse_value(lua_State *L, const char *where, int i, const char *fmt, ...);
/* A text where a key of this kind is wanted: says how the object with such a name is found. Returns
   for other values. */
void ltg_refuse_text(lua_State *L, int i, tg_key key, const char *where);
int ltg_library(lua_State *L);
/* An object of CLASS_ has no field or method of the name at 2: Lua's own error about calling it does
** not say what it was called on. [-0, +0] */
void ltg_note_miss(lua_State *L, const char *class_);
int ltg_missed(lua_State *L); /* core.missed() -> class and name of the last one, once */
int ltg_raise_misuse(lua_State *L);

/* record.c */
typedef struct ltg_record {
    tg_page *page; /* a reference */
    const tg_model *model;
    tg_text text;
    int64_t id;
    ltg_place place;
} ltg_record;

ltg_record *ltg_torecord(lua_State *L, int i); /* NULL: it is none */
/* An empty record with the client at CLIENT behind its methods, and what fills it by a new
   reference. Making one runs ** finalizers: look for the page afterwards. [-0, +1] and [-0, +0] */
ltg_record *ltg_newrecord(lua_State *L, int client, const tg_model *m, ltg_place place);
void ltg_fillrecord(ltg_record *r, tg_page *page, tg_record rec);
/* Both, of a page that no finalizer can free. [-0, +1] */
void ltg_pushrecord(lua_State *L, int client, tg_page *page, const tg_model *m, tg_record r,
                    ltg_place place);
/* The key of that kind that the record has: its own first, then what it belongs to, then where it
   came from. 0: none */
int64_t ltg_keyof(const ltg_record *r, tg_key key, bool own);
void ltg_open_records(lua_State *L); /* [-0, +1] the table of method tables by class */

/* [-0, +1] the methods of CLASS in the table at CLASSES, made when missing */
void ltg_pushmethods(lua_State *L, int classes, const char *class_);

/* methods.c */
void ltg_open_methods(lua_State *L,
                      int classes); /* [-0, +0] adds those of the rows to the table at CLASSES */

/* value.c */
/* Any value as Lua has it; records and lists of records keep the page, which no finalizer may free.
   [-0, +1] */
void ltg_pushvalue(lua_State *L, int client, tg_page *page, const tg_value *v, const tg_field *f,
                   ltg_place place);
/* A plain table; M: the row by which the values are read, NULL: as they stand. */
void ltg_pushobject(lua_State *L, int client, tg_page *page, const tg_value *v, const tg_model *m,
                    ltg_place place);
void ltg_pushstring(lua_State *L, const tg_value *v);
/* Keeps the page of R from finalizers until it is released. Read R again behind it. [-0, +1] and
   [-0, +0] */
tg_page **ltg_hold(lua_State *L, const ltg_record *r);
void ltg_release(tg_page **h);
void ltg_open_values(lua_State *L); /* [-0, +0] */

/* list.c */
typedef struct ltg_list {
    tg_page **pages; /* owned references */
    size_t *ends;    /* number of records up to the end of each page */
    size_t page_count, count;
    size_t *map; /* positions left after repeated ids were dropped; NULL: all */
    const tg_model *model;
    ltg_place place;
    bool complete;
    int heap_kb; /* of Lua, when a walk last looked; 0: never */
    double at;   /* of the oldest page; 0: not from a server */
} ltg_list;

/* [-0, +1], empty, with room for that many */
ltg_list *ltg_newlist(lua_State *L, int client, size_t pages);
void ltg_addpage(ltg_list *l, tg_page *page); /* takes a new reference */
ltg_list *ltg_tolist(lua_State *L, int i);
tg_page *ltg_listat(const ltg_list *l, size_t i, tg_record *r); /* i < count */
void ltg_open_list(lua_State *L);

/* keyset.c */
void ltg_open_keyset(lua_State *L); /* [-0, +0], the module at the top */

/* sql.c */
int ltg_sql(lua_State *L);          /* client:sql(query, ...) */
int ltg_check_stores(lua_State *L); /* client:check_stores() */
void ltg_open_sql(lua_State *L);

/* whole.c */
/* Why the reply to C, a list, is not known to be all of the list; nil: it is. [-0, +1] */
void ltg_pushpart(lua_State *L, const ltg_call *c, const tg_reply *r);
/* The reason at the top, if it is not nil and of a list without pages, is a warning of the client
   and is counted. [-0, +0] */
void ltg_tellpart(lua_State *L, int client, const ltg_call *c);
/* core.holes() -> how many lists without pages came incomplete in this Lua state */
int ltg_holes(lua_State *L);

/* push.c */
/* [-0, +1] */
void ltg_pushreply(lua_State *L, int client, const ltg_call *call, const tg_reply *r);
void ltg_pushresponse(lua_State *L, const tg_reply *r);

/* error.c */
void ltg_pushadvice(lua_State *L, const tg_error *err); /* [-0, +1] what to do next, or nil */
void ltg_pusherror(lua_State *L, const tg_error *err);
double ltg_now(lua_State *L, int object); /* by the client of a list or record; 0: it has none */
/* The property KEY, where it is "stale" or "settling", of the object at OBJECT. [-0, +1], or false */
bool ltg_pushmark(lua_State *L, int object, const ltg_place *p, const char *key);
int ltg_fail(lua_State *L, bool raise, const tg_error *err); /* nil, err; or raises */

/* json.c */
void ltg_open_json(lua_State *L); /* [-0, +0], the module at the top */

/* private.c */
int ltg_read_private(lua_State *L); /* core.read_private(path) */
int ltg_read_own(lua_State *L);     /* core.read_own(path) */
int ltg_home(lua_State *L);
/* [-0, +1] -1; closed by __close or __gc */
int *ltg_new_descriptor(lua_State *L);
/* 0: only its owner can read it */
int ltg_refuse_loose(lua_State *L, const char *path, int fd, bool system);

/* private_write.c, keyring.c, command.c */
void ltg_open_private(lua_State *L); /* [-0, +0], the module at the top */
void ltg_open_keyring(lua_State *L);
void ltg_open_command(lua_State *L);

/* text.c */
void ltg_open_text(lua_State *L); /* [-0, +0], the module at the top */
/* what is not seen, or what a terminal obeys, is spelled */
void ltg_addclean(luaL_Buffer *b, tg_text text);

/* lists.c */
/* [-0, +1] the list of toggl/lists.h that is called NAME. False: there is none, and [-0, +0]. */
bool ltg_pushlist(lua_State *L, const char *name);

/* tables.c */
void ltg_pushoperations(lua_State *L);
void ltg_pushmodels(lua_State *L);
int ltg_operation_row(lua_State *L);
int ltg_lists(lua_State *L);
/* on the table at the top, unless NULL */
void ltg_setstring(lua_State *L, const char *key, const char *value);
void ltg_setflag(lua_State *L, const char *key, bool value);

#endif
