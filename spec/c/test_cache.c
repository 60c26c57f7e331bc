/* Stored replies: finding, dropping and trimming them, in one process and in several. --full:
   10,000 operations for each process. */
#include <math.h>
#include <sys/mman.h>

#include "cache_help.h"
#include "cache_inside.h"
#include "check.h"
#include "scratch.h"
#include "workers.h"

/* -------------------------------------------------------------------------------------- replies */

static void replies(void)
{
    tg_cache *c = tg_cache_open(":memory:", warning, &err);
    CASE("what was stored is found, by all of its key")
    {
        CHECK(put(c, "/x", "t", "[1]") && has(c, "/x", "[1]"));
        CHECK(!has(c, "/x?page=2", "[1]") && !has_at(c, "b", "/x", "[1]", NOW, 100));
        tg_stored r;
        CHECK(!tg_cache_get(c, "a", "other", text_of("/x"), NOW, 100, &r, &err) &&
              err.kind == TG_OK);
    }
    CASE("an empty list is remembered")
    CHECK(put(c, "/empty", "t", "[]") && has(c, "/empty", "[]"));
    CASE("a reply without a body too") CHECK(put(c, "/204", "t", NULL) && has(c, "/204", NULL));
    CASE("age")
    {
        CHECK(has_at(c, "a", "/x", "[1]", NOW + 99, 100));
        CHECK(has_at(c, "a", "/x", "[1]", NOW + 100, 100));
        CHECK(!has_at(c, "a", "/x", "[1]", NOW + 101, 100));
        CHECK(has_at(c, "a", "/x", "[1]", NOW + 1e6, INFINITY));
    }
    CASE("a reply from the future is older than anything")
    {
        tg_stored r;
        CHECK(!has_at(c, "a", "/x", "[1]", NOW - 3600, 100));
        CHECK(tg_cache_get(c, "a", "op", text_of("/x"), NOW - 3600, INFINITY, &r, &err) &&
              r.at == 0);
        tg_stored_clear(&r);
    }
    CASE("a younger reply takes its place, an older one does not")
    {
        CHECK(put_at(c, "a", "op", "/x", "t", tg_cache_stamp(c, NULL), NOW + 5, "[2]", 1) &&
              put(c, "/x", "t", "[1]"));
        CHECK(has(c, "/x", "[2]"));
    }
    CASE("touching a reply makes it fresh again, and creates none")
    {
        CHECK(tg_cache_touch(c, "a", "op", text_of("/x"), NOW + 500, &err));
        CHECK(has_at(c, "a", "/x", "[2]", NOW + 590, 100));
        CHECK(tg_cache_touch(c, "a", "op", text_of("/y"), NOW, &err) && !has(c, "/y", "[2]"));
    }
    tg_cache_close(c);
}

