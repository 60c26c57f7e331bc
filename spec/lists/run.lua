-- Read lists from random servers (spec/lists/servers.lua) through the whole stack except sockets,
-- and check them:
--
--   if a list is `complete`, an unchanging list of its records explains the replies;
--   an incomplete list gives a reason; the list of an honest, unchanging server is complete;
--   org:users() and org:each_user() return the same people in the same order;
--   the requests are at most three times the pages with records, plus a few that were in flight.
--
-- run(seed) -> nil or what is wrong, and whether users() was complete.
local helper = require "spec.helper"
local servers = require "spec.lists.servers"

local M = {}

package.cpath = helper.build .. "/tests/?.so;" .. package.cpath
local model_http = require "model_http"
local toggl = require "toggl"
local pages = require "toggl.pages"

local ORGANIZATION = 4300000017

local function render(reply)
  local headers, rows = { "content-type\0application/json\0" }, {}
  for name, value in pairs(reply.headers) do
    headers[#headers + 1] = ("%s\0%s\0"):format(name, value)
  end
  for i, key in ipairs(reply.keys) do
    rows[i] = ('{"id":%d,"name":"Person %d"}'):format(key, key)
  end
  return 200, table.concat(headers), "[" .. table.concat(rows, ",") .. "]"
end

local function serve(server)
  model_http.serve(function(url)
    if not url:find("/users?", 1, true) then
      return 200, "", ('{"id":%d,"name":"Acme"}'):format(ORGANIZATION)
    end
    local size = math.tointeger(tonumber(url:match "per_page=(%d+)"))
    return render(server:reply(math.tointeger(tonumber(url:match "[?&]page=(%d+)") or 1), size))
  end)
end

local function client()
  return toggl.client {
    token = ("0123456789abcdef"):rep(2),
    base_url = "http://127.0.0.1:9/api/v9",
    state = false,
    cache = false,
    retries = 0,
    on_error = "return",
    http = helper.build .. "/tests/model_http.so",
    on_warning = function() end,
  }
end

local function whole(seed, together)
  local server = servers.random(seed)
  serve(server)
  local c <close> = client()
  local org = assert(c:get_organization(ORGANIZATION))
  pages.together = together
  local list, err = org:users()
  if not list then error(("seed %d: users(): %s"):format(seed, err), 0) end
  local keys = {}
  for i, user in ipairs(list) do
    keys[i] = user.id
  end
  return { server = server, keys = keys, complete = list.complete, why = list.incomplete }
end

local function loop(seed)
  local server = servers.random(seed)
  serve(server)
  local c <close> = client()
  local people, keys = assert(c:get_organization(ORGANIZATION)):each_user(), {}
  for user in people do
    keys[#keys + 1] = user.id
  end
  return { server = server, keys = keys, complete = people.complete, why = people.incomplete }
end

local function differs(a, b)
  if #a.keys ~= #b.keys then return ("%d and %d people"):format(#a.keys, #b.keys) end
  for i, key in ipairs(a.keys) do
    if key ~= b.keys[i] then return ("%d and %d as number %d"):format(key, b.keys[i], i) end
  end
  if a.complete ~= b.complete then
    return ("complete = %s and %s"):format(a.complete, b.complete)
  end
end

-- Return how many pages had records: each of them justifies requests.
local function justified(said)
  local pages_with, n = {}, 0
  for _, reply in ipairs(said) do
    if #reply.keys > 0 and not pages_with[reply.page] then
      pages_with[reply.page], n = true, n + 1
    end
  end
  return n
end

-- Return what is wrong with a list, or nil. FLIGHT: requests in flight at once; their replies are
-- dropped when a reading restarts.
local function judge(how, read, flight)
  local said = read.server.said
  if read.complete and not servers.explains_the_end(said, read.keys) then
    return how .. " says complete, and no unchanging list of its records explains the replies"
  elseif not read.complete and not read.why then
    return how .. " is incomplete and does not say why"
  end
  local honest = #read.server.changes == 0 and #read.server.lies == 0
  if honest and not read.complete then
    return ("%s of an honest server is incomplete: %s"):format(how, read.why)
  end
  local most = 3 * justified(said) + 4 + (flight or 0)
  if #said > most then
    return ("%s cost %d requests, at most %d are justified"):format(how, #said, most)
  end
end

--- Return what is wrong with the lists of the server of SEED, as a sentence, or nil; and whether
--- users() was complete.
function M.run(seed)
  local each, one, many = loop(seed), whole(seed, 1), whole(seed, 8)
  local why = judge("each_user()", each)
    or judge("users()", one)
    or judge("users() with 8 requests in flight", many, 8)
  local other = differs(each, one)
  if not why and other then why = "each_user() and users() have " .. other end
  other = not why and each.server:is_still() and differs(each, many)
  if other then why = "each_user() and users() with 8 requests in flight have " .. other end
  return why and ("%s; the server: %s"):format(why, servers.random(seed):describe()), one.complete
end

return M
