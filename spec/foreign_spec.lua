-- togglsh runs no code that the command does not name: files of the current folder, jobs that
-- others can write, and relative paths of an environment without a home.

local helper = require "spec.helper"

local SHELL = (helper.build:find "^/" and "" or os.getenv "PWD" .. "/")
  .. helper.build
  .. "/togglsh"
local NAMES = {
  "toggl",
  "toggl/init",
  "toggl/core",
  "toggl/http",
  "toggl/sandbox",
  "toggl/shell",
  "toggl/shell/init",
  "toggl/config",
  "toggl/text/json",
  "toggl/class/client",
  "toggl/class/invitation",
  "cjson",
  "string",
  "helper",
  "luv",
  "cqueues",
}

local here, home

local function root() return io.popen("id -u"):read "n" == 0 end

local function write(path, text)
  assert(os.execute("mkdir -p " .. helper.quote(path:match "^(.*)/")))
  return helper.write(path, text)
end

-- Run a shell command in a folder full of foreign code; $T is togglsh.
local function sh(line, more)
  local e = helper.environment(home, more)
  e.T, e.HERE = SHELL, here
  return helper.run(e, "bash", "-c", 'cd "$HERE" && ' .. line)
end

setup(function()
  here, home = helper.scratch(), helper.scratch()
  for _, name in ipairs(NAMES) do
    for _, ending in ipairs { ".lua", ".so" } do
      write(here .. "/" .. name .. ending, "io.write 'FOREIGN '")
    end
  end
  for _, name in ipairs { ".togglrc.lua", "init.lua", ".lua", "LUA_INIT", ".editrc" } do
    write(here .. "/" .. name, "io.write 'FOREIGN '")
  end
end)

teardown(function()
  helper.remove(here)
  helper.remove(home)
end)

describe("togglsh in a folder of foreign code", function()
  local FOREIGN = {
    "",
    "LUA_PATH='./?.lua;;' ",
    "LUA_PATH='?.lua' ",
    "LUA_PATH_5_4=';;./?/init.lua;./?.lua' ",
    "LUA_CPATH='./?.so' ",
    "LUA_CPATH_5_4='./?.so;;' ",
    "LUA_INIT='@init.lua' ",
    "LUA_INIT_5_4='io.write [[FOREIGN]]' ",
  }

  for _, variables in ipairs(FOREIGN) do
    it("runs its own modules with " .. (variables == "" and "nothing set" or variables), function()
      for _, line in ipairs {
        "$T --version",
        "$T --help",
        "$T --sandbox -e 'print(#org:users(), client.profile)' 2>&1",
        "$T --sandbox -l toggl.json -e 'print(require [[toggl.text.json]].encode {1}, #org:workspaces())'",
        "$T --sandbox --output json people",
        "echo 'print(toggl.csv)' | $T --sandbox -",
        "$T --sandbox -e 'local i = org:users()[1] print(pcall(function() return i.no_such_field end))'",
      } do
        local out, err, status =
          sh((variables == "" and "" or "export " .. variables .. "; ") .. line)
        assert.not_matches("FOREIGN", out .. err, nil, line)
        assert.not_equal("", out, line)
        assert.equal(0, status, line .. err)
      end
    end)
  end

  it("does not find a module there that no one named, and says where the file lies", function()
    local out, err, status = sh "$T -e 'require [[helper]]'"
    assert.same({ "", 1 }, { out, status })
    assert.matches("helper%.lua lies in the current folder", err)
    assert.matches("LUA_PATH='" .. here:gsub("%p", "%%%0") .. "/%?%.lua;;'", err)
    assert.not_equal(0, select(3, sh "$T -l helper"))
    assert.not_equal(0, select(3, sh "echo 'require [[helper]]' | $T -"))
    assert.not_equal(0, select(3, sh "echo 'require [[helper]]' | $T"))
    assert.equal("FOREIGN ", (sh "LUA_PATH='./?.lua;;' $T -e 'require [[helper]]'")) -- allowed
    assert.equal("FOREIGN ", (sh 'LUA_PATH="$HERE/?.lua;;" $T -l helper'))
  end)

  it("has no module of its own elsewhere, also one that it does not have", function()
    local out, err, status = sh "LUA_PATH='./?.lua;;' $T -e 'require [[toggl.mine]]'"
    assert.same({ "", 1 }, { out, status })
    assert.matches("toggl%.mine", err)
    assert.not_equal(0, select(3, sh "$T -e 'require [[toggl..shell]]'"))
    assert.not_equal(0, select(3, sh "$T -e 'require [[toggl./x]]'"))
  end)

  it("takes no job by its bare name, nor one of a home that is not there or relative", function()
    write(here .. "/rogue.lua", "print 'FOREIGN'")
    write(here .. "/toggl/scripts/rogue.lua", "print 'FOREIGN'")
    write(here .. "/.config/toggl/scripts/rogue.lua", "print 'FOREIGN'")
    for _, variables in ipairs {
      "",
      "env -u HOME -u XDG_CONFIG_HOME",
      "HOME= XDG_CONFIG_HOME=",
      "HOME=. XDG_CONFIG_HOME=.",
      "XDG_CONFIG_HOME=.",
      "HOME=.config",
    } do
      local out, _, status = sh(variables .. " $T rogue")
      assert.equal("", out, variables)
      assert.not_equal(0, status)
    end
  end)
end)

