/* Ctrl-C, SIGTERM and SIGHUP: the flag that waits look at, and the hook that stops Lua code. */
#ifndef INTERRUPT_H
#define INTERRUPT_H

#include <lua.h>
#include <signal.h>
#include <stdbool.h>

/*
** From now on an interrupt stops what `guard` runs, and coroutines that it resumes. So many
** interrupts may come before one is dealt with as MOST_PRESSES says; the next one ends the process,
** since nothing in it listens. SIGTERM and SIGHUP are never dealt with: the run ends, and after 5
** seconds the process does. A signal that the parent ignores stays so.
*/
void host_watch(lua_State *L, int most_presses);
int host_unwatch(void); /* no state is stopped any more; as host_ending */
bool host_interrupted(void);
int host_ending(void);            /* SIGTERM or SIGHUP when one came; else 0 */
void host_rearm(void);            /* the interrupt was dealt with, the next one is a new one */
void host_signals(sigset_t *set); /* adds the signals that interrupt */

/* While a line is typed no Lua code is to be stopped: the flag alone is set. Returns what to give
   to `resume`. */
lua_State *host_pause(void);
void host_resume(lua_State *L);

void host_guard(lua_State *L); /* pushes the function guard. [-0, +1] */

/* glance(f) -> ok, results of f: what waits in it gives up at once, as if it were interrupted. */
int host_glance(lua_State *L);

/* Puts resume and wrap that know which coroutine runs into the library `coroutine`. [-0, +0] */
void host_coroutines(lua_State *L);

#endif
