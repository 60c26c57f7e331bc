-- Completion of togglsh's command line in bash and zsh: the shells themselves, at a terminal.

local helper = require "spec.helper"
local seat = require "spec.terminal.seat"

local TREE = os.getenv "PWD"

local home, server

local function write(path, text)
  os.execute("mkdir -p " .. helper.quote(path:match "^(.*)/"))
  local file <close> = assert(io.open(path, "w"))
  file:write(text)
end

setup(function()
  home = seat.home()
  server = helper.sandbox { port = 0, record = false }
  local token = ("[default]\ntoken = %s\nbase_url = %s\n"):format(server:token(), server.url)
  local none = "[work]\ntoken = x\n[home]\ntoken = y\n"
  write(home .. "/config/toggl/profiles", token .. none)
  os.execute("chmod 600 " .. home .. "/config/toggl/profiles")
  local environment = helper.environment(home, { TOGGL_ORGANIZATION_ID = "4300000017" })
  for _, job in ipairs { "groups", "people" } do
    assert.equal(0, select(3, helper.run(environment, helper.build .. "/togglsh", job)))
  end
  helper.run(environment, helper.build .. "/togglsh", "-e", "return client:workspaces()")
  write(home .. "/clean.lua", "")
  write(home .. "/notes.txt", "")
  write(
    home .. "/zsh/.zshrc",
    (
      "PS1='> '; unsetopt zle_bracketed_paste; cd %s; fpath=(%s/share/completions $fpath)\n"
      .. "autoload -Uz compinit; compinit -u -D; bindkey -e; setopt no_beep no_list_ambiguous; LISTMAX=1000\n"
    ):format(home, TREE)
  )
  write(
    home .. "/bashrc",
    (
      "PS1='> '; cd %s; bind 'set enable-bracketed-paste off'; bind 'set bell-style none'\n"
      .. "bind 'set completion-query-items 1000'; bind 'set page-completions off'\n"
      .. "source %s/share/completions/togglsh.bash\n"
    ):format(home, TREE)
  )
end)
teardown(function()
  os.execute("rm -rf " .. helper.quote(home))
  server:stop()
end)

-- {program, its arguments, its variables}
local shells = {
  { "bash", { "--rcfile", "@/bashrc", "-i" }, {} },
  { "zsh", { "-i" }, { ZDOTDIR = "@/zsh" } },
}

local function path_of(program)
  local pipe <close> = io.popen("command -v " .. program)
  return pipe:read "l"
end

for _, shell in ipairs(shells) do
  local name = shell[1]

  describe(name .. " completes", function()
    local program, s

    setup(function()
      program = path_of(name)
      if not program then return end
      local words, more = {}, { INPUTRC = "/dev/null", HISTFILE = "" }
      local folder = helper.build:find "^/" and helper.build or TREE .. "/" .. helper.build
      more.PATH = folder .. ":" .. os.getenv "PATH"
      for i, word in ipairs(shell[2]) do
        words[i] = word:gsub("@", home)
      end
      for variable, value in pairs(shell[3]) do
        more[variable] = value:gsub("@", home)
      end
      s = seat.sit(home, words, more, program)
      s:see("> $", 10)
    end)
    teardown(function()
      if s then s:close() end
    end)

    -- Type TEXT and Tab; the line must end with EXPECTED. Then two more Tabs must list WORDS and
    -- not ABSENT.
    local function check(what, text, expected, words, absent)
      it(what, function()
        if not program then return pending(name .. " is not here: apt-get install " .. name) end
        s:forget()
        s:type "\21\r" -- discard the rest of the last line
        s:see("> $", 3)
        s:forget()
        s:type(text .. "\t")
        if expected then s:see(expected .. "$", 3) end
        if words then s:type "\t\t" end
        if words then s:pause(0.3) end
        local list = s:news()
        for _, word in ipairs(words or {}) do
          assert.truthy(list:find(word, 1, true), word .. " in " .. list)
        end
        for _, word in ipairs(absent or {}) do
          assert.is_nil(list:find(word, 1, true), word .. " in " .. list)
        end
      end)
    end

    check("a job", "togglsh aud", "togglsh audit ")
    check(
      "jobs, scripts of Lua, and no other files",
      "togglsh ",
      nil,
      { "audit", "groups", "invite", "clean.lua" },
      { "notes.txt" }
    )
    check("an option", "togglsh --no-ed", "togglsh %-%-no%-editor ")
    check("options", "togglsh --", nil, { "--sandbox", "--profile", "--version" }, { "--section" })
    check("the options of a job", "togglsh audit --sec", "togglsh audit %-%-section[= ]")
    check(
      "the options of a job, and no early ones",
      "togglsh audit --",
      nil,
      { "--section", "--top", "--org" },
      { "--version", "--eval" }
    )
    check("a value behind a space", "togglsh --output js", nil, { "json", "jsonl" }, { "csv" })
    check("a value behind an equals sign", "togglsh --output=cs", "togglsh %-%-output=csv ")
    check("a value of a job", "togglsh people --state act", "togglsh people %-%-state active ")
    check(
      "a value of a job behind an equals sign",
      "togglsh people --state=inv",
      "togglsh people %-%-state=invited "
    )
    check("a profile", "togglsh --profile wo", "togglsh %-%-profile work ")
    check("a group from the store", "togglsh people --group Engi", "%-%-group Engineering ")
    check("one behind an equals sign", "togglsh people --group=Engi", "%-%-group=Engineering ")
    check("a group as the argument", "togglsh groups Fin", "togglsh groups Finance ")
    check("a name with a space", "togglsh groups Nig", "togglsh groups Night\\ shift ")
    check("a workspace", "togglsh people --workspace Ma", "%-%-workspace Main ")
    check("a person", "togglsh offboard ann@", "togglsh offboard ann@\8?example.com ")
    check("a column", "togglsh people --columns ema", "%-%-columns email[, ]")
    check("a further column", "togglsh people --columns name,ema", "%-%-columns name,email[, ]")
    check("a column to sort by", "togglsh people --sort ema", "%-%-sort email[, ]")
    it("without a request", function()
      if not program then return pending(name .. " is not here") end
      assert.equal(
        0,
        helper.requests_during(server, function()
          s:type "\21togglsh groups Sup\t"
          s:see("togglsh groups Support ", 3)
        end)
      )
    end)
    check(
      "behind options with values",
      "togglsh --profile work --output=csv aud",
      "%-%-output=csv audit "
    )
    check("what a job can be told", "togglsh auth logi", "togglsh auth login ")
    check("an option behind an argument", "togglsh invite a@b.test --workspa", "%-%-workspace[= ]")
    check(
      "a value behind a bare equals sign",
      "togglsh audit --section=",
      nil,
      { "people", "no_group" },
      { "notes.txt" }
    )
  end)
end
