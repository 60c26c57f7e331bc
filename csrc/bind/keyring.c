/*
** Secrets in the kernel's keyring of the user: in no file, gone when the machine restarts. By
** system calls: the library for them would be one more thing to load with every client.
**
** The user's keyring need not be linked to the session's, and a key in a keyring that the process
** does not possess can be seen but not read. So it is linked to the keyring of the process first.
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

/* -1: errno says why; ENOKEY: there is none of this name */
static long find(const char *name)
{
    if (!join()) return -1;
    return control(KEYCTL_SEARCH, KEY_SPEC_USER_KEYRING, (long)"user", (long)name, 0);
}

/* keyring_get(name) -> secret; nil: none of this name; nil, sentence */
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

/* keyring_set(name, secret) -> true; nil, sentence */
static int keyring_set(lua_State *L)
{
    size_t n;
    const char *name = luaL_checkstring(L, 1), *secret = luaL_checklstring(L, 2, &n);
    if (!join() || syscall(SYS_add_key, "user", name, secret, n, KEY_SPEC_USER_KEYRING) < 0)
        return fail(L, "written to");
    lua_pushboolean(L, 1);
    return 1;
}

/* keyring_drop(name) -> whether there was one; nil, sentence */
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
