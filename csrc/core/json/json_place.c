/* Describe a position in a text so that users find it in a list of thousands of records. */
#include "error.h"
#include "json.h"

void tg_json_field_at(tg_text record, const char *at, char *out, size_t size)
{
    tg_value key = {.what = TG_V_ABSENT}, value, last = key;
    size_t pos = 0, n;
    while (tg_value_next(record, &pos, &key, &value) && key.what == TG_V_STRING && key.text.p <= at)
        last = key;
    /* a key whose value is incomplete */
    if (key.what == TG_V_STRING && key.text.p <= at) last = key;
    n = last.what == TG_V_STRING ? last.text.n : 0;
    if (n >= size) n = size - 1;
    for (size_t i = 0; i < n; i++)
        out[i] = (unsigned char)last.text.p[i] < ' ' ? '?' : last.text.p[i];
    while (n > 0 && tg_utf8_check((tg_text){out, n}, NULL) != n) n--;
    out[n] = '\0';
}

bool tg_json_tell(const tg_odd_value *v, tg_error *err)
{
    static const char server[] = "the server sent JSON with a fault in it";
    tg_error_set(err, TG_E_DECODE, "%s at byte %zu", v->what, v->at);
    if (!v->record)
        tg_error_advise(err, "look at byte %zu of the reply: %s", v->at, server);
    else if (!*v->field)
        tg_error_advise(err, "look at byte %zu of the reply, in record %zu: %s", v->at, v->record,
                        server);
    else
        tg_error_advise(err, "look at byte %zu of the reply, in record %zu, field \"%s\": %s",
                        v->at, v->record, v->field, server);
    return false;
}
