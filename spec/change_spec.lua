-- Follow doc/change.md from beginning to end, and README's screen of a change: each command must
-- send the requests, exit with the status and print the lines that the page shows.

local helper = require "spec.helper"

-- Return the blocks of the page, or of one chapter, in order: { kind = "sh" | "lua" | "text", text
-- =, file = }.
local function blocks_of(path, chapter)
  local blocks, open, file = {}, nil, nil
  local text = helper.read(path)
  if chapter then text = text:match("\n## " .. chapter .. "\n(.-)\n## ") .. "\n" end
  for line in text:gmatch "([^\n]*)\n" do
    local kind = line:match "^```(%l*)$"
    if open and kind == "" then
      blocks[#blocks + 1], open, file = open, nil, nil
    elseif open then
      open.text = open.text .. line .. "\n"
    elseif kind then
      open = { kind = kind, text = "", file = file }
    elseif line ~= "" then
      file = line:match "change_spec%.lua writes it to (%S+)"
    end
  end
  return blocks
end

local function hold(path, least, chapter)
  return function()
    local server <close> = helper.sandbox { people = 12, plan = "none", record = false, port = 0 }
    local home = helper.scratch()
    assert(os.execute(("mkdir -p %s/config/toggl"):format(helper.quote(home))))
    helper.write(
      home .. "/config/toggl/profiles",
      ("[work]\ntoken = %s\nbase_url = %s\norganization = Acme\nsettle = 0\n"):format(
        server:token(),
        server.url
      )
    )
    assert(os.execute(("chmod -R go-rwx %s"):format(helper.quote(home))))
    local environment = helper.environment(home, { TOGGL_PROFILE = "work", NO_COLOR = "1" })
    local pipe <close> = io.popen("realpath " .. helper.quote(helper.build .. "/togglsh"))
    local togglsh, shown, n = pipe:read "l", "", 0

    local function command(line)
      local words, note = line:match "^togglsh (.-)%s*#%s*(.*)$"
      if line:find("sandbox", 1, true) then return end
      assert.is_truthy(words, line)
      local reading = words:find "^plan" or words:find "^export"
      local before = server:requests()
      local out, err, status = helper.run(
        environment,
        "bash",
        "-c",
        ("cd %s && %s %s%s"):format(helper.quote(home), togglsh, reading and "" or "--yes ", words)
      )
      shown = out .. err
      local all = line .. "\n" .. shown
      assert.equal(tonumber(note:match "exit status (%d)") or 0, status, all)
      assert.equal(tonumber(note:match "^(%d+) request"), server:requests() - before, all)
      n = n + 1
    end

    for _, block in ipairs(blocks_of(path, chapter)) do
      if block.file then helper.write(home .. "/" .. block.file, block.text) end
      for line in block.text:gmatch "[^\n]+" do
        if block.kind == "sh" then
          command(line)
        elseif block.kind == "text" then
          assert.is_truthy(
            shown:find(line, 1, true),
            ("%q does not come in:\n%s"):format(line, shown)
          )
        end
      end
    end
    assert.is_true(n >= least)
    helper.remove(home)
  end
end

-- Type the lines that start a sandbox, and then a job: it finds the server, the token and the
-- organization.
local function started(path)
  return function()
    local home = helper.scratch()
    local first = blocks_of(path)[1].text
    assert.is_truthy(first:find("togglsh sandbox", 1, true))
    local script = first:gsub("%-%-port %d+", "--port 0") .. "togglsh groups; kill $!"
    local pipe <close> = io.popen("realpath " .. helper.quote(helper.build .. "/togglsh"))
    local togglsh = ("alias togglsh=%s\nshopt -s expand_aliases\n"):format(
      helper.quote(pipe:read "l")
    )
    helper.write(home .. "/lines", togglsh .. "cd " .. helper.quote(home) .. "\n" .. script)
    local environment = helper.environment(home, { NO_COLOR = "1" })
    local out, err = helper.run(environment, "bash", home .. "/lines")
    assert.matches("\n2600000%d%d%d  ", out, err)
    helper.remove(home)
  end
end

describe("the page of", function()
  it("changes starts a sandbox that its commands find", started "doc/change.md")
  it("the sandbox does so too", started "doc/sandbox.md")
  it("changes holds, with its requests", hold("doc/change.md", 10))
  it("first sight holds too: README", hold("README.md", 4, "One screen of change"))
end)
