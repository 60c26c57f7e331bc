/* Stored replies that a client keeps in memory: they answer until a process changes the file. */
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ask.h"
#include "check.h"
#include "client.h"
#include "fake_http.h"
#include "scratch.h"

static const char *file; /* path of the cache */

static void with_file(tg_client_options *o)
{
    o->cache_path = file;
    o->settle_after = 0.1; /* seconds */
}

static void with_memory(tg_client_options *o)
{
    o->cache_path = ":memory:";
}

/* Answer each read with a different name. */
static fake_answer numbered(fake *f, const tg_exchange *x)
{
    static char body[100];
    const char *id = strrchr(x->url, '/');
    if (strcmp(x->verb, "GET") != 0) return (fake_answer){.status = 200};
    snprintf(body, sizeof body, "{\"id\":%s,\"name\":\"v%d\"}", id ? id + 1 : "0", f->sends);
    return (fake_answer){.status = 200, .body = body};
}

static tg_reply *reply_to(tg_client *c, tg_request *r, const tg_call_options *o)
{
    tg_error err;
    tg_call *call = tg_call_start(c, r, o, &err);
    for (int i = 0; i < 1000 && !tg_call_done(call); i++) tg_client_step(c, 1000, NULL, 0, &err);
    tg_reply *reply = tg_call_take(call, &err);
    tg_call_free(call);
    tg_client_flush(c); /* empties the write-behind queue */
    return reply;
}

static tg_reply *look(tg_client *c, int64_t id)
{
    return reply_to(c, ask("get_organization", id), NULL);
}

static void refresh(tg_client *c, int64_t id)
{
    tg_reply_free(reply_to(c, ask("get_organization", id), &(tg_call_options){.refresh = true}));
}

/* Rename the organization ID, and wait a second until the change has settled. */
static void change(tg_client *c, fake *f, int64_t id)
{
    tg_request *r = ask("put_organization", id);
    tg_writer *w = tg_request_body(r);
    tg_write_object(w);
    tg_write_key(w, TG_TEXT("name"));
    tg_write_text(w, TG_TEXT("New"));
    tg_write_end(w);
    tg_reply_free(reply_to(c, r, NULL));
    f->time += 1;
}

/* Return whether two reads in sequence share one page: then the second one came from memory. */
static bool is_kept(tg_client *c, int64_t id)
{
    tg_reply *first = look(c, id), *second = look(c, id);
    bool same = first && second && first->page == second->page && second->source == TG_FROM_STORE &&
                first->at == second->at;
    tg_reply_free(first);
    tg_reply_free(second);
    return same;
}

static bool has_name(tg_client *c, int64_t id, const char *name)
{
    tg_reply *r = look(c, id);
    bool is = r && strstr(tg_page_text(r->page).p, name);
    tg_reply_free(r);
    return is;
}

/* Create a client that has read the organization 7 twice, so that it keeps the reply. */
static tg_client *reader(fake *f, void (*with)(tg_client_options *))
{
    tg_client *c = client(f, with);
    tg_reply_free(look(c, 7));
    tg_reply_free(look(c, 7));
    return c;
}

static void run(const char *sql)
{
    sqlite3 *db = NULL;
    sqlite3_open(file, &db);
    sqlite3_busy_timeout(db, 1000);
    CHECK(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK);
    sqlite3_close(db);
}

static void keeping(void)
{
    fake f = {.answer = numbered, .time = 1.7e9};
    tg_client *c = reader(&f, with_file);
    CASE("a reply of the store is kept")
    {
        CHECK(is_kept(c, 7) && f.sends == 1);
    }
    CASE("with more reads than it keeps, each read gets its own reply")
    {
        for (int64_t id = 100; id < 100 + 3 * TG_KEPT; id++) tg_reply_free(look(c, id));
        for (int64_t id = 100; id < 100 + 3 * TG_KEPT; id++) {
            char text[40];
            snprintf(text, sizeof text, "{\"id\":%d,", (int)id);
            CHECK(has_name(c, id, text) && is_kept(c, id));
        }
    }
    CASE("after a second the file is read again")
    {
        tg_reply *r = look(c, 7), *later;
        f.time += 1.5;
        later = look(c, 7);
        CHECK(r->page != later->page && later->source == TG_FROM_STORE);
        tg_reply_free(r);
        tg_reply_free(later);
    }
    CASE("an expired reply does not answer")
    {
        int before = f.sends;
        tg_call_options brief = {.max_age = 0.5};
        tg_reply_free(look(c, 7));
        f.time += 0.6;
        tg_reply_free(reply_to(c, ask("get_organization", 7), &brief));
        CHECK(f.sends == before + 1);
    }
    CASE("a call with other credentials does not get it")
    {
        int before = f.sends;
        tg_credentials other = {TG_AUTH_TOKEN, "other", NULL};
        tg_call_options o = {.credentials = &other};
        CHECK(is_kept(c, 7));
        tg_reply_free(reply_to(c, ask("get_organization", 7), &o));
        CHECK(f.sends == before + 1);
    }
    CASE("the client's own write invalidates it")
    {
        int before = f.sends;
        CHECK(is_kept(c, 7));
        change(c, &f, 7);
        tg_reply_free(look(c, 7));
        CHECK(f.sends == before + 2);
    }
    tg_client_free(c);
    CASE("nothing is kept of a cache in memory, whose changes no memory tells")
    {
        c = reader(&f, with_memory);
        CHECK(!is_kept(c, 7));
        tg_client_free(c);
    }
}

