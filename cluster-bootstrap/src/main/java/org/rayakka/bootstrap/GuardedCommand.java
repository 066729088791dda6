package org.rayakka.bootstrap;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A command that cannot outlive the process that starts it, whatever ends that one.
///
/// A POSIX shell stands between the two. Its standard input is a pipe from the starting process;
/// the operating system closes that pipe when the process is gone, `kill -9` included, and the
/// shell then kills the command and removes what the session may not leave behind. This works
/// wherever there is a `/bin/sh`; the parent-death signal of Linux would not do, as it follows the
/// thread that started the command, not the process.
///
/// A second shell does the watching, so that the command also ends if the first is killed: only a
/// `kill -9` in the moment between the starts of the two finds the command without it.
///
/// The shell ends with the command's own exit status, and hands a request to end (SIGTERM) on to
/// it. The starting process must leave the pipe open: closing it kills the command, and so does
/// `Process.destroy`, which closes it.
public final class GuardedCommand {
  private static final String SCRIPT =
      """
      session=$1
      shift
      exec 3<&0 </dev/null
      command=
      asked=
      trap 'asked=yes; kill -TERM $command 2>/dev/null' HUP INT TERM
      "$@" 3<&- &
      command=$!
      (
        trap '' HUP INT TERM
        while read -r line <&3; do :; done
        rm -f "$session"/node.sock "$session"/secret "$session"/redis*.conf
        kill -KILL "$command"
      ) >/dev/null 2>&1 &
      guard=$!
      exec 3<&-
      # It may have been asked before it knew whom to ask.
      [ -z "$asked" ] || kill -TERM "$command" 2>/dev/null
      wait "$command"
      status=$?
      while kill -0 "$command" 2>/dev/null; do
        wait "$command"
        status=$?
      done
      kill -KILL "$guard" 2>/dev/null
      exit "$status"
      """;

  private GuardedCommand() {}

  /// Wraps a command.
  ///
  /// @param session the session's folder, out of which secrets go if the starting process dies
  /// @param command the command and its arguments
  /// @return the command to start in its place, with its standard input piped
  public static List<String> of(Path session, List<String> command) {
    List<String> guarded = prefix(session);
    guarded.addAll(command);
    return guarded;
  }

  /// What to put in front of a command.
  ///
  /// @param session the session's folder, out of which secrets go if the starting process dies
  /// @return the beginning of a command line
  public static List<String> prefix(Path session) {
    return new ArrayList<>(List.of("/bin/sh", "-c", SCRIPT, "ray-guard", session.toString()));
  }
}
