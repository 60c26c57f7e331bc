--- check_list
SELECT 400, 'active_status parameter can contain only active, inactive or invited.'
 WHERE EXISTS(
   SELECT 1 FROM {{split(active_status)}} WHERE value NOT IN ('active', 'inactive', 'invited'));
SELECT 400, 'only_admins parameter can be true or false only.'
 WHERE :q_only_admins NOT IN ('true', 'false');
SELECT 400, 'sort_dir parameter can be asc or desc only.' WHERE :q_sort_dir NOT IN ('asc', 'desc');
{{need_numbers(groups)}}
{{need_numbers(workspaces)}}
{{need_page(page, per_page)}}
SELECT ifnull(:q_sort_dir, 'asc') AS direction;
-- a plain list is the common case and is counted without reading a person
SELECT coalesce(:q_filter, :q_active_status, :q_groups, :q_workspaces) IS NOT NULL
 OR ifnull(:q_only_admins, 'false') = 'true' AS chosen;

--- state
CASE WHEN u.inactive THEN 'inactive' WHEN u.joined THEN 'active' ELSE 'invited' END

--- chosen
u.organization_id = :organization_id
 AND (:q_filter IS NULL OR instr(lower(u.name), lower(:q_filter))
   OR instr(lower(u.email), lower(:q_filter)))
 AND (:q_active_status IS NULL OR {{state}} IN (SELECT value FROM {{split(active_status)}}))
 AND (ifnull(:q_only_admins, 'false') = 'false' OR u.role_id < 3)
 AND (:q_groups IS NULL OR u.id IN (SELECT org_user_id FROM group_users
    WHERE group_id IN (SELECT CAST(value AS INT) FROM {{split(groups)}})))
 AND (:q_workspaces IS NULL OR u.id IN (SELECT org_user_id FROM workspace_users
    WHERE workspace_id IN (SELECT CAST(value AS INT) FROM {{split(workspaces)}})))

--- page_of(when, order, rows)
-- The keys of the page, if WHEN holds. Four of these and not one: each can be read off the index.
SELECT json_group_array(id) AS ids
 FROM (SELECT u.id FROM org_users u WHERE {{when}} AND {{rows}}
    ORDER BY u.name {{order}}, u.id {{order}} LIMIT :size OFFSET {{skip}}) HAVING {{when}};

--- list
{{check_list}}
SELECT json_array(:organization_id, :q_filter, :q_active_status, :q_only_admins, :q_groups,
  :q_workspaces, :direction, :size) AS listing;
SELECT people AS records FROM org_counts WHERE organization_id = :organization_id AND NOT :chosen;
SELECT records FROM listing_records WHERE listing = :listing AND :chosen;
SELECT count(*) AS records FROM org_users u WHERE :records IS NULL AND {{chosen}}
 HAVING :records IS NULL;
INSERT OR IGNORE INTO listing_records SELECT :listing, :records WHERE :chosen AND NOT knob('late');
{{find_page}}
{{page_of(:direction = 'asc' AND NOT :chosen, ASC,
  u.organization_id = :organization_id AND {{after(u)}})}}
{{page_of(:direction = 'asc' AND :chosen, ASC, {{chosen}} AND {{after(u)}})}}
{{page_of(:direction = 'desc' AND NOT :chosen, DESC,
  u.organization_id = :organization_id AND {{before(u)}})}}
{{page_of(:direction = 'desc' AND :chosen, DESC, {{chosen}} AND {{before(u)}})}}
{{note_page(org_users)}}
-- CROSS JOIN keeps the order of the page: SQLite does not reorder it.
SELECT 200, json_group_array(raw(v.json)), :page AS "X-Page", :size AS "X-Page-Size",
 (:records + :size - 1) / :size AS "X-Pages", :records AS "X-Records", :direction AS "X-Sort-Order"
 FROM json_each(:ids) p CROSS JOIN user_view v ON v.id = p.value;

--- list_detailed
SELECT 400, 'You cannot see one of these workspaces.'
 WHERE EXISTS(SELECT 1 FROM {{split(workspaces)}} q
    WHERE CAST(q.value AS INT) NOT IN (
      SELECT id FROM known_workspaces WHERE organization_id = :organization_id));
{{list}}

