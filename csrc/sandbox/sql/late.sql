--- hidden(table, a, b, row)
-- Is ROW of TABLE, whose key has the parts A and B, not visible yet?
EXISTS(SELECT 1 FROM main.fresh_{{table}} f
  WHERE f.a = {{row}}.{{a}} AND f.b = {{row}}.{{b}} AND f.visible > now())

--- notes(table, a, b, columns)
-- On the first connection: what was made and is not seen yet (its keys), what was deleted and still
-- is seen (its rows), and the triggers that note both. A cascade passes through them too.
CREATE TABLE IF NOT EXISTS main.gone_{{table}} AS
 SELECT *, 0.0 AS until FROM main.{{table}} WHERE 0;
CREATE TABLE IF NOT EXISTS main.fresh_{{table}}(a INT, b INT, visible REAL, PRIMARY KEY(a, b))
  WITHOUT ROWID;
CREATE TEMP TRIGGER made_{{table}} AFTER INSERT ON main.{{table}} WHEN knob('visible_after') > 0
BEGIN
  DELETE FROM fresh_{{table}} WHERE visible <= now();
  INSERT OR REPLACE INTO fresh_{{table}}
   VALUES(NEW.{{a}}, NEW.{{b}}, now() + knob('visible_after'));
END;
CREATE TEMP TRIGGER lost_{{table}} BEFORE DELETE ON main.{{table}}
  WHEN knob('gone_after') > 0 AND NOT {{hidden({{table}}, {{a}}, {{b}}, OLD)}}
BEGIN
  DELETE FROM gone_{{table}} WHERE until <= now() OR ({{a}} = OLD.{{a}} AND {{b}} = OLD.{{b}});
  INSERT INTO gone_{{table}}
   SELECT *, now() + knob('gone_after') FROM main.{{table}}
   WHERE {{a}} = OLD.{{a}} AND {{b}} = OLD.{{b}};
END;

--- seen(table, a, b, columns)
-- On the second connection: a view of the table for reads, under its name.
CREATE TEMP VIEW {{table}} AS
 SELECT * FROM main.{{table}} t WHERE NOT {{hidden({{table}}, {{a}}, {{b}}, t)}}
 UNION ALL SELECT {{columns}} FROM main.gone_{{table}} g
 WHERE until > now() AND NOT EXISTS(SELECT 1 FROM main.{{table}} t
   WHERE t.{{a}} = g.{{a}} AND t.{{b}} = g.{{b}} AND NOT {{hidden({{table}}, {{a}}, {{b}}, t)}});

--- known(table, a, b, columns)
-- The objects a request may name. Every operation rejects one that is not visible yet as if it did
-- not exist, and a deleted one, although reads may still show it.
CREATE TEMP VIEW known_{{table}} AS
 SELECT * FROM {{table}} t WHERE NOT {{hidden({{table}}, {{a}}, {{b}}, t)}};
