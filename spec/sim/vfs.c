/* SQLite's VFS on the simulated disks: files, locks, and the shared memory of the WAL. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "world.h"

#define REGION 32768

struct sim_handle {
    sqlite3_file base;
    sim_file *file;
    sim_handle *next;       /* next handle of the file */
    sim_handle *next_owned; /* next handle of the process */
    sim_process *process;   /* owner; NULL: a checker */
    int lock;
    unsigned shared, exclusive; /* bits of WAL locks held */
    bool attached, keeps_log, temporary;
    char path[60]; /* path at opening */
};

static sim_handle *of(sqlite3_file *f)
{
    return (sim_handle *)f;
}

/* ---------------------------------------------------------------------------------------- files */

static void leave(sim_handle *h)
{
    sim_handle **at = &h->file->handles;
    while (*at != h) at = &(*at)->next;
    *at = h->next;
    if (h->temporary) *h->file->name = '\0';
    sim_file_release(h->file);
}

void sim_close_files(sim_process *p)
{
    for (sim_handle *h = p->files; h; h = h->next_owned) leave(h);
    p->files = NULL;
}

static int close_file(sqlite3_file *f)
{
    sim_handle *h = of(f);
    if (h->process) {
        sim_handle **at = &h->process->files;
        while (*at != h) at = &(*at)->next_owned;
        *at = h->next_owned;
    }
    leave(h);
    return SQLITE_OK;
}

static int read_file(sqlite3_file *f, void *to, int n, sqlite3_int64 at)
{
    const sim_file *file = of(f)->file;
    size_t start = (size_t)at, there = start < file->size ? file->size - start : 0;
    if (there > (size_t)n) there = (size_t)n;
    if (there) memcpy(to, file->now + start, there);
    if (there == (size_t)n) return SQLITE_OK;
    memset((char *)to + there, 0, (size_t)n - there);
    return SQLITE_IOERR_SHORT_READ;
}

static int write_file(sqlite3_file *f, const void *from, int n, sqlite3_int64 at)
{
    sim_file *file = of(f)->file;
    sim_point();
    int code = sim_disk_fault(file->disk, (size_t)at + (size_t)n > file->size);
    if (code) return code == SQLITE_FULL ? code : SQLITE_IOERR_WRITE;
    sim_file_write(file, from, (size_t)n, (size_t)at);
    return SQLITE_OK;
}

static int truncate_file(sqlite3_file *f, sqlite3_int64 size)
{
    sim_point();
    sim_file_cut(of(f)->file, (size_t)size);
    return SQLITE_OK;
}

static int sync_file(sqlite3_file *f, int flags)
{
    (void)flags;
    sim_point();
    int code = sim_disk_fault(of(f)->file->disk, false);
    if (code) return SQLITE_IOERR_FSYNC;
    sim_file_sync(of(f)->file);
    sim_point();
    return SQLITE_OK;
}

static int file_size(sqlite3_file *f, sqlite3_int64 *size)
{
    *size = (sqlite3_int64)of(f)->file->size;
    return SQLITE_OK;
}

static int control(sqlite3_file *f, int what, void *data)
{
    int *value = data;
    if (what == SQLITE_FCNTL_HAS_MOVED) {
        *value = sim_file_find(of(f)->path) != of(f)->file;
        return SQLITE_OK;
    }
    if (what != SQLITE_FCNTL_PERSIST_WAL) return SQLITE_NOTFOUND;
    if (*value >= 0) of(f)->keeps_log = *value > 0;
    *value = of(f)->keeps_log;
    return SQLITE_OK;
}

static int sector_size(sqlite3_file *f)
{
    (void)f;
    return 4096;
}

