/* malloc() of the whole program: bump allocation by owner, free lists by size. */
#include "memory.h"

#include <errno.h>
#include <malloc.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SIM_OWN_MALLOC 0
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SIM_OWN_MALLOC 0
#endif
#ifndef SIM_OWN_MALLOC
#define SIM_OWN_MALLOC 1
#endif

#define CHUNK   ((size_t)256 << 10)
#define CLASSES 160
#define HEAD    16 /* bytes before a block; keeps malloc's alignment */

typedef struct chunk {
    struct chunk *next;
    size_t size;
} chunk;

typedef struct block {
    sim_memory *owner;
    uint32_t class_;
} block;

struct sim_memory {
    chunk *chunks;
    char *at, *end;
    void *freed[CLASSES];
};

static sim_memory world; /* owner of blocks that belong to no process */
sim_memory *sim_memory_now = &world;

sim_memory *sim_memory_use(sim_memory *m)
{
    sim_memory *before = sim_memory_now;
    sim_memory_now = m ? m : &world;
    return before;
}

sim_memory *sim_memory_new(void)
{
    sim_memory *before = sim_memory_use(NULL), *m = calloc(1, sizeof *m);
    sim_memory_use(before);
    if (!m) abort();
    return m;
}

#if SIM_OWN_MALLOC
static chunk *spare; /* free chunks of CHUNK bytes each */

static chunk *take_chunk(size_t size)
{
    chunk *c = spare;
    if (size == CHUNK && c) return spare = c->next, c;
    c = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (c == MAP_FAILED) return NULL;
    c->size = size;
    return c;
}

void sim_memory_drop(sim_memory *m)
{
    for (chunk *c = m->chunks, *next; c; c = next) {
        next = c->next;
        if (c->size == CHUNK)
            c->next = spare, spare = c;
        else
            munmap(c, c->size);
    }
    memset(m, 0, sizeof *m);
}

/* Return the class of a block of N bytes with its head: four classes for each power of two. */
static unsigned class_of(size_t n)
{
    if (n <= 64) return (unsigned)((n + 15) / 16);
    unsigned top = 63 - (unsigned)__builtin_clzl(n - 1);
    return 5 + (top - 6) * 4 + (unsigned)((n - 1 - ((size_t)1 << top)) >> (top - 2));
}

static size_t size_of(unsigned class_)
{
    if (class_ < 5) return (size_t)class_ * 16;
    unsigned top = 6 + (class_ - 5) / 4;
    return ((size_t)1 << top) + (size_t)((class_ - 5) % 4 + 1) * ((size_t)1 << (top - 2));
}

static block *head_of(void *p)
{
    return (block *)((char *)p - HEAD);
}

static char *bump(sim_memory *m, size_t size)
{
    if ((size_t)(m->end - m->at) < size) {
        size_t whole = size + sizeof(chunk);
        chunk *c = take_chunk(whole <= CHUNK / 2 ? CHUNK : whole);
        if (!c) return NULL;
        c->next = m->chunks;
        m->chunks = c;
        if (c->size != CHUNK) return (char *)c + sizeof(chunk); /* keep the current chunk */
        m->at = (char *)c + sizeof(chunk);
        m->end = (char *)c + c->size;
    }
    char *p = m->at;
    m->at += size;
    return p;
}

static void *allocate(sim_memory *m, size_t n)
{
    if (n > (size_t)1 << 36) return errno = ENOMEM, NULL;
    unsigned class_ = class_of(n + HEAD);
    void *p = m->freed[class_];
    if (p) {
        memcpy(&m->freed[class_], p, sizeof p);
        return p;
    }
    char *raw = bump(m, size_of(class_));
    if (!raw) return errno = ENOMEM, NULL;
    *(block *)raw = (block){m, class_};
    return raw + HEAD;
}

/* Exported: shared libraries call them too. */
#pragma GCC visibility push(default)

void *malloc(size_t n)
{
    return allocate(sim_memory_now, n);
}

void free(void *p)
{
    if (!p || !head_of(p)->class_) return;
    sim_memory *m = head_of(p)->owner;
    unsigned class_ = head_of(p)->class_;
    memcpy(p, &m->freed[class_], sizeof p);
    m->freed[class_] = p;
}

void *calloc(size_t n, size_t size)
{
    void *p = allocate(sim_memory_now, n * size); /* malloc() would become calloc() */
    if (p) memset(p, 0, n * size);
    return p;
}

/* A block keeps its owner. */
void *realloc(void *p, size_t n)
{
    if (!p) return allocate(sim_memory_now, n);
    size_t room = size_of(head_of(p)->class_) - HEAD;
    if (class_of(n + HEAD) == head_of(p)->class_) return p;
    void *to = allocate(head_of(p)->owner, n);
    if (!to) return NULL;
    memcpy(to, p, n < room ? n : room);
    free(p);
    return to;
}

/* Class 0: freed with its owner alone. */
void *memalign(size_t align, size_t n)
{
    if (align <= HEAD) return allocate(sim_memory_now, n);
    char *p = allocate(sim_memory_now, n + align + HEAD);
    if (!p) return NULL;
    sim_memory *m = sim_memory_now;
    p = (char *)(((uintptr_t)p + HEAD + align - 1) / align * align);
    *head_of(p) = (block){m, 0};
    return p;
}

void *aligned_alloc(size_t align, size_t n)
{
    return memalign(align, n);
}

int posix_memalign(void **p, size_t align, size_t n)
{
    *p = memalign(align, n);
    return *p ? 0 : ENOMEM;
}

size_t malloc_usable_size(void *p)
{
    return p && head_of(p)->class_ ? size_of(head_of(p)->class_) - HEAD : 0;
}

#pragma GCC visibility pop
#else
void sim_memory_drop(sim_memory *m)
{
    (void)m;
}
#endif
