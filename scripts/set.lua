-- togglsh set: change role, state or name of people.
--
--   togglsh set EMAIL... [--role admin|user] [--state active|inactive]
--                        [--name NAME]
--
--   --role WORD    role in the organization
--   --state WORD   active or inactive
--   --name NAME    full name, of one person; it is the account's, in every
--                  product of Toggl
--   --yes          do not ask; required without a terminal
--
-- Exit status: as togglsh apply.
--
--   example: togglsh set ann@example.com --role user

local options, emails = toggl.options.read(arg, {
  role = { "admin", "user" },
  state = { "active", "inactive" },
  name = "string",
})
if not emails[1] then
  toggl.options.fail "set requires an address: togglsh set ann@example.com --role admin"
end
if not (options.role or options.state or options.name) then
  toggl.options.fail "set requires --role, --state or --name"
end
if options.name and emails[2] then toggl.options.fail "--name is of one person" end

local state = { people = {} }
for _, email in ipairs(emails) do
  state.people[email] = { role = options.role, state = options.state, name = options.name }
end
toggl.plan.run(
  org:plan(state, { refresh = arg.refresh, max_age = 60, rules = { existing = true } })
)
