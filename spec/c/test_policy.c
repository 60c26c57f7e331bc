/* What the policy decides after each outcome of an attempt. */
#include "check.h"
#include "policy.h"

/* Rows override fields of the macros below: the later initialiser of a field wins. */
#pragma GCC diagnostic ignored "-Woverride-init"

/* The first attempt of a GET: a reply without quota headers. */
#define TRY(...)                                                                                   \
    ((tg_attempt){.answered = true,                                                                \
                  .sent = true,                                                                    \
                  .try_ = 1,                                                                       \
                  .retries = 3,                                                                    \
                  .retry_after = -1,                                                               \
                  .remaining = TG_UNKNOWN_COUNT,                                                   \
                  .resets_in = -1,                                                                 \
                  .quota_words = -1,                                                               \
                  .chance = 0.5,                                                                   \
                  .budget = 10,                                                                    \
                  __VA_ARGS__})
#define LOST(...) TRY(.answered = false, __VA_ARGS__)
#define POST      .write = true

typedef struct row {
    const char *what;
    tg_attempt a;
    tg_verdict verdict;
    tg_kind kind;
    double least, most; /* seconds of delay; both -1: not checked */
} row;

#define ANY -1, -1

static const row plain[] = {
    {"200", TRY(.status = 200), TG_DONE, TG_OK, ANY},
    {"204", TRY(.status = 204, POST), TG_DONE, TG_OK, ANY},
    {"202 to a write: yet to be done", TRY(.status = 202, POST), TG_UNKNOWN, TG_E_UNKNOWN, ANY},
    {"207 to a write: part of it", TRY(.status = 207, POST), TG_UNKNOWN, TG_E_UNKNOWN, ANY},
    {"206: part of a reply", TRY(.status = 206), TG_FAIL, TG_E_DECODE, ANY},
    {"304", TRY(.status = 304), TG_DONE, TG_OK, ANY},
    {"301", TRY(.status = 301), TG_FAIL, TG_E_SERVER, ANY},
    {"400", TRY(.status = 400), TG_FAIL, TG_E_INVALID, ANY},
    {"401", TRY(.status = 401), TG_FAIL, TG_E_AUTH, ANY},
    {"403", TRY(.status = 403), TG_FAIL, TG_E_FORBIDDEN, ANY},
    {"404", TRY(.status = 404), TG_FAIL, TG_E_NOT_FOUND, ANY},
    {"405", TRY(.status = 405), TG_FAIL, TG_E_INVALID, ANY},
    {"409", TRY(.status = 409, POST), TG_FAIL, TG_E_CONFLICT, ANY},
    {"410", TRY(.status = 410), TG_FAIL, TG_E_GONE, ANY},
    {"418 is never repeated", TRY(.status = 418), TG_FAIL, TG_E_SERVER, ANY},
    {"501 refuses the request as such", TRY(.status = 501, POST), TG_FAIL, TG_E_SERVER, ANY},
    {"404 to a write", TRY(.status = 404, POST), TG_FAIL, TG_E_NOT_FOUND, ANY},
};

static const row payment[] = {
    {"no headers, no words: plan", TRY(.status = 402), TG_FAIL, TG_E_PLAN, ANY},
    {"some left: plan", TRY(.status = 402, .remaining = 12, .resets_in = 900), TG_FAIL, TG_E_PLAN,
     ANY},
    {"only a reset: plan", TRY(.status = 402, .resets_in = 900), TG_FAIL, TG_E_PLAN, ANY},
    {"none left", TRY(.status = 402, .remaining = 0, .resets_in = 900), TG_CLOSED, TG_E_QUOTA, 900,
     900},
    {"none left, end not said", TRY(.status = 402, .remaining = 0), TG_CLOSED, TG_E_QUOTA, ANY},
    {"words alone", TRY(.status = 402, .quota_words = 133), TG_CLOSED, TG_E_QUOTA, 133, 133},
    {"words without a number", TRY(.status = 402, .quota_words = TG_QUOTA_NO_NUMBER), TG_CLOSED,
     TG_E_QUOTA, ANY},
    {"words and headers: the later",
     TRY(.status = 402, .quota_words = 133, .remaining = 0, .resets_in = 140), TG_CLOSED,
     TG_E_QUOTA, 140, 140},
    {"below nothing, with words", TRY(.status = 402, .quota_words = 60, .remaining = -3), TG_CLOSED,
     TG_E_QUOTA, 60, 60},
    {"words, but some left: contradictory", TRY(.status = 402, .quota_words = 60, .remaining = 7),
     TG_FAIL, TG_E_PLAN, ANY},
    {"below nothing, without words: contradictory", TRY(.status = 402, .remaining = -3), TG_FAIL,
     TG_E_PLAN, ANY},
    {"a POST was not carried out either", TRY(.status = 402, POST, .remaining = 0, .resets_in = 5),
     TG_CLOSED, TG_E_QUOTA, 5, 5},
    {"tries do not count",
     TRY(.status = 402, .try_ = 9, .budget = 0, .remaining = 0, .resets_in = 5), TG_CLOSED,
     TG_E_QUOTA, 5, 5},
};

