-- The files that scripts/dev/gen writes match the rows and are valid.
local helper = require "spec.helper"
local core = require "toggl.core"
local toggl = require "toggl"
local classes = require "toggl.objects"

local read = helper.read

local TYPES = { "lua/toggl/meta.lua", "share/lls/togglsh/library/toggl.lua" }
local PARTS = { "json", "csv", "show", "options", "audit", "plan", "report", "cache", "secrets" }

local function gen(...)
  return helper.run({ TOGGL_BUILD = helper.build }, "lua5.4", "scripts/dev/gen", ...)
end

-- Copy the tree, so that the spec can make a file stale.
local function copy_of_tree()
  local folder = os.tmpname()
  os.remove(folder)
  assert(os.execute(("mkdir %s && cp -r lua scripts doc share %s"):format(folder, folder)))
  local header = "csrc/core/state/journal.h"
  assert(os.execute(("cp --parents %s %s"):format(header, folder)))
  return folder
end

describe("what is generated", function()
  it("is in step with the rows", function()
    local out, err, status = gen "--check"
    assert.equal("", out .. err)
    assert.equal(0, status)
  end)

  it("is checked file by file, and written again", function()
    local folder = copy_of_tree()
    local build = helper.build:find "^/" and helper.build
      or io.popen("pwd"):read "l" .. "/" .. helper.build
    local function run(...)
      return helper.run({ TOGGL_BUILD = build }, "lua5.4", folder .. "/scripts/dev/gen", ...)
    end
    local file <close> = assert(io.open(folder .. "/doc/toggl.3", "a"))
    file:write "something else\n"
    file:close()
    local out, _, status = run "--check"
    assert.equal(1, status)
    assert.equal("doc/toggl.3:1: is stale; scripts/dev/gen writes it\n", out)
    out, _, status = run()
    assert.equal("wrote doc/toggl.3\n", out)
    assert.equal(0, status)
    assert.equal(read "doc/toggl.3", read(folder .. "/doc/toggl.3"))
    os.execute("rm -r " .. folder)
  end)

  it("rejects a build that is missing, or older than the rows", function()
    local folder = helper.scratch()
    os.execute(("mkdir -p %s/csrc/toggl %s/build/toggl"):format(folder, folder))
    os.execute(("cp -r scripts %s"):format(folder))
    local function run()
      local words = { TOGGL_BUILD = folder .. "/build" }
      local _, err, status = helper.run(words, "lua5.4", folder .. "/scripts/dev/gen")
      assert.equal(1, status)
      return (err:gsub(folder:gsub("%p", "%%%0"), "TREE"))
    end
    local fix = "; build first: cmake --build TREE/build\n"
    assert.equal("scripts/dev/gen: TREE/build/toggl/core.so does not exist" .. fix, run())
    helper.write(folder .. "/build/toggl/core.so", "")
    os.execute(("touch -d yesterday %s/build/toggl/core.so"):format(folder))
    helper.write(folder .. "/csrc/toggl/lists.h", "")
    assert.equal(
      "scripts/dev/gen: TREE/csrc/toggl/lists.h is newer than TREE/build/toggl/core.so" .. fix,
      run()
    )
  end)

  it("rejects other words", function()
    local _, err, status = gen "--force"
    assert.equal(2, status)
    assert.is_truthy(err:find "usage")
  end)

  it("has a type for every class, model, operation and method", function()
    local meta = read "lua/toggl/meta.lua"
    for class, members in pairs(classes) do
      assert.is_truthy(meta:find("---@class toggl." .. class, 1, true), class)
      for name, f in pairs(members) do
        local common = class ~= "record" and classes.record[name] == f
        if not common then
          assert.is_truthy(
            meta:find(("\nfunction %s:%s("):format(class, name), 1, true),
            class .. "." .. name
          )
        end
      end
    end
    for _, model in ipairs(core.models) do
      assert.is_truthy(
        meta:find("---@class toggl.model." .. model.name .. ":", 1, true),
        model.name
      )
    end
    for _, op in ipairs(core.operations) do
      assert.is_truthy(meta:find(("\nfunction api.%s("):format(op.name), 1, true), op.name)
    end
  end)

  it("names no type that is not defined, and defines each once", function()
    for _, path in ipairs(TYPES) do
      local meta = read(path)
      local times = {}
      for _, what in ipairs { "class", "alias" } do
        for name in meta:gmatch("%-%-%-@" .. what .. " ([%w_.]+)") do
          times[name] = (times[name] or 0) + 1
          assert.equal(1, times[name], name)
        end
      end
      local seen = 0
      for line in meta:gmatch "[^\n]+" do
        -- The type comes before the text of a row, which may contain such names too.
        local text = line:match "^%-%-%-@field %S+ (%S+)" or line:match "^%-%-%-@return (%S+)"
        for name in (text or line:match "^%-%-%-| (.*)" or ""):gmatch "toggl%.[%w_.]*[%w_]" do
          seen = seen + 1
          assert.is_truthy(times[name], path .. ": " .. name)
        end
      end
      assert.is_true(seen > 500, seen)
    end
  end)

  it("has a type for each part of the module, and for each of its functions", function()
    for _, path in ipairs(TYPES) do
      local meta = read(path)
      for _, part in ipairs(PARTS) do
        assert.is_truthy(meta:find(("\n---@field %s toggl."):format(part), 1, true), part)
        for name in pairs(toggl[part]) do
          local is = meta:find(("\nfunction toggl_%s.%s("):format(part, name), 1, true)
            or meta:find("\n%-%-%-@field " .. name .. "%f[%W]")
          assert.is_truthy(is, part .. "." .. name)
        end
      end
    end
  end)

  it(
    "is Lua that cannot be required by mistake, with nothing that ends it for analyzers",
    function()
      assert.is_table((assert(loadfile "lua/toggl/meta.lua")()))
      local ok, err = pcall(require, "toggl.meta")
      assert.is_false(ok)
      assert.is_truthy(tostring(err):find("for editors", 1, true))
    end
  )

  it("has results that can be nil for programs, and none for scripts, which get globals", function()
    local program, script = read(TYPES[1]), read(TYPES[2])
    local function of(text, name)
      return assert(text:match("\n([^\n]+\n[^\n]+)\nfunction " .. name:gsub("%p", "%%%0") .. "%("))
    end
    local pair = "@return_overload toggl.list.org_user, nil\n---@return_overload nil, toggl.error"
    assert.is_truthy(of(program, "organization:users"):find(pair, 1, true))
    local last = of(script, "organization:users"):match "[^\n]+$"
    assert.equal("---@return toggl.list.org_user reply", last)
    assert.is_truthy(of(script, "toggl_plan.load"):find("nil, toggl.error", 1, true))
    for _, name in ipairs { "client", "org", "toggl", "arg" } do
      assert.is_truthy(script:find(("\n%s = {}"):format(name), 1, true))
      assert.is_nil(program:find(("\n%s = {}"):format(name), 1, true))
    end
    local env = {}
    assert(load(script, "=script", "t", env))()
    for _, name in ipairs { "deny", "prompt" } do -- of files of rules, of start files
      assert.is_function(env[name], name)
      env[name] = nil
    end
    for name, value in pairs(env) do
      assert.same({}, value, name)
    end
  end)

  it("has a heading for every method in the reference", function()
    local reference = read "doc/reference.md"
    for _, op in ipairs(core.operations) do
      assert.is_truthy(
        reference:find(("Source: `%s`, `%s %s`"):format(op.name, op.verb, op.path), 1, true),
        op.name
      )
    end
    for _, row in ipairs(require "toggl.words.methods") do
      local name = require("toggl.words.describe").call_name(row.class, row.name)
      assert.is_truthy(reference:find(("### %s\n"):format(name), 1, true), name)
    end
  end)

  it("has one version everywhere", function()
    local version = core._VERSION:gsub("%.", "%%.")
    assert.is_truthy(read "CHANGELOG.md":find("## " .. version))
    local rockspec = setmetatable({}, { __index = _G })
    assert(loadfile(("toggl-%s-1.rockspec"):format(core._VERSION), "t", rockspec))()
    assert.equal(core._VERSION .. "-1", rockspec.version)
    assert.equal("cmake", rockspec.build.type)
  end)

  it("is a manual without complaints of man", function()
    if not os.execute "command -v man >/dev/null 2>&1" then
      return pending "man is not installed"
    end
    for _, path in ipairs { "doc/togglsh.1", "doc/toggl.3" } do
      local out, err =
        helper.run({ MANWIDTH = "80", LC_ALL = "C.UTF-8" }, "man", "--warnings", "-l", path)
      assert.equal("", err)
      assert.is_true(#out > 1000)
    end
  end)

  it("completes for bash what the program takes", function()
    local path = os.tmpname()
    local file <close> = assert(io.open(path, "w"))
    file:write [[
source share/completions/togglsh.bash
t() { COMP_WORDS=("$@"); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _togglsh; echo "${COMPREPLY[*]}"; }
t togglsh aud
t togglsh --output j
t togglsh --org audit aud
t togglsh audit --sec
t togglsh --sandbox people --state in
t togglsh --output = c
t togglsh --output = csv --sandbox = 5 aud
t togglsh auth =
]]
    file:close()
    local out, err = helper.run(nil, "bash", path)
    os.remove(path)
    assert.equal("", err)
    assert.equal(
      "audit\njson jsonl\naudit\n--section\ninactive invited\ncsv\naudit\nlogin status logout\n",
      out
    )
  end)

  it("completes for zsh without an error in it", function()
    if not os.execute "command -v zsh >/dev/null 2>&1" then
      return pending "zsh is not installed"
    end
    local _, err, status = helper.run(nil, "zsh", "-n", "share/completions/_togglsh")
    assert.equal("", err)
    assert.equal(0, status)
  end)
end)
