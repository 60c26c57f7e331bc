/* Run the same function in several processes at once. */
#ifndef WORKERS_H
#define WORKERS_H

#include <sys/wait.h>
#include <unistd.h>

/* Run WORK(number) in N children. Return how many did not return 0. */
static int run_workers(int n, int (*work)(int number))
{
    int failed = 0, status;
    fflush(stdout);
    for (int i = 0; i < n; i++) {
        pid_t pid = fork();
        if (pid < 0) return n;
        if (pid == 0) _exit(work(i));
    }
    for (int i = 0; i < n; i++) failed += wait(&status) < 0 || status != 0;
    return failed;
}

#endif
