-- togglsh cache: what is in the store, what was deleted from it, and emptying it in any state.
local helper = require "spec.helper"
local seat = require "spec.terminal.seat"

local server, home

local quote, write = helper.quote, helper.write

local function environment() return helper.environment(home, helper.account(server)) end

local function togglsh(...) return helper.run(environment(), helper.build .. "/togglsh", ...) end

local function cache_file() return home .. "/cache/toggl/cache.db" end

before_each(function()
  server = helper.sandbox { record = false, port = 0, plan = "starter" }
  home = helper.scratch()
end)

after_each(function()
  server:stop()
  helper.remove(home)
end)

local READ = "print(#org:users())"

describe("togglsh cache", function()
  it("shows what is in the store, to people and to programs, without credentials", function()
    local out, err, status = togglsh("cache", "status")
    assert.same({ "", 0 }, { err, status })
    assert.matches(
      "^where     " .. cache_file() .. "\nstate     not made yet\ncopies    none\n$",
      out
    )
    togglsh("-e", READ)
    local before = server:requests()
    local plain = environment()
    plain.TOGGL_API_TOKEN = ""
    out, err, status = helper.run(plain, helper.build .. "/togglsh", "cache", "status")
    assert.same({ "", 0 }, { err, status })
    assert.matches(
      "state     in use\nsize      %d+ KiB, at most 256 MiB\nreplies   2\nage       %d+ seconds?\n"
        .. "rows      0 records of complete lists, found by index\nversion   %d+\n",
      out
    )
    local row = require("toggl").json.decode((togglsh("cache", "status", "--output", "json")))[1]
    assert.same({ "in use", 2, 0 }, { row.state, row.replies, row.copies })
    assert.is_true(math.abs(row.newest - os.time()) < 10)
    assert.equal(before, server:requests())
  end)

  it("shows what was deleted to keep it small", function()
    local client = helper.client(
      server,
      { cache = home .. "/cache/toggl/cache.db", cache_limit = 700000, state = false }
    )
    local org = client:organizations()[1]
    for per_page = 30, 60 do
      org:users { page = 1, per_page = per_page }
    end
    client:close()
    local size, seconds = (togglsh("cache", "status")):match(
      "size      (%d+) KiB, at most 684 KiB\n.*\ntrimmed   %d+ replies %(%d+ KiB%), "
        .. "last (%d+) seconds? ago: too old, or the store too large\n"
    )
    assert.is_true(tonumber(size) <= 684 and tonumber(seconds) < 60)
  end)

  it("clears it: replies, and the room that they took", function()
    togglsh("-e", READ)
    local large = #helper.read(cache_file())
    local out, err, status = togglsh("cache", "clear")
    assert.same({ "removed 2 replies from " .. cache_file() .. "\n", "", 0 }, { out, err, status })
    assert.is_true(#helper.read(cache_file()) < large)
    assert.equal("ok", seat.integrity(cache_file()))
    assert.equal(2, helper.requests_during(server, function() togglsh("-e", READ) end))
    assert.equal(0, helper.requests_during(server, function() togglsh("-e", READ) end))
  end)

  it("removes quarantined copies, and a damaged store", function()
    togglsh("-e", READ)
    write(cache_file(), ("no database"):rep(900))
    local out, err, status = togglsh("cache", "status")
    assert.equal(1, status)
    assert.matches("state     not used", out)
    assert.matches("cache.db: it is not a database of this program", err)
    out, err, status = togglsh("cache", "clear")
    assert.same({ "", 0 }, { err, status })
    assert.matches("^removed 1 quarantined copy from ", out)
    write(cache_file(), ("no database"):rep(900))
    togglsh("-e", READ)
    assert.matches("copies    1 %(9900 bytes%)", (togglsh("cache", "status")))
    assert.matches("^removed 2 replies and 1 quarantined copy from ", (togglsh("cache", "clear")))
    assert.matches("copies    none", (togglsh("cache", "status")))
    local left = io.popen("ls " .. quote(home .. "/cache/toggl"))
    assert.is_nil(left:read "a":find "damaged")
    left:close()
  end)

  it("removes replies from a file whose damage only shows when it is emptied", function()
    togglsh("-e", READ)
    local text = helper.read(cache_file())
    write(cache_file(), text:sub(1, 4096) .. ("\xff"):rep(#text - 4096))
    local _, err, status = togglsh("cache", "clear")
    assert.same({ "", 0 }, { err, status })
    assert.is_nil(helper.read(cache_file()):find(("\xff"):rep(100), 1, true))
    assert.equal("ok", seat.integrity(cache_file()))
  end)

  it("leaves a newer store and a foreign one alone, and says so", function()
    togglsh("-e", READ)
    local foreign = home .. "/foreign.db"
    require("toggl.sandbox").start { file = foreign }:stop()
    foreign = helper.read(foreign)
    for _, pattern in ipairs {
      "newer version of this program %(its layout is 99, ours %d+%)",
      "not a database of this program",
    } do
      if pattern:find "newer" then
        helper.patch(cache_file(), 60, 99)
      else
        write(cache_file(), foreign)
      end
      local before = helper.read(cache_file())
      for _, action in ipairs { "status", "clear" } do
        local _, err, status = togglsh("cache", action)
        assert.equal(1, status)
        assert.matches(pattern .. ".*left alone", err)
        assert.equal(before, helper.read(cache_file()))
      end
    end
  end)

  it("says that another process holds it, within seconds", function()
    togglsh("-e", READ)
    local release = seat.hold(cache_file())
    local start = seat.now()
    local out, err, status = togglsh("cache", "clear")
    local took = seat.now() - start
    release()
    assert.same({ "", 1 }, { out, status })
    assert.matches("another process holds it", err)
    assert.is_true(took < 5, took .. " s")
    assert.matches("^removed 2 replies", (togglsh("cache", "clear")))
  end)

  it(
    "touches no file of a person in a rehearsal, has no dry run, and names its arguments",
    function()
      togglsh("-e", READ)
      assert.matches("nothing to remove", (togglsh("--sandbox", "cache", "clear")))
      local _, err, status = togglsh("--dry-run", "cache", "clear")
      assert.equal(2, status)
      assert.matches("no dry run; nothing was removed", err)
      assert.matches("replies   2\n", (togglsh("cache", "status")))
      for _, words in ipairs { {}, { "empty" }, { "status", "more" } } do
        _, err, status = togglsh("cache", table.unpack(words))
        assert.equal(2, status)
        assert.matches("cache requires status", err .. "cache requires status")
      end
    end
  )
end)
