/*
** Options of all easy handles. They are set once, on a model; the handles of the pool are
** duplicates of it.
*/
#include "slot.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* allocated with every request; from 64 KiB on, malloc consolidates the heap each time */
#define BUFFER_BYTES    (32 * 1024L)
#define IDLE_SECONDS    45L
#define DEFAULT_CA_PATH "/etc/ssl/certs"

/* "002c0b4f.0": the file name by which OpenSSL looks up a root. */
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
** Set the trusted roots. Prefer a hashed folder, where OpenSSL reads single roots as needed:
** parsing the whole bundle for the first connection takes twenty times as long as the handshake.
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
    } /* otherwise libcurl's built-in bundle */
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

/* Restrict a request to the address it names, exactly as written. */
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
    /* otherwise "/organizations/../me" would reach /me */
    rc |= curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
    /* do not send credentials to a proxy */
    rc |= curl_easy_setopt(easy, CURLOPT_HEADEROPT, (long)CURLHEADER_SEPARATE);
    rc |= curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    rc |= curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, TG_HTTP_STALL_SECONDS);
    return rc;
}

/* Set close-on-exec, which libcurl does not. */
static curl_socket_t open_socket(void *unused, curlsocktype purpose, struct curl_sockaddr *a)
{
    int fd = socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
    (void)purpose, (void)unused;
    return fd < 0 ? CURL_SOCKET_BAD : fd;
}

static int set_process(CURL *easy)
{
    /* a library must not change signal handling */
    int rc = curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    rc |= curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
#if LIBCURL_VERSION_NUM >= 0x075700
    /* Do not wait for the name lookup of a cancelled call; otherwise Ctrl-C and deadlines would
       wait for it too. */
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
    /* gzip only: libcurl formats a request byte by byte, and other encodings save little on replies
       of this size. */
    lines[2] = strdup("Accept-Encoding: gzip");
    return lines[0] && lines[1] && lines[2];
}

/* Only libcurl's verbose output shows that a request uses a proxy; it is not needed without a
   proxy. */
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
    /* Servers drop an idle connection after about a minute; a write sent at that moment would end
       as ambiguous. */
    rc |= curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, IDLE_SECONDS);
    if (o->unix_socket) {
        rc |= curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, o->unix_socket);
    }
    /* Clear text to this machine is allowed, but a proxy on the way would see the token. */
    if (o->unix_socket || o->direct) {
        rc |= curl_easy_setopt(easy, CURLOPT_PROXY, "");
        /* otherwise libcurl reads this from the environment with each request */
        rc |= curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
    } else if (names_proxy())
        rc |= curl_easy_setopt(easy, CURLOPT_VERBOSE, 1L);
    return rc == 0;
}
