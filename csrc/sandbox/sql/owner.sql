--- owner
SELECT 200,
 json_object('avatar_url', '', 'email', u.email, 'id', u.id, 'name', u.name,
    'organization_id', u.organization_id, 'organization_user_created_at', iso(u.created),
    'organization_user_id', u.id, 'organization_user_updated_at', iso(u.at),
    'toggl_accounts_id', secret(30, u.user_id), 'user_id', u.user_id) FROM org_users u
 WHERE u.organization_id = :organization_id AND u.role_id = 1;
SELECT 404, 'The organization has no owner.'

--- list
SELECT 400, 'ongoing parameter can be true or false only.'
 WHERE :q_ongoing NOT IN ('true', 'false');
SELECT 200, json_group_array(raw(json))
 FROM (SELECT json FROM transfer_view
    WHERE organization_id = :organization_id
     AND (ifnull(:q_ongoing, 'false') = 'false' OR finished IS NULL) ORDER BY id)

--- get_one
SELECT 200, json FROM transfer_view WHERE id = :transfer_id AND organization_id = :organization_id;
SELECT 404, 'The transfer was not found in the organization.'

--- ask
-- No document describes the body; `new_owner_id` is the name in the answer.
{{need_object(new_owner_id integer)}}
SELECT user_id AS heir FROM known_org_users
 WHERE organization_id = :organization_id AND joined AND NOT inactive
  AND user_id = :body ->> 'new_owner_id' AND role_id <> 1;
SELECT 400, 'The new owner must be an active member of the organization.' WHERE :heir IS NULL;
SELECT 400, 'A transfer is open already.' FROM transfers
 WHERE organization_id = :organization_id AND finished IS NULL;
INSERT INTO transfers(
  organization_id, requester_id, old_owner_id, new_owner_id, old_accepted, old_at, created)
 VALUES(:organization_id, me(), me(), :heir, 1, now(), now()) RETURNING id AS transfer_id;
{{get_one}}

--- answer
SELECT id AS found FROM transfers WHERE id = :transfer_id AND organization_id = :organization_id;
SELECT 404, 'The transfer was not found in the organization.' WHERE :found IS NULL;
SELECT 400, 'The action must be accept, decline or withdraw.'
 WHERE :action NOT IN ('accept', 'decline', 'withdraw');
SELECT 400, 'The transfer is finished.' FROM transfers WHERE id = :found AND finished IS NOT NULL;
SELECT 400, 'It is not yours to ' || :action || ' this transfer.' FROM transfers
 WHERE id = :found AND me() <> CASE :action WHEN 'withdraw' THEN old_owner_id ELSE new_owner_id END;
UPDATE transfers
 SET finished = now(),
  outcome = CASE :action WHEN 'accept' THEN 'accepted' WHEN 'decline' THEN 'declined'
   ELSE 'withdrawn' END,
  new_accepted = CASE :action WHEN 'withdraw' THEN new_accepted ELSE :action = 'accept' END,
  new_at = CASE :action WHEN 'withdraw' THEN new_at ELSE now() END WHERE id = :found;
UPDATE org_users
 SET role_id = CASE role_id WHEN 1 THEN 2 ELSE 1 END
 WHERE :action = 'accept' AND organization_id = :organization_id
  AND (role_id = 1 OR user_id = me());
SELECT 200, json FROM transfer_view WHERE id = :found
