/* The store: opening a file safely, sharing it among processes, and handling damaged, newer and
   foreign files. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>

#include "check.h"
#include "scratch.h"
#include "store.h"
#include "store_wal.h"
#include "workers.h"

static const char *const steps_1[] =
    {"CREATE TABLE t(n INTEGER NOT NULL); INSERT INTO t VALUES (7)", NULL};
static const char *const steps_2[] =
    {"CREATE TABLE t(n INTEGER NOT NULL); INSERT INTO t VALUES (7)",
     "ALTER TABLE t ADD COLUMN m INTEGER; UPDATE t SET m = n + 1", NULL};

enum { READ, ADD, FILL, READ_2, STATEMENTS };
static const char *const sql[STATEMENTS] = {
    [READ] = "SELECT sum(n) FROM t",
    [ADD] = "INSERT INTO t VALUES (?1)",
    [FILL] = "INSERT INTO t SELECT zeroblob(100000)",
    [READ_2] = "SELECT sum(m) FROM t",
};

static tg_store_options options(const char *path)
{
    return (tg_store_options){.path = path,
                              .id = 0x11223344,
                              .steps = steps_1,
                              .sql = sql,
                              .statements = STATEMENTS};
}

static char warning[300];
static tg_error err;

static tg_store *open_as(const char *path, bool disposable)
{
    tg_store_options o = options(path);
    o.disposable = disposable;
    err = (tg_error){0};
    return tg_store_open(&o, warning, &err);
}

/* Return the sum of the rows, or -1 if they cannot be read. */
static int64_t read_sum(tg_store *s, int number)
{
    sqlite3_stmt *st = s ? tg_store_use(s, number, &err) : NULL;
    if (!st) return -1;
    int64_t n = sqlite3_step(st) == SQLITE_ROW ? sqlite3_column_int64(st, 0) : -1;
    if (n < 0) tg_store_error(s, &err);
    tg_store_done(st);
    return n;
}

static bool add(tg_store *s, int64_t n)
{
    sqlite3_stmt *st = tg_store_use(s, ADD, &err);
    if (st) sqlite3_bind_int64(st, 1, n);
    return st && tg_store_run(s, st, &err);
}

static void write_file(const char *path, const char *text, size_t n, mode_t mode)
{
    FILE *f = fopen(path, "w");
    if (f) fwrite(text, 1, n, f), fclose(f);
    chmod(path, mode);
}

static int mode_of(const char *path)
{
    struct stat st;
    return lstat(path, &st) == 0 ? (int)(st.st_mode & 07777) : -1;
}

/* Return how many files in the scratch folder have PART in their name. */
static int count_files(const char *part)
{
    char command[300];
    int n = -1;
    snprintf(command, sizeof command,
             "find %s -name '*%s*' ! -name '*-wal' ! -name '*-shm' | wc -l", scratch, part);
    FILE *f = popen(command, "r");
    if (f) n = fscanf(f, "%d", &n) == 1 ? n : -1, pclose(f);
    return n;
}

/* ---------------------------------------------------------------------------------- where it is */

static void making(void)
{
    tg_store *s;
    umask(0);
    CASE("folders and file are made private, whatever the umask")
    {
        s = open_as(scratch_path("a/b/c.db"), false);
        CHECK(read_sum(s, READ) == 7 && !*warning);
        CHECK(mode_of(scratch_path("a")) == 0700 && mode_of(scratch_path("a/b")) == 0700);
        CHECK(mode_of(scratch_path("a/b/c.db")) == 0600 &&
              mode_of(scratch_path("a/b/c.db-wal")) == 0600);
        CHECK(add(s, 3));
        tg_store_close(s);
    }
    CASE("what was written is there the next time")
    {
        s = open_as(scratch_path("a/b/c.db"), false);
        CHECK(read_sum(s, READ) == 10);
        tg_store_close(s);
    }
    CASE("in memory")
    {
        s = open_as(":memory:", false);
        CHECK(read_sum(s, READ) == 7);
        tg_store_close(s);
    }
    CASE("a path without a folder is in the present one")
    {
        CHECK(chdir(scratch_path("a")) == 0);
        s = open_as("here.db", false);
        CHECK(read_sum(s, READ) == 7 && mode_of(scratch_path("a/here.db")) == 0600);
        tg_store_close(s);
        CHECK(chdir("/") == 0);
    }
    CASE("opening to read creates nothing")
    {
        tg_store_options o = options(scratch_path("none/x.db"));
        o.read_only = true;
        CHECK(!tg_store_open(&o, warning, &err) && mode_of(scratch_path("none")) == -1);
    }
    CASE("a file that others could read is made private")
    {
        chmod(scratch_path("a/here.db"), 0644);
        s = open_as(scratch_path("a/here.db"), false);
        CHECK(s && mode_of(scratch_path("a/here.db")) == 0600);
        tg_store_close(s);
    }
    umask(022);
}

