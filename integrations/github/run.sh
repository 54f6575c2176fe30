#!/bin/sh
# The one step of the GitHub Action: brings the program, runs it once, and says what came of it.
#
# action.yml hands over its inputs as INPUT_…, and parts of the event as EVENT_…. The program itself writes the job's summary and the
# annotations, and finds the revision that was live before. `install.sh` downloads and checks; comment.sh writes the comment.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
line_break='
'

# plain TEXT: the text on one line, without what commands the runner.
plain() { printf '%s' "$1" | tr '\000-\037\177' '?' | sed 's/##\[/#[/g; s/##vso\[/#vso[/g'; }

# annotate LEVEL TEXT: a line at the top of the run.
annotate() { printf '::%s title=diffpurge::%s\n' "$1" "$(plain "$2" | sed 's/%/%25/g')"; }

# output NAME VALUE
output() { printf '%s=%s\n' "$1" "$2" >>"$GITHUB_OUTPUT"; }

die() {
    printf 'error: %s\nhint: %s\n' "$(plain "$1")" "$2" >&2
    annotate error "$1"
    output status invalid
    exit 2
}

# is_true NAME VALUE
is_true() {
    case $2 in
        true) return 0 ;;
        false | '') return 1 ;;
        *) die "the input $1 is '$2', which is neither true nor false" "$1: true" ;;
    esac
}

