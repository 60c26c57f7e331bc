--- who_token
SELECT id AS me FROM accounts WHERE token = :user

--- who_password
SELECT id AS me FROM accounts WHERE email = :user AND password = :password

--- standing
-- Which organization this is about, what the caller is there, and whether what the path names can
-- be seen.
SELECT coalesce(:organization_id,
   (SELECT organization_id FROM workspaces WHERE id = :workspace_id)) AS organization_id;
SELECT u.role_id AS role FROM known_org_users u
 JOIN known_organizations o ON o.id = u.organization_id
 WHERE u.organization_id = :organization_id AND u.user_id = me() AND u.joined AND NOT u.inactive;
SELECT w.id AS workspace FROM known_workspaces w
 WHERE w.id = :workspace_id AND w.organization_id = :organization_id;
SELECT m.role_id AS workspace_role FROM org_users u
 CROSS JOIN known_workspace_users m ON m.org_user_id = u.id AND m.workspace_id = :workspace
 WHERE u.organization_id = :organization_id AND u.user_id = me() AND NOT m.inactive;

--- audit
-- The changes, by the HTTP method.
INSERT INTO audit(
  organization_id, workspace_id, entity_type, entity_id, action, user_id, source, request_body,
   response_body, created)
 SELECT :organization_id, :workspace,
  CASE WHEN :group_id THEN 'group' WHEN :workspace THEN 'workspace' ELSE 'organization' END,
  coalesce(:group_id, :workspace, :organization_id), :action, me(), 'api', :body, '', now()
 WHERE :organization_id IS NOT NULL

--- echo
-- A value made of a parameter.
SELECT ?1

--- begin
-- Savepoints, so that a whole run may stand inside of another one: sb_engine_mark().
SAVEPOINT request

--- commit
RELEASE request

--- rollback
ROLLBACK TO request;
RELEASE request

--- mark
SAVEPOINT mark

--- rewind
ROLLBACK TO mark
