---@meta toggl
-- Types for editors of what togglsh runs: a failed call raises, and client, org, toggl and arg are
-- globals. Made by scripts/dev/gen.

---The client of this run, made on first use.
---@type toggl.client
client = {}

---The organization of --org, of the profile, or the only one.
---@type toggl.model.organization
org = {}

---@type toggl
toggl = {}

---@type toggl.arg
arg = {}

---In a file of rules: deny a plan in which the function returns true or a reason for a person.
---@param why string
---@param rule fun(person: table): any
function deny(why, rule) end

---In the start file of the prompt: run a line as if it was typed.
---@param line string
function prompt(line) end

---@alias toggl.null lightuserdata JSON null as a value

---@alias toggl.value.user_id
---| integer
---| toggl.user
---| toggl.member
---| toggl.model.simple_workspace_user
---| toggl.model.statistics_admin
---| toggl.model.me

---@alias toggl.key.user_id
---| toggl.user
---| toggl.member
---| toggl.model.simple_workspace_user
---| toggl.model.statistics_admin
---| toggl.model.me
---| {user_id: toggl.value.user_id}

---@alias toggl.keys.user_id
---| toggl.key.user_id[]
---| toggl.list.owner
---| toggl.list.org_user
---| toggl.list.group_user
---| toggl.list.workspace_user
---| toggl.list.simple_workspace_user
---| toggl.list.statistics_admin
---| toggl.list.me

---@alias toggl.numbers.user_id
---| (integer|toggl.key.user_id)[]
---| toggl.list.owner
---| toggl.list.org_user
---| toggl.list.group_user
---| toggl.list.workspace_user
---| toggl.list.simple_workspace_user
---| toggl.list.statistics_admin
---| toggl.list.me

---@alias toggl.value.organization_user_id
---| integer
---| toggl.model.owner
---| toggl.model.org_user

---@alias toggl.key.organization_user_id
---| toggl.model.owner
---| toggl.model.org_user
---| {organization_user_id: toggl.value.organization_user_id}

---@alias toggl.keys.organization_user_id
---| toggl.key.organization_user_id[]
---| toggl.list.owner
---| toggl.list.org_user

---@alias toggl.numbers.organization_user_id
---| (integer|toggl.key.organization_user_id)[]
---| toggl.list.owner
---| toggl.list.org_user

---@alias toggl.value.workspace_user_id
---| integer
---| toggl.model.org_user_workspace
---| toggl.model.invitation_membership
---| toggl.member

---@alias toggl.key.workspace_user_id
---| toggl.model.org_user_workspace
---| toggl.model.invitation_membership
---| toggl.member
---| {workspace_user_id: toggl.value.workspace_user_id}

---@alias toggl.keys.workspace_user_id
---| toggl.key.workspace_user_id[]
---| toggl.list.org_user_workspace
---| toggl.list.invitation_membership
---| toggl.list.workspace_user

---@alias toggl.numbers.workspace_user_id
---| (integer|toggl.key.workspace_user_id)[]
---| toggl.list.org_user_workspace
---| toggl.list.invitation_membership
---| toggl.list.workspace_user

---@alias toggl.value.invitation_id
---| integer
---| toggl.model.org_user
---| toggl.model.invitation

---@alias toggl.key.invitation_id
---| toggl.model.org_user
---| toggl.model.invitation
---| {invitation_id: toggl.value.invitation_id}

---@alias toggl.keys.invitation_id
---| toggl.key.invitation_id[]
---| toggl.list.org_user
---| toggl.list.invitation

---@alias toggl.numbers.invitation_id
---| (integer|toggl.key.invitation_id)[]
---| toggl.list.org_user
---| toggl.list.invitation

---@alias toggl.value.group_id
---| integer
---| toggl.model.group_ref
---| toggl.group
---| toggl.workspace_group

---@alias toggl.key.group_id
---| toggl.model.group_ref
---| toggl.group
---| toggl.workspace_group
---| {group_id: toggl.value.group_id}

---@alias toggl.keys.group_id
---| toggl.key.group_id[]
---| toggl.list.group_ref
---| toggl.list.group
---| toggl.list.workspace_group

---@alias toggl.numbers.group_id
---| (integer|toggl.key.group_id)[]
---| toggl.list.group_ref
---| toggl.list.group
---| toggl.list.workspace_group

---@alias toggl.value.workspace_id
---| integer
---| toggl.workspace
---| toggl.model.workspace_features

---@alias toggl.key.workspace_id
---| toggl.workspace
---| toggl.model.workspace_features
---| {workspace_id: toggl.value.workspace_id}

---@alias toggl.keys.workspace_id
---| toggl.key.workspace_id[]
---| toggl.list.workspace
---| toggl.list.workspace_with_count
---| toggl.list.workspace_features

---@alias toggl.numbers.workspace_id
---| (integer|toggl.key.workspace_id)[]
---| toggl.list.workspace
---| toggl.list.workspace_with_count
---| toggl.list.workspace_features

---@alias toggl.value.organization_id
---| integer
---| toggl.organization

---@alias toggl.key.organization_id
---| toggl.organization
---| {organization_id: toggl.value.organization_id}

---@alias toggl.keys.organization_id
---| toggl.key.organization_id[]
---| toggl.list.organization
---| toggl.list.new_organization

---@alias toggl.numbers.organization_id
---| (integer|toggl.key.organization_id)[]
---| toggl.list.organization
---| toggl.list.new_organization

---@alias toggl.value.transfer_id
---| integer
---| toggl.transfer

---@alias toggl.key.transfer_id
---| toggl.transfer
---| {transfer_id: toggl.value.transfer_id}

---@alias toggl.keys.transfer_id
---| toggl.key.transfer_id[]
---| toggl.list.transfer

---@alias toggl.numbers.transfer_id
---| (integer|toggl.key.transfer_id)[]
---| toggl.list.transfer

---@alias toggl.value.role_id
---| integer
---| toggl.model.role

---@alias toggl.key.role_id
---| toggl.model.role
---| {role_id: toggl.value.role_id}

---@alias toggl.keys.role_id
---| toggl.key.role_id[]
---| toggl.list.role

---@alias toggl.numbers.role_id
---| (integer|toggl.key.role_id)[]
---| toggl.list.role

---@alias toggl.value.plan_id
---| integer
---| toggl.model.plan_offer
---| toggl.model.plan_with_features
---| toggl.model.plan

---@alias toggl.key.plan_id
---| toggl.model.plan_offer
---| toggl.model.plan_with_features
---| toggl.model.plan
---| {plan_id: toggl.value.plan_id}

---@alias toggl.keys.plan_id
---| toggl.key.plan_id[]
---| toggl.list.plan_offer
---| toggl.list.plan_with_features
---| toggl.list.plan

---@alias toggl.numbers.plan_id
---| (integer|toggl.key.plan_id)[]
---| toggl.list.plan_offer
---| toggl.list.plan_with_features
---| toggl.list.plan

---@alias toggl.person
---| toggl.user
---| toggl.member
---| toggl.model.simple_workspace_user
---| toggl.model.statistics_admin
---| toggl.model.me
---| toggl.model.invitation
---| {user_id: toggl.value.user_id}
---| {organization_user_id: toggl.value.organization_user_id}
---| {invitation_id: toggl.value.invitation_id}
---| {email: string}
---| {name: string}

---@alias toggl.people
---| toggl.key.organization_user_id
---| toggl.keys.organization_user_id

---@alias toggl.workspaces
---| toggl.key.workspace_id
---| toggl.keys.workspace_id

---@alias toggl.members
---| toggl.key.user_id
---| toggl.keys.user_id
---| toggl.key.workspace_id
---| toggl.keys.workspace_id
---| (toggl.key.user_id|toggl.key.workspace_id)[]

---The membership of a person in one workspace.
---@class toggl.given.org_user_workspace
---@field workspace_user_id? toggl.key.workspace_user_id Workspace-user key: what removing people from a workspace takes.
---@field workspace_id integer|toggl.key.workspace_id The workspace.
---@field active? boolean The membership is live.
---@field admin? boolean Administrator of the workspace; role_id is the newer form.
---@field cost? number Labor cost an hour in units of money, not cents.
---@field default_currency? string Currency code of the workspace.
---@field groups? toggl.item.group_ref[]|toggl.list.group_ref Groups that give this membership.
---@field inactive? boolean Deactivated in this workspace.
---@field rate? number Billable rate an hour in units of money.
---@field role? string Role as a word; role_id is the newer form.
---@field role_id? integer|toggl.key.role_id Key of the role; org:roles() lists them.
---@field view_edit_billable_rates? boolean May see and change billable rates.
---@field view_edit_labor_costs? boolean May see and change labor costs.
---@field working_hours? number Working time in hours.
---@field workspace_name? string Name of the workspace.

---@alias toggl.item.org_user_workspace
---| toggl.given.org_user_workspace
---| toggl.model.org_user_workspace
---| toggl.workspace
---| toggl.model.workspace_features

---A group in short.
---@class toggl.given.group_ref
---@field group_id? integer|toggl.key.group_id Group key.
---@field name? string Name of the group.

---@alias toggl.item.group_ref
---| toggl.given.group_ref
---| toggl.model.group_ref

---One change of a group.
---@class toggl.given.group_patch
---@field op "add"|"remove" What to do.
---@field path "/users"|"/workspaces" What to change: the people of the group or its workspaces.
---@field value integer[]|toggl.keys.user_id|toggl.keys.workspace_id Account keys for /users, workspace keys for /workspaces.

---@alias toggl.item.group_patch
---| toggl.given.group_patch
---| toggl.model.group_patch

---A workspace that invited people get, and as what.
---@class toggl.given.invitation_workspace
---@field admin? boolean Make them administrators of the workspace; role_id is the newer form.
---@field integration_data? toggl.item.integration_data Where the membership comes from in another system.
---@field role? string Role as a word; role_id is the newer form.
---@field role_id? integer|toggl.key.role_id Key of the role; org:roles() lists them.
---@field workspace_id integer|toggl.key.workspace_id The workspace.

---@alias toggl.item.invitation_workspace
---| toggl.given.invitation_workspace
---| toggl.model.invitation_workspace
---| toggl.workspace
---| toggl.model.workspace_features

---Where an invited membership comes from in another system.
---@class toggl.given.integration_data
---@field external_id? string Key in the other system.
---@field external_type? string Kind of the thing in the other system.
---@field provider? string Name of the other system.

---@alias toggl.item.integration_data
---| toggl.given.integration_data
---| toggl.model.integration_data

---A project that invited people get.
---@class toggl.given.project_invite
---@field manager? boolean Make them managers of the project.
---@field project_id? integer|{project_id: integer} The project.
---@field workspace_id? integer|toggl.key.workspace_id The workspace of the project.

---@alias toggl.item.project_invite
---| toggl.given.project_invite
---| toggl.model.project_invite

---The result of a verb. tostring() gives the sentence.
---@class toggl.done
---@field message string What was done, in one sentence.
---@field sent boolean false in a dry run.
---@field result any The reply: a record, or true when it holds nothing.

---What went wrong. tostring() gives the message and the advice.
---@class toggl.error
---@field kind "auth"|"forbidden"|"not_found"|"invalid"|"conflict"|"quota"|"plan"|"rate"|"gone"|"server"|"transport"|"timeout"|"decode"|"cancelled"|"offline"|"partial"|"unknown"|"guard"|"setting"|"usage"|"output" One word for programs.
---@field reason string? Why, if that decides what to do next: credentials, window, max_requests, time, body, store_only, cleartext, retired, large, open, unrecorded, no_journal.
---@field message string What happened and what was not done.
---@field advice string? What to do next.
---@field where string? File and line of the call, such as audit.lua:3: .
---@field status integer? HTTP status; nil without a reply.
---@field operation string? Official name of the operation.
---@field retry_after number? Seconds until a repeat can succeed.
---@field body string? Beginning of the reply body, printable and without secrets.
---@field partial toggl.list? The pages read before a list failed.
---@field next_page integer|string? The page to continue from, beside partial.
---@field incomplete string? Of not_found: why the searched list is not complete.
---@field result toggl.record? The reply to a change that was made in part.
---@field unconfirmed string[]? Invited addresses missing from the reply.
---@field refused string[]? Why the server refused parts of a change.
---@field problems table[]? From toggl.plan.load: each fault of the file.
---@field rule string? Of guard: the rule of the plan that refused.
---@field difference string[]? Of guard, for a kept plan: what has become another change.
---@field receipt toggl.receipt? From plan:apply: what was done.
---@field removed table? From toggl.cache.clear: what was removed all the same.
---@field index integer? Position of the item that failed, from toggl.map.
---@field item any That item.

---Second result of client.api.NAME and client:request.
---@class toggl.response
---@field status integer HTTP status; 0 without a reply.
---@field headers table<string, string> Headers by their names in lower case.
---@field cost integer Requests spent.
---@field from "wire"|"store"|"dry"|"settled" Where the reply came from; dry: nothing was sent.
---@field at number When the server answered: seconds since 1970.
---@field stale boolean Older than requested, used because nothing fresher was available.
---@field settling number? Read so soon after a change that Toggl may not show it until so many seconds after at.
---@field nulls integer? How many records of a list are left out, because null came in their place.

---A desired state that was read, from toggl.plan.load.
---@class toggl.loaded: toggl.desired
---@field people toggl.desired.person[] In the order of the file.
---@field groups toggl.desired.group[] In the order of the file.
---@field workspaces toggl.desired.workspace[] In the order of the file.

---The state of an organization, from toggl.audit.read.
---@class toggl.audit_result
---@field plan table The plan of the organization.
---@field people table<string, integer> How many people, by state.
---@field administrators any[] People who administer the organization.
---@field no_group any[] People in no group.
---@field not_active any[] People who are invited or deactivated.
---@field groups any[] Groups and their people.
---@field empty_groups any[] Groups without people.
---@field groupless table Shares of people in no group, by workspace.
---@field workspaces any[] Workspaces and their people.
---@field requests any[] Requests that were spent, by operation.
---@field ages any[] Ages of the lists that were read.
---@field spent integer Requests that were spent.
---@field at integer When: seconds since 1970.

---A quota window, from client:quota().
---@class toggl.window
---@field organization_id integer? The organization whose window it is; nil: the account's own.
---@field workspace_id integer? Set while the organization of this workspace is not known.
---@field total integer? Requests per window; nil: not known yet.
---@field remaining integer? Requests left; nil: not known yet.
---@field resets_in number? Seconds until the window resets.
---@field spent integer Requests ever counted in this state file.

---Requests that a client has spent, from client:cost().
---@class toggl.cost
---@field total integer Requests.
---@field by_operation table<string, integer> Requests by the name of the operation.
---@field by_window table<integer|string, integer> Requests by organization, and "user".

---The argument of the log function.
---@class toggl.event
---@field type "request"|"reply"|"wait"|"retry"|"store"|"warning"|"dry" What happened.
---@field at number When: seconds since 1970.
---@field operation string? Official name of the operation; nil for client:request.
---@field method string? HTTP method.
---@field path string? Below the base address, without secrets.
---@field try integer Attempt, from 1.
---@field status integer? HTTP status of a reply.
---@field seconds number How long a reply took, or a wait will take.
---@field bytes integer Size of the body.
---@field reason string? Why the call waits or is retried.
---@field body string? In a dry run: the body of the request, without secrets.
---@field request string? In a dry run: the whole request as JSON, without secrets.
---@field remaining integer? Requests left in the window, if the server reported it.

---A descriptor to poll, from client:fds().
---@class toggl.fd
---@field fd integer Its number.
---@field read boolean? Wait until it can be read.
---@field write boolean? Wait until it can be written.

---A plan, from org:plan.
---@class toggl.plan_result
---@field id string A hash of the desired and the observed state, the rules and the day.
---@field present table The state that was read.
---@field today string The day in its zone, such as 2026-12-31.
---@field timezone string The zone of its days.
---@field unchanged {people: integer, groups: integer} How many people and groups are as desired.
---@field steps toggl.plan_step[] The requests in order: what, who, changes, effect, requests, undo.
---@field changes toggl.plan_change[] Each change once: kind, who, group, workspace, before, after, why.
---@field refused toggl.plan_refusal[] Changes that a guard rejects: rule, who, text, remedy.
---@field deferred toggl.plan_deferral[] Changes that wait until people have joined: who, what.
---@field unsaid {email: string}[] People whose records do not say whether they are active; the plan takes them so.
---@field unchecked {rule: string, text: string}[] Guards that could not be checked, since Toggl did not give what they look at.
---@field cost {writes: integer, guards: integer, read_back: integer, total: integer, extra: integer} Its price in requests.
---@field undo {full: integer, mail: integer, none: integer, total: integer} What can be undone.
---@field show fun(self, options: toggl.plan_page?): string The plan as a page for people.
---@field rows fun(self): toggl.plan_row[] Each change as a row of plain values, in a stable order.
---@field check fun(self, options: toggl.plan_limits?) Raises an error of kind guard where apply would refuse.
---@field keep fun(self): boolean Keeps the plan in the journal; false where there is none.
---@field apply fun(self, options: toggl.plan_limits?): toggl.receipt Carries the plan out; nil and an error, which has what was done in receipt.

---One change of a plan.
---@class toggl.plan_change
---@field kind string What changes, such as invite, role, join or quit.
---@field name string? Name of the group or workspace.
---@field who string? Address of the person.
---@field user_id integer? Account key of the person; nil: has not joined.
---@field group any Key of the group, or what names a new one.
---@field workspace any Key of the workspace, or what names a new one.
---@field before any What is.
---@field after any What shall be.
---@field why string? What asks for it.

---One step of a plan.
---@class toggl.plan_step
---@field number integer Its place.
---@field operation string Official name of the operation.
---@field kind string What it does, in a word.
---@field what string What it does, in words.
---@field who string[] Addresses of the people.
---@field changes toggl.plan_change[] The changes that it makes.
---@field after toggl.plan_step[]? Steps that must be done before.
---@field effect string What a repeat does: same, checkable or once.
---@field requests integer Its price.
---@field destructive boolean? It takes something away.
---@field undo "full"|"mail"|"none" Whether it can be undone.

---A change that a guard refuses.
---@class toggl.plan_refusal
---@field rule string The rule.
---@field who string? Address of the person.
---@field text string What would be, in words.
---@field remedy string? What to do.

---A change that waits until a person has joined.
---@class toggl.plan_deferral
---@field who string Address of the person.
---@field what string The change, in words.

---A change as a row, from plan:rows().
---@class toggl.plan_row
---@field step integer Number of the step that makes it.
---@field change string What changes, such as invite, role or join.
---@field who string? Address of the person.
---@field group string? Name of the group.
---@field workspace string? Name of the workspace.
---@field before any What is.
---@field after any What shall be.
---@field why string? What asks for it.
---@field operation string Official name of the operation.
---@field effect string What a repeat does: same, checkable or once.
---@field requests integer Price of the step.
---@field undo string Whether it can be undone: full, mail or none.

---A change as a row, in a receipt.
---@class toggl.receipt_row: toggl.plan_row
---@field result string What came of it: the words of count.
---@field error string? Why it was not made.
---@field request integer? Its number in the journal.

---Options of org:plan.
---@class toggl.plan_options
---@field rules toggl.plan_rules? What no plan may do.
---@field now number? The time, in seconds since 1970.
---@field refresh boolean? true: read from Toggl.
---@field max_age number? Seconds that a list may be old (300).

---Rules of a plan.
---@class toggl.plan_rules
---@field least_admins integer? Administrators that the organization and each workspace keep (1).
---@field existing boolean? true: refuse people who are not there.
---@field own string|table? A file of deny(why, function).

---Options of plan:apply and plan:check.
---@class toggl.plan_limits
---@field allow_removals boolean|integer? true: people may be removed, a few; a number: exactly so many.
---@field reserve integer? Requests of this hour that are to be left.
---@field by number? The time by which it must be done, in seconds since 1970.
---@field wait boolean|number? Wait for further requests where the hour has too few; a number: for so many seconds.
---@field progress function? Called after each step, and in a wait.

---Options of plan:show.
---@class toggl.plan_page
---@field all boolean? true: list each step.
---@field command string? The last line: what applies the plan.
---@field allowed boolean|integer? As allow_removals of plan:apply.

---What an apply has done, from plan:apply.
---@class toggl.receipt
---@field id string The id of the plan, and the job of its changes in the journal.
---@field rows toggl.receipt_row[] The rows of the plan, with result, error and request, the number in the journal.
---@field count table<string, integer> Changes by result: done, not read back (Toggl confirmed it), not seen (in what was read back), failed, unknown, refused, skipped, not sent.
---@field notes string[] What the apply could not read, in sentences.
---@field left string? A desired state in Lua of what was not done; nil: all was.
---@field spent integer Requests that it took.
---@field price integer Requests that the plan said.

---A change in the journal, from client:journal().
---@class toggl.entry
---@field n integer Its number, for client:close_entry.
---@field at number When it was recorded, before it was sent: seconds since 1970.
---@field last_at number When it came into its state: seconds since 1970.
---@field state string intended, sent, done, refused, unknown, settled-done, settled-absent or abandoned.
---@field open boolean Its end is not known yet.
---@field attempts integer How often it was sent.
---@field changes string[] What it changes, in words, such as "role: user -> admin"; before the arrow stands what the store knew.
---@field why string? After client:resume: what keeps it open.
---@field write toggl.journal_write What it was to do.
---@field outcome toggl.journal_outcome What came of it.

---What a change was to do, from client:journal().
---@class toggl.journal_write
---@field operation string? Official name of the operation.
---@field method string HTTP method.
---@field path string Below the base address.
---@field request any The body, without secrets.
---@field effect string What a repeat does: same, checkable or once.
---@field organization integer? Key of the organization.
---@field workspace integer? Key of the workspace.
---@field job string? Name of the job, or id of the plan.
---@field step string? Step of the job.
---@field process integer? Number of the process.
---@field version string? Version of the module.
---@field person string? The person it changes, where the store knew.
---@field target string? What it changes, where the store knew.
---@field before any What was, where the store knew.
---@field before_read number? When that was read: seconds since 1970.

---What came of a change, from client:journal().
---@class toggl.journal_outcome
---@field kind string? done, or the kind of the error.
---@field status integer? HTTP status.
---@field message string? What happened.

---From client:check_journal().
---@class toggl.journal_check
---@field events integer How many are as they were written.
---@field first integer? The first that is kept.
---@field broken integer? The first that is not as it was written.
---@field head string? Hash of the last good one.
---@field noted boolean? Whether the noted head is in the chain.

---From client:journal_status().
---@class toggl.journal_state
---@field path string The file.
---@field bytes integer Its size.
---@field entries integer Changes in it.
---@field states table<string, integer> How many are in each state, of all accounts.
---@field oldest number? When the oldest was recorded: seconds since 1970.
---@field keep integer Seconds for which changes are kept.
---@field redact integer? Seconds after which bodies are removed.

---What a failed call raises is a toggl.error.
---@class string
---@field kind "auth"|"forbidden"|"not_found"|"invalid"|"conflict"|"quota"|"plan"|"rate"|"gone"|"server"|"transport"|"timeout"|"decode"|"cancelled"|"offline"|"partial"|"unknown"|"guard"|"setting"|"usage"|"output" One word for programs.
---@field reason string? Why, if that decides what to do next: credentials, window, max_requests, time, body, store_only, cleartext, retired, large, open, unrecorded, no_journal.
---@field message string What happened and what was not done.
---@field advice string? What to do next.
---@field where string? File and line of the call, such as audit.lua:3: .
---@field status integer? HTTP status; nil without a reply.
---@field operation string? Official name of the operation.
---@field retry_after number? Seconds until a repeat can succeed.
---@field body string? Beginning of the reply body, printable and without secrets.
---@field partial toggl.list? The pages read before a list failed.
---@field next_page integer|string? The page to continue from, beside partial.
---@field incomplete string? Of not_found: why the searched list is not complete.
---@field result toggl.record? The reply to a change that was made in part.
---@field unconfirmed string[]? Invited addresses missing from the reply.
---@field refused string[]? Why the server refused parts of a change.
---@field problems table[]? From toggl.plan.load: each fault of the file.
---@field rule string? Of guard: the rule of the plan that refused.
---@field difference string[]? Of guard, for a kept plan: what has become another change.
---@field receipt toggl.receipt? From plan:apply: what was done.
---@field removed table? From toggl.cache.clear: what was removed all the same.
---@field index integer? Position of the item that failed, from toggl.map.
---@field item any That item.

---What an organization shall look like. What is not mentioned is left alone.
---@class toggl.desired
---@field organization? string|{id: integer} Its name, or {id =}.
---@field timezone? string Zone of the days in `ends`, such as Europe/Tallinn; UTC when not given.
---@field people? table<string|integer, toggl.desired.person|string> By address.
---@field groups? table<string|integer, toggl.desired.group|string> By name.
---@field workspaces? table<string|integer, toggl.desired.workspace|string> By name.
---@field exact? ("group members"|"group workspaces"|"groups"|"people"|"workspace members")[] Where what is not mentioned is removed.

---A person, by address.
---@class toggl.desired.person
---@field email? string The address, where people are a list.
---@field role? "admin"|"owner"|"user" Role in the organization.
---@field state? "absent"|"active"|"inactive" When not given, new people are invited and others keep theirs.
---@field name? string Full name; it is the account's, in every product.
---@field workspaces? table<string|integer, string|boolean|"admin"|"projectlead"|"teamlead"|"user"|{id: integer?, name: string?, role: string?}> Direct memberships and their roles; false ends one.
---@field groups? table<string|integer, string|boolean|{id: integer?, name: string?, role: string?}> Groups of the person; false leaves one.
---@field ends? string Last day with access, as 2026-12-31.

