/* Read files that hold secrets, and reject files that other users could read or have written. */
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ltg.h"

#define MOST     (1 << 20)
#define MOST_OWN (64 << 20) /* longest file that is run or compared, and holds no secret */

/* [-0, +2] nil and the sentence */
static int refuse(lua_State *L, const char *path, const char *why, const char *what_to_do)
{
    lua_pushnil(L);
    lua_pushfstring(L, "%s %s, and it holds secrets: it was not read; %s", path, why, what_to_do);
    return 2;
}

/* Check the open descriptor, not the path, so that the file cannot be replaced in between. A
   credential provided by the system may belong to root and be readable by a group, through which
   its user gets access. */
int ltg_refuse_loose(lua_State *L, const char *path, int fd, bool system)
{
    struct stat st;
    char command[300], why[40];
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
        return refuse(L, path, "is not a regular file", "put a file in its place");
    if (system && (st.st_uid == 0 || st.st_uid == geteuid()) && !(st.st_mode & (S_IWGRP | S_IRWXO)))
        return 0;
    if (st.st_uid != geteuid())
        return refuse(L, path, "belongs to another user", "make one of your own");
    if (!(st.st_mode & (S_IRWXG | S_IRWXO))) return 0;
    snprintf(command, sizeof command, "type: chmod 600 '%s'", path);
    snprintf(why, sizeof why, "has mode %04o", (unsigned)st.st_mode & 07777u);
    return refuse(L, path, why, command);
}

/* Is a folder of PATH a symbolic link to nothing? Then the file is not absent: its disk may not be
   mounted. */
static bool leads_nowhere(const char *path)
{
    char folder[4096];
    struct stat at;
    if (snprintf(folder, sizeof folder, "%s", path) >= (int)sizeof folder) return false;
    for (char *slash; (slash = strrchr(folder, '/')) && slash != folder;) {
        *slash = '\0';
        if (lstat(folder, &at) == 0) return stat(folder, &at) != 0;
    }
    return false;
}

/* [-0, +1] the content of the file; false: it has more than `most` bytes, or errno is not 0; the
   pushed value is meaningless. Reads one byte more than that, since the file may grow meanwhile. */
static bool push_text(lua_State *L, int fd, size_t most)
{
    luaL_Buffer b;
    char *p = luaL_buffinitsize(L, &b, most + 1);
    size_t n = 0;
    ssize_t got = 0;
    while (n <= most && (got = read(fd, p + n, most + 1 - n)) != 0) {
        if (got > 0)
            n += (size_t)got;
        else if (errno != EINTR)
            break;
    }
    int why = got < 0 ? errno : 0;
    luaL_pushresultsize(&b, n);
    errno = why;
    return n <= most && !why;
}

/* [-1, +0] __close and __gc of a descriptor */
static int close_descriptor(lua_State *L)
{
    int *fd = lua_touserdata(L, 1);
    if (*fd >= 0) close(*fd);
    *fd = -1;
    return 0;
}

int *ltg_new_descriptor(lua_State *L)
{
    int *fd = lua_newuserdatauv(L, sizeof *fd, 0);
    *fd = -1;
    if (luaL_newmetatable(L, "toggl.descriptor")) {
        lua_pushcfunction(L, close_descriptor);
        lua_setfield(L, -2, "__close");
        lua_pushcfunction(L, close_descriptor);
        lua_setfield(L, -2, "__gc");
    }
    lua_setmetatable(L, -2);
    return fd;
}

/* [-0, +2] nil and the sentence */
static int unreadable(lua_State *L, const char *path, int why)
{
    lua_pushnil(L);
    lua_pushfstring(L, "%s cannot be read: %s", path, strerror(why));
    return 2;
}

/* [-2, +0 to +2] core.read_private(path[, system]) -> text; nothing: no such file; nil, sentence:
   the file was rejected */
int ltg_read_private(lua_State *L)
{
    const char *path = luaL_checkstring(L, 1);
    lua_settop(L, 2);
    int *fd = ltg_new_descriptor(L);
    lua_toclose(L, -1);
    *fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (*fd < 0 && errno == ENOENT && leads_nowhere(path))
        return refuse(L, path, "is behind a symbolic link to nothing", "mend or remove the link");
    if (*fd < 0 && (errno == ENOENT || errno == ENOTDIR)) return 0;
    if (*fd < 0 && errno == ELOOP)
        return refuse(L, path, "is a symbolic link", "name the file itself");
    if (*fd < 0) return unreadable(L, path, errno);
    int refused = ltg_refuse_loose(L, path, *fd, lua_toboolean(L, 2));
    if (refused) return refused;
    if (push_text(L, *fd, MOST)) return 1;
    return errno ? unreadable(L, path, errno)
                 : refuse(L, path, "is larger than 1 MiB", "it should be a short text");
}

/* Why other users could decide what is in the file; NULL: they cannot. */
static const char *why_foreign(const struct stat *st)
{
    if (st->st_uid != 0 && st->st_uid != geteuid())
        return "belongs to another user, and what is in it would run as you";
    if (st->st_mode & (S_IWGRP | S_IWOTH))
        return "can be written by other users, and what is in it would run as you";
    return NULL;
}

/* [-0, +0 or +2] 0: the open file belongs to the user or root, and no other user may write to it;
   else nil and the sentence. Other users may read it. */
static int refuse_foreign(lua_State *L, const char *path, int fd, size_t *size)
{
    struct stat st;
    bool known = fstat(fd, &st) == 0;
    const char *wrong = known && S_ISDIR(st.st_mode)     ? "is a folder"
                        : !known || !S_ISREG(st.st_mode) ? "is not a regular file"
                        : st.st_size > MOST_OWN          ? "is larger than 64 MiB"
                                                         : NULL;
    const char *foreign = wrong ? NULL : why_foreign(&st);
    *size = wrong || foreign ? 0 : (size_t)st.st_size;
    if (!wrong && !foreign) return 0;
    lua_pushnil(L);
    lua_pushfstring(L, "%s %s: it was not read%s", path, wrong ? wrong : foreign,
                    foreign ? "; chown and chmod go-w make it yours" : "");
    return 2;
}

/* [-1, +0 to +2] core.read_own(path) -> text; nothing: no such file; nil, sentence: the file was
   rejected. For files that are run: checks the open descriptor, so that the file cannot be replaced
   in between. */
int ltg_read_own(lua_State *L)
{
    const char *path = luaL_checkstring(L, 1);
    int *fd = ltg_new_descriptor(L);
    lua_toclose(L, -1);
    *fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (*fd < 0 && (errno == ENOENT || errno == ENOTDIR)) return 0;
    if (*fd < 0) return unreadable(L, path, errno);
    size_t size;
    int refused = refuse_foreign(L, path, *fd, &size);
    if (refused) return refused;
    if (push_text(L, *fd, size)) return 1;
    if (errno) return unreadable(L, path, errno);
    lua_pushnil(L);
    lua_pushfstring(L, "%s grew while it was read; try again", path);
    return 2;
}

/* [-0, +0 or +1] core.home() -> the user's home folder by the password database, or nothing */
int ltg_home(lua_State *L)
{
    char text[4096];
    struct passwd user, *found = NULL;
    if (getpwuid_r(geteuid(), &user, text, sizeof text, &found) != 0 || !found) return 0;
    lua_pushstring(L, user.pw_dir);
    return 1;
}