--- remove
{{need_object(delete[] integer)}}
SELECT 400, 'At least one organization user ID must be supplied.'
 WHERE ifnull(json_type(:body, '$.delete'), '') <> 'array'
  OR json_array_length(:body, '$.delete') = 0;
SELECT 400, 'The organization user IDs are not unique.'
 WHERE json_array_length(:body, '$.delete') > (
   SELECT count(DISTINCT value) FROM json_each(:body, '$.delete'));
SELECT 400, 'These organization user IDs are not of this organization: ' || group_concat(value)
 FROM json_each(:body, '$.delete')
 WHERE NOT EXISTS(SELECT 1 FROM known_org_users
   WHERE id = value AND organization_id = :organization_id)
 HAVING count(*);
SELECT 400,
 CASE WHEN paying THEN 'The paying user' ELSE 'The owner of the organization'
  END || ' cannot be removed: organization user ID ' || id FROM org_users
 WHERE id IN (SELECT value FROM json_each(:body, '$.delete')) AND (paying OR role_id = 1);
DELETE FROM org_users WHERE id IN (SELECT value FROM json_each(:body, '$.delete'));
SELECT 200, 'OK'

--- leave
-- The last person takes the organization along.
SELECT id AS mine FROM known_org_users
 WHERE organization_id = :organization_id AND user_id = me() AND joined;
SELECT 400, 'You do not belong to the organization.' WHERE :mine IS NULL;
DELETE FROM organizations
 WHERE id = :organization_id
  AND (SELECT people FROM org_counts WHERE organization_id = :organization_id) = 1;
SELECT 200, 'OK' WHERE changes();
SELECT 400, 'The paying user cannot leave.' FROM org_users WHERE id = :mine AND paying;
SELECT 400, 'The owner cannot leave the organization.' FROM org_users
 WHERE id = :mine AND role_id = 1;
DELETE FROM org_users WHERE id = :mine;
SELECT 200, 'OK'

--- owner_or_payer
FROM org_users WHERE id = :organization_user_id AND (role_id = 1 OR paying)

--- check_change
{{need_object(email text, groups[] integer, inactive boolean, name text,
  organization_admin boolean, role_id integer, workspaces[].active boolean,
  workspaces[].admin boolean, workspaces[].cost number, workspaces[].inactive boolean,
  workspaces[].rate number, workspaces[].role text, workspaces[].role_id integer,
  workspaces[].working_hours number, workspaces[].workspace_id integer)}}
SELECT id AS person FROM known_org_users
 WHERE id = :organization_user_id AND organization_id = :organization_id;
SELECT 400, 'The user does not exist in the organization.' WHERE :person IS NULL;
SELECT 400, 'At least one field is required.'
 WHERE NOT EXISTS(SELECT 1 FROM json_each(:body)
    WHERE key IN (
      'email', 'groups', 'inactive', 'name', 'organization_admin', 'role_id', 'workspaces'));
SELECT 400, 'Admin flag and role_id exclude each other.'
 WHERE :body ->> 'organization_admin' IS NOT NULL AND :body ->> 'role_id' IS NOT NULL;
SELECT 400, 'Invalid role_id.'
 WHERE :body ->> 'role_id' IS NOT NULL
  AND :body ->> 'role_id' NOT IN (SELECT id FROM roles
     WHERE entity = 'organization' AND id <> 1
      AND (organization_id IS NULL OR organization_id = :organization_id));
SELECT 400, 'Field ''name'' cannot be empty.'
 WHERE :body ->> 'name' IS NOT NULL AND trim(ifnull(:body ->> 'name', '')) = '';
