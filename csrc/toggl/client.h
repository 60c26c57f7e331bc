/* A client: one account at one server, its windows and costs. Part of toggl.h, which says who owns
   what. */
#ifndef TOGGL_CLIENT_H
#define TOGGL_CLIENT_H

#include <signal.h> /* sig_atomic_t */

#include "options.h"
#include "text.h"

typedef struct tg_client tg_client;

typedef enum tg_auth_kind { TG_AUTH_NONE, TG_AUTH_TOKEN, TG_AUTH_PASSWORD } tg_auth_kind;

/* Credentials as given; the client copies them. */
typedef struct tg_credentials {
    tg_auth_kind kind;
    const char *user;   /* token, or e-mail address */
    const char *secret; /* password; NULL for a token */
} tg_credentials;

/* Time and chance, replaceable so that a test can own them. All may be NULL. */
typedef struct tg_clock {
    double (*now)(void *ctx);               /* seconds since 1970 */
    double (*ticks)(void *ctx);             /* seconds, never going back */
    double (*chance)(void *ctx);            /* 0 <= x < 1 */
    void (*sleep)(void *ctx, double until); /* with a fake transport: let TICKS reach until */
    void *ctx;
} tg_clock;

/* What became of the changes of all clients that share it. A signal handler may read in_flight. */
typedef struct tg_tally {
    volatile sig_atomic_t *in_flight; /* changes sent that have no outcome yet; NULL: not wanted */
    /* confirmed by the server; ended without anything that says what happened */
    int made, unknown;
    /* "create_group: POST /organizations/1/groups": the first of the unknown ones */
    char first[240];
} tg_tally;

struct tg_transport_api;

/* Zero-initialise, then set what differs. Strings are copied. */
typedef struct tg_client_options {
    tg_credentials credentials;
    TG_CLIENT_OPTIONS(TG_OPTION_MEMBER) /* base_url and so on: options.h */
    bool want_events;                   /* keep events for tg_client_event */
    bool want_warnings;                 /* keep those of type TG_EV_WARNING alone */
    /* NULL: loaded from http_path with the first request */
    const struct tg_transport_api *transport;
    /* a host's flag for Ctrl-C: a long query of the store looks at it */
    const volatile sig_atomic_t *interrupt;
    /* borrowed, outlives the client and its calls; NULL: none */
    tg_tally *tally;
    tg_clock clock;
} tg_client_options;

#define TG_SETTLE   10
#define TG_BASE_URL "https://api.track.toggl.com/api/v9"

TG_API tg_client *tg_client_new(const tg_client_options *o, tg_error *err);
/* cancels calls in flight; they may be freed before or after it */
TG_API void tg_client_free(tg_client *c);

/*
** Step all calls in flight: send, read, and wake what waited. Waits at most MS milliseconds for
** something to happen (0: not at all), or until one of the N further descriptors in FDS (struct
** pollfd, revents filled) is ready. Returns the number of calls in flight, or -1.
*/
struct pollfd;
TG_API int tg_client_step(tg_client *c, int ms, struct pollfd *fds, unsigned n, tg_error *err);
/* seconds until a step is due; below 0: no call is in flight */
TG_API double tg_client_timeout(tg_client *c);
/*
** The sockets, for one poll(2) or select(2) that follows at once; the number filled. A call, a
** cancel, a step or a close may close them, so a loop that keeps descriptors uses tg_client_pollfd.
*/
TG_API int tg_client_fds(tg_client *c, struct pollfd *fds, unsigned max);
/*
** One descriptor for a loop: readable while tg_client_step(c, 0, ...) has something to do, but for
** what is due by tg_client_timeout. It is the same from the first request until the client is
** freed, which closes it; -1 before.
*/
TG_API int tg_client_pollfd(tg_client *c);
/* makes a waiting step return; the one call allowed from elsewhere */
TG_API void tg_client_wakeup(tg_client *c);
TG_API double tg_client_now(tg_client *c);
TG_API const char *tg_client_base_url(const tg_client *c);
/* Does TEXT hold the token or the password that this client has now, as it is or as it is sent? */
TG_API bool tg_client_holds_secret(const tg_client *c, const char *text, size_t n);
/* from now on only the store answers, or no longer */
TG_API void tg_client_set_offline(tg_client *c, bool offline);
TG_API bool tg_client_dry_run(const tg_client *c);
/* made before a fork: nothing of it may be used or closed */
TG_API bool tg_client_inherited(const tg_client *c);

/* A quota window as the ledger knows it. */
typedef struct tg_window_state {
    /* 0: the account's own window; below 0: of workspace -n, whose organization is not known yet */
    int64_t organization;
    int total;        /* requests a window; below 0: not known */
    int remaining;    /* below 0: not known */
    double resets_at; /* seconds since 1970; 0: not known */
    int64_t spent;    /* requests ever taken from it through this state file */
} tg_window_state;

TG_API void tg_client_quota(tg_client *c, bool (*fn)(void *ctx, const tg_window_state *w),
                            void *ctx);

/* Can the stores that it was given be written? One that cannot is warned of. Waits for other
   processes as a call does. */
TG_API bool tg_client_check_stores(tg_client *c);

/* What GET /me/quota said of a window; TOTAL below 0: not said. */
TG_API void tg_client_learn(tg_client *c, int64_t organization, int remaining, double resets_in,
                            int total);

/* What this client has spent so far, by operation and window. */
typedef struct tg_cost {
    const char *operation; /* "request" for raw ones */
    int64_t organization;  /* as in tg_window_state */
    int64_t requests;
} tg_cost;

/* borrowed until the next call */
TG_API size_t tg_client_cost(const tg_client *c, const tg_cost **costs);

/* Small facts about this server, kept in the state file: "page_size:get_organization_users". */
TG_API bool tg_client_fact(tg_client *c, const char *name, int64_t *value);
TG_API void tg_client_set_fact(tg_client *c, const char *name, int64_t value);

#endif
