-- Completion from the store: all people, groups and workspaces of the line's organization, without
-- a request, and names next to keys.
local helper = require "spec.helper"

describe("completion from the store", function()
  local server, client, acme, beta, folder
  local complete = require("toggl.shell.complete").candidates

  setup(function()
    folder = helper.scratch()
    server = helper.sandbox { people = 60, record = false }
    client = helper.client(
      server,
      { cache = folder .. "/cache.db", state = false, settle = 0, on_error = "raise" }
    )
    acme = client:organization "Acme"
    client:create_organization { name = "Green House", workspace_name = "First" }
    client:organizations { refresh = true }
    beta = client:organization "Green House"
    beta:invite({ "only@beta.test" }, { workspaces = beta:workspaces { refresh = true } })
    beta:create_group { name = "Painters" }
    for _, org in ipairs { acme, beta } do
      org:users { refresh = true }
      org:groups { refresh = true }
      org:workspaces()
    end
    rawset(_G, "client", client)
  end)
  teardown(function()
    rawset(_G, "client", nil)
    rawset(_G, "org", nil)
    rawset(_G, "other", nil)
    acme, beta = nil, nil
    client:close()
    server:stop()
    helper.remove(folder)
  end)
  before_each(function()
    rawset(_G, "org", acme)
    rawset(_G, "other", beta)
  end)

  local function offered(text, wanted, prompt)
    for _, candidate in ipairs((complete(text, prompt))) do
      if candidate:find(wanted, 1, true) then return true end
    end
    return false
  end

  it("takes the organization's key from org, else from the prompt, which looks for it", function()
    local here = require("toggl.shell.shelves").here
    local prompt = { organization = 7, find_key = function() return beta.id end }
    assert.equal(acme.id, here(prompt))
    rawset(_G, "org", nil)
    assert.equal(beta.id, here(prompt))
    prompt.key = acme.id
    assert.equal(acme.id, here(prompt))
    assert.equal(7, here { organization = 7, find_key = function() end })
    assert.is_nil(here(nil))
  end)

  it("is about the organization of the line", function()
    local lines = {
      { 'org:user "', acme },
      { "org:user('", acme },
      { 'org:user{ email = "', acme },
      { 'other:user "', beta },
      { 'other:user{ name = "', beta },
      { 'client:organization("Green House"):user "', beta },
      { 'client:organization "Green House":user("', beta },
      { ("client:organization(%d):user '"):format(beta.id), beta },
      { 'client:organization("Acme"):user "', acme },
      { 'client:organization("Acme"):group("Support"):add("', acme },
      { 'client:organization("No such"):user "', nil },
    }
    for _, row in ipairs(lines) do
      local text, org = row[1], row[2]
      local emails = text:find "name =" == nil
      if emails then
        assert.equal(org == acme and not text:find ":add", offered(text, "ann@example.com"), text)
        assert.equal(org == beta, offered(text, "only@beta.test"), text)
      end
      assert.is_false(org ~= acme and offered(text, "Ann"), text)
    end
    assert.is_true(offered('org:group "', "Support"))
    assert.is_false(offered('org:group "', "Painters"))
    assert.is_true(offered('other:group "', "Painters"))
    assert.is_false(offered('other:group "', "Support"))
    assert.is_true(offered('client:organization "', "Green House"))
    assert.is_true(offered('client:organization "', "Acme"))
  end)

  it("knows the organization before it is read", function()
    rawset(_G, "org", nil)
    assert.is_true(offered('org:user "', "only@beta.test", { key = beta.id }))
    assert.is_false(offered('org:user "', "ann@example.com", { key = beta.id }))
    assert.is_false(offered('org:user "', "only@beta.test", { organization = acme.id }))
  end)

  it("offers everyone, by what is typed, without a request", function()
    local people, count = acme:users(), 0
    local sent = server:requests()
    for _, candidate in ipairs((complete 'org:user "')) do
      count = count + (candidate:find("@", 1, true) and 1 or 0)
    end
    assert.equal(#people, count)
    for user in people:each() do
      assert.is_true(offered(('org:user "%s'):format(user.email:sub(1, 3)), user.email))
    end
    assert.same({}, (complete 'org:user "No such name'))
    assert.equal(sent, server:requests())
  end)

  it("offers names as the rest of a string, sorted, each once, as a query finds them", function()
    for _, name in ipairs { 'Say "hi"', "Say", "Say it's", "Back\\slash", "Back", "Zoë", "Zoë!" } do
      acme:create_group { name = name }
      beta:create_group { name = name }
    end
    acme:groups { refresh = true }
    beta:groups { refresh = true }
    local QUERY = "SELECT DISTINCT name FROM known_%s WHERE substr(name, 1, length(?1)) = ?1"
      .. " AND organization_id = ?2"
    local query = QUERY:format "groups"
      .. " UNION "
      .. QUERY:format "user_groups"
      .. " ORDER BY name"
    for _, prefix in ipairs { "", "S", "Say", "Say ", "Back", "Zo", "Zoë", "It", "absent" } do
      local wanted = client:sql(query, prefix, acme.id)
      for _, quote in ipairs { '"', "'", "[[" } do
        local list, word = complete(("org:group(%s%s"):format(quote, prefix))
        assert.equal(prefix, word)
        assert.equal(#wanted, #list, prefix)
        for i, candidate in ipairs(list) do
          local text = quote == "[[" and candidate .. "]]" or candidate
          assert.equal(wanted[i].name, load("return " .. quote .. text)())
        end
      end
    end
  end)

  it("inserts what all names have in common, up to where they differ", function()
    local screen = {}
    local host = { hide = function() end, show = function() end, width = function() return 80 end }
    local function key(text) return require("toggl.shell.complete").key(text, host) end
    local stdout = io.stdout
    finally(function() io.stdout = stdout end) -- luacheck: ignore 122
    local out = { write = function(_, text) screen[#screen + 1] = text end, flush = function() end }
    io.stdout = out -- luacheck: ignore 122
    assert.equal('\\slash"', key 'org:group "Back\\')
    assert.equal("y", key 'org:group "Sa')
    assert.equal("", key 'org:group "Zoë')
    assert.equal("k", key 'org:group "Bac')
    assert.matches("Zoë   Zoë!\n", table.concat(screen))
  end)

  it("offers what a change has outdated, and names its keys", function()
    local group = acme:create_group { name = "Night" }
    acme:groups { refresh = true }
    group:rename "Nightly"
    local sent = server:requests()
    assert.equal(0, #client:sql("SELECT 1 FROM groups WHERE organization_id = ?", acme.id))
    assert.is_true(offered('org:group "', "Night"))
    assert.is_true(offered('org:user "', "ann@example.com"))
    local ann = client:sql("SELECT * FROM known_users WHERE email = ?", "ann@example.com")[1]
    local names = require("toggl.known").by_key(client, "user_id")
    assert.equal(ann.name, names[ann.user_id])
    assert.is_falsy(names[5])
    for key = 1, 500 do
      assert.is_falsy(names[-key])
    end
    assert.equal(ann.name, names[ann.user_id])
    assert.equal(sent, server:requests())
  end)
end)

describe("a query", function()
  local ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
    .. " SELECT count(*) AS n FROM n"

  it("ends at its limit, and the next one runs", function()
    local server = helper.sandbox { record = false }
    local client = helper.client(
      server,
      { cache = ":memory:", state = false, query_limit = 0.05, on_error = "raise" }
    )
    local start = os.clock()
    local _, err = pcall(client.sql, client, ENDLESS)
    assert.equal("timeout", err.kind)
    assert.matches("longer than 0.05 s", err.message)
    assert.matches("query_limit", err.advice)
    assert.is_true(os.clock() - start < 5)
    assert.equal(1, client:sql("SELECT 1 AS n")[1].n)
    client:close()
    server:stop()
  end)
end)
