-- What a verb returns: one sentence for people, the reply for programs.

local common = require "toggl.class.common"

local M = {}

local Done = { __name = "toggl.done" }

function Done.__tostring(done) return done.message end

local MOST = 3 -- names in a sentence; the rest is counted

--- Return the name that a sentence gives to ITEM: an object, {user_id = 2}.
function M.name(item)
  if type(item) == "userdata" then return item:get "name" or item:get "email" or tostring(item) end
  local kind, key = next(item)
  if type(key) == "userdata" then return M.name(key) end
  return ("%s %s"):format(kind, key)
end

--- Return the names of a list of ITEMS: "Ann Lee, Bo Berg and 3 more".
function M.names(items)
  local texts = {}
  for i = 1, math.min(#items, MOST) do
    texts[i] = M.name(items[i])
  end
  local more = #items - #texts
  return table.concat(texts, ", ") .. (more > 0 and (" and %d more"):format(more) or "")
end

--- Make the change OPERATION of OBJECT with ARGS and return the result of its verb. DID: the
--- sentence, or a function of the reply. Returns nil, err when the call fails.
function M.change(operation, object, args, did)
  local result, response, sent = common.change(operation, object, args)
  if result == nil then return nil, response end
  return M.of(result, sent, did)
end

--- Return the result of a verb. SENT: false in a dry run.
function M.of(result, sent, did)
  local message = type(did) == "function" and did(result) or did
  if not sent then message = "dry run, not sent: " .. message end
  return setmetatable({ message = message, result = result, sent = sent }, Done)
end

return M
