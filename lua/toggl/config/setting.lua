-- Values of settings as people and secret stores write them: remove obvious accidents, and reject
-- impossible values with one sentence that names the place.
local core = require "toggl.core"
local utf8 = require "toggl.text.standard"("utf8")

local M = {}

--- The default base address.
M.TOGGL = "https://api.track.toggl.com/api/v9"

-- Only faults and profiles need the code that reads files: most clients start without it.
local function refuse(...) require("toggl.config.ini").fail(...) end

-- Return TEXT without a UTF-8 byte order mark.
local function without_mark(text) return (text:gsub("^\xEF\xBB\xBF", "")) end

local function fail(format, ...)
  local text = format:format(...)
  core.fail(true, { kind = "auth", message = text })
end

--- Return TEXT without a pair of quotes around it.
function M.unquoted(text) return text:match '^"([^"]*)"$' or text:match "^'([^']*)'$" or text end

-- Remove a byte order mark, blanks and line ends at both ends, and a pair of quotes around the
-- text.
local function trim(text) return M.unquoted(without_mark(text):match "^%s*(.-)%s*$") end

--- Has TEXT the form that API tokens have today? It is undocumented.
function M.is_usual(text)
  local token = trim(text)
  return #token == 32 and token:find "^%x+$" ~= nil
end

local UNITS = { s = 1, h = 3600, d = 86400 }

--- Return a time as seconds: "400d", "12h", or a number; nil for anything else.
function M.seconds(text)
  local number, unit = tostring(text):match "^%s*(%d+%.?%d*)%s*([shd]?)%s*$"
  local seconds = number and tonumber(number) * (UNITS[unit] or 1)
  return seconds and seconds > 0 and seconds < 1e12 and seconds or nil
end

--- Return the name of a profile as the file has it.
function M.name(text)
  return type(text) == "string" and core.compose(without_mark(text):match "^%s*(.-)%s*$") or text
end

local function description(char)
  if char == " " then return "a blank" end
  if char:find "[\"']" then return "a quote" end
  local code = utf8.len(char) and utf8.codepoint(char)
  if not code then return ("the byte 0x%02X"):format(char:byte()) end
  return code > 32 and code < 127 and ("'%s'"):format(char) or ("the character U+%04X"):format(code)
end

-- Return the first character of TEXT that is in the class ODD or not ASCII, described; nil: none.
local function odd_character(text, odd)
  local char = text:match(odd) or text:match "[\194-\244][\128-\191]*" or text:match "[\128-\255]"
  return char and description(char)
end

local LONGEST = 1024 -- bytes of a secret; the core rejects credentials above 4 KiB

local function check_length(text, where)
  if #text <= LONGEST then return end
  fail("%s is %d bytes long, and at most %d are allowed; nothing was sent", where, #text, LONGEST)
end

--- Check a token. WHERE: its source, for the message.
function M.token(text, where)
  text = trim(text)
  if text == "" then fail("%s is empty; nothing was sent", where) end
  local odd = odd_character(text, "[%c\127%s\"']")
  if odd then fail("%s holds %s, which a token never does; nothing was sent", where, odd) end
  if text:find "^[^@]+@[^@]+%.%w+$" then
    fail(
      "%s is an e-mail address, and the password that goes with it is missing; nothing was sent; "
        .. "give the API token, or the password too (TOGGL_PASSWORD, password = in a profile)",
      where
    )
  end
  if text:find "^toggl_sk_" then
    fail(
      "%s is a key of Toggl's newer product, which belongs to another API; take the API token at "
        .. "the end of the "
        .. "profile page of Toggl Track",
      where
    )
  end
  check_length(text, where)
  return text
end

--- Check the e-mail address of an account. The colon ends it in the header of a request.
function M.email(text, where)
  text = trim(text)
  if text == "" then fail("%s is empty; nothing was sent", where) end
  local odd = text:match "[%c\127%s:]"
  if odd then
    fail(
      "%s holds %s, which an e-mail address never does; nothing was sent",
      where,
      description(odd)
    )
  end
  if core.clean(text) ~= text then
    fail("%s holds a character that is not seen; nothing was sent; remove it", where)
  end
  check_length(text, where)
  return text
end

--- Check a password: remove line ends and a byte order mark, keep blanks.
function M.password(text, where)
  text = without_mark(text):gsub("[\r\n]+$", "")
  if text == "" then fail("%s is empty; nothing was sent", where) end
  if core.control(text) then fail("%s holds a control character; nothing was sent", where) end
  check_length(text, where)
  return text
end

--- Check the key of an organization.
function M.key(text, where)
  local digits = trim(text):match "^%d+$"
  local key = digits and math.tointeger(tonumber(digits))
  if not key or key == 0 then
    refuse(
      where,
      "%q is not an organization key, which has digits alone; a name goes into --org or a profile",
      text
    )
  end
  return key
end

--- Return what is odd about a token that is sent all the same, or nil.
function M.doubt(token, where)
  if M.is_usual(token) then return nil end
  return (
    "%s is not 32 hexadecimal digits, as API tokens of Toggl Track are today; it is sent as "
    .. "it is"
  ):format(where)
end

-- Does the text behind scheme:// start with a host, and perhaps a port?
local function check_authority(rest, where, shown)
  local host, behind = rest:match "^(%[[%x:.]+%])([^/]*)"
  if not host then
    host, behind = rest:match "^([^/:%[%]]+)([^/]*)"
  end
  if not host then refuse(where, "%q is not an address: it has no host", shown) end
  local port = behind:match "^:(%d+)$"
  if
    behind ~= "" and not (port and #port <= 5 and tonumber(port) >= 1 and tonumber(port) < 65536)
  then
    refuse(
      where,
      "%q is not an address: after the host comes a port from 1 to 65535, or none",
      shown
    )
  end
end

-- A reply of another address is a page of another service, or "404 not found" for every call.
local function check_base(url, where)
  local host, path = url:match "^%a+://([^/]*)(.*)$"
  if (host:find "%.toggl%.com$" or host == "toggl.com") and url ~= M.TOGGL then
    refuse(where, "%s is not the address of Toggl's API, which is %s", url, M.TOGGL)
  end
  local base, more = url:match "^(.-/api/v%d+)(/.+)$"
  if not base and path:find "/me$" then
    base, more = url:match "^(.*)(/me)$"
  end
  if base then refuse(where, "%s goes on with %s, which each call adds: %s", url, more, base) end
end

--- Check the address of a server. CLEARTEXT allows http:// to other hosts.
function M.address(text, where, cleartext)
  local shown = trim(text):gsub("[^/]*@", "...@"):gsub("([?#]).*", "%1...")
  local url = trim(text):gsub("^%a+://[^/]*", string.lower):gsub("/+$", "")
  local scheme, rest = url:match "^(%a+)://(.+)$"
  if url:find("@", 1, true) then
    refuse(where, "the address %s holds credentials, which belong in a profile", shown)
  end
  local odd = odd_character(url, "[%c%s\127?#\\\"'<>]")
  if odd then
    refuse(where, "the address %s holds %s", require("toggl.text.screen").clean(shown), odd)
  end
  if (scheme ~= "https" and scheme ~= "http") or rest:find "^/" then
    refuse(where, "%q is not an address, which begins with https:// and a host", shown)
  end
  check_authority(rest, where, shown)
  check_base(url, where)
  if scheme == "http" and not cleartext and not core.is_local(url) then
    refuse(
      where,
      "%s would send the token in clear to another machine; write https://, or allow it with "
        .. "cleartext = "
        .. "true",
      url
    )
  end
  return url
end

return M
