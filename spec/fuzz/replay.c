/*
** Where there is no libFuzzer: gives each file named on the command line to the target, and each file of each folder,
** so that everything a campaign ever found stays a test for every compiler.
*/
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replayed, unreadable;

static void replay_file(const char *path, size_t size)
{
    FILE *f = fopen(path, "rb");
    uint8_t *data = malloc(size + 1); /* exactly as long as the input is: a read past its end is seen */
    if (f && data && fread(data, 1, size, f) == size) {
        uint8_t *exact = realloc(data, size ? size : 1);
        data = exact ? exact : data;
        LLVMFuzzerTestOneInput(data, size);
        replayed++;
    } else {
        fprintf(stderr, "cannot read %s\n", path);
        unreadable++;
    }
    free(data);
    if (f) fclose(f);
}

static void replay(const char *path)
{
    char inner[4096];
    struct stat st;
    if (stat(path, &st) != 0) return; /* no seeds yet */
    if (!S_ISDIR(st.st_mode)) {
        replay_file(path, (size_t)st.st_size);
        return;
    }
    DIR *d = opendir(path);
    for (struct dirent *e; d && (e = readdir(d));)
        if (e->d_name[0] != '.' && snprintf(inner, sizeof inner, "%s/%s", path, e->d_name) < (int)sizeof inner)
            replay(inner);
    if (d) closedir(d);
}

int main(int argc, char **argv)
{
    LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
    for (int i = 1; i < argc; i++) replay(argv[i]);
    printf("%d inputs replayed\n", replayed);
    printf("%d passed, %d failed\n", unreadable == 0, unreadable != 0);
    return unreadable != 0;
}
