-- Search files and texts for secrets. Needles are a list of texts.

local helper = require "spec.helper"

local M = {}

local DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

local function base64(text)
  local out = {}
  for i = 1, #text, 3 do
    local a, b, c = text:byte(i, i + 2)
    local v = a << 16 | (b or 0) << 8 | (c or 0)
    for k = 0, 3 do
      local d = (v >> (18 - 6 * k) & 63) + 1
      out[#out + 1] = (k == 2 and not b or k == 3 and not c) and "=" or DIGITS:sub(d, d)
    end
  end
  return table.concat(out)
end

-- Return the token and the password of EMAIL, as they are and as a header carries them.
function M.of(token, email, password)
  return { token, password, base64(token .. ":api_token"), base64(email .. ":" .. password) }
end

-- Return what stands before the first needle in TEXT, or nil.
function M.found_in(text, needles)
  for _, needle in ipairs(needles) do
    local at = text:find(needle, 1, true)
    if at then return text:sub(math.max(1, at - 200), at - 1) .. "<the secret>" end
  end
end

-- Return the paths below FOLDER of the files that contain a needle. MORE: further words for find.
function M.files_with(folder, needles, more)
  local words = {}
  for _, needle in ipairs(needles) do
    words[#words + 1] = "-e " .. helper.quote(needle)
  end
  local pipe <close> = io.popen(
    ("cd %s && find . %s -type f -exec grep -laF %s {} + 2>/dev/null"):format(
      helper.quote(folder),
      more or "",
      table.concat(words, " ")
    )
  )
  local names = {}
  for line in pipe:lines() do
    names[#names + 1] = line:sub(3)
  end
  table.sort(names)
  return names
end

return M
