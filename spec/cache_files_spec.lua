-- The file of the store: where it is, and files that are damaged, foreign, newer or replaced.
local helper = require "spec.helper"
local core = require "toggl.core"
local toggl = require "toggl"

local server, folder

-- Return a client with a store: in memory, or the file of the options.
local function with_cache(options) return helper.client(server, { cache = ":memory:" }, options) end

local function cost(f, ...) return helper.requests_during(server, f, ...) end

local read, write = helper.read, helper.write

describe("where it is kept:", function()
  before_each(function()
    server = helper.sandbox { record = false }
    folder = helper.scratch()
  end)

  after_each(function()
    server:stop()
    helper.remove(folder)
  end)

  it("nowhere, with cache = false", function()
    local client <close> = with_cache { cache = false }
    client:organizations()
    assert.equal(1, cost(function() client:organizations() end))
    local none, err = client:sql "SELECT 1"
    assert.is_nil(none)
    assert.equal("offline", err.kind)
  end)

  it("with the client, for :memory:", function()
    local one <close> = with_cache()
    local two <close> = with_cache()
    one:organizations()
    assert.equal(0, cost(function() one:organizations() end))
    assert.equal(1, cost(function() two:organizations() end))
  end)

  it("in a private file, whose folders are made", function()
    local path = folder .. "/a/b/cache.db"
    do
      local client <close> = with_cache { cache = path }
      client:organizations()
    end
    local client <close> = with_cache { cache = path }
    assert.equal(0, cost(function() client:organizations() end))
    local mode = io.popen("stat -c %a " .. helper.quote(path))
    assert.equal("600\n", mode:read "a")
    mode:close()
  end)

  -- Return a client of the store at PATH, and the list of its warnings.
  local function warned(path)
    local warnings = {}
    return with_cache {
      cache = path,
      log = function(event)
        if event.type == "warning" then warnings[#warnings + 1] = event.reason end
      end,
    },
      warnings
  end

  -- Check that the file at PATH is quarantined with a warning that matches, and replaced.
  local function is_quarantined(path, pattern)
    local bad = read(path)
    local client, warnings = warned(path)
    assert.equal(2, #client:organizations())
    assert.equal(1, #warnings)
    assert.matches(pattern, warnings[1])
    assert.matches("quarantined as cache%.db%.damaged%-", warnings[1])
    assert.equal(bad, read(folder .. "/" .. warnings[1]:match "quarantined as (%S+)"))
    assert.equal(0, cost(function() client:organizations() end))
    client:close()
    local again, none = warned(path)
    assert.equal(0, cost(function() again:organizations() end))
    assert.is_nil(next(none))
    again:close()
  end

  local function make_cache(path)
    local client <close> = with_cache { cache = path }
    client:organizations()
  end

  it("not in a damaged file", function()
    local path = folder .. "/cache.db"
    write(path, ("this is no database"):rep(1000))
    is_quarantined(path, "not a database of this program")
  end)

  it("not in a file whose middle is damaged", function()
    local path = folder .. "/cache.db"
    make_cache(path)
    local text = read(path)
    write(path, text:sub(1, 100) .. ("\xff"):rep(#text - 100))
    is_quarantined(path, "damaged")
  end)

  it("not in a database of another program", function()
    local path = folder .. "/cache.db"
    make_cache(path)
    helper.patch(path, 68, 42)
    is_quarantined(path, "not a database of this program")
  end)

  it("not in a file of a newer version", function()
    local path = folder .. "/cache.db"
    make_cache(path)
    helper.patch(path, 60, 99)
    local before = read(path)
    local client <close>, warnings = warned(path)
    assert.equal(2, #client:organizations())
    assert.equal(1, #warnings)
    assert.matches("newer version.*left alone.*every run sends its requests again", warnings[1])
    assert.equal(before, read(path))
  end)

  it("nowhere, with a warning, when the folder cannot be used", function()
    for _, path in ipairs { "/proc/nowhere/cache.db", "/dev/null/cache.db", folder } do
      local client, warnings = warned(path)
      assert.equal(2, #client:organizations())
      assert.equal(1, cost(function() client:organizations() end))
      assert.equal(1, #warnings, path)
      client:close()
    end
  end)

  it("nowhere, with a warning, when the file cannot be written", function()
    local path = folder .. "/cache.db"
    make_cache(path)
    if os.execute("chattr +i " .. helper.quote(path) .. " 2>/dev/null") then
      local client, warnings = warned(path)
      assert.equal(2, #client:organizations { refresh = true })
      client:close()
      os.execute("chattr -i " .. helper.quote(path))
      assert.is_true(#warnings >= 1)
    else
      pending "no file system here that protects a file from root"
    end
  end)

  it("nowhere, with a warning, through a link, which could lead anywhere", function()
    local path = folder .. "/cache.db"
    write(folder .. "/other", "")
    os.execute(("ln -s %s %s"):format(helper.quote(folder .. "/other"), helper.quote(path)))
    local client, warnings = warned(path)
    assert.equal(2, #client:organizations())
    assert.matches("symbolic link", warnings[1])
    assert.equal("", read(folder .. "/other"))
    client:close()
  end)
end)

describe("a file that is replaced", function()
  it("while clients use it is left for the new one", function()
    server = helper.sandbox { record = false }
    folder = helper.scratch()
    local path = folder .. "/cache.db"
    local client <close> = with_cache { cache = path }
    client:organizations()
    for _, name in ipairs { "", "-wal", "-shm" } do
      os.remove(path .. name)
    end
    core.sleep(1.1)
    assert.equal(1, cost(function() client:organizations() end))
    client:close()
    assert.is_truthy(toggl.json)
    local again <close> = with_cache { cache = path }
    assert.equal(0, cost(function() again:organizations() end))
    again:close()
    server:stop()
    helper.remove(folder)
  end)
end)
