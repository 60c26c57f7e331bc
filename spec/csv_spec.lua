local csv = require "toggl.text.csv"

describe("toggl.csv writes", function()
  it(
    "lines that end with CR LF, and quotes only where they are needed",
    function()
      assert.equal('a,"b,c","d""e","f\ng"," h"\r\n', csv.row { "a", "b,c", 'd"e', "f\ng", " h" })
    end
  )

  it(
    "nothing for nil, and what tostring says for all else",
    function() assert.equal("1,,true,2.5\r\n", csv.row { 1, nil, true, 2.5, n = 4 }) end
  )

  it(
    "no line without a character, for that would be no row",
    function() assert.equal('""\r\n', csv.row { "" }) end
  )

  it("an apostrophe before what a spreadsheet would run", function()
    for _, text in ipairs { "=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx" } do
      assert.matches("^\"?'", csv.row { text })
    end
    assert.equal("-1,a=1\r\n", csv.row { -1, "a=1" })
    assert.equal("=1+1\r\n", csv.row({ "=1+1" }, { guard = false }))
  end)

  it(
    "with another separator or line end",
    function()
      assert.equal('a;b,c;"d;e"\n', csv.row({ "a", "b,c", "d;e" }, { separator = ";", eol = "\n" }))
    end
  )
end)

describe("toggl.csv reads", function()
  it("numbers with a point in a locale with a decimal comma, as a picture has them", function()
    local old = os.setlocale(nil, "numeric")
    if not os.setlocale("de_DE.UTF-8", "numeric") then
      return pending "de_DE.UTF-8 is not installed"
    end
    local text = csv.encode { { 12.5, 3 } }
    local people = { active = 1, invited = 1, inactive = 1 }
    local bar = tostring(require("toggl.text.picture").bar(people, 7))
    os.setlocale(old, "numeric")
    assert.equal("12.5,3\r\n", text)
    assert.is_nil(bar:find "%d,%d")
  end)

  it("lines ended by LF, CR LF or the end, and a byte order mark", function()
    assert.same({ { "a", "b" }, { "1", "" } }, csv.decode "\xEF\xBB\xBFa,b\n1,")
    assert.same({ { "a" }, { "b" } }, csv.decode "a\r\nb\r\n")
    assert.same({}, csv.decode "")
  end)

  it("back what it wrote, 2,000 tables", function()
    math.randomseed(7)
    local pieces = { "=", "'", '"', ",", "\n", "\r", "\t", " ", "a", "ß", "-", "@", "" }
    for _ = 1, 2000 do
      local rows, width = {}, math.random(4)
      for r = 1, math.random(3) do
        rows[r] = {}
        for c = 1, width do
          local cell = {}
          for i = 1, math.random(0, 5) do
            cell[i] = pieces[math.random(#pieces)]
          end
          rows[r][c] = table.concat(cell)
        end
      end
      assert.same(rows, csv.decode(csv.encode(rows)))
    end
  end)

  it("records by the names of the first line", function()
    assert.same({ { name = "Ann", mail = "a@x" } }, csv.records "name,mail\nAnn,a@x\n")
    assert.matches("row 2 has 3 cells under 2 names", select(2, csv.records "a,b\n1,2,3\n"))
  end)

  it("no broken quotes, and says where they are", function()
    assert.matches("line 2: a quoted cell does not end", select(2, csv.decode 'a\n"b'))
    assert.matches("line 1", select(2, csv.decode '"a"b'))
    assert.matches("line 1", select(2, csv.decode 'a"b'))
  end)
end)

describe("the guard against formulas", function()
  local CELLS = {}
  for _, sign in ipairs { "=", "+", "-", "@", "\u{ff1d}", "\u{ff0b}", "\u{ff0d}", "\u{ff20}" } do
    for _, blank in ipairs {
      "",
      " ",
      "  ",
      "\n",
      "\r\n",
      "\t ",
      "\v",
      "\u{a0}",
      "\u{3000}",
      "\u{feff}",
      "\u{200b} ",
      "\u{2003}\n",
    } do
      CELLS[#CELLS + 1] = blank .. sign .. "1+1"
    end
  end

  it("looks through blanks, line ends and full-width signs, and comes off again", function()
    for _, text in ipairs(CELLS) do
      local line = csv.row { text }
      assert.matches("^\"?'", line, text)
      assert.same({ { text } }, csv.decode(line))
      assert.same({ { "'" .. text } }, csv.decode(csv.row { "'" .. text }))
    end
  end)

  it("leaves other text and numbers alone", function()
    for _, text in ipairs { "a=b", " a", "\u{3000}x", "1-2", "", " " } do
      assert.is_nil(csv.row { text }:find("'", 1, true), text)
    end
    assert.equal("-5\r\n", csv.row { -5 })
  end)
end)

describe("a list in a cell", function()
  it("is read back item by item, whatever they hold, 2,000 lists", function()
    math.randomseed(8)
    local pieces = { "a", "ß", ",", ", ", '"', " ", "\n", "=", "" }
    for _ = 1, 2000 do
      local items = {}
      for i = 1, math.random(0, 4) do
        items[i] = pieces[math.random(#pieces)] .. pieces[math.random(#pieces)]
      end
      local cell = csv.list(items)
      assert.same(items, csv.items(cell), cell)
    end
  end)

  it("looks as people write it where that is enough, and differs from a single name", function()
    assert.equal("Support, Night shift", csv.list { "Support", "Night shift" })
    assert.equal('"Sales, EMEA", Support', csv.list { "Sales, EMEA", "Support" })
    assert.is_nil(csv.items 'a"b, "c')
    local show = require "toggl.text.show"
    local row = { { name = "x", groups = { "Sales, EMEA", "Support" } } }
    local text = show.text(row, { format = "csv", columns = "groups" })
    assert.same({ "Sales, EMEA", "Support" }, csv.items(csv.decode(text)[2][1]))
  end)
end)

describe("tab-separated values", function()
  it(
    "have one line for each row, with escapes, and no formulas",
    function()
      assert.equal(
        "a\\tb\tc\\nd\t\t'=1\t-1\tx\\\\y\n",
        csv.tabs { "a\tb", "c\nd", nil, "=1", -1, "x\\y", n = 6 }
      )
    end
  )
end)
