/* The time of the last recorded change, as the modification time of an empty file next to
   state.db. */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "state_inside.h"

#define MARGIN 1.0 /* seconds; file systems keep coarser times than clocks */

/* False: the state is in memory, or its path is too long. A relative PATH starts at the present
   folder, as that of the database does when it is opened. */
static bool mark_of(const char *path, char mark[4096])
{
    static const char end[] = "-changed";
    size_t n = path ? strlen(path) : 0;
    if (!path || strcmp(path, ":memory:") == 0 || n + sizeof end > 4096) return false;
    memcpy(mark, path, n);
    memcpy(mark + n, end, sizeof end);
    return true;
}

void tg_state_mark(const char *path)
{
    char mark[4096];
    if (!mark_of(path, mark)) return;
    /* mostly it is there; this works without a free descriptor, too */
    if (utimensat(AT_FDCWD, mark, NULL, AT_SYMLINK_NOFOLLOW) == 0) return;
    int fd = open(mark, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0) return;
    futimens(fd, NULL);
    close(fd);
}

/* Create an empty file with a time before every record. It gets its name with that time, and only
   if there is none: a record by another process meanwhile is not lost. */
static bool link_old(const char *mark)
{
    static const struct timespec old[2] = {{.tv_sec = 0}, {.tv_sec = 0}};
    char folder[4096], own[64];
    const char *slash = strrchr(mark, '/');
    snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - mark + 1) : 1,
             slash ? mark : ".");
    int fd = open(folder, O_WRONLY | O_TMPFILE | O_CLOEXEC, 0600);
    if (fd < 0) return false;
    snprintf(own, sizeof own, "/proc/self/fd/%d", fd);
    bool linked =
        futimens(fd, old) == 0 && linkat(AT_FDCWD, own, AT_FDCWD, mark, AT_SYMLINK_FOLLOW) == 0;
    bool there = linked || errno == EEXIST;
    close(fd);
    return there;
}

void tg_state_mark_first(const char *path, bool is_new)
{
    char mark[4096];
    struct stat s;
    if (!mark_of(path, mark) || stat(mark, &s) == 0 || errno != ENOENT) return;
    if (!is_new || !link_old(mark)) tg_state_mark(path);
}

double tg_state_sqlite_marked(const char *path)
{
    char mark[4096];
    struct stat s;
    if (!mark_of(path, mark)) return INFINITY;
    if (lstat(mark, &s) == 0)
        return (double)s.st_mtim.tv_sec + (double)s.st_mtim.tv_nsec / 1e9 + MARGIN;
    /* without a database no change was ever recorded; one without its mark may have some */
    return errno != ENOENT || stat(path, &s) == 0 || errno != ENOENT ? INFINITY : 0;
}
