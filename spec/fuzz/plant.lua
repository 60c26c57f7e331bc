-- lua5.4 spec/fuzz/plant.lua PLANT TREE [back]: put the fault of PLANT into the sources at TREE, or
-- take it out again. A plant returns {file, {right, wrong}...}; each text must occur once in the
-- file.
local plant, tree, back = dofile(arg[1]), arg[2], arg[3] == "back"
local path = tree .. "/" .. plant[1]

local file = assert(io.open(path))
local text = file:read "a"
file:close()
for i = 2, #plant do
  local right, wrong = plant[i][1], plant[i][2]
  local from, to = right, wrong
  if back then
    from, to = wrong, right
  end
  local first, last = text:find(from, 1, true)
  assert(
    first and not text:find(from, last + 1, true),
    arg[1] .. ": does not stand once in " .. path .. ": " .. from
  )
  text = text:sub(1, first - 1) .. to .. text:sub(last + 1)
end
file = assert(io.open(path, "w"))
file:write(text)
file:close()
