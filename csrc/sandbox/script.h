/*
** The SQL of the sandbox: files of csrc/sandbox/sql, built into the program.
**
** A file is a row of pieces. `--- NAME` or `--- NAME(PARAMETER, ...)` begins one; its text goes on
** to the next. In it `{{NAME}}` or `{{NAME(ARGUMENT, ...)}}` stands for another piece of the same
** file, or else of checks.sql, and `{{PARAMETER}}` for what the piece was given (the last one takes
** the rest). Pieces are texts that are put together before SQLite reads them: there are no
** conditions and no loops.
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
** Appends the piece FILE.NAME with everything it refers to. `arguments` is its list as `{{ }}` has
** it, or NULL. False: there is no such piece, or too little memory; the first is printed to stderr,
** since it is a mistake in the files.
*/
bool sb_sql_text(sb_text *out, const char *piece, const char *arguments);

#endif
