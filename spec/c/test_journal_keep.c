/* Retention of the journal, redaction, and recovery of a damaged file. */
#include <fcntl.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <unistd.h>

#include "check.h"
#include "failing_vfs.h"
#include "journal_sqlite.h"
#include "scratch.h"

#define DAY 86400.0

static const char *file;
static tg_error err;

static tg_journal *begin(const char *name)
{
    file = scratch_path(name);
    return tg_journal_sqlite(file, &err);
}

/* Add an entry about a person on DAY, with its outcome unless OPEN. */
static int64_t add(tg_journal *j, double day, bool open)
{
    int64_t entry = 0;
    tg_text write = TG_TEXT("{\"operation\":\"post_invitation\",\"personal\":[\"request\"],"
                            "\"request\":{\"emails\":[\"ann@acme.test\"]},\"job\":\"onboard\"}");
    tg_text outcome = TG_TEXT("{\"kind\":\"done\",\"message\":\"ann@acme.test is invited\"}");
    CHECK(tg_journal_add(j, &entry, TG_JE_SEND, day * DAY, "a", write, &err));
    if (!open) CHECK(tg_journal_add(j, &entry, TG_JE_ACCEPT, day * DAY, "a", outcome, &err));
    return entry;
}

static int count(tg_journal *j, const char *text)
{
    size_t n;
    int found = 0;
    char *list = tg_journal_list(j, "a", &n, &err);
    CHECK(list != NULL);
    for (const char *p = list; p && (p = strstr(p, text)); p++) found++;
    free(list);
    return found;
}

static tg_journal_report check(tg_journal *j, const char *noted)
{
    tg_journal_report r = {0};
    CHECK(tg_journal_check(j, noted, &r, &err));
    return r;
}

static bool holds(const char *path, const char *text)
{
    static char bytes[1 << 20];
    int fd = open(path, O_RDONLY);
    ssize_t n = fd < 0 ? 0 : read(fd, bytes, sizeof bytes);
    if (fd >= 0) close(fd);
    return n > 0 && memmem(bytes, (size_t)n, text, strlen(text));
}

static void redaction(void)
{
    tg_journal *j = begin("redact/journal.db");
    add(j, 10, false);
    int64_t open = add(j, 11, true);
    add(j, 19, false);
    tg_journal_report before = check(j, NULL);
    CASE("people of entries that ended long ago are redacted, the rest and the chain stay")
    {
        CHECK(count(j, "ann@acme.test") == 5);
        CHECK(tg_journal_keep(j, 20 * DAY, 0, 5 * DAY, &err));
        CHECK(count(j, "ann@acme.test") == 3); /* in the open entry and in the newer one */
        CHECK(count(j, "\"attempts\":") == 3 && count(j, "\"job\":\"onboard\"") == 3);
        tg_journal_report after = check(j, before.head);
        CHECK(!after.broken && after.noted && strcmp(after.head, before.head) == 0);
        CHECK(after.events == 5);
    }
    CASE("what is left of a redacted entry cannot be changed unseen")
    {
        sqlite3 *db = tg_store_handle(tg_journal_sqlite_store(j));
        CHECK(sqlite3_exec(db,
                           "UPDATE journal SET open = replace(open, 'onboard', 'onboarx')"
                           " WHERE n = 1",
                           NULL, NULL, NULL) == SQLITE_OK);
        CHECK(check(j, NULL).broken == 1);
        CHECK(sqlite3_exec(db,
                           "UPDATE journal SET open = replace(open, 'onboarx', 'onboard')"
                           " WHERE n = 1",
                           NULL, NULL, NULL) == SQLITE_OK);
        CHECK(check(j, NULL).broken == 0);
        CHECK(sqlite3_exec(db,
                           "UPDATE journal SET people = replace(people, 'ann', 'bob')"
                           " WHERE n = 3",
                           NULL, NULL, NULL) == SQLITE_OK);
        CHECK(check(j, NULL).broken == 3);
        CHECK(sqlite3_exec(db,
                           "UPDATE journal SET people = replace(people, 'bob', 'ann')"
                           " WHERE n = 3",
                           NULL, NULL, NULL) == SQLITE_OK);
    }
    CASE("an entry that is closed afterwards is redacted in its turn")
    {
        CHECK(tg_journal_add(j, &open, TG_JE_MISS, 20 * DAY, "a", TG_TEXT("{}"), &err));
        CHECK(tg_journal_keep(j, 30 * DAY, 0, 5 * DAY, &err) && count(j, "ann@acme.test") == 0);
        j->api->close(j);
        CHECK(!holds(file, "ann@acme.test")); /* secure_delete has overwritten it */
    }
}