static void refused(const char *path, bool disposable, const char *words, const char *advice)
{
    tg_store *s = open_as(path, disposable);
    CHECK(!s && err.kind == TG_E_INVALID);
    CHECK(strstr(err.message, words));
    CHECK(strstr(err.advice, advice));
    if (!s && !strstr(err.message, words)) printf("# %s (%s)\n", err.message, err.advice);
    tg_store_close(s);
}

static void layouts(void)
{
    bool root = geteuid() == 0;
    mkdir(scratch_path("open"), 0777), chmod(scratch_path("open"), 0777);
    mkdir(scratch_path("sticky"), 0777), chmod(scratch_path("sticky"), 01777);
    mkdir(scratch_path("foreign"), 0700);
    mkdir(scratch_path("is.db"), 0700);
    write_file(scratch_path("target.db"), "", 0, 0600);
    CHECK(symlink(scratch_path("target.db"), scratch_path("link.db")) == 0);
    CHECK(symlink(scratch_path("nothing.db"), scratch_path("dangling.db")) == 0);
    CHECK(symlink(scratch_path("a"), scratch_path("linked")) == 0);
    CASE("a symbolic link")
    refused(scratch_path("link.db"), false, "symbolic link", "name the file");
    CASE("a symbolic link to nothing")
    refused(scratch_path("dangling.db"), true, "symbolic link", "name the file");
    CASE("a folder in its place") refused(scratch_path("is.db"), true, "is not a file", "");
    CASE("a file in the place of the folder")
    refused(scratch_path("target.db/x.db"), true, "folder", "");
    CASE("a name that ends in a slash") refused(scratch_path("a/"), true, "not a file", "");
    CASE("state in a folder that others can write to")
    refused(scratch_path("open/s.db"), false, "others can write", "chmod go-w");
    CASE("a cache in a folder that others can write to")
    refused(scratch_path("open/s.db"), true, "others can write", "chmod go-w");
    write_file(scratch_path("a/w.db"), "", 0, 0666);
    CASE("a file that others can write to")
    refused(scratch_path("a/w.db"), true, "others can write", "chmod 600");
    write_file(scratch_path("a/p.db"), "", 0, 0600);
    CHECK(symlink("/etc/passwd", scratch_path("a/p.db-wal")) == 0);
    CASE("a planted log") refused(scratch_path("a/p.db"), true, "symbolic link", "");
    for (int i = 0; i < 3; i++) {
        const char *names[] = {"linked/c.db", "sticky/s.db", "linked/l.db"};
        CASE(names[i])
        {
            tg_store *s = open_as(scratch_path(names[i]), i == 0);
            CHECK(read_sum(s, READ) == 7);
            tg_store_close(s);
        }
    }
    if (!root) return;
    CASE("a foreign folder")
    {
        CHECK(chown(scratch_path("foreign"), 12345, 0) == 0);
        refused(scratch_path("foreign/s.db"), true, "uid 12345", "folder of your own");
    }
    CASE("a foreign file")
    {
        write_file(scratch_path("a/f.db"), "", 0, 0600);
        CHECK(chown(scratch_path("a/f.db"), 12345, 0) == 0);
        refused(scratch_path("a/f.db"), true, "uid 12345", "file of your own");
    }
}

/* -------------------------------------------------------------------------------- what is in it */

