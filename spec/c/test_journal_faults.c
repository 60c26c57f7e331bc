/*
** Each call of the journal to the VFS fails in turn. No write is sent before it is recorded, the
** message says what to do, and the file stays private and undamaged.
*/
#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ask.h"
#include "check.h"
#include "client.h"
#include "failing_vfs.h"
#include "fake_http.h"
#include "journal_sqlite.h"
#include "scratch.h"

static fake_answer answer(fake *f, const tg_exchange *x)
{
    (void)f, (void)x;
    return (fake_answer){.status = 200, .body = "{\"group_id\":5}"};
}

static fake f = {.answer = answer, .time = 1e9, .chance = 3};

static tg_client *begin(const char *file)
{
    tg_error err;
    tg_client_options o = fake_options(&f);
    o.journal_path = file;
    o.deadline = 0.1; /* a quarter of it is the longest wait for another process */
    return tg_client_new(&o, &err);
}

static tg_kind create(tg_client *c, tg_error *err)
{
    tg_request *r = ask("post_organization_group", 7);
    tg_writer *w = tg_request_body(r);
    tg_write_object(w);
    tg_write_key(w, TG_TEXT("name"));
    tg_write_text(w, TG_TEXT("Night"));
    tg_write_end(w);
    *err = (tg_error){0};
    tg_call *call = tg_call_start(c, r, NULL, err);
    while (call && !tg_call_done(call)) tg_client_step(c, 60000, NULL, 0, err);
    tg_reply_free(call ? tg_call_take(call, err) : NULL);
    tg_call_free(call);
    return err->kind;
}

static int entries(tg_client *c)
{
    size_t n;
    tg_error err;
    int count = 0;
    char *list = tg_client_journal(c, &n, &err);
    if (!list) printf("# %s\n", err.message);
    for (const char *p = list; p && (p = strstr(p, "\"attempts\":")); p++) count++;
    free(list);
    return list ? count : -1;
}

/* Return whether the database and the files next to it are private, with no copy among them. */
static bool is_private(const char *file)
{
    bool ok = true;
    struct stat st;
    struct dirent *e;
    char folder[200];
    snprintf(folder, sizeof folder, "%.*s", (int)(strrchr(file, '/') - file), file);
    DIR *d = opendir(folder);
    while (d && (e = readdir(d))) {
        if (*e->d_name == '.') continue;
        bool known = strcmp(e->d_name, "journal.db") == 0 ||
                     strcmp(e->d_name, "journal.db-wal") == 0 ||
                     strcmp(e->d_name, "journal.db-shm") == 0;
        ok =
            ok && known && fstatat(dirfd(d), e->d_name, &st, 0) == 0 && (st.st_mode & 0777) == 0600;
    }
    if (d) closedir(d);
    return ok;
}

static bool says_what_to_do(const tg_error *err)
{
    bool ok = strstr(err->message, "cannot be recorded in the journal") &&
              strstr(err->message, "was not sent") && strstr(err->advice, "TOGGL_STATE_DIR") &&
              strstr(err->advice, "journal_path");
    if (!ok) printf("# %s; %s\n", err->message, err->advice);
    return ok;
}

/* Send one write while the AT-th call fails. Return true if that call was made, so that a later one
   may fail too. */
static bool try_once(const char *file, vfs_call call, int code, int at, bool sticks, int before)
{
    tg_error err;
    tg_journal_report report;
    int sends = f.sends;
    tg_client *c = begin(file);
    fail_at(call, code, at, sticks);
    tg_kind kind = create(c, &err);
    bool failed = failing.failed > 0;
    int sent = f.sends - sends;
    tg_client_free(c);
    fail_at(VFS_NONE, 0, 0, false);
    CHECK((kind == TG_OK) == (sent == 1));
    if (sent == 0) CHECK(says_what_to_do(&err));
    c = begin(file);
    int now = entries(c);
    CHECK(now >= before + sent); /* each sent write is recorded */
    CHECK(create(c, &err) == TG_OK && entries(c) == now + 1);
    CHECK(tg_client_journal_check(c, NULL, &report, &err) && !report.broken);
    CHECK(is_private(file));
    tg_client_free(c);
    if (check_failed_here) printf("# call %d, code %d, at %d, sticks %d\n", call, code, at, sticks);
    return failed && !check_failed_here;
}

static int try_each(vfs_call call, int code, bool sticks, bool fresh)
{
    int n = 0;
    static int number;
    for (bool more = true; more && n < 300; n++) {
        char name[60];
        tg_error err;
        snprintf(name, sizeof name, "f%d/journal.db", number++);
        const char *file = scratch_path(name);
        if (!fresh) {
            tg_client *c = begin(file);
            CHECK(create(c, &err) == TG_OK);
            tg_client_free(c);
        }
        more = try_once(file, call, code, n + 1, sticks, !fresh);
    }
    return n - 1;
}