static void retention(void)
{
    tg_journal_counts n;
    tg_journal *j = begin("keep/journal.db");
    for (int day = 1; day <= 10; day++) add(j, day, false);
    char head[65];
    strcpy(head, check(j, NULL).head);
    CASE("entries that ended long ago go; the chain goes on from the first that is kept")
    {
        CHECK(tg_journal_keep(j, 11 * DAY, 5.5 * DAY, 0, &err));
        CHECK(count(j, "\"attempts\":") == 5);
        tg_journal_report r = check(j, head);
        CHECK(!r.broken && r.noted && r.first == 10 && r.events == 11);
        CHECK(tg_journal_count(j, &n, &err) && n.entries == 5 && n.states[TG_J_DONE] == 5 &&
              n.oldest == 6 * DAY);
    }
    CASE("it looks once in a day")
    {
        CHECK(tg_journal_keep(j, 11.5 * DAY, DAY, 0, &err) && count(j, "\"attempts\":") == 5);
    }
    CASE("an open entry stays whole, however old, and what ended after it loses its data")
    {
        int64_t open = add(j, 12, true);
        add(j, 12, false);
        CHECK(tg_journal_keep(j, 900 * DAY, 400 * DAY, 0, &err));
        CHECK(count(j, "\"attempts\":") == 1 && count(j, "\"state\":\"sent\"") == 1);
        CHECK(count(j, "ann@acme.test") == 1 && !check(j, NULL).broken);
        CHECK(tg_journal_count(j, &n, &err) && n.entries == 1 && n.states[TG_J_SENT] == 1);
        CHECK(tg_journal_add(j, &open, TG_JE_FIND, 900 * DAY, "a", TG_TEXT("{}"), &err));
    }
    CASE("numbers and chain go on when all is forgotten")
    {
        strcpy(head, check(j, NULL).head);
        CHECK(tg_journal_keep(j, 2000 * DAY, 400 * DAY, 0, &err));
        CHECK(count(j, "\"attempts\":") == 0 && strcmp(check(j, NULL).head, head) == 0);
        CHECK(add(j, 2001, false) == 25 && !check(j, NULL).broken && check(j, head).noted);
    }
    j->api->close(j);
}

static void heads(void)
{
    char noted[65], other[65];
    tg_journal *j = begin("head/journal.db");
    for (int i = 0; i < 3; i++) add(j, 10, false);
    strcpy(noted, check(j, NULL).head);
    memset(other, 'a', 64);
    other[64] = '\0';
    CASE("a noted head is found in what followed, and is missing where the end was cut")
    {
        add(j, 11, false);
        CHECK(check(j, noted).noted && !check(j, other).noted);
        sqlite3 *db = tg_store_handle(tg_journal_sqlite_store(j));
        CHECK(sqlite3_exec(db, "DELETE FROM journal WHERE n > 5", NULL, NULL, NULL) == SQLITE_OK);
        tg_journal_report r = check(j, noted);
        CHECK(!r.broken && !r.noted && r.events == 5);
    }
    j->api->close(j);
}

/* Overwrite the file from OFFSET on. */
static void damage(off_t offset, const char *with, size_t n)
{
    int fd = open(file, O_WRONLY);
    CHECK(fd >= 0 && pwrite(fd, with, n, offset) == (ssize_t)n);
    close(fd);
}

static bool stops(void)
{
    tg_error e;
    tg_journal *j = tg_journal_sqlite(file, &e);
    bool ok = !j || !tg_journal_sound(j, &e);
    if (j) j->api->close(j);
    return ok && strstr(e.advice, "togglsh journal mend");
}

static tg_mended mended;

static bool mend_file(void)
{
    err = (tg_error){0};
    return tg_journal_sqlite_mend(file, 50, &mended, &err);
}

static bool run_sql(sqlite3 *db, const char *sql)
{
    return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK;
}

