--- need_object(fields)
-- The body must be an object whose FIELDS have the types of the document: types.h has their form.
SELECT 400, 'The body is not a JSON object.'
 WHERE CASE WHEN ifnull(json_valid(:body), 0) THEN json_type(:body) <> 'object' ELSE 1 END;
SELECT 400, wrong FROM (SELECT mistyped(:body, '{{fields}}') AS wrong) WHERE wrong IS NOT NULL;

--- need_array(fields)
SELECT 400, 'The body is not a JSON array.'
 WHERE CASE WHEN ifnull(json_valid(:body), 0) THEN json_type(:body) <> 'array' ELSE 1 END;
SELECT 400, wrong FROM (SELECT mistyped(:body, '{{fields}}') AS wrong) WHERE wrong IS NOT NULL;

--- need_name(field, max)
-- FIELD of the body must be a text of 1 to MAX characters, not only spaces.
SELECT 400, 'The field ''{{field}}'' must be a text that is not empty.'
 WHERE ifnull(json_type(:body, '$.{{field}}'), '') <> 'text' OR trim(:body ->> '{{field}}') = '';
SELECT 400, 'The field ''{{field}}'' is too long, the most is {{max}} characters.'
 WHERE length(:body ->> '{{field}}') > {{max}};

--- need_number(status, q)
SELECT {{status}}, 'Invalid value sent for ''{{q}}''.' WHERE :q_{{q}} GLOB '*[^0-9]*';

--- need_flag(status, q)
SELECT {{status}}, 'Invalid value sent for ''{{q}}''.' WHERE :q_{{q}} NOT IN ('true', 'false');

--- need_seats(coming)
-- A free plan holds five people; COMING more are wanted.
SELECT 400, 'The limit of active users is 5 on this plan.'
 WHERE {{coming}} AND 5 < {{coming}} + (
    SELECT count(*) FROM org_users WHERE organization_id = :organization_id AND NOT inactive)
  AND ifnull((SELECT plan FROM organizations WHERE id = :organization_id), plan()) = 'free';

--- need_numbers(q)
-- Whether the query field Q is a comma list of numbers.
SELECT 400, 'Invalid value sent for ''{{q}}''.' WHERE :q_{{q}} GLOB '*[^0-9,]*';

--- split(q)
-- The comma list of the query field Q as rows of `value`.
json_each('[' || replace(json_quote(:q_{{q}}), ',', '","') || ']')

--- need_page(page, size)
-- A page: PAGE and SIZE are names of query fields. Sets :page and :size.
SELECT 400, 'Invalid value sent for ''{{page}}'': a number from 1 up is needed.'
 WHERE :q_{{page}} GLOB '*[^0-9]*' OR length(:q_{{page}}) > 9 OR CAST(:q_{{page}} AS INT) < 1;
SELECT 400, 'Invalid value sent for ''{{size}}'': a number from 1 up is needed.'
 WHERE :q_{{size}} GLOB '*[^0-9]*' OR length(:q_{{size}}) > 9 OR CAST(:q_{{size}} AS INT) < 1;
SELECT CAST(ifnull(:q_{{page}}, 1) AS INT) AS page;
SELECT min(CAST(ifnull(:q_{{size}}, 50) AS INT), knob('page_cap')) AS size;

--- follow_groups
-- Who is in a workspace only through a group follows the groups. Run after anything that touches
-- groups; costs a pass over the groups of the organization.
DELETE FROM workspace_users
 WHERE NOT direct
  AND workspace_id IN (SELECT id FROM workspaces WHERE organization_id = :organization_id)
  AND NOT EXISTS(SELECT 1 FROM group_users gu
     JOIN group_workspaces gw USING(group_id)
     WHERE gu.org_user_id = workspace_users.org_user_id
      AND gw.workspace_id = workspace_users.workspace_id);
INSERT OR IGNORE INTO workspace_users(workspace_id, org_user_id, direct, at)
 SELECT gw.workspace_id, gu.org_user_id, 0, now() FROM groups g
 JOIN group_workspaces gw ON gw.group_id = g.id
 JOIN group_users gu ON gu.group_id = g.id
 WHERE g.organization_id = :organization_id ORDER BY 1, 2;
