-- togglsh export: write the present state as a desired-state file.
--
--   togglsh export [--format lua|json|csv]
--
--   --format NAME   lua (default), json, or csv: people alone
--
-- Writes to standard output: togglsh export >acme.lua. `togglsh plan` of
-- what it writes has nothing to do. Workspaces of a person are direct
-- memberships; those that come through a group are comments, since a file
-- that names them would make them direct. The file holds names and
-- addresses: keep it private.
--
--   example: togglsh export --format csv >people.csv

local options, rest = toggl.options.read(arg, { format = { "lua", "json", "csv" } })
if rest[1] then
  toggl.options.fail("export writes to standard output; use togglsh export >%s", rest[1])
end
if toggl.show.format ~= "table" or toggl.show.columns then
  toggl.options.fail "export has a --format of its own: lua, json or csv"
end

toggl.show.write(toggl.plan.export(org, options.format))
