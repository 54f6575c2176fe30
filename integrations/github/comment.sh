#!/bin/sh
# Writes a comment on a pull request, or writes anew the one that an earlier run left there.
#
#   COMMENT_TOKEN=… comment.sh NUMBER MARKER FILE
#
# The comment begins with MARKER, which nobody sees, and goes on with FILE. It needs curl and jq; GitHub's own runners have both.
set -eu

number=$1 marker="<!-- $2 -->" file=$3
api=${GITHUB_API_URL:-https://api.github.com}/repos/$GITHUB_REPOSITORY
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
for program in curl jq; do
    command -v "$program" >/dev/null || { printf 'error: %s is not here\nhint: install it on the runner\n' "$program" >&2 && exit 1; }
done

# In a file, so that no list of processes shows it.
(umask 077 && printf 'Authorization: Bearer %s\n' "$COMMENT_TOKEN" >"$scratch/header")

# ask METHOD URL [OPTION…]
ask() {
    method=$1 url=$2
    shift 2
    curl --fail --silent --show-error --max-time 60 --request "$method" --header "@$scratch/header" \
        --header 'Accept: application/vnd.github+json' "$@" "$url"
}

# Comments of strangers may begin with the marker, too: only those of programs and of people of the repository are ours.
# shellcheck disable=SC2016 # `$marker` is a variable of jq's.
ours='[.[] | select((.body | startswith($marker)) and
    (.user.type == "Bot" or (.author_association | IN("OWNER", "MEMBER", "COLLABORATOR"))))][0].id // empty'

id='' page=1
while [ -z "$id" ] && [ "$page" -le 30 ]; do
    ask GET "$api/issues/$number/comments?per_page=100&page=$page" >"$scratch/comments"
    id=$(jq -r --arg marker "$marker" "$ours" "$scratch/comments")
    [ "$(jq length "$scratch/comments")" = 100 ] || break
    page=$((page + 1))
done

jq -n --arg marker "$marker" --rawfile text "$file" '{body: ($marker + "\n" + $text)}' >"$scratch/comment"
set -- --header 'Content-Type: application/json' --data-binary "@$scratch/comment" --output "$scratch/answer"
if [ -n "$id" ]; then
    ask PATCH "$api/issues/comments/$id" "$@"
else
    ask POST "$api/issues/$number/comments" "$@"
fi
