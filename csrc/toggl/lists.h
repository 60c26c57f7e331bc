/*
** Kinds of error and of key, events, sources, shapes, flags. Part of toggl.h, which defines
** ownership.
**
** Each list is written once, as rows of a macro that takes a macro: TG_KINDS(ROW) is ROW(...)
** ROW(...) ... The enumerators, their names in Lua, help, types and documents are generated from
** these rows, so a new kind, event or flag is one row here. The last column explains the row.
*/
#ifndef TOGGL_LISTS_H
#define TOGGL_LISTS_H

/* clang-format off */

/*
** Kinds of error for programs: TG_E_NAME and its name in Lua.
**   ROW(name, word, scope, exit, advice, meaning)
** scope: ALWAYS: any call may fail this way; SOME: some operations may; CORE: not visible in Lua.
** exit: exit status of togglsh. advice: what to do next, in C, Lua and togglsh, unless a reason
** (below) has its own advice.
*/
#define TG_KINDS(ROW) \
    ROW(AUTH, "auth", ALWAYS, 4, "check the credentials", \
        "no credentials, or the server rejected them (401)") \
    ROW(FORBIDDEN, "forbidden", SOME, 1, \
        "check that the token is right and that its owner may do this; Toggl answers 403 to both", \
        "you have no right to this, or the credentials are wrong: Toggl answers both alike (403)") \
    ROW(NOT_FOUND, "not_found", SOME, 1, \
        "check the key; what was made a few seconds ago may not be visible yet", \
        "no such object, or you cannot see it (404)") \
    ROW(INVALID, "invalid", SOME, 1, "change the request: the same one would be rejected again", \
        "the request is wrong in a way that only the server can see (400)") \
    ROW(CONFLICT, "conflict", SOME, 1, "read the present state before trying again", \
        "it clashes with what is there already (409), or two records match where one is wanted") \
    ROW(QUOTA, "quota", ALWAYS, 6, "wait for the next window", \
        "the hourly window is used up: err.retry_after has the seconds (402, or known " \
        "beforehand)") \
    ROW(PLAN, "plan", SOME, 1, "leave out what the plan of this organization does not include", \
        "the plan of the organization does not include it (402)") \
    ROW(RATE, "rate", ALWAYS, 1, "wait a few minutes", \
        "too many requests at once, also after waiting (429)") \
    ROW(GONE, "gone", SOME, 1, "use another operation: this one has been retired", \
        "the operation is no longer served (410)") \
    ROW(SERVER, "server", ALWAYS, 1, "retry later", \
        "a server error (5xx), or an undocumented status") \
    ROW(TRANSPORT, "transport", ALWAYS, 1, "check the network and the base address", \
        "no complete reply arrived, and nothing can have been changed") \
    ROW(TIMEOUT, "timeout", ALWAYS, 1, "retry, or allow more time", \
        "the time ran out, and nothing can have been changed") \
    ROW(DECODE, "decode", ALWAYS, 1, \
        "check the base address: another server may have answered", \
        "a read was answered with a status 2xx, but its body cannot be decoded") \
    ROW(CANCELLED, "cancelled", ALWAYS, 1, "", \
        "the call was cancelled") \
    ROW(OFFLINE, "offline", SOME, 1, "ask the server once", \
        "only the store may answer, and it has no reply") \
    ROW(PARTIAL, "partial", SOME, 5, "", \
        "part of a change was made, or confirmed: see err.result, unconfirmed and refused") \
    ROW(UNKNOWN, "unknown", SOME, 8, \
        "read the present state before you repeat it: it may have been done", \
        "a change was sent without a readable reply: it may have been made; check before " \
        "you repeat it") \
    ROW(NOMEM, "nomem", CORE, 1, "", \
        "out of memory; Lua sees its own memory error")

/*
** Reasons for which C, Lua and togglsh each have their own advice: TG_R_NAME.
**   ROW(name, word, meaning)
*/
#define TG_REASONS(ROW) \
    ROW(CREDENTIALS, "credentials", "the client has no credentials, or the server rejected them") \
    ROW(WINDOW, "window", \
        "the quota window is used up; retry_after has the seconds, where they are known") \
    ROW(MAX_REQUESTS, "max_requests", \
        "the client, or the program, has sent as many requests as it may") \
    ROW(TIME, "time", "the time that the caller allowed was up") \
    ROW(BODY, "body", "the body of the reply cannot be read; its start is in the error") \
    ROW(STORE_ONLY, "store_only", "the caller allowed the store alone to answer") \
    ROW(CLEARTEXT, "cleartext", "the address would send credentials in clear") \
    ROW(RETIRED, "retired", \
        "418: this version of the API is retired, or the program has no User-Agent of its own") \
    ROW(LARGE, "large", "the reply is larger than the limit of the client, reply_cap") \
    ROW(OPEN, "open", \
        "it is not known whether an earlier change of the same object was made, so this one was " \
        "not sent") \
    ROW(UNRECORDED, "unrecorded", \
        "the change cannot be recorded in the journal, so it was not sent") \
    ROW(NO_JOURNAL, "no_journal", "the client keeps no journal")

