#!/bin/sh
# The name that `ray start` had in 2017.
exec "$(dirname -- "$0")/ray" start "$@"
