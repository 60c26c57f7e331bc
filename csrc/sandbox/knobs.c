/*
** Knobs at run time: one table, set from C, from Lua, or over HTTP by the administrator at
** /sandbox/control.
*/
#include "knobs.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "fault.h"

static const struct {
    const char *name;
    bool real;
    size_t at; /* in sb_knobs */
    double least;
} knobs[] = {
    {"latency", false, offsetof(sb_knobs, latency), 0},
    {"page_cap", false, offsetof(sb_knobs, page_cap), 0},
    {"quota", false, offsetof(sb_knobs, quota), 0},
    {"user_quota", false, offsetof(sb_knobs, user_quota), 0},
    {"slow", false, offsetof(sb_knobs, slow), 0},
    {"cut", false, offsetof(sb_knobs, cut), -1},
    {"etag", false, offsetof(sb_knobs, etag), 0},
    {"idle", false, offsetof(sb_knobs, idle), 0},
    {"redirect_port", false, offsetof(sb_knobs, redirect_port), 1},
    {"visible_after", true, offsetof(sb_knobs, visible_after), 0},
    {"gone_after", true, offsetof(sb_knobs, gone_after), 0},
    {"rate", true, offsetof(sb_knobs, rate), 0},
    {"retry_after", true, offsetof(sb_knobs, retry_after), 0},
};

static bool set_number(sb_knobs *k, size_t i, const char *value, char *error, size_t size)
{
    char *end;
    if (strcmp(value, "true") == 0) value = "1";
    if (strcmp(value, "false") == 0) value = "0";
    double number = strtod(value, &end);
    if (end == value || *end || !(number >= knobs[i].least && number < 1e9)) {
        snprintf(error, size, "%s: '%s' is not a number from %g up", knobs[i].name, value,
                 knobs[i].least);
        return false;
    }
    void *at = (char *)k + knobs[i].at;
    if (knobs[i].real)
        *(double *)at = number;
    else
        *(long *)at = (long)number;
    return true;
}

static bool set_plan(sb_engine *e, const char *value, char *error, size_t size)
{
    static const char *const plans[] = {"free", "starter", "premium"};
    if (!*value || strcmp(value, "none") == 0 || strcmp(value, "false") == 0) {
        *e->knobs.plan = '\0';
        return true;
    }
    for (int i = 0; i < 3; i++)
        if (strcmp(plans[i], value) == 0) {
            snprintf(e->knobs.plan, sizeof e->knobs.plan, "%s", value);
            return true;
        }
    snprintf(error, size, "plan: '%s' is not free, starter, premium or none", value);
    return false;
}

static bool advance(sb_engine *e, const char *value, char *error, size_t size)
{
    char *end;
    double seconds = strtod(value, &end);
    if (end == value || *end || !(seconds >= 0 && seconds < 1e9)) {
        snprintf(error, size, "advance: '%s' is not a number of seconds from 0 up", value);
        return false;
    }
    e->knobs.advance += seconds;
    return true;
}

bool sb_knob(sb_engine *e, const char *what, const char *value, char *error, size_t size)
{
    if (strcmp(what, "plan") == 0) return set_plan(e, value, error, size);
    if (strcmp(what, "advance") == 0) return advance(e, value, error, size);
    if (strcmp(what, "fault") == 0) return sb_fault_add(e, value, error, size);
    if (strcmp(what, "clear") == 0) {
        e->fault_count = 0;
        return true;
    }
    for (size_t i = 0; i < sizeof knobs / sizeof *knobs; i++)
        if (strcmp(knobs[i].name, what) == 0) return set_number(&e->knobs, i, value, error, size);
    snprintf(error, size, "there is no knob '%s'", what);
    return false;
}
