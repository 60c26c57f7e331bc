--- spend
-- The statement counts only what is let through, so a refused request does not push the window.
SELECT CASE WHEN :charged = 0 THEN ifnull(nullif(knob('user_quota'), 0), 30)
 ELSE ifnull(nullif(knob('quota'), 0), (SELECT quota FROM plans
       WHERE handle = ifnull((SELECT plan FROM organizations WHERE id = :charged), plan())))
 END AS quota_total;
DELETE FROM quota WHERE user_id = me() AND organization_id = :charged AND now() - started >= 3600;
INSERT OR IGNORE INTO quota VALUES(me(), :charged, now(), 0);
SELECT used < :quota_total AS quota_open FROM quota
 WHERE user_id = me() AND organization_id = :charged;
UPDATE quota SET used = used + 1
 WHERE user_id = me() AND organization_id = :charged AND :quota_open;
SELECT :quota_total - used AS quota_left FROM quota
 WHERE user_id = me() AND organization_id = :charged;
SELECT max(1, CAST(started + 3600 - now() + 0.999 AS INT)) AS quota_resets FROM quota
 WHERE user_id = me() AND organization_id = :charged

--- leak
INSERT OR IGNORE INTO bucket VALUES(me(), 0, now());
SELECT max(0, level - (now() - at) * knob('rate')) AS level FROM bucket WHERE user_id = me();
SELECT :level + 1 <= max(1, knob('rate')) AS level_open;
UPDATE bucket SET level = :level + :level_open, at = now() WHERE user_id = me()
