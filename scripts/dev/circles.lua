-- Find circles for scripts/dev/rules.lua: files that depend on each other, by the linker's symbols
-- and `require` rather than by #include.
--
-- C: an object file uses symbols that another one of the same program or shared object defines.
-- Lua: a module requires another one, at its top or inside a function. A strongly connected
-- component of more than one file is a circle.

local M = {}

-- The targets of CMakeLists.txt that are linked into one file of the build.
local PROGRAMS = {
  { "core.so", "toggl_core_[%w_]+", "toggl_bind" },
  { "http.so", "toggl_http" },
  { "sandbox.so", "toggl_sandbox" },
  { "edit.so", "toggl_edit" },
  { "togglsh", "toggl_host" },
}

--- Return the lines that COMMAND prints.
function M.list(command)
  local found, pipe = {}, assert(io.popen(command))
  for line in pipe:lines() do
    found[#found + 1] = line
  end
  pipe:close()
  return found
end

-- Return the object files below BUILD whose target belongs to PROGRAM: {object = source}.
local function objects_of(build, program)
  local found = {}
  local find = "find %s/CMakeFiles -path '*.dir/csrc/*.c.o' | sort"
  for _, path in ipairs(M.list(find:format(build))) do
    local target, source = path:match "CMakeFiles/([%w_/]+)%.dir/(csrc/.*%.c)%.o$"
    for i = 2, #program do
      local is = target and target:find("^" .. program[i] .. "$")
      if is and io.open(source) then found[path] = source end -- skip stale objects of old builds
    end
  end
  return found
end

-- Return the edges of the files of one program: {source = {source that defines what it uses =
-- true}}.
local function uses(build, program)
  local objects, defined, wanted, edges = objects_of(build, program), {}, {}, {}
  for object, source in pairs(objects) do
    wanted[source], edges[source] = {}, {}
    for _, line in ipairs(M.list("nm -P " .. object)) do
      local symbol, kind = line:match "^(%S+) (%a)"
      if kind == "U" then
        wanted[source][symbol] = true
      elseif kind and kind:find "[TDBRCV]" then
        defined[symbol] = source
      end
    end
  end
  for source, symbols in pairs(wanted) do
    for symbol in pairs(symbols) do
      local other = defined[symbol]
      if other and other ~= source then edges[source][other] = true end
    end
  end
  return edges
end

local function sorted_keys(t)
  local keys = {}
  for key in pairs(t) do
    keys[#keys + 1] = key
  end
  table.sort(keys)
  return keys
end

--- Return the circles of a graph {node = {node = true}}, by Tarjan: lists of nodes, each sorted.
function M.of(edges)
  local index, low, on, stack, n, circles = {}, {}, {}, {}, 0, {}
  local function visit(node)
    n = n + 1
    index[node], low[node], on[node] = n, n, true
    stack[#stack + 1] = node
    for _, other in ipairs(sorted_keys(edges[node] or {})) do
      if not index[other] then
        visit(other)
        low[node] = math.min(low[node], low[other])
      elseif on[other] then
        low[node] = math.min(low[node], index[other])
      end
    end
    if low[node] ~= index[node] then return end
    local circle = {}
    repeat
      local top = table.remove(stack)
      on[top] = nil
      circle[#circle + 1] = top
    until top == node
    table.sort(circle)
    if #circle > 1 then circles[#circles + 1] = circle end
  end
  for _, node in ipairs(sorted_keys(edges)) do
    if not index[node] then visit(node) end
  end
  return circles
end

--- Return the circles of C in the programs of BUILD, as lists of sources; and the number of files.
function M.c(build)
  local circles, files = {}, 0
  for _, program in ipairs(PROGRAMS) do
    local edges = uses(build, program)
    for _ in pairs(edges) do
      files = files + 1
    end
    for _, circle in ipairs(M.of(edges)) do
      circles[#circles + 1] = circle
    end
  end
  return circles, files
end

--- Return the edges inside CIRCLE as lines "a -> b (symbol)", to find where to cut it.
function M.edges(build, circle)
  local inside, lines = {}, {}
  for _, source in ipairs(circle) do
    inside[source] = true
  end
  for _, program in ipairs(PROGRAMS) do
    local edges = uses(build, program)
    for _, source in ipairs(circle) do
      for _, other in ipairs(sorted_keys(edges[source] or {})) do
        if inside[other] then lines[#lines + 1] = ("%s -> %s"):format(source, other) end
      end
    end
  end
  return lines
end

return M
