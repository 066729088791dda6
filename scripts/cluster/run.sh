#!/usr/bin/env bash
# Runs a command on each host of a file.
name=run.sh
# shellcheck source=scripts/cluster/common.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

usage() {
  cat << EOF
Usage: run.sh [-h FILE] [-p N] COMMAND [ARGUMENT...]
Runs a command on each host of a file, by ssh; "run.sh uptime" tells whether all
of them can be reached.
  -h FILE    the hosts, workers.txt by default: one a line, as [user@]host[:port]
  -p N       so many hosts at once, 32 by default
EOF
}

parse command "$@"
[ ${#rest[@]} -gt 0 ] || fail "no command (expected: run.sh COMMAND, such as uptime)"

run_there() {
  ssh_to "$1" "$(quoted "${rest[@]}")" < /dev/null
}

on_all run_there
