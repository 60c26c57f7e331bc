-- Invisible characters and terminal controls in names are escaped wherever a person reads them.
local helper = require "spec.helper"
local core = require "toggl.core"
local screen = require "toggl.text.screen"

local UNSEEN = {
  0,
  7,
  10,
  13,
  27,
  0x7F,
  0x80,
  0x9B,
  0xA0,
  0xAD,
  0x34F,
  0x61C,
  0x115F,
  0x180E,
  0x200B,
  0x200D,
  0x200F,
  0x2028,
  0x202E,
  0x2060,
  0x2066,
  0x2800,
  0x3164,
  0xFEFF,
  0xFFA0,
  0xE0041,
}

describe("characters that are not seen", function()
  it("are spelled on a screen, and others are not", function()
    for _, point in ipairs(UNSEEN) do
      local text = screen.clean("A" .. utf8.char(point) .. "B")
      assert.matches("^A\\[nret]?u?{?%x*}?B$", text)
    end
    for _, text in ipairs {
      "Zoë Müller",
      "山田　太郎",
      "👍🏽",
      "❤️",
      "Ω = ½",
      "a b",
    } do
      assert.equal(text, screen.clean(text))
    end
    assert.equal("a\\xffb\\xc0", screen.clean "a\xFFb\xC0")
  end)

  it("are spelled by tostring of a record", function()
    local list =
      core.parse("organization", '[{"id":7,"name":"A\\u001b]0;x\\u0007\\u202eB\\u200b"}]')
    assert.equal("organization 7 (A\\e]0;x\\u{7}\\u{202e}B\\u{200b})", tostring(list[1]))
  end)

  it("do not reach a terminal by print, a table or CSV", function()
    local server <close> = helper.sandbox { port = 0 }
    server:fault '200@/me/organizations [{"id":1,"name":"A\\u001b]0;x\\u0007\\u202e\\u200bB","admin":true}]'
    local home = os.tmpname()
    os.remove(home)
    local e =
      helper.environment(home, { TOGGL_API_URL = server.url, TOGGL_API_TOKEN = server:token() })
    for _, words in ipairs {
      { "-e", "print(client:organizations()[1].name)" },
      { "-e", "return client:organizations()" },
      { "--output", "csv", "-e", "return client:organizations()" },
    } do
      local line = {}
      for i, word in ipairs(words) do
        line[i] = helper.quote(word)
      end
      local command = table.concat(line, " "):gsub('"', '\\"')
      local out = helper.sh(e, ('script -qec "$T %s" /dev/null'):format(command))
      assert.matches("A\\e%]0;x\\u{7}\\u{202e}\\u{200b}B", out)
      assert.is_nil(
        out:find "\27%]0" or out:find "\u{202e}" or out:find "\u{200b}" or out:find "\7"
      )
    end
    for _, format in ipairs { "json", "jsonl" } do
      local line = ("$T --output %s -e 'return client:organizations()'"):format(format)
      local out = helper.sh(e, ('script -qec "%s" /dev/null'):format(line))
      assert.matches('"A\\u001b%]0;x\\u0007\\u202e\\u200bB"', out)
      out = helper.sh(e, line)
      assert.truthy(out:find("\u{202e}\u{200b}B", 1, true))
    end
    helper.remove(home)
  end)
end)
