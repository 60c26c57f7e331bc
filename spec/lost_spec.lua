-- Every write whose reply is lost, before and after it was carried out: what settling finds, what is
-- in the journal, and how many requests that takes.
local fixtures = require "spec.fixtures.operations"
local helper = require "spec.helper"
local toggl = require "toggl"

-- Requests beyond the write, by operation, where it is not one; 0: nothing shows it.
local READS = {
  put_invitation = 0,
  post_reset_token = 0,
}

-- Where the state cannot tell whether the write was carried out, so that a person has to: why.
local OPEN = {
  put_invitation = true,
  post_reset_token = true,
}

local function world(options)
  local server = helper.sandbox { record = false, people = 30 }
  local o = { journal = ":memory:", settle = true, settle_after = 0.05, timeout = 5 }
  for name, value in pairs(options or {}) do
    o[name] = value
  end
  local client = helper.client(server, o)
  return fixtures.world(server, client)
end

-- Loses the reply to the write by FAULT. -> whether it ended well, its error, the entry of the
-- journal and the number of reads
local function lose(op, fault, options)
  local w = world(options)
  local args = fixtures.rows[op.name].args(w)
  local own = args.auth == nil -- entries of other credentials are another account's
  local entries = #w.client:journal() + (own and 1 or 0)
  w.server:fault(fault)
  local before = w.server:requests()
  local value, err = w.client.api[op.name](args)
  local reads = w.server:requests() - before - 1
  w.server:clear()
  local journal = w.client:journal()
  assert.equal(entries, #journal)
  w.client:close()
  w.server:stop()
  return value ~= nil, err, own and journal[#journal] or {}, reads
end

describe("a lost reply to", function()
  for _, op in ipairs(toggl.operations) do
    if op.effect then
      local reads, open = READS[op.name] or 1, OPEN[op.name]

      it(op.name .. ", which was carried out, is settled as done", function()
        local ok, err, entry, n = lose(op, "commit-then-drop:1")
        assert.same(
          { open and "unknown" or "settled-done", not open, reads, 1 },
          { entry.state or "settled-done", ok, n, entry.attempts or 1 }
        )
        if open then assert.equal("unknown", err.kind) end
      end)

      it(op.name .. ", which was not, is settled as absent", function()
        local ok, err, entry, n = lose(op, "reset:1")
        assert.same(
          { open and "unknown" or "settled-absent", false, reads, 1 },
          { entry.state or "settled-absent", false, n, entry.attempts or 1 }
        )
        assert.is_false(ok)
        assert.equal(open and "unknown" or "transport", err.kind)
      end)

      it(op.name .. " stays unknown where it is not asked to be settled", function()
        local _, err, entry, n = lose(op, "commit-then-drop:1", { settle = false })
        assert.same(
          { "unknown", "unknown", 0, 1 },
          { err.kind, entry.state or "unknown", n, entry.attempts or 1 }
        )
      end)
    end
  end
end)
