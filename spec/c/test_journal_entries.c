/* Entries of the journal: their accounts and processes, and which clients may close them. */
#include <sys/wait.h>

#include "check.h"
#include "client.h"
#include "fake_http.h"
#include "journal_sqlite.h"
#include "process.h"
#include "scratch.h"

static fake_answer answer(fake *f, const tg_exchange *x)
{
    (void)f, (void)x;
    return (fake_answer){.status = 200};
}

static fake f = {.answer = answer, .time = 1e9, .chance = 3};
static const char *file;

static tg_client *client_of(const char *token)
{
    tg_error err;
    tg_client_options o = fake_options(&f);
    o.journal_path = file;
    o.credentials = (tg_credentials){TG_AUTH_TOKEN, token, NULL};
    return tg_client_new(&o, &err);
}

/* Add an entry of the client's account, as sent by the process P. */
static int64_t sent_at(tg_client *c, const tg_process *p, double at)
{
    tg_error err;
    char data[200];
    int64_t entry = 0;
    int n = snprintf(data, sizeof data,
                     "{\"operation\":\"put_organization\",\"process\":%lld,\"started\":%lld,"
                     "\"boot\":\"%s\"}",
                     (long long)p->pid, (long long)p->started, p->boot);
    tg_journal *j = tg_client_journal_open(c, &err);
    CHECK(j && tg_journal_add(j, &entry, TG_JE_SEND, at, c->auth.account,
                              (tg_text){data, (size_t)n}, &err));
    return entry;
}

static int64_t sent_by(tg_client *c, const tg_process *p)
{
    return sent_at(c, p, 1e9);
}

static size_t count(tg_client *c)
{
    size_t n, entries = 0;
    tg_error err;
    char *list = tg_client_journal(c, &n, &err);
    for (const char *p = list; p && (p = strstr(p, "\"attempts\":")); p++) entries++;
    free(list);
    return entries;
}

/* Return a child that has ended and was waited for. *ZOMBIE, unless NULL: whether it counted as
   running between its end and the wait. */
static tg_process dead(bool *zombie)
{
    tg_process p = {0};
    int ends[2];
    CHECK(pipe(ends) == 0);
    pid_t pid = fork();
    if (pid == 0) {
        tg_process self;
        tg_process_self(&self);
        _exit(write(ends[1], &self, sizeof self) != sizeof self);
    }
    CHECK(read(ends[0], &p, sizeof p) == sizeof p);
    if (zombie) {
        siginfo_t info;
        CHECK(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT) == 0);
        *zombie = tg_process_runs(&p);
    }
    CHECK(waitpid(pid, NULL, 0) == pid);
    close(ends[0]);
    close(ends[1]);
    return p;
}

static void of_processes(void)
{
    bool zombie_runs = true;
    tg_process self, gone = dead(&zombie_runs);
    tg_process_self(&self);
    CASE("a process is known by its number, its start and the boot")
    {
        CHECK(self.pid == getpid() && self.started > 0 && strlen(self.boot) == 36);
        CHECK(tg_process_runs(&self) && !tg_process_runs(&gone) && !zombie_runs);
        tg_process other = self;
        other.started++;
        CHECK(!tg_process_runs(&other)); /* another process has that id now */
        other = self;
        other.boot[0] = other.boot[0] == 'a' ? 'b' : 'a';
        CHECK(!tg_process_runs(&other));
    }
}

/* Return how many entries of the client are in STATE. */
static int count_in(tg_client *c, const char *state)
{
    size_t n, pos = 0;
    tg_error err;
    tg_value key, entry;
    int found = 0;
    char *list = tg_client_journal(c, &n, &err);
    tg_text all = {list, list ? n : 0};
    while (list && tg_value_next(all, &pos, &key, &entry)) {
        tg_value v = tg_value_get(entry.text, TG_TEXT("state"));
        found += v.text.n == strlen(state) && memcmp(v.text.p, state, v.text.n) == 0;
    }
    free(list);
    return found;
}

static void of_accounts(void)
{
    tg_error err;
    tg_process gone = dead(NULL);
    file = scratch_path("accounts/journal.db");
    tg_client *one = client_of("11111111111111111111111111111111");
    tg_client *two = client_of("22222222222222222222222222222222");
    int64_t mine = sent_by(one, &gone), theirs = sent_by(two, &gone);
    CASE("an entry is shown to its own account alone")
    {
        CHECK(count(one) == 1 && count(two) == 1 && mine != theirs);
    }
    CASE("an entry is closed by its own account alone")
    {
        CHECK(!tg_client_journal_close(one, theirs, true, &err) && err.kind == TG_E_NOT_FOUND);
        CHECK(!tg_client_journal_close(two, mine, false, &err) && err.kind == TG_E_NOT_FOUND);
        CHECK(tg_client_journal_close(one, mine, true, &err));
        CHECK(tg_client_journal_close(two, theirs, false, &err));
    }
    tg_client_free(one);
    tg_client_free(two);
}

static void of_running(void)
{
    tg_error err;
    tg_process self, gone = dead(NULL);
    tg_process_self(&self);
    file = scratch_path("running/journal.db");
    tg_client *c = client_of("11111111111111111111111111111111");
    CASE("an entry whose process still waits for the reply is not closed")
    {
        int64_t entry = sent_by(c, &self);
        CHECK(!tg_client_journal_close(c, entry, true, &err) && err.kind == TG_E_CONFLICT);
        CHECK(strstr(err.message, "still runs, so it was not closed") && *err.advice);
    }
    CASE("the last attempt counts, and a person can close an entry with a lost reply at once")
    {
        int64_t entry = sent_by(c, &gone);
        char data[200];
        int n = snprintf(data, sizeof data,
                         "{\"attempt\":2,\"process\":%lld,\"started\":%lld,\"boot\":\"%s\"}",
                         (long long)self.pid, (long long)self.started, self.boot);
        tg_text again = {data, (size_t)n};
        CHECK(tg_journal_add(c->journal, &entry, TG_JE_SEND, 1e9, c->auth.account, again, &err));
        CHECK(!tg_client_journal_close(c, entry, true, &err) && err.kind == TG_E_CONFLICT);
        CHECK(tg_journal_add(c->journal, &entry, TG_JE_LOSE, 1e9, c->auth.account, TG_TEXT("{}"),
                             &err));
        CHECK(tg_client_journal_close(c, entry, true, &err));
    }
    CASE("the end of its process is recorded once its request cannot be in flight any more")
    {
        double now = tg_client_now(c);
        int64_t running = sent_at(c, &self, now - 60), ended = sent_at(c, &gone, now - 60);
        int64_t lately = sent_at(c, &gone, now - 1);
        CHECK(!tg_client_journal_lose(c, running, &err) && err.kind == TG_E_CONFLICT);
        CHECK(!tg_client_journal_lose(c, lately, &err) && err.kind == TG_E_CONFLICT);
        CHECK(!tg_client_journal_lose(c, 999, &err) && err.kind == TG_E_NOT_FOUND);
        CHECK(count_in(c, "unknown") == 0);
        CHECK(tg_client_journal_lose(c, ended, &err));
        CHECK(count_in(c, "unknown") == 1);
        CHECK(tg_client_journal_lose(c, ended, &err)); /* a second call changes nothing */
        CHECK(tg_client_journal_close(c, ended, true, &err));
        CHECK(!tg_client_journal_lose(c, ended, &err) && err.kind == TG_E_INVALID);
    }
    tg_client_free(c);
}

int main(void)
{
    scratch_begin();
    of_processes();
    of_accounts();
    of_running();
    scratch_end();
    return check_report();
}
