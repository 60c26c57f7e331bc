/* spawn COUNT PROGRAM ARGUMENTS...: run it so many times; print wall clock seconds for one whole
   process. */
#include "yard.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>

extern char **environ;

static int run(char **words, posix_spawn_file_actions_t *quiet)
{
    pid_t pid;
    int status;
    if (posix_spawnp(&pid, words[0], quiet, NULL, words, environ) != 0) return -1;
    return waitpid(pid, &status, 0) == pid ? status : -1;
}

int main(int argc, char **argv)
{
    int count = argc > 2 ? atoi(argv[1]) : 0;
    posix_spawn_file_actions_t quiet;
    double start = 0;
    if (count < 1) return yard_fail("usage: spawn COUNT PROGRAM ARGUMENTS...");
    posix_spawn_file_actions_init(&quiet);
    posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0);
    for (int i = -2; i < count; i++) {
        if (i == 0) start = yard_clock();
        if (run(argv + 2, &quiet) != 0) return yard_fail("the program failed");
    }
    printf("%.9f\n", (yard_clock() - start) / count);
    posix_spawn_file_actions_destroy(&quiet);
    return 0;
}
