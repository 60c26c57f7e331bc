-- The journal of changes, as a script sees it.
local helper = require "spec.helper"

describe("the journal", function()
  local server, folder
  setup(function()
    server = helper.sandbox { people = 5 }
    folder = helper.scratch()
  end)
  teardown(function()
    server:stop()
    helper.remove(folder)
  end)

  local function client(file)
    return helper.client(server, { journal = folder .. "/" .. file })
  end

  it("lists a change with its outcome, and no read", function()
    local c <close> = client "one.db"
    local org = c:organization "Acme"
    assert.same({}, c:journal())
    assert(org:rename "Acme")
    local entries = c:journal()
    assert.equal(1, #entries)
    assert.same({ "done", "put_organization", 1 }, {
      entries[1].state,
      entries[1].write.operation,
      entries[1].attempts,
    })
    assert.equal(1, #c:journal { state = "done" })
    assert.equal(0, #c:journal { state = "unknown" })
    assert.is_nil(c:check_journal().broken)
  end)

  it("keeps what is over, and entries that are not there, from being closed", function()
    local c <close> = client "two.db"
    assert(c:organization("Acme"):rename "Acme")
    local ok, err = c:close_entry(1, "absent")
    assert.is_nil(ok)
    assert.equal("invalid", err.kind)
    ok, err = c:close_entry(9, "done")
    assert.is_nil(ok)
    assert.equal("not_found", err.kind)
    assert.equal("done", c:journal()[1].state)
  end)

  it("that cannot be written keeps a change from being sent", function()
    assert(os.execute("ln -s /dev/full " .. helper.quote(folder .. "/full.db")))
    local c <close> = client "full.db"
    local org = c:organization "Acme"
    local before = server:requests()
    local ok, err = org:rename "Elsewhere"
    assert.is_nil(ok)
    assert.matches("cannot be recorded in the journal", err.message)
    assert.equal(before, server:requests())
  end)
end)