# whole PATH
whole() { case $1 in /*) printf '%s' "$1" ;; *) printf '%s/%s' "$PWD" "$1" ;; esac; }

# one_line NAME VALUE
one_line() {
    case $2 in *"$line_break"*) die "the input $1 has more than one line" "a value on one line: $1: VALUE" ;; esac
}

check_inputs() {
    case $INPUT_COMMAND in
        plan | purge | verify | check) ;;
        *) die "the input command is '$INPUT_COMMAND'" "command: plan, purge, verify or check" ;;
    esac
    one_line config "$INPUT_CONFIG"
    one_line from "$INPUT_FROM"
    one_line to "$INPUT_TO"
    one_line plan "$INPUT_PLAN"
    one_line out "$INPUT_OUT"
    one_line report "$INPUT_REPORT"
    one_line zone-id "$INPUT_ZONE_ID"
    one_line working-directory "$INPUT_WORKING_DIRECTORY"
    one_line releases "$INPUT_RELEASES"
    case $INPUT_VERSION in
        '' | latest | [0-9v]*) ;;
        *) die "the input version is '$INPUT_VERSION'" "version: 0.1.0" ;;
    esac
    case $INPUT_VERSION in *[!0-9A-Za-z.+-]*) die "the input version is '$INPUT_VERSION'" "version: 0.1.0" ;; esac
    # A revision alone would be FROM.
    case $INPUT_FROM/$INPUT_TO in
        /) ;;
        /dir:* | /manifest:* | /empty) ;;
        /*) die "the input to is given, and from is not" "from: mark" ;;
    esac
    if [ -n "$INPUT_PLAN" ]; then
        case $INPUT_COMMAND in plan | check) die "the input plan does not go with command: $INPUT_COMMAND" "command: purge" ;; esac
    fi
    if is_true dry-run "$INPUT_DRY_RUN"; then
        case $INPUT_COMMAND in verify | check) die "the input dry-run does not go with command: $INPUT_COMMAND" "command: purge" ;; esac
    fi
    if is_true verify "$INPUT_VERIFY" && [ "$INPUT_COMMAND" != purge ]; then
        die "the input verify does not go with command: $INPUT_COMMAND" "command: purge, or command: verify without the input verify"
    fi
    if is_true verify "$INPUT_VERIFY" && is_true dry-run "$INPUT_DRY_RUN"; then
        die "the inputs verify and dry-run are both true, and a purge that sends nothing changes nothing" "verify: false"
    fi
}

# Succeeds for a pull request of somebody who may not write here: nobody has reviewed it, and it has no secrets.
is_foreign() {
    case ${GITHUB_EVENT_NAME:-} in
        pull_request*) [ -z "$EVENT_HEAD" ] || [ "$EVENT_HEAD" != "$EVENT_BASE" ] || [ "${GITHUB_ACTOR:-}" = 'dependabot[bot]' ] ;;
        *) return 1 ;;
    esac
}

# Leaves the program in the directory $home.
bring_program() {
    version=${INPUT_VERSION:-$(sed -n 's/^version //p' "$here/release")}
    version=${version#v}
    place=diffpurge/$version/$(printf '%s' "${RUNNER_ARCH:-$(uname -m)}" | tr '[:upper:]' '[:lower:]')
    home=${RUNNER_TOOL_CACHE:-$RUNNER_TEMP}/$place
    if ! mkdir -p "$home" 2>/dev/null || ! [ -w "$home" ]; then
        home=$RUNNER_TEMP/$place
        mkdir -p "$home"
    fi
    # A program from another place, or before a sum was known, is another one.
    origin=$(printf '%s\n' "$INPUT_RELEASES" && { grep -F "diffpurge-$version-" "$here/release" || :; })
    if [ "$version" != latest ] && [ -x "$home/diffpurge" ] && [ "$(cat "$home.complete" 2>/dev/null)" = "$origin" ]; then
        return
    fi
    rm -f "$home.complete"
    set -- --from "$INPUT_RELEASES" --to "$home" --sums "$here/release"
    [ "$version" = latest ] || set -- "$@" --version "$version"
    if ! PATH="$PATH:$home" sh "$here/../../install.sh" "$@"; then
        annotate error "diffpurge $version was not installed, and nothing was run"
        output status failed
        exit 1
    fi
    printf '%s\n' "$origin" >"$home.complete"
}

# sum_of_urls FILE, number_of_requests FILE: the program writes one key a line, and a text of somebody else never begins a line.
sum_of_urls() { awk '/^      "urls": [0-9]+,$/ { n += $2 } END { print n + 0 }' "$1"; }
number_of_requests() { awk '/^          "method": / { n++ } END { print n + 0 }' "$1"; }

# describe CODE: the outputs, of the command that was run.
describe() {
    changed=
    if [ -s "$out" ]; then
        requests=$(number_of_requests "$out")
        if [ "$requests" -gt 0 ]; then changed=true; else changed=false; fi
        output urls "$(sum_of_urls "$out")"
        output requests "$requests"
        output changed "$changed"
        output plan "$out"
    fi
    if [ -s "$report" ]; then output report "$report"; fi
    case $1/$command in
        0/verify) output status fresh ;;
        0/check) output status ok ;;
        0/*) if [ "$changed" = false ]; then output status unchanged; else output status "$done_word"; fi ;;
        1/verify) output status stale ;;
        1/check) output status invalid ;;
        1/*) output status incomplete ;;
        2/*) output status invalid ;;
        3/*) output status unreadable ;;
        4/*) output status refused ;;
        5/plan | 5/purge) output status planned ;;
        *) output status failed ;;
    esac
}

: "${RUNNER_TEMP:=${TMPDIR:-/tmp}}"
check_inputs
if [ -n "$INPUT_TOKEN" ]; then
    printf '%s\n' "$INPUT_TOKEN" | sed '/^$/d; s/%/%25/g; s/^/::add-mask::/'
    export CLOUDFLARE_API_TOKEN="$INPUT_TOKEN"
fi
[ -z "$INPUT_ZONE_ID" ] || export CLOUDFLARE_ZONE_ID="$INPUT_ZONE_ID"
comment_token=$INPUT_GITHUB_TOKEN
# The program asks for none of them.
unset INPUT_TOKEN INPUT_GITHUB_TOKEN

bring_program
printf '%s\n' "$home" >>"$GITHUB_PATH"

cd -- "${INPUT_WORKING_DIRECTORY:-.}" || die "there is no directory $INPUT_WORKING_DIRECTORY" "working-directory: a directory of the checkout"
scratch=$(mktemp -d "$RUNNER_TEMP/diffpurge.XXXXXX")
# Whole paths: a later step runs elsewhere.
out=$(whole "${INPUT_OUT:-$scratch/plan.json}")
report=$(whole "${INPUT_REPORT:-$scratch/report.html}")
markdown=$scratch/summary.md
job_summary=${GITHUB_STEP_SUMMARY:-/dev/null}
if ! is_true summary "$INPUT_SUMMARY"; then
    job_summary=/dev/null
    unset GITHUB_STEP_SUMMARY
fi

command=$INPUT_COMMAND
done_word=planned
set --
if is_foreign; then
    note='A pull request of a fork, or of Dependabot, is only planned: nothing is sent.'
    annotate notice "$note"
    printf '> %s\n\n' "$note" | tee -a "$job_summary" >"$markdown"
    INPUT_ARGS=
    case $command in
        purge) set -- --dry-run ;;
        *) command=plan INPUT_PLAN='' ;;
    esac
elif [ "$command" = purge ]; then
    if is_true dry-run "$INPUT_DRY_RUN"; then set -- --dry-run; else done_word=purged; fi
    if is_true verify "$INPUT_VERIFY"; then set -- "$@" --verify; fi
fi

case $command in plan | purge) set -- "$@" "--out=$out" "--html=$report" "--summary=$markdown" ;; verify) set -- "$@" --format=markdown ;; esac
[ -z "$INPUT_CONFIG" ] || set -- "$@" "--config=$INPUT_CONFIG"
[ -z "$INPUT_PLAN" ] || set -- "$@" "--plan=$INPUT_PLAN"
set -f
IFS=$line_break
for site in $INPUT_SITE; do set -- "$@" "--site=$site"; done
unset IFS
for word in $INPUT_ARGS; do set -- "$@" "$word"; done
set +f
if [ "$command" != check ] && [ -n "$INPUT_FROM$INPUT_TO" ]; then
    set -- "$@" --
    [ -z "$INPUT_FROM" ] || set -- "$@" "$INPUT_FROM"
    [ -z "$INPUT_TO" ] || set -- "$@" "$INPUT_TO"
fi

code=0
case $command in
    plan | purge) "$home/diffpurge" "$command" "$@" || code=$? ;;
    verify | check)
        "$home/diffpurge" "$command" "$@" >"$scratch/printed" || code=$?
        cat "$scratch/printed"
        # What `check` prints is no Markdown.
        if [ "$command" = check ]; then sed 's/^/    /' "$scratch/printed"; else cat "$scratch/printed"; fi >"$markdown"
        cat "$markdown" >>"$job_summary"
        ;;
esac
describe "$code"

if is_true comment "$INPUT_COMMENT" && [ -n "${EVENT_NUMBER:-}" ] && [ -s "$markdown" ]; then
    if [ -z "$comment_token" ]; then
        annotate notice "the input github-token is empty, so there is no comment on the pull request"
    else
        # Each use of the action has a comment of its own.
        marker="diffpurge $(printf '%s\n' "$INPUT_WORKING_DIRECTORY" "$INPUT_CONFIG" "$INPUT_SITE" | cksum | cut -d ' ' -f 1)"
        COMMENT_TOKEN=$comment_token sh "$here/comment.sh" "$EVENT_NUMBER" "$marker" "$markdown" ||
            annotate warning "the comment on the pull request was not written; does the job have pull-requests: write?"
    fi
fi
exit "$code"
