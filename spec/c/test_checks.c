/* Checks of values by their rows, and suggestions for misspelt names. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "toggl.h"

static const tg_field *param(const char *op, const char *name)
{
    const tg_field *f = tg_field_find(tg_op_find(op)->params, name, strlen(name));
    if (f) return f;
    printf("# no %s in %s\n", name, op);
    exit(1);
}

static const char *near(const char *op, const char *name)
{
    const char *found = tg_field_near(tg_op_find(op)->params, name, strlen(name));
    return found ? found : "nothing";
}

static void check_near(void)
{
    CHECK_STR(near("get_organization_users", "filer"), "filter");
    CHECK_STR(near("get_organization_users", "Per_Page"), "per_page");
    CHECK_STR(near("get_organization_users", "perpage"), "per_page");
    CHECK_STR(near("get_organization_users", "active"), "active_status");
    CHECK_STR(near("get_organization_users", "workspace"), "workspaces");
    CHECK_STR(near("get_organization_users", "only_admin"), "only_admins");
    CHECK_STR(near("get_organization_users", "organisation_id"), "organization_id");
    CHECK_STR(near("post_organization_invitation", "email"), "emails");
    CHECK_STR(near("put_organization", "nmae"), "name");
    CHECK_STR(near("get_audit_logs", "ot"), "to");
    CHECK_STR(near("put_organization", "zebra"), "nothing");
    CHECK_STR(near("put_organization", ""), "nothing");
    CHECK_STR(near("put_organization", "a_name_that_is_much_longer_than_anything_there_ever_was"),
              "nothing");
    CHECK_STR(near("get_me_id", "id"), "nothing");
    CHECK(tg_field_find(tg_op_find("put_organization")->params, "nam", 3) == NULL);
    CHECK(tg_field_find(tg_op_find("put_organization")->params, "names", 4) != NULL);
}

static int distance(const char *a, const char *b)
{
    return tg_distance((tg_text){a, strlen(a)}, (tg_text){b, strlen(b)});
}

static void check_distance(void)
{
    char longest[602];
    memset(longest, 'x', sizeof longest);
    CHECK(distance("", "") == 0 && distance("abc", "ABC") == 0);
    CHECK(distance("", "abc") == 3 && distance("abc", "") == 3);
    CHECK(distance("abc", "abxc") == 1 && distance("abc", "ac") == 1 &&
          distance("abc", "axc") == 1);
    CHECK(distance("abcd", "bacd") == 1 && distance("abcd", "badc") == 2);
    CHECK(distance("ca", "abc") == 3); /* optimal string alignment: no substring is edited twice */
    CHECK(tg_distance((tg_text){longest, 600}, TG_TEXT("")) == 600);
    CHECK(tg_distance((tg_text){longest, 601}, TG_TEXT("")) == INT_MAX);
    CHECK(tg_distance(TG_TEXT(""), (tg_text){longest, 601}) == INT_MAX);
}

static int matches(const char *op, const char *path, tg_text *value)
{
    return tg_op_match(tg_op_find(op), (tg_text){path, strlen(path)}, value);
}

static void check_match(void)
{
    tg_text v[TG_MAX_PATH_VARIABLES];
    const char *update = "put_organization_users";
    CHECK(matches("get_me", "/me", v) == 0);
    CHECK(matches("get_me", "/me/", v) == -1 && matches("get_me", "/m", v) == -1);
    CHECK(matches("get_me", "", v) == -1);
    CHECK(matches(update, "/organizations/12/users/345", v) == 2);
    CHECK(v[0].n == 2 && memcmp(v[0].p, "12", 2) == 0 && v[1].n == 3);
    CHECK(matches(update, "/organizations//users/345", v) == -1);
    CHECK(matches(update, "/organizations/12/users/345/more", v) == -1);
    CHECK(matches(update, "/organizations/12/users/", v) == -1);
    CHECK(matches("get_organization_purchase_order_pdf",
                  "/organizations/1/subscription/purchase_orders/a-b.pdf", v) == 2);
    CHECK(v[1].n == 3 && memcmp(v[1].p, "a-b", 3) == 0);
}