static void dropping(void)
{
    tg_cache *c = tg_cache_open(":memory:", warning, &err);
    put(c, "/1", "users users:1 *", "[1]");
    put(c, "/2", "users users:2 *", "[2]");
    put(c, "/3", "groups:1 *", "[3]");
    put_at(c, "b", "op", "/1", "users:1", tg_cache_stamp(c, NULL), NOW, "[4]", 1);
    CASE("a drop takes what has the tag, of this account")
    {
        CHECK(tg_cache_drop(c, "a", "users:1 nothing", 0, &err));
        CHECK(!has(c, "/1", "[1]") && has(c, "/2", "[2]") && has(c, "/3", "[3]"));
        CHECK(has_at(c, "b", "/1", "[4]", NOW, 100));
    }
    CASE("several tags at once, and blanks around them")
    {
        CHECK(tg_cache_drop(c, "a", "  users  groups:1 ", 0, &err));
        CHECK(!has(c, "/2", "[2]") && !has(c, "/3", "[3]"));
    }
    CASE("an invalidated reply is returned where stale data is allowed, and marked")
    {
        tg_stored r;
        CHECK(tg_cache_get(c, "a", "op", text_of("/1"), NOW, 100, &r, &err) && r.spoiled &&
              strcmp(r.text, "[1]") == 0);
        tg_stored_clear(&r);
        CHECK(tg_cache_touch(c, "a", "op", text_of("/1"), NOW, &err) && !has(c, "/1", "[1]"));
    }
    CASE("when a tag was dropped is known for its account, after a time")
    {
        CHECK(tg_cache_drop(c, "a", "s1", NOW, &err));
        CHECK(tg_cache_changed(c, "a", "x s1", NOW - 10, NOW) == NOW);
        CHECK(tg_cache_changed(c, "a", "s1 x", NOW - 0.001, NOW + 3600) == NOW);
        CHECK(tg_cache_changed(c, "a", "s1", NOW, NOW + 1) == 0);
        CHECK(tg_cache_changed(c, "a", "s2", NOW - 1, NOW) == 0);
        CHECK(tg_cache_changed(c, "b", "s1", NOW - 1, NOW) == 0);
        /* the clock was set back: replies must still be stored */
        CHECK(tg_cache_changed(c, "a", "s1", NOW - 3700, NOW - 3600) == 0);
    }
    CASE("a request that went before the drop is not stored")
    {
        int64_t before = tg_cache_stamp(c, NULL);
        CHECK(tg_cache_drop(c, "a", "users:1", 0, &err));
        CHECK(put_at(c, "a", "op", "/1", "users users:1", before, NOW, "[1]", 1) &&
              !has(c, "/1", "[1]"));
        CHECK(put_at(c, "a", "op", "/2", "users users:2", before, NOW, "[2]", 1) &&
              has(c, "/2", "[2]"));
        CHECK(put(c, "/1", "users users:1", "[5]") && has(c, "/1", "[5]"));
        CHECK(put_at(c, "a", "op", "/9", "other", -1, NOW, "[2]", 1) && !has(c, "/9", "[2]"));
    }
    CASE("notes of drops that were trimmed leave a floor")
    {
        int64_t before = tg_cache_stamp(c, NULL);
        char tag[20];
        for (int i = 0; i < 10100; i++) {
            snprintf(tag, sizeof tag, "t%d", i);
            tg_cache_drop(c, "a", tag, 0, &err);
        }
        CHECK(tg_cache_trim_drops(c, &err));
        CHECK(put_at(c, "a", "op", "/f", "t0", before, NOW, "[1]", 1) && !has(c, "/f", "[1]"));
        CHECK(put(c, "/f", "t0", "[1]") && has(c, "/f", "[1]"));
    }
    CASE("a drop tells which drop of some tags was before it")
    {
        tg_dropped before, last;
        int64_t first, second;
        CHECK(tg_cache_drop(c, "a", "w:1", NOW, &err) &&
              tg_cache_drop(c, "a", "other", NOW + 5, &err) &&
              tg_cache_dropped(c, "a", "w w:1", &last) && last.at == NOW);
        CHECK(tg_cache_drop_after(c, "a", "w", NOW + 7, "w w:1", &before, &first, &err));
        CHECK(before.seq == last.seq && before.at == NOW && first > last.seq + 1);
        CHECK(tg_cache_drop(c, "b", "w", NOW + 8, &err)); /* of another account */
        CHECK(tg_cache_drop_after(c, "a", "w:1", NOW + 9, "w w:1", &before, &second, &err));
        CHECK(before.seq == first && before.at == NOW + 7 && second > first);
        CHECK(tg_cache_dropped(c, "a", "w w:1", &last) && last.seq == second);
        for (int i = 0; i < 10100; i++) {
            char tag[20];
            snprintf(tag, sizeof tag, "v%d", i);
            tg_cache_drop(c, "a", tag, NOW, &err);
        }
        CHECK(tg_cache_trim_drops(c, &err)); /* what was deleted counts as a later one */
        CHECK(tg_cache_dropped(c, "a", "w w:1", &last) && last.seq > second);
    }
    tg_cache_close(c);
}