static void make_database(const char *path, const char *text)
{
    sqlite3 *db;
    unlink(path);
    sqlite3_open(path, &db);
    sqlite3_exec(db, text, NULL, NULL, NULL);
    sqlite3_close(db);
    chmod(path, 0600);
}

/* A disposable file is replaced, with a warning that names the quarantined one. Any other is
   rejected and left unchanged. */
static void strange(const char *what, const char *path, const char *words)
{
    char before[40];
    struct stat st;
    CASE(what)
    {
        CHECK(lstat(path, &st) == 0);
        snprintf(before, sizeof before, "%lu", (unsigned long)st.st_ino);
        refused(path, false, words, "");
        tg_store *s = open_as(path, true);
        CHECK(read_sum(s, READ) == 7);
        CHECK(strstr(warning, "quarantined as") && strstr(warning, words));
        CHECK(count_files("x.db.damaged-") == 1);
        CHECK(mode_of(path) == 0600);
        tg_store_close(s);
        s = open_as(path, true);
        CHECK(read_sum(s, READ) == 7 && !*warning);
        tg_store_close(s);
    }
}

/* A sound file of another program or version is rejected and left unchanged, disposable or not. */
static void left_alone(const char *what, const char *path, const char *words)
{
    struct stat before, after;
    int copies = count_files("x.db.damaged-");
    CASE(what)
    {
        CHECK(lstat(path, &before) == 0);
        refused(path, false, words, "");
        refused(path, true, words, "");
        CHECK(lstat(path, &after) == 0 && before.st_ino == after.st_ino &&
              before.st_mtime == after.st_mtime);
        CHECK(count_files("x.db.damaged-") == copies);
    }
}

static void contents(void)
{
    char noise[9000];
    for (size_t i = 0; i < sizeof noise; i++) noise[i] = (char)(i * 2654435761u >> 13);
    write_file(scratch_path("v/none"), "", 0, 0600);
    mkdir(scratch_path("v"), 0700);
    const char *path = scratch_path("v/x.db");
    write_file(path, noise, sizeof noise, 0600);
    strange("no database at all", path, "not a database");
    make_database(path, "CREATE TABLE other(n)");
    left_alone("a foreign database", path, "not a database of this program");
    make_database(path,
                  "PRAGMA application_id = 0x11223344; PRAGMA user_version = 2; CREATE TABLE t(n)");
    left_alone("a newer version", path, "newer version");
    write_file(path, noise, 100, 0600);
    strange("a short file", path, "");
    make_database(path,
                  "PRAGMA application_id = 0x01223344; PRAGMA user_version = 1; CREATE TABLE t(n)");
    strange("our tables under another id", path, "not a database of this program");
    make_database(
        path,
        "PRAGMA application_id = 0x11223344; PRAGMA user_version = 1000000; CREATE TABLE t(n)");
    strange("a version that none can have", path, "older version");
    CASE("a warning of a long name is cut between two characters")
    {
        char name[160] = "v/x";
        for (int i = 0; i < 70; i++) strcat(name, "\xC3\xA9");
        const char *long_path = scratch_path(name);
        write_file(long_path, noise, sizeof noise, 0600);
        tg_store *s = open_as(long_path, true);
        CHECK(s && strstr(warning, "quarantined as"));
        CHECK(tg_utf8_check((tg_text){warning, strlen(warning)}, NULL) == strlen(warning));
        tg_store_close(s);
    }
    CASE("an empty file is a new one")
    {
        write_file(path, "", 0, 0600);
        tg_store *s = open_as(path, false);
        CHECK(read_sum(s, READ) == 7 && !*warning);
        tg_store_close(s);
    }
    CASE("an older version takes the steps that it lacks")
    {
        tg_store_options o = options(path);
        o.steps = steps_2;
        tg_store *s = tg_store_open(&o, warning, &err);
        CHECK(read_sum(s, READ) == 7 && read_sum(s, READ_2) == 8 && !*warning);
        tg_store_close(s);
    }
    CASE("an older cache is recreated")
    {
        make_database(
            path, "PRAGMA application_id = 0x11223344; PRAGMA user_version = 1; CREATE TABLE t(n)");
        tg_store_options o = options(path);
        o.steps = steps_2, o.disposable = true;
        tg_store *s = tg_store_open(&o, warning, &err);
        CHECK(read_sum(s, READ_2) == 8 && strstr(warning, "older version"));
        tg_store_close(s);
    }
    CASE("our version without our tables is found at the first statement")
    {
        make_database(path, "PRAGMA application_id = 0x11223344; PRAGMA user_version = 1");
        tg_store *s = open_as(path, true);
        CHECK(read_sum(s, READ) == 7 && tg_store_warning(s) && !tg_store_warning(s));
        tg_store_close(s);
    }
}

