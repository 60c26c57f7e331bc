-- togglsh sql: query the store of replies; sends no request.
--
--   togglsh sql
--   togglsh sql TABLE
--   togglsh sql 'SELECT ...' [VALUE...]
--
-- Without a query it lists the tables and their columns; with the name of a
-- table, its columns, their types and what they mean. Keys have the same
-- name in each table, so that USING joins them by index. A query is one
-- SELECT; each ? in it takes one of the values, as a text.
--
-- Tables hold what was read before and no change has outdated. Those with
-- the prefix known_ have the outdated too.
--
--   example: togglsh sql 'SELECT name, email FROM users ORDER BY name LIMIT 3'

local _, words = toggl.options.read(arg, {})
local query = table.remove(words, 1)

local function print_rows(rows, columns, empty)
  columns = columns or table.concat(getmetatable(rows).columns, ",")
  toggl.show.print(rows, { columns = toggl.options.columns(columns), empty = empty })
end

if not query then
  local rows = client:sql [[
    SELECT table_name AS "table", group_concat(column_name, ', ') AS columns
      FROM schema GROUP BY table_name ORDER BY min(rowid)]]
  return print_rows(rows, "table,columns")
end
local name = query:match "^%s*([%a_][%w_]*)%s*$"
if name then
  name = name:gsub("^known_", "")
  local rows = client:sql(
    'SELECT column_name AS "column", type, meaning FROM schema WHERE table_name = ?',
    name
  )
  if #rows > 0 then return print_rows(rows, "column,type,meaning") end
  local tables = {}
  for i, row in ipairs(client:sql "SELECT DISTINCT table_name FROM schema") do
    tables[i] = row.table_name
  end
  local near = toggl.options.near(query, tables)
  local advice = near ~= "" and near or "; togglsh sql lists them"
  toggl.options.fail("sql: there is no table '%s'%s", query, advice)
end

print_rows(client:sql(query, table.unpack(words)), nil, "no rows")
