-- Write the page of figures: a table and a chart. A file next to the build keeps the rows of
-- earlier runs, so that parts can be measured one at a time.

local M = {}

local HEAD = [[
# Benchmarks

`scripts/dev/bench all doc/benchmarks.md` writes this page; with the name of a part in place of
`all` it measures that part again. Each figure is a ratio, where it says no unit: this program against
plain libraries that do the same work, in the same run and in turns, the middle of at least nine
pairs. Limit: the figure that the project aims to stay below.

Last run: %s.

![Each figure as a part of its limit](%s)

| part | what | figure | limit | |
| --- | --- | ---: | ---: | --- |
]]

-- Known reasons why a figure is above its limit, by the name of its row.
local WHY = {
  ["the prompt of togglsh is ready / that of lua5.4 -i"] = "of 9.2 million instructions with its "
    .. "end (lua5.4 -i: 1.4), 2.9 load compiled Lua files, 1.8 the core with SQLite, and 1.1 "
    .. "libedit; the state, which has what is left of the quota, is opened after the prompt",
  ["a script answered from the cache, whole process / lua5.4 -e ''"] = "of 4.9 million instructions "
    .. "(lua5.4: 0.9), 1.9 relocate core.so and libsqlite3; the tables of the API, which hold 4,000 "
    .. "pointers, are copied page by page for that",
}

-- The day and the machine.
local function run_on()
  local function field(path, pattern)
    local f <close> = io.open(path)
    return f and f:read("a"):match(pattern)
  end
  local _, processors = (field("/proc/cpuinfo", ".*") or ""):gsub("processor%s*:", "")
  return ("%s, %d processors (%s), %s"):format(
    os.date "%Y-%m-%d",
    processors,
    field("/proc/cpuinfo", "model name%s*:%s*([^\n]*)") or "unknown",
    field("/etc/os-release", 'PRETTY_NAME="([^"]*)"') or "unknown system"
  )
end

local function load_rows(path)
  local rows = {}
  local f = io.open(path)
  if not f then return rows end
  for line in f:lines() do
    local part, what, figure, limit = line:match "^(.-)\t(.-)\t(.-)\t(.-)$"
    rows[#rows + 1] =
      { part = part, what = what, figure = tonumber(figure), limit = tonumber(limit) }
  end
  f:close()
  return rows
end

local function save_rows(path, rows)
  local f <close> = assert(io.open(path, "w"))
  for _, row in ipairs(rows) do
    assert(f:write(("%s\t%s\t%.4f\t%.4f\n"):format(row.part, row.what, row.figure, row.limit)))
  end
end

-- Return the rows of OLD and NEW in the order of PARTS; a part that was measured replaces its rows.
local function merge(old, new, parts)
  local measured, out = {}, {}
  for _, row in ipairs(new) do
    measured[row.part] = true
  end
  for _, part in ipairs(parts) do
    for _, row in ipairs(measured[part] and new or old) do
      if row.part == part then out[#out + 1] = row end
    end
  end
  return out
end

local LEFT, WIDTH, STEP = 430, 400, 20 -- SVG units; the limit is drawn at half of the width

local function escape(text)
  return (text:gsub("[&<>]", { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;" }))
end

local function picture(rows)
  local height = #rows * STEP + 30
  local out = {
    (
      '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" '
      .. 'font-size="11" role="img"><title>Each figure as a part of its limit</title>'
    ):format(LEFT + WIDTH + 60, height),
    '<rect width="100%" height="100%" fill="#ffffff"/>',
  }
  for i, row in ipairs(rows) do
    local part = row.figure / row.limit
    local width = math.min(math.max(part, 0) * WIDTH / 2, WIDTH)
    local y = i * STEP
    out[#out + 1] = ('<text x="%d" y="%d" text-anchor="end">%s</text>'):format(
      LEFT - 8,
      y + 11,
      escape(row.what)
    )
    out[#out + 1] = ('<rect x="%d" y="%d" width="%.1f" height="14" fill="%s"/>'):format(
      LEFT,
      y,
      width,
      part > 1 and "#c2570c" or "#2563a8"
    )
    out[#out + 1] = ('<text x="%.1f" y="%d">%.2f</text>'):format(
      LEFT + width + 5,
      y + 11,
      row.figure
    )
  end
  out[#out + 1] = ('<line x1="%d" x2="%d" y1="14" y2="%d" stroke="#222222"/>'):format(
    LEFT + WIDTH // 2,
    LEFT + WIDTH // 2,
    height - 6
  )
  out[#out + 1] = ('<text x="%d" y="11" text-anchor="middle">limit</text></svg>\n'):format(
    LEFT + WIDTH // 2
  )
  return table.concat(out, "\n")
end

local function not_reached(rows)
  local out = {}
  for _, row in ipairs(rows) do
    if row.figure > row.limit then
      out[#out + 1] = ("- %s: %.2f instead of %.2f%s"):format(
        row.what,
        row.figure,
        row.limit,
        WHY[row.what] and ": " .. WHY[row.what] or ""
      )
    end
  end
  if #out == 0 then return "" end
  return "\n## Not reached\n\n" .. table.concat(out, "\n") .. "\n"
end

--- Merge NEW into the rows in the file KEPT, and write all to PAGE, such as doc/benchmarks.md, and
--- the chart next to it. PARTS: the names of the parts, in order.
function M.write(kept, page, parts, new)
  local rows = merge(load_rows(kept), new, parts)
  save_rows(kept, rows)
  local image = page:gsub("%.md$", "") .. ".svg"
  local lines = {}
  for i, row in ipairs(rows) do
    lines[i] = ("| %s | %s | %.2f | %.2f | %s |"):format(
      row.part,
      row.what,
      row.figure,
      row.limit,
      row.figure > row.limit and "over" or ""
    )
  end
  local head = HEAD:format(run_on(), (image:gsub("^.*/", "")))
  local f <close> = assert(io.open(page, "w"))
  assert(f:write(head, table.concat(lines, "\n"), "\n", not_reached(rows)))
  local g <close> = assert(io.open(image, "w"))
  assert(g:write(picture(rows)))
end

return M
