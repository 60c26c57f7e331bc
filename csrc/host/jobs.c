/*
** Jobs: the scripts that togglsh finds by a name alone. A script that runs without its path being
** typed must come from the user or the system. A job is read through the same descriptor that is
** checked, so that its file cannot be replaced in between, and a FIFO or a device with the name of
** a job does not block.
*/
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host.h"

#define MOST (4 << 20) /* longest job, in bytes */

/* --------------------------------------------------------------------------------------- checks */

/* [-0, +1] push TEXT quoted as one shell word */
static const char *push_quoted(lua_State *L, const char *text)
{
    lua_pushfstring(L, "'%s'", luaL_gsub(L, text, "'", "'\\''"));
    lua_remove(L, -2);
    return lua_tostring(L, -1);
}

/* [-0, +2] push nil and the sentence; COMMAND is a format for the path */
static int refuse(lua_State *L, const char *path, const char *why, const char *command)
{
    const char *file = push_quoted(L, path);
    lua_pushnil(L);
    lua_pushfstring(L, "%s %s, and what is in it would run as you: it was not run; ", path, why);
    lua_pushfstring(L, command, file);
    lua_concat(L, 2);
    return 2;
}

static int refuse_owner(lua_State *L, const char *path, uid_t owner)
{
    struct passwd *me = getpwuid(geteuid()), *other;
    const char *command =
        lua_pushfstring(L, "if you trust it, type: chown %s %%s", me ? me->pw_name : "$(id -u)");
    const char *why = (other = getpwuid(owner))
                          ? lua_pushfstring(L, "belongs to %s", other->pw_name)
                          : lua_pushfstring(L, "belongs to user %I", (LUAI_UACINT)owner);
    return refuse(L, path, why, command);
}

/* The owner must be the user, root, or the owner of LIKE (NULL: none); other users may write to it
   only if they may write to LIKE. [-0, +0 or +2] 0: accepted; else nil and the sentence */
static int check(lua_State *L, const char *path, const struct stat *st, const struct stat *like)
{
    mode_t loose = st->st_mode & (S_IWGRP | S_IWOTH);
    if (st->st_uid != 0 && st->st_uid != geteuid() && !(like && st->st_uid == like->st_uid))
        return refuse_owner(L, path, st->st_uid);
    if (like) loose &= ~like->st_mode;
    if (!loose) return 0;
    const char *who = loose & S_IWOTH ? "others" : "its group";
    return refuse(L, path, lua_pushfstring(L, "can be written by %s", who), "type: chmod go-w %s");
}

/* Check the folders of PATH the same way, LEVELS of them. */
static int judge_folders(lua_State *L, const char *path, int levels, const struct stat *like)
{
    struct stat st;
    char *dir = lua_newuserdatauv(L, strlen(path) + 1, 0);
    strcpy(dir, path);
    for (; levels > 0; levels--) {
        char *slash = strrchr(dir, '/');
        if (!slash || slash == dir) return 0;
        *slash = '\0';
        int n = stat(dir, &st) == 0 ? check(L, dir, &st, like) : 0;
        if (n) return n;
    }
    return 0;
}

/* -------------------------------------------------------------------------------------- reading */

/* [-1, +0] for __close and __gc */
static int close_descriptor(lua_State *L)
{
    int *fd = lua_touserdata(L, 1);
    if (*fd >= 0) close(*fd);
    *fd = -1;
    return 0;
}

/* [-0, +1] push a descriptor, -1 at first; it is closed with the value, also by an error */
static int *push_descriptor(lua_State *L)
{
    int *fd = lua_newuserdatauv(L, sizeof *fd, 0);
    *fd = -1;
    if (luaL_newmetatable(L, "togglsh.descriptor")) {
        lua_pushcfunction(L, close_descriptor);
        lua_setfield(L, -2, "__close");
        lua_pushcfunction(L, close_descriptor);
        lua_setfield(L, -2, "__gc");
    }
    lua_setmetatable(L, -2);
    lua_toclose(L, -1);
    return fd;
}