describe("a script finds what lies beside it", function()
  local folder

  setup(function()
    folder = home .. "/a folder; of ? scripts"
    write(folder .. "/lib/one.lua", "return {where = 'one', ...}")
    write(folder .. "/two/init.lua", "return 'two'")
    write(folder .. "/inspect.lua", "return 'beside'")
    write(
      folder .. "/main.lua",
      "print(require 'lib.one'.where, require 'two', (require 'inspect'))"
    )
    write(folder .. "/broken.lua", "return return")
  end)

  it("by an absolute path, a relative one, a link, and after a change of the folder", function()
    local wanted = "one\ttwo\tbeside\n"
    assert.equal(wanted, (sh(("$T %s/main.lua"):format(helper.quote(folder)))))
    assert.equal(wanted, (sh(("cd %s && $T main.lua"):format(helper.quote(folder)))))
    assert.equal(wanted, (sh(("cd %s/lib && $T ../main.lua"):format(helper.quote(folder)))))
    assert.equal(
      wanted,
      (sh(("ln -sf %s/main.lua link.lua && $T ./link.lua"):format(helper.quote(folder))))
    )
  end)

  it("and nothing of the current folder", function()
    write(folder .. "/needs.lua", "require 'helper'")
    local out, err, status = sh(("$T %s/needs.lua"):format(helper.quote(folder)))
    assert.same({ "", 1 }, { out, status })
    assert.matches("helper", err)
  end)

  it("and hears of a mistake in it", function()
    write(folder .. "/breaks.lua", "require 'broken'")
    local _, err, status = sh(("$T %s/breaks.lua"):format(helper.quote(folder)))
    assert.equal(1, status)
    assert.matches("broken%.lua:1:", err)
  end)
end)

describe("a job", function()
  local scripts

  before_each(function()
    scripts = home .. "/config/toggl/scripts"
    assert(os.execute("rm -rf " .. helper.quote(home .. "/config")))
    write(scripts .. "/mine.lua", "-- togglsh mine: is mine.\nprint('ran', pcall(require, 'near'))")
    write(scripts .. "/near.lua", "return 'near'")
  end)

  local function refused(what, command)
    local out, err, status = sh "timeout 10 $T mine"
    assert.same({ "", 2 }, { out, status }, err)
    assert.matches(what, err)
    assert.matches(command, err)
    out, err, status = sh "timeout 10 $T --help"
    assert.equal(0, status)
    assert.matches("Jobs:", out)
    assert.not_matches("is mine", out)
    assert.matches(what, err)
  end

  it("of the user runs, with what lies beside it", function()
    assert.equal("ran\ttrue\tnear", (sh "$T mine"):match "^ran\ttrue\tnear")
    assert.matches("is mine", (sh "$T --help"))
    assert.equal("", (select(2, sh "$T --help")))
  end)

  it("that others can write is not run, nor one in a folder that they can write", function()
    for _, path in ipairs { scripts .. "/mine.lua", scripts, home .. "/config/toggl" } do
      for _, mode in ipairs { "o+w", "g+w" } do
        os.execute(("chmod %s %s"):format(mode, helper.quote(path)))
        refused("can be written by", "chmod go%-w '" .. path:gsub("%p", "%%%0") .. "'")
        os.execute("chmod go-w " .. helper.quote(path))
      end
    end
    assert.matches("^ran", (sh "$T mine"))
  end)

  it("that belongs to another user is not run", function()
    if not root() then return pending "giving a file away needs root" end
    os.execute("chown nobody " .. helper.quote(scripts .. "/mine.lua"))
    refused("belongs to nobody", "chown root '")
    os.execute(
      "chown root "
        .. helper.quote(scripts .. "/mine.lua")
        .. " && chown nobody "
        .. helper.quote(scripts)
    )
    refused("belongs to nobody", "chown root '")
  end)

  it("does not take a module that others can write", function()
    os.execute("chmod 666 " .. helper.quote(scripts .. "/near.lua"))
    assert.matches("^ran\tfalse\t.*near%.lua can be written by others", (sh "$T mine"))
  end)

  it("is no pipe, device, folder or socket, and none of them is waited for", function()
    os.execute(("cd %s && rm mine.lua && mkfifo mine.lua"):format(helper.quote(scripts)))
    refused("is not a plain file", "rm '")
    os.execute(("cd %s && ln -sf /dev/zero mine.lua"):format(helper.quote(scripts)))
    refused("is not a plain file", "rm '")
    os.execute(("cd %s && rm mine.lua && mkdir mine.lua"):format(helper.quote(scripts)))
    assert.matches("there is no job 'mine'", (select(2, sh "$T mine")))
    assert.equal(0, (select(3, sh "$T --help")))
  end)
end)
