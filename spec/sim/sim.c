/*
** Simulate administrators who change an organization, from machines that fail, over a network that
** fails. Check the promises of the core: it records each write before it is sent, core and journal
** report the true outcome, an ambiguous write that must not be applied twice is not retried, no
** request is sent to a closed window, and each call ends. The simulator is one process with one
** thread, without sockets or files; the seed decides everything.
**
**   sim [SEEDS] [--from N] [--jobs N] [--most VIOLATIONS]
**   sim --seed N     run one seed and print its events
*/
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "seeds.h"
#include "world.h"

#define LONGEST (12 * 3600.0) /* most simulated seconds: beyond it a call hangs */
#define CALM    (3 * 3600.0)  /* most simulated seconds after the faults have ended */
#define OLD     5             /* every 5th seed continues days later */

/* ------------------------------------------------------------------------------------ one world */

static void set_knobs(sim_world *w)
{
    char error[300], text[20];
    snprintf(text, sizeof text, "%d", 20 + (int)sim_draw(w, 200));
    if (sim_draw(w, 2)) {
        sb_engine_control(w->engine, "plan", "starter", error, sizeof error);
        sb_engine_control(w->engine, "quota", text, error, sizeof error);
    }
    if (sim_draw(w, 3) == 0)
        sb_engine_control(w->engine, "visible_after", "4", error, sizeof error);
    if (sim_draw(w, 3) == 0) sb_engine_control(w->engine, "gone_after", "4", error, sizeof error);
}

static void set_machines(sim_world *w)
{
    w->machine_count = 1 + (int)sim_draw(w, SIM_MACHINES);
    w->actor_count = 1 + (int)sim_draw(w, SIM_ACTORS);
    for (int i = 0; i < w->machine_count; i++) {
        w->machines[i] = (sim_machine){.up = true, .holder = -1, .pids = 100};
        if (sim_draw(w, 8)) sim_disk_copy(SIM_TEMPLATE, i);
    }
    for (int i = 0; i < w->actor_count; i++)
        w->actors[i] = (sim_actor){.machine = (int)sim_draw(w, (uint64_t)w->machine_count),
                                   .left = 6 + (int)sim_draw(w, (uint64_t)(52 / w->actor_count)),
                                   .next = w->time + (double)sim_draw(w, 10)};
}

static void open_world(sim_world *w, uint64_t seed)
{
    sim_begin(w, seed);
    w->faults = (unsigned)sim_draw(w, 1u << SIM_FAULT_COUNT);
    w->odds = 2 + (int)sim_draw(w, 6);
    w->pace = 30 + (long)sim_draw(w, 600);
    w->next_point = (long)sim_draw(w, (uint64_t)w->pace);
    w->others_next = w->time + (double)sim_draw(w, 60);
    set_knobs(w);
    set_machines(w);
}

static void run_on_each(sim_world *w, void (*body)(sim_process *p))
{
    double end = w->time + CALM;
    for (int i = 0; i < w->machine_count; i++) sim_spawn(w, i, -1, body);
    while (sim_turn(w, end)) continue;
}

/* Open the journals days later. In some seeds they delete all closed entries. */
static void grow_old(sim_world *w)
{
    w->time += 3 * 86400.0;
    for (int i = 0; i < w->machine_count; i++) sim_check_machine(w, i);
    w->forgot = w->seed % (2 * OLD) == 0;
    run_on_each(w, sim_grow_old);
    for (int i = 0; i < w->machine_count; i++) sim_check_old(w, i);
}

/* End the faults: open entries must now be closed. */
static void calm_down(sim_world *w)
{
    w->calm = true;
    for (int i = 0; i < w->machine_count; i++)
        w->machines[i].full_until = w->machines[i].errors = 0;
    double end = w->time + CALM;
    while (sim_turn(w, end)) continue;
    if (w->seed % OLD == 0) grow_old(w);
    run_on_each(w, sim_resume_only);
    for (int i = 0; i < SIM_PROCESSES; i++)
        if (w->processes[i].state != SIM_NONE)
            sim_violate(w, "process %d of machine %d does not end", w->processes[i].pid,
                        w->processes[i].machine + 1);
}

/* Return the digest of the events and of the contents of all disks. */
static uint64_t digest(const sim_world *w)
{
    uint64_t h = sim_hash(SIM_HASH, w->log, w->log_size);
    for (int i = 0; i < w->machine_count; i++) h = sim_disk_hash(i, h);
    return h;
}

static void run(sim_world *w, uint64_t seed)
{
    open_world(w, seed);
    double end = w->time + LONGEST;
    bool left = true;
    while (left && sim_turn(w, end)) {
        left = false;
        for (int i = 0; i < w->actor_count; i++) left |= w->actors[i].left || w->actors[i].busy;
    }
    calm_down(w);
    for (int i = 0; i < w->machine_count; i++) sim_check_machine(w, i);
    sim_check_intents(w);
    w->digest = digest(w);
    sim_end_all(w);
    sim_network_clear(w);
}

/* ---------------------------------------------------------------------------------------- seeds */

enum { REQUESTS, WRITES, LOST, KILLS, CRASHES, FREEZES, DISK, RESUMED, OPEN };

static void count(const sim_world *w, long counts[SIM_COUNTS])
{
    counts[REQUESTS] += w->requests;
    counts[LOST] += w->lost_replies;
    counts[KILLS] += w->kills;
    counts[CRASHES] += w->crashes;
    counts[FREEZES] += w->freezes;
    counts[DISK] += w->disk_faults;
    counts[RESUMED] += w->resumed;
    counts[OPEN] += w->open;
    for (int i = 0; i < w->intent_count; i++)
        counts[WRITES] += w->intents[i].effect != TG_EFFECT_NONE;
}

static void report(const long sum[SIM_COUNTS], double n)
{
    printf("# a seed: %.1f writes sent, %.1f requests, %.2f lost replies, %.2f killed processes, "
           "%.2f machines without power, %.2f stops, %.2f failures of disks, %.2f entries "
           "resumed, %.2f left to a person\n",
           (double)sum[WRITES] / n, (double)sum[REQUESTS] / n, (double)sum[LOST] / n,
           (double)sum[KILLS] / n, (double)sum[CRASHES] / n, (double)sum[FREEZES] / n,
           (double)sum[DISK] / n, (double)sum[RESUMED] / n, (double)sum[OPEN] / n);
}

int main(int argc, char **argv)
{
    static const sim_kind core = {"scripts/dev/sim", run, count, report};
    return sim_main(&core, argc, argv);
}
