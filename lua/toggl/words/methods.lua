-- Methods and functions that are not operations of the service: written in Lua or in the core. Data
-- alone, one row each, like the rows of operations; spec/help_spec.lua compares it with the code.
--
--   class    one of facts.classes; those that start with "toggl" are called with a dot
--   params   in order: name, type as editors write it, doc, optional
--   returns  type of the first result; fails = true: nil and an error when a call fails;
--            fails = "returns": also where a client raises
--   errors   kinds of its own, beside those of its calls
--   never    it never returns
--   cost     cost in requests; nil: none
--   also     further words by which people look for it
--   example  one line of Lua that runs in the sandbox, with the globals client and org
--
-- The rows of the parts, such as toggl.csv, are in parts.lua, which checks of their arguments read.

local OPTIONS = {name = "options", type = "toggl.call_options", optional = true,
  doc = "Options of a call, such as {refresh = true}."}
local ONE_REQUEST = "1 request of the organization's window"
local PEOPLE = {name = "...", type = "toggl.members",
  doc = "Objects, {user_id =}, {workspace_id =}, or one list of them."}
local WORKSPACES = {name = "...", type = "toggl.workspaces",
  doc = "Objects, {workspace_id =}, or one list of them."}
local FINDS = "Its key, its name, or the object: with {refresh = true} it is read again."
local NEW_NAME = {name = "name", type = "string", doc = "The new name."}

