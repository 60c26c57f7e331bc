-- The question before a write at the prompt: its text, and the effect of each answer.

local helper = require "spec.helper"
local seat = require "spec.terminal.seat"

local QUESTION = "%[y/N/a/%?%] $"

local home

local function sit(words) return seat.prompt(home, words) end

-- Type a line that leads to a question. Return the output up to the question.
local function ask(s, line)
  s:type(line .. "\r")
  return (s:see(QUESTION))
end

before_each(function() home = seat.home() end)
after_each(function() os.execute("rm -rf " .. helper.quote(home)) end)

describe("an answer", function()
  it("is a yes only as y or yes", function()
    local s <close> = sit()
    s:run "g = org:group 'Engineering'; sent = client:cost().total"
    for _, word in ipairs { "yikes", "yesterday", "y?", "", "n" } do
      ask(s, "g:update{name = 'Machines'}")
      assert.matches(
        "cancelled: put_organization_group was not confirmed; nothing was sent",
        s:run(word),
        word
      )
    end
    assert.matches("\n0\n", s:run "client:cost().total - sent")
    for _, word in ipairs { "y", " YES " } do
      ask(s, "g:update{name = 'Machines ' .. #tostring(_)}")
      assert.matches("name +Machines", s:run(word), word)
    end
  end)

  it("of a job is a yes only as y or yes", function()
    os.execute("mkdir -p -m 700 " .. home .. "/config/toggl/scripts")
    local file <close> = io.open(home .. "/config/toggl/scripts/asks.lua", "w")
    file:write "-- togglsh asks: asks\ntoggl.options.confirm 'Go on?' print 'went on'\n"
    file:close()
    for word, expected in pairs { yikes = "the answer was no", yes = "went on" } do
      local s <close> = seat.sit(home, { "--sandbox", "asks" })
      s:see "%[y/N%] $"
      s:type(word .. "\r")
      s:see(expected)
    end
  end)

  it("that is no answer is taken as a no, and that is said", function()
    local s <close> = sit()
    ask(s, "org:group('Engineering'):update{name = 'Machines'}")
    assert.matches("'org:users%(%)' was taken as a no", s:run "org:users()")
    ask(s, "org:group('Engineering'):update{name = 'Machines'}")
    assert.is_nil((s:run "no"):find "taken as")
  end)

  it("that is interrupted says that nothing was sent", function()
    local s <close> = sit()
    s:run "g = org:group 'Engineering'; sent = client:cost().total"
    ask(s, "g:update{name = 'Machines'}")
    s:key "interrupt"
    s:see("interrupted: put_organization_group was not confirmed; nothing was sent\n.*[^>]> $", 1)
    ask(s, "g:update{name = 'Machines'}")
    s:key "finish"
    s:see "not confirmed; nothing was sent\n.*[^>]> $"
    assert.matches("\n0\n", s:run "client:cost().total - sent")
  end)
end)

describe("a plan", function()
  local TEAM = "p = org:plan{groups = {Crew = {workspaces = {'Main'}}, Night = {}}, "
    .. "people = {['ann@example.com'] = {groups = {'Crew', 'Night'}}}}"

  -- Start a prompt with a plan, and with a profile whose settle time is short.
  local function sit_with_plan()
    helper.sh(helper.environment(home), "mkdir -p -m 700 $HOME/config/toggl")
    helper.write(home .. "/config/toggl/profiles", "[fast]\nsettle = 0.01\n")
    os.execute("chmod 600 " .. home .. "/config/toggl/profiles")
    local s = sit { "--sandbox=60", "--profile", "fast" }
    s:run(TEAM)
    return s
  end

  it("is shown and asked about once, and then sent without further questions", function()
    local s <close> = sit_with_plan()
    local page = ask(s, "r = p:apply()")
    assert.matches('create +2 groups: "', page)
    assert.matches("Price: %d+ requests.*:quota%s+refresh%s+asks", page)
    assert.matches("\nApply plan %x+%? %[y/N/a/%?%] $", page)
    assert.is_nil((s:run("y", 30)):find "Send it")
    assert.matches("\ntrue\n", s:run "r.count.done == #r.rows and #r.rows == 5")
    ask(s, "org:group('Crew'):rename 'Team'") -- a write outside of the plan has its own question
    s:run "n"
  end)

  it("sends nothing where the answer is no, and explains itself", function()
    local s <close> = sit_with_plan()
    for _, word in ipairs { "n", "", "perhaps" } do
      ask(s, "p:apply()")
      assert.matches("cancelled: plan %x+ was not confirmed; nothing was sent", s:run(word), word)
    end
    ask(s, "p:apply()")
    s:type "?\r"
    local text = s:see(QUESTION)
    assert.matches("y  apply the plan: send all of its changes", text)
    assert.matches("\n +1 create group", text)
    s:key "interrupt"
    s:see "interrupted: plan %x+ was not confirmed; nothing was sent\n.*[^>]> $"
    assert.matches("\n0\n", s:run "#client:journal()")
  end)

  it("that a guard refuses has no question, nor has one after :write on", function()
    local s <close> = sit_with_plan()
    s:run "q = org:plan{people = {['ann@example.com'] = {state = 'absent'}}}"
    assert.matches("guard: removals", s:run "q:apply()")
    s:run ":write on"
    assert.matches("receipt of plan", s:run("print(p:apply())", 30))
  end)

  it("that a job's function carries out is asked about once", function()
    local s <close> = sit_with_plan()
    s:type "toggl.plan.run(p)\r"
    s:see "Apply plan %x+%? %[y/N%] $"
    assert.matches("of 5 changes: 5 done", s:run("y", 30))
  end)

  it("does not let a change of another task pass with it", function()
    local s <close> = sit_with_plan()
    s:run(
      "function both() return toggl.map({1, 2}, function(i) if i == 1 then return p:apply() end "
        .. "toggl.sleep(0.01) return org:group('Support'):rename 'Help' end) end"
    )
    ask(s, "both()")
    s:type "y\r"
    assert.matches("put_workspace_group.*Send it%?", (s:see(QUESTION)))
    s:run("n", 30)
  end)
end)

