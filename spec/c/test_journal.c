/* The journal: states and events, the hash chain, and recording each write before it is sent. */
#include <locale.h>
#include <sqlite3.h>
#include <stdlib.h>

#include "ask.h"
#include "check.h"
#include "fake_http.h"
#include "journal_sqlite.h"
#include "scratch.h"
#include "client.h"

static const char *file;

static void states(void)
{
    CASE("an open entry ends by its reply, by being settled, or by a person; a closed one stays")
    {
        for (int e = 0; e < TG_JE_COUNT; e++)
            for (int s = 0; s <= TG_J_ABANDONED; s++) {
                tg_journal_state state = (tg_journal_state)s;
                bool moves = tg_journal_next(&state, (tg_journal_event)e);
                bool open = s == TG_J_NONE || tg_journal_state_open((tg_journal_state)s);
                if (moves && !open) CHECK(s == TG_J_SETTLED_ABSENT && e == TG_JE_SEND);
                if (!moves) CHECK((int)state == s);
            }
    }
    CASE("a write is sent again only while nothing is known to have been done")
    {
        tg_journal_state done = TG_J_DONE, unknown = TG_J_UNKNOWN, found = TG_J_SETTLED_DONE;
        CHECK(!tg_journal_next(&done, TG_JE_SEND) && !tg_journal_next(&unknown, TG_JE_SEND) &&
              !tg_journal_next(&found, TG_JE_SEND));
    }
}

static bool change_file(const char *statement)
{
    sqlite3 *db;
    bool ok = sqlite3_open(file, &db) == SQLITE_OK &&
              sqlite3_exec(db, statement, NULL, NULL, NULL) == SQLITE_OK;
    sqlite3_close(db);
    return ok;
}

static int64_t broken_after(const char *statement)
{
    tg_error err;
    tg_journal_report r = {0};
    CHECK(change_file(statement));
    tg_journal *j = tg_journal_sqlite(file, &err);
    CHECK(j && tg_journal_check(j, NULL, &r, &err));
    if (j) j->api->close(j);
    return r.broken;
}

static void chain(void)
{
    tg_error err;
    file = scratch_path("chain/journal.db");
    char head[65] = "";
    CASE("events are chained")
    {
        tg_journal *j = tg_journal_sqlite(file, &err);
        for (int i = 0; i < 5; i++) {
            int64_t entry = 0;
            CHECK(tg_journal_add(j, &entry, TG_JE_SEND, 1e9 + i, "a", TG_TEXT("{\"x\":1}"), &err));
            CHECK(entry == 2 * i + 1);
            CHECK(tg_journal_add(j, &entry, TG_JE_ACCEPT, 1e9 + i, "a", TG_TEXT("{}"), &err));
            CHECK(!tg_journal_add(j, &entry, TG_JE_LOSE, 1e9 + i, "a", TG_TEXT("{}"), &err));
        }
        tg_journal_report r;
        CHECK(tg_journal_check(j, NULL, &r, &err) && r.events == 10 && !r.broken &&
              strlen(r.head) == 64);
        strcpy(head, r.head);
        j->api->close(j);
    }
    CASE("neither the chain nor the list depends on the locale")
    {
        tg_journal_report r;
        size_t n = 0;
        setlocale(LC_ALL, "de_DE.UTF-8"); /* fails where it is not installed: the locale stays C */
        tg_journal *j = tg_journal_sqlite(file, &err);
        CHECK(tg_journal_check(j, NULL, &r, &err) && !r.broken && strcmp(r.head, head) == 0);
        char *list = tg_journal_list(j, "a", &n, &err);
        CHECK(list && strstr(list, "\"at\":1000000000.000000,") &&
              tg_json_check((tg_text){list, n}, &err));
        free(list);
        j->api->close(j);
        setlocale(LC_ALL, "C");
    }
    CASE("what is redacted breaks nothing; what is changed, cut out or put in between does")
    {
        CHECK(broken_after("UPDATE journal SET open = NULL WHERE n = 1") == 0);
        CHECK(broken_after("UPDATE journal SET open = '{\"x\":2}' WHERE n = 3") == 3);
        CHECK(broken_after("UPDATE journal SET open = '{\"x\":1}' WHERE n = 3") == 0);
        CHECK(broken_after("UPDATE journal SET event = 'lose' WHERE n = 4") == 4);
        CHECK(broken_after("UPDATE journal SET event = 'accept', at = at + 1 WHERE n = 4") == 4);
        CHECK(broken_after("UPDATE journal SET at = at - 1 WHERE n = 4") == 0);
        CHECK(broken_after("UPDATE journal SET account = 'b' WHERE n = 7") == 7);
        CHECK(broken_after("UPDATE journal SET account = 'a' WHERE n = 7; DELETE FROM journal"
                           " WHERE n = 5") == 5);
    }
    CASE("a torn end shows by its head")
    {
        tg_journal_report r;
        tg_journal *j = tg_journal_sqlite(file, &err);
        CHECK(tg_journal_check(j, NULL, &r, &err) && strcmp(r.head, head) != 0);
        j->api->close(j);
    }
}