---A group, by name.
---@class toggl.desired.group
---@field name? string Its name, where groups are a list.
---@field id? integer Its key, where two have one name.
---@field state? "absent"|"present" Whether it is.
---@field workspaces? table<string|integer, string|boolean|{id: integer?, name: string?, role: string?}> Workspaces that its people get; false detaches one.
---@field previously? string[] Former names: a rename keeps its people.

---A workspace, by name.
---@class toggl.desired.workspace
---@field name? string Its name, where workspaces are a list.
---@field id? integer Its key, where two have one name.
---@field state? "absent"|"present" Whether it is.
---@field previously? string[] Former names: a rename keeps what is in it.

---@class toggl.client_options
---@field profile? string Name in the profiles file: token or password, server, organization.
---@field token? string API token.
---@field email? string E-mail address; it goes with password, and not with token.
---@field password? string Password of that address.
---@field auth? boolean false: no credentials are looked for in the environment or in files.
---@field sandbox? boolean|table|toggl.sandbox true: a server in this process instead of Toggl; a table: options for it; a server that runs already.
---@field base_url? string Address of the server; else TOGGL_API_URL, else Toggl's own.
---@field cleartext? boolean true: allow http:// to another machine, where the network can read the token; else rejected.
---@field unix_socket? string Path of a Unix socket to speak through; it must be there when the client is made.
---@field user_agent? string Put before the library's own in the header User-Agent.
---@field ca_file? string File of certificates to trust instead of the system's.
---@field ca_path? string Folder of certificates to trust instead of the system's.
---@field timeout? number Seconds for one attempt, once it is sent; 10 when not given.
---@field connect_timeout? number Seconds for a connection; 10 when not given.
---@field deadline? number Seconds for all attempts and waits of a call; no limit when not given.
---@field reply_cap? number Largest reply in bytes, unpacked; 16 MiB when not given.
---@field retries? integer Retries of a request that certainly changed nothing; 3 when not given.
---@field wait? boolean|number Wait for a new quota window: true as long as it takes, or at most so many seconds; else fail at once.
---@field reserve? integer Requests of each window that this client leaves to people.
---@field max_requests? integer Most requests that this client sends; a call that would send one more fails.
---@field max_age? number Stored replies answer only while they are younger than this, in seconds.
---@field settle_after? number Seconds after a change in which Toggl may not show it yet, so that replies are not kept; 10 unless given.
---@field settle? boolean|number true: a change whose reply was lost is looked for, with the reads that its operation names; else it ends as unknown. A number: settle_after.
---@field query_limit? number Seconds that one query of client:sql may take; 60 when not given, 0: no limit.
---@field refresh? boolean Ask the server even if the store has it.
---@field offline? boolean Answer from the store alone, whatever the age.
---@field stale? "quota"|boolean "quota": rather old data than none when the window is used up.
---@field dry_run? boolean Changes are checked, built and passed to log, and not sent; they return empty replies.
---@field cache? string|false File of the store of replies; false: none; ":memory:".
---@field cache_limit? number Largest size of that file in bytes, beyond which the oldest replies are deleted; 256 MiB when not given.
---@field state? string|false File of the quota ledger and of the times of changes; false, or ":memory:": neither is shared with other clients.
---@field journal? string|false File that every change is recorded in before it is sent; false: none; ":memory:": while the client lives.
---@field journal_keep? number|string How long the journal keeps entries that have ended: seconds, or days as "400d", which it is when not given. Open ones stay.
---@field journal_redact? number|string The same for what entries that have ended say of people, such as addresses; as long as the entries when not given.
---@field log? fun(event: toggl.event) Called for each request, reply, wait, retry and warning.
---@field on_wait? fun(reason: string, seconds: number, at: number) Called when a call begins to wait: why, how long, until when.
---@field on_warning? fun(sentence: string) Called once with each thing that does not work though calls go on, such as a store; else Lua's warn.
---@field confirm? fun(operation: string, method: string, path: string, body: string): boolean Asked before each change: unless it returns true, nothing is sent and the call ends as cancelled.
---@field on_error? "return"|"raise" "raise": errors of calls are raised; else nil, err.
---@field http? string Path of the transport, if it is not next to the core.

---@class toggl.call_options
---@field timeout? number Seconds for one attempt, once it is sent.
---@field connect_timeout? number Seconds for a connection.
---@field deadline? number Seconds for all attempts and waits.
---@field start_within? number Seconds after which no further try begins; one that has begun is not cut short.
---@field wait? boolean|number Wait for a new quota window, as for a client; false: not at all.
---@field max_age? number A stored reply answers only while it is younger than this.
---@field refresh? boolean Ask the server even if the store has it; false: not, whatever the client does.
---@field offline? boolean Answer from the store alone; false: not, whatever the client does.
---@field stale? "quota"|boolean Accept stale data when the window is used up; false: do not, whatever the client does.
---@field no_store? boolean Do not keep the reply.
---@field settle? boolean A change whose reply was lost is looked for, with the reads that its operation names; false: it ends as unknown, whatever the client does.
---@field dry_run? boolean A change is checked, built and passed to log, and not sent.
---@field job? string Name of the work that a change belongs to, for the journal.
---@field step? string Name of its step, for the journal.
---@field auth? {token: string}|{email: string, password: string}|false Other credentials for this call; false: none.

---@class toggl.request_options: toggl.call_options
---@field query? table<string, string|integer|boolean>
---@field body? any

---@class toggl.params.get_organizations: toggl.call_options

---@class toggl.params.post_organization: toggl.call_options
---@field name string Name of the organization.
---@field workspace_name? string Name of its first workspace.

---@class toggl.params.get_organization: toggl.call_options
---@field organization_id integer|toggl.key.organization_id The organization.

---@class toggl.params.put_organization: toggl.call_options
---@field name string New name of the organization.

---@class toggl.args.put_organization: toggl.params.put_organization
---@field organization_id integer|toggl.key.organization_id The organization.

---@class toggl.params.delete_organization_users_leave: toggl.call_options

---@class toggl.args.delete_organization_users_leave: toggl.params.delete_organization_users_leave
---@field organization_id integer|toggl.key.organization_id The organization.

---@class toggl.params.get_organization_segmentation: toggl.call_options

---@class toggl.args.get_organization_segmentation: toggl.params.get_organization_segmentation
---@field organization_id integer|toggl.key.organization_id The organization.

---@class toggl.params.put_organization_segmentation: toggl.call_options
---@field demo_requested? boolean A demonstration is asked for.
---@field full_name? string Name of the person who answers.
---@field heard? string[] How they heard of Toggl.
---@field industries? string[] Industries that are ticked.
---@field members_range? string Size of the team, such as 10-50.
---@field reasons? string[] Reasons that are ticked.
---@field skipped_step? string The step of the survey that was skipped.
---@field user_id? integer|toggl.key.user_id The person who answers.
---@field user_segments? string[] Segments that are ticked.

---@class toggl.args.put_organization_segmentation: toggl.params.put_organization_segmentation
---@field organization_id integer|toggl.key.organization_id The organization.

---@class toggl.params.get_organization_usage: toggl.call_options

---@class toggl.args.get_organization_usage: toggl.params.get_organization_usage
---@field organization_id integer|toggl.key.organization_id The organization.

---@class toggl.params.get_organization_roles: toggl.call_options

---@class toggl.args.get_organization_roles: toggl.params.get_organization_roles
---@field organization_id integer|toggl.key.organization_id The organization.

---@class toggl.params.get_audit_logs: toggl.call_options
---@field from string|integer Start, as in 2026-01-31T00:00:00Z.
---@field to string|integer End, as in 2026-02-28T00:00:00Z.
---@field export? boolean All entries in one reply, without pages.
---@field workspace_id? integer|toggl.key.workspace_id Only what happened in this workspace.
---@field entity_type? string Only what was done to this kind of thing.
---@field entity_id? integer Only what was done to this thing.
---@field action? string Only what was done in this way.
---@field user_id? integer|toggl.key.user_id Only what this person did: an account key.
---@field page_number? integer Which page, from 1.
---@field page_size? integer Entries a page.

---@class toggl.args.get_audit_logs: toggl.params.get_audit_logs
---@field organization_id integer|toggl.key.organization_id The organization.

---@class toggl.params.get_organization_users: toggl.call_options
---@field filter? string Part of a name or e-mail address.
---@field active_status? ("active"|"inactive"|"invited")[]|string Only people in these states; all when not given.
---@field only_admins? boolean Only administrators.
---@field groups? toggl.numbers.group_id|integer|toggl.key.group_id Only people of these groups.
---@field workspaces? toggl.numbers.workspace_id|integer|toggl.key.workspace_id Only people of these workspaces.
---@field page? integer Which page, from 1.
---@field per_page? integer Records a page; 50 when not given.
---@field sort_dir? "asc"|"desc" Direction of sorting by name; asc when not given.

---@class toggl.args.get_organization_users: toggl.params.get_organization_users
---@field organization_id integer|toggl.key.organization_id The organization.

---@class toggl.params.get_organization_users_detailed: toggl.call_options
---@field filter? string Part of a name or e-mail address.
---@field active_status? ("active"|"inactive"|"invited")[]|string Only people in these states; all when not given.
---@field only_admins? boolean Only administrators.
---@field groups? toggl.numbers.group_id|integer|toggl.key.group_id Only people of these groups.
---@field workspaces? toggl.numbers.workspace_id|integer|toggl.key.workspace_id Only people of these workspaces.
---@field page? integer Which page, from 1.
---@field per_page? integer Records a page; 50 when not given.
---@field sort_dir? "asc"|"desc" Direction of sorting by name; asc when not given.

---@class toggl.args.get_organization_users_detailed: toggl.params.get_organization_users_detailed
---@field organization_id integer|toggl.key.organization_id The organization.

---@class toggl.params.put_organization_users: toggl.call_options
---@field email? string New e-mail address; allowed only where can_edit_email is true.
---@field groups? toggl.numbers.group_id All groups the person shall be in: those left out are left.
---@field inactive? boolean True deactivates the person, false takes it back; not for the owner or the paying user.
---@field name? string New name of the person.
---@field organization_admin? boolean Administrator of the organization; the older form of role_id.
---@field role_id? integer|toggl.key.role_id New role; org:roles() lists them, org:role(name) finds one.
---@field workspaces? toggl.item.org_user_workspace[]|toggl.list.org_user_workspace All memberships the person shall have: those left out end.

---@class toggl.args.put_organization_users: toggl.params.put_organization_users
---@field organization_id integer|toggl.key.organization_id The organization.
---@field organization_user_id integer|toggl.key.organization_user_id The person in this organization: not the account key.

---@class toggl.more.put_organization_users: toggl.params.put_organization_users
---@field role? number|string|toggl.key.role_id New role by its name, type or code, in place of role_id.

---@class toggl.params.patch_organization_users: toggl.call_options
---@field delete toggl.keys.organization_user_id People to remove: organization-user keys, never account keys.

---@class toggl.args.patch_organization_users: toggl.params.patch_organization_users
---@field organization_id integer|toggl.key.organization_id The organization.

---@class toggl.params.get_organization_groups: toggl.call_options
---@field name? string Part of the name of the group.
---@field workspace? toggl.numbers.workspace_id|integer|toggl.key.workspace_id Only groups attached to this workspace.

---@class toggl.args.get_organization_groups: toggl.params.get_organization_groups
---@field organization_id integer|toggl.key.organization_id The organization.

---@class toggl.params.get_organization_workspaces_groups: toggl.call_options

---@class toggl.args.get_organization_workspaces_groups: toggl.params.get_organization_workspaces_groups
---@field organization_id integer|toggl.key.organization_id The organization.
---@field workspace_id integer|toggl.key.workspace_id The workspace.

---@class toggl.params.post_organization_group: toggl.call_options
---@field name string Name of the group, used only once in the organization.
---@field users? toggl.keys.user_id All people of the group: account keys.
---@field workspaces? toggl.numbers.workspace_id All workspaces the group is attached to.

---@class toggl.args.post_organization_group: toggl.params.post_organization_group
---@field organization_id integer|toggl.key.organization_id The organization.

---@class toggl.params.put_organization_group: toggl.call_options
---@field name string Name of the group, used only once in the organization.
---@field users? toggl.keys.user_id All people of the group: account keys.
---@field workspaces? toggl.numbers.workspace_id All workspaces the group is attached to.

---@class toggl.args.put_organization_group: toggl.params.put_organization_group
---@field organization_id integer|toggl.key.organization_id The organization.
---@field group_id integer|toggl.key.group_id The group.

---@class toggl.params.patch_organization_group: toggl.call_options
---@field patches toggl.item.group_patch[]|toggl.list.group_patch Changes, each carried out by itself.

---@class toggl.args.patch_organization_group: toggl.params.patch_organization_group
---@field organization_id integer|toggl.key.organization_id The organization.
---@field group_id integer|toggl.key.group_id The group.

---@class toggl.params.delete_organization_group: toggl.call_options

---@class toggl.args.delete_organization_group: toggl.params.delete_organization_group
---@field organization_id integer|toggl.key.organization_id The organization.
---@field group_id integer|toggl.key.group_id The group.

---@class toggl.params.get_workspace_groups: toggl.call_options

---@class toggl.args.get_workspace_groups: toggl.params.get_workspace_groups
---@field workspace_id integer|toggl.key.workspace_id The workspace.

---@class toggl.params.post_workspace_group: toggl.call_options
---@field name string Name of the group, used only once in the organization.

---@class toggl.args.post_workspace_group: toggl.params.post_workspace_group
---@field workspace_id integer|toggl.key.workspace_id The workspace.

---@class toggl.params.put_workspace_group: toggl.call_options
---@field name string Name of the group, used only once in the organization.

---@class toggl.args.put_workspace_group: toggl.params.put_workspace_group
---@field workspace_id integer|toggl.key.workspace_id The workspace.
---@field group_id integer|toggl.key.group_id The group.

---@class toggl.params.delete_workspace_group: toggl.call_options

---@class toggl.args.delete_workspace_group: toggl.params.delete_workspace_group
---@field workspace_id integer|toggl.key.workspace_id The workspace.
---@field group_id integer|toggl.key.group_id The group.

---@class toggl.params.post_organization_invitation: toggl.call_options
---@field emails string[] Addresses to invite.
---@field workspaces toggl.item.invitation_workspace[] Workspaces the people get, and as what.
---@field groups? toggl.numbers.group_id Groups the people get.
---@field project_invite? toggl.item.project_invite A project the people get.
---@field skip_email? boolean True sends no mail.

---@class toggl.args.post_organization_invitation: toggl.params.post_organization_invitation
---@field organization_id integer|toggl.key.organization_id The organization.

---@class toggl.params.put_invitation: toggl.call_options
---@field invitation_id integer|toggl.key.invitation_id The invitation: its key, not its code.

---@class toggl.args.put_invitation: toggl.params.put_invitation
---@field organization_id integer|toggl.key.organization_id The organization.

---@class toggl.params.get_invitations: toggl.call_options
---@field invitation_code string Secret code of the invitation: the end of the link in the mail.

---@class toggl.params.post_organization_accept_invitation: toggl.call_options
---@field invitation_code string Secret code of the invitation: the end of the link in the mail.

---@class toggl.params.post_reject_invitation: toggl.call_options
---@field invitation_code string Secret code of the invitation: the end of the link in the mail.

---@class toggl.params.get_workspaces: toggl.call_options
---@field since? integer Only workspaces changed since then: UNIX seconds.

---@class toggl.params.get_workspace: toggl.call_options
---@field workspace_id integer|toggl.key.workspace_id The workspace.

---@class toggl.params.post_organization_workspaces: toggl.call_options
---@field name string Name of the workspace, used only once in the organization.
---@field admins? toggl.keys.user_id Administrators: account keys.
---@field default_currency? string Currency code, such as USD; paid plans.
---@field default_hourly_rate? number Billable rate an hour in units of money; paid plans.
---@field initial_pricing_plan? integer Plan to begin with: obsolete, better not sent.
---@field limit_public_project_data? boolean Only administrators see public projects in reports.
---@field only_admins_may_create_projects? boolean Only administrators may make projects.
---@field only_admins_may_create_tags? boolean Only administrators may make tags; paid plans.
---@field only_admins_see_team_dashboard? boolean Only administrators see the team dashboard.
---@field projects_billable_by_default? boolean New projects are billable; paid plans.
---@field projects_enforce_billable? boolean Entries follow the billable setting of their project.
---@field projects_private_by_default? boolean New projects are private; true at first.
---@field rate_change_mode? "start-today"|"override-current"|"override-all" From when a new rate counts; paid plans.
---@field reports_collapse? boolean Reports are folded at first.
---@field rounding? integer Rounds down at -1, to the nearest at 0, up at 1; paid plans.
---@field rounding_minutes? integer Step of rounding in minutes; paid plans.

---@class toggl.args.post_organization_workspaces: toggl.params.post_organization_workspaces
---@field organization_id integer|toggl.key.organization_id The organization.

---@class toggl.params.put_workspaces: toggl.call_options
---@field name? string New name of the workspace, used only once in the organization.
---@field admins? toggl.keys.user_id Administrators: account keys.
---@field default_currency? string Currency code, such as USD; paid plans.
---@field default_hourly_rate? number Billable rate an hour in units of money; paid plans.
---@field initial_pricing_plan? integer Plan to begin with: obsolete, better not sent.
---@field limit_public_project_data? boolean Only administrators see public projects in reports.
---@field only_admins_may_create_projects? boolean Only administrators may make projects.
---@field only_admins_may_create_tags? boolean Only administrators may make tags; paid plans.
---@field only_admins_see_team_dashboard? boolean Only administrators see the team dashboard.
---@field projects_billable_by_default? boolean New projects are billable; paid plans.
---@field projects_enforce_billable? boolean Entries follow the billable setting of their project.
---@field projects_private_by_default? boolean New projects are private; true at first.
---@field rate_change_mode? "start-today"|"override-current"|"override-all" From when a new rate counts; paid plans.
---@field reports_collapse? boolean Reports are folded at first.
---@field rounding? integer Rounds down at -1, to the nearest at 0, up at 1; paid plans.
---@field rounding_minutes? integer Step of rounding in minutes; paid plans.

---@class toggl.args.put_workspaces: toggl.params.put_workspaces
---@field workspace_id integer|toggl.key.workspace_id The workspace.

---@class toggl.params.get_organization_workspaces_statistics: toggl.call_options

---@class toggl.args.get_organization_workspaces_statistics: toggl.params.get_organization_workspaces_statistics
---@field organization_id integer|toggl.key.organization_id The organization.

---@class toggl.params.get_workspace_statistics: toggl.call_options

---@class toggl.args.get_workspace_statistics: toggl.params.get_workspace_statistics
---@field workspace_id integer|toggl.key.workspace_id The workspace.

---@class toggl.params.get_organization_workspaces_workspaceusers: toggl.call_options
---@field name? string Part of the name.
---@field search? string Part of the name or e-mail address.
---@field page? integer Which page, from 1.
---@field per_page? integer Memberships a page.
---@field custom_rates? boolean Only people with rates of their own.
---@field active? boolean Only people who are active, or only those who are not.

---@class toggl.args.get_organization_workspaces_workspaceusers: toggl.params.get_organization_workspaces_workspaceusers
---@field organization_id integer|toggl.key.organization_id The organization.
---@field workspace_id integer|toggl.key.workspace_id The workspace.

---@class toggl.params.patch_organization_workspace_users: toggl.call_options
---@field delete toggl.keys.workspace_user_id Memberships to end: workspace-user keys, never account keys.

---@class toggl.args.patch_organization_workspace_users: toggl.params.patch_organization_workspace_users
---@field organization_id integer|toggl.key.organization_id The organization.
---@field workspace_id integer|toggl.key.workspace_id The workspace.

---@class toggl.params.put_organization_workspaces_assignments: toggl.call_options
---@field operation "add"|"remove" What to do.
---@field user_id? integer|toggl.key.user_id The person, by account key; not together with group_id.
---@field group_id? integer|toggl.key.group_id The group; not together with user_id.
---@field joined? boolean Undocumented.

---@class toggl.args.put_organization_workspaces_assignments: toggl.params.put_organization_workspaces_assignments
---@field organization_id integer|toggl.key.organization_id The organization.
---@field workspace_id integer|toggl.key.workspace_id The workspace.

---@class toggl.params.get_workspace_users: toggl.call_options
---@field exclude_deleted? boolean Without people who were removed.

---@class toggl.args.get_workspace_users: toggl.params.get_workspace_users
---@field workspace_id integer|toggl.key.workspace_id The workspace.

---@class toggl.params.post_workspace_users_data: toggl.call_options
---@field users toggl.keys.user_id People to read: account keys.

---@class toggl.args.post_workspace_users_data: toggl.params.post_workspace_users_data
---@field workspace_id integer|toggl.key.workspace_id The workspace.

---@class toggl.params.put_workspace_users: toggl.call_options
---@field user_id integer|toggl.key.user_id The person, by account key: not the workspace-user key.
---@field admin? boolean Administrator of the workspace; the older form of role_id.
---@field inactive? boolean True deactivates the person here, false takes it back.
---@field labor_cost? number Cost an hour in units of money, not cents; paid plans.
---@field labor_cost_change_mode? "start-today"|"override-current"|"override-all" From when a new cost counts; paid plans.
---@field postedFields? string[] Names of fields to set to null: leaving them out changes nothing.
---@field rate? number Billable rate an hour in units of money; paid plans.
---@field rate_change_mode? "start-today"|"override-current"|"override-all" From when a new rate counts; paid plans.
---@field role? "admin"|"user"|"projectlead"|"teamlead" Role as a word; the older form of role_id.
---@field role_id? integer|toggl.key.role_id New role; org:roles() lists them.
---@field view_edit_billable_rates? boolean May see and change billable rates.
---@field view_edit_labor_costs? boolean May see and change labor costs.
---@field working_hours_in_minutes? integer Working time in minutes; paid plans.

---@class toggl.args.put_workspace_users: toggl.params.put_workspace_users
---@field workspace_id integer|toggl.key.workspace_id The workspace.

---@class toggl.params.get_workspace_workspace_users: toggl.call_options
---@field includeIndirect? boolean Also people who are here through a group; false when not given.

---@class toggl.args.get_workspace_workspace_users: toggl.params.get_workspace_workspace_users
---@field workspace_id integer|toggl.key.workspace_id The workspace.

---@class toggl.params.put_workspace_workspace_users: toggl.call_options
---@field admin? boolean Administrator of the workspace; the older form of role_id.
---@field inactive? boolean True deactivates the person here, false takes it back.
---@field labor_cost? number Cost an hour in units of money, not cents; paid plans.
---@field labor_cost_change_mode? "start-today"|"override-current"|"override-all" From when a new cost counts; paid plans.
---@field postedFields? string[] Names of fields to set to null: leaving them out changes nothing.
---@field rate? number Billable rate an hour in units of money; paid plans.
---@field rate_change_mode? "start-today"|"override-current"|"override-all" From when a new rate counts; paid plans.
---@field role? "admin"|"user"|"projectlead"|"teamlead" Role as a word; the older form of role_id.
---@field role_id? integer|toggl.key.role_id New role; org:roles() lists them.
---@field view_edit_billable_rates? boolean May see and change billable rates.
---@field view_edit_labor_costs? boolean May see and change labor costs.
---@field working_hours_in_minutes? integer Working time in minutes; paid plans.

---@class toggl.args.put_workspace_workspace_users: toggl.params.put_workspace_workspace_users
---@field workspace_id integer|toggl.key.workspace_id The workspace.
---@field workspace_user_id integer|toggl.key.workspace_user_id The membership: not the account and not the organization user.

---@class toggl.params.delete_workspace_user: toggl.call_options

---@class toggl.args.delete_workspace_user: toggl.params.delete_workspace_user
---@field workspace_id integer|toggl.key.workspace_id The workspace.
---@field workspace_user_id integer|toggl.key.workspace_user_id The membership: not the account and not the organization user.

---@class toggl.params.get_organization_owner: toggl.call_options

---@class toggl.args.get_organization_owner: toggl.params.get_organization_owner
---@field organization_id integer|toggl.key.organization_id The organization.

---@class toggl.params.get_ownership_transfers: toggl.call_options
---@field ongoing? boolean Only the transfer that is still open.

---@class toggl.args.get_ownership_transfers: toggl.params.get_ownership_transfers
---@field organization_id integer|toggl.key.organization_id The organization.

---@class toggl.params.post_ownership_transfer: toggl.call_options
---@field new_owner_id? toggl.key.user_id The next owner, by account key; no document says how to name them.

---@class toggl.args.post_ownership_transfer: toggl.params.post_ownership_transfer
---@field organization_id integer|toggl.key.organization_id The organization.

---@class toggl.params.get_ownership_transfer: toggl.call_options
---@field transfer_id integer|toggl.key.transfer_id The transfer of ownership.

---@class toggl.args.get_ownership_transfer: toggl.params.get_ownership_transfer
---@field organization_id integer|toggl.key.organization_id The organization.

---@class toggl.params.post_ownership_transfer_actions: toggl.call_options
---@field action "accept"|"decline"|"withdraw" What to do.

---@class toggl.args.post_ownership_transfer_actions: toggl.params.post_ownership_transfer_actions
---@field organization_id integer|toggl.key.organization_id The organization.
---@field transfer_id integer|toggl.key.transfer_id The transfer of ownership.

