/*
** The callbacks of the libmicrohttpd daemon.
*/
#ifndef TG_SANDBOX_HTTP_H
#define TG_SANDBOX_HTTP_H

#include "server.h"

enum MHD_Result sb_handle(void *cls, struct MHD_Connection *c, const char *url, const char *method,
                          const char *version, const char *upload, size_t *size, void **req);
/* Set the timeout of a new connection, which also applies in the middle of a request. */
void sb_connected(void *cls, struct MHD_Connection *c, void **socket_data,
                  enum MHD_ConnectionNotificationCode what);

void *sb_uri(void *cls, const char *uri, struct MHD_Connection *c);
void sb_done(void *cls, struct MHD_Connection *c, void **req, enum MHD_RequestTerminationCode why);

#endif
