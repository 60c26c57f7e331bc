#include "auth.h"

#include <sha2.h> /* libmd */
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "error.h"

/* Every control character is refused: libcurl would let a line break pass into the header. */
static bool check(const char *s, const char *what, tg_error *err)
{
    if (!s || !*s) return tg_error_set(err, TG_E_INVALID, "the %s is empty", what);
    for (const unsigned char *p = (const unsigned char *)s; *p; p++)
        if (*p < 0x20 || *p == 0x7f) return tg_error_set(err, TG_E_INVALID, "the %s holds a control character", what);
    return true;
}

static bool check_credentials(const tg_credentials *c, tg_error *err)
{
    if (c->kind == TG_AUTH_TOKEN) return check(c->user, "token", err);
    if (!check(c->user, "e-mail address", err) || !check(c->secret, "password", err)) return false;
    if (strchr(c->user, ':')) return tg_error_set(err, TG_E_INVALID, "the e-mail address holds a colon");
    return true;
}

static void base64(tg_buf *out, const unsigned char *p, size_t n)
{
    static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < n; i += 3) {
        unsigned long v =
            (unsigned long)p[i] << 16 | (i + 1 < n ? (unsigned long)p[i + 1] << 8 : 0) | (i + 2 < n ? p[i + 2] : 0);
        tg_buf_putc(out, digit[v >> 18]);
        tg_buf_putc(out, digit[v >> 12 & 63]);
        tg_buf_putc(out, i + 1 < n ? digit[v >> 6 & 63] : '=');
        tg_buf_putc(out, i + 2 < n ? digit[v & 63] : '=');
    }
}

/* Forgets a buffer that held a secret. */
static void wipe(tg_buf *b)
{
    if (b->p) explicit_bzero(b->p, b->size);
    tg_buf_clear(b);
}

/* The token is the user name and the word api_token the password (reference 3). */
static char *basic(const tg_credentials *c)
{
    tg_buf plain, out;
    tg_buf_init(&plain, 4096);
    tg_buf_init(&out, 8192);
    tg_buf_puts(&plain, c->user);
    tg_buf_putc(&plain, ':');
    tg_buf_puts(&plain, c->kind == TG_AUTH_TOKEN ? "api_token" : c->secret);
    tg_buf_puts(&out, "Basic ");
    if (plain.failed)
        out.failed = true;
    else
        base64(&out, (const unsigned char *)plain.p, plain.n);
    wipe(&plain);
    size_t n;
    return tg_buf_take(&out, &n);
}

/* The first 128 bits of a SHA-256 over server and user: two people never share rows, and no row gives a token away. */
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
