/* Ctrl-C, SIGTERM and SIGHUP: the flag that waits check, and the hook that stops Lua code. */
#ifndef INTERRUPT_H
#define INTERRUPT_H

#include <lua.h>
#include <signal.h>
#include <stdbool.h>

/*
** From now on an interrupt stops the code that `guard` runs, and coroutines it resumes.
** MOST_PRESSES interrupts may arrive before one is handled; the next one ends the process, since
** its code does not respond. SIGTERM and SIGHUP are never handled: they end the run and, after 5
** seconds, the process. A signal that the parent ignores stays ignored.
*/
void host_watch(lua_State *L, int most_presses);
int host_unwatch(void); /* stops no state from now on; returns as host_ending */
bool host_interrupted(void);
int host_ending(void);            /* SIGTERM or SIGHUP if one was received; else 0 */
void host_rearm(void);            /* the interrupt has been handled; count from the next one */
void host_signals(sigset_t *set); /* adds the signals that interrupt */

/* While a line is typed, an interrupt only sets the flag and does not stop Lua code. Returns the
   argument for `resume`. */
lua_State *host_pause(void);
void host_resume(lua_State *L);

void host_guard(lua_State *L); /* push the function guard. [-0, +1] */

/* glance(f) -> ok, results of f: waits in f end at once, as if interrupted. */
int host_glance(lua_State *L);

/* Replace resume and wrap in the library `coroutine` with versions that track the running
   coroutine. [-0, +0] */
void host_coroutines(lua_State *L);

#endif
