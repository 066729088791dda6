#!/bin/sh
# The name that `ray stop` had in 2017.
exec "$(dirname -- "$0")/ray" stop "$@"
