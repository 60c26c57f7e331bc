/* Lists by columns, as CSV, tab-separated values, JSON and Lua tables: the same texts that
   toggl.csv and toggl.json write. */
#include <string.h>

#include "columns.h"

/* ----------------------------------------------------------------------------------------- csv */

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* The length of the blank at P that some spreadsheets skip; 0: none. BLANKS of toggl.csv. */
static size_t blank_at(const char *p, size_t n)
{
    const unsigned char *u = (const unsigned char *)p;
    if (n && is_space(*p)) return 1;
    if (n >= 2 && u[0] == 0xC2 && u[1] == 0xA0) return 2;
    if (n < 3) return 0;
    if (u[0] == 0xE2 && u[1] == 0x80 && ((u[2] >= 0x80 && u[2] <= 0x8B) || u[2] == 0xAF)) return 3;
    return memcmp(u, "\xE3\x80\x80", 3) == 0 || memcmp(u, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
}

/* Would a spreadsheet run the text, after apostrophes? */
static bool is_guarded(tg_text t)
{
    size_t at = 0, blank;
    while (at < t.n && t.p[at] == '\'') at++;
    if (at < t.n && strchr("\t\r\n", t.p[at]) && t.p[at]) return true;
    while ((blank = blank_at(t.p + at, t.n - at)) > 0) at += blank;
    const unsigned char *u = (const unsigned char *)t.p + at;
    if (at < t.n && (*u == '=' || *u == '+' || *u == '-' || *u == '@')) return true;
    return t.n - at >= 3 && u[0] == 0xEF && u[1] == 0xBC &&
           (u[2] == 0x8B || u[2] == 0x8D || u[2] == 0x9D || u[2] == 0xA0);
}

static void add_quoted(ltg_bytes *b, tg_text t, bool guarded)
{
    ltg_bytes_add(b, guarded ? "\"'" : "\"", guarded ? 2 : 1);
    for (const char *quote; (quote = memchr(t.p, '"', t.n)) != NULL;) {
        size_t n = (size_t)(quote - t.p) + 1;
        ltg_bytes_add(b, t.p, n);
        ltg_bytes_add(b, "\"", 1);
        t.p += n;
        t.n -= n;
    }
    ltg_bytes_add(b, t.p, t.n);
    ltg_bytes_add(b, "\"", 1);
}

static bool has_any(tg_text t, const char *signs)
{
    for (; *signs; signs++)
        if (t.n && memchr(t.p, *signs, t.n)) return true;
    return false;
}

static void add_csv(ltg_bytes *b, tg_text t, char separator)
{
    char special[] = {'\r', '\n', '"', separator, '\0'};
    bool guarded = is_guarded(t);
    if (has_any(t, special) || (t.n && ((!guarded && t.p[0] == ' ') || t.p[t.n - 1] == ' ')))
        return add_quoted(b, t, guarded);
    if (guarded) ltg_bytes_add(b, "'", 1);
    ltg_bytes_add(b, t.p, t.n);
}

static void add_tabs(ltg_bytes *b, tg_text t)
{
    static const char signs[] = "\\\t\n\r", letters[] = "\\tnr";
    if (is_guarded(t)) ltg_bytes_add(b, "'", 1);
    for (size_t i = 0; i < t.n; i++) {
        const char *sign = t.p[i] ? strchr(signs, t.p[i]) : NULL;
        char escape[2] = {'\\', sign ? letters[sign - signs] : 0};
        ltg_bytes_add(b, sign ? escape : t.p + i, sign ? 2 : 1);
    }
}

/* A list as one text, as toggl.csv.list writes it. */
static tg_text join_items(ltg_columns *c, const ltg_column *col, const ltg_cell *cell,
                          size_t position)
{
    tg_text item;
    size_t pos = 0;
    c->cell.n = 0;
    for (bool more = false; ltg_next_item(c, col, cell, &pos, position, &item); more = true) {
        bool plain = item.n && !has_any(item, ",\"\r\n") && !is_space(item.p[0]) &&
                     !is_space(item.p[item.n - 1]);
        if (more) ltg_bytes_add(&c->cell, ", ", 2);
        if (plain)
            ltg_bytes_add(&c->cell, item.p, item.n);
        else
            add_quoted(&c->cell, item, false);
    }
    return (tg_text){c->cell.n ? c->cell.p : "", c->cell.n};
}

/* The cell of column COL as text, in DIGITS if it is an integer, which no guard changes. */
static tg_text cell_text(ltg_columns *c, const ltg_column *col, size_t position,
                         char digits[LTG_DIGITS])
{
    ltg_cell cell = ltg_read_cell(c, col, position);
    if (cell.what == LTG_C_LIST) return join_items(c, col, &cell, position);
    if (cell.what == LTG_C_TEXT) return cell.text;
    return cell.what == LTG_C_INT ? ltg_digits(cell.integer, digits) : (tg_text){digits, 0};
}

static void add_row(ltg_columns *c, tg_text record, size_t position, char separator)
{
    char digits[LTG_DIGITS];
    size_t start = c->out.n;
    ltg_read_record(c, record);
    for (size_t i = 0; i < c->count; i++) {
        tg_text t = cell_text(c, &c->column[i], position, digits);
        if (i) ltg_bytes_add(&c->out, separator ? &separator : "\t", 1);
        if (t.p == digits)
            ltg_bytes_add(&c->out, t.p, t.n);
        else if (separator)
            add_csv(&c->out, t, separator);
        else
            add_tabs(&c->out, t);
    }
    if (separator && c->count == 1 && c->out.n == start) ltg_bytes_add(&c->out, "\"\"", 2);
    ltg_bytes_add(&c->out, separator ? "\r\n" : "\n", separator ? 2 : 1);
}

/* [-3, +1] core.columns_csv(list, columns[, separator]) -> lines; without one, tab-separated */
static int write_rows(lua_State *L)
{
    ltg_columns *c = ltg_checkcolumns(L, 2);
    const char *separator = luaL_optstring(L, 3, "");
    lua_settop(L, 3);
    const ltg_list *l = ltg_holdlist(L);
    c->out.n = 0;
    for (size_t i = 0; i < l->count; i++) {
        tg_record r;
        ltg_listat(l, i, &r);
        add_row(c, r.text, i, *separator);
    }
    ltg_releaselist(L, -1);
    if (c->out.failed || c->cell.failed || c->item.failed)
        return luaL_error(L, "not enough memory");
    lua_pushlstring(L, c->out.n ? c->out.p : "", c->out.n);
    return 1;
}

/* ---------------------------------------------------------------------------------------- json */

/* A later column of the same name takes the place of this one, as in a table. */
static bool comes_again(const ltg_columns *c, size_t i)
{
    for (size_t k = i + 1; k < c->count; k++)
        if (c->column[k].name.n == c->column[i].name.n &&
            memcmp(c->column[k].name.p, c->column[i].name.p, c->column[i].name.n) == 0)
            return true;
    return false;
}

static void put_cell(ltg_columns *c, const ltg_column *col, size_t position)
{
    tg_text item;
    size_t pos = 0;
    ltg_cell cell = ltg_read_cell(c, col, position);
    switch (cell.what) {
    case LTG_C_NONE: tg_write_null(c->writer); return;
    case LTG_C_INT: tg_write_int(c->writer, cell.integer); return;
    case LTG_C_TEXT: tg_write_text(c->writer, cell.text); return;
    case LTG_C_LIST:
        tg_write_array(c->writer);
        while (ltg_next_item(c, col, &cell, &pos, position, &item)) tg_write_text(c->writer, item);
        tg_write_end(c->writer);
    }
}

static void put_record(ltg_columns *c, tg_text record, size_t position)
{
    ltg_read_record(c, record);
    tg_write_object(c->writer);
    for (size_t i = 0; i < c->count; i++) {
        if (comes_again(c, i)) continue;
        tg_write_key(c->writer, c->column[i].name);
        put_cell(c, &c->column[i], position);
    }
    tg_write_end(c->writer);
}

static void take_json(ltg_columns *c)
{
    tg_text t = tg_writer_text(c->writer);
    if (!tg_write_ok(c->writer)) c->out.failed = true;
    ltg_bytes_add(&c->out, t.p, t.n);
    tg_writer_free(c->writer);
    c->writer = NULL;
}

static bool new_writer(ltg_columns *c, int indent)
{
    tg_writer_free(c->writer);
    c->writer = tg_writer_new(indent);
    return c->writer || (c->out.failed = true, false);
}

static void add_array(ltg_columns *c, const ltg_list *l, int indent)
{
    if (!new_writer(c, indent)) return;
    tg_write_array(c->writer);
    for (size_t i = 0; i < l->count; i++) {
        tg_record r;
        ltg_listat(l, i, &r);
        put_record(c, r.text, i);
    }
    tg_write_end(c->writer);
    take_json(c);
}

static void add_lines(ltg_columns *c, const ltg_list *l)
{
    for (size_t i = 0; i < l->count; i++) {
        tg_record r;
        ltg_listat(l, i, &r);
        if (!new_writer(c, 0)) return;
        put_record(c, r.text, i);
        take_json(c);
        ltg_bytes_add(&c->out, "\n", 1);
    }
}

/* [-3, +1] core.columns_json(list, columns[, indent]) -> an array; without one, a line each */
static int write_json(lua_State *L)
{
    ltg_columns *c = ltg_checkcolumns(L, 2);
    lua_Integer indent = luaL_optinteger(L, 3, -1);
    lua_settop(L, 3);
    const ltg_list *l = ltg_holdlist(L);
    c->out.n = 0;
    if (indent < 0)
        add_lines(c, l);
    else
        add_array(c, l, (int)indent);
    ltg_releaselist(L, -1);
    if (c->out.failed || c->item.failed) return luaL_error(L, "not enough memory");
    lua_pushlstring(L, c->out.n ? c->out.p : "", c->out.n);
    return 1;
}

/* -------------------------------------------------------------------------------------- tables */

/* [-0, +1] */
static void push_cell(lua_State *L, ltg_columns *c, const ltg_column *col, size_t position)
{
    tg_text item;
    size_t pos = 0;
    ltg_cell cell = ltg_read_cell(c, col, position);
    switch (cell.what) {
    case LTG_C_NONE: lua_pushnil(L); return;
    case LTG_C_INT: lua_pushinteger(L, cell.integer); return;
    case LTG_C_TEXT: lua_pushlstring(L, cell.text.p, cell.text.n); return;
    case LTG_C_LIST:
        lua_newtable(L);
        luaL_setmetatable(L, LTG_ARRAY);
        for (lua_Integer n = 1; ltg_next_item(c, col, &cell, &pos, position, &item); n++) {
            lua_pushlstring(L, item.p, item.n);
            lua_rawseti(L, -2, n);
        }
    }
}

/* [-2, +1] core.columns_rows(list, columns) -> {{name = value}} */
static int rows(lua_State *L)
{
    ltg_columns *c = ltg_checkcolumns(L, 2);
    lua_settop(L, 2);
    const ltg_list *l = ltg_holdlist(L);
    lua_createtable(L, (int)(l->count > 1 << 20 ? 1 << 20 : l->count), 0);
    luaL_setmetatable(L, LTG_ARRAY);
    for (size_t i = 0; i < l->count; i++) {
        tg_record r;
        ltg_listat(l, i, &r);
        ltg_read_record(c, r.text);
        lua_createtable(L, 0, (int)c->count);
        for (size_t k = 0; k < c->count; k++) {
            lua_pushlstring(L, c->column[k].name.p, c->column[k].name.n);
            push_cell(L, c, &c->column[k], i);
            lua_rawset(L, -3);
        }
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    ltg_releaselist(L, -2);
    if (c->item.failed) return luaL_error(L, "not enough memory");
    return 1;
}

/* [-0, +0], the module on top */
void ltg_open_columns_text(lua_State *L)
{
    lua_pushcfunction(L, write_rows);
    lua_setfield(L, -2, "columns_csv");
    lua_pushcfunction(L, write_json);
    lua_setfield(L, -2, "columns_json");
    lua_pushcfunction(L, rows);
    lua_setfield(L, -2, "columns_rows");
}
