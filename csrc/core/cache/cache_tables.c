/* The tables of cache.db and the statements on them. */
#include "cache_inside.h"

const char *const tg_cache_steps[] =
    {"CREATE TABLE replies(id INTEGER PRIMARY KEY, account TEXT NOT NULL, operation TEXT NOT NULL,"
     " args TEXT NOT NULL,  status INTEGER NOT NULL, at INTEGER NOT NULL, organization INTEGER NOT"
     " NULL, workspace INTEGER NOT NULL,"
     /* long columns last, since often they are not read */
     "  size INTEGER NOT NULL, sum INTEGER NOT NULL, headers BLOB, text TEXT);"
     "CREATE TABLE tags(account TEXT, tag TEXT, id INTEGER, PRIMARY KEY(account, tag, id)) WITHOUT"
     " ROWID;CREATE TABLE drops(account TEXT, tag TEXT, seq INTEGER NOT NULL, PRIMARY KEY(account,"
     " tag)) WITHOUT ROWID;"
     /* Starts at the time in microseconds, so a stamp from an earlier file at this path is below
       every stamp of this one. */
     "CREATE TABLE clock(seq INTEGER NOT NULL, floor INTEGER NOT NULL);INSERT INTO clock SELECT n,"
     " n FROM (SELECT CAST((julianday('now') - 2440587.5) * 86400e6 AS INTEGER) AS n);",
     /* The higher version keeps out programs that predate the checkpoint rule (store.h). */
     "SELECT 1;",
     /* times of the last drop of a tag, and of any tag: most puts need only the latter */
     "ALTER TABLE replies ADD COLUMN spoiled INTEGER NOT NULL DEFAULT 0;"
     "ALTER TABLE drops ADD COLUMN at INTEGER NOT NULL DEFAULT 0;"
     "ALTER TABLE clock ADD COLUMN at INTEGER NOT NULL DEFAULT 0;",
     /* cache_rows.h explains them */
     "CREATE TABLE row_lists(id INTEGER PRIMARY KEY, account TEXT NOT NULL, operation TEXT NOT"
     " NULL, scope TEXT NOT NULL, pages INTEGER NOT NULL, records INTEGER NOT NULL);"
     "CREATE TABLE row_pages(list INTEGER, number INTEGER, reply INTEGER NOT NULL, sum INTEGER NOT"
     " NULL, PRIMARY KEY(list, number)) WITHOUT ROWID;"
     "CREATE TABLE row_words(list INTEGER, number INTEGER, words BLOB NOT NULL, UNIQUE(list,"
     " number));"
     "CREATE TABLE row_terms(list INTEGER, field INTEGER, value, page INTEGER, record INTEGER,"
     " start INTEGER NOT NULL, length INTEGER NOT NULL, sum INTEGER NOT NULL, PRIMARY"
     " KEY(list, field, value, page, record)) WITHOUT ROWID;",
     /* Keeps out programs that know no sum of a checked text, and would find damage. */
     "SELECT 1;",
     /* What cache_trim.c finds replies by, and notes. A file from before may be larger than any
        limit: this once, all that is too much goes at once. */
     "CREATE INDEX replies_by_age ON replies(at); CREATE INDEX tags_by_reply ON tags(id);"
     "CREATE INDEX row_pages_by_reply ON row_pages(reply);"
     "ALTER TABLE clock ADD COLUMN trimmed INTEGER NOT NULL DEFAULT 0;"
     "ALTER TABLE clock ADD COLUMN trimmed_bytes INTEGER NOT NULL DEFAULT 0;"
     "ALTER TABLE clock ADD COLUMN trimmed_at INTEGER NOT NULL DEFAULT 0;"
     "ALTER TABLE clock ADD COLUMN size_limit INTEGER NOT NULL DEFAULT 0;"
     "DELETE FROM replies WHERE id IN (SELECT id FROM (SELECT id, sum(size) OVER (ORDER BY at DESC,"
     " id) AS total FROM replies) WHERE total > 150000000);"
     "DELETE FROM tags WHERE id NOT IN (SELECT id FROM replies);"
     "DELETE FROM row_lists WHERE pages <> (SELECT count(*) FROM row_pages p JOIN replies r ON r.id"
     " = p.reply WHERE p.list = row_lists.id);"
     "DELETE FROM row_pages WHERE list NOT IN (SELECT id FROM row_lists);"
     "DELETE FROM row_words WHERE list NOT IN (SELECT id FROM row_lists);"
     "DELETE FROM row_terms WHERE list NOT IN (SELECT id FROM row_lists);",
     NULL};

