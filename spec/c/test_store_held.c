/* A store that another process holds, and checkpoints beside writers. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>

#include "check.h"
#include "scratch.h"
#include "store_help.h"
#include "store_wal.h"

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static volatile sig_atomic_t pressed;

static void press(int sig)
{
    (void)sig;
    pressed = 1;
}

/* Raise the interrupt after 100 ms. Return how long the first use lasted, in seconds. */
static double first_use(tg_store *s)
{
    struct sigaction action = {.sa_handler = press};
    sigaction(SIGALRM, &action, NULL);
    pressed = 0;
    tg_store_watch(s, &pressed);
    double start = seconds();
    setitimer(ITIMER_REAL, &(struct itimerval){.it_value.tv_usec = 100000}, NULL);
    CHECK(!tg_store_use(s, READ, &err) && err.kind == TG_E_CANCELLED);
    return seconds() - start;
}

/* Another connection holds the file exclusively. THERE: the store made the file before. */
static void held(const char *path, bool there)
{
    sqlite3 *other = NULL;
    if (there) tg_store_close(open_as(path, false));
    CHECK(sqlite3_open(path, &other) == SQLITE_OK);
    CHECK(sqlite3_exec(other, "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE", NULL, NULL,
                       NULL) == SQLITE_OK);
    double start = seconds();
    tg_store *s = open_as(path, false);
    CHECK(s && seconds() - start < 0.1);
    CHECK(s && first_use(s) < 0.2);
    CHECK(s && first_use(s) > 0.09); /* an interrupted wait does not shorten the next one */
    sqlite3_close(other);
    pressed = 0;
    CHECK(read_sum(s, READ) == 7);
    tg_store_close(s);
}

