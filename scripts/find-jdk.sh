# shellcheck shell=sh
# Finds a JDK of the release that Rayakka needs. To be sourced: defines find_jdk, which prints its
# folder or fails, and no_jdk, which says what is missing.
release=25
# shellcheck disable=SC2034 # for whoever sources this
no_jdk="no JDK $release found (expected: one named by JAVA_HOME, or in a usual place such as /usr/lib/jvm)"

# A JDK's folder has a "release" file with its version: reading it costs no JVM.
is_jdk() {
  [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 1
  while IFS= read -r line; do
    case $line in
      JAVA_VERSION=\"$release\" | JAVA_VERSION=\"$release.*) return 0 ;;
    esac
  done < "$1/release"
  return 1
}

find_jdk() {
  for candidate in "${JAVA_HOME:-}" /usr/lib/jvm/* /usr/java/* /opt/* /opt/*/* \
    "${HOME:-}"/.sdkman/candidates/java/* "${HOME:-}"/.jdks/* \
    "${HOME:-}"/Library/Java/JavaVirtualMachines/*/Contents/Home \
    /Library/Java/JavaVirtualMachines/*/Contents/Home; do
    if [ -n "$candidate" ] && is_jdk "$candidate"; then
      printf '%s\n' "$candidate"
      return 0
    fi
  done
  java=$(command -v java || true)
  while [ -n "$java" ] && [ -h "$java" ]; do
    target=$(readlink "$java")
    case $target in
      /*) java=$target ;;
      *) java=$(dirname -- "$java")/$target ;;
    esac
  done
  candidate=${java%/bin/java}
  if [ -n "$candidate" ] && is_jdk "$candidate"; then
    printf '%s\n' "$candidate"
    return 0
  fi
  return 1
}
