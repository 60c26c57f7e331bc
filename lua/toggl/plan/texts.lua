-- Names and addresses that a plan sends, against the limits of the operations that send them: what
-- the library refuses in the middle of an apply is a problem of the file before its first request.

local core = require "toggl.core"

local M = {}

local MOST = 60 -- bytes of a text that are shown

-- Kind of change -> operation, its parameter, the field of the change, and where the file has it.
local SENT = {
  invite = { "post_organization_invitation", "emails", "who", "people" },
  name = { "put_organization_users", "name", "after", "people" },
  group_new = { "post_organization_group", "name", "name", "groups" },
  group_name = { "put_organization_group", "name", "name", "groups" },
  workspace_new = { "post_organization_workspaces", "name", "name", "workspaces" },
  workspace_name = { "put_workspaces", "name", "name", "workspaces" },
}

-- Where STATE has the record of a change: its path, or that of all of KIND.
local function path_of(state, kind, c)
  for _, record in ipairs(state[kind]) do
    if (kind == "people" and record.email or record.name) == (c.who or c.name) then
      return record.path
    end
  end
  return { kind }
end

-- Return what is wrong with TEXT, which a change of KIND sends; nil: nothing.
local function problem_of(kind, text)
  local what = core.check_text(SENT[kind][1], SENT[kind][2], text)
    or core.fold(text) == "" and "has no character that is seen"
  local shown = what and core.clean(text:sub(1, MOST)) .. (#text > MOST and "..." or "")
  return what and ('"%s" %s'):format(shown, what)
end

local PLAIN = "^[%w.+'_-]+@[%w.-]+$"

local function has(list, field, value)
  for _, item in ipairs(list) do
    if item[field] == value then return true end
  end
  return false
end

-- Add the people of STATE who shall go by an address that no person can have, unless one in PRESENT
-- has it: the person that is meant would stay.
local function add_absent(found, state, present)
  for _, person in ipairs(state.people) do
    local goes = person.state == "absent" or person.ends
    local text = goes and not person.email:find(PLAIN) and problem_of("invite", person.email)
    local known = text
      and (has(present.people, "key", person.key) or has(found, "path", person.path))
    if text and not known then found[#found + 1] = { path = person.path, text = text } end
  end
end

--- Problems of the texts that CHANGES of STATE send, and of the people in it who shall go, against
--- those in PRESENT: {{ path =, text = }, ...}.
function M.problems(changes, state, present)
  local found = {}
  for _, c in ipairs(changes) do
    local sent = SENT[c.kind]
    local text = sent and c[sent[3]] and problem_of(c.kind, c[sent[3]])
    if text then found[#found + 1] = { path = path_of(state, sent[4], c), text = text } end
  end
  add_absent(found, state, present)
  return found
end

return M
