/* Print both tables for scripts/dev/agree.lua: one line of JSON for each operation and model. */
#ifndef DUMP_TABLES_H
#define DUMP_TABLES_H

#include <inttypes.h>
#include <stdio.h>

#include "toggl.h"

static void dump_text(const char *key, const char *text)
{
    if (!text) return;
    printf("\"%s\":\"", key);
    for (; *text; text++) {
        if (*text == '"' || *text == '\\') putchar('\\');
        if ((unsigned char)*text < 0x20)
            printf("\\u%04x", (unsigned)*text);
        else
            putchar(*text);
    }
    fputs("\",", stdout);
}

/* Print the names of the flags that are set. */
static void dump_flags(unsigned flags, const char *const *names)
{
    const char *comma = "";
    fputs("\"flags\":[", stdout);
    for (unsigned bit = 0; names[bit]; bit++) {
        if (!(flags & 1u << bit)) continue;
        printf("%s\"%s\"", comma, names[bit]);
        comma = ",";
    }
    fputs("],", stdout);
}

static void dump_field(const tg_field *f)
{
    static const char *const places[] = {"reply", "path", "query", "body"};
    static const char *const flags[] = {"required",  "secret",      "self",   "parent",
                                        "names_key", "unique",      "joined", "not_blank",
                                        "whole",     "unverified",  "one_of", "exclusive",
                                        "email",     "page_number", "always", NULL};
    putchar('{');
    dump_text("name", f->name);
    dump_text("wire", f->wire);
    dump_text("older", f->older);
    dump_text("type", tg_type_name(f->type));
    if (f->item) dump_text("item", tg_type_name(f->item));
    dump_text("model", f->model);
    if (f->key) dump_text("key", tg_key_name(f->key));
    dump_text("in", places[f->in]);
    dump_flags(f->flags, flags);
    dump_text("words", f->words);
    printf("\"min\":%" PRId64 ",\"max\":%" PRId64 "}", f->min, f->max);
}

static void dump_fields(const char *key, const tg_field *fields)
{
    const char *comma = "";
    printf("\"%s\":[", key);
    for (; fields->name; fields++, comma = ",") {
        fputs(comma, stdout);
        dump_field(fields);
    }
    puts("]}");
}

static void dump_op(const tg_op *op)
{
    static const char *const shapes[] = {"nothing", "record", "list",  "map",
                                         "integer", "string", "bytes", "any"};
    static const char *const flags[] = {"deprecated",     "anonymous", "empty_ok",
                                        "loose",          "body_open", "legacy",
                                        "no_credentials", "in_lua",    NULL};
    putchar('{');
    dump_text("op", op->name);
    dump_text("verb", op->verb);
    dump_text("path", op->path);
    dump_text("reply", shapes[op->reply]);
    dump_text("model", op->model);
    dump_flags(op->flags, flags);
    dump_fields("params", op->params);
}

static void dump_model(const tg_model *m)
{
    putchar('{');
    dump_text("model", m->name);
    dump_text("official", m->official);
    dump_text("class", m->class_);
    dump_fields("fields", m->fields);
}

static void dump_tables(void)
{
    size_t count;
    const tg_op *ops = tg_ops(&count);
    for (size_t i = 0; i < count; i++) dump_op(&ops[i]);
    const tg_model *models = tg_models(&count);
    for (size_t i = 0; i < count; i++) dump_model(&models[i]);
}

#endif
