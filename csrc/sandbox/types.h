/*
** The types of fields in a request's body.
*/
#ifndef TG_SANDBOX_TYPES_H
#define TG_SANDBOX_TYPES_H

#include <sqlite3.h>

/*
** mistyped(body, fields) for SQL: NULL, or a sentence about the first member of the JSON with a
** wrong type. Fields are a comma list of PATH TYPE with the types text, integer, number and
** boolean; `a.b` is a member of an object, `a[]` of a list. Null is of every type, and a member
** that is not named can have any type.
*/
void sb_mistyped(sqlite3_context *c, int n, sqlite3_value **a);

#endif
