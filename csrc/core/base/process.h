/* A process as other processes identify it: by its PID, its start and the boot. */
#ifndef TG_PROCESS_H
#define TG_PROCESS_H

#include <stdbool.h>
#include <stdint.h>

typedef struct tg_process {
    int64_t pid, started; /* clock ticks from the boot to its start; 0: not known */
    char boot[37];        /* the kernel's id of this boot; empty: not known */
} tg_process;

void tg_process_self(tg_process *p);
/* Does the process run? False also for a process of another machine or boot. */
bool tg_process_runs(const tg_process *p);

#endif
