#include "types.h"

#include <stdio.h>
#include <string.h>

#include "state.h"

#define PATH_MAX_HERE 160

/* Is JSON of the SQLite type `is` valid where a field requires this type? */
static bool fits(const char *required, size_t n, const char *is)
{
    static const struct {
        const char *type, *one, *other;
    } rows[] = {{"text", "text", "text"},      {"integer", "integer", "integer"},
                {"number", "integer", "real"}, {"boolean", "true", "false"},
                {"list", "array", "array"},    {"object", "object", "object"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strlen(rows[i].type) == n && strncmp(rows[i].type, required, n) == 0)
            return strcmp(rows[i].one, is) == 0 || strcmp(rows[i].other, is) == 0;
    return false; /* a mistake in the list of fields; a test finds it */
}

/* Convert `$.a[3]."b_c"` of json_tree() to `a[].b_c`, and the root to "". */
static void to_pattern(char *out, size_t size, const char *fullkey)
{
    size_t n = 0;
    const char *p = fullkey + 1;
    if (*p == '.') p++;
    while (*p && n + 1 < size) {
        if (*p != '"') out[n++] = *p;
        if (*p++ == '[') p += strspn(p, "0123456789");
    }
    out[n] = '\0';
}

/* The type that FIELDS require at PATH; for containers it follows from the fields named in
   them. */
static const char *required_type(const char *fields, const char *path, size_t *length)
{
    size_t n = strlen(path);
    for (const char *f = fields; *f; f += strcspn(f, ",")) {
        f += strspn(f, ", \n");
        if (strncmp(f, path, n) != 0) continue;
        const char *type = f[n] == ' '   ? f + n + 1
                           : f[n] == '[' ? "list"
                           : f[n] == '.' ? "object"
                                         : "";
        *length = strcspn(type, ", \n");
        if (*length) return type;
    }
    return NULL;
}

static bool is_wrong(const char *fields, const char *fullkey, const char *type, char *why,
                     size_t size)
{
    char path[PATH_MAX_HERE];
    size_t n;
    to_pattern(path, sizeof path, fullkey);
    const char *required = *path ? required_type(fields, path, &n) : NULL;
    if (!required || fits(required, n, type)) return false;
    snprintf(why, size, "The field '%s' must be of the type %.*s.", path, (int)n, required);
    return true;
}

/* NULL: SQLite has no memory. The statement touches no table, so one connection does. */
static sqlite3_stmt *members_of(sb_engine *e)
{
    static const char walk[] = "SELECT fullkey, type FROM json_tree(?1) WHERE type <> 'null'";
    if (!e->members)
        sqlite3_prepare_v3(e->db[SB_TRUE], walk, -1, SQLITE_PREPARE_PERSISTENT, &e->members, NULL);
    return e->members;
}

void sb_mistyped(sqlite3_context *c, int n, sqlite3_value **a)
{
    (void)n;
    const char *fields = (const char *)sqlite3_value_text(a[1]);
    sqlite3_stmt *members = members_of(sqlite3_user_data(c));
    char why[PATH_MAX_HERE + 80];
    bool wrong = false;
    sqlite3_bind_value(members, 1, a[0]);
    while (!wrong && sqlite3_step(members) == SQLITE_ROW)
        wrong = is_wrong(fields, (const char *)sqlite3_column_text(members, 0),
                         (const char *)sqlite3_column_text(members, 1), why, sizeof why);
    sqlite3_reset(members);
    sqlite3_clear_bindings(members); /* the exchange owns the body */
    if (wrong) sqlite3_result_text(c, why, -1, SQLITE_TRANSIENT);
}
