#include "fold.h"

#include <stdlib.h>
#include <utf8proc.h>

#define FOLD                                                                                       \
    (UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE)
#define COMPOSE (UTF8PROC_STABLE | UTF8PROC_COMPOSE)

#define LONGEST ((size_t)1 << 20) /* bytes; a longer text is not a name and stays unchanged */

static utf8proc_option_t option_of(tg_fold_how how)
{
    return how == TG_FOLD_NAME ? FOLD : COMPOSE;
}

static bool is_ascii(tg_text t)
{
    for (size_t i = 0; i < t.n; i++)
        if ((unsigned char)t.p[i] >= 0x80) return false;
    return true;
}

/* The character of a keyboard that C is a typographic form of. */
static utf8proc_int32_t plain_of(utf8proc_int32_t c, void *unused)
{
    (void)unused;
    switch (c) {
    case 0xB4:   /* acute accent */
    case 0x2BC:  /* modifier letter apostrophe */
    case 0x2018: /* single quotation marks and prime */
    case 0x2019:
    case 0x201B:
    case 0x2032: return '\'';
    case 0x201C: /* double quotation marks */
    case 0x201D:
    case 0x201F: return '"';
    case 0x2010: /* hyphens, dashes and minus */
    case 0x2011:
    case 0x2012:
    case 0x2013:
    case 0x2014:
    case 0x2212: return '-';
    case 0x2028: /* line and paragraph separators */
    case 0x2029: return ' ';
    default: return c;
    }
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static tg_text trim(tg_text t)
{
    while (t.n > 0 && is_blank(*t.p)) t.p++, t.n--;
    while (t.n > 0 && is_blank(t.p[t.n - 1])) t.n--;
    return t;
}

/* Copy TEXT, which may be a part of what P holds, to P, with one space for each run of blanks. */
static tg_text squeeze(char *p, tg_text text)
{
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++) {
        bool blank = is_blank(text.p[i]);
        if (!blank || !n || p[n - 1] != ' ') p[n++] = blank ? ' ' : text.p[i];
    }
    return (tg_text){p, n};
}

static utf8proc_ssize_t decompose(tg_text text, tg_fold_how how, int32_t *room, size_t n)
{
    return utf8proc_decompose_custom((const utf8proc_uint8_t *)text.p, (utf8proc_ssize_t)text.n,
                                     room, (utf8proc_ssize_t)n, option_of(how),
                                     how == TG_FOLD_NAME ? plain_of : NULL, NULL);
}

size_t tg_fold_room(tg_text text, tg_fold_how how)
{
    if (is_ascii(text)) return text.n / sizeof(int32_t) + 1;
    if (text.n > LONGEST) return 0;
    utf8proc_ssize_t n = decompose(text, how, NULL, 0);
    return n < 0 ? 0 : (size_t)n + 1; /* and a terminating 0, which utf8proc writes */
}

/* Most names are ASCII, and a list has thousands of them. */
static tg_text fold_ascii(tg_text text, tg_fold_how how, char *out)
{
    int lower = how == TG_FOLD_NAME ? 32 : 0;
    for (size_t i = 0; i < text.n; i++)
        out[i] = (char)(text.p[i] | (text.p[i] >= 'A' && text.p[i] <= 'Z' ? lower : 0));
    text = trim((tg_text){out, text.n});
    return how == TG_FOLD_NAME ? squeeze(out, text) : text;
}

tg_text tg_fold_into(tg_text text, tg_fold_how how, int32_t *room, size_t n)
{
    if (!n) return text;
    if (is_ascii(text)) return fold_ascii(text, how, (char *)room);
    utf8proc_ssize_t points = decompose(text, how, room, n);
    if (points >= 0) points = utf8proc_reencode(room, points, option_of(how));
    if (points < 0) return text;
    text = trim((tg_text){(const char *)room, (size_t)points});
    return how == TG_FOLD_NAME ? squeeze((char *)room, text) : text;
}

tg_text tg_folder_fold(tg_folder *f, tg_text text)
{
    size_t n = tg_fold_room(text, TG_FOLD_NAME);
    if (n > f->n) {
        int32_t *room = realloc(f->room, 2 * n * sizeof *room);
        if (!room) return (tg_text){0};
        f->room = room;
        f->n = 2 * n;
    }
    return tg_fold_into(text, TG_FOLD_NAME, f->room, n);
}

void tg_folder_clear(tg_folder *f)
{
    free(f->room);
    *f = (tg_folder){0};
}
