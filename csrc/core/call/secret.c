/* What a client tells about its secret: whether it stands somewhere. */
#include "client.h"

bool tg_client_holds_secret(const tg_client *c, const char *text, size_t n)
{
    return tg_auth_stands_in(&c->auth, text, n);
}
