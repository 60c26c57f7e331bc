/*
** The two uses of zlib.
*/
#include "pack.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static bool begin_deflate(z_stream *z, int level, int window)
{
    *z = (z_stream){0};
    return deflateInit2(z, level, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY) == Z_OK;
}

/* Compress the text in place; false: it is unchanged. */
bool sb_gzip(sb_text *t)
{
    z_stream z;
    if (!begin_deflate(&z, 1, 15 + 16)) return false;
    sb_text packed = {.size = deflateBound(&z, t->n) + 1};
    packed.p = malloc(packed.size);
    z.next_in = (unsigned char *)t->p;
    z.avail_in = (unsigned)t->n;
    z.next_out = (unsigned char *)packed.p;
    z.avail_out = (unsigned)packed.size;
    bool done = packed.p && deflate(&z, Z_FINISH) == Z_STREAM_END;
    packed.n = z.total_out;
    deflateEnd(&z);
    if (done) {
        sb_drop(t);
        *t = packed;
    } else {
        sb_drop(&packed);
    }
    return done;
}

#define BOMB_BLOCK (1u << 20)
#define BOMB_TIMES 1024

/* After a full flush a deflate block is independent, so one megabyte is compressed once and
   repeated. */
bool sb_bomb(sb_text *t)
{
    static const unsigned char head[10] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3}, last[2] = {3, 0};
    unsigned char block[8192], *spaces = malloc(BOMB_BLOCK);
    z_stream z;
    if (!spaces || !begin_deflate(&z, 9, -15)) {
        free(spaces);
        return false;
    }
    memset(spaces, ' ', BOMB_BLOCK);
    z.next_in = spaces;
    z.avail_in = BOMB_BLOCK;
    z.next_out = block;
    z.avail_out = sizeof block;
    deflate(&z, Z_FULL_FLUSH);
    size_t n = sizeof block - z.avail_out;
    deflateEnd(&z);
    unsigned long one = crc32(0, spaces, BOMB_BLOCK), crc = one;
    free(spaces);
    t->n = 0;
    sb_add(t, head, sizeof head);
    for (int i = 0; i < BOMB_TIMES; i++) {
        sb_add(t, block, n);
        if (i) crc = crc32_combine(crc, one, BOMB_BLOCK);
    }
    uint32_t tail[2] = {(uint32_t)crc, (uint32_t)BOMB_BLOCK * BOMB_TIMES};
    unsigned char bytes[8];
    for (int i = 0; i < 8; i++) bytes[i] = (unsigned char)(tail[i / 4] >> (8 * (i % 4)));
    return sb_add(t, last, sizeof last) && sb_add(t, bytes, sizeof bytes);
}
