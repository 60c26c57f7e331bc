/* Redaction removes secrets from what is stored, and changes nothing else. */
#include <stdlib.h>

#include "check.h"
#include "redact.h"

static char *redacted(const char *text, const char *model)
{
    char *copy = strdup(text);
    tg_redact(copy, strlen(copy), tg_model_find(model));
    return copy;
}

static void check(const char *model, const char *text, const char *want)
{
    char *got = redacted(text, model);
    CHECK_STR(got, want);
    free(got);
}

int main(void)
{
    CASE("a secret of one record becomes null, in place")
    check("workspace", "{\"id\":1,\"api_token\":\"abcdef\",\"name\":\"Main\"}",
          "{\"id\":1,\"api_token\":null    ,\"name\":\"Main\"}");
    CASE("secrets of a list, and short ones")
    check("workspace", "[{\"api_token\":\"a\"},{\"api_token\":\"\"},{\"api_token\":null}]",
          "[{\"api_token\":\"\" },{\"api_token\":\"\"},{\"api_token\":null}]");
    CASE("secrets of records inside records")
    check("me", "{\"api_token\":\"t1\",\"workspaces\":[{\"ical_url\":\"u2x\"}]}",
          "{\"api_token\":null,\"workspaces\":[{\"ical_url\":null }]}");
    CASE("models know whether there is anything to hide")
    {
        CHECK(tg_model_has_secrets(tg_model_find("workspace")));
        CHECK(tg_model_has_secrets(tg_model_find("me")));
        CHECK(!tg_model_has_secrets(tg_model_find("group")));
    }
    return check_report();
}