/* Return the message that rejects the text, or "" for a valid text. */
static const char *said(const tg_field *f, tg_text text, tg_error *err)
{
    memset(err, 0, sizeof *err);
    bool ok = tg_check_text(f, text, err);
    if (ok != (err->kind == TG_OK) || (!ok && err->kind != TG_E_INVALID))
        return "kind and answer differ";
    return err->message;
}

#define SAYS(f, text, want) CHECK_STR(said((f), TG_TEXT(text), &err), (want))

static void check_lengths(void)
{
    tg_error err;
    const tg_field *name = param("put_organization", "name");
    char text[3 * 141];
    for (int i = 0; i < 141; i++)
        memcpy(text + 3 * i, "\xE2\x82\xAC", 3); /* the euro sign: one code point of three bytes */
    CHECK_STR(said(name, (tg_text){text, 3 * 140}, &err), "");
    CHECK_STR(said(name, (tg_text){text, 3 * 141}, &err), "is 141 characters long; at most 140");
    SAYS(name, "", "is empty");
    SAYS(name, "   ", "holds nothing but spaces");
    SAYS(name, " a ", "");
    SAYS(param("post_organization_group", "name"), "", "is empty");
    CHECK_STR(said(name, (tg_text){NULL, 0}, &err), "is empty");
}

static void check_bytes(void)
{
    tg_error err;
    const tg_field *name = param("put_organization", "name"),
                   *filter = param("get_organization_users", "filter");
    SAYS(name, "Acme\nWorks", "holds a line break at byte 5");
    SAYS(name, "Acme\r", "holds a line break at byte 5");
    SAYS(name, "Ac\0me", "holds a zero byte at byte 3");
    SAYS(name, "\tAcme", "holds a control character at byte 1");
    SAYS(name, "Acme\x7F", "holds a control character at byte 5");
    SAYS(name, "Acme\xC2\x85", "holds a control character at byte 5");
    SAYS(name, "Acme\xC2\xA0Works", "");
    SAYS(name, "Acme\xFF", "is not valid UTF-8 at byte 5");
    SAYS(name, "Ac\xC0\xAFme", "is not valid UTF-8 at byte 3");
    SAYS(filter, "a\nb", "holds a line break at byte 2");
    SAYS(filter, "", "");
    SAYS(filter, "M\xC3\xBCller & S\xC3\xB8n, 100%", "");
}

static void check_word_lists(void)
{
    tg_error err;
    const tg_field *sort = param("get_organization_users", "sort_dir");
    const tg_field *status = param("get_organization_users", "active_status");
    SAYS(sort, "asc", "");
    SAYS(sort, "desc", "");
    SAYS(sort, "as", "must be one of asc, desc");
    SAYS(sort, "asc desc", "must be one of asc, desc");
    SAYS(sort, "asc,desc", "must be one of asc, desc");
    SAYS(sort, "", "must be one of asc, desc");
    SAYS(status, "active", "");
    SAYS(status, "active,invited", "");
    SAYS(status, "active,", "must be one of active, inactive, invited");
    SAYS(status, "active, invited", "must be one of active, inactive, invited");
    SAYS(tg_field_find(tg_model_find("group_patch")->fields, "path", 4), "/users", "");
}

