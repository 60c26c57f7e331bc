/*
** The operations, a block each: organizations, people, groups, invitations, workspaces, members,
** ownership, plans and payments, the caller. The parameters stand first, path variables before the
** rest, then the rows.
**
** Tags are what a stored reply is about; a write drops the tags of all it can change. Equal words
** are equal tags, so a list carries a tag with its organization or workspace in it and, where a
** write cannot know that, a broad one:
**
**   organizations  organization:N   records of organizations
**   users  users:N                  people of an organization, with their groups and memberships
**   groups  groups:N                groups of an organization; groups:workspaces are the lists of
**           workspaces
**   workspaces  workspace:N         records of workspaces, and all that is known of one
**   members  statistics             people of workspaces, and their counts
**   about:N                         everything of one organization
*/
#include "rows.h"

/* clang-format off */
#define END {0} /* a macro, so that clang-format does not take it for a block */
/* clang-format on */

#define PATH(field)  .name = field, .in = TG_IN_PATH
#define QUERY(field) .name = field, .in = TG_IN_QUERY
#define BODY(field)  .name = field, .in = TG_IN_BODY
#define PATH_KEY(field, kind)                                                                      \
    PATH(field), KEY(kind), .flags = TG_REQUIRED | TG_NAMES_KEY, AT_LEAST(1)

#define ORGANIZATION_ID PATH_KEY("organization_id", ORGANIZATION), .doc = "The organization."
#define WORKSPACE_ID    PATH_KEY("workspace_id", WORKSPACE), .doc = "The workspace."
#define GROUP_ID        PATH_KEY("group_id", GROUP), .doc = "The group."
#define TRANSFER_ID     PATH_KEY("transfer_id", TRANSFER), .doc = "The transfer of ownership."
#define WORKSPACE_USER_ID                                                                          \
    PATH_KEY("workspace_user_id", WORKSPACE_USER),                                                 \
        .doc = "The membership: not the account and not the organization user."
#define INVITATION_CODE                                                                            \
    PATH("invitation_code"),                                                                       \
        .type = TG_STRING, .flags = TG_REQUIRED | TG_SECRET, AT_LEAST(1),                          \
        .doc = "Secret code of the invitation: the end of the link in the mail."

/*
** The verb and, for a write, the effect of a repeat: a row without an effect does not compile.
** SAME: a repeat leads to the same state. CHECKABLE: a reply shows whether the write was applied.
** ONCE: an external effect, such as a mail. UNLESS: with one of these body fields (true, or a
** complete list) the effect is the second one. SETTLED: what to look for, and in which
** replies, when a write has lost its reply.
*/
#define READ                 .verb = "GET"
#define WRITE(name, class_)  .verb = name, .effect = TG_EFFECT_##class_
#define UNLESS(fields, then) .effect_if = fields, .effect_then = TG_EFFECT_##then
#define SETTLED(find, ...)   .settle_find = find, .settle = {__VA_ARGS__}
#define BY(operation, what)  .read = operation, .look = TG_LOOK_##what
#define KEYED(field, param)  .at = field, .from = param
#define MEMBERS              "get_workspace_workspace_users"
/* What a success makes of the records of a list that finders look into: see tg_row_effect. */
#define ROWS(operation, how, key, names) .rows = {operation, TG_ROW_##how, key, names}
#define INDIRECT                         .query = "includeIndirect=true"

#define PAGE                                                                                       \
    QUERY("page"), .type = TG_INT, .flags = TG_PAGE_NUMBER, AT_LEAST(1),                           \
                   .doc = "Which page, from 1."
#define PER_PAGE                                                                                   \
    QUERY("per_page"), .type = TG_INT, AT_LEAST(1), .doc = "Records a page; 50 when not given."

/* -------------------------------------------------------------------------------- organizations */

static const tg_field organization_only[] = {{ORGANIZATION_ID}, {0}};
static const tg_field none[] = {{0}};

static const tg_field post_organization[] = {
    {BODY("name"), .type = TG_STRING, .flags = TG_REQUIRED | TG_NOT_BLANK, BETWEEN(1, 140),
     .doc = "Name of the organization."},
    {BODY("workspace_name"), .type = TG_STRING, .flags = TG_NOT_BLANK, BETWEEN(1, 140),
     .preset = "Default-Workspace", .doc = "Name of its first workspace."},
    {0},
};

static const tg_field put_organization[] = {
    {ORGANIZATION_ID},
    {BODY("name"), .type = TG_STRING, .flags = TG_REQUIRED | TG_NOT_BLANK, BETWEEN(1, 140),
     .doc = "New name of the organization."},
    {0},
};

#define SURVEY(field) BODY(field), .flags = TG_UNVERIFIED

static const tg_field put_segmentation[] = {
    {ORGANIZATION_ID},
    {SURVEY("demo_requested"), .type = TG_BOOL, .doc = "A demonstration is asked for."},
    {BODY("full_name"), .flags = TG_UNVERIFIED | TG_PERSON, .type = TG_STRING,
     .doc = "Name of the person who answers."},
    {SURVEY("heard"), TEXTS, .doc = "How they heard of Toggl."},
    {SURVEY("industries"), TEXTS, .doc = "Industries that are ticked."},
    {SURVEY("members_range"), .type = TG_STRING, .doc = "Size of the team, such as 10-50."},
    {SURVEY("reasons"), TEXTS, .doc = "Reasons that are ticked."},
    {SURVEY("skipped_step"), .type = TG_STRING, .doc = "The step of the survey that was skipped."},
    {BODY("user_id"), KEY(ACCOUNT), .flags = TG_UNVERIFIED | TG_NAMES_KEY, AT_LEAST(1),
     .doc = "The person who answers."},
    {SURVEY("user_segments"), TEXTS, .doc = "Segments that are ticked."},
    {0},
};

/* `page_number` stands before `page_size`, since the two are read as a pair. */
static const tg_field get_audit_logs[] = {
    {ORGANIZATION_ID},
    {PATH("from"), .type = TG_TIME, .flags = TG_REQUIRED,
     .doc = "Start, as in 2026-01-31T00:00:00Z."},
    {PATH("to"), .type = TG_TIME, .flags = TG_REQUIRED, .doc = "End, as in 2026-02-28T00:00:00Z."},
    {QUERY("export"), .type = TG_BOOL, .flags = TG_UNPAGED,
     .doc = "All entries in one reply, without pages."},
    {QUERY("workspace_id"), KEY(WORKSPACE), .flags = TG_NAMES_KEY, AT_LEAST(1),
     .doc = "Only what happened in this workspace."},
    {QUERY("entity_type"), .type = TG_STRING, .doc = "Only what was done to this kind of thing."},
    {QUERY("entity_id"), .type = TG_INT, .doc = "Only what was done to this thing."},
    {QUERY("action"), .type = TG_STRING, .doc = "Only what was done in this way."},
    {QUERY("user_id"), KEY(ACCOUNT), .flags = TG_NAMES_KEY, AT_LEAST(1),
     .doc = "Only what this person did: an account key."},
    {QUERY("page_number"), .type = TG_INT, .flags = TG_PAGE_NUMBER, AT_LEAST(1),
     .doc = "Which page, from 1."},
    {QUERY("page_size"), .type = TG_INT, AT_LEAST(1), .doc = "Entries a page."},
    {0},
};

/* --------------------------------------------------------------------------------------- people */

static const tg_field get_organization_users[] = {
    {ORGANIZATION_ID},
    {QUERY("filter"), .type = TG_STRING, .doc = "Part of a name or e-mail address."},
    {QUERY("active_status"), TEXTS, .flags = TG_JOINED | TG_UNIQUE,
     .words = "active inactive invited", .doc = "Only people in these states; all when not given."},
    {QUERY("only_admins"), .type = TG_BOOL, .doc = "Only administrators."},
    {QUERY("groups"), KEYS(GROUP), .flags = TG_JOINED | TG_NAMES_KEY,
     .doc = "Only people of these groups."},
    {QUERY("workspaces"), KEYS(WORKSPACE), .flags = TG_JOINED | TG_NAMES_KEY,
     .doc = "Only people of these workspaces."},
    {PAGE},
    {PER_PAGE},
    {QUERY("sort_dir"), .type = TG_STRING, .words = "asc desc",
     .doc = "Direction of sorting by name; asc when not given."},
    {0},
};

#define CHANGE(field) BODY(field), .flags = TG_ONE_OF

