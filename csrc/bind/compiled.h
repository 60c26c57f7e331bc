/*
** A compiled Lua file beside its source, which the host of the prompt and the module both load.
*/
#ifndef COMPILED_H
#define COMPILED_H

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <lauxlib.h>
#include <lua.h>

/* Registry field: what searches for compiled files in this state. There is one at most, also with a
   second copy of the core, or after package.loaded was cleared. */
#define COMPILED_SEARCHER "toggl.searcher"

/* The content of a file of N bytes, which the caller frees; NULL: it cannot be read whole. */
static inline char *ltg_compiled_content(const char *path, size_t n)
{
    char *text = malloc(n + 1);
    int fd = text ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    bool whole = fd >= 0 && read(fd, text, n + 1) == (ssize_t)n;
    if (fd >= 0) close(fd);
    if (whole) return text;
    free(text);
    return NULL;
}

/* Whether COMPILED is there and PATH, its source, was not changed since: an edited file takes
   effect. Sets the SIZE of the compiled file in bytes. */
static inline bool ltg_compiled_is_newer(const char *compiled, const char *path, size_t *size)
{
    struct stat source, made;
    if (stat(compiled, &made) != 0 || stat(path, &source) != 0) return false;
    *size = (size_t)made.st_size;
    if (source.st_mtim.tv_sec != made.st_mtim.tv_sec)
        return source.st_mtim.tv_sec < made.st_mtim.tv_sec;
    return source.st_mtim.tv_nsec <= made.st_mtim.tv_nsec;
}

/* [-0, +0 or +1] Push the chunk. A file that another version of Lua has compiled is left alone. */
static inline bool ltg_push_compiled(lua_State *L, const char *compiled, const char *path)
{
    size_t size;
    if (!ltg_compiled_is_newer(compiled, path, &size)) return false;
    /* by one read: luaL_loadfilex opens it twice, and reads it by the block */
    char *text = ltg_compiled_content(compiled, size);
    if (!text) return false;
    int rc = luaL_loadbufferx(L, text, size, compiled, "b");
    free(text);
    if (rc == LUA_OK) return true;
    lua_pop(L, 1);
    return false;
}

#endif
