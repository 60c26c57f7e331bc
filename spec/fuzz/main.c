/*
** A main() for the fuzz targets without libFuzzer:
**
**     TARGET FILE_OR_FOLDER...           run the target on each file
**     TARGET --random SECONDS [SEED]     run it on mutated seeds for so long
**
** An input that breaks a promise aborts the program; --random writes it to the file `broken-input`.
*/
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include "mutate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static long given, unreadable;

/* Run the target on a copy of exactly the input's length: a sanitizer sees a read past its end. */
static void give(const uint8_t *data, size_t size)
{
    uint8_t *exact = calloc(1, size ? size : 1);
    if (!exact) abort();
    memcpy(exact, data, size);
    LLVMFuzzerTestOneInput(exact, size);
    free(exact);
    given++;
}

static void give_file(const char *path, size_t size)
{
    FILE *f = fopen(path, "rb");
    uint8_t *data = malloc(size + 1);
    if (f && data && fread(data, 1, size, f) == size) {
        give(data, size);
    } else {
        fprintf(stderr, "cannot read %s\n", path);
        unreadable++;
    }
    free(data);
    if (f) fclose(f);
}

static void give_path(const char *path)
{
    char inner[4096];
    struct stat st;
    DIR *d;
    if (stat(path, &st) != 0) return; /* no such file */
    if (!S_ISDIR(st.st_mode)) {
        give_file(path, (size_t)st.st_size);
        return;
    }
    d = opendir(path);
    for (struct dirent *e; d && (e = readdir(d));) {
        if (e->d_name[0] == '.') continue;
        if (snprintf(inner, sizeof inner, "%s/%s", path, e->d_name) < (int)sizeof inner)
            give_path(inner);
    }
    if (d) closedir(d);
}

/* The current input, for the handler of SIGABRT. */
static uint8_t input[MUTATE_MAX];
static size_t input_size;

static void keep_input(int signal_number)
{
    FILE *f = fopen("broken-input", "wb");
    if (f) {
        fwrite(input, 1, input_size, f);
        fclose(f);
    }
    signal(signal_number, SIG_DFL);
    raise(signal_number);
}

static void give_random(int seconds, uint64_t seed)
{
    uint64_t state = seed * 0x9E3779B97F4A7C15u | 1;
    time_t end = time(NULL) + seconds;
    signal(SIGABRT, keep_input);
    signal(SIGSEGV, keep_input);
    while (given % 64 != 0 || time(NULL) < end) {
        input_size = mutate_input(input, &state);
        give(input, input_size);
    }
}

int main(int argc, char **argv)
{
    if (argc >= 3 && strcmp(argv[1], "--random") == 0) {
        give_random(atoi(argv[2]), argc > 3 ? strtoull(argv[3], NULL, 10) : 1);
    } else {
        give((const uint8_t *)"", 0);
        for (int i = 1; i < argc; i++) give_path(argv[i]);
    }
    printf("%ld inputs\n%d passed, %d failed\n", given, unreadable == 0, unreadable != 0);
    return unreadable != 0;
}
