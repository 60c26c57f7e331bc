--- url
'https://track.toggl.test/invitation/' || u.code

--- check
{{need_object(emails[] text, groups[] integer, project_invite.manager boolean,
  project_invite.project_id integer, project_invite.workspace_id integer, skip_email boolean,
  workspaces[].admin boolean, workspaces[].role text, workspaces[].role_id integer,
  workspaces[].workspace_id integer)}}
SELECT 400, 'At least one e-mail is required.'
 WHERE ifnull(json_type(:body, '$.emails'), '') <> 'array'
  OR json_array_length(:body, '$.emails') = 0;
SELECT 400, 'At least one workspace is required.'
 WHERE ifnull(json_type(:body, '$.workspaces'), '') <> 'array'
  OR json_array_length(:body, '$.workspaces') = 0;
SELECT 400, 'An e-mail is missing.' FROM json_each(:body, '$.emails') WHERE ifnull(value, '') = '';
SELECT 400, 'Invalid e-mail: ''' || value || '''' FROM json_each(:body, '$.emails')
 WHERE type <> 'text' OR value NOT LIKE '_%@_%._%' OR value GLOB '*[ ,;]*';
SELECT 400, 'Invalid workspace ID.' FROM json_each(:body, '$.workspaces')
 WHERE type <> 'object'
  OR ifnull(json_extract(:body, fullkey || '.workspace_id'), 0) NOT IN (
    SELECT id FROM known_workspaces WHERE organization_id = :organization_id);
SELECT 400, 'Invalid role_id.' FROM json_each(:body, '$.workspaces')
 WHERE value ->> 'role_id' NOT IN (SELECT id FROM roles WHERE entity = 'workspace');
SELECT 400, 'Group ' || value || ' is not in the organization.' FROM json_each(:body, '$.groups')
 WHERE NOT EXISTS(SELECT 1 FROM known_groups
   WHERE id = value AND organization_id = :organization_id);
SELECT 400, 'The invitation limit is reached, please try again later.'
 WHERE json_array_length(:body, '$.emails') > 100;
SELECT 400,
 'The user with e-mail ''' || email || ''' is already an inactive member of the organization.'
 FROM json_each(:body, '$.emails') j
 CROSS JOIN org_users u INDEXED BY org_users_by_email
  ON u.organization_id = :organization_id AND u.email = j.value
 WHERE u.inactive;
SELECT json_group_array(email) AS fresh
 FROM (SELECT DISTINCT lower(value) AS email FROM json_each(:body, '$.emails')) f
 WHERE NOT EXISTS(SELECT 1 FROM org_users u INDEXED BY org_users_by_email
   WHERE u.organization_id = :organization_id AND u.email = f.email);
{{need_seats(json_array_length(:fresh))}}

--- fresh
json_each(:fresh) f CROSS JOIN org_users u INDEXED BY org_users_by_email
  ON u.organization_id = :organization_id AND u.email = f.value

--- invite
{{check}}
INSERT INTO org_users(
  organization_id, email, name, joined, invitation_id, code, sender_id, created, at)
 SELECT :organization_id, value, substr(value, 1, instr(value, '@') - 1), 0,
  (SELECT last FROM keys WHERE kind = 'invitation') + 1 + key, secret(), me(), now(), now()
 FROM json_each(:fresh);
UPDATE keys SET last = last + json_array_length(:fresh) WHERE kind = 'invitation';
INSERT OR IGNORE INTO workspace_users(workspace_id, org_user_id, role_id, at)
 SELECT w.value ->> 'workspace_id', u.id, coalesce(w.value ->> 'role_id',
     (SELECT id FROM roles WHERE entity = 'workspace' AND code = w.value ->> 'role'),
     CASE WHEN w.value ->> 'admin' THEN 4 END, 5), now()
 FROM json_each(:body, '$.workspaces') w, {{fresh}};
INSERT OR IGNORE INTO group_users
 SELECT g.value, u.id
 FROM json_each(:body, '$.groups') g, {{fresh}};
SELECT 200, obj('data', raw((SELECT json_group_array(
         obj('email', u.email, 'invitation_id', u.invitation_id, 'invite_url', {{url}},
            'organization_id', u.organization_id,
            'recipient_id', (SELECT id FROM accounts WHERE email = u.email),
            'sender_id', u.sender_id, 'workspaces', raw((SELECT json_group_array(
                  obj('user_id', (SELECT id FROM accounts WHERE email = u.email),
                     'workspace_id', m.workspace_id, 'workspace_user_id', m.id))
                 FROM workspace_users m WHERE m.org_user_id = u.id)))) FROM {{fresh}})),
    'invitations', raw((SELECT json_group_array(
          json_object('code', u.code, 'email', u.email, 'organization_id', u.organization_id,
             'organization_name', (SELECT name FROM organizations WHERE id = u.organization_id),
             'sender_email', s.email, 'sender_name', s.name))
         FROM (SELECT email, name FROM accounts WHERE id = me()) s, {{fresh}})),
    'messages', (SELECT json_group_array(value || ' is already in the organization')
       FROM json_each(:body, '$.emails')
       WHERE lower(value) NOT IN (SELECT value FROM json_each(:fresh)) HAVING count(*)))

--- resend
SELECT organization_id AS its_organization FROM known_org_users
 WHERE invitation_id = :invitation_id;
SELECT 404, 'The invitation was not found.' WHERE :its_organization IS NULL;
SELECT 400, 'The invitation is of another organization.'
 WHERE :its_organization <> :organization_id;
UPDATE org_users SET at = now() WHERE invitation_id = :invitation_id;
SELECT 200, '"OK"'

--- find
SELECT id AS person FROM known_org_users WHERE code = :invitation_code AND NOT joined;
SELECT 404, 'Invalid invitation code.' WHERE :person IS NULL;

--- look
{{find}}
SELECT 200,
 obj('accounts_signup_url', 'https://accounts.toggl.test/signup', 'code', u.code, 'email', u.email,
    'organization_id', u.organization_id, 'organization_name', o.name, 'sender_email', s.email,
    'sender_name', s.name, 'sso', bool(0), 'token', secret(22, u.id)) FROM org_users u
 JOIN organizations o ON o.id = u.organization_id
 LEFT JOIN accounts s ON s.id = u.sender_id WHERE u.id = :person

--- only_for_me
-- A caller without credentials counts as the invited person, who gets an account.
{{find}}
SELECT 403, 'This invitation is for another person.' FROM org_users
 WHERE id = :person AND me() IS NOT NULL AND email <> (SELECT email FROM accounts WHERE id = me());

--- accept
{{only_for_me}}
INSERT OR IGNORE INTO accounts(email, name, password, token, created, at, authorized)
 SELECT email, name, substr(secret(), 1, 12), secret(), now(), now(), now() FROM org_users
 WHERE id = :person;
UPDATE org_users
 SET joined = 1, invitation_id = NULL, code = NULL, at = now(),
  user_id = (SELECT id FROM accounts a WHERE a.email = org_users.email),
  name = (SELECT name FROM accounts a WHERE a.email = org_users.email) WHERE id = :person;
SELECT 200, ''

--- reject
{{only_for_me}}
DELETE FROM org_users WHERE id = :person;
SELECT 200, '"OK"'
