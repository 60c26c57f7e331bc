/*
** toggl.h - the public face of the core: Toggl Track organizations from C.
**
** In the order of use: text, errors, the two tables, a client, a request, a call, its reply, records, events.
**
** Ownership. `new` gives the caller an object that `free` ends; `ref`/`unref` count owners; `take` moves an owner;
** every other pointer that comes back is borrowed from the object it was asked of and lives as long as that object.
** Every free and unref accepts NULL. Functions that can fail return NULL, false or -1 and fill the tg_error they were
** given. A client and all that belongs to it is for one thread at a time; nothing here is process-wide.
*/
#ifndef TOGGL_H
#define TOGGL_H

#include <signal.h> /* sig_atomic_t */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TG_VERSION "0.1.0"

#if defined(__GNUC__)
#define TG_API __attribute__((visibility("default")))
#else
#define TG_API
#endif

/* ------------------------------------------------------------------------------------------------- text, errors */

/* Borrowed bytes; not NUL-terminated unless said. */
typedef struct tg_text {
    const char *p;
    size_t n;
} tg_text;

#define TG_TEXT(s) ((tg_text){(s), sizeof(s) - 1})

/* What went wrong, for a program. The words are tg_kind_name(). */
typedef enum tg_kind {
    TG_OK,
    TG_E_AUTH,      /* no credentials, or they are known to be wrong */
    TG_E_FORBIDDEN, /* 403: no right to this, or wrong credentials: Toggl answers both alike */
    TG_E_NOT_FOUND, /* 404 */
    TG_E_INVALID,   /* 400 and kin, or refused by a local check before anything was sent */
    TG_E_CONFLICT,  /* 409 */
    TG_E_QUOTA,     /* the hourly window is used up (402, or known beforehand) */
    TG_E_PLAN,      /* 402: the plan does not include it */
    TG_E_RATE,      /* 429 */
    TG_E_GONE,      /* 410 */
    TG_E_SERVER,    /* 5xx and other statuses nobody documents */
    TG_E_TRANSPORT, /* no whole reply, and the request cannot have changed anything */
    TG_E_TIMEOUT,   /* the same, because time was up */
    TG_E_DECODE,    /* a 2xx whose body is not what the row says */
    TG_E_CANCELLED, /* by the caller */
    TG_E_OFFLINE,   /* only the store may answer, and it has nothing */
    TG_E_UNKNOWN,   /* a write was sent and no reply came: it may have been done */
    TG_E_NOMEM      /* out of memory; Lua sees its own memory error */
} tg_kind;

TG_API const char *tg_kind_name(tg_kind kind);

typedef struct tg_error {
    tg_kind kind;
    int status;            /* HTTP status; 0: no server said anything */
    double retry_after;    /* seconds until a repeat can succeed; below 0: not known */
    const char *operation; /* name of the row, or NULL */
    char message[400];     /* one sentence: what happened and what was not done */
    char advice[200];      /* one sentence: what to do next; may be empty */
    char body[400];        /* start of the server's own text, printable and redacted; may be empty */
} tg_error;

/* ------------------------------------------------------------------------------------------------ the two tables */

typedef enum tg_type { TG_INT = 1, TG_REAL, TG_BOOL, TG_STRING, TG_TIME, TG_LIST, TG_MAP, TG_RECORD, TG_ANY } tg_type;

/* The kinds of key. The first four are the ones that one person has; they are never taken for one another. */
typedef enum tg_key {
    TG_KEY_NONE,
    TG_KEY_ACCOUNT,           /* user_id */
    TG_KEY_ORGANIZATION_USER, /* organization_user_id */
    TG_KEY_WORKSPACE_USER,    /* workspace_user_id */
    TG_KEY_INVITATION,        /* invitation_id */
    TG_KEY_GROUP,
    TG_KEY_WORKSPACE,
    TG_KEY_ORGANIZATION,
    TG_KEY_TRANSFER,
    TG_KEY_ROLE,
    TG_KEY_PLAN,
    TG_KEY_PROJECT
} tg_key;

TG_API const char *tg_key_name(tg_key key);   /* "account key": for messages */
TG_API const char *tg_key_field(tg_key key);  /* "user_id": what names it in a table, {user_id = 2} */
TG_API const char *tg_key_finder(tg_key key); /* "org:user": what finds such a thing by its name; NULL: nothing */
/* Which records have no key of this kind, as a clause; NULL: no word on it. */
TG_API const char *tg_key_without(tg_key key);
TG_API const char *tg_type_name(tg_type type);

