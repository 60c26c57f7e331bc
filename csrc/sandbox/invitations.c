/*
** Invitations. An invited person is a row of org_users that has not joined: it has an invitation
** key and a secret code, and no account until the code is accepted.
*/
#include "private.h"
#include "script.h"

/* clang-format off */
/* SQL is laid out by hand: the formatter does not read it. */

#define URL "'https://track.toggl.test/invitation/' || u.code"

#define CHECK \
    SB_NEED_OBJECT \
    "SELECT 400, 'At least one e-mail is required.' WHERE ifnull(json_type(:body, '$.emails'), '') <> 'array'\n" \
    " OR json_array_length(:body, '$.emails') = 0;\n" \
    "SELECT 400, 'At least one workspace is required.' WHERE ifnull(json_type(:body, '$.workspaces'), '') <>" \
    " 'array' OR json_array_length(:body, '$.workspaces') = 0;\n" \
    "SELECT 400, 'An e-mail is missing.' FROM json_each(:body, '$.emails') WHERE ifnull(value, '') = '';\n" \
    "SELECT 400, 'Invalid e-mail: ''' || value || '''' FROM json_each(:body, '$.emails') WHERE type <> 'text'\n" \
    " OR value NOT LIKE '_%@_%._%' OR value GLOB '*[ ,;]*';\n" \
    "SELECT 400, 'Invalid workspace ID.' FROM json_each(:body, '$.workspaces') WHERE type <> 'object'\n" \
    " OR ifnull(json_extract(:body, fullkey || '.workspace_id'), 0) NOT IN (SELECT id FROM workspaces\n" \
    "  WHERE organization_id = :organization_id AND visible <= now());\n" \
    "SELECT 400, 'Invalid role_id.' FROM json_each(:body, '$.workspaces') WHERE json_extract(value, '$.role_id')\n" \
    " NOT IN (SELECT id FROM roles WHERE entity = 'workspace');\n" SB_NEED_KEYS("groups") \
    "SELECT 400, 'Group ' || value || ' is not in the organization.' FROM json_each(:body, '$.groups')\n" \
    " WHERE value NOT IN (SELECT id FROM groups WHERE organization_id = :organization_id);\n" \
    "SELECT 400, 'The invitation limit is reached, please try again later.'\n" \
    " WHERE json_array_length(:body, '$.emails') > 100;\n" \
    "SELECT 400, 'The user with e-mail ''' || email || ''' is already an inactive member of the organization.'\n" \
    " FROM org_users WHERE organization_id = :organization_id AND inactive\n" \
    " AND email IN (SELECT value FROM json_each(:body, '$.emails'));\n" \
    "SELECT json_group_array(email) AS fresh FROM (SELECT DISTINCT lower(value) AS email\n" \
    " FROM json_each(:body, '$.emails')) WHERE email NOT IN (SELECT lower(email) FROM org_users\n" \
    "  WHERE organization_id = :organization_id);\n" \
    "SELECT 400, 'The limit of active users is 5 on this plan.' WHERE json_array_length(:fresh) AND\n" \
    " ifnull((SELECT plan FROM organizations WHERE id = :organization_id), plan()) = 'free' AND\n" \
    " json_array_length(:fresh) + (SELECT count(*) FROM org_users WHERE organization_id = :organization_id\n" \
    "  AND NOT inactive) > 5;\n"

#define FRESH \
    "org_users u WHERE u.organization_id = :organization_id\n" \
    " AND u.email IN (SELECT value FROM json_each(:fresh))"