/* Characters that look like others, and domains that look like others. */
static void check_foreign_emails(const tg_field *emails)
{
    tg_error err;
#define NOT "is not an e-mail address: "
    /* full-width dot, at sign and letter, a ligature, a mathematical letter, an ideographic stop */
    SAYS(emails, "bo@acme\xEF\xBC\x8Etest", NOT "U+FF0E at byte 8 only looks like '.'");
    SAYS(emails,
         "bo\xEF\xBC\xA0"
         "acme.test",
         NOT "U+FF20 at byte 3 only looks like '@'");
    SAYS(emails, "\xEF\xBD\x82o@acme.test", NOT "U+FF42 at byte 1 only looks like 'b'");
    SAYS(emails, "\xEF\xAC\x81x@acme.test", NOT "U+FB01 at byte 1 only looks like 'fi'");
    SAYS(emails,
         "bo@\xF0\x9D\x90\x9A"
         "cme.test",
         NOT "U+1D41A at byte 4 only looks like 'a'");
    SAYS(emails, "bo@acme\xE3\x80\x82test", NOT "its domain holds U+3002 at byte 8");
    SAYS(emails, "bo@acme\xE2\x80\x93x.test", NOT "its domain holds U+2013 at byte 8");
    SAYS(emails, "bo@\xF0\x9F\x98\x80.test", NOT "its domain holds U+1F600 at byte 4");
    /* Cyrillic and Greek letters among Latin ones, and the reverse */
    SAYS(emails,
         "bo@\xD0\xB0"
         "cme.test",
         NOT "its domain mixes Cyrillic and Latin letters: U+0063 at byte 6");
    SAYS(emails, "bo@acm\xD0\xB5.test",
         NOT "its domain mixes Latin and Cyrillic letters: U+0435 at byte 7");
    SAYS(emails, "bo@acme.t\xCE\xB5st",
         NOT "its domain mixes Latin and Greek letters: U+03B5 at byte 10");
    SAYS(emails, "b\xD0\xBE@acme.test",
         NOT "it mixes Latin and Cyrillic letters: U+043E at byte 2");
    /* words of one other script whose letters all look Latin */
    SAYS(emails, "bo@асме.test",
         NOT "\"асме\" at byte 4 is of Cyrillic letters that look like Latin ones");
    SAYS(emails, "bo@acme.со",
         NOT "\"со\" at byte 9 is of Cyrillic letters that look like Latin ones");
    SAYS(emails, "bo@mail.хуа2.test",
         NOT "\"хуа2\" at byte 9 is of Cyrillic letters that look like Latin ones");
    SAYS(emails, "an.ВО@acme.test",
         NOT "\"ВО\" at byte 4 is of Cyrillic letters that look like Latin ones");
    SAYS(emails, "ρουν@acme.test",
         NOT "\"ρουν\" at byte 1 is of Greek letters that look like Latin ones");
    SAYS(emails, "bo@հոս.test",
         NOT "\"հոս\" at byte 4 is of Armenian letters that look like Latin ones");
    SAYS(emails, "роса@роса.рф", ""); /* the domain shows its script */
    SAYS(emails, "оля@acme.test", "");
    SAYS(emails, "bo@νίκος.test", "");
    SAYS(emails, "bo@localhost", NOT "its domain \"localhost\" has no dot");
    SAYS(emails, "bo@127.0.0.1", NOT "its domain ends with the number 1");
    SAYS(emails, "bo@acme-.test", NOT "a name in its domain begins or ends with a hyphen");
    SAYS(emails, "a23456789a23456789a23456789a23456789a23456789a23456789a2345678901234@acme.test",
         NOT "68 bytes stand before the @, 64 at most");
    /* names of one script, and scripts that are used together */
    SAYS(emails, "bo@m\xC3\xBCller.test", "");
    SAYS(emails, "bo@mu\xCC\x88ller.test", "");
    SAYS(emails, "\xD0\xB8\xD0\xB2\xD0\xB0\xD0\xBD@\xD0\xBF\xD1\x80.\xD1\x80\xD1\x84", "");
    SAYS(emails, "bo@\xD0\xBF\xD1\x80\xD0\xB8.test", "");
    SAYS(emails,
         "bo@\xE6\x97\xA5\xE3\x81\xAE\xE3\x82\xAB\xE3\x83\xBC"
         "abc.test",
         "");
    SAYS(emails, "bo@\xED\x95\x9C\xEA\xB5\xAD.test", "");
    SAYS(emails, "bo@xn--mller-kva.test", "");
    SAYS(emails, "bo@l\xC2\xB7l.test", "");
    SAYS(emails, "bo@2acme3.test", "");
}