static void checked(void)
{
    tg_cache *c = tg_cache_open(":memory:", warning, &err);
    const int64_t place[2] = {1, 0};
    char text[] = "[1]";
    tg_stored r = {.status = 200, .at = NOW, .text = text, .text_n = 3, .checked = true}, got;
    CASE("a reply that was checked is known to be, also after a 304")
    {
        CHECK(tg_cache_put(c, "a", "op", text_of("/1"), place, "t", tg_cache_stamp(c, NULL), &r,
                           &err));
        for (int i = 0; i < 2; i++) {
            CHECK(tg_cache_get(c, "a", "op", text_of("/1"), NOW, 100, &got, &err) && got.checked);
            CHECK(got.at == NOW + i);
            tg_stored_clear(&got);
            CHECK(tg_cache_touch(c, "a", "op", text_of("/1"), NOW + 1, &err));
        }
    }
    CASE("and one that was not is not")
    {
        CHECK(put(c, "/2", "t", "[1]"));
        CHECK(tg_cache_get(c, "a", "op", text_of("/2"), NOW, 100, &got, &err) && !got.checked);
        tg_stored_clear(&got);
    }
    tg_cache_close(c);
}

/* Flip random bits of the file. A lookup must return the stored reply or none, and the next call
   must work. */
static void tipped(int rounds)
{
    static char good[1 << 18], bad[1 << 18];
    char path[200], args[20], body[600];
    unsigned seed = 3;
    int served = 0, wrong = 0, unusable = 0;
    snprintf(path, sizeof path, "%s", scratch_path("c/bits.db"));
    tg_cache *c = tg_cache_open(path, warning, &err);
    memset(body, 'x', sizeof body - 1);
    body[sizeof body - 1] = '\0';
    for (int i = 0; i < 100; i++) {
        snprintf(args, sizeof args, "/%d", i);
        put(c, args, "t u", body);
    }
    tg_cache_close(c);
    FILE *f = fopen(path, "r");
    size_t n = f ? fread(good, 1, sizeof good, f) : 0;
    if (f) fclose(f);
    for (int round = 0; round < rounds; round++) {
        memcpy(bad, good, n);
        for (int k = 0; k < 30; k++) {
            seed = seed * 1664525u + 1013904223u;
            bad[(seed >> 8) % n] ^= (char)(1 << (seed >> 5 & 7));
        }
        f = fopen(path, "w");
        if (f) fwrite(bad, 1, n, f), fclose(f);
        c = tg_cache_open(path, warning, &err);
        for (int i = 0; c && i < 100; i++) {
            tg_stored r;
            snprintf(args, sizeof args, "/%d", i);
            if (!tg_cache_get(c, "a", "op", text_of(args), NOW, 100, &r, &err)) continue;
            served++;
            wrong +=
                r.text_n != 599 || memcmp(r.text, body, 599) != 0 || r.status != 200 || r.at != NOW;
            tg_stored_clear(&r);
        }
        bool ok = c && (put(c, "/new", "t", "[1]") || put(c, "/new", "t", "[1]")) &&
                  has(c, "/new", "[1]");
        unusable += !ok;
        tg_cache_close(c);
        if (ok) continue;
        printf("# round %d: %s\n", round, err.message);
    }
    printf("# %d files: %d replies served, %d wrong, %d files unusable\n", rounds, served, wrong,
           unusable);
    CHECK(wrong == 0 && unusable == 0 && served > 0);
}

/* ------------------------------------------------------------------------------------ processes */

#define THINGS 16
static int operations = 500;
/* Shared memory: the server's version of each thing, then the count of its finished drops. */
static int64_t *versions;

