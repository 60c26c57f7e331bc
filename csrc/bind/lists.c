/* The lists of toggl/lists.h and options.h as Lua tables, for help, completion and documents. */
#include <string.h>

#include "ltg.h"

/* A row is a sequence of names and texts; the first text is also the key of the row in its list. */
#define COLUMNS 5

typedef struct list_row {
    const char *column[COLUMNS];
} list_row;

/* [-0, +1] {{name = text, ...}, ...}, with each row also under its first text. NAMES end with
   NULL. */
static void push_rows(lua_State *L, const list_row *rows, size_t n, const char *const *names)
{
    lua_createtable(L, (int)n, (int)n);
    for (size_t i = 0; i < n; i++) {
        lua_createtable(L, 0, COLUMNS);
        for (size_t k = 0; names[k]; k++) ltg_setstring(L, names[k], rows[i].column[k]);
        lua_pushvalue(L, -1);
        lua_setfield(L, -3, rows[i].column[0]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
}

/* [-0, +1] core.kinds: the values of err.kind, without errors that Lua never sees. `exit` is the
   status of togglsh. */
static void push_kinds(lua_State *L)
{
    static const struct {
        const char *word, *scope, *meaning;
        int exit;
    } kinds[] = {
#define TG_KIND(name, word, scope, exit, advice, meaning) {word, #scope, meaning, exit},
        TG_KINDS(TG_KIND)};
    lua_newtable(L);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (strcmp(kinds[i].scope, "CORE") == 0) continue;
        lua_createtable(L, 0, 5);
        ltg_setstring(L, "kind", kinds[i].word);
        ltg_setstring(L, "doc", kinds[i].meaning);
        ltg_setflag(L, "always", strcmp(kinds[i].scope, "ALWAYS") == 0);
        lua_pushinteger(L, kinds[i].exit);
        lua_setfield(L, -2, "exit");
        lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
    }
}

#define ROW_NAME(first, ...)                                 {{__VA_ARGS__}},
#define OPTION_ROW(read, name, member, types, meaning)       {{#name, types, meaning}},
#define KEY_ROW(name, field, words, finder, without)         {{field, words}},
#define SHAPE_ROW(name, word, empty, type, returns, meaning) {{word, type, returns, meaning}},

#define PUSH(list, row, ...)                                                                       \
    do {                                                                                           \
        static const list_row rows[] = {list(row)};                                                \
        static const char *const names[] = {__VA_ARGS__, NULL};                                    \
        push_rows(L, rows, sizeof rows / sizeof *rows, names);                                     \
    } while (0)

bool ltg_pushlist(lua_State *L, const char *name)
{
    if (strcmp(name, "kinds") == 0)
        push_kinds(L);
    else if (strcmp(name, "keys") == 0)
        PUSH(TG_KEYS, KEY_ROW, "field", "words");
    else if (strcmp(name, "events") == 0)
        PUSH(TG_EVENTS, ROW_NAME, "word", "doc");
    else if (strcmp(name, "sources") == 0)
        PUSH(TG_SOURCES, ROW_NAME, "word", "doc");
    else if (strcmp(name, "reasons") == 0)
        PUSH(TG_REASONS, ROW_NAME, "word", "doc");
    else if (strcmp(name, "shapes") == 0)
        PUSH(TG_SHAPES, SHAPE_ROW, "word", "type", "returns", "doc");
    else if (strcmp(name, "client_options") == 0)
        PUSH(TG_CLIENT_OPTIONS, OPTION_ROW, "name", "type", "doc");
    else if (strcmp(name, "call_options") == 0)
        PUSH(TG_CALL_OPTIONS, OPTION_ROW, "name", "type", "doc");
    else
        return false;
    return true;
}
