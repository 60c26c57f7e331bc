/*
** Fuzz the writer: a byte chooses the call, the following bytes are its argument. A finished text
** must pass the check, except that the writer does not check for duplicate keys. A rejected call
** must set an error message.
*/
#include <string.h>

#include "json.h"
#include "must.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct input {
    const uint8_t *p;
    size_t n;
} input;

static unsigned take_byte(input *in)
{
    if (in->n == 0) return 0;
    in->n--;
    return *in->p++;
}

static uint64_t take_word(input *in)
{
    uint64_t x = 0;
    for (int i = 0; i < 8; i++) x = x << 8 | take_byte(in);
    return x;
}

static tg_text take_text(input *in)
{
    size_t n = take_byte(in) % 48;
    tg_text text = {(const char *)in->p, n < in->n ? n : in->n};
    in->p += text.n;
    in->n -= text.n;
    return text;
}

static double take_real(input *in)
{
    uint64_t bits = take_word(in);
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static void drive(tg_writer *w, input *in)
{
    switch (take_byte(in) % 10) {
    case 0: tg_write_object(w); break;
    case 1: tg_write_array(w); break;
    case 2: tg_write_end(w); break;
    case 3:
    case 4: tg_write_key(w, take_text(in)); break;
    case 5: tg_write_text(w, take_text(in)); break;
    case 6: tg_write_int(w, (int64_t)take_word(in)); break;
    case 7: tg_write_real(w, take_real(in)); break;
    case 8: tg_write_bool(w, take_byte(in) & 1); break;
    case 9: tg_write_null(w); break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    input in = {data, size};
    tg_error e = {.message = ""};
    tg_writer w;
    tg_buf b;
    tg_buf_init(&b, 100 + 16 * (size_t)take_byte(&in));
    tg_writer_init(&w, &b);
    while (in.n > 0) {
        size_t before = b.n;
        bool ok = tg_write_ok(&w);
        drive(&w, &in);
        MUST(ok || (b.n == before && !tg_write_ok(&w)));
        MUST(b.n <= b.max && w.depth >= 0 && w.depth <= TG_JSON_DEPTH && w.bad == (w.why != NULL));
    }
    while (tg_write_ok(&w) && w.depth > 0) {
        if (w.key) tg_write_null(&w);
        tg_write_end(&w);
    }
    if (tg_writer_done(&w) && !tg_json_check((tg_text){b.p, b.n}, &e))
        MUST(strncmp(e.message, "duplicate key", 13) == 0);
    tg_buf_clear(&b);
    return 0;
}
