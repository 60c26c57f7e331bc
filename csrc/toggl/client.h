/* A client: one account at one server, its quota windows and costs. Part of toggl.h, which defines
   ownership. */
#ifndef TOGGL_CLIENT_H
#define TOGGL_CLIENT_H

#include <signal.h> /* sig_atomic_t */

#include "options.h"
#include "text.h"

typedef struct tg_client tg_client;

typedef enum tg_auth_kind { TG_AUTH_NONE, TG_AUTH_TOKEN, TG_AUTH_PASSWORD } tg_auth_kind;

/* The client copies the credentials. */
typedef struct tg_credentials {
    tg_auth_kind kind;
    const char *user;   /* token, or e-mail address */
    const char *secret; /* password; NULL for a token */
} tg_credentials;

/* Clocks and random numbers, replaceable in tests. All may be NULL. */
typedef struct tg_clock {
    double (*now)(void *ctx);               /* seconds since 1970 */
    double (*ticks)(void *ctx);             /* monotonic seconds */
    double (*chance)(void *ctx);            /* 0 <= x < 1 */
    void (*sleep)(void *ctx, double until); /* with a fake transport: advance TICKS to `until` */
    void *ctx;
} tg_clock;

/* The requests of all clients that share it, and the outcomes of their changes. A signal handler
   may read in_flight. */
typedef struct tg_tally {
    /* number of changes sent without an outcome yet; NULL: not counted */
    volatile sig_atomic_t *in_flight;
    /* changes confirmed by the server; changes whose outcome is unknown */
    int made, unknown;
    /* the first unknown one: "create_group: POST /organizations/1/groups" */
    char first[240];
    /* requests sent, and the most that may be; 0: no limit, below 0: none */
    long requests, max_requests;
} tg_tally;

struct tg_transport_api;

/* Zero-initialise, then set the options that differ. The client copies the strings. */
typedef struct tg_client_options {
    tg_credentials credentials;
    TG_CLIENT_OPTIONS(TG_OPTION_MEMBER) /* base_url and so on: options.h */
    bool want_events;                   /* keep events for tg_client_event */
    bool want_warnings;                 /* keep only events of type TG_EV_WARNING */
    /* NULL: loaded from http_path with the first request */
    const struct tg_transport_api *transport;
    /* the host's flag for Ctrl-C, which long queries of the store check */
    const volatile sig_atomic_t *interrupt;
    /* borrowed, must outlive the client and its calls; NULL: none */
    tg_tally *tally;
    tg_clock clock;
} tg_client_options;

#define TG_SETTLE   10
#define TG_BASE_URL "https://api.track.toggl.com/api/v9"

/* Does the text of URL name this machine? No name is resolved. */
TG_API bool tg_address_is_local(const char *url);

TG_API tg_client *tg_client_new(const tg_client_options *o, tg_error *err);
/* cancels calls in flight; free them before or after the client */
TG_API void tg_client_free(tg_client *c);

/*
** Step all calls in flight: send, read, and complete. Waits at most MS milliseconds (0: not at
** all), or until one of the N further descriptors in FDS (struct pollfd, revents filled) is ready.
** Returns the number of calls in flight, or -1.
*/
struct pollfd;
TG_API int tg_client_step(tg_client *c, int ms, struct pollfd *fds, unsigned n, tg_error *err);
/* seconds until the next step is due; below 0: no call is in flight */
TG_API double tg_client_timeout(tg_client *c);
/*
** Fill FDS with the sockets, for one poll(2) or select(2) right after; returns their number. A
** call, a cancel, a step or a close may close them, so a loop that keeps descriptors uses
** tg_client_pollfd.
*/
TG_API int tg_client_fds(tg_client *c, struct pollfd *fds, unsigned max);
/*
** One descriptor for an event loop: readable while tg_client_step(c, 0, ...) has work, except work
** due by tg_client_timeout. It stays the same from the first request until tg_client_free, which
** closes it; -1 before.
*/
TG_API int tg_client_pollfd(tg_client *c);
/* ends a waiting step; the only function allowed from another thread or a signal handler */
TG_API void tg_client_wakeup(tg_client *c);
TG_API double tg_client_now(tg_client *c);
TG_API const char *tg_client_base_url(const tg_client *c);
/* seconds after a change in which the server may not show it */
TG_API double tg_client_settle_after(const tg_client *c);
TG_API double tg_client_attempt_most(const tg_client *c); /* seconds that an attempt may last */
/* Does TEXT contain the client's present token or password, verbatim or as encoded for HTTP? */
TG_API bool tg_client_holds_secret(const tg_client *c, const char *text, size_t n);
/* offline: only the store answers calls */
TG_API void tg_client_set_offline(tg_client *c, bool offline);
/* seconds that calls wait for a quota window; below 0: as long as it takes, 0: they fail at once */
TG_API void tg_client_set_wait(tg_client *c, double seconds);
TG_API bool tg_client_dry_run(const tg_client *c);
/* created before a fork: do not use or close it */
TG_API bool tg_client_inherited(const tg_client *c);

/* A quota window as recorded in the ledger. */
typedef struct tg_window_state {
    /* 0: the account's own window; below 0: the window of workspace -n, whose organization is
       unknown */
    int64_t organization;
    int total;        /* requests per window; below 0: unknown */
    int remaining;    /* below 0: unknown */
    double resets_at; /* seconds since 1970; 0: unknown */
    int64_t spent;    /* all requests taken from it so far through this state file */
} tg_window_state;

/* Call FN with each known window; false ends the iteration. W is borrowed until FN returns, and FN
   must not use the client. */
TG_API void tg_client_quota(tg_client *c, bool (*fn)(void *ctx, const tg_window_state *w),
                            void *ctx);

/* Can the client write its stores? Warns of one that cannot be written. Waits for other processes
   as a call does. */
TG_API bool tg_client_check_stores(tg_client *c);

/* Record a window as reported by GET /me/quota. RESETS_IN: seconds from now; TOTAL below 0: not
   reported. */
TG_API void tg_client_learn(tg_client *c, int64_t organization, int remaining, double resets_in,
                            int total);

/* Requests that this client has spent so far, by operation and window. */
typedef struct tg_cost {
    const char *operation; /* "request" for raw requests */
    int64_t organization;  /* as in tg_window_state */
    int64_t requests;
} tg_cost;

/* borrowed until the next call */
TG_API size_t tg_client_cost(const tg_client *c, const tg_cost **costs);

/* Small facts about the server, kept in the state file, such as
   "page_size:get_organization_users". False: not known, or the file cannot be read. */
TG_API bool tg_client_fact(tg_client *c, const char *name, int64_t *value);
TG_API void tg_client_set_fact(tg_client *c, const char *name, int64_t value);

#endif