static const tg_field put_organization_users[] = {
    {ORGANIZATION_ID},
    {PATH_KEY("organization_user_id", ORGANIZATION_USER),
     .doc = "The person in this organization: not the account key."},
    {BODY("email"), .type = TG_STRING, .flags = TG_ONE_OF | TG_EMAIL,
     .doc = "New e-mail address; allowed only where can_edit_email is true."},
    {CHANGE("groups"), KEYS(GROUP),
     .doc = "All groups the person shall be in: those left out are left."},
    {CHANGE("inactive"), .type = TG_BOOL,
     .doc =
         "True deactivates the person, false takes it back; not for the owner or the paying user."},
    {BODY("name"), .flags = TG_ONE_OF | TG_PERSON, .type = TG_STRING, AT_LEAST(1),
     .doc = "New name of the person."},
    {BODY("organization_admin"), .type = TG_BOOL, .shown = "admin",
     .flags = TG_ONE_OF | TG_EXCLUSIVE,
     .doc = "Administrator of the organization; the older form of role_id."},
    {BODY("role_id"), KEY(ROLE), .flags = TG_ONE_OF | TG_EXCLUSIVE | TG_NAMES_KEY, AT_LEAST(1),
     .doc = "New role; org:roles() lists them, org:role(name) finds one."},
    {CHANGE("workspaces"), RECORDS("org_user_workspace"),
     .doc = "All memberships the person shall have: those left out end."},
    {0},
};

static const tg_field patch_organization_users[] = {
    {ORGANIZATION_ID},
    {BODY("delete"), KEYS(ORGANIZATION_USER), .flags = TG_REQUIRED | TG_UNIQUE, AT_LEAST(1),
     .doc = "People to remove: organization-user keys, never account keys."},
    {0},
};

/* --------------------------------------------------------------------------------------- groups */

#define GROUP_NAME                                                                                 \
    BODY("name"), .type = TG_STRING, .flags = TG_REQUIRED, BETWEEN(1, 200),                        \
                  .doc = "Name of the group, used only once in the organization."
#define GROUP_USERS BODY("users"), KEYS(ACCOUNT), .doc = "All people of the group: account keys."
#define GROUP_WORKSPACES                                                                           \
    BODY("workspaces"), KEYS(WORKSPACE), .flags = TG_NAMES_KEY,                                    \
                                         .doc = "All workspaces the group is attached to."

static const tg_field get_organization_groups[] = {
    {ORGANIZATION_ID},
    {QUERY("name"), .type = TG_STRING, .doc = "Part of the name of the group."},
    {QUERY("workspace"), KEYS(WORKSPACE), .flags = TG_JOINED | TG_NAMES_KEY,
     .doc = "Only groups attached to this workspace."},
    {0},
};

static const tg_field get_workspace_groups_of_organization[] = {{ORGANIZATION_ID},
                                                                {WORKSPACE_ID},
                                                                {0}};
static const tg_field post_organization_group[] = {{ORGANIZATION_ID},
                                                   {GROUP_NAME},
                                                   {GROUP_USERS},
                                                   {GROUP_WORKSPACES},
                                                   {0}};
static const tg_field put_organization_group[] = {{ORGANIZATION_ID},  {GROUP_ID},
                                                  {GROUP_NAME},       {GROUP_USERS},
                                                  {GROUP_WORKSPACES}, {0}};
static const tg_field delete_organization_group[] = {{ORGANIZATION_ID}, {GROUP_ID}, {0}};

static const tg_field patch_organization_group[] = {
    {ORGANIZATION_ID},
    {GROUP_ID},
    {BODY("patches"), RECORDS("group_patch"), .flags = TG_REQUIRED | TG_WHOLE, BETWEEN(1, 100),
     .doc = "Changes, each carried out by itself."},
    {0},
};

static const tg_field post_workspace_group[] = {{WORKSPACE_ID}, {GROUP_NAME}, {0}};
static const tg_field put_workspace_group[] = {{WORKSPACE_ID}, {GROUP_ID}, {GROUP_NAME}, {0}};
static const tg_field delete_workspace_group[] = {{WORKSPACE_ID}, {GROUP_ID}, {0}};

/* ---------------------------------------------------------------------------------- invitations */

static const tg_field post_invitation[] = {
    {ORGANIZATION_ID},
    {BODY("emails"), TEXTS, .flags = TG_REQUIRED | TG_UNIQUE | TG_EMAIL, AT_LEAST(1),
     .doc = "Addresses to invite."},
    {BODY("workspaces"), RECORDS("invitation_workspace"), .flags = TG_REQUIRED, AT_LEAST(1),
     .doc = "Workspaces the people get, and as what."},
    {BODY("groups"), KEYS(GROUP), .flags = TG_NAMES_KEY, .doc = "Groups the people get."},
    {BODY("project_invite"), RECORD("project_invite"), .doc = "A project the people get."},
    {BODY("skip_email"), .type = TG_BOOL, .doc = "True sends no mail."},
    {0},
};

static const tg_field put_invitation[] = {
    {ORGANIZATION_ID},
    {PATH_KEY("invitation_id", INVITATION), .doc = "The invitation: its key, not its code."},
    {0},
};

static const tg_field invitation_code[] = {{INVITATION_CODE}, {0}};

/* ----------------------------------------------------------------------------------- workspaces */

static const tg_field workspace_only[] = {{WORKSPACE_ID}, {0}};

#define RATE_MODE(field)                                                                           \
    BODY(field), .type = TG_STRING, .words = "start-today override-current override-all"

/* With the end of the table. */
#define WORKSPACE_FIELDS                                                                           \
    {BODY("admins"), KEYS(ACCOUNT), .doc = "Administrators: account keys."},                       \
        {BODY("default_currency"), .type = TG_STRING,                                              \
         .doc = "Currency code, such as USD; paid plans."},                                        \
        {BODY("default_hourly_rate"), .type = TG_REAL,                                             \
         .doc = "Billable rate an hour in units of money; paid plans."},                           \
        {BODY("initial_pricing_plan"), .type = TG_INT,                                             \
         .doc = "Plan to begin with: obsolete, better not sent."},                                 \
        {BODY("limit_public_project_data"), .type = TG_BOOL,                                       \
         .doc = "Only administrators see public projects in reports."},                            \
        {BODY("only_admins_may_create_projects"), .type = TG_BOOL,                                 \
         .doc = "Only administrators may make projects."},                                         \
        {BODY("only_admins_may_create_tags"), .type = TG_BOOL,                                     \
         .doc = "Only administrators may make tags; paid plans."},                                 \
        {BODY("only_admins_see_team_dashboard"), .type = TG_BOOL,                                  \
         .doc = "Only administrators see the team dashboard."},                                    \
        {BODY("projects_billable_by_default"), .type = TG_BOOL,                                    \
         .doc = "New projects are billable; paid plans."},                                         \
        {BODY("projects_enforce_billable"), .type = TG_BOOL,                                       \
         .doc = "Entries follow the billable setting of their project."},                          \
        {BODY("projects_private_by_default"), .type = TG_BOOL,                                     \
         .doc = "New projects are private; true at first."},                                       \
        {RATE_MODE("rate_change_mode"), .doc = "From when a new rate counts; paid plans."},        \
        {BODY("reports_collapse"), .type = TG_BOOL, .doc = "Reports are folded at first."},        \
        {BODY("rounding"), .type = TG_INT, BETWEEN(-1, 1),                                         \
         .doc = "Rounds down at -1, to the nearest at 0, up at 1; paid plans."},                   \
        {BODY("rounding_minutes"), .type = TG_INT,                                                 \
         .doc = "Step of rounding in minutes; paid plans."},                                       \
        END

static const tg_field post_workspace[] = {
    {ORGANIZATION_ID},
    {BODY("name"), .type = TG_STRING, .flags = TG_REQUIRED | TG_NOT_BLANK, BETWEEN(1, 140),
     .doc = "Name of the workspace, used only once in the organization."},
    WORKSPACE_FIELDS,
};

static const tg_field put_workspace[] = {
    {WORKSPACE_ID},
    {BODY("name"), .type = TG_STRING, .flags = TG_NOT_BLANK, BETWEEN(1, 140),
     .doc = "New name of the workspace, used only once in the organization."},
    WORKSPACE_FIELDS,
};

static const tg_field get_workspaces[] = {
    {QUERY("since"), .type = TG_INT, AT_LEAST(0),
     .doc = "Only workspaces changed since then: UNIX seconds."},
    {0},
};

/* -------------------------------------------------------------------------------------- members */

static const tg_field get_organization_workspace_users[] = {
    {ORGANIZATION_ID},
    {WORKSPACE_ID},
    {QUERY("name"), .type = TG_STRING, .doc = "Part of the name."},
    {QUERY("search"), .type = TG_STRING, .doc = "Part of the name or e-mail address."},
    {PAGE},
    {QUERY("per_page"), .type = TG_INT, AT_LEAST(1), .doc = "Memberships a page."},
    {QUERY("custom_rates"), .type = TG_BOOL, .doc = "Only people with rates of their own."},
    {QUERY("active"), .type = TG_BOOL,
     .doc = "Only people who are active, or only those who are not."},
    {0},
};

static const tg_field patch_workspace_users[] = {
    {ORGANIZATION_ID},
    {WORKSPACE_ID},
    {BODY("delete"), KEYS(WORKSPACE_USER), .flags = TG_REQUIRED | TG_UNIQUE, AT_LEAST(1),
     .doc = "Memberships to end: workspace-user keys, never account keys."},
    {0},
};

