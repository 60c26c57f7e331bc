/* Lists by columns, as tables for people: the cells of a page packed into one text, and the
   lines. */
#include <string.h>

#include "columns.h"

#define BLOCK 16384 /* bytes of lines that are made before the first is written */
#define MANY  3     /* items of a list; more are counted, as toggl.show does */

/* ------------------------------------------------------------------------------------- packing */

/* Are all bytes visible ASCII? Without a branch for each byte, so that the compiler takes several
   at a time. */
static bool is_plain(tg_text t)
{
    unsigned char wrong = 0;
    for (size_t i = 0; i < t.n; i++) wrong |= (unsigned char)(t.p[i] - ' ') > '~' - ' ';
    return !wrong;
}

/*
** The width of a clean text of visible ASCII, Latin letters from U+00C0 and Cyrillic ones: each
** takes one column and joins no other. -1: it has other characters, which utf8proc knows.
*/
static lua_Integer simple_width(tg_text t)
{
    lua_Integer width = 0;
    if (is_plain(t)) return (lua_Integer)t.n;
    for (size_t i = 0; i < t.n; i++, width++) {
        unsigned char c = (unsigned char)t.p[i];
        if (c >= ' ' && c <= '~') continue;
        bool letter = (c >= 0xC3 && c <= 0xCA) || c == 0xD0 || c == 0xD1;
        if (!letter || ++i == t.n || ((unsigned char)t.p[i] & 0xC0) != 0x80) return -1;
    }
    return width;
}

/* Append T as a terminal may show it, and a zero byte, which no clean text has. Returns its
   width. */
static lua_Integer add_clean(lua_State *L, ltg_bytes *out, tg_text t)
{
    lua_Integer width = simple_width(t);
    if (width >= 0) {
        ltg_bytes_add(out, t.p, t.n);
    } else {
        luaL_Buffer b;
        luaL_buffinit(L, &b);
        ltg_addclean(&b, t);
        luaL_pushresult(&b);
        t.p = lua_tolstring(L, -1, &t.n);
        width = (lua_Integer)ltg_width(t);
        ltg_bytes_add(out, t.p, t.n);
        lua_pop(L, 1);
    }
    ltg_bytes_add(out, "", 1);
    return width;
}

/* The items of a list, and how many there are of many, which the room before them is for. */
static tg_text join(ltg_columns *c, const ltg_column *col, const ltg_cell *cell, size_t position)
{
    tg_text item;
    size_t pos = 0, n = 0;
    char head[32] = {0};
    c->cell.n = 0;
    ltg_bytes_add(&c->cell, head, sizeof head);
    for (; ltg_next_item(c, col, cell, &pos, position, &item); n++) {
        if (n) ltg_bytes_add(&c->cell, ", ", 2);
        ltg_bytes_add(&c->cell, item.p, item.n);
    }
    if (c->cell.failed) return (tg_text){"", 0};
    size_t head_n = n > MANY ? (size_t)snprintf(head, sizeof head, "%zu: ", n) : 0;
    size_t from = sizeof head - head_n;
    memcpy(c->cell.p + from, head, head_n);
    return (tg_text){c->cell.p + from, c->cell.n - from};
}

/* Pack a cell; NUMERIC becomes false for a text. Returns its width. */
static lua_Integer pack_cell(lua_State *L, ltg_columns *c, const ltg_column *col, size_t position,
                             bool *numeric)
{
    char digits[LTG_DIGITS];
    ltg_cell cell = ltg_read_cell(c, col, position);
    tg_text t = {digits, 0};
    if (cell.what == LTG_C_INT)
        t = ltg_digits(cell.integer, digits);
    else if (cell.what == LTG_C_LIST)
        t = join(c, col, &cell, position);
    else if (cell.what == LTG_C_TEXT)
        t = cell.text;
    if (cell.what >= LTG_C_TEXT) *numeric = false;
    return add_clean(L, &c->out, t);
}

/* What a table shows of a column. */
typedef struct shown {
    lua_Integer column, width; /* counted from 1; in characters of the screen */
    bool numeric;              /* pad before the text */
} shown;

/* [-0, +1] the N columns of the tables of widths and numeric at the stack indexes */
static shown *read_layout(lua_State *L, size_t n, int widths, int numeric)
{
    shown *s = lua_newuserdatauv(L, (n + 1) * sizeof *s, 0);
    for (size_t i = 0; i < n; i++) {
        lua_rawgeti(L, widths, (lua_Integer)i + 1);
        lua_rawgeti(L, numeric, (lua_Integer)i + 1);
        s[i] = (shown){(lua_Integer)i + 1, lua_tointeger(L, -2), lua_toboolean(L, -1)};
        lua_pop(L, 2);
    }
    return s;
}

/* [-0, +0] */
static void write_layout(lua_State *L, const shown *s, size_t n, int widths, int numeric)
{
    for (size_t i = 0; i < n; i++) {
        lua_pushinteger(L, s[i].width);
        lua_rawseti(L, widths, (lua_Integer)i + 1);
        lua_pushboolean(L, s[i].numeric);
        lua_rawseti(L, numeric, (lua_Integer)i + 1);
    }
}

