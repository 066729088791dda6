package org.rayakka.examples.microbenchmark.rows;

import java.io.IOException;
import java.lang.management.ManagementFactory;
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

  /// What is live, in MiB: the heaps of all JVMs as a full collection leaves them, and the resident
  /// memory of the other processes.
  static double liveMib() throws IOException, InterruptedException {
    double sum = 0;
    for (long pid : pids()) {
      boolean isJava =
          ProcessHandle.of(pid)
              .flatMap(process -> process.info().command())
              .orElse("")
              .endsWith("/java");
      sum += isJava ? liveHeapBytes(pid) / 1024.0 / 1024.0 : residentKib(pid) / 1024.0;
    }
    return sum;
  }

  /// This JVM cannot read its own histogram: it is written while all its threads stand still.
  private static long liveHeapBytes(long pid) throws IOException, InterruptedException {
    if (pid == ProcessHandle.current().pid()) {
      System.gc();
      return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
    return liveHeapBytesOfOther(pid);
  }

  /// The last line of a histogram has the count of all objects and their bytes; making one
  /// collects.
  private static long liveHeapBytesOfOther(long pid) throws IOException, InterruptedException {
    Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    Process histogram =
        new ProcessBuilder(jcmd.toString(), Long.toString(pid), "GC.class_histogram")
            .redirectErrorStream(true)
            .start();
    List<String> lines = histogram.inputReader().lines().toList();
    if (histogram.waitFor() != 0) {
      throw new IOException(jcmd + " " + pid + " GC.class_histogram: " + lines);
    }
    String[] total = lines.get(lines.size() - 1).strip().split(" +", -1);
    return Long.parseLong(total[2]);
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
