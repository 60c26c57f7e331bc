/*
** Late visibility. The service shows what was made or deleted only after some seconds, while a
** change meets the state as it is: a deletion that is repeated answers 404. So changes run on the
** first connection, on the tables, and reads on a second one, whose temporary views hide the tables
** of the same names: no script knows of it.
**
** Triggers note both kinds for each table: fresh_T has the keys of what is not seen yet, gone_T the
** rows that still are. What a cascade deletes passes through them too. The second connection opens
** when a knob is first turned.
*/
#include "private.h"

#include <string.h>

/* Each kind of object, by its table, and the two parts of its key: for most of them the same
   column. */
static const struct {
    const char *table, *a, *b;
} kinds[] = {
    {"organizations", "id", "id"},
    {"org_users", "id", "id"}, /* people and invitations */
    {"workspaces", "id", "id"},
    {"workspace_users", "id", "id"},
    {"groups", "id", "id"},
    {"group_users", "group_id", "org_user_id"},
    {"group_workspaces", "group_id", "workspace_id"},
};

/* clang-format off */
/* $T is the table, $A and $B its key, $C its columns. */

#define HIDDEN(ROW) \
    "EXISTS(SELECT 1 FROM main.fresh_$T f WHERE f.a = " ROW ".$A AND f.b = " ROW ".$B AND f.visible > now())"

static const char notes[] =
    "CREATE TABLE IF NOT EXISTS main.gone_$T AS SELECT *, 0.0 AS until FROM main.$T WHERE 0;\n"
    "CREATE TABLE IF NOT EXISTS main.fresh_$T(a INT, b INT, visible REAL, PRIMARY KEY(a, b)) WITHOUT ROWID;\n"
    "CREATE TEMP TRIGGER made_$T AFTER INSERT ON main.$T WHEN knob('visible_after') > 0 BEGIN\n"
    " DELETE FROM fresh_$T WHERE visible <= now();\n"
    " INSERT OR REPLACE INTO fresh_$T VALUES(NEW.$A, NEW.$B, now() + knob('visible_after')); END;\n"
    "CREATE TEMP TRIGGER lost_$T BEFORE DELETE ON main.$T WHEN knob('gone_after') > 0\n"
    " AND NOT " HIDDEN("OLD") " BEGIN\n"
    " DELETE FROM gone_$T WHERE until <= now() OR ($A = OLD.$A AND $B = OLD.$B);\n"
    " INSERT INTO gone_$T SELECT *, now() + knob('gone_after') FROM main.$T WHERE $A = OLD.$A AND $B = OLD.$B; END;\n";

static const char seen[] =
    "CREATE TEMP VIEW $T AS SELECT * FROM main.$T t WHERE NOT " HIDDEN("t") "\n"
    " UNION ALL SELECT $C FROM main.gone_$T g WHERE until > now() AND NOT EXISTS(SELECT 1 FROM main.$T t\n"
    "  WHERE t.$A = g.$A AND t.$B = g.$B AND NOT " HIDDEN("t") ");\n";

static const char columns[] = "SELECT group_concat(name) FROM pragma_table_info(?1, 'main')";

/* clang-format on */

/* The names of the columns of a table, which the caller frees by sqlite3_free(). */
static char *columns_of(sqlite3 *db, const char *table)
{
    sqlite3_stmt *st = NULL;
    char *names = NULL;
    if (sqlite3_prepare_v2(db, columns, -1, &st, NULL) == SQLITE_OK) {
        sqlite3_bind_text(st, 1, table, -1, SQLITE_STATIC);
        if (sqlite3_step(st) == SQLITE_ROW)
            names = sqlite3_mprintf("%s", sqlite3_column_text(st, 0));
    }
    sqlite3_finalize(st);
    return names;
}

static void fill(sqlite3_str *out, const char *form, size_t kind, const char *names)
{
    for (; *form; form++) {
        const char *word = *form != '$'     ? NULL
                           : form[1] == 'T' ? kinds[kind].table
                           : form[1] == 'A' ? kinds[kind].a
                           : form[1] == 'B' ? kinds[kind].b
                                            : names;
        if (word)
            sqlite3_str_appendall(out, word), form++;
        else
            sqlite3_str_appendchar(out, 1, *form);
    }
}

/* Runs the form once for each kind of object. */
static bool for_each_kind(sqlite3 *db, const char *form)
{
    bool ok = true;
    for (size_t i = 0; ok && i < sizeof kinds / sizeof *kinds; i++) {
        sqlite3_str *out = sqlite3_str_new(db);
        char *names = columns_of(db, kinds[i].table);
        fill(out, form, i, names ? names : "*");
        sqlite3_free(names);
        char *sql = sqlite3_str_finish(out);
        ok = sql && sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK;
        if (!ok) fprintf(stderr, "sandbox: %s in: %.300s\n", sqlite3_errmsg(db), sql ? sql : form);
        sqlite3_free(sql);
    }
    return ok;
}

bool sb_late_notes(sqlite3 *db)
{
    return for_each_kind(db, notes);
}

static bool open_reader(tg_sandbox *s)
{
    sqlite3 *db = sb_connect(s);
    bool ok =
        db && for_each_kind(db, seen) && sqlite3_exec(db, sb_views, NULL, NULL, NULL) == SQLITE_OK;
    if (ok) {
        s->db[SB_SEEN] = db;
    } else {
        fprintf(stderr, "sandbox: cannot open the state for late reads: %s\n",
                db ? sqlite3_errmsg(db) : "no memory");
        sqlite3_close(db);
    }
    return ok;
}

/* Once open it stays: what was late when a knob went back to 0 keeps its time. */
void sb_late_choose(tg_sandbox *s, const sb_exchange *x)
{
    bool late = s->db[SB_SEEN] || s->knobs.visible_after > 0 || s->knobs.gone_after > 0;
    bool reads = strcmp(x->method, "GET") == 0;
    s->side = late && reads && (s->db[SB_SEEN] || open_reader(s)) ? SB_SEEN : SB_TRUE;
}
