-- Facts about the module that no row holds: classes, fields of plain tables, refusals of the
-- service; and the lists of csrc/toggl/lists.h. Data alone. help, the reference, the types for
-- editors and the manual pages are made from it; spec/help_spec.lua compares it with the code.

local common = require "toggl.class.common"
local core = require "toggl.core"

local M = {}

-- In the order of the documents. `name` is the variable that examples use for such an object.
M.classes = {
  {class = "client",
    doc = "One account at one server, with its connections, store and quota ledger."},
  {class = "organization",
    doc = "An organization: people, groups, invitations, plan, ownership."},
  {class = "user", doc = "A person in an organization, with all keys of the reply."},
  {class = "group",
    doc = "A group of people of an organization, attached to workspaces."},
  {class = "workspace", doc = "A workspace of an organization."},
  {class = "member", doc = "A person in a workspace, by the workspace-user key."},
  {class = "membership",
    doc = "The membership of a person in a workspace, seen from the person."},
  {class = "invitation", doc = "A sent invitation."},
  {class = "transfer", doc = "A transfer of ownership, pending or finished."},
  {class = "workspace_group",
    doc = "A group in its older form, as listed by a workspace."},
  {class = "record", doc = "Methods common to records of every class."},
  {class = "list", doc = "A list of records: #list, list[i], ipairs(list)."},
  {class = "task",
    doc = "A function that runs concurrently in one thread: its calls do not block."},
  {class = "sandbox", name = "server", doc = "A server in this process that behaves like Toggl."},
  {class = "toggl", doc = "The module itself: functions, called with a dot."},
  {class = "toggl.json",
    doc = "JSON for files and scripts: exact integers, sorted keys, strict."},
  {class = "toggl.csv",
    doc = "CSV by RFC 4180, safe to open in a spreadsheet."},
  {class = "toggl.show",
    doc = "Values as tables for people, or CSV and JSON for programs."},
  {class = "toggl.options", doc = "The command line of a job."},
  {class = "toggl.audit",
    doc = "The state of an organization, in few requests."},
  {class = "toggl.plan",
    doc = "The changes that bring an organization to a desired state."},
  {class = "toggl.report", doc = "An audit as one HTML page."},
  {class = "toggl.cache",
    doc = "The file of stored replies, without a client or credentials."},
  {class = "toggl.sandbox", doc = "Starts sandboxes."},
}
for _, c in ipairs(M.classes) do
  c.name = c.name or common.object_name(c.class)
end

