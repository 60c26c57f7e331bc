/* Random draws, and the log of events. */
#include "world.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sandbox/fault.h"

sim_world *sim_the_world;

/* ------------------------------------------------------------------------------- chance, events */

uint64_t sim_draw(sim_world *w, uint64_t most)
{
    return sb_mix(w->seed, 99, w->draws++) % most;
}

uint64_t sim_chance(uint64_t most)
{
    return sim_draw(sim_the_world, most);
}

bool sim_has(const sim_world *w, sim_fault fault)
{
    return w->faults & 1u << fault;
}

static void add_line(sim_world *w, const char *line)
{
    size_t n = strlen(line);
    if (w->log_size + n + 2 > w->log_room) {
        size_t room = (w->log_room + n + 2) * 2;
        sim_memory *before = sim_memory_use(NULL);
        char *grown = realloc(w->log, room);
        sim_memory_use(before);
        if (!grown) abort();
        w->log = grown;
        w->log_room = room;
    }
    memcpy(w->log + w->log_size, line, n + 1);
    w->log_size += n;
}

void sim_say(sim_world *w, const char *form, ...)
{
    char line[700], *end = line + sizeof line - 2;
    int n = snprintf(line, sizeof line, "%10.3f  ", w->time - SIM_START);
    va_list arguments;
    va_start(arguments, form);
    vsnprintf(line + n, sizeof line - (size_t)n - 1, form, arguments);
    va_end(arguments);
    *end = '\0';
    add_line(w, line);
    add_line(w, "\n");
}

void sim_violate(sim_world *w, const char *form, ...)
{
    char text[sizeof w->violation];
    va_list arguments;
    va_start(arguments, form);
    vsnprintf(text, sizeof text, form, arguments);
    va_end(arguments);
    sim_say(w, "VIOLATION: %s", text);
    if (!*w->violation) memcpy(w->violation, text, sizeof text);
}
