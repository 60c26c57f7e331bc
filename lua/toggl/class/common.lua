-- Shared by the methods of several classes: finding one record of a list, and iterating lists.
local core = require "toggl.core"

local M = {}

--- Return the name of the iterator of a list: each_user for users, each_quota for get_quota.
function M.each_name(method) return "each_" .. method:gsub("^get_", ""):gsub("s$", "") end

local OBJECT_NAMES = { organization = "org", workspace_group = "group" }

--- Return the name that examples give an object of CLASS.
function M.object_name(class) return OBJECT_NAMES[class] or class end

local object_name = M.object_name

local function is_object(value, class)
  local mt = type(value) == "userdata" and getmetatable(value)
  return core.class(value) == class
    or class == "client" and type(mt) == "table" and mt.__name == "toggl.client"
end

-- Reject a method called with a dot: its object is missing or something else.
local function wants_object(class, name, method)
  return function(self, ...)
    if not is_object(self, class) then
      local object = object_name(class)
      core.misuse(("%s.%s lacks its object: write %s:%s(...)"):format(object, name, object, name))
    end
    if class ~= "client" and not self:client() then
      core.misuse(
        ("%s:%s: this record does not come from a client; nothing was sent"):format(
          object_name(class),
          name
        )
      )
    end
    return method(self, ...)
  end
end

-- Raise unless the arguments of a list are named: a position does not name the filter.
local function check_arguments(class, name, row, args)
  if args == nil or type(args) == "table" then return end
  local example = "..."
  for _, p in ipairs(core.operation(row.name).params) do
    if p.in_ == "query" and not p.page_number then
      example = p.name .. " = ..."
      break
    end
  end
  core.misuse(
    ("%s:%s takes named arguments, such as {%s}, got %s; nothing was sent"):format(
      object_name(class),
      name,
      example,
      type(args) == "string" and ("%q"):format(args) or tostring(args)
    )
  )
end

-- Return a method table for CLASS whose functions check their object first.
local function open(class)
  local methods = core.classes[class]
  return setmetatable({}, {
    __index = methods,
    __newindex = function(_, name, method) methods[name] = wants_object(class, name, method) end,
  })
end

--- Make the paged rows of CLASS list all pages, and give each list an each_ form. A row's own
--- method stays reachable as client.api.NAME.
function M.add_lists(class)
  local methods = open(class)
  for _, row in ipairs(core.lists(class)) do
    local whole, each = methods[row.method], M.each_name(row.method)
    local called = ("%s:%s"):format(object_name(class), each)
    if row.paged then
      whole = function(self, args)
        check_arguments(class, row.method, row, args)
        return require("toggl.pages").all(self, row.name, args)
      end
      methods[row.method] = whole
    end
    methods[each] = function(self, args)
      check_arguments(class, each, row, args)
      if row.paged then return require("toggl.pages").each(self, row.name, args, called) end
      local list, err = whole(self, args)
      if not list then error(err, 0) end
      return require("toggl.pages").over(list, called)
    end
  end
  return methods
end

--- MORE: further fields of the error.
function M.fail(self, kind, message, advice, more)
  local c = type(self.client) == "function" and self:client() or self
  local fields = { kind = kind, message = message, advice = advice }
  for name, value in pairs(more or {}) do
    fields[name] = value
  end
  return core.fail(c:raises(), fields)
end

--- Make the change OPERATION, whose reply reports on each part. Returns reply, response, and
--- whether the request was sent (false in a dry run); or nil, err.
function M.change(operation, ...)
  local call, err = core.start(operation, ...)
  if not call then return nil, err end
  local reply, response = call:wait()
  return reply, response, reply ~= nil and response.from ~= "dry"
end

--- Return the error of a change that was made or confirmed only in part. DONE: the reply. FIELDS:
--- further fields of the error.
function M.partial(self, message, advice, done, fields)
  local c = type(self.client) == "function" and self:client() or self
  fields.kind, fields.message, fields.advice, fields.result =
    fields.kind or "partial", message, advice, done
  return core.fail(c:raises(), fields)
end

local function one_of(texts)
  local last = table.remove(texts)
  return #texts == 0 and last or ("%s or %s"):format(table.concat(texts, ", "), last)
end

-- A field of a record, or of a plain row of the store, that records of its class may lack.
local function value_of(record, name)
  if type(record) == "table" then return record[name] end
  return record:get(name)
end

-- Describe a record as a caller would name it.
local function label(record)
  local name, email = value_of(record, "name"), value_of(record, "email")
  if email and name then return ("%s <%s>"):format(name, email) end
  return ("%q"):format(name or email)
end

