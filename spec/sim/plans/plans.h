/*
** Plans and applies in the simulator. Each process runs Lua with the library. One Lua state of the
** world, the judge, draws the desired states and follows what the server does.
*/
#ifndef SIM_PLANS_H
#define SIM_PLANS_H

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

#include "seeds.h"
#include "world.h"

/* The judge: judge.c. */
void plans_judge_open(const char *mutant); /* MUTANT: the name of a break, or NULL */
void plans_judge_begin(sim_world *w);
void plans_judge_end(sim_world *w);
void plans_judge_other_admin(sim_world *w);
extern const sim_watch plans_watch;

/* [-ARGUMENTS, +results] Call judge.NAME with the arguments on the stack of L and push copies of
   its results, which are plain values. Return their count. An error of the judge is a violation,
   and is not raised in L. */
int plans_judge_call(lua_State *L, const char *name, int arguments);

/* The counters of a seed, in the order of judge.COUNTS. */
long plans_judge_count(int i);
const char *plans_judge_count_name(int i);

/* The body of a process of an administrator: admin.c. */
void sim_work(sim_process *p);

#endif
