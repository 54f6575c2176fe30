#!/bin/sh
# The pipe: runs diffpurge in the clone, with the variables that pipe.yml names.
set -eu

cd "${BITBUCKET_CLONE_DIR:-.}"
set -f
set -- "${COMMAND:-plan}" --config "${CONFIG:-purge.toml}"
for site in ${SITES:-}; do set -- "$@" --site "$site"; done
for word in ${ARGS:-}; do set -- "$@" "$word"; done
exec diffpurge "$@"
