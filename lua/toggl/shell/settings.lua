-- Settings of the prompt: what :set, :offline, :wait, :write and :output change.

local near = require("toggl.text.near").question
local rows = require "toggl.words.prompt"
local saving = require "toggl.shell.saving"
local show = require "toggl.text.show"

local M = {}

local function on_off(flag) return flag and "on" or "off" end

-- By name: get(self) -> text; set(self, value) changes it.
local access = {}

access.output = {
  get = function() return show.format end,
  set = function(_, value) show.format = value end,
}

access.columns = {
  get = function() return show.columns and tostring(show.columns) or "all" end,
  set = function(_, value) show.columns = value ~= "all" and value:gsub("%s+", "") or nil end,
}

access.offline = {
  get = function(self) return on_off(self.offline) end,
  set = function(self, value)
    self.offline = value == "on"
    client:set_offline(self.offline) -- luacheck: ignore 113
  end,
}

access.wait = {
  get = function(self)
    return type(self.wait) == "number" and tostring(self.wait) or on_off(self.wait)
  end,
  set = function(self, value)
    self.wait = tonumber(value) or value == "on"
    client:set_wait(self.wait) -- luacheck: ignore 113
  end,
}

access.write = {
  get = function(self) return on_off(self.writes) end,
  set = function(self, value) self.writes = value == "on" end,
}

-- What a switch means, by its value.
local MEANING = {
  offline = {
    on = "offline: only the store answers, nothing is sent; :offline off asks Toggl again",
    off = "online; :offline on lets the store alone answer",
  },
  wait = {
    on = "calls wait for a new quota window; Ctrl-C gives up, :wait off ends that",
    off = "calls that exceed the quota fail at once; :wait on lets them wait",
  },
  write = {
    on = "changes are sent without a question; :write off asks again",
    off = "each change is asked about before it is sent; :write on ends that",
  },
}

local function meaning(self, name)
  local value = access[name].get(self)
  return MEANING[name][value]
    or ("calls wait at most %s s for a new quota window; :wait off ends that"):format(value)
end

local function is_seconds(name, value)
  local seconds = name == "wait" and tonumber(value)
  return seconds and seconds > 0 and seconds < math.huge
end

local function allowed(row, value)
  for _, word in ipairs(row.values or { value }) do
    if word == value then return true end
  end
  return is_seconds(row.name, value)
end

local function row_of(name)
  local names = {}
  for i, row in ipairs(rows.settings) do
    if row.name == name then return row end
    names[i] = row.name
  end
  return nil, names
end

--- Change the switch NAME to VALUE ("": not); return a sentence on its present state.
function M.switch(self, name, value, misuse)
  if value ~= "" then
    if not allowed(row_of(name), value) then
      misuse(
        name == "wait" and "requires on, off or a number of seconds, got '%s'"
          or "requires on or off, got '%s'",
        value
      )
    end
    access[name].set(self, value)
  end
  return meaning(self, name)
end

--- Change the setting NAME; return a sentence on its present state. FAIL raises a usage error.
function M.set(self, name, value, fail)
  local row, names = row_of(name)
  if not row then
    fail("there is no setting '%s'%s", name, near(name, names, ":set lists them"))
  elseif value ~= "" and not allowed(row, value) then
    local words = table.concat(row.values, ", ")
    fail(":set %s requires one of %s, got '%s'%s", name, words, value, near(value, row.values))
  end
  if value ~= "" then access[name].set(self, value) end
  return ("%s is %s"):format(name, access[name].get(self))
end

--- Return all settings as rows.
function M.all(self)
  local out = {}
  for i, row in ipairs(rows.settings) do
    out[i] = { name = row.name, value = access[row.name].get(self), what = row.doc }
  end
  return out
end

-- ----------------------------------------------------------------------------------------- :output

--- Write further results to FILE, emptied now; nil: to the screen.
function M.output_to(self, file)
  local sink, format = self.sink, file and saving.format(file)
  self.sink = nil
  if sink then
    saving.put(sink.out, sink.file, "", true)
    io.stderr:write(("%s: %d bytes\n"):format(sink.file, sink.written))
  end
  if file then
    self.sink = { file = file, format = format, out = saving.open(file), written = 0 }
  end
  if file then io.stderr:write(("results go to %s; :output ends that\n"):format(file)) end
  if not file and not sink then io.stderr:write "results go to the screen\n" end
end

--- Write VALUE to the file of :output. Returns false when there is none.
function M.divert(self, value)
  local sink = self.sink
  if not sink then return false end
  local text = saving.text(value, sink.format)
  saving.put(sink.out, sink.file, text)
  sink.written = sink.written + #text
  return true
end

return M
