--- list
{{need_numbers(workspace)}}
SELECT 200, json_group_array(raw(json))
 FROM (SELECT json FROM group_view
    WHERE organization_id = :organization_id
     AND (:q_name IS NULL OR instr(lower(name), lower(:q_name)))
     AND (:q_workspace IS NULL OR id IN (
          SELECT group_id FROM group_workspaces
          WHERE workspace_id IN (SELECT CAST(value AS INT) FROM {{split(workspace)}})))
    ORDER BY name, id)

--- list_of_workspace
SELECT 200, json_group_array(raw(json))
 FROM (SELECT json FROM group_view
    WHERE id IN (SELECT group_id FROM group_workspaces WHERE workspace_id = :workspace_id)
    ORDER BY name, id)

--- need_group
SELECT 404, 'Invalid group ID.'
 WHERE NOT EXISTS(SELECT 1 FROM known_groups
    WHERE id = :group_id AND organization_id = :organization_id);

--- check
-- :group_id is NULL for a new group, and then `id <> NULL` would hide every name: hence IS NOT.
{{need_object(name text, users[] integer, workspaces[] integer)}}
{{need_name(name, 200)}}
SELECT 400, 'The name has already been taken.' FROM groups
 WHERE organization_id = :organization_id AND name = :body ->> 'name' AND id IS NOT :group_id;
SELECT 400, 'User ' || value || ' does not exist in the organization.'
 FROM json_each(:body, '$.users')
 WHERE type = 'integer' AND NOT EXISTS(SELECT 1 FROM known_org_users
    WHERE organization_id = :organization_id AND user_id = value);
SELECT 400, 'Workspace ' || value || ' does not exist in the organization.'
 FROM json_each(:body, '$.workspaces')
 WHERE type = 'integer'
  AND value NOT IN (SELECT id FROM known_workspaces WHERE organization_id = :organization_id);

--- fill
INSERT OR IGNORE INTO group_users
 SELECT :group_id, u.id FROM json_each(:body, '$.users') j
 CROSS JOIN org_users u ON u.user_id = j.value AND u.organization_id = :organization_id;
INSERT OR IGNORE INTO group_workspaces
 SELECT :group_id, value FROM json_each(:body, '$.workspaces') WHERE type = 'integer';
SELECT 200, json FROM group_view WHERE id = :group_id

--- create
{{check}}
INSERT INTO groups(organization_id, name, at)
 VALUES(:organization_id, :body ->> 'name', now())
 RETURNING id AS group_id;
{{fill}}

--- replace
-- A list in the request is complete; a missing list leaves the present one unchanged.
{{need_group}}
{{check}}
UPDATE groups SET name = :body ->> 'name', at = now() WHERE id = :group_id;
DELETE FROM group_users
 WHERE group_id = :group_id AND json_type(:body, '$.users') = 'array' AND org_user_id NOT IN (
    SELECT u.id FROM json_each(:body, '$.users') j
    CROSS JOIN org_users u ON u.user_id = j.value AND u.organization_id = :organization_id);
DELETE FROM group_workspaces
 WHERE group_id = :group_id AND json_type(:body, '$.workspaces') = 'array'
  AND workspace_id NOT IN (
    SELECT value FROM json_each(:body, '$.workspaces') WHERE type = 'integer');
{{fill}}

--- check_patch
-- What is malformed refuses the whole request. A patch that names an unknown person fails alone;
-- when every patch fails the answer is 400. Of patches that name the same person the last one
-- counts.
{{need_group}}
{{need_array([].op text, [].path text, [].value[] integer)}}
SELECT 400, 'There must be 1 to 100 patches.' WHERE json_array_length(:body) NOT BETWEEN 1 AND 100;
SELECT 400, 'Each patch must be an object.' FROM json_each(:body) WHERE type <> 'object';
SELECT 400, 'Unsupported operation or path.' FROM json_each(:body) p
 WHERE ifnull(p.value ->> 'op', '') NOT IN ('add', 'remove')
  OR ifnull(p.value ->> 'path', '') NOT IN ('/users', '/workspaces');
SELECT 400, 'Each patch must hold 1 to 100 values.' FROM json_each(:body) p
 WHERE ifnull(json_type(p.value, '$.value'), '') <> 'array'
  OR json_array_length(p.value, '$.value') NOT BETWEEN 1 AND 100;
SELECT 400, 'Each value must be a key.'
 FROM json_each(:body) p, json_each(p.value, '$.value') v WHERE v.type <> 'integer';

--- judge
-- :judged is [[patch, first unknown value or null], ...] in the order of the patches.
SELECT json_group_array(json_array(json(p.value),
    (SELECT v.value FROM json_each(p.value, '$.value') v
     WHERE CASE p.value ->> 'path'
      WHEN '/users' THEN NOT EXISTS(SELECT 1 FROM known_org_users
        WHERE organization_id = :organization_id AND user_id = v.value)
      ELSE NOT EXISTS(SELECT 1 FROM known_workspaces
        WHERE organization_id = :organization_id AND id = v.value) END LIMIT 1))) AS judged
 FROM json_each(:body) p;
SELECT 400, 'Key ' || (:judged ->> '$[0][1]') || ' does not exist in the organization.'
 WHERE NOT EXISTS(SELECT 1 FROM json_each(:judged) WHERE value ->> '$[1]' IS NULL);

--- last_word(path, op)
-- The bare column `op` beside max() is of the row that has the maximum.
SELECT key
 FROM (SELECT v.value AS key, j.value ->> '$[0].op' AS op, max(j.key)
    FROM json_each(:judged) j, json_each(j.value, '$[0].value') v
    WHERE j.value ->> '$[1]' IS NULL AND j.value ->> '$[0].path' = '{{path}}' GROUP BY v.value)
 WHERE op = '{{op}}'

--- patch
{{check_patch}}
{{judge}}
DELETE FROM group_users
 WHERE group_id = :group_id AND org_user_id IN (SELECT id FROM org_users
     WHERE organization_id = :organization_id AND user_id IN ({{last_word(/users, remove)}}));
INSERT OR IGNORE INTO group_users
 SELECT :group_id, id FROM org_users
 WHERE organization_id = :organization_id AND user_id IN ({{last_word(/users, add)}});
DELETE FROM group_workspaces
 WHERE group_id = :group_id AND workspace_id IN ({{last_word(/workspaces, remove)}});
INSERT OR IGNORE INTO group_workspaces SELECT :group_id, key FROM ({{last_word(/workspaces, add)}});
UPDATE groups SET at = now() WHERE id = :group_id;
SELECT 200,
 json_object('failure', raw((SELECT json_group_array(json_object(
           'message', 'Key ' || (value ->> '$[1]') || ' does not exist in the organization.',
            'patch', value -> '$[0]')) FROM json_each(:judged) WHERE value ->> '$[1]' IS NOT NULL)),
    'success', raw((SELECT json_group_array(value -> '$[0]') FROM json_each(:judged)
         WHERE value ->> '$[1]' IS NULL)))

--- delete_one
{{need_group}}
DELETE FROM groups WHERE id = :group_id;
SELECT 200, 'OK'