/* [-4, +1] core.columns_pack(list, columns, widths, numeric) -> the clean texts of all cells, a
   zero byte behind each. Brings both tables, one value a column, up to date. */
static int pack(lua_State *L)
{
    ltg_columns *c = ltg_checkcolumns(L, 2);
    luaL_checktype(L, 3, LUA_TTABLE);
    luaL_checktype(L, 4, LUA_TTABLE);
    lua_settop(L, 4);
    shown *s = read_layout(L, c->count, 3, 4);
    const ltg_list *l = ltg_holdlist(L);
    c->out.n = 0;
    for (size_t i = 0; i < l->count; i++) {
        tg_record r;
        ltg_listat(l, i, &r);
        ltg_read_record(c, r.text);
        for (size_t k = 0; k < c->count; k++) {
            lua_Integer w = pack_cell(L, c, &c->column[k], i, &s[k].numeric);
            if (w > s[k].width) s[k].width = w;
        }
    }
    ltg_releaselist(L, -1);
    if (c->out.failed || c->cell.failed || c->item.failed)
        return luaL_error(L, "not enough memory");
    write_layout(L, s, c->count, 3, 4);
    lua_pushlstring(L, c->out.n ? c->out.p : "", c->out.n);
    return 1;
}

/* --------------------------------------------------------------------------------------- lines */

static void add_spaces(luaL_Buffer *b, lua_Integer n)
{
    for (; n > 0; n--) luaL_addchar(b, ' ');
}

/* A cell in exactly the width of its column: cut with a mark, or padded. */
static void add_cell(luaL_Buffer *b, tg_text t, const shown *s)
{
    lua_Integer width = simple_width(t);
    if (width < 0) width = (lua_Integer)ltg_width(t);
    bool cut = width > s->width;
    if (cut) {
        t.n = ltg_fit(t, s->width - 1);
        width = (lua_Integer)ltg_width(t) + 1;
    }
    if (s->numeric) add_spaces(b, s->width - width);
    luaL_addlstring(b, t.p, t.n);
    if (cut) luaL_addstring(b, "…");
    if (!s->numeric) add_spaces(b, s->width - width);
}

/* The packed cell at P, which ends before END; moves P behind it. */
static tg_text take_cell(const char **p, const char *end)
{
    const char *zero = memchr(*p, '\0', (size_t)(end - *p));
    tg_text t = {*p, (size_t)((zero ? zero : end) - *p)};
    *p = zero ? zero + 1 : end;
    return t;
}

/* Write a line of the cells of a row, of which N are shown, in their order. */
static void add_line(luaL_Buffer *b, tg_text *cells, const shown *s, size_t n)
{
    size_t from = luaL_bufflen(b);
    for (size_t i = 0; i < n; i++) {
        if (i) luaL_addlstring(b, "  ", 2);
        add_cell(b, cells[s[i].column - 1], &s[i]);
    }
    while (luaL_bufflen(b) > from && luaL_buffaddr(b)[luaL_bufflen(b) - 1] == ' ')
        luaL_buffsub(b, 1);
    luaL_addchar(b, '\n');
}

/* [-5, +2] core.columns_lines(packed, kept, widths, numeric, from) -> the next lines of a table,
   and where the cells behind them begin; nil at the end. KEPT: the numbers of the columns to show;
   FROM: 1 at first. */
static int lines(lua_State *L)
{
    tg_text packed;
    packed.p = luaL_checklstring(L, 1, &packed.n);
    for (int i = 2; i <= 4; i++) luaL_checktype(L, i, LUA_TTABLE);
    lua_Integer from = luaL_checkinteger(L, 5);
    luaL_argcheck(L, from >= 1 && (size_t)from <= packed.n + 1, 5, "no such place");
    lua_settop(L, 4);
    size_t count = (size_t)lua_rawlen(L, 3), n = (size_t)lua_rawlen(L, 2);
    luaL_argcheck(L, count > 0, 3, "no columns");
    shown *all = read_layout(L, count, 3, 4), *s = lua_newuserdatauv(L, (n + 1) * sizeof *s, 0);
    tg_text *cells = lua_newuserdatauv(L, count * sizeof *cells, 0);
    for (size_t i = 0; i < n; i++) {
        lua_rawgeti(L, 2, (lua_Integer)i + 1);
        lua_Integer at = lua_tointeger(L, -1);
        lua_pop(L, 1);
        luaL_argcheck(L, at >= 1 && (size_t)at <= count, 2, "no such column");
        s[i] = all[at - 1];
    }
    luaL_Buffer b;
    luaL_buffinit(L, &b);
    const char *p = packed.p + from - 1, *end = packed.p + packed.n;
    while (p < end && luaL_bufflen(&b) < BLOCK) {
        for (size_t i = 0; i < count; i++) cells[i] = take_cell(&p, end);
        add_line(&b, cells, s, n);
    }
    luaL_pushresult(&b);
    p < end ? lua_pushinteger(L, p - packed.p + 1) : lua_pushnil(L);
    return 2;
}

/* [-0, +0], the module on top */
void ltg_open_columns_table(lua_State *L)
{
    lua_pushcfunction(L, pack);
    lua_setfield(L, -2, "columns_pack");
    lua_pushcfunction(L, lines);
    lua_setfield(L, -2, "columns_lines");
}
