/*
** Administrators who change an organization from machines that fail, over a network that fails,
** against the promises of the core: every change is recorded before it is sent, what the core and
** its journal say of it is true, a change that can do more is never sent twice on a guess, a closed
** window is left alone, everything ends. One process, one thread, no socket, no file; the seed
** decides everything.
**
**   sim [SEEDS] [--from N] [--jobs N] [--most VIOLATIONS]
**   sim --seed N     one seed, with its events in words
*/
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "state_sqlite/journal_sqlite.h"
#include "state_sqlite/state_sqlite.h"
#include "world.h"

#define LONGEST (12 * 3600.0) /* simulated seconds after which something hangs */
#define CALM    (3 * 3600.0)  /* and after the faults have ended */
#define OLD     5             /* one seed in so many goes on after days */
#define TWICE   20            /* one seed in so many is run twice */

#define MOST_JOBS 64

/* ------------------------------------------------------------------------------------ one world */

static double world_time(void *unused)
{
    (void)unused;
    return sim_the_world ? sim_the_world->time : SIM_START;
}

/* One server for all seeds, which each finds as it was at the start. */
static sb_engine *server(void)
{
    static sb_engine *engine;
    char error[300];
    if (!engine) {
        sb_engine_options o = {.people = 12, .seed = 1, .secret = 5, .clock = world_time};
        engine = sb_engine_new(&o, error, sizeof error);
        if (!engine || !sb_engine_mark(engine)) {
            fprintf(stderr, "sim: no server: %s\n", error);
            exit(2);
        }
    }
    if (!sb_engine_rewind(engine)) exit(2);
    return engine;
}

/* Databases as the core makes them, for the machines of most seeds. */
static void make_templates(void)
{
    tg_error err;
    char path[40];
    static bool made;
    if (made) return;
    made = true;
    snprintf(path, sizeof path, "/%d/state.db", SIM_TEMPLATE);
    tg_state *s = tg_state_sqlite(path, NULL, &err);
    snprintf(path, sizeof path, "/%d/journal.db", SIM_TEMPLATE);
    tg_journal *j = tg_journal_sqlite(path, &err);
    if (!s || !j) {
        fprintf(stderr, "sim: no databases: %s\n", err.message);
        exit(2);
    }
    s->api->close(s);
    j->api->close(j);
}

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
    sim_process kept[SIM_PROCESSES]; /* stacks and memory are used again */
    memcpy(kept, w->processes, sizeof kept);
    *w = (sim_world){.seed = seed, .time = SIM_START};
    for (int i = 0; i < SIM_PROCESSES; i++)
        w->processes[i] = (sim_process){.stack = kept[i].stack, .memory = kept[i].memory};
    sim_the_world = NULL;
    make_templates();
    w->engine = server();
    for (int i = 0; i < SIM_MACHINES; i++) sim_disk_clear(i);
    sim_the_world = w;
    sqlite3_randomness(0, NULL); /* begins again, from the seed */
    if (!sb_engine_secret(w->engine, NULL, "token", w->token, sizeof w->token) ||
        !sb_engine_secret(w->engine, "ann@acme.test", "token", w->other_token,
                          sizeof w->other_token))
        exit(2);
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

/* The journals are opened again days later. Of some seeds they forget all that has ended. */
static void grow_old(sim_world *w)
{
    w->time += 3 * 86400.0;
    for (int i = 0; i < w->machine_count; i++) sim_check_machine(w, i);
    w->forgot = w->seed % (2 * OLD) == 0;
    run_on_each(w, sim_grow_old);
    for (int i = 0; i < w->machine_count; i++) sim_check_old(w, i);
}

/* Nothing goes wrong any more: what is open has to end. */
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

/* Of the events and of the content of all disks. */
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

typedef struct totals {
    long seeds, requests, writes, lost, kills, crashes, freezes, disk, resumed, open, violations,
        twice;
    double simulated;
} totals;

static void add_up(const sim_world *w, totals *sum)
{
    sum->seeds++;
    sum->requests += w->requests;
    sum->lost += w->lost_replies;
    sum->kills += w->kills;
    sum->crashes += w->crashes;
    sum->freezes += w->freezes;
    sum->disk += w->disk_faults;
    sum->resumed += w->resumed;
    sum->open += w->open;
    sum->simulated += w->time - SIM_START;
    for (int i = 0; i < w->intent_count; i++) sum->writes += w->intents[i].effect != TG_EFFECT_NONE;
}

/* Counts a violation: a promise was broken, or a second run of the seed went otherwise. */
static void try_seed(uint64_t seed, bool words, totals *sum)
{
    static sim_world w;
    run(&w, seed);
    add_up(&w, sum);
    if (words || seed % TWICE == 0) {
        uint64_t first = w.digest;
        free(w.log);
        run(&w, seed);
        sum->twice++;
        if (w.digest != first) sim_violate(&w, "a second run of the seed went otherwise");
    }
    bool good = !*w.violation;
    if (words || !good) fputs(w.log, stdout);
    if (!good)
        printf("VIOLATION of seed %llu: %s\nreplay: scripts/dev/sim --seed %llu\n",
               (unsigned long long)seed, w.violation, (unsigned long long)seed);
    if (!good) fflush(stdout);
    sum->violations += !good;
    free(w.log);
    w.log = NULL;
}

