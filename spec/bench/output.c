/*
** output first|cpu|peak|prompt COUNT PROGRAM ARGUMENTS...: run it so many times and print the
** median of
**   first   wall clock seconds until its first byte of output, or its end without one
**   cpu     CPU seconds of the whole process
**   peak    its peak memory in MB
**   prompt  wall clock seconds until it writes "> " to a terminal, after which it is ended
*/
#include "yard.h"

#include <stdbool.h>

#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t start(char **words, bool terminal, int *out)
{
    int ends[2] = {-1, -1};
    if (!terminal && pipe(ends) != 0) return -1;
    pid_t pid = terminal ? forkpty(out, NULL, NULL, NULL) : fork();
    if (pid == 0) {
        if (!terminal) {
            dup2(ends[1], 1);
            close(ends[0]);
            close(ends[1]);
        }
        execvp(words[0], words);
        _exit(127);
    }
    if (!terminal) {
        close(ends[1]);
        *out = ends[0];
    }
    return pid;
}

/* Read until "> " if PROMPT, else one byte. */
static bool wait_for(int out, bool prompt)
{
    char text[65536] = "";
    size_t n = 0;
    ssize_t got;
    while (n < sizeof text - 1 && (got = read(out, text + n, sizeof text - 1 - n)) > 0) {
        n += (size_t)got;
        if (!prompt || memmem(text, n, "> ", 2)) return true;
    }
    return !prompt;
}

static void drain(int out)
{
    char text[65536];
    while (read(out, text, sizeof text) > 0) continue;
}

static double measure(const char *what, char **words)
{
    int out, status;
    struct rusage u;
    bool prompt = strcmp(what, "prompt") == 0;
    double began = yard_clock();
    pid_t pid = start(words, prompt, &out);
    bool seen = pid > 0 && wait_for(out, prompt);
    double waited = yard_clock() - began;
    if (!seen) exit(yard_fail("the program wrote nothing of what was waited for"));
    if (prompt) kill(pid, SIGKILL);
    drain(out);
    close(out);
    wait4(pid, &status, 0, &u);
    if (!prompt && status != 0) exit(yard_fail("the program failed"));
    if (strcmp(what, "peak") == 0) return (double)u.ru_maxrss / 1024;
    if (strcmp(what, "cpu") != 0) return waited;
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
           (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static int order(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    int count = argc > 3 ? atoi(argv[2]) : 0;
    if (count < 1 || count > 1000)
        return yard_fail("usage: output first|cpu|peak|prompt COUNT PROGRAM ARGUMENTS...");
    double all[1000];
    for (int i = 0; i < count; i++) all[i] = measure(argv[1], argv + 3);
    qsort(all, (size_t)count, sizeof *all, order);
    printf("%.9f\n", all[count / 2]);
    return 0;
}
