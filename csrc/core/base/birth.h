/*
** Detect a fork: is this the process that initialised the value, or a child of it? Checked in each
** step of each call, so it avoids a system call.
*/
#ifndef TG_BIRTH_H
#define TG_BIRTH_H

#include <stdbool.h>
#include <sys/types.h>

typedef struct tg_birth {
    pid_t pid;
    /* owned: 1 in a page of its own, which the kernel clears in a child; NULL: compare the pid */
    volatile char *mark;
} tg_birth;

void tg_birth_init(tg_birth *b);
void tg_birth_clear(tg_birth *b);
bool tg_birth_here(const tg_birth *b);

#endif
