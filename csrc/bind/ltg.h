/*
** Lua <-> core: declarations shared by the files of this room, grouped by file. This room knows the
** core only through toggl.h.
**
** Lua owns the objects: a client userdata owns its tg_client; a call userdata owns a request or a
** call; lists and records own a reference to their page. The userdata is always created first and
** filled afterwards, so that an error in between leaks nothing.
*/
#ifndef LTG_H
#define LTG_H

#include <lauxlib.h>
#include <lua.h>

#include "other_lua.h"
#include "toggl.h"

#define LTG_CLIENT "toggl.client"
#define LTG_CALL   "toggl.call"
#define LTG_LIST   "toggl.list"
#define LTG_ERROR  "toggl.error"
#define LTG_ARRAY  "toggl.array" /* marks an empty table as a list, as in toggl.json */

/* The context that a record inherits from its call: its organization and workspace (0: none), and
   its freshness (as in tg_reply). */
typedef struct ltg_place {
    int64_t organization, workspace;
    double settled_at;
    bool stale;
} ltg_place;

/* client.c */
typedef struct ltg_client {
    tg_client *client;                      /* NULL: closed */
    bool raises;                            /* on_error = "raise" */
    const volatile sig_atomic_t *interrupt; /* the host's flag for Ctrl-C; NULL: none */
    /* descriptor in the epoll set of an external loop; -1: not in it */
    int watched, watcher;
} ltg_client;

/* User values of a client: its functions; the table behind .api; a finished call, kept for
   reuse. */
enum { LTG_UV_OPTIONS = 1, LTG_UV_API, LTG_UV_CALL, LTG_UVS = LTG_UV_CALL };

void ltg_open_client(lua_State *L); /* [-0, +0] */

/* handle.c */
bool ltg_isclient(lua_State *L, int i);
ltg_client *ltg_checkclient(lua_State *L, int i); /* raises if it is closed */
ltg_client *ltg_openclient(lua_State *L, int i);  /* the same for a known client */
void ltg_markclient(lua_State *L);  /* [-0, +0] the metatable on top becomes that of clients */
bool ltg_interrupted(lua_State *L); /* is the host's flag set? */
bool ltg_watched(lua_State *L);     /* does the host have a flag? */
volatile sig_atomic_t *ltg_interrupt_flag(lua_State *L); /* the host's flag; NULL: none */
/* shared by all clients of this state; owned by the registry */
tg_tally *ltg_tally(lua_State *L);

/* events.c */
void ltg_drain(lua_State *L, int client); /* passes the events to log, on_wait and on_warning */

/* client_options.c */
/* options from the table at T; true: raise errors */
bool ltg_client_options(lua_State *L, int t, tg_client_options *o);
/* 0: PATH is a readable file, or folder; else the errno value */
int ltg_fault_of(const char *path, bool folder);

/* turns.c */
void ltg_unwatch(lua_State *L, ltg_client *c); /* call before closing the client */
/* wakes an external loop, if any, to check the tasks */
void ltg_nudge(lua_State *L);
void ltg_open_turns(lua_State *L); /* [-0, +0], the module on top */

/* call.c */
typedef struct ltg_call {
    tg_request *request; /* NULL once started */
    tg_call *call;
    tg_reply *reply; /* while it is converted to Lua values */
    const tg_op *op;
    ltg_place place;
    unsigned given;          /* options present in the arguments, one bit each */
    bool raw;                /* return the reply and the response */
    bool unpaged;            /* the arguments disable paging */
    bool later;              /* they continue from a cursor */
    int64_t page, page_size; /* as requested; 0: not given */
} ltg_call;

/* upvalue: op; self, arguments -> reply */
int ltg_method(lua_State *L);
int ltg_operation(lua_State *L); /* upvalues: op, client; arguments -> reply, response */
int ltg_request(lua_State *L);   /* client:request(method, path, options) */
void ltg_open_call(lua_State *L);

/* convert.c */
/* The arguments of a call. Those for path and query stay at their stack positions; all others have
   names. */
