-- A dry run checks and builds each write and sends none, however it is requested.
local helper = require "spec.helper"
local seat = require "spec.terminal.seat"
local toggl = require "toggl"

describe("a client with dry_run", function()
  local server, client, org, events

  before_each(function()
    server, events = helper.sandbox(), {}
    client = helper.client(server, {
      dry_run = true,
      cache = ":memory:",
      state = ":memory:",
      log = function(e)
        if e.type == "dry" then events[#events + 1] = e end
      end,
    })
    org = assert(client:organization "Acme")
  end)

  after_each(function()
    client:close()
    server:stop()
    client, org = nil, nil
  end)

  local function nothing_sent(f)
    local before = client:cost().total
    assert.equal(0, helper.requests_during(server, f))
    assert.equal(before, client:cost().total)
  end

  it("sends no change and charges none, and reads as ever", function()
    local group = assert(org:group "Support")
    local olive = assert(org:user "olive@example.com")
    nothing_sent(function()
      assert(group:remove(olive))
      assert(group:update { name = "Helpers" })
      assert(olive:deactivate())
      assert(org:update { name = "Elsewhere" })
      assert(org:create_group { name = "New" })
    end)
    assert.equal(5, #events)
    assert.is_true(#assert(org:users { refresh = true }) > 0)
    assert.equal("Acme", assert(client:organization(org.id, { refresh = true })).name)
    assert(org:group("Support", { refresh = true }))
  end)

  it("answers every change with what is empty and of the shape that the row says", function()
    local shapes = {
      record = "userdata",
      list = "userdata",
      map = "table",
      nothing = "boolean",
      int = "number",
      string = "string",
    }
    local id, seen = org.id, {}
    local function value_for(p)
      if p.type == "integer" or p.type == "int" then return 1 end
      if p.type == "list" or p.type == "map" then return {} end
      return p.words and p.words[1] or "x"
    end
    for _, op in ipairs(toggl.operations) do
      local args = {}
      for _, p in ipairs(op.params) do
        if p.in_ == "path" then
          args[p.name] = p.name == "organization_id" and id or value_for(p)
        end
      end
      if op.verb ~= "GET" then
        local ok, reply, response = pcall(client.api[op.name], args)
        if ok and response and response.from == "dry" then
          seen[op.reply] = true
          if shapes[op.reply] then assert.equal(shapes[op.reply], type(reply), op.name) end
          assert.same({ 0, 0 }, { response.status, response.cost }, op.name)
        elseif ok then
          -- a list that is requested by POST
          assert.equal("wire", response and response.from or "wire", op.name)
        end
      end
    end
    assert.is_true(seen.record and seen.nothing)
  end)

  it("reports what would have been sent, without secrets", function()
    assert(org:group "Support":update { name = "Helpers" })
    local e = events[1]
    assert.same(
      { "dry", "PUT", "put_organization_group", '{"name":"Helpers"}' },
      { e.type, e.method, e.operation, e.body }
    )
    assert.matches("^/organizations/%d+/groups/%d+$", e.path)
  end)

  it("reports the whole of a long body, and the request as a value", function()
    local emails = {}
    for i = 1, 60 do
      emails[i] = ("person%d@example.com"):format(i)
    end
    assert(org:invite { emails = emails, workspaces = { org:workspace "Main" } })
    local body = toggl.json.decode(events[1].body)
    assert.same(emails, body.emails)
    local request = toggl.json.decode(events[1].request)
    assert.same({ "post_organization_invitation", body }, { request.op, request.body })
  end)

  it("checks as ever", function()
    nothing_sent(function()
      assert.has_error(
        function()
          org:invite { emails = { "not an address" }, workspaces = { { workspace_id = 1 } } }
        end
      )
      assert.has_error(function() org:update { nmae = "x" } end)
    end)
    assert.equal(0, #events)
  end)

  it("holds for raw requests", function()
    local reply, response
    nothing_sent(function()
      reply, response = client:request("DELETE", ("/organizations/%d/groups/1"):format(org.id))
      assert.equal("dry", response.from)
      reply, response = client:request("POST", "/something/new", { body = { a = 1 } })
    end)
    assert.same({ true, "dry" }, { reply, response.from })
    assert.equal('{"a":1}', events[2].body)
    assert.equal(2, #client:request("GET", "/me/organizations"))
  end)

  it("holds in tasks and in toggl.map", function()
    local groups = org:groups()
    nothing_sent(function()
      toggl.map(groups, function(g) return assert(g:update { name = g.name .. " 2" }) end)
    end)
    assert.equal(#groups, #events)
  end)

  it("asks no question, and needs no network", function()
    local asked = 0
    local careful <close> = helper.client(
      server,
      { dry_run = true, offline = true, confirm = function() asked = asked + 1 end }
    )
    assert(careful.api.put_organization { organization_id = org.id, name = "x" })
    assert.equal(0, asked)
  end)

  it(
    "is asked for by one call of another client as well, and cannot be taken back by one",
    function()
      local plain <close> = helper.client(server)
      local id = org.id
      nothing_sent(function()
        assert(plain.api.put_organization { organization_id = id, name = "x", dry_run = true })
        assert(client.api.put_organization { organization_id = id, name = "x", dry_run = false })
      end)
      assert.equal(
        1,
        helper.requests_during(
          server,
          function() assert(plain.api.put_organization { organization_id = id, name = "Acme" }) end
        )
      )
    end
  )
end)

describe("togglsh --dry-run", function()
  local home

  before_each(function() home = seat.home() end)
  after_each(function() helper.remove(home) end)

  local function togglsh(...)
    return helper.run({
      HOME = home,
      XDG_CONFIG_HOME = "",
      XDG_CACHE_HOME = "",
      XDG_STATE_HOME = "",
      TOGGL_API_TOKEN = "",
    }, helper.build .. "/togglsh", "--sandbox", ...)
  end

  local REMOVE = "org:group('Support'):remove(org:user 'olive@example.com') "
  local LEFT = "print(#org:group('Support', {refresh = true}).users)"

  local function write(name, text)
    local file <close> = assert(io.open(home .. "/" .. name, "w"))
    file:write(text)
    return home .. "/" .. name
  end

  -- Check that the preview of the one write was printed, and nothing was sent.
  local function only_said(out, err, status)
    assert.matches(
      '^would PATCH /organizations/%d+/groups/%d+ %[{"op":"remove".-%]: Adds people and workspaces',
      err
    )
    assert.matches("\ntogglsh: 1 change was not sent\n$", err)
    assert.same({ "3\n", 3 }, { out, status })
  end

  it("sends nothing of -e, and ends with 3", function()
    only_said(togglsh("--dry-run", "-e", REMOVE .. LEFT))
    only_said(togglsh("--dry-run", "--yes", "-e", REMOVE .. LEFT .. " os.exit(0)"))
    local out, err, status = togglsh("--dry-run", "-e", LEFT)
    assert.same({ "3\n", "", 0 }, { out, err, status })
  end)

  it("sends nothing of a script, also of a client of its own", function()
    only_said(togglsh("--dry-run", write("a.lua", REMOVE .. LEFT)))
    only_said(togglsh(
      "--dry-run",
      write("b.lua", [[
      local client <close> = require "toggl".client{sandbox = true, dry_run = false}
      org = client:organization "Acme" ]] .. REMOVE .. LEFT)
    ))
  end)

  it("counts", function()
    local _, err, status =
      togglsh("--dry-run", "-e", "for _, g in ipairs(org:groups()) do g:update{name = 'x'} end")
    assert.equal(3, status)
    local n = select(2, err:gsub("would PUT", ""))
    assert.matches(("togglsh: %d changes were not sent\n$"):format(n), err)
  end)

  it("reports the changes before an error, whose status it keeps", function()
    local _, err, status =
      togglsh("--dry-run", "-e", REMOVE .. "error{kind = 'partial', message = 'stop'}")
    assert.equal(5, status)
    assert.matches("togglsh: stop\ntogglsh: 1 change was not sent\n$", err)
  end)

  it("is obeyed by a job, wherever it stands", function()
    local words = { "invite", "--workspace", "Main", "--group=Support", "bo@example.com" }
    for _, at in ipairs { 1, 2, 7 } do
      local all = table.move(words, 1, #words, 1, {})
      table.insert(all, math.min(at, #all + 1), "--dry-run")
      local out, err, status = togglsh(table.unpack(all))
      assert.equal(3, status)
      assert.matches("+ invite     1 person in 1 batch", out, 1, true)
      assert.equal(
        "would ask: Invite bo@example.com into Acme, workspaces Main, groups Support?\n",
        err
      )
    end
  end)

  it("is obeyed by a job of one's own that asks first", function()
    assert(os.execute("mkdir -p " .. home .. "/.config/toggl/scripts"))
    write(
      ".config/toggl/scripts/drop.lua",
      "-- togglsh drop: x\ntoggl.options.confirm 'Drop?' " .. REMOVE .. LEFT
    )
    local out, err, status = togglsh("drop", "--dry-run")
    assert.same({ "3\n", 3 }, { out, status })
    assert.matches("^would ask: Drop%?\nwould PATCH ", err)
  end)

  it("keeps files and credentials as they are", function()
    local path = home .. "/audit.html"
    local out, err, status = togglsh("--dry-run", "report", path)
    assert.same({ "", "would write " .. path .. "\n", 0 }, { out, err, status })
    assert.is_nil(io.open(path))
    status = select(3, togglsh("--dry-run", "auth", "logout"))
    assert.equal(2, status)
  end)

  it("prints at the prompt and stays", function()
    local s <close> = seat.sit(home, { "--sandbox", "--dry-run" })
    s:see "DRY RUN> $"
    local text = s:run "org:group('Support'):remove(org:user 'olive@example.com')"
    assert.matches("would PATCH /organizations/%d+/groups/%d+ %[", text)
    assert.is_nil(text:find "Send it?")
    assert.matches("\n3\n", s:run "#org:group('Support', {refresh = true}).users")
    s:key "finish"
    assert.equal(0, s:leave())
  end)
end)
