/*
** Memory by owner, so that a process which is killed leaves nothing behind: all that it allocated,
** in the core, in SQLite and in libc, is dropped at once and not freed piece by piece.
*/
#ifndef SIM_MEMORY_H
#define SIM_MEMORY_H

typedef struct sim_memory sim_memory;

extern sim_memory *sim_memory_now; /* new blocks are this owner's */

sim_memory *sim_memory_new(void);
/* New blocks belong to M; returns the owner until now. */
sim_memory *sim_memory_use(sim_memory *m);
/* All blocks of M are gone. With a sanitizer, which needs its own malloc, they leak. */
void sim_memory_drop(sim_memory *m);

#endif
