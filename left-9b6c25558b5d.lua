-- What plan 9b6c25558b5d has left to do in Acme.
return {
  organization = { id = 4300000017 },
  people = {
    ["a@x.test"] = { workspaces = { { id = 5200000011 } }, groups = {} },
    ["b@x.test"] = { workspaces = { { id = 5200000011 } }, groups = {} },
    ["c@x.test"] = { workspaces = { { id = 5200000011 } }, groups = {} },
  },
}
