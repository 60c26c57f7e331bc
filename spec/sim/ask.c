/* Queries of the checkers on the server's own database. */
#include "memory.h"
#include "sandbox/state.h"

int64_t sim_number(sb_engine *e, const char *sql);

int64_t sim_number(sb_engine *e, const char *sql)
{
    sqlite3_stmt *stmt = NULL;
    int64_t value = -1;
    sim_memory *before = sim_memory_use(NULL);
    if (sqlite3_prepare_v2(e->db[SB_TRUE], sql, -1, &stmt, NULL) == SQLITE_OK &&
        sqlite3_step(stmt) == SQLITE_ROW)
        value = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    sim_memory_use(before);
    return value;
}
