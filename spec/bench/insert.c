/* insert FILE BYTES: write a text of so many bytes with one INSERT into a new FILE; print CPU
   seconds. */
#include "tables.h"

int main(int argc, char **argv)
{
    sqlite3_stmt *st = NULL;
    if (argc != 3) return yard_fail("usage: insert FILE BYTES");
    size_t n = (size_t)atoll(argv[2]);
    char *text = malloc(n);
    if (!text) return yard_fail("out of memory");
    memset(text, 'x', n);
    remove(argv[1]);
    double start = yard_seconds(RUSAGE_SELF);
    sqlite3 *db = tables_open(argv[1], "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
                                       "CREATE TABLE texts(text TEXT)");
    sqlite3_prepare_v2(db, "INSERT INTO texts VALUES (?1)", -1, &st, NULL);
    sqlite3_bind_text64(st, 1, text, n, SQLITE_STATIC, SQLITE_UTF8);
    if (sqlite3_step(st) != SQLITE_DONE) return yard_fail(sqlite3_errmsg(db));
    sqlite3_finalize(st);
    sqlite3_close(db);
    printf("%.9f\n", yard_seconds(RUSAGE_SELF) - start);
    free(text);
    return 0;
}