static void others(void)
{
    fake f = {.answer = numbered, .time = 1.7e9 + 86400};
    tg_client *c = reader(&f, with_file), *other = client(&f, with_file);
    char name[20];
    CASE("a reply that another handle stores is returned at once")
    {
        CHECK(is_kept(c, 7));
        f.time += 0.01;
        refresh(other, 7);
        snprintf(name, sizeof name, "\"v%d\"", f.sends);
        CHECK(has_name(c, 7, name));
    }
    CASE("after a change through another handle it does not answer")
    {
        int before = f.sends;
        CHECK(is_kept(c, 7));
        change(other, &f, 7);
        tg_reply_free(look(c, 7));
        CHECK(f.sends == before + 2);
    }
    CASE("the same by another process")
    {
        f.time += 3600;
        refresh(c, 7);
        CHECK(is_kept(c, 7));
        int before = f.sends, status;
        pid_t child = fork();
        if (child == 0) {
            run("UPDATE replies SET spoiled = 1");
            _exit(0);
        }
        waitpid(child, &status, 0);
        tg_reply_free(look(c, 7));
        CHECK(f.sends == before + 1);
    }
    CASE("a transaction counts at its commit, and never after a rollback")
    {
        f.time += 3600;
        refresh(c, 7);
        CHECK(is_kept(c, 7));
        int before = f.sends;
        sqlite3 *db = NULL;
        sqlite3_open(file, &db);
        sqlite3_exec(db, "BEGIN IMMEDIATE; UPDATE replies SET spoiled = 1", NULL, NULL, NULL);
        CHECK(is_kept(c, 7));
        sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
        CHECK(is_kept(c, 7) && f.sends == before);
        sqlite3_exec(db, "BEGIN IMMEDIATE; UPDATE replies SET spoiled = 1; COMMIT", NULL, NULL,
                     NULL);
        tg_reply_free(look(c, 7));
        CHECK(f.sends == before + 1);
        sqlite3_close(db);
    }
    tg_client_free(c);
    tg_client_free(other);
}

static void late(void)
{
    fake f = {.answer = numbered, .time = 1.7e9 + 2 * 86400};
    tg_client *c = client(&f, with_file), *other = client(&f, with_file);
    sqlite3 *db = NULL;
    CASE("what a change could not mark in a locked file is marked when the client is freed")
    {
        refresh(c, 7);
        CHECK(is_kept(other, 7) && sqlite3_open(file, &db) == SQLITE_OK);
        CHECK(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK);
        change(c, &f, 7);
        sqlite3_close(db);
        CHECK(is_kept(other, 7));
        tg_client_free(c);
        int before = f.sends;
        tg_reply_free(look(other, 7));
        CHECK(f.sends == before + 1);
    }
    tg_client_free(other);
}

/* Return the text of organization ID in the file, or NULL if the file has no fresh reply. */
static char *in_file(tg_cache *db, const tg_client *c, int64_t id, double now)
{
    char args[60];
    tg_stored s;
    tg_error err;
    snprintf(args, sizeof args, "/organizations/%d", (int)id);
    if (!tg_cache_get(db, c->auth.account, "get_organization", (tg_text){args, strlen(args)}, now,
                      600, &s, &err))
        return NULL;
    char *text = s.spoiled ? NULL : strdup(s.text);
    tg_stored_clear(&s);
    return text;
}

static void histories(void)
{
    tg_error err;
    fake f = {.answer = numbered, .time = 1.7e9};
    tg_client *c = client(&f, with_file), *other = client(&f, with_file);
    tg_cache *db = tg_cache_open(file, NULL, &err);
    unsigned dice = 7;
    int answered = 0;
    CASE("in random histories it returns the file's reply, or sends a request if there is none")
    {
        for (int i = 0; i < 3000; i++) {
            dice = dice * 1103515245u + 12345u;
            int64_t id = 1 + dice / 65536 % 12;
            unsigned act = dice / 1048576 % 40;
            if (act == 0) change(other, &f, id);
            if (act == 1) change(c, &f, id);
            if (act > 1 && act < 6) refresh(other, id);
            f.time += act == 6 ? 0.4 : 0.001;
            if (act == 7) run("PRAGMA wal_checkpoint(PASSIVE)");
            if (act == 8) run("UPDATE replies SET spoiled = 1 WHERE id % 3 = 0");
            char *text = in_file(db, c, id, f.time);
            int before = f.sends;
            tg_reply *r = look(c, id);
            if (text) CHECK(strcmp(tg_page_text(r->page).p, text) == 0 && f.sends == before);
            if (!text) CHECK(f.sends == before + 1);
            answered += text != NULL;
            tg_reply_free(r);
            free(text);
        }
        CHECK(answered > 500);
    }
    tg_cache_close(db);
    tg_client_free(c);
    tg_client_free(other);
}

int main(void)
{
    scratch_begin();
    file = scratch_path("cache.db");
    keeping();
    others();
    late();
    unlink(file);
    histories();
    scratch_end();
    return check_report();
}
