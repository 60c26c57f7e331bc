/* Times of changes: see state.h. */
#include "state_inside.h"

#define SKEW_SECONDS 60.0 /* longest difference between the clocks of processes */

/* The next of the space-separated tags. */
static bool next_tag(const char **at, tg_text *tag)
{
    while (**at == ' ') ++*at;
    tag->p = *at;
    while (**at && **at != ' ') ++*at;
    tag->n = (size_t)(*at - tag->p);
    return tag->n > 0;
}

static sqlite3_stmt *use(tg_state *s, int number, const char *account, double time, tg_error *err)
{
    sqlite3_stmt *st = tg_state_use(s, number, account, err);
    if (st) sqlite3_bind_double(st, 2, time);
    return st;
}

static void bind_tag(sqlite3_stmt *st, int index, tg_text tag)
{
    sqlite3_bind_text64(st, index, tag.p, tag.n, SQLITE_STATIC, SQLITE_UTF8);
}

static bool for_tag(tg_state *s, int number, const char *account, tg_text tag, double time,
                    tg_error *err)
{
    sqlite3_stmt *st = use(s, number, account, time, err);
    if (st) bind_tag(st, 3, tag);
    return st && tg_store_run(tg_state_sqlite_store(s), st, err);
}

/* Also for the tag '', the last change of any tag. */
static bool for_tags(tg_state *s, int number, const char *account, const char *tags, double time,
                     tg_error *err)
{
    tg_text tag = {"", 0};
    if (!s->api->begin(s, err)) return false;
    bool ok = for_tag(s, number, account, tag, time, err);
    while (ok && next_tag(&tags, &tag)) ok = for_tag(s, number, account, tag, time, err);
    if (ok) return s->api->commit(s, err);
    s->api->rollback(s);
    return false;
}

static bool note(tg_state *s, const char *account, const char *tags, double now, tg_error *err)
{
    /* before the record: a reader that sees no new time does not look for the record */
    tg_state_mark(tg_store_path(tg_state_sqlite_store(s)));
    return for_tags(s, TG_CHANGES_NOTE, account, tags, now, err);
}

static void take_back(tg_state *s, const char *account, const char *tags, double at)
{
    for_tags(s, TG_CHANGES_TAKE_BACK, account, tags, at, NULL);
}

/* The first column of the only row, or 0 without a row. Ends the statement. */
static double time_of(sqlite3_stmt *st)
{
    double at = sqlite3_step(st) == SQLITE_ROW ? sqlite3_column_double(st, 0) : 0;
    tg_store_done(st);
    return at;
}

static double any(tg_state *s, const char *account, double now)
{
    sqlite3_stmt *st = tg_state_use(s, TG_CHANGES_ANY, account, NULL);
    double at = st ? time_of(st) : 0;
    return at > now + SKEW_SECONDS ? now : at;
}

/* Look up to TG_CHANGES_TAGS of TAGS at once; unbound parameters match nothing. */
static double last_of_some(tg_state *s, const char *account, const char **tags, double until)
{
    tg_text tag;
    sqlite3_stmt *st = use(s, TG_CHANGES_LAST, account, until, NULL);
    if (!st) return 0;
    for (int i = 0; i < TG_CHANGES_TAGS && next_tag(tags, &tag); i++) bind_tag(st, 3 + i, tag);
    return time_of(st);
}

static double other_of(tg_state *s, const char *account, tg_text tag, double at, double until)
{
    sqlite3_stmt *st = use(s, TG_CHANGES_OTHER, account, until, NULL);
    if (!st) return 0;
    bind_tag(st, 3, tag);
    sqlite3_bind_double(st, 4, at);
    return time_of(st);
}

static double other(tg_state *s, const char *account, const char *tags, double at, double now)
{
    tg_text tag;
    double latest = 0;
    while (next_tag(&tags, &tag)) {
        double here = other_of(s, account, tag, at, now + SKEW_SECONDS);
        if (here > latest) latest = here;
    }
    return latest;
}

static double last(tg_state *s, const char *account, const char *tags, double now)
{
    double latest = 0;
    while (*tags) {
        double at = last_of_some(s, account, &tags, now + SKEW_SECONDS);
        if (at > latest) latest = at;
        while (*tags == ' ') tags++;
    }
    return latest;
}

const tg_change_rows tg_change_rows_sqlite = {.note = note,
                                              .take_back = take_back,
                                              .last = last,
                                              .other = other,
                                              .any = any};
