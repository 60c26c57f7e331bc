/*
** Simulate administrators who plan and apply desired states, from machines that fail, over a
** network that fails, beside other administrators. Check the guards, the order, the lease, the
** price, and what an apply leaves. World, machines and network are those of the simulator of the
** core.
**
**   plansim [SEEDS] [--from N] [--jobs N] [--most VIOLATIONS] [--mutant NAME]
**   plansim --seed N     run one seed and print its events
**
** Run it from the root of the tree.
*/
#include "plans.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <time.h>
#include <unistd.h>

#define LONGEST (12 * 3600.0)
#define CALM    (12 * 3600.0)

static void open_world(sim_world *w, uint64_t seed)
{
    sim_begin(w, seed);
    w->watch = &plans_watch;
    w->odds = 4 + (int)sim_draw(w, 20);
    w->pace = 400 + (long)sim_draw(w, 4000);
    w->next_point = (long)sim_draw(w, (uint64_t)w->pace);
    w->others_next = w->time + (double)sim_draw(w, 60);
    w->machine_count = 1 + (sim_draw(w, 4) == 0);
    w->actor_count = 1 + (int)sim_draw(w, 2);
    for (int i = 0; i < w->machine_count; i++) {
        w->machines[i] = (sim_machine){.up = true, .holder = -1, .pids = 100};
        sim_disk_copy(SIM_TEMPLATE, i);
    }
    for (int i = 0; i < w->actor_count; i++)
        w->actors[i] = (sim_actor){.machine = (int)sim_draw(w, (uint64_t)w->machine_count),
                                   .left = 1,
                                   .next = w->time + (double)sim_draw(w, 40)};
}

/* Run the world until each administrator has finished, at most to END. */
static void go_on(sim_world *w, double end)
{
    bool left = true;
    while (left && sim_turn(w, end)) {
        left = false;
        for (int i = 0; i < w->actor_count; i++) left |= w->actors[i].left || w->actors[i].busy;
    }
}

/* End the faults and let each administrator finish. */
static void calm_down(sim_world *w)
{
    w->calm = true;
    for (int i = 0; i < w->machine_count; i++)
        w->machines[i].full_until = w->machines[i].errors = 0;
    go_on(w, w->time + CALM);
    for (int i = 0; i < w->actor_count; i++) {
        w->actors[i].left = 1;
        w->actors[i].next = w->time + 100;
        go_on(w, w->time + CALM);
    }
    for (int i = 0; i < SIM_PROCESSES; i++)
        if (w->processes[i].state != SIM_NONE)
            sim_violate(w, "process %d of machine %d does not end", w->processes[i].pid,
                        w->processes[i].machine + 1);
}

static void run(sim_world *w, uint64_t seed)
{
    open_world(w, seed);
    plans_judge_begin(w);
    go_on(w, w->time + LONGEST);
    calm_down(w);
    plans_judge_end(w);
    w->digest = sim_hash(SIM_HASH, w->log, w->log_size);
    sim_end_all(w);
    sim_network_clear(w);
}

/* --------------------------------------------------------------------- in place of work and check */

void sim_other_admin(sim_world *w)
{
    plans_judge_other_admin(w);
}

void sim_check_machine(sim_world *w, int machine)
{
    (void)w, (void)machine;
}

bool sim_is_open(sim_world *w, const sim_intent *t)
{
    (void)w, (void)t;
    return false;
}

/* ----------------------------------------------------------------------------------------- counts */

static void count(const sim_world *w, long counts[SIM_COUNTS])
{
    counts[0] += w->requests;
    counts[1] += w->kills + w->crashes;
    for (int i = 2; i < SIM_COUNTS; i++) counts[i] += plans_judge_count(i - 2);
}

static void report(const long counts[SIM_COUNTS], double n)
{
    printf("# a seed: %.1f requests, %.2f killed processes", (double)counts[0] / n,
           (double)counts[1] / n);
    for (int i = 2; i < SIM_COUNTS && plans_judge_count_name(i - 2); i++)
        printf(", %.3f %s", (double)counts[i] / n, plans_judge_count_name(i - 2));
    printf("\n");
}

/* Restart without address randomization: addresses decide the order of keys in Lua tables. */
static void fix_addresses(char **argv)
{
    int now = personality(0xffffffff);
    if (now < 0 || now & ADDR_NO_RANDOMIZE || getenv("PLANSIM_FIXED")) return;
    if (personality((unsigned long)now | ADDR_NO_RANDOMIZE) < 0) return;
    setenv("PLANSIM_FIXED", "1", 1);
    execv("/proc/self/exe", argv);
}

int main(int argc, char **argv)
{
    static const sim_kind plans = {"scripts/dev/plans", run, count, report};
    const char *mutant = NULL;
    fix_addresses(argv);
    clearenv();
    setenv("TZ", "UTC", 1);
    tzset();
    for (int i = 1; i + 1 < argc; i++)
        if (strcmp(argv[i], "--mutant") == 0) {
            mutant = argv[i + 1];
            memmove(argv + i, argv + i + 2, (size_t)(argc - i - 1) * sizeof *argv);
            argc -= 2;
        }
    plans_judge_open(mutant);
    return sim_main(&plans, argc, argv);
}
