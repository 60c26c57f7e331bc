-- Typing and pasting at the prompt: cases that are easily misread.

local helper = require "spec.helper"
local seat = require "spec.terminal.seat"

local home

local function sit(more) return seat.prompt(home, nil, more) end

before_each(function() home = seat.home() end)
after_each(function() os.execute("rm -rf " .. helper.quote(home)) end)

describe("a tab", function()
  it("is text where it is pasted, whether the terminal marks the paste or not", function()
    local s <close> = sit()
    s:type "for i = 1, 2 do\r\tprint('n', i)\r\tlocal text = 'a\tb' print(text)\rend\r"
    local text = s:see "\nn%s+2\na%s+b\n.*[^>]> $"
    assert.is_nil(text:find "collectgarbage")
    s:paste "\tprint('first')\n"
    assert.is_nil((s:see "\nfirst\n.*[^>]> $"):find "collectgarbage")
    s:type "toggl.sleep(0.3)\r"
    s:pause(0.1)
    s:paste "for i = 7, 7 do\n\tprint('late', i)\nend\n" -- while the prompt does not read
    assert.is_nil((s:see "\nlate%s+7\n.*[^>]> $"):find "collectgarbage")
  end)

  it("is an indent at the beginning of a line that goes on", function()
    local s <close> = sit()
    s:type "for i = 1, 1 do\r"
    s:see ">> $"
    s:type "\t"
    s:pause(0.1)
    s:type "print('in')"
    assert.is_nil((s:see "print%('in'%)$"):find "collectgarbage")
    s:key "enter"
    s:see ">> $"
    assert.matches("\nin\n", s:run "end")
    s:type "\t"
    s:see "collectgarbage.*> $"
  end)
end)

describe("a quote that is not closed", function()
  it("is reported at once, since a string cannot continue in the next line", function()
    local s <close> = sit()
    assert.matches(
      "\nline 1: unfinished string: its quote is not closed\n",
      s:run 'org:user "olive'
    )
    assert.matches("\n2\n", s:run "1 + 1")
    assert.matches("unfinished string", s:run "x = 'it")
  end)

  it("continues after a backslash, and in long brackets", function()
    local s <close> = sit()
    s:type "'a\\\r"
    s:see ">> $"
    assert.matches("\na\nb\n", s:run "b'")
    s:type "'a\\z\r"
    s:see ">> $"
    assert.matches("\nab\n", s:run "   b'")
    s:type "[[a\r"
    s:see ">> $"
    assert.matches("\na\n'b\n", s:run "'b]]")
    s:type "print('x',\r"
    s:see ">> $"
    assert.matches("unfinished string", s:run "'y")
  end)
end)

describe("an example of help", function()
  it("fits the window, and can be copied all the same", function()
    local s <close> = sit { COLUMNS = "60" }
    local text = s:run "?org.invite"
    local example = text:match "\n  example   (.-)\n[^ ]"
    for line in ("            " .. example .. "\n"):gmatch "[^\n]+" do
      assert.is_true(#line <= 60, line)
    end
    assert.matches('{org:group\n? *"Engineering"}', example)
    s:run ":write on"
    assert.matches("\n1\n", s:run(example:gsub("\n", "\r")))
  end)
end)
