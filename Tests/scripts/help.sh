#!/usr/bin/env bash
# Each command explains itself with examples that it understands; completions parse, and offer commands, options and values.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=sql/test/support/prove.sh
. sql/test/support/prove.sh
export COLUMNS=500

timeout 60 "$program" --help >"$work/help"
commands() { sed -n '/^SUBCOMMANDS:/,/^$/s/^  \([a-z][a-z-]*\) .*/\1/p' "$work/help"; }
listed() { commands | sort | same <(printf '%s\n' add archive doctor get jobs migrate rebuild setup-bucket stats upload upload-images urls verify worker) -; }
prove 'the help lists all commands' listed
examples() { sed -n 's/^  \(s3cache .*\)/\1/p' "$1"; }
has_examples() { examples "$work/help" | grep -q .; }
prove 'and has examples' has_examples

# understood LINE: the options of an example are there.
understood() {
    local command=$1 line=$2 option
    while read -r option; do
        grep -qE -- "(^|[ ,[])$option([] ,<]|\$)" "$work/help.$command" || { echo "$command has no $option: $line" && return 1; }
    done < <(grep -oE '(^| )--?[a-z][a-z0-9-]*' <<<"${line%%|*}" | tr -d ' ')
}
explained() {
    local line
    timeout 60 "$program" "$1" --help >"$work/help.$1" || return 1
    examples "$work/help.$1" | grep -q "^s3cache $1\\b" || { cat "$work/help.$1" && return 1; }
    while read -r line; do
        [[ $line == "s3cache $1"* ]] || { echo "an example of another command: $line" && return 1; }
        understood "$1" "$line" || return 1
    done < <(examples "$work/help.$1")
}
for command in $(commands); do prove "$command --help has examples, of options that it has" explained "$command"; done
misuse() {
    timeout 60 "$program" "$@" >"$work/out" 2>"$work/err"
    [ $? -eq 2 ] && grep -q "See 's3cache.* --help'" "$work/err" && [ ! -s "$work/out" ]
}
prove 'an unknown command is usage, and leads to the help' misuse frobnicate
prove 'and so is an unknown option' misuse rebuild --frobnicate

for shell in bash zsh fish; do timeout 60 "$program" --generate-completion-script $shell >"$work/s3cache.$shell"; done
prove 'the completions of bash parse' silent bash -n "$work/s3cache.bash"
prove 'those of zsh too' silent zsh -n "$work/s3cache.zsh"
# fish is not asked to: it brings a Python and more along.
known() { local command; for command in $(commands); do grep -qw -- "$command" "$work/s3cache.$1" || { echo "$command is not in it" && return 1; }; done; }
prove 'those of zsh know all commands' known zsh
prove 'and those of fish' known fish

# offers EXPECTED WORD…: what bash offers for the last word, with the script in force.
offers() {
    local expected=$1
    shift
    # shellcheck disable=SC2016
    timeout 60 bash --norc --noprofile -c 'source "$1"; shift
        COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}
        "$(complete -p s3cache | sed "s/.*-F \([^ ]*\) .*/\1/")" s3cache "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
        printf "%s\n" "${COMPREPLY[@]}"' _ "$work/s3cache.bash" "$@" >"$work/offered" || return 1
    sed 's/ *$//' "$work/offered" | sort | tr '\n' ' ' | sed 's/ $//' | same <(printf %s "$expected") - || return 1
}
prove 'bash completes a command' offers archive s3cache arc
prove 'offers several' offers 'upload upload-images urls' s3cache u
prove 'all of them' eval "offers \"\$( { commands; printf '%s\\n' help --help --version -h; } | sort | tr '\n' ' ' | sed 's/ \$//')\" s3cache ''"
prove 'and options' offers '--dry-run' s3cache archive post_media --dr
prove 'not twice' offers '' s3cache archive post_media --dry-run --dr
prove 'and their values' offers 'queued' s3cache jobs --state q
touch "$work/front.png" && mkdir "$work/photos"
cd "$work" || exit 1
prove 'files to upload' offers front.png s3cache upload fr
prove 'and directories' offers photos s3cache upload-images --image-dir ph
finish
