/*
** Print the organizations of an account, from C and without Lua.
**
**   cc organizations.c $(pkg-config --cflags --libs --static toggl) \
**      -DHTTP="\"$(pkg-config --variable=transport toggl)\"" -o organizations
**   TOGGL_API_TOKEN=... ./organizations
**
** CMakeLists.txt beside this file does the same with find_package(toggl).
*/
#include <stdio.h>
#include <stdlib.h>
#include <toggl.h>

static int fail(const tg_error *err)
{
    fprintf(stderr, "%s: %s\n", tg_kind_name(err->kind), err->message);
    if (err->advice[0]) fprintf(stderr, "%s\n", err->advice);
    return 1;
}

static void print_names(const tg_page *page)
{
    for (size_t i = 0; i < tg_page_count(page); i++) {
        tg_record record = tg_page_at(page, i);
        tg_value name = tg_value_get(record.text, TG_TEXT("name"));
        char *text = malloc(name.text.n + 1); /* what is unescaped is never longer */
        if (!text) return;
        size_t n = tg_value_unescape(&name, text);
        printf("%lld %.*s\n", (long long)record.id, (int)n, text);
        free(text);
    }
}

/* The reply of an operation without parameters; NULL: err. */
static tg_reply *ask(tg_client *client, const char *operation, tg_error *err)
{
    tg_reply *reply = NULL;
    tg_request *request = tg_request_new(tg_op_find(operation), err);
    tg_call *call = request ? tg_call_start(client, request, NULL, err) : NULL;
    if (!call) return NULL;
    bool moves = true;
    while (moves && !tg_call_done(call)) moves = tg_client_step(client, 1000, NULL, 0, err) >= 0;
    if (moves) reply = tg_call_take(call, err);
    tg_call_free(call);
    return reply;
}

int main(void)
{
    tg_error err;
    tg_client_options options = {
        .credentials = {.kind = TG_AUTH_TOKEN, .user = getenv("TOGGL_API_TOKEN")},
        .base_url = getenv("TOGGL_API_URL"), /* NULL: Toggl's own */
        .http_path = HTTP,
    };
    if (!options.credentials.user) {
        fprintf(stderr, "set TOGGL_API_TOKEN to the token of your account\n");
        return 2;
    }
    tg_client *client = tg_client_new(&options, &err);
    if (!client) return fail(&err);
    tg_reply *reply = ask(client, "get_organizations", &err);
    if (reply && reply->page) print_names(reply->page);
    int status = reply ? 0 : fail(&err);
    tg_reply_free(reply);
    tg_client_free(client);
    return status;
}