typedef enum tg_in { TG_IN_REPLY, TG_IN_PATH, TG_IN_QUERY, TG_IN_BODY } tg_in;

enum {                           /* flags of a field */
       TG_REQUIRED = 1,          /* a call without it is refused */
       TG_SECRET = 1 << 1,       /* never printed, logged or put into an error */
       TG_SELF = 1 << 2,         /* this key names the record itself */
       TG_PARENT = 1 << 3,       /* this key names what the record belongs to: fills path variables of its methods */
       TG_NAMES_KEY = 1 << 4,    /* the parameter's own name says which kind of key: a plain integer is accepted */
       TG_UNIQUE = 1 << 5,       /* a list without repeats */
       TG_JOINED = 1 << 6,       /* a list sent as words with commas between */
       TG_NOT_BLANK = 1 << 7,    /* something other than spaces */
       TG_WHOLE = 1 << 8,        /* this parameter is the whole body */
       TG_UNVERIFIED = 1 << 9,   /* no official document names it */
       TG_ONE_OF = 1 << 10,      /* at least one of the fields marked so must be given */
       TG_EXCLUSIVE = 1 << 11,   /* at most one of the fields marked so may be given */
       TG_EMAIL = 1 << 12,       /* looks like an e-mail address */
       TG_PAGE_NUMBER = 1 << 13, /* the parameter that counts pages; its page size stands right after it */
       TG_UNPAGED = 1 << 15,     /* given and true, it turns the pages off */
       TG_ASIDE = 1 << 16,       /* says least of a record: the last column of a table */
       TG_REMARK = 1 << 17,      /* sentences of the server for people, about what it did not do */
       TG_ALWAYS = 1 << 14       /* a boolean that is sent as false when it is not given */
};

/* One fact of a request or a reply. Parameters and reply fields share it; an array ends with a name of NULL. */
typedef struct tg_field {
    const char *name;  /* as Lua sees it: the official name */
    const char *wire;  /* its name in path, query or JSON, where that is another; NULL: name */
    const char *older; /* the key under which older servers send the same fact; NULL: none */
    tg_type type;
    tg_type item;      /* what a list or map holds */
    const char *model; /* row of the record, or of the list's or map's records; NULL: plain */
    tg_key key;        /* kind of key; NONE for everything else */
    tg_in in;
    unsigned flags;
    int64_t min, max; /* value of an int, code points of a string, items of a list; both 0: no limit */
    const char
        *key_by;       /* a sibling decides the kind of key: "path /users user_id /workspaces workspace_id"; NULL: no */
    const char *words; /* allowed words, space-separated; NULL: any */
    const char *doc;
} tg_field;

typedef struct tg_model {
    const char *name;     /* "org_user" */
    const char *official; /* "models.OrgUser": its name in the official document */
    const char *class_;   /* methods its records have: "user"; NULL: none, a plain record */
    const tg_field *fields;
    const char *doc;
} tg_model;

typedef enum tg_shape {
    TG_REPLY_NOTHING, /* on 2xx the body says nothing, whatever it is */
    TG_REPLY_RECORD,
    TG_REPLY_LIST, /* an array, or null for none */
    TG_REPLY_MAP,  /* an object whose keys are integers as text */
    TG_REPLY_INT,
    TG_REPLY_STRING, /* a JSON string, bare text accepted */
    TG_REPLY_BYTES,  /* a file */
    TG_REPLY_ANY     /* whatever JSON it is */
} tg_shape;

typedef enum tg_paging {
    TG_WHOLE_LIST, /* no pages */
    TG_PAGES,      /* by number; see TG_PAGE_NUMBER */
    TG_CURSOR      /* payment records: `next` of one page is `cursor` of the following one */
} tg_paging;

typedef enum tg_window { TG_WINDOW_USER, TG_WINDOW_ORGANIZATION } tg_window;

