#include "disk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"

static sim_file *files[SIM_DISKS];
static long serials;

static void *grow(void *p, size_t *room, size_t need, size_t unit)
{
    if (need <= *room) return p;
    size_t more = need * 2 > 64 ? need * 2 : 64;
    sim_memory *before = sim_memory_use(NULL);
    p = realloc(p, more * unit);
    sim_memory_use(before);
    if (!p) abort();
    *room = more;
    return p;
}

/* ---------------------------------------------------------------------------------------- names */

static const char *place(const char *path, int *disk)
{
    bool ours = path[0] == '/' && path[1] >= '0' && path[1] < '0' + SIM_DISKS && path[2] == '/';
    *disk = ours ? path[1] - '0' : SIM_NOWHERE;
    return ours ? path + 3 : path;
}

sim_file *sim_file_find(const char *path)
{
    int disk;
    const char *name = place(path, &disk);
    sim_file *f = files[disk];
    while (f && strcmp(f->name, name) != 0) f = f->next;
    return f;
}

sim_file *sim_file_make(const char *path)
{
    int disk;
    const char *name = place(path, &disk);
    sim_file *f = *name ? sim_file_find(path) : NULL;
    if (f) return f;
    sim_memory *before = sim_memory_use(NULL);
    f = calloc(1, sizeof *f);
    sim_memory_use(before);
    if (!f) abort();
    snprintf(f->name, sizeof f->name, "%s", name);
    f->disk = disk;
    f->serial = ++serials;
    f->next = files[disk];
    return files[disk] = f;
}

static void drop_shm(sim_file *f)
{
    for (int i = 0; i < SIM_SHM; i++) {
        free(f->shm[i]);
        f->shm[i] = NULL;
    }
}

static void drop(sim_file *f)
{
    sim_file **at = &files[f->disk];
    while (*at != f) at = &(*at)->next;
    *at = f->next;
    drop_shm(f);
    free(f->now);
    free(f->safe);
    free(f->writes);
    free(f->log);
    free(f);
}

void sim_file_release(sim_file *f)
{
    if (f->handles) return;
    drop_shm(f); /* SQLite clears it likewise for the first connection */
    if (!*f->name) drop(f);
}

void sim_file_unlink(sim_file *f)
{
    *f->name = '\0';
    sim_file_release(f);
}

void sim_file_rename(sim_file *f, const char *path)
{
    int disk;
    sim_file *old = sim_file_find(path);
    if (old) sim_file_unlink(old);
    snprintf(f->name, sizeof f->name, "%s", place(path, &disk));
}

/* -------------------------------------------------------------------------------------- content */

/* Apply a write to the bytes of a file, or truncate it. Bytes in a gap are zero. */
static void put(unsigned char **p, size_t *size, size_t *room, const sim_write *w,
                const unsigned char *data)
{
    size_t end = w->cuts ? w->at : w->at + w->n;
    if (w->cuts && *size > end) *size = end;
    if (end > *size) {
        *p = grow(*p, room, end, 1);
        if (w->at > *size) memset(*p + *size, 0, w->at - *size);
        *size = end;
    }
    if (w->n) memcpy(*p + w->at, data, w->n);
}

static void change(sim_file *f, const sim_write *given, const void *data)
{
    size_t room = (size_t)f->write_room;
    sim_write w = *given;
    w.data = f->log_size;
    f->writes = grow(f->writes, &room, (size_t)f->write_count + 1, sizeof *f->writes);
    f->write_room = (int)room;
    f->writes[f->write_count++] = w;
    if (w.n) {
        f->log = grow(f->log, &f->log_room, f->log_size + w.n, 1);
        memcpy(f->log + f->log_size, data, w.n);
        f->log_size += w.n;
    }
    put(&f->now, &f->size, &f->room, &w, data);
}

bool sim_file_write(sim_file *f, const void *data, size_t n, size_t at)
{
    change(f, &(sim_write){.at = at, .n = n}, data);
    return true;
}

void sim_file_cut(sim_file *f, size_t size)
{
    change(f, &(sim_write){.at = size, .cuts = true}, NULL);
}

static void make_safe(sim_file *f, const sim_write *w, const unsigned char *data)
{
    put(&f->safe, &f->safe_size, &f->safe_room, w, data);
}

static void forget_writes(sim_file *f)
{
    f->write_count = 0;
    f->log_size = 0;
}

void sim_file_sync(sim_file *f)
{
    for (int i = 0; i < f->write_count; i++)
        make_safe(f, &f->writes[i], f->log + f->writes[i].data);
    forget_writes(f);
    f->entered = true;
}

/* ---------------------------------------------------------------------------------------- crash */

/* Apply a random selection of the sectors of a write. */
static void tear(sim_file *f, const sim_write *w, uint64_t (*draw)(uint64_t most))
{
    for (size_t done = 0, n; done < w->n; done += n) {
        n = SIM_SECTOR - (w->at + done) % SIM_SECTOR;
        if (n > w->n - done) n = w->n - done;
        if (draw(2))
            make_safe(f, &(sim_write){.at = w->at + done, .n = n}, f->log + w->data + done);
    }
}

static void crash_file(sim_file *f, int mood, uint64_t (*draw)(uint64_t most))
{
    for (int i = 0; i < f->write_count; i++) {
        const sim_write *w = &f->writes[i];
        uint64_t luck = mood < 2 ? (uint64_t)mood : draw(3);
        if (luck == 1) make_safe(f, w, f->log + w->data);
        if (luck == 2) tear(f, w, draw);
    }
    forget_writes(f);
    f->size = 0;
    put(&f->now, &f->size, &f->room, &(sim_write){.n = f->safe_size}, f->safe);
    drop_shm(f);
}

/* Lose power. Of the unsynced writes the disk keeps none, all, or a random selection. */
void sim_disk_crash(int disk, uint64_t (*draw)(uint64_t most))
{
    int mood = (int)draw(4);
    for (sim_file *f = files[disk], *next; f; f = next) {
        next = f->next;
        bool named = *f->name && (f->entered || mood == 1 || (mood > 1 && draw(2)));
        if (!named) {
            drop(f);
            continue;
        }
        crash_file(f, mood, draw);
        f->entered = true;
    }
}

void sim_disk_copy(int from, int to)
{
    char path[60];
    sim_disk_clear(to);
    for (sim_file *f = files[from]; f; f = f->next) {
        if (!*f->name) continue;
        snprintf(path, sizeof path, "/%d/%s", to, f->name);
        sim_file *copy = sim_file_make(path);
        copy->entered = true;
        put(&copy->now, &copy->size, &copy->room, &(sim_write){.n = f->size}, f->now);
        put(&copy->safe, &copy->safe_size, &copy->safe_room, &(sim_write){.n = f->size}, f->now);
    }
}

void sim_disk_clear(int disk)
{
    while (files[disk]) drop(files[disk]);
}

/* ----------------------------------------------------------------------------------------- hash */

uint64_t sim_hash(uint64_t h, const void *p, size_t n)
{
    const unsigned char *byte = p;
    for (size_t i = 0; i < n; i++) h = (h ^ byte[i]) * 1099511628211u;
    return h;
}

uint64_t sim_disk_hash(int disk, uint64_t h)
{
    for (const sim_file *f = files[disk]; f; f = f->next) {
        h = sim_hash(h, f->name, strlen(f->name));
        h = sim_hash(h, f->now, f->size);
        h = sim_hash(h, f->safe, f->safe_size);
    }
    return h;
}
