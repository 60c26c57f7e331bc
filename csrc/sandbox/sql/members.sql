--- list
{{need_flag(404, active)}}
{{need_flag(404, custom_rates)}}
{{need_page(page, per_page)}}
SELECT coalesce(nullif(:q_name, ''), nullif(:q_search, ''), :q_active, :q_custom_rates) IS NOT NULL
 AS chosen;
SELECT json_array('members', :workspace_id, :q_name, :q_search, :q_active, :q_custom_rates, :size)
 AS listing;
{{find_page}}
SELECT json_group_array(id) AS ids
 FROM (SELECT m.id FROM workspace_users m
    WHERE NOT :chosen AND m.workspace_id = :workspace_id AND {{after(m)}}
    ORDER BY m.name, m.id LIMIT :size OFFSET {{skip}}) HAVING NOT :chosen;
SELECT json_group_array(id) AS ids
 FROM (SELECT m.id FROM workspace_users m JOIN org_users u ON u.id = m.org_user_id
    WHERE :chosen AND m.workspace_id = :workspace_id AND {{after(m)}}
     AND (ifnull(:q_name, '') = '' OR instr(lower(u.name), lower(:q_name)))
     AND (ifnull(:q_search, '') = '' OR instr(lower(u.name), lower(:q_search))
        OR instr(lower(u.email), lower(:q_search)))
     AND (:q_active IS NULL
        OR (u.joined AND NOT u.inactive AND NOT m.inactive) = (:q_active = 'true'))
     AND (:q_custom_rates IS NULL
        OR (m.rate IS NOT NULL OR m.cost IS NOT NULL) = (:q_custom_rates = 'true'))
    ORDER BY m.name, m.id LIMIT :size OFFSET {{skip}}) HAVING :chosen;
{{note_page(workspace_users)}}
SELECT 200, json_group_array(raw(json))
 FROM (SELECT json_patch(v.json, json_object('user_id', user_id, 'workspace_id', workspace_id))
     AS json FROM json_each(:ids) p CROSS JOIN member_view v ON v.id = p.value)

--- list_from_inside
-- Without the parameter, as old clients ask: only direct members.
SELECT 400, 'includeIndirect must be true or false.'
 WHERE :q_includeIndirect NOT IN ('true', 'false');
SELECT 200, json_group_array(raw(json))
 FROM (SELECT json_patch(json, json_object('uid', user_id, 'wid', workspace_id)) AS json
    FROM member_view
    WHERE workspace_id = :workspace_id AND (direct OR ifnull(:q_includeIndirect, '') = 'true')
    ORDER BY name, id)

--- list_briefly
SELECT 200, json_group_array(raw(brief))
 FROM (SELECT brief FROM member_view WHERE workspace_id = :workspace_id ORDER BY name, id)

--- some_briefly
{{need_array([] integer)}}
SELECT 400, 'There must be 1 to 150 keys.' WHERE json_array_length(:body) NOT BETWEEN 1 AND 150;
SELECT 200, json_group_array(raw(brief))
 FROM (SELECT brief FROM member_view
    WHERE workspace_id = :workspace_id AND user_id IN (SELECT value FROM json_each(:body))
    ORDER BY name, id)

--- remove
-- Who is in the workspace through a group as well comes back as an indirect member, with a new key.
{{need_object(delete[] integer)}}
SELECT 400, 'At least one workspace user ID must be supplied.'
 WHERE ifnull(json_type(:body, '$.delete'), '') <> 'array'
  OR json_array_length(:body, '$.delete') = 0;
SELECT 400, 'The workspace user IDs are not unique.'
 WHERE json_array_length(:body, '$.delete') > (
   SELECT count(DISTINCT value) FROM json_each(:body, '$.delete'));
SELECT 400, 'Wrong workspace user IDs.' FROM json_each(:body, '$.delete')
 WHERE value NOT IN (SELECT id FROM known_workspace_users WHERE workspace_id = :workspace_id);
DELETE FROM workspace_users WHERE id IN (SELECT value FROM json_each(:body, '$.delete'));
SELECT 200, 'OK'

--- remove_one
SELECT 403, 'The workspace user is not found or accessible.'
 WHERE NOT EXISTS(
   SELECT 1 FROM known_workspace_users
    WHERE id = :workspace_user_id AND workspace_id = :workspace_id);
DELETE FROM workspace_users WHERE id = :workspace_user_id;
SELECT 200, ''

--- live(name, column)
CASE
 WHEN '{{name}}' IN (SELECT value FROM json_each(:body, '$.postedFields')) THEN :body ->> '{{name}}'
 ELSE ifnull(:body ->> '{{name}}', {{column}}) END

