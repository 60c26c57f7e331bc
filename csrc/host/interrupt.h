/* Ctrl-C: the flag that waits look at, and the hook that stops Lua code. */
#ifndef INTERRUPT_H
#define INTERRUPT_H

#include <lua.h>
#include <stdbool.h>

/*
** From now on an interrupt stops what `guard` runs, and coroutines that it resumes. So many interrupts may come before
** one is dealt with as MOST_PRESSES says; the next one ends the process, since nothing in it listens.
*/
void host_watch(lua_State *L, int most_presses);
void host_unwatch(void);
bool host_interrupted(void);
void host_rearm(void); /* the interrupt was dealt with, the next one is a new one */

/* While a line is typed no Lua code is to be stopped: the flag alone is set. Returns what to give to `resume`. */
lua_State *host_pause(void);
void host_resume(lua_State *L);

void host_guard(lua_State *L); /* pushes the function guard. [-0, +1] */

/* glance(f) -> ok, results of f: what waits in it gives up at once, as if it were interrupted. */
int host_glance(lua_State *L);

/* Puts resume and wrap that know which coroutine runs into the library `coroutine`. [-0, +0] */
void host_coroutines(lua_State *L);

#endif
