/*
** The owner of an organization, and handing it over.
*/
#include "private.h"
#include "script.h"

/* clang-format off */
/* SQL is laid out by hand: the formatter does not read it. */

static const char owner_sql[] =
    "SELECT 200, json_object('avatar_url', '', 'email', u.email, 'id', u.id, 'name', u.name,\n"
    " 'organization_id', u.organization_id, 'organization_user_created_at', iso(u.created),\n"
    " 'organization_user_id', u.id, 'organization_user_updated_at', iso(u.at),\n"
    " 'toggl_accounts_id', secret(30, u.user_id), 'user_id', u.user_id)\n"
    " FROM org_users u WHERE u.organization_id = :organization_id AND u.role_id = 1;\n"
    "SELECT 404, 'The organization has no owner.'";

static const char list_sql[] =
    "SELECT 400, 'ongoing parameter can be true or false only.' WHERE :q_ongoing NOT IN ('true', 'false');\n"
    "SELECT 200, json_group_array(raw(json)) FROM (SELECT json FROM transfer_view WHERE organization_id ="
    " :organization_id AND (ifnull(:q_ongoing, 'false') = 'false' OR finished IS NULL) ORDER BY id)";

#define GET_ONE \
    "SELECT 200, json FROM transfer_view WHERE id = :transfer_id AND organization_id = :organization_id;\n" \
    "SELECT 404, 'The transfer was not found in the organization.'"

/* No document describes the body; `new_owner_id` is the name in the answer. */
static const char ask_sql[] =
    SB_NEED_OBJECT
    "SELECT user_id AS heir FROM org_users WHERE organization_id = :organization_id AND joined AND NOT inactive\n"
    " AND user_id = json_extract(:body, '$.new_owner_id') AND role_id <> 1;\n"
    "SELECT 400, 'The new owner must be an active member of the organization.' WHERE :heir IS NULL;\n"
    "SELECT 400, 'A transfer is open already.' FROM transfers WHERE organization_id = :organization_id\n"
    " AND finished IS NULL;\n"
    "INSERT INTO transfers(organization_id, requester_id, old_owner_id, new_owner_id, old_accepted, old_at,"
    " created) VALUES(:organization_id, me(), me(), :heir, 1, now(), now()) RETURNING id AS transfer_id;\n" GET_ONE;

static const char answer_sql[] =
    "SELECT id AS found FROM transfers WHERE id = :transfer_id AND organization_id = :organization_id;\n"
    "SELECT 404, 'The transfer was not found in the organization.' WHERE :found IS NULL;\n"
    "SELECT 400, 'The action must be accept, decline or withdraw.' WHERE :action NOT IN ('accept', 'decline',"
    " 'withdraw');\n"
    "SELECT 400, 'The transfer is finished.' FROM transfers WHERE id = :found AND finished IS NOT NULL;\n"
    "SELECT 400, 'It is not yours to ' || :action || ' this transfer.' FROM transfers WHERE id = :found\n"
    " AND me() <> CASE :action WHEN 'withdraw' THEN old_owner_id ELSE new_owner_id END;\n"
    "UPDATE transfers SET finished = now(), outcome = CASE :action WHEN 'accept' THEN 'accepted'\n"
    " WHEN 'decline' THEN 'declined' ELSE 'withdrawn' END,\n"
    " new_accepted = CASE :action WHEN 'withdraw' THEN new_accepted ELSE :action = 'accept' END,\n"
    " new_at = CASE :action WHEN 'withdraw' THEN new_at ELSE now() END WHERE id = :found;\n"
    "UPDATE org_users SET role_id = CASE role_id WHEN 1 THEN 2 ELSE 1 END WHERE :action = 'accept'\n"
    " AND organization_id = :organization_id AND (role_id = 1 OR user_id = me());\n"
    "SELECT 200, json FROM transfer_view WHERE id = :found";

#define TRANSFERS "/organizations/{organization_id}/owner/transfer"

/* clang-format on */

const sb_route sb_routes_owner[] =
    {{"GET", "/organizations/{organization_id}/owner", SB_MEMBER, SB_JSON, 404, 403, owner_sql},
     {"GET", TRANSFERS, SB_MEMBER, SB_JSON, 400, 403, list_sql},
     {"POST", TRANSFERS, SB_OWNER, SB_JSON, 400, 403, ask_sql},
     {"GET", TRANSFERS "/{transfer_id}", SB_MEMBER, SB_JSON, 404, 403, GET_ONE},
     {"POST", TRANSFERS "/{transfer_id}/{action}", SB_MEMBER, SB_JSON, 404, 403, answer_sql},
     {0}};
