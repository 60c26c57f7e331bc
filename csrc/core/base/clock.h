/* The clocks of the system. */
#ifndef TG_CLOCK_H
#define TG_CLOCK_H

#include <time.h>

/* Seconds of CLOCK_REALTIME or CLOCK_MONOTONIC. Inline, since the transport and the binding use the
   same clock but link no part of this folder. */
static inline double tg_clock_read(clockid_t id)
{
    struct timespec t;
    clock_gettime(id, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

#endif
