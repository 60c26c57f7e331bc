/*
** Assemble the pieces of the SQL files.
*/
#include "script.h"

#include <stdio.h>
#include <string.h>

#define ARGUMENTS 6
#define DEEPEST   16 /* references inside references */

typedef struct slice {
    const char *p;
    size_t n;
} slice;

/* The scope of a text being expanded: its file, and the values of its parameters. */
typedef struct scope {
    const char *file;
    slice names[ARGUMENTS];
    sb_text values[ARGUMENTS];
    int count, depth;
} scope;

static bool expand(sb_text *out, const scope *in, slice text);

static slice trim(slice s)
{
    while (s.n && strchr(" \n", s.p[0])) s.p++, s.n--;
    while (s.n && strchr(" \n", s.p[s.n - 1])) s.n--;
    return s;
}

static bool equal(slice a, slice b)
{
    return a.n == b.n && memcmp(a.p, b.p, a.n) == 0;
}

/* Split NAME(LIST); without parentheses the list is empty. */
static slice split_name(slice whole, slice *list)
{
    const char *open = memchr(whole.p, '(', whole.n);
    *list = (slice){whole.p, 0};
    if (!open) return trim(whole);
    *list = (slice){open + 1, whole.n - (size_t)(open - whole.p) - 2};
    return trim((slice){whole.p, (size_t)(open - whole.p)});
}

/* Take the first item of a comma list; commas in parentheses, braces and literals do not count. */
static slice next_item(slice *list)
{
    int depth = 0;
    bool literal = false;
    size_t i = 0;
    for (; i < list->n; i++) {
        char c = list->p[i];
        if (c == '\'') literal = !literal;
        if (literal) continue;
        if (c == ',' && !depth) break;
        depth += (c == '(' || c == '{') - (c == ')' || c == '}');
    }
    slice item = {list->p, i}, rest = {list->p + i, list->n - i};
    if (rest.n) rest.p++, rest.n--;
    *list = rest;
    return trim(item);
}

/* --------------------------------------------------------------------------------------- pieces */

static const char *text_of(const char *file)
{
    for (const sb_sql_file *f = sb_sql_files; f->name; f++)
        if (strcmp(f->name, file) == 0) return f->text;
    return NULL;
}

/* The end of a piece is the next line that begins one, or the end of the file. */
static slice body_at(const char *line_end)
{
    const char *next = strstr(line_end, "\n--- ");
    return (slice){line_end, next ? (size_t)(next - line_end) : strlen(line_end)};
}

static bool find_piece(const char *file, slice name, slice *parameters, slice *body)
{
    const char *at = text_of(file);
    if (at && strncmp(at, "--- ", 4) != 0) at = strstr(at, "\n--- ");
    for (; at; at = strstr(at, "\n--- ")) {
        at += *at == '\n' ? 5 : 4;
        slice line = {at, strcspn(at, "\n")};
        if (!equal(split_name(line, parameters), name)) continue;
        *body = body_at(at + line.n);
        return true;
    }
    return false;
}

/* Assign the arguments, expanded in the scope of the reference, to the parameters; the last one
   takes the rest, with its commas. */
static bool give_arguments(scope *to, const scope *from, slice parameters, slice arguments)
{
    while (parameters.n && to->count < ARGUMENTS) {
        to->names[to->count] = next_item(&parameters);
        slice value = parameters.n ? next_item(&arguments) : trim(arguments);
        if (!expand(&to->values[to->count++], from, value)) return false;
    }
    return true;
}

static bool put_piece(sb_text *out, const scope *in, slice name, slice arguments)
{
    scope inner = {.file = in->file, .depth = in->depth + 1};
    slice parameters, body;
    bool found = find_piece(inner.file, name, &parameters, &body) ||
                 find_piece(inner.file = "checks", name, &parameters, &body);
    if (!found || inner.depth > DEEPEST) {
        fprintf(stderr, "sandbox: no piece '%.*s' for %s.sql\n", (int)name.n, name.p, in->file);
        return false;
    }
    bool ok = give_arguments(&inner, in, parameters, arguments) && expand(out, &inner, trim(body));
    for (int i = 0; i < inner.count; i++) sb_drop(&inner.values[i]);
    return ok;
}

/* ------------------------------------------------------------------------------------ expanding */

static bool put_reference(sb_text *out, const scope *in, slice reference)
{
    slice arguments, name = split_name(reference, &arguments);
    for (int i = 0; i < in->count; i++)
        if (equal(in->names[i], name)) return sb_add(out, in->values[i].p, in->values[i].n);
    return put_piece(out, in, name, arguments);
}

/* The text between `{{` and its `}}`; references in the arguments nest. */
static slice reference_at(const char *open)
{
    int depth = 1;
    const char *p = open + 2;
    for (; *p && depth; p++) {
        if (p[0] == '{' && p[1] == '{') depth++, p++;
        if (p[0] == '}' && p[1] == '}') depth--, p++;
    }
    return (slice){open + 2, (size_t)(p - open) - 4};
}

static bool expand(sb_text *out, const scope *in, slice text)
{
    for (const char *p = text.p, *end = text.p + text.n; p < end;) {
        const char *open = memmem(p, (size_t)(end - p), "{{", 2);
        if (!sb_add(out, p, (size_t)((open ? open : end) - p))) return false;
        if (!open) return true;
        slice reference = reference_at(open);
        if (!put_reference(out, in, reference)) return false;
        p = reference.p + reference.n + 2;
    }
    return true;
}

bool sb_sql_text(sb_text *out, const char *piece, const char *arguments)
{
    char file[32];
    const char *dot = strchr(piece, '.');
    snprintf(file, sizeof file, "%.*s", (int)(dot - piece), piece);
    slice name = {dot + 1, strlen(dot + 1)}, list = {arguments, arguments ? strlen(arguments) : 0};
    return put_piece(out, &(scope){.file = file}, name, list);
}
