/* Quota windows as the processes of the world know them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "world.h"

/* Write the quota window that a target spends: of an organization, a workspace or the caller. */
static void place_of(const char *target, char *place, size_t size)
{
    static const char *const starts[] = {"/api/v9/organizations/", "/api/v9/workspaces/"};
    snprintf(place, size, "own");
    for (int i = 0; i < 2; i++) {
        const char *rest = target + strlen(starts[i]);
        size_t n =
            strncmp(target, starts[i], strlen(starts[i])) == 0 ? strspn(rest, "0123456789") : 0;
        if (n) snprintf(place, size, "%c%.*s", starts[i][8], (int)n, rest);
    }
}

static sim_window *window_of(sim_process *p, const char *target)
{
    char place[64];
    place_of(target, place, sizeof place);
    for (int i = 0; i < 8; i++) {
        sim_window *c = &p->closed[i];
        if (!*c->place) snprintf(c->place, sizeof c->place, "%s", place);
        if (strcmp(c->place, place) == 0) return c;
    }
    return &p->closed[0];
}

static double header_number(const sim_flight *f, const char *name)
{
    const char *at = strstr(f->headers, name);
    return at ? atof(at + strlen(name) + 2) : -1;
}

void sim_forget_windows(sim_world *w, int machine)
{
    for (sim_process *p = w->processes; p < w->processes + SIM_PROCESSES; p++)
        if (p->machine == machine) memset(p->closed, 0, sizeof p->closed);
}

/* Mark the window of TARGET as open. A workspace's window is that of its organization; the world
   has one organization. */
static void open_window(sim_process *p, const char *target)
{
    sim_window *window = window_of(p, target);
    window->until = 0;
    for (int i = 0; i < 8 && *window->place == 'w'; i++)
        if (*p->closed[i].place == 'o') p->closed[i].until = 0;
}

/* Update what the process knows of the window from a reply. A success, or a count of requests left,
   shows that the window is open. */
void sim_learn(sim_world *w, const sim_flight *f)
{
    sim_window *window = window_of(f->process, f->target);
    double left = header_number(f, "x-toggl-quota-remaining"),
           resets = header_number(f, "x-toggl-quota-resets-in");
    bool open = f->status < 300 || left > 0;
    for (int i = 0; i < SIM_PROCESSES && open; i++)
        if (w->processes[i].machine == f->process->machine) /* they share a state file */
            open_window(&w->processes[i], f->target);
    if (f->status != 402 || left > 0 || resets <= 0) return;
    window->until = w->time + resets;
}

void sim_check_window(sim_world *w, const sim_flight *f)
{
    const sim_window *c = window_of(f->process, f->target);
    if (w->time < c->until - 1)
        sim_violate(w, "admin %d sends to the window %s, which is closed for another %.0f seconds",
                    f->actor + 1, c->place, c->until - w->time);
}