enum {                     /* flags of an operation */
       TG_SAFE_REPEAT = 1, /* a repeat cannot do more than the first try did */
       TG_DEPRECATED = 1 << 1,
       TG_ANONYMOUS = 1 << 2,     /* works without credentials; they are sent when there are any */
       TG_EMPTY_OK = 1 << 3,      /* 204, or an empty body, means that there is none: nil */
       TG_LOOSE = 1 << 4,         /* a list may come as a single object, or one level deeper */
       TG_BODY_OPEN = 1 << 5,     /* no official body: further names go into it as they are */
       TG_LEGACY = 1 << 6,        /* gone from the official document */
       TG_GONE_IS_DONE = 1 << 7,  /* a REPEATED try that finds nothing any more (400, 404) has succeeded */
       TG_NO_CREDENTIALS = 1 << 8 /* other credentials than the client's are normal here (accept an invitation) */
};

typedef struct tg_op {
    const char *name;   /* official: "get_organization_users" */
    const char *class_; /* the class that has it as a method: "client", "organization", ... */
    const char *method; /* "users" */
    const char *verb;   /* "GET" */
    const char *path;   /* "/organizations/{organization_id}/users" */
    const tg_field *params;
    tg_shape reply;
    const char *model; /* of the reply's record or records; NULL: plain */
    tg_paging paging;
    tg_window window;
    int ttl;           /* seconds that a stored reply answers for; 0: never stored */
    const char *tags;  /* what the reply is about, space-separated; {name} is a path variable */
    const char *drops; /* tags whose replies a success makes stale */
    unsigned flags;
    const char *doc;
    const char *example; /* one line of Lua that works in the sandbox, with client and org at hand */
} tg_op;

TG_API const tg_op *tg_ops(size_t *count);
TG_API const tg_op *tg_op_find(const char *name); /* by official name; NULL: none */
TG_API const tg_model *tg_models(size_t *count);
TG_API const tg_model *tg_model_find(const char *name);

/* The field called NAME (n bytes), or NULL. */
TG_API const tg_field *tg_field_find(const tg_field *fields, const char *name, size_t n);
/* The name in FIELDS that NAME was probably meant to be, or NULL. */
TG_API const char *tg_field_near(const tg_field *fields, const char *name, size_t n);

/*
** Does VALUE fit the row? Each returns false and says in err->message what is wrong, without naming the argument:
** the caller knows its place ("emails[2]").
*/
TG_API bool tg_check_int(const tg_field *f, int64_t value, tg_error *err);
TG_API bool tg_check_text(const tg_field *f, tg_text value, tg_error *err); /* also: UTF-8, no control characters */
TG_API bool tg_check_count(const tg_field *f, size_t items, tg_error *err);

/* -------------------------------------------------------------------------------------------------------- client */

typedef struct tg_client tg_client;

typedef enum tg_auth_kind { TG_AUTH_NONE, TG_AUTH_TOKEN, TG_AUTH_PASSWORD } tg_auth_kind;

/* Credentials as given; copied by whoever takes them. */
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

struct tg_transport_api;

/* Zero-initialise, then set what differs. Strings are copied. */
typedef struct tg_client_options {
    tg_credentials credentials;
    const char *base_url;            /* NULL: TG_BASE_URL */
    bool cleartext;                  /* http:// to another machine is allowed: anybody on the way reads the token */
    const char *unix_socket;         /* NULL: TCP */
    const char *user_agent;          /* put before the library's own; NULL: that alone */
    const char *ca_file, *ca_path;   /* NULL: the system's */
    double timeout, connect_timeout; /* seconds; 0: 10 */
    size_t reply_cap;                /* bytes after decompression; 0: 16 MiB */
    int retries;                     /* further tries after the first; below 0: none; 0: 3 */
    double deadline;                 /* seconds for all tries and waits of a call; 0: none */
    double wait;    /* seconds a call may wait for a quota window; 0: none; below 0: as long as it takes */
    int reserve;    /* requests of a window left to people */
    double max_age; /* seconds; 0: the row's own */
    bool offline, refresh, stale;
    bool dry_run;                             /* changes are checked, built and told of, and not sent */
    bool want_events;                         /* keep events for tg_client_event */
    const char *cache_path;                   /* NULL: none; ":memory:" */
    const char *state_path;                   /* NULL: none; ":memory:" */
    const char *http_path;                    /* shared object of the transport; NULL: beside the core */
    const struct tg_transport_api *transport; /* NULL: loaded from http_path with the first request */
    const volatile sig_atomic_t *interrupt;   /* a host's flag for Ctrl-C: a long query of the store looks at it */
    tg_clock clock;
} tg_client_options;

