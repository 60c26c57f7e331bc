/* The tables of operations and models, and checks of values against their rows. Part of toggl.h,
   which defines ownership. */
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

TG_API const char *tg_key_name(tg_key key); /* "account key", for messages */
/* "user_id": the field that holds it in a table, {user_id = 2} */
TG_API const char *tg_key_field(tg_key key);
/* "org:user": the method that finds such a record by its name; NULL: none */
TG_API const char *tg_key_finder(tg_key key);
/* Clause naming the records that lack this key, or NULL. */
TG_API const char *tg_key_without(tg_key key);
TG_API const char *tg_type_name(tg_type type);

typedef enum tg_in { TG_IN_REPLY, TG_IN_PATH, TG_IN_QUERY, TG_IN_BODY } tg_in;

#define TG_FLAG(name, bit, word, meaning) TG_##name = 1 << (bit),
enum { TG_FIELD_FLAGS(TG_FLAG) }; /* flags of a field */
enum { TG_OP_FLAGS(TG_FLAG) };    /* flags of an operation */
#undef TG_FLAG

/* One parameter of a request or field of a reply. The last row of an array has the name NULL. */
typedef struct tg_field {
    const char *name;  /* name in Lua: the official name */
    const char *wire;  /* name in path, query or JSON, if different; NULL: name */
    const char *older; /* key of the same field at older servers; NULL: none */
    tg_type type;
    tg_type item;      /* type of the items of a list or map */
    const char *model; /* model of the record, or of the list's or map's records; NULL: plain */
    tg_key key;        /* kind of key; NONE if the field is not a key */
    tg_in in;
    unsigned flags;
    /* limits of an int's value, a string's code points, a list's items; both 0: no limit */
    int64_t min, max;
    const char
        /* a sibling field determines the kind of key: "path /users user_id /workspaces
           workspace_id"; NULL: none */
        *key_by;
    const char *words;  /* allowed values, space-separated; NULL: any */
    const char *preset; /* text of a body field that is sent when it is not given; NULL: none */
    const char *shown;  /* body: its name in the records of the read that settles; NULL: name */
    const char *doc;
} tg_field;

/* The name of F in path, query or JSON. */
static inline const char *tg_field_wire(const tg_field *f)
{
    return f->wire ? f->wire : f->name;
}

typedef struct tg_model {
    const char *name;     /* "org_user" */
    const char *official; /* "models.OrgUser": name in the official document */
    const char *class_;   /* class with the methods of its records: "user"; NULL: a plain record */
    const tg_field *fields;
    const char *doc;
} tg_model;

#define TG_SHAPE(name, word, empty, type, returns, meaning) TG_REPLY_##name,
typedef enum tg_shape { TG_SHAPES(TG_SHAPE) } tg_shape;
#undef TG_SHAPE

typedef enum tg_paging {
    TG_WHOLE_LIST, /* not paged */
    TG_PAGES,      /* numbered pages; see TG_PAGE_NUMBER */
    TG_CURSOR      /* payment records: `next` of a page is the `cursor` of the following one */
} tg_paging;

typedef enum tg_window { TG_WINDOW_USER, TG_WINDOW_ORGANIZATION } tg_window;

/* The effect of sending a write twice. */
typedef enum tg_effect {
    TG_EFFECT_NONE,      /* the operation reads */
    TG_EFFECT_SAME,      /* the same state as after one */
    TG_EFFECT_CHECKABLE, /* possibly more; a reply shows whether the first one was applied */
    TG_EFFECT_ONCE       /* an external effect, such as a mail */
} tg_effect;

/* What a write has made true, if it was applied. */
typedef enum tg_look {
    TG_LOOK_NONE,
    TG_LOOK_FIELDS, /* the record has the fields of the body */
    TG_LOOK_THERE,  /* there is a record of each key */
    TG_LOOK_GONE,   /* there is a record of none; without a key: the reply is 404 */
    TG_LOOK_USED,   /* the reply is 404, which other causes have, too */
    TG_LOOK_NEW,    /* there is a record of this name, made since the write was sent */
    TG_LOOK_HOLDS,  /* the list of the record has these keys */
    TG_LOOK_PATCHES /* its lists have what the patches of the body add, and not what they remove */
} tg_look;

