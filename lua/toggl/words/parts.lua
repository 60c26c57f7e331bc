-- The parts of toggl, such as toggl.csv and toggl.sandbox: rows as in methods.lua, which ends with
-- them. A file of its own: a job that uses a part reads it, to check the arguments.

local CSV = "{separator: string?, eol: string?, guard: boolean?}"
local SHOWN = "{format: string?, columns: (string|any[])?, title: string?, empty: string?, "
  .. "header: boolean?, of: table?, " .. CSV:sub(2)

return {
  -- --------------------------------------------------------------------------------------- sandbox
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
  {class = "toggl.csv", name = "sheet", returns = "string[][]?", second = "integer|string",
    params = {{name = "text", type = "string", doc = "CSV text as a spreadsheet saves it."}},
    doc = "Read CSV whose separator is a comma, a semicolon or a tab, also named by a first line "
      .. "such as sep=; and return the number of lines in front of the rows too. Text that is not "
      .. "UTF-8 returns nil and the place.",
    example = 'print(toggl.csv.sheet("sep=;\\na;b\\n1;2\\n")[2][1])'},
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
  {class = "toggl.options", name = "filters", returns = "string", second = "string?",
    params = {{name = "text", type = "string", doc = "A name or address, or a part of one."}},
    doc = "Return the filter for org:users that finds the text in each of its forms, and a wider "
      .. "one, if any, for when that finds no one. A reply may hold more people than are meant.",
    example = 'print(toggl.options.filters "Zoë O\'Neil")'},
  {class = "toggl.options", name = "complete", returns = "toggl.list",
    params = {{name = "list", type = "toggl.list", doc = "A list of records."},
      {name = "what", type = "string", doc = "What they are, for the message: people."}},
    doc = "Return the list, and raise an error of kind partial where it is not complete: what is "
      .. "not in it may be there all the same.",
    example = 'print(#toggl.options.complete(org:users(), "people"))'},
  {class = "toggl.options", name = "quoted", returns = "string",
    params = {{name = "word", type = "string", doc = "Such as a path."}},
    doc = "Return the word as a shell reads it back as one word, for a command in a message.",
    example = 'print(toggl.options.quoted "the team\'s.lua")'},
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
