/* Write files that hold secrets: mode 0600 from their first byte, in folders of mode 0700, never
   through a link. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ltg.h"

#define PATH_MOST 4096

/* [-0, +2] nil and the sentence */
static int fail(lua_State *L, const char *path, const char *what)
{
    int e = errno; /* before Lua functions can change it */
    lua_pushnil(L);
    lua_pushfstring(L, "%s cannot be %s: %s", path, what, strerror(e));
    return 2;
}

static bool make_folders(const char *path)
{
    char dir[PATH_MOST];
    size_t n = strlen(path);
    if (n >= sizeof dir) {
        errno = ENAMETOOLONG;
        return false;
    }
    memcpy(dir, path, n + 1);
    for (char *p = dir + 1; (p = strchr(p, '/')); p++) {
        *p = '\0';
        if (mkdir(dir, 0700) != 0 && errno != EEXIST) return false;
        *p = '/';
    }
    return true;
}

static bool write_all(int fd, const char *p, size_t n)
{
    while (n > 0) {
        ssize_t put = write(fd, p, n);
        if (put < 0 && errno != EINTR) return false;
        if (put > 0) p += put, n -= (size_t)put;
    }
    return true;
}

/* A rename would replace a link, a pipe or a device by a file. */
static bool in_the_way(const char *path)
{
    struct stat st;
    return lstat(path, &st) == 0 && !S_ISREG(st.st_mode);
}

/* Create the file without a name until it is complete, so that a killed process leaves no copy of a
   secret; *NAMED is false then. If the file system does not support this, the file gets the name
   OTHER, which the next writer deletes. */
