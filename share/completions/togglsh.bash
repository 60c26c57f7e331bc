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
        --eval | -e | --library | -l | --profile | --org | --output | --columns | --max-requests | --names) [[ ${COMP_WORDS[i + 1]} == = ]] || i=$((i + 1)) ;;
        =) i=$((i + 1)) ;;
        -*) ;;
        *) job=${COMP_WORDS[i]} && break ;;
        esac
    done
    case $job:$prev in
    audit:--section) mapfile -t COMPREPLY < <(compgen -W 'plan people administrators no_group not_active empty_groups workspaces requests' -- "$cur"); return ;;
    audit:--top) return ;;
    audit:--output) mapfile -t COMPREPLY < <(compgen -W 'table csv tsv json jsonl markdown' -- "$cur"); return ;;
    auth:--profile) mapfile -t COMPREPLY < <(compgen -W "$(sed -n 's/^\[\(.*\)\]$/\1/p' "${XDG_CONFIG_HOME:-$HOME/.config}/toggl/profiles" 2>/dev/null)" -- "$cur"); return ;;
    auth:--email) return ;;
    cache:--columns) _togglsh_columns 'path state replies bytes limit oldest newest'; return ;;
    export:--format) mapfile -t COMPREPLY < <(compgen -W 'lua json csv' -- "$cur"); return ;;
    groups:--workspace) _togglsh_names workspaces; return ;;
    groups:--where) return ;;
    groups:--sort) _togglsh_columns 'id name people workspaces user_id name joined inactive'; return ;;
    groups:--limit) return ;;
    groups:--columns) _togglsh_columns 'id name people workspaces user_id name joined inactive'; return ;;
    invite:--workspace) _togglsh_names workspaces; return ;;
    invite:--group) _togglsh_names groups; return ;;
    journal:--since) return ;;
    journal:--job) return ;;
    journal:--state) mapfile -t COMPREPLY < <(compgen -W 'intended sent done refused unknown settled' -- "$cur"); return ;;
    journal:--as) mapfile -t COMPREPLY < <(compgen -W 'done absent' -- "$cur"); return ;;
    journal:--noted) return ;;
    journal:--columns) _togglsh_columns 'n at state target change operation path job step attempts status message'; return ;;
    offboard:--keep) mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
    onboard:--workspace) _togglsh_names workspaces; return ;;
    onboard:--group) _togglsh_names groups; return ;;
    people:--state) mapfile -t COMPREPLY < <(compgen -W 'active inactive invited' -- "$cur"); return ;;
    people:--group) _togglsh_names groups; return ;;
    people:--workspace) _togglsh_names workspaces; return ;;
    people:--filter) return ;;
    people:--where) return ;;
    people:--sort) _togglsh_columns 'id name email state role groups workspaces user_id'; return ;;
    people:--limit) return ;;
    people:--columns) _togglsh_columns 'id name email state role groups workspaces user_id'; return ;;
    sandbox:--port) return ;;
    sandbox:--people) return ;;
    sandbox:--seed) return ;;
    sandbox:--plan) mapfile -t COMPREPLY < <(compgen -W 'free starter premium' -- "$cur"); return ;;
    sandbox:--latency) return ;;
    sandbox:--page-cap) return ;;
    sandbox:--visible-after) return ;;
    sandbox:--gone-after) return ;;
    sandbox:--rate) return ;;
    sandbox:--file) mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
    sandbox:--record) mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
    sandbox:--fault) return ;;
    set:--role) mapfile -t COMPREPLY < <(compgen -W 'admin user' -- "$cur"); return ;;
    set:--state) mapfile -t COMPREPLY < <(compgen -W 'active inactive' -- "$cur"); return ;;
    set:--name) return ;;
    sync:--map) mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
    *:--eval) return ;;
    *:--library) return ;;
    *:--profile) mapfile -t COMPREPLY < <(compgen -W "$(sed -n 's/^\[\(.*\)\]$/\1/p' "${XDG_CONFIG_HOME:-$HOME/.config}/toggl/profiles" 2>/dev/null)" -- "$cur"); return ;;
    *:--org) _togglsh_names organizations; return ;;
    *:--output) mapfile -t COMPREPLY < <(compgen -W 'table csv tsv json jsonl markdown' -- "$cur"); return ;;
    *:--columns) return ;;
    *:--max-requests) return ;;
    *:--names) return ;;
    :-e | :-l) return ;;
    esac
    case $job in
    apply) options='--yes --wait --no-editor --sandbox --profile --org --output --columns --bom --max-requests --offline --refresh --dry-run --names --trace --help' words='FILE ID' names='' ;;
    audit) options='--section --top --output --no-editor --sandbox --profile --org --columns --bom --wait --max-requests --offline --refresh --yes --dry-run --names --trace --help' words='' names='' ;;
    auth) options='--profile --keyring --email --no-check --check --no-editor --sandbox --org --output --columns --bom --wait --max-requests --offline --refresh --yes --dry-run --names --trace --help' words='login status logout' names='' ;;
    cache) options='--no-editor --sandbox --profile --org --output --columns --bom --wait --max-requests --offline --refresh --yes --dry-run --names --trace --help' words='status check clear' names='' ;;
    export) options='--format --no-editor --sandbox --profile --org --output --columns --bom --wait --max-requests --offline --refresh --yes --dry-run --names --trace --help' words='' names='' ;;
    groups) options='--yes --workspace --where --sort --limit --no-editor --sandbox --profile --org --output --columns --bom --wait --max-requests --offline --refresh --dry-run --names --trace --help' words='add remove rename sync' names='groups people' ;;
    invite) options='--workspace --group --yes --dry-run --no-editor --sandbox --profile --org --output --columns --bom --wait --max-requests --offline --refresh --names --trace --help' words='' names='' ;;
    journal) options='--since --job --state --as --verify --noted --head --no-editor --sandbox --profile --org --output --columns --bom --wait --max-requests --offline --refresh --yes --dry-run --names --trace --help' words='show close status mend' names='' ;;
    offboard) options='--remove --keep --yes --no-editor --sandbox --profile --org --output --columns --bom --wait --max-requests --offline --refresh --dry-run --names --trace --help' words='' names='people' ;;
    onboard) options='--workspace --group --yes --no-editor --sandbox --profile --org --output --columns --bom --wait --max-requests --offline --refresh --dry-run --names --trace --help' words='' names='people' ;;
    people) options='--state --admins --group --no-group --workspace --filter --where --sort --limit --no-editor --sandbox --profile --org --output --columns --bom --wait --max-requests --offline --refresh --yes --dry-run --names --trace --help' words='' names='' ;;
    plan) options='--all --no-editor --sandbox --profile --org --output --columns --bom --wait --max-requests --offline --refresh --yes --dry-run --names --trace --help' words='' names='' ;;
    quota) options='--refresh --no-editor --sandbox --profile --org --output --columns --bom --wait --max-requests --offline --yes --dry-run --names --trace --help' words='' names='' ;;
    report) options='--no-editor --sandbox --profile --org --output --columns --bom --wait --max-requests --offline --refresh --yes --dry-run --names --trace --help' words='' names='' ;;
    resume) options='--yes --wait --no-editor --sandbox --profile --org --output --columns --bom --max-requests --offline --refresh --dry-run --names --trace --help' words='' names='' ;;
    sandbox) options='--port --people --seed --plan --latency --page-cap --visible-after --gone-after --rate --file --record --fault --no-editor --sandbox --profile --org --output --columns --bom --wait --max-requests --offline --refresh --yes --dry-run --names --trace --help' words='' names='' ;;
    set) options='--role --state --name --yes --no-editor --sandbox --profile --org --output --columns --bom --wait --max-requests --offline --refresh --dry-run --names --trace --help' words='' names='people' ;;
    sql) options='--no-editor --sandbox --profile --org --output --columns --bom --wait --max-requests --offline --refresh --yes --dry-run --names --trace --help' words='' names='' ;;
    sync) options='--map --yes --no-editor --sandbox --profile --org --output --columns --bom --wait --max-requests --offline --refresh --dry-run --names --trace --help' words='' names='' ;;
    '') options='--eval -e --library -l --interactive -i --no-editor --sandbox --profile --org --output --columns --bom --wait --max-requests --offline --refresh --yes --dry-run --names --trace --version -v --help -h' words='apply audit auth cache export groups invite journal offboard onboard people plan quota report resume sandbox set sql sync' ;;
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
