/* The beginning of a world, random draws, and the log of events. */
#include "world.h"

#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sandbox/fault.h"
#include "state_sqlite/journal_sqlite.h"
#include "state_sqlite/state_sqlite.h"

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

/* -------------------------------------------------------------------------------- the beginning */

static double world_time(void *unused)
{
    (void)unused;
    return sim_the_world ? sim_the_world->time : SIM_START;
}

/* Return the server: one for all seeds, reset for each. */
static sb_engine *server(void)
{
    static sb_engine *engine;
    char error[300];
    if (!engine) {
        sb_engine_options o = {.people = 12, .seed = 1, .secret = 5, .clock = world_time};
        engine = sb_engine_new(&o, error, sizeof error);
        if (!engine || !sb_engine_mark(engine)) {
            fprintf(stderr, "sim: no server: %s\n", error);
            exit(2);
        }
    }
    if (!sb_engine_rewind(engine)) exit(2);
    return engine;
}

/* Create databases by the core once; most seeds copy them to their machines. */
static void make_templates(void)
{
    tg_error err;
    char path[40];
    static bool made;
    if (made) return;
    made = true;
    snprintf(path, sizeof path, "/%d/state.db", SIM_TEMPLATE);
    tg_state *s = tg_state_sqlite(path, NULL, &err);
    snprintf(path, sizeof path, "/%d/journal.db", SIM_TEMPLATE);
    tg_journal *j = tg_journal_sqlite(path, &err);
    if (!s || !j) {
        fprintf(stderr, "sim: no databases: %s\n", err.message);
        exit(2);
    }
    s->api->close(s);
    j->api->close(j);
}

void sim_begin(sim_world *w, uint64_t seed)
{
    sim_process kept[SIM_PROCESSES]; /* stacks and memory are reused */
    memcpy(kept, w->processes, sizeof kept);
    *w = (sim_world){.seed = seed, .time = SIM_START};
    for (int i = 0; i < SIM_PROCESSES; i++)
        w->processes[i] = (sim_process){.stack = kept[i].stack, .memory = kept[i].memory};
    sim_the_world = NULL;
    make_templates();
    w->engine = server();
    for (int i = 0; i < SIM_MACHINES; i++) sim_disk_clear(i);
    sim_the_world = w;
    sqlite3_randomness(0, NULL); /* reseeds SQLite's generator from the seed */
    if (!sb_engine_secret(w->engine, NULL, "token", w->token, sizeof w->token) ||
        !sb_engine_secret(w->engine, "ann@example.com", "token", w->other_token,
                          sizeof w->other_token))
        exit(2);
}