#define TG_BASE_URL "https://api.track.toggl.com/api/v9"

TG_API tg_client *tg_client_new(const tg_client_options *o, tg_error *err);
TG_API void tg_client_free(tg_client *c); /* cancels what is under way; its calls may be freed before or after it */

/*
** Moves everything that is under way: sends what may go, reads what came, wakes what waited. Waits at most MS
** milliseconds for something to happen (0: not at all), or until one of the N further descriptors in FDS (struct
** pollfd, revents filled) is ready. Returns the number of calls under way, or -1.
*/
struct pollfd;
TG_API int tg_client_step(tg_client *c, int ms, struct pollfd *fds, unsigned n, tg_error *err);
TG_API double tg_client_timeout(tg_client *c); /* seconds until a step is due; below 0: nothing is under way */
TG_API int tg_client_fds(tg_client *c, struct pollfd *fds, unsigned max); /* what to poll for; number filled */
TG_API void tg_client_wakeup(tg_client *c); /* makes a waiting step return; the one call allowed from elsewhere */
TG_API double tg_client_now(tg_client *c);
TG_API const char *tg_client_base_url(const tg_client *c);
/* Does TEXT hold the token or the password that this client has now, as it is or as it is sent? */
TG_API bool tg_client_holds_secret(const tg_client *c, const char *text, size_t n);
TG_API void tg_client_set_offline(tg_client *c, bool offline); /* from now on only the store answers, or no longer */
TG_API bool tg_client_dry_run(const tg_client *c);
TG_API bool tg_client_inherited(const tg_client *c); /* made before a fork: nothing of it may be used or closed */

/* A quota window as the ledger knows it. */
typedef struct tg_window_state {
    /* 0: the account's own window; below 0: of workspace -n, whose organization is not known yet */
    int64_t organization;
    int total;        /* requests a window; below 0: not known */
    int remaining;    /* below 0: not known */
    double resets_at; /* seconds since 1970; 0: not known */
    int64_t spent;    /* requests ever taken from it through this state file */
} tg_window_state;

TG_API void tg_client_quota(tg_client *c, bool (*fn)(void *ctx, const tg_window_state *w), void *ctx);

/* What GET /me/quota said of a window; TOTAL below 0: not said. */
TG_API void tg_client_learn(tg_client *c, int64_t organization, int remaining, double resets_in, int total);

/* What this client has spent so far, by operation and window. */
typedef struct tg_cost {
    const char *operation; /* "request" for raw ones */
    int64_t organization;  /* as in tg_window_state */
    int64_t requests;
} tg_cost;

TG_API size_t tg_client_cost(const tg_client *c, const tg_cost **costs); /* borrowed until the next call */

/* Small facts about this server, kept in the state file: "page_size:get_organization_users". */
TG_API bool tg_client_fact(tg_client *c, const char *name, int64_t *value);
TG_API void tg_client_set_fact(tg_client *c, const char *name, int64_t value);

/* ------------------------------------------------------------------------------------------------------- request */

/* What is to be asked: filled by the caller from the row, then given to a call. */
typedef struct tg_request tg_request;

TG_API tg_request *tg_request_new(const tg_op *op, tg_error *err);
/* For what has no row: VERB and PATH below the base address, refused when they could leave it. */
TG_API tg_request *tg_request_raw(const char *verb, tg_text path, tg_error *err);
TG_API void tg_request_free(tg_request *r);
/* The organization and workspace that the path names; 0: none. */
TG_API void tg_request_place(const tg_request *r, int64_t *organization, int64_t *workspace);
TG_API const char *tg_request_verb(const tg_request *r);
/* Path variables and query values. TEXT is percent-encoded here; a path value may not hold "/" or be "." or "..". */
TG_API bool tg_request_int(tg_request *r, const tg_field *f, int64_t value, tg_error *err);
TG_API bool tg_request_text(tg_request *r, const tg_field *f, tg_text value, tg_error *err);
TG_API bool tg_request_query(tg_request *r, tg_text name, tg_text value, tg_error *err); /* of a raw request */
/*
** What a person should know before it is sent: false: it only reads; else PATH below the base address and BODY (a
** borrowed text; p NULL: none), neither with a secret in it.
*/
TG_API bool tg_request_changes(const tg_request *r, char *path, size_t size, tg_text *body);
/* The JSON body, led by the writer; NULL for the first call means "no body yet". Borrowed until the request goes. */
typedef struct tg_writer tg_writer;
TG_API tg_writer *tg_request_body(tg_request *r);

