#ifndef TG_SANDBOX_PIECE_H
#define TG_SANDBOX_PIECE_H

#include "server.h"

/* The response for the fault of the exchange; NULL: send it as usual. */
struct MHD_Response *sb_piece_response(sb_connection *x);

#endif