describe("a question", function()
  it("shows the request and what it costs", function()
    local s <close> = sit()
    s:run "g = org:group 'Engineering'"
    local text = ask(s, "g:update{name = 'Machines'}")
    assert.matches(
      'put_organization_group: .*\n  PUT /organizations/%d+/groups/%d+\n  {"name":"Machines"}\n',
      text
    )
    assert.matches("It costs 1 request", text)
    s:run "n"
  end)

  it("folds what the change does to the window", function()
    local s <close> = seat.sit(home, { "--sandbox=60" }, { COLUMNS = 80 })
    s:see "> $"
    local text = ask(s, "org:group('Support'):add(org:user 'ann@example.com')")
    assert.matches("or takes them\naway%.\n", text)
    s:run "n"
  end)

  it("names the people and things it concerns, from the store", function()
    local s <close> = sit()
    s:run "u = org:user 'ann@example.com'; org:users(); org:groups()"
    local text = ask(s, "org:group('Engineering'):remove(u)")
    assert.matches("\n  %d+ is group Engineering\n", text)
    assert.matches("\n  %d+ is organization Acme\n", text)
    assert.matches("\n  %d+ is [%w ]+ <%S+@%S+>\n", text)
    s:run "n"
    text = ask(s, "org:remove(u)") -- by another kind of key of the same person
    assert.matches("\n  %d+ is [%w ]+ <%S+@%S+>\n", text)
    s:run "y"
    text = ask(
      s,
      "org:invite{ emails = {'bo@example.com'}, workspaces = {org:workspace 'Main'}, "
        .. "groups = {org:group 'Support'} }"
    )
    assert.matches("\n  %d+ is workspace Main\n", text)
    assert.matches("\n  %d+ is group Support\n", text)
    s:run "n"
  end)

  it("names the members of a workspace", function()
    local s <close> = sit()
    s:run "w = org:workspace 'Main'; u = org:users(); w:members()"
    s:run "m = u[20].workspaces[1]"
    assert.matches(
      "\n  %d+ is [%S ]+ <%S+@%S+>\n",
      ask(s, "w:remove_members{ delete = {{workspace_user_id = m.workspace_user_id}} }")
    )
    s:run "n"
  end)

  it("names the role that it has just looked up", function()
    local s <close> = sit()
    local text = ask(s, "org:user('ann@example.com'):set_role 'admin'")
    assert.matches("\n  2 is role Administrator\n", text)
    s:run "n"
  end)

  it("names the kind of a key that the store lacks, and sends no request", function()
    local s <close> = sit()
    s:run "org.name"
    s:run "sent = client:cost().total"
    assert.matches(
      "\n  77 is an organization%-user key that the store does not know\n",
      ask(s, "org:remove{ organization_user_id = 77 }")
    )
    s:run "n"
    assert.matches("\n0\n", s:run "client:cost().total - sent")
  end)

  it("still knows names after a change has emptied the store", function()
    local s <close> = sit()
    s:run "org:users(); u = org:user 'ann@example.com'; g = org:group 'Engineering'"
    ask(s, "for i = 1, 3 do g:add(u) org:groups() end")
    for _ = 1, 2 do
      s:type "y\r"
      assert.matches("\n  %d+ is Ann Lee <ann@example.com>\n", (s:see(QUESTION)))
    end
    s:run "n"
    ask(s, "g:update{name = 'Machines'}")
    s:run "y"
    s:run "org:groups()"
    assert.matches("\n  %d+ is group Machines\n", ask(s, "g:update{name = 'Engineering'}"))
    s:run "n"
  end)

  it("says what the line has spent before", function()
    local s <close> = sit()
    assert.matches(
      "It costs 1 more request %(%d spent so far%)",
      ask(s, "org:group('Engineering'):update{name = 'Machines'}")
    )
    s:run "n"
    s:run "g = org:group 'Engineering'"
    assert.matches("It costs 1 request", ask(s, "g:update{name = 'Machines'}"))
    s:run "n"
  end)
end)

