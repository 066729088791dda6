#!/usr/bin/env bash
# Brings a cluster that is stopped to the newest version: this machine first, then the hosts of a file.
name=upgrade.sh
# shellcheck source=scripts/cluster/common.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

usage() {
  cat << EOF
Usage: upgrade.sh [-h FILE] [-p N] [-d DIR] [--no-pull]
Pulls the sources of Rayakka, builds them here, and copies the result to each host
of a file, by ssh: the hosts need a JDK, and neither Maven nor git. Stop the
cluster before, by stop.sh.
  -h FILE    the hosts, workers.txt by default: one a line, as [user@]host[:port]
  -p N       so many hosts at once, 32 by default
  -d DIR     where Rayakka is on the hosts; by default $root
  --no-pull  take what is here
EOF
}

parse "$@"
pull=yes
for option in ${rest[@]+"${rest[@]}"}; do
  case $option in
    --no-pull) pull=no ;;
    *) fail "$option: not an option (expected: -h, -p, -d or --no-pull)" ;;
  esac
done

if "$root/scripts/ray" status > /dev/null 2>&1; then
  fail "a cluster runs here (expected: none, as nodes of two versions do not join; see stop.sh)"
fi
if [ "$pull" = yes ] && [ -e "$root/.git" ]; then
  git -C "$root" pull --ff-only
fi
version=$("$root/scripts/ray" version)
printf '%s\n' "$version"

# To a folder beside the old one, which it then replaces: a copy that breaks off harms nothing.
replace() {
  tar -C "$root" --exclude=./.git --exclude=./workers.txt -czf - . |
    ssh_to "$1" "set -e
      new=$(quoted "$remote_root.new") old=$(quoted "$remote_root.old") it=$(quoted "$remote_root")
      rm -rf \"\$new\" \"\$old\"
      mkdir -p \"\$new\"
      tar -C \"\$new\" -xzf -
      if [ -e \"\$it\" ]; then mv \"\$it\" \"\$old\"; fi
      mv \"\$new\" \"\$it\"
      rm -rf \"\$old\""
}

on_all replace
printf 'Upgraded %s hosts.\n' "${#hosts[@]}"
