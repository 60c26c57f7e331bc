#ifndef TG_SANDBOX_KNOBS_H
#define TG_SANDBOX_KNOBS_H

#include "state.h"

/* Set a knob by its name, add a `fault`, or do what else tg_sandbox_control() accepts. */
bool sb_knob(sb_engine *e, const char *what, const char *value, char *error, size_t size);

#endif
