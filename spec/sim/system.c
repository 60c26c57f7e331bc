/*
** System functions of the simulated world: time, sleep, process ids, paths of files. They replace
** those of libc, and two files of the core that use real folders.
*/
#include <errno.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "birth.h"
#include "error.h"
#include "process.h"
#include "state_sqlite/state_inside.h"
#include "store/store_file.h"
#include "world.h"

#define FOLDER 1000000 /* first descriptor of a locked folder */

/* ----------------------------------------------------------------------------------------- time */

#pragma GCC visibility push(default) /* shared libraries call them too */

int clock_gettime(clockid_t id, struct timespec *t)
{
    if (!sim_the_world) return (int)syscall(SYS_clock_gettime, id, t);
    t->tv_sec = (time_t)sim_the_world->time;
    t->tv_nsec = (long)((sim_the_world->time - (double)t->tv_sec) * 1e9);
    return 0;
}

time_t time(time_t *out)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    if (out) *out = t.tv_sec;
    return t.tv_sec;
}

int nanosleep(const struct timespec *t, struct timespec *left)
{
    (void)left;
    if (sim_the_world) sim_wait(sim_the_world->time + (double)t->tv_sec + (double)t->tv_nsec / 1e9);
    return 0;
}

int poll(struct pollfd *fds, nfds_t n, int ms)
{
    (void)fds, (void)n;
    if (sim_the_world && ms > 0) sim_wait(sim_the_world->time + ms / 1000.0);
    return 0;
}

/* ------------------------------------------------------------------------------------ processes */

pid_t getpid(void)
{
    const sim_world *w = sim_the_world;
    return w && w->here ? w->here->pid : 1;
}

int kill(pid_t pid, int number)
{
    const sim_world *w = sim_the_world;
    bool alive = w && w->here && number == 0 && sim_alive(w, w->here->machine, pid);
    if (!alive) errno = ESRCH;
    return alive ? 0 : -1;
}

static void boot_of(int machine, char boot[37])
{
    snprintf(boot, 37, "machine %d boot %d", machine, sim_the_world->machines[machine].boots);
}

/* After each boot process ids repeat. */
void tg_process_self(tg_process *p)
{
    const sim_process *here = sim_the_world->here;
    *p = (tg_process){.pid = here->pid, .started = here->pid + 1};
    boot_of(here->machine, p->boot);
}

bool tg_process_runs(const tg_process *p)
{
    char boot[37];
    int machine = sim_the_world->here->machine;
    boot_of(machine, boot);
    return strcmp(boot, p->boot) == 0 && sim_alive(sim_the_world, machine, (int)p->pid);
}

/* Simulated processes do not fork. */
void tg_birth_init(tg_birth *b)
{
    *b = (tg_birth){.pid = 1};
}

void tg_birth_clear(tg_birth *b)
{
    (void)b;
}

bool tg_birth_here(const tg_birth *b)
{
    (void)b;
    return true;
}

/* ---------------------------------------------------------------------------------------- files */

char *tg_file_place(const char *path, bool make, tg_error *err)
{
    (void)make, (void)err;
    return strdup(path);
}

bool tg_file_check(const char *path, const tg_file_patience *make, struct stat *at, tg_error *err)
{
    *at = (struct stat){0};
    sim_file *f = make ? sim_file_make(path) : sim_file_find(path);
    if (!f) return tg_error_set(err, TG_E_INVALID, "%s: there is none", path);
    at->st_ino = (ino_t)f->serial;
    return true;
}

bool tg_file_same(const char *path, const struct stat *at)
{
    const sim_file *f = sim_file_find(path);
    return f && at->st_ino == (ino_t)f->serial;
}

bool tg_file_local(const char *path)
{
    (void)path;
    return true;
}

static sim_machine *machine_of(const char *path)
{
    return sim_the_world ? &sim_the_world->machines[path[1] - '0'] : NULL;
}

int tg_file_lock(const char *path, const tg_file_patience *patience)
{
    sim_machine *m = machine_of(path);
    if (!m || !sim_the_world->here) return TG_FILE_NO_LOCKS;
    sim_point();
    for (int n = 0; m->holder >= 0; n++)
        if (!patience->nap(patience->ctx, n)) return TG_FILE_BUSY;
    m->holder = sim_the_world->here->slot;
    return FOLDER + sim_the_world->here->machine;
}

int close(int fd)
{
    if (fd < FOLDER) return (int)syscall(SYS_close, fd);
    if (sim_the_world) sim_the_world->machines[fd - FOLDER].holder = -1;
    return 0;
}

/* Called only by the repair of a journal, which the simulated users never request. */
char *tg_file_move(const char *path)
{
    sim_violate(sim_the_world, "%s was moved", path);
    return NULL;
}

/* Quarantine a file: a state file may need it, a journal never. */
char *tg_file_aside(const char *path)
{
    static const char *const beside[] = {"-wal", "-journal", ""};
    char from[60], to[60];
    if (strstr(path, "journal.db")) sim_violate(sim_the_world, "%s was quarantined", path);
    for (int i = 0; i < 3; i++) {
        snprintf(from, sizeof from, "%s%s", path, beside[i]);
        snprintf(to, sizeof to, "%s.damaged%s", path, beside[i]);
        sim_file *f = sim_file_find(from);
        if (f) sim_file_rename(f, to);
    }
    return strdup(to);
}

int tg_file_copies(const char *path, const char *keep, bool remove, int64_t *bytes)
{
    (void)path, (void)keep, (void)remove;
    if (bytes) *bytes = 0;
    return 0;
}

bool tg_store_folder_fits(const char *path)
{
    (void)path;
    return true;
}

/* The mark file saves reads of the state file. The simulator has none: each read opens the
   database. */
void tg_state_mark(const char *path)
{
    (void)path;
}

void tg_state_mark_first(const char *path, bool is_new)
{
    (void)path, (void)is_new;
}

double tg_state_sqlite_marked(const char *path)
{
    (void)path;
    return INFINITY; /* unknown: read the database */
}
