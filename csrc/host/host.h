/* What togglsh tells Lua about the process it runs in. Nothing of the module is in this room. */
#ifndef HOST_H
#define HOST_H

#include <lauxlib.h>
#include <lua.h>
#include <stdbool.h>

/* Where the Lua files, the modules and the jobs lie. Each ends without a slash. */
typedef struct host_places {
    char lua[4200], modules[4200], scripts[4200];
} host_places;

/* Finds them from the place of the program itself, which ARGV0 may help to find; or where it would
   be installed. False: ** neither a tree nor an installation is around any of these. */
bool host_find(host_places *p, const char *argv0);

/* require.c: where `require` looks: own modules in P alone, never in the current folder. [-0,
   +0] */
void host_require(lua_State *L, const host_places *p);

/* beside(path[, judged]): `require` finds what lies in the folder of this script too; nil: none.
   JUDGED: only Lua files ** that host_job accepts. */
int host_beside(lua_State *L);

/* jobs.c */
/* jobs(folder) -> names of its NAME.lua, without the ending, in no order; empty when there is no
   such folder */
int host_jobs(lua_State *L);

/* job(path[, like]) -> text; nothing: no such file; nil, sentence: others than the user and root
   own it or its folder, ** or could write there. LIKE: a file that came with togglsh, for a job
   that did too: its owner and mode are accepted. */
int host_job(lua_State *L);
int host_read_job(lua_State *L, const char *path); /* the same for C; how many values [-0, +n] */

/* Pushes the table that toggl.shell gets. [-0, +1] */
void host_push(lua_State *L, const host_places *p);

/* Credentials of the environment, out of the reach of children and core files from now on. */
typedef struct host_secrets host_secrets;
host_secrets *host_take_secrets(void); /* NULL: out of memory */
void host_free_secrets(host_secrets *s);
/* os.getenv still knows them; S is borrowed. [-0, +0] */
void host_getenv(lua_State *L, host_secrets *s);
int host_ask_secret(lua_State *L);

/* Everything written arrived. 0, or the exit status that says it did not; `quiet` ones need no
   message. */
enum { HOST_EXIT_PIPE = 141 }; /* as if ended by SIGPIPE: the reader closed the pipe */
int host_finish_output(void);

#endif