/* Change an event by SQL, without the journal. */
static void spoil(const char *sql)
{
    sqlite3 *db;
    CHECK(sqlite3_open(file, &db) == SQLITE_OK && run_sql(db, sql));
    sqlite3_close(db);
}

static bool is_there(const char *ending)
{
    char path[300];
    snprintf(path, sizeof path, "%s%s", file, ending);
    return access(path, F_OK) == 0;
}

static void event(tg_journal *j, int64_t entry, tg_journal_event what)
{
    CHECK(tg_journal_add(j, &entry, what, 10 * DAY, "a", TG_TEXT("{\"step\":\"s\"}"), &err));
}

static void interleaved(void)
{
    tg_journal_counts n;
    tg_journal *j = begin("interleaved/journal.db");
    for (int i = 0; i < 4; i++) event(j, 0, TG_JE_SEND);
    for (int64_t entry = 4; entry > 0; entry--)
        if (entry != 3) event(j, entry, TG_JE_ACCEPT);
    CASE("an entry of which only a later event is kept is one entry, in its place")
    {
        CHECK(tg_journal_keep(j, 500 * DAY, 100 * DAY, 0, &err));
        CHECK(!check(j, NULL).broken && check(j, NULL).first == 2);
        CHECK(tg_journal_count(j, &n, &err) && n.entries == 1 && n.states[TG_J_SENT] == 1);
        event(j, 3, TG_JE_LOSE);
        CHECK(tg_journal_count(j, &n, &err) && n.entries == 1 && n.states[TG_J_UNKNOWN] == 1);
        size_t size;
        char *list = tg_journal_list(j, "a", &size, &err);
        CHECK(list && strncmp(list, "[{\"n\":3,", 8) == 0 && !strstr(list + 8, "\"n\":"));
        free(list);
    }
    j->api->close(j);
}

static void mending(void)
{
    char zeros[4096] = "";
    tg_journal *j = begin("mend/journal.db");
    for (int i = 0; i < 200; i++) add(j, 10, false);
    add(j, 11, true);
    CASE("a sound file is left alone")
    {
        CHECK(!mend_file() && strstr(err.message, "not damaged; nothing was changed"));
        CHECK(!is_there(".mending"));
    }
    j->api->close(j);
    CASE("an end that is not as it was written stops writes; mending goes on before it")
    {
        spoil("UPDATE journal SET open = '{}' WHERE n = 401");
        CHECK(stops());
        CHECK(mend_file() && mended.copied == 400 && mended.dropped == 1);
        CHECK(strstr(mended.aside, "journal.db.damaged-") && !stops());
        char path[600];
        snprintf(path, sizeof path, "%.*s/%s", (int)(strrchr(file, '/') - file), file,
                 mended.aside);
        CHECK(access(path, F_OK) == 0);
    }
    CASE("the number of a dropped event is not given again, and the chain goes on")
    {
        j = tg_journal_sqlite(file, &err);
        CHECK(add(j, 12, true) == 402 && !check(j, NULL).broken && count(j, "\"n\":401,") == 0);
        tg_journal_counts n;
        CHECK(tg_journal_count(j, &n, &err) && n.entries == 201);
        j->api->close(j);
        spoil("UPDATE journal SET open = '{}' WHERE n = 402");
        j = tg_journal_sqlite(file, &err);
        j->api->close(j);
        CHECK(mend_file() && mended.dropped == 1);
        j = tg_journal_sqlite(file, &err);
        CHECK(add(j, 12, true) == 403 && !check(j, NULL).broken);
        j->api->close(j);
    }
    CASE("a mark of mending that was made up breaks the chain")
    {
        spoil("UPDATE journal SET n = 410, entry = 410 WHERE n = 402");
        j = tg_journal_sqlite(file, &err);
        CHECK(check(j, NULL).broken > 0);
        j->api->close(j);
        spoil("UPDATE journal SET n = 402, entry = 402 WHERE n = 410");
    }
    CASE("of a file with a lost page, what stands on the others is kept")
    {
        damage(4096 * 20, zeros, sizeof zeros);
        CHECK(mend_file() && mended.copied > 300 && mended.copied < 403 &&
              mended.dropped == 403 - mended.copied);
        j = tg_journal_sqlite(file, &err);
        CHECK(j && tg_journal_sound(j, &err) && add(j, 13, true) == 404);
        CHECK(check(j, NULL).broken > 0); /* the check finds the gap */
        if (j) j->api->close(j);
    }
    CASE("of a file without a readable start nothing is kept but itself")
    {
        memset(zeros, 'x', sizeof zeros);
        damage(0, zeros, sizeof zeros);
        CHECK(stops());
        CHECK(mend_file() && mended.copied == 0 && mended.dropped == -1 && !stops());
    }
}

