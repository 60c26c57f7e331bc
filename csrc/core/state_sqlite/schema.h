/* The tables of state.db: their versions, and their statements by number. Used only by this
   room. */
#ifndef TG_SCHEMA_H
#define TG_SCHEMA_H

#define TG_STATE_ID 0x54475331 /* "TGS1", SQLite's application id of the file */

enum {
    TG_LEDGER_READ,
    TG_LEDGER_WRITE,
    TG_LEDGER_DELETE,
    TG_LEDGER_NEXT,
    TG_LEDGER_NEW_PLACES,
    TG_LEDGER_MAP,
    TG_LEDGER_ORGANIZATION,
    TG_LEDGER_FACT,
    TG_LEDGER_SET_FACT,
    TG_CHANGES_NOTE,
    TG_CHANGES_TAKE_BACK,
    TG_CHANGES_LAST,
    TG_CHANGES_OTHER,
    TG_CHANGES_ANY,
    TG_STATE_STATEMENTS
};

#define TG_CHANGES_TAGS 8 /* tags that TG_CHANGES_LAST looks up at once: a reply has fewer */

extern const char *const tg_state_steps[]; /* NULL ends them */
extern const char *const tg_state_sql[TG_STATE_STATEMENTS];

#endif
