-- Long output on a terminal goes through a pager: of the prompt each result, of a job all that it
-- writes.

local show = require "toggl.text.show"

local M = {}

--- Return the command of the pager: $PAGER, else less; "": there is none; "cat": none is wanted.
function M.command()
  local pager = os.getenv "PAGER"
  if pager and pager ~= "" then return pager end
  if not os.execute "command -v less >/dev/null 2>&1" then return "" end
  -- the text is UTF-8 in every locale; without this, less shows the bytes of an accent in some
  return (os.getenv "LESSCHARSET" and "" or "LESSCHARSET=utf-8 ") .. "less -R"
end

--- Does TEXT have more lines than the window?
function M.is_long(host, text)
  local height = select(2, host.width(1))
  return height ~= nil and select(2, text:gsub("\n", "")) >= height and host.isatty(1)
end

--- Pass TEXT to the pager COMMAND.
function M.page(host, command, text)
  io.stdout:flush()
  local pipe = io.popen(command, "w")
  pipe:write(text)
  local _, how, status = pipe:close()
  host.rearm() -- Ctrl-C was for the pager
  local runs = not (how == "exit" and (status == 126 or status == 127))
  if not runs then io.stdout:write(text) end
end

local write = io.write

--- Hold what a job writes until it ends, or asks something, if a person sits at the terminal.
function M.hold(host)
  if not (host.isatty(0) and host.isatty(1)) or os.getenv "TERM" == "dumb" then return end
  show.held = {}
  function io.write(...) -- luacheck: ignore 122
    if not show.held then return write(...) end
    for _, text in ipairs { ... } do
      show.write(tostring(text))
    end
    return io.stdout
  end
end

--- The job has ended: write what it held. WHOLE: it ended well; otherwise its error follows on the
--- screen.
function M.finish(host, whole)
  local text = show.held and table.concat(show.held)
  show.held = nil
  if not text then return end
  local command = whole and M.is_long(host, text) and M.command() or ""
  if command == "" or command == "cat" then return show.write(text) end
  M.page(host, command, text)
end

return M
