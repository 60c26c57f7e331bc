-- people.lua COUNT FILE: write a list of organization users as the API sends it, about 640 bytes
-- each.

local count, path = math.tointeger(arg[1]), arg[2]

local WORKSPACE = '{"admin":%s,"inactive":false,"name":"Workspace %d","role":"user","role_id":3,'
  .. '"workspace_id":%d,"workspace_user_id":%d}'
local USER = '{"admin":%s,"avatar_url":"https://assets.example.test/avatars/%032x.png","can_edit_email":true,'
  .. '"email":"person.%d@example.test","groups":[{"group_id":%d,"name":"Group %d"}],"id":%d,"inactive":%s,'
  .. '"invitation_code":null,"invitation_id":null,"joined":true,"name":"%s %d","owner":false,"2fa_enabled":%s,'
  .. '"user_id":%d,"workspaces":[%s]}'
local NAMES = {
  "Ann Berg",
  "Søren Åkesson",
  'Zoë \\"Zed\\" Wolf',
  "王小明",
  "Íñigo Montoya",
  "Bob\\u0020Stone",
}

local function workspaces(i)
  local list = {}
  for k = 1, i % 3 + 1 do
    list[k] = WORKSPACE:format(k == 1, k, 1000 + k, 70000000 + i * 3 + k)
  end
  return table.concat(list, ",")
end

local f <close> = assert(io.open(path, "wb"))
f:write "["
for i = 1, count do
  if i > 1 then f:write "," end
  f:write(
    USER:format(
      i % 50 == 0,
      i * 7919,
      i,
      i % 40,
      i % 40,
      30000000 + i,
      i % 9 == 0,
      NAMES[i % #NAMES + 1],
      i,
      i % 2 == 0,
      9000000 + i,
      workspaces(i)
    )
  )
end
f:write "]"
print(f:seek())
