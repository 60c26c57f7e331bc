-- luarocks --lua-version 5.4 make --local
--
-- Where lua-cjson comes from Debian, LuaRocks does not know it: add --deps-mode none, or have a line
-- rocks_provided = {["lua-cjson"] = "2.1.0-1"} in its configuration.
rockspec_format = "3.0"
package = "toggl"
version = "0.1.0-1"

-- The host is a placeholder until the repository has one; this is the only place that names it. To
-- build from a clone needs it not: `make` above takes the tree as it is.
source = {
  url = "git+https://example.org/toggl-lua.git",
  tag = "v0.1.0",
}

description = {
  summary = "Toggl Track organizations from Lua",
  detailed = [[
    People, groups, invitations, workspaces and plans of Toggl Track organizations, with a quota ledger, a store of
    replies and a sandbox server. With togglsh, the host that runs admin scripts.
  ]],
  license = "MIT",
}

dependencies = {
  "lua >= 5.4, < 5.5",
  "lua-cjson >= 2.1.0",
}

external_dependencies = {
  CURL = {library = "curl"},
  SQLITE = {header = "sqlite3.h", library = "sqlite3"},
  MICROHTTPD = {header = "microhttpd.h", library = "microhttpd"},
  EDIT = {header = "histedit.h", library = "edit"},
  MD = {header = "sha2.h", library = "md"},
  ZLIB = {header = "zlib.h", library = "z"},
}

build = {
  type = "cmake",
  variables = {
    CMAKE_BUILD_TYPE = "RelWithDebInfo",
    CMAKE_INSTALL_PREFIX = "$(PREFIX)",
    TG_LUADIR = "$(LUADIR)",
    TG_LIBDIR = "$(LIBDIR)",
    TG_COMPILED = "OFF",
    TG_SDK = "OFF",
    TG_TESTS = "OFF",
  },
}
