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

local OPTIONS = {name = "options", type = "toggl.call_options", optional = true,
  doc = "Options of a call, such as {refresh = true}."}
local ONE_REQUEST = "1 request of the organization's window"
local PEOPLE = {name = "...", type = "toggl.members",
  doc = "Objects, {user_id =}, {workspace_id =}, or one list of them."}
local WORKSPACES = {name = "...", type = "toggl.workspaces",
  doc = "Objects, {workspace_id =}, or one list of them."}
local CSV = "{separator: string?, eol: string?, guard: boolean?}"
local SHOWN = "{format: string?, columns: (string|any[])?, title: string?, empty: string?, "
  .. "header: boolean?, of: table?, " .. CSV:sub(2)
local FINDS = "Its key, its name, or the object: with {refresh = true} it is read again."
local NEW_NAME = {name = "name", type = "string", doc = "The new name."}

return {
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
      .. "and errors. Returns the reply as plain values, and the response.",
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
  {class = "client", name = "check_journal", returns = "table", fails = true, cost = "nothing",
    params = {{name = "noted", type = "string", optional = true,
      doc = "A head that was noted earlier."}},
    doc = "Verify the journal's chain of hashes. events: how many are as they were written; first: "
      .. "the first that is kept; broken: the first that is not as it was written; head: the hash "
      .. "of the last good one; noted: whether the noted head is in the chain.",
    example = 'print(client:check_journal().events)'},
  {class = "client", name = "journal_status", returns = "table", fails = true, cost = "nothing",
    doc = "Return path, bytes, entries and states (how many, of all accounts), oldest (when), keep "
      .. "and redact (seconds).",
    example = 'print(client:journal_status().entries)'},
  {class = "client", name = "mend_journal", returns = "integer", fails = true, cost = "nothing",
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
      {name = "as", type = '"done"|"absent"',
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
    params = {{name = "fn", type = "fun(): any",
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
    cost = "1 request of the organization's window: Toggl filters by an address or name; for a "
      .. "key all people are read; none while the store has a complete list",
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
    cost = "2 requests: reads its people and workspaces first",
    doc = "Rename the group. Toggl does not document that people and workspaces stay when the "
      .. "name is sent alone, so both are read and sent unchanged. Such a list cannot hold invited "
      .. "people: a group with some is renamed through a workspace that it is attached to. "
      .. "Without one they would lose their place, and the error names them.",
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
  {class = "record", name = "detach", returns = "toggl.record",
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
      {name = "f", type = "fun(item: any, index: integer): any",
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
    params = {{name = "f", type = "fun(...): ...", doc = "The function to run."},
      {name = "...", type = "any", doc = "Its arguments."}},
    doc = "Start f(...) as a task. It runs until its first call before this returns.",
    example = 'local task = toggl.task(function() return #org:users() end); print(task:wait())'},
  {class = "toggl", name = "sleep",
    params = {{name = "seconds", type = "number", doc = "How long to sleep."}},
    doc = "Sleep without holding up other tasks.",
    example = 'toggl.sleep(0.01)'},
  {class = "task", name = "wait", returns = "any",
    doc = "Wait for the task and return what its function returned. Raises an error of the task.",
    example = 'print(toggl.task(function() return 1, 2 end):wait())'},
  {class = "task", name = "done", returns = "boolean",
    doc = "Return whether the task has ended.",
    example = 'print(toggl.task(function() end):done())'},
  {class = "task", name = "cancel",
    doc = "End the task at its next wait: the call in flight fails as cancelled, a change that "
      .. "was sent as unknown.",
    example = 'toggl.task(function() toggl.sleep(60) end):cancel()'},

  -- ------------------------------------------------------------------------- help, and the sandbox
  {class = "toggl", name = "help", returns = "string",
    params = {{name = "topic", type = "any", optional = true,
        doc = "A method (org.invite), the name of an operation, class, model or subject, a "
          .. "record, or nothing."}},
    doc = "Return the help text of a topic.",
    example = 'print(toggl.help(org.invite))'},
  {class = "toggl.sandbox", name = "start", returns = "toggl.sandbox",
    params = {{name = "options", type = "table", optional = true,
        doc = "people, seed, port, file, record, plan, faults and the settings of server:set: "
          .. "see doc/sandbox.md."}},
    doc = "Start a server in this process, on a Unix socket, or on loopback if a port is given "
      .. "(0: a free one).",
    example = 'local server <close> = toggl.sandbox.start{ people = 30, plan = "free" }; '
      .. 'print(#toggl.client{ sandbox = server }:organization("Acme"):users())'},
  {class = "sandbox", name = "problem", returns = "string?",
    doc = "Return a sentence about exchanges missing from the recording, on a full disk for "
      .. "instance; nil: none.",
    example = 'local server <close> = toggl.sandbox.start(); print(server:problem())'},
  {class = "sandbox", name = "stop", returns = "boolean?", second = "string?",
    doc = "Stop the server. The end of a <close> variable does the same. Returns nil and a "
      .. "sentence when exchanges are missing from the recording.",
    example = 'local server = toggl.sandbox.start(); server:stop()'},
  {class = "sandbox", name = "token", returns = "string",
    params = {{name = "who", type = "string", optional = true,
        doc = "Address, or account key as text; default: the administrator."}},
    doc = "Return the API token of a person.",
    example = 'local s <close> = toggl.sandbox.start(); print(#s:token "ann@example.com")'},
  {class = "sandbox", name = "password_of", returns = "string",
    params = {{name = "who", type = "string", doc = "Address, or account key as text."}},
    doc = "Return the password of a person.",
    example = 'local server <close> = toggl.sandbox.start(); print(#server:password_of '
      .. '"ann@example.com")'},
  {class = "sandbox", name = "set", returns = "toggl.sandbox",
    params = {{name = "knobs", type = "table",
        doc = "Such as {plan = \"free\", latency = 50, page_cap = 50}."}},
    doc = "Change settings of a running server.",
    example = 'local server <close> = toggl.sandbox.start(); server:set{ plan = "free", latency '
      .. '= 5 }'},
  {class = "sandbox", name = "fault", returns = "toggl.sandbox",
    params = {{name = "rule", type = "string",
        doc = "NAME[:WHEN][@PART OF THE PATH], such as \"commit-then-drop:1\"."}},
    doc = "Make the server misbehave by a rule.",
    example = 'local server <close> = toggl.sandbox.start(); server:fault "503:2+@/users"'},
  {class = "sandbox", name = "clear", returns = "toggl.sandbox",
    doc = "Remove all faults.",
    example = 'local server <close> = toggl.sandbox.start(); server:clear()'},
  {class = "sandbox", name = "advance", returns = "toggl.sandbox",
    params = {{name = "seconds", type = "number", doc = "Seconds to advance."}},
    doc = "Advance the server's clock.",
    example = 'local server <close> = toggl.sandbox.start(); server:advance(3600)'},
  {class = "sandbox", name = "requests", returns = "integer", second = "table[]",
    doc = "Return the number of requests received, and the last of them: {method =, path =, "
      .. "status =}.",
    example = 'local server <close> = toggl.sandbox.start(); print(server:requests())'},
  {class = "sandbox", name = "wait", returns = "boolean",
    params = {{name = "seconds", type = "number", optional = true,
        doc = "How long; default: until a signal."}},
    doc = "Block the program while the server runs. Returns true after the time, false when a "
      .. "signal came first.",
    example = 'local server <close> = toggl.sandbox.start(); server:wait(0.01)'},

  -- ------------------------------------------------------------------------ text, files, job words
  {class = "toggl.json", name = "decode", returns = "any", second = "string?",
    params = {{name = "text", type = "string", doc = "One JSON value."}},
    doc = "Parse JSON: integers stay integers, empty lists stay lists, null is toggl.null. "
      .. "Invalid JSON returns nil and the place.",
    example = 'print(toggl.json.decode("[1, 2.5, null]")[1])'},
  {class = "toggl.json", name = "encode", returns = "string?", second = "string?",
    params = {{name = "value", type = "any",
        doc = "Tables, lists, records in plain form, toggl.null."},
      {name = "options", type = "{indent: integer?, order: string[]?}", optional = true,
        doc = "indent: spaces per level; order: keys that come first."}},
    doc = "Write JSON with sorted keys. A value that JSON cannot hold returns nil and the place.",
    example = 'print(toggl.json.encode({ b = 1, a = toggl.json.array{} }, { indent = 2 }))'},
  {class = "toggl.json", name = "array", returns = "table",
    params = {{name = "t", type = "table", optional = true,
        doc = "The list; default: a new one."}},
    doc = "Mark a table as a list, so that an empty one is written as [].",
    example = 'print(toggl.json.encode(toggl.json.array{}))'},
  {class = "toggl.json", name = "is_array", returns = "boolean",
    params = {{name = "t", type = "any", doc = "Anything."}},
    doc = "Return whether a table is marked as a list.",
    example = 'print(toggl.json.is_array(toggl.json.decode "[]"))'},
  {class = "toggl.csv", name = "encode", returns = "string",
    params = {{name = "rows", type = "any[][]", doc = "Rows of cells."},
      {name = "options", type = CSV, optional = true,
        doc = "guard = false: do not escape cells that a spreadsheet would run as formulas."}},
    doc = "Write CSV.",
    example = 'io.stdout:write(toggl.csv.encode{ {"name", "email"}, {"Ann", "ann@example.com"} })'},
  {class = "toggl.csv", name = "row", returns = "string",
    params = {{name = "cells", type = "any[]",
        doc = "One row; its field n, if set, counts nil cells."},
      {name = "options", type = CSV, optional = true, doc = "As for encode."}},
    doc = "Write one line of CSV.",
    example = 'io.stdout:write(toggl.csv.row{ "Ann", 3 })'},
  {class = "toggl.csv", name = "tabs", returns = "string",
    params = {{name = "cells", type = "any[]", doc = "One row, as for row."}},
    doc = "Write one line of tab-separated values: tabs, line ends and backslashes are escaped.",
    example = 'io.stdout:write(toggl.csv.tabs{ "Ann", 3 })'},
  {class = "toggl.csv", name = "list", returns = "string",
    params = {{name = "items", type = "any[]", doc = "Items of one cell."}},
    doc = "Write a list as one cell, as --output csv does: items with a comma are quoted.",
    example = 'print(toggl.csv.list{ "Support", "Sales, EMEA" })'},
  {class = "toggl.csv", name = "items", returns = "string[]?", second = "string?",
    params = {{name = "cell", type = "string", doc = "Such a cell."}},
    doc = "Return the items of a list in a cell.",
    example = 'print(toggl.csv.items("Support, Sales")[2])'},
  {class = "toggl.csv", name = "decode", returns = "string[][]?", second = "string?",
    params = {{name = "text", type = "string", doc = "CSV."},
      {name = "options", type = CSV, optional = true, doc = "As for encode."}},
    doc = "Parse CSV: returns rows of texts, or nil and a message with the line.",
    example = 'print(toggl.csv.decode("a,b\\n1,2\\n")[2][1])'},
  {class = "toggl.csv", name = "records", returns = "table[]?", second = "string?",
    params = {{name = "text", type = "string", doc = "CSV with the names in its first line."},
      {name = "options", type = CSV, optional = true, doc = "As for encode."}},
    doc = "Parse CSV: returns tables keyed by the names in the first line.",
    example = 'print(toggl.csv.records("email,group\\nbo@example.com,Support\\n")[1].email)'},
  {class = "toggl.show", name = "text", returns = "string",
    params = {{name = "value", type = "any", doc = "A list, a record, or plain tables of them."},
      {name = "options", type = SHOWN, optional = true,
        doc = 'format: "table", "csv", "tsv", "json", "jsonl" or "markdown"; columns: '
          .. '"name,email"; separator, eol and guard as for toggl.csv.encode.'}},
    doc = "Return records as text.",
    example = 'print(toggl.show.text(org:groups(), { columns = "group_id,name" }))'},
  {class = "toggl.show", name = "print",
    params = {{name = "value", type = "any", doc = "As for text."},
      {name = "options", type = SHOWN, optional = true,
        doc = "As for text; of: the columns of a long list, such as toggl.audit.PERSON, or of an "
          .. "iterator such as org:each_user(), which are written without a Lua value for each."}},
    doc = "Write records to standard output in the format of --output and --columns.",
    example = 'toggl.show.print(org:groups(), { columns = "name" })'},
  {class = "toggl.show", name = "rows", returns = "table[]",
    params = {{name = "value", type = "any",
        doc = "A list of records, or an iterator such as org:each_user()."},
      {name = "of", type = "table", doc = "The columns, such as toggl.audit.PERSON."}},
    doc = "Return the rows of records by columns: a table each. A value that does not have the "
      .. "type of its field is left out, and named once.",
    example = 'print(toggl.show.rows(org:each_user(), toggl.audit.PERSON)[1].state)'},
  {class = "toggl.show", name = "write",
    params = {{name = "text", type = "string", doc = "Any text."}},
    doc = "Write text to standard output; raise when the reader has closed it.",
    example = 'toggl.show.write "done\\n"'},
  {class = "toggl.show", name = "flush",
    doc = "Write what a pager would show at the end of a job now: a wait or a question follows.",
    example = 'toggl.show.flush()'},
  {class = "toggl.options", name = "read", returns = "table", second = "string[]",
    params = {{name = "words", type = "string[]", doc = "Usually arg."},
      {name = "spec", type = "table<string, any>",
        doc = 'Name and kind of each option: "flag", "string", "integer", "number", or a list of '
          .. 'the allowed words.'},
      {name = "how", type = '"stop"|"pick"', optional = true,
        doc = "What to do at an unknown option."}},
    doc = "Parse a command line: returns options by name, and the other words. A usage error "
      .. "ends a job with status 2.",
    example = 'local o, rest = toggl.options.read({"--top", "3", "x"}, { top = "integer" }); '
      .. 'print(o.top, rest[1])'},
  {class = "toggl.options", name = "fail", never = true,
    params = {{name = "format", type = "string", doc = "As for string.format."},
      {name = "...", type = "any", doc = "Its values."}},
    doc = "Raise an error that ends a job with status 2.",
    example = 'print(pcall(toggl.options.fail, "there is no %s", "name"))'},
  {class = "toggl.options", name = "near", returns = "string",
    params = {{name = "word", type = "string", doc = "The word as typed."},
      {name = "names", type = "string[]", doc = "The valid names; the list is sorted in place."}},
    doc = "\", did you mean 'X'?\" for the nearest name, or an empty text, for use in a message.",
    example = 'print("no such group" .. toggl.options.near("Enginering", {"Engineering", '
      .. '"Support"}))'},
  {class = "toggl.options", name = "columns", returns = "string",
    params = {{name = "known", type = "string",
        doc = 'The names of all columns: "id,name,email".'}},
    doc = "Return the columns that a job shows: those of --columns, or all. A wrong name ends "
      .. "the job with status 2 and suggests another; call it before the first request.",
    example = 'toggl.show.print({{ id = 1, name = "Ann" }}, { columns = toggl.options.columns '
      .. '"id,name" })'},
  {class = "toggl.options", name = "select", returns = "fun(rows: table[]): table[]",
    params = {{name = "columns", type = "string", doc = 'The names of all columns: "id,name".'},
      {name = "options", type = "table",
        doc = "where = a Lua expression of the columns, sort = \"name,-id\", limit = a number."}},
    doc = "Return a function that chooses, sorts and cuts the rows of a job by its options "
      .. "--where, --sort and --limit. A fault in them ends the job with status 2; call it before "
      .. "the first request.",
    example = 'toggl.show.print(toggl.options.select("id,name", { where = "id > 1" })'
      .. '{{ id = 1, name = "Ann" }, { id = 2, name = "Bo" }})'},
  {class = "toggl.options", name = "meant", returns = "string?",
    params = {{name = "text", type = "string", doc = "A name as typed."},
      {name = "names", type = "string[]", doc = "The names that there are."}},
    doc = "Return the name that the text means: it exactly, else one that looks the same.",
    example = 'print(toggl.options.meant("support", { "Engineering", "Support" }))'},
  {class = "toggl.options", name = "lower", returns = "string",
    params = {{name = "text", type = "string", doc = "Any text."}},
    doc = "Return the text in lower case, in any script, to compare it.",
    example = 'print(toggl.options.lower "ÄRZTE")'},
  {class = "toggl.options", name = "confirm",
    params = {{name = "format", type = "string", doc = "The question, as for string.format."},
      {name = "...", type = "any", doc = "Its values."}},
    doc = "Ask on the terminal, and end the job unless the answer is yes. --yes and a dry run "
      .. "ask nothing; without a terminal the job ends.",
    example = 'arg.yes = true; toggl.options.confirm "Go on?"'},

  -- ------------------------------------------------------------------------------------- the audit
  {class = "toggl.audit", name = "read", returns = "toggl.audit_result", fails = true,
    params = {{name = "org", type = "toggl.organization", doc = "The organization."}},
    cost = "3 requests of the organization's window, and 1 for each further page of people; "
      .. "fewer while the store answers",
    doc = "Read people, groups and workspaces, change nothing, and return plain tables: plan, "
      .. "people by state (unknown: the record does not say), administrators, no_group, "
      .. "not_active, groups, empty_groups, "
      .. "workspaces, ages, requests, spent.",
    example = 'local found = toggl.audit.read(org); print(found.people.active, #found.no_group)'},
  {class = "toggl.audit", name = "state", returns = '("active"|"inactive"|"invited")?',
    params = {{name = "user", type = "toggl.user|table", doc = "A person of the organization."}},
    doc = "Return whether a person is active, deactivated or invited; nil: the record does not "
      .. "say.",
    example = 'print(toggl.audit.state(org:user "ann@example.com"))'},
  {class = "toggl.audit", name = "role", returns = '("owner"|"administrator"|"member")?',
    params = {{name = "user", type = "toggl.user|table", doc = "A person of the organization."}},
    doc = "Return the highest right of a person in the organization; nil: the record does not "
      .. "say.",
    example = 'print(toggl.audit.role(org:user "ann@example.com"))'},
  -- -------------------------------------------------------------------------------------- the plan
  {class = "organization", name = "plan", returns = "toggl.plan_result", fails = true,
    params = {{name = "desired", type = "toggl.desired",
        doc = "A desired state: a table, or the result of toggl.plan.load."},
      {name = "options", type = "toggl.plan_options",
      optional = true,
        doc = "rules = {least_admins = 1: how many must stay, own = a file of deny(why, "
          .. "function)}; now: the time; refresh = true: "
          .. "read from Toggl; max_age: seconds that a list may be old."}},
    cost = "2 requests of the organization's window, and 1 for each further page of people; "
      .. "fewer while the store answers; 1 for each workspace whose direct members matter, and 2 "
      .. "where access is removed",
    doc = "Plan the changes from the present to the desired state, in the fewest requests, with "
      .. "their price. Changes nothing.",
    example = 'print(org:plan{ people = { ["ann@example.com"] = { groups = { "Support" } } } })'},
  {class = "toggl.plan", name = "load", returns = "toggl.loaded", fails = "returns",
    params = {{name = "path", type = "string", doc = "A file that ends in .lua, .json or .csv."}},
    doc = "Read a desired state. The error lists every problem with its file and line. A Lua "
      .. "file runs in an empty environment, and only if no other user can write it.",
    example = 'print(pcall(toggl.plan.load, "/tmp/no such folder/acme.csv"))'},
  {class = "toggl.plan", name = "parse", returns = "toggl.loaded", fails = "returns",
    params = {{name = "text", type = "string", doc = "A desired state."},
      {name = "format", type = '"lua"|"json"|"csv"', doc = "Format of the text."},
      {name = "name", type = "string", optional = true, doc = "Name of the text in messages."}},
    doc = "Parse a desired state from a text.",
    example = 'print(#toggl.plan.parse("email,groups\\na@example.com,Support\\n", "csv").people)'},
  {class = "toggl.plan", name = "of", returns = "toggl.plan_result", fails = true,
    params = {{name = "org", type = "toggl.organization", doc = "The organization."},
      {name = "desired", type = "toggl.desired",
        doc = "A desired state: a table, or the result of toggl.plan.load."},
      {name = "options", type = "toggl.plan_options",
      optional = true,
        doc = "rules = {least_admins = 1: how many must stay, own = a file of deny(why, "
          .. "function)}; now: the time; refresh = true: "
          .. "read from Toggl; max_age: seconds that a list may be old."}},
    cost = "as org:plan",
    doc = "Plan a desired state for an organization: org:plan as a function.",
    example = 'print(#toggl.plan.of(org, { groups = { Design = {} } }).steps)'},
  {class = "toggl.plan", name = "kept", returns = "toggl.plan_result", fails = true,
    params = {{name = "org", type = "toggl.organization", doc = "The organization."},
      {name = "id", type = "string", doc = "Id of a plan that plan:keep has kept."},
      {name = "options", type = "{refresh: boolean?, max_age: number?}", optional = true,
        doc = "refresh = true: read from Toggl; max_age: seconds that a list may be old."}},
    errors = {"not_found"},
    cost = "as org:plan",
    doc = "Plan the desired state of a kept plan again. An error of kind guard has the difference "
      .. "where another plan came out.",
    example = 'local plan = org:plan{ groups = { Design = {} } }; if plan:keep() then '
      .. 'print(toggl.plan.kept(org, plan.id)) end'},
  {class = "toggl.plan", name = "last", returns = "string?",
    params = {{name = "org", type = "toggl.organization", doc = "The organization."}},
    doc = "Return the id of the plan that was applied to an organization last, by the journal of "
      .. "this account; nil: none.",
    example = "print(toggl.plan.last(org))"},
  {class = "toggl.plan", name = "resume", returns = "toggl.plan_result", fails = true,
    params = {{name = "org", type = "toggl.organization", doc = "The organization."},
      {name = "id", type = "string", optional = true,
        doc = "Id of the plan; default: the one that was applied last."}},
    errors = {"not_found", "unknown"},
    cost = "as org:plan{ refresh = true }",
    doc = "Return what remains of a plan whose apply ended early, as a plan to apply. Waits until "
      .. "Toggl shows what was sent, and closes entries of the journal that lost their reply by "
      .. "what is there.",
    example = 'print(pcall(toggl.plan.resume, org, "0123456789ab"))'},
  {class = "toggl.plan", name = "removals", returns = "integer",
    params = {{name = "plan", type = "toggl.plan_result", doc = "The plan, from org:plan."}},
    doc = "Return how many people a plan removes whose last day is not over.",
    example = 'print(toggl.plan.removals(org:plan{ groups = { Design = {} } }))'},
  {class = "toggl.plan", name = "run",
    params = {{name = "plan", type = "toggl.plan_result", doc = "The plan, from org:plan."},
      {name = "options", type = "{allow_removals: boolean|integer?, reserve: integer?, "
          .. "by: number?, question: string?, before: function?}",
        optional = true,
        doc = "allow_removals, reserve and by: as for plan:apply; question: in place of the id of "
          .. "the plan; before: called when the answer was yes."}},
    cost = "the price of the plan",
    doc = "Show a plan, ask on the terminal, apply it and print the receipt, as the jobs do.",
    example = 'toggl.plan.run(org:plan{})'},
  {class = "toggl.plan", name = "export", returns = "string", fails = true,
    params = {{name = "org", type = "toggl.organization", doc = "The organization."},
      {name = "format", type = '"lua"|"json"|"csv"', optional = true, doc = "Default: lua."}},
    cost = "2 requests of the organization's window, 1 for each further page of people, and 1 "
      .. "for each workspace; 1 of your account's window",
    doc = "Return the present state as a desired one: a plan of it has nothing to do. "
      .. "Memberships through a group are comments.",
    example = 'print(#toggl.plan.export(org))'},
  {class = "toggl.cache", name = "status", returns = "table", fails = "returns",
    params = {{name = "path", type = "string", optional = true,
        doc = "The file; default: that of this user."}},
    doc = "Return the status of the store of replies without changing it: path, there, bytes, "
      .. "limit, replies, oldest and newest (seconds since 1970), trimmed, trimmed_bytes and "
      .. "trimmed_at (deleted to keep it small), version, rows, copies and copy_bytes "
      .. "(quarantined), problem (an error: why it cannot be used).",
    example = 'print(toggl.cache.status("/tmp/no such folder/cache.db").there)'},
  {class = "toggl.cache", name = "check", returns = "table", fails = "returns",
    params = {{name = "path", type = "string", optional = true,
        doc = "The file; default: that of this user."}},
    errors = {"invalid"},
    doc = "Compare the replies of the store with their checksums, and the rows that finders use "
      .. "with those that the texts give: path, replies, damaged, lists, records, differ. Rows "
      .. "that differ are removed; the next finder makes them again.",
    example = 'print(toggl.cache.check("/tmp/no such folder/cache.db").replies)'},
  {class = "toggl.cache", name = "clear", returns = "table", fails = "returns",
    params = {{name = "path", type = "string", optional = true,
        doc = "The file; default: that of this user."}},
    errors = {"invalid"},
    doc = "Remove the replies of all accounts and the quarantined copies, and return the counts: "
      .. "path, replies, bytes, copies. A damaged store is recreated; one of a newer version or "
      .. "of another program is left alone, and err.removed of the error has the counts.",
    example = 'print(toggl.cache.clear("/tmp/no such folder/cache.db").replies)'},
  {class = "toggl.report", name = "page", returns = "string",
    params = {{name = "found", type = "toggl.audit_result",
      doc = "The result of toggl.audit.read."}},
    doc = "Return a self-contained HTML page: no script, font, image or address.",
    example = 'print(#toggl.report.page(toggl.audit.read(org)))'},
  {class = "toggl.report", name = "write", returns = "boolean?", second = "string?",
    params = {{name = "path", type = "string", doc = "The file."},
      {name = "page", type = "string", doc = "The page."}},
    doc = "Write a page, readable by its owner alone, since it has names and addresses. A reader "
      .. "sees the old page or the new one.",
    example = 'local path = os.tmpname(); assert(toggl.report.write(path, "<p>")); '
      .. 'os.remove(path)'},
  {class = "toggl.report", name = "foreign", returns = "boolean",
    params = {{name = "path", type = "string", doc = "Path of a file that may not exist."}},
    doc = "Return whether a file other than an older report is there, which writing would "
      .. "replace.",
    example = 'print(toggl.report.foreign "/etc/passwd")'},
}
