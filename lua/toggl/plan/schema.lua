-- What a desired state may hold: data alone. The checks, the JSON Schema and the types for editors
-- are made from it.
--
--   type      "string", "words", "date", "names", "reference", "memberships", or "records"
--   words     what a text may be; of memberships: the roles that may stand behind a name
--   of, key   of "records": the kind of each, and the field that the key of a map stands for
--   doc       one sentence

local M = {}

M.kinds = {
  desired = {
    doc = "What an organization shall look like. What is not mentioned is left alone.",
    fields = {
      { name = "organization", type = "reference", doc = "Its name, or {id =}." },
      {
        name = "timezone",
        type = "string",
        doc = "Zone of the days in `ends`, such as Europe/Tallinn; UTC when not given.",
      },
      { name = "people", type = "records", of = "person", key = "email", doc = "By address." },
      { name = "groups", type = "records", of = "group", key = "name", doc = "By name." },
      { name = "workspaces", type = "records", of = "workspace", key = "name", doc = "By name." },
      {
        name = "exact",
        type = "names",
        words = { "group members", "group workspaces", "groups", "people", "workspace members" },
        doc = "Where what is not mentioned is removed.",
      },
    },
  },
  person = {
    doc = "A person, by address.",
    fields = {
      { name = "email", type = "string", doc = "The address, where people are a list." },
      {
        name = "role",
        type = "words",
        words = { "admin", "owner", "user" },
        doc = "Role in the organization.",
      },
      {
        name = "state",
        type = "words",
        words = { "absent", "active", "inactive" },
        doc = "When not given, new people are invited and others keep theirs.",
      },
      { name = "name", type = "string", doc = "Full name; it is the account's, in every product." },
      {
        name = "workspaces",
        type = "memberships",
        words = { "admin", "projectlead", "teamlead", "user" },
        doc = "Direct memberships and their roles; false ends one.",
      },
      { name = "groups", type = "memberships", doc = "Groups of the person; false leaves one." },
      { name = "ends", type = "date", doc = "Last day with access, as 2026-12-31." },
    },
  },
  group = {
    doc = "A group, by name.",
    fields = {
      { name = "name", type = "string", doc = "Its name, where groups are a list." },
      { name = "id", type = "id", doc = "Its key, where two have one name." },
      { name = "state", type = "words", words = { "absent", "present" }, doc = "Whether it is." },
      {
        name = "workspaces",
        type = "memberships",
        doc = "Workspaces that its people get; false detaches one.",
      },
      { name = "previously", type = "names", doc = "Former names: a rename keeps its people." },
    },
  },
  workspace = {
    doc = "A workspace, by name.",
    fields = {
      { name = "name", type = "string", doc = "Its name, where workspaces are a list." },
      { name = "id", type = "id", doc = "Its key, where two have one name." },
      { name = "state", type = "words", words = { "absent", "present" }, doc = "Whether it is." },
      { name = "previously", type = "names", doc = "Former names: a rename keeps what is in it." },
    },
  },
}

--- The kinds in the order in which documents name them.
M.order = { "desired", "person", "group", "workspace" }

for _, kind in pairs(M.kinds) do
  kind.by_name = {}
  for _, field in ipairs(kind.fields) do
    kind.by_name[field.name] = field
    field.set = {} -- of the words
    for _, word in ipairs(field.words or {}) do
      field.set[word] = true
    end
  end
end

--- The row of the field NAME of KIND, or nil.
function M.field(kind, name) return M.kinds[kind].by_name[name] end

--- The names of all fields of KIND.
function M.names(kind)
  local names = {}
  for i, field in ipairs(M.kinds[kind].fields) do
    names[i] = field.name
  end
  return names
end

return M
