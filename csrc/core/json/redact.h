/* Secrets of records are not written to disk: the row says which fields they are. */
#ifndef TG_REDACT_H
#define TG_REDACT_H

#include "toggl.h"

/* Could records of this model, or records inside them, hold a secret? */
bool tg_model_has_secrets(const tg_model *m);

/*
** TEXT, a checked JSON text of records of this model (one, an array or a map of them), with every
** secret string made null in place: the length stays. TEXT must be writable.
*/
void tg_redact(char *text, size_t n, const tg_model *m);

#endif
