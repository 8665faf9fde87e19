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


# the newest PostgreSQL server here; Debian keeps its programs off the PATH

pg_bin() {
    local bin

    bin=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
    [ -x "$bin/initdb" ] && echo "$bin"
}


# Where what runs is kept.  postgres and www-data cannot enter root's home and
# a socket's path ends at 107 bytes, so not below this directory: one folder
# for a user and a checkout in /var/tmp.

run_dir=/var/tmp/activitypub-$(id -u)-$(printf %s "$top" | sha256sum | cut -c 1-8)
pg_dir=$run_dir/pg


# the demo of make run, and what it was started from

demo=$run_dir/demo

PATH=$PATH:/usr/sbin:/sbin


# True while the process of a pid file is there.  /var/tmp outlives a reboot,
# and then the number may be somebody else's.

alive() {
    local pid

    pid=$(cat "$1" 2> /dev/null) && [ -n "$pid" ] \
        && grep -qaF "$demo" "/proc/$pid/cmdline" 2> /dev/null
}


# Sends a signal to it and waits for its end.

end() {
    local pid i

    alive "$2" || return 0
    pid=$(cat "$2")
    kill "-$1" "$pid" 2> /dev/null || return 0

    for ((i = 0; i < 100; i++)); do
        [ -d "/proc/$pid" ] || return 0
        sleep 0.1
    done

    kill -KILL "$pid" 2> /dev/null || true
}


# nginx lets requests end; the application has none of its own to keep.

end_demo() {
    end TERM "$demo/nginx.pid"
    end TERM "$demo/app/app.pid"
    rm -f "$demo/started" "$demo/app/app.sock"
}