/* The statement that finds damage fails; the next one must work, on a new file. */
static bool usable(tg_store *s)
{
    for (int i = 0; s && i < 2; i++) {
        sqlite3_stmt *st = tg_store_use(s, READ, &err);
        bool row = st && sqlite3_step(st) == SQLITE_ROW;
        if (st && !row) tg_store_error(s, &err);
        if (st) tg_store_done(st);
        if (row && (add(s, 1) || add(s, 1))) return true;
    }
    return false;
}

/* Flip random bits of the file: the store must keep working, on a new file if the old one is
   unreadable. */
static void tipped(int rounds)
{
    static char good[1 << 16], bad[1 << 16];
    unsigned seed = 5;
    int aside = 0;
    const char *path = scratch_path("v/bits.db");
    tg_store *s = open_as(path, true);
    for (int i = 0; i < 300; i++) add(s, i);
    tg_store_close(s);
    FILE *f = fopen(path, "r");
    size_t n = f ? fread(good, 1, sizeof good, f) : 0;
    if (f) fclose(f);
    for (int i = 0; i < rounds; i++) {
        memcpy(bad, good, n);
        for (int k = 0; k < 20; k++) {
            seed = seed * 1664525u + 1013904223u;
            bad[(seed >> 8) % n] ^= (char)(1 << (seed >> 5 & 7));
        }
        write_file(path, bad, n, 0600);
        s = open_as(path, true);
        /* A flipped bit of the version can turn it into a newer file, which the store leaves
           alone. */
        bool ok = usable(s) || strstr(err.message, "was made by a newer version");
        CHECK(ok);
        if (!ok) printf("# round %d: %s\n", i, err.message);
        aside += *warning || (s && tg_store_warning(s));
        tg_store_close(s);
    }
    printf("# %d files, %d quarantined\n", rounds, aside);
    CHECK(aside > rounds / 4);
}

static void replaced(void)
{
    const char *path = scratch_path("v/gone.db");
    CASE("a removed file is recreated for all")
    {
        tg_store *a = open_as(path, true), *b;
        CHECK(add(a, 5));
        CHECK(unlink(path) == 0);
        b = open_as(path, true);
        CHECK(read_sum(b, READ) == 7);
        CHECK(tg_store_begin(a, &err) && add(a, 3) && tg_store_commit(a, &err));
        CHECK(read_sum(b, READ) == 10 && tg_store_openings(a) == 2);
        CHECK(add(b, 1) && read_sum(a, READ) == 11);
        tg_store_close(b);
        tg_store_close(a);
        a = open_as(path, true);
        CHECK(read_sum(a, READ) == 11);
        tg_store_close(a);
    }
}

/* ------------------------------------------------------------------------------------- using it */

