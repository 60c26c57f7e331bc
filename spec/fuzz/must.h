#ifndef MUST_H
#define MUST_H

#include <stdlib.h>

/* Abort if a promise is broken: the fuzzer reports the input. */
#define MUST(cond)                                                                                 \
    do {                                                                                           \
        if (!(cond)) abort();                                                                      \
    } while (0)

#endif