static void check_pasted_emails(const tg_field *emails)
{
    tg_error err;
    SAYS(emails, "'bo@acme.test", NOT "it begins with '");
    SAYS(emails, "`bo@acme.test", NOT "it begins with `");
    SAYS(emails, "*bo@acme.test", NOT "it begins with *");
    SAYS(emails, "=bo@acme.test", NOT "it begins with =");
    SAYS(emails,
         "\xE2\x80\x99"
         "bo@acme.test",
         NOT "U+2019 at byte 1 is neither a letter nor a digit");
    SAYS(emails,
         "\xE2\x80\xA2"
         "bo@acme.test",
         NOT "U+2022 at byte 1 is neither a letter nor a digit");
    SAYS(emails, "b\xE2\x80\x93o@acme.test",
         NOT "U+2013 at byte 2 is neither a letter nor a digit");
    SAYS(emails, "bo%20@acme.test", NOT "\"%20\" at byte 3 is encoded");
    SAYS(emails, "%62o@acme.test", NOT "\"%62\" at byte 1 is encoded");
    SAYS(emails, "bo%@acme.test", "");
    SAYS(emails, "bo%x1@acme.test", "");
    SAYS(emails, "_bo'@acme.test", "");
    SAYS(emails, "zoe\xCC\x88@acme.test", "");
#undef NOT
}

static void check_emails(void)
{
    tg_error err;
    const tg_field *emails = param("post_organization_invitation", "emails");
    const char *no = "is not an e-mail address";
    static const char *const unseen[] = {"\xE2\x80\x8B", "\xEF\xBB\xBF",    "\xC2\xAD",
                                         "\xE2\x80\xAE", "\xC2\xA0",        "\xE2\x81\xA0",
                                         "\xE2\x80\x8D", "\xE3\x80\x80",    "\xE2\x81\xA6",
                                         "\xD8\x9C",     "\xF3\xA0\x80\xA0"};
    static const char *const dots[] = {"bo@acme.test.", ".bo@acme.test",  "bo.@acme.test",
                                       "bo@.acme.test", "b..o@acme.test", "bo@acme..test",
                                       "bo@-acme.test", "bo@acme.test-"};
    SAYS(emails, "ann@acme.test", "");
    SAYS(emails, "a+b@c.test", "");
    SAYS(emails, "acme.test", no);
    SAYS(emails, "@acme.test", no);
    SAYS(emails, "ann@", no);
    SAYS(emails, "ann@acme@test", no);
    SAYS(emails, "ann @acme.test", "is not an e-mail address: it holds a space at byte 4");
    SAYS(emails, "", no);
    SAYS(emails, "<bo@acme.test>", "is not an e-mail address: it holds '<' at byte 1");
    SAYS(emails, "Bo <bo@acme.test>", "is not an e-mail address: it holds a space at byte 3");
    SAYS(emails, "bo@acme.test,ann@acme.test", "is not an e-mail address: it holds ',' at byte 13");
    SAYS(emails, "bo@acme.test;", "is not an e-mail address: it holds ';' at byte 13");
    SAYS(emails, "\"bo\"@acme.test", "is not an e-mail address: it holds '\"' at byte 1");
    SAYS(emails, "MailTo:bo@acme.test", "is not an e-mail address: it begins with mailto:");
    SAYS(emails, "m\xC3\xBCller@acme.test", "");
    SAYS(emails, "bo@\xE4\xBE\x8B.test", "");
    SAYS(emails, "o'neil+x_y@a-b.acme.test", "");
    check_pasted_emails(emails);
    check_foreign_emails(emails);
    for (size_t i = 0; i < sizeof unseen / sizeof *unseen; i++) {
        char text[40];
        for (int place = 0; place < 3; place++) {
            snprintf(text, sizeof text, "%s%s%s%s%s", place == 0 ? unseen[i] : "", "bo",
                     place == 1 ? unseen[i] : "", "@acme.test", place == 2 ? unseen[i] : "");
            CHECK(strstr(said(emails, (tg_text){text, strlen(text)}, &err), "cannot be seen"));
        }
    }
    for (size_t i = 0; i < sizeof dots / sizeof *dots; i++)
        CHECK(strstr(said(emails, (tg_text){dots[i], strlen(dots[i])}, &err),
                     "is not an e-mail address: "));
}

