/*
** A connection's request, and its server. The thread holds `lock` while it works and releases
** it while it sleeps.
*/
#ifndef TG_SANDBOX_SERVER_H
#define TG_SANDBOX_SERVER_H

#include <microhttpd.h>
#include <pthread.h>
#include <sys/types.h>

#include "engine.h"
#include "sandbox.h"

typedef enum sb_stage { SB_NEW, SB_READING, SB_READY } sb_stage;

typedef struct sb_connection {
    sb_exchange x;
    struct sb_connection *next; /* in the due list */
    tg_sandbox *server;
    uint64_t due; /* when to resume it, monotonic milliseconds; 0: not waiting */
    struct MHD_Connection *mhd;
    char *uri; /* owned */
    sb_stage stage;
    bool gzip;
    bool rested; /* the wait before the next slow byte is over */
} sb_connection;

struct tg_sandbox {
    pid_t pid; /* the process that started it */
    pthread_t thread;
    struct tg_sandbox *next; /* list of all servers of this process */
    bool running;            /* the thread exists */
    struct MHD_Daemon *daemon;
    int listener, waker, keeper; /* keeper: locks the folder */
    char folder[64], socket[96], url[160];

    pthread_mutex_t lock; /* of everything below */
    bool stopping;
    sb_engine *engine;
    sb_connection *due; /* waiting connections, soonest first */
};

/* wait.c */
uint64_t sb_monotonic(void);
void sb_wait(tg_sandbox *s, sb_connection *x, long ms); /* suspends the connection for that time */
void sb_unwait(tg_sandbox *s, sb_connection *x);
void sb_resume_due(tg_sandbox *s, uint64_t until); /* resumes the connections due before `until` */

/* folder.c */
/* Make a folder with mode 0700 below BASE, and lock it; false: errno says why not. */
bool sb_folder_make(tg_sandbox *s, const char *base);
void sb_folder_remove(tg_sandbox *s);
/* Remove folders below BASE that killed processes of this user have left. */
void sb_folders_sweep(const char *base);

#endif
