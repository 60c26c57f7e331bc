-- The people that a new sandbox starts with. All keys of people come from the same run of numbers
-- in the first organization, each kind shifted, so that taking one kind for another hits another
-- person.

--- base
-- Of all keys of people: above 2^31.
3100000000

--- acme
-- Above 2^32.
4300000017

--- blue
-- 2^53 + 1: a program that keeps keys as floating point hits another one.
9007199254740993

--- far
4300000051

--- main
5200000011

--- work
5200000021

--- lab
5200000031

--- store
5200000041

--- seed_catalog
INSERT INTO plans
 VALUES('free', 1, 'Free', 0, 30), ('starter', 13, 'Starter', 1000, 240),
  ('premium', 14, 'Premium', 2000, 600), ('enterprise', 15, 'Enterprise', 3000, 600);
INSERT INTO roles
 VALUES (1, NULL, 'organization-owner', 'Owner', 'organization', 'owner', 1),
  (2, NULL, 'organization-admin', 'Administrator', 'organization', 'admin', 2),
  (3, NULL, 'organization-member', 'Member', 'organization', 'guest', 9),
  (4, NULL, 'admin', 'Workspace administrator', 'workspace', 'admin', 3),
  (5, NULL, 'user', 'Workspace member', 'workspace', 'guest', 9),
  (6, NULL, 'teamlead', 'Team lead', 'workspace', 'manager', 5),
  (7, NULL, 'projectlead', 'Project lead', 'workspace', 'manager', 6);

--- seed_people
-- Person 0 owns Acme and is the administrator of the sandbox; 1 is Ann, administrator; 2 pays; 5
-- and 8 share a name.
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :people),
 s AS (SELECT i, CASE i WHEN 8 THEN 5 ELSE i END AS like_i,
    (i * 1000003 + rnd(1, 0) % :people) % :people AS slot FROM n)
 INSERT INTO people
 SELECT i, slot, {{base}} + slot, {{base}} + (slot + 1 + :people / 5) % :people,
  CASE i WHEN 0 THEN 'Olive Hart' WHEN 1 THEN 'Ann Lee'
   ELSE given(rnd(2, like_i)) || ' ' || family(rnd(3, like_i)) END,
  CASE i WHEN 0 THEN 'olive@example.com' WHEN 1 THEN 'ann@example.com'
   ELSE ascii(rnd(2, like_i)) || i || '@example.com' END,
  CASE WHEN i = 0 THEN 1 WHEN i < 3 OR i % 40 = 7 THEN 2 ELSE 3 END, i % 13 = 4, i % 11 = 3 FROM s;
INSERT INTO sandbox SELECT account FROM people WHERE i = 0;
INSERT INTO accounts
 SELECT account, email, name, substr(secret(11, i), 1, 12), secret(10, i), i % 3 = 0,
  1577880000 + i * 3600, 1700000000 + i, 1700000000 FROM people WHERE NOT invited;
INSERT INTO accounts
 SELECT {{base}} + :people + key, value ->> '$[0]', value ->> '$[1]',
  substr(secret(13, key), 1, 12), secret(12, key), 0, 1600000000, 1600000000, 1700000000
 FROM json_each('[["bo@example.com", "Bo Ek"], ["dora@blue.example.com", "Dora Blue"],
  ["max@blue.example.com", "Max Blue"], ["vera@valley.example.com", "Vera Valley"]]');

--- seed_organizations
INSERT INTO organizations
 VALUES({{acme}}, 'Acme', NULL, NULL, 1577880000, 1700000000),
  ({{blue}}, 'Blue Door', 'free', 1893456000, 1600000000, 1700000000),
  ({{far}}, 'Hidden Valley', 'starter', NULL, 1600000000, 1700000000);
INSERT INTO roles VALUES(101, {{acme}}, 'auditor', 'Auditor', 'organization', 'guest', 8);
INSERT INTO org_users
 SELECT org_user, {{acme}}, CASE WHEN invited THEN NULL ELSE account END, email, name, role,
  inactive, NOT invited, i = 2,
  CASE WHEN invited THEN {{base}} + (slot + 3 + :people / 2) % :people END,
  CASE WHEN invited THEN secret(14, i) END,
  CASE WHEN invited THEN (SELECT account FROM people WHERE i = 0) END, 1577880000 + i * 3600,
  1700000000 + i FROM people;
INSERT INTO org_users(organization_id, user_id, email, name, role_id, paying, created, at)
 SELECT o.id, a.id, a.email, a.name,
  CASE WHEN a.email LIKE 'olive%' OR a.email LIKE 'max%' THEN 3 ELSE 1 END, a.email LIKE 'dora%',
  1600000000, 1600000000 FROM accounts a
 JOIN organizations o ON o.name = CASE WHEN a.email LIKE '%valley.example.com' THEN 'Hidden Valley'
  ELSE 'Blue Door' END
 WHERE a.email LIKE '%blue.example.com' OR a.email LIKE '%valley.example.com'
  OR a.email = 'olive@example.com';
