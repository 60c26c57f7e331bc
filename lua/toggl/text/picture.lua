-- The two charts of the page: people against seats, and groups by workspace.

local h = require("toggl.text.html").h

local M = {}

--- The states of people, in the order of the bar.
M.states =
  { { "active", "Active" }, { "invited", "Invited, not joined" }, { "inactive", "Deactivated" } }

-- ------------------------------------------------------------------------------------------- seats

local WIDTH, TOP, HEIGHT = 1000, 6, 32 -- SVG units; the page stretches the chart

local function describe(people, total, seats)
  local words = {}
  for _, state in ipairs(M.states) do
    words[#words + 1] = ("%d %s"):format(people[state[1]], state[2]:lower())
  end
  if people.unknown then words[#words + 1] = ("%d unknown"):format(people.unknown) end
  local plan = seats and ("; the plan has %d seats"):format(seats) or ""
  return ("%d people: %s%s."):format(total, table.concat(words, ", "), plan)
end

-- A program that this is part of may have a locale with a decimal comma.
local function number(x) return (("%.2f"):format(x):gsub(",", ".")) end

--- Draw PEOPLE by state as one bar; the frame and the line are as long as the SEATS of the plan, if
--- it has a number.
function M.bar(people, seats)
  local total = people.active + people.invited + people.inactive + (people.unknown or 0)
  local whole, at, parts = math.max(total, seats or 0, 1), 0, {}
  for _, state in ipairs(M.states) do
    local width = people[state[1]] / whole * WIDTH
    parts[#parts + 1] = h.rect {
      class = state[1],
      x = number(at),
      y = TOP,
      width = number(width),
      height = HEIGHT,
    }
    at = at + width
  end
  local limit = seats and number(seats / whole * WIDTH)
  return h.svg {
    class = "bar",
    viewBox = ("-2 0 %d %d"):format(WIDTH + 4, HEIGHT + 2 * TOP),
    role = "img",
    preserveAspectRatio = "none",
    ["aria-labelledby"] = "bar-title bar-text",
    h.title { id = "bar-title", "People and seats" },
    h.desc { id = "bar-text", describe(people, total, seats) },
    parts,
    h.rect { class = "track", x = 0, y = TOP, width = WIDTH, height = HEIGHT },
    limit and h.line { class = "limit", x1 = limit, x2 = limit, y1 = 0, y2 = HEIGHT + 2 * TOP },
  }
end

-- -------------------------------------------------------------------------------------- membership

local ON_A_PHONE = 3 -- columns that a window of 390 pixels holds
local MOST_ACROSS, MOST_DOWN = 40, 300 -- more is unreadable; the page names the rest

-- Steps of the colour, from none to all of the group.
local function step(n, of)
  if n == 0 then return "q0" end
  return n >= of and "q4" or ("q%d"):format(1 + n * 3 // of)
end

local function cell(row, workspace)
  local n, attached = row.both[workspace.id] or 0, row.attached[workspace.id]
  return h.td {
    class = step(n, row.people) .. (attached and " at" or ""),
    n == 0 and not attached and h.span { ["aria-hidden"] = "true", "·" } or n,
    n == 0 and not attached and h.span { class = "unseen", "0" },
    attached and h.span { class = "unseen", " attached" },
  }
end

local function row_of(row, name, workspaces)
  local cells = {}
  for i, workspace in ipairs(workspaces) do
    cells[i] = cell(row, workspace)
  end
  return h.tr {
    h.th {
      scope = "row",
      h.bdi { name },
      h.small { row.people == 1 and "1 person" or row.people .. " people" },
    },
    cells,
  }
end

local function first(rows, most)
  return #rows > most and table.move(rows, 1, most, 1, {}) or rows, math.max(#rows - most, 0)
end

local function head(workspaces)
  local cells = {}
  for i, w in ipairs(workspaces) do
    cells[i] = h.th { scope = "col", h.bdi { w.name or w.id }, h.small { w.members or "" } }
  end
  return h.thead { h.tr { h.th { scope = "col", "Group" }, cells } }
end

local KEY = {
  { "q0", "none" },
  { "q1", "some" },
  { "q2", "a third and more" },
  { "q3", "two thirds and more" },
  { "q4", "all of the group" },
  { "at", "the group is attached" },
}

local function key()
  local items = {}
  for i, entry in ipairs(KEY) do
    items[i] = h.li { h.span { class = entry[1], ["aria-hidden"] = "true" }, entry[2] }
  end
  return h.ul { class = "key note", items }
end

--- Return a table of the people of each group in each workspace, its cells coloured by their share.
function M.matrix(found)
  local across, hidden_across = first(found.workspaces, MOST_ACROSS)
  local down, hidden_down = first(found.groups, MOST_DOWN)
  local rows = {}
  for i, group in ipairs(down) do
    rows[i] = row_of(group, group.name, across)
  end
  rows[#rows + 1] = row_of(found.groupless, "In no group", across)
  local left_out = hidden_across + hidden_down > 0
    and h.p {
      class = "note",
      ("Left out of the picture: the smallest %d workspaces and %d groups."):format(
        hidden_across,
        hidden_down
      ),
    }
  local wide = #across > ON_A_PHONE
  return {
    key(),
    wide and h.p { class = "note sideways", "Wider than this window: move it sideways. →" },
    h.div {
      class = "scroll",
      role = "region",
      tabindex = 0,
      ["aria-labelledby"] = "picture-title",
      h.table {
        class = "picture",
        h.caption { "How many people of a group (down) are in a workspace (across)." },
        head(across),
        h.tbody { rows },
      },
    },
    left_out,
  }
end

return M
