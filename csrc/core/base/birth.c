#include "birth.h"

#include <sys/mman.h>
#include <unistd.h>

#define MARK_BYTES 4096 /* the kernel rounds it up to its pages */

void tg_birth_init(tg_birth *b)
{
    *b = (tg_birth){.pid = getpid()};
    void *page = mmap(NULL, MARK_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) return;
    if (madvise(page, MARK_BYTES, MADV_WIPEONFORK) != 0) { /* a kernel before 4.14 */
        munmap(page, MARK_BYTES);
        return;
    }
    b->mark = page;
    *b->mark = 1;
}

void tg_birth_clear(tg_birth *b)
{
    if (b->mark) munmap((void *)b->mark, MARK_BYTES);
    b->mark = NULL;
}

bool tg_birth_here(const tg_birth *b)
{
    return b->mark ? *b->mark : b->pid == getpid();
}
