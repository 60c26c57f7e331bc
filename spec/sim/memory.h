/*
** Memory by owner. All blocks of a killed process, of the core, SQLite and libc, are dropped at
** once.
*/
#ifndef SIM_MEMORY_H
#define SIM_MEMORY_H

typedef struct sim_memory sim_memory;

extern sim_memory *sim_memory_now; /* owner of new blocks */

sim_memory *sim_memory_new(void);
/* Make M the owner of new blocks (NULL: the world). Return the previous owner. */
sim_memory *sim_memory_use(sim_memory *m);
/* Drop all blocks of M. With a sanitizer, which needs its own malloc, they leak. */
void sim_memory_drop(sim_memory *m);

#endif