#define LTG_PLACES 8
typedef struct ltg_args {
    /* index of the table with the named ones; it may belong to the caller, so it is only read */
    int named;
    int count;
    int at[LTG_PLACES]; /* stack indexes of the others */
    const tg_field *field[LTG_PLACES];
} ltg_args;

/* Fill the request of CALL from ARGS and the receiver at SELF (0: none). Raises on misuse. */
void ltg_fill(lua_State *L, ltg_call *call, int self, const ltg_args *args);

/* raw.c: Fill the request of CALL from the table at OPTIONS. Raises on misuse. */
void ltg_fill_raw(lua_State *L, ltg_call *call, int options);

/* key.c */
int64_t ltg_key(lua_State *L, int i, const tg_field *f, const char *where); /* raises */
/* The field that `id` names in a record without a field of that name; NULL: none. */
const tg_field *ltg_ownkey(const tg_model *m, const char *name);
/* raises if an integer without a name is ambiguous */
void ltg_check_bare(lua_State *L, const tg_field *f);

/* call_options.c */
unsigned ltg_option(const char *name); /* bit of the option; 0: not an option */
const char *ltg_nearoption(const char *name, size_t n);
/* Read the options in GIVEN from the table at ARGS; leaves the texts of the credentials on the
   stack. */
void ltg_options(lua_State *L, int args, unsigned given, tg_call_options *o,
                 tg_credentials *credentials);

/* write.c */
/* a value, by its row */
void ltg_write(lua_State *L, int i, tg_writer *w, const tg_field *f, const char *where);
void ltg_write_any(lua_State *L, int i, tg_writer *w, const char *where, int depth);
/* for a field without a row; raises */
void ltg_check_name(lua_State *L, tg_text name, const char *where);
/* length of a list without holes; raises */
size_t ltg_sequence(lua_State *L, int i, const char *where);
void ltg_check_group(lua_State *L, int i, const tg_field *fields, tg_in in,
                     const char *where); /* required, one of, exclusive */

/* misuse.c: raise, at the line of the caller's own code. Formats are those of lua_pushfstring. */
int ltg_misuse(lua_State *L, const char *fmt, ...) __attribute__((cold));
/* Set `where` of the error on top: "script.lua:3: ", or "" if only C and our own files are on the
   call stack. [-0, +0] */
void ltg_setplace(lua_State *L);
/* misuse of an argument; nothing was sent */
int ltg_refuse(lua_State *L, const char *where, const char *fmt, ...) __attribute__((cold));
/* The same with the value at I in front; I is 0 for a secret, which is not shown. */
int ltg_refuse_value(lua_State *L, const char *where, int i, const char *fmt, ...)
    __attribute__((cold));
/* Raise for a text in place of a key of this kind, and name the method that finds the object by its
   name. Returns for other values. */
void ltg_refuse_text(lua_State *L, int i, tg_key key, const char *where);
int ltg_library(lua_State *L);
/* Remember that an object of CLASS_ has no field or method of the name at 2: Lua's error about
   calling nil does not name the object. [-0, +0] */
void ltg_note_miss(lua_State *L, const char *class_);
/* Raise, or return nil: a record of M has neither a field nor a method NAME. [-0, +1] */
int ltg_unknown(lua_State *L, const tg_model *m, const char *name);
int ltg_on_unknown(lua_State *L); /* core.on_unknown(f): f(class, model, name) -> what to write */
int ltg_missed(lua_State *L);     /* core.missed() -> class and name of the last miss, once */
int ltg_raise_misuse(lua_State *L) __attribute__((cold));

/* compiled.c */
/* Let require look for compiled files, too. CORE: the file that it loaded, or NULL if the core is
   linked into the host. [-0, +0] */
void ltg_open_compiled(lua_State *L, const char *core);

/* record_base.c */
/* A walk makes one of these for each record: with Lua's part it is 104 bytes, which fill a chunk of
   malloc. */
typedef struct ltg_record {
    tg_page *page; /* a counted reference */
    const tg_model *model;
    tg_text text;
    ltg_place place;
} ltg_record;

