-- togglsh cache: show what the store of replies holds, or clear it.
--
--   togglsh cache status
--   togglsh cache check
--   togglsh cache clear
--
-- status changes nothing. It shows the path and size of the store and how
-- large it may become, the number and age of its replies, how many were
-- deleted because they were a month old or the store too large, the number
-- of their records that finders look up by index, the version of its
-- layout, quarantined copies, and a problem that prevents its use. check
-- compares each reply with its checksum, and the rows that finders use with
-- those that the texts of the replies give; it removes rows that differ,
-- and ends with 1 when it finds a fault. clear removes the replies of all
-- accounts and the quarantined copies, so that every read asks Toggl again;
-- it recreates a damaged store. A store of a newer version of togglsh, or
-- of another program, is left alone. None needs credentials or a request.
--
-- Columns: path, state, replies, bytes, limit, oldest, newest (seconds since
-- 1970), trimmed, trimmed_bytes, trimmed_at, version, rows, copies,
-- copy_bytes; of check: path, replies, damaged, lists, records, differ.
--
--   example: togglsh cache status

local _, words = toggl.options.read(arg, {})
local action = table.remove(words, 1)
if action ~= "status" and action ~= "check" and action ~= "clear" then
  toggl.options.fail(
    "cache requires status, check or clear%s",
    action and (", got '%s'"):format(action) or ""
  )
end
if words[1] then toggl.options.fail("cache %s takes options only, got '%s'", action, words[1]) end
if arg.dry_run and action == "clear" then
  toggl.options.fail "cache clear has no dry run; nothing was removed"
end

local COLUMNS = "path,state,replies,bytes,limit,oldest,newest,trimmed,trimmed_bytes,trimmed_at,"
  .. "version,rows,copies,copy_bytes"

local show = toggl.show

local function size(bytes)
  if bytes < 10240 then return ("%d bytes"):format(bytes) end
  return bytes < 10 * 2 ^ 20 and ("%.0f KiB"):format(bytes / 1024)
    or ("%.0f MiB"):format(bytes / 2 ^ 20)
end

local function count(n, what)
  return ("%d %s"):format(n, n == 1 and (what:gsub("ies$", "y"):gsub("s$", "")) or what)
end

local function age(at)
  local seconds = math.max(0, os.time() - math.floor(at))
  for _, unit in ipairs { { 86400, "days" }, { 3600, "hours" }, { 60, "minutes" } } do
    if seconds >= unit[1] then return count(seconds // unit[1], unit[2]) end
  end
  return count(seconds, "seconds")
end

local function copies(n, bytes)
  if n == 0 then return "none" end
  return ("%d (%s); togglsh cache clear removes %s"):format(
    n,
    size(bytes),
    n == 1 and "it" or "them"
  )
end

local function stop(err) error({ kind = "error", message = tostring(err) }, 0) end

local actions = {}

function actions.status()
  local found, err = toggl.cache.status()
  if not found then return stop(err) end
  local memory = found.path == ":memory:"
  local state = found.problem and "not used"
    or found.there and "in use"
    or memory and "in memory"
    or "not made yet"
  if show.format ~= "table" or show.columns then
    local row = { state = state }
    for name in COLUMNS:gmatch "[^,]+" do
      if name ~= "state" then row[name] = found[name] end
    end
    show.print({ row }, { columns = toggl.options.columns(COLUMNS) })
  else
    local lines = { "where     " .. found.path, "state     " .. state }
    local function add(name, text) lines[#lines + 1] = ("%-9s %s"):format(name, text) end
    if found.there then
      add("size", size(found.bytes) .. (found.limit and (", at most " .. size(found.limit)) or ""))
    end
    if found.version then add("replies", ("%d"):format(found.replies)) end
    if found.oldest then
      local young, old = age(found.newest), age(found.oldest)
      add("age", young == old and old or ("%s to %s"):format(young, old))
    end
    if found.trimmed_at then
      add(
        "trimmed",
        ("%s (%s), last %s ago: too old, or the store too large"):format(
          count(found.trimmed, "replies"),
          size(found.trimmed_bytes),
          age(found.trimmed_at)
        )
      )
    end
    if found.version then
      add("rows", ("%d records of complete lists, found by index"):format(found.rows))
    end
    if found.version then add("version", ("%d"):format(found.version)) end
    if not memory then add("copies", copies(found.copies, found.copy_bytes)) end
    print(table.concat(lines, "\n"))
  end
  if found.problem then stop(found.problem) end
end

function actions.check()
  local found, err = toggl.cache.check()
  if not found then return stop(err) end
  if show.format ~= "table" or show.columns then
    local columns = toggl.options.columns "path,replies,damaged,lists,records,differ"
    show.print({ found }, { columns = columns })
  else
    print(
      ("%s: %s sound, rows of %s in %s as their texts say"):format(
        found.path,
        count(found.replies - found.damaged, "replies"),
        count(found.records, "records"),
        count(found.lists - found.differ, "lists")
      )
    )
  end
  if found.damaged > 0 then
    stop(
      ("%s damaged; togglsh cache clear makes a new store"):format(count(found.damaged, "replies"))
    )
  elseif found.differ > 0 then
    local what = "rows of %s differed from the texts and were removed; the next look-up makes them"
    stop(what:format(count(found.differ, "lists")))
  end
end

function actions.clear()
  local removed, err = toggl.cache.clear()
  local done = removed or err.removed
  if not done then return stop(err) end
  if removed and removed.path == ":memory:" then
    return print "the store is in memory: there is nothing to remove"
  end
  if err and done.copies == 0 then return stop(err) end
  local parts = {}
  if removed and (done.replies > 0 or done.copies == 0) then
    parts[1] = count(done.replies, "replies")
  end
  if done.copies > 0 then parts[#parts + 1] = count(done.copies, "quarantined copies") end
  print(("removed %s from %s"):format(table.concat(parts, " and "), done.path))
  if err then stop(err) end
end

actions[action]()
