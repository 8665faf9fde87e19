# Common to the scripts beside this file, which source it.

set -euo pipefail

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=$top/build
self=${0##*/}


# one clear sentence, and the end

die() {
    printf '%s: %s\n' "$self" "$*" >&2
    exit 1
}


say() {
    printf '%s\n' "$*"
}


# Runs quietly; what it printed is shown only when it failed.

quietly() {
    local log status=0

    log=$(mktemp)
    "$@" > "$log" 2>&1 || status=$?
    [ "$status" = 0 ] || cat "$log" >&2
    rm -f "$log"
    return "$status"
}