static const row rate[] = {
    {"first", TRY(.status = 429), TG_RETRY, TG_E_RATE, 1, 1.5},
    {"second", TRY(.status = 429, .try_ = 2), TG_RETRY, TG_E_RATE, 5, 7.5},
    {"third", TRY(.status = 429, .try_ = 3), TG_RETRY, TG_E_RATE, 15, 22.5},
    {"fourth fails, whatever is allowed", TRY(.status = 429, .try_ = 4, .retries = 99), TG_FAIL,
     TG_E_RATE, ANY},
    {"fewer are allowed", TRY(.status = 429, .try_ = 2, .retries = 1), TG_FAIL, TG_E_RATE, ANY},
    {"none is allowed", TRY(.status = 429, .retries = 0), TG_FAIL, TG_E_RATE, ANY},
    {"no budget", TRY(.status = 429, .budget = 0.9), TG_FAIL, TG_E_RATE, ANY},
    {"Retry-After", TRY(.status = 429, .retry_after = 20), TG_RETRY, TG_E_RATE, 20, 22},
    {"Retry-After: 0", TRY(.status = 429, .retry_after = 0), TG_RETRY, TG_E_RATE, 0, 0},
    {"Retry-After of an hour", TRY(.status = 429, .retry_after = 3600), TG_FAIL, TG_E_RATE, 3600,
     3600},
    {"a POST was turned away too", TRY(.status = 429, POST), TG_RETRY, TG_E_RATE, 1, 1.5},
};

static const row trouble[] = {
    {"500 to a GET", TRY(.status = 500), TG_RETRY, TG_E_SERVER, 1, 5},
    {"502 to a GET, second", TRY(.status = 502, .try_ = 2), TG_RETRY, TG_E_SERVER, 2, 10},
    {"503 to a GET, last", TRY(.status = 503, .try_ = 4), TG_FAIL, TG_E_SERVER, ANY},
    {"503 with Retry-After", TRY(.status = 503, .retry_after = 40), TG_RETRY, TG_E_SERVER, 40, 40},
    {"503 for an hour", TRY(.status = 503, .retry_after = 3600), TG_FAIL, TG_E_SERVER, 3600, 3600},
    {"599 at the hundredth", TRY(.status = 599, .try_ = 100, .retries = 200), TG_RETRY, TG_E_SERVER,
     30, 30},
    {"500 to a POST", TRY(.status = 500, POST), TG_UNKNOWN, TG_E_UNKNOWN, ANY},
    {"503 to a POST with Retry-After", TRY(.status = 503, POST, .retry_after = 2), TG_UNKNOWN,
     TG_E_UNKNOWN, 2, 2},
    {"lost GET", LOST(.sent = true), TG_RETRY, TG_E_TRANSPORT, 1, 5},
    {"lost GET, last", LOST(.sent = true, .try_ = 4), TG_FAIL, TG_E_TRANSPORT, ANY},
    {"GET out of time", LOST(.sent = true, .timed_out = true, .retries = 0), TG_FAIL, TG_E_TIMEOUT,
     ANY},
    {"lost POST", LOST(.sent = true, POST), TG_UNKNOWN, TG_E_UNKNOWN, ANY},
    {"POST out of time", LOST(.sent = true, .timed_out = true, POST), TG_UNKNOWN, TG_E_UNKNOWN,
     ANY},
    {"POST that never left", LOST(.sent = false, POST), TG_RETRY, TG_E_TRANSPORT, 1, 5},
    {"POST that never left, last", LOST(.sent = false, POST, .try_ = 4), TG_FAIL, TG_E_TRANSPORT,
     ANY},
};

