/*
** TLS and HTTP/2 against the servers of openssl and nghttp2, with certificates made by this test.
** Cases whose server is not installed are skipped and named.
*/
#include "check.h"

#include <arpa/inet.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "transport.h"

/* An authority, its certificate for localhost, and three that must not be trusted. */
static const char make_certificates[] =
    "set -e; exec >make.log 2>&1\n"
    "new='-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes'\n"
    "sign='-req -CA ca.pem -CAkey ca.key -CAcreateserial'\n"
    "printf 'subjectAltName=DNS:localhost' >here; printf 'subjectAltName=DNS:elsewhere.test' "
    ">there\n"
    "openssl req -x509 $new -keyout ca.key -out ca.pem -subj /CN=Test -days 2\n"
    "openssl req $new -keyout key.pem -out leaf.csr -subj /CN=localhost\n"
    "openssl x509 $sign -in leaf.csr -extfile here -days 2 -out good.pem\n"
    "openssl x509 $sign -in leaf.csr -extfile here -days 0 -out expired.pem\n"
    "openssl x509 $sign -in leaf.csr -extfile there -days 2 -out host.pem\n"
    "openssl req -x509 -key key.pem -out self.pem -subj /CN=localhost -addext "
    "subjectAltName=DNS:localhost -days 2\n"
    "printf 'openssl_conf = a\\n[a]\\nssl_conf = b\\n[b]\\nsystem_default = c\\n[c]\\n"
    "MinProtocol = TLSv1\\nCipherString = ALL:@SECLEVEL=0\\n' >lax.cnf\n"
    "mkdir hashed empty; cp ca.pem hashed/; openssl rehash hashed\n"
    "printf '{\"id\":12345}' >file\n";

static const tg_transport_api *api;
static char dir[] = "/tmp/tg-tls-XXXXXX";

static bool installed(const char *program)
{
    char line[100];
    snprintf(line, sizeof line, "command -v %s >/dev/null", program);
    return system(line) == 0;
}

/* Return a port that is free. */
static int free_port(void)
{
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof in;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(fd, (struct sockaddr *)&in, n) != 0 ||
        getsockname(fd, (struct sockaddr *)&in, &n) != 0)
        exit(2);
    close(fd);
    return ntohs(in.sin_port);
}

static bool answers(int port)
{
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    bool ok;
    in.sin_port = htons((unsigned short)port);
    ok = connect(fd, (struct sockaddr *)&in, sizeof in) == 0;
    close(fd);
    return ok;
}

/* Run COMMAND, in which %d is the port, and wait until it listens. */
static pid_t serve(const char *command, int port)
{
    char line[300];
    pid_t pid;
    int n = snprintf(line, sizeof line, "exec ");
    snprintf(line + n, sizeof line - (size_t)n, command, port);
    pid = fork();
    if (pid == 0) {
        execl("/bin/sh", "sh", "-c", line, (char *)NULL);
        _exit(127);
    }
    for (n = 0; n < 100 && !answers(port); n++) usleep(20000);
    return pid;
}

static void stop(pid_t pid)
{
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}

static tg_transport *open_with(const char *ca_file, const char *ca_path)
{
    tg_transport_options o = {.user_agent = "test/1", .ca_file = ca_file, .ca_path = ca_path};
    tg_error err;
    tg_transport *t = api->open(&o, &err);
    if (t) return t;
    printf("# open: %s\n", err.message);
    exit(2);
}

static void prepare(tg_exchange *x, const char *verb, const char *url)
{
    *x = (tg_exchange){.verb = verb,
                       .url = url,
                       .authorization = "Basic x",
                       .timeout = 5,
                       .connect_timeout = 5};
    tg_buf_init(&x->headers, TG_BUF_NO_LIMIT);
    tg_buf_init(&x->reply, 1 << 20);
}

static void clear(tg_exchange *x)
{
    tg_buf_clear(&x->headers);
    tg_buf_clear(&x->reply);
}

/* Start N exchanges at once and wait for all. Return how many got a reply with status 200. */
static int run(tg_transport *t, tg_exchange *x, int n)
{
    tg_error err;
    tg_exchange *ended;
    int i, left = n, good = 0;
    for (i = 0; i < n; i++) left -= !api->start(t, &x[i], &err);
    while (left > 0 && api->step(t, 1000, NULL, 0, &err))
        while ((ended = api->done(t)))
            left--, good += ended->outcome == TG_X_REPLY && ended->status == 200;
    return good;
}

/* ---------------------------------------------------------------------------------------- trust */

typedef struct trust_case {
    const char *name, *server; /* arguments of s_server */
    const char *ca_file, *ca_path;
    tg_outcome want;
} trust_case;