typedef struct task {
    unsigned long first, seeds;
    long most; /* violations after which a job ends */
    int jobs;
    bool words;
    volatile uint64_t *at; /* the seed that each job is at, shared with their parent */
} task;

static totals do_share(const task *t, int share)
{
    totals sum = {0};
    for (unsigned long i = (unsigned long)share; i < t->seeds && sum.violations < t->most;
         i += (unsigned long)t->jobs) {
        t->at[share] = t->first + i;
        try_seed(t->first + i, t->words, &sum);
    }
    return sum;
}

static void add_share(totals *all, const totals *one)
{
    long *to = (long *)all;
    const long *from = (const long *)one;
    for (size_t k = 0; k < offsetof(totals, simulated) / sizeof(long); k++) to[k] += from[k];
    all->simulated += one->simulated;
}

static void do_job(const task *t, int share, int result)
{
    totals sum = do_share(t, share);
    _exit(write(result, &sum, sizeof sum) != sizeof sum);
}

/* A job that crashes writes no result: its seed is a violation. */
static void end_job(const task *t, int share, pid_t job, int result, totals *all)
{
    int status = 0;
    totals one;
    bool whole = job > 0 && read(result, &one, sizeof one) == sizeof one;
    close(result);
    if (job > 0) waitpid(job, &status, 0);
    if (whole) {
        add_share(all, &one);
        return;
    }
    unsigned long long seed = t->at[share];
    printf("VIOLATION of seed %llu: the simulator was ended by signal %d\n"
           "replay: scripts/dev/sim --seed %llu\n",
           seed, WIFSIGNALED(status) ? WTERMSIG(status) : 0, seed);
    all->seeds++;
    all->violations++;
}

/* Each job takes every n-th seed. */
static totals do_all(const task *t)
{
    totals all = {0};
    int ends[MOST_JOBS][2];
    pid_t jobs[MOST_JOBS];
    if (t->jobs < 2) return do_share(t, 0);
    for (int i = 0; i < t->jobs; i++) {
        if (pipe(ends[i]) != 0) exit(2);
        jobs[i] = fork();
        if (jobs[i] == 0) do_job(t, i, ends[i][1]);
        close(ends[i][1]); /* so that reading ends with the job */
    }
    for (int i = 0; i < t->jobs; i++) end_job(t, i, jobs[i], ends[i][0], &all);
    return all;
}

/* Print the events of the seed that ends the simulator, too. */
static void crash(int number)
{
    const sim_world *w = sim_the_world;
    signal(number, SIG_DFL);
    if (w && w->log && write(STDOUT_FILENO, w->log, w->log_size) < 0) _exit(2);
    raise(number);
}

static double real_time(void)
{
    struct timespec t;
    syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void report(const totals *sum, double real)
{
    double n = (double)sum->seeds;
    printf("# %ld seeds in %.1f s (%.0f an hour), %.0f simulated seconds for each real one\n",
           sum->seeds, real, n / real * 3600, sum->simulated / real);
    printf("# a seed: %.1f writes sent, %.1f requests, %.2f lost replies, %.2f killed processes, "
           "%.2f machines without power, %.2f stops, %.2f failures of disks, %.2f entries "
           "resumed, %.2f left to a person\n",
           (double)sum->writes / n, (double)sum->requests / n, (double)sum->lost / n,
           (double)sum->kills / n, (double)sum->crashes / n, (double)sum->freezes / n,
           (double)sum->disk / n, (double)sum->resumed / n, (double)sum->open / n);
    printf("# %ld seeds were run twice and gave the same bytes, if none is named above\n",
           sum->twice);
    printf("%ld passed, %ld failed\n", sum->seeds - sum->violations, sum->violations);
}

int main(int argc, char **argv)
{
    task t = {.first = 1, .seeds = 50, .most = 3, .jobs = 1};
    for (int i = 1; i < argc; i++) {
        unsigned long value = i + 1 < argc ? strtoul(argv[i + 1], NULL, 10) : 0;
        if (strcmp(argv[i], "--seed") == 0)
            t.first = value, t.seeds = 1, t.words = true, i++;
        else if (strcmp(argv[i], "--from") == 0)
            t.first = value, i++;
        else if (strcmp(argv[i], "--most") == 0)
            t.most = (long)value, i++;
        else if (strcmp(argv[i], "--jobs") == 0)
            t.jobs = (int)value, i++;
        else
            t.seeds = strtoul(argv[i], NULL, 10);
    }
    if (t.jobs < 1 || t.jobs > MOST_JOBS) t.jobs = 1;
    t.at = mmap(NULL, MOST_JOBS * sizeof *t.at, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
                -1, 0);
    if (t.at == MAP_FAILED) return 2;
    signal(SIGABRT, crash);
    signal(SIGSEGV, crash);
    sim_vfs_register();
    totals unused = {0};
    try_seed(1, false, &unused); /* what is made once, such as the server, is there for all seeds */
    double before = real_time();
    totals sum = do_all(&t);
    report(&sum, real_time() - before);
    return sum.violations || !sum.seeds ? 1 : 0;
}
