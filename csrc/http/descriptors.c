/*
** libcurl wakes a waiting handle through a socket pair that it creates without close-on-exec. Its
** interface does not reveal the pair, but a wakeup does: one byte waits in one socket, sent by the
** other.
*/
#include "slot.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

/* most such sockets to examine; a host with more open to its children does not set close-on-exec */
#define MOST 64

typedef struct pair_end {
    int fd, waiting, sent;
} pair_end;

static bool is_open_to_children(int fd)
{
    int domain = 0, flags = fcntl(fd, F_GETFD);
    socklen_t n = sizeof domain;
    if (flags < 0 || flags & FD_CLOEXEC) return false;
    return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &n) == 0 && domain == AF_UNIX;
}

static void look(pair_end *e)
{
    e->waiting = e->sent = 0;
    ioctl(e->fd, FIONREAD, &e->waiting);
    ioctl(e->fd, SIOCOUTQ, &e->sent);
}

static size_t find_ends(pair_end *ends)
{
    DIR *dir = opendir("/proc/self/fd");
    struct dirent *entry;
    size_t n = 0;
    while (dir && n < MOST && (entry = readdir(dir))) {
        int fd = atoi(entry->d_name);
        if (entry->d_name[0] == '.' || !is_open_to_children(fd)) continue;
        ends[n].fd = fd;
        look(&ends[n++]);
    }
    if (dir) closedir(dir);
    return n;
}

void tg_http_hide_wakeup(CURLM *multi)
{
    pair_end ends[MOST];
    size_t n = find_ends(ends);
    if (n == 0 || curl_multi_wakeup(multi) != CURLM_OK) return;
    for (size_t i = 0; i < n; i++) {
        pair_end before = ends[i];
        look(&ends[i]);
        bool woken =
            ends[i].waiting == before.waiting + 1 || (before.sent == 0 && ends[i].sent > 0);
        if (woken) fcntl(ends[i].fd, F_SETFD, FD_CLOEXEC);
    }
    curl_multi_poll(multi, NULL, 0, 0, NULL); /* reads the byte again */
}
