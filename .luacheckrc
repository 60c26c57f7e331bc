std = "lua54"
max_line_length = 100
max_string_line_length = 120
include_files = {"**/*.lua", ".luacheckrc", ".busted"}
exclude_files = {"build*/", "lua/toggl/meta.lua", "share/lls/", "spec/types/"}

-- What togglsh gives to a job.
files["scripts/*.lua"].read_globals = {"client", "org", "toggl"}
files["spec/sim/kills.lua"].read_globals = {"client", "org", "toggl"}
files["spec/sim/applies.lua"].read_globals = {"client", "org", "toggl"}
files["spec/sim/plans"].read_globals = {"world", "host", "mutant"}
files["spec"].std = "lua54+busted"

-- Long strings of specs and signatures in comments.
files["spec"].max_line_length = 120
files["lua/toggl/plan"].max_line_length = 120
