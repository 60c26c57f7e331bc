-- Write doc/journal.md: the promises of the journal, the states from the table in
-- csrc/core/state/journal.h, and the reads that settle a write from the rows of the operations.

require "toggl"
local core = require "toggl.core"
local describe = require "toggl.words.describe"

local HEAD = [[
# The journal

Every change that the program sends is recorded on the disk before it goes: in `journal.db`, beside
the quota ledger (`~/.local/state/toggl`, or `TOGGL_STATE_DIR`). Scripts, `-e`, the prompt and jobs
are journaled alike. Reads are not, and a script that only reads does not open the file.

## The promise

> Every attempt of every write is recorded before it is sent; a write is repeated only after it was
> settled that the attempt before did nothing, or where its row says that a repeat is harmless;
> every intent ends as refused, done, settled done, settled absent, or handed to a person, never in
> silence.

It holds while there is a journal. A change that cannot be recorded (the disk is full or read-only,
the file is damaged, another process holds it) is **not sent**, and the sentence says what to do.
With `journal = false` changes are sent unrecorded, and the promise does not hold. `":memory:"`, and
`state = false`, mean a journal in memory: the promise holds while the process lives.

A change costs one commit that waits for the disk, before it is sent. Its outcome does not wait: it
is written at once, and is on the disk with the next change, when the client is closed, or when the
system writes it back, which takes about 30 seconds. After a loss of power the last outcomes may be
missing. Their entries then stand as `sent`, as those of a program that was killed, and are settled
like them.

A journal is kept with mode 0600. The program never deletes and never replaces it.

## States

]]

local AFTER_STATES = [[

`sent` for long means that the program ended before the reply came; an entry whose process still
runs cannot be closed. `settled-absent` may be sent again, as a new attempt of the same entry.

## What settles a write

A write whose reply was lost is `unknown`. What is read to settle it, and what is looked for:

]]

local TAIL = [[

A `once` write, such as the mail of an invitation, is never repeated on a guess.

Where fields differ from what was written, what the store knew before decides. All as before: the
change was not made. Neither as before nor as written: another program has changed it since, and the
entry stays open. Where the store knew nothing, the change counts as not made.

`settle = true`, the default of `client` in togglsh, does so within the call: it waits the settling
time, sends those reads, and ends as done, as failed with nothing changed, or as `unknown`. A `same`
write that was not made is sent again, once, as a second attempt of its entry, within the deadline
and the quota of the call. Any other is not: a group that is not there may have been made, and
deleted by another program. `client:resume()` and `togglsh resume` read, and send no change.

A later change of the same object (by its key, an address or a name, or by path) waits until the
earlier one has ended. Where that one is `unknown`, or its program has ended, it is settled first,
in the time and the quota of the later call. Where it stays open, or the call does not settle, the
later change is **not sent**: kind `conflict`, reason `open`; the sentence names the entry. The
first change that a client sends looks for such entries, and warns how many there are.

## What to do with an open entry

```console
$ togglsh resume
$ togglsh journal --state unknown
n   at                   state    target  change       operation
57  2026-11-28 10:12:44  unknown          name: Night  post_organization_group
$ togglsh journal show 57
$ togglsh groups
$ togglsh journal close 57 --as absent
```

1. `togglsh resume` looks for all that is open. `togglsh journal --state unknown` and
   `--state sent` list what it leaves.
2. `show N` says what was sent and what was there before, as far as the store knew it.
3. Look at the organization, here or on Toggl's pages, for what the table above names. Wait some
   seconds first: Toggl shows a change late.
4. It is there: `close N --as done`. It is not: `close N --as absent`, and make the change again if
   you still want it. For a mail that nothing shows, ask the person who should have got it.

`togglsh resume` goes on with a plan that ended early, and closes its entries itself.

## Keeping it

```sh
togglsh journal status                  # path, size, entries by state, how long they are kept
togglsh journal --verify                # is each event as it was written?
togglsh journal --head                  # the last hash, to note elsewhere
togglsh journal --verify --noted HASH   # is that hash in the chain?
togglsh journal mend                    # goes on from a damaged file
```

Each event is chained to the one before by a SHA-256. A file that was cut at its end verifies too,
unless a hash was noted: where that is missing, the end was cut off or replaced. `mend` copies what
can be read, says how many events were dropped, and keeps the damaged file under another name.
Numbers of dropped events are not used again. Nothing is mended while another process holds the
file, or waits for the reply to an open change.

Entries that have ended are kept for 400 days: `journal_keep = 90d` in a profile, or as an option of
`toggl.client`, changes that. `journal_redact = 30d` removes what they say of people (requests that
hold a name or an address, messages, the name of the target) earlier; the rest and the chain stay,
since the chain holds digests. The program looks once in a day. Open entries stay whole.

Tokens, passwords and codes of invitations are never in the journal. Each account sees and closes
its own entries; `--verify`, `--head` and `status` are about the whole file. From Lua:
`client:journal{ since =, job =, state = }`, `client:close_entry`, `client:check_journal`,
`client:journal_status`, `client:mend_journal`; see the [reference](reference.md).
]]