/* Events are dropped for damage alone: a locked or unreadable file is left as it is. */
static void mending_waits(void)
{
    sqlite3 *db;
    tg_journal *j = begin("held/journal.db");
    for (int i = 0; i < 3; i++) add(j, 10, false);
    j->api->close(j);
    CHECK(sqlite3_open(file, &db) == SQLITE_OK);
    CASE("a file that another process reads, writes or has for itself is not mended")
    {
        CHECK(run_sql(db, "BEGIN IMMEDIATE"));
        CHECK(!mend_file() && strstr(err.message, "locked; nothing was changed"));
        CHECK(strstr(err.advice, "wait") && run_sql(db, "ROLLBACK"));
        CHECK(run_sql(db, "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE"));
        CHECK(!mend_file() && strstr(err.message, "locked; nothing was changed"));
        CHECK(run_sql(db, "ROLLBACK"));
        sqlite3_close(db);
        CHECK(!is_there(".mending"));
    }
    CASE("nor is a damaged one while it is held")
    {
        CHECK(sqlite3_open(file, &db) == SQLITE_OK);
        CHECK(run_sql(db, "UPDATE journal SET open = '{}' WHERE n = 6"));
        CHECK(run_sql(db, "BEGIN IMMEDIATE"));
        CHECK(!mend_file() && stops());
        sqlite3_close(db);
        CHECK(mend_file() && mended.copied == 5);
    }
    CASE("a disk that fails, or memory that runs out, is no damage")
    {
        static const int codes[] = {SQLITE_IOERR_READ, SQLITE_NOMEM, SQLITE_FULL};
        static const vfs_call calls[] = {VFS_READ, VFS_WRITE, VFS_LOCK, VFS_SIZE};
        int failed = 0;
        failing_vfs("journal.db");
        for (int i = 0; i < 3 * 4 * 12; i++) {
            fail_at(calls[i / 3 % 4], codes[i % 3], 1 + i / 12, true);
            failed += !mend_file();
            CHECK(mended.copied == 0 || mended.copied >= 5);
            fail_at(VFS_NONE, 0, 0, false);
            j = tg_journal_sqlite(file, &err);
            CHECK(j && check(j, NULL).events == 6);
            if (j) j->api->close(j);
        }
        CHECK(failed > 20);
    }
}

static void mending_beside_writers(void)
{
    tg_process self;
    char data[200];
    int64_t entry = 0;
    tg_process_self(&self);
    tg_journal *j = begin("sender/journal.db");
    snprintf(data, sizeof data, "{\"process\":%lld,\"started\":%lld,\"boot\":\"%s\"}",
             (long long)self.pid, (long long)self.started, self.boot);
    CHECK(tg_journal_add(j, &entry, TG_JE_SEND, DAY, "a", (tg_text){data, strlen(data)}, &err));
    add(j, 10, false);
    CASE("a process that waits for a reply has to end first")
    {
        spoil("UPDATE journal SET open = '{}' WHERE n = 3");
        CHECK(!mend_file() && err.kind == TG_E_CONFLICT && strstr(err.message, "still runs"));
        CHECK(check(j, NULL).broken == 3);
    }
    CASE("a writer that had the old file goes on in the new one")
    {
        CHECK(run_sql(tg_store_handle(tg_journal_sqlite_store(j)), "DELETE FROM journal"
                                                                   " WHERE n = 1"));
        CHECK(mend_file() && mended.copied == 1 && mended.dropped == 1);
        CHECK(add(j, 11, true) == 4);
        j->api->close(j);
        j = tg_journal_sqlite(file, &err);
        CHECK(check(j, NULL).events == 3 && !check(j, NULL).broken);
        j->api->close(j);
    }
}

int main(void)
{
    scratch_begin();
    redaction();
    retention();
    heads();
    interleaved();
    mending();
    mending_waits();
    mending_beside_writers();
    scratch_end();
    return check_report();
}
