--- need_object(fields)
-- The body must be an object whose FIELDS have the types of the document: types.h has their form.
SELECT 400, 'The body is not a JSON object.'
 WHERE CASE WHEN ifnull(json_valid(:body), 0) THEN json_type(:body) <> 'object' ELSE 1 END;
SELECT 400, wrong FROM (SELECT mistyped(:body, '{{fields}}') AS wrong) WHERE wrong IS NOT NULL;

--- need_array(fields)
SELECT 400, 'The body is not a JSON array.'
 WHERE CASE WHEN ifnull(json_valid(:body), 0) THEN json_type(:body) <> 'array' ELSE 1 END;
SELECT 400, wrong FROM (SELECT mistyped(:body, '{{fields}}') AS wrong) WHERE wrong IS NOT NULL;

--- need_name(field, max)
-- FIELD of the body must be a text of 1 to MAX characters, not only spaces.
SELECT 400, 'The field ''{{field}}'' must be a text that is not empty.'
 WHERE ifnull(json_type(:body, '$.{{field}}'), '') <> 'text' OR trim(:body ->> '{{field}}') = '';
SELECT 400, 'The field ''{{field}}'' is too long, the most is {{max}} characters.'
 WHERE length(:body ->> '{{field}}') > {{max}};

--- need_number(status, q)
SELECT {{status}}, 'Invalid value sent for ''{{q}}''.' WHERE :q_{{q}} GLOB '*[^0-9]*';

--- need_flag(status, q)
SELECT {{status}}, 'Invalid value sent for ''{{q}}''.' WHERE :q_{{q}} NOT IN ('true', 'false');

--- need_seats(coming)
-- A free plan allows five people; COMING is the number of additional ones.
SELECT 400, 'The limit of active users is 5 on this plan.'
 WHERE {{coming}} AND 5 < {{coming}} + (
    SELECT active FROM org_counts WHERE organization_id = :organization_id)
  AND ifnull((SELECT plan FROM organizations WHERE id = :organization_id), plan()) = 'free';

--- need_numbers(q)
-- Is the query field Q a comma list of numbers?
SELECT 400, 'Invalid value sent for ''{{q}}''.' WHERE :q_{{q}} GLOB '*[^0-9,]*';

--- split(q)
-- The comma list of the query field Q as rows of `value`.
json_each('[' || replace(json_quote(:q_{{q}}), ',', '","') || ']')

--- need_page(page, size)
-- A page: PAGE and SIZE are names of query fields. Sets :page and :size.
SELECT 400, 'Invalid value sent for ''{{page}}'': a number from 1 up is needed.'
 WHERE :q_{{page}} GLOB '*[^0-9]*' OR length(:q_{{page}}) > 9 OR CAST(:q_{{page}} AS INT) < 1;
SELECT 400, 'Invalid value sent for ''{{size}}'': a number from 1 up is needed.'
 WHERE :q_{{size}} GLOB '*[^0-9]*' OR length(:q_{{size}}) > 9 OR CAST(:q_{{size}} AS INT) < 1;
SELECT CAST(ifnull(:q_{{page}}, 1) AS INT) AS page;
SELECT min(CAST(ifnull(:q_{{size}}, 50) AS INT), knob('page_cap')) AS size;

--- find_page
-- For :listing, which names a list and its choice: where the nearest page that was read before
-- :page ends, if there is one. The piece `after` begins there; `skip` is how many rows remain.
SELECT page AS before FROM page_ends WHERE listing = :listing AND page < :page
 ORDER BY page DESC LIMIT 1;
SELECT name AS after_name FROM page_ends WHERE listing = :listing AND page = :before;
SELECT id AS after_id FROM page_ends WHERE listing = :listing AND page = :before;

--- after(table)
({{table}}.name, {{table}}.id) > (ifnull(:after_name, ''), ifnull(:after_id, -1))

--- before(table)
-- A blob stands behind every text.
({{table}}.name, {{table}}.id) < (ifnull(:after_name, x'ff'), ifnull(:after_id, -1))

--- skip
(:page - 1 - ifnull(:before, 0)) * :size

--- note_page(table)
-- :ids are those of the page. Late reads record nothing: their view changes with time.
INSERT OR IGNORE INTO page_ends SELECT :listing, :page, name, id FROM {{table}}
 WHERE id = :ids ->> '$[#-1]' AND json_array_length(:ids) = :size AND NOT knob('late');
