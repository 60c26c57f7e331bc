/*
** Suspended connections: they wait for the end of a latency, or for the next slow byte.
*/
#include "server.h"

#include <time.h>

uint64_t sb_monotonic(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

void sb_wait(tg_sandbox *s, sb_connection *x, long ms)
{
    x->due = sb_monotonic() + (uint64_t)ms;
    sb_connection **at = &s->due;
    while (*at && (*at)->due <= x->due) at = &(*at)->next;
    x->next = *at;
    *at = x;
    MHD_suspend_connection(x->mhd);
}

void sb_unwait(tg_sandbox *s, sb_connection *x)
{
    if (!x->due) return;
    for (sb_connection **at = &s->due; *at; at = &(*at)->next)
        if (*at == x) {
            *at = x->next;
            break;
        }
    x->due = 0;
}

/* Resume the connections due before `until`. */
void sb_resume_due(tg_sandbox *s, uint64_t until)
{
    while (s->due && s->due->due <= until) {
        sb_connection *x = s->due;
        sb_unwait(s, x);
        MHD_resume_connection(x->mhd);
    }
}
