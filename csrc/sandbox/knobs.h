#ifndef TG_SANDBOX_KNOBS_H
#define TG_SANDBOX_KNOBS_H

#include "state.h"

/* Turns a knob by its name, adds a `fault`, or does what else tg_sandbox_control() can. */
bool sb_knob(sb_engine *e, const char *what, const char *value, char *error, size_t size);

#endif
