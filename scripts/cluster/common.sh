# What the scripts of this folder share. Sourced, after `name` is set to that of the script.
# shellcheck shell=bash
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd -P)
hosts_file=workers.txt
parallel=32
remote_root=$root
target=/

say() {
  printf '%s: %s\n' "$name" "$*" >&2
}

fail() {
  say "$*"
  exit 1
}

# Takes the options that all scripts know; leaves the others in `rest`.
#   -h FILE  hosts, one a line: [user@]host[:port], then options for its node; # begins a comment
#   -p N     so many hosts at once
#   -d DIR   where Rayakka is on the hosts; by default where it is here
#   -t DIR   what paths are below there; by default /
# After a first argument `command` they end where a command begins, whose options are its own.
parse() {
  local commands=no
  if [ "${1:-}" = command ]; then
    commands=yes
    shift
  fi
  rest=()
  while [ $# -gt 0 ]; do
    case $1 in
      -h | -p | -d | -t)
        [ $# -gt 1 ] || fail "$1: no value (expected: $1 VALUE)"
        case $1 in
          -h) hosts_file=$2 ;;
          -p) parallel=$2 ;;
          -d) remote_root=$2 ;;
          -t) target=$2 ;;
        esac
        shift 2
        ;;
      --help)
        usage
        exit 0
        ;;
      --)
        shift
        rest+=("$@")
        break
        ;;
      *)
        if [ "$commands" = yes ]; then
          rest=("$@")
          break
        fi
        rest+=("$1")
        shift
        ;;
    esac
  done
  [[ $parallel =~ ^[1-9][0-9]*$ ]] || fail "-p: $parallel (expected: a number from 1)"
  [ -r "$hosts_file" ] || fail "-h: $hosts_file cannot be read (expected: a file with one host a line)"
  mapfile -t hosts < <(sed -e 's/#.*//' -e 's/^[[:space:]]*//' -e 's/[[:space:]]*$//' -e '/^$/d' "$hosts_file")
  [ ${#hosts[@]} -gt 0 ] || fail "-h: $hosts_file names no host (expected: one a line)"
}

# Quotes words for the shell on the other side.
quoted() {
  local word
  for word in "$@"; do
    printf "'%s' " "${word//\'/\'\\\'\'}"
  done
}

# ssh_to HOST COMMAND: runs a command line there; standard input goes along. It never asks: a host
# that wants a password, or whose key is not known, fails. RAY_SSH_OPTIONS are further options of ssh.
ssh_to() {
  local host=$1 port=22
  if [[ $host =~ ^(.*):([0-9]+)$ ]]; then
    host=${BASH_REMATCH[1]}
    port=${BASH_REMATCH[2]}
  fi
  # shellcheck disable=SC2086 # several options
  ssh -o BatchMode=yes -o ConnectTimeout=10 -p "$port" ${RAY_SSH_OPTIONS:-} "$host" "$2"
}

# on_all FUNCTION: calls it with the words of each host's line, so many at once, and puts the host
# before each line that it prints. Fails if it failed on any, and names those.
on_all() {
  local function=$1 line words failed
  failed=$(mktemp)
  for line in "${hosts[@]}"; do
    read -r -a words <<< "$line"
    while [ "$(jobs -rp | wc -l)" -ge "$parallel" ]; do
      wait -n || true
    done
    {
      "$function" "${words[@]}" 2>&1 | sed -u "s|^|[${words[0]}] |" || echo "${words[0]}" >> "$failed"
    } &
  done
  wait
  if [ -s "$failed" ]; then
    say "failed on $(wc -l < "$failed") of ${#hosts[@]} hosts: $(paste -sd ' ' "$failed")"
    rm -f "$failed"
    return 1
  fi
  rm -f "$failed"
}