/* ------------------------------------------------------------------------------------- a client */

static fake_answer answer(fake *f, const tg_exchange *x)
{
    (void)x;
    return *(fake_answer *)f->user;
}

static tg_call_options names = {.job = "onboard", .step = "1"};

static tg_kind create(tg_client *c, tg_error *err)
{
    tg_request *r = ask("post_organization_group", 7);
    tg_writer *w = tg_request_body(r);
    tg_write_object(w);
    tg_write_key(w, TG_TEXT("name"));
    tg_write_text(w, TG_TEXT("Night"));
    tg_write_end(w);
    *err = (tg_error){0};
    tg_call *call = tg_call_start(c, r, &names, err);
    while (call && !tg_call_done(call)) tg_client_step(c, 60000, NULL, 0, err);
    tg_reply *reply = call ? tg_call_take(call, err) : NULL;
    tg_reply_free(reply);
    tg_call_free(call);
    return err->kind;
}

static bool listed(tg_client *c, const char *text)
{
    tg_error err;
    size_t n;
    char *list = tg_client_journal(c, &n, &err);
    bool found = list && strstr(list, text);
    if (!found) printf("# %s\n", list ? list : err.message);
    free(list);
    return found;
}

static void of_client(void)
{
    tg_error err;
    fake_answer a = {.status = 200, .body = "{\"group_id\":5}"};
    fake f = {.answer = answer, .time = 1e9, .user = &a, .chance = 3};
    tg_client_options o = fake_options(&f);
    file = scratch_path("client/journal.db");
    o.journal_path = file;
    tg_client *c = tg_client_new(&o, &err);
    CASE("a read does not open the file")
    {
        tg_request *r = ask("get_organization_groups", 7);
        a.body = "[]";
        tg_call *call = tg_call_start(c, r, NULL, &err);
        while (!tg_call_done(call)) tg_client_step(c, 60000, NULL, 0, &err);
        tg_call_free(call);
        CHECK(access(file, F_OK) != 0);
        a.body = "{\"group_id\":5}";
    }
    CASE("a change is recorded with its request and its outcome")
    {
        CHECK(create(c, &err) == TG_OK);
        CHECK(listed(c, "\"state\":\"done\"") && listed(c, "\"body\":{\"name\":\"Night\"}"));
        CHECK(listed(c, "\"job\":\"onboard\",\"step\":\"1\"") &&
              listed(c, "\"effect\":\"checkable\""));
    }
    CASE("a refusal is one, and a lost reply stays open")
    {
        a = (fake_answer){.status = 400, .body = "no"};
        CHECK(create(c, &err) == TG_E_INVALID && listed(c, "\"state\":\"refused\""));
        a = (fake_answer){.outcome = TG_X_BROKEN};
        CHECK(create(c, &err) == TG_E_UNKNOWN && listed(c, "\"state\":\"unknown\",\"open\":true"));
    }
    CASE("a person closes an open entry once")
    {
        CHECK(!tg_client_journal_close(c, 1, true, &err) && err.kind == TG_E_INVALID);
        CHECK(!tg_client_journal_close(c, 99, true, &err) && err.kind == TG_E_NOT_FOUND);
        CHECK(tg_client_journal_close(c, 5, true, &err) && listed(c, "settled-done"));
        CHECK(!tg_client_journal_close(c, 5, false, &err));
    }
    CASE("a long name of a job or step is cut between two characters")
    {
        char job[121] = "", step[122] = "a";
        for (int i = 0; i < 60; i++) memcpy(job + 2 * i, "\xC3\xA9", 2);
        memcpy(step + 1, job, sizeof job);
        a = (fake_answer){.status = 200, .body = "{\"group_id\":5}"};
        names = (tg_call_options){.job = job, .step = step};
        CHECK(create(c, &err) == TG_OK && listed(c, "\xC3\xA9\",\"step\":\"a\xC3\xA9"));
        if (err.kind) printf("# %s\n", err.message);
    }
    CASE("a name that is no text is refused as such")
    {
        names = (tg_call_options){.job = "\xFF"};
        CHECK(create(c, &err) == TG_E_INVALID && strstr(err.message, "not UTF-8"));
        names = (tg_call_options){.job = "onboard", .step = "1"};
    }
    CASE("each attempt is recorded")
    {
        a = (fake_answer){.status = 429, .headers = "retry-after: 0"};
        CHECK(create(c, &err) == TG_E_RATE);
        CHECK(listed(c, "\"attempts\":4"));
    }
    CASE("what cannot be recorded is not sent")
    {
        tg_client_free(c);
        int sends = f.sends;
        CHECK(change_file("PRAGMA user_version = 99"));
        c = tg_client_new(&o, &err);
        a = (fake_answer){.status = 200, .body = "{\"group_id\":5}"};
        CHECK(create(c, &err) == TG_E_INVALID && f.sends == sends);
        CHECK(strstr(err.message, "cannot be recorded in the journal"));
        CHECK(strstr(err.advice, "TOGGL_STATE_DIR") && strstr(err.advice, "journal_path"));
        CHECK(change_file("PRAGMA user_version = 2"));
        CHECK(create(c, &err) == TG_OK && f.sends == sends + 1);
    }
    tg_client_free(c);
}