/* [-0, +1] push the text of SIZE bytes, or as much as the file has */
static void push_text(lua_State *L, int fd, size_t size)
{
    luaL_Buffer b;
    char *p = luaL_buffinitsize(L, &b, size);
    size_t n = 0;
    for (ssize_t got = 1; n < size && got > 0; n += got > 0 ? (size_t)got : 0)
        while ((got = read(fd, p + n, size - n)) < 0 && errno == EINTR) continue;
    luaL_pushresultsize(&b, n);
}

/* [-2, +0 to +2] */
int host_job(lua_State *L)
{
    struct stat st, own, *like = NULL;
    const char *path = luaL_checkstring(L, 1), *sample = lua_tostring(L, 2);
    if (sample && stat(sample, &own) == 0) like = &own;
    int *fd = push_descriptor(L);
    *fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (*fd < 0 && (errno == ENOENT || errno == ENOTDIR)) return 0;
    if (*fd >= 0 && fstat(*fd, &st) == 0 && S_ISDIR(st.st_mode)) return 0;
    if (*fd < 0 || fstat(*fd, &st) != 0) {
        lua_pushnil(L);
        lua_pushfstring(L, "%s cannot be read: %s", path, strerror(errno));
        return 2;
    }
    int n = judge_folders(L, path, like ? 1 : 2, like);
    if (!n && !S_ISREG(st.st_mode)) n = refuse(L, path, "is not a plain file", "type: rm %s");
    if (!n) n = check(L, path, &st, like);
    if (!n && st.st_size > MOST)
        n = refuse(L, path, "is longer than 4 MiB", "call it by its path: togglsh %s");
    if (n) return n;
    push_text(L, *fd, (size_t)st.st_size);
    return 1;
}

int host_read_job(lua_State *L, const char *path)
{
    int top = lua_gettop(L);
    lua_pushcfunction(L, host_job);
    lua_pushstring(L, path);
    lua_call(L, 1, LUA_MULTRET);
    return lua_gettop(L) - top;
}

/* --------------------------------------------------------------------------------------- naming */

/* [-1, +1] */
int host_jobs(lua_State *L)
{
    const char *path = luaL_checkstring(L, 1);
    /* before the folder is opened, since an error after that would leak it */
    lua_newtable(L);
    DIR *dir = opendir(path);
    if (!dir) return 1;
    char names[256][64];
    int n = 0;
    for (struct dirent *e = readdir(dir); e && n < 256; e = readdir(dir)) {
        size_t length = strlen(e->d_name);
        if (length <= 4 || length - 4 >= sizeof *names ||
            strcmp(e->d_name + length - 4, ".lua") != 0)
            continue;
        memcpy(names[n], e->d_name, length - 4);
        names[n++][length - 4] = '\0';
    }
    closedir(dir);
    for (int i = 0; i < n; i++) {
        lua_pushstring(L, names[i]);
        lua_rawseti(L, -2, i + 1);
    }
    return 1;
}

/* ---------------------------------------------------------------------------------------- files */

static int free_found(lua_State *L)
{
    globfree(lua_touserdata(L, 1));
    return 0;
}

/* [-1, +1] */
int host_files(lua_State *L)
{
    luaL_Buffer b;
    const char *prefix = luaL_checkstring(L, 1);
    luaL_buffinit(L, &b);
    for (const char *p = prefix; *p; p++) {
        if (strchr("*?[]\\", *p)) luaL_addchar(&b, '\\');
        luaL_addchar(&b, *p);
    }
    luaL_addchar(&b, '*');
    luaL_pushresult(&b);
    const char *pattern = lua_tostring(L, -1);
    lua_newtable(L);
    glob_t *found = lua_newuserdatauv(L, sizeof *found, 0);
    memset(found, 0, sizeof *found);
    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, free_found);
    lua_setfield(L, -2, "__gc");
    lua_setmetatable(L, -2);
    if (glob(pattern, GLOB_MARK, NULL, found) != 0) found->gl_pathc = 0;
    for (size_t i = 0; i < found->gl_pathc; i++) {
        lua_pushstring(L, found->gl_pathv[i]);
        lua_rawseti(L, -3, (lua_Integer)i + 1);
    }
    lua_pop(L, 1);
    return 1;
}
