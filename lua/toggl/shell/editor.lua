-- :edit: a text in the user's editor.

local M = {}

local function quote(word) return "'" .. word:gsub("'", "'\\''") .. "'" end

local function filled(name)
  local value = os.getenv(name)
  return value ~= "" and value or nil
end

local function fail(format, ...) error({ kind = "error", message = format:format(...) }, 0) end

local function read(path)
  local file <close> = assert(io.open(path))
  return file:read "a"
end

--- Return TEXT as the editor leaves it; nil: nothing is to be run. The file is one that only the
--- user can read.
function M.edit(self, text)
  local editor = filled "VISUAL" or filled "EDITOR" or "vi"
  local path = os.tmpname()
  local file = assert(io.open(path, "w"))
  file:write(text, text ~= "" and "\n" or "")
  file:close()
  io.stdout:flush()
  local ok, how, status = os.execute(("%s %s"):format(editor, quote(path)))
  local edited = read(path):gsub("%s+$", "")
  os.remove(path)
  self.host.rearm() -- Ctrl-C was for the editor
  if not ok then fail("%s ended with %s %d; nothing was run", editor, how, status) end
  if edited == "" then fail "the text is empty; nothing was run" end
  return edited
end

return M