--- change
-- Changes the membership :member; fields named in postedFields may become null, others are left
-- when null or absent.
{{need_object(admin boolean, inactive boolean, labor_cost number, labor_cost_change_mode text,
  postedFields[] text, rate number, rate_change_mode text, role text, role_id integer,
  view_edit_billable_rates boolean, view_edit_labor_costs boolean,
  working_hours_in_minutes integer)}}
SELECT 400, 'Working hours must be positive or null.'
 WHERE :body ->> 'working_hours_in_minutes' <= 0;
SELECT 400, 'Admin flag and role_id exclude each other.'
 WHERE json_type(:body, '$.admin') IS NOT NULL AND json_type(:body, '$.role_id') IS NOT NULL;
SELECT 400, 'Invalid role_id.'
 WHERE :body ->> 'role_id' NOT IN (SELECT id FROM roles WHERE entity = 'workspace');
SELECT 400, 'Invalid role.'
 WHERE :body ->> 'role' NOT IN (SELECT code FROM roles WHERE entity = 'workspace');
UPDATE workspace_users
 SET at = now(), inactive = ifnull(:body ->> 'inactive', inactive),
  role_id = coalesce(:body ->> 'role_id',
     (SELECT id FROM roles WHERE entity = 'workspace' AND code = :body ->> 'role'),
     CASE :body ->> 'admin' WHEN 1 THEN 4 WHEN 0 THEN 5 END, role_id), rate = {{live(rate, rate)}},
  rate_at = CASE WHEN :body ->> 'rate' THEN now() ELSE rate_at END,
  cost = {{live(labor_cost, cost)}},
  cost_at = CASE WHEN :body ->> 'labor_cost' THEN now() ELSE cost_at END,
  minutes = {{live(working_hours_in_minutes, minutes)}},
  edit_rates = ifnull(:body ->> 'view_edit_billable_rates', edit_rates),
  edit_costs = ifnull(:body ->> 'view_edit_labor_costs', edit_costs) WHERE id = :member;
SELECT 200, '"OK"'

--- change_by_key
SELECT id AS member FROM known_workspace_users
 WHERE id = :workspace_user_id AND workspace_id = :workspace_id;
SELECT 400, 'The workspace user is not found or accessible.' WHERE :member IS NULL;
{{change}}

--- change_by_account
SELECT m.id AS member FROM known_workspace_users m JOIN org_users u ON u.id = m.org_user_id
 WHERE u.user_id = :user_id AND m.workspace_id = :workspace_id;
SELECT 404, 'The user is not in the workspace.' WHERE :member IS NULL;
{{change}}

--- assign
-- Retired in the present documents; kept for clients that still call it.
{{need_object(user_id integer, group_id integer, operation text)}}
SELECT 400, 'Nothing to change.' WHERE :body = '{}';
SELECT 400, 'The operation must be add or remove.'
 WHERE ifnull(:body ->> 'operation', '') NOT IN ('add', 'remove');
SELECT 400, 'Either user_id or group_id is needed.'
 WHERE (json_type(:body, '$.user_id') IS NULL) = (json_type(:body, '$.group_id') IS NULL);
SELECT id AS person FROM known_org_users
 WHERE organization_id = :organization_id AND user_id = :body ->> 'user_id';
SELECT id AS team FROM groups
 WHERE organization_id = :organization_id AND id = :body ->> 'group_id';
SELECT 400, 'There is no such user or group.' WHERE coalesce(:person, :team) IS NULL;
SELECT 400, 'The owner, the paying user and administrators stay in every workspace.' FROM org_users
 WHERE id = :person AND :body ->> 'operation' = 'remove' AND (role_id < 3 OR paying);
DELETE FROM workspace_users
 WHERE workspace_id = :workspace_id AND org_user_id = :person AND :body ->> 'operation' = 'remove';
INSERT INTO workspace_users(workspace_id, org_user_id, at)
 SELECT :workspace_id, :person, now()
 WHERE :person IS NOT NULL AND :body ->> 'operation' = 'add'
 ON CONFLICT(workspace_id, org_user_id) DO UPDATE SET direct = 1;
DELETE FROM group_workspaces
 WHERE workspace_id = :workspace_id AND group_id = :team AND :body ->> 'operation' = 'remove';
INSERT OR IGNORE INTO group_workspaces
 SELECT :team, :workspace_id
 WHERE :team IS NOT NULL AND :body ->> 'operation' = 'add';
SELECT 200, 'OK'
