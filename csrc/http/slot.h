/*
** What the files of the transport share: the slot, an easy handle of libcurl that is kept for
** reuse, and the exchange that it carries just now.
**
** options.c says what every handle is set to, request.c loads an exchange into a slot and takes in
** the reply, coding.c unpacks the body, outcome.c judges how it ended, curl.c owns the slots and
** moves them, sockets.c waits for their sockets.
*/
#ifndef TG_HTTP_SLOT_H
#define TG_HTTP_SLOT_H

#include <curl/curl.h>

#include "core/clock.h"
#include "core/transport.h"

#define TG_HTTP_COMMON 3 /* header lines of every request: content type, user agent, encodings */
#define TG_HTTP_LINES  7 /* and those of one: expect, authorization and two conditions */

typedef struct tg_slot tg_slot;

/* How the body is coded. ENDED: its own end has come, so it is whole. FOREIGN: in a way that cannot
   be undone. */
typedef enum tg_coding {
    TG_CODING_NONE,
    TG_CODING_OPEN,
    TG_CODING_ENDED,
    TG_CODING_FOREIGN
} tg_coding;

#define TG_HTTP_LONG_HEAD "the reply's headers are longer than 64 KiB"
#define TG_HTTP_TOO_LARGE "the reply is larger than allowed; the rest was not read"

struct tg_slot {
    CURL *easy;           /* owned */
    tg_exchange *x;       /* borrowed while it is in flight; NULL: the slot is idle */
    tg_slot *next, *prev; /* neighbours in the one list that holds the slot */
    struct curl_slist
        /* header lines of the request; after the common ones they point into `text` */
        line[TG_HTTP_LINES];
    tg_buf text;    /* holds the secret while it is needed, wiped after */
    double started; /* monotonic seconds */
    int redirects;  /* followed so far */
    bool plain;     /* the handle is set to a GET without a body */
    /* what it is set to: PIPEWAIT, TIMEOUT_MS, CONNECTTIMEOUT_MS; 0 as libcurl has them */
    long wait, left, connect;
    /* the blank line has come: what follows is body, or a trailer that is not wanted */
    size_t head; /* bytes of the head that is coming */
    bool head_done;
    /* the request went out on a connection that was kept from an earlier one */
    bool on_kept;
    /* of all heads and trailers of the exchange: libcurl keeps a copy of each line */
    size_t head_bytes;
    tg_coding coding;           /* of the body that is coming */
    size_t packed;              /* bytes of it that were unpacked so far */
    struct z_stream_s *zlib;    /* owned; NULL until the first packed reply */
    char proxy[16];             /* the variable that names the proxy it goes through; empty: none */
    char note[160];             /* room for a sentence with a word of the server's in it */
    tg_outcome verdict;         /* RUNNING, unless one of our callbacks stopped the transfer */
    const char *why;            /* and the sentence that goes with it */
    char said[CURL_ERROR_SIZE]; /* libcurl's own words */
};

/* The two sockets that MULTI, just made, wakes itself with reach no child from now on. */
void tg_http_hide_wakeup(CURLM *multi);

/* monotonic seconds */
static inline double tg_http_now(void)
{
    return tg_clock_read(CLOCK_MONOTONIC);
}

/* ---------------------------------------------------------------------------------------- slot.c */

/* Fills ERR and returns false. */
bool tg_http_fail(tg_error *err, tg_kind kind, const char *message);
long tg_http_milliseconds(double seconds); /* for libcurl, where 0 is no limit */
/* Sets a number that is mostly what the last request had, which *IS remembers. 0: done. */
int tg_http_set_long(tg_slot *s, CURLoption option, long *is, long value);
/* Limits the transfer to what is left of the time of its exchange. False: there is none. */
bool tg_http_set_time_left(tg_slot *s, double now);

/* Sets what all handles of a pool have in common. False when libcurl does not take an option. */
bool tg_http_common(CURL *easy, const tg_transport_options *o);

/*
** The common lines, owned by the caller even if it fails. User agent and encodings could be options
** of a handle; but those libcurl writes anew for each request, and copies from there, both byte by
** byte.
*/
bool tg_http_lines(char *lines[TG_HTTP_COMMON], const tg_transport_options *o);

/* Ties a fresh handle to the slot; this happens once. The lines must outlive it. */
bool tg_http_tie(tg_slot *s, char *const lines[TG_HTTP_COMMON]);
/* Loads X into the slot. False: ERR says why it must not be sent, or that memory ran out. */
bool tg_http_load(tg_slot *s, tg_exchange *x, tg_error *err);
void tg_http_unload(tg_slot *s); /* forgets the exchange and wipes its secret */

/* ------------------------------------------------------------------------------------- coding.c */

bool tg_http_chunked(const tg_buf *headers);
void tg_http_begin_coding(tg_slot *s); /* reads from the headers how the body will be coded */
/* Adds the N packed bytes at P, unpacked, to the reply. NULL, or what is wrong with them; *BIG:
   they pass the cap. */
const char *tg_http_unpack(tg_slot *s, char *p, size_t n, bool *big);
void tg_http_free_coding(tg_slot *s);

/*
** Judges what came of the transfer that ended with RC, and fills the exchange. False: it is not
** over, the slot was loaded with the place of a redirect and wants to go again.
*/
bool tg_http_judge(tg_slot *s, CURLcode rc);
/* Ends the exchange without libcurl having had a say. */
void tg_http_end(tg_slot *s, tg_outcome outcome, const char *message);

#endif
