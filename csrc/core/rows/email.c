/* What cannot be an e-mail address. Most of it comes with a paste: invisible characters, brackets,
   mailto:. */
#include "email.h"

#include <ctype.h>
#include <string.h>

#include "error.h"
#include "utf8.h"

/* Characters that are not seen, or look like a space; the categories Cf, Z and what is blank all
   the same. */
static const struct range {
    uint32_t first, last;
} unseen[] = {
    {0x00A0, 0x00A0},   {0x00AD, 0x00AD},    {0x034F, 0x034F},   {0x0600, 0x0605},
    {0x061C, 0x061C},   {0x06DD, 0x06DD},    {0x070F, 0x070F},   {0x0890, 0x0891},
    {0x08E2, 0x08E2},   {0x115F, 0x1160},    {0x1680, 0x1680},   {0x17B4, 0x17B5},
    {0x180B, 0x180F},   {0x2000, 0x200F},    {0x2028, 0x202F},   {0x205F, 0x206F},
    {0x2800, 0x2800},   {0x3000, 0x3000},    {0x3164, 0x3164},   {0xE000, 0xF8FF},
    {0xFE00, 0xFE0F},   {0xFEFF, 0xFEFF},    {0xFFA0, 0xFFA0},   {0xFFF0, 0xFFFD},
    {0x110BD, 0x110BD}, {0x110CD, 0x110CD},  {0x13430, 0x1343F}, {0x1BCA0, 0x1BCA3},
    {0x1D173, 0x1D17A}, {0xE0000, 0x10FFFF},
};

static bool is_unseen(uint32_t p)
{
    for (size_t i = 0; i < sizeof unseen / sizeof *unseen; i++)
        if (p >= unseen[i].first && p <= unseen[i].last) return true;
    return false;
}

/* The code point of the N bytes at P, which are UTF-8. */
static uint32_t point_of(const char *p, size_t n)
{
    uint32_t c = (unsigned char)p[0];
    if (n > 1) c &= 0x7FU >> n;
    for (size_t i = 1; i < n; i++) c = c << 6 | ((unsigned char)p[i] & 0x3F);
    return c;
}

static bool check_characters(tg_text v, tg_error *err)
{
    const char *end = tg_text_end(v), *p = v.p;
    for (size_t n; p < end; p += n) {
        n = tg_utf8_sequence(p, end);
        if (!n) n = 1;
        uint32_t c = point_of(p, n);
        if (n > 1 && is_unseen(c))
            return tg_error_set(err, TG_E_INVALID,
                                "is not an e-mail address: U+%04X at byte %zu cannot be seen",
                                (unsigned)c, (size_t)(p - v.p) + 1);
        if (n == 1 && c && strchr(" <>()[]\\,;:\"", (int)c))
            return tg_error_set(err, TG_E_INVALID,
                                "is not an e-mail address: it holds %s at byte %zu",
                                c == ' ' ? "a space" : (char[]){'\'', (char)c, '\'', '\0'},
                                (size_t)(p - v.p) + 1);
    }
    return true;
}

/* Names between dots, none of them empty. */
static bool good_part(const char *p, size_t n)
{
    if (n == 0 || p[0] == '.' || p[n - 1] == '.') return false;
    for (size_t i = 1; i < n; i++)
        if (p[i] == '.' && p[i - 1] == '.') return false;
    return true;
}

/* The first byte of the N at P that no name of a host has; NULL: none. Letters beyond ASCII are the
   mail server's. */
static const char *foreign_to_host(const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!(p[i] & 0x80) && p[i] != '.' && p[i] != '-' && !isalnum((unsigned char)p[i]))
            return p + i;
    return NULL;
}

bool tg_check_email(tg_text v, tg_error *err)
{
    static const char scheme[] = "mailto:";
    size_t n = 0;
    while (n < v.n && n < sizeof scheme - 1 && (v.p[n] | 0x20) == (scheme[n] | 0x20)) n++;
    if (n == sizeof scheme - 1)
        return tg_error_set(err, TG_E_INVALID, "is not an e-mail address: it begins with mailto:");
    const char *at = v.n ? memchr(v.p, '@', v.n) : NULL;
    size_t before = at ? (size_t)(at - v.p) : 0, behind = at ? v.n - before - 1 : 0;
    if (!check_characters(v, err)) return false;
    if (!at || !before || !behind || memchr(at + 1, '@', behind))
        return tg_error_set(err, TG_E_INVALID, "is not an e-mail address");
    if (!good_part(v.p, before) || !good_part(at + 1, behind))
        return tg_error_set(
            err, TG_E_INVALID,
            "is not an e-mail address: a dot stands where no name follows or precedes");
    const char *odd = foreign_to_host(at + 1, behind);
    if (odd)
        return tg_error_set(err, TG_E_INVALID,
                            "is not an e-mail address: its domain holds '%c' at byte %zu", *odd,
                            (size_t)(odd - v.p) + 1);
    if (at[1] == '-' || v.p[v.n - 1] == '-')
        return tg_error_set(err, TG_E_INVALID,
                            "is not an e-mail address: its domain begins or ends with a hyphen");
    return true;
}
