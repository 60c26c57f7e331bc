-- Methods of a group: who and what is in it.
local core = require "toggl.core"
local common = require "toggl.class.common"

local group = common.add_lists "group"

function group:rename(name) return self:update{ name = name } end

-- People and workspaces may stand in one list: their class says where each goes.
local function sort_members(first, ...)
  local given = { first, ... }
  local is_list = core.is_list(first) or type(first) == "table" and first[1]
  if is_list and select("#", ...) == 0 then given = first end
  if core.is_list(given) and not given.complete then
    error("an incomplete list: whoever is missing from it would be left out; nothing was sent", 4)
  end
  local users, workspaces = {}, {}
  for i = 1, #given do
    local m = given[i]
    if core.class(m) == "workspace" or type(m) == "table" and m.workspace_id then
      workspaces[#workspaces + 1] = core.key(m, "workspace_id")
    else
      users[#users + 1] = { user_id = core.key(m, "user_id") }
    end
  end
  return users, workspaces
end

local function chunks(patches, op, path, values)
  for from = 1, #values, 100 do
    local some = table.move(values, from, math.min(from + 99, #values), 1, {})
    patches[#patches + 1] = { op = op, path = path, value = some }
  end
end

-- Each patch is carried out on its own (reference 1.1), so a 200 can still hold refusals.
local function patch(self, op, ...)
  if select("#", ...) == 0 then error("group:" .. op .. " wants at least one user or workspace", 3) end
  local users, workspaces = sort_members(...)
  local patches = {}
  chunks(patches, op, "/users", users)
  chunks(patches, op, "/workspaces", workspaces)
  local result, err = self:patch{ patches = patches }
  if not result then return nil, err end
  local refused = result.failure
  if refused and #refused > 0 then
    return common.fail(self, "invalid", ("group %s: %d of %d changes refused: %s"):format(self.name, #refused, #patches,
      refused[1].message), "the other changes were made")
  end
  return result
end

--- Adds people and workspaces to the group: objects, {user_id =}, {workspace_id =}, or a list of them.
function group:add(...) return patch(self, "add", ...) end
--- Takes people and workspaces out of the group.
function group:remove(...) return patch(self, "remove", ...) end

