/*
** Options of a client and of a call, one row each. Part of toggl.h, which defines ownership.
**
** tg_client_options, tg_call_options, the options of toggl.client{} and of calls in Lua, help,
** completion, types and documents are generated from these rows: a new option is one row here.
**   ROW(read, name, member, types, meaning)
** name and types are those in Lua. In C, 0, false and NULL mean "not given".
*/
#ifndef TOGGL_OPTIONS_H
#define TOGGL_OPTIONS_H

/* clang-format off */

/*
** read: the check of the value, and the type of the member.
**   STRING   const char *, copied
**   FILE     the same: a file readable at the creation of the client
**   FOLDER   the same: folders separated by colons, at least one of which exists
**   SOCKET   the same: a Unix socket that exists then
**   FLAG     bool
**   SECONDS  double, above 0
**   AGE      double, 0 or more
**   PAUSE    double; 0 in Lua is -1 here: none
**   WAIT     double; true in Lua is -1 here: no limit
**   SETTLE   bool; a number in Lua is settle_after
**   COUNT    int, 0 or more
**   LIMIT    int; 0 in Lua is -1 here: none
**   SIZE     size_t, above 0
** Without a member: CREDENTIAL is a part of `credentials`; CALLED is a Lua function; LUA is read by
** the Lua side.
*/
#define TG_CLIENT_OPTIONS(ROW) \
    ROW(LUA, profile, , "string", \
        "Name in the profiles file: token or password, server, organization.") \
    ROW(CREDENTIAL, token, , "string", "API token.") \
    ROW(CREDENTIAL, email, , "string", \
        "E-mail address; it goes with password, and not with token.") \
    ROW(CREDENTIAL, password, , "string", "Password of that address.") \
    ROW(LUA, auth, , "boolean", \
        "false: no credentials are looked for in the environment or in files.") \
    ROW(LUA, sandbox, , "boolean|table|toggl.sandbox", \
        "true: a server in this process instead of Toggl; a table: options for it; a server " \
        "that runs already.") \
    ROW(STRING, base_url, base_url, "string", \
        "Address of the server; else TOGGL_API_URL, else Toggl's own.") \
    ROW(FLAG, cleartext, cleartext, "boolean", \
        "true: allow http:// to another machine, where the network can read the token; else " \
        "rejected.") \
    ROW(SOCKET, unix_socket, unix_socket, "string", \
        "Path of a Unix socket to speak through; it must be there when the client is made.") \
    ROW(STRING, user_agent, user_agent, "string", \
        "Put before the library's own in the header User-Agent.") \
    ROW(FILE, ca_file, ca_file, "string", \
        "File of certificates to trust instead of the system's.") \
    ROW(FOLDER, ca_path, ca_path, "string", \
        "Folder of certificates to trust instead of the system's.") \
    ROW(SECONDS, timeout, timeout, "number", \
        "Seconds for one attempt, once it is sent; 10 when not given.") \
    ROW(SECONDS, connect_timeout, connect_timeout, "number", \
        "Seconds for a connection; 10 when not given.") \
    ROW(SECONDS, deadline, deadline, "number", \
        "Seconds for all attempts and waits of a call; no limit when not given.") \
    ROW(SIZE, reply_cap, reply_cap, "number", \
        "Largest reply in bytes, unpacked; 16 MiB when not given.") \
    ROW(LIMIT, retries, retries, "integer", \
        "Retries of a request that certainly changed nothing; 3 when not given.") \
    ROW(WAIT, wait, wait, "boolean|number", \
        "Wait for a new quota window: true as long as it takes, or at most so many seconds; " \
        "else fail at once.") \
    ROW(COUNT, reserve, reserve, "integer", \
        "Requests of each window that this client leaves to people.") \
    ROW(LIMIT, max_requests, max_requests, "integer", \
        "Most requests that this client sends; a call that would send one more fails.") \
    ROW(AGE, max_age, max_age, "number", \
        "Stored replies answer only while they are younger than this, in seconds.") \
    ROW(PAUSE, settle_after, settle_after, "number", \
        "Seconds after a change in which Toggl may not show it yet, so that replies are not " \
        "kept; 10 unless given.") \
    ROW(SETTLE, settle, settle, "boolean|number", \
        "true: a change whose reply was lost is looked for, with the reads that its operation " \
        "names; else it ends as unknown. A number: settle_after.") \
    ROW(PAUSE, query_limit, query_limit, "number", \
        "Seconds that one query of client:sql may take; 60 when not given, 0: no limit.") \
    ROW(FLAG, refresh, refresh, "boolean", "Ask the server even if the store has it.") \
    ROW(FLAG, offline, offline, "boolean", "Answer from the store alone, whatever the age.") \
    ROW(FLAG, stale, stale, "\"quota\"|boolean", \
        "\"quota\": rather old data than none when the window is used up.") \
    ROW(FLAG, dry_run, dry_run, "boolean", \
        "Changes are checked, built and passed to log, and not sent; they return empty " \
        "replies.") \
    ROW(STRING, cache, cache_path, "string|false", \
        "File of the store of replies; false: none; \":memory:\".") \
    ROW(SIZE, cache_limit, cache_limit, "number", \
        "Largest size of that file in bytes, beyond which the oldest replies are deleted; 256 " \
        "MiB when not given.") \
    ROW(STRING, state, state_path, "string|false", \
        "File of the quota ledger and of the times of changes; false, or \":memory:\": neither " \
        "is shared with other clients.") \
    ROW(STRING, journal, journal_path, "string|false", \
        "File that every change is recorded in before it is sent; false: none; " \
        "\":memory:\": while the client lives.") \
    ROW(SECONDS, journal_keep, journal_keep, "number|string", \
        "How long the journal keeps entries that have ended: seconds, or days as \"400d\", which " \
        "it is when not given. Open ones stay.") \
    ROW(SECONDS, journal_redact, journal_redact, "number|string", \
        "The same for what entries that have ended say of people, such as addresses; as long as " \
        "the entries when not given.") \
    ROW(CALLED, log, , "fun(event: toggl.event)", \
        "Called for each request, reply, wait, retry and warning.") \
    ROW(CALLED, on_wait, , "fun(reason: string, seconds: number, at: number)", \
        "Called when a call begins to wait: why, how long, until when.") \
    ROW(CALLED, on_warning, , "fun(sentence: string)", \
        "Called once with each thing that does not work though calls go on, such as a store; " \
        "else Lua's warn.") \
    ROW(CALLED, confirm, , \
        "fun(operation: string, method: string, path: string, body: string): boolean", \
        "Asked before each change: unless it returns true, nothing is sent and the call ends " \
        "as cancelled.") \
    ROW(LUA, on_error, , "\"return\"|\"raise\"", \
        "\"raise\": errors of calls are raised; else nil, err.") \
    ROW(FILE, http, http_path, "string", \
        "Path of the transport, if it is not next to the core.")

