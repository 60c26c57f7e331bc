/*
** The disks of the machines. A file has its current bytes and its synced bytes. A killed process
** loses nothing. A machine that loses power keeps what was synced; of the rest it keeps all,
** nothing, or parts of writes, at random.
*/
#ifndef SIM_DISK_H
#define SIM_DISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SIM_MACHINES 3
#define SIM_SCRATCH  SIM_MACHINES       /* disk of the copies that checkers read */
#define SIM_TEMPLATE (SIM_MACHINES + 1) /* disk of empty databases with their tables */
#define SIM_NOWHERE  (SIM_MACHINES + 2) /* disk of SQLite's temporary files */
#define SIM_DISKS    (SIM_MACHINES + 3)
#define SIM_SECTOR   512
#define SIM_SHM      8 /* regions of 32 KiB; number of locks */

typedef struct sim_write {
    size_t at, n, data; /* offset in the file; bytes; offset in `log` */
    bool cuts;          /* truncates the file at `at` */
} sim_write;

typedef struct sim_handle sim_handle;

typedef struct sim_file {
    struct sim_file *next;
    char name[48]; /* empty: unlinked */
    int disk;
    long serial;
    bool entered; /* its name is synced */
    unsigned char *now, *safe;
    size_t size, room, safe_size, safe_room;
    sim_write *writes; /* since the last sync */
    int write_count, write_room;
    unsigned char *log;
    size_t log_size, log_room;
    sim_handle *handles;
    unsigned char *shm[SIM_SHM];
} sim_file;

/* Return the file at PATH, "/DISK/NAME", or NULL. */
sim_file *sim_file_find(const char *path);
sim_file *sim_file_make(const char *path); /* finds or creates */
void sim_file_unlink(sim_file *f);         /* frees it once no handle is left */
void sim_file_rename(sim_file *f, const char *path);
void sim_file_release(sim_file *f); /* after a handle was closed */

bool sim_file_write(sim_file *f, const void *data, size_t n, size_t at);
void sim_file_cut(sim_file *f, size_t size);
void sim_file_sync(sim_file *f);

void sim_disk_crash(int disk, uint64_t (*draw)(uint64_t most));
void sim_disk_copy(int from, int to);
void sim_disk_clear(int disk);

#define SIM_HASH 14695981039346656037u /* initial value: FNV-1a */
uint64_t sim_hash(uint64_t h, const void *p, size_t n);
uint64_t sim_disk_hash(int disk, uint64_t h); /* names and contents of its files */

#endif
