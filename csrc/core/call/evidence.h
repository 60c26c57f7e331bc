/*
** Whether a write whose reply was lost was applied, by what the replies of its row's reads show. No
** clock and no I/O: the caller passes the replies.
*/
#ifndef TG_EVIDENCE_H
#define TG_EVIDENCE_H

#include "buf.h"
#include "request.h"

typedef enum tg_proof {
    TG_OPEN, /* undecided: a person has to look */
    TG_APPLIED,
    TG_ABSENT
} tg_proof;

/* A key or text that the write names. */
typedef struct tg_sought {
    tg_value v;
    bool found;
} tg_sought;

typedef struct tg_evidence {
    const tg_request *write; /* borrowed, with its body */
    tg_text before;          /* what was there, as in the journal; borrowed; empty: not known */
    const tg_settle *how;    /* the read at present */
    const tg_model *model;   /* of its records */
    double sent_at;          /* when the write was sent, by the clock of the server */
    bool sure_of_time;       /* the server reported its clock */
    tg_sought *sought;       /* owned */
    size_t count;
    size_t yes, no, doubt; /* facts confirmed, contradicted, unknown */
    bool seen;             /* a reply had the record of the write */
    bool only_fields;      /* all facts are fields of one record: the write is all or nothing */
    int64_t organization;  /* that the records name; 0: none */
    tg_buf record;         /* the one that shows the change */
} tg_evidence;

void tg_evidence_init(tg_evidence *e, const tg_request *write, tg_text before, double sent_at);
void tg_evidence_clear(tg_evidence *e);

/* The value of a parameter of the write: its body's, else its path's; ABSENT: not given. */
tg_value tg_evidence_given(const tg_request *write, const char *name);
/* Is the read of HOW needed for this write? */
bool tg_evidence_needs(const tg_request *write, const tg_settle *how);

/* Begins the next read. False: out of memory. */
bool tg_evidence_begin(tg_evidence *e, const tg_settle *how);
/* A reply to it, or one of its pages. True: further pages add nothing. */
bool tg_evidence_look(tg_evidence *e, const tg_reply *reply);
/* The end of the read. MISSING: the server replied that the record does not exist. */
void tg_evidence_end(tg_evidence *e, bool missing);

tg_proof tg_evidence_proof(const tg_evidence *e);

#endif
