/*
** Decode the body. libcurl could, but accepts gzip data without their end as complete, and retries
** where no retry can help; so libcurl passes on the bytes as sent, and zlib detects the end of the
** stream here.
*/
#include "slot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <zlib.h>

#define STEP_BYTES (16 * 1024)
#define NAME_MOST  12               /* bytes of a coding's name: pack200-gzip */
#define ANY_FORM   (MAX_WBITS + 32) /* detect gzip or zlib by the first bytes */

/* Join the values of the headers called NAME with commas; OUT is truncated, never overrun. */
static void join_values(const tg_buf *headers, const char *name, char *out, size_t size)
{
    const char *p = headers->p, *end = headers->p + headers->n, *value;
    size_t n = 0;
    out[0] = '\0';
    for (; p < end; p = value + strlen(value) + 1) {
        value = p + strlen(p) + 1;
        if (strcmp(p, name) == 0 && *value && n < size)
            n += (size_t)snprintf(out + n, size - n, "%s%s", n ? ", " : "", value);
    }
}

bool tg_http_chunked(const tg_buf *headers)
{
    char value[40];
    join_values(headers, "transfer-encoding", value, sizeof value);
    return strcasecmp(value, "chunked") == 0;
}

/* Are the names of VALUE as short as those of all codings are? A longer one may be a secret of the
   request, which the server repeats. */
static bool may_show(const char *value)
{
    size_t n = 0;
    for (; *value && n <= NAME_MOST; value++) n = *value == ',' || *value == ' ' ? 0 : n + 1;
    return n <= NAME_MOST;
}

void tg_http_begin_coding(tg_slot *s)
{
    char value[40];
    s->coding = TG_CODING_NONE;
    s->packed = 0;
    join_values(&s->x->headers, "content-encoding", value, sizeof value);
    if (!*value || strcasecmp(value, "identity") == 0) return;
    s->coding = TG_CODING_OPEN;
    if (strcasecmp(value, "gzip") == 0 || strcasecmp(value, "x-gzip") == 0 ||
        strcasecmp(value, "deflate") == 0)
        return;
    s->coding = TG_CODING_FOREIGN;
    tg_http_print(value);
    if (!may_show(value)) snprintf(value, sizeof value, "...");
    snprintf(s->note, sizeof s->note,
             "the reply has the content coding \"%s\", which was not requested", value);
}

/* Reset the decoder of the last reply, or create one. False: out of memory. */
static bool open_stream(tg_slot *s)
{
    if (s->zlib) return inflateReset2(s->zlib, ANY_FORM) == Z_OK;
    s->zlib = calloc(1, sizeof *s->zlib);
    if (s->zlib && inflateInit2(s->zlib, ANY_FORM) == Z_OK) return true;
    free(s->zlib);
    s->zlib = NULL;
    return false;
}

void tg_http_free_coding(tg_slot *s)
{
    if (s->zlib) inflateEnd(s->zlib);
    free(s->zlib);
    s->zlib = NULL;
}

/* Decode the input of zlib. NULL: all of it; else what is wrong, and *BIG: only the limit was
   exceeded. */
static const char *unpack(tg_slot *s, bool *big)
{
    char out[STEP_BYTES];
    tg_buf *b = &s->x->reply;
    int rc = Z_OK;
    while (rc == Z_OK) {
        s->zlib->next_out = (Bytef *)out;
        s->zlib->avail_out = sizeof out;
        rc = inflate(s->zlib, Z_NO_FLUSH);
        size_t made = sizeof out - s->zlib->avail_out;
        *big = made > b->max - b->n;
        if (*big) return TG_HTTP_TOO_LARGE;
        if (!tg_buf_add(b, out, made)) return "out of memory while reading the reply";
        if (rc == Z_OK && s->zlib->avail_in == 0 && s->zlib->avail_out > 0) return NULL;
    }
    if (rc == Z_BUF_ERROR) return NULL; /* more input needed */
    if (rc != Z_STREAM_END) return "the reply's gzip data are damaged";
    s->coding = TG_CODING_ENDED;
    return NULL;
}

const char *tg_http_unpack(tg_slot *s, char *p, size_t n, bool *big)
{
    const char *why = NULL;
    *big = false;
    if (s->coding == TG_CODING_FOREIGN) return s->note;
    if (s->packed == 0 && !open_stream(s)) return "out of memory while reading the reply";
    s->zlib->next_in = (Bytef *)p;
    s->zlib->avail_in = (uInt)n;
    while (!why && s->zlib->avail_in > 0) {
        uInt left = s->zlib->avail_in;
        /* Another gzip member may follow a complete one; other bytes do not belong to this
           reply. */
        if (s->coding == TG_CODING_ENDED && *s->zlib->next_in != 0x1f)
            return "the reply continues after its gzip data";
        if (s->coding == TG_CODING_ENDED) inflateReset2(s->zlib, ANY_FORM); /* keeps next_in */
        s->coding = TG_CODING_OPEN;
        why = unpack(s, big);
        s->packed += left - s->zlib->avail_in;
    }
    return why;
}
