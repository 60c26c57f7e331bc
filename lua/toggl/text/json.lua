-- JSON for files, scripts and specs, by the core's strict reader and writer: integers stay exact.
--
--   json.decode(text)         value, or nil and a message with line and column
--   json.encode(value, opts)  text, or nil and a message with the place; keys sorted, so that equal
--                             values give equal text. opts.indent = 2: for people;
--                             opts.order = {"id", "name"}: these keys first;
--                             opts.most: bytes, at most 256 MiB
--   json.array(t)             mark t as a list, so that an empty one is [] (decode marks its lists)
--   json.null                 JSON null, as a value in a table: truthy, as any value is

local core = require "toggl.core"

local M = { null = core.null }

-- The mark of a list: any table or userdata whose metatable has this name, wherever it was made.
local Array = core.array

function M.array(t) return setmetatable(t or {}, Array) end

function M.is_array(t)
  local mt = getmetatable(t)
  return type(mt) == "table" and mt.__name == Array.__name
end

-- Return line and column of byte POS, both from 1.
local function place(text, pos)
  local before = text:sub(1, pos - 1)
  local _, lines = before:gsub("\n", "")
  return ("line %d, column %d"):format(lines + 1, #before:match "[^\n]*$" + 1)
end

function M.decode(text)
  if type(text) ~= "string" then
    error("bad argument #1 to 'decode' (string expected, got " .. type(text) .. ")", 2)
  end
  local value, why, at = core.json_decode(text)
  if not at then return value end
  local near = text:match("^[%w.+-]+", at)
  why = why:gsub(" at byte %d+$", "")
  return nil,
    ("JSON: %s: %s%s"):format(
      place(text, at),
      why,
      near and (" (%s)"):format(near:sub(1, 40)) or ""
    )
end

function M.encode(value, options)
  options = options or {}
  local ranks = options.order and {}
  for i, key in ipairs(options.order or {}) do
    ranks[key] = i
  end
  local ok, text = pcall(core.json_encode, value, options.indent, ranks, options.most)
  if ok then return text end
  return nil, "JSON: " .. tostring(text)
end

return M
