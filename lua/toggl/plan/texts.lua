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

local function parameter(operation, name)
  for _, p in ipairs(core.operations[operation].params) do
    if p.name == name then return p end
  end
end

-- What is wrong with TEXT as a value of P; nil: nothing.
local function wrong(text, p)
  local points, bad = utf8.len(text)
  if not points then return ("is not valid UTF-8 at byte %d"):format(bad) end
  local at = core.control(text)
  if at then return ("has a control character at byte %d"):format(at) end
  if p.type == "string" and p.not_blank and not text:find "[^ ]" then return "is blank" end
  if p.type == "string" and p.max and points > p.max then
    return ("has %d characters, and %d are the most"):format(points, p.max)
  end
end

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
    local what = text and wrong(text, parameter(sent[1], sent[2]))
    if what then
      local shown = core.clean(text:sub(1, MOST)) .. (#text > MOST and "..." or "")
      found[#found + 1] =
        { path = path_of(state, sent[4], c), text = ('"%s" %s'):format(shown, what) }
    end
  end
  return found
end

return M