local M = {}

-- Return the rows of a list macro of the header, such as {"SENT", '"sent"', "true"}.
local function rows_of(text, macro, row)
  local body = text:match("#define " .. macro .. "%(%u+%)(.-)\n\n")
  local rows = {}
  for inner in body:gmatch(row .. "(%b())") do
    local fields = {}
    for field in (inner:sub(2, -2) .. ","):gmatch "%s*(.-)%s*,%s*" do
      fields[#fields + 1] = field:gsub('"', "")
    end
    rows[#rows + 1] = fields
  end
  return rows
end

local MEANING = {
  none = "(before its first event)",
  intended = "part of a plan, not sent yet",
  sent = "recorded and on its way",
  done = "Toggl has accepted it",
  refused = "Toggl has refused it, or it was never sent",
  unknown = "sent, and its reply was lost",
  ["settled-done"] = "found by reading, or by a person: it was made",
  ["settled-absent"] = "found by reading, or by a person: it was not made",
  abandoned = "the plan that it was part of was given up",
}

local function add_states(out, text)
  local words, arrows = {}, {}
  out[#out + 1] = "| state | open | what it means |\n| --- | --- | --- |"
  for _, row in ipairs(rows_of(text, "TG_JOURNAL_STATES", "STATE")) do
    local name, word, open = table.unpack(row)
    words[name] = word
    if name ~= "NONE" then
      local meaning = assert(MEANING[word], "no meaning of the state " .. word)
      out[#out + 1] = ("| `%s` | %s | %s |"):format(word, open == "true" and "yes" or "", meaning)
    end
  end
  for _, row in ipairs(rows_of(text, "TG_JOURNAL_EVENTS", "EVENT")) do
    local _, word, from, to = table.unpack(row)
    for name in from:gmatch "TG_IN%((%u[%u_]*)%)" do
      local before = name == "NONE" and "" or words[name]
      arrows[#arrows + 1] = ("%-16s-- %s --> %s"):format(before, word, words[to])
    end
  end
  out[#out + 1] = "\n```\n" .. table.concat(arrows, "\n") .. "\n```"
end

local function add_settling(out)
  out[#out + 1] = "| write | a repeat | read | looked for |\n| --- | --- | --- | --- |"
  for _, op in ipairs(core.operations) do
    if op.effect then
      local unless = op.effect_if
          and ("; `%s` with %s"):format(op.effect_then, (op.effect_if:gsub(" ", " or ")))
        or ""
      out[#out + 1] = ("| `%s` | `%s`%s | %s | %s |"):format(
        describe.call_name(op.class, op.method),
        op.effect,
        unless,
        op.settle_read and ("`%s`"):format(op.settle_read) or "-",
        op.settle_find
      )
    end
  end
end

--- Return the writer for the header TEXT.
function M.writer(text)
  return function()
    local out = { HEAD }
    add_states(out, text)
    out[#out + 1] = AFTER_STATES
    add_settling(out)
    out[#out + 1] = TAIL
    return (table.concat(out, "\n"):gsub("\n\n\n+", "\n\n"))
  end
end

return M
