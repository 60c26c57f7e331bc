#include "address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <strings.h>

#include "control.h"
#include "error.h"

/* Complete numeric addresses only: "127.1" and names depend on the resolver. */
static bool this_machine(const char *host, size_t n)
{
    char text[INET6_ADDRSTRLEN];
    struct in_addr four;
    struct in6_addr six;
    bool bracketed = n > 2 && host[0] == '[' && host[n - 1] == ']';
    if (bracketed) host++, n -= 2;
    if (n >= sizeof text) return false;
    memcpy(text, host, n);
    text[n] = '\0';
    if (bracketed) return inet_pton(AF_INET6, text, &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
    if (strcasecmp(text, "localhost") == 0) return true;
    return inet_pton(AF_INET, text, &four) == 1 && ntohl(four.s_addr) >> 24 == 127;
}

/* Length of the host at the start of HOST, brackets included. */
static size_t host_length(const char *host)
{
    size_t n = host[0] == '[' ? strcspn(host, "]/") : strcspn(host, ":/");
    return n + (host[0] == '[' && host[n] == ']');
}

/* Every request carries the credentials, which any host on the way could read. */
static bool refuse_cleartext(tg_error *err)
{
    tg_error_set(err, TG_E_INVALID,
                 "the base address is http:// to another machine, which would send credentials in"
                 " clear, so no client was made");
    tg_error_because(err, TG_R_CLEARTEXT);
    return false;
}

bool tg_address_check(char *url, bool private_way, bool cleartext, tg_error *err)
{
    bool tls = strncmp(url, "https://", 8) == 0;
    const char *host = tls ? url + 8 : strncmp(url, "http://", 7) == 0 ? url + 7 : NULL;
    if (!host || !*host || *host == '/')
        return tg_error_set(err, TG_E_INVALID,
                            "the base address must start with https:// or http:// and name a host");
    for (const char *p = host; *p; p++)
        if (!tg_is_visible((unsigned char)*p) || strchr("?#@\\", *p))
            return tg_error_set(
                err, TG_E_INVALID,
                "the base address may not hold spaces, credentials, \"?\" or \"#\"");
    if (!tls && !private_way && !cleartext && !this_machine(host, host_length(host)))
        return refuse_cleartext(err);
    for (size_t n = strlen(url); n && url[n - 1] == '/'; n--) url[n - 1] = '\0';
    return true;
}

bool tg_address_is_local(const char *url)
{
    const char *host = strstr(url, "://");
    return host && this_machine(host + 3, host_length(host + 3));
}
