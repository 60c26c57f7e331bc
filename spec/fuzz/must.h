#ifndef MUST_H
#define MUST_H

#include <stdlib.h>

/* A broken promise ends the program: that is what a fuzzer looks for. */
#define MUST(cond)                                                                                 \
    do {                                                                                           \
        if (!(cond)) abort();                                                                      \
    } while (0)

#endif