/* One read that shows whether a write without a reply was applied. */
typedef struct tg_settle {
    const char *read;  /* operation; NULL: nothing shows it */
    const char *query; /* of the read: "includeIndirect=true"; NULL: none */
    tg_look look;
    /* the field of the records that has the value of a parameter of the write; NEW: AT is a text,
       and SINCE the time of the record */
    const char *at, *from, *since;
    const char *list, *holds; /* HOLDS: field of the record; parameter with the key or keys */
    /* the read is needed only with this parameter ("admins"), or one of its words ("action=decline
       withdraw"); NULL: always */
    const char *when;
    const char *unless; /* likewise: THERE and HOLDS mean the contrary */
    const char *live;   /* field of the record: false or null counts as not there */
    const char *before; /* likewise: true says that the record was there before the write */
} tg_settle;

/* What a success makes of the records of a stored list. */
typedef enum tg_effect_how {
    TG_ROW_NONE,   /* not known: the list is read again */
    TG_ROW_REPLY,  /* the record is new, or its fields are those of the reply */
    TG_ROW_FIELDS, /* fields of the record are what the reply, or else the body, says */
    TG_ROW_GONE,   /* the records no longer exist */
    TG_ROW_DOUBT   /* other fields of the record than those that it is found by may have changed */
} tg_effect_how;

/*
** The effect of a write on a list whose records finders look up: the other records of the list are
** not changed by it. FIELDS: a body field that is not named, and that finders do not look up by,
** leaves the record in doubt.
*/
typedef struct tg_row_effect {
    const char *list; /* its operation; NULL: not known for any */
    tg_effect_how how;
    const char *from;   /* parameter with the key or keys; REPLY: NULL */
    const char *fields; /* FIELDS: their names, space-separated */
} tg_row_effect;

typedef struct tg_op {
    const char *name;   /* official name: "get_organization_users" */
    const char *class_; /* class that has it as a method: "client", "organization", ... */
    const char *method; /* "users" */
    const char *verb;   /* "GET" */
    const char *path;   /* "/organizations/{organization_id}/users" */
    tg_effect effect;
    /* body fields, space-separated: if one is true or a list, the effect is... */
    const char *effect_if;
    tg_effect effect_then;   /* ...this one */
    tg_settle settle[2];     /* how it is settled; all that are needed count */
    const char *settle_find; /* what to look for in their replies, as a noun phrase */
    /* a 404, or a 400 with this text, is a success: the state is already what the write requests;
       NULL: neither is */
    const char *so_already;
    const tg_field *params;
    tg_shape reply;
    const char *model; /* model of the reply's record or records; NULL: plain */
    tg_paging paging;
    tg_window window;
    int ttl;            /* seconds for which a stored reply is fresh; 0: never stored */
    const char *tags;   /* subjects of the reply, space-separated; {name} is a path variable */
    const char *drops;  /* tags whose replies a successful call invalidates */
    tg_row_effect rows; /* its known effect on the records of one of them */
    unsigned flags;
    const char *doc;
    /* one line of Lua that runs in the sandbox, with `client` and `org` defined */
    const char *example;
} tg_op;

TG_API const char *tg_effect_name(tg_effect effect); /* "same", "checkable", "once"; NULL: a read */
TG_API const tg_op *tg_ops(size_t *count);
TG_API const tg_op *tg_op_find(const char *name); /* by official name; NULL: not found */
TG_API const tg_model *tg_models(size_t *count);
TG_API const tg_model *tg_model_find(const char *name);

/* The field called NAME (n bytes), or NULL. */
TG_API const tg_field *tg_field_find(const tg_field *fields, const char *name, size_t n);
/* The name in FIELDS closest to NAME, as a suggestion; NULL: none is close. */
TG_API const char *tg_field_near(const tg_field *fields, const char *name, size_t n);
/* Edits that turn A into B: a byte inserted, removed or replaced, or two neighbours swapped. The
   case of ASCII letters counts as equal. INT_MAX: a text of more than 600 bytes. */
TG_API int tg_distance(tg_text a, tg_text b);

#define TG_MAX_PATH_VARIABLES 4
/* Match PATH, without its query, with the path of OP. Returns how many variables it has, their
   texts in VALUE in the order of the parameters, borrowed from PATH; -1: they do not match. */
TG_API int tg_op_match(const tg_op *op, tg_text path, tg_text value[TG_MAX_PATH_VARIABLES]);

/*
** Does VALUE fit the row? False: err->message names the problem but not the argument, which the
** caller knows ("emails[2]").
*/
TG_API bool tg_check_int(const tg_field *f, int64_t value, tg_error *err);
/* also checks UTF-8 and control characters */
TG_API bool tg_check_text(const tg_field *f, tg_text value, tg_error *err);
TG_API bool tg_check_count(const tg_field *f, size_t items, tg_error *err);

#endif