static int characteristics(sqlite3_file *f)
{
    (void)f;
    return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

/* ---------------------------------------------------------------------------------------- locks */

/* Return the highest lock of the other handles. */
static int others(const sim_handle *h)
{
    int highest = SQLITE_LOCK_NONE;
    for (const sim_handle *o = h->file->handles; o; o = o->next)
        if (o != h && o->lock > highest) highest = o->lock;
    return highest;
}

static int lock_file(sqlite3_file *f, int wanted)
{
    sim_handle *h = of(f);
    sim_point();
    if (h->lock >= wanted) return SQLITE_OK;
    int other = others(h);
    if (wanted == SQLITE_LOCK_SHARED && other >= SQLITE_LOCK_PENDING) return SQLITE_BUSY;
    if (wanted > SQLITE_LOCK_SHARED && other >= SQLITE_LOCK_RESERVED) return SQLITE_BUSY;
    h->lock = wanted;
    if (wanted != SQLITE_LOCK_EXCLUSIVE || other == SQLITE_LOCK_NONE) return SQLITE_OK;
    h->lock = SQLITE_LOCK_PENDING; /* no new readers; wait for the present ones */
    return SQLITE_BUSY;
}

static int unlock_file(sqlite3_file *f, int to)
{
    if (of(f)->lock > to) of(f)->lock = to;
    return SQLITE_OK;
}

static int is_reserved(sqlite3_file *f, int *out)
{
    *out = of(f)->lock >= SQLITE_LOCK_RESERVED || others(of(f)) >= SQLITE_LOCK_RESERVED;
    return SQLITE_OK;
}

/* -------------------------------------------------------------------------------- shared memory */

static int map_shm(sqlite3_file *f, int region, int size, int extend, void volatile **out)
{
    sim_handle *h = of(f);
    *out = NULL;
    if (size != REGION || region >= SIM_SHM) return SQLITE_IOERR_SHMMAP;
    h->attached = true;
    if (!h->file->shm[region] && extend) {
        sim_memory *before = sim_memory_use(NULL);
        h->file->shm[region] = calloc(1, REGION);
        sim_memory_use(before);
    }
    *out = h->file->shm[region];
    return SQLITE_OK;
}

static int lock_shm(sqlite3_file *f, int first, int n, int flags)
{
    sim_handle *h = of(f);
    unsigned mask = ((1u << n) - 1) << first;
    if (flags & SQLITE_SHM_UNLOCK) {
        h->shared &= ~mask;
        h->exclusive &= ~mask;
        return SQLITE_OK;
    }
    sim_point();
    bool alone = (flags & SQLITE_SHM_EXCLUSIVE) != 0;
    for (const sim_handle *o = h->file->handles; o; o = o->next)
        if (o != h && mask & (alone ? o->shared | o->exclusive : o->exclusive)) return SQLITE_BUSY;
    if (alone)
        h->exclusive |= mask;
    else
        h->shared |= mask;
    return SQLITE_OK;
}

static void barrier(sqlite3_file *f)
{
    (void)f;
}

/* Detach from the shared memory. The last handle drops it: the next one starts with empty memory.
   */
static int unmap_shm(sqlite3_file *f, int remove)
{
    (void)remove;
    sim_handle *h = of(f);
    bool used = false;
    h->attached = false;
    h->shared = h->exclusive = 0;
    for (const sim_handle *o = h->file->handles; o; o = o->next) used |= o->attached;
    for (int i = 0; i < SIM_SHM && !used; i++) {
        free(h->file->shm[i]);
        h->file->shm[i] = NULL;
    }
    return SQLITE_OK;
}

static const sqlite3_io_methods methods = {.iVersion = 2,
                                           .xClose = close_file,
                                           .xRead = read_file,
                                           .xWrite = write_file,
                                           .xTruncate = truncate_file,
                                           .xSync = sync_file,
                                           .xFileSize = file_size,
                                           .xLock = lock_file,
                                           .xUnlock = unlock_file,
                                           .xCheckReservedLock = is_reserved,
                                           .xFileControl = control,
                                           .xSectorSize = sector_size,
                                           .xDeviceCharacteristics = characteristics,
                                           .xShmMap = map_shm,
                                           .xShmLock = lock_shm,
                                           .xShmBarrier = barrier,
                                           .xShmUnmap = unmap_shm};

/* ----------------------------------------------------------------------------------- file names */

static int open_file(sqlite3_vfs *v, const char *name, sqlite3_file *f, int flags, int *out_flags)
{
    (void)v;
    sim_handle *h = of(f);
    *h = (sim_handle){0};
    sim_file *file = name ? sim_file_find(name) : NULL;
    if (!file && !(flags & SQLITE_OPEN_CREATE)) return SQLITE_CANTOPEN;
    if (!file) file = sim_file_make(name ? name : "");
    *h = (sim_handle){.base.pMethods = &methods, .file = file, .next = file->handles};
    snprintf(h->path, sizeof h->path, "%s", name ? name : "");
    h->temporary = !name || flags & SQLITE_OPEN_DELETEONCLOSE;
    file->handles = h;
    if ((h->process = sim_the_world ? sim_the_world->here : NULL)) {
        h->next_owned = h->process->files;
        h->process->files = h;
    }
    if (out_flags) *out_flags = flags;
    return SQLITE_OK;
}

static int delete_file(sqlite3_vfs *v, const char *name, int sync)
{
    (void)v, (void)sync;
    sim_file *f = sim_file_find(name);
    if (!f) return SQLITE_IOERR_DELETE_NOENT;
    sim_point();
    sim_file_unlink(f);
    return SQLITE_OK;
}

static int can_access(sqlite3_vfs *v, const char *name, int flags, int *out)
{
    (void)v, (void)flags;
    const sim_file *f = sim_file_find(name);
    /* as SQLite's own VFS: for SQLITE_ACCESS_EXISTS an empty file does not exist */
    *out = f && (flags != SQLITE_ACCESS_EXISTS || f->size > 0);
    return SQLITE_OK;
}

static int full_path(sqlite3_vfs *v, const char *name, int n, char *out)
{
    (void)v;
    snprintf(out, (size_t)n, "%s", name);
    return SQLITE_OK;
}

static int randomness(sqlite3_vfs *v, int n, char *out)
{
    (void)v;
    for (int i = 0; i < n; i++) out[i] = (char)(sim_the_world ? sim_chance(256) : 7);
    return n;
}

static int sleep_for(sqlite3_vfs *v, int microseconds)
{
    (void)v;
    if (sim_the_world) sim_wait(sim_the_world->time + microseconds / 1e6);
    return microseconds;
}

static int current_time(sqlite3_vfs *v, sqlite3_int64 *out)
{
    (void)v;
    double now = sim_the_world ? sim_the_world->time : SIM_START;
    *out = 210866760000000 + (sqlite3_int64)(now * 1000);
    return SQLITE_OK;
}

static int last_error(sqlite3_vfs *v, int n, char *out)
{
    (void)v, (void)n, (void)out;
    return 0;
}

/* Turn off SQLite's mutexes and memory statistics: the simulator has one thread. */
void sim_vfs_register(void)
{
    static sqlite3_vfs vfs = {.iVersion = 2,
                              .szOsFile = sizeof(sim_handle),
                              .mxPathname = 200,
                              .zName = "sim",
                              .xOpen = open_file,
                              .xDelete = delete_file,
                              .xAccess = can_access,
                              .xFullPathname = full_path,
                              .xRandomness = randomness,
                              .xSleep = sleep_for,
                              .xGetLastError = last_error,
                              .xCurrentTimeInt64 = current_time};
    sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    sqlite3_vfs_register(&vfs, 1);
}