/*
** The kinds of key: TG_KEY_NAME. One person may have the first four at the same time; they are
** never confused.
**   ROW(name, field, words, finder, without)
** field: its name in a table, {user_id = 2}. words: for messages. finder: the method that finds
** such a record by its name; NULL: none. without: clause naming the records that lack the key;
** NULL: all have it.
*/
#define TG_KEYS(ROW) \
    ROW(ACCOUNT, "user_id", "account key", "org:user", "people get one by joining") \
    ROW(ORGANIZATION_USER, "organization_user_id", "organization-user key", "org:user", NULL) \
    ROW(WORKSPACE_USER, "workspace_user_id", "workspace-user key", "org:user", NULL) \
    ROW(INVITATION, "invitation_id", "invitation key", "org:user", \
        "only people who have not joined yet have one") \
    ROW(GROUP, "group_id", "group key", "org:group", NULL) \
    ROW(WORKSPACE, "workspace_id", "workspace key", "org:workspace", NULL) \
    ROW(ORGANIZATION, "organization_id", "organization key", "client:organization", NULL) \
    ROW(TRANSFER, "transfer_id", "transfer key", NULL, NULL) \
    ROW(ROLE, "role_id", "role key", NULL, NULL) \
    ROW(PLAN, "plan_id", "plan key", NULL, NULL) \
    ROW(PROJECT, "project_id", "project key", NULL, NULL)

/* What a client reports: TG_EV_NAME. ROW(name, word, meaning) */
#define TG_EVENTS(ROW) \
    ROW(REQUEST, "request", "a request was sent") \
    ROW(REPLY, "reply", "its exchange ended: with a reply, or without one") \
    ROW(WAIT, "wait", "a call begins to wait for its quota window or its slot") \
    ROW(RETRY, "retry", "a request will be retried") \
    ROW(STORE, "store", "the store answered") \
    ROW(WARNING, "warning", "a part of the client failed; calls continue") \
    ROW(DRY, "dry", "a change that was not sent, because this is a dry run")

/* Where a reply came from: TG_FROM_NAME. ROW(name, word, meaning) */
#define TG_SOURCES(ROW) \
    ROW(WIRE, "wire", "from the server") \
    ROW(STORE, "store", "from the stored replies") \
    ROW(DRY_RUN, "dry", "nothing was sent") \
    ROW(SETTLED, "settled", "from the server, read after the reply to a change was lost")

/*
** The content of a reply: TG_REPLY_NAME.
**   ROW(name, word, empty, type, returns, meaning)
** empty: the smallest body of this shape, returned by a dry run; "": none. type: the Lua type,
** unless a model defines it. returns: the same for documents.
*/
#define TG_SHAPES(ROW) \
    ROW(NOTHING, "nothing", "", "true", "true", "a status 2xx; the body is ignored") \
    ROW(RECORD, "record", "{}", NULL, NULL, "an object") \
    ROW(LIST, "list", "[]", NULL, NULL, "an array, or null for none") \
    ROW(MAP, "map", "{}", NULL, NULL, "an object whose keys are integers as text") \
    ROW(INT, "int", "0", "integer", "an integer", "an integer") \
    ROW(STRING, "string", "\"\"", "string", "a text", "a JSON string, bare text accepted") \
    ROW(BYTES, "bytes", "", "string", "the bytes of a file", "a file") \
    ROW(ANY, "any", "", "any", "plain values", "any JSON value")

/* Flags of a field: TG_NAME, a bit. ROW(name, bit, word, meaning) */
#define TG_FIELD_FLAGS(ROW) \
    ROW(REQUIRED, 0, "required", "a call without it is rejected") \
    ROW(SECRET, 1, "secret", "never printed, logged or put into an error") \
    ROW(SELF, 2, "self", "this key names the record itself") \
    ROW(PARENT, 3, "parent", \
        "this key names what the record belongs to: fills path variables of its methods") \
    ROW(NAMES_KEY, 4, "names_key", \
        "the parameter's own name says which kind of key: a plain integer is accepted") \
    ROW(UNIQUE, 5, "unique", "a list without repeats") \
    ROW(JOINED, 6, "joined", "a list sent as words with commas between") \
    ROW(NOT_BLANK, 7, "not_blank", "something other than spaces") \
    ROW(WHOLE, 8, "whole", "this parameter is the whole body") \
    ROW(UNVERIFIED, 9, "unverified", "no official document names it") \
    ROW(ONE_OF, 10, "one_of", "at least one of the fields marked so must be given") \
    ROW(EXCLUSIVE, 11, "exclusive", "at most one of the fields marked so may be given") \
    ROW(EMAIL, 12, "email", "looks like an e-mail address") \
    ROW(PAGE_NUMBER, 13, "page_number", \
        "the parameter that counts pages; its page size stands right after it") \
    ROW(ALWAYS, 14, "always", "a boolean that is sent as false when it is not given") \
    ROW(UNPAGED, 15, "unpaged", "given and true, it turns the pages off") \
    ROW(ASIDE, 16, "aside", "identifies a record least: the last column of a table") \
    ROW(REMARK, 17, "remark", "sentences of the server for people, about what it did not do") \
    ROW(PERSON, 18, "person", "the name of a person, which the journal redacts in time") \
    ROW(FOUND, 19, "found", "finders look a record up by it, in the store by an index")

/* Flags of an operation: TG_NAME, a bit. ROW(name, bit, word, meaning) */
#define TG_OP_FLAGS(ROW) \
    ROW(DEPRECATED, 0, "deprecated", "Toggl marks it so") \
    ROW(ANONYMOUS, 1, "anonymous", "works without credentials; they are sent when there are any") \
    ROW(EMPTY_OK, 2, "empty_ok", "204, or an empty body, means that there is none: nil") \
    ROW(LOOSE, 3, "loose", "a list may come as a single object, or one level deeper") \
    ROW(BODY_OPEN, 4, "body_open", "no official body: further names go into it as they are") \
    ROW(LEGACY, 5, "legacy", "no longer in the official document") \
    ROW(NO_CREDENTIALS, 6, "other_credentials", \
        "other credentials than the client's are normal here (accept an invitation)") \
    ROW(IN_LUA, 7, "in_lua", "its method is in lua/toggl/class, and does more than the call")

/* clang-format on */

#endif