/* Change a thing, then drop its tag. */
static bool write_thing(tg_cache *c, int thing)
{
    char tag[20];
    snprintf(tag, sizeof tag, "thing:%d", thing);
    __atomic_add_fetch(&versions[thing], 1, __ATOMIC_SEQ_CST);
    if (!tg_cache_drop(c, "a", tag, 0, &err)) return false;
    /* From here on no lookup may return an older version. */
    int64_t mine = __atomic_load_n(&versions[THINGS + thing], __ATOMIC_SEQ_CST), next = mine + 1;
    while (!__atomic_compare_exchange_n(&versions[THINGS + thing], &mine, next, false,
                                        __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
        next = mine + 1;
    return true;
}

/*
** Read a thing as a client does. Return -1 on an error, and 0 if the cache returned a version older
** than a change whose drop had finished before the read began. A drop is counted after its change,
** so the count is never above the version.
*/
static int read_thing(tg_cache *c, int thing)
{
    char tag[20], body[30];
    tg_stored r;
    snprintf(tag, sizeof tag, "thing:%d", thing);
    int64_t least = __atomic_load_n(&versions[THINGS + thing], __ATOMIC_SEQ_CST), got;
    if (tg_cache_get(c, "a", "op", text_of(tag), NOW, 100, &r, &err) && !r.spoiled) {
        got = atoll(r.text);
        tg_stored_clear(&r);
        return got >= least;
    }
    if (err.kind != TG_OK) return -1;
    int64_t stamp = tg_cache_stamp(c, NULL);
    got = __atomic_load_n(&versions[thing], __ATOMIC_SEQ_CST);
    if (stamp % 4 == 0) usleep(50); /* the reply is in flight */
    snprintf(body, sizeof body, "%lld", (long long)got);
    return stamp >= 0 && put_at(c, "a", "op", tag, tag, stamp, NOW, body, 1) ? 1 : -1;
}

static int hammer(int number)
{
    unsigned seed = (unsigned)number * 7919 + 1;
    tg_cache *c = tg_cache_open(scratch_path("many/cache.db"), warning, &err);
    int result = c && !*warning ? 1 : -1;
    for (int i = 0; i < operations && result == 1; i++) {
        seed = seed * 1664525u + 1013904223u;
        int thing = (int)(seed >> 9) % THINGS;
        result = (seed >> 20) % 8 == 0 ? (write_thing(c, thing) ? 1 : -1) : read_thing(c, thing);
    }
    if (result != 1)
        printf("# worker %d: %s %s\n", number, result == 0 ? "given an old version" : err.message,
               warning);
    fflush(stdout);
    tg_cache_close(c);
    return result != 1;
}

static void processes(void)
{
    versions = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CASE("8 processes: none reports a locked file, none gets an invalidated reply")
    CHECK(run_workers(8, hammer) == 0);
    munmap(versions, 4096);
}

static void files(void)
{
    CASE("a cache outlives its process, and two caches see one another")
    {
        tg_cache *a = tg_cache_open(scratch_path("c/x.db"), warning, &err);
        tg_cache *b = tg_cache_open(scratch_path("c/x.db"), warning, &err);
        CHECK(put(a, "/1", "t", "[1]") && has(b, "/1", "[1]"));
        CHECK(tg_cache_drop(b, "a", "t", 0, &err) && !has(a, "/1", "[1]"));
        CHECK(put(a, "/2", "t", "[2]"));
        tg_cache_close(a), tg_cache_close(b);
        a = tg_cache_open(scratch_path("c/x.db"), warning, &err);
        CHECK(has(a, "/2", "[2]"));
        tg_cache_close(a);
    }
    CASE("a file that was removed takes its stamps with it")
    {
        tg_cache *a = tg_cache_open(scratch_path("c/y.db"), warning, &err);
        tg_cache_drop(a, "a", "t", 0, &err);
        int64_t stamp = tg_cache_stamp(a, NULL);
        usleep(2000);
        CHECK(unlink(scratch_path("c/y.db")) == 0);
        tg_cache *b = tg_cache_open(scratch_path("c/y.db"), warning, &err);
        CHECK(tg_cache_drop(b, "a", "t", 0, &err));
        CHECK(put_at(a, "a", "op", "/1", "t", stamp, NOW, "[1]", 1) && !has(b, "/1", "[1]") &&
              !has(a, "/1", "[1]"));
        CHECK(put(a, "/1", "t", "[1]") && has(b, "/1", "[1]"));
        tg_cache_close(a), tg_cache_close(b);
    }
    CASE("a folder that cannot be written is an error")
    {
        CHECK(!tg_cache_open("/proc/nothing/cache.db", warning, &err) && err.kind == TG_E_INVALID);
    }
}

int main(int argc, char **argv)
{
    bool full = argc > 1 && strcmp(argv[1], "--full") == 0;
    if (full) operations = 10000;
    scratch_begin();
    replies();
    dropping();
    checked();
    files();
    CASE("flipped bits") tipped(full ? 1000 : 100);
    processes();
    scratch_end();
    return check_report();
}