/*
** read: as above, and for a call:
**   EITHER       bool, and no_NAME for an explicit false, which overrides the client
**   STALE        the same; "quota" in Lua is true
**   WAIT_EITHER  double, and no_wait for an explicit false: fail at once even if the client waits
**   AUTH         const tg_credentials *, borrowed
**   SPAN         double, above 0, for which clients have no option
**   TEXT         const char *, borrowed until the call is started, which copies it into the array
**                of that name in tg_call (csrc/core/call/client.h)
** Options not given are those of the client.
*/
#define TG_CALL_OPTIONS(ROW) \
    ROW(SECONDS, timeout, timeout, "number", "Seconds for one attempt, once it is sent.") \
    ROW(SECONDS, connect_timeout, connect_timeout, "number", "Seconds for a connection.") \
    ROW(SECONDS, deadline, deadline, "number", "Seconds for all attempts and waits.") \
    ROW(SPAN, start_within, start_within, "number", \
        "Seconds after which no further try begins; one that has begun is not cut short.") \
    ROW(WAIT_EITHER, wait, wait, "boolean|number", \
        "Wait for a new quota window, as for a client; false: not at all.") \
    ROW(SECONDS, max_age, max_age, "number", \
        "A stored reply answers only while it is younger than this.") \
    ROW(EITHER, refresh, refresh, "boolean", \
        "Ask the server even if the store has it; false: not, whatever the client does.") \
    ROW(EITHER, offline, offline, "boolean", \
        "Answer from the store alone; false: not, whatever the client does.") \
    ROW(STALE, stale, stale, "\"quota\"|boolean", \
        "Accept stale data when the window is used up; false: do not, whatever the " \
        "client does.") \
    ROW(FLAG, no_store, no_store, "boolean", "Do not keep the reply.") \
    ROW(EITHER, settle, settle, "boolean", \
        "A change whose reply was lost is looked for, with the reads that its operation names; " \
        "false: it ends as unknown, whatever the client does.") \
    ROW(FLAG, dry_run, dry_run, "boolean", \
        "A change is checked, built and passed to log, and not sent.") \
    ROW(TEXT, job, job, "string", "Name of the work that a change belongs to, for the journal.") \
    ROW(TEXT, step, step, "string", "Name of its step, for the journal.") \
    ROW(AUTH, auth, credentials, "{token: string}|{email: string, password: string}|false", \
        "Other credentials for this call; false: none.")

/* clang-format on */

/* The struct member of a row: TG_CLIENT_OPTIONS(TG_OPTION_MEMBER). */
#define TG_OPTION_MEMBER(read, name, member, types, meaning) TG_OPTION_##read(member)

#define TG_OPTION_STRING(member)  const char *member;
#define TG_OPTION_FILE(member)    const char *member;
#define TG_OPTION_FOLDER(member)  const char *member;
#define TG_OPTION_SOCKET(member)  const char *member;
#define TG_OPTION_FLAG(member)    bool member;
#define TG_OPTION_SECONDS(member) double member;
#define TG_OPTION_SPAN(member)    double member;
#define TG_OPTION_AGE(member)     double member;
#define TG_OPTION_SETTLE(member)  bool member;
#define TG_OPTION_PAUSE(member)   double member;
#define TG_OPTION_WAIT(member)    double member;
#define TG_OPTION_WAIT_EITHER(member)                                                              \
    double member;                                                                                 \
    bool no_##member;
#define TG_OPTION_COUNT(member)  int member;
#define TG_OPTION_LIMIT(member)  int member;
#define TG_OPTION_SIZE(member)   size_t member;
#define TG_OPTION_EITHER(member) bool member, no_##member;
#define TG_OPTION_STALE(member)  bool member, no_##member;
#define TG_OPTION_TEXT(member)   const char *member;
#define TG_OPTION_AUTH(member)   const tg_credentials *member;
#define TG_OPTION_CREDENTIAL(member)
#define TG_OPTION_CALLED(member)
#define TG_OPTION_LUA(member)

#endif