-- Fields that are neither methods nor functions of a row, by class. Of records: beside those of
-- their model, unless the server sent one of that name.
M.class_fields = {
  toggl = {
    {name = "_VERSION", type = "string", doc = "Version of the module."},
    {name = "null", type = "toggl.null", doc = "The value for JSON null."},
    {name = "operations", type = "table",
      doc = "The rows of the operations, by position and by name."},
    {name = "models", type = "table", doc = "The rows of the models, by position and by name."},
  },
  record = {
    {name = "stale", type = "boolean",
      doc = "From a reply older than requested, used because nothing fresher was available."},
    {name = "settling", type = "number?",
      doc = "Read so soon after a change that Toggl may not show it: seconds to wait before "
          .. "reading again."},
  },
  sandbox = {
    {name = "url", type = "string", doc = "Base address, which ends in /api/v9."},
    {name = "socket", type = "string?", doc = "Path of the socket; nil with a TCP port."},
    {name = "organization_id", type = "integer", doc = "Key of the organization Acme."},
    {name = "email", type = "string", doc = "Address of the administrator."},
    {name = "password", type = "string", doc = "Password of the administrator."},
    {name = "api_token", type = "string", doc = "Token of the administrator."},
  },
  ["toggl.json"] = {
    {name = "null", type = "toggl.null", doc = "The value for JSON null: toggl.null."},
  },
  ["toggl.show"] = {
    {name = "format", type = "string", doc = "That of --output."},
    {name = "columns", type = "(string|any[])?", doc = "Those of --columns; nil: not given."},
  },
  ["toggl.audit"] = {
    {name = "PERSON", type = "table",
      doc = "The columns of a person for toggl.show.print and rows: id, name, email, state, role, "
          .. "groups, workspaces, user_id."},
  },
  -- What the job auth does.
  ["toggl.secrets"] = {
    {name = "ask", type = "fun(question: string): string",
      doc = "Read a secret from the terminal without echo."},
    {name = "asks", type = "fun(): boolean", doc = "Whether a person at a terminal can be asked."},
    {name = "check", type = "fun(name: string, given: table, source: string?): toggl.model.me",
      doc = "Ask the server for the account of these credentials: 1 request."},
    {name = "chosen", type = "fun(option: string?): string?, string?",
      doc = "The profile of this run, and what names it."},
    {name = "drop", type = "fun(name: string): string[]",
      doc = "Remove the secrets of a profile; returns sentences."},
    {name = "email", type = "fun(text: string?): string?",
      doc = "The address as it is stored; an error where it is none."},
    {name = "found", type = "fun(): table?, string?",
      doc = "Credentials outside of profiles, and their place."},
    {name = "place", type = "fun(name: string): string?, string?, string?",
      doc = "Where a profile has its secret, in a sentence."},
    {name = "status", type = "fun(option: string?): string[]?, table|true|nil",
      doc = "Where the credentials of this run come from, as lines; nil: there are none."},
    {name = "store",
      type = 'fun(name: string, given: {token: string?, email: string?, password: string?}, '
        .. 'place: "keyring"|"file"): string',
      doc = "Store a secret as a profile; returns a sentence."},
  },
  -- What require gives for these names, for the loop of a host.
  ["toggl.tasks"] = {
    {name = "task", type = "fun(f: (fun(...: any): any, ...), ...: any): toggl.task",
      doc = "Start a task: toggl.task."},
    {name = "sleep", type = "fun(seconds: number)", doc = "Let others run: toggl.sleep."},
    {name = "pollfd", type = "fun(): integer?, toggl.error",
      doc = "The descriptor for a loop: readable while turn() has work."},
    {name = "turn", type = "fun(before: function?, after: function?): integer, string?",
      doc = "Do what can be done now; tasks not yet done, and why to come back later."},
    {name = "poll", type = "fun(before: function?, after: function?): toggl.fd[]?, number",
      doc = "As turn: what to poll, and the seconds until the next call; nil: no task is left."},
    {name = "count", type = "fun(): integer", doc = "The number of tasks not yet done."},
  },
  ["toggl.loop.luv"] = {
    {name = "task", type = "fun(f: (fun(...: any): any, ...), ...: any): toggl.task",
      doc = "Start a task that uv.run() runs."},
    {name = "drive", type = "fun()", doc = "Let uv.run() run all tasks."},
  },
  ["toggl.loop.cqueues"] = {
    {name = "task", type = "fun(controller: any, f: any, ...: any): toggl.task",
      doc = "Start a task that the controller runs; without it, the running one."},
    {name = "drive", type = "fun(controller: any)", doc = "Let the controller run all tasks."},
  },
  ["toggl.arg"] = {
    {name = "yes", type = "boolean", doc = "--yes was given."},
    {name = "dry_run", type = "boolean", doc = "--dry-run was given."},
    {name = "refresh", type = "boolean", doc = "--refresh was given."},
    {name = "profile", type = "string?", doc = "That of --profile."},
  },
}

-- Kinds of keys: the field that names one in a table, and the words for it.
M.keys = {}
for _, row in ipairs(core.keys) do
  M.keys[row.field] = row.words
end

-- Options of toggl.client, and those for the table of any call, beside its parameters.
M.client_options, M.call_options = core.client_options, core.call_options

-- Kinds of errors: err.kind. `always`: any call may return it.
M.kinds = core.kinds

-- The words of a list of the core as a type: "wire"|"store".
local function words_of(list)
  local words = {}
  for i, row in ipairs(list) do
    words[i] = ('"%s"'):format(row.word)
  end
  return table.concat(words, "|")
end

local function reasons()
  local words = {}
  for i, row in ipairs(core.reasons) do
    words[i] = row.word
  end
  return table.concat(words, ", ")
end

-- Kinds of errors that no call returns, but plans, files and the command line.
local OTHER_KINDS = { "guard", "setting", "usage", "output" }