static const trust_case trust_cases[] = {
    {"a certificate of the given authority is trusted", "-cert good.pem", "ca.pem", NULL,
     TG_X_REPLY},
    {"also by way of a hashed folder", "-cert good.pem", NULL, "hashed", TG_X_REPLY},
    {"not without that authority", "-cert good.pem", NULL, NULL, TG_X_REFUSED},
    {"nor with an empty folder", "-cert good.pem", NULL, "empty", TG_X_REFUSED},
    {"one for another host is refused", "-cert host.pem", "ca.pem", NULL, TG_X_REFUSED},
    {"so is an expired one", "-cert expired.pem", "ca.pem", NULL, TG_X_REFUSED},
    {"so is one that signed itself", "-cert self.pem", "ca.pem", NULL, TG_X_REFUSED},
    {"a server of TLS 1.2 will do", "-cert good.pem -tls1_2", "ca.pem", NULL, TG_X_REPLY},
    {"one of TLS 1.1 will not", "-cert good.pem -tls1_1 -cipher ALL:@SECLEVEL=0", "ca.pem", NULL,
     TG_X_REFUSED},
};

static void test_trust(const trust_case *c)
{
    char command[200], url[60];
    int port = free_port();
    tg_transport *t = open_with(c->ca_file, c->ca_path);
    tg_exchange x;
    pid_t pid;
    snprintf(command, sizeof command,
             "openssl s_server -accept %%d -www -key key.pem %s >s_server.log 2>&1", c->server);
    snprintf(url, sizeof url, "https://localhost:%d/", port);
    pid = serve(command, port);
    CASE(c->name)
    {
        prepare(&x, "GET", url);
        run(t, &x, 1);
        CHECK(x.outcome == c->want && x.sent == (c->want == TG_X_REPLY));
        CHECK((x.message[0] == '\0') == (c->want == TG_X_REPLY));
        if (check_failed_here) printf("# outcome %d: %s\n", x.outcome, x.message);
        clear(&x);
    }
    stop(pid);
    api->close(t);
}

/* --------------------------------------------------------------------------------------- HTTP/2 */

static void test_http2(void)
{
    static tg_exchange x[100];
    char url[60], body[] = "{\"name\":\"a\"}";
    int i, port = free_port();
    pid_t pid = serve("nghttpd -v --echo-upload -d . %d key.pem good.pem >nghttpd.log 2>&1", port);
    tg_transport *t = open_with("ca.pem", NULL);
    snprintf(url, sizeof url, "https://localhost:%d/file", port);
    CASE("HTTP/2: a hundred at once share one connection")
    {
        for (i = 0; i < 100; i++) prepare(&x[i], "GET", url);
        CHECK(run(t, x, 100) == 100);
        for (i = 0; i < 100; i++) {
            CHECK(x[i].reply.n == 12 && x[i].sent == 1);
            clear(&x[i]);
        }
        CHECK(system("grep -q ':path: /file' nghttpd.log") == 0);
        CHECK(system("test $(grep -o '^.id=[0-9]*' nghttpd.log | sort -u | wc -l) -le 2") ==
              0); /* the server has logged one request of answers() too */
    }
    CASE("HTTP/2: a POST carries its bytes")
    {
        prepare(&x[0], "POST", url), x[0].body = (tg_text){body, sizeof body - 1};
        CHECK(run(t, x, 1) == 1);
        CHECK_STR(x[0].reply.p, body);
        clear(&x[0]);
    }
    CASE("HTTP/2: a server that dies under a POST leaves it broken, sent once")
    {
        tg_error err;
        kill(pid, SIGSTOP);
        prepare(&x[0], "POST", url), x[0].body = (tg_text){body, sizeof body - 1};
        CHECK(api->start(t, &x[0], &err));
        for (i = 0; i < 10; i++) api->step(t, 20, NULL, 0, &err);
        kill(pid, SIGKILL);
        while (!api->done(t)) api->step(t, 1000, NULL, 0, &err);
        CHECK(x[0].outcome == TG_X_BROKEN && x[0].sent == 1);
        clear(&x[0]);
    }
    stop(pid);
    api->close(t);
}

int main(void)
{
    char line[100];
    setvbuf(stdout, NULL, _IOLBF, 0);
    unsetenv("https_proxy");
    api = tg_transport_curl();
    if (!installed("openssl")) {
        printf("# skipped: openssl is not installed, so there are no certificates\n");
        return check_report();
    }
    if (!mkdtemp(dir) || chdir(dir) != 0) return 2;
    CASE("the certificates are made")
    {
        CHECK(system(make_certificates) == 0);
    }
    setenv("OPENSSL_CONF", "lax.cnf",
           1); /* the system allows older TLS: the transport must require 1.2 */
    sleep(1);  /* the short-lived certificate expires */
    for (size_t i = 0; i < sizeof trust_cases / sizeof *trust_cases; i++)
        test_trust(&trust_cases[i]);
    if (installed("nghttpd"))
        test_http2();
    else
        printf("# skipped: nghttpd (package nghttp2-server) is not installed, so there is no "
               "HTTP/2 server\n");
    snprintf(line, sizeof line, "rm -r %s", dir);
    return check_report() | (system(line) != 0);
}
