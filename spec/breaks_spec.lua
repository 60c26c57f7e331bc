-- The deliberate breaks of the campaigns: the text of each must still occur in the sources. The
-- campaigns themselves (scripts/dev/mutants, plans --mutants, programs --plants) take long.

local helper = require "spec.helper"

local function occurrences(text, part)
  local n, at = 0, 1
  while true do
    local from, to = text:find(part, at, true)
    if not from then return n end
    n, at = n + 1, to + 1
  end
end

local function once(file, part, name)
  assert.equal(1, occurrences(helper.read(file), part), ("%s in %s: %s"):format(name, file, part))
end

describe("a deliberate break", function()
  for list, folder in pairs {
    ["spec/sim/mutants.lua"] = "csrc/core/",
    ["spec/sim/plans/mutants.lua"] = "lua/toggl/plan/",
  } do
    it("of " .. list .. " has its text in the sources, once", function()
      local rows = dofile(list)
      assert.is_true(#rows >= 15)
      for _, row in ipairs(rows) do
        once(folder .. row[2], row[3], row[1])
      end
    end)
  end

  it("of spec/fuzz/plants has its texts in the sources, once", function()
    for _, name in ipairs { "anchor", "checkstack", "double_free", "leak", "off_by_one" } do
      local plant = dofile("spec/fuzz/plants/" .. name .. ".lua")
      for i = 2, #plant do
        once(plant[1], plant[i][1], name)
      end
    end
  end)
end)
