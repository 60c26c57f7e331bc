/* The command line of a simulator: seeds, jobs, replay. */
#ifndef SIM_SEEDS_H
#define SIM_SEEDS_H

#include "world.h"

#define SIM_COUNTS 16

typedef struct sim_kind {
    const char *command; /* replays a seed, followed by --seed N */
    void (*run)(sim_world *w, uint64_t seed);
    void (*count)(const sim_world *w, long counts[SIM_COUNTS]); /* adds the counts of a seed */
    void (*report)(const long counts[SIM_COUNTS], double seeds);
} sim_kind;

/* Run NAME [SEEDS] [--from N] [--jobs N] [--most VIOLATIONS] | --seed N. Return the exit status. */
int sim_main(const sim_kind *kind, int argc, char **argv);

#endif
