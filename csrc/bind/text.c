/* Unicode functions by utf8proc: folding, grapheme clusters, and their width on a screen. */
#include <stdio.h>
#include <utf8proc.h>

#include "core/control.h"
#include "core/fold.h"
#include "ltg.h"

#define SHORT 32 /* code points of most names and addresses */

/* [-1, +1] The folded text; Lua owns the room of a long one, so that an error leaks nothing. */
static int push_folded(lua_State *L, tg_fold_how how)
{
    tg_text text;
    int32_t little[SHORT];
    text.p = luaL_checklstring(L, 1, &text.n);
    size_t n = tg_fold_room(text, how);
    lua_settop(L, 1);
    int32_t *room = n > SHORT ? lua_newuserdatauv(L, n * sizeof *room, 0) : little;
    text = tg_fold_into(text, how, room, n);
    lua_pushlstring(L, text.p, text.n);
    return 1;
}

/* [-1, +1] core.fold(text) -> the common folded form of all texts that look the same, trimmed */
static int fold(lua_State *L)
{
    return push_folded(L, TG_FOLD_NAME);
}

/* [-1, +1] core.compose(text) -> the composed form, as most servers store it, trimmed */
static int compose(lua_State *L)
{
    return push_folded(L, TG_FOLD_COMPOSE);
}

/* [-2, +1] core.distance(a, b) -> how many edits turn one folded text into the other */
static int distance(lua_State *L)
{
    tg_text a, b;
    a.p = luaL_checklstring(L, 1, &a.n);
    b.p = luaL_checklstring(L, 2, &b.n);
    lua_pushinteger(L, tg_distance(a, b));
    return 1;
}

/* [-1, +1] core.control(text) -> position of its first control character; nil: none */
static int control(lua_State *L)
{
    size_t n;
    const char *text = luaL_checklstring(L, 1, &n), *found = tg_control_find(text, n);
    found ? lua_pushinteger(L, found - text + 1) : lua_pushnil(L);
    return 1;
}

/* [-1, +1] core.is_local(url) -> does the text of the URL name this machine? No name is resolved */
static int is_local(lua_State *L)
{
    lua_pushboolean(L, tg_address_is_local(luaL_checkstring(L, 1)));
    return 1;
}

/* ------------------------------------------------------------------------------------- a screen */

/* The next code point of TEXT from AT; an invalid byte counts as one code point that shows as
   U+FFFD. */
static size_t next_point(tg_text text, size_t at, utf8proc_int32_t *point)
{
    utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)text.p + at,
                                          (utf8proc_ssize_t)(text.n - at), point);
    if (n > 0) return (size_t)n;
    *point = 0xFFFD;
    return 1;
}

static bool regional(utf8proc_int32_t point)
{
    return point >= 0x1F1E6 && point <= 0x1F1FF;
}

static bool is_visible(char c)
{
    return c >= ' ' && c <= '~';
}

/* The grapheme cluster at AT; returns its end. COLUMNS: the width of its widest part; two for a
   flag, which consists of two letters, and for a sign that U+FE0F turns into a picture. */
static size_t next_letter(tg_text text, size_t at, int *columns)
{
    if (is_visible(text.p[at]) && (at + 1 == text.n || (unsigned char)text.p[at + 1] < 0x80))
        return *columns = 1, at + 1; /* ASCII never combines with the character before it */
    utf8proc_int32_t last, point, state = 0;
    size_t end = at + next_point(text, at, &last);
    *columns = utf8proc_charwidth(last);
    while (end < text.n) {
        size_t n = next_point(text, end, &point);
        if (utf8proc_grapheme_break_stateful(last, point, &state)) break;
        int width = utf8proc_charwidth(point);
        if (point == 0xFE0F || (regional(last) && regional(point))) width = *columns > 0 ? 2 : 0;
        if (width > *columns) *columns = width;
        last = point;
        end += n;
    }
    return end;
}

size_t ltg_width(tg_text text)
{
    size_t total = 0;
    for (size_t at = 0; at < text.n;) {
        int columns;
        at = next_letter(text, at, &columns);
        total += (size_t)columns;
    }
    return total;
}

