/*
** Secrets in the user's kernel keyring: stored in no file, and lost at a restart of the machine.
** Uses system calls, since a library for them would have to be loaded with every client.
**
** The user's keyring may not be linked to the session's keyring, and a key in a keyring that the
** process does not possess can be seen but not read. So the user's keyring is linked to the process
** keyring first.
*/
#include <errno.h>
#include <linux/keyctl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "ltg.h"

#define SECRET_MOST 4096

static long control(int command, long a, long b, long c, long d)
{
    return syscall(SYS_keyctl, command, a, b, c, d);
}

static int fail(lua_State *L, const char *what)
{
    int e = errno;
    lua_pushnil(L);
    lua_pushfstring(L, "the kernel keyring cannot be %s: %s", what, strerror(e));
    return 2;
}

static bool join(void)
{
    return control(KEYCTL_LINK, KEY_SPEC_USER_KEYRING, KEY_SPEC_PROCESS_KEYRING, 0, 0) == 0;
}

/* -1: errno; ENOKEY: no key of this name */
static long find(const char *name)
{
    if (!join()) return -1;
    return control(KEYCTL_SEARCH, KEY_SPEC_USER_KEYRING, (long)"user", (long)name, 0);
}

/* [-1, +0 to +2] keyring_get(name) -> secret; nothing: no key of this name; nil, sentence */
static int keyring_get(lua_State *L)
{
    char text[SECRET_MOST];
    long key = find(luaL_checkstring(L, 1));
    if (key < 0 && (errno == ENOKEY || errno == EKEYEXPIRED || errno == EKEYREVOKED)) return 0;
    long n = key < 0 ? -1 : control(KEYCTL_READ, key, (long)text, sizeof text, 0);
    if (n < 0 || n > (long)sizeof text) return fail(L, "read");
    lua_pushlstring(L, text, (size_t)n);
    explicit_bzero(text, sizeof text);
    return 1;
}

/* [-2, +1 or +2] keyring_set(name, secret) -> true; nil, sentence */
static int keyring_set(lua_State *L)
{
    size_t n;
    const char *name = luaL_checkstring(L, 1), *secret = luaL_checklstring(L, 2, &n);
    if (!join() || syscall(SYS_add_key, "user", name, secret, n, KEY_SPEC_USER_KEYRING) < 0)
        return fail(L, "written to");
    lua_pushboolean(L, 1);
    return 1;
}

/* [-1, +1 or +2] keyring_drop(name) -> whether the key existed; nil, sentence */
static int keyring_drop(lua_State *L)
{
    long key = find(luaL_checkstring(L, 1));
    if (key < 0 && errno != ENOKEY) return fail(L, "written to");
    if (key >= 0 && control(KEYCTL_UNLINK, key, KEY_SPEC_USER_KEYRING, 0, 0) != 0)
        return fail(L, "written to");
    lua_pushboolean(L, key >= 0);
    return 1;
}

void ltg_open_keyring(lua_State *L)
{
    static const luaL_Reg functions[] = {{"keyring_get", keyring_get},
                                         {"keyring_set", keyring_set},
                                         {"keyring_drop", keyring_drop},
                                         {NULL, NULL}};
    luaL_setfuncs(L, functions, 0);
}
