/*
** The folder of a server's Unix socket. A descriptor of the folder locks it for as long as the
** process lives, so that later starts can remove the folders of killed processes.
*/
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "server.h"

#define PREFIX "toggl-sandbox-"
#define SOCKET "http"
#define YOUNG  60  /* seconds; the lock of a younger folder may not be taken yet */
#define MOST   200 /* folders that one start removes, since it should be quick */

bool sb_folder_make(tg_sandbox *s, const char *base)
{
    snprintf(s->folder, sizeof s->folder, "%s/" PREFIX "XXXXXX", base);
    if (!mkdtemp(s->folder)) {
        s->folder[0] = '\0';
        return false;
    }
    snprintf(s->socket, sizeof s->socket, "%s/" SOCKET, s->folder);
    s->keeper = open(s->folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (s->keeper >= 0) flock(s->keeper, LOCK_EX | LOCK_NB);
    return true;
}

void sb_folder_remove(tg_sandbox *s)
{
    if (*s->socket) unlink(s->socket);
    if (*s->folder) rmdir(s->folder);
    if (s->keeper >= 0) close(s->keeper);
}

/* Does a process listen in the folder FD? Its lock may have failed, where the file system has
   none. */
static bool is_served(int fd)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    snprintf(at.sun_path, sizeof at.sun_path, "/proc/self/fd/%d/" SOCKET, fd);
    int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    bool refused = probe >= 0 && connect(probe, (struct sockaddr *)&at, sizeof at) != 0 &&
                   (errno == ECONNREFUSED || errno == ENOENT);
    if (probe >= 0) close(probe);
    return !refused;
}

/* Did this user's process make the folder FD, and end without removing it? */
static bool is_abandoned(int fd)
{
    struct stat st;
    return fstat(fd, &st) == 0 && st.st_uid == geteuid() && (st.st_mode & 0777) == 0700 &&
           time(NULL) - st.st_mtime > YOUNG && flock(fd, LOCK_EX | LOCK_NB) == 0 && !is_served(fd);
}

/* A folder that holds anything but the socket stays. */
static bool remove_abandoned(int base, const char *name)
{
    struct stat st;
    int fd = openat(base, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) return false;
    bool removed = is_abandoned(fd);
    if (removed && fstatat(fd, SOCKET, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISSOCK(st.st_mode))
        unlinkat(fd, SOCKET, 0);
    removed = removed && unlinkat(base, name, AT_REMOVEDIR) == 0;
    close(fd);
    return removed;
}

void sb_folders_sweep(const char *base)
{
    struct dirent *e;
    DIR *d = opendir(base);
    for (int n = 0; d && n < MOST && (e = readdir(d));) {
        if (strncmp(e->d_name, PREFIX, strlen(PREFIX)) != 0) continue;
        n += remove_abandoned(dirfd(d), e->d_name);
    }
    if (d) closedir(d);
}
