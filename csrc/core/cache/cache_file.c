/* Inspect and clear the cache file without a client. */
#include <sqlite3.h>
#include <stdio.h>
#include <sys/stat.h>

#include "cache_inside.h"
#include "error.h"
#include "store_file.h"

#define PATIENCE 2.0 /* seconds: the user waits at the prompt */

static int64_t size_of(const char *path, const char *suffix)
{
    char name[4096];
    struct stat st;
    int n = snprintf(name, sizeof name, "%s%s", path, suffix);
    return n > 0 && n < (int)sizeof name && lstat(name, &st) == 0 ? st.st_size : -1;
}

static bool read_numbers(tg_store *s, tg_cache_state *out, tg_error *err)
{
    sqlite3_stmt *st = NULL;
    bool ok = sqlite3_prepare_v2(tg_store_handle(s),
                                 "SELECT count(*), min(at) / 1e6, max(at) / 1e6,"
                                 " (SELECT user_version FROM pragma_user_version) FROM replies",
                                 -1, &st, NULL) == SQLITE_OK &&
              sqlite3_step(st) == SQLITE_ROW;
    if (ok) {
        out->replies = sqlite3_column_int64(st, 0);
        out->oldest = sqlite3_column_double(st, 1);
        out->newest = sqlite3_column_double(st, 2);
        out->version = sqlite3_column_int(st, 3);
    } else
        tg_store_error(s, err);
    sqlite3_finalize(st);
    return ok;
}

/* The number of records that finders look up by index; 0 in a file of an older layout. */
static int64_t indexed_records(tg_store *s)
{
    sqlite3_stmt *st = NULL;
    sqlite3_prepare_v2(tg_store_handle(s), "SELECT total(records) FROM row_lists WHERE pages >= 0",
                       -1, &st, NULL);
    int64_t n = st && sqlite3_step(st) == SQLITE_ROW ? sqlite3_column_int64(st, 0) : 0;
    sqlite3_finalize(st);
    return n;
}

/* What was deleted to keep the file small, and how small; nothing in a file of an older layout. */
static void read_trims(tg_store *s, tg_cache_state *out)
{
    sqlite3_stmt *st = NULL;
    out->limit = TG_CACHE_BYTES;
    sqlite3_prepare_v2(tg_store_handle(s),
                       "SELECT trimmed, trimmed_bytes, trimmed_at / 1e6, size_limit FROM clock", -1,
                       &st, NULL);
    if (st && sqlite3_step(st) == SQLITE_ROW) {
        out->trimmed = sqlite3_column_int64(st, 0);
        out->trimmed_bytes = sqlite3_column_int64(st, 1);
        out->trimmed_at = sqlite3_column_double(st, 2);
        if (sqlite3_column_int64(st, 3)) out->limit = sqlite3_column_int64(st, 3);
    }
    sqlite3_finalize(st);
}

void tg_cache_look(const char *path, tg_cache_state *out, tg_error *problem)
{
    tg_error why;
    tg_store_options o = tg_cache_options(path, true);
    int64_t bytes = size_of(path, ""), log = size_of(path, "-wal");
    if (!problem) problem = &why;
    *problem = (tg_error){.kind = TG_OK};
    *out = (tg_cache_state){.there = bytes >= 0};
    out->copies = tg_file_copies(path, NULL, false, &out->copy_bytes);
    if (!out->there) return;
    out->bytes = bytes + (log > 0 ? log : 0);
    tg_store *s = tg_store_open(&o, NULL, problem);
    if (s) tg_store_patience(s, PATIENCE);
    out->usable = s && tg_store_ready(s, problem) && read_numbers(s, out, problem);
    /* discard the error of an opening that was then repeated */
    if (out->usable) *problem = (tg_error){.kind = TG_OK};
    if (out->usable) {
        out->rows = indexed_records(s);
        read_trims(s, out);
    }
    tg_store_close(s);
}

static int code_of(tg_store *s)
{
    return tg_store_handle(s) ? sqlite3_errcode(tg_store_handle(s)) & 0xff : SQLITE_CANTOPEN;
}

#define FORGET                                                                                     \
    "DELETE FROM replies; DELETE FROM tags; DELETE FROM row_lists; DELETE FROM row_pages;"         \
    " DELETE FROM row_words; DELETE FROM row_terms"

/* Keep the drop records: a change may still be settling. CODE: the result code of the step that
   failed. */
static bool forget(tg_store *s, int *code, tg_error *err)
{
    bool begun = tg_store_begin(s, err);
    bool ok = begun && (sqlite3_exec(tg_store_handle(s), FORGET, NULL, NULL, NULL) == SQLITE_OK ||
                        tg_store_error(s, err));
    *code = ok ? SQLITE_OK : code_of(s); /* the rollback would overwrite it */
    if (ok && tg_store_commit(s, err)) return true;
    if (ok) /* the unit was begun and changed the file, so only the commit failed */
        *code = SQLITE_FULL;
    else if (begun)
        tg_store_rollback(s);
    return false;
}

/* Emptying requires room for a log and a sound file. Otherwise quarantine the file, which requires
   neither, and delete it with the quarantined copies. */
static bool empty(tg_store *s, const char *path, tg_error *err)
{
    int code;
    struct stat at;
    tg_store_patience(s, PATIENCE);
    if (forget(s, &code, err)) return tg_cache_rebuild(s, path), true;
    if (code != SQLITE_FULL && code != SQLITE_IOERR && code != SQLITE_CORRUPT &&
        code != SQLITE_NOTADB)
        return false;
    if (lstat(path, &at) != 0) return true;
    tg_store_damaged(s);
    tg_store_ready(s, NULL); /* create a new file if possible */
    return !tg_file_same(path, &at);
}

bool tg_cache_clear(const char *path, tg_cache_state *removed, tg_error *err)
{
    tg_cache_look(path, removed, NULL);
    tg_store_options o = tg_cache_options(path, false);
    tg_store *s = removed->there ? tg_store_open(&o, NULL, err) : NULL;
    bool ok = !removed->there || (s && empty(s, path, err));
    tg_store_close(s);
    tg_file_copies(path, NULL, true, NULL);
    if (ok && removed->there && !removed->usable) removed->copies++; /* this call quarantined it */
    int64_t left = size_of(path, "");
    removed->copies -= tg_file_copies(path, NULL, false, NULL);
    removed->bytes = left > 0 && left < removed->bytes ? removed->bytes - left
                     : left > 0                        ? 0
                                                       : removed->bytes;
    return ok;
}