const char *const tg_cache_statements[TG_CACHE_STATEMENTS] = {
    [GET] = "SELECT status, at, sum, headers, text, spoiled FROM replies WHERE id = ?1 AND at >="
            " ?2 AND account = ?3 AND operation = ?4 AND args = ?5",
    [STAMP] = "SELECT seq, at FROM clock",
    [DROPPED_AT] = "SELECT at FROM drops WHERE account = ?1 AND tag = ?2 AND at > ?3 AND at <= ?4",
    [DROPPED_LAST] = "SELECT seq, at FROM drops WHERE account = ?1 AND tag = ?2"
                     " UNION ALL SELECT floor, 0 FROM clock",
    [DROPPED] = "SELECT 1 FROM drops WHERE account = ?1 AND tag = ?2 AND seq > ?3"
                " UNION ALL SELECT 1 FROM clock WHERE floor > ?3",
    [PUT] = "INSERT INTO replies VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)"
            " ON CONFLICT(id) DO UPDATE SET account = ?2, operation = ?3, args = ?4, status = ?5,"
            " at = ?6, organization = ?7, workspace = ?8, size = ?9, sum = ?10, headers = ?11,"
            " text = ?12, spoiled = ?13 WHERE at NOT BETWEEN ?6 + 1 AND ?6 + 60000000",
    [TAG] = "INSERT OR IGNORE INTO tags VALUES (?1, ?2, ?3)",
    [TOUCH] = "UPDATE replies SET sum = sum + (?2 - at), at = ?2 WHERE id = ?1 AND account = ?3"
              " AND operation = ?4 AND args = ?5 AND NOT spoiled",
    [TICK] = "UPDATE clock SET seq = seq + 1, at = ?1",
    [SPOIL] = "UPDATE replies SET spoiled = 1 WHERE id IN (SELECT id FROM tags WHERE account = ?1 "
              "AND tag = ?2)",
    [DROP_NOTE] = "INSERT INTO drops SELECT ?1, ?2, seq, at FROM clock WHERE true"
                  " ON CONFLICT(account, tag) DO UPDATE SET seq = excluded.seq, at = excluded.at",
    [PAGES] = "PRAGMA page_count",
    [PAGES_FREE] = "PRAGMA freelist_count",
    [GIVE_BACK] = "PRAGMA incremental_vacuum(256)",
    [OLDEST] = "SELECT id, size FROM replies WHERE at < ?1 ORDER BY at LIMIT 1",
    [DELETE_REPLY] = "DELETE FROM replies WHERE id = ?1",
    [DELETE_TAGS] = "DELETE FROM tags WHERE id = ?1",
    /* The rows of a list that has lost a reply no longer answer; its terms are deleted in steps. */
    [END_LISTS] = "UPDATE row_lists SET pages = -1 WHERE id IN (SELECT list FROM row_pages WHERE"
                  " reply = ?1)",
    [END_PAGES] = "DELETE FROM row_pages WHERE list IN (SELECT list FROM row_pages WHERE reply ="
                  " ?1)",
    [ENDED] = "SELECT id FROM row_lists WHERE pages < 0 LIMIT 1",
    [ENDED_TERMS] = "DELETE FROM row_terms WHERE (list, field, value, page, record) IN (SELECT"
                    " list, field, value, page, record FROM row_terms WHERE list = ?1 LIMIT 1000)",
    [ENDED_WORDS] = "DELETE FROM row_words WHERE rowid IN (SELECT rowid FROM row_words WHERE list ="
                    " ?1 LIMIT 4)",
    [ENDED_LIST] = "DELETE FROM row_lists WHERE id = ?1",
    [NOTE_TRIM] = "UPDATE clock SET trimmed = trimmed + ?1, trimmed_bytes = trimmed_bytes + ?2,"
                  " trimmed_at = ?3, size_limit = ?4",
    [REPLY_AT] = "SELECT at FROM replies WHERE id = ?1",
    [TRIM_FLOOR] = "UPDATE clock SET floor = max(floor, ifnull((SELECT seq FROM drops ORDER BY seq"
                   " DESC LIMIT 1 OFFSET ?1), 0))",
    [TRIM_DROPS] = "DELETE FROM drops WHERE seq <= (SELECT floor FROM clock)",
    [ROWS_LIST] = "SELECT pages FROM row_lists WHERE id = ?1 AND account = ?2 AND operation = ?3"
                  " AND scope = ?4",
    /* the sum of a reply minus its time is that of its content */
    [ROWS_CHECK] = "SELECT count(*), min(r.at), max(r.spoiled) FROM row_pages p JOIN replies r ON"
                   " r.id = p.reply AND r.sum - r.at = p.sum WHERE p.list = ?1",
    [ROWS_FIND] = "SELECT t.page, t.record, p.reply, t.start, t.length, t.sum FROM row_terms t"
                  " JOIN row_pages p ON p.list = t.list AND p.number = t.page WHERE t.list = ?1 AND"
                  " t.field = ?2 AND t.value = ?3 ORDER BY t.page, t.record LIMIT ?4",
    [ROWS_AT] = "SELECT t.page, t.record, p.reply, t.start, t.length, t.sum FROM row_terms t JOIN"
                " row_pages p ON p.list = t.list AND p.number = t.page WHERE t.list = ?1 AND"
                " t.field = ?2 AND t.value = ?3 AND t.page = ?4 AND t.record = ?5",
    [ROWS_WORDS] = "SELECT number, words FROM row_words WHERE list = ?1 ORDER BY number",
    [ROWS_PAGES] = "SELECT number, reply, sum FROM row_pages WHERE list = ?1",
    [ROWS_PUT_LIST] = "INSERT OR REPLACE INTO row_lists VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    [ROWS_PUT_PAGE] = "INSERT OR REPLACE INTO row_pages VALUES (?1, ?2, ?3, ?4)",
    [ROWS_PUT_WORDS] = "INSERT OR REPLACE INTO row_words VALUES (?1, ?2, ?3)",
    [ROWS_PUT_TERM] = "INSERT INTO row_terms VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7,"
                      " ?8)",
    [ROWS_DROP_TERMS] = "DELETE FROM row_terms WHERE list = ?1",
    [ROWS_DROP_PAGE] = "DELETE FROM row_terms WHERE list = ?1 AND page = ?2",
    [ROWS_DROP_PAGES] = "DELETE FROM row_pages WHERE list = ?1 AND number > ?2",
    [ROWS_DROP_WORDS] = "DELETE FROM row_words WHERE list = ?1 AND number > ?2",
};