TG_API void tg_write_object(tg_writer *w);
TG_API void tg_write_array(tg_writer *w);
TG_API void tg_write_end(tg_writer *w); /* of the innermost object or array */
TG_API void tg_write_key(tg_writer *w, tg_text key);
TG_API void tg_write_text(tg_writer *w, tg_text value); /* refuses invalid UTF-8 */
TG_API void tg_write_int(tg_writer *w, int64_t value);
TG_API void tg_write_real(tg_writer *w, double value); /* shortest form that reads back; refuses NaN and infinity */
TG_API void tg_write_bool(tg_writer *w, bool value);
TG_API void tg_write_null(tg_writer *w);
TG_API bool tg_write_ok(const tg_writer *w); /* false after any misuse, bad text or lack of memory: sticky */

/* ---------------------------------------------------------------------------------------------------------- call */

typedef struct tg_call tg_call;
typedef struct tg_reply tg_reply;

/* What one call wants otherwise than its client. Zero: as the client. */
typedef struct tg_call_options {
    const tg_credentials *credentials; /* other ones for this call */
    double timeout, connect_timeout, deadline, wait;
    double max_age;
    bool no_wait;                          /* fail at once even if the client waits */
    bool refresh;                          /* ask the server even if the store has it */
    bool offline;                          /* never ask the server */
    bool stale;                            /* rather old data than none when the quota is used up */
    bool no_refresh, no_offline, no_stale; /* not so, even if the client does */
    bool no_store;                         /* do not keep the reply */
    bool dry_run;                          /* a change is told of and not sent */
} tg_call_options;

/* Takes the request, also when it fails. The call is under way when this returns. */
TG_API tg_call *tg_call_start(tg_client *c, tg_request *r, const tg_call_options *o, tg_error *err);
TG_API bool tg_call_done(const tg_call *call);
/* The reply of a call that is done, and its ownership; NULL: err says why there is none. */
TG_API tg_reply *tg_call_take(tg_call *call, tg_error *err);
TG_API void tg_call_cancel(tg_call *call); /* done at once; whether a write was carried out is then unknown */
TG_API void tg_call_free(tg_call *call);   /* cancels first */

/* --------------------------------------------------------------------------------------------------------- reply */

typedef enum tg_source { TG_FROM_WIRE, TG_FROM_STORE, TG_FROM_DRY_RUN } tg_source;

typedef struct tg_page tg_page;

struct tg_reply {
    int status; /* 0: no server said anything */
    tg_source source;
    double at;       /* when the server answered, seconds since 1970 */
    bool stale;      /* older than asked for, and given all the same */
    int cost;        /* requests spent by this call */
    tg_text headers; /* "name\0value\0" and so on, names in lower case; owned by the reply */
    tg_shape shape;  /* what the page holds; NOTHING: no page */
    tg_page *page;   /* owned by the reply; ref it to keep it */
    int64_t number;  /* TG_REPLY_INT */
};

TG_API void tg_reply_free(tg_reply *r);
TG_API const char *tg_reply_header(const tg_reply *r, const char *name); /* lower-case name; NULL: not sent */
/* The header at POS, which starts at 0 and is moved to the next. False: there is none left. */
TG_API bool tg_reply_next_header(const tg_reply *r, size_t *pos, const char **name, const char **value);

/* ------------------------------------------------------------------------------------------------------- records */

/*
** A page is the text of a reply and where each record stands in it. It is counted: every list and record that shows
** a part of it holds a reference. Reading never changes it.
*/
typedef struct tg_record {
    tg_text text; /* the JSON object itself, inside the page */
    int64_t id;   /* map: its key; else the record's own first TG_SELF key, 0: none */
} tg_record;

