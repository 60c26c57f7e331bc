/* Run seeds in one process or in several jobs, and print violations with the command that replays
   them. */
#include "seeds.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define TWICE     20 /* every 20th seed runs twice */
#define MOST_JOBS 64

static const sim_kind *kind;

typedef struct totals {
    long seeds, violations, twice, counts[SIM_COUNTS];
    double simulated;
} totals;

static void add_up(const sim_world *w, totals *sum)
{
    sum->seeds++;
    sum->simulated += w->time - SIM_START;
    kind->count(w, sum->counts);
}

/* Run a seed. Count a violation if a promise was broken or a second run of the seed differs. */
static void try_seed(uint64_t seed, bool words, totals *sum)
{
    static sim_world w;
    kind->run(&w, seed);
    add_up(&w, sum);
    if (words || seed % TWICE == 0) {
        uint64_t first = w.digest;
        free(w.log);
        kind->run(&w, seed);
        sum->twice++;
        if (w.digest != first) sim_violate(&w, "a second run of the seed went otherwise");
    }
    bool good = !*w.violation;
    if (words || !good) fputs(w.log, stdout);
    if (!good)
        printf("VIOLATION of seed %llu: %s\nreplay: %s --seed %llu\n", (unsigned long long)seed,
               w.violation, kind->command, (unsigned long long)seed);
    if (!good) fflush(stdout);
    sum->violations += !good;
    free(w.log);
    w.log = NULL;
}

typedef struct task {
    unsigned long first, seeds;
    long most; /* a job ends after so many violations */
    int jobs;
    bool words;
    volatile uint64_t *at; /* the current seed of each job, in memory shared with the parent */
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

/* Add the result of a job. A crashed job writes none: its current seed is a violation. */
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
           "replay: %s --seed %llu\n",
           seed, WIFSIGNALED(status) ? WTERMSIG(status) : 0, kind->command, seed);
    all->seeds++;
    all->violations++;
}

/* Run the seeds in jobs; each job takes every n-th seed. */
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
        close(ends[i][1]); /* the read end then sees EOF when the job ends */
    }
    for (int i = 0; i < t->jobs; i++) end_job(t, i, jobs[i], ends[i][0], &all);
    return all;
}

/* Signal handler: print the events of the seed that crashes the simulator. */
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
    kind->report(sum->counts, n);
    printf("# %ld seeds were run twice and gave the same bytes, if none is named above\n",
           sum->twice);
    printf("%ld passed, %ld failed\n", sum->seeds - sum->violations, sum->violations);
}

/* Returns false for a name or a number that is none. */
static bool read_task(task *t, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        const char *name = argv[i][0] == '-' ? argv[i++] : "";
        char *end = NULL;
        unsigned long value = argv[i] ? strtoul(argv[i], &end, 10) : 0;
        if (!end || end == argv[i] || *end) return false;
        if (!*name)
            t->seeds = value;
        else if (strcmp(name, "--seed") == 0)
            t->first = value, t->seeds = 1, t->words = true;
        else if (strcmp(name, "--from") == 0)
            t->first = value;
        else if (strcmp(name, "--most") == 0)
            t->most = (long)value;
        else if (strcmp(name, "--jobs") == 0)
            t->jobs = (int)value;
        else
            return false;
    }
    return true;
}

int sim_main(const sim_kind *given, int argc, char **argv)
{
    kind = given;
    task t = {.first = 1, .seeds = 50, .most = 3, .jobs = 1};
    if (!read_task(&t, argc, argv)) {
        fprintf(stderr, "usage: %s [SEEDS] [--seed N | --from N] [--jobs N] [--most VIOLATIONS]\n",
                kind->command);
        return 2;
    }
    if (t.jobs < 1 || t.jobs > MOST_JOBS) t.jobs = 1;
    t.at = mmap(NULL, MOST_JOBS * sizeof *t.at, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
                -1, 0);
    if (t.at == MAP_FAILED) return 2;
    signal(SIGABRT, crash);
    signal(SIGSEGV, crash);
    sim_vfs_register();
    totals unused = {0};
    try_seed(1, false, &unused); /* creates what all seeds share, such as the server */
    double before = real_time();
    totals sum = do_all(&t);
    report(&sum, real_time() - before);
    return sum.violations || !sum.seeds ? 1 : 0;
}
