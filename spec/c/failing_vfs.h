/*
** Wrap SQLite's default VFS. The n-th call of one kind fails; if `sticks`, all later calls of that
** kind fail too. Only files whose path contains `name` count. `opening`, unless NULL, is called
** once, before such a file is opened.
*/
#ifndef FAILING_VFS_H
#define FAILING_VFS_H

#include <sqlite3.h>
#include <stdbool.h>
#include <string.h>

typedef enum vfs_call {
    VFS_NONE,
    VFS_OPEN,
    VFS_READ,
    VFS_WRITE,
    VFS_TEAR, /* writes half of the bytes, then fails */
    VFS_SYNC,
    VFS_TRUNCATE,
    VFS_SIZE,
    VFS_LOCK,
    VFS_MAP, /* shared memory of the WAL */
    VFS_MAP_LOCK,
    VFS_WRITER, /* the lock of the writer */
    VFS_ACCESS
} vfs_call;

static struct {
    const char *name;
    vfs_call call; /* the kind that fails */
    int at, code, seen, failed;
    bool sticks;
    void (*opening)(void);
    sqlite3_vfs *real, vfs;
    sqlite3_io_methods methods;
} failing;

typedef struct failing_file {
    sqlite3_file base;
    bool counted;
    sqlite3_file *real; /* follows this struct, in the same allocation */
} failing_file;

static sqlite3_file *real_of(sqlite3_file *f)
{
    return ((failing_file *)f)->real;
}

static bool fails(bool counted, vfs_call call)
{
    if (!counted || failing.call != call) return false;
    failing.seen++;
    bool hit = failing.seen == failing.at || (failing.sticks && failing.seen > failing.at);
    failing.failed += hit;
    return hit;
}

#define FAIL_OR(call, ...)                                                                         \
    if (fails(((failing_file *)f)->counted, call)) return failing.code;                            \
    return real_of(f)->pMethods->__VA_ARGS__

static int vfs_close(sqlite3_file *f)
{
    return real_of(f)->pMethods ? real_of(f)->pMethods->xClose(real_of(f)) : SQLITE_OK;
}

static int vfs_read(sqlite3_file *f, void *to, int n, sqlite3_int64 at)
{
    FAIL_OR(VFS_READ, xRead(real_of(f), to, n, at));
}

static int vfs_write(sqlite3_file *f, const void *from, int n, sqlite3_int64 at)
{
    if (fails(((failing_file *)f)->counted, VFS_TEAR)) {
        real_of(f)->pMethods->xWrite(real_of(f), from, n / 2, at);
        return failing.code;
    }
    FAIL_OR(VFS_WRITE, xWrite(real_of(f), from, n, at));
}

static int vfs_truncate(sqlite3_file *f, sqlite3_int64 n)
{
    FAIL_OR(VFS_TRUNCATE, xTruncate(real_of(f), n));
}

static int vfs_sync(sqlite3_file *f, int flags)
{
    (void)flags; /* no sync: the tests cut no power, and syncs would take most of their time */
    return fails(((failing_file *)f)->counted, VFS_SYNC) ? failing.code : SQLITE_OK;
}

static int vfs_size(sqlite3_file *f, sqlite3_int64 *n)
{
    FAIL_OR(VFS_SIZE, xFileSize(real_of(f), n));
}

static int vfs_lock(sqlite3_file *f, int level)
{
    FAIL_OR(VFS_LOCK, xLock(real_of(f), level));
}

static int vfs_unlock(sqlite3_file *f, int level)
{
    return real_of(f)->pMethods->xUnlock(real_of(f), level);
}

static int vfs_reserved(sqlite3_file *f, int *out)
{
    return real_of(f)->pMethods->xCheckReservedLock(real_of(f), out);
}

static int vfs_control(sqlite3_file *f, int op, void *arg)
{
    return real_of(f)->pMethods->xFileControl(real_of(f), op, arg);
}

static int vfs_sector(sqlite3_file *f)
{
    return real_of(f)->pMethods->xSectorSize(real_of(f));
}

static int vfs_device(sqlite3_file *f)
{
    return real_of(f)->pMethods->xDeviceCharacteristics(real_of(f));
}

static int vfs_map(sqlite3_file *f, int page, int size, int extend, void volatile **out)
{
    FAIL_OR(VFS_MAP, xShmMap(real_of(f), page, size, extend, out));
}

static int vfs_map_lock(sqlite3_file *f, int from, int n, int flags)
{
    if (flags & SQLITE_SHM_UNLOCK)
        return real_of(f)->pMethods->xShmLock(real_of(f), from, n, flags);
    if (from == 0 && fails(((failing_file *)f)->counted, VFS_WRITER)) return failing.code;
    FAIL_OR(VFS_MAP_LOCK, xShmLock(real_of(f), from, n, flags));
}

static void vfs_barrier(sqlite3_file *f)
{
    real_of(f)->pMethods->xShmBarrier(real_of(f));
}

static int vfs_unmap(sqlite3_file *f, int remove)
{
    return real_of(f)->pMethods->xShmUnmap(real_of(f), remove);
}

static int vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *f, int flags, int *out)
{
    failing_file *file = (failing_file *)f;
    (void)vfs;
    file->counted = name && failing.name && strstr(name, failing.name);
    file->real = (sqlite3_file *)(file + 1);
    file->real->pMethods = NULL;
    f->pMethods = NULL;
    if (fails(file->counted, VFS_OPEN)) return failing.code;
    void (*opening)(void) = file->counted ? failing.opening : NULL;
    if (opening) failing.opening = NULL, opening();
    int rc = failing.real->xOpen(failing.real, name, file->real, flags, out);
    if (file->real->pMethods) f->pMethods = &failing.methods;
    return rc;
}

static int vfs_access(sqlite3_vfs *vfs, const char *name, int flags, int *out)
{
    (void)vfs;
    if (fails(failing.name && strstr(name, failing.name), VFS_ACCESS)) return failing.code;
    return failing.real->xAccess(failing.real, name, flags, out);
}

/* Make the wrapper the default VFS of this process, for files whose path contains NAME. */
static void failing_vfs(const char *name)
{
    failing.name = name;
    failing.real = sqlite3_vfs_find(NULL);
    failing.vfs = *failing.real;
    failing.vfs.zName = "failing";
    failing.vfs.szOsFile += (int)sizeof(failing_file);
    failing.vfs.xOpen = vfs_open;
    failing.vfs.xAccess = vfs_access;
    failing.methods =
        (sqlite3_io_methods){2,           vfs_close,  vfs_read,   vfs_write,  vfs_truncate,
                             vfs_sync,    vfs_size,   vfs_lock,   vfs_unlock, vfs_reserved,
                             vfs_control, vfs_sector, vfs_device, vfs_map,    vfs_map_lock,
                             vfs_barrier, vfs_unmap,  NULL,       NULL};
    sqlite3_vfs_register(&failing.vfs, 1);
}

static void fail_at(vfs_call call, int code, int at, bool sticks)
{
    failing.call = call;
    failing.code = code;
    failing.at = at;
    failing.sticks = sticks;
    failing.seen = failing.failed = 0;
}

#endif
