#include "journal.h"

#include <inttypes.h>
#include <math.h>
#include <sha2.h> /* libmd */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "error.h"

/* -------------------------------------------------------------------------------- state machine */

#define STATE(name, word, open) {word, open},
static const struct {
    const char *word;
    bool open;
} states[] = {TG_JOURNAL_STATES(STATE)};

#define EVENT(name, word, from, to) {word, from, TG_J_##to},
static const struct {
    const char *word;
    unsigned from;
    tg_journal_state to;
} events[] = {TG_JOURNAL_EVENTS(EVENT)};

const char *tg_journal_state_name(tg_journal_state state)
{
    return states[state].word;
}

bool tg_journal_state_open(tg_journal_state state)
{
    return states[state].open;
}

const char *tg_journal_event_name(tg_journal_event event)
{
    return events[event].word;
}

tg_journal_event tg_journal_event_of(const char *name)
{
    tg_journal_event e = 0;
    while (e < TG_JE_COUNT && strcmp(events[e].word, name) != 0) e++;
    return e;
}

bool tg_journal_next(tg_journal_state *state, tg_journal_event event)
{
    if (event >= TG_JE_COUNT || !(events[event].from & 1u << *state)) return false;
    *state = events[event].to;
    return true;
}

/* ---------------------------------------------------------------------------------------- chain */

void tg_journal_time(double at, char text[TG_JOURNAL_TIME])
{
    int n = snprintf(text, TG_JOURNAL_TIME, "%.6f", at);
    char *point = text + strspn(text, "-0123456789");
    if (!isfinite(at)) return;
    *point = '.';
    memmove(point + 1, text + n - 6, 7);
}

/* Hash an event together with the chain before it. */
static void link_to(tg_journal_row *row, const char *before)
{
    char head[1024], at[TG_JOURNAL_TIME];
    SHA2_CTX sha;
    tg_journal_time(row->at, at);
    snprintf(head, sizeof head, "%s\n%" PRId64 "\n%" PRId64 "\n%s\n%s\n%s\n", before, row->n,
             row->entry, events[row->event].word, at, row->sum);
    SHA256Init(&sha);
    SHA256Update(&sha, (const uint8_t *)head, strlen(head));
    SHA256Update(&sha, (const uint8_t *)row->account, strlen(row->account));
    SHA256End(&sha, row->chain);
}

void tg_journal_sender(tg_text data, tg_process *out)
{
    tg_value boot = tg_value_get(data, TG_TEXT("boot")),
             pid = tg_value_get(data, TG_TEXT("process")),
             started = tg_value_get(data, TG_TEXT("started"));
    *out = (tg_process){.pid = pid.what == TG_V_INT ? pid.integer : 0,
                        .started = started.what == TG_V_INT ? started.integer : 0};
    if (boot.what == TG_V_STRING && boot.text.n < sizeof out->boot)
        memcpy(out->boot, boot.text.p, boot.text.n);
}

static bool keep_state(void *ctx, const tg_journal_row *row)
{
    tg_journal_next(ctx, row->event);
    return true;
}

bool tg_journal_state_of(tg_journal *j, int64_t entry, tg_journal_state *state, tg_error *err)
{
    *state = TG_J_NONE;
    return j->api->each(j, entry, keep_state, state, err);
}

static bool may_add(tg_journal *j, int64_t entry, tg_journal_event event, tg_error *err)
{
    tg_journal_state state = TG_J_NONE;
    if (entry && !tg_journal_state_of(j, entry, &state, err)) return false;
    if (entry && state == TG_J_NONE)
        return tg_error_set(err, TG_E_NOT_FOUND, "the journal has no entry %" PRId64, entry);
    tg_journal_state old = state;
    if (tg_journal_next(&state, event)) return true;
    return tg_error_set(err, TG_E_INVALID, "entry %" PRId64 " of the journal is %s", entry,
                        states[old].word);
}

/* ---------------------------------------------------------------------------------------- parts */