static const tg_field put_assignments[] = {
    {ORGANIZATION_ID},
    {WORKSPACE_ID},
    {BODY("operation"), .type = TG_STRING, .flags = TG_REQUIRED, .words = "add remove",
     .doc = "What to do."},
    {BODY("user_id"), KEY(ACCOUNT), .flags = TG_ONE_OF | TG_EXCLUSIVE | TG_NAMES_KEY, AT_LEAST(1),
     .doc = "The person, by account key; not together with group_id."},
    {BODY("group_id"), KEY(GROUP), .flags = TG_ONE_OF | TG_EXCLUSIVE | TG_NAMES_KEY, AT_LEAST(1),
     .doc = "The group; not together with user_id."},
    {BODY("joined"), .type = TG_BOOL, .doc = "Undocumented."},
    {0},
};

static const tg_field get_workspace_users[] = {
    {WORKSPACE_ID},
    {QUERY("exclude_deleted"), .type = TG_BOOL, .doc = "Without people who were removed."},
    {0},
};

static const tg_field post_workspace_users_data[] = {
    {WORKSPACE_ID},
    {BODY("users"), KEYS(ACCOUNT), .flags = TG_REQUIRED | TG_WHOLE, BETWEEN(1, 150),
     .doc = "People to read: account keys."},
    {0},
};

static const tg_field get_workspace_workspace_users[] = {
    {WORKSPACE_ID},
    {QUERY("includeIndirect"), .type = TG_BOOL, .flags = TG_ALWAYS,
     .doc = "Also people who are here through a group; false when not given."},
    {0},
};

/* With the end of the table. HOW: flags that every field gets. */
#define MEMBER_FIELDS(how)                                                                         \
    {BODY("admin"), .type = TG_BOOL, .flags = TG_EXCLUSIVE | (how),                                \
     .doc = "Administrator of the workspace; the older form of role_id."},                         \
        {BODY("inactive"), .type = TG_BOOL, .flags = (how),                                        \
         .doc = "True deactivates the person here, false takes it back."},                         \
        {BODY("labor_cost"), .type = TG_REAL, .flags = (how),                                      \
         .doc = "Cost an hour in units of money, not cents; paid plans."},                         \
        {RATE_MODE("labor_cost_change_mode"), .flags = (how),                                      \
         .doc = "From when a new cost counts; paid plans."},                                       \
        {BODY("postedFields"), TEXTS, .flags = (how) | TG_UNIQUE,                                  \
         .doc = "Names of fields to set to null: leaving them out changes nothing."},              \
        {BODY("rate"), .type = TG_REAL, .flags = (how),                                            \
         .doc = "Billable rate an hour in units of money; paid plans."},                           \
        {RATE_MODE("rate_change_mode"), .flags = (how),                                            \
         .doc = "From when a new rate counts; paid plans."},                                       \
        {BODY("role"), .type = TG_STRING, .flags = (how),                                          \
         .words = "admin user projectlead teamlead",                                               \
         .doc = "Role as a word; the older form of role_id."},                                     \
        {BODY("role_id"), KEY(ROLE), .flags = TG_EXCLUSIVE | TG_NAMES_KEY | (how), AT_LEAST(1),    \
         .doc = "New role; org:roles() lists them."},                                              \
        {BODY("view_edit_billable_rates"), .type = TG_BOOL, .flags = (how),                        \
         .doc = "May see and change billable rates."},                                             \
        {BODY("view_edit_labor_costs"), .type = TG_BOOL, .flags = (how),                           \
         .doc = "May see and change labor costs."},                                                \
        {BODY("working_hours_in_minutes"), .type = TG_INT, .flags = (how), AT_LEAST(1),            \
         .doc = "Working time in minutes; paid plans."},                                           \
        END

static const tg_field put_workspace_users[] = {
    {WORKSPACE_ID},
    {PATH_KEY("user_id", ACCOUNT),
     .doc = "The person, by account key: not the workspace-user key."},
    MEMBER_FIELDS(TG_UNVERIFIED),
};

static const tg_field put_workspace_workspace_users[] = {{WORKSPACE_ID},
                                                         {WORKSPACE_USER_ID},
                                                         MEMBER_FIELDS(0)};
static const tg_field delete_workspace_user[] = {{WORKSPACE_ID}, {WORKSPACE_USER_ID}, {0}};

/* ------------------------------------------------------------------------------------ ownership */

static const tg_field get_transfers[] = {
    {ORGANIZATION_ID},
    {QUERY("ongoing"), .type = TG_BOOL, .doc = "Only the transfer that is still open."},
    {0},
};

static const tg_field post_transfer[] = {
    {ORGANIZATION_ID},
    {BODY("new_owner_id"), KEY(ACCOUNT), .flags = TG_UNVERIFIED, AT_LEAST(1),
     .doc = "The next owner, by account key; no document says how to name them."},
    {0},
};

static const tg_field get_transfer[] = {{ORGANIZATION_ID}, {TRANSFER_ID}, {0}};

static const tg_field post_transfer_action[] = {
    {ORGANIZATION_ID},
    {TRANSFER_ID},
    {PATH("action"), .type = TG_STRING, .flags = TG_REQUIRED, .words = "accept decline withdraw",
     .doc = "What to do."},
    {0},
};

/* --------------------------------------------------------------------------- plans and payments */

static const tg_field get_plan[] = {
    {ORGANIZATION_ID},
    {PATH("plan_id"), KEY(PLAN), .flags = TG_REQUIRED | TG_NAMES_KEY, AT_LEAST(0),
     .doc = "The plan."},
    {0},
};

static const tg_field get_payment_records[] = {
    {ORGANIZATION_ID},
    {QUERY("is_unified"), .type = TG_BOOL, .doc = "Invoices of the unified subscription."},
    {QUERY("cursor"), .type = TG_STRING, .doc = "Where to go on: next of the page before."},
    {QUERY("last_inv"), .type = TG_STRING,
     .doc = "Key of the last invoice of the page before; it goes with cursor."},
    {0},
};

static const tg_field get_invoice[] = {
    {ORGANIZATION_ID},
    {PATH("invoice_uid"), .type = TG_STRING, .flags = TG_REQUIRED, AT_LEAST(1),
     .doc = "Key of the invoice: a text."},
    {0},
};

static const tg_field get_purchase_order[] = {
    {ORGANIZATION_ID},
    {PATH("purchase_order_uid"), .type = TG_STRING, .flags = TG_REQUIRED, AT_LEAST(1),
     .doc = "Key of the purchase order: a text."},
    {0},
};

static const tg_field get_invoice_summary[] = {
    {ORGANIZATION_ID},
    {QUERY("quantity"), .type = TG_INT, .doc = "Number of seats."},
    {QUERY("pricing_plan_tag"), .type = TG_STRING, .doc = "Short name of the price."},
    {0},
};

/* ----------------------------------------------------------------------------------- the caller */

static const tg_field get_me[] = {
    {QUERY("with_related_data"), .type = TG_BOOL,
     .doc = "Also clients, projects, tags, tasks, time entries and workspaces: a large reply."},
    {0},
};

/* ------------------------------------------------------------------------------- the operations */

