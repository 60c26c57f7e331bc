--- get_one
SELECT 200, json FROM org_view WHERE id = :organization_id

--- list_mine
SELECT 200, json_group_array(raw(json)) FROM (SELECT json FROM org_view ORDER BY name, id)

--- create
{{need_object(name text, workspace_name text)}}
{{need_name(name, 140)}}
{{need_name(workspace_name, 140)}}
UPDATE keys SET last = last + 1 WHERE kind = 'organization' RETURNING last AS new_id;
INSERT INTO organizations(id, name, created, at) VALUES(:new_id, :body ->> 'name', now(), now());
INSERT INTO org_users(organization_id, user_id, email, name, role_id, paying, created, at)
 SELECT :new_id, id, email, name, 1, 0, now(), now() FROM accounts WHERE id = me()
 RETURNING id AS new_user;
INSERT INTO workspaces(organization_id, name, at)
 VALUES(:new_id, :body ->> 'workspace_name', now())
 RETURNING id AS new_workspace;
INSERT INTO workspace_users(workspace_id, org_user_id, role_id, at)
 VALUES(:new_workspace, :new_user, 4, now());
UPDATE accounts SET authorized = now() WHERE id = me();
SELECT 200,
 json_object('id', :new_id, 'name', :body ->> 'name',
    'permissions', json_array('view', 'update', 'manage_users'), 'workspace_id', :new_workspace,
    'workspace_name', :body ->> 'workspace_name')

--- rename
-- The service answers this one without a body, as far as is known.
{{need_object(name text)}}
SELECT 400, 'At least one field is required.' WHERE json_type(:body, '$.name') IS NULL;
{{need_name(name, 140)}}
UPDATE organizations SET name = :body ->> 'name', at = now() WHERE id = :organization_id;
SELECT 200, ''

--- usage
SELECT 200, json_array(json_object('count', (
       SELECT active FROM org_counts WHERE organization_id = :organization_id),
      'limit', CASE ifnull((SELECT plan FROM organizations WHERE id = :organization_id), plan())
       WHEN 'free' THEN 5 ELSE 100000 END, 'name', 'active_users', 'reset_at', iso(now() + 3600)),
    json_object('count', (SELECT count(*) FROM workspaces WHERE organization_id = :organization_id),
       'limit', 100, 'name', 'workspaces', 'reset_at', iso(now() + 3600)))

--- segmentation
SELECT 200, json FROM segmentation WHERE organization_id = :organization_id;
SELECT 204, ''

--- save_segmentation
-- No published text says what the body is: the fields of the answer are taken, others dropped, none
-- is fine as well.
INSERT OR REPLACE INTO segmentation
 SELECT :organization_id, json_patch((SELECT json_group_object(key,
         CASE WHEN type IN ('array', 'object') THEN json(value)
          WHEN type IN ('true', 'false') THEN bool(value) ELSE value END)
       FROM json_each(CASE WHEN ifnull(json_valid(:body), 0) THEN :body ELSE '{}' END)
       WHERE key IN (
         'demo_requested', 'full_name', 'heard', 'industries', 'members_range', 'reasons',
          'skipped_step', 'user_segments')),
     json_object('organization_id', :organization_id, 'user_id', me()));
SELECT 200, json FROM segmentation WHERE organization_id = :organization_id

--- permissions(entity)
json_array(
  json_object('condition', 'own', 'description', 'See it', 'entity', {{entity}}, 'name', 'view',
     'permission_id', 1),
   json_object('condition', '', 'description', 'Change it', 'entity', {{entity}}, 'name', 'update',
      'permission_id', 2))

--- roles
SELECT 200, json_group_array(
   obj('code', code, 'description', 'The role of a ' || name, 'entity', entity, 'name', name,
      'organization_id', organization_id, 'permissions', {{permissions(entity)}},
      'privilege_level', level, 'role_id', id, 'type', type)) FROM roles
 WHERE organization_id IS NULL OR organization_id = :organization_id

--- statistics
SELECT 200, json_group_object(id, raw(json)) FROM statistics_view
 WHERE organization_id = :organization_id

--- audit
SELECT 403, 'The range of the audit log is not two times.'
 WHERE unixepoch(:from) IS NULL OR unixepoch(:to) IS NULL;
{{need_number(403, workspace_id)}}
{{need_number(403, entity_id)}}
{{need_number(403, user_id)}}
{{need_number(403, page_size)}}
{{need_number(403, page_number)}}
{{need_flag(403, export)}}
SELECT max(1, min(1000000, CAST(coalesce(:q_page_number, 1) AS INT))) AS page;
SELECT CASE WHEN :q_export = 'true' THEN -1
 ELSE max(1, min(1000, CAST(coalesce(:q_page_size, 50) AS INT))) END AS size;
SELECT 200,
 json_group_array(obj('id', id, 'organization_id', organization_id, 'workspace_id', workspace_id,
      'entity_type', entity_type, 'entity_id', entity_id, 'action', action, 'user_id', user_id,
      'source', source, 'request_body', request_body, 'response_body', response_body,
      'created_at', iso(created)))
 FROM (SELECT * FROM audit
    WHERE organization_id = :organization_id
     AND created BETWEEN unixepoch(:from) AND unixepoch(:to) + 1
     AND (:q_workspace_id IS NULL OR workspace_id = CAST(:q_workspace_id AS INT))
     AND (:q_entity_type IS NULL OR entity_type = :q_entity_type)
     AND (:q_entity_id IS NULL OR entity_id = CAST(:q_entity_id AS INT))
     AND (:q_action IS NULL OR action = :q_action)
     AND (:q_user_id IS NULL OR user_id = CAST(:q_user_id AS INT)) ORDER BY id
    LIMIT :size OFFSET (:page - 1) * max(:size, 0))