static void table(const row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        CASE(rows[i].what)
        {
            for (double chance = 0; chance < 1; chance += 0.249) {
                tg_attempt a = rows[i].a;
                a.chance = chance;
                tg_decision d = tg_policy_decide(&a);
                CHECK(d.verdict == rows[i].verdict);
                CHECK(d.kind == rows[i].kind);
                if (rows[i].least < 0)
                    CHECK(d.delay < 0);
                else
                    CHECK(d.delay >= rows[i].least && d.delay <= rows[i].most);
            }
        }
    }
}

#define TABLE(rows) table(rows, sizeof rows / sizeof *rows)

/* For any attempt: an ambiguous write is not retried, and the retries end. */
static void check_any(const tg_attempt *a)
{
    tg_decision d = tg_policy_decide(a);
    bool open = tg_policy_ambiguous(a);
    if (d.verdict == TG_RETRY) {
        CHECK(!open);
        CHECK(a->try_ <= a->retries && a->budget >= 1 && d.delay >= 0 && d.delay <= 330);
    }
    if (d.verdict == TG_FAIL) CHECK(!open && d.kind != TG_OK && d.kind != TG_E_UNKNOWN);
    if (d.verdict == TG_UNKNOWN) CHECK(open && d.kind == TG_E_UNKNOWN);
    if (d.verdict == TG_CLOSED) CHECK(a->status == 402);
    if (open && d.verdict != TG_DONE) CHECK(d.kind == TG_E_UNKNOWN);
}

/* Check each status with each combination of properties; a bit of `bits` is a property. */
static void sweep(void)
{
    for (int status = 0; status < 600; status++)
        for (int bits = 0; bits < 64; bits++) {
            tg_attempt a =
                TRY(.status = status, .answered = status >= 100, .sent = bits & 1,
                    .timed_out = bits & 2, .write = bits & 4, .try_ = 1 + (bits >> 3 & 3),
                    .retries = 2, .budget = bits & 32 ? 5 : 0.5);
            check_any(&a);
        }
}

static void words(void)
{
    static const struct {
        const char *text;
        double want;
    } rows[] = {
        {"You have hit your hourly limit for API calls. The quota will reset in 133 seconds.", 133},
        {"\"You have hit your hourly limit for API calls. The quota will reset in 7 seconds.\"\n",
         7},
        {"Hourly limit reached, retry in 3599", 3599},
        {"hourly limit: 30 requests. Wait 12 s", 12},
        {"You have hit your hourly limit for API calls.", TG_QUOTA_NO_NUMBER},
        {"You have hit your hourly limit of 30 requests, upgrade your plan", TG_QUOTA_NO_NUMBER},
        {"hourly limit, reset in 99999999999999999999 seconds", TG_QUOTA_NO_NUMBER},
        {"Your plan does not include this; hourly rates are paid. 12", -1},
        {"<html><body>hourly limit 12</body></html>", -1},
        {"", -1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) CASE(rows[i].text)
    CHECK(tg_policy_quota_words((tg_text){rows[i].text, strlen(rows[i].text)}) == rows[i].want);
    CASE("no body") CHECK(tg_policy_quota_words((tg_text){NULL, 0}) == -1);
}

static void pace(void)
{
    double gap = 0;
    CASE("without a 429 there is no pace") CHECK(tg_policy_pace(0, false) == 0);
    CASE("a burst of 429s ends in a bounded gap")
    {
        gap = tg_policy_pace(gap, true);
        CHECK(gap == 1);
        for (int i = 0; i < 40; i++) gap = tg_policy_pace(gap, true);
        CHECK(gap == 8);
    }
    CASE("success eases it to nothing")
    {
        int n = 0;
        for (; gap > 0 && n < 100; n++) gap = tg_policy_pace(gap, false);
        CHECK(n > 20 && n < 60);
    }
}

int main(void)
{
    TABLE(plain);
    TABLE(payment);
    TABLE(rate);
    TABLE(trouble);
    CASE("any status with any properties") sweep();
    words();
    pace();
    return check_report();
}
