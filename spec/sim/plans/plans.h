/*
** Plans and applies in the simulator: each process runs Lua with the library, and one Lua state of
** the world, the judge, draws what administrators want and follows what the server does.
*/
#ifndef SIM_PLANS_H
#define SIM_PLANS_H

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

#include "seeds.h"
#include "world.h"

/* The judge: judge.c. */
void plans_judge_open(const char *mutant); /* NULL: the program as it is */
void plans_judge_begin(sim_world *w);
void plans_judge_end(sim_world *w);
void plans_judge_other_admin(sim_world *w);
extern const sim_watch plans_watch;

/* From L, which has ARGUMENTS on its stack: calls judge.NAME(...) and pushes its results, copies of
   plain values. Returns their number; raises nothing of the judge's, which is a violation.
   [-ARGUMENTS, +results] */
int plans_judge_call(lua_State *L, const char *name, int arguments);

/* What a seed has counted, by the names of judge.COUNTS. */
long plans_judge_count(int i);
const char *plans_judge_count_name(int i);

/* The body of a process of an administrator: admin.c. */
void sim_work(sim_process *p);

#endif