static const struct {
    const char *what;
    vfs_call call;
    int code, least; /* result code; fewest failures expected of a new file and of an old one */
} faults[] = {
    {"open", VFS_OPEN, SQLITE_CANTOPEN, 1},
    {"read", VFS_READ, SQLITE_IOERR_READ, 1},
    {"read that shows damage", VFS_READ, SQLITE_CORRUPT, 1},
    {"write, full", VFS_WRITE, SQLITE_FULL, 2},
    {"write", VFS_WRITE, SQLITE_IOERR_WRITE, 2},
    {"write, read-only", VFS_WRITE, SQLITE_READONLY, 2},
    {"write that is torn", VFS_TEAR, SQLITE_IOERR_WRITE, 2},
    {"sync", VFS_SYNC, SQLITE_IOERR_FSYNC, 1},
    {"size", VFS_SIZE, SQLITE_IOERR_FSTAT, 1},
    {"lock, held", VFS_LOCK, SQLITE_BUSY, 1},
    {"lock", VFS_LOCK, SQLITE_IOERR_LOCK, 1},
    {"map of the log", VFS_MAP, SQLITE_IOERR_SHMMAP, 1},
    {"lock of the writer, held", VFS_WRITER, SQLITE_BUSY, 1},
    {"lock of the log", VFS_MAP_LOCK, SQLITE_IOERR_SHMLOCK, 1},
    {"look for the log", VFS_ACCESS, SQLITE_IOERR_ACCESS, 0},
};

/* Overwrite the last event, so that the journal has to be mended. */
static void spoil(const char *file)
{
    sqlite3 *db;
    CHECK(sqlite3_open(file, &db) == SQLITE_OK &&
          sqlite3_exec(db, "UPDATE journal SET open = '{}' WHERE n = (SELECT max(n) FROM journal)",
                       NULL, NULL, NULL) == SQLITE_OK);
    sqlite3_close(db);
}

/* Mend while the AT-th call of the new file fails, and all later ones. Return how it went: 1: it
   failed, and left the damaged file; 0: the new file has the events; -1: neither. */
static int mend_once(const char *file, vfs_call call, int code, int at)
{
    tg_error err;
    tg_mended mended;
    tg_journal_report report = {0};
    fail_at(call, code, at, true);
    bool mends = tg_journal_sqlite_mend(file, 50, &mended, &err);
    fail_at(VFS_NONE, 0, 0, false);
    tg_journal *j = tg_journal_sqlite(file, &err);
    bool there = j && tg_journal_check(j, NULL, &report, &err);
    if (j) j->api->close(j);
    if (!there) printf("# %s\n", err.message);
    if (mends) return there && !report.broken && report.events == mended.copied + 1 ? 0 : -1;
    return there && report.broken > 0 ? 1 : -1;
}

static void mending(vfs_call call, int code)
{
    int failed = 0, at = 1, left = 1;
    for (; left == 1 && at < 300; at++) {
        char name[60];
        tg_error err;
        snprintf(name, sizeof name, "m%d-%d/journal.db", code, at);
        const char *file = scratch_path(name);
        tg_journal *j = tg_journal_sqlite(file, &err);
        for (int i = 0; i < 20; i++) {
            int64_t entry = 0;
            CHECK(j && tg_journal_add(j, &entry, TG_JE_SEND, i, "a", TG_TEXT("{\"a\":1}"), &err));
        }
        if (j) j->api->close(j);
        spoil(file);
        left = mend_once(file, call, code, at);
        failed += left == 1;
    }
    CHECK(left == 0 && failed > 5);
    printf("# %d places\n", failed);
}

int main(void)
{
    scratch_begin();
    failing_vfs(".mending");
    CASE("a mend on a full disk changes nothing") mending(VFS_WRITE, SQLITE_FULL);
    CASE("a mend whose new file cannot be synced changes nothing")
    mending(VFS_SYNC, SQLITE_IOERR_FSYNC);
    failing.name = "journal.db";
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        for (int sticks = 0; sticks < 2; sticks++) {
            char name[100];
            snprintf(name, sizeof name, "%s, %s", faults[i].what, sticks ? "for good" : "once");
            CASE(name)
            {
                int fresh = try_each(faults[i].call, faults[i].code, sticks, true);
                int old = try_each(faults[i].call, faults[i].code, sticks, false);
                CHECK(fresh >= faults[i].least && old >= faults[i].least);
                printf("# %d places in a new file, %d in an old one\n", fresh, old);
            }
        }
    scratch_end();
    return check_report();
}
