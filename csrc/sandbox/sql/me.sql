--- related(kind)
CASE WHEN :q_with_related_data = 'true'
 THEN json((SELECT json FROM samples WHERE kind = '{{kind}}')) END

--- me
{{need_flag(403, with_related_data)}}
SELECT 200,
 obj('2fa_enabled', bool(twofa), 'api_token', token, 'at', iso(at),
   'authorization_updated_at', iso(authorized), 'beginning_of_week', 1,
   'clients', {{related(clients)}}, 'country_id', 67, 'created_at', iso(created),
   'default_workspace_id', (SELECT m.workspace_id FROM workspace_users m
     JOIN org_users u ON u.id = m.org_user_id
     WHERE u.user_id = me() ORDER BY m.workspace_id LIMIT 1),
   'email', email, 'fullname', name, 'has_password', bool(1), 'id', id,
   'image_url', 'https://assets.toggl.test/avatar.png',
   'intercom_hash', secret(50, id) || secret(51, id),
   'oauth_providers', json_array('google'), 'openid_email', email, 'openid_enabled', bool(0),
   'options', json_object('theme', 'dark'), 'projects', {{related(projects)}},
   'tags', {{related(tags)}}, 'tasks', {{related(tasks)}},
   'time_entries', {{related(time_entries)}}, 'timezone', 'Europe/Tallinn',
   'toggl_accounts_id', substr(secret(30, id), 1, 22), 'updated_at', iso(at),
   'workspaces', CASE WHEN :q_with_related_data = 'true'
     THEN raw((SELECT json_group_array(raw(json)) FROM workspace_view WHERE mine)) END)
 FROM accounts WHERE id = me()

--- features
SELECT 200, json_group_array(json_object(
     'features', json_array(json_object('enabled', bool(1), 'feature_id', 10, 'name', 'groups')),
      'workspace_id', id)) FROM workspace_view WHERE mine

--- quota
-- Unused windows count as well.
SELECT 200,
 json_group_array(json_object('organization_id', organization, 'remaining', total - ifnull(used, 0),
      'resets_in_secs', max(0, CAST(ifnull(started, now()) + 3600.999 - now() AS INT)),
      'total', total))
 FROM (SELECT NULL AS organization, ifnull(nullif(knob('user_quota'), 0), 30) AS total
    UNION ALL SELECT o.id, ifnull(nullif(knob('quota'), 0), p.quota) FROM org_users u
    JOIN organizations o ON o.id = u.organization_id
    JOIN plans p ON p.handle = ifnull(o.plan, plan())
    WHERE u.user_id = me() AND u.joined AND NOT u.inactive)
 LEFT JOIN quota q ON q.user_id = me() AND q.organization_id = ifnull(organization, 0)
  AND now() - q.started < 3600 WHERE knob('enforced')

--- reset_token
UPDATE accounts SET token = secret(), at = now() WHERE id = me();
SELECT 200, json_quote(token) FROM accounts WHERE id = me()

--- id
SELECT 200, me()

--- logged
SELECT 200, ''

--- status
SELECT 200, '{"status":"OK"}'
