/*
** The interface between calls and HTTP. The core never includes a libcurl header: it uses this
** table, provided by csrc/http (a shared object of its own, loaded with the first request) or by a
** test.
*/
#ifndef TG_TRANSPORT_H
#define TG_TRANSPORT_H

#include "buf.h"
#include "toggl.h"

#define TG_TRANSPORT_VERSION 2
/* The only symbol of the shared object. The C name tg_transport is a type already. */
#define TG_TRANSPORT_SYMBOL "tg_transport_curl"

/* Limit of exchanges in a transport at once: further ones would wait for a connection inside it
   while their timeouts run. */
#define TG_TRANSPORT_MOST 64

struct pollfd;

typedef struct tg_transport tg_transport; /* one connection pool */

typedef struct tg_transport_options {
    const char *unix_socket; /* NULL: TCP */
    const char *user_agent;
    const char *ca_file, *ca_path; /* NULL: the system's */
    bool direct;                   /* no proxy, whatever the environment variables say */
} tg_transport_options;

/* How an exchange ended. */
typedef enum tg_outcome {
    TG_X_RUNNING,
    TG_X_REPLY,   /* a complete reply: status, headers, body */
    TG_X_TOO_BIG, /* the body exceeded body.max: the reply was truncated */
    TG_X_TIMEOUT, /* with `sent` 0 it was still connecting: as harmless as UNREACHED */
    /* no byte of the request can have reached a server: name lookup, connect, TLS handshake */
    TG_X_UNREACHED,
    /* the connection ended, or the reply was truncated or malformed, after something may have been
       sent */
    TG_X_BROKEN,
    /* headers or body cannot be read, now or after a retry; the status is known */
    TG_X_UNREADABLE,
    /* rejected on this side: redirect to another origin, untrusted TLS, bad address */
    TG_X_REFUSED
} tg_outcome;

/*
** One request and its reply. Owned by the client; the transport borrows it from start until it
** returns it by `done`, or until `cancel`. All strings are borrowed until then.
**
** A request is sent at most once; a GET that follows redirects within its origin, once more for
** each. `sent` counts all of them, so that the quota ledger stays exact.
*/
typedef struct tg_exchange {
    const char *verb;
    const char *url; /* absolute, encoded */
    /* value of the header; NULL: none. Never sent to another origin */
    const char *authorization;
    const char *if_none_match, *if_modified_since; /* NULL: none */
    tg_text body;                                  /* p NULL: no body */
    double timeout, connect_timeout;               /* seconds */

    tg_outcome outcome;
    /* how often the request may have reached a server; 0: certainly never */
    int sent;
    bool kept_died; /* BROKEN: a kept connection ended without a byte of reply */
    /* REPLY: only the end of the connection marks the end of the body, so it may be truncated */
    bool unmarked;
    int status; /* of the last reply that began, even if truncated; 0: none began */
    /* "name\0value\0..." names in lower case, of the last reply; init by the owner */
    tg_buf headers;
    tg_buf reply;      /* decompressed body; its max is the cap; init by the owner */
    char message[200]; /* message of a failure, without secrets */
    double seconds;    /* duration */
    void *owner;       /* the owner's own */
    void *private_;    /* the transport's own */
} tg_exchange;

typedef struct tg_transport_api {
    int version; /* TG_TRANSPORT_VERSION */
    /* NULL: out of memory, or libcurl is unsuitable */
    tg_transport *(*open)(const tg_transport_options *o, tg_error *err);
    void (*close)(tg_transport *t); /* cancels all exchanges in flight; accepts NULL */
    /* False: nothing was sent, and X belongs to the owner again. INVALID: a control character in an
       address or a header. */
    bool (*start)(tg_transport *t, tg_exchange *x, tg_error *err);
    /*
    ** Read and write what is ready, after waiting at most MS for it, for one of the N foreign
    ** descriptors, for `wakeup` or for a signal. True whatever ended the wait; false: the pool is
    ** unusable.
    */
    bool (*step)(tg_transport *t, int ms, struct pollfd *fds, unsigned n, tg_error *err);
    /* returns the next finished exchange, or NULL; its outcome is set */
    tg_exchange *(*done)(tg_transport *t);
    /* returns X to the owner; partial results stay */
    void (*cancel)(tg_transport *t, tg_exchange *x);
    /* seconds until the next step is due; below 0: nothing is in flight */
    double (*timeout)(tg_transport *t);
    /* for one poll right after; returns the number filled */
    int (*fds)(tg_transport *t, struct pollfd *fds, unsigned max);
    /*
    ** Readable while a step has work, except work due by `timeout`. Stays the same until close.
    ** NULL or -1: not available.
    */
    int (*pollfd)(tg_transport *t);
    void (*wakeup)(tg_transport *t); /* from another thread or a signal handler's pipe */
} tg_transport_api;

/* of the shared object; found with dlsym, never linked */
TG_API const tg_transport_api *tg_transport_curl(void);

#endif
