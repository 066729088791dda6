#!/usr/bin/env bash
# Copies folders to the hosts of a file. A program's code needs no copying: it goes by itself.
name=sync.sh
# shellcheck source=scripts/cluster/common.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

usage() {
  cat << EOF
Usage: sync.sh [-h FILE] [-p N] [-t DIR] PATH...
Copies files and folders to the same place on each host of a file, by ssh. What
is there and not here stays. Programs' code needs no copying: it goes by itself.
  -h FILE    the hosts, workers.txt by default: one a line, as [user@]host[:port]
  -p N       so many hosts at once, 32 by default
  -t DIR     put the paths below this folder there, instead of /
EOF
}

parse "$@"
[ ${#rest[@]} -gt 0 ] || fail "no path (expected: sync.sh PATH...)"
paths=()
for path in "${rest[@]}"; do
  [ -e "$path" ] || fail "$path: does not exist (expected: a file or folder here)"
  paths+=("$(realpath -s -- "$path")")
done

copy() {
  tar -C / -czf - -- "${paths[@]#/}" |
    ssh_to "$1" "mkdir -p $(quoted "$target") && tar -C $(quoted "$target") -xzf -"
}

on_all copy
printf 'Copied to %s hosts: %s\n' "${#hosts[@]}" "${paths[*]}"
