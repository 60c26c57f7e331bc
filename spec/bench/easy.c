/* easy URL TOKEN COUNT: read URL so many times in sequence on one handle; print CPU seconds for one
   read. */
#include "yard.h"

static int read_times(CURL *c, yard_body *body, int times)
{
    for (int i = 0; i < times; i++) {
        long status = 0;
        body->n = 0;
        if (curl_easy_perform(c) != CURLE_OK) return yard_fail("no reply");
        curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
        if (status != 200) return yard_fail("not 200");
    }
    return 0;
}

int main(int argc, char **argv)
{
    yard_body body = {0};
    int count = argc == 4 ? atoi(argv[3]) : 0;
    if (count < 1) return yard_fail("usage: easy URL TOKEN COUNT");
    CURL *c = yard_easy(argv[2], &body);
    curl_easy_setopt(c, CURLOPT_URL, argv[1]);
    int failed = read_times(c, &body, 20); /* connect and warm up */
    double start = yard_seconds(RUSAGE_SELF);
    failed = failed || read_times(c, &body, count);
    if (!failed) printf("%.9f\n", (yard_seconds(RUSAGE_SELF) - start) / count);
    curl_easy_cleanup(c);
    free(body.p);
    return failed;
}
