/* multi URL TOKEN COUNT LIMIT: read URL1 to URLCOUNT, at most LIMIT at once; print wall clock
   seconds. */
#include "yard.h"

#define MOST 256

static CURL *handle[MOST];
static yard_body body[MOST];
static char url[MOST][512];

static void begin(CURLM *m, int slot, const char *base, int number)
{
    snprintf(url[slot], sizeof url[slot], "%s%d", base, number);
    body[slot].n = 0;
    curl_easy_setopt(handle[slot], CURLOPT_URL, url[slot]);
    curl_easy_setopt(handle[slot], CURLOPT_PRIVATE, (char *)&body[slot]);
    curl_multi_add_handle(m, handle[slot]);
}

/* Remove a finished transfer from M. Return its slot, -1 if none has finished, -2 if it failed. */
static int ended(CURLM *m)
{
    int left;
    CURLMsg *msg = curl_multi_info_read(m, &left);
    if (!msg) return -1;
    CURL *c = msg->easy_handle;
    CURLcode rc = msg->data.result;
    char *mine = NULL;
    long status = 0;
    curl_easy_getinfo(c, CURLINFO_PRIVATE, &mine);
    curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
    curl_multi_remove_handle(m, c);
    return rc == CURLE_OK && status == 200 ? (int)((yard_body *)(void *)mine - body) : -2;
}

static int read_all(CURLM *m, const char *base, int count, int limit)
{
    int started = 0, done = 0, running, slot;
    while (started < limit && started < count) {
        begin(m, started, base, started + 1);
        started++;
    }
    while (done < count) {
        curl_multi_perform(m, &running);
        while ((slot = ended(m)) != -1) {
            if (slot == -2) return yard_fail("a read failed");
            done++;
            if (started < count) begin(m, slot, base, ++started);
        }
        if (done < count) curl_multi_poll(m, NULL, 0, 1000, NULL);
    }
    return 0;
}

int main(int argc, char **argv)
{
    int count = argc == 5 ? atoi(argv[3]) : 0, limit = argc == 5 ? atoi(argv[4]) : 0;
    if (count < 1 || limit < 1 || limit > MOST)
        return yard_fail("usage: multi URL TOKEN COUNT LIMIT");
    CURLM *m = curl_multi_init();
    for (int i = 0; i < limit; i++) handle[i] = yard_easy(argv[2], &body[i]);
    double start = yard_clock();
    int failed = read_all(m, argv[1], count, limit);
    if (!failed) printf("%.9f\n", yard_clock() - start);
    for (int i = 0; i < limit; i++) {
        curl_easy_cleanup(handle[i]);
        free(body[i].p);
    }
    curl_multi_cleanup(m);
    return failed;
}
