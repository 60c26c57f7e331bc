-- An audit as one self-contained HTML page: no script, font, image or address. Its content security
-- policy forbids all of them.

local io = require "toggl.text.standard"("io")
local os = require "toggl.text.standard"("os")
local core = require "toggl.core"
local html = require "toggl.text.html"
local picture = require "toggl.text.picture"

local M = {}

local h = html.h
local MARK = "<!-- an audit by togglsh -->" -- second line of each page, which identifies it
local OPEN = 12 -- people; a longer list is folded on screen, not on paper
local FEW = 6 -- names of administrators in a cell

local STATES = { active = "Active", invited = "Invited", inactive = "Deactivated" }
local ROLES = { owner = "Owner", administrator = "Administrator", member = "Member" }

-- ------------------------------------------------------------------------------------- small parts

local function moment(at)
  at = math.floor(at)
  return h.time {
    datetime = os.date("!%Y-%m-%dT%H:%M:%SZ", at),
    os.date("!%Y-%m-%d %H:%M", at),
    " UTC",
  }
end

local function age(seconds)
  if seconds < 60 then return ("%d s"):format(seconds // 1) end
  if seconds < 7200 then return ("%d min"):format(seconds // 60) end
  return ("%d h"):format(seconds // 3600)
end

local function section(id, title, ...)
  return h.section {
    ["aria-labelledby"] = id .. "-title",
    id = id,
    h.h2 { id = id .. "-title", title },
    ...,
  }
end

-- A column: {heading, function(row) of its cell, class}. The first cell of a row is its heading.
local function table_of(columns, rows)
  local heads, body = {}, {}
  for i, column in ipairs(columns) do
    heads[i] = h.th { scope = "col", class = column[3] or false, column[1] }
  end
  for i, row in ipairs(rows) do
    local cells = {}
    for k, column in ipairs(columns) do
      local make = k == 1 and h.th or h.td
      cells[k] = make { scope = k == 1 and "row", class = column[3] or false, column[2](row) }
    end
    body[i] = h.tr { cells }
  end
  return h.div { class = "fits", h.table { h.thead { h.tr { heads } }, h.tbody { body } } }
end

local function field(name)
  return function(row) return row[name] or "–" end
end

local function folded(columns, rows, none)
  if #rows == 0 then return h.p { class = "note", none } end
  if #rows <= OPEN then return table_of(columns, rows) end
  return h.details { h.summary { ("All %d"):format(#rows) }, table_of(columns, rows) }
end

-- ------------------------------------------------------------------------------------------ people

local function marked(state, label)
  return h.span {
    class = "state",
    h.span { class = "mark " .. state, ["aria-hidden"] = "true" },
    label,
  }
end

local function state_of(row) return row.state and marked(row.state, STATES[row.state]) or "–" end

local function name_of(row)
  local name = row.name and row.name ~= "" and row.name
  return { h.bdi { name or row.email or "–" }, name and row.email and h.small { row.email } }
end

local PERSON = { "Person", name_of }
local STATE = { "State", state_of }
local IN = { "Workspaces", field "workspaces", "n" }

local function people(found)
  local plan, rows = found.plan, {}
  for i, state in ipairs(picture.states) do
    rows[i] = {
      state = state[1],
      label = state[2],
      n = found.people[state[1]],
      share = ("%.1f %%"):format(100 * found.people[state[1]] / math.max(plan.people, 1)),
    }
  end
  return section(
    "people",
    "People and seats",
    picture.bar(found.people, plan.seats),
    h.p {
      class = "note",
      plan.seats
          and ("The line is at the %d seats of the plan; the bar has all %d people."):format(
            plan.seats,
            plan.people
          )
        or "The plan does not say how many seats there are.",
    },
    table_of({
      { "State", function(row) return marked(row.state, row.label) end },
      { "People", field "n", "n" },
      { "Share", field "share", "n" },
    }, rows)
  )
end

-- --------------------------------------------------------------------------- workspaces and groups

local function few(names)
  local shown = table.move(names, 1, math.min(#names, FEW), 1, {})
  local more = #names > FEW and (" and %d more"):format(#names - FEW) or ""
  return table.concat(shown, ", ") .. more
end

local function workspaces(found)
  return section(
    "workspaces",
    ("Workspaces: %d"):format(#found.workspaces),
    table_of({
      { "Workspace", function(row) return h.bdi { row.name or row.id } end },
      { "People", field "members", "n" },
      { "Groups", field "groups", "n" },
      { "Admins", function(row) return { row.administrators, h.small { few(row.who) } } end },
    }, found.workspaces)
  )
end

-- -------------------------------------------------------------------------------------- the source

local function ages(found)
  return table_of({
    { "What", field "name" },
    { "Read from Toggl", function(row) return moment(row.at) end },
    { "Age", function(row) return { age(row.age), row.stale and " (old)" } end, "n" },
  }, found.ages)
end

local function left(found)
  local q = found.quota
  if not q or not q.remaining then return false end
  return h.p {
    class = "note",
    ("Left in this hour's window of the organization: %d%s."):format(
      q.remaining,
      q.total and (" of %d"):format(q.total) or ""
    ),
  }
end

local function source(found)
  return section(
    "source",
    "Data and cost",
    ages(found),
    h.h3 { class = "note", ("Requests spent: %d"):format(found.spent) },
    folded(
      { { "Operation", field "name" }, { "Requests", field "requests", "n" } },
      found.requests,
      "None: the store had it all."
    ),
    left(found)
  )
end

-- -------------------------------------------------------------------------------------------- page

local function fact(name, value, of)
  return h.div { h.dt { name }, h.dd { value, of and h.small { " of ", of } } }
end

local function facts(found)
  local p = found.plan
  return h.dl {
    class = "facts",
    fact("People", p.people),
    p.seats and fact("Active, of the seats", p.active, p.seats),
    fact("Owner and administrators", #found.administrators),
    fact("In no group", #found.no_group),
    fact("Groups without people", #found.empty_groups),
    fact("Requests spent", found.spent),
  }
end

local function header(found)
  local p = found.plan
  local plan = p.plan and { p.plan, " plan", p.state and { ", ", p.state }, " · " }
  return h.header {
    h.h1 { h.bdi { p.organization or "Organization" } },
    h.p { "Audit · ", plan, p.suspended and "suspended · ", moment(found.at) },
  }
end

local function body(found)
  return h.body {
    header(found),
    h.main {
      facts(found),
      people(found),
      section(
        "administrators",
        ("Owner and administrators: %d"):format(#found.administrators),
        folded(
          { PERSON, { "Right", function(row) return ROLES[row.role] end }, STATE },
          found.administrators,
          "None."
        )
      ),
      section(
        "no-group",
        ("In no group: %d"):format(#found.no_group),
        folded({ PERSON, STATE, IN }, found.no_group, "Everyone is in a group.")
      ),
      section(
        "not-active",
        ("Deactivated, or invited and never joined: %d"):format(#found.not_active),
        folded({ PERSON, STATE, IN }, found.not_active, "None.")
      ),
      section("picture", "Groups and workspaces", picture.matrix(found)),
      section(
        "empty-groups",
        ("Groups without people: %d"):format(#found.empty_groups),
        folded(
          { { "Group", function(row) return h.bdi { row.name } end }, IN },
          found.empty_groups,
          "None."
        )
      ),
      workspaces(found),
      source(found),
    },
    h.footer {
      "Made by togglsh ",
      core._VERSION,
      ". It holds names and addresses: share it with care.",
    },
  }
end

local POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
  .. "base-uri 'none'; form-action 'none'"

local function page(found)
  local head = h.head {
    h.meta { charset = "utf-8" },
    h.meta { ["http-equiv"] = "Content-Security-Policy", content = POLICY },
    h.meta { name = "viewport", content = "width=device-width, initial-scale=1" },
    h.meta { name = "color-scheme", content = "light dark" },
    h.meta { name = "robots", content = "noindex" },
    h.meta { name = "referrer", content = "no-referrer" },
    h.link { rel = "icon", href = "data:," },
    h.title { "Audit of ", found.plan.organization or "an organization" },
    h.style { html.raw(require "toggl.text.style") },
  }
  return ("<!DOCTYPE html>\n%s\n%s\n"):format(
    MARK,
    tostring(h.html { lang = "en", head, body(found) })
  )
end

--- Return the page for the findings of toggl.audit.read.
function M.page(found)
  local ok, text = pcall(page, found)
  if ok then return text end
  if type(text) ~= "string" then error(text, 0) end
  core.misuse(
    "toggl.report.page: found must be what toggl.audit.read returns, got another table: "
      .. text:gsub("^[^\n]-:%d+: ", "")
  )
end

--- Does PATH hold a file that this program did not write? An empty file or an older page may be
--- overwritten.
function M.foreign(path)
  local opened, _, errno = io.open(path, "rb")
  local file <close> = opened
  -- ENOENT: no file. Any other error leaves it unknown.
  if not file then return errno ~= 2 end
  local start = file:read(64) or ""
  return start ~= "" and not start:find(MARK, 1, true)
end

--- Write TEXT to PATH, readable by its owner alone, since it has names and addresses. A reader sees
--- the old file or the new one. Returns true; or nil and a sentence.
function M.write(path, text) return core.write_private(path, text) end

return M
