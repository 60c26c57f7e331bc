-- Shared by the specs of invalid input: a client with an object of each kind, and the checks.

local assert = require "luassert"
local helper = require "spec.helper"
local toggl = require "toggl"

local M = {}

-- Return a server, its client, and an object of each kind: an organization, a workspace, a person, a
-- member of the workspace, a group and an invitation.
function M.start()
  local server = helper.sandbox { record = false }
  local client = helper.client(server)
  local org = assert(client:organization "Acme")
  local main = assert(org:workspace "Main")
  local ann, group = assert(org:user "ann@example.com"), assert(org:group "Engineering")
  local invited = org:users({ active_status = "invited" })[1]
  return server, client, org, main, ann, main:members()[1], group, invited
end

-- Check that F raises a message with each of these words, and sends nothing to SERVER.
function M.refused(server, f, ...)
  local before = server:requests()
  local ok, err = pcall(f)
  assert.is_false(ok, "it was taken")
  assert.equal("string", type(err))
  for _, word in ipairs { "nothing was sent", ... } do
    local name = word:match "^'(.*)'$" -- an argument's name: in quotes, or before the value
    local said = err:find(word, 1, true) or name and err:find(": " .. name .. ": ", 1, true)
    assert.is_truthy(said, ("%q does not say %q"):format(err, word))
  end
  assert.equal(before, (server:requests()))
end

-- The same for options of a client.
function M.option_refused(options, ...)
  local ok, err = pcall(toggl.client, options)
  assert.is_false(ok, "it was taken")
  for _, word in ipairs { ... } do
    assert.is_truthy(
      tostring(err):find(word, 1, true),
      ("%q does not say %q"):format(tostring(err), word)
    )
  end
end

return M
