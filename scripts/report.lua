-- togglsh report: write the audit as one HTML page with charts.
--
--   togglsh report FILE.html
--
-- The page is self-contained: no script, font or image. It shows people by
-- state, seats against the plan, owner and administrators, people in no
-- group, a chart of groups and workspaces, the age of the data, and
-- requests spent. Changes nothing and costs as much as togglsh audit.
--
-- Seats are the people that the plan is paid for; the bar above them counts
-- all, including deactivated and invited ones.
--
-- FILE is replaced atomically, with mode 0600: it holds names and
-- addresses. An older report is replaced; for any other file it asks first,
-- unless --yes is given. - writes to standard output.
--
--   example: togglsh report acme.html

local _, words = toggl.options.read(arg, {})
local path = words[1]
  or toggl.options.fail "report requires the name of a file: togglsh report audit.html"
if words[2] then toggl.options.fail("report requires one file, got '%s' as well", words[2]) end
if toggl.show.format ~= "table" then
  toggl.options.fail "report writes HTML alone; togglsh audit has --output"
end

-- Check the file before the first request.
if path ~= "-" and arg.dry_run then
  io.stderr:write("would write ", path, "\n")
  return
elseif path ~= "-" and toggl.report.foreign(path) then
  toggl.options.confirm("%s exists and is not a report. Replace it?", path)
end

local page = toggl.report.page(toggl.audit.read(org))
if path == "-" then return toggl.show.write(page) end
local ok, why = toggl.report.write(path, page)
if not ok then error({ kind = "error", message = why }, 0) end
print(path)