extern const char ltg_record_mark;             /* its address marks the metatables of records */
ltg_record *ltg_torecord(lua_State *L, int i); /* NULL: not a record */
/* The record's key of that kind: its own, else its parent's, else that of its call. 0: none */
int64_t ltg_keyof(const ltg_record *r, tg_key key, bool own);
/* Hold the page of R against finalizers, any of which may close the record, until it is released;
   after an error the collector releases it. Read all values from R again afterwards. [-0, +1] and
   [-0, +0] */
tg_page **ltg_hold(lua_State *L, const ltg_record *r);
void ltg_release(tg_page **h);
void ltg_open_holds(lua_State *L); /* [-0, +0] */

/* label.c */
int ltg_recordtext(lua_State *L); /* [-1, +1] __tostring */

/* record.c */
/* Create an empty record with the client at CLIENT for its methods, then fill it with a new
   reference. Creating it may run finalizers, so look up the page afterwards. [-0, +1] and [-0,
   +0] */
ltg_record *ltg_newrecord(lua_State *L, int client, const tg_model *m, ltg_place place);
void ltg_fillrecord(ltg_record *r, tg_page *page, tg_record rec);
/* Both, for a page that no finalizer can free. [-0, +1] */
void ltg_pushrecord(lua_State *L, int client, tg_page *page, const tg_model *m, tg_record r,
                    ltg_place place);
void ltg_open_records(lua_State *L); /* [-0, +1] the table of method tables by class */

/* [-0, +1] the method table of CLASS in the table at CLASSES, created if missing */
void ltg_pushmethods(lua_State *L, int classes, const char *class_);

/* methods.c */
/* Add the methods of the rows to the table at CLASSES. [-0, +0] */
void ltg_open_methods(lua_State *L, int classes);

/* value.c */
/* Push any value as a plain Lua value. [-0, +1] */
void ltg_pushplain(lua_State *L, const tg_value *v);
/* Push a plain table; M: the row for the types of its values; NULL: types as in the JSON text.
   [-0, +1] */
void ltg_pushobject(lua_State *L, const tg_value *v, const tg_model *m);
void ltg_pushstring(lua_State *L, const tg_value *v);
/* How many bytes of T to show, at most MOST, without cutting a code point. For "%.*s". */
int ltg_cut(tg_text t, size_t most);
#define LTG_SHOWN 60 /* bytes */
/* Describe V, a value of F, for a message: by its start, unless it is a secret or a container. */
void ltg_showmisfit(const tg_field *f, const tg_value *v, char out[LTG_SHOWN]);
void ltg_open_values(lua_State *L); /* [-0, +0] */

/* list.c */
typedef struct ltg_list {
    tg_page **pages; /* owned, counted references */
    size_t *ends;    /* number of records up to the end of each page */
    size_t page_count, count;
    size_t *map; /* positions that remain after duplicates were dropped; NULL: all */
    const tg_model *model;
    ltg_place place;
    bool complete;
    int heap_kb; /* size of the Lua heap at the last check of an iteration; 0: not checked yet */
    double at;   /* when the oldest page was received; 0: not from a server */
} ltg_list;

/* [-0, +1] an empty list with room for so many pages */
ltg_list *ltg_newlist(lua_State *L, int client, size_t pages);
void ltg_addpage(ltg_list *l, tg_page *page); /* takes a new reference */
ltg_list *ltg_tolist(lua_State *L, int i);
tg_page *ltg_listat(const ltg_list *l, size_t i, tg_record *r); /* i < count */
/* [-0, +1] a copy of the list, which keeps its pages and ends whatever happens to the list at 1 */
const ltg_list *ltg_holdlist(lua_State *L);
/* Let go of the pages of that copy, which is at I, before the collector does. [-0, +0] */
void ltg_releaselist(lua_State *L, int i);
void ltg_open_list(lua_State *L);

/* columns.c, columns_text.c, columns_table.c */
void ltg_open_columns(lua_State *L);       /* [-0, +0], the module on top */
void ltg_open_columns_text(lua_State *L);  /* [-0, +0], the module on top */
void ltg_open_columns_table(lua_State *L); /* [-0, +0], the module on top */

/* keyset.c */
void ltg_open_keyset(lua_State *L); /* [-0, +0], the module at the top */

