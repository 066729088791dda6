#!/usr/bin/env bash
# Stops a cluster: the nodes on the hosts of a file, then those of this machine.
name=stop.sh
# shellcheck source=scripts/cluster/common.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

usage() {
  cat << EOF
Usage: stop.sh [-h FILE] [-p N] [-d DIR]
Runs ray stop on each host of a file, by ssh, then on this machine.
  -h FILE    the hosts, workers.txt by default: one a line, as [user@]host[:port]
  -p N       so many hosts at once, 32 by default
  -d DIR     where Rayakka is on the hosts; by default $root
EOF
}

parse "$@"
[ ${#rest[@]} -eq 0 ] || fail "${rest[0]}: not an option (expected: -h, -p or -d)"

stop_node() {
  ssh_to "$1" "exec $(quoted "$remote_root/scripts/ray" stop)" < /dev/null
}

status=0
on_all stop_node || status=1
"$root/scripts/ray" stop || status=1
exit "$status"