SELECT 400, 'Invalid e-mail: ''' || ifnull(:body ->> 'email', '') || ''''
 WHERE :body ->> 'email' IS NOT NULL AND ifnull(:body ->> 'email', '') NOT LIKE '_%@_%._%';
SELECT 400, 'The e-mail exists already.' FROM org_users
 WHERE email = :body ->> 'email' AND id <> :person;
SELECT 400, 'The user has multiple organizations.'
 WHERE (:body ->> 'email' IS NOT NULL OR :body ->> 'name' IS NOT NULL)
  AND (SELECT count(*) FROM org_users
     WHERE user_id = (SELECT user_id FROM org_users WHERE id = :person)) > 1;
SELECT 400, 'Group ''' || value || ''' is not in the organization.'
 FROM json_each(:body, '$.groups')
 WHERE NOT EXISTS(SELECT 1 FROM known_groups
   WHERE id = value AND organization_id = :organization_id);
SELECT 400,
 'Workspace ''' || ifnull(value ->> 'workspace_id', '') || ''' is not in the organization.'
 FROM json_each(:body, '$.workspaces')
 WHERE ifnull(value ->> 'workspace_id', 0) NOT IN (
   SELECT id FROM known_workspaces WHERE organization_id = :organization_id);
SELECT 400, 'Invalid workspace role.' FROM json_each(:body, '$.workspaces') w
 WHERE w.value ->> 'role_id' NOT IN (SELECT id FROM roles WHERE entity = 'workspace');
SELECT 400,
 'Admin rights of the owner and of the paying user cannot be taken away.' {{owner_or_payer}}
 AND (:body ->> 'organization_admin' = 0 OR :body ->> 'role_id' > 2);
SELECT 400, 'The owner and the paying user cannot be deactivated.' {{owner_or_payer}}
 AND :body ->> 'inactive';
SELECT inactive AND :body ->> 'inactive' = 0 AS coming FROM org_users WHERE id = :person;
{{need_seats(:coming)}}

--- change_fields
UPDATE org_users
 SET at = now(), name = ifnull(:body ->> 'name', name), email = ifnull(:body ->> 'email', email),
  inactive = ifnull(:body ->> 'inactive', inactive), role_id = CASE WHEN role_id = 1 THEN 1
   WHEN :body ->> 'organization_admin' IS NOT NULL THEN CASE
    WHEN :body ->> 'organization_admin' THEN 2 ELSE 3 END ELSE ifnull(:body ->> 'role_id', role_id)
   END WHERE id = :person;
UPDATE accounts
 SET at = now(), name = ifnull(:body ->> 'name', name), email = ifnull(:body ->> 'email', email)
 WHERE id = (SELECT user_id FROM org_users WHERE id = :person);

--- change_lists
-- Both lists are complete: what they do not name is taken away, behind what they add, so that a
-- membership that both the old and the new lists give is the same one. A group still keeps a person
-- in its workspaces.
INSERT OR IGNORE INTO group_users
 SELECT value, :person FROM json_each(:body, '$.groups') WHERE type = 'integer';
INSERT INTO workspace_users(workspace_id, org_user_id, role_id, inactive, rate, cost, minutes, at)
 SELECT value ->> 'workspace_id', :person, coalesce(value ->> 'role_id',
     (SELECT id FROM roles WHERE entity = 'workspace' AND code = value ->> 'role'),
     CASE WHEN value ->> 'admin' THEN 4 END, 5), ifnull(value ->> 'inactive', 0), value ->> 'rate',
  value ->> 'cost', value ->> 'working_hours' * 60, now() FROM json_each(:body, '$.workspaces')
 WHERE type = 'object'
 ON CONFLICT(workspace_id, org_user_id) DO UPDATE SET direct = 1, role_id = excluded.role_id,
  at = now(), inactive = excluded.inactive, rate = ifnull(excluded.rate, rate),
  cost = ifnull(excluded.cost, cost), minutes = ifnull(excluded.minutes, minutes);
DELETE FROM group_users
 WHERE org_user_id = :person AND :body ->> 'groups' IS NOT NULL
  AND group_id NOT IN (SELECT value FROM json_each(:body, '$.groups'));
UPDATE workspace_users SET direct = 0
 WHERE org_user_id = :person AND :body ->> 'workspaces' IS NOT NULL
  AND workspace_id NOT IN (SELECT value ->> 'workspace_id' FROM json_each(:body, '$.workspaces'));

--- change
{{check_change}}
{{change_fields}}
{{change_lists}}
SELECT 200, 'OK'
