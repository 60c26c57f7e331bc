/* Reads files that hold secrets, and refuses those that others could read or have put there. */
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ltg.h"

#define MOST (1 << 20)

/* [-0, +2] nil and the sentence */
static int refuse(lua_State *L, const char *path, const char *why, const char *what_to_do)
{
    lua_pushnil(L);
    lua_pushfstring(L, "%s %s, and it holds secrets: it was not read; %s", path, why, what_to_do);
    return 2;
}

/* Judges the open file, not its name, so that it cannot be exchanged in between. A credential that
   the system hands out ** may belong to root and be readable by a group, through which it is given
   to its user. */
int ltg_refuse_loose(lua_State *L, const char *path, int fd, bool system)
{
    struct stat st;
    char command[300], why[40];
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
        return refuse(L, path, "is no plain file", "put a file there");
    if (system && (st.st_uid == 0 || st.st_uid == geteuid()) && !(st.st_mode & (S_IWGRP | S_IRWXO)))
        return 0;
    if (st.st_uid != geteuid())
        return refuse(L, path, "belongs to another user", "make one of your own");
    if (!(st.st_mode & (S_IRWXG | S_IRWXO))) return 0;
    snprintf(command, sizeof command, "type: chmod 600 '%s'", path);
    snprintf(why, sizeof why, "has mode %04o", (unsigned)st.st_mode & 07777u);
    return refuse(L, path, why, command);
}

/* [-0, +1] what is in the file; false: it has more than MOST bytes, and nothing was pushed that
   counts. One byte more ** than that is asked for, since the file may grow while it is read. */
static bool push_text(lua_State *L, int fd)
{
    luaL_Buffer b;
    char *p = luaL_buffinitsize(L, &b, MOST + 1);
    size_t n = 0;
    ssize_t got;
    while (n <= MOST && (got = read(fd, p + n, MOST + 1 - n)) != 0) {
        if (got > 0)
            n += (size_t)got;
        else if (errno != EINTR)
            break;
    }
    luaL_pushresultsize(&b, n);
    return n <= MOST;
}

static int close_later(lua_State *L)
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
        lua_pushcfunction(L, close_later);
        lua_setfield(L, -2, "__close");
        lua_pushcfunction(L, close_later);
        lua_setfield(L, -2, "__gc");
    }
    lua_setmetatable(L, -2);
    return fd;
}

/* core.read_private(path[, system]) -> text; nil: no such file; nil, sentence: it is there and was
   refused */
int ltg_read_private(lua_State *L)
{
    const char *path = luaL_checkstring(L, 1);
    lua_settop(L, 2);
    int *fd = ltg_new_descriptor(L);
    lua_toclose(L, -1);
    *fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (*fd < 0 && (errno == ENOENT || errno == ENOTDIR)) return 0;
    if (*fd < 0 && errno == ELOOP)
        return refuse(L, path, "is a symbolic link", "name the file itself");
    if (*fd < 0) {
        lua_pushnil(L);
        lua_pushfstring(L, "%s cannot be read: %s", path, strerror(errno));
        return 2;
    }
    int refused = ltg_refuse_loose(L, path, *fd, lua_toboolean(L, 2));
    if (refused) return refused;
    return push_text(L, *fd) ? 1
                             : refuse(L, path, "is larger than 1 MiB", "it should be a short text");
}

/* core.home() -> the home folder of the user by the password database, or nil */
int ltg_home(lua_State *L)
{
    char text[4096];
    struct passwd user, *found = NULL;
    if (getpwuid_r(geteuid(), &user, text, sizeof text, &found) != 0 || !found) return 0;
    lua_pushstring(L, user.pw_dir);
    return 1;
}
