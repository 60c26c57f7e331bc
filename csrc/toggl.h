/*
** toggl.h - the public interface of the core: Toggl Track organizations from C.
**
** Includes the headers of the folder toggl, in the order of use.
**
** Ownership. `new` gives the caller an object, which `free` destroys; `ref`/`unref` count owners;
** `take` moves ownership. Any other returned pointer is borrowed from the object passed to the
** function and is valid as long as that object. Each free and unref accepts NULL. Functions that
** can fail return NULL, false or -1 and fill the given tg_error. A client and all its objects
** belong to one thread at a time; there is no process-wide state.
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
#include "toggl/find.h"
#include "toggl/keyset.h"
#include "toggl/sql.h"
#include "toggl/stored.h"
#include "toggl/event.h"
#include "toggl/journal.h"
#include "toggl/json.h"

#endif
