/* Find models; names of types and of kinds of key. The rows are in models.c. */
#include <string.h>

#include "toggl.h"

const tg_model *tg_model_find(const char *name)
{
    size_t count;
    const tg_model *models = tg_models(&count);
    for (size_t i = 0; i < count; i++)
        if (strcmp(models[i].name, name) == 0) return &models[i];
    return NULL;
}

/* By kind: its name in messages, its field, its finder method, and the records without it. */
#define TG_KEY(name, field, words, finder, without)                                                \
    [TG_KEY_##name] = {words, field, finder, without},
static const struct {
    const char *name, *field, *finder, *without;
} keys[] = {[TG_KEY_NONE] = {"number", NULL, NULL, NULL}, TG_KEYS(TG_KEY)};

static size_t key_row(tg_key key)
{
    return (size_t)key < sizeof keys / sizeof *keys ? (size_t)key : TG_KEY_NONE;
}

const char *tg_key_name(tg_key key)
{
    return keys[key_row(key)].name;
}

const char *tg_key_field(tg_key key)
{
    return keys[key_row(key)].field;
}

const char *tg_key_finder(tg_key key)
{
    return keys[key_row(key)].finder;
}

const char *tg_key_without(tg_key key)
{
    return keys[key_row(key)].without;
}

const char *tg_type_name(tg_type type)
{
    static const char *const names[] = {
        [TG_INT] = "integer",   [TG_REAL] = "number",   [TG_BOOL] = "boolean",
        [TG_STRING] = "string", [TG_TIME] = "time",     [TG_LIST] = "list",
        [TG_MAP] = "map",       [TG_RECORD] = "record", [TG_ANY] = "any",
    };
    return type >= TG_INT && type <= TG_ANY ? names[type] : "any";
}
