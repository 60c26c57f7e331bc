/*
** Replies that a fault sends in pieces: cut, slow, huge.
*/
#include "piece.h"

#include <string.h>

#include "fault.h"

#define HUGE_BYTES (((uint64_t)256 << 20) + 1)

static size_t cut_after(const sb_connection *x)
{
    long cut = sb_engine_pace(x->server->engine).cut;
    return cut >= 0 && (size_t)cut < x->x.reply.n ? (size_t)cut : x->x.reply.n / 2;
}

static ssize_t copy_until(sb_connection *x, uint64_t position, char *to, size_t max, size_t limit,
                          ssize_t end)
{
    if (position >= limit) return end;
    size_t n = limit - (size_t)position < max ? limit - (size_t)position : max;
    memcpy(to, x->x.reply.p + position, n);
    return (ssize_t)n;
}

static ssize_t read_cut(void *cls, uint64_t position, char *to, size_t max)
{
    return copy_until(cls, position, to, max, cut_after(cls), MHD_CONTENT_READER_END_WITH_ERROR);
}

static ssize_t read_short(void *cls, uint64_t position, char *to, size_t max)
{
    return copy_until(cls, position, to, max, cut_after(cls), MHD_CONTENT_READER_END_OF_STREAM);
}

/* The first request for a byte suspends the connection; once resumed, libmicrohttpd requests the
   same byte again and gets it. */
static ssize_t read_slowly(void *cls, uint64_t position, char *to, size_t max)
{
    (void)max;
    sb_connection *x = cls;
    if (x->rested) {
        x->rested = false;
        *to = x->x.reply.p[position];
        return 1;
    }
    x->rested = true;
    sb_wait(x->server, x, sb_engine_pace(x->server->engine).slow);
    return 0;
}

/* [0,0,...,0] */
static ssize_t read_huge(void *cls, uint64_t position, char *to, size_t max)
{
    (void)cls;
    if (position >= HUGE_BYTES) return MHD_CONTENT_READER_END_OF_STREAM;
    if (max > HUGE_BYTES - position) max = (size_t)(HUGE_BYTES - position);
    for (size_t i = 0; i < max; i++) to[i] = (position + i) % 2 ? '0' : ',';
    if (position == 0) to[0] = '[';
    if (position + max == HUGE_BYTES) to[max - 1] = ']';
    return (ssize_t)max;
}

struct MHD_Response *sb_piece_response(sb_connection *x)
{
    size_t block = 16384;
    struct MHD_Response *r = NULL;
    switch (x->x.fault) {
    case SB_CUT: /* one byte more than the body, so that an empty one is cut as well */
        return MHD_create_response_from_callback(x->x.reply.n + 1, block, read_cut, x, NULL);
    case SB_CUT_NOLENGTH:
        r = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, block, read_short, x, NULL);
        /* no chunks either */
        if (r) MHD_set_response_options(r, MHD_RF_HTTP_1_0_COMPATIBLE_STRICT, MHD_RO_END);
        return r;
    case SB_SLOW:
        return x->x.reply.n
                   ? MHD_create_response_from_callback(x->x.reply.n, 1, read_slowly, x, NULL)
                   : NULL;
    case SB_HUGE_BODY:
        return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 65536, read_huge, x, NULL);
    default: return NULL;
    }
}
