/*
** The disks of the machines: files with what was written and what of it is safe. A process that is
** killed loses nothing; a machine that dies keeps what was synced, and of the rest, by chance, all,
** nothing, or parts of writes.
*/
#ifndef SIM_DISK_H
#define SIM_DISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SIM_MACHINES 3
#define SIM_SCRATCH  SIM_MACHINES       /* the disk on which checkers look at copies */
#define SIM_TEMPLATE (SIM_MACHINES + 1) /* databases that hold nothing yet */
#define SIM_NOWHERE  (SIM_MACHINES + 2) /* files that SQLite makes for itself */
#define SIM_DISKS    (SIM_MACHINES + 3)
#define SIM_SECTOR   512
#define SIM_SHM      8 /* regions of 32 KiB, and locks */

typedef struct sim_write {
    size_t at, n, data; /* where in the file; DATA: where in the log of its bytes */
    bool cuts;          /* the file ends at AT now */
} sim_write;

typedef struct sim_handle sim_handle;

typedef struct sim_file {
    struct sim_file *next;
    char name[48]; /* empty: it has no name any more */
    int disk;
    long serial;
    bool entered; /* its name is safe */
    unsigned char *now, *safe;
    size_t size, room, safe_size, safe_room;
    sim_write *writes; /* since the last sync */
    int write_count, write_room;
    unsigned char *log;
    size_t log_size, log_room;
    sim_handle *handles;
    unsigned char *shm[SIM_SHM];
} sim_file;

/* PATH is "/DISK/NAME". NULL: there is none. */
sim_file *sim_file_find(const char *path);
sim_file *sim_file_make(const char *path); /* finds or makes */
void sim_file_unlink(sim_file *f);         /* freed once no handle is left */
void sim_file_rename(sim_file *f, const char *path);
void sim_file_release(sim_file *f); /* a handle was closed */

bool sim_file_write(sim_file *f, const void *data, size_t n, size_t at);
void sim_file_cut(sim_file *f, size_t size);
void sim_file_sync(sim_file *f);

void sim_disk_crash(int disk, uint64_t (*draw)(uint64_t most));
void sim_disk_copy(int from, int to);
void sim_disk_clear(int disk);

#define SIM_HASH 14695981039346656037u /* to begin with: FNV-1a */
uint64_t sim_hash(uint64_t h, const void *p, size_t n);
uint64_t sim_disk_hash(int disk, uint64_t h); /* names and content of its files */

#endif
