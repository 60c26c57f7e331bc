/* A host that preempts Lua: a hook yields after a count of instructions, at any place. Also fork(),
   which Lua lacks. */
#include <lauxlib.h>
#include <lua.h>
#include <sys/wait.h>
#include <unistd.h>

static void stop(lua_State *L, lua_Debug *ar)
{
    (void)ar;
    if (lua_isyieldable(L)) lua_yield(L, 0);
}

/* preempt(coroutine, instructions): coroutines that it creates inherit the hook. */
static int preempt(lua_State *L)
{
    lua_State *co = lua_tothread(L, 1);
    luaL_argcheck(L, co, 1, "coroutine expected");
    lua_sethook(co, stop, LUA_MASKCOUNT, (int)luaL_checkinteger(L, 2));
    return 0;
}

/* child(f) -> the exit status of a child process that calls f(): 0 if it returned true. */
static int child(lua_State *L)
{
    int status = 0;
    pid_t pid = fork();
    if (pid == 0) {
        alarm(60); /* end a child that hangs */
        int ok = lua_pcall(L, 0, 1, 0);
        if (ok != LUA_OK) dprintf(2, "in the child: %s\n", lua_tostring(L, -1));
        _exit(ok == LUA_OK && lua_toboolean(L, -1) ? 0 : 1);
    }
    waitpid(pid, &status, 0);
    lua_pushinteger(L, WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
    return 1;
}

__attribute__((visibility("default"))) int luaopen_preempt(lua_State *L);

int luaopen_preempt(lua_State *L)
{
    static const luaL_Reg functions[] = {{"preempt", preempt}, {"child", child}, {NULL, NULL}};
    luaL_newlib(L, functions);
    return 1;
}
