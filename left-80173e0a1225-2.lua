-- What plan 80173e0a1225 has left to do in Acme.
return {
  organization = { id = 4300000017 },
  people = {
    ["a@x.test"] = { workspaces = { { id = 5200000011 } }, groups = {} },
    ["b@x.test"] = { workspaces = { { id = 5200000011 } }, groups = {} },
    ["c@x.test"] = { workspaces = { { id = 5200000011 } }, groups = {} },
  },
}
