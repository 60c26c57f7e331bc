/*
** The service shows creations and deletions only after some seconds. Reads run on a second
** connection, whose temporary views hide the tables of the same names, so the scripts need no
** change. Changes run on the first connection, on the tables, but look up the objects they name
** in the views known_T: every operation rejects an object that is not visible yet, and a
** repeated deletion.
**
** Triggers record both for each table: fresh_T has the keys of rows that are not visible yet,
** gone_T the deleted rows that still are. Cascading deletions fire them too. The second
** connection is opened when one of the two knobs is first set.
*/
#include "late.h"

#include <string.h>

/* Each kind of object: its table, and the two columns of its key, for most kinds the same one. */
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

/* The column names of a table; the caller frees them with sqlite3_free(). */
static char *columns_of(sqlite3 *db, const char *table)
{
    static const char names_of[] = "SELECT group_concat(name) FROM pragma_table_info(?1, 'main')";
    sqlite3_stmt *st = NULL;
    char *names = NULL;
    if (sqlite3_prepare_v2(db, names_of, -1, &st, NULL) == SQLITE_OK) {
        sqlite3_bind_text(st, 1, table, -1, SQLITE_STATIC);
        if (sqlite3_step(st) == SQLITE_ROW)
            names = sqlite3_mprintf("%s", sqlite3_column_text(st, 0));
    }
    sqlite3_finalize(st);
    return names;
}

/* Run the piece once for each kind of object. */
static bool for_each_kind(sqlite3 *db, const char *piece)
{
    bool ok = true;
    for (size_t i = 0; ok && i < sizeof kinds / sizeof *kinds; i++) {
        char *names = columns_of(db, kinds[i].table);
        char *arguments = sqlite3_mprintf("%s, %s, %s, %s", kinds[i].table, kinds[i].a, kinds[i].b,
                                          names ? names : "*");
        ok = arguments && sb_exec(db, piece, arguments);
        sqlite3_free(names);
        sqlite3_free(arguments);
    }
    return ok;
}

bool sb_late_notes(sqlite3 *db)
{
    return for_each_kind(db, "late.notes") && for_each_kind(db, "late.known");
}

static bool open_reader(sb_engine *e)
{
    sqlite3 *db = sb_connect(e);
    bool ok = db && for_each_kind(db, "late.seen") && for_each_kind(db, "late.known") &&
              sb_exec(db, "rules.counts_by_hand", NULL) && sb_exec(db, "views.views", NULL);
    if (ok) {
        e->db[SB_SEEN] = db;
    } else {
        fprintf(stderr, "sandbox: cannot open the state for late reads: %s\n",
                db ? sqlite3_errmsg(db) : "no memory");
        sqlite3_close(db);
    }
    return ok;
}

/* Late reads do not end before a rewind: an object that is late when a knob is set to 0 keeps its
   time. */
void sb_late_choose(sb_engine *e, bool reads)
{
    e->late |= e->knobs.visible_after > 0 || e->knobs.gone_after > 0;
    e->side = e->late && reads && (e->db[SB_SEEN] || open_reader(e)) ? SB_SEEN : SB_TRUE;
}