---@class toggl.params.get_organizations_plans: toggl.call_options

---@class toggl.args.get_organizations_plans: toggl.params.get_organizations_plans
---@field organization_id integer|toggl.key.organization_id The organization.

---@class toggl.params.get_organizations_plans_0: toggl.call_options
---@field plan_id integer|toggl.key.plan_id The plan.

---@class toggl.args.get_organizations_plans_0: toggl.params.get_organizations_plans_0
---@field organization_id integer|toggl.key.organization_id The organization.

---@class toggl.params.get_organization_subscription: toggl.call_options

---@class toggl.args.get_organization_subscription: toggl.params.get_organization_subscription
---@field organization_id integer|toggl.key.organization_id The organization.

---@class toggl.params.get_workspace_subscription: toggl.call_options

---@class toggl.args.get_workspace_subscription: toggl.params.get_workspace_subscription
---@field workspace_id integer|toggl.key.workspace_id The workspace.

---@class toggl.params.get_unified_customer: toggl.call_options

---@class toggl.args.get_unified_customer: toggl.params.get_unified_customer
---@field organization_id integer|toggl.key.organization_id The organization.

---@class toggl.params.get_organizations_payments_records: toggl.call_options
---@field is_unified? boolean Invoices of the unified subscription.
---@field cursor? string Where to go on: next of the page before.
---@field last_inv? string Key of the last invoice of the page before; it goes with cursor.

---@class toggl.args.get_organizations_payments_records: toggl.params.get_organizations_payments_records
---@field organization_id integer|toggl.key.organization_id The organization.

---@class toggl.params.get_organization_invoice: toggl.call_options
---@field invoice_uid string Key of the invoice: a text.

---@class toggl.args.get_organization_invoice: toggl.params.get_organization_invoice
---@field organization_id integer|toggl.key.organization_id The organization.

---@class toggl.params.get_organization_purchase_order_pdf: toggl.call_options
---@field purchase_order_uid string Key of the purchase order: a text.

---@class toggl.args.get_organization_purchase_order_pdf: toggl.params.get_organization_purchase_order_pdf
---@field organization_id integer|toggl.key.organization_id The organization.

---@class toggl.params.get_organization_invoice_summary: toggl.call_options
---@field quantity? integer Number of seats.
---@field pricing_plan_tag? string Short name of the price.

---@class toggl.args.get_organization_invoice_summary: toggl.params.get_organization_invoice_summary
---@field organization_id integer|toggl.key.organization_id The organization.

---@class toggl.params.get_organization_subscription_payment_failed: toggl.call_options

---@class toggl.args.get_organization_subscription_payment_failed: toggl.params.get_organization_subscription_payment_failed
---@field organization_id integer|toggl.key.organization_id The organization.

---@class toggl.params.get_all_plans: toggl.call_options

---@class toggl.params.get_public_subscription_plans: toggl.call_options

---@class toggl.params.get_me: toggl.call_options
---@field with_related_data? boolean Also clients, projects, tags, tasks, time entries and workspaces: a large reply.

---@class toggl.params.get_me_id: toggl.call_options

---@class toggl.params.get_me_logged: toggl.call_options

---@class toggl.params.get_me_features: toggl.call_options

---@class toggl.params.get_quota: toggl.call_options

---@class toggl.params.post_reset_token: toggl.call_options

---@class toggl.params.get_status: toggl.call_options

---@class toggl.secrets
---@field ask fun(question: string): string Read a secret from the terminal without echo.
---@field asks fun(): boolean Whether a person at a terminal can be asked.
---@field check fun(name: string, given: table, source: string?): toggl.model.me Ask the server for the account of these credentials: 1 request.
---@field chosen fun(option: string?): string?, string? The profile of this run, and what names it.
---@field drop fun(name: string): string[] Remove the secrets of a profile; returns sentences.
---@field email fun(text: string?): string? The address as it is stored; an error where it is none.
---@field found fun(): table?, string? Credentials outside of profiles, and their place.
---@field place fun(name: string): string?, string?, string? Where a profile has its secret, in a sentence.
---@field status fun(option: string?): string[]?, table|true|nil Where the credentials of this run come from, as lines; nil: there are none.
---@field store fun(name: string, given: {token: string?, email: string?, password: string?}, place: "keyring"|"file"): string Store a secret as a profile; returns a sentence.

---@class toggl.tasks
---@field task fun(f: (fun(...: any): any, ...), ...: any): toggl.task Start a task: toggl.task.
---@field sleep fun(seconds: number) Let others run: toggl.sleep.
---@field pollfd fun(): integer?, toggl.error The descriptor for a loop: readable while turn() has work.
---@field turn fun(before: function?, after: function?): integer, string? Do what can be done now; tasks not yet done, and why to come back later.
---@field poll fun(before: function?, after: function?): toggl.fd[]?, number As turn: what to poll, and the seconds until the next call; nil: no task is left.
---@field count fun(): integer The number of tasks not yet done.

---@class toggl.loop.luv
---@field task fun(f: (fun(...: any): any, ...), ...: any): toggl.task Start a task that uv.run() runs.
---@field drive fun() Let uv.run() run all tasks.

---@class toggl.loop.cqueues
---@field task fun(controller: any, f: any, ...: any): toggl.task Start a task that the controller runs; without it, the running one.
---@field drive fun(controller: any) Let the controller run all tasks.

---@class toggl.arg: string[]
---@field yes boolean --yes was given.
---@field dry_run boolean --dry-run was given.
---@field refresh boolean --refresh was given.
---@field profile string? That of --profile.

---One account at one server, with its connections, store and quota ledger.
---@class toggl.client
---@field api toggl.api Every operation by its official name.
local client = {}

---Close the client: cancel calls in flight, close connections and files. The end of a <close> variable does the same.
---
---Cost: nothing.
function client:close() end

---Find one organization.
---
---Cost: 1 request: of the organization's window for a key, of your account's for a name; none while the store answers.
---@param key number|string|toggl.key.organization_id Its key, its name, or the object: with {refresh = true} it is read again.
---@param options? toggl.call_options Options of a call, such as {refresh = true}.
---@return toggl.model.organization
function client:organization(key, options) end

---Call an endpoint that has no operation, with the usual credentials, quota, retries and errors. Returns the reply as plain values, which take up to 50 times its bytes, and the response.
---
---Cost: 1 request of the window that the path belongs to; bypasses the store.
---@param method string GET, POST, PUT, PATCH or DELETE.
---@param path string Relative to the base address, starting with /.
---@param options? toggl.request_options query = {name = value}, body = any value, and the options of a call.
---@return any
---@return toggl.response
function client:request(method, path, options) end

---Query the store by SQL. Returns rows as plain tables, in which null is nil. Sends nothing, so it sees only what was read before. getmetatable(rows).columns lists the column names in order.
---
---Cost: nothing.
---@param query string One SELECT over the views of the store.
---@param ... nil|boolean|number|string A value for each ? in it.
---@return table[]
function client:sql(query, ...) end

---Return the state of each quota window, as far as replies have reported it.
---
---Cost: nothing; with refresh, 1 request of your account's window.
---@param options? {refresh: boolean?} {refresh = true} asks the server.
---@return toggl.window[]
function client:quota(options) end

---Return what client:quota() returns, without the option to ask the server.
---
---Cost: nothing.
---@return toggl.window[]
function client:windows() end

---Return the requests that this client has spent: in total, by operation and by window.
---
---Cost: nothing.
---@return toggl.cost
function client:cost() end

---Return the changes that this account has sent, oldest first, with the outcome of each. A change is recorded before it is sent.
---
---Cost: nothing.
---@param filter? {since: number?, job: string?, state: string?} since: seconds since 1970; job: its name; state: one of intended, sent, done, refused, unknown, settled-done, settled-absent, abandoned.
---@return toggl.entry[]
function client:journal(filter) end

---Verify the journal's chain of hashes. events: how many are as they were written; first: the first that is kept; broken: the first that is not as it was written; head: the hash of the last good one; noted: whether the noted head is in the chain.
---
---Cost: nothing.
---@param noted? string A head that was noted earlier.
---@return toggl.journal_check
function client:check_journal(noted) end

---Return path, bytes, entries and states (how many, of all accounts), oldest (when), keep and redact (seconds).
---
---Cost: nothing.
---@return toggl.journal_state
function client:journal_status() end

---Go on from a damaged journal: events that can be read are copied into a new file, and the damaged one stays under another name. Returns the number of events, that name, and how many events were dropped (nil: not known), whose numbers are not used again. invalid: the file is not damaged, or cannot be read. conflict: a process that sent an open entry still runs.
---
---Cost: nothing.
---@return integer
---@return string
---@return integer?
function client:mend_journal() end

---Settle the open entries of the journal: each is looked for by the reads that its operation names. Return them as client:journal() does, with `why` where a person has to look. Nothing is sent again.
---
---Cost: the reads of each open entry: mostly 1 request, and at most 40.
---@return toggl.entry[]
function client:resume() end

---Close an entry of the journal whose outcome is not known. conflict: the program that sent it still runs.
---
---Cost: nothing.
---@param n integer Number of the entry, from client:journal().
---@param how "done"|"absent" What a person found out: the change was made, or was not.
---@return boolean
function client:close_entry(n, how) end

---Return whether the store of replies and the quota ledger can be written. Warns of one that cannot, as a call does. A full disk shows only here and when something is stored.
---
---Cost: nothing.
---@return boolean
function client:check_stores() end

---Wait until something new is visible: Toggl takes a few seconds and answers not_found or forbidden meanwhile. Other errors end the wait at once.
---
---Cost: the requests of fn, at each try.
---@param fn fun(): any, ... Called until it returns something other than nil or false.
---@param options? {tries: integer?, every: number?} tries: default 4; every: seconds between tries, default 3.
---@return any
function client:wait_until(fn, options) end

---Step all calls in flight, for a program with its own event loop, and return how many there are.
---
---Cost: nothing.
---@param seconds? number Longest wait for an event; default 0.
---@return integer
function client:step(seconds) end

---Return the seconds until a step is due; nil when no call is in flight.
---
---Cost: nothing.
---@return number?
function client:timeout() end

---Return the descriptors for an event loop to watch: a step is due when one of them is ready.
---
---Cost: nothing.
---@return toggl.fd[]
function client:fds() end

---Return whether errors are raised: on_error = "raise".
---
---Cost: nothing.
---@return boolean
function client:raises() end

---Return the sandbox in this process that the client uses, to change its settings; nil for any other server.
---
---Cost: nothing.
---@return toggl.sandbox?
function client:sandbox() end

---Answer from the store alone from now on, or ask the server again.
---
---Cost: nothing.
---@param offline boolean true: answer from the store alone.
function client:set_offline(offline) end

---Wait for a new quota window from now on, as the option wait does, or fail at once.
---
---Cost: nothing.
---@param wait boolean|number true: as long as it takes; a number: at most so many seconds; false: not at all.
function client:set_wait(wait) end

---Read or write a number learned about this server, such as the largest page. The state file keeps it.
---
---Cost: nothing.
---@param name string Name of the number.
---@param value? integer The number to keep; reads when omitted.
---@return integer?
function client:fact(name, value) end

---Set the ledger's state of a window from another source.
---
---Cost: nothing.
---@param organization integer Key of the organization whose window it is; 0: the account's own.
---@param remaining integer Requests left.
---@param resets_in? number Seconds until the window resets.
---@param total? integer Requests per window.
function client:learn(organization, remaining, resets_in, total) end

---Lists the organizations of the caller. It spends the window of the caller: 30 requests an hour.
---
---Cost: 1 request of your account's window; none while the store has it, for 10 minutes.
---
---Repeat: safe: it only reads.
---@param args? toggl.params.get_organizations
---@return toggl.list.organization reply
function client:organizations(args) end

---Goes through what organizations lists.
---
---Cost: 1 request of your account's window; none while the store has it, for 10 minutes.
---@param args? toggl.params.get_organizations
---@return toggl.each.organization next
function client:each_organization(args) end

---Makes an organization and its first workspace. The server may refuse the new keys for some seconds.
---
---Cost: 1 request of your account's window.
---
---Repeat: it may do more than the first: look before you repeat it; after a lost reply it fails as unknown, unless settle = true shows whether it was made.
---@param args toggl.params.post_organization
---@return toggl.model.new_organization reply
function client:create_organization(args) end

---Reads one organization. The answer is 404 or 403 when the caller is not in it.
---
---Cost: 1 request of the organization's window; none while the store has it, for 10 minutes.
---
---Repeat: safe: it only reads.
---@param args toggl.params.get_organization
---@return toggl.model.organization reply
function client:get_organization(args) end

---Shows what an invitation is for. The code is enough.
---
---Cost: 1 request of your account's window.
---
---Repeat: safe: it only reads.
---@param args toggl.params.get_invitations
---@return toggl.model.sso_invitation reply
function client:invitation(args) end

---Accepts an invitation. Give the credentials of the invited person, not those of the administrator.
---
---Cost: 1 request of your account's window.
---
---Repeat: the same state, but it undoes what others changed meanwhile; after a lost reply it fails as unknown, unless settle = true shows whether it was made.
---@param args toggl.params.post_organization_accept_invitation
---@return true reply
function client:accept_invitation(args) end

---Rejects an invitation. Give the credentials of the invited person, or none: the code is enough.
---
---Cost: 1 request of your account's window.
---
---Repeat: the same state, but it undoes what others changed meanwhile; after a lost reply it fails as unknown, unless settle = true shows whether it was made.
---@param args toggl.params.post_reject_invitation
---@return true reply
function client:reject_invitation(args) end

---Lists the workspaces of the caller in all organizations. It spends the window of the caller: 30 requests an hour.
---
---Cost: 1 request of your account's window; none while the store has it, for 5 minutes.
---
---Repeat: safe: it only reads.
---@param args? toggl.params.get_workspaces
---@return toggl.list.workspace_with_count reply
function client:workspaces(args) end

---Goes through what workspaces lists.
---
---Cost: 1 request of your account's window; none while the store has it, for 5 minutes.
---@param args? toggl.params.get_workspaces
---@return toggl.each.workspace_with_count next
function client:each_workspace(args) end

---Reads one workspace.
---
---Cost: 1 request of the organization's window; none while the store has it, for 5 minutes.
---
---Repeat: safe: it only reads.
---@param args toggl.params.get_workspace
---@return toggl.model.workspace reply
function client:get_workspace(args) end

---Lists all plans with what they include.
---
---Cost: 1 request of your account's window; none while the store has it, for 1 day.
---
---Repeat: safe: it only reads.
---@param args? toggl.params.get_all_plans
---@return toggl.list.plan_with_features reply
function client:all_plans(args) end

---Goes through what all_plans lists.
---
---Cost: 1 request of your account's window; none while the store has it, for 1 day.
---@param args? toggl.params.get_all_plans
---@return toggl.each.plan_with_features next
function client:each_all_plan(args) end

---Lists the plans on sale and their prices.
---
---Cost: 1 request of your account's window; none while the store has it, for 1 day.
---
---Repeat: safe: it only reads.
---@param args? toggl.params.get_public_subscription_plans
---@return toggl.list.plan_offer reply
function client:public_plans(args) end

---Goes through what public_plans lists.
---
---Cost: 1 request of your account's window; none while the store has it, for 1 day.
---@param args? toggl.params.get_public_subscription_plans
---@return toggl.each.plan_offer next
function client:each_public_plan(args) end

---Reads the account of the caller. The reply holds the token: it is never printed.
---
---Cost: 1 request of your account's window; none while the store has it, for 5 minutes.
---
---Repeat: safe: it only reads.
---@param args? toggl.params.get_me
---@return toggl.model.me reply
function client:me(args) end

---Reads the account key of the caller.
---
---Cost: 1 request of your account's window; none while the store has it, for 5 minutes.
---
---Repeat: safe: it only reads.
---@param args? toggl.params.get_me_id
---@return integer reply
function client:my_id(args) end

---Tells whether the credentials are good: 403 when they are not.
---
---Cost: 1 request of your account's window.
---
---Repeat: safe: it only reads.
---@param args? toggl.params.get_me_logged
---@return true reply
function client:logged(args) end

---Lists what the plan of each workspace of the caller includes.
---
---Cost: 1 request of your account's window; none while the store has it, for 5 minutes.
---
---Repeat: safe: it only reads.
---@param args? toggl.params.get_me_features
---@return toggl.list.workspace_features reply
function client:features(args) end

---Goes through what features lists.
---
---Cost: 1 request of your account's window; none while the store has it, for 5 minutes.
---@param args? toggl.params.get_me_features
---@return toggl.each.workspace_features next
function client:each_feature(args) end

---Lists the quota windows of the caller as the server counts them. client:quota() shows what is known without a request.
---
---Cost: 1 request of your account's window.
---
---Repeat: safe: it only reads.
---@param args? toggl.params.get_quota
---@return toggl.list.quota reply
function client:get_quota(args) end

---Goes through what get_quota lists.
---
---Cost: 1 request of your account's window.
---@param args? toggl.params.get_quota
---@return toggl.each.quota next
function client:each_quota(args) end

---Makes a new token and returns it: keep it. The old one stops working at once, here and everywhere else.
---
---Cost: 1 request of your account's window.
---
---Repeat: it has an effect outside of Toggl a second time, such as a mail; after a lost reply it fails as unknown.
---@param args? toggl.params.post_reset_token
---@return string reply
function client:reset_token(args) end

---Tells whether the service is up.
---
---Cost: 1 request of your account's window.
---
---Repeat: safe: it only reads.
---@param args? toggl.params.get_status
---@return any reply
function client:status(args) end

---An organization: people, groups, invitations, plan, ownership.
---@class toggl.organization: toggl.record
local organization = {}

---Find one person. Addresses compare without case, names with it. Two matches are an error that names both.
---
---Cost: 1 request of the organization's window: Toggl filters by an address or a part of a name, again where a short name finds nothing; for a key all people are read; none while the store has a complete list.
---@param key string|toggl.person E-mail address, name, {user_id =}, {organization_user_id =}, {invitation_id =}, {email =} or {name =}, or the object: with {refresh = true} it is read again. A plain number is rejected: a person has four kinds of key.
---@param options? toggl.call_options Options of a call, such as {refresh = true}.
---@return toggl.model.org_user
function organization:user(key, options) end

---Find one group.
---
---Cost: 1 request of the organization's window for the list of groups; none while the store has it.
---@param key number|string|toggl.key.group_id Its key, its name, or the object: with {refresh = true} it is read again.
---@param options? toggl.call_options Options of a call, such as {refresh = true}.
---@return toggl.model.group
function organization:group(key, options) end

---Find one workspace.
---
---Cost: 1 request of your account's window for the list of workspaces; none while the store has it.
---@param key number|string|toggl.key.workspace_id Its key, its name, or the object: with {refresh = true} it is read again.
---@param options? toggl.call_options Options of a call, such as {refresh = true}.
---@return toggl.model.workspace_with_count
function organization:workspace(key, options) end

---Find one role. Of roles with the same type, one of the organization goes first.
---
---Cost: 1 request of the organization's window for the list of roles; none while the store has it.
---@param key number|string|toggl.key.role_id Its name, type or code, its key, or the record.
---@param options? toggl.call_options Options of a call, such as {refresh = true}.
---@return toggl.model.role
function organization:role(key, options) end

---List the workspaces of this organization that you can see.
---
---Cost: 1 request of your account's window; none while the store has the list.
---@param options? toggl.call_options Options of a call, such as {refresh = true}.
---@return toggl.list.workspace_with_count
function organization:workspaces(options) end

---Iterate the workspaces of this organization. Raises errors.
---
---Cost: as workspaces.
---@param options? toggl.call_options Options of a call, such as {refresh = true}.
---@return fun(): toggl.model.workspace_with_count?
function organization:each_workspace(options) end

---Rename the organization.
---
---Cost: 1 request of the organization's window.
---@param name string The new name.
---@return toggl.done
function organization:rename(name) end

---Remove people from the organization.
---
---Cost: 1 request of the organization's window, for any number of them.
---@param ... toggl.people Objects, {organization_user_id =}, or one list of them.
---@return toggl.done
function organization:remove(...) end

---Plan the changes from the present to the desired state, in the fewest requests, with their price. Changes nothing.
---
---Cost: 2 requests of the organization's window, and 1 for each further page of people; fewer while the store answers; 1 for each workspace whose direct members matter, and 2 where access is removed.
---@param desired toggl.desired A desired state: a table, or the result of toggl.plan.load.
---@param options? toggl.plan_options rules = {least_admins = 1: how many must stay, own = a file of deny(why, function)}; now: the time; refresh = true: read from Toggl; max_age: seconds that a list may be old.
---@return toggl.plan_result
function organization:plan(desired, options) end

---Renames the organization. The reply does not hold it: read it again.
---
---Cost: 1 request of the organization's window.
---
---Repeat: the same state, but it undoes what others changed meanwhile; after a lost reply it fails as unknown, unless settle = true shows whether it was made.
---@param args toggl.params.put_organization
---@return true reply
function organization:update(args) end

---Takes the caller out of the organization. The owner and the paying user cannot leave. One who has left it before has left it: no error.
---
---Cost: 1 request of the organization's window.
---
---Repeat: the same state, but it undoes what others changed meanwhile; after a lost reply it fails as unknown, unless settle = true shows whether it was made.
---@param args? toggl.params.delete_organization_users_leave
---@return true reply
function organization:leave(args) end

---Reads the answers to the survey at the start; nil when there are none.
---
---Cost: 1 request of the organization's window; none while the store has it, for 10 minutes.
---
---Repeat: safe: it only reads.
---@param args? toggl.params.get_organization_segmentation
---@return toggl.model.segmentation? reply
function organization:segmentation(args) end

---Saves the answers to the survey. No document says which fields it takes.
---
---Cost: 1 request of the organization's window.
---
---Repeat: the same state, but it undoes what others changed meanwhile; after a lost reply it fails as unknown, unless settle = true shows whether it was made.
---@param args? toggl.params.put_organization_segmentation
---@return toggl.model.segmentation? reply
function organization:save_segmentation(args) end

---Lists what the organization uses of its limits.
---
---Cost: 1 request of the organization's window; none while the store has it, for 1 minute.
---
---Repeat: safe: it only reads.
---@param args? toggl.params.get_organization_usage
---@return toggl.list.usage_counter reply
function organization:usage(args) end

---Goes through what usage lists.
---
---Cost: 1 request of the organization's window; none while the store has it, for 1 minute.
---@param args? toggl.params.get_organization_usage
---@return toggl.each.usage_counter next
function organization:each_usage(args) end

---Lists the roles that people of the organization can have.
---
---Cost: 1 request of the organization's window; none while the store has it, for 1 day.
---
---Repeat: safe: it only reads.
---@param args? toggl.params.get_organization_roles
---@return toggl.list.role reply
function organization:roles(args) end

---Goes through what roles lists.
---
---Cost: 1 request of the organization's window; none while the store has it, for 1 day.
---@param args? toggl.params.get_organization_roles
---@return toggl.each.role next
function organization:each_role(args) end

---Lists what was done in the organization between two times. No document says what an entry holds.
---
---Cost: 1 request of the organization's window for each page: up to 1,000 records, or what the server allows; none while the store has it, for 1 minute.
---
---Repeat: safe: it only reads.
---@param args toggl.params.get_audit_logs
---@return toggl.list.audit_log reply
function organization:audit_logs(args) end

---Goes through what audit_logs lists.
---
---Cost: 1 request of the organization's window for each page: up to 1,000 records, or what the server allows; none while the store has it, for 1 minute.
---@param args toggl.params.get_audit_logs
---@return toggl.each.audit_log next
function organization:each_audit_log(args) end

---Lists the people of the organization, sorted by name. Each page costs a request: a larger per_page costs fewer.
---
---Cost: 1 request of the organization's window for each page: up to 1,000 records, or what the server allows; none while the store has it, for 5 minutes.
---
---Repeat: safe: it only reads.
---@param args? toggl.params.get_organization_users
---@return toggl.list.org_user reply
function organization:users(args) end

---Goes through what users lists.
---
---Cost: 1 request of the organization's window for each page: up to 1,000 records, or what the server allows; none while the store has it, for 5 minutes.
---@param args? toggl.params.get_organization_users
---@return toggl.each.org_user next
function organization:each_user(args) end

---Lists the people of the organization with their groups and memberships. Each page costs a request.
---
---Cost: 1 request of the organization's window for each page: up to 1,000 records, or what the server allows; none while the store has it, for 5 minutes.
---
---Repeat: safe: it only reads.
---@param args? toggl.params.get_organization_users_detailed
---@return toggl.list.org_user reply
function organization:users_detailed(args) end

---Goes through what users_detailed lists.
---
---Cost: 1 request of the organization's window for each page: up to 1,000 records, or what the server allows; none while the store has it, for 5 minutes.
---@param args? toggl.params.get_organization_users_detailed
---@return toggl.each.org_user next
function organization:each_users_detailed(args) end

---Removes people from the organization. One wrong key refuses them all; the owner and the paying user cannot be removed.
---
---Cost: 1 request of the organization's window.
---
---Repeat: the same state, but it undoes what others changed meanwhile; after a lost reply it fails as unknown, unless settle = true shows whether it was made.
---@param args toggl.params.patch_organization_users
---@return true reply
function organization:remove_users(args) end

---Lists the groups of the organization with their people and workspaces, sorted by name.
---
---Cost: 1 request of the organization's window; none while the store has it, for 5 minutes.
---
---Repeat: safe: it only reads.
---@param args? toggl.params.get_organization_groups
---@return toggl.list.group reply
function organization:groups(args) end

