-- togglsh report: writes the audit as one page of HTML, with pictures.
--
--   togglsh report FILE.html
--
-- The page needs nothing beside it: no script, font or image. It shows
-- people by state, seats against the plan, owner and administrators,
-- people in no group, groups and workspaces as a picture, how old the data
-- is, and requests spent. Nothing is changed, and it costs what togglsh
-- audit costs.
--
-- Seats are how many people the plan is paid for; the bar above them
-- counts everybody, also who is deactivated or has not joined.
--
-- FILE is written as a whole, with mode 0600: it holds names and
-- addresses. An older report is replaced; any other file only when you say
-- so, or with --yes. - writes to standard output.

local _, words = toggl.options.read(arg, {})
local path = words[1]
  or toggl.options.fail "report wants the name of a file: togglsh report audit.html"
if words[2] then toggl.options.fail("report wants one file, got '%s' as well", words[2]) end
if toggl.show.format ~= "table" then
  toggl.options.fail "report writes HTML alone; togglsh audit has --output"
end

-- Before anything is asked of the server.
if path ~= "-" and arg.dry_run then
  io.stderr:write("would write ", path, "\n")
  return
elseif path ~= "-" and toggl.report.foreign(path) then
  toggl.options.confirm("%s exists and is no report. Replace it?", path)
end

local page = toggl.report.page(toggl.audit.read(org))
if path == "-" then return toggl.show.write(page) end
local ok, why = toggl.report.write(path, page)
if not ok then error({ kind = "error", message = why }, 0) end
print(path)
