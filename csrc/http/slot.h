/*
** Shared by the files of the transport: the slot, which is a libcurl easy handle kept for reuse,
** and the exchange that it currently carries.
**
** options.c sets the options of all handles, request.c loads an exchange into a slot and receives
** the reply, coding.c decodes the body, outcome.c classifies the end, curl.c owns and drives the
** slots, sockets.c waits for their sockets.
*/
#ifndef TG_HTTP_SLOT_H
#define TG_HTTP_SLOT_H

#include <curl/curl.h>

#include "core/clock.h"
#include "core/control.h"
#include "core/transport.h"

#define TG_HTTP_COMMON 3 /* header lines of every request: content type, user agent, encodings */
#define TG_HTTP_LINES  7 /* plus those of one request: expect, authorization and two conditions */

/* a transfer slower than a few bytes a second for so long ends, whatever its deadline */
#define TG_HTTP_STALL_SECONDS 60L

typedef struct tg_slot tg_slot;

/* The coding of the body. ENDED: the end of the coded stream was received, so the body is complete.
   FOREIGN: a coding that cannot be decoded. */
typedef enum tg_coding {
    TG_CODING_NONE,
    TG_CODING_OPEN,
    TG_CODING_ENDED,
    TG_CODING_FOREIGN
} tg_coding;

#define TG_HTTP_LONG_HEAD "the reply's headers are longer than 64 KiB"
#define TG_HTTP_ENDED     "the connection ended before any reply came"
#define TG_HTTP_TOO_LARGE "the reply is larger than allowed; the rest was not read"

struct tg_slot {
    CURL *easy;           /* owned */
    tg_exchange *x;       /* borrowed while in flight; NULL: the slot is idle */
    tg_slot *next, *prev; /* neighbours in the list that contains the slot */
    struct curl_slist
        /* request headers; those after the common ones point into `text` */
        line[TG_HTTP_LINES];
    tg_buf text;    /* holds the secret during the request, wiped afterwards */
    tg_buf address; /* text of `parsed`; empty: the handle has no address that is known to parse */
    CURLU *parsed;  /* owned, read by libcurl; NULL: libcurl has the text instead */
    double started; /* monotonic seconds */
    int redirects;  /* redirects followed so far */
    bool plain;     /* the handle is configured for a GET without a body */
    /* current values of PIPEWAIT, TIMEOUT_MS, CONNECTTIMEOUT_MS, LOW_SPEED_LIMIT; 0: libcurl's
       defaults */
    long wait, left, connect, slowest;
    /* the empty line was received: body follows, or a trailer, which is ignored */
    size_t head; /* bytes of the head being received */
    bool head_done;
    /* the request was sent on a connection kept from an earlier one */
    bool on_kept;
    /* bytes of all heads and trailers of the exchange: libcurl keeps a copy of each line */
    size_t head_bytes;
    tg_coding coding;                 /* coding of the body being received */
    size_t packed;                    /* coded bytes of it decoded so far */
    struct z_stream_s *zlib;          /* owned; NULL until the first coded reply */
    char proxy[16];                   /* name of the proxy variable in use; empty: none */
    char note[160];                   /* room for a sentence that quotes the server */
    tg_outcome verdict;               /* RUNNING unless one of our callbacks stopped the transfer */
    const char *why;                  /* the sentence for it */
    char error_text[CURL_ERROR_SIZE]; /* libcurl's error message */
};

/* Set close-on-exec on the two wakeup sockets of MULTI, which was just created. */
void tg_http_hide_wakeup(CURLM *multi);

/* monotonic seconds */
static inline double tg_http_now(void)
{
    return tg_clock_read(CLOCK_MONOTONIC);
}

/* -------------------------------------------------------------------------------------- slot.c */

/* Fill ERR. Always returns false. */
bool tg_http_fail(tg_error *err, tg_kind kind, const char *message) __attribute__((cold));
/* Replace all but printable ASCII by "?": TEXT comes from the server and may reach a terminal. */
void tg_http_print(char *text);
long tg_http_milliseconds(double seconds); /* for libcurl, where 0 is no limit */
/* Set an option if the value differs from *IS, the handle's current one. 0: success. */
int tg_http_set_long(tg_slot *s, CURLoption option, long *is, long value);
/*
** Set the address of the next request. libcurl copies an address that was parsed before; a text it
** parses for each request and then prints again, byte by byte. Mostly it is the last one. A text
** that cannot be parsed is passed on, so that libcurl reports what is wrong. 0: success.
*/
int tg_http_set_address(tg_slot *s, const char *url);
/* Limit the transfer to the remaining time of its exchange. False: no time remains. */
bool tg_http_set_time_left(tg_slot *s, double now);

/* Set the options that all handles of a pool share. False: libcurl rejects one. */
bool tg_http_common(CURL *easy, const tg_transport_options *o);

/*
** The common lines, owned by the caller even on failure. libcurl also has options for user agent
** and encodings, but formats those again for each request and then copies the result, byte by byte.
*/
bool tg_http_lines(char *lines[TG_HTTP_COMMON], const tg_transport_options *o);

/* Attach a new handle to the slot, once. The lines must outlive it. */
bool tg_http_tie(tg_slot *s, char *const lines[TG_HTTP_COMMON]);
/* Load X into the slot. False: ERR says why X must not be sent, or that memory ran out. */
bool tg_http_load(tg_slot *s, tg_exchange *x, tg_error *err);
void tg_http_unload(tg_slot *s); /* detaches the exchange and wipes its secret */

/* ------------------------------------------------------------------------------------- coding.c */

bool tg_http_chunked(const tg_buf *headers);
void tg_http_begin_coding(tg_slot *s); /* determines the coding of the body from the headers */
/* Decode N bytes at P and append them to the reply. NULL: success; else what is wrong, and *BIG:
   the limit was exceeded. */
const char *tg_http_unpack(tg_slot *s, char *p, size_t n, bool *big);
void tg_http_free_coding(tg_slot *s);

/*
** Classify the transfer that ended with RC and fill the exchange. False: the slot was loaded with a
** redirect target and must be started again.
*/
bool tg_http_judge(tg_slot *s, CURLcode rc);
/* End the exchange without a transfer by libcurl. */
void tg_http_end(tg_slot *s, tg_outcome outcome, const char *message) __attribute__((cold));

#endif
