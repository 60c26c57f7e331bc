-- Folding and width of texts by Unicode's rules.
local core = require "toggl.core"
local screen = require "toggl.text.screen"

describe("texts that look the same", function()
  local alike = {
    {
      "Zoë Mensah",
      "Zoe\u{308} Mensah",
      "ZOË MENSAH",
      "  zoë mensah\t",
      "Zoë\u{A0}Mensah",
      "Zo\u{200B}ë Mensah",
    },
    { "Straße", "STRASSE", "strasse" },
    { "İpek", "i\u{307}pek" },
    { "한글", "\u{1112}\u{1161}\u{11AB}\u{1100}\u{1173}\u{11AF}" },
    { "Team 2024", "ＴＥＡＭ ２０２４" },
    { "Nguy\u{1EC5}n", "Nguye\u{302}\u{303}n" },
    { "Ann Lee", "Ann  Lee", "ann\u{2003} \u{2028}lee" },
    { "O'Neil", "O’Neil", "O‘Neil", "OʼNeil", "O´Neil" },
    { 'Ann "Bo" Roe', "Ann “Bo” Roe" },
    { "Jean-Luc", "Jean\u{2010}Luc", "Jean\u{2011}Luc", "Jean–Luc", "Jean−Luc" },
    { "e\u{323}\u{307}", "e\u{307}\u{323}" }, -- combining marks in another order
  }
  for _, group in ipairs(alike) do
    it("fold to one: " .. group[1], function()
      for _, text in ipairs(group) do
        assert.equal(core.fold(group[1]), core.fold(text))
      end
    end)
  end

  it("and others do not", function()
    assert.not_equal(core.fold "Zoë", core.fold "Zoe")
    assert.not_equal(core.fold "Bob", core.fold "Rob")
  end)

  it("stay what they are where they are no UTF-8, and folding twice changes nothing", function()
    for _, text in ipairs { "\xFF", "a\xC3", "\xED\xA0\x80", ("\xCC\x88"):rep(3) } do
      assert.equal(core.fold(text), core.fold(core.fold(text)))
    end
    assert.equal("A\xFF", core.fold "A\xFF")
    assert.equal("", core.fold "")
    assert.equal("", core.fold " \n ")
  end)
end)

describe("the width of a text", function()
  local columns = {
    [""] = 0,
    ["abc"] = 3,
    ["李伟"] = 4,
    ["e\u{301}"] = 1,
    ["👩‍👩‍👧"] = 2,
    ["🇩🇪"] = 2,
    ["❤\u{FE0F}"] = 2,
    ["a\u{200B}b"] = 2,
    ["ｱ"] = 1,
    ["…"] = 1,
    ["\u{1F468}\u{1F3FD}"] = 2,
    ["한"] = 2,
  }
  for text, n in pairs(columns) do
    it(("is %d of %q"):format(n, text), function() assert.equal(n, screen.width(text)) end)
  end

  it("is kept by a cut, which divides no letter", function()
    assert.equal("🇩🇪…", screen.cut("🇩🇪🇫🇷🇮🇹", 4))
    assert.equal("e\u{301}…", screen.cut("e\u{301}e\u{301}e\u{301}", 2))
    assert.equal("李…", screen.cut("李伟伟", 4))
    for width = 1, 9 do
      assert.is_true(
        screen.width(screen.cut("a👩‍👩‍👧李e\u{301}🇩🇪bcd", width)) <= width
      )
    end
  end)
end)

describe("the nearest name", function()
  local near = require "toggl.text.near"

  it("is found among as many names as an organization has", function()
    local names = {}
    for i = 1, 20000 do
      names[i] = ("person%05d@example.com"):format(i * 7)
    end
    names[12345] = "Enginering"
    assert.equal("Enginering", near.name("engineernig", names))
  end)

  it("folds both sides, and a swap of two letters is one edit", function()
    assert.equal("ZOË MENSAH", near.name("zoe\u{308} mensha", { "ZOË MENSAH", "Anna" }))
    assert.equal("abdc", near.name("abcd", { "abdc", "xbxd" }))
  end)
end)
