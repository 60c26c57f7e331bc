/* Base addresses that a client accepts. */
#include "check.h"
#include "fake_http.h"

/* Create a client for URL and return TG_OK or the kind of error. */
static tg_kind client_kind(const char *url, const char *socket, bool cleartext, tg_error *err)
{
    fake f = {.time = 1e6};
    tg_client_options o = fake_options(&f);
    o.base_url = url;
    o.unix_socket = socket;
    o.cleartext = cleartext;
    tg_client *c = tg_client_new(&o, err);
    tg_kind kind = c ? TG_OK : err->kind;
    tg_client_free(c);
    return kind;
}

static void test_addresses(void)
{
    static const char *const here[] = {"http://localhost",          "http://LOCALHOST:80/",
                                       "http://127.0.0.1:1/api/v9", "http://127.255.255.254",
                                       "http://[::1]:8080",         "http://[0:0:0:0:0:0:0:1]/"};
    static const char *const away[] = {"http://a.test",
                                       "http://localhost.a.test",
                                       "http://127.0.0.1.a.test",
                                       "http://126.255.255.255",
                                       "http://127.1",
                                       "http://[::2]",
                                       "http://[::1",
                                       "http://::1",
                                       "http://[127.0.0.1]",
                                       "http://0.0.0.0",
                                       "http://[]"};
    tg_error err;
    CASE("HTTP without TLS to this machine is allowed")
    for (size_t i = 0; i < sizeof here / sizeof *here; i++)
        CHECK(client_kind(here[i], NULL, false, &err) == TG_OK);
    CASE("to other machines only with cleartext, or through a Unix socket")
    for (size_t i = 0; i < sizeof away / sizeof *away; i++) {
        CHECK(client_kind(away[i], NULL, false, &err) == TG_E_INVALID &&
              strstr(err.advice, "cleartext"));
        CHECK(client_kind(away[i], NULL, true, &err) == TG_OK);
        CHECK(client_kind(away[i], "/run/toggl.sock", false, &err) == TG_OK);
    }
}

int main(void)
{
    test_addresses();
    return check_report();
}
