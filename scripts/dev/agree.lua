--[[
Compares the two tables of the core with the official document.

  build/tests/test_tables --dump | lua5.4 scripts/dev/agree.lua DOCUMENT.json

`meant` lists each intended difference with its reason; one that no longer occurs is an error too.
--]]
local cjson = require("cjson").new()
cjson.decode_max_depth(128)

-- Intended differences from the document, and the reasons.
local meant = {
  ["get_organizations_plans_0 operation"] = "the name that clients know; the document has "
    .. "get-organizations-plan",
  ["get_me_logged operation"] = "the document gives it no name",
  ["get_organization_users only_admins type"] = "the words true and false, typed as text",
  ["get_organization_users active_status type"] = "a list with commas, typed as text",
  ["get_organization_users groups type"] = "a list with commas, typed as text",
  ["get_organization_users workspaces type"] = "a list with commas, typed as text",
  ["get_organization_users_detailed only_admins type"] = "the words true and false, typed as text",
  ["get_organization_users_detailed active_status type"] = "a list with commas, typed as text",
  ["get_organization_users_detailed groups type"] = "a list with commas, typed as text",
  ["get_organization_users_detailed workspaces type"] = "a list with commas, typed as text",
  ["get_organization_groups workspace type"] = "one key, typed as text",
  ["get_ownership_transfers ongoing type"] = "the words true and false, typed as text",
  ["get_workspace_workspace_users includeIndirect type"] = "the words true and false, typed as "
    .. "text",
  ["get_workspace_workspace_users includeIndirect required"] = "it is always sent, as false when "
    .. "not given",
  ["get_organization_workspaces_workspaceusers name required"] = "a form field there; the service "
    .. "does without",
  ["get_organization_workspaces_workspaceusers search required"] = "the same",
  ["get_audit_logs source missing"] = "from another server, not from Toggl",
  ["get_audit_logs reply"] = "an entry has no official fields; it is read as an open record",
  ["get_organization_invoice_summary reply"] = "typed as text without a word on what is in it: "
    .. "any JSON is taken",
  ["get_status reply"] = "typed as text, and seen as an object",
  ["get_me_id reply"] = "a number in the document; a key is an integer",
  ["workspace active_project_count extra"] = "the two models of a workspace share their fields",
  ["statistics admins type"] = "objects in the document, plain keys in an official guide: both "
    .. "are taken",
  ["me clients type"] = "related data stays plain",
  ["me projects type"] = "related data stays plain",
  ["me tags type"] = "related data stays plain",
  ["me tasks type"] = "related data stays plain",
  ["me time_entries type"] = "related data stays plain",
}

local document, ops, models, rows = nil, {}, {}, 0
local found, seen = {}, {}