-- Return what to do when LIST may lack the name: a list with missing pages, one stored before the
-- name existed, or a server that does not show the name yet (then also the seconds to wait).
-- Reading again for each misspelt name would cost a request. nil: the list is complete and current.
local function remedy_of(list)
  local wait = math.ceil(list.settling or 0)
  if wait > 0 then
    return ("Toggl may not show a recent change yet: ask again in %d second%s"):format(
      wait,
      wait == 1 and "" or "s"
    ),
      wait
  end
  local age, refresh = list.age, "refresh = true, or togglsh --refresh, reads it again"
  if not age or age < 1 then return not list.complete and refresh or nil end
  local text = age < 120 and ("%.0f s"):format(age) or ("%.0f minutes"):format(age // 60)
  return ("the list is from the store and %s old%s: %s"):format(
    text,
    list.stale and ", from before a change or past its time" or "",
    refresh
  )
end

-- The advice shows how to tell the records apart: how.by_key(record) is the call that finds only
-- this one. One of them may just have been deleted.
local function not_unique(self, list, found, how)
  local texts, calls = {}, {}
  for i, record in ipairs(found) do
    local email = value_of(record, "email")
    texts[i] = email and ("%s <%s>"):format(record, email) or tostring(record)
    calls[i] = how.by_key(record)
  end
  local remedy, wait = remedy_of(list)
  return M.fail(
    self,
    "conflict",
    ("%s is not unique: %s"):format(how.what, table.concat(texts, " and ")),
    "name one by its key: " .. one_of(calls) .. (wait and "; " .. remedy or ""),
    { retry_after = wait }
  )
end

-- Suggestions come from records already read, or from `how.more()`, which sends no request.
local function not_found(self, list, how)
  local function names_of(record)
    local names = { value_of(record, "name") }
    for _, name in ipairs(how.also or { "email" }) do
      names[#names + 1] = value_of(record, name)
    end
    return names
  end
  local advice = "check the spelling, or list them all"
  if how.wanted then
    local near = require "toggl.text.near"
    local items = how.near or near.items(how.wanted, list, names_of)
    if #items == 0 and how.more then items = near.items(how.wanted, how.more(), names_of) end
    for i, item in ipairs(items) do
      items[i] = label(item)
    end
    if #items > 0 then advice = ("did you mean %s?"):format(one_of(items)) end
  end
  local remedy, wait = remedy_of(list)
  local message = how.what .. " was not found"
  local holes = not list.complete and (list.incomplete or "pages are missing") or nil
  if holes then message = ("%s in a list that is not complete: %s"):format(message, holes) end
  return M.fail(
    self,
    "not_found",
    message,
    remedy and advice .. require("toggl.text.near").follow(advice, remedy) or advice,
    { incomplete = holes, retry_after = wait }
  )
end

-- Return the records that MATCHES accepts, grouped by its result, each once.
local function sort_out(list, matches)
  local found, seen = { exact = {}, alike = {}, key = {} }, {}
  for record in list:each() do
    local how = matches(record)
    local id = how and core.id(record)
    if how and not seen[id] then
      table.insert(found[how], record)
      seen[id] = id ~= 0
    end
  end
  return found
end

-- An exact name wins over names that only look alike. A key that is also the name of another record
-- is ambiguous.
local function choose(found)
  local named = #found.exact > 0 and found.exact or found.alike
  return #found.key == 0 and named or table.move(found.key, 1, #found.key, #named + 1, named)
end

--- Return the one record of LIST that MATCHES, a function from by_name or by_key_or_name; two are
--- an error that names both. HOW: {what =, wanted = the given name, by_key(record) = the
--- unambiguous call for it, also = further fields that name it, near = those that may have been
--- meant, where LIST has only those that match, more() = further {name =, email =} records}.
function M.only(self, list, matches, how)
  local found = choose(sort_out(list, matches))
  if #found == 1 then return found[1] end
  if #found > 1 then return not_unique(self, list, found, how) end
  return not_found(self, list, how)
end

--- Find records of one kind of key by key or name. BEFORE: a list for suggestions, or nil; NEAR: as
--- for only.
function M.only_named(self, list, key, field, call, before, near)
  local kind = call:match "%a+$"
  return M.only(self, list, M.by_key_or_name(key, field), {
    what = ("%s %s"):format(kind, key),
    wanted = type(key) == "string" and key or nil,
    by_key = function(record) return ("%s(%d)"):format(call, record[field]) end,
    near = near,
    more = before and function() return before end,
  })
end

--- Return a copy of OPTIONS with the fields of EXTRA, which win: an option must not turn the call
--- into another change. WHAT: the method; it raises where a field is in both.
function M.options_of(options, extra, what)
  local t = {}
  for k, v in pairs(options or {}) do
    t[k] = v
  end
  for k, v in pairs(extra or {}) do
    if what and t[k] ~= nil then
      core.misuse(("%s sets '%s' itself: leave it out; nothing was sent"):format(what, k))
    end
    t[k] = v
  end
  return t
end

--- Return KEY as a finder uses it: a name as it is; an integer, an integral float, the object
--- itself, one that belongs to it, or {FIELD = key} as the integer. Raises for other values. WHAT:
--- the finder, for messages.
function M.finder_key(key, field, what)
  if core.class(key) then return core.key(key, field, true) or core.key(key, field) end
  if type(key) == "userdata" and not core.is_list(key) then return core.key(key, field) end
  if type(key) == "table" and next(key) ~= nil then return core.key(key, field) end
  local number = type(key) == "number" and math.tointeger(key)
  if not number then M.check_key(key, what, "a key or a name, or the object") end
  return number or key
end

--- Raise at the caller's caller unless KEY is a name.
function M.check_key(key, what, hint)
  if type(key) == "string" and key ~= "" then return end
  core.misuse(
    ("%s requires %s, got %s"):format(what, hint, key == "" and "an empty string" or type(key))
  )
end

local call_names -- the options that any call takes, in order, and as a set

local function names_of_call()
  if call_names then return call_names end
  call_names = {}
  for i, row in ipairs(core.call_options) do
    call_names[i], call_names[row.name] = row.name, true
  end
  return call_names
end

local function has(names, name)
  for _, known in ipairs(names) do
    if known == name then return true end
  end
  return false
end

local function refuse_name(name, what, names, more)
  local all = table.move(names, 1, #names, 1, {})
  all[#all + 1] = more
  local list = "there are: " .. table.concat(all, ", ")
  local hint = require("toggl.text.near").question(tostring(name), all, list)
  core.misuse(("%s has no option '%s', and nothing was sent%s"):format(what, tostring(name), hint))
end

--- Raise unless OPTIONS, of the function called WHAT, is nil or a table of options: those of NAMES,
--- or else those of a call and MORE. What the store answers reads no option, so one that is
--- misspelt would be ignored.
function M.check_options(options, what, names, more)
  if options == nil then return end
  if type(options) ~= "table" then
    core.misuse(
      ("%s: options must be a table such as { refresh = true }, got %s"):format(
        what,
        type(options) == "string" and ("%q"):format(options) or type(options)
      )
    )
  end
  for name in next, options do
    local known = names and has(names, name) or not names and names_of_call()[name]
    if not known and name ~= more then refuse_name(name, what, names or names_of_call(), more) end
  end
end

--- Return the arguments of a call that the method WHAT makes: its own, ARGS, and OPTIONS, which may
--- be the options of a call and no field of ARGS; raises otherwise.
function M.args_of(options, args, what)
  local t = M.options_of(type(options) == "table" and options or nil, args, what)
  M.check_options(options, what)
  return t
end

--- Return a matcher for a text in the field NAME: "exact", or "alike" when only the folded texts
--- agree.
function M.by_text(name, text)
  local folded = core.fold(text)
  return function(record)
    local value = value_of(record, name)
    if value == text then return "exact" end
    return folded ~= "" and type(value) == "string" and core.fold(value) == folded and "alike"
      or nil
  end
end

--- Return a matcher for a key (an integer) or a name. A name of digits may also be a key, if no
--- record has that name.
function M.by_key_or_name(key, id_field)
  if math.type(key) == "integer" then
    return function(r) return r[id_field] == key and "key" or nil end
  end
  local named = M.by_text("name", key)
  local number = key:find "^%d+$" and math.tointeger(tonumber(key))
  return function(r) return named(r) or (number and r[id_field] == number and "key" or nil) end
end

-- A role of the organization goes before one of a workspace with the same type. ENTITY: only roles
-- of that kind; nil: all.
local function by_role(key, entity)
  local matchers = { M.by_key_or_name(key, "role_id") }
  for _, field in ipairs(math.type(key) == "integer" and {} or { "type", "code" }) do
    matchers[#matchers + 1] = M.by_text(field, key)
  end
  return function(role)
    local of = role:get "entity"
    if entity and of and of ~= entity then return nil end
    for i, matches in ipairs(matchers) do
      local how = matches(role)
      if how then return i > 1 and of ~= "organization" and "alike" or how end
    end
  end
end

--- Return the record of LIST, from org:roles(), that KEY names: a name, type or code, a key, or the
--- record; or nil, err. ENTITY: only roles of that kind.
function M.only_role(self, list, key, entity)
  key = M.finder_key(key, "role_id", "org:role")
  return M.only(self, list, by_role(key, entity), {
    what = ("role %q"):format(key),
    wanted = type(key) == "string" and key or nil,
    also = { "type", "code" },
    by_key = function(role) return ("org:role(%d)"):format(role.role_id) end,
  })
end

return M
