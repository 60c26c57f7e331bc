-- Write doc/togglsh.1 and doc/toggl.3, manual pages in plain man(7) macros. They have no date:
-- equal rows give equal bytes.

local core = require "toggl.core"
local describe = require "toggl.words.describe"
local facts = require "toggl.words.facts"

local M = {}

-- -------------------------------------------------------------------------------------------- roff

-- Escape text for roff: no part of it becomes a request or an escape, and hyphens can be copied.
local function plain(text)
  local escaped = tostring(text):gsub("\\", "\\e"):gsub("%-", "\\-"):gsub("\n%s*", "\n")
  return (escaped:gsub("^([.'])", "\\&%1"):gsub("\n([.'])", "\n\\&%1"))
end

local function bold(text) return "\\fB" .. plain(text) .. "\\fR" end
local function italic(text) return "\\fI" .. plain(text) .. "\\fR" end

local function page(title, section, name)
  local lines =
    { ('.TH %s %s "" "toggl %s" "%s"\n.nh\n.ad l'):format(title, section, core._VERSION, name) }
  local out = {}
  function out.section(head, text)
    lines[#lines + 1] = ".SH " .. head
    if text then lines[#lines + 1] = plain(text) end
  end
  function out.sub(head) lines[#lines + 1] = ".SS " .. plain(head) end
  function out.paragraph(text)
    lines[#lines + 1] = ".PP"
    lines[#lines + 1] = plain(text)
  end
  function out.item(head, text)
    lines[#lines + 1] = ".TP\n" .. head
    lines[#lines + 1] = plain(text)
  end
  function out.example(text)
    lines[#lines + 1] = lines[#lines]:find "^%.S" and ".EX" or ".PP\n.EX"
    lines[#lines + 1] = (
      tostring(text):gsub("\\", "\\e"):gsub("%-", "\\-"):gsub("^%.", "\\&."):gsub("\n%.", "\n\\&.")
    )
    lines[#lines + 1] = ".EE"
  end
  function out.raw(text) lines[#lines + 1] = text end
  function out.text() return table.concat(lines, "\n") .. "\n" end
  return out
end

-- --------------------------------------------------------------------------------------- togglsh.1

local function option_head(o)
  local head = bold("--" .. o.name)
  if o.short then head = bold("-" .. o.short) .. ", " .. head end
  if not o.value then return head end
  return o.optional and ("%s[=%s]"):format(head, italic(o.value))
    or ("%s %s"):format(head, italic(o.value))
end

local ENVIRONMENT = {
  {
    "TOGGL_API_TOKEN",
    "API token; or an e-mail address, when TOGGL_PASSWORD is something else than api_token.",
  },
  { "TOGGL_PASSWORD", "Password of that address." },
  {
    "CREDENTIALS_DIRECTORY",
    "Set by systemd for a service: its credential toggl-token is the token.",
  },
  { "TOGGL_PROFILE", "Profile to take when no --profile is given." },
  { "TOGGL_ORGANIZATION_ID", "Organization to take when no --org is given." },
  { "TOGGL_API_URL", "Another server: the address that all paths are put behind." },
  {
    "CURL_CA_BUNDLE, SSL_CERT_FILE, SSL_CERT_DIR",
    "Certificate authorities to trust instead of the system's.",
  },
  {
    "https_proxy, http_proxy, all_proxy, NO_PROXY",
    "Proxies, as for curl. What leads to this machine goes past them.",
  },
  { "XDG_CONFIG_HOME, XDG_CACHE_HOME, XDG_STATE_HOME", "Where files are looked for and kept." },
  { "NO_COLOR", "No colour, even on a terminal." },
}

local FILES = {
  {
    "~/.config/toggl/profiles",
    "Profiles: sections with organization, base_url, cleartext, ca_file, ca_path, settle, "
      .. "journal_keep, journal_redact, rules, email, and token or password, or where these are: "
      .. "token_command, token_keyring, token_credential. It must belong to you alone: mode 0600.",
  },
  { "~/.config/toggl/scripts/", "Your own jobs." },
  { "~/.config/toggl/init.lua", "Runs when a prompt opens." },
  {
    "~/.togglrc",
    "Section auth with api_token, or email and password: shared with the older toggl program.",
  },
  { "~/.cache/toggl/cache.db", "The store of replies. It may be deleted at any time." },
  { "~/.local/state/toggl/state.db", "The quota ledger and what was learned about the server." },
  {
    "~/.local/state/toggl/journal.db",
    "The journal: every change, recorded before it is sent. Keep it. doc/journal.md says what it "
      .. "promises, and what to do with an open entry.",
  },
}

-- Return the help of a job without its first line, which is its heading.
local function job_text(job) return (job.text:gsub("^[^\n]*\n+", ""):gsub("%s+$", "")) end

local function add_jobs(out, program)
  out.section "JOBS"
  out.raw "A job is a script that came with togglsh, or one of your own."
  for _, job in ipairs(program.jobs) do
    out.sub(job.name)
    out.raw(plain(job.doc:sub(1, 1):upper() .. job.doc:sub(2)))
    out.example(job_text(job))
  end
end

--- Return the page of the program.
function M.program(program)
  local out = page("TOGGLSH", 1, "User Commands")
  out.section("NAME", "togglsh - administers Toggl Track organizations with Lua scripts")
  out.section "SYNOPSIS"
  for i, target in ipairs(program.targets) do
    if i > 1 then out.raw ".br" end
    out.raw(("%s [options]%s"):format(bold "togglsh", target ~= "" and " " .. plain(target) or ""))
  end
  out.section(
    "DESCRIPTION",
    "togglsh runs Lua 5.4 scripts, jobs and lines of code with the module toggl at hand. A "
      .. "script finds `toggl`, `client` and `org`, which are made when they are first used, and "
      .. "its arguments in "
      .. "`arg`. Failures stop it with a sentence that says what to do. Data goes to standard "
      .. "output, all else to "
      .. "standard error."
  )
  out.section "OPTIONS"
  out.raw "Options of togglsh stand before the script; behind a job they may stand anywhere."
  for _, o in ipairs(program.options) do
    out.item(option_head(o), o.doc:sub(1, 1):upper() .. o.doc:sub(2) .. ".")
  end
  out.paragraph(
    "The prompt and the jobs ask before they change anything; scripts and -e do not, with or "
      .. "without "
      .. "--yes: they are programs. --dry-run holds for all of them: a change is checked, shown "
      .. "on standard error, and "
      .. "not sent."
  )
  out.paragraph "A token is never an option: every user of a machine can read a command line."
  out.section("PROMPT", "Input is Lua; a line that starts with a colon is a command.")
  for _, row in ipairs(require("toggl.words.prompt").commands) do
    out.item(bold(":" .. row.name) .. (row.words ~= "" and " " .. italic(row.words) or ""), row.doc)
  end
  add_jobs(out, program)
  out.section "EXIT STATUS"
  for _, e in ipairs(program.exits) do
    out.item(bold(e[1]), e[2])
  end
  out.section "ENVIRONMENT"
  for _, e in ipairs(ENVIRONMENT) do
    out.item(bold(e[1]), e[2])
  end
  out.section "FILES"
  for _, f in ipairs(FILES) do
    out.item(italic(f[1]), f[2])
  end
  out.section "EXAMPLES"
  out.example(
    "togglsh --sandbox -e 'print(org, #org:users())'\ntogglsh audit --output csv\ntogglsh "
      .. "--profile work "
      .. "people --state invited\ntogglsh offboard.lua ann@example.com"
  )
  out.section("SEE ALSO")
  out.raw(("%s(3), %s(1)"):format(bold "toggl", bold "lua5.4"))
  return out.text()
end

-- ----------------------------------------------------------------------------------------- toggl.3

local function add_options(out, head, text, options)
  out.section(head, text)
  for _, o in ipairs(options) do
    out.item(("%s (%s)"):format(bold(o.name), plain(o.type)), o.doc)
  end
end

local function parameters(found)
  local parts = {}
  for _, p in ipairs(found.op and describe.given(found.op) or {}) do
    local limits = table.concat(describe.limits(p), ", ")
    parts[#parts + 1] = ("%s: %s%s. %s"):format(
      p.name,
      describe.type(p),
      limits ~= "" and ", " .. limits or "",
      p.doc
    )
  end
  for _, p in ipairs(found.row and found.row.params or {}) do
    parts[#parts + 1] = ("%s: %s%s. %s"):format(
      p.name,
      p.type,
      p.optional and ", optional" or "",
      p.doc
    )
  end
  return parts
end

local function add_method(out, found)
  local row = found.op or found.row
  out.item(bold(describe.usage(found)), row.doc)
  for _, text in ipairs(parameters(found)) do
    out.raw(".IP\n" .. plain(text))
  end
  out.raw(
    ".IP\n"
      .. plain(("Returns %s. Costs %s."):format(describe.returns(found), describe.cost(found)))
  )
  if found.op then out.raw(".IP\n" .. plain(("%s: %s %s"):format(row.name, row.verb, row.path))) end
end

local function add_class(out, entry)
  out.sub(entry.class)
  out.raw(plain(entry.doc))
  for _, op in ipairs(core.operations) do
    local found = op.class == entry.class and describe.find(entry.class, op.method)
    if found and found.op == op then add_method(out, found) end
  end
  for _, row in ipairs(require "toggl.words.methods") do
    if row.class == entry.class then
      add_method(out, { row = row, class = row.class, name = row.name })
    end
  end
end

local EXAMPLE = [[
local toggl = require "toggl"
local client <close> = toggl.client{ profile = "work" }
local org = assert(client:organization "Acme")
for user in org:each_user{ active_status = "active" } do
  print(user.name, user.email)
end]]

--- Return the page of the module.
function M.module()
  local out = page("TOGGL", 3, "Lua Modules")
  out.section("NAME", "toggl - Toggl Track organizations from Lua")
  out.section "SYNOPSIS"
  out.example(EXAMPLE)
  out.section(
    "DESCRIPTION",
    "A client is one account at one server. Its methods and those of the records that it "
      .. "brings are the operations of the service, with lists read to their last page, keys "
      .. "taken from objects, and a "
      .. "store that answers without a request. Plural methods list, singular ones find, each_ "
      .. "goes page by page, verbs "
      .. "change things. Lists too have an each_ form: org:each_user() for org:users()."
  )
  add_options(out, "OPTIONS OF A CLIENT", "toggl.client takes these.", facts.client_options)
  add_options(out, "OPTIONS OF A CALL", "They stand in the table of any call.", facts.call_options)
  out.section(
    "ERRORS",
    "What the world does comes as nil and an error, or is raised where the client was made so. "
      .. "err.kind is one of these; misuse raises before anything is sent."
  )
  for _, k in ipairs(facts.kinds) do
    out.item(bold(k.kind), k.doc)
  end
  out.section "METHODS"
  out.raw "Each is explained at the prompt by help(method) as well."
  for _, entry in ipairs(facts.classes) do
    add_class(out, entry)
  end
  out.section "SEE ALSO"
  out.raw(("%s(1)"):format(bold "togglsh"))
  return out.text()
end

return M
