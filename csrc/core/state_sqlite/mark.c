/* The time of the last recorded change, as the modification time of an empty file next to
   state.db. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "state_inside.h"

#define MARGIN 1.0 /* seconds; file systems keep coarser times than clocks */

/* False: the state is in memory, or its path is too long. */
static bool mark_of(const char *path, char mark[4096])
{
    int n = path ? snprintf(mark, 4096, "%s-changed", path) : 0;
    return n > 0 && n < 4096 && path[0] == '/';
}

void tg_state_mark(const char *path)
{
    char mark[4096];
    if (!mark_of(path, mark)) return;
    int fd = open(mark, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0) return;
    futimens(fd, NULL);
    close(fd);
}

bool tg_state_sqlite_changed(const char *path, double since)
{
    char mark[4096];
    struct stat s;
    if (!mark_of(path, mark)) return true;
    if (stat(mark, &s) != 0) return errno != ENOENT; /* no change was ever recorded */
    return (double)s.st_mtim.tv_sec + (double)s.st_mtim.tv_nsec / 1e9 + MARGIN >= since;
}
