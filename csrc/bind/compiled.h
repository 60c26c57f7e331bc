/*
** A compiled Lua file beside its source, which the host of the prompt and the module both load.
*/
#ifndef COMPILED_H
#define COMPILED_H

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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
   effect. Sets the sizes of both files in bytes. */
static inline bool ltg_compiled_is_newer(const char *compiled, const char *path, size_t *size,
                                         size_t *source_size)
{
    struct stat source, made;
    if (stat(compiled, &made) != 0 || stat(path, &source) != 0) return false;
    *size = (size_t)made.st_size;
    *source_size = (size_t)source.st_size;
    if (source.st_mtim.tv_sec != made.st_mtim.tv_sec)
        return source.st_mtim.tv_sec < made.st_mtim.tv_sec;
    return source.st_mtim.tv_nsec <= made.st_mtim.tv_nsec;
}

#define COMPILED_TRAILER 8 /* hexadecimal digits behind the chunk: the size of its source */

/* Whether the source has its size of then. One that is put back has its old time, too. */
static inline bool ltg_compiled_is_of(const char *text, size_t n, size_t source_size)
{
    char size[COMPILED_TRAILER + 1];
    if (n < COMPILED_TRAILER) return false;
    snprintf(size, sizeof size, "%08zx", source_size);
    return memcmp(text + n - COMPILED_TRAILER, size, COMPILED_TRAILER) == 0;
}

/* [-0, +0 or +1] Push the chunk. A file that another version of Lua has compiled is left alone. */
static inline bool ltg_push_compiled(lua_State *L, const char *compiled, const char *path)
{
    size_t size, source_size;
    if (!ltg_compiled_is_newer(compiled, path, &size, &source_size)) return false;
    /* by one read: luaL_loadfilex opens it twice, and reads it by the block */
    char *text = ltg_compiled_content(compiled, size);
    if (!text) return false;
    int rc = LUA_ERRFILE;
    if (ltg_compiled_is_of(text, size, source_size))
        rc = luaL_loadbufferx(L, text, size - COMPILED_TRAILER, compiled, "b");
    free(text);
    if (rc == LUA_OK) return true;
    if (rc != LUA_ERRFILE) lua_pop(L, 1);
    return false;
}

#endif
