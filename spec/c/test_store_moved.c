/* A store whose file is moved while it is being opened, and I/O errors while it is created. */
#include <dirent.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "failing_vfs.h"
#include "scratch.h"
#include "store.h"

static const char *const steps[] = {"CREATE TABLE t(n INTEGER NOT NULL); INSERT INTO t VALUES (7)",
                                    NULL};

enum { READ, ADD, STATEMENTS };
static const char *const sql[STATEMENTS] =
    {[READ] = "SELECT sum(n) FROM t", [ADD] = "INSERT INTO t VALUES (?1)"};

static char path[300], aside[300];
static tg_error err;

static tg_store *open_store(void)
{
    tg_store_options o = {.path = path,
                          .id = 0x11223344,
                          .steps = steps,
                          .sql = sql,
                          .statements = STATEMENTS,
                          .renewable = true};
    err = (tg_error){0};
    return tg_store_open(&o, NULL, &err);
}

/* Return the sum of the rows, or -1 if they cannot be read. */
static int64_t sum(tg_store *s)
{
    sqlite3_stmt *st = s ? tg_store_use(s, READ, &err) : NULL;
    int64_t n = st && sqlite3_step(st) == SQLITE_ROW ? sqlite3_column_int64(st, 0) : -1;
    if (st) tg_store_done(st);
    return n;
}

static bool add(tg_store *s, int64_t n)
{
    sqlite3_stmt *st = s ? tg_store_use(s, ADD, &err) : NULL;
    if (st) sqlite3_bind_int64(st, 1, n);
    return st && tg_store_run(s, st, &err);
}

static int quarantined(void)
{
    char folder[300];
    int n = 0;
    snprintf(folder, sizeof folder, "%s", path);
    *strrchr(folder, '/') = '\0';
    DIR *d = opendir(folder);
    for (struct dirent *e; d && (e = readdir(d));) n += strstr(e->d_name, ".damaged") != NULL;
    if (d) closedir(d);
    return n;
}

static struct {
    pid_t pid;
    int tell[2], hear[2];
} other;

/* Move the file and create another in its place, as the quarantine does. Report the sum, wait for a
   byte of the parent, and report the sum again. */
static void other_process(void)
{
    char log[310], log_aside[310];
    snprintf(log, sizeof log, "%s-wal", path);
    snprintf(log_aside, sizeof log_aside, "%s-wal", aside);
    rename(log, log_aside);
    rename(path, aside);
    tg_store *s = open_store();
    int64_t n = add(s, 100) ? sum(s) : -1;
    tg_store_close(s); /* checkpoints: the rows are in the file, the WAL is empty */
    s = open_store();
    bool ok = write(other.hear[1], &n, sizeof n) == sizeof n && read(other.tell[0], &n, 1) == 1;
    n = ok ? sum(s) : -1;
    ok = write(other.hear[1], &n, sizeof n) == sizeof n;
    tg_store_close(s);
    _exit(!ok);
}

static int64_t hear(void)
{
    int64_t n = -1;
    return read(other.hear[0], &n, sizeof n) == sizeof n ? n : -1;
}

static void replace(void)
{
    CHECK(pipe(other.tell) == 0 && pipe(other.hear) == 0);
    other.pid = fork();
    if (other.pid == 0) other_process();
    CHECK(hear() == 107);
}

static void moved(const char *name, const char *word)
{
    int status;
    snprintf(path, sizeof path, "%s", scratch_path(name));
    snprintf(aside, sizeof aside, "%s.old", path);
    tg_store *s = open_store();
    CHECK(s && add(s, 10));
    tg_store_close(s);
    failing.name = word;
    failing.opening = replace;
    CHECK((s = open_store()) && !failing.opening);
    CHECK(sum(s) == 107 && add(s, 1000)); /* opened the new file */
    tg_store_close(s);
    CHECK(write(other.tell[1], "x", 1) == 1 && hear() == 1107);
    CHECK(waitpid(other.pid, &status, 0) == other.pid && status == 0);
    CHECK((s = open_store()) && sum(s) == 1107);
    tg_store_close(s);
    CHECK(rename(aside, path) == 0 && (s = open_store()) && sum(s) == 17);
    tg_store_close(s);
}

static void failing_disk(vfs_call call, int code)
{
    int n = 1;
    failing.name = "x.db";
    for (bool hit = true; hit && n < 100; n++) {
        char name[40];
        snprintf(name, sizeof name, "disk%d-%d/x.db", (int)call, n);
        snprintf(path, sizeof path, "%s", scratch_path(name));
        fail_at(call, code, n, false);
        tg_store_close(open_store());
        hit = failing.failed > 0;
        fail_at(VFS_NONE, 0, 0, false);
        CHECK(quarantined() == 0);
        tg_store *s = open_store();
        CHECK(sum(s) == 7);
        tg_store_close(s);
    }
    printf("# %d calls\n", n - 2);
    CHECK(n > 3);
}

int main(void)
{
    scratch_begin();
    failing_vfs("x.db");
    CASE("a file that is moved before its log is opened") moved("log/x.db", "x.db-wal");
    CASE("a file that is moved before it is opened") moved("file/x.db", "x.db");
    CASE("a failed write while the tables are made is no damage")
    failing_disk(VFS_WRITE, SQLITE_IOERR_WRITE);
    CASE("nor is a failed sync") failing_disk(VFS_SYNC, SQLITE_IOERR_FSYNC);
    scratch_end();
    return check_report();
}
