#include "process.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The first bytes of a file of /proc, as a string; empty: no such file. */
static void read_start(const char *path, char *out, size_t size)
{
    FILE *f = fopen(path, "re");
    size_t n = f ? fread(out, 1, size - 1, f) : 0;
    out[n] = '\0';
    if (f) fclose(f);
}

static void read_boot(char boot[37])
{
    read_start("/proc/sys/kernel/random/boot_id", boot, 37);
}

/*
** The 22nd field of /proc/PID/stat; 0: no such process. The second field is the name, which may
** hold spaces and brackets. The third is the state: a zombie or a dead process sends nothing,
** although its parent may never wait for it.
*/
static int64_t start_of(int64_t pid)
{
    char path[40], text[1024];
    snprintf(path, sizeof path, "/proc/%" PRId64 "/stat", pid);
    read_start(path, text, sizeof text);
    char *p = strrchr(text, ')');
    if (p && (strncmp(p, ") Z", 3) == 0 || strncmp(p, ") X", 3) == 0)) return 0;
    for (int i = 2; p && i < 22; i++)
        if ((p = strchr(p, ' '))) p++;
    return p ? strtoll(p, NULL, 10) : 0;
}

void tg_process_self(tg_process *p)
{
    p->pid = getpid();
    p->started = start_of(p->pid);
    read_boot(p->boot);
}

bool tg_process_runs(const tg_process *p)
{
    char boot[37];
    read_boot(boot);
    return p->started > 0 && *p->boot && strcmp(boot, p->boot) == 0 &&
           start_of(p->pid) == p->started;
}