static void leases(void)
{
    tg_error err;
    char *text = NULL;
    tg_text plan = TG_TEXT("{}"), none = TG_TEXT("{}");
    int64_t entry = 0, other = 0;
    tg_journal *a = tg_journal_sqlite(file, &err), *b = tg_journal_sqlite(file, &err);
    CASE("a plan is kept under its id, for its account alone")
    {
        CHECK(tg_journal_keep_plan(a, "me", "7f3a", 1, plan, &err));
        CHECK(tg_journal_keep_plan(a, "me", "7f3a", 2, TG_TEXT("{\"a\":1}"), &err));
        CHECK(b->api->get_plan(b, "me", "7f3a", &text, &err) && !strcmp(text, "{\"a\":1}"));
        free(text);
        CHECK(b->api->get_plan(b, "you", "7f3a", &text, &err) && !text);
    }
    CASE("a lease has one holder, while that runs and writes")
    {
        CHECK(tg_lease_take(a, 5, "7f3a", 1000, 120, &err));
        CHECK(!tg_lease_take(b, 5, "9c", 1119, 120, &err) && err.kind == TG_E_CONFLICT);
        CHECK(strstr(err.message, "7f3a"));
        CHECK(!tg_lease_take(a, 6, "9c", 1119, 120, &err) && err.kind == TG_E_CONFLICT);
        CHECK(strstr(err.message, "to another organization")); /* it has one lease */
        CHECK(tg_lease_take(b, 6, "9c", 1000, 120, &err));
        tg_lease_end(b);
        CHECK(tg_journal_add(a, &entry, TG_JE_SEND, 1100, "me", none, &err));
        CHECK(!tg_lease_take(b, 5, "9c", 1219, 120, &err)); /* a write extends the lease */
    }
    CASE("a holder that lost its lease sends no more writes")
    {
        CHECK(tg_lease_take(b, 5, "9c", 1221, 120, &err) && b->lease.token == 2);
        CHECK(!tg_journal_add(a, &other, TG_JE_SEND, 1222, "me", none, &err));
        CHECK(err.kind == TG_E_CANCELLED);
        CHECK(tg_journal_add(a, &entry, TG_JE_ACCEPT, 1222, "me", none, &err)); /* an outcome */
        tg_lease_end(a); /* does not end the lease of the later holder */
        CHECK(tg_journal_add(b, &other, TG_JE_SEND, 1223, "me", none, &err));
    }
    CASE("an ended lease, and one of a process that has ended, is free at once")
    {
        tg_lease_end(b);
        CHECK(tg_lease_take(a, 5, "7f3a", 1224, 120, &err));
        a->lease.holder.started++;
        CHECK(a->api->begin(a, false, &err) && a->api->put_lease(a, &a->lease, &err) &&
              a->api->commit(a, &err));
        CHECK(tg_lease_take(b, 5, "9c", 1225, 120, &err) && b->lease.token == 4);
    }
    a->api->close(a);
    b->api->close(b);
    remove(file);
}

int main(void)
{
    scratch_begin();
    states();
    chain();
    of_client();
    leases();
    scratch_end();
    return check_report();
}