/* A process that stops while it creates a file must not block the others for ever. */
static void held_folder(const char *path)
{
    tg_store_close(open_as(path, false)); /* makes the folder */
    int lock = open(scratch_path("folder"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    CHECK(lock >= 0 && flock(lock, LOCK_EX) == 0 && unlink(path) == 0);
    tg_store *s = open_as(path, false);
    CHECK(s && first_use(s) < 0.2);
    close(lock);
    pressed = 0;
    CHECK(read_sum(s, READ) == 7);
    tg_store_close(s);
}

/* A newer program upgrades the file while this one waits to do so. */
static void overtaken(const char *path)
{
    static const char *const steps[] = {"CREATE TABLE t(n)", "ALTER TABLE t ADD COLUMN m", NULL,
                                        "CREATE TABLE unknown(n)", NULL};
    tg_store_close(open_as(path, false));
    int lock = open(scratch_path("folder"), O_RDONLY | O_DIRECTORY | O_CLOEXEC), status;
    CHECK(lock >= 0 && flock(lock, LOCK_EX) == 0);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        sqlite3 *db;
        nanosleep(&(struct timespec){.tv_nsec = 200000000}, NULL);
        bool ok = sqlite3_open(path, &db) == SQLITE_OK &&
                  sqlite3_exec(db, "PRAGMA user_version = 3", NULL, NULL, NULL) == SQLITE_OK;
        flock(lock, LOCK_UN);
        _exit(!ok);
    }
    close(lock);
    tg_store_options o = options(path);
    o.steps = steps;
    tg_store *s = tg_store_open(&o, warning, &err);
    CHECK(s && !tg_store_ready(s, &err));
    CHECK(waitpid(child, &status, 0) == child && status == 0);
    CHECK(s && !tg_store_ready(s, &err) && strstr(err.message, "newer version"));
    if (s) tg_store_close(s);
}

static void busy(void)
{
    CASE("opening does not wait, and the wait of the first use can be interrupted: a new file")
    held(scratch_path("held.db"), false);
    CASE("the same for a file that is there") held(scratch_path("held.db"), true);
    CASE("the same for the lock of its folder") held_folder(scratch_path("folder/held.db"));
    CASE("a file that has become newer meanwhile is left alone")
    overtaken(scratch_path("folder/newer.db"));
}

/* ---------------------------------------------------------------------- writers and checkpoints */

/* Two pipes: the child reports that it has reached a point, the parent lets it continue. */
static int said[2], go[2];

static void say(void)
{
    CHECK(write(said[1], "x", 1) == 1);
}

static void wait_for(int fd)
{
    char c;
    while (read(fd, &c, 1) < 0 && errno == EINTR) continue;
}

/* SQLite's default VFS, but xSync stops in the middle of a checkpoint. */
static sqlite3_io_methods stopping;
static int (*real_sync)(sqlite3_file *, int);
static int (*real_open)(sqlite3_vfs *, const char *, sqlite3_file *, int, int *);

static int stop_and_sync(sqlite3_file *f, int flags)
{
    say();
    wait_for(go[0]);
    return real_sync(f, flags);
}

static int open_stopping(sqlite3_vfs *vfs, const char *name, sqlite3_file *f, int flags, int *out)
{
    int rc = real_open(vfs, name, f, flags, out);
    if (rc != SQLITE_OK || !(flags & SQLITE_OPEN_MAIN_DB)) return rc;
    stopping = *f->pMethods;
    real_sync = stopping.xSync;
    stopping.xSync = stop_and_sync;
    f->pMethods = &stopping;
    return rc;
}

static sqlite3 *raw(const char *path)
{
    sqlite3 *db;
    sqlite3_open(path, &db);
    sqlite3_wal_autocheckpoint(db, 0);
    sqlite3_exec(db, "SELECT * FROM t", NULL, NULL, NULL);
    return db;
}

static pid_t child(void (*run)(const char *path), const char *path)
{
    CHECK(pipe(said) == 0 && pipe(go) == 0);
    fflush(stdout);
    pid_t pid = fork();
    if (pid != 0) return pid;
    run(path);
    _exit(0);
}

static void end_child(pid_t pid)
{
    int status = 1;
    CHECK(waitpid(pid, &status, 0) == pid && status == 0);
    for (int i = 0; i < 2; i++) close(said[i]), close(go[i]);
}

static void write_and_stop(const char *path)
{
    sqlite3 *db = raw(path);
    sqlite3_exec(db, "BEGIN IMMEDIATE; INSERT INTO t VALUES (1)", NULL, NULL, NULL);
    say();
    wait_for(go[0]);
    sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
    say();
    wait_for(go[0]);
    sqlite3_close(db);
}

static void checkpoint_and_stop(const char *path)
{
    sqlite3_vfs vfs = *sqlite3_vfs_find(NULL);
    real_open = vfs.xOpen;
    vfs.xOpen = open_stopping;
    vfs.zName = "stopping";
    sqlite3_vfs_register(&vfs, 1);
    sqlite3 *db = raw(path);
    bool ok = tg_wal_checkpoint(db, path);
    say();
    _exit(!ok);
}

static off_t size_of(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 ? st.st_size : -1;
}

static void checkpoints(void)
{
    const char *path = scratch_path("wal/w.db");
    const char *log = scratch_path("wal/w.db-wal");
    tg_store *s = open_as(path, false);
    for (int i = 0; i < 20; i++) CHECK(add(s, 0));
    sqlite3 *db = raw(path);
    off_t before = size_of(log);
    CASE("no checkpoint runs beside a writer")
    {
        pid_t pid = child(write_and_stop, path);
        wait_for(said[0]);
        CHECK(!tg_wal_checkpoint(db, path) && size_of(path) < 2 * 4096);
        CHECK(write(go[1], "x", 1) == 1);
        wait_for(said[0]);
        CHECK(tg_wal_checkpoint(db, path) && size_of(path) >= 2 * 4096);
        CHECK(write(go[1], "x", 1) == 1);
        end_child(pid);
        CHECK(before > 0);
    }
    CASE("no writer runs beside a checkpoint")
    {
        CHECK(add(s, 0));
        pid_t pid = child(checkpoint_and_stop, path);
        wait_for(said[0]);
        tg_store_patience(s, 0.1);
        CHECK(!add(s, 1000) && strstr(err.message, "another process holds it"));
        CHECK(write(go[1], "xxxx", 4) == 4);
        wait_for(said[0]);
        end_child(pid);
        CHECK(add(s, 1) && read_sum(s, READ) == 9);
    }
    CASE("the last close checkpoints when it is alone, and not before")
    {
        tg_store_close(s);
        CHECK(size_of(log) > 0);
        sqlite3_close(db);
        s = open_as(path, false);
        CHECK(add(s, 1));
        tg_store_close(s);
        CHECK(size_of(log) == 0);
    }
    CASE("a long log is shortened by commits")
    {
        s = open_as(path, false);
        for (int i = 0; i < 100; i++) {
            sqlite3_stmt *st = tg_store_use(s, FILL, &err);
            CHECK(st && tg_store_run(s, st, &err));
        }
        CHECK(size_of(path) > 5000000 && size_of(log) < 6000000);
        tg_store_close(s);
    }
}

int main(void)
{
    scratch_begin();
    busy();
    checkpoints();
    scratch_end();
    return check_report();
}