---Goes through what groups lists.
---
---Cost: 1 request of the organization's window; none while the store has it, for 5 minutes.
---@param args? toggl.params.get_organization_groups
---@return toggl.each.group next
function organization:each_group(args) end

---Makes a group. People are given by account key. The server may refuse the new key for some seconds.
---
---Cost: 1 request of the organization's window.
---
---Repeat: it may do more than the first: look before you repeat it; after a lost reply it fails as unknown, unless settle = true shows whether it was made.
---@param args toggl.params.post_organization_group
---@return toggl.model.group reply
function organization:create_group(args) end

---Invites people by mail, unless skip_email is true. The plan limits how many people may be active.
---
---Cost: 1 request of the organization's window.
---
---Repeat: it has an effect outside of Toggl a second time, such as a mail; after a lost reply it fails as unknown, unless settle = true shows whether it was made.
---@param args toggl.params.post_organization_invitation
---@return toggl.model.invitation_result reply
function organization:invite(args) end

---Sends the mail of an invitation again. It takes the invitation key, not the code, and is never repeated by itself.
---
---Cost: 1 request of the organization's window.
---
---Repeat: it has an effect outside of Toggl a second time, such as a mail; after a lost reply it fails as unknown.
---@param args toggl.params.put_invitation
---@return true reply
function organization:resend_invitation(args) end

---Makes a workspace. A paid setting on a lower plan is refused with 402; the server may refuse the new key for some seconds.
---
---Cost: 1 request of the organization's window.
---
---Repeat: it may do more than the first: look before you repeat it; after a lost reply it fails as unknown, unless settle = true shows whether it was made.
---@param args toggl.params.post_organization_workspaces
---@return toggl.model.workspace reply
function organization:create_workspace(args) end

---Counts the people and groups of every workspace, by workspace key.
---
---Cost: 1 request of the organization's window; none while the store has it, for 5 minutes.
---
---Repeat: safe: it only reads.
---@param args? toggl.params.get_organization_workspaces_statistics
---@return table<integer, toggl.model.statistics> reply
function organization:statistics(args) end

---Reads who owns the organization.
---
---Cost: 1 request of the organization's window; none while the store has it, for 5 minutes.
---
---Repeat: safe: it only reads.
---@param args? toggl.params.get_organization_owner
---@return toggl.model.owner reply
function organization:get_owner(args) end

---Lists transfers of ownership, open and finished.
---
---Cost: 1 request of the organization's window; none while the store has it, for 1 minute.
---
---Repeat: safe: it only reads.
---@param args? toggl.params.get_ownership_transfers
---@return toggl.list.transfer reply
function organization:transfers(args) end

---Goes through what transfers lists.
---
---Cost: 1 request of the organization's window; none while the store has it, for 1 minute.
---@param args? toggl.params.get_ownership_transfers
---@return toggl.each.transfer next
function organization:each_transfer(args) end

---Asks for the organization to change hands; both owners must accept. No document says how to name the new owner.
---
---Cost: 1 request of the organization's window.
---
---Repeat: it has an effect outside of Toggl a second time, such as a mail; after a lost reply it fails as unknown, unless settle = true shows whether it was made.
---@param args? toggl.params.post_ownership_transfer
---@return toggl.model.transfer reply
function organization:create_transfer(args) end

---Reads one transfer of ownership.
---
---Cost: 1 request of the organization's window; none while the store has it, for 1 minute.
---
---Repeat: safe: it only reads.
---@param args toggl.params.get_ownership_transfer
---@return toggl.model.transfer reply
function organization:transfer(args) end

---Reads the plans on offer to the organization and their prices.
---
---Cost: 1 request of the organization's window; none while the store has it, for 1 day.
---
---Repeat: safe: it only reads.
---@param args? toggl.params.get_organizations_plans
---@return toggl.model.price_list reply
function organization:plans(args) end

---Reads one plan and its prices, as a list of prices with one plan.
---
---Cost: 1 request of the organization's window; none while the store has it, for 1 day.
---
---Repeat: safe: it only reads.
---@param args toggl.params.get_organizations_plans_0
---@return toggl.model.price_list reply
function organization:get_plan(args) end

---Reads the subscription of the organization. Only administrators may.
---
---Cost: 1 request of the organization's window; none while the store has it, for 10 minutes.
---
---Repeat: safe: it only reads.
---@param args? toggl.params.get_organization_subscription
---@return toggl.model.subscription reply
function organization:get_subscription(args) end

---Reads who pays and how. Only administrators may.
---
---Cost: 1 request of the organization's window; none while the store has it, for 10 minutes.
---
---Repeat: safe: it only reads.
---@param args? toggl.params.get_unified_customer
---@return toggl.model.customer reply
function organization:customer(args) end

---Lists the paid invoices, page by page.
---
---Cost: 1 request of the organization's window for each page; none while the store has it, for 10 minutes.
---
---Repeat: safe: it only reads.
---@param args? toggl.params.get_organizations_payments_records
---@return toggl.list.invoice_page reply
function organization:payment_records(args) end

---Goes through what payment_records lists.
---
---Cost: 1 request of the organization's window for each page; none while the store has it, for 10 minutes.
---@param args? toggl.params.get_organizations_payments_records
---@return toggl.each.invoice_page next
function organization:each_payment_record(args) end

---Fetches an invoice as a PDF file.
---
---Cost: 1 request of the organization's window.
---
---Repeat: safe: it only reads.
---@param args toggl.params.get_organization_invoice
---@return string reply
function organization:invoice(args) end

---Fetches a purchase order as a PDF file.
---
---Cost: 1 request of the organization's window.
---
---Repeat: safe: it only reads.
---@param args toggl.params.get_organization_purchase_order_pdf
---@return string reply
function organization:purchase_order(args) end

---Works out what a number of seats would cost. The shape of the answer is not documented.
---
---Cost: 1 request of the organization's window; none while the store has it, for 1 minute.
---
---Repeat: safe: it only reads.
---@param args? toggl.params.get_organization_invoice_summary
---@return any reply
function organization:invoice_summary(args) end

---Tells why the last payment failed; 404 when it did not.
---
---Cost: 1 request of the organization's window; none while the store has it, for 1 minute.
---
---Repeat: safe: it only reads.
---@param args? toggl.params.get_organization_subscription_payment_failed
---@return toggl.model.payment_failure reply
function organization:payment_failed(args) end

---A person in an organization, with all keys of the reply.
---@class toggl.user: toggl.record
local user = {}

---Remove this person from the organization.
---
---Cost: 1 request of the organization's window.
---@param options? toggl.call_options Options of a call, such as {refresh = true}.
---@return toggl.done
function user:remove(options) end

---Deactivate this person in the whole organization. A repeat is safe.
---
---Cost: 1 request of the organization's window.
---@param options? toggl.call_options Options of a call, such as {refresh = true}.
---@return toggl.done
function user:deactivate(options) end

---Reactivate this person in the whole organization.
---
---Cost: 1 request of the organization's window.
---@param options? toggl.call_options Options of a call, such as {refresh = true}.
---@return toggl.done
function user:activate(options) end

---Reactivate this person in the whole organization: the same as activate.
---
---Cost: 1 request of the organization's window.
---@param options? toggl.call_options Options of a call, such as {refresh = true}.
---@return toggl.done
function user:reactivate(options) end

---Take the person out of all groups and workspaces and deactivate them, in one request. Toggl refuses the owner and the payer, and then nothing is changed. History stays; user:remove() deletes the membership of the organization.
---
---Cost: 1 request of the organization's window.
---@param options? toggl.call_options Options of a call, such as {refresh = true}.
---@return toggl.done
function user:offboard(options) end

---Give the person a role of the organization. user:update{ role = } takes the same words.
---
---Cost: 2 requests of the organization's window: the roles are read, and kept for a day.
---@param role number|string|toggl.key.role_id A role of org:roles(): its name, type or code, its key, or the record.
---@param options? toggl.call_options Options of a call, such as {refresh = true}.
---@return toggl.done
function user:set_role(role, options) end

---Resend the invitation of a person who has not joined. Toggl sends mail.
---
---Cost: 1 request of the organization's window.
---@param options? toggl.call_options Options of a call, such as {refresh = true}.
---@return toggl.done
function user:resend_invitation(options) end

---Changes one person. The lists of groups and workspaces are complete lists: what is left out is taken away.
---
---Cost: 1 request of the organization's window.
---
---Repeat: the same state, but it undoes what others changed meanwhile; after a lost reply it fails as unknown, unless settle = true shows whether it was made.
---@param args toggl.more.put_organization_users
---@return true reply
function user:update(args) end

---A group of people of an organization, attached to workspaces.
---@class toggl.group: toggl.record
local group = {}

---Rename the group. Through a workspace that it is attached to, the name is sent alone. A group without one is read first and sent with its people, since Toggl does not document that they stay. That list cannot hold invited people, who would lose their place: the error names them.
---
---Cost: 1 request where the group is attached to a workspace; else 2.
---@param name string The new name.
---@param options? toggl.call_options|{force: boolean?} force = true: rename although invited people lose their place.
---@return toggl.done
function group:rename(name, options) end

---Add people and workspaces to the group. If the server refuses some, returns an error; the others have been added.
---
---Cost: 1 request of the organization's window, for any number of them.
---@param ... toggl.members Objects, {user_id =}, {workspace_id =}, or one list of them.
---@return toggl.done
function group:add(...) end

---Remove people and workspaces from the group. The server confirms the removal of non-members as well: a second result lists those that were not in the group when it was read, {message =, members =}.
---
---Cost: 1 request of the organization's window, for any number of them.
---@param ... toggl.members Objects, {user_id =}, {workspace_id =}, or one list of them.
---@return toggl.done
function group:remove(...) end

---Give the people of the group access to workspaces: attach the group to them.
---
---Cost: 1 request of the organization's window, for any number of them.
---@param ... toggl.workspaces Objects, {workspace_id =}, or one list of them.
---@return toggl.done
function group:give(...) end

---Take the access to workspaces from the group. A second result lists those that it was not attached to when it was read, {message =, members =}.
---
---Cost: 1 request of the organization's window, for any number of them.
---@param ... toggl.workspaces Objects, {workspace_id =}, or one list of them.
---@return toggl.done
function group:take(...) end

---Replaces a group. Its people and workspaces are complete lists: give all, for what is left out may be taken away.
---
---Cost: 1 request of the organization's window.
---
---Repeat: the same state, but it undoes what others changed meanwhile; after a lost reply it fails as unknown, unless settle = true shows whether it was made.
---@param args toggl.params.put_organization_group
---@return toggl.model.group reply
function group:update(args) end

---Adds people and workspaces to a group or takes them away. Each change is carried out by itself: look at failure.
---
---Cost: 1 request of the organization's window.
---
---Repeat: the same state, but it undoes what others changed meanwhile; after a lost reply it fails as unknown, unless settle = true shows whether it was made.
---@param args toggl.params.patch_organization_group
---@return toggl.model.group_patch_result reply
function group:patch(args) end

---Deletes a group. People who were in a workspace only through it lose the workspace.
---
---Cost: 1 request of the organization's window.
---
---Repeat: the same state, but it undoes what others changed meanwhile; after a lost reply it fails as unknown, unless settle = true shows whether it was made.
---@param args? toggl.params.delete_organization_group
---@return true reply
function group:delete(args) end

---A workspace of an organization.
---@class toggl.workspace: toggl.record
local workspace = {}

---Rename the workspace.
---
---Cost: 1 request of the organization's window.
---@param name string The new name.
---@return toggl.done
function workspace:rename(name) end

---Lists the groups attached to the workspace, with their people.
---
---Cost: 1 request of the organization's window; none while the store has it, for 5 minutes.
---
---Repeat: safe: it only reads.
---@param args? toggl.params.get_organization_workspaces_groups
---@return toggl.list.group reply
function workspace:groups(args) end

---Goes through what groups lists.
---
---Cost: 1 request of the organization's window; none while the store has it, for 5 minutes.
---@param args? toggl.params.get_organization_workspaces_groups
---@return toggl.each.group next
function workspace:each_group(args) end

---Lists the groups of a workspace in a short form. Use workspace:groups(), which also lists the people.
---
---Cost: 1 request of the organization's window; none while the store has it, for 5 minutes.
---
---Repeat: safe: it only reads.
---@deprecated
---@param args? toggl.params.get_workspace_groups
---@return toggl.list.workspace_group reply
function workspace:workspace_groups(args) end

---Goes through what workspace_groups lists.
---
---Cost: 1 request of the organization's window; none while the store has it, for 5 minutes.
---@deprecated
---@param args? toggl.params.get_workspace_groups
---@return toggl.each.workspace_group next
function workspace:each_workspace_group(args) end

---Makes an empty group attached to the workspace.
---
---Cost: 1 request of the organization's window.
---
---Repeat: it may do more than the first: look before you repeat it; after a lost reply it fails as unknown, unless settle = true shows whether it was made.
---@param args toggl.params.post_workspace_group
---@return toggl.model.workspace_group reply
function workspace:create_group(args) end

---Changes a workspace. Give only what changes: a paid setting on a lower plan is refused with 402.
---
---Cost: 1 request of the organization's window.
---
---Repeat: the same state, but it undoes what others changed meanwhile; after a lost reply it fails as unknown, unless settle = true shows whether it was made.
---@param args? toggl.params.put_workspaces
---@return toggl.model.workspace reply
function workspace:update(args) end

---Counts the people and groups of a workspace.
---
---Cost: 1 request of the organization's window; none while the store has it, for 5 minutes.
---
---Repeat: safe: it only reads.
---@param args? toggl.params.get_workspace_statistics
---@return toggl.model.statistics reply
function workspace:statistics(args) end

---Lists the memberships of a workspace page by page. Each page costs a request.
---
---Cost: 1 request of the organization's window for each page: up to 1,000 records, or what the server allows; none while the store has it, for 5 minutes.
---
---Repeat: safe: it only reads.
---@param args? toggl.params.get_organization_workspaces_workspaceusers
---@return toggl.list.workspace_user reply
function workspace:workspace_users(args) end

---Goes through what workspace_users lists.
---
---Cost: 1 request of the organization's window for each page: up to 1,000 records, or what the server allows; none while the store has it, for 5 minutes.
---@param args? toggl.params.get_organization_workspaces_workspaceusers
---@return toggl.each.workspace_user next
function workspace:each_workspace_user(args) end

---Ends memberships in a workspace; the people stay in the organization. One wrong key refuses them all.
---
---Cost: 1 request of the organization's window.
---
---Repeat: the same state, but it undoes what others changed meanwhile; after a lost reply it fails as unknown, unless settle = true shows whether it was made.
---@param args toggl.params.patch_organization_workspace_users
---@return true reply
function workspace:remove_members(args) end

---Adds a person or group to a workspace or takes it away. Toggl no longer documents it: use remove_members, group:give, user:update or invite.
---
---Cost: 1 request of the organization's window.
---
---Repeat: the same state, but it undoes what others changed meanwhile; after a lost reply it fails as unknown, unless settle = true shows whether it was made.
---@deprecated
---@param args toggl.params.put_organization_workspaces_assignments
---@return true reply
function workspace:assign(args) end

---Lists the people of a workspace in a short form, by account key.
---
---Cost: 1 request of the organization's window; none while the store has it, for 5 minutes.
---
---Repeat: safe: it only reads.
---@param args? toggl.params.get_workspace_users
---@return toggl.list.simple_workspace_user reply
function workspace:users(args) end

---Goes through what users lists.
---
---Cost: 1 request of the organization's window; none while the store has it, for 5 minutes.
---@param args? toggl.params.get_workspace_users
---@return toggl.each.simple_workspace_user next
function workspace:each_user(args) end

---Reads up to 150 people of a workspace at once, by account key. It changes nothing.
---
---Cost: 1 request of the organization's window.
---
---Repeat: safe: it only reads.
---@param args toggl.params.post_workspace_users_data
---@return toggl.list.simple_workspace_user reply
function workspace:users_data(args) end

---Goes through what users_data lists.
---
---Cost: 1 request of the organization's window.
---@param args toggl.params.post_workspace_users_data
---@return toggl.each.simple_workspace_user next
function workspace:each_users_data(args) end

---Changes a person of a workspace by account key. No document says which fields it takes: member:update() is the sure way.
---
---Cost: 1 request of the organization's window.
---
---Repeat: the same state, but it undoes what others changed meanwhile; after a lost reply it fails as unknown, unless settle = true shows whether it was made.
---@param args toggl.params.put_workspace_users
---@return true reply
function workspace:update_user(args) end

---Lists the memberships of a workspace in one reply.
---
---Cost: 1 request of the organization's window; none while the store has it, for 5 minutes.
---
---Repeat: safe: it only reads.
---@param args? toggl.params.get_workspace_workspace_users
---@return toggl.list.workspace_user reply
function workspace:members(args) end

---Goes through what members lists.
---
---Cost: 1 request of the organization's window; none while the store has it, for 5 minutes.
---@param args? toggl.params.get_workspace_workspace_users
---@return toggl.each.workspace_user next
function workspace:each_member(args) end

---Reads the subscription that a workspace is under: the one of its organization.
---
---Cost: 1 request of the organization's window; none while the store has it, for 10 minutes.
---
---Repeat: safe: it only reads.
---@param args? toggl.params.get_workspace_subscription
---@return toggl.model.subscription reply
function workspace:get_subscription(args) end

---A person in a workspace, by the workspace-user key.
---@class toggl.member: toggl.record
local member = {}

---Changes a membership. Rates, costs and working time take a paid plan; a null goes through postedFields.
---
---Cost: 1 request of the organization's window.
---
---Repeat: the same state, but it undoes what others changed meanwhile; after a lost reply it fails as unknown, unless settle = true shows whether it was made.
---@param args? toggl.params.put_workspace_workspace_users
---@return true reply
function member:update(args) end

---Ends a membership in a workspace. The person stays in the organization.
---
---Cost: 1 request of the organization's window.
---
---Repeat: the same state, but it undoes what others changed meanwhile; after a lost reply it fails as unknown, unless settle = true shows whether it was made.
---@param args? toggl.params.delete_workspace_user
---@return true reply
function member:delete(args) end

---The membership of a person in a workspace, seen from the person.
---@class toggl.membership: toggl.record
local membership = {}

---A sent invitation.
---@class toggl.invitation: toggl.record
local invitation = {}

---A transfer of ownership, pending or finished.
---@class toggl.transfer: toggl.record
local transfer = {}

---Accepts, declines or withdraws a transfer of ownership. When both owners have accepted, the owner changes.
---
---Cost: 1 request of the organization's window.
---
---Repeat: it may do more than the first: look before you repeat it; after a lost reply it fails as unknown, unless settle = true shows whether it was made.
---@param args toggl.params.post_ownership_transfer_actions
---@return toggl.model.transfer reply
function transfer:action(args) end

---A group in its older form, as listed by a workspace.
---@class toggl.workspace_group: toggl.record
local workspace_group = {}

---Renames a group for the whole organization.
---
---Cost: 1 request of the organization's window.
---
---Repeat: the same state, but it undoes what others changed meanwhile; after a lost reply it fails as unknown, unless settle = true shows whether it was made.
---@param args toggl.params.put_workspace_group
---@return toggl.model.workspace_group reply
function workspace_group:update(args) end

---Deletes a group of the workspace. People who were here only through it lose the workspace.
---
---Cost: 1 request of the organization's window.
---
---Repeat: the same state, but it undoes what others changed meanwhile; after a lost reply it fails as unknown, unless settle = true shows whether it was made.
---@param args? toggl.params.delete_workspace_group
---@return true reply
function workspace_group:delete(args) end

---Methods common to records of every class.
---@class toggl.record
---@field stale boolean From a reply older than requested, used because nothing fresher was available.
---@field settling number? Read so soon after a change that Toggl may not show it: seconds to wait before reading again.
local record = {}

---Return the JSON text of the record, as received.
---
---Cost: nothing.
---@return string
function record:raw() end

---Return a copy as a plain table, without nulls.
---
---Cost: nothing.
---@return table
function record:table() end

---Return a field, or nil when it is absent. Reading record.NAME raises for a name that neither the record nor its model has.
---
---Cost: nothing.
---@param name string Name of a field.
---@return any
function record:get(name) end

---Return a copy that does not keep its list in memory.
---
---Cost: nothing.
---@return self
function record:detach() end

---Return the name of its model: toggl.models has the fields.
---
---Cost: nothing.
---@return string
function record:model() end

---Return the client that read the record.
---
---Cost: nothing.
---@return toggl.client
function record:client() end

---Return the keys of the organization and of the workspace that it belongs to.
---
---Cost: nothing.
---@return integer?
---@return integer?
function record:place() end

---A list of records: #list, list[i], ipairs(list).
---@class toggl.list
---@field complete boolean It has all pages, and one unchanging list explains every reply.
---@field incomplete string? Why it is not complete.
---@field stale boolean Older than requested, used because nothing fresher was available.
---@field settling number? Read so soon after a change that Toggl may not show it: seconds to wait before reading again.
---@field at number? When the server answered its oldest page; nil for a list inside a record.
---@field age number? Seconds since then.
---@field pages integer Number of pages read.
local list = {}

---Iterate the records.
---
---Cost: nothing.
---@return fun(): toggl.record?
function list:each() end

---Return the records in a plain table, which can be sorted.
---
---Cost: nothing.
---@return toggl.record[]
function list:table() end

---Return the JSON text of the whole list.
---
---Cost: nothing.
---@return string
function list:raw() end

---Return the name of the model of its records.
---
---Cost: nothing.
---@return string
function list:model() end

---A function that runs concurrently in one thread: its calls do not block.
---@class toggl.task
local task = {}

---Wait for the task and return what its function returned. Raises an error of the task, and where the task waits for the caller.
---
---Cost: nothing.
---@return any ...
function task:wait() end

---Return whether the task has ended.
---
---Cost: nothing.
---@return boolean
function task:done() end

---End the task at its next wait: the call in flight fails as cancelled, a change that was sent as unknown. The end of a <close> variable does the same.
---
---Cost: nothing.
function task:cancel() end

---A server in this process that behaves like Toggl.
---@class toggl.sandbox
---@field url string Base address, which ends in /api/v9.
---@field socket string? Path of the socket; nil with a TCP port.
---@field organization_id integer Key of the organization Acme.
---@field email string Address of the administrator.
---@field password string Password of the administrator.
---@field api_token string Token of the administrator.
local sandbox = {}

---Return a sentence about exchanges missing from the recording, on a full disk for instance; nil: none.
---
---Cost: nothing.
---@return string?
function sandbox:problem() end

---Stop the server. The end of a <close> variable does the same. Returns nil and a sentence when exchanges are missing from the recording.
---
---Cost: nothing.
---@return boolean?
---@return string?
function sandbox:stop() end

---Return the API token of a person.
---
---Cost: nothing.
---@param who? string Address, or account key as text; default: the administrator.
---@return string
function sandbox:token(who) end

---Return the password of a person.
---
---Cost: nothing.
---@param who string Address, or account key as text.
---@return string
function sandbox:password_of(who) end

---Change settings of a running server.
---
---Cost: nothing.
---@param knobs table Such as {plan = "free", latency = 50, page_cap = 50}.
---@return toggl.sandbox
function sandbox:set(knobs) end

---Make the server misbehave by a rule.
---
---Cost: nothing.
---@param rule string NAME[:WHEN][@PART OF THE PATH], such as "commit-then-drop:1".
---@return toggl.sandbox
function sandbox:fault(rule) end

---Remove all faults.
---
---Cost: nothing.
---@return toggl.sandbox
function sandbox:clear() end

---Advance the server's clock.
---
---Cost: nothing.
---@param seconds number Seconds to advance.
---@return toggl.sandbox
function sandbox:advance(seconds) end

---Return the number of requests received, and the last of them: {method =, path =, status =}.
---
---Cost: nothing.
---@return integer
---@return table[]
function sandbox:requests() end

---Block the program while the server runs. Returns true after the time, false when a signal came first.
---
---Cost: nothing.
---@param seconds? number How long; default: until a signal.
---@return boolean
function sandbox:wait(seconds) end

---The module itself: functions, called with a dot.
---@class toggl
---@field _VERSION string Version of the module.
---@field null toggl.null The value for JSON null.
---@field operations table The rows of the operations, by position and by name.
---@field models table The rows of the models, by position and by name.
---@field json toggl.json
---@field csv toggl.csv
---@field show toggl.show
---@field options toggl.options
---@field audit toggl.audit
---@field plan toggl.plan
---@field report toggl.report
---@field cache toggl.cache
---@field sandbox toggl.sandbox_module
---@field secrets toggl.secrets Tokens of profiles, for logging in.
local toggl = {}

---Create a client. Credentials come from the options, else from the profile, TOGGL_API_TOKEN and TOGGL_PASSWORD, or ~/.togglrc. Raises when an option is wrong. Sends nothing yet.
---
---Cost: nothing.
---@param options? toggl.client_options Account, server and behaviour.
---@return toggl.client
function toggl.client(options) end

---Call f for every item concurrently; return the results in the order of the items. The first failure stops the rest and names its item. With collect, the second result lists all failures: {index =, item =, err =}.
---
---Cost: the requests of f.
---@param list table|toggl.list|nil Items. nil raises: the reading that was to return them failed.
---@param f fun(item: any, index: integer): any, ... Called for each item, several at a time.
---@param options? {limit: integer?, collect: boolean?} limit: concurrent calls of f, default 32; collect = true: continue after a failure.
---@return any[]
---@return table?
function toggl.map(list, f, options) end

