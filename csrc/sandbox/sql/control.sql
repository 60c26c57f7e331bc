--- find_person
SELECT coalesce((SELECT id FROM accounts WHERE email = :who),
   (SELECT id FROM accounts WHERE id = CAST(:who AS INT) AND CAST(id AS TEXT) = :who),
   CASE WHEN :who IS NULL THEN (SELECT admin FROM sandbox) END) AS person;
SELECT token FROM accounts WHERE id = :person;
SELECT password FROM accounts WHERE id = :person;
SELECT email FROM accounts WHERE id = :person

--- members
-- Each member of the object, lists of faults opened; a boolean comes as 1 or 0, null as an empty
-- text.
SELECT m.key, CASE m.type WHEN 'array' THEN e.value ELSE ifnull(m.value, '') END
 FROM json_each(?1) m
 LEFT JOIN json_each(CASE m.type WHEN 'array' THEN m.value ELSE '[]' END) e

--- is_admin
SELECT admin = me() AS is_admin FROM sandbox