/* extract.c, digest.c, count.c */
void ltg_open_extract(lua_State *L); /* [-0, +0], the module at the top */
void ltg_open_digest(lua_State *L);  /* [-0, +0], the module at the top */
void ltg_open_count(lua_State *L);   /* [-0, +0], the module at the top */

/* sql.c */
int ltg_sql(lua_State *L);          /* client:sql(query, ...) */
int ltg_check_stores(lua_State *L); /* client:check_stores() */
void ltg_open_sql(lua_State *L);

/* names.c */
void ltg_open_names(lua_State *L); /* [-0, +0], the module at the top */

/* find.c */
void ltg_open_find(lua_State *L); /* [-0, +0], the module at the top */

/* whole.c */
/* Push the reason why the reply to C, a list, may be incomplete; nil: it is complete. [-0, +1] */
void ltg_pushpart(lua_State *L, const ltg_call *c, const tg_reply *r);
/* Report the reason on top as a warning of the client, and count it, if it is not nil and the list
   has no pages. [-0, +0] */
void ltg_tellpart(lua_State *L, int client, const ltg_call *c);
/* core.holes() -> number of incomplete lists without pages in this Lua state */
int ltg_holes(lua_State *L);

/* mark.c */
/* the clock of the client of the list or record at OBJECT; 0: it has none */
double ltg_now(lua_State *L, int object);
/* [-0, +1] remaining seconds; nil: no change was settling when the reply was read */
void ltg_pushsettling(lua_State *L, double settled_at, double now);
/* Push the property KEY of the object at OBJECT if it is "stale" or "settling". [-0, +1], or
   false */
bool ltg_pushmark(lua_State *L, int object, const ltg_place *p, const char *key);

/* push.c */
/* [-0, +1] */
void ltg_pushreply(lua_State *L, int client, const ltg_call *call, const tg_reply *r);
void ltg_pushresponse(lua_State *L, const tg_reply *r);

/* error.c */
void ltg_pushadvice(lua_State *L, const tg_error *err); /* [-0, +1] the advice, or nil */
void ltg_pusherror(lua_State *L, const tg_error *err);
int ltg_fail(lua_State *L, bool raise, const tg_error *err)
    __attribute__((cold)); /* nil, err; or raises */

/* json.c */
void ltg_open_json(lua_State *L); /* [-0, +0], the module at the top */

/* private.c */
int ltg_read_private(lua_State *L); /* core.read_private(path) */
int ltg_read_own(lua_State *L);     /* core.read_own(path) */
int ltg_home(lua_State *L);
/* [-0, +1] a descriptor, -1 at first; closed by __close or __gc */
int *ltg_new_descriptor(lua_State *L);
/* 0: only its owner can read it */
int ltg_refuse_loose(lua_State *L, const char *path, int fd, bool system);

/* private_write.c, keyring.c, command.c */
void ltg_open_private(lua_State *L); /* [-0, +0], the module at the top */
void ltg_open_journal(lua_State *L);
void ltg_open_keyring(lua_State *L);
void ltg_open_command(lua_State *L);

/* text.c */
void ltg_open_text(lua_State *L);               /* [-0, +0], the module at the top */
size_t ltg_width(tg_text text);                 /* columns on a screen */
size_t ltg_fit(tg_text text, lua_Integer room); /* bytes of the leading clusters that fit */
/* spells invisible characters and control characters */
void ltg_addclean(luaL_Buffer *b, tg_text text);

/* lists.c */
/* [-0, +1] the list NAME of toggl/lists.h. False: no such list, [-0, +0]. */
bool ltg_pushlist(lua_State *L, const char *name);

/* tables.c */
void ltg_pushoperations(lua_State *L);
void ltg_pushmodels(lua_State *L);
int ltg_operation_row(lua_State *L);
int ltg_model_row(lua_State *L);
int ltg_path_values(lua_State *L);
int ltg_check_text(lua_State *L);
int ltg_lists(lua_State *L);
/* in the table on top, unless NULL */
void ltg_setstring(lua_State *L, const char *key, const char *value);
void ltg_setflag(lua_State *L, const char *key, bool value);

#endif
