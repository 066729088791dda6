package org.rayakka.examples.microbenchmark.rows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// This process and all below it, as Linux counts their memory and processor time.
final class ProcessTree {
  private static final double TICKS_PER_SECOND = 100;

  private ProcessTree() {}

  private static List<Long> pids() {
    return Stream.concat(Stream.of(ProcessHandle.current()), ProcessHandle.current().descendants())
        .map(ProcessHandle::pid)
        .collect(Collectors.toList());
  }

  /// Resident memory in MiB, memory that several share counted once.
  static double memoryMib() {
    return pids().stream().mapToLong(ProcessTree::residentKib).sum() / 1024.0;
  }

  /// Processor time used so far, in seconds.
  static double cpuSeconds() {
    return pids().stream().mapToLong(ProcessTree::cpuTicks).sum() / TICKS_PER_SECOND;
  }

  private static long residentKib(long pid) {
    for (String line : lines(pid, "smaps_rollup")) {
      if (line.startsWith("Pss:")) {
        return Long.parseLong(line.replaceAll("[^0-9]", ""));
      }
    }
    return 0;
  }

  private static long cpuTicks(long pid) {
    for (String line : lines(pid, "stat")) {
      String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ", -1);
      return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
    }
    return 0;
  }

  /// The lines of a file about a process; none if the process is gone.
  private static List<String> lines(long pid, String file) {
    try {
      return Files.readAllLines(Path.of("/proc/" + pid + "/" + file));
    } catch (IOException e) {
      if (pid == ProcessHandle.current().pid()) {
        throw new UnsupportedOperationException("this row needs Linux: it reads " + e.getMessage());
      }
      return List.of();
    }
  }
}
