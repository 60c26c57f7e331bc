/* Initialisers that always occur together in rows. Used only by models.c and ops.c. */
#ifndef TG_ROWS_H
#define TG_ROWS_H

#include "toggl.h"

#define KEY(kind)          .type = TG_INT, .key = TG_KEY_##kind
#define KEYS(kind)         .type = TG_LIST, .item = TG_INT, .key = TG_KEY_##kind
#define TEXTS              .type = TG_LIST, .item = TG_STRING
#define RECORD(row)        .type = TG_RECORD, .model = row
#define RECORDS(row)       .type = TG_LIST, .item = TG_RECORD, .model = row
#define BETWEEN(low, high) .min = (low), .max = (high)
#define AT_LEAST(low)      .min = (low), .max = INT64_MAX

#endif
