--- schema
-- Times are UNIX seconds. One person has up to four keys: the account, the organization user, one
-- workspace user per workspace, and an invitation while not joined. A key is never given twice,
-- even when what had it is gone: hence AUTOINCREMENT, and `keys`.
PRAGMA user_version = 2;

CREATE TABLE plans(handle TEXT PRIMARY KEY, id INT, name TEXT, cents INT, quota INT);

CREATE TABLE accounts(
  id INTEGER PRIMARY KEY,
  email TEXT NOT NULL UNIQUE COLLATE NOCASE,
  name TEXT NOT NULL,
  password TEXT NOT NULL,
  token TEXT NOT NULL UNIQUE,
  twofa INT NOT NULL DEFAULT 0,
  created REAL, at REAL, authorized REAL);

CREATE TABLE organizations(
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  plan TEXT, -- NULL follows the knob
  trial_end REAL, created REAL, at REAL);

CREATE TABLE org_users(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  organization_id INT NOT NULL REFERENCES organizations ON DELETE CASCADE,
  user_id INT REFERENCES accounts,
  email TEXT NOT NULL COLLATE NOCASE,
  name TEXT NOT NULL COLLATE NOCASE,
  role_id INT NOT NULL DEFAULT 3, -- 1 owner, 2 administrator, 3 member, above 100 one of its own
  inactive INT NOT NULL DEFAULT 0,
  joined INT NOT NULL DEFAULT 1,
  paying INT NOT NULL DEFAULT 0,
  invitation_id INT UNIQUE,
  code TEXT UNIQUE,
  sender_id INT,
  created REAL, at REAL,
  UNIQUE(organization_id, user_id));
-- Covers the columns of filters, so that filtering reads no rows.
CREATE INDEX org_users_by_name ON org_users(
  organization_id, name, id, email, role_id, inactive, joined);
CREATE INDEX org_payers ON org_users(organization_id) WHERE paying;
CREATE INDEX org_owners ON org_users(organization_id) WHERE role_id = 1;
CREATE INDEX org_users_by_email ON org_users(email, organization_id);
CREATE INDEX org_users_by_user ON org_users(user_id);

CREATE TABLE workspaces(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  organization_id INT NOT NULL REFERENCES organizations ON DELETE CASCADE,
  name TEXT NOT NULL,
  settings TEXT NOT NULL DEFAULT '{}',
  at REAL);
CREATE INDEX workspaces_by_organization ON workspaces(organization_id);

CREATE TABLE workspace_users(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  workspace_id INT NOT NULL REFERENCES workspaces ON DELETE CASCADE,
  org_user_id INT NOT NULL REFERENCES org_users ON DELETE CASCADE,
  direct INT NOT NULL DEFAULT 1,  -- not only through a group
  role_id INT NOT NULL DEFAULT 5, -- 4 admin, 5 user, 6 teamlead, 7 projectlead
  inactive INT NOT NULL DEFAULT 0,
  rate REAL, rate_at REAL, cost REAL, cost_at REAL, minutes INT,
  edit_rates INT NOT NULL DEFAULT 0,
  edit_costs INT NOT NULL DEFAULT 0,
  name TEXT COLLATE NOCASE, -- the person's, for the order of lists: rules.sql
  at REAL,
  UNIQUE(workspace_id, org_user_id));
CREATE INDEX workspace_users_by_user ON workspace_users(org_user_id);
CREATE INDEX workspace_users_by_name ON workspace_users(workspace_id, name, id);
CREATE INDEX workspace_admins ON workspace_users(workspace_id) WHERE role_id = 4;

CREATE TABLE groups(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  organization_id INT NOT NULL REFERENCES organizations ON DELETE CASCADE,
  name TEXT NOT NULL,
  at REAL,
  UNIQUE(organization_id, name));

CREATE TABLE group_users(
  group_id INT NOT NULL REFERENCES groups ON DELETE CASCADE,
  org_user_id INT NOT NULL REFERENCES org_users ON DELETE CASCADE,
  PRIMARY KEY(group_id, org_user_id)) WITHOUT ROWID;
CREATE INDEX group_users_by_user ON group_users(org_user_id);

CREATE TABLE group_workspaces(
  group_id INT NOT NULL REFERENCES groups ON DELETE CASCADE,
  workspace_id INT NOT NULL REFERENCES workspaces ON DELETE CASCADE,
  PRIMARY KEY(group_id, workspace_id)) WITHOUT ROWID;
CREATE INDEX group_workspaces_by_workspace ON group_workspaces(workspace_id);

CREATE TABLE roles(
  id INTEGER PRIMARY KEY,
  organization_id INT REFERENCES organizations ON DELETE CASCADE,
  code TEXT, name TEXT, entity TEXT, type TEXT, level INT);

CREATE TABLE transfers(
  id INTEGER PRIMARY KEY,
  organization_id INT REFERENCES organizations ON DELETE CASCADE,
  requester_id INT,
  old_owner_id INT, new_owner_id INT,
  old_accepted INT, old_at REAL, new_accepted INT, new_at REAL,
  outcome TEXT, created REAL, finished REAL);

CREATE TABLE segmentation(
  organization_id INTEGER PRIMARY KEY REFERENCES organizations ON DELETE CASCADE, json TEXT);

CREATE TABLE audit(
  id INTEGER PRIMARY KEY,
  organization_id INT, workspace_id INT, entity_type TEXT, entity_id INT, action TEXT, user_id INT,
  source TEXT, request_body TEXT, response_body TEXT, created REAL);

CREATE TABLE quota(
  user_id INT,
  organization_id INT, -- 0: the caller's own window
  started REAL, used INT,
  PRIMARY KEY(user_id, organization_id)) WITHOUT ROWID;

CREATE TABLE bucket(user_id INTEGER PRIMARY KEY, level REAL, at REAL);

-- The last key that was given, where AUTOINCREMENT does not count: an invitation is no row of its
-- own, and one seeded organization lies above 2^53 on purpose.
CREATE TABLE keys(kind TEXT PRIMARY KEY, last INT NOT NULL);

CREATE TABLE sandbox(admin INT);

-- The parts of names and addresses of the seeded people.
CREATE TEMP TABLE people(
  i INTEGER PRIMARY KEY, slot INT, account INT, org_user INT, name TEXT, email TEXT, role INT,
  invited INT, inactive INT);