describe("several questions of a line", function()
  local ADD = "for _, n in ipairs{'A', 'B', 'C'} do g:update{name = n} end"
  local MAP = "toggl.map({'A', 'B', 'C', 'D'}, function(n) org:user('ann@example.com', {refresh = true}) "
    .. "return g:update{name = n} end, {limit = 8})"

  it("come one after the other, each with its own answer", function()
    local s <close> = sit()
    s:run "g = org:group 'Engineering'; org:user 'ann@example.com'; sent = client:cost().by_operation"
    ask(s, MAP)
    for _ = 1, 3 do
      s:type "y\r"
      assert.is_nil((s:see(QUESTION)):find "refused")
    end
    local text = s:run "y"
    assert.is_nil(text:find "refused")
    assert.matches("\n4\n", s:run "client:cost().by_operation.put_organization_group")
  end)

  it("end with the first no, which says how many were done", function()
    local s <close> = sit()
    s:run "g = org:group 'Engineering'; org:user 'ann@example.com'"
    ask(s, MAP)
    s:type "y\r"
    s:see(QUESTION)
    local text = s:run "n"
    assert.matches("was not confirmed; nothing was sent", text)
    assert.matches("1 of 4 done", text)
    assert.matches("\n1\n", s:run "client:cost().by_operation.put_organization_group")
    ask(s, ADD)
    s:type "y\r"
    s:see(QUESTION)
    s:type "y\r"
    s:see(QUESTION)
    assert.matches("2 changes of this line were sent before", s:run "n")
    ask(s, ADD)
    s:type "y\r"
    s:see(QUESTION)
    s:key "interrupt"
    s:see("nothing was sent.*1 change of this line was sent before\n.*[^>]> $", 1)
  end)

  it("are all answered by an a, for this line alone", function()
    local s <close> = sit()
    s:run "g = org:group 'Engineering'"
    ask(s, ADD)
    s:type "y\r"
    assert.matches("a: this and all further changes of this line", (s:see(QUESTION)))
    s:run "a"
    assert.matches("\n3\n", s:run "client:cost().by_operation.put_organization_group")
    ask(s, "g:update{name = 'D'}")
    s:run "n"
    ask(s, "for i = 1, 2 do g:update{name = 'E' .. i} end error 'over'")
    local text = s:run "a"
    assert.matches("\n2 changes were sent:\n", text)
    assert.is_nil(text:find "sent before") -- the list says it
  end)

  it("say before the first how many more there may be, and what the line may cost", function()
    local s <close> = sit()
    s:run "g = org:group 'Engineering'; groups = org:groups()"
    local text = ask(s, ADD)
    assert.matches(
      "\n2 more rounds of this loop may follow: 3 requests for the line, if each",
      text
    )
    s:type "y\r"
    assert.matches(
      "\n1 more round of this loop may follow: 3 requests for the line",
      (s:see(QUESTION))
    )
    s:type "y\r"
    assert.is_nil((s:see(QUESTION)):find "may follow")
    s:run "n"
    for code, expected in pairs {
      ["for i = 1, 4 do g:update{name = 'N' .. i} end"] = "3 more rounds of this loop",
      ["for i, x in ipairs(groups) do x:update{name = 'N' .. i} end"] = "3 more rounds of this loop",
      ["for k in pairs{a = 1, b = 2} do g:update{name = k} end"] = "1 more round of this loop",
      ["for i = 1, 2 do for j = 1, 3 do g:update{name = 'N'} end end"] = "2 more rounds of the inner "
        .. "loop may follow: at least 3 requests",
      [MAP] = "3 more rounds of this loop may follow",
    } do
      assert.matches("\n" .. expected, ask(s, code), code)
      s:run "n"
    end
    for _, code in ipairs { "while true do g:update{name = 'N'} end", "g:update{name = 'N'}" } do
      assert.is_nil(ask(s, code):find "may follow", code)
      s:run "n"
    end
    s:run "client:learn(org.id, 2, 1800, 30)"
    assert.matches("\nthe quota has 2 left until it resets\n", ask(s, ADD))
    s:run "n"
  end)

  it("are explained by ?, with the whole request, and asked again", function()
    local s <close> = sit()
    s:run "w = org:workspace 'Main'; sent = client:cost().total; emails = {}"
    s:run "for i = 1, 40 do emails[i] = ('n%d@example.com'):format(i) end"
    assert.is_nil(ask(s, "org:invite{ emails = emails, workspaces = {w} }"):find "n40@example")
    s:type "?\r"
    local text = s:see(QUESTION)
    assert.matches("\n  y  send this change\n  n  .*\n  a  .*listed at its end\n", text)
    assert.truthy(text:gsub("%s", ""):find("n40@example.com", 1, true))
    assert.matches("not confirmed; nothing was sent", s:run "n")
    assert.matches("\n0\n", s:run "client:cost().total - sent")
  end)

  it("are listed after an a, with the people they concern", function()
    local s <close> = sit()
    s:run "g = org:group 'Support'; people = org:users{ filter = 'zo' }"
    ask(s, "for i = 1, 3 do g:add(people[1]) g:remove(people[1]) end")
    local text = s:run "a"
    assert.matches("\n6 changes were sent:\n", text)
    assert.matches("\n  patch_organization_group  group Support, Zo[^\n]+\n", text)
    ask(s, "g:update{name = 'X'}")
    assert.is_nil((s:run "a"):find "were sent")
  end)

  it("are not answered by what was typed ahead", function()
    local s <close> = sit()
    s:run "g = org:group 'Engineering'"
    s:type "toggl.sleep(0.3) g:update{name = 'A'}\ry\ry\r1 + 1\r"
    s:see("3 lines were discarded.*" .. QUESTION)
    s:run "n"
    assert.matches("\nnil\n", s:run "client:cost().by_operation.put_organization_group")
    s:type "g:update{name = 'B'}\r1 + 1\r"
    s:see("1 line was discarded.*" .. QUESTION)
    s:run "n"
  end)

  it(
    "wait for what was agreed to before, and let it come in meanwhile when it takes long",
    function()
      local s <close> = sit { "--sandbox=60", "--trace" }
      s:run "g = org:group 'Engineering'; server = client:sandbox() server:set{latency = 200}"
      ask(s, MAP)
      s:type "y\r"
      s:see("reply PUT.*" .. QUESTION, 3)
      assert.matches("1 of 4 done%)", s:run "n")
      s:run "server:set{latency = 2500}"
      ask(s, "toggl.map({'A', 'B'}, function(n) return g:update{name = n} end)")
      s:type "y\r"
      assert.is_nil((s:see(QUESTION)):find "reply PUT")
      s:see("reply PUT", 3) -- arrives while the second question is open
      assert.matches("1 of 2 done%)", s:run "n")
    end
  )
end)