TG_API tg_page *tg_page_ref(tg_page *p);
TG_API void tg_page_unref(tg_page *p);
TG_API size_t tg_page_count(const tg_page *p);
TG_API tg_record tg_page_at(const tg_page *p, size_t i); /* i < count */
TG_API tg_text tg_page_text(const tg_page *p);
TG_API const tg_model *tg_page_model(const tg_page *p);
/* A page of its own for one record, so that a kept record does not keep its whole list alive. */
TG_API tg_page *tg_page_detach(const tg_record *r, const tg_model *m);
/* A page of a text of its own (copied): what a reply of this shape would be. NULL: err, as for a reply. */
TG_API tg_page *tg_page_of(tg_text text, tg_shape shape, const tg_model *m, tg_error *err);
TG_API size_t tg_pages_alive(void); /* pages of the whole process: for the leak check of the tests */

/* ABSENT: there is no such field. */
typedef enum { TG_V_ABSENT, TG_V_NULL, TG_V_BOOL, TG_V_INT, TG_V_REAL, TG_V_STRING, TG_V_ARRAY, TG_V_OBJECT } tg_what;

/* A value as it stands in a checked text. */
typedef struct tg_value {
    tg_what what;
    bool boolean;
    bool escaped; /* string: `text` holds escapes; tg_value_unescape it */
    int64_t integer;
    double real;
    tg_text text; /* string: between the quotes; array, object: with the brackets; number: as written */
} tg_value;

/* The value of KEY in the object TEXT, which must be part of a page. */
TG_API tg_value tg_value_get(tg_text object, tg_text key);
/* The field of a record by its row: tries the key and its older form, and takes an integral real for an int. */
TG_API tg_value tg_value_field(tg_text object, const tg_field *f);
/* Walks an array or object: POS starts at 0; false at the end. KEY is filled for objects (it may be escaped). */
TG_API bool tg_value_next(tg_text container, size_t *pos, tg_value *key, tg_value *value);
/* Writes the unescaped bytes of a string into OUT, which has room for text.n bytes; returns how many. */
TG_API size_t tg_value_unescape(const tg_value *v, char *out);
/* The value that TEXT, a checked JSON text, is. */
TG_API tg_value tg_value_of(tg_text text);

/* ----------------------------------------------------------------------------------------------- SQL over the store */

/*
** Read-only SQL over the views of the stored replies of this account: organizations, users, memberships, groups, ...
** Values are tg_value: ABSENT never, TG_V_NULL for NULL, blobs as strings. Nothing is asked of the server.
*/
typedef struct tg_sql tg_sql;

TG_API tg_sql *tg_sql_new(tg_client *c, tg_text sql, tg_error *err);
TG_API bool tg_sql_bind(tg_sql *s, int i, const tg_value *v, tg_error *err); /* i from 1; texts are copied */
TG_API int tg_sql_step(tg_sql *s, tg_error *err);                            /* 1: a row; 0: the end; -1: err */
TG_API int tg_sql_columns(const tg_sql *s);
TG_API int tg_sql_parameters(const tg_sql *s);
TG_API const char *tg_sql_name(const tg_sql *s, int column); /* column from 0 */
TG_API tg_value tg_sql_value(const tg_sql *s, int column);   /* texts live until the next step */
TG_API void tg_sql_free(tg_sql *s);

/* -------------------------------------------------------------------------------------------------------- events */

typedef enum tg_event_type {
    TG_EV_REQUEST = 1,
    TG_EV_REPLY,
    TG_EV_WAIT,
    TG_EV_RETRY,
    TG_EV_STORE,
    TG_EV_WARNING,
    TG_EV_DRY /* a change that was not sent, because this is a dry run */
} tg_event_type;

#define TG_REASON_SIZE 400

/* What happened, without a secret in it: for logs, --trace and progress. */
typedef struct tg_event {
    tg_event_type type;
    double at;             /* seconds since 1970 */
    const char *operation; /* NULL: a raw request */
    const char *verb;
    char path[160]; /* below the base address, redacted, cut */
    int try_;       /* 1 for the first */
    int status;
    double seconds; /* REPLY: how long it took; WAIT, RETRY: how long it will be */
    int64_t bytes;  /* of the body */
    int remaining;  /* requests left in the window; below 0: not known */
    /* WAIT: "quota", "rate"; RETRY, WARNING: why; DRY: the body, cut; else empty */
    char reason[TG_REASON_SIZE];
} tg_event;

/* The oldest event not yet taken; false: none. At most 1,000 are kept; the oldest go first. */
TG_API bool tg_client_event(tg_client *c, tg_event *ev);

#endif
