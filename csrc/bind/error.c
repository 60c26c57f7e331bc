/* Errors of the core as Lua tables. */
#include "ltg.h"

/* Advice for Lua by the reason of an error. NULL: use the core's advice. */
static const char *const by_reason[] = {
    [TG_R_NONE] = NULL,
    [TG_R_CREDENTIALS] = "set TOGGL_API_TOKEN, write ~/.togglrc, or give toggl.client a token",
    [TG_R_WINDOW] = "wait, or let the call wait with wait = true",
    [TG_R_MAX_REQUESTS] = "read less, or allow more with max_requests =",
    [TG_R_TIME] = "retry, or allow more time with timeout =",
    [TG_R_BODY] = "look at err.body; the reply may come from another server",
    [TG_R_STORE_ONLY] = "call once without offline",
    [TG_R_CLEARTEXT] = "write https://, or allow it with cleartext = true",
    [TG_R_RETIRED] = "418 says that this version of the API is retired: look for a newer toggl; "
                     "before 2022 it also met programs without a user_agent of their own",
    [TG_R_LARGE] = "request less at once, or allow more with reply_cap =",
    [TG_R_OPEN] = "settle the earlier one with client:resume(), or look and close it with "
                  "client:close_entry",
    [TG_R_UNRECORDED] = "set TOGGL_STATE_DIR to a folder of your own, or send it unrecorded with "
                        "journal = false",
    [TG_R_NO_JOURNAL] = "leave out journal = false, or give toggl.client a path for it",
};

void ltg_pushadvice(lua_State *L, const tg_error *err)
{
    const char *own = by_reason[err->reason];
    if (err->reason == TG_R_WINDOW && err->retry_after >= 0)
        lua_pushfstring(L, "wait %d s, or let the call wait with wait = true",
                        (int)(err->retry_after + 0.5));
    else
        lua_pushstring(L, own ? own : *err->advice ? err->advice : NULL);
}

/* Push a plain table with the metatable of errors, so that scripts can inspect all its fields. */
void ltg_pusherror(lua_State *L, const tg_error *err)
{
    lua_createtable(L, 0, 8);
    ltg_setstring(L, "kind", tg_kind_name(err->kind));
    ltg_setstring(L, "message", err->message);
    ltg_setstring(L, "operation", err->operation);
    ltg_setstring(L, "reason", tg_reason_name(err->reason));
    ltg_pushadvice(L, err);
    lua_setfield(L, -2, "advice");
    ltg_setstring(L, "body", *err->body ? err->body : NULL);
    if (err->status) {
        lua_pushinteger(L, err->status);
        lua_setfield(L, -2, "status");
    }
    if (err->retry_after >= 0 &&
        (err->kind == TG_E_QUOTA || err->kind == TG_E_RATE || err->kind == TG_E_SERVER)) {
        lua_pushnumber(L, err->retry_after);
        lua_setfield(L, -2, "retry_after");
    }
    luaL_setmetatable(L, LTG_ERROR);
    ltg_setplace(L);
}

int ltg_fail(lua_State *L, bool raise, const tg_error *err)
{
    if (err->kind == TG_E_NOMEM) return luaL_error(L, "not enough memory");
    if (!raise) lua_pushnil(L);
    ltg_pusherror(L, err);
    return raise ? lua_error(L) : 2;
}