static void units(void)
{
    tg_store *s = open_as(":memory:", false);
    CASE("a unit commits or rolls back as a whole")
    {
        CHECK(tg_store_begin(s, &err) && add(s, 1) && add(s, 2) && tg_store_commit(s, &err));
        CHECK(tg_store_begin(s, &err) && add(s, 4));
        tg_store_rollback(s);
        CHECK(read_sum(s, READ) == 10);
    }
    CASE("an inner unit joins the outer one")
    {
        CHECK(tg_store_begin(s, &err) && tg_store_begin(s, &err) && add(s, 1) &&
              tg_store_commit(s, &err));
        tg_store_rollback(s);
        CHECK(read_sum(s, READ) == 10);
    }
    CASE("an inner unit that rolls back rolls back the outer one")
    {
        CHECK(tg_store_begin(s, &err) && add(s, 1) && tg_store_begin(s, &err));
        tg_store_rollback(s);
        CHECK(!tg_store_commit(s, &err) && read_sum(s, READ) == 10);
        CHECK(tg_store_begin(s, &err) && add(s, 1) && tg_store_commit(s, &err) &&
              read_sum(s, READ) == 11);
    }
    CASE("a commit without a begin is an error") CHECK(!tg_store_commit(s, &err));
    CASE("statements that are being stepped are counted")
    {
        sqlite3_stmt *st = tg_store_use(s, READ, &err);
        CHECK(st && sqlite3_step(st) == SQLITE_ROW && tg_store_statements(s) == 1);
        tg_store_done(st);
        CHECK(tg_store_statements(s) == 0);
    }
    tg_store_close(s);
}

static int in_child(void)
{
    int bad;
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) return -1;
    return waitpid(pid, &bad, 0) == pid && bad == 0 ? 0 : 1;
}

static void forks(void)
{
    CASE("a child process cannot use its parent's store, and trying it does no harm")
    {
        const char *path = scratch_path("v/fork.db");
        tg_store *s = open_as(path, false);
        CHECK(add(s, 1) && tg_store_begin(s, &err) && add(s, 2));
        int result = in_child();
        if (result < 0) {
            bool ok = !tg_store_use(s, READ, &err) && strstr(err.message, "fork") &&
                      !tg_store_begin(s, &err) && !tg_store_commit(s, &err);
            tg_store_rollback(s);
            tg_store_close(s);
            _exit(!ok);
        }
        CHECK(result == 0);
        CHECK(tg_store_commit(s, &err) && read_sum(s, READ) == 10);
        tg_store *again = open_as(path, false);
        CHECK(read_sum(again, READ) == 10);
        tg_store_close(again);
        tg_store_close(s);
    }
}

static int fill(int number)
{
    struct rlimit limit = {200000, 200000};
    tg_store *s = open_as(scratch_path("v/full.db"), true);
    bool ok = s != NULL;
    (void)number;
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &limit);
    for (int i = 0; ok && i < 5; i++) {
        sqlite3_stmt *st = tg_store_use(s, FILL, &err);
        ok = st && tg_store_run(s, st, &err);
    }
    bool told = !ok && strstr(err.message, "disk") && err.kind == TG_E_INVALID;
    bool readable = read_sum(s, READ) == 7;
    tg_store_close(s);
    return !(told && readable);
}

static void full_disk(void)
{
    CASE("a full disk is an error that says so, and what was there can still be read")
    CHECK(run_workers(1, fill) == 0);
}

static int hurry(int number)
{
    bool ok = true;
    for (int i = 0; ok && i < 60; i++) {
        tg_store *s = open_as(scratch_path("h/many.db"), number % 2);
        ok = s && add(s, 1) && (i % 4 || read_sum(s, READ) > 0) && !*warning;
        if (ok && i % 8 == 0) ok = tg_store_begin(s, &err) && add(s, 1) && tg_store_commit(s, &err);
        tg_store_close(s);
    }
    if (!ok) printf("# %s %s\n", err.message, warning), fflush(stdout);
    return !ok;
}

static void processes(void)
{
    CASE("8 processes make, open, write and close one file at once")
    {
        CHECK(run_workers(8, hurry) == 0);
        tg_store *s = open_as(scratch_path("h/many.db"), false);
        CHECK(read_sum(s, READ) == 7 + 8 * (60 + 8));
        tg_store_close(s);
        CHECK(count_files("many.db.damaged") == 0);
    }
}

/* ----------------------------------------------------------------------------------------- held */

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

int main(int argc, char **argv)
{
    bool full = argc > 1 && strcmp(argv[1], "--full") == 0;
    scratch_begin();
    making();
    layouts();
    contents();
    CASE("flipped bits") tipped(full ? 1000 : 150);
    replaced();
    units();
    forks();
    full_disk();
    processes();
    busy();
    checkpoints();
    scratch_end();
    return check_report();
}
