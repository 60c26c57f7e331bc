/* prefix FILE NAMES PREFIX COUNT: find the names that begin with PREFIX by an index. Create the
   table in FILE, if there is none, from the lines of the file NAMES. Print CPU seconds for one
   query, and how many names it found. */
#include "tables.h"

static void fill(sqlite3 *db, const char *path)
{
    char line[1000];
    sqlite3_stmt *st = NULL;
    FILE *f = fopen(path, "r");
    if (!f) exit(yard_fail(path));
    sqlite3_exec(db, "BEGIN; CREATE TABLE names(name TEXT)", NULL, NULL, NULL);
    sqlite3_prepare_v2(db, "INSERT INTO names VALUES (?1)", -1, &st, NULL);
    while (fgets(line, sizeof line, f)) {
        sqlite3_bind_text(st, 1, line, (int)strcspn(line, "\n"), SQLITE_STATIC);
        sqlite3_step(st);
        sqlite3_reset(st);
    }
    fclose(f);
    sqlite3_finalize(st);
    sqlite3_exec(db, "CREATE INDEX by_name ON names(name); COMMIT", NULL, NULL, NULL);
}

int main(int argc, char **argv)
{
    static const char query[] =
        "SELECT name FROM names WHERE name >= ?1 AND name < ?1 || char(1114111)";
    sqlite3_stmt *st = NULL;
    if (argc != 5) return yard_fail("usage: prefix FILE NAMES PREFIX COUNT");
    sqlite3 *db = tables_open(argv[1], "PRAGMA journal_mode = WAL");
    if (sqlite3_prepare_v2(db, query, -1, &st, NULL) != SQLITE_OK) {
        fill(db, argv[2]);
        sqlite3_prepare_v2(db, query, -1, &st, NULL);
    }
    sqlite3_bind_text(st, 1, argv[3], -1, SQLITE_STATIC);
    return tables_time(db, st, atoi(argv[4]));
}
