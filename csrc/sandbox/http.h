/*
** Between libmicrohttpd and the engine: the callbacks of the daemon.
*/
#ifndef TG_SANDBOX_HTTP_H
#define TG_SANDBOX_HTTP_H

#include "server.h"

enum MHD_Result sb_handle(void *cls, struct MHD_Connection *c, const char *url, const char *method,
                          const char *version, const char *upload, size_t *size, void **req);
/* A new connection: closed when nothing comes for a while, between requests or in the middle of
   one. */
void sb_connected(void *cls, struct MHD_Connection *c, void **socket_data,
                  enum MHD_ConnectionNotificationCode what);

void *sb_uri(void *cls, const char *uri, struct MHD_Connection *c);
void sb_done(void *cls, struct MHD_Connection *c, void **req, enum MHD_RequestTerminationCode why);

#endif
