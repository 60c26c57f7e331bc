-- The types for editors against what runs: a name that a type lacks is marked in a correct program.
local helper = require "spec.helper"
local facts = require "toggl.words.facts"
local methods = require "toggl.words.methods"
local toggl = require "toggl"

local function fields_of(class)
  for _, shape in ipairs(facts.shapes) do
    if shape.class == class then
      local fields = shape.base and fields_of(shape.base) or {}
      for _, f in ipairs(shape.fields) do
        fields[f.name] = f.type
      end
      return fields
    end
  end
  error("no shape " .. class)
end

-- Keys of values that the library keeps for itself.
local OWN = {
  ["toggl.plan_change"] = { p = true, by = true },
  ["toggl.plan_step"] = { args = true, turn = true },
  ["toggl.receipt"] = { steps = true },
  ["toggl.journal_write"] = { boot = true, started = true, personal = true },
}

-- VALUE has no key that CLASS lacks, and each that is not optional, of a type that fits.
local function compare(class, value)
  local fields, own = fields_of(class), OWN[class] or {}
  for key in pairs(value) do
    assert.is_true(fields[key] ~= nil or own[key] == true, ("%s has %s"):format(class, key))
  end
  for name, type_name in pairs(fields) do
    local there, base = value[name], type_name:match "^(%a+)%??$"
    local where = ("%s.%s, a %s"):format(class, name, type_name)
    if there == nil then
      assert.is_true(type_name == "any" or type_name:sub(-1) == "?", where)
    elseif base == "integer" then
      assert.equal("integer", math.type(there), where)
    elseif base == "string" or base == "number" or base == "boolean" then
      assert.equal(base, type(there), where)
    end
  end
end

local function compare_all(class, values)
  assert.is_true(#values > 0, class)
  for _, value in ipairs(values) do
    compare(class, value)
  end
end

describe("the types for editors have", function()
  local server, client, org

  setup(function()
    server = helper.sandbox()
    client = helper.client(server, { settle = 0, journal = ":memory:" })
    org = client:organization "Acme"
  end)

  teardown(function()
    client:close()
    server:stop()
    server, client, org = nil, nil, nil
  end)

  it("each function of the parts of the module", function()
    local typed = {}
    for _, row in ipairs(methods) do
      typed[row.class .. "." .. row.name] = true
    end
    for _, row in ipairs(facts.class_fields["toggl.secrets"]) do
      typed["toggl.secrets." .. row.name] = true
    end
    for _, part in ipairs {
      "json",
      "csv",
      "show",
      "options",
      "report",
      "audit",
      "plan",
      "cache",
      "secrets",
    } do
      for name, value in pairs(toggl[part]) do
        local full = ("toggl.%s.%s"):format(part, name)
        assert.is_true(typed[full] or type(value) ~= "function", full)
      end
    end
  end)

  it("the keys of plans, receipts and changes in the journal", function()
    local plan = org:plan {
      people = {
        ["ann@example.com"] = { groups = { "Support" }, role = "admin" },
        ["bo@example.com"] = { workspaces = { Main = "user" }, groups = { "Night" }, name = "Bo" },
        ["zoe9@example.com"] = { state = "absent" },
      },
      groups = { Night = { workspaces = { "Main" } } },
    }
    compare_all("toggl.plan_change", plan.changes)
    compare_all("toggl.plan_step", plan.steps)
    compare_all("toggl.plan_row", plan:rows())
    local refused = org:plan { people = { [org:get_owner().email] = { state = "absent" } } }
    compare_all("toggl.plan_refusal", refused.refused)
    local receipt = assert(plan:apply { allow_removals = 1 })
    compare("toggl.receipt", receipt)
    compare_all("toggl.receipt_row", receipt.rows)
    local entries = client:journal()
    compare_all("toggl.entry", entries)
    for _, entry in ipairs(entries) do
      compare("toggl.journal_write", entry.write)
      compare("toggl.journal_outcome", entry.outcome)
    end
    compare("toggl.journal_check", client:check_journal())
    compare("toggl.journal_check", client:check_journal(client:check_journal().head))
    compare("toggl.journal_state", client:journal_status())
  end)

  it("the fields of errors of plans", function()
    local fields = fields_of "toggl.error"
    local plan = org:plan { people = { ["tomas6@example.com"] = { state = "absent" } } }
    local _, err = plan:apply()
    for key in pairs(err) do
      assert.is_string(fields[key], key)
    end
    assert.matches('"guard"', fields.kind, 1, true)
    assert.equal("guard", err.kind)
    _, err = toggl.plan.parse("return { people = 5 }", "lua")
    for key in pairs(err) do
      assert.is_string(fields[key], key)
    end
    assert.matches(('"%s"'):format(err.kind), fields.kind, 1, true)
  end)

  it("names and texts that the analyzers do not take for a part of a type", function()
    local words = { as = true, async = true, extends = true, fun = true, keyof = true, is = true }
    for _, row in ipairs(methods) do
      for _, p in ipairs(row.params or {}) do
        assert.is_nil(words[p.name], row.class .. "." .. row.name)
      end
    end
    for line in io.lines "lua/toggl/meta.lua" do
      assert.is_nil(line:match "^%-%-%-@field%s+%S+%s+%S+%s+[-+|&<.]", line)
    end
  end)
end)