---Call functions concurrently; return their results in order.
---
---Cost: the requests of the functions.
---@param functions (fun(): any)[] Functions without arguments.
---@param options? {limit: integer?, collect: boolean?} As for toggl.map.
---@return any[]
---@return table?
function toggl.all(functions, options) end

---Start f(...) as a task. It runs until its first call before this returns.
---
---Cost: nothing.
---@param f fun(...: any): any, ... The function to run.
---@param ... any Its arguments.
---@return toggl.task
function toggl.task(f, ...) end

---Sleep without holding up other tasks.
---
---Cost: nothing.
---@param seconds number How long to sleep.
function toggl.sleep(seconds) end

---Return the help text of a topic.
---
---Cost: nothing.
---@param topic? any A method (org.invite), the name of an operation, class, model or subject, a record, or nothing.
---@return string
function toggl.help(topic) end

---JSON for files and scripts: exact integers, sorted keys, strict.
---@class toggl.json
---@field null toggl.null The value for JSON null: toggl.null.
local toggl_json = {}

---Parse JSON: integers stay integers, empty lists stay lists, null is toggl.null. Invalid JSON returns nil and the place.
---
---Cost: nothing.
---@param text string One JSON value.
---@return any
---@return string?
function toggl_json.decode(text) end

---Write JSON with sorted keys. A value that JSON cannot hold returns nil and the place.
---
---Cost: nothing.
---@param value any Tables, lists, records in plain form, toggl.null.
---@param options? {indent: integer?, order: string[]?} indent: spaces per level; order: keys that come first.
---@return string?
---@return string?
function toggl_json.encode(value, options) end

---Mark a table as a list, so that an empty one is written as [].
---
---Cost: nothing.
---@param t? table The list; default: a new one.
---@return table
function toggl_json.array(t) end

---Return whether a table is marked as a list.
---
---Cost: nothing.
---@param t any Anything.
---@return boolean
function toggl_json.is_array(t) end

---CSV by RFC 4180, safe to open in a spreadsheet.
---@class toggl.csv
local toggl_csv = {}

---Write CSV.
---
---Cost: nothing.
---@param rows any[][] Rows of cells.
---@param options? {separator: string?, eol: string?, guard: boolean?} guard = false: do not escape cells that a spreadsheet would run as formulas.
---@return string
function toggl_csv.encode(rows, options) end

---Write one line of CSV.
---
---Cost: nothing.
---@param cells any[] One row; its field n, if set, counts nil cells.
---@param options? {separator: string?, eol: string?, guard: boolean?} As for encode.
---@return string
function toggl_csv.row(cells, options) end

---Write one line of tab-separated values: tabs, line ends and backslashes are escaped.
---
---Cost: nothing.
---@param cells any[] One row, as for row.
---@return string
function toggl_csv.tabs(cells) end

---Write a list as one cell, as --output csv does: items with a comma are quoted.
---
---Cost: nothing.
---@param items any[] Items of one cell.
---@return string
function toggl_csv.list(items) end

---Return the items of a list in a cell.
---
---Cost: nothing.
---@param cell string Such a cell.
---@return string[]?
---@return string?
function toggl_csv.items(cell) end

---Parse CSV: returns rows of texts, or nil and a message with the line.
---
---Cost: nothing.
---@param text string CSV.
---@param options? {separator: string?, eol: string?, guard: boolean?} As for encode.
---@return string[][]?
---@return string?
function toggl_csv.decode(text, options) end

---Read CSV whose separator is a comma, a semicolon or a tab, also named by a first line such as sep=; and return the number of lines in front of the rows too. Text that is not UTF-8 returns nil and the place.
---
---Cost: nothing.
---@param text string CSV text as a spreadsheet saves it.
---@return string[][]?
---@return integer|string
function toggl_csv.sheet(text) end

---Parse CSV: returns tables keyed by the names in the first line.
---
---Cost: nothing.
---@param text string CSV with the names in its first line.
---@param options? {separator: string?, eol: string?, guard: boolean?} As for encode.
---@return table[]?
---@return string?
function toggl_csv.records(text, options) end

---Values as tables for people, or CSV and JSON for programs.
---@class toggl.show
---@field format string That of --output.
---@field columns (string|any[])? Those of --columns; nil: not given.
local toggl_show = {}

---Return records as text.
---
---Cost: nothing.
---@param value any A list, a record, or plain tables of them.
---@param options? {format: string?, columns: (string|any[])?, title: string?, empty: string?, header: boolean?, of: table?, separator: string?, eol: string?, guard: boolean?} format: "table", "csv", "tsv", "json", "jsonl" or "markdown"; columns: "name,email"; separator, eol and guard as for toggl.csv.encode.
---@return string
function toggl_show.text(value, options) end

---Write records to standard output in the format of --output and --columns.
---
---Cost: nothing.
---@param value any As for text.
---@param options? {format: string?, columns: (string|any[])?, title: string?, empty: string?, header: boolean?, of: table?, separator: string?, eol: string?, guard: boolean?} As for text; of: the columns of a long list, such as toggl.audit.PERSON, or of an iterator such as org:each_user(), which are written without a Lua value for each.
function toggl_show.print(value, options) end

---Return the rows of records by columns: a table each. A value that does not have the type of its field is left out, and named once.
---
---Cost: nothing.
---@param value any A list of records, or an iterator such as org:each_user().
---@param of table The columns, such as toggl.audit.PERSON.
---@return table[]
function toggl_show.rows(value, of) end

---Write text to standard output; raise when the reader has closed it.
---
---Cost: nothing.
---@param text string Any text.
function toggl_show.write(text) end

---Write what a pager would show at the end of a job now: a wait or a question follows.
---
---Cost: nothing.
function toggl_show.flush() end

---The command line of a job.
---@class toggl.options
local toggl_options = {}

---Parse a command line: returns options by name, and the other words. A usage error ends a job with status 2.
---
---Cost: nothing.
---@param words string[] Usually arg.
---@param spec table<string, any> Name and kind of each option: "flag", "string", "integer", "number", or a list of the allowed words.
---@param how? "stop"|"pick" What to do at an unknown option.
---@return table
---@return string[]
function toggl_options.read(words, spec, how) end

---Raise an error that ends a job with status 2.
---
---Cost: nothing.
---@param format string As for string.format.
---@param ... any Its values.
---@return never
function toggl_options.fail(format, ...) end

---", did you mean 'X'?" for the nearest name, or an empty text, for use in a message.
---
---Cost: nothing.
---@param word string The word as typed.
---@param names string[] The valid names; the list is sorted in place.
---@return string
function toggl_options.near(word, names) end

---Return the columns that a job shows: those of --columns, or all. A wrong name ends the job with status 2 and suggests another; call it before the first request.
---
---Cost: nothing.
---@param known string The names of all columns: "id,name,email".
---@return string
function toggl_options.columns(known) end

---Return a function that chooses, sorts and cuts the rows of a job by its options --where, --sort and --limit. A fault in them ends the job with status 2; call it before the first request.
---
---Cost: nothing.
---@param columns string The names of all columns: "id,name".
---@param options table where = a Lua expression of the columns, sort = "name,-id", limit = a number.
---@return fun(rows: table[]): table[]
function toggl_options.select(columns, options) end

---Return the name that the text means: it exactly, else one that looks the same.
---
---Cost: nothing.
---@param text string A name as typed.
---@param names string[] The names that there are.
---@return string?
function toggl_options.meant(text, names) end

---Return the text in lower case, in any script, to compare it.
---
---Cost: nothing.
---@param text string Any text.
---@return string
function toggl_options.lower(text) end

---Return the filter for org:users that finds the text in each of its forms, and a wider one, if any, for when that finds no one. A reply may hold more people than are meant.
---
---Cost: nothing.
---@param text string A name or address, or a part of one.
---@return string
---@return string?
function toggl_options.filters(text) end

---Return the list, and raise an error of kind partial where it is not complete: what is not in it may be there all the same.
---
---Cost: nothing.
---@param list toggl.list A list of records.
---@param what string What they are, for the message: people.
---@return toggl.list
function toggl_options.complete(list, what) end

---Return the word as a shell reads it back as one word, for a command in a message.
---
---Cost: nothing.
---@param word string Such as a path.
---@return string
function toggl_options.quoted(word) end

---Ask on the terminal, and end the job unless the answer is yes. --yes and a dry run ask nothing; without a terminal the job ends.
---
---Cost: nothing.
---@param format string The question, as for string.format.
---@param ... any Its values.
function toggl_options.confirm(format, ...) end

---The state of an organization, in few requests.
---@class toggl.audit
---@field PERSON table The columns of a person for toggl.show.print and rows: id, name, email, state, role, groups, workspaces, user_id.
local toggl_audit = {}

---Read people, groups and workspaces, change nothing, and return plain tables: plan, people by state (unknown: the record does not say), administrators, no_group, not_active, groups, empty_groups, workspaces, ages, requests, spent.
---
---Cost: 3 requests of the organization's window, and 1 for each further page of people; fewer while the store answers.
---@param org toggl.organization The organization.
---@return toggl.audit_result
function toggl_audit.read(org) end

---Return whether a person is active, deactivated or invited; nil: the record does not say.
---
---Cost: nothing.
---@param user toggl.user|table A person of the organization.
---@return ("active"|"inactive"|"invited")?
function toggl_audit.state(user) end

---Return the highest right of a person in the organization; nil: the record does not say.
---
---Cost: nothing.
---@param user toggl.user|table A person of the organization.
---@return ("owner"|"administrator"|"member")?
function toggl_audit.role(user) end

---The changes that bring an organization to a desired state.
---@class toggl.plan
local toggl_plan = {}

---Read a desired state. The error lists every problem with its file and line. A Lua file runs in an empty environment, and only if no other user can write it.
---
---Cost: nothing.
---@param path string A file that ends in .lua, .json or .csv.
---@return toggl.loaded? reply
---@return toggl.error err
---@return_overload toggl.loaded, nil
---@return_overload nil, toggl.error
function toggl_plan.load(path) end

---Parse a desired state from a text.
---
---Cost: nothing.
---@param text string A desired state.
---@param format "lua"|"json"|"csv" Format of the text.
---@param name? string Name of the text in messages.
---@return toggl.loaded? reply
---@return toggl.error err
---@return_overload toggl.loaded, nil
---@return_overload nil, toggl.error
function toggl_plan.parse(text, format, name) end

---Plan a desired state for an organization: org:plan as a function.
---
---Cost: as org:plan.
---@param org toggl.organization The organization.
---@param desired toggl.desired A desired state: a table, or the result of toggl.plan.load.
---@param options? toggl.plan_options rules = {least_admins = 1: how many must stay, own = a file of deny(why, function)}; now: the time; refresh = true: read from Toggl; max_age: seconds that a list may be old.
---@return toggl.plan_result
function toggl_plan.of(org, desired, options) end

---Plan the desired state of a kept plan again. An error of kind guard has the difference where another plan came out.
---
---Cost: as org:plan.
---@param org toggl.organization The organization.
---@param id string Id of a plan that plan:keep has kept.
---@param options? {refresh: boolean?, max_age: number?} refresh = true: read from Toggl; max_age: seconds that a list may be old.
---@return toggl.plan_result
function toggl_plan.kept(org, id, options) end

---Return the id of the plan that was applied to an organization last, by the journal of this account; nil: none.
---
---Cost: nothing.
---@param org toggl.organization The organization.
---@return string?
function toggl_plan.last(org) end

---Return what remains of a plan whose apply ended early, as a plan to apply. Waits until Toggl shows what was sent, and closes entries of the journal that lost their reply by what is there.
---
---Cost: as org:plan{ refresh = true }.
---@param org toggl.organization The organization.
---@param id? string Id of the plan; default: the one that was applied last.
---@return toggl.plan_result
function toggl_plan.resume(org, id) end

---Return how many people a plan removes whose last day is not over.
---
---Cost: nothing.
---@param plan toggl.plan_result The plan, from org:plan.
---@return integer
function toggl_plan.removals(plan) end

---Show a plan, ask on the terminal, apply it and print the receipt, as the jobs do.
---
---Cost: the price of the plan.
---@param plan toggl.plan_result The plan, from org:plan.
---@param options? {allow_removals: boolean|integer?, reserve: integer?, by: number?, question: string?, before: function?} allow_removals, reserve and by: as for plan:apply; question: in place of the id of the plan; before: called when the answer was yes.
function toggl_plan.run(plan, options) end

---Return the present state as a desired one: a plan of it has nothing to do. Memberships through a group are comments.
---
---Cost: 2 requests of the organization's window, 1 for each further page of people, and 1 for each workspace; 1 of your account's window.
---@param org toggl.organization The organization.
---@param format? "lua"|"json"|"csv" Default: lua.
---@return string
function toggl_plan.export(org, format) end

---An audit as one HTML page.
---@class toggl.report
local toggl_report = {}

---Return a self-contained HTML page: no script, font, image or address.
---
---Cost: nothing.
---@param found toggl.audit_result The result of toggl.audit.read.
---@return string
function toggl_report.page(found) end

---Write a page, readable by its owner alone, since it has names and addresses. A reader sees the old page or the new one.
---
---Cost: nothing.
---@param path string The file.
---@param page string The page.
---@return boolean?
---@return string?
function toggl_report.write(path, page) end

---Return whether a file other than an older report is there, which writing would replace.
---
---Cost: nothing.
---@param path string Path of a file that may not exist.
---@return boolean
function toggl_report.foreign(path) end

---The file of stored replies, without a client or credentials.
---@class toggl.cache
local toggl_cache = {}

---Return the status of the store of replies without changing it: path, there, bytes, limit, replies, oldest and newest (seconds since 1970), trimmed, trimmed_bytes and trimmed_at (deleted to keep it small), version, rows, copies and copy_bytes (quarantined), problem (an error: why it cannot be used).
---
---Cost: nothing.
---@param path? string The file; default: that of this user.
---@return table? reply
---@return toggl.error err
---@return_overload table, nil
---@return_overload nil, toggl.error
function toggl_cache.status(path) end

---Compare the replies of the store with their checksums, and the rows that finders use with those that the texts give: path, replies, damaged, lists, records, differ. Rows that differ are removed; the next finder makes them again.
---
---Cost: nothing.
---@param path? string The file; default: that of this user.
---@return table? reply
---@return toggl.error err
---@return_overload table, nil
---@return_overload nil, toggl.error
function toggl_cache.check(path) end

---Remove the replies of all accounts and the quarantined copies, and return the counts: path, replies, bytes, copies. A damaged store is recreated; one of a newer version or of another program is left alone, and err.removed of the error has the counts.
---
---Cost: nothing.
---@param path? string The file; default: that of this user.
---@return table? reply
---@return toggl.error err
---@return_overload table, nil
---@return_overload nil, toggl.error
function toggl_cache.clear(path) end

---Starts sandboxes.
---@class toggl.sandbox_module
local toggl_sandbox = {}

---Start a server in this process, on a Unix socket, or on loopback if a port is given (0: a free one).
---
---Cost: nothing.
---@param options? table people, seed, port, file, record, plan, faults and the settings of server:set: see doc/sandbox.md.
---@return toggl.sandbox
function toggl_sandbox.start(options) end

---An organization as the caller sees it.
---@class toggl.model.organization: toggl.organization
---@field id integer Organization key.
---@field name? string Name of the organization.
---@field admin? boolean The caller is an administrator.
---@field at? string When the organization last changed.
---@field created_at? string When the organization was made.
---@field is_multi_workspace_enabled? boolean More than one workspace is allowed.
---@field is_unified? boolean Billed through the unified subscription; look at subscription instead.
---@field max_data_retention_days? integer How many days back a free plan may read.
---@field max_workspaces? integer How many workspaces are allowed.
---@field owner? boolean The caller is the owner.
---@field permissions? string[] What the caller may do here, by name.
---@field pricing_plan_enterprise? boolean On the Enterprise plan; subscription.enterprise says it too.
---@field pricing_plan_id? integer Key of the price; subscription.plan is the newer form.
---@field pricing_plan_name? string Name of the plan; subscription.plan_name is the newer form.
---@field subscription? toggl.model.organization_subscription The present plan.
---@field suspended_at? string When it was suspended; null when it is not.
---@field trial_info? toggl.model.trial_info The trial; subscription.trial is the newer form.
---@field user_count? integer Number of people.

---@class toggl.list.organization: toggl.list
---@field [integer] toggl.model.organization
---@field each fun(self): fun(): toggl.model.organization?
---@field table fun(self): toggl.model.organization[]

---@class toggl.each.organization
---@field complete boolean At its end: it has gone through all records.
---@field incomplete string? At its end: why it has not.
---@overload fun(): toggl.model.organization?

---What creating an organization answers: far less than an organization; read that for the rest.
---@class toggl.model.new_organization: toggl.organization
---@field id integer Key of the new organization.
---@field name? string Name of the organization.
---@field permissions? string[] What the caller may do here, by name.
---@field workspace_id? integer Key of its first workspace.
---@field workspace_name? string Name of its first workspace.

---@class toggl.list.new_organization: toggl.list
---@field [integer] toggl.model.new_organization
---@field each fun(self): fun(): toggl.model.new_organization?
---@field table fun(self): toggl.model.new_organization[]

---@class toggl.each.new_organization
---@field complete boolean At its end: it has gone through all records.
---@field incomplete string? At its end: why it has not.
---@overload fun(): toggl.model.new_organization?

---The plan of an organization in short.
---@class toggl.model.organization_subscription: toggl.record
---@field billing_period_months? integer 1 when billed monthly, 12 yearly, 0 on the free plan.
---@field created_at? string When the subscription began; null on the free plan.
---@field enterprise? boolean On the Enterprise plan.
---@field plan? "free"|"starter"|"premium"|"enterprise" Short name of the plan.
---@field plan_name? string Name of the plan for people.
---@field seats? integer Seats paid for.
---@field state? "incomplete"|"incomplete_expired"|"trialing"|"active"|"past_due"|"canceled"|"unpaid"|"free" State of the subscription.
---@field trial? toggl.model.subscription_trial The trial.

---@class toggl.list.organization_subscription: toggl.list
---@field [integer] toggl.model.organization_subscription
---@field each fun(self): fun(): toggl.model.organization_subscription?
---@field table fun(self): toggl.model.organization_subscription[]

---@class toggl.each.organization_subscription
---@field complete boolean At its end: it has gone through all records.
---@field incomplete string? At its end: why it has not.
---@overload fun(): toggl.model.organization_subscription?

---The trial of an organization.
---@class toggl.model.subscription_trial: toggl.record
---@field active? boolean A trial is running.
---@field available? boolean A trial can still be started.
---@field end_date? string When the trial ends.
---@field plan? "free"|"starter"|"premium"|"enterprise" Short name of the plan on trial.

---@class toggl.list.subscription_trial: toggl.list
---@field [integer] toggl.model.subscription_trial
---@field each fun(self): fun(): toggl.model.subscription_trial?
---@field table fun(self): toggl.model.subscription_trial[]

---@class toggl.each.subscription_trial
---@field complete boolean At its end: it has gone through all records.
---@field incomplete string? At its end: why it has not.
---@overload fun(): toggl.model.subscription_trial?

---The trial of an organization in its older form.
---@class toggl.model.trial_info: toggl.record
---@field can_have_trial? boolean Neither the organization nor its owner has had a trial.
---@field last_pricing_plan_id? integer Key of the price before the trial.
---@field next_payment_date? string When the first payment is due.
---@field trial? boolean A trial is running.
---@field trial_available? boolean The older form of can_have_trial.
---@field trial_end_date? string When the trial ends.
---@field trial_plan_id? integer Key of the plan on trial.

---@class toggl.list.trial_info: toggl.list
---@field [integer] toggl.model.trial_info
---@field each fun(self): fun(): toggl.model.trial_info?
---@field table fun(self): toggl.model.trial_info[]

---@class toggl.each.trial_info
---@field complete boolean At its end: it has gone through all records.
---@field incomplete string? At its end: why it has not.
---@overload fun(): toggl.model.trial_info?

---The person who owns an organization.
---@class toggl.model.owner: toggl.user
---@field organization_user_id? integer Organization-user key of the owner.
---@field user_id? integer Account key of the owner.
---@field organization_id? integer The organization that the person owns.
---@field name? string Name of the owner.
---@field email? string E-mail address of the owner.
---@field avatar_url? string Address of the picture; empty when there is none.
---@field id? integer Key of this record; which kind of key is not documented.
---@field organization_user_created_at? string When the owner joined the organization.
---@field organization_user_updated_at? string When that membership last changed.
---@field toggl_accounts_id? string Key of the person in the common account system: a text.

---@class toggl.list.owner: toggl.list
---@field [integer] toggl.model.owner
---@field each fun(self): fun(): toggl.model.owner?
---@field table fun(self): toggl.model.owner[]

---@class toggl.each.owner
---@field complete boolean At its end: it has gone through all records.
---@field incomplete string? At its end: why it has not.
---@overload fun(): toggl.model.owner?

---Answers to the survey at the start of an organization.
---@class toggl.model.segmentation: toggl.record
---@field organization_id? integer The organization that answered.
---@field demo_requested? boolean A demonstration was asked for.
---@field full_name? string Name of the person who answered.
---@field heard? string[] How they heard of Toggl; older servers send one text.
---@field industries? string[] Industries that were ticked; older servers send one text.
---@field members_range? string Size of the team, such as 10-50.
---@field reasons? string[] Reasons that were ticked; older servers send one text.
---@field skipped_step? string The step of the survey that was skipped.
---@field user_id? integer Account key of the person who answered.
---@field user_segments? string[] Segments that were ticked.

---@class toggl.list.segmentation: toggl.list
---@field [integer] toggl.model.segmentation
---@field each fun(self): fun(): toggl.model.segmentation?
---@field table fun(self): toggl.model.segmentation[]

---@class toggl.each.segmentation
---@field complete boolean At its end: it has gone through all records.
---@field incomplete string? At its end: why it has not.
---@overload fun(): toggl.model.segmentation?

---How much of one limit an organization uses.
---@class toggl.model.usage_counter: toggl.record
---@field name? string What is counted.
---@field count? integer How much is used.
---@field limit? integer How much is allowed.
---@field reset_at? string When counting starts over.

---@class toggl.list.usage_counter: toggl.list
---@field [integer] toggl.model.usage_counter
---@field each fun(self): fun(): toggl.model.usage_counter?
---@field table fun(self): toggl.model.usage_counter[]

---@class toggl.each.usage_counter
---@field complete boolean At its end: it has gone through all records.
---@field incomplete string? At its end: why it has not.
---@overload fun(): toggl.model.usage_counter?

---A transfer of ownership, open or finished.
---@class toggl.model.transfer: toggl.transfer
---@field owner_transfer_id integer Transfer key.
---@field organization_id? integer The organization that changes hands.
---@field created_at? string When it was asked for.
---@field current_owner_accepted? boolean The present owner agreed.
---@field current_owner_answered_at? string When the present owner answered.
---@field current_owner_id? integer Account key of the present owner.
---@field finished_at? string When it ended; null while it is open.
---@field new_owner_accepted? boolean The next owner agreed.
---@field new_owner_answered_at? string When the next owner answered.
---@field new_owner_id? integer Account key of the next owner.
---@field outcome_name? string How it ended.
---@field requester_id? integer Account key of the person who asked for it.
---@field id integer The same as owner_transfer_id.

---@class toggl.list.transfer: toggl.list
---@field [integer] toggl.model.transfer
---@field each fun(self): fun(): toggl.model.transfer?
---@field table fun(self): toggl.model.transfer[]

---@class toggl.each.transfer
---@field complete boolean At its end: it has gone through all records.
---@field incomplete string? At its end: why it has not.
---@overload fun(): toggl.model.transfer?

---A role, of every organization or of one.
---@class toggl.model.role: toggl.record
---@field role_id integer Role key.
---@field organization_id? integer The organization whose role it is; null for roles of every organization.
---@field name? string Name of the role.
---@field code? string Short name for programs.
---@field description? string What the role is for.
---@field entity? "organization"|"workspace"|"project"|"group" What the role is about.
---@field permissions? toggl.list.permission What the role allows.
---@field privilege_level? integer Its rank among the roles.
---@field type? "owner"|"admin"|"manager"|"guest" What sort of role it is.
---@field id integer The same as role_id.

---@class toggl.list.role: toggl.list
---@field [integer] toggl.model.role
---@field each fun(self): fun(): toggl.model.role?
---@field table fun(self): toggl.model.role[]

---@class toggl.each.role
---@field complete boolean At its end: it has gone through all records.
---@field incomplete string? At its end: why it has not.
---@overload fun(): toggl.model.role?

---One thing that a role allows.
---@class toggl.model.permission: toggl.record
---@field name? string Name of the permission.
---@field condition? string When it holds; null: always.
---@field description? string What it allows, for people.
---@field entity? "organization"|"workspace"|"project"|"group" What it is about.
---@field permission_id? integer Key of the permission.

---@class toggl.list.permission: toggl.list
---@field [integer] toggl.model.permission
---@field each fun(self): fun(): toggl.model.permission?
---@field table fun(self): toggl.model.permission[]

---@class toggl.each.permission
---@field complete boolean At its end: it has gone through all records.
---@field incomplete string? At its end: why it has not.
---@overload fun(): toggl.model.permission?

