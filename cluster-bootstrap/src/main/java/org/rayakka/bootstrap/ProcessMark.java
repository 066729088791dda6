package org.rayakka.bootstrap;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/// Names a process for good: by its id, which is given again when it has ended, and by when it
/// started.
///
/// @param pid its id
/// @param start when it started; to be compared, not read
record ProcessMark(long pid, String start) {
  /// Another one after each start of the system.
  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

  /// Where the start stands in `/proc/PID/stat`, counted behind the name: `proc(5)` has it as the
  /// 22nd field, and the name as the second.
  private static final int START_FIELD = 19;

  static ProcessMark of(ProcessHandle process) {
    return new ProcessMark(process.pid(), start(process));
  }

  /// Reads what {@link #toString} has written.
  ///
  /// @throws IllegalArgumentException if it is something else
  static ProcessMark parse(String text) {
    String[] parts = text.strip().split(" ", 2);
    if (parts.length != 2) {
      throw new IllegalArgumentException(
          "process: '%s' (expected: its id and its start)".formatted(text));
    }
    return new ProcessMark(Long.parseLong(parts[0]), parts[1]);
  }

  /// The process, if it lives; empty also where the process of its id is another one.
  Optional<ProcessHandle> process() {
    return ProcessHandle.of(pid).filter(process -> start(process).equals(start));
  }

  /// In ticks since the system started, where it tells. A start by the machine's clock, as Java
  /// gives it, is reckoned from that: it moves when the clock is set, or when a virtual machine
  /// goes on after a pause.
  private static String start(ProcessHandle process) {
    try {
      String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
      // The name may hold anything.
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      return Files.readString(BOOT_ID).strip() + "/" + fields[START_FIELD];
    } catch (IOException | IndexOutOfBoundsException e) {
      return process.info().startInstant().orElse(Instant.EPOCH).toString();
    }
  }

  @Override
  public String toString() {
    return pid + " " + start;
  }
}