static const char invite_sql[] =
    CHECK
    "INSERT INTO org_users(organization_id, email, name, joined, invitation_id, code, sender_id, created, at)\n"
    " SELECT :organization_id, value, substr(value, 1, instr(value, '@') - 1), 0,\n"
    " ifnull((SELECT max(invitation_id) FROM org_users), 3100000000) + 1 + key, secret(), me(), now(), now()\n"
    " FROM json_each(:fresh);\n"
    "INSERT OR IGNORE INTO workspace_users(workspace_id, org_user_id, role_id, at)\n"
    " SELECT json_extract(w.value, '$.workspace_id'), u.id, coalesce(json_extract(w.value, '$.role_id'),\n"
    "  (SELECT id FROM roles WHERE entity = 'workspace' AND code = json_extract(w.value, '$.role')),\n"
    "  CASE WHEN json_extract(w.value, '$.admin') THEN 4 END, 5), now()\n"
    " FROM json_each(:body, '$.workspaces') w, " FRESH ";\n"
    "INSERT OR IGNORE INTO group_users SELECT g.value, u.id FROM json_each(:body, '$.groups') g, " FRESH ";\n"
    SB_FOLLOW_GROUPS
    "SELECT 200, obj('data', raw((SELECT json_group_array(obj(\n"
    " 'email', u.email, 'invitation_id', u.invitation_id, 'invite_url', " URL ", 'organization_id',"
    " u.organization_id, 'recipient_id', (SELECT id FROM accounts WHERE email = u.email), 'sender_id', u.sender_id,\n"
    " 'workspaces', raw((SELECT json_group_array(obj('user_id', (SELECT id FROM accounts\n"
    "  WHERE email = u.email), 'workspace_id', m.workspace_id, 'workspace_user_id', m.id))\n"
    "  FROM workspace_users m WHERE m.org_user_id = u.id)))) FROM " FRESH ")),\n"
    " 'invitations', raw((SELECT json_group_array(json_object('code', u.code, 'email', u.email,\n"
    "  'organization_id', u.organization_id, 'organization_name', (SELECT name FROM organizations\n"
    "  WHERE id = u.organization_id), 'sender_email', s.email, 'sender_name', s.name))\n"
    "  FROM (SELECT email, name FROM accounts WHERE id = me()) s, " FRESH ")),\n"
    " 'messages', (SELECT json_group_array(value || ' is already in the organization') FROM json_each(:body,"
    " '$.emails') WHERE lower(value) NOT IN (SELECT value FROM json_each(:fresh)) HAVING count(*)))";

static const char resend_sql[] =
    "SELECT organization_id AS its_organization FROM org_users WHERE invitation_id = :invitation_id;\n"
    "SELECT 404, 'The invitation was not found.' WHERE :its_organization IS NULL;\n"
    "SELECT 400, 'The invitation is of another organization.' WHERE :its_organization <> :organization_id;\n"
    "UPDATE org_users SET at = now() WHERE invitation_id = :invitation_id;\n"
    "SELECT 200, '\"OK\"'";

#define FIND \
    "SELECT id AS person FROM org_users WHERE code = :invitation_code AND NOT joined;\n" \
    "SELECT 404, 'Invalid invitation code.' WHERE :person IS NULL;\n"

static const char look_sql[] =
    FIND
    "SELECT 200, obj('accounts_signup_url', 'https://accounts.toggl.test/signup', 'code', u.code,\n"
    " 'email', u.email, 'organization_id', u.organization_id, 'organization_name', o.name, 'sender_email',"
    " s.email, 'sender_name', s.name, 'sso', bool(0), 'token', secret(22, u.id)) FROM org_users u\n"
    " JOIN organizations o ON o.id = u.organization_id LEFT JOIN accounts s ON s.id = u.sender_id WHERE u.id ="
    " :person";

/* A caller without credentials counts as the invited person, who gets an account. */
#define ONLY_FOR_ME \
    FIND "SELECT 403, 'This invitation is for another person.' FROM org_users WHERE id = :person AND me() IS NOT" \
    " NULL AND email <> (SELECT email FROM accounts WHERE id = me());\n"

static const char accept_sql[] =
    ONLY_FOR_ME
    "INSERT OR IGNORE INTO accounts(email, name, password, token, created, at, authorized)\n"
    " SELECT email, name, substr(secret(), 1, 12), secret(), now(), now(), now() FROM org_users WHERE id ="
    " :person;\n"
    "UPDATE org_users SET joined = 1, invitation_id = NULL, code = NULL, at = now(),\n"
    " user_id = (SELECT id FROM accounts a WHERE a.email = org_users.email),\n"
    " name = (SELECT name FROM accounts a WHERE a.email = org_users.email) WHERE id = :person;\n"
    "SELECT 200, ''";

static const char reject_sql[] =
    ONLY_FOR_ME "DELETE FROM org_users WHERE id = :person;\n SELECT 200, '\"OK\"'";

/* clang-format on */

const sb_route sb_routes_invitations[] =
    {{"POST", "/organizations/{organization_id}/invitations", SB_ADMIN, SB_JSON, 400, 403,
      invite_sql},
     {"PUT", "/organizations/{organization_id}/invitations/{invitation_id}/resend", SB_ADMIN,
      SB_JSON, 404, 403, resend_sql},
     {"GET", "/invitations/{invitation_code}", SB_OPEN, SB_JSON, 404, 404, look_sql},
     {"POST", "/organizations/invitations/{invitation_code}/accept", SB_OPEN, SB_PLAIN, 404, 403,
      accept_sql},
     {"POST", "/organizations/invitations/{invitation_code}/reject", SB_OPEN, SB_JSON, 404, 403,
      reject_sql},
     {0}};
