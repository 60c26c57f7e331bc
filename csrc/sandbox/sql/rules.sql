--- rules
-- Triggers for what follows from a change. The first connection recreates them, like the views.
{{groups}}
{{names}}
{{counts}}
{{pages}}

--- path(person, workspace)
-- Is the person in a group that is attached to the workspace?
EXISTS(SELECT 1 FROM main.group_users gu JOIN main.group_workspaces gw USING(group_id)
  WHERE gu.org_user_id = {{person}} AND gw.workspace_id = {{workspace}})

--- groups
-- A person who is in a workspace only through groups follows them: comes with the first and goes
-- with the last. A direct member who is removed comes back as an indirect one, with a new key.
CREATE TEMP TRIGGER group_gets_person AFTER INSERT ON main.group_users
BEGIN
  INSERT OR IGNORE INTO workspace_users(workspace_id, org_user_id, direct, at)
   SELECT workspace_id, NEW.org_user_id, 0, now() FROM main.group_workspaces
   WHERE group_id = NEW.group_id ORDER BY workspace_id;
END;
CREATE TEMP TRIGGER group_gets_workspace AFTER INSERT ON main.group_workspaces
BEGIN
  INSERT OR IGNORE INTO workspace_users(workspace_id, org_user_id, direct, at)
   SELECT NEW.workspace_id, org_user_id, 0, now() FROM main.group_users
   WHERE group_id = NEW.group_id ORDER BY org_user_id;
END;
CREATE TEMP TRIGGER group_loses_person AFTER DELETE ON main.group_users
BEGIN
  DELETE FROM workspace_users
   WHERE org_user_id = OLD.org_user_id AND NOT direct
    AND workspace_id IN (
      SELECT workspace_id FROM main.group_workspaces WHERE group_id = OLD.group_id)
    AND NOT {{path(workspace_users.org_user_id, workspace_users.workspace_id)}};
END;
CREATE TEMP TRIGGER group_loses_workspace AFTER DELETE ON main.group_workspaces
BEGIN
  DELETE FROM workspace_users
   WHERE workspace_id = OLD.workspace_id AND NOT direct
    AND org_user_id IN (SELECT org_user_id FROM main.group_users WHERE group_id = OLD.group_id)
    AND NOT {{path(workspace_users.org_user_id, workspace_users.workspace_id)}};
END;
CREATE TEMP TRIGGER member_is_indirect AFTER UPDATE OF direct ON main.workspace_users
  WHEN NOT NEW.direct
BEGIN
  DELETE FROM workspace_users
   WHERE id = NEW.id AND NOT {{path(workspace_users.org_user_id, workspace_users.workspace_id)}};
END;
CREATE TEMP TRIGGER member_is_removed AFTER DELETE ON main.workspace_users
BEGIN
  INSERT OR IGNORE INTO workspace_users(workspace_id, org_user_id, direct, at)
   SELECT OLD.workspace_id, OLD.org_user_id, 0, now()
   WHERE {{path(OLD.org_user_id, OLD.workspace_id)}}
    AND EXISTS(SELECT 1 FROM main.org_users WHERE id = OLD.org_user_id)
    AND EXISTS(SELECT 1 FROM main.workspaces WHERE id = OLD.workspace_id);
END;

--- names
-- The name of a member, by which lists are sorted, is the person's.
CREATE TEMP TRIGGER member_has_name AFTER INSERT ON main.workspace_users
BEGIN
  UPDATE workspace_users SET name = (SELECT name FROM main.org_users WHERE id = NEW.org_user_id)
   WHERE id = NEW.id;
END;
CREATE TEMP TRIGGER person_is_renamed AFTER UPDATE OF name ON main.org_users
BEGIN
  UPDATE workspace_users SET name = NEW.name WHERE org_user_id = NEW.id;
END;

--- counts
-- Numbers of rows, so that no request counts them.
CREATE TEMP TABLE org_counts(organization_id INTEGER PRIMARY KEY, people INT, active INT);
CREATE TEMP TABLE workspace_counts(workspace_id INTEGER PRIMARY KEY, members INT);
INSERT INTO org_counts
 SELECT organization_id, count(*), sum(NOT inactive) FROM main.org_users GROUP BY organization_id;
INSERT INTO workspace_counts
 SELECT workspace_id, count(*) FROM main.workspace_users GROUP BY workspace_id;
CREATE TEMP TRIGGER person_counts AFTER INSERT ON main.org_users
BEGIN
  INSERT OR IGNORE INTO org_counts VALUES(NEW.organization_id, 0, 0);
  UPDATE org_counts SET people = people + 1, active = active + NOT NEW.inactive
   WHERE organization_id = NEW.organization_id;
END;
CREATE TEMP TRIGGER person_no_longer_counts AFTER DELETE ON main.org_users
BEGIN
  UPDATE org_counts SET people = people - 1, active = active - NOT OLD.inactive
   WHERE organization_id = OLD.organization_id;
END;
CREATE TEMP TRIGGER person_changes AFTER UPDATE OF inactive ON main.org_users
BEGIN
  UPDATE org_counts SET active = active + NOT NEW.inactive - NOT OLD.inactive
   WHERE organization_id = NEW.organization_id;
END;
CREATE TEMP TRIGGER member_counts AFTER INSERT ON main.workspace_users
BEGIN
  INSERT OR IGNORE INTO workspace_counts VALUES(NEW.workspace_id, 0);
  UPDATE workspace_counts SET members = members + 1 WHERE workspace_id = NEW.workspace_id;
END;
CREATE TEMP TRIGGER member_no_longer_counts AFTER DELETE ON main.workspace_users
BEGIN
  UPDATE workspace_counts SET members = members - 1 WHERE workspace_id = OLD.workspace_id;
END;

--- counts_by_hand
-- For late reads, whose people differ from the present ones.
CREATE TEMP VIEW org_counts AS
 SELECT organization_id, count(*) AS people, sum(NOT inactive) AS active FROM org_users
 GROUP BY organization_id;
CREATE TEMP VIEW workspace_counts AS
 SELECT workspace_id, count(*) AS members FROM workspace_users GROUP BY workspace_id;
{{page_tables}}

--- page_tables
-- The last row of each page that was read, so that the page behind it needs no walk from the first;
-- and how many records a listing has.
CREATE TEMP TABLE page_ends(listing TEXT, page INT, name TEXT COLLATE NOCASE, id INT,
  PRIMARY KEY(listing, page)) WITHOUT ROWID;
CREATE TEMP TABLE listing_records(listing TEXT PRIMARY KEY, records INT) WITHOUT ROWID;

--- pages
{{page_tables}}
{{forget_pages(org_users, INSERT)}}
{{forget_pages(org_users, UPDATE)}}
{{forget_pages(org_users, DELETE)}}
{{forget_pages(workspace_users, INSERT)}}
{{forget_pages(workspace_users, UPDATE)}}
{{forget_pages(workspace_users, DELETE)}}
{{forget_pages(group_users, INSERT)}}
{{forget_pages(group_users, DELETE)}}

--- forget_pages(table, change)
CREATE TEMP TRIGGER forget_pages_{{table}}_{{change}} AFTER {{change}} ON main.{{table}}
BEGIN
  DELETE FROM page_ends;
  DELETE FROM listing_records;
END;
