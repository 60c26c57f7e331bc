/* The Lua interface of togglsh to its process. Does not use the toggl module. */
#ifndef HOST_H
#define HOST_H

#include <lauxlib.h>
#include <lua.h>
#include <stdbool.h>

/* Folders of the Lua files, the modules and the jobs, without a trailing slash. */
typedef struct host_places {
    char lua[4200], modules[4200], scripts[4200];
} host_places;

/* Find the folders from the path of the program, for which ARGV0 is one source, or from the
   configured installation. False: no build tree or installation was found. */
bool host_find(host_places *p, const char *argv0);

/* require.c: `require` finds togglsh's own modules only in P, and never looks in the current
   folder. [-0, +0] */
void host_require(lua_State *L, const host_places *p);

/* beside(path[, checked]): `require` also finds modules in the folder of this script; nil: none.
   CHECKED: only Lua files that host_job accepts. */
int host_beside(lua_State *L);

/* jobs.c */
/* jobs(folder) -> names of its NAME.lua files, without the ending, unsorted; empty if the folder
   does not exist */
int host_jobs(lua_State *L);

/* files(prefix) -> the paths that begin with it, sorted; those of folders end in a slash */
int host_files(lua_State *L);

/* job(path[, like]) -> text; nothing: no such file; nil, sentence: users other than the user and
   root own the file or its folder, or can write to it. LIKE: a file installed with togglsh, for a
   job installed with it: its owner and mode are accepted. */
int host_job(lua_State *L);
/* the same for C; returns the number of values. [-0, +n] */
int host_read_job(lua_State *L, const char *path);

/* term.c: add its functions to the table on top. MODULES, which has the folder of edit.so, is
   borrowed until the state is closed. [-0, +0] */
void host_term(lua_State *L, const char *modules);

/* Push the table that toggl.shell receives. P is borrowed until the state is closed. [-0, +1] */
void host_push(lua_State *L, const host_places *p);

/* Credentials from the environment, removed from it so that child processes and core files do not
   get them. */
typedef struct host_secrets host_secrets;
host_secrets *host_take_secrets(void); /* NULL: out of memory */
void host_free_secrets(host_secrets *s);
/* os.getenv still returns them; S is borrowed. [-0, +0] */
void host_getenv(lua_State *L, host_secrets *s);
int host_ask_secret(lua_State *L);

/* Flush standard output. Returns 0, or the exit status for incomplete output; statuses of `quiet`
   failures need no message. */
enum {
    HOST_EXIT_CHANGES = 3, /* there is something to do: a result, and no failure */
    HOST_EXIT_PIPE = 141   /* as if ended by SIGPIPE: the reader closed the pipe */
};
int host_finish_output(void);

#endif