local function deviation(key, text)
  seen[key] = true
  if not meant[key] then found[#found + 1] = ("%s: %s"):format(key, text) end
end

local function read_all(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read("a")
  file:close()
  return text
end

local function set_of(list)
  local set = {}
  for _, word in ipairs(list) do
    set[word] = true
  end
  return set
end

local function read_dump(file)
  for line in file:lines() do
    local row = cjson.decode(line)
    if row.op then
      row.flags = set_of(row.flags)
      ops[row.op] = row
    else
      models[row.model] = row
    end
    for _, field in ipairs(row.params or row.fields) do
      field.flags = set_of(field.flags)
    end
    rows = rows + 1
  end
end

local function definition(ref) return ref:match("^#/definitions/(.+)$") end

-- Resolve references and wrappers of a schema or parameter. Return the schema, and the name of its
-- definition if it has one.
local function unwrap(schema)
  if schema.allOf then return unwrap(schema.allOf[1]) end
  if schema["$ref"] then
    local name = definition(schema["$ref"])
    return document.definitions[name], name
  end
  return schema
end

local function official_of(model) return model and models[model] and models[model].official end

local plain = {
  integer = { integer = true },
  number = { number = true },
  boolean = { boolean = true },
  string = { string = true, time = true },
}

-- Return whether a row, or the items of a list or map, have the type of the schema.
local function same_type(row, kind, schema)
  local target, name = unwrap(schema)
  if name and target.properties then return kind == "record" and official_of(row.model) == name end
  if target.type == "array" then
    return kind == "list" and same_type(row, row.item, target.items)
  end
  if target.additionalProperties then
    return kind == "map" and same_type(row, row.item, target.additionalProperties)
  end
  return plain[target.type] ~= nil and plain[target.type][kind] == true
end

local function sorted_words(list)
  local words = {}
  for _, word in ipairs(list) do
    words[#words + 1] = tostring(word)
  end
  table.sort(words)
  return table.concat(words, " ")
end

local function words_of(row)
  local list = {}
  for word in row.words:gmatch("%S+") do
    list[#list + 1] = word
  end
  return sorted_words(list)
end

local function compare_field(owner, row, schema)
  local target = unwrap(schema)
  local key = owner .. " " .. row.name
  if not same_type(row, row.type, schema) then deviation(key .. " type", "it is " .. row.type) end
  if target.type ~= "string" or not target.enum then return end
  if not row.words then return deviation(key .. " words", "the document lists words") end
  if words_of(row) ~= sorted_words(target.enum) then
    deviation(key .. " words", "other words than " .. row.words)
  end
end

-- Compare the fields or parameters in LIST with PROPERTIES, an object of schemas.
local function compare_fields(owner, list, properties)
  local covered = {}
  for _, row in ipairs(list) do
    local schema = properties[row.name]
    covered[row.name] = true
    if row.older then covered[row.older] = true end
    if schema then
      compare_field(owner, row, schema)
    elseif not row.flags.unverified then
      deviation(owner .. " " .. row.name .. " extra", "the document does not have it")
    end
  end
  for name in pairs(properties) do
    if not covered[name] then
      deviation(owner .. " " .. name .. " missing", "the table does not have it")
    end
  end
end

local function params_in(op, places)
  local list = {}
  for _, row in ipairs(op.params) do
    if places[row["in"]] then list[#list + 1] = row end
  end
  return list
end

local function compare_body(name, op, schema)
  local body = params_in(op, { body = true })
  local target = schema and unwrap(schema) or { properties = {} }
  if target.type == "array" then
    local row = body[1]
    local whole = #body == 1 and row.flags.whole
    if not whole then return deviation(name .. " body", "the document has one whole list") end
    return compare_field(name, row, schema)
  end
  compare_fields(name, body, target.properties or {})
end

local function compare_params(name, op, parameters)
  local schemas, body, required = {}, nil, {}
  for _, p in ipairs(parameters or {}) do
    if p["in"] == "body" then
      body = p.schema
    else
      schemas[p.name], required[p.name] = p, p.required == true
    end
  end
  local list = params_in(op, { path = true, query = true })
  compare_fields(name, list, schemas)
  for _, row in ipairs(list) do
    local p = schemas[row.name]
    if p and p["in"] ~= row["in"] then
      deviation(name .. " " .. row.name .. " place", "it is in the " .. row["in"])
    end
    if p and required[row.name] ~= (row.flags.required == true) then
      deviation(name .. " " .. row.name .. " required", "required here or there only")
    end
  end
  compare_body(name, op, body)
end

-- Return the expected shape of an operation's reply, and the definition of its records.
local function expected_reply(op, schema, produces)
  if produces and produces[1] == "application/pdf" then return "bytes" end
  if not schema then return "nothing" end
  local target, name = unwrap(schema)
  if name and target.properties then return "record", name end
  if target.additionalProperties then
    return "map", definition(target.additionalProperties["$ref"])
  end
  if target.type == "array" then
    local items = target.items
    if items.type == "array" then items = items.items end
    return "list", items["$ref"] and definition(items["$ref"])
  end
  -- The text that a write returns has no content, except the new token.
  return op.verb == "POST" and op.path:find("reset_token") and "string"
    or op.verb ~= "GET" and "nothing"
    or "string"
end

local function compare_reply(name, op, operation)
  local shape, official = expected_reply(op, operation.responses["200"].schema, operation.produces)
  if op.reply ~= shape then
    return deviation(name .. " reply", ("it is %s, not %s"):format(op.reply, shape))
  end
  if official_of(op.model) ~= official or (op.model and not official) then
    deviation(name .. " reply", "its records are " .. tostring(op.model))
  end
end

local function compare_operation(op, operation)
  local id = (operation.operationId or ""):gsub("-", "_")
  if id ~= op.op then deviation(op.op .. " operation", "the document calls it " .. id) end
  compare_params(op.op, op, operation.parameters)
  compare_reply(op.op, op, operation)
  if (operation.deprecated == true) ~= (op.flags.deprecated == true) then
    deviation(op.op .. " deprecated", "here or there only")
  end
end

local function compare_operations()
  local by_place = {}
  for _, op in pairs(ops) do
    by_place[op.verb .. " " .. op.path] = op
  end
  for path, verbs in pairs(document.paths) do
    for verb, operation in pairs(verbs) do
      local place = verb:upper() .. " " .. path
      local op = by_place[place]
      by_place[place] = nil
      if op then
        compare_operation(op, operation)
      else
        deviation(place, "the table does not have it")
      end
    end
  end
  for place, op in pairs(by_place) do
    if not op.flags.legacy then deviation(place, "the document does not have it") end
  end
end

local function compare_models()
  for name, model in pairs(models) do
    local target = model.official and document.definitions[model.official]
    if target then
      compare_fields(name, model.fields, target.properties)
    elseif model.official then
      deviation(name .. " model", "the document has no " .. model.official)
    end
  end
end

local function main(path)
  document = cjson.decode(read_all(path))
  read_dump(io.stdin)
  compare_operations()
  compare_models()
  local count = 0
  for key in pairs(meant) do
    count = count + 1
    if not seen[key] then
      found[#found + 1] = key .. ": stands among the meant deviations, but does not occur"
    end
  end
  table.sort(found)
  for _, text in ipairs(found) do
    print("not ok - " .. text)
  end
  print(("%d rows compared, %d deviations meant, %d not"):format(rows, count, #found))
  return #found == 0 and rows > 0
end

if not arg[1] then
  io.stderr:write("usage: test_tables --dump | lua5.4 scripts/dev/agree.lua DOCUMENT.json\n")
  os.exit(2)
end
os.exit(main(arg[1]))
