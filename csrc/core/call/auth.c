#include "auth.h"

#include <sha2.h> /* libmd */
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "control.h"
#include "error.h"

/* Reject all control characters: libcurl would send a line break as part of the header. */
static bool check(const char *s, const char *what, tg_error *err)
{
    if (!s || !*s) return tg_error_set(err, TG_E_INVALID, "the %s is empty", what);
    if (tg_control_find(s, strlen(s)))
        return tg_error_set(err, TG_E_INVALID, "the %s holds a control character", what);
    return true;
}

static bool check_credentials(const tg_credentials *c, tg_error *err)
{
    if (c->kind == TG_AUTH_TOKEN) return check(c->user, "token", err);
    if (!check(c->user, "e-mail address", err) || !check(c->secret, "password", err)) return false;
    if (strchr(c->user, ':'))
        return tg_error_set(err, TG_E_INVALID, "the e-mail address holds a colon");
    return true;
}

static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static void base64(tg_buf *out, const unsigned char *p, size_t n)
{
    for (size_t i = 0; i < n; i += 3) {
        unsigned long v = (unsigned long)p[i] << 16 |
                          (i + 1 < n ? (unsigned long)p[i + 1] << 8 : 0) |
                          (i + 2 < n ? p[i + 2] : 0);
        tg_buf_putc(out, digit[v >> 18]);
        tg_buf_putc(out, digit[v >> 12 & 63]);
        tg_buf_putc(out, i + 1 < n ? digit[v >> 6 & 63] : '=');
        tg_buf_putc(out, i + 2 < n ? digit[v & 63] : '=');
    }
}

/* Decode base64. */
static void decode(tg_buf *out, const char *p)
{
    unsigned long v = 0;
    for (int bits = 0; *p && *p != '='; p++) {
        v = v << 6 | (unsigned long)(strchr(digit, *p) - digit);
        bits += 6;
        if (bits < 8) continue;
        bits -= 8;
        tg_buf_putc(out, (char)(v >> bits & 0xff));
    }
}

/* Wipe and clear a buffer that held a secret. */
static void wipe(tg_buf *b)
{
    if (b->p) explicit_bzero(b->p, b->size);
    tg_buf_clear(b);
}

#define NO_PASSWORD ":api_token"
#define BASIC       "Basic "

/* The token is the user name, "api_token" the password (reference 3). */
static char *basic(const tg_credentials *c)
{
    tg_buf plain, out;
    tg_buf_init(&plain, 4096);
    tg_buf_init(&out, 8192);
    tg_buf_puts(&plain, c->user);
    if (c->kind != TG_AUTH_TOKEN) tg_buf_putc(&plain, ':');
    tg_buf_puts(&plain, c->kind == TG_AUTH_TOKEN ? NO_PASSWORD : c->secret);
    tg_buf_puts(&out, BASIC);
    if (plain.failed)
        out.failed = true;
    else
        base64(&out, (const unsigned char *)plain.p, plain.n);
    wipe(&plain);
    size_t n;
    return tg_buf_take(&out, &n);
}

/* The first 128 bits of a SHA-256 over server and user: two users never share rows, and no row
   reveals a token. */
static void name_account(tg_auth *a, const tg_credentials *c, const char *server)
{
    SHA2_CTX sha;
    uint8_t digest[SHA256_DIGEST_LENGTH];
    SHA256Init(&sha);
    SHA256Update(&sha, (const uint8_t *)server, strlen(server) + 1);
    if (c->kind != TG_AUTH_NONE) SHA256Update(&sha, (const uint8_t *)c->user, strlen(c->user));
    SHA256Final(digest, &sha);
    for (int i = 0; i < 16; i++) {
        a->account[2 * i] = "0123456789abcdef"[digest[i] >> 4];
        a->account[2 * i + 1] = "0123456789abcdef"[digest[i] & 15];
    }
    a->account[32] = '\0';
}

bool tg_auth_init(tg_auth *a, const tg_credentials *c, const char *server, tg_error *err)
{
    *a = (tg_auth){0};
    if (c->kind != TG_AUTH_NONE) {
        if (!check_credentials(c, err)) return false;
        a->header = basic(c);
        if (!a->header) return tg_error_set(err, TG_E_INVALID, "the credentials are too long");
    }
    name_account(a, c, server);
    return true;
}

void tg_auth_clear(tg_auth *a)
{
    if (a->header) explicit_bzero(a->header, strlen(a->header));
    free(a->header);
    *a = (tg_auth){0};
}

static bool stands_in(const char *text, size_t n, const char *secret, size_t size)
{
    return size >= 4 && memmem(text, n, secret, size) != NULL;
}

/* The secret is stored only in its encoded form and decoded for the duration of the search. The
   encoded length suffices as room: a growing buffer would leave parts of the secret in freed
   memory. */
bool tg_auth_stands_in(const tg_auth *a, const char *text, size_t n)
{
    tg_buf plain;
    const char *sent = a->header ? a->header + strlen(BASIC) : "";
    size_t most = sizeof NO_PASSWORD - 1;
    tg_buf_init(&plain, 8192);
    tg_buf_puts(&plain, sent);
    tg_buf_reset(&plain);
    decode(&plain, sent);
    const char *p = plain.n ? plain.p : "", *colon = memchr(p, ':', plain.n);
    bool token = plain.n > most && memcmp(p + plain.n - most, NO_PASSWORD, most) == 0;
    const char *secret = token || !colon ? p : colon + 1;
    size_t size = token ? plain.n - most : (size_t)(p + plain.n - secret);
    bool found =
        plain.failed || stands_in(text, n, sent, strlen(sent)) || stands_in(text, n, secret, size);
    wipe(&plain);
    return found;
}
