-- The blocks of doc/adding-an-endpoint.md compile in the places that the guide names, formatted as
-- clang-format leaves them.
local helper = require "spec.helper"

local GUIDE = helper.read "doc/adding-an-endpoint.md"

-- Return the blocks of LANGUAGE in the guide, without the indentation of a list item.
local function blocks(language)
  local list = {}
  for indent, block in GUIDE:gmatch("\n( *)```" .. language .. "\n(.-)\n *```") do
    list[#list + 1] = ("\n" .. block):gsub("\n" .. indent, "\n"):sub(2) .. "\n"
  end
  return list
end

-- Return BLOCK with other names for its arrays: the tables have them once the guide was followed.
local function renamed(block)
  return (
    block
      :gsub('([^"%w_])(get_workspace_hours)', "%1guide_%2")
      :gsub("member_hours_fields", "guide_%0")
  )
end

-- Return TEXT with BLOCK before the one place where ANCHOR stands.
local function put(text, block, anchor)
  local at = assert(text:find(anchor, 1, true), anchor)
  assert(not text:find(anchor, at + 1, true), anchor)
  return text:sub(1, at - 1) .. block .. text:sub(at)
end

-- Compile TEXT in the place of PATH; check its format where clang-format is installed.
local function compile(path, text)
  local file = helper.write(helper.scratch() .. "/" .. path:match "[^/]+$", text)
  local out, err, status = helper.run(
    {},
    "cc",
    "-std=c11",
    "-fsyntax-only",
    "-Werror",
    "-Icsrc",
    "-Icsrc/core",
    "-I" .. path:match "(.*)/",
    file
  )
  assert.equal("", out .. err)
  assert.equal(0, status)
  if os.execute "command -v clang-format >/dev/null" then
    local _, wrong = helper.run({}, "clang-format", "--style=file:.clang-format", "-n", file)
    assert.equal("", wrong)
  end
end

describe("the guide to a new endpoint", function()
  local c = blocks "c"

  it("has parameters and a row that compile in ops.c", function()
    local text = helper.read "csrc/core/rows/ops.c"
    local rule = text:match "/%* %-+ members %*/"
    text = put(text, renamed(c[1]) .. "\n", rule)
    compile(
      "csrc/core/rows/ops.c",
      put(text, renamed(c[2]) .. "\n", "    /* members of workspaces */")
    )
  end)

  it("has fields and a row that compile in models.c", function()
    local fields, row = renamed(c[3]):match "^(.-\n};\n)\n(.*)$"
    local text = helper.read "csrc/core/rows/models.c"
    text = put(text, fields .. "\n", "static const tg_model models[]")
    compile("csrc/core/rows/models.c", put(text, row, "};\n\nconst tg_model *tg_models"))
  end)

  it("has a route that compiles in routes.c", function()
    local text = helper.read "csrc/sandbox/routes.c"
    compile("csrc/sandbox/routes.c", put(text, c[4], "    /* people of a workspace"))
    assert.equal(4, #c)
  end)

  it("has fixtures that load", function()
    for _, block in ipairs(blocks "lua") do
      assert(load("local rows, main, with = {}; " .. block, "=guide", "t", { with = print }))
    end
  end)

  it("names files that exist", function()
    for path in GUIDE:gmatch "`(%l+/[%w_./-]+)`" do
      if path:find "^build/" == nil then assert(os.rename(path, path)) end
    end
  end)
end)