static bool is_text(tg_text a, const char *b)
{
    return a.n == strlen(b) && memcmp(a.p, b, a.n) == 0;
}

static bool names_people(tg_text data, tg_text key)
{
    size_t pos = 0;
    tg_value k, v, list = tg_value_get(data, TG_TEXT("personal"));
    if (is_text(key, "message") || is_text(key, "person")) return true;
    while (list.what == TG_V_ARRAY && tg_value_next(list.text, &pos, &k, &v))
        if (v.what == TG_V_STRING && v.text.n == key.n && memcmp(v.text.p, key.p, key.n) == 0)
            return true;
    return false;
}

static void put_member(tg_buf *out, tg_text key, const tg_value *v)
{
    const char *quote = v->what == TG_V_STRING ? "\"" : "";
    tg_buf_puts(out, out->n ? ",\"" : "{\"");
    tg_buf_add(out, key.p, key.n);
    tg_buf_printf(out, "\":%s", quote);
    tg_buf_add(out, v->text.p, v->text.n);
    tg_buf_puts(out, quote);
}

/* The digest of a short text can be guessed; a salt, erased with the people, prevents that. */
static bool split(tg_journal *j, tg_text data, tg_buf *open, tg_buf *people)
{
    size_t pos = 0;
    tg_value key, value;
    char salt[TG_SALT_SIZE];
    while (tg_value_next(data, &pos, &key, &value))
        put_member(names_people(data, key.text) ? people : open, key.text, &value);
    tg_buf_puts(open, open->n ? "}" : "{}");
    if (!people->n) return !open->failed;
    j->api->salt(j, salt);
    tg_buf_printf(people, ",\"salt\":\"%s\"}", salt);
    return !open->failed && !people->failed;
}

/* The row must hold its data. */
static void digest(const tg_journal_row *row, char sum[TG_CHAIN_SIZE])
{
    char both[2 * TG_CHAIN_SIZE];
    SHA256Data((const uint8_t *)row->open.p, row->open.n, both);
    int n = snprintf(both + TG_CHAIN_SIZE - 1, TG_CHAIN_SIZE, "%s", row->seal);
    SHA256Data((const uint8_t *)both, (size_t)(TG_CHAIN_SIZE - 1 + n), sum);
}

static void seal(tg_journal_row *row)
{
    if (row->people.n) SHA256Data((const uint8_t *)row->people.p, row->people.n, row->seal);
    digest(row, row->sum);
}

/* Does this event verify after one with the chain BEFORE (NULL: unknown)? */
static bool is_sound(const tg_journal_row *row, const char *before)
{
    char sum[TG_CHAIN_SIZE];
    tg_journal_row made = *row;
    if (before) link_to(&made, before);
    if (strcmp(made.chain, row->chain) != 0) return false;
    if (row->people.n) SHA256Data((const uint8_t *)row->people.p, row->people.n, made.seal);
    if (strcmp(made.seal, row->seal) != 0) return false;
    if (row->open.n) digest(row, sum);
    return !row->open.n || strcmp(sum, row->sum) == 0;
}

/* ------------------------------------------------------------------------------------------ add */

static bool add(tg_journal *j, tg_journal_row *row, tg_error *err)
{
    char before[TG_CHAIN_SIZE];
    if (!may_add(j, row->entry, row->event, err)) return false;
    if (row->event == TG_JE_SEND && !tg_lease_hold(j, row->at, err)) return false;
    if (!j->api->last(j, &row->n, before, err)) return false;
    row->n++;
    if (!row->entry) row->entry = row->n;
    seal(row);
    link_to(row, before);
    return j->api->add(j, row, err);
}

static bool add_alone(tg_journal *j, tg_journal_row *row, tg_error *err)
{
    bool durable = row->event == TG_JE_SEND || row->event == TG_JE_INTEND;
    if (!j->api->begin(j, durable, err)) return false;
    if (add(j, row, err)) return j->api->commit(j, err);
    j->api->rollback(j);
    return false;
}

