/* The store: opening a file safely, sharing it among processes, and handling damaged, newer and
   foreign files. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "check.h"
#include "scratch.h"
#include "store_help.h"
#include "workers.h"

static const char *const steps_2[] =
    {"CREATE TABLE t(n INTEGER NOT NULL); INSERT INTO t VALUES (7)",
     "ALTER TABLE t ADD COLUMN m INTEGER; UPDATE t SET m = n + 1", NULL};

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
    CASE("after a failure that undoes the unit, no later step of it is written")
    {
        sqlite3 *db = tg_store_handle(s);
        CHECK(tg_store_begin(s, &err) && add(s, 100));
        sqlite3_exec(db, "PRAGMA max_page_count = 1", NULL, NULL, NULL);
        CHECK(sqlite3_exec(db, "INSERT INTO t VALUES (zeroblob(100000))", NULL, NULL, NULL) ==
              SQLITE_FULL);
        CHECK(sqlite3_get_autocommit(db));
        CHECK(!tg_store_begin(s, &err) && strstr(err.message, "undone") && !add(s, 1000));
        sqlite3_exec(db, "PRAGMA max_page_count = 100000", NULL, NULL, NULL);
        CHECK(!tg_store_commit(s, &err) && strstr(err.message, "undone"));
        CHECK(read_sum(s, READ) == 11);
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
    scratch_end();
    return check_report();
}
