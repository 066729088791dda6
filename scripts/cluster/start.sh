#!/usr/bin/env bash
# Starts a cluster: its head on this machine, a node on each host of a file.
name=start.sh
# shellcheck source=scripts/cluster/common.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

usage() {
  cat << EOF
Usage: start.sh [-h FILE] [-p N] [-d DIR] [OPTION...]
Starts the head of a cluster here, and a node on each host of a file, by ssh.
  -h FILE    the hosts without this one, workers.txt by default: one a line, as
             [user@]host[:port], followed by options of ray start for its node
  -p N       so many hosts at once, 32 by default
  -d DIR     where Rayakka is on the hosts; by default $root
  OPTION     of ray start, for the head; --node-ip-address is by default the
             address by which this machine reaches the first host
The password of the cluster goes to each host's ~/.config/rayakka, by ssh.
EOF
}

parse "$@"

# The address of this machine on the way to a host.
own_address() {
  local host=${hosts[0]%% *} address
  host=${host#*@}
  host=${host%:*}
  address=$(getent ahostsv4 "$host" | awk 'NR == 1 { print $1 }')
  ip -o route get "${address:-$host}" 2> /dev/null | sed -n 's/.* src \([^ ]*\).*/\1/p'
}

given=no
for option in ${rest[@]+"${rest[@]}"}; do
  case $option in
    --node-ip-address*) given=yes ;;
  esac
done
if [ "$given" = no ]; then
  address=$(own_address || true)
  [ -n "$address" ] ||
    fail "--node-ip-address: not given, nor found (expected: the address of this machine that the hosts reach)"
  rest+=("--node-ip-address=$address")
fi

started=$("$root/scripts/ray" start --head "${rest[@]}")
printf '%s\n' "$started"
redis=$(sed -n 's/^ *ray start --redis-address=//p' <<< "$started")
file=$(sed -n 's/^which needs the password in \(.*\), by a copy of the file or in .*/\1/p' <<< "$started")
password=${RAY_REDIS_PASSWORD:-$(cat -- "$file")}

# The password comes by standard input: a command line can be seen by everybody on a machine.
start_node() {
  local host=$1
  shift
  # shellcheck disable=SC2016 # for the shell there
  ssh_to "$host" 'umask 077
    folder=${XDG_CONFIG_HOME:-$HOME/.config}/rayakka
    mkdir -p "$folder" && cat > "$folder/redis-password.$$" &&
      mv "$folder/redis-password.$$" "$folder/redis-password" &&
      exec '"$(quoted "$remote_root/scripts/ray" start "--redis-address=$redis" "$@")" \
    <<< "$password"
}

on_all start_node
printf '\n%s nodes joined the head.\n' "${#hosts[@]}"