local function kinds()
  local words = {}
  for i, row in ipairs(core.kinds) do
    words[i] = row.kind
  end
  table.move(OTHER_KINDS, 1, #OTHER_KINDS, #words + 1, words)
  return '"' .. table.concat(words, '"|"') .. '"'
end

-- Fields of values that are not records. `closed`: a table of options, which takes no other name;
-- `least`: of a number.
M.shapes = {
  {class = "toggl.done",
    doc = "The result of a verb. tostring() gives the sentence.", fields = {
    {name = "message", type = "string", doc = "What was done, in one sentence."},
    {name = "sent", type = "boolean", doc = "false in a dry run."},
    {name = "result", type = "any", doc = "The reply: a record, or true when it holds nothing."},
  }},
  {class = "toggl.error",
    doc = "What went wrong. tostring() gives the message and the advice.", fields = {
    {name = "kind", type = kinds(), doc = "One word for programs."},
    {name = "reason", type = "string?",
      doc = "Why, if that decides what to do next: " .. reasons() .. "."},
    {name = "message", type = "string", doc = "What happened and what was not done."},
    {name = "advice", type = "string?", doc = "What to do next."},
    {name = "where", type = "string?", doc = "File and line of the call, such as audit.lua:3: ."},
    {name = "status", type = "integer?", doc = "HTTP status; nil without a reply."},
    {name = "operation", type = "string?", doc = "Official name of the operation."},
    {name = "retry_after", type = "number?", doc = "Seconds until a repeat can succeed."},
    {name = "body", type = "string?",
      doc = "Beginning of the reply body, printable and without secrets."},
    {name = "partial", type = "toggl.list?", doc = "The pages read before a list failed."},
    {name = "next_page", type = "integer|string?",
      doc = "The page to continue from, beside partial."},
    {name = "incomplete", type = "string?",
      doc = "Of not_found: why the searched list is not complete."},
    {name = "result", type = "toggl.record?", doc = "The reply to a change that was made in part."},
    {name = "unconfirmed", type = "string[]?", doc = "Invited addresses missing from the reply."},
    {name = "refused", type = "string[]?", doc = "Why the server refused parts of a change."},
    {name = "problems", type = "table[]?", doc = "From toggl.plan.load: each fault of the file."},
    {name = "rule", type = "string?", doc = "Of guard: the rule of the plan that refused."},
    {name = "difference", type = "string[]?",
      doc = "Of guard, for a kept plan: what has become another change."},
    {name = "receipt", type = "toggl.receipt?", doc = "From plan:apply: what was done."},
    {name = "removed", type = "table?",
      doc = "From toggl.cache.clear: what was removed all the same."},
    {name = "index", type = "integer?", doc = "Position of the item that failed, from toggl.map."},
    {name = "item", type = "any", doc = "That item."},
  }},
  {class = "toggl.response",
    doc = "Second result of client.api.NAME and client:request.", fields = {
    {name = "status", type = "integer", doc = "HTTP status; 0 without a reply."},
    {name = "headers", type = "table<string, string>",
      doc = "Headers by their names in lower case."},
    {name = "cost", type = "integer", doc = "Requests spent."},
    {name = "from", type = words_of(core.sources),
      doc = "Where the reply came from; dry: nothing was sent."},
    {name = "at", type = "number", doc = "When the server answered: seconds since 1970."},
    {name = "stale", type = "boolean",
      doc = "Older than requested, used because nothing fresher was available."},
    {name = "settling", type = "number?",
      doc = "Read so soon after a change that Toggl may not show it until so many seconds after "
          .. "at."},
    {name = "nulls", type = "integer?",
      doc = "How many records of a list are left out, because null came in their place."},
  }},
  {class = "toggl.list", doc = "A list of records.", fields = {
    {name = "complete", type = "boolean",
      doc = "It has all pages, and one unchanging list explains every reply."},
    {name = "incomplete", type = "string?", doc = "Why it is not complete."},
    {name = "stale", type = "boolean",
      doc = "Older than requested, used because nothing fresher was available."},
    {name = "settling", type = "number?",
      doc = "Read so soon after a change that Toggl may not show it: seconds to wait before "
          .. "reading again."},
    {name = "at", type = "number?",
      doc = "When the server answered its oldest page; nil for a list inside a record."},
    {name = "age", type = "number?", doc = "Seconds since then."},
    {name = "pages", type = "integer", doc = "Number of pages read."},
  }},
  {class = "toggl.loaded", base = "toggl.desired",
    doc = "A desired state that was read, from toggl.plan.load.", fields = {
    {name = "people", type = "toggl.desired.person[]", doc = "In the order of the file."},
    {name = "groups", type = "toggl.desired.group[]", doc = "In the order of the file."},
    {name = "workspaces", type = "toggl.desired.workspace[]", doc = "In the order of the file."},
  }},
  {class = "toggl.audit_result", doc = "The state of an organization, from toggl.audit.read.",
    fields = {
    {name = "plan", type = "table", doc = "The plan of the organization."},
    {name = "people", type = "table<string, integer>", doc = "How many people, by state."},
    {name = "administrators", type = "any[]", doc = "People who administer the organization."},
    {name = "no_group", type = "any[]", doc = "People in no group."},
    {name = "not_active", type = "any[]", doc = "People who are invited or deactivated."},
    {name = "groups", type = "any[]", doc = "Groups and their people."},
    {name = "empty_groups", type = "any[]", doc = "Groups without people."},
    {name = "groupless", type = "table", doc = "Shares of people in no group, by workspace."},
    {name = "workspaces", type = "any[]", doc = "Workspaces and their people."},
    {name = "requests", type = "any[]", doc = "Requests that were spent, by operation."},
    {name = "ages", type = "any[]", doc = "Ages of the lists that were read."},
    {name = "spent", type = "integer", doc = "Requests that were spent."},
    {name = "at", type = "integer", doc = "When: seconds since 1970."},
  }},
  {class = "toggl.window", doc = "A quota window, from client:quota().", fields = {
    {name = "organization_id", type = "integer?",
      doc = "The organization whose window it is; nil: the account's own."},
    {name = "workspace_id", type = "integer?",
      doc = "Set while the organization of this workspace is not known."},
    {name = "total", type = "integer?", doc = "Requests per window; nil: not known yet."},
    {name = "remaining", type = "integer?", doc = "Requests left; nil: not known yet."},
    {name = "resets_in", type = "number?", doc = "Seconds until the window resets."},
    {name = "spent", type = "integer", doc = "Requests ever counted in this state file."},
  }},
  {class = "toggl.cost", doc = "Requests that a client has spent, from client:cost().", fields = {
    {name = "total", type = "integer", doc = "Requests."},
    {name = "by_operation", type = "table<string, integer>",
      doc = "Requests by the name of the operation."},
    {name = "by_window", type = "table<integer|string, integer>",
      doc = "Requests by organization, and \"user\"."},
  }},
  {class = "toggl.event", doc = "The argument of the log function.", fields = {
    {name = "type", type = words_of(core.events), doc = "What happened."},
    {name = "at", type = "number", doc = "When: seconds since 1970."},
    {name = "operation", type = "string?",
      doc = "Official name of the operation; nil for client:request."},
    {name = "method", type = "string?", doc = "HTTP method."},
    {name = "path", type = "string?", doc = "Below the base address, without secrets."},
    {name = "try", type = "integer", doc = "Attempt, from 1."},
    {name = "status", type = "integer?", doc = "HTTP status of a reply."},
    {name = "seconds", type = "number", doc = "How long a reply took, or a wait will take."},
    {name = "bytes", type = "integer", doc = "Size of the body."},
    {name = "reason", type = "string?", doc = "Why the call waits or is retried."},
    {name = "body", type = "string?",
      doc = "In a dry run: the body of the request, without secrets."},
    {name = "request", type = "string?",
      doc = "In a dry run: the whole request as JSON, without secrets."},
    {name = "remaining", type = "integer?",
      doc = "Requests left in the window, if the server reported it."},
  }},
  {class = "toggl.fd", doc = "A descriptor to poll, from client:fds().", fields = {
    {name = "fd", type = "integer", doc = "Its number."},
    {name = "read", type = "boolean?", doc = "Wait until it can be read."},
    {name = "write", type = "boolean?", doc = "Wait until it can be written."},
  }},
}
for _, shape in ipairs(require "toggl.words.plans") do
  M.shapes[#M.shapes + 1] = shape
end

-- Fields of the iterator that each_ methods return.
M.loop_fields = {
  {name = "complete", type = "boolean", doc = "At its end: it has gone through all records."},
  {name = "incomplete", type = "string?", doc = "At its end: why it has not."},
}

-- Parameters that a method takes in place of one of its operation, by operation.
M.more_params = {
  put_organization_users = {
    {name = "role", type = "number|string|toggl.key.role_id",
      doc = "New role by its name, type or code, in place of role_id."},
  },
}

-- Views whose names are not the plural of their model, and views of lists inside a record.
M.view_names = {
  org_user = "users", workspace_user = "workspace_users",
    simple_workspace_user = "workspace_people", me = "me",
  ["org_user.workspaces"] = "memberships", ["org_user.groups"] = "user_groups",
    ["group.users"] = "group_members",
}

-- Why the service rejects an operation, by status, if more is known than the kind states.
M.refusals = {
  post_organization = {[400] = "a name is empty, blank or over 140 characters",
    [403] = "you may not create organizations"},
  put_organization = {[400] = "the name is empty or over 140 characters",
    [403] = "you may not change it"},
  get_organization = {[404] = "there is no organization with this key, or you are not in it"},
  get_organization_usage = {[404] = "you are not in this organization"},
  delete_organization_users_leave = {[400] = "you are the owner or the paying user, or not in it"},
  get_organization_users = {[400] = "a filter names something that is not there",
    [403] = "you may not list people"},
  get_organization_users_detailed = {[400] = "a filter names something that you cannot see"},
  put_organization_users = {
    [400] = "the person is not in this organization, or is in several; the address is malformed "
        .. "or taken; a group, workspace or role is not of this organization; or the owner or "
        .. "paying user would lose rights",
    [403] = "you may not change people", [404] = "no person has this organization-user key"},
  patch_organization_users = {
    [400] = "the owner, the paying user, or a person outside this organization is among them",
    [403] = "you may not remove people"},
  get_organization_groups = {[400] = "a key is malformed"},
  post_organization_group = {[400] = "the name is taken, or a person or workspace is not in the "
      .. "organization"},
  put_organization_group = {[400] = "the name is taken, or a person or workspace is not in the "
      .. "organization",
    [404] = "no group has this key"},
  patch_organization_group = {[400] = "a patch names a person or workspace outside the "
      .. "organization; patches that are refused one by one stand in `failure` of the reply",
    [403] = "you may not manage groups",
    [404] = "no group has this key"},
  delete_organization_group = {[404] = "no group has this key"},
  post_organization_invitation = {[400] = "an address is malformed or belongs to a deactivated "
      .. "person, a workspace is unknown, or the plan allows no more people or invitations"},
  put_invitation = {[400] = "the invitation is of another organization",
    [404] = "there is no such invitation"},
  get_invitations = {[404] = "the code is wrong"},
  post_organization_accept_invitation = {[403] = "the invitation is for another person",
    [404] = "the code is wrong"},
  post_reject_invitation = {[403] = "the invitation is for another person",
    [404] = "the code is wrong"},
  post_organization_workspaces = {
    [400] = "the name is taken, no more workspaces are allowed, or an administrator is not in "
        .. "the organization",
    [402] = "a field of a paid plan was sent",
      [404] = "the organization or its owner was not found"},
  put_workspaces = {[402] = "a field of a paid plan was sent"},
  put_organization_workspaces_assignments = {[400] = "nothing would change, a key is wrong, or "
      .. "the workspace owner, paying user or an administrator would be removed",
    [410] = "the service no longer has it"},
  patch_organization_workspace_users = {[400] = "a key is wrong"},
  put_workspace_workspace_users = {[400] = "no such membership, or the role is not of this "
      .. "workspace",
    [402] = "a field of a paid plan was sent"},
  get_organization_subscription = {[403] = "only administrators may read this"},
  get_unified_customer = {[403] = "only administrators may read this"},
  get_organizations_payments_records = {[400] = "the billing service refuses, and says why"},
  get_audit_logs = {[403] = "you may not read it, or the plan does not include it"},
  get_me_logged = {[403] = "the credentials are wrong"},
}

return M
