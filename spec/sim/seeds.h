/* The command line of a simulator: seeds, jobs, replay. */
#ifndef SIM_SEEDS_H
#define SIM_SEEDS_H

#include "world.h"

#define SIM_COUNTS 16

typedef struct sim_kind {
    const char *command; /* that replays a seed, with --seed behind it */
    void (*run)(sim_world *w, uint64_t seed);
    void (*count)(const sim_world *w, long counts[SIM_COUNTS]); /* adds what one seed did */
    void (*report)(const long counts[SIM_COUNTS], double seeds);
} sim_kind;

/* NAME [SEEDS] [--from N] [--jobs N] [--most VIOLATIONS] | --seed N. Returns its exit status. */
int sim_main(const sim_kind *kind, int argc, char **argv);

#endif