INSERT INTO transfers
 VALUES(1, {{acme}}, (SELECT admin FROM sandbox), (SELECT admin FROM sandbox),
    (SELECT account FROM people WHERE i = min(1, :people - 1)), 1, 1650000000, 0, 1650003600,
    'declined', 1650000000, 1650003600);

--- seed_workspaces
INSERT INTO workspaces(id, organization_id, name, at)
 VALUES({{main}}, {{acme}}, 'Main', 1700000000),
  ({{work}}, {{acme}}, 'Client work', 1700000000),
  ({{lab}}, {{acme}}, 'R&D Zürich', 1700000000),
  ({{store}}, {{acme}}, 'Archive', 1700000000),
  (5200000051, {{blue}}, 'Blue Door', 1700000000),
  (5200000061, {{far}}, 'Valley', 1700000000);
UPDATE workspaces SET settings = '{"default_hourly_rate":80.5}' WHERE id = {{main}};
INSERT INTO workspace_users(
  id, workspace_id, org_user_id, role_id, rate, rate_at, cost, cost_at, minutes, edit_rates,
   edit_costs, name, at)
 SELECT {{base}} + (slot + 2 + :people / 3) % :people + w.k * :people, w.id, org_user,
  CASE WHEN role < 3 THEN 4 WHEN i % 9 = 6 THEN 6 WHEN i % 9 = 8 THEN 7 ELSE 5 END,
  CASE WHEN i % 4 = 1 THEN 40.5 + i % 60 END, CASE WHEN i % 4 = 1 THEN 1700000000 END,
  CASE WHEN i % 6 = 1 THEN 20 + i % 30 END, CASE WHEN i % 6 = 1 THEN 1700000000 END,
  CASE WHEN i % 5 = 0 THEN 480 END, role < 3, role < 3, name, 1700000000 + i
 FROM people, (SELECT {{main}} AS id, 0 AS k, 1 AS every
     UNION ALL SELECT {{work}}, 1, 3
     UNION ALL SELECT {{lab}}, 2, 10
     UNION ALL SELECT {{store}}, 3, 1 << 30) w WHERE i % w.every = 0;
INSERT INTO workspace_users(workspace_id, org_user_id, role_id, name, at)
 SELECT w.id, u.id, CASE u.role_id WHEN 1 THEN 4 ELSE 5 END, u.name, 1600000000 FROM org_users u
 JOIN workspaces w USING(organization_id) WHERE u.organization_id <> {{acme}};

--- seed_groups
-- Person 1 and every fifth person are in no group; the fourth group is empty.
WITH RECURSIVE n(g) AS (SELECT 0 UNION ALL SELECT g + 1 FROM n WHERE g + 1 < max(4, :people / 25))
 INSERT INTO groups
 SELECT 2600000001 + g, {{acme}},
  CASE g WHEN 0 THEN 'Engineering' WHEN 1 THEN 'Support' WHEN 2 THEN 'Finance'
   WHEN 3 THEN 'Night shift' ELSE 'Team ' || g END, 1700000000 + g FROM n;
INSERT OR IGNORE INTO group_users
 SELECT 2600000001 + CASE g WHEN 3 THEN 0 ELSE g END, org_user
 FROM (
   SELECT org_user, rnd(5, i) % max(4, :people / 25) AS g FROM people WHERE i <> 1 AND i % 5 <> 2
    UNION ALL SELECT org_user, rnd(6, i) % max(4, :people / 25) FROM people
    WHERE i % 7 = 0 AND i % 5 <> 2);
INSERT INTO group_workspaces
 SELECT id, {{main}} FROM groups
 WHERE name IN ('Engineering', 'Support')
 UNION ALL SELECT id, {{work}} FROM groups
 WHERE name = 'Engineering' OR id % 3 = 0;
INSERT OR IGNORE INTO workspace_users(workspace_id, org_user_id, direct, name, at)
 SELECT workspace_id, org_user_id, 0, u.name, 1700000000 FROM group_workspaces
 JOIN group_users USING(group_id) JOIN org_users u ON u.id = org_user_id ORDER BY 1, 2;
INSERT INTO audit
 SELECT 1, {{acme}}, {{main}}, 'workspace', {{main}}, 'create', account, 'web', '{"name":"Main"}',
  '{}', 1577880000 FROM people WHERE i = 0;

--- seed_keys
INSERT INTO keys VALUES('organization', (SELECT max(id) FROM organizations WHERE id < 1 << 53)),
  ('invitation', (SELECT max({{base}}, ifnull(max(invitation_id), 0)) FROM org_users));

--- seed
{{seed_catalog}}
{{seed_people}}
{{seed_organizations}}
{{seed_workspaces}}
{{seed_groups}}
{{seed_keys}}