static int open_new(const char *path, const char *other, bool *named)
{
    char dir[PATH_MOST];
    snprintf(dir, sizeof dir, "%s", path);
    char *slash = strrchr(dir, '/');
    if (slash) slash[slash == dir] = '\0';
    unlink(other);
    int fd = open(slash ? dir : ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
    *named = fd < 0;
    return fd >= 0 ? fd : open(other, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
}

/* Put the complete file FD in the place of PATH. A link cannot replace a file, but a rename can: in
   between the file has the name OTHER, and only SIGKILL can interrupt here. */
static bool put_in_place(int fd, const char *path, const char *other, bool named)
{
    char from[40];
    sigset_t all, before;
    snprintf(from, sizeof from, "/proc/self/fd/%d", fd);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool ok = (named || linkat(AT_FDCWD, from, AT_FDCWD, other, AT_SYMLINK_FOLLOW) == 0) &&
              rename(other, path) == 0;
    int e = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = e;
    return ok;
}

static bool write_whole(const char *path, const char *other, const char *text, size_t n)
{
    bool named;
    int fd = open_new(path, other, &named);
    if (fd < 0) return false;
    bool ok = write_all(fd, text, n) && fsync(fd) == 0 && put_in_place(fd, path, other, named);
    int e = errno;
    close(fd);
    if (!ok) unlink(other);
    errno = e;
    return ok;
}

/* [-2, +1 or +2] write_private(path, text) -> true; nil, sentence. Replaces the file atomically: a
   reader sees the old or the new file, and a full disk leaves the old one. Concurrent writers must
   use lock_private, which also makes the folders. */
static int write_private(lua_State *L)
{
    size_t n;
    char other[PATH_MOST + 16];
    const char *path = luaL_checkstring(L, 1), *text = luaL_checklstring(L, 2, &n);
    if (in_the_way(path)) {
        lua_pushnil(L);
        lua_pushfstring(L, "%s is not a regular file: it was not written", path);
        return 2;
    }
    snprintf(other, sizeof other, "%s.toggl-new", path);
    if (!write_whole(path, other, text, n)) return fail(L, path, "written");
    lua_pushboolean(L, 1);
    return 1;
}

/* [-2, +1 or +2] lock_private(path[, seconds]) -> a value that holds the lock until it is closed;
   nil, sentence. Locks a file next to PATH, since writers replace PATH itself. */
static int lock_private(lua_State *L)
{
    const char *path = luaL_checkstring(L, 1);
    double left = luaL_optnumber(L, 2, 10);
    lua_settop(L, 1);
    const char *name = lua_pushfstring(L, "%s.lock", path);
    if (!make_folders(path)) return fail(L, path, "made");
    int *fd = ltg_new_descriptor(L);
    *fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
    if (*fd < 0) return fail(L, name, "opened");
    for (; flock(*fd, LOCK_EX | LOCK_NB) != 0; left -= 0.02) {
        if ((errno != EWOULDBLOCK && errno != EINTR) || left <= 0 || ltg_interrupted(L))
            return fail(L, name, "locked");
        poll(NULL, 0, 20);
    }
    return 1;
}

/* If the file is longer than MOST bytes, keep only its second half, from the start of a line. */
static bool trim(int fd, off_t most)
{
    struct stat st;
    if (most <= 0 || fstat(fd, &st) != 0 || st.st_size <= most) return true;
    size_t half = (size_t)most / 2;
    char *p = malloc(half);
    ssize_t n = p ? pread(fd, p, half, st.st_size - (off_t)half) : -1;
    char *line = n > 0 ? memchr(p, '\n', (size_t)n) : NULL;
    bool ok =
        !line || (ftruncate(fd, 0) == 0 && write_all(fd, line + 1, (size_t)(p + n - line - 1)));
    free(p);
    return ok;
}

/* [-3, +1 or +2] append_private(path, text[, most]) -> true; nil, sentence. Takes a lock, so that
   lines of concurrent writers do not mix. */
static int append_private(lua_State *L)
{
    size_t n;
    const char *path = luaL_checkstring(L, 1), *text = luaL_checklstring(L, 2, &n);
    off_t most = (off_t)luaL_optinteger(L, 3, 0);
    if (!make_folders(path)) return fail(L, path, "made");
    int *owner = ltg_new_descriptor(L);
    lua_toclose(L, -1);
    int fd = *owner =
        open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
    if (fd < 0) return fail(L, path, "written");
    int refused = ltg_refuse_loose(L, path, fd, false);
    bool ok = !refused && flock(fd, LOCK_EX) == 0 && trim(fd, most) && write_all(fd, text, n);
    int e = errno;
    close(fd); /* also releases the lock */
    *owner = -1;
    errno = e;
    if (refused) return refused;
    if (!ok) return fail(L, path, "written");
    lua_pushboolean(L, 1);
    return 1;
}

/* [-1, +0 or +1] file_mark(path) -> size and time of the last change, as one text that differs when
   the file does; nothing: no file */
static int file_mark(lua_State *L)
{
    struct stat st;
    if (stat(luaL_checkstring(L, 1), &st) != 0) return 0;
    lua_pushfstring(L, "%I.%I.%I", (LUAI_UACINT)st.st_size, (LUAI_UACINT)st.st_mtim.tv_sec,
                    (LUAI_UACINT)st.st_mtim.tv_nsec);
    return 1;
}

/* [-1 or -2, +0 or +1] path_fault(path, folder) -> why PATH is not a readable file, or folder;
   nothing: it is one */
static int path_fault(lua_State *L)
{
    int e = ltg_fault_of(luaL_checkstring(L, 1), lua_toboolean(L, 2));
    if (e) lua_pushstring(L, strerror(e));
    return e != 0;
}

void ltg_open_private(lua_State *L)
{
    static const luaL_Reg functions[] = {{"home", ltg_home},
                                         {"write_private", write_private},
                                         {"append_private", append_private},
                                         {"lock_private", lock_private},
                                         {"file_mark", file_mark},
                                         {"path_fault", path_fault},
                                         {NULL, NULL}};
    luaL_setfuncs(L, functions, 0);
}
