/*
** toggl.h - the public face of the core: Toggl Track organizations from C.
**
** An umbrella over the headers of the folder toggl, in the order of use.
**
** Ownership. `new` gives the caller an object that `free` ends; `ref`/`unref` count owners; `take`
** moves an owner; every other pointer that comes back is borrowed from the object it was asked of
** and lives as long as that object. Every free and unref accepts NULL. Functions that can fail
** return NULL, false or -1 and fill the tg_error they were given. A client and all that belongs to
** it is for one thread at a time; nothing here is process-wide.
*/
#ifndef TOGGL_H
#define TOGGL_H

#define TG_VERSION "0.1.0"

#include "toggl/lists.h"
#include "toggl/text.h"
#include "toggl/tables.h"
#include "toggl/client.h"
#include "toggl/request.h"
#include "toggl/call.h"
#include "toggl/reply.h"
#include "toggl/record.h"
#include "toggl/keyset.h"
#include "toggl/sql.h"
#include "toggl/stored.h"
#include "toggl/event.h"
#include "toggl/json.h"

#endif