---An entry of the audit log. No official document names its fields: these are what another server sends.
---@class toggl.model.audit_log: toggl.record
---@field action? string What was done.
---@field created_at? string When it happened.
---@field entity_id? integer Key of the thing that was touched.
---@field entity_type? string Kind of the thing that was touched.
---@field id? integer Number of the entry.
---@field organization_id? integer Where it happened.
---@field request_body? any What was sent; it may hold secrets.
---@field response_body? any What was answered; it may hold secrets.
---@field source? string From where it was done.
---@field user_id? integer Account key of the person who did it.
---@field workspace_id? integer In which workspace it happened.

---@class toggl.list.audit_log: toggl.list
---@field [integer] toggl.model.audit_log
---@field each fun(self): fun(): toggl.model.audit_log?
---@field table fun(self): toggl.model.audit_log[]

---@class toggl.each.audit_log
---@field complete boolean At its end: it has gone through all records.
---@field incomplete string? At its end: why it has not.
---@overload fun(): toggl.model.audit_log?

---A person in an organization, or invited to it.
---@class toggl.model.org_user: toggl.user
---@field id integer Organization-user key: what changing and removing people in the organization takes.
---@field user_id? integer Account key: what groups take; null until the person has joined.
---@field invitation_id? integer Invitation key, for sending the mail again; null once the person has joined.
---@field organization_id? integer The organization the person is in.
---@field name? string Name of the person.
---@field email? string E-mail address.
---@field ["2fa_enabled"]? boolean Signing in takes a second factor.
---@field admin? boolean Administrator of the organization; role_id is the newer form.
---@field avatar_url? string Address of the picture; empty when there is none.
---@field can_edit_email? boolean The caller may change the e-mail address.
---@field groups? toggl.list.group_ref Groups the person is in.
---@field inactive? boolean Deactivated by an administrator.
---@field invitation_code? string Secret code of the invitation; only older servers send it.
---@field joined? boolean False while the person is only invited.
---@field owner? boolean Owner of the organization; role_id is the newer form.
---@field role_id? integer Key of the role; org:roles() lists them.
---@field workspace_count? integer Number of workspaces the person is in.
---@field workspaces? toggl.list.org_user_workspace Memberships in workspaces.

---@class toggl.list.org_user: toggl.list
---@field [integer] toggl.model.org_user
---@field each fun(self): fun(): toggl.model.org_user?
---@field table fun(self): toggl.model.org_user[]

---@class toggl.each.org_user
---@field complete boolean At its end: it has gone through all records.
---@field incomplete string? At its end: why it has not.
---@overload fun(): toggl.model.org_user?

---The membership of a person in one workspace.
---@class toggl.model.org_user_workspace: toggl.membership
---@field workspace_user_id integer Workspace-user key: what removing people from a workspace takes.
---@field workspace_id? integer The workspace.
---@field active? boolean The membership is live.
---@field admin? boolean Administrator of the workspace; role_id is the newer form.
---@field cost? number Labor cost an hour in units of money, not cents.
---@field default_currency? string Currency code of the workspace.
---@field groups? toggl.list.group_ref Groups that give this membership.
---@field inactive? boolean Deactivated in this workspace.
---@field rate? number Billable rate an hour in units of money.
---@field role? string Role as a word; role_id is the newer form.
---@field role_id? integer Key of the role; org:roles() lists them.
---@field view_edit_billable_rates? boolean May see and change billable rates.
---@field view_edit_labor_costs? boolean May see and change labor costs.
---@field working_hours? number Working time in hours.
---@field workspace_name? string Name of the workspace.

---@class toggl.list.org_user_workspace: toggl.list
---@field [integer] toggl.model.org_user_workspace
---@field each fun(self): fun(): toggl.model.org_user_workspace?
---@field table fun(self): toggl.model.org_user_workspace[]

---@class toggl.each.org_user_workspace
---@field complete boolean At its end: it has gone through all records.
---@field incomplete string? At its end: why it has not.
---@overload fun(): toggl.model.org_user_workspace?

---A group in short.
---@class toggl.model.group_ref: toggl.record
---@field group_id integer Group key.
---@field name? string Name of the group.
---@field id integer The same as group_id.

---@class toggl.list.group_ref: toggl.list
---@field [integer] toggl.model.group_ref
---@field each fun(self): fun(): toggl.model.group_ref?
---@field table fun(self): toggl.model.group_ref[]

---@class toggl.each.group_ref
---@field complete boolean At its end: it has gone through all records.
---@field incomplete string? At its end: why it has not.
---@overload fun(): toggl.model.group_ref?

---A group of an organization, with its people and workspaces.
---@class toggl.model.group: toggl.group
---@field group_id integer Group key; there is no id here.
---@field name? string Name of the group.
---@field at? string When the group last changed.
---@field permissions? string[] What the caller may do here, by name.
---@field users? toggl.list.group_user People in the group.
---@field workspaces? integer[] Keys of the workspaces the group is attached to.
---@field id integer The same as group_id.

---@class toggl.list.group: toggl.list
---@field [integer] toggl.model.group
---@field each fun(self): fun(): toggl.model.group?
---@field table fun(self): toggl.model.group[]

---@class toggl.each.group
---@field complete boolean At its end: it has gone through all records.
---@field incomplete string? At its end: why it has not.
---@overload fun(): toggl.model.group?

---A person in a group.
---@class toggl.model.group_user: toggl.user
---@field user_id? integer Account key, not the organization-user key.
---@field name? string Name of the person.
---@field avatar_url? string Address of the picture; empty when there is none.
---@field inactive? boolean Deactivated by an administrator.
---@field joined? boolean The person has accepted the invitation.

---@class toggl.list.group_user: toggl.list
---@field [integer] toggl.model.group_user
---@field each fun(self): fun(): toggl.model.group_user?
---@field table fun(self): toggl.model.group_user[]

---@class toggl.each.group_user
---@field complete boolean At its end: it has gone through all records.
---@field incomplete string? At its end: why it has not.
---@overload fun(): toggl.model.group_user?

---One change of a group.
---@class toggl.model.group_patch: toggl.record
---@field op? "add"|"remove" What to do.
---@field path? "/users"|"/workspaces" What to change: the people of the group or its workspaces.
---@field value? integer[] Account keys for /users, workspace keys for /workspaces.

---@class toggl.list.group_patch: toggl.list
---@field [integer] toggl.model.group_patch
---@field each fun(self): fun(): toggl.model.group_patch?
---@field table fun(self): toggl.model.group_patch[]

---@class toggl.each.group_patch
---@field complete boolean At its end: it has gone through all records.
---@field incomplete string? At its end: why it has not.
---@overload fun(): toggl.model.group_patch?

---What became of the changes of a group: each is carried out by itself.
---@class toggl.model.group_patch_result: toggl.record
---@field failure? toggl.list.group_patch_failure Changes that were refused, even when the status is 200.
---@field success? toggl.list.group_patch Changes that were made.

---@class toggl.list.group_patch_result: toggl.list
---@field [integer] toggl.model.group_patch_result
---@field each fun(self): fun(): toggl.model.group_patch_result?
---@field table fun(self): toggl.model.group_patch_result[]

---@class toggl.each.group_patch_result
---@field complete boolean At its end: it has gone through all records.
---@field incomplete string? At its end: why it has not.
---@overload fun(): toggl.model.group_patch_result?

---A change of a group that was refused.
---@class toggl.model.group_patch_failure: toggl.record
---@field message? string Why, for people.
---@field patch? toggl.model.group_patch The change that was sent.

---@class toggl.list.group_patch_failure: toggl.list
---@field [integer] toggl.model.group_patch_failure
---@field each fun(self): fun(): toggl.model.group_patch_failure?
---@field table fun(self): toggl.model.group_patch_failure[]

---@class toggl.each.group_patch_failure
---@field complete boolean At its end: it has gone through all records.
---@field incomplete string? At its end: why it has not.
---@overload fun(): toggl.model.group_patch_failure?

---A group as one workspace sees it.
---@class toggl.model.workspace_group: toggl.workspace_group
---@field id integer Group key.
---@field workspace_id? integer The workspace it belongs to.
---@field name? string Name of the group.
---@field at? string When the group last changed.
---@field has_users? boolean There are people in it.
---@field permissions? string[] What the caller may do here, by name.

---@class toggl.list.workspace_group: toggl.list
---@field [integer] toggl.model.workspace_group
---@field each fun(self): fun(): toggl.model.workspace_group?
---@field table fun(self): toggl.model.workspace_group[]

---@class toggl.each.workspace_group
---@field complete boolean At its end: it has gone through all records.
---@field incomplete string? At its end: why it has not.
---@overload fun(): toggl.model.workspace_group?

---What inviting people answers.
---@class toggl.model.invitation_result: toggl.record
---@field data? toggl.list.invitation One entry for each invitation that was made.
---@field invitations? toggl.list.invitation_letter The same in the older form, with the secret codes.
---@field messages? string[] Remarks of the server for people.

---@class toggl.list.invitation_result: toggl.list
---@field [integer] toggl.model.invitation_result
---@field each fun(self): fun(): toggl.model.invitation_result?
---@field table fun(self): toggl.model.invitation_result[]

---@class toggl.each.invitation_result
---@field complete boolean At its end: it has gone through all records.
---@field incomplete string? At its end: why it has not.
---@overload fun(): toggl.model.invitation_result?

---An invitation that was made.
---@class toggl.model.invitation: toggl.invitation
---@field invitation_id integer Invitation key, for sending the mail again.
---@field organization_id? integer The organization the invitation is for.
---@field email? string Address that was invited.
---@field invite_url? string Link of the mail; it holds the secret code.
---@field recipient_id? integer Account key of the invited person; null when they have no account.
---@field sender_id? integer Account key of the person who invited.
---@field workspaces? toggl.list.invitation_membership Memberships the person will have.

---@class toggl.list.invitation: toggl.list
---@field [integer] toggl.model.invitation
---@field each fun(self): fun(): toggl.model.invitation?
---@field table fun(self): toggl.model.invitation[]

---@class toggl.each.invitation
---@field complete boolean At its end: it has gone through all records.
---@field incomplete string? At its end: why it has not.
---@overload fun(): toggl.model.invitation?

---A membership that an invitation holds ready.
---@class toggl.model.invitation_membership: toggl.record
---@field workspace_user_id integer Workspace-user key.
---@field workspace_id? integer The workspace.
---@field user_id? integer Account key of the invited person.

---@class toggl.list.invitation_membership: toggl.list
---@field [integer] toggl.model.invitation_membership
---@field each fun(self): fun(): toggl.model.invitation_membership?
---@field table fun(self): toggl.model.invitation_membership[]

---@class toggl.each.invitation_membership
---@field complete boolean At its end: it has gone through all records.
---@field incomplete string? At its end: why it has not.
---@overload fun(): toggl.model.invitation_membership?

---An invitation in its older form, with the secret code.
---@class toggl.model.invitation_letter: toggl.record
---@field email? string Address that was invited.
---@field code? string Secret code that accepts or rejects the invitation.
---@field organization_id? integer The organization the invitation is for.
---@field organization_name? string Name of the organization.
---@field sender_email? string Address of the person who invited.
---@field sender_name? string Name of the person who invited.

---@class toggl.list.invitation_letter: toggl.list
---@field [integer] toggl.model.invitation_letter
---@field each fun(self): fun(): toggl.model.invitation_letter?
---@field table fun(self): toggl.model.invitation_letter[]

---@class toggl.each.invitation_letter
---@field complete boolean At its end: it has gone through all records.
---@field incomplete string? At its end: why it has not.
---@overload fun(): toggl.model.invitation_letter?

---A workspace that invited people get, and as what.
---@class toggl.model.invitation_workspace: toggl.record
---@field admin? boolean Make them administrators of the workspace; role_id is the newer form.
---@field integration_data? toggl.model.integration_data Where the membership comes from in another system.
---@field role? string Role as a word; role_id is the newer form.
---@field role_id? integer Key of the role; org:roles() lists them.
---@field workspace_id? integer The workspace.

---@class toggl.list.invitation_workspace: toggl.list
---@field [integer] toggl.model.invitation_workspace
---@field each fun(self): fun(): toggl.model.invitation_workspace?
---@field table fun(self): toggl.model.invitation_workspace[]

---@class toggl.each.invitation_workspace
---@field complete boolean At its end: it has gone through all records.
---@field incomplete string? At its end: why it has not.
---@overload fun(): toggl.model.invitation_workspace?

---Where an invited membership comes from in another system.
---@class toggl.model.integration_data: toggl.record
---@field external_id? string Key in the other system.
---@field external_type? string Kind of the thing in the other system.
---@field provider? string Name of the other system.

---@class toggl.list.integration_data: toggl.list
---@field [integer] toggl.model.integration_data
---@field each fun(self): fun(): toggl.model.integration_data?
---@field table fun(self): toggl.model.integration_data[]

---@class toggl.each.integration_data
---@field complete boolean At its end: it has gone through all records.
---@field incomplete string? At its end: why it has not.
---@overload fun(): toggl.model.integration_data?

---A project that invited people get.
---@class toggl.model.project_invite: toggl.record
---@field manager? boolean Make them managers of the project.
---@field project_id? integer The project.
---@field workspace_id? integer The workspace of the project.

---@class toggl.list.project_invite: toggl.list
---@field [integer] toggl.model.project_invite
---@field each fun(self): fun(): toggl.model.project_invite?
---@field table fun(self): toggl.model.project_invite[]

---@class toggl.each.project_invite
---@field complete boolean At its end: it has gone through all records.
---@field incomplete string? At its end: why it has not.
---@overload fun(): toggl.model.project_invite?

---An invitation as its code shows it.
---@class toggl.model.sso_invitation: toggl.record
---@field email? string Address that was invited.
---@field accounts_signup_url? string Where to sign up; it is going away.
---@field code? string Secret code that accepts or rejects the invitation.
---@field organization_id? integer The organization the invitation is for.
---@field organization_name? string Name of the organization.
---@field sender_email? string Address of the person who invited.
---@field sender_name? string Name of the person who invited.
---@field sso? boolean The organization signs in through its own sign-on.
---@field token? string Secret of the sign-on.

---@class toggl.list.sso_invitation: toggl.list
---@field [integer] toggl.model.sso_invitation
---@field each fun(self): fun(): toggl.model.sso_invitation?
---@field table fun(self): toggl.model.sso_invitation[]

---@class toggl.each.sso_invitation
---@field complete boolean At its end: it has gone through all records.
---@field incomplete string? At its end: why it has not.
---@overload fun(): toggl.model.sso_invitation?

---A workspace.
---@class toggl.model.workspace: toggl.workspace
---@field id integer Workspace key.
---@field organization_id? integer The organization the workspace belongs to.
---@field name? string Name of the workspace.
---@field active_project_count? integer Number of live projects; only client:workspaces() returns it.
---@field admin? boolean The caller is an administrator; role is the newer form.
---@field api_token? string Token of the workspace: an older form of access, still a secret.
---@field at? string When the workspace last changed.
---@field business_ws? boolean On the Premium plan, in spite of its name.
---@field csv_upload? toggl.model.csv_upload The last upload of a CSV file.
---@field default_currency? string Currency code, USD at first; changing it takes a paid plan.
---@field default_hourly_rate? number Billable rate an hour in units of money; paid plans.
---@field disable_approvals? boolean Approvals are off.
---@field disable_expenses? boolean Expenses are off.
---@field disable_timesheet_view? boolean The timesheet view is off.
---@field hide_start_end_times? boolean Times of start and end are hidden.
---@field ical_enabled? boolean The calendar feed is on.
---@field ical_url? string Address of the calendar feed: anyone who has it can read the feed.
---@field last_modified? string When anything inside last changed.
---@field limit_public_project_data? boolean Only administrators see public projects in reports.
---@field logo_url? string Address of the logo.
---@field max_data_retention_days? integer How many days back a free plan may read.
---@field only_admins_may_create_projects? boolean Only administrators may make projects.
---@field only_admins_may_create_tags? boolean Only administrators may make tags; paid plans.
---@field only_admins_see_team_dashboard? boolean Only administrators see the team dashboard.
---@field permissions? string[] What the caller may do here, by name; older servers send one text instead of a list.
---@field premium? boolean On the Starter plan, in spite of its name.
---@field projects_billable_by_default? boolean New projects are billable; paid plans.
---@field projects_enforce_billable? boolean Entries follow the billable setting of their project.
---@field projects_private_by_default? boolean New projects are private.
---@field rate_last_updated? string When the rate last changed.
---@field reports_collapse? boolean Reports are folded at first.
---@field role? string Role of the caller here.
---@field rounding? integer Rounds down at -1, to the nearest at 0, up at 1; paid plans.
---@field rounding_minutes? integer Step of rounding in minutes; paid plans.
---@field subscription? toggl.model.workspace_subscription The plan in its oldest form; ws:get_subscription() is better.
---@field suspended_at? string When it was suspended; null when it is not.
---@field te_constraints? toggl.model.time_entry_constraints What every time entry must have.
---@field working_hours_in_minutes? integer Working time in minutes.

---@class toggl.list.workspace: toggl.list
---@field [integer] toggl.model.workspace
---@field each fun(self): fun(): toggl.model.workspace?
---@field table fun(self): toggl.model.workspace[]

---@class toggl.each.workspace
---@field complete boolean At its end: it has gone through all records.
---@field incomplete string? At its end: why it has not.
---@overload fun(): toggl.model.workspace?

---A workspace of the caller, with the number of its projects.
---@class toggl.model.workspace_with_count: toggl.workspace
---@field id integer Workspace key.
---@field organization_id? integer The organization the workspace belongs to.
---@field name? string Name of the workspace.
---@field active_project_count? integer Number of live projects; only client:workspaces() returns it.
---@field admin? boolean The caller is an administrator; role is the newer form.
---@field api_token? string Token of the workspace: an older form of access, still a secret.
---@field at? string When the workspace last changed.
---@field business_ws? boolean On the Premium plan, in spite of its name.
---@field csv_upload? toggl.model.csv_upload The last upload of a CSV file.
---@field default_currency? string Currency code, USD at first; changing it takes a paid plan.
---@field default_hourly_rate? number Billable rate an hour in units of money; paid plans.
---@field disable_approvals? boolean Approvals are off.
---@field disable_expenses? boolean Expenses are off.
---@field disable_timesheet_view? boolean The timesheet view is off.
---@field hide_start_end_times? boolean Times of start and end are hidden.
---@field ical_enabled? boolean The calendar feed is on.
---@field ical_url? string Address of the calendar feed: anyone who has it can read the feed.
---@field last_modified? string When anything inside last changed.
---@field limit_public_project_data? boolean Only administrators see public projects in reports.
---@field logo_url? string Address of the logo.
---@field max_data_retention_days? integer How many days back a free plan may read.
---@field only_admins_may_create_projects? boolean Only administrators may make projects.
---@field only_admins_may_create_tags? boolean Only administrators may make tags; paid plans.
---@field only_admins_see_team_dashboard? boolean Only administrators see the team dashboard.
---@field permissions? string[] What the caller may do here, by name; older servers send one text instead of a list.
---@field premium? boolean On the Starter plan, in spite of its name.
---@field projects_billable_by_default? boolean New projects are billable; paid plans.
---@field projects_enforce_billable? boolean Entries follow the billable setting of their project.
---@field projects_private_by_default? boolean New projects are private.
---@field rate_last_updated? string When the rate last changed.
---@field reports_collapse? boolean Reports are folded at first.
---@field role? string Role of the caller here.
---@field rounding? integer Rounds down at -1, to the nearest at 0, up at 1; paid plans.
---@field rounding_minutes? integer Step of rounding in minutes; paid plans.
---@field subscription? toggl.model.workspace_subscription The plan in its oldest form; ws:get_subscription() is better.
---@field suspended_at? string When it was suspended; null when it is not.
---@field te_constraints? toggl.model.time_entry_constraints What every time entry must have.
---@field working_hours_in_minutes? integer Working time in minutes.

---@class toggl.list.workspace_with_count: toggl.list
---@field [integer] toggl.model.workspace_with_count
---@field each fun(self): fun(): toggl.model.workspace_with_count?
---@field table fun(self): toggl.model.workspace_with_count[]

---@class toggl.each.workspace_with_count
---@field complete boolean At its end: it has gone through all records.
---@field incomplete string? At its end: why it has not.
---@overload fun(): toggl.model.workspace_with_count?

---What every time entry of a workspace must have.
---@class toggl.model.time_entry_constraints: toggl.record
---@field description_present? boolean It must have a description.
---@field project_present? boolean It must have a project.
---@field tag_present? boolean It must have a tag.
---@field task_present? boolean It must have a task.
---@field time_entry_constraints_enabled? boolean These rules are in force.

---@class toggl.list.time_entry_constraints: toggl.list
---@field [integer] toggl.model.time_entry_constraints
---@field each fun(self): fun(): toggl.model.time_entry_constraints?
---@field table fun(self): toggl.model.time_entry_constraints[]

---@class toggl.each.time_entry_constraints
---@field complete boolean At its end: it has gone through all records.
---@field incomplete string? At its end: why it has not.
---@overload fun(): toggl.model.time_entry_constraints?

---The last upload of a CSV file.
---@class toggl.model.csv_upload: toggl.record
---@field at? string When it was uploaded.
---@field log_id? integer Key of its log.

---@class toggl.list.csv_upload: toggl.list
---@field [integer] toggl.model.csv_upload
---@field each fun(self): fun(): toggl.model.csv_upload?
---@field table fun(self): toggl.model.csv_upload[]

---@class toggl.each.csv_upload
---@field complete boolean At its end: it has gone through all records.
---@field incomplete string? At its end: why it has not.
---@overload fun(): toggl.model.csv_upload?

---The membership of a person in a workspace, seen from the workspace.
---@class toggl.model.workspace_user: toggl.member
---@field id integer Workspace-user key: what changing and removing members takes.
---@field user_id integer Account key.
---@field workspace_id? integer The workspace.
---@field name? string Name of the person.
---@field email? string E-mail address.
---@field ["2fa_enabled"]? boolean Signing in takes a second factor.
---@field active? boolean The person has accepted the invitation.
---@field admin? boolean Administrator of the workspace; role_id is the newer form.
---@field at? string When the membership last changed.
---@field avatar_file_name? string Name of the picture.
---@field group_ids? integer[] Keys of the groups the person is in.
---@field inactive? boolean Deactivated by an administrator.
---@field invitation_code? string Secret code of the invitation.
---@field invite_url? string Link of the invitation mail; it holds the secret code.
---@field is_direct? boolean A member in its own right, not through a group.
---@field labor_cost? number Cost an hour in units of money; labour_cost of older servers is in cents.
---@field labor_cost_last_updated? string When the labor cost last changed.
---@field organization_admin? boolean Administrator of the organization.
---@field rate? number Billable rate an hour in units of money.
---@field rate_last_updated? string When the rate last changed.
---@field role? string Role as a word; role_id is the newer form.
---@field role_id? integer Key of the role; org:roles() lists them.
---@field timezone? string Time zone, such as Europe/Tallinn.
---@field view_edit_billable_rates? boolean May see and change billable rates.
---@field view_edit_labor_costs? boolean May see and change labor costs.
---@field working_hours_in_minutes? integer Working time in minutes.
---@field workspace_admin? boolean Administrator of this workspace.

---@class toggl.list.workspace_user: toggl.list
---@field [integer] toggl.model.workspace_user
---@field each fun(self): fun(): toggl.model.workspace_user?
---@field table fun(self): toggl.model.workspace_user[]

---@class toggl.each.workspace_user
---@field complete boolean At its end: it has gone through all records.
---@field incomplete string? At its end: why it has not.
---@overload fun(): toggl.model.workspace_user?

---A person in a workspace in short.
---@class toggl.model.simple_workspace_user: toggl.record
---@field id integer Account key, not the workspace-user key.
---@field email? string E-mail address.
---@field fullname? string Name of the person.
---@field inactive? boolean Deactivated by an administrator.
---@field is_active? boolean The person has joined.
---@field is_admin? boolean Administrator of the workspace; role_id elsewhere is the newer form.
---@field role? string Role as a word.

---@class toggl.list.simple_workspace_user: toggl.list
---@field [integer] toggl.model.simple_workspace_user
---@field each fun(self): fun(): toggl.model.simple_workspace_user?
---@field table fun(self): toggl.model.simple_workspace_user[]

---@class toggl.each.simple_workspace_user
---@field complete boolean At its end: it has gone through all records.
---@field incomplete string? At its end: why it has not.
---@overload fun(): toggl.model.simple_workspace_user?

---Counts of one workspace.
---@class toggl.model.statistics: toggl.record
---@field admins? toggl.list.statistics_admin Administrators; some servers send only their account keys.
---@field groups_count? integer Number of groups.
---@field members_count? integer Number of people.

---@class toggl.list.statistics: toggl.list
---@field [integer] toggl.model.statistics
---@field each fun(self): fun(): toggl.model.statistics?
---@field table fun(self): toggl.model.statistics[]

---@class toggl.each.statistics
---@field complete boolean At its end: it has gone through all records.
---@field incomplete string? At its end: why it has not.
---@overload fun(): toggl.model.statistics?

---An administrator in the counts of a workspace.
---@class toggl.model.statistics_admin: toggl.record
---@field user_id integer Account key.
---@field name? string Name of the person.

---@class toggl.list.statistics_admin: toggl.list
---@field [integer] toggl.model.statistics_admin
---@field each fun(self): fun(): toggl.model.statistics_admin?
---@field table fun(self): toggl.model.statistics_admin[]

---@class toggl.each.statistics_admin
---@field complete boolean At its end: it has gone through all records.
---@field incomplete string? At its end: why it has not.
---@overload fun(): toggl.model.statistics_admin?

