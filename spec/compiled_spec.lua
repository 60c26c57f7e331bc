-- Compiled Lua files beside the core, which stand for their sources.
local helper = require "spec.helper"

for _, program in ipairs { "togglsh", "lua5.4" } do
  describe("the compiled Lua files, in " .. program .. ",", function()
    local folder

    before_each(function()
      folder = helper.scratch()
      assert(os.execute(("cp -rL '%s/togglsh' lua '%s'"):format(helper.build, folder)))
      assert(os.execute(("mkdir '%s/toggl' '%s/scripts'"):format(folder, folder)))
      assert(os.execute(("cp '%s'/toggl/*.so '%s/toggl'"):format(helper.build, folder)))
    end)
    after_each(function() helper.remove(folder) end)

    local function compile(named)
      local words = "lua5.4 cmake/compile.lua '%s/lua' '%s/toggl/compiled' '%s'"
      assert(os.execute(words:format(folder, folder, named or folder .. "/lua")))
    end

    local OUT = "toggl/text/out.lua"

    local function change(file, text)
      local f <close> = assert(io.open(folder .. "/" .. file, "w"))
      assert(f:write(text))
    end

    -- CODE is for lua5.4; so are the variables in MORE.
    local function printed(code, more)
      local environment = helper.environment(folder, {
        LUA_PATH = ("%s/lua/?.lua;%s/lua/?/init.lua"):format(folder, folder),
        LUA_CPATH = folder .. "/?.so",
      }, more)
      local words = { folder .. "/togglsh", "-e", "print 'x'" }
      if program == "lua5.4" then
        words = { program, "-e", code or [[require "toggl" require "toggl.text.out" "x\n"]] }
      end
      local out, err = helper.run(environment, table.unpack(words))
      return out .. err
    end

    it("run in place of their sources", function()
      local source = "return function(text) io.stdout:write('compiled ', text) end"
      change("lua/" .. OUT, source)
      compile()
      change("lua/" .. OUT, "error 'not parsed'" .. (" "):rep(#source - 18))
      assert(os.execute(("touch -d '1 minute ago' '%s/lua/%s'"):format(folder, OUT)))
      assert.equal("compiled x\n", printed())
    end)

    it("give way to a source that was changed since", function()
      compile()
      change("lua/" .. OUT, "return function(text) io.stdout:write('changed ', text) end")
      assert(os.execute(("touch -d '1 minute' '%s/lua/%s'"):format(folder, OUT)))
      assert.equal("changed x\n", printed())
    end)

    it("give way to a source of another size that was put back with its old time", function()
      compile()
      change("lua/" .. OUT, "return function(text) io.stdout:write('older ', text) end")
      assert(os.execute(("touch -d '1 day ago' '%s/lua/%s'"):format(folder, OUT)))
      assert.equal("older x\n", printed())
    end)

    it("give way where they cannot be loaded, or are not there", function()
      assert.equal("x\n", printed())
      compile()
      local file = "toggl/compiled/" .. OUT .. "c"
      local whole = helper.read(folder .. "/" .. file)
      for _, text in ipairs { "\27Lua of another version", "", whole:sub(1, -2), whole:sub(1, 40) } do
        change(file, text)
        assert.equal("x\n", printed())
      end
    end)

    it("name lines, as their sources do", function()
      change("lua/" .. OUT, "return function()\n  local none\n  return none.x\nend")
      compile()
      local text = printed()
      assert.truthy(text:find("out.lua:3", 1, true), text)
      assert.truthy(text:find("local 'none'", 1, true), text)
    end)

    if program ~= "lua5.4" then return end

    -- The compiled file of OUT differs from its source.
    local function differ(named)
      change("lua/" .. OUT, "return function(text) io.stdout:write('compiled ', text) end")
      compile(named)
      change("lua/" .. OUT, "return function(text) io.stdout:write('source ', text)   end")
      assert(os.execute(("touch -d '1 minute ago' '%s/lua/%s'"):format(folder, OUT)))
    end

    it("give way where they were compiled from another folder", function()
      differ "/elsewhere"
      assert.equal("source x\n", printed())
    end)

    it("are not looked for in a relative folder, which may become another one", function()
      differ()
      local here = helper.run(nil, "pwd"):gsub("%s", ""):gsub("[^/]+", "..")
      assert.equal("source x\n", printed(nil, { LUA_CPATH = here:sub(2) .. folder .. "/?.so" }))
    end)

    it("give way to a file that stands before theirs in package.path", function()
      differ()
      assert(os.execute(("mkdir -p '%s/mine/toggl/text'"):format(folder)))
      change("mine/" .. OUT, "return function(text) io.stdout:write('mine ', text) end")
      assert(os.execute(("touch -d '1 minute ago' '%s/mine/%s'"):format(folder, OUT)))
      local path = ("%s/mine/?.lua;%s/lua/?.lua;%s/lua/?/init.lua"):format(folder, folder, folder)
      assert.equal("mine x\n", printed(nil, { LUA_PATH = path }))
    end)

    it("give way to package.preload, also behind a loader that stands before it", function()
      differ()
      assert.equal(
        "mine x\n",
        printed [[table.insert(package.searchers, 1, function() end)
          package.preload["toggl.text.out"] = function()
            return function(text) io.write("mine ", text) end
          end
          require "toggl" require "toggl.text.out" "x\n"]]
      )
    end)

    local FORGET = [[for name in pairs(package.loaded) do
      if name:find "^toggl" then package.loaded[name] = nil end
    end]]

    it("are those of the module that is required again, with one searcher", function()
      differ()
      assert(os.execute(("mkdir '%s/new' && cp -rL lua '%s/new'"):format(folder, folder)))
      change("new/lua/" .. OUT, "return function(text) io.stdout:write('new ', text) end")
      assert.equal(
        "5\tcompiled x\n5\tcompiled x\n5\tnew x\n",
        printed(
          ([[local say = require "toggl" and function()
            io.write(#package.searchers, "\t") require "toggl.text.out" "x\n"
          end
          say() %s require "toggl" say() %s
          package.path = package.path:gsub("/lua/", "/new/lua/") require "toggl" say()]]):format(
            FORGET,
            FORGET
          )
        )
      )
    end)

    it("are left alone where the host keeps its searchers from a module", function()
      differ()
      for _, host in ipairs {
        "setmetatable(package.searchers, { __len = error, __index = error, __newindex = error })",
        "local all = package.searchers package.searchers = nil"
          .. " setmetatable(package, { __index = function(_, k) return k == 'searchers' and all end })",
        "package.loaded.package = setmetatable({}, { __index = error })",
        "package.searchpath = nil",
        -- require does not look behind a nil
        "table.insert(package.searchers, 5, error) package.searchers[6] = error"
          .. " package.searchers[5] = nil",
      } do
        local out = printed(host .. [[ require "toggl" require "toggl.text.out" "x\n"]])
        assert.matches("^%a+ x\n$", out, host)
        assert.equal(host:find "__len" and "compiled x\n" or "source x\n", out, host)
      end
    end)
  end)
end
