/* Errors and warnings of a store, and its waits for other processes. */
#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <time.h>

#include "clock.h"
#include "error.h"
#include "store_inside.h"

#define BACKOFF_SECONDS 10.0 /* after a failed wait, no new wait for so long */

/* No code of SQLite: it could not open a file because of the limit of descriptors. */
#define OUT_OF_FILES 200

static const struct {
    int code;
    const char *what, *advice;
} reasons[] = {
    {SQLITE_FULL, "the disk is full", "make room"},
    {SQLITE_IOERR, "the disk failed", "look at the disk: is it full?"},
    {SQLITE_READONLY, "it cannot be written", "check the rights of the file and of its folder"},
    {SQLITE_CANTOPEN, "it cannot be opened", "check the rights of the file and of its folder"},
    {OUT_OF_FILES, "too many files are open", "close some, or raise the limit with ulimit -n"},
    {SQLITE_BUSY, "another process holds it", "wait for that process, or end it"},
    {SQLITE_CORRUPT, "it is damaged", "put a sound copy in its place, or move it away"},
    {SQLITE_NOTADB, "it is not a database of this program", "name another file, or move it away"},
    {SQLITE_NOMEM, "out of memory", ""},
    {SQLITE_INTERRUPT, "interrupted", ""},
};

static tg_kind kind_of(int code)
{
    return code == SQLITE_NOMEM       ? TG_E_NOMEM
           : code == SQLITE_INTERRUPT ? TG_E_CANCELLED
                                      : TG_E_INVALID;
}

void tg_store_warn(const tg_store_options *o, char warning[300], const char *what,
                   const char *advice)
{
    if (o->cost)
        snprintf(warning, 300, "%.*s; %s%s%s", tg_error_fit(what, 180), what, o->cost,
                 *advice ? "; " : "", advice);
}

/* Warn once for each reason. Damage of a renewable file is reported when the file is
   quarantined. */
static void warn_once(tg_store *s, size_t reason)
{
    int code = reasons[reason].code;
    char what[150];
    bool told_elsewhere =
        (code == SQLITE_CORRUPT || code == SQLITE_NOTADB) && s->o.renewable && !s->replaced_once;
    /* an opening that may not wait, or a repeated failure */
    if (code == SQLITE_BUSY && s->nowait) return;
    if (s->warned & 1u << reason || *s->warning || told_elsewhere || code == SQLITE_NOMEM ||
        code == SQLITE_INTERRUPT)
        return;
    s->warned |= 1u << reason;
    snprintf(what, sizeof what, "%.*s: %s", tg_error_fit(s->name, 100), s->name,
             reasons[reason].what);
    tg_store_warn(&s->o, s->warning, what, reasons[reason].advice);
}

bool tg_store_fail(tg_store *s, int code, tg_error *err)
{
    s->code = code &= 0xff; /* the low byte of an extended code is the plain code */
    if (code == SQLITE_BUSY && tg_store_interrupted(s)) code = SQLITE_INTERRUPT;
    if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB) s->damaged = true;
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
        if (reasons[i].code != code) continue;
        warn_once(s, i);
        tg_error_set(err, kind_of(code), "%s: %s", s->name, reasons[i].what);
        bool damage = code == SQLITE_CORRUPT || code == SQLITE_NOTADB;
        tg_error_advise(err, "%s", damage && s->o.mend ? s->o.mend : reasons[i].advice);
        return false;
    }
    return tg_error_set(err, TG_E_INVALID, "%s: %s", s->name,
                        s->db ? sqlite3_errmsg(s->db) : sqlite3_errstr(code));
}

bool tg_store_error(tg_store *s, tg_error *err)
{
    int code = s->db ? sqlite3_errcode(s->db) : SQLITE_CANTOPEN;
    int why = code == SQLITE_CANTOPEN && s->db ? sqlite3_system_errno(s->db) : 0;
    return tg_store_fail(s, why == EMFILE || why == ENFILE ? OUT_OF_FILES : code, err);
}

bool tg_store_exec(tg_store *s, const char *sql, tg_error *err)
{
    return sqlite3_exec(s->db, sql, NULL, NULL, NULL) == SQLITE_OK || tg_store_error(s, err);
}

/* Random, growing naps, so that two processes do not collide again and again. The wait ends after
   the patience of the store. */
int tg_store_nap(void *ctx, int n)
{
    tg_store *s = ctx;
    unsigned r;
    double now = tg_clock_read(CLOCK_MONOTONIC);
    if (n == 0) s->busy_since = now;
    bool backs_off = s->timed_out_at > 0 && now - s->timed_out_at < BACKOFF_SECONDS;
    bool timed_out = !backs_off && now - s->busy_since >= s->patience;
    if (timed_out) s->timed_out_at = now;
    s->busy = s->nowait || backs_off || timed_out || tg_store_interrupted(s);
    if (s->busy) return 0;
    sqlite3_randomness(sizeof r, &r);
    unsigned most = n < 8 ? 100u << n : 25600u;
    nanosleep(&(struct timespec){.tv_nsec = (long)(most / 2 + r % most) * 1000}, NULL);
    return 1;
}
