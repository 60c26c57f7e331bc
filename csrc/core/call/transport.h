/*
** The seam between the life of a call and HTTP. The core never includes a libcurl header: it talks
** through this table, which csrc/http (its own shared object, loaded with the first request) or a
** test provides.
*/
#ifndef TG_TRANSPORT_H
#define TG_TRANSPORT_H

#include "buf.h"
#include "toggl.h"

#define TG_TRANSPORT_VERSION 2
/* The one symbol of the shared object. In C the name tg_transport is taken: it is a type. */
#define TG_TRANSPORT_SYMBOL "tg_transport_curl"

/* Exchanges that may be with a transport at once: more would wait for a connection inside it, with
   their time running. */
#define TG_TRANSPORT_MOST 64

struct pollfd;

typedef struct tg_transport tg_transport; /* one connection pool */

typedef struct tg_transport_options {
    const char *unix_socket; /* NULL: TCP */
    const char *user_agent;
    const char *ca_file, *ca_path; /* NULL: the system's */
    bool direct;                   /* no proxy, whatever the variables say */
} tg_transport_options;

/* How an exchange ended. */
typedef enum tg_outcome {
    TG_X_RUNNING,
    TG_X_REPLY,   /* a whole reply: status, headers, body */
    TG_X_TOO_BIG, /* the body passed body.max: the reply was cut */
    TG_X_TIMEOUT, /* with `sent` 0 it was still connecting: then as harmless as UNREACHED */
    /* no byte of the request can have reached a server: resolve, connect, TLS handshake */
    TG_X_UNREACHED,
    /* the connection ended, or the reply was cut or malformed, after something may have been
       sent */
    TG_X_BROKEN,
    /* a reply came whose headers or body cannot be read, however often one asks: its status is
       known */
    TG_X_UNREADABLE,
    /* this side would not go on: redirect to another origin, TLS not trusted, bad address */
    TG_X_REFUSED
} tg_outcome;

/*
** One request and its reply. The owner is the client; the transport holds it from start until it is
** handed back by `done`, or given up by `cancel`. All strings are borrowed until then.
**
** A request goes onto the wire at most once; a GET that follows redirects within its origin, once
** more for each. `sent` counts them all, so that a quota ledger stays right.
*/
typedef struct tg_exchange {
    const char *verb;
    const char *url; /* absolute, encoded */
    /* value of the header; NULL: none. Never sent to another origin. */
    const char *authorization;
    const char *if_none_match, *if_modified_since; /* NULL: none */
    tg_text body;                                  /* p NULL: no body */
    double timeout, connect_timeout;               /* seconds */

    tg_outcome outcome;
    /* how many times the request may have reached a server; 0: certainly never */
    int sent;
    bool kept_died; /* BROKEN: the connection was a kept one and ended without a byte of reply */
    /* REPLY: nothing but the connection's end says where the body ends, so it may have been cut */
    bool unmarked;
    int status; /* of the last reply that began, also if it was cut; 0: none did */
    /* "name\0value\0..." names in lower case, of the last reply; init by the owner */
    tg_buf headers;
    tg_buf reply;      /* decompressed body; its max is the cap; init by the owner */
    char message[200]; /* what the transport says of a failure, without secrets */
    double seconds;    /* how long it took */
    void *owner;       /* the owner's own */
    void *private_;    /* the transport's own */
} tg_exchange;

typedef struct tg_transport_api {
    int version; /* TG_TRANSPORT_VERSION */
    /* NULL: out of memory, libcurl unfit */
    tg_transport *(*open)(const tg_transport_options *o, tg_error *err);
    void (*close)(tg_transport *t); /* gives up every exchange in flight; accepts NULL */
    /* False: nothing was sent, X is the owner's again. INVALID: a control character in an address
       or a header. */
    bool (*start)(tg_transport *t, tg_exchange *x, tg_error *err);
    /*
    ** Reads and writes what is ready, after waiting at most MS for it, for one of the N foreign
    ** descriptors, for `wakeup` or for a signal. Whatever ended the wait, the result is true;
    ** false: the pool is unusable.
    */
    bool (*step)(tg_transport *t, int ms, struct pollfd *fds, unsigned n, tg_error *err);
    /* the next that ended, or NULL; its outcome is set */
    tg_exchange *(*done)(tg_transport *t);
    /* X is the owner's again; what came of it so far stays */
    void (*cancel)(tg_transport *t, tg_exchange *x);
    /* seconds until a step is due; below 0: nothing is in flight */
    double (*timeout)(tg_transport *t);
    /* for one poll that follows; the number filled */
    int (*fds)(tg_transport *t, struct pollfd *fds, unsigned max);
    /*
    ** Readable while a step is worthwhile, but for what `timeout` says. The same descriptor until
    ** close. NULL or -1: there is none.
    */
    int (*pollfd)(tg_transport *t);
    void (*wakeup)(tg_transport *t); /* from another thread or a signal handler's pipe */
} tg_transport_api;

/* of the shared object; found with dlsym, never linked */
TG_API const tg_transport_api *tg_transport_curl(void);

#endif
