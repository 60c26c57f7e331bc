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

--- Problems of the texts that CHANGES of STATE send: {{ path =, text = }, ...}.
function M.problems(changes, state)
  local found = {}
  for _, c in ipairs(changes) do
    local sent = SENT[c.kind]
    local text = sent and c[sent[3]]
    local what = text and core.check_text(sent[1], sent[2], text)
    if what then
      local shown = core.clean(text:sub(1, MOST)) .. (#text > MOST and "..." or "")
      found[#found + 1] =
        { path = path_of(state, sent[4], c), text = ('"%s" %s'):format(shown, what) }
    end
  end
  return found
end

return M
