# bash completion for togglsh. Made by scripts/dev/gen.
_togglsh() {
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} job='' options words='' i
    COMPREPLY=()
    # bash makes three words of --name=value.
    [[ $prev != = ]] || prev=${COMP_WORDS[COMP_CWORD - 2]}
    [[ $cur != = ]] || cur=''
    for ((i = 1; i < COMP_CWORD; i++)); do
        case ${COMP_WORDS[i]} in
        --eval | -e | --library | -l | --profile | --org | --output | --columns | --max-requests) [[ ${COMP_WORDS[i + 1]} == = ]] || i=$((i + 1)) ;;
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
    export:--format) mapfile -t COMPREPLY < <(compgen -W 'lua json csv' -- "$cur"); return ;;
    groups:--workspace) return ;;
    groups:--where) return ;;
    groups:--sort) return ;;
    groups:--limit) return ;;
    invite:--workspace) return ;;
    invite:--group) return ;;
    journal:--since) return ;;
    journal:--job) return ;;
    journal:--state) mapfile -t COMPREPLY < <(compgen -W 'intended sent done refused unknown settled' -- "$cur"); return ;;
    journal:--as) mapfile -t COMPREPLY < <(compgen -W 'done absent' -- "$cur"); return ;;
    journal:--noted) return ;;
    offboard:--keep) mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
    onboard:--workspace) return ;;
    onboard:--group) return ;;
    people:--state) mapfile -t COMPREPLY < <(compgen -W 'active inactive invited' -- "$cur"); return ;;
    people:--group) return ;;
    people:--workspace) return ;;
    people:--filter) return ;;
    people:--where) return ;;
    people:--sort) return ;;
    people:--limit) return ;;
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
    *:--org) return ;;
    *:--output) mapfile -t COMPREPLY < <(compgen -W 'table csv tsv json jsonl markdown' -- "$cur"); return ;;
    *:--columns) return ;;
    *:--max-requests) return ;;
    :-e | :-l) return ;;
    esac
    case $job in
    apply) options='--yes --wait --no-editor --sandbox --profile --org --output --columns --max-requests --offline --refresh --dry-run --trace --help' words='FILE ID' ;;
    audit) options='--section --top --output --no-editor --sandbox --profile --org --columns --wait --max-requests --offline --refresh --yes --dry-run --trace --help' words='' ;;
    auth) options='--profile --keyring --email --no-check --check --no-editor --sandbox --org --output --columns --wait --max-requests --offline --refresh --yes --dry-run --trace --help' words='login status logout' ;;
    cache) options='--no-editor --sandbox --profile --org --output --columns --wait --max-requests --offline --refresh --yes --dry-run --trace --help' words='status clear' ;;
    export) options='--format --no-editor --sandbox --profile --org --output --columns --wait --max-requests --offline --refresh --yes --dry-run --trace --help' words='' ;;
    groups) options='--yes --workspace --where --sort --limit --no-editor --sandbox --profile --org --output --columns --wait --max-requests --offline --refresh --dry-run --trace --help' words='add remove rename sync' ;;
    invite) options='--workspace --group --yes --dry-run --no-editor --sandbox --profile --org --output --columns --wait --max-requests --offline --refresh --trace --help' words='' ;;
    journal) options='--since --job --state --as --verify --noted --head --no-editor --sandbox --profile --org --output --columns --wait --max-requests --offline --refresh --yes --dry-run --trace --help' words='show close status mend' ;;
    offboard) options='--remove --keep --yes --no-editor --sandbox --profile --org --output --columns --wait --max-requests --offline --refresh --dry-run --trace --help' words='' ;;
    onboard) options='--workspace --group --yes --no-editor --sandbox --profile --org --output --columns --wait --max-requests --offline --refresh --dry-run --trace --help' words='' ;;
    people) options='--state --admins --group --no-group --workspace --filter --where --sort --limit --no-editor --sandbox --profile --org --output --columns --wait --max-requests --offline --refresh --yes --dry-run --trace --help' words='' ;;
    plan) options='--all --no-editor --sandbox --profile --org --output --columns --wait --max-requests --offline --refresh --yes --dry-run --trace --help' words='' ;;
    quota) options='--refresh --no-editor --sandbox --profile --org --output --columns --wait --max-requests --offline --yes --dry-run --trace --help' words='' ;;
    report) options='--no-editor --sandbox --profile --org --output --columns --wait --max-requests --offline --refresh --yes --dry-run --trace --help' words='' ;;
    resume) options='--yes --wait --no-editor --sandbox --profile --org --output --columns --max-requests --offline --refresh --dry-run --trace --help' words='' ;;
    sandbox) options='--port --people --seed --plan --latency --page-cap --visible-after --gone-after --rate --file --record --fault --no-editor --sandbox --profile --org --output --columns --wait --max-requests --offline --refresh --yes --dry-run --trace --help' words='' ;;
    set) options='--role --state --name --yes --no-editor --sandbox --profile --org --output --columns --wait --max-requests --offline --refresh --dry-run --trace --help' words='' ;;
    sync) options='--map --yes --no-editor --sandbox --profile --org --output --columns --wait --max-requests --offline --refresh --dry-run --trace --help' words='' ;;
    '') options='--eval -e --library -l --interactive -i --no-editor --sandbox --profile --org --output --columns --wait --max-requests --offline --refresh --yes --dry-run --trace --version -v --help -h' words='apply audit auth cache export groups invite journal offboard onboard people plan quota report resume sandbox set sync' ;;
    *) options='' ;;
    esac
    if [[ $cur == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$options" -- "$cur")
    elif [[ -n $words ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
    fi
    if [[ -z $job && $cur != -* ]]; then
        mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -X '!*.lua' -- "$cur"; compgen -d -- "$cur")
    fi
}
complete -o filenames -o bashdefault -F _togglsh togglsh