describe("a line that changed something", function()
  it("is not run again by :time and :watch", function()
    local s <close> = sit()
    s:run "g = org:group 'Engineering'"
    ask(s, "g:update{name = 'A'}")
    s:run "y"
    for _, command in ipairs { ":time", ":watch 1" } do
      assert.matches(
        "usage: the last line changes something %(put_organization_group%), and is not run again; "
          .. "write it behind "
          .. command,
        s:run(command)
      )
    end
    assert.matches("\n7\n", s:run ":time 3 + 4")
    assert.matches("\n0%.%d+ s\n7\n", s:run ":time")
    ask(s, ":time g:update{name = 'B'}")
    s:run "n"
    assert.matches("changes something", s:run ":time")
    s:run ":write on"
    s:run "g:update{name = 'C'}"
    assert.matches("changes something", s:run ":time")
  end)
end)

describe(":write and :offline", function()
  it("say how it is, and change it only when told on or off", function()
    local s <close> = sit()
    local text = s:run ":write"
    assert.matches("each change is asked about before it is sent; :write on ends that", text)
    assert.is_nil(text:find "WRITE>")
    assert.matches("WRITE> $", s:run ":write on")
    text = s:run ":write"
    assert.matches("changes are sent without a question; :write off asks again.*WRITE> $", text)
    assert.is_nil((s:run ":write off"):find "WRITE>")
    text = s:run ":offline"
    assert.matches("online; :offline on ", text)
    assert.is_nil(text:find "OFFLINE>")
    assert.matches("OFFLINE> $", s:run ":offline on")
    assert.matches("offline: .*; :offline off .*OFFLINE> $", s:run ":offline")
    assert.matches("requires on or off", s:run ":write maybe")
  end)
end)