static void check_times(void)
{
    static const char *const good[] = {"2026-01-31T09:00:00Z", "2021-01-30T09:08:04+00:00",
                                       "2024-02-29T23:59:60Z", "2021-03-23T18:11:05.130253Z",
                                       "2021-03-23t18:11:05.1-11:30"};
    static const char *const bad[] = {"",
                                      "2026-01-31",
                                      "2026-01-31 09:00:00Z",
                                      "2026-13-01T00:00:00Z",
                                      "2026-02-29T00:00:00Z",
                                      "2100-02-29T00:00:00Z",
                                      "2026-04-31T00:00:00Z",
                                      "2026-01-01T24:00:00Z",
                                      "2026-01-01T00:60:00Z",
                                      "2026-01-01T00:00:00",
                                      "2026-01-01T00:00:00.Z",
                                      "2026-01-01T00:00:00.1234567890Z",
                                      "2026-01-01T00:00:00+0100",
                                      "2026-01-01T00:00:00ZZ",
                                      "yesterday"};
    tg_error err;
    const tg_field *from = param("get_audit_logs", "from");
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        CHECK_STR(said(from, (tg_text){good[i], strlen(good[i])}, &err), "");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CHECK_STR(said(from, (tg_text){bad[i], strlen(bad[i])}, &err),
                  "is not a time such as 2026-01-31T09:00:00Z");
}

#define INT_SAYS(f, value, want)                                                                   \
    CHECK_STR((tg_check_int((f), (value), &err) ? "" : err.message), (want))
#define COUNT_SAYS(f, items, want)                                                                 \
    CHECK_STR((tg_check_count((f), (items), &err) ? "" : err.message), (want))

static void check_numbers(void)
{
    tg_error err;
    const tg_field *page = param("get_organization_users", "page"),
                   *rounding = param("put_workspaces", "rounding");
    const tg_field *delete_ = param("patch_organization_users", "delete");
    INT_SAYS(page, 1, "");
    INT_SAYS(page, INT64_MAX, "");
    INT_SAYS(page, 0, "is 0; at least 1");
    INT_SAYS(page, INT64_MIN, "is -9223372036854775808; at least 1");
    INT_SAYS(rounding, -1, "");
    INT_SAYS(rounding, 2, "is 2; at most 1");
    INT_SAYS(rounding, -2, "is -2; at least -1");
    INT_SAYS(param("put_workspaces", "rounding_minutes"), INT64_MIN,
             ""); /* no limit is documented */
    INT_SAYS(delete_, 0, "is 0; at least 1");
    INT_SAYS(delete_, 5115086, "");
    COUNT_SAYS(delete_, 0, "is empty; at least 1");
    COUNT_SAYS(delete_, 100000, "");
    COUNT_SAYS(param("post_workspace_users_data", "users"), 150, "");
    COUNT_SAYS(param("post_workspace_users_data", "users"), 151, "has 151 items; at most 150");
    COUNT_SAYS(param("patch_organization_group", "patches"), 101, "has 101 items; at most 100");
    COUNT_SAYS(param("put_organization_group", "users"), 0, "");
}

int main(void)
{
    CASE("did you mean") check_near();
    CASE("edit distance") check_distance();
    CASE("paths and their variables") check_match();
    CASE("texts: lengths are code points") check_lengths();
    CASE("texts: UTF-8 without control characters") check_bytes();
    CASE("texts: words") check_word_lists();
    CASE("texts: e-mail addresses") check_emails();
    CASE("texts: times") check_times();
    CASE("numbers and counts") check_numbers();
    return check_report();
}
