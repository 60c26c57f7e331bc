/* The two tables: operations and models, and whether a value fits its row. Part of toggl.h, which
   says who owns what. */
#ifndef TOGGL_TABLES_H
#define TOGGL_TABLES_H

#include "text.h"

typedef enum tg_type {
    TG_INT = 1,
    TG_REAL,
    TG_BOOL,
    TG_STRING,
    TG_TIME,
    TG_LIST,
    TG_MAP,
    TG_RECORD,
    TG_ANY
} tg_type;

#define TG_KEY(name, field, words, finder, without) TG_KEY_##name,
typedef enum tg_key { TG_KEY_NONE, TG_KEYS(TG_KEY) } tg_key;
#undef TG_KEY

TG_API const char *tg_key_name(tg_key key); /* "account key": for messages */
/* "user_id": what names it in a table, {user_id = 2} */
TG_API const char *tg_key_field(tg_key key);
/* "org:user": what finds such a thing by its name; NULL: nothing */
TG_API const char *tg_key_finder(tg_key key);
/* Which records have no key of this kind, as a clause; NULL: no word on it. */
TG_API const char *tg_key_without(tg_key key);
TG_API const char *tg_type_name(tg_type type);

typedef enum tg_in { TG_IN_REPLY, TG_IN_PATH, TG_IN_QUERY, TG_IN_BODY } tg_in;

#define TG_FLAG(name, bit, word, meaning) TG_##name = 1 << (bit),
enum { TG_FIELD_FLAGS(TG_FLAG) }; /* flags of a field */
enum { TG_OP_FLAGS(TG_FLAG) };    /* flags of an operation */
#undef TG_FLAG

/* One fact of a request or a reply. Parameters and reply fields share it; an array ends with a name
   of NULL. */
typedef struct tg_field {
    const char *name;  /* as Lua sees it: the official name */
    const char *wire;  /* its name in path, query or JSON, where that is another; NULL: name */
    const char *older; /* the key under which older servers send the same fact; NULL: none */
    tg_type type;
    tg_type item;      /* what a list or map holds */
    const char *model; /* row of the record, or of the list's or map's records; NULL: plain */
    tg_key key;        /* kind of key; NONE for everything else */
    tg_in in;
    unsigned flags;
    /* value of an int, code points of a string, items of a list; both 0: no limit */
    int64_t min, max;
    const char
        /* a sibling decides the kind of key: "path /users user_id /workspaces workspace_id"; NULL:
           no */
        *key_by;
    const char *words; /* allowed words, space-separated; NULL: any */
    const char *doc;
} tg_field;

/* The name of F in path, query or JSON. */
static inline const char *tg_field_wire(const tg_field *f)
{
    return f->wire ? f->wire : f->name;
}

typedef struct tg_model {
    const char *name;     /* "org_user" */
    const char *official; /* "models.OrgUser": its name in the official document */
    const char *class_;   /* methods its records have: "user"; NULL: none, a plain record */
    const tg_field *fields;
    const char *doc;
} tg_model;

#define TG_SHAPE(name, word, empty, type, returns, meaning) TG_REPLY_##name,
typedef enum tg_shape { TG_SHAPES(TG_SHAPE) } tg_shape;
#undef TG_SHAPE

typedef enum tg_paging {
    TG_WHOLE_LIST, /* no pages */
    TG_PAGES,      /* by number; see TG_PAGE_NUMBER */
    TG_CURSOR      /* payment records: `next` of one page is `cursor` of the following one */
} tg_paging;

typedef enum tg_window { TG_WINDOW_USER, TG_WINDOW_ORGANIZATION } tg_window;

/* What a repeat of a write does. */
typedef enum tg_effect {
    TG_EFFECT_NONE,      /* it reads */
    TG_EFFECT_SAME,      /* it lands in the same state */
    TG_EFFECT_CHECKABLE, /* it may do more; a reply tells whether the first was made */
    TG_EFFECT_ONCE       /* it has an effect in the world, such as a mail */
} tg_effect;

typedef struct tg_op {
    const char *name;   /* official: "get_organization_users" */
    const char *class_; /* the class that has it as a method: "client", "organization", ... */
    const char *method; /* "users" */
    const char *verb;   /* "GET" */
    const char *path;   /* "/organizations/{organization_id}/users" */
    tg_effect effect;
    /* body fields, space-separated: with one of them true or a list, the class is... */
    const char *effect_if;
    tg_effect effect_then; /* ...this one */
    /* the operation that shows whether a write was made; NULL: none does */
    const char *settle_read;
    const char *settle_find; /* what to look for in its reply, as a noun phrase */
    const tg_field *params;
    tg_shape reply;
    const char *model; /* of the reply's record or records; NULL: plain */
    tg_paging paging;
    tg_window window;
    int ttl;           /* seconds that a stored reply answers for; 0: never stored */
    const char *tags;  /* what the reply is about, space-separated; {name} is a path variable */
    const char *drops; /* tags whose replies a success makes stale */
    unsigned flags;
    const char *doc;
    /* one line of Lua that works in the sandbox, with client and org at hand */
    const char *example;
} tg_op;

TG_API const char *tg_effect_name(tg_effect effect); /* "same", "checkable", "once"; NULL: a read */
TG_API const tg_op *tg_ops(size_t *count);
TG_API const tg_op *tg_op_find(const char *name); /* by official name; NULL: none */
TG_API const tg_model *tg_models(size_t *count);
TG_API const tg_model *tg_model_find(const char *name);

/* The field called NAME (n bytes), or NULL. */
TG_API const tg_field *tg_field_find(const tg_field *fields, const char *name, size_t n);
/* The name in FIELDS that NAME was probably meant to be, or NULL. */
TG_API const char *tg_field_near(const tg_field *fields, const char *name, size_t n);

/*
** Does VALUE fit the row? Each returns false and says in err->message what is wrong, without naming
** the argument: the caller knows its place ("emails[2]").
*/
TG_API bool tg_check_int(const tg_field *f, int64_t value, tg_error *err);
/* also: UTF-8, no control characters */
TG_API bool tg_check_text(const tg_field *f, tg_text value, tg_error *err);
TG_API bool tg_check_count(const tg_field *f, size_t items, tg_error *err);

#endif
