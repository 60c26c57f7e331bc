/*
** Processes. Each has its own stack and memory, and runs until it waits. A killed process is never
** resumed; its memory is dropped, and its files are closed as the kernel would close them.
*/
#include <math.h>
#include <stdlib.h>
#include <sqlite3.h>
#include <sys/mman.h>

#include "world.h"

#define STACK          ((size_t)1 << 20) /* only touched pages take memory */
#define REBOOT         20.0
#define FULL_SECONDS   12
#define FROZEN_LONGEST 200

/* ----------------------------------------------------------------------------------- processes */

static void begin(void)
{
    sim_world *w = sim_the_world;
    w->here->body(w->here);
    w->here->state = SIM_DEAD;
    swapcontext(&w->here->context, &w->loop);
    abort();
}

static void set_up(sim_process *p)
{
    getcontext(&p->context);
    p->context.uc_stack.ss_sp = p->stack;
    p->context.uc_stack.ss_size = STACK;
    makecontext(&p->context, begin, 0);
}

sim_process *sim_spawn(sim_world *w, int machine, int actor, void (*body)(sim_process *p))
{
    sim_process *p = w->processes;
    while (p->state != SIM_NONE) p++;
    char *stack = p->stack;
    sim_memory *memory = p->memory ? p->memory : sim_memory_new();
    if (!stack)
        stack = mmap(NULL, STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (stack == MAP_FAILED) abort();
    *p = (sim_process){.state = SIM_READY,
                       .slot = (int)(p - w->processes),
                       .pid = ++w->machines[machine].pids,
                       .machine = machine,
                       .actor = actor,
                       .wake = w->time,
                       .number = ++w->spawned,
                       .born = w->time,
                       .body = body,
                       .stack = stack,
                       .memory = memory,
                       .starting = -1};
    set_up(p);
    return p;
}

bool sim_alive(const sim_world *w, int machine, int pid)
{
    for (const sim_process *p = w->processes; p < w->processes + SIM_PROCESSES; p++)
        if (p->state == SIM_READY && p->machine == machine && p->pid == pid) return true;
    return false;
}

static void leave(sim_world *w)
{
    swapcontext(&w->here->context, &w->loop);
}

void sim_wait(double until)
{
    sim_world *w = sim_the_world;
    if (!w || !w->here) return;
    w->here->wake = until > w->time ? until : w->time;
    leave(w);
}

/* Release all that belongs to a process that has ended or was killed. */
static void bury(sim_world *w, sim_process *p)
{
    sim_forget_process(w, p);
    sim_close_files(p);
    sim_memory_drop(p->memory);
    sim_machine *m = &w->machines[p->machine];
    if (m->holder == p->slot) m->holder = -1;
    if (p->actor >= 0) {
        w->actors[p->actor].busy = false;
        w->actors[p->actor].next = w->time + 1 + (double)sim_draw(w, 60);
    }
    p->state = SIM_NONE;
}

static void run(sim_world *w, sim_process *p)
{
    w->here = p;
    sim_memory *before = sim_memory_use(p->memory);
    swapcontext(&w->loop, &p->context);
    sim_memory_use(before);
    w->here = NULL;
    if (p->state == SIM_DEAD) bury(w, p);
}

void sim_end_all(sim_world *w)
{
    for (sim_process *p = w->processes; p < w->processes + SIM_PROCESSES; p++)
        if (p->state != SIM_NONE) bury(w, p);
}

/* -------------------------------------------------------------------------------- what befalls */

/* Note that the process of T died: its caller never gets the outcome of the last attempt. */
static void orphan(sim_world *w, sim_intent *t)
{
    t->orphaned = w->time;
    t->killed = true;
    t->doubtful |= t->sends > 0;
}

static void note_killed(sim_world *w, const sim_process *p)
{
    w->machines[p->machine].dirty = true;
    for (int i = 0; i < SIM_RUNNING; i++)
        if (p->calls[i]) orphan(w, &w->intents[p->intents[i]]);
    if (p->starting >= 0) orphan(w, &w->intents[p->starting]);
}

static void die(sim_world *w)
{
    sim_process *p = w->here;
    sim_say(w, "process %d of machine %d is killed", p->pid, p->machine + 1);
    w->kills++;
    note_killed(w, p);
    p->state = SIM_DEAD;
    leave(w);
}

static void lose_power(sim_world *w, sim_machine *m)
{
    int machine = (int)(m - w->machines);
    for (sim_process *p = w->processes; p < w->processes + SIM_PROCESSES; p++) {
        if (p->state == SIM_NONE || p->machine != machine) continue;
        note_killed(w, p);
        bury(w, p);
    }
    sim_disk_crash(machine, sim_chance);
    m->up = m->dies = false;
    m->up_at = w->time + REBOOT + (double)sim_draw(w, 100);
    m->full_until = m->errors = 0;
    m->boots++;
    m->failed = true;
    m->pids = 100; /* after a boot process ids repeat */
    m->dirty = true;
    w->crashes++;
    sim_say(w, "machine %d loses its power", machine + 1);
    sim_check_machine(w, machine);
}

static void befall(sim_world *w, sim_fault fault)
{
    sim_process *p = w->here;
    sim_machine *m = &w->machines[p->machine];
    switch (fault) {
    case SIM_KILL: die(w); break;
    case SIM_CRASH:
        m->dies = true;
        leave(w);
        break;
    case SIM_FREEZE: {
        double seconds = 1 + (double)sim_draw(w, FROZEN_LONGEST);
        sim_say(w, "process %d of machine %d stops for %.0f seconds", p->pid, p->machine + 1,
                seconds);
        w->freezes++;
        m->failed = true; /* it may hold a lock that others wait for */
        sim_wait(w->time + seconds);
        sim_forget_windows(w, p->machine); /* it may now share a reply from before the pause */
        break;
    }
    case SIM_TURN: sim_wait(w->time + (double)sim_draw(w, 50) / 1000); break;
    case SIM_DISK_FULL:
        m->full_until = w->time + 1 + (double)sim_draw(w, FULL_SECONDS);
        sim_say(w, "the disk of machine %d is full", p->machine + 1);
        break;
    case SIM_DISK_ERROR:
        m->errors = 1 + (int)sim_draw(w, 2);
        sim_say(w, "the disk of machine %d fails", p->machine + 1);
        break;
    default: break;
    }
}

/* Draw one of the enabled faults of processes and machines, and cause it. */
static void befall_some(sim_world *w)
{
    unsigned on = w->faults >> SIM_KILL & ((1u << (SIM_DISK_ERROR - SIM_KILL + 1)) - 1);
    while (on) {
        unsigned chosen = (unsigned)sim_draw(w, SIM_DISK_ERROR - SIM_KILL + 1);
        if (!(on & 1u << chosen)) continue;
        befall(w, (sim_fault)(SIM_KILL + chosen));
        break;
    }
}

void sim_point(void)
{
    sim_world *w = sim_the_world;
    if (!w || !w->here || w->calm || w->point++ < w->next_point) return;
    w->next_point = w->point + (long)sim_draw(w, (uint64_t)(2 * w->pace));
    befall_some(w);
}

void sim_risk(int odds)
{
    sim_world *w = sim_the_world;
    if (w->here && !w->calm && sim_draw(w, (uint64_t)odds) == 0) befall_some(w);
}

int sim_disk_fault(int disk, bool grows)
{
    sim_world *w = sim_the_world;
    if (!w || !w->here || disk >= SIM_MACHINES) return 0;
    sim_machine *m = &w->machines[disk];
    bool fails = m->errors > 0, full = grows && w->time < m->full_until;
    if (!fails && !full) return 0;
    m->errors -= fails;
    m->failed = true;
    w->disk_faults++;
    return fails ? SQLITE_IOERR : SQLITE_FULL;
}

/* ------------------------------------------------------------------------------------- one turn */

typedef struct next {
    double at;
    enum { NOTHING, ARRIVAL, PROCESS, POWER, ACTOR, OTHERS } what;
    int which;
} next;

static void sooner(next *n, double at, int what, int which)
{
    if (at < n->at) *n = (next){at, what, which};
}

/* Find the next event. Start at a random process: among equal times any may come first. */
static next find_next(sim_world *w)
{
    next n = {.at = INFINITY};
    double arrival = sim_arrival(w);
    if (arrival >= 0) sooner(&n, arrival, ARRIVAL, 0);
    int first = (int)sim_draw(w, SIM_PROCESSES);
    for (int k = 0; k < SIM_PROCESSES; k++) {
        int i = (first + k) % SIM_PROCESSES;
        if (w->processes[i].state == SIM_READY) sooner(&n, w->processes[i].wake, PROCESS, i);
    }
    for (int i = 0; i < w->machine_count; i++)
        if (!w->machines[i].up) sooner(&n, w->machines[i].up_at, POWER, i);
    for (int i = 0; i < w->actor_count; i++) {
        const sim_actor *a = &w->actors[i];
        if (a->left && !a->busy && w->machines[a->machine].up) sooner(&n, a->next, ACTOR, i);
    }
    if (!w->calm && sim_has(w, SIM_OTHERS)) sooner(&n, w->others_next, OTHERS, 0);
    return n;
}

static void power_up(sim_world *w, int machine)
{
    w->machines[machine].up = true;
    w->machines[machine].holder = -1;
    sim_say(w, "machine %d is back", machine + 1);
}

bool sim_turn(sim_world *w, double until)
{
    next n = find_next(w);
    if (n.what == NOTHING || n.at > until) return false;
    if (n.at > w->time) w->time = n.at;
    switch (n.what) {
    case ARRIVAL: sim_arrive(w); break;
    case PROCESS: run(w, &w->processes[n.which]); break;
    case POWER: power_up(w, n.which); break;
    case ACTOR:
        w->actors[n.which].busy = true;
        sim_spawn(w, w->actors[n.which].machine, n.which, sim_work);
        break;
    case OTHERS:
        w->others_next = w->time + 1 + (double)sim_draw(w, 60);
        sim_other_admin(w);
        break;
    default: break;
    }
    for (int i = 0; i < w->machine_count; i++)
        if (w->machines[i].dies) lose_power(w, &w->machines[i]);
    return true;
}
