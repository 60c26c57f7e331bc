#ifndef TG_SANDBOX_PIECE_H
#define TG_SANDBOX_PIECE_H

#include "server.h"

/* The response as the fault of the exchange has it; NULL: send it as usual. */
struct MHD_Response *sb_piece_response(sb_connection *x);

#endif
