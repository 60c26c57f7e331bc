/*
** The SQL of the sandbox: files of csrc/sandbox/sql, built into the program.
**
** A file is a sequence of pieces. `--- NAME` or `--- NAME(PARAMETER, ...)` begins a piece,
** which ends where the next one begins. In its text `{{NAME}}` or `{{NAME(ARGUMENT, ...)}}`
** stands for another piece of the same file, or else of checks.sql, and `{{PARAMETER}}` for an
** argument (the last parameter takes the rest). Pieces are assembled as texts before SQLite
** parses them: there are no conditions and no loops.
*/
#ifndef TG_SANDBOX_SCRIPT_H
#define TG_SANDBOX_SCRIPT_H

#include <stdbool.h>

#include "text.h"

/* One file, in the list that cmake/Embed.cmake writes; ends with a NULL name. */
typedef struct sb_sql_file {
    const char *name; /* without .sql */
    const char *text; /* NUL-terminated */
} sb_sql_file;

extern const sb_sql_file sb_sql_files[];

/*
** Append the piece FILE.NAME with all pieces it refers to. `arguments` is the list as written
** between `{{ }}`, or NULL. False: no such piece, which is an error in the files and printed to
** stderr, or out of memory.
*/
bool sb_sql_text(sb_text *out, const char *piece, const char *arguments);

#endif
