/* The test framework of the C tests: named cases, counted checks. */
#ifndef CHECK_H
#define CHECK_H

#include <stdio.h>
#include <string.h>

static int check_failed_here, check_passed, check_failed;

/* A case passes when none of its checks failed. */
#define CASE(name)                                                                                 \
    for (const char *check_name = (check_failed_here = 0, (name)); check_name;                     \
         check_end(check_name), check_name = NULL)

#define CHECK(cond)                                                                                \
    do {                                                                                           \
        if (!(cond)) {                                                                             \
            printf("# %s:%d: %s\n", __FILE__, __LINE__, #cond);                                    \
            check_failed_here++;                                                                   \
        }                                                                                          \
    } while (0)

#define CHECK_STR(got, want)                                                                       \
    do {                                                                                           \
        const char *check_got = (got), *check_want = (want);                                       \
        if (!check_got || strcmp(check_got, check_want) != 0) {                                    \
            printf("# %s:%d: got \"%s\", want \"%s\"\n", __FILE__, __LINE__,                       \
                   check_got ? check_got : "(null)", check_want);                                  \
            check_failed_here++;                                                                   \
        }                                                                                          \
    } while (0)

static void check_end(const char *name)
{
    printf("%s - %s\n", check_failed_here ? "not ok" : "ok", name);
    if (check_failed_here)
        check_failed++;
    else
        check_passed++;
}

static int check_report(void)
{
    printf("%d passed, %d failed\n", check_passed, check_failed);
    return check_failed ? 1 : 0;
}

#endif
