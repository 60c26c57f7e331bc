/* The tables of state.db: their versions, and the statements on them by number. For this room alone. */
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
    TG_STATE_STATEMENTS
};

extern const char *const tg_state_steps[]; /* NULL ends them */
extern const char *const tg_state_sql[TG_STATE_STATEMENTS];

#endif
