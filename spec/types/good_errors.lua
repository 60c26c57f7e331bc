-- A script of togglsh that goes on after errors, without findings of the analyzer.
local ok, err = pcall(org.group, org, "Enginering")
if not ok and err.kind == "not_found" then print(err.message, err.advice, err.status) end
local good, group = pcall(org.group, org, "Support")
if good then print(group.name) end
if not good and group.kind ~= "not_found" then error(group, 0) end
local listed, people = pcall(org.users, org)
for _, user in ipairs(listed and people or {}) do
  print(user.name)
end
local receipt = org:plan({}):apply { allow_removals = true }
print(receipt.count.done, receipt.left, receipt.spent)
local loop = org:each_user()
for user in loop do
  print(user.name)
end
print(loop.complete, loop.incomplete, org:user("ann@example.com"):detach().email)
prompt ":set output markdown"
deny("contractor in Finance", function(person) return person.groups.Finance end)
print(
  require("toggl.task").count(),
  require("toggl.csv").encode { { 1 } },
  require("toggl.sandbox").start
)
