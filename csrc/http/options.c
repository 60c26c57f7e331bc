/*
** What every handle is set to. It is set once, on a model; the handles of the pool are duplicates
** of it.
*/
#include "slot.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* made and freed with every request; from 64 KiB on, malloc tidies up each time */
#define BUFFER_BYTES (32 * 1024L)
/* a second: slower than this for STALL_SECONDS is a stalled peer, whatever the deadline */
#define STALL_BYTES     16L
#define STALL_SECONDS   60L
#define IDLE_SECONDS    45L
#define DEFAULT_CA_PATH "/etc/ssl/certs"

/* "002c0b4f.0": the name OpenSSL looks a root up by. */
static bool is_hashed_name(const char *name)
{
    size_t n = strspn(name, "0123456789abcdef");
    return n == 8 && name[8] == '.' && isdigit((unsigned char)name[9]);
}

static bool is_hashed_folder(const char *path)
{
    DIR *dir = opendir(path);
    struct dirent *entry;
    bool found = false;
    if (!dir) return false;
    while (!found && (entry = readdir(dir))) found = is_hashed_name(entry->d_name);
    closedir(dir);
    return found;
}

/*
** The roots to trust. A hashed folder is read one root at a time, as needed; the bundle would be
** parsed whole for the first connection, which takes twenty times as long as the handshake. So the
** folder, where there is one.
*/
static int set_roots(CURL *easy, const tg_transport_options *o)
{
    const char *path = curl_version_info(CURLVERSION_NOW)->capath;
    int rc = 0;
    if (!path) path = DEFAULT_CA_PATH;
    if (o->ca_file || o->ca_path) {
        rc |= curl_easy_setopt(easy, CURLOPT_CAINFO, o->ca_file);
        rc |= curl_easy_setopt(easy, CURLOPT_CAPATH, o->ca_path);
    } else if (is_hashed_folder(path)) {
        rc |= curl_easy_setopt(easy, CURLOPT_CAINFO, NULL);
        rc |= curl_easy_setopt(easy, CURLOPT_CAPATH, path);
    } /* else the bundle that libcurl was built with */
    return rc;
}

static int set_tls(CURL *easy, const tg_transport_options *o)
{
    int rc = set_roots(easy, o);
    rc |= curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    rc |= curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    rc |= curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    return rc;
}

/* Where a request may go: nowhere but to the address it names, as it was written. */
static int set_limits(CURL *easy)
{
    int rc = 0;
#if LIBCURL_VERSION_NUM >= 0x075500
    rc |= curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
#else
    rc |= curl_easy_setopt(easy, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
    rc |= curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    rc |= curl_easy_setopt(easy, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    /* or "/organizations/../me" would reach /me */
    rc |= curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
    /* a proxy sees no credentials */
    rc |= curl_easy_setopt(easy, CURLOPT_HEADEROPT, (long)CURLHEADER_SEPARATE);
    rc |= curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    rc |= curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, STALL_BYTES);
    rc |= curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, STALL_SECONDS);
    return rc;
}

/*
** libcurl would leave its sockets open in every program that the process starts.
*/
static curl_socket_t open_socket(void *unused, curlsocktype purpose, struct curl_sockaddr *a)
{
    int fd = socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
    (void)purpose, (void)unused;
    return fd < 0 ? CURL_SOCKET_BAD : fd;
}

static int set_process(CURL *easy)
{
    /* the process's signals are not ours to change */
    int rc = curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    rc |= curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
#if LIBCURL_VERSION_NUM >= 0x075700
    /* Or giving up a call would wait for its name lookup, and Ctrl-C and deadlines with it. */
    rc |= curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
#endif
    return rc;
}

bool tg_http_lines(char *lines[TG_HTTP_COMMON], const tg_transport_options *o)
{
    const char *agent = o->user_agent;
    lines[0] = strdup("Content-Type: application/json");
    if (asprintf(&lines[1], "User-Agent:%s%s", agent ? " " : "", agent ? agent : "") < 0)
        lines[1] = NULL;
    /* Short, as libcurl formats a request byte by byte; what others gain over gzip on replies of
       this size is little. */
    lines[2] = strdup("Accept-Encoding: gzip");
    return lines[0] && lines[1] && lines[2];
}

/* libcurl tells nowhere else that a request goes through a proxy; without one it need not talk. */
static bool names_proxy(void)
{
    static const char *const names[] = {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy",
                                        "ALL_PROXY"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = getenv(names[i]);
        if (value && *value) return true;
    }
    return false;
}

bool tg_http_common(CURL *easy, const tg_transport_options *o)
{
    int rc = set_tls(easy, o) | set_limits(easy) | set_process(easy);
    rc |= curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
    rc |= curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, BUFFER_BYTES);
    /* Servers drop an idle connection after a minute or so; a write caught in that moment would end
       as unknown. */
    rc |= curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, IDLE_SECONDS);
    if (o->unix_socket) {
        rc |= curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, o->unix_socket);
    }
    /* What leads to this machine may be in clear text, and a proxy on the way would read the token.
       */
    if (o->unix_socket || o->direct)
        rc |= curl_easy_setopt(easy, CURLOPT_PROXY, "");
    else if (names_proxy())
        rc |= curl_easy_setopt(easy, CURLOPT_VERBOSE, 1L);
    return rc == 0;
}