---What the plans cost an organization.
---@class toggl.model.price_list: toggl.record
---@field currency_id? integer Key of the currency.
---@field discount_percentage? integer Discount in percent.
---@field discount_to? string When the discount ends.
---@field plans? toggl.list.plan_offer Plans on offer.
---@field tax_included? boolean The prices include tax.
---@field tax_percentage? number Tax in percent.
---@field tax_type? string Kind of tax.
---@field user_count? integer Number of seats the prices are for.

---@class toggl.list.price_list: toggl.list
---@field [integer] toggl.model.price_list
---@field each fun(self): fun(): toggl.model.price_list?
---@field table fun(self): toggl.model.price_list[]

---@class toggl.each.price_list
---@field complete boolean At its end: it has gone through all records.
---@field incomplete string? At its end: why it has not.
---@overload fun(): toggl.model.price_list?

---A plan and its prices.
---@class toggl.model.plan_offer: toggl.record
---@field plan_id integer Plan key.
---@field name? string Name of the plan.
---@field pricing_plans? toggl.list.price_point Its prices.
---@field id integer The same as plan_id.

---@class toggl.list.plan_offer: toggl.list
---@field [integer] toggl.model.plan_offer
---@field each fun(self): fun(): toggl.model.plan_offer?
---@field table fun(self): toggl.model.plan_offer[]

---@class toggl.each.plan_offer
---@field complete boolean At its end: it has gone through all records.
---@field incomplete string? At its end: why it has not.
---@overload fun(): toggl.model.plan_offer?

---A price of a plan.
---@class toggl.model.price_point: toggl.record
---@field name? string Name of the price.
---@field actual_price_in_usd_cents? integer Price after discounts in cents of US dollars.
---@field campaign? toggl.model.campaign Sales campaign in force.
---@field list_price_in_usd_cents? integer Price before discounts in cents of US dollars.
---@field period? integer Length of the period in months.
---@field price_point_handle? string Name of the price with the billing provider.
---@field prices_month? toggl.model.prices Amounts for a month.
---@field prices_period? toggl.model.prices Amounts for the whole period.
---@field pricing_plan_id? integer Key of the price.

---@class toggl.list.price_point: toggl.list
---@field [integer] toggl.model.price_point
---@field each fun(self): fun(): toggl.model.price_point?
---@field table fun(self): toggl.model.price_point[]

---@class toggl.each.price_point
---@field complete boolean At its end: it has gone through all records.
---@field incomplete string? At its end: why it has not.
---@overload fun(): toggl.model.price_point?

---The amounts of one price, in cents.
---@class toggl.model.prices: toggl.record
---@field actual? integer After discounts, in cents.
---@field base? integer Before discounts, in cents.
---@field with_tax? integer With tax, in cents.

---@class toggl.list.prices: toggl.list
---@field [integer] toggl.model.prices
---@field each fun(self): fun(): toggl.model.prices?
---@field table fun(self): toggl.model.prices[]

---@class toggl.each.prices
---@field complete boolean At its end: it has gone through all records.
---@field incomplete string? At its end: why it has not.
---@overload fun(): toggl.model.prices?

---A sales campaign.
---@class toggl.model.campaign: toggl.record
---@field name? string Name of the campaign.
---@field discount? integer Discount in percent.
---@field end? string When it ends.
---@field key? string Short name of the campaign.
---@field start? string When it starts.

---@class toggl.list.campaign: toggl.list
---@field [integer] toggl.model.campaign
---@field each fun(self): fun(): toggl.model.campaign?
---@field table fun(self): toggl.model.campaign[]

---@class toggl.each.campaign
---@field complete boolean At its end: it has gone through all records.
---@field incomplete string? At its end: why it has not.
---@overload fun(): toggl.model.campaign?

---A plan of the public list with all it includes.
---@class toggl.model.plan_with_features: toggl.record
---@field plan_id integer Plan key.
---@field name? string Name of the plan.
---@field active_at? string Since when it is on sale.
---@field features? toggl.list.plan_feature What it includes.
---@field inactive_at? string Since when it is no longer on sale.
---@field max_user_count? integer How many people it allows.
---@field plan_at? string When the plan last changed.
---@field prices? toggl.list.pricing_plan Its prices.
---@field product_handle? string Short name of the product.
---@field toggl_product_name? string Name of the product.
---@field id integer The same as plan_id.

---@class toggl.list.plan_with_features: toggl.list
---@field [integer] toggl.model.plan_with_features
---@field each fun(self): fun(): toggl.model.plan_with_features?
---@field table fun(self): toggl.model.plan_with_features[]

---@class toggl.each.plan_with_features
---@field complete boolean At its end: it has gone through all records.
---@field incomplete string? At its end: why it has not.
---@overload fun(): toggl.model.plan_with_features?

---A feature of a plan.
---@class toggl.model.plan_feature: toggl.record
---@field name? string Name of the feature.
---@field description? string What it does, for people.
---@field feature_id? integer Key of the feature.
---@field is_default_feature? boolean Every plan has it.
---@field trial_only? boolean Only trials have it.

---@class toggl.list.plan_feature: toggl.list
---@field [integer] toggl.model.plan_feature
---@field each fun(self): fun(): toggl.model.plan_feature?
---@field table fun(self): toggl.model.plan_feature[]

---@class toggl.each.plan_feature
---@field complete boolean At its end: it has gone through all records.
---@field incomplete string? At its end: why it has not.
---@overload fun(): toggl.model.plan_feature?

---A price in the public list of plans.
---@class toggl.model.pricing_plan: toggl.record
---@field amount_in_cents? integer Price in cents.
---@field currency? string Currency code, such as USD.
---@field period? integer Length of the period in months.
---@field plan? toggl.model.plan The plan it is for.
---@field plan_id? integer Key of the plan it is for.
---@field price_point_handle? string Name of the price with the billing provider.
---@field pricing_plan_id? integer Key of the price.

---@class toggl.list.pricing_plan: toggl.list
---@field [integer] toggl.model.pricing_plan
---@field each fun(self): fun(): toggl.model.pricing_plan?
---@field table fun(self): toggl.model.pricing_plan[]

---@class toggl.each.pricing_plan
---@field complete boolean At its end: it has gone through all records.
---@field incomplete string? At its end: why it has not.
---@overload fun(): toggl.model.pricing_plan?

---A plan.
---@class toggl.model.plan: toggl.record
---@field id integer Plan key.
---@field name? string Name of the plan.
---@field max_user_count? integer How many people it allows.
---@field pricing_plans? toggl.list.pricing_plan Its prices.
---@field product_handle? string Short name of the product.

---@class toggl.list.plan: toggl.list
---@field [integer] toggl.model.plan
---@field each fun(self): fun(): toggl.model.plan?
---@field table fun(self): toggl.model.plan[]

---@class toggl.each.plan
---@field complete boolean At its end: it has gone through all records.
---@field incomplete string? At its end: why it has not.
---@overload fun(): toggl.model.plan?

---A subscription in full.
---@class toggl.model.subscription: toggl.record
---@field active_users? integer Number of people counted for billing.
---@field auto_renew? boolean It renews by itself.
---@field billing_period_in_months? integer Length of a period in months.
---@field campaign_available? boolean A sales campaign is on offer.
---@field cancel_date? string When it was cancelled.
---@field card_details? toggl.model.card_details Card it is paid with.
---@field company_id? integer Key of the company in the older billing.
---@field contact_details? toggl.model.contact_detail Billing contact.
---@field currency? string Currency code, such as USD.
---@field current_period_ends_at? string When the present period ends.
---@field current_period_starts_at? string When the present period began.
---@field customer_id? integer Key of the billing customer.
---@field end_date? string The older form of current_period_ends_at.
---@field enterprise? boolean On the Enterprise plan.
---@field is_subscription_beta? boolean In a trial run of the billing system; it is going away.
---@field is_unified? boolean Billed through the unified subscription.
---@field keep_trial_on_subscription? boolean Subscribing keeps the trial; null without a trial.
---@field last_invoice? toggl.model.subscription_invoice The last invoice.
---@field last_payment? toggl.model.payment The last payment.
---@field last_pricing_plan_id? integer Key of the price before this one.
---@field new_signup_trial? boolean On the trial that comes with signing up.
---@field next_payment_date? string When the next payment is due.
---@field payment_failed? boolean The last payment failed.
---@field payment_method? string How it is paid.
---@field plan_id? integer Plan key.
---@field plan_name? string Name of the plan.
---@field pricing_plan_id? integer The older form of plan_id.
---@field renewal_at? string When it renews.
---@field renewal_date? string The older form of renewal_at.
---@field seat_cost_in_cents? integer Price of a seat in cents.
---@field seats? integer Seats paid for.
---@field site? string Billing site it belongs to.
---@field start_date? string The older form of current_period_starts_at.
---@field state? string State of the subscription.
---@field subscription_created_at? string When it was made.
---@field subscription_period? toggl.model.subscription_period The present period.
---@field trial_available? boolean A trial can still be started.
---@field trial_end_date? string When the trial ends.
---@field trial_start_date? string When the trial began.

---@class toggl.list.subscription: toggl.list
---@field [integer] toggl.model.subscription
---@field each fun(self): fun(): toggl.model.subscription?
---@field table fun(self): toggl.model.subscription[]

---@class toggl.each.subscription
---@field complete boolean At its end: it has gone through all records.
---@field incomplete string? At its end: why it has not.
---@overload fun(): toggl.model.subscription?

---The last invoice of a subscription.
---@class toggl.model.subscription_invoice: toggl.record
---@field amount? integer Amount before tax in cents.
---@field created_at? string When it was made.
---@field currency_id? integer Key of the currency.
---@field due? string When it is due.
---@field id? integer Number of the invoice.
---@field paid_at? string When it was paid; null until then.
---@field tax_percentage? number Tax in percent.
---@field total_amount? integer Whole amount in cents.

---@class toggl.list.subscription_invoice: toggl.list
---@field [integer] toggl.model.subscription_invoice
---@field each fun(self): fun(): toggl.model.subscription_invoice?
---@field table fun(self): toggl.model.subscription_invoice[]

---@class toggl.each.subscription_invoice
---@field complete boolean At its end: it has gone through all records.
---@field incomplete string? At its end: why it has not.
---@overload fun(): toggl.model.subscription_invoice?

---The last payment of a subscription.
---@class toggl.model.payment: toggl.record
---@field created_at? string When it was made.
---@field description? string What it was for.
---@field id? integer Number of the payment.
---@field status? string State, as the billing provider calls it.

---@class toggl.list.payment: toggl.list
---@field [integer] toggl.model.payment
---@field each fun(self): fun(): toggl.model.payment?
---@field table fun(self): toggl.model.payment[]

---@class toggl.each.payment
---@field complete boolean At its end: it has gone through all records.
---@field incomplete string? At its end: why it has not.
---@overload fun(): toggl.model.payment?

---A period of a subscription.
---@class toggl.model.subscription_period: toggl.record
---@field created_at? string When it was made.
---@field finished_on? string When it ended; null while it runs.
---@field started_on? string When it began.
---@field subscription_id? integer Key of the subscription.
---@field subscription_period_id? integer Key of the period.
---@field trial? boolean It is a trial.
---@field user_count? integer Number of seats.

---@class toggl.list.subscription_period: toggl.list
---@field [integer] toggl.model.subscription_period
---@field each fun(self): fun(): toggl.model.subscription_period?
---@field table fun(self): toggl.model.subscription_period[]

---@class toggl.each.subscription_period
---@field complete boolean At its end: it has gone through all records.
---@field incomplete string? At its end: why it has not.
---@overload fun(): toggl.model.subscription_period?

---A payment card in its older form.
---@class toggl.model.card_details: toggl.record
---@field added_at? string When the card was added.
---@field card_number? string Number of the card with most digits masked: still a secret.
---@field card_type? string Brand of the card.
---@field creator_id? integer Account key of the person who added it.
---@field creator_name? string Name of the person who added it.
---@field expiry_date? string Until when the card is valid.
---@field holder_name? string Name on the card.

---@class toggl.list.card_details: toggl.list
---@field [integer] toggl.model.card_details
---@field each fun(self): fun(): toggl.model.card_details?
---@field table fun(self): toggl.model.card_details[]

---@class toggl.each.card_details
---@field complete boolean At its end: it has gone through all records.
---@field incomplete string? At its end: why it has not.
---@overload fun(): toggl.model.card_details?

---A billing contact in its older form.
---@class toggl.model.contact_detail: toggl.record
---@field company_address? string Address of the company.
---@field company_city? string City of the company.
---@field company_name? string Name of the company.
---@field contact_detail_id? integer Key of this record.
---@field contact_email? string E-mail address for billing.
---@field contact_person? string Name of the person for billing.
---@field country_id? integer Key of the country.
---@field country_subdivision_id? integer Key of the region.
---@field created_at? string When it was made.
---@field customer_id? integer Key of the billing customer.
---@field is_eu_resident? boolean In the European Union.
---@field updated_at? string When it last changed.
---@field user_id? integer Account key of the person who gave it.
---@field vat_number? string VAT number.
---@field vat_number_valid? boolean The VAT number was found valid; no longer kept up.
---@field vat_number_validated_at? string When the VAT number was checked; no longer kept up.
---@field zip_code? string Postal code.

---@class toggl.list.contact_detail: toggl.list
---@field [integer] toggl.model.contact_detail
---@field each fun(self): fun(): toggl.model.contact_detail?
---@field table fun(self): toggl.model.contact_detail[]

---@class toggl.each.contact_detail
---@field complete boolean At its end: it has gone through all records.
---@field incomplete string? At its end: why it has not.
---@overload fun(): toggl.model.contact_detail?

---A way of paying in its older form.
---@class toggl.model.payment_detail: toggl.record
---@field created_at? string When it was made.
---@field currency? string Currency code, such as USD.
---@field customer_id? integer Key of the billing customer.
---@field payment_type? string Kind of payment.
---@field reference? string Reference of the billing provider.
---@field user_id? integer Account key of the person who gave it.

---@class toggl.list.payment_detail: toggl.list
---@field [integer] toggl.model.payment_detail
---@field each fun(self): fun(): toggl.model.payment_detail?
---@field table fun(self): toggl.model.payment_detail[]

---@class toggl.each.payment_detail
---@field complete boolean At its end: it has gone through all records.
---@field incomplete string? At its end: why it has not.
---@overload fun(): toggl.model.payment_detail?

---A subscription in its oldest form, inside a workspace; read the subscription itself instead.
---@class toggl.model.workspace_subscription: toggl.record
---@field auto_renew? boolean It renews by itself.
---@field card_details? toggl.model.card_details Card it is paid with.
---@field company_id? integer Key of the company in the older billing.
---@field contact_detail? toggl.model.contact_detail Billing contact.
---@field created_at? string When it was made.
---@field currency? string Currency code, such as USD.
---@field customer_id? integer Key of the billing customer.
---@field deleted_at? string When it ended; null while it runs.
---@field last_pricing_plan_id? integer Key of the price before this one.
---@field organization_id? integer The organization it belongs to.
---@field payment_details? toggl.model.payment_detail How it is paid.
---@field pricing_plan_id? integer Key of the price.
---@field renewal_at? string When it renews.
---@field subscription_id? integer Key of the subscription.
---@field subscription_period? toggl.model.subscription_period The present period.
---@field workspace_id? integer The workspace it belongs to.

---@class toggl.list.workspace_subscription: toggl.list
---@field [integer] toggl.model.workspace_subscription
---@field each fun(self): fun(): toggl.model.workspace_subscription?
---@field table fun(self): toggl.model.workspace_subscription[]

---@class toggl.each.workspace_subscription
---@field complete boolean At its end: it has gone through all records.
---@field incomplete string? At its end: why it has not.
---@overload fun(): toggl.model.workspace_subscription?

---A page of invoices.
---@class toggl.model.invoice_page: toggl.record
---@field items? toggl.list.invoice The invoices.
---@field next? string Cursor of the following page; null on the last one.

---@class toggl.list.invoice_page: toggl.list
---@field [integer] toggl.model.invoice_page
---@field each fun(self): fun(): toggl.model.invoice_page?
---@field table fun(self): toggl.model.invoice_page[]

---@class toggl.each.invoice_page
---@field complete boolean At its end: it has gone through all records.
---@field incomplete string? At its end: why it has not.
---@overload fun(): toggl.model.invoice_page?

---An invoice.
---@class toggl.model.invoice: toggl.record
---@field creation_date? string When it was made.
---@field currency? string Currency code, such as USD.
---@field description? string What it is for.
---@field hosted_url? string Page of the billing provider: anyone who has the address can read it.
---@field id? string Key of the invoice with the billing provider: a text.
---@field invoice_number? string Number for people.
---@field pdf_url? string File of the billing provider: anyone who has the address can read it.
---@field status? string State, as the billing provider calls it.
---@field total_amount? integer Whole amount in cents.

---@class toggl.list.invoice: toggl.list
---@field [integer] toggl.model.invoice
---@field each fun(self): fun(): toggl.model.invoice?
---@field table fun(self): toggl.model.invoice[]

---@class toggl.each.invoice
---@field complete boolean At its end: it has gone through all records.
---@field incomplete string? At its end: why it has not.
---@overload fun(): toggl.model.invoice?

---Why the last payment failed.
---@class toggl.model.payment_failure: toggl.record
---@field code? string Cause, as the billing provider calls it.
---@field decline_code? string Cause, as the bank calls it.
---@field doc_url? string Address of an explanation.
---@field invoice_total_amount? integer Amount of the unpaid invoice in cents.
---@field message? string Cause for people.
---@field next_payment_attempt? string When payment will be tried again.
---@field organization_id? integer The organization whose payment failed.

---@class toggl.list.payment_failure: toggl.list
---@field [integer] toggl.model.payment_failure
---@field each fun(self): fun(): toggl.model.payment_failure?
---@field table fun(self): toggl.model.payment_failure[]

---@class toggl.each.payment_failure
---@field complete boolean At its end: it has gone through all records.
---@field incomplete string? At its end: why it has not.
---@overload fun(): toggl.model.payment_failure?

---The billing customer of an organization.
---@class toggl.model.customer: toggl.record
---@field address_line? string Street and number.
---@field country_id? string Country: a text here, a number elsewhere.
---@field currency? string Currency code, such as USD.
---@field customer_name? string Name of the customer.
---@field default_payment_method? toggl.model.payment_method How they pay.
---@field discount? toggl.model.discount Discount in force.
---@field id? string Key of the customer with the billing provider: a text.
---@field postal_code? string Postal code.
---@field site? string Billing site it belongs to.
---@field state? string Region.
---@field tax_number? string Tax number.
---@field toggl_user_email? string E-mail address of the account that pays.
---@field toggl_user_id? integer Account key of the person who pays.

---@class toggl.list.customer: toggl.list
---@field [integer] toggl.model.customer
---@field each fun(self): fun(): toggl.model.customer?
---@field table fun(self): toggl.model.customer[]

---@class toggl.each.customer
---@field complete boolean At its end: it has gone through all records.
---@field incomplete string? At its end: why it has not.
---@overload fun(): toggl.model.customer?

---How the customer pays; one of the three parts is filled.
---@class toggl.model.payment_method: toggl.record
---@field card? toggl.model.payment_card The card, when it is one.
---@field sepa_debit? toggl.model.sepa_debit The SEPA debit, when it is one.
---@field type? string Which of the parts is filled.
---@field us_bank_account? toggl.model.us_bank_account The bank account, when it is one.

---@class toggl.list.payment_method: toggl.list
---@field [integer] toggl.model.payment_method
---@field each fun(self): fun(): toggl.model.payment_method?
---@field table fun(self): toggl.model.payment_method[]

---@class toggl.each.payment_method
---@field complete boolean At its end: it has gone through all records.
---@field incomplete string? At its end: why it has not.
---@overload fun(): toggl.model.payment_method?

---A payment card.
---@class toggl.model.payment_card: toggl.record
---@field brand? string Brand of the card.
---@field country? string Country that issued it.
---@field exp_month? integer Month in which it expires.
---@field exp_year? integer Year in which it expires.
---@field last4? string Last four digits.

---@class toggl.list.payment_card: toggl.list
---@field [integer] toggl.model.payment_card
---@field each fun(self): fun(): toggl.model.payment_card?
---@field table fun(self): toggl.model.payment_card[]

---@class toggl.each.payment_card
---@field complete boolean At its end: it has gone through all records.
---@field incomplete string? At its end: why it has not.
---@overload fun(): toggl.model.payment_card?

---A SEPA direct debit.
---@class toggl.model.sepa_debit: toggl.record
---@field bank_code? string Code of the bank.
---@field country? string Country of the bank.
---@field last4? string Last four digits.

---@class toggl.list.sepa_debit: toggl.list
---@field [integer] toggl.model.sepa_debit
---@field each fun(self): fun(): toggl.model.sepa_debit?
---@field table fun(self): toggl.model.sepa_debit[]

---@class toggl.each.sepa_debit
---@field complete boolean At its end: it has gone through all records.
---@field incomplete string? At its end: why it has not.
---@overload fun(): toggl.model.sepa_debit?

---A bank account in the United States.
---@class toggl.model.us_bank_account: toggl.record
---@field bank_name? string Name of the bank.
---@field blocked? boolean The account cannot be used.
---@field blocked_reason? string Why it cannot be used.
---@field last4? string Last four digits.

---@class toggl.list.us_bank_account: toggl.list
---@field [integer] toggl.model.us_bank_account
---@field each fun(self): fun(): toggl.model.us_bank_account?
---@field table fun(self): toggl.model.us_bank_account[]

---@class toggl.each.us_bank_account
---@field complete boolean At its end: it has gone through all records.
---@field incomplete string? At its end: why it has not.
---@overload fun(): toggl.model.us_bank_account?

---A discount in force.
---@class toggl.model.discount: toggl.record
---@field coupon? toggl.model.coupon Coupon that gives it.
---@field promotion_code? toggl.model.promotion_code Promotion code that gives it.

---@class toggl.list.discount: toggl.list
---@field [integer] toggl.model.discount
---@field each fun(self): fun(): toggl.model.discount?
---@field table fun(self): toggl.model.discount[]

---@class toggl.each.discount
---@field complete boolean At its end: it has gone through all records.
---@field incomplete string? At its end: why it has not.
---@overload fun(): toggl.model.discount?

---A coupon.
---@class toggl.model.coupon: toggl.record
---@field name? string Name of the coupon.
---@field amount_off? integer Amount taken off in cents.
---@field deleted? boolean It is no longer given out.
---@field duration? string How long it applies, as a word.
---@field duration_in_months? integer How long it applies in months.
---@field id? string Key of the coupon.
---@field percent_off? number Percent taken off.
---@field valid? boolean It can still be used.

---@class toggl.list.coupon: toggl.list
---@field [integer] toggl.model.coupon
---@field each fun(self): fun(): toggl.model.coupon?
---@field table fun(self): toggl.model.coupon[]

---@class toggl.each.coupon
---@field complete boolean At its end: it has gone through all records.
---@field incomplete string? At its end: why it has not.
---@overload fun(): toggl.model.coupon?

---A promotion code.
---@class toggl.model.promotion_code: toggl.record
---@field active? boolean It can be used.
---@field code? string The code that customers type.
---@field expires_at? string When it stops working.
---@field id? string Key of the code.

---@class toggl.list.promotion_code: toggl.list
---@field [integer] toggl.model.promotion_code
---@field each fun(self): fun(): toggl.model.promotion_code?
---@field table fun(self): toggl.model.promotion_code[]

---@class toggl.each.promotion_code
---@field complete boolean At its end: it has gone through all records.
---@field incomplete string? At its end: why it has not.
---@overload fun(): toggl.model.promotion_code?

---The caller. The related lists are null unless asked for.
---@class toggl.model.me: toggl.record
---@field id integer Account key of the caller.
---@field email? string E-mail address.
---@field fullname? string Name of the caller.
---@field ["2fa_enabled"]? boolean Signing in takes a second factor.
---@field api_token? string The token that gives access to everything.
---@field at? string When the account last changed.
---@field authorization_updated_at? string When the rights were last refreshed; it moves some seconds after something is made.
---@field beginning_of_week? integer First day of the week: 0 is Sunday, 6 Saturday.
---@field clients? any[] Clients, in their plain form.
---@field country_id? integer Key of the country.
---@field created_at? string When the account was made.
---@field default_workspace_id? integer The workspace shown first.
---@field has_password? boolean Signs in with a password.
---@field image_url? string Address of the picture.
---@field intercom_hash? string Secret of the support chat.
---@field oauth_providers? string[] Other services linked for signing in.
---@field openid_email? string E-mail address of the linked service.
---@field openid_enabled? boolean Signing in through OpenID is on.
---@field options? table<string, any> Further settings.
---@field projects? any[] Projects, in their plain form.
---@field tags? any[] Tags, in their plain form.
---@field tasks? any[] Tasks, in their plain form.
---@field time_entries? any[] Time entries, in their plain form.
---@field timezone? string Time zone, such as Europe/Tallinn.
---@field toggl_accounts_id? string Key in the account system that Toggl's products share.
---@field updated_at? string When the settings of the account last changed.
---@field workspaces? toggl.list.workspace Workspaces of the caller.

---@class toggl.list.me: toggl.list
---@field [integer] toggl.model.me
---@field each fun(self): fun(): toggl.model.me?
---@field table fun(self): toggl.model.me[]

---@class toggl.each.me
---@field complete boolean At its end: it has gone through all records.
---@field incomplete string? At its end: why it has not.
---@overload fun(): toggl.model.me?

