/* Keep secrets of records out of files; the rows mark the secret fields. */
#ifndef TG_REDACT_H
#define TG_REDACT_H

#include "toggl.h"

/* Can records of this model, or nested records, hold a secret? */
bool tg_model_has_secrets(const tg_model *m);

/*
** Replace each secret string in TEXT with null, without changing the length. TEXT is a checked,
** writable JSON text of records of this model: one record, an array or a map.
*/
void tg_redact(char *text, size_t n, const tg_model *m);

/* Is it the name of a secret, as "password" and "api_token" are? For what no row describes. */
bool tg_is_secret_name(tg_text name);

/*
** Does a member at any depth have the name of a secret? TEXT is a checked JSON text, a body that no
** row describes.
*/
bool tg_names_secret(tg_text text);

#endif
