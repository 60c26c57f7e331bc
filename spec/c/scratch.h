/* A temporary folder for a test, removed with its files at the end. */
#ifndef SCRATCH_H
#define SCRATCH_H

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char scratch[64];

static int scratch_remove(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st, (void)type, (void)at;
    return remove(path);
}

static void scratch_end(void)
{
    nftw(scratch, scratch_remove, 16, FTW_DEPTH | FTW_PHYS);
}

static void scratch_begin(void)
{
    strcpy(scratch, "/tmp/toggl-test-XXXXXX");
    if (!mkdtemp(scratch)) {
        perror(scratch);
        exit(2);
    }
}

/* Return the path of NAME in the folder, valid until the fourth next call. */
static const char *scratch_path(const char *name)
{
    static char paths[4][200];
    static unsigned n;
    char *path = paths[n++ % 4];
    snprintf(path, sizeof *paths, "%s/%s", scratch, name);
    return path;
}

#endif
