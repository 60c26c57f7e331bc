/*
** Record exchanges: the last ones in memory, and all of them as JSON lines when the start names
** a file.
*/
#include "record.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fault.h"

static void write_line(sb_engine *e, sb_exchange *x)
{
    bool drops = sb_fault_drops(x);
    sb_let_text(e, x, "r_method", x->method);
    sb_let_text(e, x, "r_path", x->uri + sizeof SB_BASE - 1);
    sb_let_text(e, x, "r_type", x->body.n ? x->type : NULL);
    sb_let_int(e, x, "r_status", drops ? 0 : x->status);
    sb_let_text(e, x, "r_reply_type", x->reply_type);
    sb_let_text(e, x, "r_reply", sb_fault_is_binary(x) ? NULL : x->reply.p);
    sb_let_text(e, x, "r_fault", sb_fault_name(x));
    sb_run(e, x, "record.line");
    const char *line = sb_string(x, "line");
    errno = ENOMEM;
    if (line && fprintf(e->record, "%s\n", line) > 0 && fflush(e->record) == 0) return;
    if (!e->record_fault) e->record_fault = errno ? errno : EIO;
    clearerr(e->record);
}

void sb_record(sb_engine *e, sb_exchange *x)
{
    sb_logged *l = &e->log[e->logged++ % SB_LOG];
    snprintf(l->method, sizeof l->method, "%s", x->method);
    free(l->path);
    l->path = strdup(x->uri + sizeof SB_BASE - 1);
    l->status = sb_fault_drops(x) ? 0 : x->status;
    if (e->record) write_line(e, x);
}
