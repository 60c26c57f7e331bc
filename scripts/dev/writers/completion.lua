-- Write share/completions: the completions of togglsh for bash and zsh.

local M = {}

local PROFILES =
  [[sed -n 's/^\[\(.*\)\]$/\1/p' "${XDG_CONFIG_HOME:-$HOME/.config}/toggl/profiles" 2>/dev/null]]

local function quote(text) return "'" .. text:gsub("'", "'\\''") .. "'" end

local function option_words(options)
  local words = {}
  for _, o in ipairs(options) do
    words[#words + 1] = "--" .. o.name
    if o.short then words[#words + 1] = "-" .. o.short end
  end
  return table.concat(words, " ")
end

-- Return the options whose value is the next word.
local function taking(options)
  local words = {}
  for _, o in ipairs(options) do
    if o.value and not o.optional then
      words[#words + 1] = "--" .. o.name
      if o.short then words[#words + 1] = "-" .. o.short end
    end
  end
  return table.concat(words, " | ")
end

local function job_words(program, job)
  local words, seen = {}, {}
  for _, list in ipairs { job.options, program.options } do
    for _, o in ipairs(list) do
      local early = list == program.options
        and (o.short and o.name ~= "help" or o.name == "version")
      if not seen[o.name] and not early then words[#words + 1] = "--" .. o.name end
      seen[o.name] = true
    end
  end
  return table.concat(words, " ")
end

local function names(jobs)
  local list = {}
  for i, job in ipairs(jobs) do
    list[i] = job.name
  end
  return table.concat(list, " ")
end

-- Options whose values the store can name.
local NAMED =
  { group = "groups", groups = "groups", workspace = "workspaces", org = "organizations" }

local function is_file(o) return o.value and (o.value:find "FILE" or o.value:find "PATH") end

-- -------------------------------------------------------------------------------------------- bash

local function offer(what)
  return ('mapfile -t COMPREPLY < <(compgen %s -- "$cur"); return'):format(what)
end

-- Return the cases of the previous word, with the values that it allows. In a job its own options
-- come first. Columns can be a list.
local function bash_values(options, prefix)
  local lines = {}
  for _, o in ipairs(options) do
    local pattern = prefix .. "--" .. o.name
    if o.value and not o.optional then
      local reply = "return"
      if NAMED[o.name] then
        reply = ("_togglsh_names %s; return"):format(NAMED[o.name])
      elseif o.columns and #o.columns > 0 then
        reply = ("_togglsh_columns %s; return"):format(quote(table.concat(o.columns, " ")))
      elseif o.words then
        reply = offer("-W " .. quote(table.concat(o.words, " ")))
      elseif is_file(o) then
        reply = offer "-f"
      elseif o.name == "profile" then
        reply = offer(('-W "$(%s)"'):format(PROFILES))
      end
      lines[#lines + 1] = ("    %s) %s ;;"):format(pattern, reply)
    end
  end
  return lines
end

--- Return the file for bash.
function M.bash(program)
  local cases, words = {}, {}
  for _, job in ipairs(program.jobs) do
    local options = table.move(job.options, 1, #job.options, 1, {})
    if #job.columns > 1 then
      options[#options + 1] = { name = "columns", value = "A,B,C", columns = job.columns }
    end
    for _, line in ipairs(bash_values(options, job.name .. ":")) do
      cases[#cases + 1] = line
    end
    words[#words + 1] = ("    %s) options=%s words=%s names=%s ;;"):format(
      job.name,
      quote(job_words(program, job)),
      quote(table.concat(job.words, " ")),
      quote(table.concat(job.names, " "))
    )
  end
  for _, line in ipairs(bash_values(program.options, "*:")) do
    cases[#cases + 1] = line
  end
  return ([=[
# bash completion for togglsh. Made by scripts/dev/gen.
# Names from the store; nothing is sent.
_togglsh_names() {
    # bash takes @ for the beginning of a word.
    local name kind line=${COMP_LINE:0:COMP_POINT} start=${cur#[\"\']} head=''
    start=${start//\\/}
    [[ $cur == @* ]] && start=${line##*[ =]} && head=${start%@*}@
    for kind in "$@"; do
        while IFS= read -r name; do
            [[ ${name,,} == "${start,,}"* ]] && COMPREPLY+=("${name:${#head}}")
        done < <("${COMP_WORDS[0]}" ${profile:+"--profile=$profile"} ${org:+"--org=$org"} --names "$kind" 2>/dev/null)
    done
}
# The last one of a list of columns.
_togglsh_columns() {
    local column head=''
    [[ $cur == *,* ]] && head=${cur%,*},
    for column in $1; do
        [[ $head$column == "$cur"* ]] && COMPREPLY+=("$head$column")
    done
}
_togglsh() {
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} job='' options='' words='' i
    local names='' profile='' org=''
    COMPREPLY=()
    # bash makes three words of --name=value.
    [[ $prev != = ]] || prev=${COMP_WORDS[COMP_CWORD - 2]}
    [[ $cur != = ]] || cur=''
    for ((i = 1; i < COMP_CWORD; i++)); do
        [[ ${COMP_WORDS[i]} != --org ]] || org=${COMP_WORDS[i + 1]}
        [[ $org != = ]] || org=${COMP_WORDS[i + 2]}
    done
    org=${org//[\"\'\\]/}
    for ((i = 1; i < COMP_CWORD; i++)); do
        [[ ${COMP_WORDS[i]} != --profile ]] || profile=${COMP_WORDS[i + 1]}
        [[ $profile != = ]] || profile=${COMP_WORDS[i + 2]}
        case ${COMP_WORDS[i]} in
        @TAKING@) [[ ${COMP_WORDS[i + 1]} == = ]] || i=$((i + 1)) ;;
        =) i=$((i + 1)) ;;
        -*) ;;
        *) job=${COMP_WORDS[i]} && break ;;
        esac
    done
    case $job:$prev in
@CASES@
    :-e | :-l) return ;;
    esac
    case $job in
@WORDS@
    '') options=@OPTIONS@ words='@JOBS@' ;;
    *) options='' ;;
    esac
    if [[ $cur == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$options" -- "$cur")
    else
        # shellcheck disable=SC2086 # each word is a kind
        [[ -z $names ]] || _togglsh_names $names
        [[ -z $words ]] || mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -W "$words" -- "$cur")
    fi
    if [[ -z $job && $cur != -* ]]; then
        mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -X '!*.lua' -- "$cur"; compgen -d -- "$cur")
    fi
}
complete -o filenames -o bashdefault -F _togglsh togglsh
]=]):gsub("@(%u+)@", {
    JOBS = names(program.jobs),
    CASES = table.concat(cases, "\n"),
    WORDS = table.concat(words, "\n"),
    OPTIONS = quote(option_words(program.options)),
    TAKING = taking(program.options),
  }),
    nil
end

-- --------------------------------------------------------------------------------------------- zsh

local function brackets(text) return (text:gsub("[%[%]:\\]", "\\%0")) end

local function zsh_action(o)
  if NAMED[o.name] then return "_togglsh_names " .. NAMED[o.name] end
  if o.columns and #o.columns > 0 then
    return "_values -s , column " .. table.concat(o.columns, " ")
  end
  if o.words then return "(" .. table.concat(o.words, " ") .. ")" end
  if is_file(o) then return "_files" end
  return o.name == "profile" and "_togglsh_profiles" or " "
end

-- Return an option as '--name=[description]:value:action'.
local function zsh_option(o)
  local text = brackets(o.doc)
  if not o.value then return quote(("--%s[%s]"):format(o.name, text)) end
  local mark = o.optional and "=-" or "="
  local colon = o.optional and "::" or ":"
  return quote(
    ("--%s%s[%s]%s%s:%s"):format(
      o.name,
      mark,
      text,
      colon,
      o.value:lower():gsub(":", "\\:"),
      zsh_action(o)
    )
  )
end

local function zsh_job(program, job)
  local lines, own = {}, {}
  for _, o in ipairs(job.options) do
    lines[#lines + 1] = "            " .. zsh_option(o)
    own[o.name] = true
  end
  for _, o in ipairs(program.options) do
    if o.name == "columns" then o = setmetatable({ columns = job.columns }, { __index = o }) end
    if not own[o.name] and not (o.short and o.name ~= "help") and o.name ~= "version" then
      lines[#lines + 1] = "            " .. zsh_option(o)
    end
  end
  -- No action that only shows a message: it would keep zsh from inserting a single match.
  local rest = quote("*: :(" .. table.concat(job.words, " ") .. ")")
  if #job.names > 0 then
    local named = table.concat(job.names, " ")
    rest = quote(("*: :_togglsh_words %s -- %s"):format(named, table.concat(job.words, " ")))
  end
  return ("        %s) _arguments \\\n%s \\\n            %s ;;"):format(
    job.name,
    table.concat(lines, " \\\n"),
    rest
  )
end

--- Return the file for zsh.
function M.zsh(program)
  local options, jobs, cases = {}, {}, {}
  for _, o in ipairs(program.options) do
    options[#options + 1] = "        " .. zsh_option(o)
    if o.short then
      local tail = o.value and (":%s:%s"):format(o.value:lower(), zsh_action(o)) or ""
      options[#options + 1] = "        "
        .. quote(("-%s[%s]%s"):format(o.short, brackets(o.doc), tail))
    end
  end
  for _, job in ipairs(program.jobs) do
    jobs[#jobs + 1] = "        " .. quote(job.name .. ":" .. job.doc)
    cases[#cases + 1] = zsh_job(program, job)
  end
  return ([=[
#compdef togglsh
# zsh completion for togglsh. Made by scripts/dev/gen.

_togglsh_profiles() {
    local -a profiles
    profiles=(${(f)"$(@PROFILES@)"})
    _describe profile profiles
}

# Names from the store; nothing is sent.
_togglsh_names() {
    local -a found
    local kind profile=$opt_args[--profile] org=${(Q)opt_args[--org]}
    for kind in "$@"; do
        found+=(${(f)"$(togglsh ${profile:+--profile=$profile} ${org:+--org=$org} --names $kind 2>/dev/null)"})
    done
    compadd -a found
}

# Kinds of names, and words behind --.
_togglsh_words() {
    local -a words
    local at=$@[(i)--]
    words=($@[at+1,-1])
    _togglsh_names $@[1,at-1]
    compadd -a words
}

_togglsh_targets() {
    local -a jobs
    jobs=(
@JOBS@
    )
    _describe job jobs
    _files -g '*.lua'
}

_togglsh() {
    local state line
    _arguments -C -A '-*' \
@OPTIONS@ \
        '1: :_togglsh_targets' \
        '*:: :->rest'
    [[ $state == rest ]] || return
    case $words[1] in
@CASES@
        *) _files ;;
    esac
}

_togglsh "$@"
]=]):gsub("@(%u+)@", {
    PROFILES = PROFILES,
    JOBS = table.concat(jobs, "\n"),
    OPTIONS = table.concat(options, " \\\n"),
    CASES = table.concat(cases, "\n"),
  }),
    nil
end

return M
