/* What the records of a read show about a write that creates one. */
#include <locale.h>

#include "ask.h"
#include "check.h"
#include "evidence.h"
#include "page.h"

#define SERVER "Fri, 06 Mar 2026 12:00:10 GMT"
#define NOW    1772798410.0 /* SERVER */
#define WRONG  7200.0       /* seconds by which this machine's clock is ahead */

/* What a list with a group of the name, changed at AT, shows. The write was sent 5 s before. */
static tg_proof proof(const char *at)
{
    tg_error err;
    tg_evidence e;
    char text[200];
    static const char headers[] = "date\0" SERVER;
    int n = snprintf(text, sizeof text, "[{\"id\":1,\"name\":\"Engineering\",\"at\":\"%s\"}]", at);
    const tg_model *m = tg_model_find("group");
    tg_index_options o = {.shape = TG_REPLY_LIST, .model = m, .limit = 1 << 20};
    tg_reply r = {.shape = TG_REPLY_LIST, .at = NOW + WRONG, .headers = {headers, sizeof headers}};
    tg_request *write = ask_to_create();
    r.page = tg_page_new(strdup(text), (size_t)n, false, &o, m, &err);
    tg_evidence_init(&e, write, (tg_text){0}, NOW + WRONG - 5);
    CHECK(r.page && tg_evidence_begin(&e, write->op->settle));
    tg_evidence_look(&e, &r);
    tg_evidence_end(&e, false);
    tg_proof is = tg_evidence_proof(&e);
    tg_evidence_clear(&e);
    tg_page_unref(r.page);
    tg_request_free(write);
    return is;
}

static void times(void)
{
    CHECK(proof("2026-03-06T12:00:06Z") == TG_APPLIED);
    CHECK(proof("2026-03-06T14:00:06.250+02:00") == TG_APPLIED);
    CHECK(proof("2026-03-06T10:00:06.250-02:00") == TG_APPLIED);
    CHECK(proof("2026-03-06T11:59:06Z") == TG_ABSENT);
    CHECK(proof("2026-03-06T13:59:06.250+02:00") == TG_ABSENT);
    CHECK(proof("2026-03-06T12:05:06Z") == TG_OPEN);
}

int main(void)
{
    CASE("a record made since, by the clock of the server") times();
    CASE("the same in a locale with other names of months and a decimal comma")
    {
        setlocale(LC_ALL, "de_DE.UTF-8"); /* fails where it is not installed: the locale stays C */
        times();
        setlocale(LC_ALL, "C");
    }
    return check_report();
}
