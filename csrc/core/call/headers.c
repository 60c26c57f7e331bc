/* Stored headers of a reply: "name\0value\0" and so on, names in lower case. */
#include <stdlib.h>
#include <string.h>

#include "client.h"

const char *tg_headers_find(tg_text headers, const char *name)
{
    const char *p = headers.p, *end = headers.p + headers.n;
    while (p < end) {
        const char *value = p + strlen(p) + 1;
        if (*p == *name && strcmp(p, name) == 0) return value;
        p = value + strlen(value) + 1;
    }
    return NULL;
}

const char *tg_reply_header(const tg_reply *r, const char *name)
{
    return tg_headers_find(r->headers, name);
}

bool tg_reply_next_header(const tg_reply *r, size_t *pos, const char **name, const char **value)
{
    if (*pos >= r->headers.n) return false;
    *name = r->headers.p + *pos;
    *value = *name + strlen(*name) + 1;
    *pos = (size_t)(*value - r->headers.p) + strlen(*value) + 1;
    return true;
}

int64_t tg_reply_count(const tg_reply *r, const char *name)
{
    const char *s = tg_reply_header(r, name);
    if (!s || !*s) return TG_NOT_SENT;
    size_t blanks = strspn(s, " \t"), digits = strspn(s + blanks, "0123456789");
    if (digits == 0 || digits > 18 || s[blanks + digits + strspn(s + blanks + digits, " \t")])
        return TG_NO_COUNT;
    return strtoll(s + blanks, NULL, 10);
}

bool tg_reply_links_on(const tg_reply *r)
{
    const char *s = tg_reply_header(r, "link");
    return s && (strstr(s, "rel=\"next\"") || strstr(s, "rel=next"));
}