---One quota window of the caller.
---@class toggl.model.quota: toggl.record
---@field organization_id? integer The organization the window is for; null for the window of the caller.
---@field remaining? integer Requests left; below 0 while the limit is not enforced.
---@field resets_in_secs? integer Seconds until the window starts over.
---@field total? integer Requests allowed in a window.

---@class toggl.list.quota: toggl.list
---@field [integer] toggl.model.quota
---@field each fun(self): fun(): toggl.model.quota?
---@field table fun(self): toggl.model.quota[]

---@class toggl.each.quota
---@field complete boolean At its end: it has gone through all records.
---@field incomplete string? At its end: why it has not.
---@overload fun(): toggl.model.quota?

---What the plan of one workspace includes.
---@class toggl.model.workspace_features: toggl.record
---@field workspace_id integer The workspace.
---@field features? toggl.list.feature Its features.
---@field id integer The same as workspace_id.

---@class toggl.list.workspace_features: toggl.list
---@field [integer] toggl.model.workspace_features
---@field each fun(self): fun(): toggl.model.workspace_features?
---@field table fun(self): toggl.model.workspace_features[]

---@class toggl.each.workspace_features
---@field complete boolean At its end: it has gone through all records.
---@field incomplete string? At its end: why it has not.
---@overload fun(): toggl.model.workspace_features?

---A feature and whether it is on.
---@class toggl.model.feature: toggl.record
---@field name? string Name of the feature.
---@field enabled? boolean It is on.
---@field feature_id? integer Key of the feature.

---@class toggl.list.feature: toggl.list
---@field [integer] toggl.model.feature
---@field each fun(self): fun(): toggl.model.feature?
---@field table fun(self): toggl.model.feature[]

---@class toggl.each.feature
---@field complete boolean At its end: it has gone through all records.
---@field incomplete string? At its end: why it has not.
---@overload fun(): toggl.model.feature?

---Operations by their official names: reply and response, or nil and an error.
---@class toggl.api
local api = {}

---Lists the organizations of the caller. It spends the window of the caller: 30 requests an hour.
---
---Cost: 1 request of your account's window; none while the store has it, for 10 minutes.
---
---Repeat: safe: it only reads.
---@param args? toggl.params.get_organizations
---@return toggl.list.organization reply
---@return toggl.response
function api.get_organizations(args) end

---Makes an organization and its first workspace. The server may refuse the new keys for some seconds.
---
---Cost: 1 request of your account's window.
---
---Repeat: it may do more than the first: look before you repeat it; after a lost reply it fails as unknown, unless settle = true shows whether it was made.
---@param args toggl.params.post_organization
---@return toggl.model.new_organization reply
---@return toggl.response
function api.post_organization(args) end

---Reads one organization. The answer is 404 or 403 when the caller is not in it.
---
---Cost: 1 request of the organization's window; none while the store has it, for 10 minutes.
---
---Repeat: safe: it only reads.
---@param args toggl.params.get_organization
---@return toggl.model.organization reply
---@return toggl.response
function api.get_organization(args) end

---Renames the organization. The reply does not hold it: read it again.
---
---Cost: 1 request of the organization's window.
---
---Repeat: the same state, but it undoes what others changed meanwhile; after a lost reply it fails as unknown, unless settle = true shows whether it was made.
---@param args toggl.args.put_organization
---@return true reply
---@return toggl.response
function api.put_organization(args) end

---Takes the caller out of the organization. The owner and the paying user cannot leave. One who has left it before has left it: no error.
---
---Cost: 1 request of the organization's window.
---
---Repeat: the same state, but it undoes what others changed meanwhile; after a lost reply it fails as unknown, unless settle = true shows whether it was made.
---@param args toggl.args.delete_organization_users_leave
---@return true reply
---@return toggl.response
function api.delete_organization_users_leave(args) end

---Reads the answers to the survey at the start; nil when there are none.
---
---Cost: 1 request of the organization's window; none while the store has it, for 10 minutes.
---
---Repeat: safe: it only reads.
---@param args toggl.args.get_organization_segmentation
---@return toggl.model.segmentation? reply
---@return toggl.response
function api.get_organization_segmentation(args) end

---Saves the answers to the survey. No document says which fields it takes.
---
---Cost: 1 request of the organization's window.
---
---Repeat: the same state, but it undoes what others changed meanwhile; after a lost reply it fails as unknown, unless settle = true shows whether it was made.
---@param args toggl.args.put_organization_segmentation
---@return toggl.model.segmentation? reply
---@return toggl.response
function api.put_organization_segmentation(args) end

---Lists what the organization uses of its limits.
---
---Cost: 1 request of the organization's window; none while the store has it, for 1 minute.
---
---Repeat: safe: it only reads.
---@param args toggl.args.get_organization_usage
---@return toggl.list.usage_counter reply
---@return toggl.response
function api.get_organization_usage(args) end

---Lists the roles that people of the organization can have.
---
---Cost: 1 request of the organization's window; none while the store has it, for 1 day.
---
---Repeat: safe: it only reads.
---@param args toggl.args.get_organization_roles
---@return toggl.list.role reply
---@return toggl.response
function api.get_organization_roles(args) end

---Lists what was done in the organization between two times. No document says what an entry holds.
---
---Cost: 1 request of the organization's window for each page: up to 1,000 records, or what the server allows; none while the store has it, for 1 minute.
---
---Repeat: safe: it only reads.
---@param args toggl.args.get_audit_logs
---@return toggl.list.audit_log reply
---@return toggl.response
function api.get_audit_logs(args) end

---Lists the people of the organization, sorted by name. Each page costs a request: a larger per_page costs fewer.
---
---Cost: 1 request of the organization's window for each page: up to 1,000 records, or what the server allows; none while the store has it, for 5 minutes.
---
---Repeat: safe: it only reads.
---@param args toggl.args.get_organization_users
---@return toggl.list.org_user reply
---@return toggl.response
function api.get_organization_users(args) end

---Lists the people of the organization with their groups and memberships. Each page costs a request.
---
---Cost: 1 request of the organization's window for each page: up to 1,000 records, or what the server allows; none while the store has it, for 5 minutes.
---
---Repeat: safe: it only reads.
---@param args toggl.args.get_organization_users_detailed
---@return toggl.list.org_user reply
---@return toggl.response
function api.get_organization_users_detailed(args) end

---Changes one person. The lists of groups and workspaces are complete lists: what is left out is taken away.
---
---Cost: 1 request of the organization's window.
---
---Repeat: the same state, but it undoes what others changed meanwhile; after a lost reply it fails as unknown, unless settle = true shows whether it was made.
---@param args toggl.args.put_organization_users
---@return true reply
---@return toggl.response
function api.put_organization_users(args) end

---Removes people from the organization. One wrong key refuses them all; the owner and the paying user cannot be removed.
---
---Cost: 1 request of the organization's window.
---
---Repeat: the same state, but it undoes what others changed meanwhile; after a lost reply it fails as unknown, unless settle = true shows whether it was made.
---@param args toggl.args.patch_organization_users
---@return true reply
---@return toggl.response
function api.patch_organization_users(args) end

---Lists the groups of the organization with their people and workspaces, sorted by name.
---
---Cost: 1 request of the organization's window; none while the store has it, for 5 minutes.
---
---Repeat: safe: it only reads.
---@param args toggl.args.get_organization_groups
---@return toggl.list.group reply
---@return toggl.response
function api.get_organization_groups(args) end

---Lists the groups attached to the workspace, with their people.
---
---Cost: 1 request of the organization's window; none while the store has it, for 5 minutes.
---
---Repeat: safe: it only reads.
---@param args toggl.args.get_organization_workspaces_groups
---@return toggl.list.group reply
---@return toggl.response
function api.get_organization_workspaces_groups(args) end

---Makes a group. People are given by account key. The server may refuse the new key for some seconds.
---
---Cost: 1 request of the organization's window.
---
---Repeat: it may do more than the first: look before you repeat it; after a lost reply it fails as unknown, unless settle = true shows whether it was made.
---@param args toggl.args.post_organization_group
---@return toggl.model.group reply
---@return toggl.response
function api.post_organization_group(args) end

---Replaces a group. Its people and workspaces are complete lists: give all, for what is left out may be taken away.
---
---Cost: 1 request of the organization's window.
---
---Repeat: the same state, but it undoes what others changed meanwhile; after a lost reply it fails as unknown, unless settle = true shows whether it was made.
---@param args toggl.args.put_organization_group
---@return toggl.model.group reply
---@return toggl.response
function api.put_organization_group(args) end

---Adds people and workspaces to a group or takes them away. Each change is carried out by itself: look at failure.
---
---Cost: 1 request of the organization's window.
---
---Repeat: the same state, but it undoes what others changed meanwhile; after a lost reply it fails as unknown, unless settle = true shows whether it was made.
---@param args toggl.args.patch_organization_group
---@return toggl.model.group_patch_result reply
---@return toggl.response
function api.patch_organization_group(args) end

---Deletes a group. People who were in a workspace only through it lose the workspace.
---
---Cost: 1 request of the organization's window.
---
---Repeat: the same state, but it undoes what others changed meanwhile; after a lost reply it fails as unknown, unless settle = true shows whether it was made.
---@param args toggl.args.delete_organization_group
---@return true reply
---@return toggl.response
function api.delete_organization_group(args) end

---Lists the groups of a workspace in a short form. Use workspace:groups(), which also lists the people.
---
---Cost: 1 request of the organization's window; none while the store has it, for 5 minutes.
---
---Repeat: safe: it only reads.
---@deprecated
---@param args toggl.args.get_workspace_groups
---@return toggl.list.workspace_group reply
---@return toggl.response
function api.get_workspace_groups(args) end

---Makes an empty group attached to the workspace.
---
---Cost: 1 request of the organization's window.
---
---Repeat: it may do more than the first: look before you repeat it; after a lost reply it fails as unknown, unless settle = true shows whether it was made.
---@param args toggl.args.post_workspace_group
---@return toggl.model.workspace_group reply
---@return toggl.response
function api.post_workspace_group(args) end

---Renames a group for the whole organization.
---
---Cost: 1 request of the organization's window.
---
---Repeat: the same state, but it undoes what others changed meanwhile; after a lost reply it fails as unknown, unless settle = true shows whether it was made.
---@param args toggl.args.put_workspace_group
---@return toggl.model.workspace_group reply
---@return toggl.response
function api.put_workspace_group(args) end

---Deletes a group of the workspace. People who were here only through it lose the workspace.
---
---Cost: 1 request of the organization's window.
---
---Repeat: the same state, but it undoes what others changed meanwhile; after a lost reply it fails as unknown, unless settle = true shows whether it was made.
---@param args toggl.args.delete_workspace_group
---@return true reply
---@return toggl.response
function api.delete_workspace_group(args) end

---Invites people by mail, unless skip_email is true. The plan limits how many people may be active.
---
---Cost: 1 request of the organization's window.
---
---Repeat: it has an effect outside of Toggl a second time, such as a mail; after a lost reply it fails as unknown, unless settle = true shows whether it was made.
---@param args toggl.args.post_organization_invitation
---@return toggl.model.invitation_result reply
---@return toggl.response
function api.post_organization_invitation(args) end

---Sends the mail of an invitation again. It takes the invitation key, not the code, and is never repeated by itself.
---
---Cost: 1 request of the organization's window.
---
---Repeat: it has an effect outside of Toggl a second time, such as a mail; after a lost reply it fails as unknown.
---@param args toggl.args.put_invitation
---@return true reply
---@return toggl.response
function api.put_invitation(args) end

---Shows what an invitation is for. The code is enough.
---
---Cost: 1 request of your account's window.
---
---Repeat: safe: it only reads.
---@param args toggl.params.get_invitations
---@return toggl.model.sso_invitation reply
---@return toggl.response
function api.get_invitations(args) end

---Accepts an invitation. Give the credentials of the invited person, not those of the administrator.
---
---Cost: 1 request of your account's window.
---
---Repeat: the same state, but it undoes what others changed meanwhile; after a lost reply it fails as unknown, unless settle = true shows whether it was made.
---@param args toggl.params.post_organization_accept_invitation
---@return true reply
---@return toggl.response
function api.post_organization_accept_invitation(args) end

---Rejects an invitation. Give the credentials of the invited person, or none: the code is enough.
---
---Cost: 1 request of your account's window.
---
---Repeat: the same state, but it undoes what others changed meanwhile; after a lost reply it fails as unknown, unless settle = true shows whether it was made.
---@param args toggl.params.post_reject_invitation
---@return true reply
---@return toggl.response
function api.post_reject_invitation(args) end

---Lists the workspaces of the caller in all organizations. It spends the window of the caller: 30 requests an hour.
---
---Cost: 1 request of your account's window; none while the store has it, for 5 minutes.
---
---Repeat: safe: it only reads.
---@param args? toggl.params.get_workspaces
---@return toggl.list.workspace_with_count reply
---@return toggl.response
function api.get_workspaces(args) end

---Reads one workspace.
---
---Cost: 1 request of the organization's window; none while the store has it, for 5 minutes.
---
---Repeat: safe: it only reads.
---@param args toggl.params.get_workspace
---@return toggl.model.workspace reply
---@return toggl.response
function api.get_workspace(args) end

---Makes a workspace. A paid setting on a lower plan is refused with 402; the server may refuse the new key for some seconds.
---
---Cost: 1 request of the organization's window.
---
---Repeat: it may do more than the first: look before you repeat it; after a lost reply it fails as unknown, unless settle = true shows whether it was made.
---@param args toggl.args.post_organization_workspaces
---@return toggl.model.workspace reply
---@return toggl.response
function api.post_organization_workspaces(args) end

---Changes a workspace. Give only what changes: a paid setting on a lower plan is refused with 402.
---
---Cost: 1 request of the organization's window.
---
---Repeat: the same state, but it undoes what others changed meanwhile; after a lost reply it fails as unknown, unless settle = true shows whether it was made.
---@param args toggl.args.put_workspaces
---@return toggl.model.workspace reply
---@return toggl.response
function api.put_workspaces(args) end

---Counts the people and groups of every workspace, by workspace key.
---
---Cost: 1 request of the organization's window; none while the store has it, for 5 minutes.
---
---Repeat: safe: it only reads.
---@param args toggl.args.get_organization_workspaces_statistics
---@return table<integer, toggl.model.statistics> reply
---@return toggl.response
function api.get_organization_workspaces_statistics(args) end

---Counts the people and groups of a workspace.
---
---Cost: 1 request of the organization's window; none while the store has it, for 5 minutes.
---
---Repeat: safe: it only reads.
---@param args toggl.args.get_workspace_statistics
---@return toggl.model.statistics reply
---@return toggl.response
function api.get_workspace_statistics(args) end

---Lists the memberships of a workspace page by page. Each page costs a request.
---
---Cost: 1 request of the organization's window for each page: up to 1,000 records, or what the server allows; none while the store has it, for 5 minutes.
---
---Repeat: safe: it only reads.
---@param args toggl.args.get_organization_workspaces_workspaceusers
---@return toggl.list.workspace_user reply
---@return toggl.response
function api.get_organization_workspaces_workspaceusers(args) end

---Ends memberships in a workspace; the people stay in the organization. One wrong key refuses them all.
---
---Cost: 1 request of the organization's window.
---
---Repeat: the same state, but it undoes what others changed meanwhile; after a lost reply it fails as unknown, unless settle = true shows whether it was made.
---@param args toggl.args.patch_organization_workspace_users
---@return true reply
---@return toggl.response
function api.patch_organization_workspace_users(args) end

---Adds a person or group to a workspace or takes it away. Toggl no longer documents it: use remove_members, group:give, user:update or invite.
---
---Cost: 1 request of the organization's window.
---
---Repeat: the same state, but it undoes what others changed meanwhile; after a lost reply it fails as unknown, unless settle = true shows whether it was made.
---@deprecated
---@param args toggl.args.put_organization_workspaces_assignments
---@return true reply
---@return toggl.response
function api.put_organization_workspaces_assignments(args) end

---Lists the people of a workspace in a short form, by account key.
---
---Cost: 1 request of the organization's window; none while the store has it, for 5 minutes.
---
---Repeat: safe: it only reads.
---@param args toggl.args.get_workspace_users
---@return toggl.list.simple_workspace_user reply
---@return toggl.response
function api.get_workspace_users(args) end

---Reads up to 150 people of a workspace at once, by account key. It changes nothing.
---
---Cost: 1 request of the organization's window.
---
---Repeat: safe: it only reads.
---@param args toggl.args.post_workspace_users_data
---@return toggl.list.simple_workspace_user reply
---@return toggl.response
function api.post_workspace_users_data(args) end

---Changes a person of a workspace by account key. No document says which fields it takes: member:update() is the sure way.
---
---Cost: 1 request of the organization's window.
---
---Repeat: the same state, but it undoes what others changed meanwhile; after a lost reply it fails as unknown, unless settle = true shows whether it was made.
---@param args toggl.args.put_workspace_users
---@return true reply
---@return toggl.response
function api.put_workspace_users(args) end

---Lists the memberships of a workspace in one reply.
---
---Cost: 1 request of the organization's window; none while the store has it, for 5 minutes.
---
---Repeat: safe: it only reads.
---@param args toggl.args.get_workspace_workspace_users
---@return toggl.list.workspace_user reply
---@return toggl.response
function api.get_workspace_workspace_users(args) end

---Changes a membership. Rates, costs and working time take a paid plan; a null goes through postedFields.
---
---Cost: 1 request of the organization's window.
---
---Repeat: the same state, but it undoes what others changed meanwhile; after a lost reply it fails as unknown, unless settle = true shows whether it was made.
---@param args toggl.args.put_workspace_workspace_users
---@return true reply
---@return toggl.response
function api.put_workspace_workspace_users(args) end

---Ends a membership in a workspace. The person stays in the organization.
---
---Cost: 1 request of the organization's window.
---
---Repeat: the same state, but it undoes what others changed meanwhile; after a lost reply it fails as unknown, unless settle = true shows whether it was made.
---@param args toggl.args.delete_workspace_user
---@return true reply
---@return toggl.response
function api.delete_workspace_user(args) end

---Reads who owns the organization.
---
---Cost: 1 request of the organization's window; none while the store has it, for 5 minutes.
---
---Repeat: safe: it only reads.
---@param args toggl.args.get_organization_owner
---@return toggl.model.owner reply
---@return toggl.response
function api.get_organization_owner(args) end

---Lists transfers of ownership, open and finished.
---
---Cost: 1 request of the organization's window; none while the store has it, for 1 minute.
---
---Repeat: safe: it only reads.
---@param args toggl.args.get_ownership_transfers
---@return toggl.list.transfer reply
---@return toggl.response
function api.get_ownership_transfers(args) end

---Asks for the organization to change hands; both owners must accept. No document says how to name the new owner.
---
---Cost: 1 request of the organization's window.
---
---Repeat: it has an effect outside of Toggl a second time, such as a mail; after a lost reply it fails as unknown, unless settle = true shows whether it was made.
---@param args toggl.args.post_ownership_transfer
---@return toggl.model.transfer reply
---@return toggl.response
function api.post_ownership_transfer(args) end

---Reads one transfer of ownership.
---
---Cost: 1 request of the organization's window; none while the store has it, for 1 minute.
---
---Repeat: safe: it only reads.
---@param args toggl.args.get_ownership_transfer
---@return toggl.model.transfer reply
---@return toggl.response
function api.get_ownership_transfer(args) end

---Accepts, declines or withdraws a transfer of ownership. When both owners have accepted, the owner changes.
---
---Cost: 1 request of the organization's window.
---
---Repeat: it may do more than the first: look before you repeat it; after a lost reply it fails as unknown, unless settle = true shows whether it was made.
---@param args toggl.args.post_ownership_transfer_actions
---@return toggl.model.transfer reply
---@return toggl.response
function api.post_ownership_transfer_actions(args) end

---Reads the plans on offer to the organization and their prices.
---
---Cost: 1 request of the organization's window; none while the store has it, for 1 day.
---
---Repeat: safe: it only reads.
---@param args toggl.args.get_organizations_plans
---@return toggl.model.price_list reply
---@return toggl.response
function api.get_organizations_plans(args) end

---Reads one plan and its prices, as a list of prices with one plan.
---
---Cost: 1 request of the organization's window; none while the store has it, for 1 day.
---
---Repeat: safe: it only reads.
---@param args toggl.args.get_organizations_plans_0
---@return toggl.model.price_list reply
---@return toggl.response
function api.get_organizations_plans_0(args) end

---Reads the subscription of the organization. Only administrators may.
---
---Cost: 1 request of the organization's window; none while the store has it, for 10 minutes.
---
---Repeat: safe: it only reads.
---@param args toggl.args.get_organization_subscription
---@return toggl.model.subscription reply
---@return toggl.response
function api.get_organization_subscription(args) end

---Reads the subscription that a workspace is under: the one of its organization.
---
---Cost: 1 request of the organization's window; none while the store has it, for 10 minutes.
---
---Repeat: safe: it only reads.
---@param args toggl.args.get_workspace_subscription
---@return toggl.model.subscription reply
---@return toggl.response
function api.get_workspace_subscription(args) end

---Reads who pays and how. Only administrators may.
---
---Cost: 1 request of the organization's window; none while the store has it, for 10 minutes.
---
---Repeat: safe: it only reads.
---@param args toggl.args.get_unified_customer
---@return toggl.model.customer reply
---@return toggl.response
function api.get_unified_customer(args) end

---Lists the paid invoices, page by page.
---
---Cost: 1 request of the organization's window for each page; none while the store has it, for 10 minutes.
---
---Repeat: safe: it only reads.
---@param args toggl.args.get_organizations_payments_records
---@return toggl.list.invoice_page reply
---@return toggl.response
function api.get_organizations_payments_records(args) end

---Fetches an invoice as a PDF file.
---
---Cost: 1 request of the organization's window.
---
---Repeat: safe: it only reads.
---@param args toggl.args.get_organization_invoice
---@return string reply
---@return toggl.response
function api.get_organization_invoice(args) end

---Fetches a purchase order as a PDF file.
---
---Cost: 1 request of the organization's window.
---
---Repeat: safe: it only reads.
---@param args toggl.args.get_organization_purchase_order_pdf
---@return string reply
---@return toggl.response
function api.get_organization_purchase_order_pdf(args) end

---Works out what a number of seats would cost. The shape of the answer is not documented.
---
---Cost: 1 request of the organization's window; none while the store has it, for 1 minute.
---
---Repeat: safe: it only reads.
---@param args toggl.args.get_organization_invoice_summary
---@return any reply
---@return toggl.response
function api.get_organization_invoice_summary(args) end

---Tells why the last payment failed; 404 when it did not.
---
---Cost: 1 request of the organization's window; none while the store has it, for 1 minute.
---
---Repeat: safe: it only reads.
---@param args toggl.args.get_organization_subscription_payment_failed
---@return toggl.model.payment_failure reply
---@return toggl.response
function api.get_organization_subscription_payment_failed(args) end

---Lists all plans with what they include.
---
---Cost: 1 request of your account's window; none while the store has it, for 1 day.
---
---Repeat: safe: it only reads.
---@param args? toggl.params.get_all_plans
---@return toggl.list.plan_with_features reply
---@return toggl.response
function api.get_all_plans(args) end

---Lists the plans on sale and their prices.
---
---Cost: 1 request of your account's window; none while the store has it, for 1 day.
---
---Repeat: safe: it only reads.
---@param args? toggl.params.get_public_subscription_plans
---@return toggl.list.plan_offer reply
---@return toggl.response
function api.get_public_subscription_plans(args) end

---Reads the account of the caller. The reply holds the token: it is never printed.
---
---Cost: 1 request of your account's window; none while the store has it, for 5 minutes.
---
---Repeat: safe: it only reads.
---@param args? toggl.params.get_me
---@return toggl.model.me reply
---@return toggl.response
function api.get_me(args) end

---Reads the account key of the caller.
---
---Cost: 1 request of your account's window; none while the store has it, for 5 minutes.
---
---Repeat: safe: it only reads.
---@param args? toggl.params.get_me_id
---@return integer reply
---@return toggl.response
function api.get_me_id(args) end

---Tells whether the credentials are good: 403 when they are not.
---
---Cost: 1 request of your account's window.
---
---Repeat: safe: it only reads.
---@param args? toggl.params.get_me_logged
---@return true reply
---@return toggl.response
function api.get_me_logged(args) end

---Lists what the plan of each workspace of the caller includes.
---
---Cost: 1 request of your account's window; none while the store has it, for 5 minutes.
---
---Repeat: safe: it only reads.
---@param args? toggl.params.get_me_features
---@return toggl.list.workspace_features reply
---@return toggl.response
function api.get_me_features(args) end

---Lists the quota windows of the caller as the server counts them. client:quota() shows what is known without a request.
---
---Cost: 1 request of your account's window.
---
---Repeat: safe: it only reads.
---@param args? toggl.params.get_quota
---@return toggl.list.quota reply
---@return toggl.response
function api.get_quota(args) end

---Makes a new token and returns it: keep it. The old one stops working at once, here and everywhere else.
---
---Cost: 1 request of your account's window.
---
---Repeat: it has an effect outside of Toggl a second time, such as a mail; after a lost reply it fails as unknown.
---@param args? toggl.params.post_reset_token
---@return string reply
---@return toggl.response
function api.post_reset_token(args) end

---Tells whether the service is up.
---
---Cost: 1 request of your account's window.
---
---Repeat: safe: it only reads.
---@param args? toggl.params.get_status
---@return any reply
---@return toggl.response
function api.get_status(args) end

return toggl
