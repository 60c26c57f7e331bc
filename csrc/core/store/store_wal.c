#include "store_wal.h"

#include <sqlite3.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>

#define REGION_BYTES 32768 /* of the wal-index; SQLite maps it in such pieces */

/* This hook replaces SQLite's own, which checkpoints. */
static int note_pages(void *pages, sqlite3 *db, const char *name, int n)
{
    (void)db, (void)name;
    *(int *)pages = n;
    return SQLITE_OK;
}

void tg_wal_init(sqlite3 *db, int *pages)
{
    sqlite3_wal_hook(db, note_pages, pages);
}

/* PASSIVE takes only the checkpointer's lock. The other modes also try to take the writer's lock,
   and continue without it on failure; within one connection it is not certain to be available. */
static bool copy_log(const char *path)
{
    sqlite3 *other = NULL;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE |
                SQLITE_OPEN_NOFOLLOW;
    int keep_log = 1, in_log = 0, copied = -1;
    bool ok = sqlite3_open_v2(path, &other, flags, NULL) == SQLITE_OK;
    if (ok) {
        sqlite3_wal_autocheckpoint(other, 0);
        sqlite3_db_config(other, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
        sqlite3_file_control(other, "main", SQLITE_FCNTL_PERSIST_WAL, &keep_log);
        /* The first read opens the log; without it there is nothing to checkpoint. */
        ok = sqlite3_exec(other, "PRAGMA schema_version", NULL, NULL, NULL) == SQLITE_OK &&
             sqlite3_wal_checkpoint_v2(other, "main", SQLITE_CHECKPOINT_PASSIVE, &in_log,
                                       &copied) == SQLITE_OK;
    }
    sqlite3_close(other);
    return ok && in_log >= 0 && in_log == copied;
}

bool tg_wal_checkpoint(sqlite3 *db, const char *path)
{
    if (!sqlite3_get_autocommit(db) ||
        sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK)
        return false;
    bool ok = copy_log(path);
    sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    return ok;
}

/* The handle asks for its own mapping: another descriptor of the file would drop SQLite's locks
   when it is closed. SQLite keeps this pointer in the same way. */
const volatile uint32_t *tg_wal_index(sqlite3 *db)
{
    sqlite3_file *f = NULL;
    volatile void *region = NULL;
    if (sqlite3_file_control(db, "main", SQLITE_FCNTL_FILE_POINTER, &f) != SQLITE_OK || !f ||
        !f->pMethods || f->pMethods->iVersion < 2 ||
        f->pMethods->xShmMap(f, 0, REGION_BYTES, 0, &region) != SQLITE_OK)
        return NULL;
    return region;
}

/*
** The format is sqlite.org/walformat.html's, which all SQLite versions that share a file must agree
** on. A commit writes the second copy of the head and then the first one, so that two equal copies
** were not read during a commit.
*/
bool tg_wal_head(const volatile uint32_t *index, uint32_t head[TG_WAL_HEAD])
{
    uint32_t second[TG_WAL_HEAD];
    for (int i = 0; i < TG_WAL_HEAD; i++) head[i] = index[i];
    atomic_thread_fence(memory_order_acquire);
    for (int i = 0; i < TG_WAL_HEAD; i++) second[i] = index[TG_WAL_HEAD + i];
    return memcmp(head, second, sizeof second) == 0;
}