static const tg_op ops[] = {
    /* organizations */

    {.name = "get_organizations",
     .class_ = "client",
     .method = "organizations",
     READ,
     .path = "/me/organizations",
     .params = none,
     .reply = TG_REPLY_LIST,
     .model = "organization",
     .window = TG_WINDOW_USER,
     .ttl = 600,
     .tags = "organizations",
     .doc = "Lists the organizations of the caller. It spends the window of the caller: 30 "
            "requests an hour.",
     .example = "for _, org in ipairs(client:organizations()) do print(org.id, org.name) end"},

    {.name = "post_organization",
     .class_ = "client",
     .method = "create_organization",
     WRITE("POST", CHECKABLE),
     .path = "/organizations",
     SETTLED("an organization of this name that was not there before",
             {BY("get_organizations", NEW), KEYED("name", "name"), .since = "created_at"}),
     .params = post_organization,
     .reply = TG_REPLY_RECORD,
     .model = "new_organization",
     .window = TG_WINDOW_USER,
     .drops = "organizations workspaces me",
     .doc = "Makes an organization and its first workspace. The server may refuse the new keys for "
            "some seconds.",
     .example =
         "print(client:create_organization{ name = \"Beta\", workspace_name = \"First\" }.id)"},

    {.name = "get_organization",
     .class_ = "client",
     .method = "get_organization",
     READ,
     .path = "/organizations/{organization_id}",
     .params = organization_only,
     .reply = TG_REPLY_RECORD,
     .model = "organization",
     .window = TG_WINDOW_ORGANIZATION,
     .ttl = 600,
     .tags = "organizations organization:{organization_id} about:{organization_id}",
     .doc = "Reads one organization. The answer is 404 or 403 when the caller is not in it.",
     .example = "print(client:get_organization{ organization_id = org.id }.name)"},

    {.name = "put_organization",
     .class_ = "organization",
     .method = "update",
     WRITE("PUT", SAME),
     .path = "/organizations/{organization_id}",
     SETTLED("the name", {BY("get_organization", FIELDS)}),
     .params = put_organization,
     .reply = TG_REPLY_NOTHING,
     .window = TG_WINDOW_ORGANIZATION,
     .drops = "organizations organization:{organization_id}",
     .doc = "Renames the organization. The reply does not hold it: read it again.",
     .example = "org:update{ name = \"Acme Works\" }"},

    {.name = "delete_organization_users_leave",
     .class_ = "organization",
     .method = "leave",
     WRITE("DELETE", SAME),
     .path = "/organizations/{organization_id}/users/leave",
     SETTLED("the organization, which is gone from the list",
             {BY("get_organizations", GONE), KEYED("id", "organization_id")}),
     .so_already = "do not belong",
     .params = organization_only,
     .reply = TG_REPLY_NOTHING,
     .window = TG_WINDOW_ORGANIZATION,
     .drops =
         "about:{organization_id} organizations workspaces groups:workspaces members statistics me",
     .doc = "Takes the caller out of the organization. The owner and the paying user cannot leave. "
            "One who has left it before has left it: no error.",
     .example = "client:organization(\"Blue Door\"):leave()"},

    {.name = "get_organization_segmentation",
     .class_ = "organization",
     .method = "segmentation",
     READ,
     .path = "/organizations/{organization_id}/segmentation",
     .params = organization_only,
     .reply = TG_REPLY_RECORD,
     .model = "segmentation",
     .window = TG_WINDOW_ORGANIZATION,
     .ttl = 600,
     .tags = "segmentation:{organization_id} about:{organization_id}",
     .flags = TG_EMPTY_OK,
     .doc = "Reads the answers to the survey at the start; nil when there are none.",
     .example = "print(org:segmentation())"},

    {.name = "put_organization_segmentation",
     .class_ = "organization",
     .method = "save_segmentation",
     WRITE("PUT", SAME),
     .path = "/organizations/{organization_id}/segmentation",
     SETTLED("the answers", {BY("get_organization_segmentation", FIELDS)}),
     .params = put_segmentation,
     .reply = TG_REPLY_RECORD,
     .model = "segmentation",
     .window = TG_WINDOW_ORGANIZATION,
     .drops = "segmentation:{organization_id}",
     .flags = TG_EMPTY_OK,
     .doc = "Saves the answers to the survey. No document says which fields it takes.",
     .example = "org:save_segmentation{ members_range = \"10-50\" }"},

    {.name = "get_organization_usage",
     .class_ = "organization",
     .method = "usage",
     READ,
     .path = "/organizations/{organization_id}/usage",
     .params = organization_only,
     .reply = TG_REPLY_LIST,
     .model = "usage_counter",
     .window = TG_WINDOW_ORGANIZATION,
     .ttl = 60,
     .tags = "usage:{organization_id} about:{organization_id}",
     .doc = "Lists what the organization uses of its limits.",
     .example = "for _, counter in ipairs(org:usage()) do print(counter.name, counter.count, "
                "counter.limit) end"},

    {.name = "get_organization_roles",
     .class_ = "organization",
     .method = "roles",
     READ,
     .path = "/organizations/{organization_id}/roles",
     .params = organization_only,
     .reply = TG_REPLY_LIST,
     .model = "role",
     .window = TG_WINDOW_ORGANIZATION,
     .ttl = 86400,
     .tags = "roles:{organization_id} about:{organization_id}",
     .doc = "Lists the roles that people of the organization can have.",
     .example = "for _, role in ipairs(org:roles()) do print(role.role_id, role.name) end"},

    {.name = "get_audit_logs",
     .class_ = "organization",
     .method = "audit_logs",
     READ,
     .path = "/audit_logs/{organization_id}/{from}/{to}",
     .params = get_audit_logs,
     .reply = TG_REPLY_LIST,
     .model = "audit_log",
     .paging = TG_PAGES,
     .window = TG_WINDOW_ORGANIZATION,
     .ttl = 60,
     .tags = "audit_logs:{organization_id} about:{organization_id}",
     .doc = "Lists what was done in the organization between two times. No document says what an "
            "entry holds.",
     .example = "print(#org:audit_logs{ from = \"2026-01-01T00:00:00Z\", to = "
                "\"2026-02-01T00:00:00Z\" })"},

    /* people */

    {.name = "get_organization_users",
     .class_ = "organization",
     .method = "users",
     READ,
     .path = "/organizations/{organization_id}/users",
     .params = get_organization_users,
     .reply = TG_REPLY_LIST,
     .model = "org_user",
     .paging = TG_PAGES,
     .window = TG_WINDOW_ORGANIZATION,
     .ttl = 300,
     .tags = "users users:{organization_id} about:{organization_id}",
     .doc = "Lists the people of the organization, sorted by name. Each page costs a request: a"
            " larger per_page costs fewer.",
     .example = "for _, user in ipairs(org:users{ active_status = {\"active\"} }) do "
                "print(user.name, user.email) end"},

    {.name = "get_organization_users_detailed",
     .class_ = "organization",
     .method = "users_detailed",
     READ,
     .path = "/organizations/{organization_id}/users/detailed",
     .params = get_organization_users,
     .reply = TG_REPLY_LIST,
     .model = "org_user",
     .paging = TG_PAGES,
     .window = TG_WINDOW_ORGANIZATION,
     .ttl = 300,
     .tags = "users users:{organization_id} about:{organization_id}",
     .doc = "Lists the people of the organization with their groups and memberships. Each page "
            "costs a request.",
     .example = "for _, user in ipairs(org:users_detailed{ per_page = 200 }) do print(user.name, "
                "user.workspace_count) end"},

    {.name = "put_organization_users",
     .class_ = "user",
     .method = "update",
     WRITE("PUT", SAME),
     .path = "/organizations/{organization_id}/users/{organization_user_id}",
     UNLESS("groups workspaces", CHECKABLE),
     SETTLED("the person: fields, groups, memberships",
             {BY("get_organization_users", FIELDS), KEYED("id", "organization_user_id")}),
     .params = put_organization_users,
     .reply = TG_REPLY_NOTHING,
     .window = TG_WINDOW_ORGANIZATION,
     .drops = "users:{organization_id} groups:{organization_id} groups:workspaces members"
              " statistics organizations organization:{organization_id} usage:{organization_id}",
     ROWS("get_organization_users", FIELDS, "organization_user_id", "name"),
     .flags = TG_IN_LUA,
     .doc = "Changes one person. The lists of groups and workspaces are complete lists: what is "
            "left out is taken away.",
     .example = "org:user(\"ann@example.com\"):update{ name = \"Ann Example\" }"},

    {.name = "patch_organization_users",
     .class_ = "organization",
     .method = "remove_users",
     WRITE("PATCH", SAME),
     .path = "/organizations/{organization_id}/users",
     SETTLED("the people, who are absent",
             {BY("get_organization_users", GONE), KEYED("id", "delete")}),
     .params = patch_organization_users,
     .reply = TG_REPLY_NOTHING,
     .window = TG_WINDOW_ORGANIZATION,
     .drops = "users:{organization_id} groups:{organization_id} groups:workspaces members"
              " statistics organizations organization:{organization_id} usage:{organization_id}",
     ROWS("get_organization_users", GONE, "delete", NULL),
     .doc = "Removes people from the organization. One wrong key refuses them all; the owner and"
            " the paying user cannot be removed.",
     .example = "org:remove_users{ delete = {org:user \"ann@example.com\"} }"},

    /* groups */

    {.name = "get_organization_groups",
     .class_ = "organization",
     .method = "groups",
     READ,
     .path = "/organizations/{organization_id}/groups",
     .params = get_organization_groups,
     .reply = TG_REPLY_LIST,
     .model = "group",
     .window = TG_WINDOW_ORGANIZATION,
     .ttl = 300,
     .tags = "groups groups:{organization_id} about:{organization_id}",
     .doc =
         "Lists the groups of the organization with their people and workspaces, sorted by name.",
     .example = "for _, group in ipairs(org:groups()) do print(group.name, #group.users) end"},

    {.name = "get_organization_workspaces_groups",
     .class_ = "workspace",
     .method = "groups",
     READ,
     .path = "/organizations/{organization_id}/workspaces/{workspace_id}/groups",
     .params = get_workspace_groups_of_organization,
     .reply = TG_REPLY_LIST,
     .model = "group",
     .window = TG_WINDOW_ORGANIZATION,
     .ttl = 300,
     .tags = "groups groups:{organization_id} workspace:{workspace_id} about:{organization_id}",
     .doc = "Lists the groups attached to the workspace, with their people.",
     .example = "print(#org:workspace(\"Main\"):groups())"},

    {.name = "post_organization_group",
     .class_ = "organization",
     .method = "create_group",
     WRITE("POST", CHECKABLE),
     .path = "/organizations/{organization_id}/groups",
     SETTLED("a group of this name that was not there before",
             {BY("get_organization_groups", NEW), KEYED("name", "name"), .since = "at"}),
     .params = post_organization_group,
     .reply = TG_REPLY_RECORD,
     .model = "group",
     .window = TG_WINDOW_ORGANIZATION,
     .drops =
         "groups:{organization_id} groups:workspaces users:{organization_id} members statistics",
     ROWS("get_organization_groups", REPLY, NULL, NULL),
     .doc = "Makes a group. People are given by account key. The server may refuse the new key for "
            "some seconds.",
     .example = "print(org:create_group{ name = \"Design\", workspaces = {org:workspace \"Main\"} "
                "}.group_id)"},

    {.name = "put_organization_group",
     .class_ = "group",
     .method = "update",
     WRITE("PUT", SAME),
     .path = "/organizations/{organization_id}/groups/{group_id}",
     UNLESS("users workspaces", CHECKABLE),
     SETTLED("name, people and workspaces of the group",
             {BY("get_organization_groups", FIELDS), KEYED("group_id", "group_id")}),
     .params = put_organization_group,
     .reply = TG_REPLY_RECORD,
     .model = "group",
     .window = TG_WINDOW_ORGANIZATION,
     .drops =
         "groups:{organization_id} groups:workspaces users:{organization_id} members statistics",
     ROWS("get_organization_groups", REPLY, NULL, NULL),
     .doc = "Replaces a group. Its people and workspaces are complete lists: give all, for what is"
            " left out may be taken away.",
     .example = "local group = org:group \"Support\"; group:update{ name = \"Help Desk\", users ="
                " group.users, workspaces = group.workspaces }"},

    {.name = "patch_organization_group",
     .class_ = "group",
     .method = "patch",
     WRITE("PATCH", SAME),
     .path = "/organizations/{organization_id}/groups/{group_id}",
     SETTLED("account keys and workspaces of the group",
             {BY("get_organization_groups", PATCHES), KEYED("group_id", "group_id")}),
     .params = patch_organization_group,
     .reply = TG_REPLY_RECORD,
     .model = "group_patch_result",
     .window = TG_WINDOW_ORGANIZATION,
     .drops =
         "groups:{organization_id} groups:workspaces users:{organization_id} members statistics",
     ROWS("get_organization_groups", DOUBT, "group_id", NULL),
     .flags = TG_IN_LUA,
     .doc = "Adds people and workspaces to a group or takes them away. Each change is carried out"
            " by itself: look at failure.",
     .example = "print(#org:group(\"Support\"):patch{ patches = {{ op = \"add\", path ="
                " \"/users\", value = {org:user \"ann@example.com\"} }} }.failure)"},

    {.name = "delete_organization_group",
     .class_ = "group",
     .method = "delete",
     WRITE("DELETE", SAME),
     .path = "/organizations/{organization_id}/groups/{group_id}",
     SETTLED("the group, which is absent",
             {BY("get_organization_groups", GONE), KEYED("group_id", "group_id")}),
     .params = delete_organization_group,
     .reply = TG_REPLY_NOTHING,
     .window = TG_WINDOW_ORGANIZATION,
     .drops =
         "groups:{organization_id} groups:workspaces users:{organization_id} members statistics",
     ROWS("get_organization_groups", GONE, "group_id", NULL),
     .doc = "Deletes a group. People who were in a workspace only through it lose the workspace.",
     .example = "org:group(\"Support\"):delete()"},

    {.name = "get_workspace_groups",
     .class_ = "workspace",
     .method = "workspace_groups",
     READ,
     .path = "/workspaces/{workspace_id}/groups",
     .params = workspace_only,
     .reply = TG_REPLY_LIST,
     .model = "workspace_group",
     .window = TG_WINDOW_ORGANIZATION,
     .ttl = 300,
     .tags = "groups groups:workspaces workspace:{workspace_id}",
     .flags = TG_DEPRECATED,
     .doc = "Lists the groups of a workspace in a short form. Use workspace:groups(), which also "
            "lists the people.",
     .example = "print(#org:workspace(\"Main\"):workspace_groups())"},

    {.name = "post_workspace_group",
     .class_ = "workspace",
     .method = "create_group",
     WRITE("POST", CHECKABLE),
     .path = "/workspaces/{workspace_id}/groups",
     SETTLED("a group of this name that was not there before",
             {BY("get_workspace_groups", NEW), KEYED("name", "name"), .since = "at"}),
     .params = post_workspace_group,
     .reply = TG_REPLY_RECORD,
     .model = "workspace_group",
     .window = TG_WINDOW_ORGANIZATION,
     .drops = "groups groups:workspaces users members statistics workspace:{workspace_id}",
     .doc = "Makes an empty group attached to the workspace.",
     .example = "print(org:workspace(\"Main\"):create_group{ name = \"Design\" }.id)"},

    {.name = "put_workspace_group",
     .class_ = "workspace_group",
     .method = "update",
     WRITE("PUT", SAME),
     .path = "/workspaces/{workspace_id}/groups/{group_id}",
     SETTLED("the name of the group",
             {BY("get_workspace_groups", FIELDS), KEYED("id", "group_id")}),
     .params = put_workspace_group,
     .reply = TG_REPLY_RECORD,
     .model = "workspace_group",
     .window = TG_WINDOW_ORGANIZATION,
     .drops = "groups groups:workspaces users members statistics workspace:{workspace_id}",
     ROWS("get_organization_groups", FIELDS, "group_id", "name at"),
     .doc = "Renames a group for the whole organization.",
     .example =
         "org:workspace(\"Main\"):create_group{ name = \"Design\" }:update{ name = \"Artwork\" }"},

    {.name = "delete_workspace_group",
     .class_ = "workspace_group",
     .method = "delete",
     WRITE("DELETE", SAME),
     .path = "/workspaces/{workspace_id}/groups/{group_id}",
     SETTLED("the group, which is absent",
             {BY("get_workspace_groups", GONE), KEYED("id", "group_id")}),
     .params = delete_workspace_group,
     .reply = TG_REPLY_NOTHING,
     .window = TG_WINDOW_ORGANIZATION,
     .drops = "groups groups:workspaces users members statistics workspace:{workspace_id}",
     ROWS("get_organization_groups", GONE, "group_id", NULL),
     .doc = "Deletes a group of the workspace. People who were here only through it lose the "
            "workspace.",
     .example = "org:workspace(\"Main\"):create_group{ name = \"Design\" }:delete()"},

    /* invitations */

    {.name = "post_organization_invitation",
     .class_ = "organization",
     .method = "invite",
     WRITE("POST", ONCE),
     .path = "/organizations/{organization_id}/invitations",
     UNLESS("skip_email", CHECKABLE),
     SETTLED("all addresses, not yet active, in a workspace of the invitation",
             {BY(MEMBERS, THERE), INDIRECT, KEYED("email", "emails"), .before = "active"}),
     .params = post_invitation,
     .reply = TG_REPLY_RECORD,
     .model = "invitation_result",
     .window = TG_WINDOW_ORGANIZATION,
     .drops = "users:{organization_id} groups:{organization_id} groups:workspaces members"
              " statistics organizations organization:{organization_id} usage:{organization_id}",
     ROWS("get_organization_groups", DOUBT, "groups", NULL),
     .flags = TG_IN_LUA,
     .doc = "Invites people by mail, unless skip_email is true. The plan limits how many people "
            "may be active.",
     .example = "print(#org:invite{ emails = {\"bo@example.com\"}, workspaces = {org:workspace"
                " \"Main\"}, groups = {org:group \"Engineering\"} }.data)"},

    {.name = "put_invitation",
     .class_ = "organization",
     .method = "resend_invitation",
     WRITE("PUT", ONCE),
     .path = "/organizations/{organization_id}/invitations/{invitation_id}/resend",
     SETTLED("nothing: no field of any reply changes", {0}),
     .params = put_invitation,
     .reply = TG_REPLY_NOTHING,
     .window = TG_WINDOW_ORGANIZATION,
     .doc = "Sends the mail of an invitation again. It takes the invitation key, not the code, and"
            " is never repeated by itself.",
     .example = "org:resend_invitation{ invitation_id = org:invite{ emails = {\"bo@example.com\"},"
                " workspaces = {org:workspace \"Main\"} }.data[1].invitation_id }"},

    {.name = "get_invitations",
     .class_ = "client",
     .method = "invitation",
     READ,
     .path = "/invitations/{invitation_code}",
     .params = invitation_code,
     .reply = TG_REPLY_RECORD,
     .model = "sso_invitation",
     .window = TG_WINDOW_USER,
     .flags = TG_ANONYMOUS,
     .doc = "Shows what an invitation is for. The code is enough.",
     .example = "print(client:invitation{ invitation_code = org:invite{ emails ="
                " {\"bo@example.com\"}, workspaces = {org:workspace \"Main\"} }.invitations[1].code"
                " }.organization_name)"},

    {.name = "post_organization_accept_invitation",
     .class_ = "client",
     .method = "accept_invitation",
     WRITE("POST", SAME),
     .path = "/organizations/invitations/{invitation_code}/accept",
     SETTLED("the invitation: still open, it was not accepted; else that is for a person to see",
             {BY("get_invitations", USED)}),
     .params = invitation_code,
     .reply = TG_REPLY_NOTHING,
     .window = TG_WINDOW_USER,
     .drops = "organizations workspaces me users groups groups:workspaces members statistics",
     .flags = TG_ANONYMOUS | TG_NO_CREDENTIALS,
     .doc = "Accepts an invitation. Give the credentials of the invited person, not those of the "
            "administrator.",
     .example = "client:accept_invitation{ invitation_code = org:invite{ emails ="
                " {\"bo@example.com\"}, workspaces = {org:workspace \"Main\"}"
                " }.invitations[1].code, auth = false }"},

    {.name = "post_reject_invitation",
     .class_ = "client",
     .method = "reject_invitation",
     WRITE("POST", SAME),
     .path = "/organizations/invitations/{invitation_code}/reject",
     SETTLED("the invitation, which is no longer open", {BY("get_invitations", GONE)}),
     .params = invitation_code,
     .reply = TG_REPLY_NOTHING,
     .window = TG_WINDOW_USER,
     .drops = "users members organizations",
     .flags = TG_ANONYMOUS | TG_NO_CREDENTIALS,
     .doc = "Rejects an invitation. Give the credentials of the invited person, or none: the code "
            "is enough.",
     .example = "client:reject_invitation{ invitation_code = org:invite{ emails ="
                " {\"bo@example.com\"}, workspaces = {org:workspace \"Main\"}"
                " }.invitations[1].code, auth = false }"},

    /* workspaces */

    {.name = "get_workspaces",
     .class_ = "client",
     .method = "workspaces",
     READ,
     .path = "/me/workspaces",
     .params = get_workspaces,
     .reply = TG_REPLY_LIST,
     .model = "workspace_with_count",
     .window = TG_WINDOW_USER,
     .ttl = 300,
     .tags = "workspaces",
     .doc = "Lists the workspaces of the caller in all organizations. It spends the window of the"
            " caller: 30 requests an hour.",
     .example = "for _, workspace in ipairs(client:workspaces()) do print(workspace.id, "
                "workspace.name) end"},

    {.name = "get_workspace",
     .class_ = "client",
     .method = "get_workspace",
     READ,
     .path = "/workspaces/{workspace_id}",
     .params = workspace_only,
     .reply = TG_REPLY_RECORD,
     .model = "workspace",
     .window = TG_WINDOW_ORGANIZATION,
     .ttl = 300,
     .tags = "workspaces workspace:{workspace_id}",
     .doc = "Reads one workspace.",
     .example = "print(client:get_workspace{ workspace_id = org:workspace(\"Main\").id }.name)"},

    {.name = "post_organization_workspaces",
     .class_ = "organization",
     .method = "create_workspace",
     WRITE("POST", CHECKABLE),
     .path = "/organizations/{organization_id}/workspaces",
     SETTLED("a workspace of this name that was not there before",
             {BY("get_workspaces", NEW), KEYED("name", "name"), .since = "at"}),
     .params = post_workspace,
     .reply = TG_REPLY_RECORD,
     .model = "workspace",
     .window = TG_WINDOW_ORGANIZATION,
     .drops = "workspaces statistics members users:{organization_id} usage:{organization_id} me",
     .doc = "Makes a workspace. A paid setting on a lower plan is refused with 402; the server may"
            " refuse the new key for some seconds.",
     .example = "print(org:create_workspace{ name = \"Field Work\" }.id)"},

    {.name = "put_workspaces",
     .class_ = "workspace",
     .method = "update",
     WRITE("PUT", SAME),
     .path = "/workspaces/{workspace_id}",
     UNLESS("admins", CHECKABLE),
     SETTLED("the settings; `admins` in get_organization_workspaces_statistics",
             {BY("get_workspace", FIELDS)},
             {BY("get_organization_workspaces_statistics", HOLDS), .list = "admins",
              .holds = "admins", .when = "admins"}),
     .params = put_workspace,
     .reply = TG_REPLY_RECORD,
     .model = "workspace",
     .window = TG_WINDOW_ORGANIZATION,
     .drops = "workspaces workspace:{workspace_id} users members statistics",
     ROWS("get_workspaces", REPLY, NULL, NULL),
     .doc = "Changes a workspace. Give only what changes: a paid setting on a lower plan is "
            "refused with 402.",
     .example = "org:workspace(\"Main\"):update{ only_admins_may_create_projects = true }"},

    {.name = "get_organization_workspaces_statistics",
     .class_ = "organization",
     .method = "statistics",
     READ,
     .path = "/organizations/{organization_id}/workspaces/statistics",
     .params = organization_only,
     .reply = TG_REPLY_MAP,
     .model = "statistics",
     .window = TG_WINDOW_ORGANIZATION,
     .ttl = 300,
     .tags = "statistics about:{organization_id}",
     .doc = "Counts the people and groups of every workspace, by workspace key.",
     .example =
         "for key, counts in pairs(org:statistics()) do print(key, counts.members_count) end"},

    {.name = "get_workspace_statistics",
     .class_ = "workspace",
     .method = "statistics",
     READ,
     .path = "/workspaces/{workspace_id}/statistics",
     .params = workspace_only,
     .reply = TG_REPLY_RECORD,
     .model = "statistics",
     .window = TG_WINDOW_ORGANIZATION,
     .ttl = 300,
     .tags = "statistics workspace:{workspace_id}",
     .doc = "Counts the people and groups of a workspace.",
     .example = "print(org:workspace(\"Main\"):statistics().members_count)"},

    /* members of workspaces */

    {.name = "get_organization_workspaces_workspaceusers",
     .class_ = "workspace",
     .method = "workspace_users",
     READ,
     .path = "/organizations/{organization_id}/workspaces/{workspace_id}/workspace_users",
     .params = get_organization_workspace_users,
     .reply = TG_REPLY_LIST,
     .model = "workspace_user",
     .paging = TG_PAGES,
     .window = TG_WINDOW_ORGANIZATION,
     .ttl = 300,
     .tags = "members workspace:{workspace_id} about:{organization_id}",
     .doc = "Lists the memberships of a workspace page by page. Each page costs a request.",
     .example =
         "for _, member in ipairs(org:workspace(\"Main\"):workspace_users{ active = true }) do "
         "print(member.name, member.rate) end"},

    {.name = "patch_organization_workspace_users",
     .class_ = "workspace",
     .method = "remove_members",
     WRITE("PATCH", SAME),
     .path = "/organizations/{organization_id}/workspaces/{workspace_id}/workspace_users",
     SETTLED("the memberships: absent, or no longer direct",
             {BY(MEMBERS, GONE), INDIRECT, KEYED("id", "delete"), .live = "is_direct"}),
     .params = patch_workspace_users,
     .reply = TG_REPLY_NOTHING,
     .window = TG_WINDOW_ORGANIZATION,
     .drops = "workspaces users:{organization_id} groups:{organization_id} groups:workspaces "
              "members statistics",
     .doc = "Ends memberships in a workspace; the people stay in the organization. One wrong key "
            "refuses them all.",
     .example = "local main = org:workspace \"Main\"; main:remove_members{ delete = "
                "{main:members()[2]} }"},

    {.name = "put_organization_workspaces_assignments",
     .class_ = "workspace",
     .method = "assign",
     WRITE("PUT", SAME),
     .path = "/organizations/{organization_id}/workspaces/{workspace_id}/assignments",
     SETTLED("the membership of the person, or the workspace of the group",
             {BY(MEMBERS, THERE), INDIRECT, KEYED("user_id", "user_id"), .when = "user_id",
              .unless = "operation=remove", .live = "is_direct"},
             {BY("get_organization_groups", HOLDS), KEYED("group_id", "group_id"),
              .list = "workspaces", .holds = "workspace_id", .when = "group_id",
              .unless = "operation=remove"}),
     .params = put_assignments,
     .reply = TG_REPLY_NOTHING,
     .window = TG_WINDOW_ORGANIZATION,
     .drops = "users:{organization_id} groups:{organization_id} groups:workspaces members"
              " statistics organizations organization:{organization_id} usage:{organization_id}"
              " workspaces",
     .flags = TG_DEPRECATED | TG_LEGACY,
     ROWS("get_organization_groups", DOUBT, "group_id", NULL),
     .doc = "Adds a person or group to a workspace or takes it away. Toggl no longer documents it:"
            " use remove_members, group:give, user:update or invite.",
     .example = "org:workspace(\"Main\"):assign{ operation = \"add\", group_id = "
                "org:group(\"Support\").group_id }"},

    {.name = "get_workspace_users",
     .class_ = "workspace",
     .method = "users",
     READ,
     .path = "/workspaces/{workspace_id}/users",
     .params = get_workspace_users,
     .reply = TG_REPLY_LIST,
     .model = "simple_workspace_user",
     .window = TG_WINDOW_ORGANIZATION,
     .ttl = 300,
     .tags = "members workspace:{workspace_id}",
     .doc = "Lists the people of a workspace in a short form, by account key.",
     .example = "for _, user in ipairs(org:workspace(\"Main\"):users()) do print(user.id, "
                "user.fullname) end"},

    {.name = "post_workspace_users_data",
     .class_ = "workspace",
     .method = "users_data",
     .verb = "POST",
     .effect = TG_EFFECT_NONE,
     .path = "/workspaces/{workspace_id}/users/data",
     .params = post_workspace_users_data,
     .reply = TG_REPLY_LIST,
     .model = "simple_workspace_user",
     .window = TG_WINDOW_ORGANIZATION,
     .doc = "Reads up to 150 people of a workspace at once, by account key. It changes nothing.",
     .example = "print(org:workspace(\"Main\"):users_data{ users = {org:user \"ann@example.com\"} "
                "}[1].fullname)"},

    {.name = "put_workspace_users",
     .class_ = "workspace",
     .method = "update_user",
     WRITE("PUT", SAME),
     .path = "/workspaces/{workspace_id}/users/{user_id}",
     SETTLED("the fields of the membership",
             {BY(MEMBERS, FIELDS), INDIRECT, KEYED("user_id", "user_id")}),
     .params = put_workspace_users,
     .reply = TG_REPLY_NOTHING,
     .window = TG_WINDOW_ORGANIZATION,
     .drops =
         "workspace:{workspace_id} workspaces users members statistics groups groups:workspaces",
     .flags = TG_BODY_OPEN,
     .doc = "Changes a person of a workspace by account key. No document says which fields it"
            " takes: member:update() is the sure way.",
     .example = "org:workspace(\"Main\"):update_user{ user_id = "
                "org:user(\"ann@example.com\").user_id, inactive = false }"},

    {.name = "get_workspace_workspace_users",
     .class_ = "workspace",
     .method = "members",
     READ,
     .path = "/workspaces/{workspace_id}/workspace_users",
     .params = get_workspace_workspace_users,
     .reply = TG_REPLY_LIST,
     .model = "workspace_user",
     .window = TG_WINDOW_ORGANIZATION,
     .ttl = 300,
     .tags = "members workspace:{workspace_id}",
     .doc = "Lists the memberships of a workspace in one reply.",
     .example =
         "for _, member in ipairs(org:workspace(\"Main\"):members{ includeIndirect = true }) do "
         "print(member.id, member.name) end"},

    {.name = "put_workspace_workspace_users",
     .class_ = "member",
     .method = "update",
     WRITE("PUT", SAME),
     .path = "/workspaces/{workspace_id}/workspace_users/{workspace_user_id}",
     SETTLED("the fields of the membership",
             {BY(MEMBERS, FIELDS), INDIRECT, KEYED("id", "workspace_user_id")}),
     .params = put_workspace_workspace_users,
     .reply = TG_REPLY_NOTHING,
     .window = TG_WINDOW_ORGANIZATION,
     .drops =
         "workspace:{workspace_id} workspaces users members statistics groups groups:workspaces",
     .doc = "Changes a membership. Rates, costs and working time take a paid plan; a null goes "
            "through postedFields.",
     .example = "org:workspace(\"Main\"):members()[1]:update{ inactive = false }"},

    {.name = "delete_workspace_user",
     .class_ = "member",
     .method = "delete",
     WRITE("DELETE", SAME),
     .path = "/workspaces/{workspace_id}/workspace_users/{workspace_user_id}",
     SETTLED("the membership: absent, or no longer direct",
             {BY(MEMBERS, GONE), INDIRECT, KEYED("id", "workspace_user_id"), .live = "is_direct"}),
     .params = delete_workspace_user,
     .reply = TG_REPLY_NOTHING,
     .window = TG_WINDOW_ORGANIZATION,
     .drops =
         "workspace:{workspace_id} workspaces users members statistics groups groups:workspaces",
     .doc = "Ends a membership in a workspace. The person stays in the organization.",
     .example = "org:workspace(\"Main\"):members()[2]:delete()"},

    /* ownership */

    {.name = "get_organization_owner",
     .class_ = "organization",
     .method = "get_owner",
     READ,
     .path = "/organizations/{organization_id}/owner",
     .params = organization_only,
     .reply = TG_REPLY_RECORD,
     .model = "owner",
     .window = TG_WINDOW_ORGANIZATION,
     .ttl = 300,
     .tags = "users users:{organization_id} about:{organization_id}",
     .doc = "Reads who owns the organization.",
     .example = "print(org:get_owner().email)"},

    {.name = "get_ownership_transfers",
     .class_ = "organization",
     .method = "transfers",
     READ,
     .path = "/organizations/{organization_id}/owner/transfer",
     .params = get_transfers,
     .reply = TG_REPLY_LIST,
     .model = "transfer",
     .window = TG_WINDOW_ORGANIZATION,
     .ttl = 60,
     .tags = "transfers:{organization_id} about:{organization_id}",
     .doc = "Lists transfers of ownership, open and finished.",
     .example = "print(#org:transfers{ ongoing = true })"},

    {.name = "post_ownership_transfer",
     .class_ = "organization",
     .method = "create_transfer",
     WRITE("POST", ONCE),
     .path = "/organizations/{organization_id}/owner/transfer",
     SETTLED("a transfer to this person",
             {BY("get_ownership_transfers", THERE), .query = "ongoing=true",
              KEYED("new_owner_id", "new_owner_id")}),
     .params = post_transfer,
     .reply = TG_REPLY_RECORD,
     .model = "transfer",
     .window = TG_WINDOW_ORGANIZATION,
     .drops = "transfers:{organization_id}",
     .flags = TG_BODY_OPEN,
     .doc = "Asks for the organization to change hands; both owners must accept. No document says"
            " how to name the new owner.",
     .example = "print(org:create_transfer{ new_owner_id = org:user \"ann@example.com\" "
                "}.owner_transfer_id)"},

    {.name = "get_ownership_transfer",
     .class_ = "organization",
     .method = "transfer",
     READ,
     .path = "/organizations/{organization_id}/owner/transfer/{transfer_id}",
     .params = get_transfer,
     .reply = TG_REPLY_RECORD,
     .model = "transfer",
     .window = TG_WINDOW_ORGANIZATION,
     .ttl = 60,
     .tags = "transfers:{organization_id} about:{organization_id}",
     .doc = "Reads one transfer of ownership.",
     .example = "print(org:transfer{ transfer_id = org:create_transfer{ new_owner_id = org:user"
                " \"ann@example.com\" }.owner_transfer_id }.outcome_name)"},

    {.name = "post_ownership_transfer_actions",
     .class_ = "transfer",
     .method = "action",
     WRITE("POST", CHECKABLE),
     .path = "/organizations/{organization_id}/owner/transfer/{transfer_id}/{action}",
     SETTLED("the transfer, which has ended; nothing shows one side that accepts",
             {BY("get_ownership_transfer", THERE), KEYED("owner_transfer_id", "transfer_id"),
              .when = "action=decline withdraw", .live = "finished_at",
              .before = "new_owner_accepted"}),
     .params = post_transfer_action,
     .reply = TG_REPLY_RECORD,
     .model = "transfer",
     .window = TG_WINDOW_ORGANIZATION,
     .drops = "about:{organization_id} organizations users workspaces members statistics me",
     .doc = "Accepts, declines or withdraws a transfer of ownership. When both owners have "
            "accepted, the owner changes.",
     .example = "org:create_transfer{ new_owner_id = org:user \"ann@example.com\" }:action{ action "
                "= \"withdraw\" }"},

    /* plans and payments */

    {.name = "get_organizations_plans",
     .class_ = "organization",
     .method = "plans",
     READ,
     .path = "/organizations/{organization_id}/plans",
     .params = organization_only,
     .reply = TG_REPLY_RECORD,
     .model = "price_list",
     .window = TG_WINDOW_ORGANIZATION,
     .ttl = 86400,
     .tags = "plans:{organization_id} about:{organization_id}",
     .doc = "Reads the plans on offer to the organization and their prices.",
     .example = "for _, plan in ipairs(org:plans().plans) do print(plan.plan_id, plan.name) end"},

    {.name = "get_organizations_plans_0",
     .class_ = "organization",
     .method = "get_plan",
     READ,
     .path = "/organizations/{organization_id}/plans/{plan_id}",
     .params = get_plan,
     .reply = TG_REPLY_RECORD,
     .model = "price_list",
     .window = TG_WINDOW_ORGANIZATION,
     .ttl = 86400,
     .tags = "plans:{organization_id} about:{organization_id}",
     .doc = "Reads one plan and its prices, as a list of prices with one plan.",
     .example = "print(org:get_plan{ plan_id = org:plans().plans[1].plan_id }.currency_id)"},

    {.name = "get_organization_subscription",
     .class_ = "organization",
     .method = "get_subscription",
     READ,
     .path = "/organizations/{organization_id}/subscription",
     .params = organization_only,
     .reply = TG_REPLY_RECORD,
     .model = "subscription",
     .window = TG_WINDOW_ORGANIZATION,
     .ttl = 600,
     .tags = "subscription:{organization_id} about:{organization_id}",
     .doc = "Reads the subscription of the organization. Only administrators may.",
     .example = "print(org:get_subscription().plan_name)"},

    {.name = "get_workspace_subscription",
     .class_ = "workspace",
     .method = "get_subscription",
     READ,
     .path = "/workspaces/{workspace_id}/subscription",
     .params = workspace_only,
     .reply = TG_REPLY_RECORD,
     .model = "subscription",
     .window = TG_WINDOW_ORGANIZATION,
     .ttl = 600,
     .tags = "workspace:{workspace_id}",
     .doc = "Reads the subscription that a workspace is under: the one of its organization.",
     .example = "print(org:workspace(\"Main\"):get_subscription().plan_name)"},

    {.name = "get_unified_customer",
     .class_ = "organization",
     .method = "customer",
     READ,
     .path = "/organizations/{organization_id}/subscription/customer",
     .params = organization_only,
     .reply = TG_REPLY_RECORD,
     .model = "customer",
     .window = TG_WINDOW_ORGANIZATION,
     .ttl = 600,
     .tags = "subscription:{organization_id} about:{organization_id}",
     .doc = "Reads who pays and how. Only administrators may.",
     .example = "print(org:customer().customer_name)"},

    {.name = "get_organizations_payments_records",
     .class_ = "organization",
     .method = "payment_records",
     READ,
     .path = "/organizations/{organization_id}/payment_records",
     .params = get_payment_records,
     .reply = TG_REPLY_LIST,
     .model = "invoice_page",
     .paging = TG_CURSOR,
     .window = TG_WINDOW_ORGANIZATION,
     .ttl = 600,
     .tags = "subscription:{organization_id} about:{organization_id}",
     .flags = TG_LOOSE,
     .doc = "Lists the paid invoices, page by page.",
     .example = "print(#org:payment_records())"},

    {.name = "get_organization_invoice",
     .class_ = "organization",
     .method = "invoice",
     READ,
     .path = "/organizations/{organization_id}/invoices/{invoice_uid}.pdf",
     .params = get_invoice,
     .reply = TG_REPLY_BYTES,
     .window = TG_WINDOW_ORGANIZATION,
     .doc = "Fetches an invoice as a PDF file.",
     .example = "print(#org:invoice{ invoice_uid = \"in_1001\" })"},

    {.name = "get_organization_purchase_order_pdf",
     .class_ = "organization",
     .method = "purchase_order",
     READ,
     .path =
         "/organizations/{organization_id}/subscription/purchase_orders/{purchase_order_uid}.pdf",
     .params = get_purchase_order,
     .reply = TG_REPLY_BYTES,
     .window = TG_WINDOW_ORGANIZATION,
     .doc = "Fetches a purchase order as a PDF file.",
     .example = "print(#org:purchase_order{ purchase_order_uid = \"po_1\" })"},

    {.name = "get_organization_invoice_summary",
     .class_ = "organization",
     .method = "invoice_summary",
     READ,
     .path = "/organizations/{organization_id}/subscription/invoice_summary",
     .params = get_invoice_summary,
     .reply = TG_REPLY_ANY,
     .window = TG_WINDOW_ORGANIZATION,
     .ttl = 60,
     .tags = "subscription:{organization_id} about:{organization_id}",
     .doc =
         "Works out what a number of seats would cost. The shape of the answer is not documented.",
     .example = "print(org:invoice_summary{ quantity = 10 })"},

    {.name = "get_organization_subscription_payment_failed",
     .class_ = "organization",
     .method = "payment_failed",
     READ,
     .path = "/organizations/{organization_id}/subscription/payment_failed",
     .params = organization_only,
     .reply = TG_REPLY_RECORD,
     .model = "payment_failure",
     .window = TG_WINDOW_ORGANIZATION,
     .ttl = 60,
     .tags = "subscription:{organization_id} about:{organization_id}",
     .doc = "Tells why the last payment failed; 404 when it did not.",
     .example = "print(org:payment_failed())"},

    {.name = "get_all_plans",
     .class_ = "client",
     .method = "all_plans",
     READ,
     .path = "/subscriptions/plans",
     .params = none,
     .reply = TG_REPLY_LIST,
     .model = "plan_with_features",
     .window = TG_WINDOW_USER,
     .ttl = 86400,
     .tags = "plans",
     .flags = TG_ANONYMOUS | TG_LOOSE,
     .doc = "Lists all plans with what they include.",
     .example = "for _, plan in ipairs(client:all_plans()) do print(plan.plan_id, plan.name) end"},

    {.name = "get_public_subscription_plans",
     .class_ = "client",
     .method = "public_plans",
     READ,
     .path = "/workspaces/plans",
     .params = none,
     .reply = TG_REPLY_LIST,
     .model = "plan_offer",
     .window = TG_WINDOW_USER,
     .ttl = 86400,
     .tags = "plans",
     .flags = TG_ANONYMOUS,
     .doc = "Lists the plans on sale and their prices.",
     .example =
         "for _, plan in ipairs(client:public_plans()) do print(plan.plan_id, plan.name) end"},

    /* the caller */

    {.name = "get_me",
     .class_ = "client",
     .method = "me",
     READ,
     .path = "/me",
     .params = get_me,
     .reply = TG_REPLY_RECORD,
     .model = "me",
     .window = TG_WINDOW_USER,
     .ttl = 300,
     .tags = "me workspaces",
     .doc = "Reads the account of the caller. The reply holds the token: it is never printed.",
     .example = "print(client:me().email)"},

    {.name = "get_me_id",
     .class_ = "client",
     .method = "my_id",
     READ,
     .path = "/me/id",
     .params = none,
     .reply = TG_REPLY_INT,
     .window = TG_WINDOW_USER,
     .ttl = 300,
     .tags = "me",
     .doc = "Reads the account key of the caller.",
     .example = "print(client:my_id())"},

    {.name = "get_me_logged",
     .class_ = "client",
     .method = "logged",
     READ,
     .path = "/me/logged",
     .params = none,
     .reply = TG_REPLY_NOTHING,
     .window = TG_WINDOW_USER,
     .doc = "Tells whether the credentials are good: 403 when they are not.",
     .example = "print(client:logged())"},

    {.name = "get_me_features",
     .class_ = "client",
     .method = "features",
     READ,
     .path = "/me/features",
     .params = none,
     .reply = TG_REPLY_LIST,
     .model = "workspace_features",
     .window = TG_WINDOW_USER,
     .ttl = 300,
     .tags = "me workspaces",
     .doc = "Lists what the plan of each workspace of the caller includes.",
     .example = "for _, workspace in ipairs(client:features()) do print(workspace.workspace_id, "
                "#workspace.features) end"},

    {.name = "get_quota",
     .class_ = "client",
     .method = "get_quota",
     READ,
     .path = "/me/quota",
     .params = none,
     .reply = TG_REPLY_LIST,
     .model = "quota",
     .window = TG_WINDOW_USER,
     .doc = "Lists the quota windows of the caller as the server counts them. client:quota() shows"
            " what is known without a request.",
     .example = "for _, window in ipairs(client:get_quota()) do print(window.organization_id,"
                " window.remaining, window.total) end"},

    {.name = "post_reset_token",
     .class_ = "client",
     .method = "reset_token",
     WRITE("POST", ONCE),
     .path = "/me/reset_token",
     SETTLED("nothing: the new token stands in the reply alone", {0}),
     .params = none,
     .reply = TG_REPLY_STRING,
     .window = TG_WINDOW_USER,
     .drops = "me workspaces",
     .doc = "Makes a new token and returns it: keep it. The old one stops working at once, here "
            "and everywhere else.",
     .example = "local token = client:reset_token()"},

    {.name = "get_status",
     .class_ = "client",
     .method = "status",
     READ,
     .path = "/status",
     .params = none,
     .reply = TG_REPLY_ANY,
     .window = TG_WINDOW_USER,
     .flags = TG_ANONYMOUS,
     .doc = "Tells whether the service is up.",
     .example = "print(client:status())"},
};

const tg_op *tg_ops(size_t *count)
{
    if (count) *count = sizeof ops / sizeof *ops;
    return ops;
}
