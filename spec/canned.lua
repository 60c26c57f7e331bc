-- A local server that sends the bytes of a spec unchanged, with headers that no library would send.
local helper = require "spec.helper"

local M = {}

local SERVER = [[
import socket, sys, threading
folder, rules = sys.argv[1], []
for line in open(folder + "/canned.rules"):
    if line.strip():
        start, _, reply = line.rstrip("\n").partition("\t")
        rules.append((start.encode(), reply.replace("|", "\r\n").encode()))
s = socket.socket()
s.bind(("127.0.0.1", 0))
s.listen(64)
open(folder + "/canned.log", "w").close()
with open(folder + "/canned.port", "w") as f: f.write("%d\n" % s.getsockname()[1])
def serve(c):
    text = b""
    while b"\r\n\r\n" not in text:
        more = c.recv(65536)
        if not more: return
        text += more
    with open(folder + "/canned.log", "ab") as f: f.write(text.split(b"\r\n")[0] + b"\n")
    for start, reply in rules:
        if start in text.split(b"\r\n")[0]:
            c.sendall(reply)
            break
    c.close()
while True: threading.Thread(target=serve, args=(s.accept()[0],), daemon=True).start()
]]

--- Start a server with its files in FOLDER. RULES: a list of {part of the request line, reply}; the
--- first match is sent. In a reply | ends a line; a reply without a status line is a body, sent
--- with 200 and its length. close() stops the server; requests() returns the request lines.
function M.serve(folder, rules)
  local lines = {}
  for i, rule in ipairs(rules) do
    local reply = rule[2]
    if not reply:find "^HTTP/" then
      reply = ("HTTP/1.1 200 OK|Content-Type: application/json|Content-Length: %d|Connection: close||%s"):format(
        #reply,
        reply
      )
    end
    lines[i] = rule[1] .. "\t" .. reply
  end
  os.remove(folder .. "/canned.port")
  helper.write(folder .. "/canned.rules", table.concat(lines, "\n") .. "\n")
  helper.write(folder .. "/canned.py", SERVER)
  local q = helper.quote
  local pipe <close> = io.popen(
    ("python3 %s %s >/dev/null 2>&1 & echo $!"):format(q(folder .. "/canned.py"), q(folder))
  )
  local pid, port = pipe:read "l", nil
  for _ = 1, 400 do
    port = (helper.content(folder .. "/canned.port") or ""):match "^(%d+)\n"
    if port then break end
    os.execute "sleep 0.05"
  end
  assert(port, "the canned server did not start")
  return {
    url = ("http://127.0.0.1:%s/api/v9"):format(port),
    port = port,
    requests = function()
      local seen = {}
      for line in helper.read(folder .. "/canned.log"):gmatch "[^\n]+" do
        seen[#seen + 1] = line
      end
      return seen
    end,
    close = function() os.execute("kill " .. pid) end,
  }
end

return M
