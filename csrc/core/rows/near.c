/* Find the name that a misspelt one was meant to be. */
#include <limits.h>
#include <string.h>

#include "toggl.h"

#define NEAR_LIMIT 48  /* longer names get no suggestion: no field name is as long */
#define LONGEST    600 /* bytes of a compared text: a name of 150 code points fits */

/* Names of fields are ASCII; other bytes stay as they are, whatever the locale. */
static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static int least(int a, int b)
{
    return a < b ? a : b;
}

/* Keeps only the last three rows of the matrix. */
int tg_distance(tg_text a, tg_text b)
{
    unsigned short row[3][LONGEST + 1];
    if (a.n > LONGEST || b.n > LONGEST) return INT_MAX;
    for (size_t j = 0; j <= b.n; j++) row[0][j] = (unsigned short)j;
    for (size_t i = 1; i <= a.n; i++) {
        unsigned short *now = row[i % 3], *last = row[(i + 2) % 3], *before = row[(i + 1) % 3];
        now[0] = (unsigned short)i;
        for (size_t j = 1; j <= b.n; j++) {
            int same = lower(a.p[i - 1]) == lower(b.p[j - 1]);
            int edits = least(least(last[j] + 1, now[j - 1] + 1), last[j - 1] + !same);
            if (i > 1 && j > 1 && lower(a.p[i - 1]) == lower(b.p[j - 2]) &&
                lower(a.p[i - 2]) == lower(b.p[j - 1]))
                edits = least(edits, before[j - 2] + 1);
            now[j] = (unsigned short)edits;
        }
    }
    return row[a.n % 3][b.n];
}

static size_t common_prefix(tg_text a, tg_text b)
{
    size_t i = 0;
    while (i < a.n && i < b.n && lower(a.p[i]) == lower(b.p[i])) i++;
    return i;
}

/*
** Lower is closer; -1: no match. A third of the letters may differ. A prefix matches however much
** is missing, but ranks behind each match with edits. Of two equally close names the one with the
** longer common prefix wins, since people rarely mistype the first letters.
*/
static int nearness(tg_text name, tg_text candidate)
{
    if (candidate.n > NEAR_LIMIT) return -1;
    int prefix = (int)common_prefix(name, candidate), edits = tg_distance(name, candidate);
    int most = name.n < 4 ? 1 : name.n > 8 ? (int)(name.n / 3) : 2;
    bool begins = prefix >= 3 && ((size_t)prefix == name.n || (size_t)prefix == candidate.n);
    if (edits <= most) return edits * (NEAR_LIMIT + 1) + NEAR_LIMIT - prefix;
    return begins ? (NEAR_LIMIT + edits) * (NEAR_LIMIT + 1) : -1;
}

const char *tg_field_near(const tg_field *fields, const char *name, size_t n)
{
    const char *best = NULL;
    int closest = 0;
    if (n == 0 || n > NEAR_LIMIT) return NULL;
    for (const tg_field *f = fields; f->name; f++) {
        int d = nearness((tg_text){name, n}, (tg_text){f->name, strlen(f->name)});
        if (d < 0 || (best && d >= closest)) continue;
        best = f->name;
        closest = d;
    }
    return best;
}