local rows = {
  -- -------------------------------------------------------------------------------------- a client
  {class = "toggl", name = "client", returns = "toggl.client",
    params = {{name = "options", type = "toggl.client_options", optional = true,
        doc = "Account, server and behaviour."}},
    doc = "Create a client. Credentials come from the options, else from the profile, "
      .. "TOGGL_API_TOKEN and TOGGL_PASSWORD, or ~/.togglrc. Raises when an option is wrong. "
      .. "Sends nothing yet.",
    example = 'local c <close> = toggl.client{ sandbox = true }; print(c:me().email)'},
  {class = "client", name = "close",
    doc = "Close the client: cancel calls in flight, close connections and files. The end of a "
      .. "<close> variable does the same.",
    example = 'local c = toggl.client{ sandbox = true }; c:close()'},
  {class = "client", name = "organization", returns = "toggl.model.organization", fails = true,
    params = {{name = "key", type = "number|string|toggl.key.organization_id",
      doc = FINDS}, OPTIONS},
    errors = {"not_found", "conflict"},
    cost = "1 request: of the organization's window for a key, of your account's for a name; "
      .. "none while the store answers",
    doc = "Find one organization.",
    example = 'print(client:organization "Acme")'},
  {class = "client", name = "request", returns = "any", fails = true,
    params = {{name = "method", type = "string", doc = "GET, POST, PUT, PATCH or DELETE."},
      {name = "path", type = "string", doc = "Relative to the base address, starting with /."},
      {name = "options", type = "toggl.request_options", optional = true,
        doc = "query = {name = value}, body = any value, and the options of a call."}},
    second = "toggl.response",
    cost = "1 request of the window that the path belongs to; bypasses the store",
    doc = "Call an endpoint that has no operation, with the usual credentials, quota, retries "
      .. "and errors. Returns the reply as plain values, which take up to 50 times its bytes, and "
      .. "the response.",
    example = 'print(#client:request("GET", ("/organizations/%d/users"):format(org.id), { query '
      .. '= { page = 1 } }))'},
  {class = "client", name = "sql", returns = "table[]", fails = true,
    params = {{name = "query", type = "string", doc = "One SELECT over the views of the store."},
      {name = "...", type = "nil|boolean|number|string", doc = "A value for each ? in it."}},
    errors = {"invalid", "offline", "cancelled"},
    doc = "Query the store by SQL. Returns rows as plain tables, in which null is nil. Sends "
      .. "nothing, so it sees only what was read before. getmetatable(rows).columns lists the "
      .. "column names in order.",
    example = 'org:users(); for _, row in ipairs(client:sql("SELECT name, email FROM users WHERE '
      .. 'admin = ?", true)) do print(row.name) end'},
  {class = "client", name = "quota", returns = "toggl.window[]", fails = true,
    params = {{name = "options", type = "{refresh: boolean?}", optional = true,
        doc = "{refresh = true} asks the server."}},
    cost = "nothing; with refresh, 1 request of your account's window",
    doc = "Return the state of each quota window, as far as replies have reported it.",
    example = 'for _, w in ipairs(client:quota{ refresh = true }) do print(w.organization_id, '
      .. 'w.remaining, w.total) end'},
  {class = "client", name = "windows", returns = "toggl.window[]",
    doc = "Return what client:quota() returns, without the option to ask the server.",
    example = 'print(#client:windows())'},
  {class = "client", name = "cost", returns = "toggl.cost",
    doc = "Return the requests that this client has spent: in total, by operation and by window.",
    example = 'org:users(); print(client:cost().total)'},
  {class = "client", name = "journal", returns = "toggl.entry[]", fails = true,
    params = {{name = "filter", optional = true,
      type = "{since: number?, job: string?, state: string?}",
      doc = "since: seconds since 1970; job: its name; state: one of intended, sent, done, "
        .. "refused, unknown, settled-done, settled-absent, abandoned."}},
    cost = "nothing",
    doc = "Return the changes that this account has sent, oldest first, with the outcome of each. "
      .. "A change is recorded before it is sent.",
    example = 'org:rename "Acme Two"; for _, e in ipairs(client:journal{ state = "done" }) do '
      .. 'print(e.n, e.write.operation) end'},
  {class = "client", name = "check_journal", returns = "toggl.journal_check", fails = true,
    cost = "nothing",
    params = {{name = "noted", type = "string", optional = true,
      doc = "A head that was noted earlier."}},
    doc = "Verify the journal's chain of hashes. events: how many are as they were written; first: "
      .. "the first that is kept; broken: the first that is not as it was written; head: the hash "
      .. "of the last good one; noted: whether the noted head is in the chain.",
    example = 'print(client:check_journal().events)'},
  {class = "client", name = "journal_status", returns = "toggl.journal_state", fails = true,
    cost = "nothing",
    doc = "Return path, bytes, entries and states (how many, of all accounts), oldest (when), keep "
      .. "and redact (seconds).",
    example = 'print(client:journal_status().entries)'},
  {class = "client", name = "mend_journal", returns = "integer", fails = true, cost = "nothing",
    second = "string", third = "integer?",
    errors = {"invalid", "conflict"},
    doc = "Go on from a damaged journal: events that can be read are copied into a new file, and "
      .. "the damaged one stays under another name. Returns the number of events, that name, and "
      .. "how many events were dropped (nil: not known), whose numbers are not used again. "
      .. "invalid: the file is not damaged, or cannot be read. conflict: a process that sent an "
      .. "open entry still runs.",
    example = 'print(pcall(client.mend_journal, client))'},
  {class = "client", name = "resume", returns = "toggl.entry[]", fails = true,
    errors = {"invalid"}, cost = "the reads of each open entry: mostly 1 request, and at most 40",
    doc = "Settle the open entries of the journal: each is looked for by the reads that its "
      .. "operation names. Return them as client:journal() does, with `why` where a person has to "
      .. "look. Nothing is sent again.",
    example = 'for _, e in ipairs(client:resume()) do print(e.n, e.state, e.why) end'},
  {class = "client", name = "close_entry", returns = "boolean", fails = true,
    params = {{name = "n", type = "integer", doc = "Number of the entry, from client:journal()."},
      {name = "how", type = '"done"|"absent"',
        doc = "What a person found out: the change was made, or was not."}},
    errors = {"invalid", "not_found", "conflict"}, cost = "nothing",
    doc = "Close an entry of the journal whose outcome is not known. conflict: the program that "
      .. "sent it still runs.",
    example = 'for _, e in ipairs(client:journal{ state = "unknown" }) do '
      .. 'client:close_entry(e.n, "done") end'},
  {class = "client", name = "check_stores", returns = "boolean",
    doc = "Return whether the store of replies and the quota ledger can be written. Warns of one "
      .. "that cannot, as a call does. A full disk shows only here and when something is stored.",
    example = 'print(client:check_stores())'},
  {class = "client", name = "wait_until", returns = "any", fails = true,
    params = {{name = "fn", type = "fun(): any, ...",
        doc = "Called until it returns something other than nil or false."},
      {name = "options", type = "{tries: integer?, every: number?}", optional = true,
        doc = "tries: default 4; every: seconds between tries, default 3."}},
    errors = {"not_found", "forbidden"},
    cost = "the requests of fn, at each try",
    doc = "Wait until something new is visible: Toggl takes a few seconds and answers not_found "
      .. "or forbidden meanwhile. Other errors end the wait at once.",
    example = 'local made = client:create_organization{ name = "Beta", workspace_name = "First" '
      .. '}; print(client:wait_until(function() return client:organization(made.id) end))'},
  {class = "client", name = "step", returns = "integer",
    params = {{name = "seconds", type = "number", optional = true,
        doc = "Longest wait for an event; default 0."}},
    doc = "Step all calls in flight, for a program with its own event loop, and return how many "
      .. "there are.",
    example = 'print(client:step())'},
  {class = "client", name = "timeout", returns = "number?",
    doc = "Return the seconds until a step is due; nil when no call is in flight.",
    example = 'print(client:timeout())'},
  {class = "client", name = "fds", returns = "toggl.fd[]",
    doc = "Return the descriptors for an event loop to watch: a step is due when one of them is "
      .. "ready.",
    example = 'print(#client:fds())'},
  {class = "client", name = "raises", returns = "boolean",
    doc = 'Return whether errors are raised: on_error = "raise".',
    example = 'print(client:raises())'},
  {class = "client", name = "sandbox", returns = "toggl.sandbox?",
    doc = "Return the sandbox in this process that the client uses, to change its settings; nil "
      .. "for any other server.",
    example = 'print(client:sandbox():requests())'},
  {class = "client", name = "set_offline",
    params = {{name = "offline", type = "boolean", doc = "true: answer from the store alone."}},
    doc = "Answer from the store alone from now on, or ask the server again.",
    example = 'org:users(); client:set_offline(true); print(#org:users())'},
  {class = "client", name = "set_wait",
    params = {{name = "wait", type = "boolean|number",
      doc = "true: as long as it takes; a number: at most so many seconds; false: not at all."}},
    doc = "Wait for a new quota window from now on, as the option wait does, or fail at once.",
    example = 'client:set_wait(60)'},
  {class = "client", name = "fact", returns = "integer?",
    params = {{name = "name", type = "string", doc = "Name of the number."},
      {name = "value", type = "integer", optional = true,
        doc = "The number to keep; reads when omitted."}},
    doc = "Read or write a number learned about this server, such as the largest page. The state "
      .. "file keeps it.",
    example = 'client:fact("my_fact", 3); print(client:fact "my_fact")'},
  {class = "client", name = "learn",
    params = {{name = "organization", type = "integer",
        doc = "Key of the organization whose window it is; 0: the account's own."},
      {name = "remaining", type = "integer", doc = "Requests left."},
      {name = "resets_in", type = "number", optional = true,
        doc = "Seconds until the window resets."},
      {name = "total", type = "integer", optional = true, doc = "Requests per window."}},
    doc = "Set the ledger's state of a window from another source.",
    example = 'client:learn(org.id, 10, 600, 30)'},

  -- -------------------------------------------------------------------------------- finding things
  {class = "organization", name = "user", returns = "toggl.model.org_user", fails = true,
    params = {{name = "key", type = "string|toggl.person",
        doc = "E-mail address, name, {user_id =}, {organization_user_id =}, {invitation_id =}, "
          .. "{email =} or {name =}, or the object: with {refresh = true} it is read again. A "
          .. "plain number is rejected: a person has four kinds of key."},
      OPTIONS},
    errors = {"not_found", "conflict"},
    cost = "1 request of the organization's window: Toggl filters by an address or a part of a "
      .. "name, again where a short name finds nothing; for a key all people are read; none while "
      .. "the store has a complete list",
    doc = "Find one person. Addresses compare without case, names with it. Two matches are an "
      .. "error that names both.",
    example = 'print(org:user "ann@example.com")'},
  {class = "organization", name = "group", returns = "toggl.model.group", fails = true,
    params = {{name = "key", type = "number|string|toggl.key.group_id", doc = FINDS},
      OPTIONS},
    errors = {"not_found", "conflict"},
    cost = ONE_REQUEST .. " for the list of groups; none while the store has it",
    doc = "Find one group.",
    example = 'print(#org:group("Engineering").users)'},
  {class = "organization", name = "workspace", returns = "toggl.model.workspace_with_count",
    fails = true,
    params = {{name = "key", type = "number|string|toggl.key.workspace_id", doc = FINDS},
      OPTIONS},
    errors = {"not_found", "conflict"},
    cost = "1 request of your account's window for the list of workspaces; none while the store "
      .. "has it",
    doc = "Find one workspace.",
    example = 'print(org:workspace "Main")'},
  {class = "organization", name = "role", returns = "toggl.model.role", fails = true,
    params = {{name = "key", type = "number|string|toggl.key.role_id",
      doc = "Its name, type or code, its key, or the record."}, OPTIONS},
    errors = {"not_found", "conflict"},
    cost = ONE_REQUEST .. " for the list of roles; none while the store has it",
    doc = "Find one role. Of roles with the same type, one of the organization goes first.",
    example = 'print(org:role("admin").role_id)'},
  {class = "organization", name = "workspaces", returns = "toggl.list.workspace_with_count",
    fails = true,
    params = {OPTIONS},
    cost = "1 request of your account's window; none while the store has the list",
    doc = "List the workspaces of this organization that you can see.",
    example = 'for _, workspace in ipairs(org:workspaces()) do print(workspace.id, '
      .. 'workspace.name) end'},
  {class = "organization", name = "each_workspace",
    returns = "fun(): toggl.model.workspace_with_count?",
    params = {OPTIONS},
    cost = "as workspaces",
    doc = "Iterate the workspaces of this organization. Raises errors.",
    example = 'for workspace in org:each_workspace() do print(workspace.name) end'},

  -- --------------------------------------------------------------------------------- small changes
  {class = "organization", name = "rename", returns = "toggl.done", fails = true,
    params = {NEW_NAME},
    cost = ONE_REQUEST,
    doc = "Rename the organization.",
    example = 'org:rename "Acme Works"'},
  {class = "organization", name = "remove", returns = "toggl.done", fails = true,
    params = {{name = "...", type = "toggl.people",
        doc = "Objects, {organization_user_id =}, or one list of them."}},
    cost = ONE_REQUEST .. ", for any number of them",
    doc = "Remove people from the organization.",
    example = 'org:remove(org:user "ann@example.com")'},
  {class = "user", name = "remove", returns = "toggl.done", fails = true, params = {OPTIONS},
    cost = ONE_REQUEST,
    doc = "Remove this person from the organization.",
    example = 'org:user("ann@example.com"):remove()'},
  {class = "user", name = "deactivate", returns = "toggl.done", fails = true, params = {OPTIONS},
    cost = ONE_REQUEST,
    doc = "Deactivate this person in the whole organization. A repeat is safe.",
    example = 'org:user("ann@example.com"):deactivate()'},
  {class = "user", name = "activate", returns = "toggl.done", fails = true, params = {OPTIONS},
    cost = ONE_REQUEST,
    doc = "Reactivate this person in the whole organization.",
    example = 'org:user("ann@example.com"):activate()'},
  {class = "user", name = "reactivate", returns = "toggl.done", fails = true, params = {OPTIONS},
    also = "restore unblock",
    cost = ONE_REQUEST,
    doc = "Reactivate this person in the whole organization: the same as activate.",
    example = 'org:user("ann@example.com"):reactivate()'},
  {class = "user", name = "offboard", returns = "toggl.done", fails = true, params = {OPTIONS},
    also = "leaver fire exit",
    errors = {"conflict"},
    cost = ONE_REQUEST,
    doc = "Take the person out of all groups and workspaces and deactivate them, in one "
      .. "request. Toggl refuses the owner and the payer, and then nothing is changed. History "
      .. "stays; user:remove() deletes the membership of the organization.",
    example = 'print(org:user("ann@example.com"):offboard())'},
  {class = "user", name = "set_role", returns = "toggl.done", fails = true,
    params = {{name = "role", type = "number|string|toggl.key.role_id",
      doc = "A role of org:roles(): its name, type or code, its key, or the record."}, OPTIONS},
    also = "promote demote admin administrator rights permission permissions",
    errors = {"not_found", "conflict"},
    cost = "2 requests of the organization's window: the roles are read, and kept for a day",
    doc = "Give the person a role of the organization. user:update{ role = } takes the same "
      .. "words.",
    example = 'print(org:user("zoe9@example.com"):set_role "admin")'},
  {class = "user", name = "resend_invitation", returns = "toggl.done", fails = true,
    params = {OPTIONS},
    cost = ONE_REQUEST,
    doc = "Resend the invitation of a person who has not joined. Toggl sends mail.",
    example = 'org:invite{ emails = {"bo@example.com"}, workspaces = {org:workspace "Main"} }; '
      .. 'org:user("bo@example.com", { refresh = true }):resend_invitation()'},
  {class = "group", name = "rename", returns = "toggl.done", fails = true,
    params = {NEW_NAME, {name = "options", type = "toggl.call_options|{force: boolean?}",
      optional = true, doc = "force = true: rename although invited people lose their place."}},
    errors = {"conflict"},
    cost = "1 request where the group is attached to a workspace; else 2",
    doc = "Rename the group. Through a workspace that it is attached to, the name is sent alone. "
      .. "A group without one is read first and sent with its people, since Toggl does not "
      .. "document that they stay. That list cannot hold invited people, who would lose their "
      .. "place: the error names them.",
    example = 'print(org:group("Engineering"):rename "Engines")'},
  {class = "group", name = "add", returns = "toggl.done", fails = true,
    params = {PEOPLE},
    errors = {"invalid"},
    cost = ONE_REQUEST .. ", for any number of them",
    doc = "Add people and workspaces to the group. If the server refuses some, returns an error; "
      .. "the others have been added.",
    example = 'org:group("Support"):add(org:user "ann@example.com", org:workspace "Main")'},
  {class = "group", name = "remove", returns = "toggl.done", fails = true,
    params = {PEOPLE},
    errors = {"invalid"},
    cost = ONE_REQUEST .. ", for any number of them",
    doc = "Remove people and workspaces from the group. The server confirms the removal of "
      .. "non-members as well: a second result lists those that were not in the group when it "
      .. "was read, {message =, members =}.",
    example = 'local g = org:group "Support"; g:add(org:user "ann@example.com"); g:remove(org:user '
      .. '"ann@example.com")'},
  {class = "group", name = "give", returns = "toggl.done", fails = true,
    params = {WORKSPACES},
    also = "access attach assign grant workspace workspaces share",
    errors = {"invalid"},
    cost = ONE_REQUEST .. ", for any number of them",
    doc = "Give the people of the group access to workspaces: attach the group to them.",
    example = 'print(org:group("Finance"):give(org:workspace "Main"))'},
  {class = "group", name = "take", returns = "toggl.done", fails = true,
    params = {WORKSPACES},
    also = "access unassign revoke unattach",
    errors = {"invalid"},
    cost = ONE_REQUEST .. ", for any number of them",
    doc = "Take the access to workspaces from the group. A second result lists those that it was "
      .. "not attached to when it was read, {message =, members =}.",
    example = 'print(org:group("Support"):take(org:workspace "Main"))'},
  {class = "workspace", name = "rename", returns = "toggl.done", fails = true,
    params = {NEW_NAME},
    cost = ONE_REQUEST,
    doc = "Rename the workspace.",
    example = 'org:workspace("Main"):rename "Core"'},

  -- -------------------------------------------------------------------------------- records, lists
  {class = "record", name = "raw", returns = "string",
    doc = "Return the JSON text of the record, as received.",
    example = 'print(#org:raw())'},
  {class = "record", name = "table", returns = "table",
    doc = "Return a copy as a plain table, without nulls.",
    example = 'print(org:table().name)'},
  {class = "record", name = "get", returns = "any",
    params = {{name = "name", type = "string", doc = "Name of a field."}},
    doc = "Return a field, or nil when it is absent. Reading record.NAME raises for a name that "
      .. "neither the record nor its model has.",
    example = 'print(org:get "suspended_at", org:get "not_sent")'},
  {class = "record", name = "detach", returns = "toggl.record", typed = "self",
    doc = "Return a copy that does not keep its list in memory.",
    example = 'print(org:users()[1]:detach())'},
  {class = "record", name = "model", returns = "string",
    doc = "Return the name of its model: toggl.models has the fields.",
    example = 'print(org:model())'},
  {class = "record", name = "client", returns = "toggl.client",
    doc = "Return the client that read the record.",
    example = 'print(org:client() == client)'},
  {class = "record", name = "place", returns = "integer?", second = "integer?",
    doc = "Return the keys of the organization and of the workspace that it belongs to.",
    example = 'print(org:place())'},
  {class = "list", name = "each", returns = "fun(): toggl.record?",
    doc = "Iterate the records.",
    example = 'for user in org:users():each() do print(user.name) end'},
  {class = "list", name = "table", returns = "toggl.record[]",
    doc = "Return the records in a plain table, which can be sorted.",
    example = 'local t = org:users():table(); table.sort(t, function(a, b) return a.name < '
      .. 'b.name end)'},
  {class = "list", name = "raw", returns = "string",
    doc = "Return the JSON text of the whole list.",
    example = 'print(#org:users():raw())'},
  {class = "list", name = "model", returns = "string",
    doc = "Return the name of the model of its records.",
    example = 'print(org:users():model())'},

  -- ------------------------------------------------------------------------ several things at once
  {class = "toggl", name = "map", returns = "any[]", fails = true,
    params = {{name = "list", type = "table|toggl.list|nil",
        doc = "Items. nil raises: the reading that was to return them failed."},
      {name = "f", type = "fun(item: any, index: integer): any, ...",
        doc = "Called for each item, several at a time."},
      {name = "options", type = "{limit: integer?, collect: boolean?}", optional = true,
        doc = "limit: concurrent calls of f, default 32; collect = true: continue after a "
          .. "failure."}}, second = "table?",
    cost = "the requests of f",
    doc = "Call f for every item concurrently; return the results in the order of the items. The "
      .. "first failure stops the rest and names its item. With collect, the second result lists "
      .. "all failures: {index =, item =, err =}.",
    example = 'toggl.map(org:groups(), function(g) return g:add(org:user "ann@example.com") end, { '
      .. 'limit = 8 })'},
  {class = "toggl", name = "all", returns = "any[]", fails = true,
    params = {{name = "functions", type = "(fun(): any)[]", doc = "Functions without arguments."},
      {name = "options", type = "{limit: integer?, collect: boolean?}", optional = true,
        doc = "As for toggl.map."}}, second = "table?",
    cost = "the requests of the functions",
    doc = "Call functions concurrently; return their results in order.",
    example = 'local got = toggl.all{ function() return org:users() end, function() return '
      .. 'org:groups() end }; print(#got[1], #got[2])'},
  {class = "toggl", name = "task", returns = "toggl.task",
    params = {{name = "f", type = "fun(...: any): any, ...", doc = "The function to run."},
      {name = "...", type = "any", doc = "Its arguments."}},
    doc = "Start f(...) as a task. It runs until its first call before this returns.",
    example = 'local task = toggl.task(function() return #org:users() end); print(task:wait())'},
  {class = "toggl", name = "sleep",
    params = {{name = "seconds", type = "number", doc = "How long to sleep."}},
    doc = "Sleep without holding up other tasks.",
    example = 'toggl.sleep(0.01)'},
  {class = "task", name = "wait", returns = "any", typed = "any ...",
    doc = "Wait for the task and return what its function returned. Raises an error of the task, "
      .. "and where the task waits for the caller.",
    example = 'print(toggl.task(function() return 1, 2 end):wait())'},
  {class = "task", name = "done", returns = "boolean",
    doc = "Return whether the task has ended.",
    example = 'print(toggl.task(function() end):done())'},
  {class = "task", name = "cancel",
    doc = "End the task at its next wait: the call in flight fails as cancelled, a change that "
      .. "was sent as unknown. The end of a <close> variable does the same.",
    example = 'toggl.task(function() toggl.sleep(60) end):cancel()'},

  -- ------------------------------------------------------------------------------------------ help
  {class = "toggl", name = "help", returns = "string",
    params = {{name = "topic", type = "any", optional = true,
        doc = "A method (org.invite), the name of an operation, class, model or subject, a "
          .. "record, or nothing."}},
    doc = "Return the help text of a topic.",
    example = 'print(toggl.help(org.invite))'},
}

local parts = require "toggl.words.parts"
return table.move(parts, 1, #parts, #rows + 1, rows)
