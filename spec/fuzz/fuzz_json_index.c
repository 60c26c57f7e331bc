/*
** Fuzz the scanner. Each shape must agree with the plain check on what is JSON. Each record of an
** index must be a valid object with its indexed id. An accepted text, written again, must be
** accepted and stay the same.
*/
#include "json_copy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int64_t own_id(tg_text record)
{
    const tg_field id = {.name = "id", .type = TG_INT};
    tg_value v = tg_value_field(record, &id);
    return v.what == TG_V_INT ? v.integer : 0;
}

static void check_entries(tg_text text, const tg_index *ix, bool map)
{
    size_t end = 0;
    for (size_t i = 0; i < ix->count; i++) {
        const tg_entry *e = &ix->entries[i];
        tg_text record = {text.p + e->offset, e->length};
        MUST(e->offset >= end && e->length <= text.n && e->offset <= text.n - e->length);
        MUST(record.n >= 2 && record.p[0] == '{' && record.p[record.n - 1] == '}');
        MUST(tg_json_check(record, NULL));
        if (!map) MUST(e->id == own_id(record));
        end = e->offset + e->length;
    }
}

/* Return whether an integer past 64 bits may be among them: it is kept, and the strict mode rejects
   it. */
static bool kept_one(const tg_odd *odd)
{
    bool kept = odd->count > TG_ODD_KEPT; /* not all are listed: perhaps */
    for (size_t i = 0; i < odd->count && i < TG_ODD_KEPT; i++)
        kept |= strstr(odd->first[i].what, "64 bits") != NULL;
    return kept;
}

/* Check that a mended text is strict JSON and has the same records. */
static void check_strict(tg_text text, const tg_index *ix, const tg_index_options *strict)
{
    tg_index again;
    tg_error e;
    tg_index_init(&again);
    MUST(tg_index_text(&again, text, strict, &e) && again.count == ix->count);
    for (size_t i = 0; i < ix->count; i++)
        MUST(again.entries[i].offset == ix->entries[i].offset &&
             again.entries[i].length == ix->entries[i].length);
    tg_index_clear(&again);
}

/* Check the mending mode on a copy. It must not change a text without odd values. */
static void check_mended(tg_text text, bool valid, const tg_index_options *strict)
{
    tg_odd odd = {.count = 0};
    tg_index_options o = *strict;
    tg_index ix;
    tg_error e = {.message = ""};
    char *copy = malloc(text.n ? text.n : 1);
    MUST(copy);
    if (text.n) memcpy(copy, text.p, text.n);
    tg_text own = {copy, text.n};
    tg_index_init(&ix);
    o.odd = &odd;
    bool good = tg_index_text(&ix, own, &o, &e);
    for (size_t i = 0; i < odd.count && i < TG_ODD_KEPT; i++)
        MUST(odd.first[i].what && odd.first[i].at < text.n);
    MUST(good || (e.kind == TG_E_DECODE && e.message[0] && ix.count == 0 && !ix.entries));
    MUST(!good || odd.count || (valid && (!text.n || memcmp(copy, text.p, text.n) == 0)));
    /* A null in a map is kept, and reported each time. */
    if (good && !kept_one(&odd) && (o.shape != TG_REPLY_MAP || !odd.count))
        check_strict(own, &ix, strict);
    tg_index_clear(&ix);
    free(copy);
}

/* Check that tg_index_checked() stays within any bytes, and agrees with IX on an accepted text. */
static void check_checked(tg_text text, const tg_index_options *o, const tg_index *ix)
{
    tg_index again;
    if (!tg_index_checked(&again, text, o)) {
        MUST(!again.entries && !again.count);
        return;
    }
    MUST(!ix || (again.count == ix->count && again.root == ix->root));
    for (size_t i = 0; ix && i < ix->count; i++)
        MUST(again.entries[i].offset == ix->entries[i].offset &&
             again.entries[i].length == ix->entries[i].length &&
             again.entries[i].id == ix->entries[i].id);
    tg_index_clear(&again);
}

static void check_shapes(tg_text text, bool valid)
{
    static const tg_shape shapes[] = {TG_REPLY_LIST, TG_REPLY_MAP,    TG_REPLY_RECORD,
                                      TG_REPLY_INT,  TG_REPLY_STRING, TG_REPLY_ANY};
    tg_index ix;
    tg_index_init(&ix);
    for (size_t i = 0; i < 4 * sizeof shapes / sizeof shapes[0]; i++) {
        tg_index_options o = {.shape = shapes[i / 4],
                              .plain = i & 1,
                              .loose = i & 2,
                              .id_key = "id"};
        tg_error e = {.message = ""};
        if (tg_index_text(&ix, text, &o, &e)) {
            MUST(valid && ix.size == ix.count && (!o.plain || ix.count == 0));
            check_entries(text, &ix, o.shape == TG_REPLY_MAP);
            check_checked(text, &o, &ix);
        } else {
            check_checked(text, &o, NULL);
            MUST(e.kind == TG_E_DECODE && e.message[0] && ix.count == 0 && !ix.entries);
            MUST(!valid || o.shape != TG_REPLY_ANY);
        }
        tg_index_clear(&ix);
        check_mended(text, valid, &o);
    }
}

static void check_again(tg_text text)
{
    tg_buf once, twice;
    json_copy_text(&once, text);
    MUST(tg_json_check((tg_text){once.p, once.n}, NULL));
    json_copy_text(&twice, (tg_text){once.p, once.n});
    MUST(once.n == twice.n && memcmp(once.p, twice.p, once.n) == 0);
    tg_buf_clear(&once);
    tg_buf_clear(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    tg_text text = {(const char *)data, size};
    bool valid = tg_json_check(text, NULL);
    check_shapes(text, valid);
    if (valid) check_again(text);
    MUST(tg_utf8_check(text, NULL) <= size);
    return 0;
}
