/*
** Pieces of SQL that several scripts share. Each check is a statement that replies when something
** is wrong, and else is silent. CASE is used where the order of conditions matters: SQLite may turn
** those of AND around.
*/
#ifndef TG_SANDBOX_SCRIPT_H
#define TG_SANDBOX_SCRIPT_H

/* clang-format off */
/* SQL is laid out by hand: the formatter does not read it. */

#define SB_NEED_OBJECT \
    "SELECT 400, 'The body is not a JSON object.' WHERE CASE WHEN ifnull(json_valid(:body), 0)\n" \
    " THEN json_type(:body) <> 'object' ELSE 1 END;\n"

#define SB_NEED_ARRAY \
    "SELECT 400, 'The body is not a JSON array.' WHERE CASE WHEN ifnull(json_valid(:body), 0)\n" \
    " THEN json_type(:body) <> 'array' ELSE 1 END;\n"

/* FIELD of the body must be a text of 1 to MAX characters, not only spaces. */
#define SB_NEED_NAME(FIELD, MAX) \
    "SELECT 400, 'The field ''" FIELD "'' must be a text that is not empty.'\n" \
    " WHERE ifnull(json_type(:body, '$." FIELD "'), '') <> 'text' OR trim(json_extract(:body, '$." FIELD "')) =" \
    " '';\n" \
    "SELECT 400, 'The field ''" FIELD "'' is too long, the most is " MAX " characters.'\n" \
    " WHERE length(json_extract(:body, '$." FIELD "')) > " MAX ";\n"

/* The list at PATH of the body, when there, must hold integers only. */
#define SB_NEED_KEYS(PATH) \
    "SELECT 400, 'The field ''" PATH "'' must be a list of keys.' WHERE json_type(:body, '$." PATH "') NOT IN\n" \
    " ('array', 'null') OR EXISTS(SELECT 1 FROM json_each(:body, '$." PATH "')\n" \
    "  WHERE type <> 'integer' AND ifnull(json_type(:body, '$." PATH "'), '') = 'array');\n"

/* Whether the query field Q is a comma list of numbers. */
#define SB_NEED_NUMBERS(Q) \
    "SELECT 400, 'Invalid value sent for ''" Q "''.' WHERE :q_" Q " GLOB '*[^0-9,]*';\n"

/* The comma list of the query field Q as rows of `value`. */
#define SB_SPLIT(Q) "json_each('[' || replace(json_quote(:q_" Q "), ',', '\",\"') || ']')"

/* A page: PAGE and SIZE are names of query fields. Sets :page and :size. */
#define SB_NEED_PAGE(PAGE, SIZE) \
    "SELECT 400, 'Invalid value sent for ''" PAGE "'': a number from 1 up is needed.'\n" \
    " WHERE :q_" PAGE " GLOB '*[^0-9]*' OR length(:q_" PAGE ") > 9 OR CAST(:q_" PAGE " AS INT) < 1;\n" \
    "SELECT 400, 'Invalid value sent for ''" SIZE "'': a number from 1 up is needed.'\n" \
    " WHERE :q_" SIZE " GLOB '*[^0-9]*' OR length(:q_" SIZE ") > 9 OR CAST(:q_" SIZE " AS INT) < 1;\n" \
    "SELECT CAST(ifnull(:q_" PAGE ", 1) AS INT) AS page;\n" \
    "SELECT min(CAST(ifnull(:q_" SIZE ", 50) AS INT), knob('page_cap')) AS size;\n"

/*
** Who is in a workspace only through a group follows the groups. Run after anything that touches
** groups; costs a pass over the groups of the organization.
*/
#define SB_FOLLOW_GROUPS \
    "DELETE FROM workspace_users WHERE NOT direct AND workspace_id IN (SELECT id FROM workspaces\n" \
    " WHERE organization_id = :organization_id) AND NOT EXISTS(SELECT 1 FROM group_users gu\n" \
    "  JOIN group_workspaces gw USING(group_id) WHERE gu.org_user_id = workspace_users.org_user_id\n" \
    "  AND gw.workspace_id = workspace_users.workspace_id);\n" \
    "INSERT OR IGNORE INTO workspace_users(workspace_id, org_user_id, direct, at)\n" \
    " SELECT gw.workspace_id, gu.org_user_id, 0, now() FROM groups g JOIN group_workspaces gw ON gw.group_id =" \
    " g.id JOIN group_users gu ON gu.group_id = g.id WHERE g.organization_id = :organization_id ORDER BY 1, 2;\n"

#endif
