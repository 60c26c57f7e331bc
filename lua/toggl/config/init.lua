-- Make clients. Most options are complete: a token and nothing to look up. All else is in
-- toggl.config.sources, which such a client does not load.
local M = {}

-- Required with the first client: togglsh loads this file for each run.
local function core() return require "toggl.core" end

local function sources() return require "toggl.config.sources" end

-- Return the value of a variable; nil: none. A host may not have opened the os library.
local function variable(name)
  local value = (os and os.getenv or core().getenv)(name)
  return value ~= "" and value or nil
end

-- Is URL an address that cleaning would leave as it is? nil: yes, unless a variable has another.
local function is_plain_address(url)
  if url == nil then return not variable "TOGGL_API_URL" end
  if
    type(url) == "string" and (url:find "toggl%.com" or url:find "/me$" or url:find "/api/v9/")
  then
    return false
  end
  local rest = type(url) == "string"
    and (url:match "^https://[%w.-]+(.*)$" or url:match "^http://127%.0%.0%.1:%d+(.*)$")
  return rest and (rest == "" or rest:find "^/[%w/._-]*[%w._-]$" ~= nil)
end

-- Do the options name account and server themselves, in values that need no cleaning?
local function is_complete(o)
  local token = o.token
  return type(token) == "string"
    and #token == 32
    and token:find "^%x+$"
    and not (o.profile or o.sandbox)
    and o.auth == nil
    and is_plain_address(o.base_url)
    and type(o.journal_keep) ~= "string"
    and type(o.journal_redact) ~= "string"
end

-- Add the certificates to trust, by the variables that curl reads, in its order.
local function add_authorities(o)
  if o.unix_socket or o.ca_file or o.ca_path then return end
  local bundle = variable "CURL_CA_BUNDLE"
  local file, folders = bundle or variable "SSL_CERT_FILE", variable "SSL_CERT_DIR"
  if file then
    local name = bundle and "CURL_CA_BUNDLE" or "SSL_CERT_FILE"
    o.ca_file = core().path_fault(file) and sources().check_file(name, file) or file
  end
  if folders and not bundle then o.ca_path = sources().folders_there("SSL_CERT_DIR", folders) end
end

-- The journal beside the file STATE; in memory where there is none. core.client refuses what is no
-- text.
local function beside(state)
  if type(state) ~= "string" or state == ":memory:" then return ":memory:" end
  return (state:match "^.*/" or "") .. "journal.db"
end

local function choose_files(o)
  local no_cache, no_state = o.cache == nil, o.state == nil
  if no_cache or no_state then
    local paths = require "toggl.config.paths"
    if no_cache then o.cache = paths.cache_path() end
    if no_state then o.state = paths.state_path() end
    no_cache, no_state = not o.cache and no_cache, not o.state and no_state
    if no_cache or no_state then sources().note_homeless(no_cache, no_state) end
  end
  if o.journal == nil then o.journal = beside(o.state) end
  if o.journal == false then o.journal = nil end
  if o.cache == false then o.cache = nil end
  if o.state == false then o.state = nil end
end

local function checked_copy(options)
  if type(options) ~= "table" then core().misuse("toggl.client takes a table of options") end
  local o = {}
  for name, value in pairs(options) do
    o[name] = value
  end
  if o.stale == "quota" then o.stale = true end
  return o
end

local rules = setmetatable({}, { __mode = "k" }) -- client -> the file of its profile

--- The file of rules for plans that the profile of CLIENT names; nil: none.
function M.rules_of(client) return rules[client] end

--- Apply to the options O of a client what the host requires of every client in this Lua state: the
--- function that it has put into package.loaded as toggl.config.host. A program started with
--- --dry-run or --sandbox changes so the clients that a script creates itself, too.
function M.obey(o)
  local host = package.loaded["toggl.config.host"]
  if host then host(o) end
end

--- Implement toggl.client.
function M.client(options)
  local o = checked_copy(options)
  M.obey(o)
  if is_complete(o) then
    o.sandbox, o.profile = nil, nil
  else
    sources().fill(o, options)
  end
  add_authorities(o)
  choose_files(o)
  local own = o.rules
  if own ~= nil and type(own) ~= "string" then
    core().misuse(("option 'rules' must be a string, got a %s"):format(type(own)))
  end
  o.rules = nil
  local client = core().client(o)
  rules[client] = own
  local loaded = package.loaded["toggl.config.sources"]
  for _, sentence in ipairs(loaded and loaded.take_notes() or {}) do
    core().warn(client, sentence)
  end
  return client
end

return M