bool tg_journal_add_mend(tg_journal *j, int64_t n, double at, tg_error *err)
{
    int64_t last;
    char before[TG_CHAIN_SIZE];
    tg_journal_row row = {.n = n, .entry = n, .event = TG_JE_MEND, .account = ""};
    row.at = floor(at * 1e6) / 1e6;
    if (!j->api->last(j, &last, before, err)) return false;
    seal(&row);
    link_to(&row, before);
    return j->api->add(j, &row, err);
}

/* An intent must be on the disk before its request is sent. An outcome lost in a power failure is
   settled by reading. */
bool tg_journal_add(tg_journal *j, int64_t *entry, tg_journal_event event, double at,
                    const char *account, tg_text data, tg_error *err)
{
    tg_buf open, people;
    tg_buf_init(&open, TG_BUF_NO_LIMIT);
    tg_buf_init(&people, TG_BUF_NO_LIMIT);
    bool ok = split(j, data, &open, &people) || tg_error_set(err, TG_E_NOMEM, "out of memory");
    tg_journal_row row = {.entry = *entry,
                          .event = event,
                          .at = floor(at * 1e6) / 1e6,
                          .account = account,
                          .open = {open.p, open.n},
                          .people = {people.p, people.n}};
    ok = ok && add_alone(j, &row, err);
    if (ok) *entry = row.entry;
    tg_buf_clear(&open);
    tg_buf_clear(&people);
    return ok;
}

/* ---------------------------------------------------------------------------------------- check */

typedef struct checking {
    tg_journal_report *out;
    const char *noted; /* the head of an earlier report; NULL: none */
    char chain[TG_CHAIN_SIZE];
    int64_t next;
} checking;

/* The chain before the first stored event is unknown. */
static bool check_row(void *ctx, const tg_journal_row *row)
{
    checking *c = ctx;
    if (!c->next) c->next = c->out->first = row->n;
    bool known = *c->chain || row->n == 1;
    bool gap = row->n != c->next && (row->event != TG_JE_MEND || row->n < c->next);
    if (gap || !is_sound(row, known ? c->chain : NULL)) {
        c->out->broken = c->next;
        return false;
    }
    memcpy(c->chain, row->chain, sizeof c->chain);
    c->out->noted = c->out->noted || (c->noted && strcmp(row->chain, c->noted) == 0);
    c->out->events++;
    c->next = row->n + 1;
    return true;
}

bool tg_journal_check(tg_journal *j, const char *noted, tg_journal_report *out, tg_error *err)
{
    checking c = {.out = out, .noted = noted};
    *out = (tg_journal_report){0};
    bool ok = j->api->each(j, 0, check_row, &c, err);
    memcpy(out->head, c.chain, sizeof out->head);
    return ok;
}

typedef struct tail {
    char chain[TG_CHAIN_SIZE];
    int64_t n;
    bool broken;
} tail;

static bool check_tail(void *ctx, const tg_journal_row *row)
{
    tail *t = ctx;
    bool follows = row->n == 1 || (t->n && row->n == t->n + 1);
    t->broken = !is_sound(row, follows ? t->chain : NULL);
    t->n = row->n;
    memcpy(t->chain, row->chain, sizeof t->chain);
    return !t->broken;
}

bool tg_journal_tail(tg_journal *j, int64_t *broken, tg_error *err)
{
    tail t = {.n = 0};
    *broken = 0;
    if (!j->api->each(j, TG_JOURNAL_TAIL, check_tail, &t, err)) return false;
    if (t.broken) *broken = t.n;
    return true;
}

bool tg_journal_sound(tg_journal *j, tg_error *err)
{
    int64_t broken;
    if (!tg_journal_tail(j, &broken, err)) return false;
    if (!broken) return true;
    tg_error_set(err, TG_E_INVALID, "event %" PRId64 " of the journal is not as it was written",
                 broken);
    tg_error_advise(err, "%s", TG_JOURNAL_MEND);
    return false;
}