size_t ltg_fit(tg_text text, lua_Integer room)
{
    size_t at = 0;
    while (at < text.n) {
        int columns;
        size_t end = next_letter(text, at, &columns);
        if (columns > room) break;
        room -= columns;
        at = end;
    }
    return at;
}

/* [-1, +1] core.width(text) -> number of columns on a screen. Control characters count as none:
   screen.clean shows them. */
static int width(lua_State *L)
{
    tg_text text;
    text.p = luaL_checklstring(L, 1, &text.n);
    lua_pushinteger(L, (lua_Integer)ltg_width(text));
    return 1;
}

/* [-2, +1] core.fit(text, columns) -> number of bytes of the leading clusters that fit */
static int fit(lua_State *L)
{
    tg_text text;
    text.p = luaL_checklstring(L, 1, &text.n);
    lua_pushinteger(L, (lua_Integer)ltg_fit(text, luaL_checkinteger(L, 2)));
    return 1;
}

/* Fillers, selectors and blanks that are invisible although their category does not show it. */
static bool is_blank_sign(utf8proc_int32_t p)
{
    return p == 0x34F || p == 0x115F || p == 0x1160 || p == 0x17B4 || p == 0x17B5 ||
           (p >= 0x180B && p <= 0x180F) || p == 0x2800 || p == 0x3164 ||
           (p >= 0xFE00 && p <= 0xFE0D) || p == 0xFFA0 || (p >= 0xE0100 && p <= 0xE01EF);
}

/* Is it invisible, or interpreted by a terminal? The ideographic space counts as visible. */
static bool is_unseen(utf8proc_int32_t p)
{
    switch (utf8proc_category(p)) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP: return true;
    case UTF8PROC_CATEGORY_ZS: return p != ' ' && p != 0x3000;
    default: return is_blank_sign(p);
    }
}

static void add_spelled(luaL_Buffer *b, utf8proc_int32_t p)
{
    char text[16];
    const char *named = p == '\n'   ? "\\n"
                        : p == '\r' ? "\\r"
                        : p == '\t' ? "\\t"
                        : p == 0x1B ? "\\e"
                                    : NULL;
    snprintf(text, sizeof text, "\\u{%x}", (unsigned)p);
    luaL_addstring(b, named ? named : text);
}

void ltg_addclean(luaL_Buffer *b, tg_text text)
{
    char byte[8];
    for (size_t at = 0; at < text.n;) {
        utf8proc_int32_t p;
        const utf8proc_uint8_t *from = (const utf8proc_uint8_t *)text.p + at;
        utf8proc_ssize_t n = utf8proc_iterate(from, (utf8proc_ssize_t)(text.n - at), &p);
        if (n <= 0) {
            snprintf(byte, sizeof byte, "\\x%02x", *from);
            luaL_addstring(b, byte);
        } else if (is_unseen(p)) {
            add_spelled(b, p);
        } else {
            luaL_addlstring(b, text.p + at, (size_t)n);
        }
        at += n > 0 ? (size_t)n : 1;
    }
}

/* [-1, +1] core.clean(text) -> TEXT made safe for a terminal: invisible and control characters are
   spelled out */
static int clean(lua_State *L)
{
    tg_text text;
    luaL_Buffer b;
    text.p = luaL_checklstring(L, 1, &text.n);
    lua_settop(L, 1);
    luaL_buffinit(L, &b);
    ltg_addclean(&b, text);
    luaL_pushresult(&b);
    return 1;
}

/* [-1, +1] core.category(code point) -> Unicode's general category: "Cf" for invisible format
   characters */
static int category(lua_State *L)
{
    lua_Integer point = luaL_checkinteger(L, 1);
    lua_pushstring(L, point < 0 || point > 0x10FFFF
                          ? "Cn"
                          : utf8proc_category_string((utf8proc_int32_t)point));
    return 1;
}

void ltg_open_text(lua_State *L)
{
    static const luaL_Reg functions[] = {{"fold", fold},         {"compose", compose},
                                         {"width", width},       {"fit", fit},
                                         {"category", category}, {"clean", clean},
                                         {"distance", distance}, {"control", control},
                                         {"is_local", is_local}, {NULL, NULL}};
    luaL_setfuncs(L, functions, 0);
}
