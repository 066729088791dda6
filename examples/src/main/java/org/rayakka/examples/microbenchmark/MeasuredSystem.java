package org.rayakka.examples.microbenchmark;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.rayakka.examples.microbenchmark.rows.Effort;
import org.rayakka.examples.microbenchmark.rows.MeasuringProcess;
import org.rayakka.examples.microbenchmark.rows.Row;
import org.rayakka.examples.microbenchmark.rows.Samples;

/// One of the systems: the process that measures it, started when first needed and again when it
/// broke. Used by one thread, but for {@link #abandon}.
final class MeasuredSystem implements AutoCloseable {
  private static final Duration ROW_LIMIT = Duration.ofMinutes(5);
  private static final Duration START_LIMIT = Duration.ofMinutes(1);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(20);
  private static final Duration ORPHAN_LIMIT = Duration.ofSeconds(3);

  /// Less free memory than this ends a row: a system that starts a process per task takes it all.
  private static final long MIN_FREE_KIB = 2L << 20;

  private static final String END_OF_OUTPUT = "end of output";

  private final List<String> command;
  private final Map<String, String> environment;
  private final Path log;
  private final Runnable cleanUp;
  private @Nullable Running running;

  /// Guarded by this.
  private @Nullable Process launched;

  private volatile boolean isAbandoned;

  /// A measuring process, and the lines it has told.
  private record Running(Process process, BufferedWriter commands, BlockingQueue<String> told) {}

  /// @param command starts the measuring process
  /// @param environment added to the environment of this process
  /// @param log gets what the system prints
  MeasuredSystem(List<String> command, Map<String, String> environment, Path log) {
    this(command, environment, log, () -> {});
  }

  /// @param command starts the measuring process
  /// @param environment added to the environment of this process
  /// @param log gets what the system prints
  /// @param cleanUp run when a measuring process has ended
  MeasuredSystem(
      List<String> command, Map<String, String> environment, Path log, Runnable cleanUp) {
    this.cleanUp = cleanUp;
    this.command = List.copyOf(command);
    this.environment = Map.copyOf(environment);
    this.log = log;
  }

  Path log() {
    return log;
  }

  Outcome measure(Row row, Effort effort) throws InterruptedException {
    try {
      if (row.name().equals(Row.START)) {
        return measureStart(effort);
      }
      if (row.fresh()) {
        close();
      }
      Running system = running == null ? start() : running;
      system.commands().write(effort + " " + row.name() + "\n");
      system.commands().flush();
      String answer = await(system, ROW_LIMIT);
      return answer.startsWith("ok ")
          ? new Outcome.Measured(Samples.parse(answer.substring(3)))
          : new Outcome.Failed(answer.replaceFirst("^failed ", ""));
    } catch (IOException e) {
      close();
      return new Outcome.Failed(e.getMessage() + ", see " + log);
    }
  }

  /// From starting a JVM to having the value of a first task, in milliseconds.
  private Outcome measureStart(Effort effort) throws IOException, InterruptedException {
    List<Double> values = new ArrayList<>();
    for (int i = 0; i < effort.repeats(); i++) {
      close();
      long begin = System.nanoTime();
      start();
      values.add((System.nanoTime() - begin) / 1e6);
    }
    return new Outcome.Measured(new Samples(values, Double.NaN, Double.NaN));
  }

  private Running start() throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    builder.redirectError(Redirect.appendTo(log.toFile()));
    Process process = launch(builder);
    BlockingQueue<String> told = new LinkedBlockingQueue<>();
    Thread.ofVirtual().name("benchmark-output").start(() -> read(process, told));
    Running started = new Running(process, process.outputWriter(StandardCharsets.UTF_8), told);
    running = started;
    await(started, START_LIMIT);
    return started;
  }

  private synchronized Process launch(ProcessBuilder builder) throws IOException {
    if (isAbandoned) {
      throw new IOException("the benchmark ends");
    }
    Process process = builder.start();
    launched = process;
    return process;
  }

  /// Sorts what the process prints: lines for us are queued, others go to the log.
  private void read(Process process, BlockingQueue<String> told) {
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
        PrintWriter other =
            new PrintWriter(
                Files.newBufferedWriter(log, StandardOpenOption.CREATE, StandardOpenOption.APPEND),
                true)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith(MeasuringProcess.MARK)) {
          told.add(line.substring(MeasuringProcess.MARK.length()));
        } else {
          other.println(line);
        }
      }
    } catch (IOException e) {
      // To end a process closes its output.
      if (!isAbandoned) {
        throw new UncheckedIOException(e);
      }
    } finally {
      told.add(END_OF_OUTPUT);
    }
  }

  private static String await(Running system, Duration limit)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (System.nanoTime() < deadline) {
      String line = system.told().poll(500, TimeUnit.MILLISECONDS);
      if (line != null) {
        if (line.equals(END_OF_OUTPUT)) {
          throw new IOException("the measuring process ended");
        }
        return line;
      }
      if (freeMemoryKib() < MIN_FREE_KIB) {
        throw new IOException("stopped: less than 2 GiB of memory were left");
      }
    }
    throw new IOException("stopped: no answer in " + limit.toSeconds() + " s");
  }

  /// What Linux says can still be used; elsewhere, unlimited.
  private static long freeMemoryKib() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/meminfo"))) {
        if (line.startsWith("MemAvailable:")) {
          return Long.parseLong(line.replaceAll("[^0-9]", ""));
        }
      }
    } catch (IOException _) {
      return Long.MAX_VALUE;
    }
    return Long.MAX_VALUE;
  }

  /// Ends the process and all that it started, by their ids: first by closing its input, upon which
  /// it shuts its system down; what remains is killed. The next row starts a new one.
  @Override
  public void close() {
    Running system = running;
    running = null;
    if (system == null) {
      return;
    }
    Process process = system.process();
    Set<ProcessHandle> started = new LinkedHashSet<>(process.descendants().toList());
    try {
      system.commands().close();
    } catch (IOException _) {
      // it is dead already
    }
    awaitEnd(process, started);
  }

  /// Ends the process in the middle of what it does, and all that it started; none is started
  /// again. Called by any thread, when the benchmark itself is told to end.
  void abandon() {
    Process process;
    synchronized (this) {
      isAbandoned = true;
      process = launched;
    }
    if (process != null) {
      Set<ProcessHandle> started = new LinkedHashSet<>(process.descendants().toList());
      process.destroy();
      awaitEnd(process, started);
    }
  }

  boolean isAbandoned() {
    return isAbandoned;
  }

  /// One at a time: a process that is abandoned is closed by its user as well, who finds it broken.
  private synchronized void awaitEnd(Process process, Set<ProcessHandle> started) {
    if (!endsWithin(STOP_LIMIT, process.toHandle())) {
      started.addAll(process.descendants().toList());
      process.destroyForcibly();
    }
    long deadline = System.nanoTime() + ORPHAN_LIMIT.toNanos();
    for (ProcessHandle orphan : started) {
      if (!endsWithin(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())), orphan)) {
        orphan.destroyForcibly();
      }
    }
    cleanUp.run();
  }

  /// Waits for a process to end; gives up at once if this thread is interrupted.
  private static boolean endsWithin(Duration limit, ProcessHandle process) {
    try {
      process.onExit().get(limit.toNanos(), TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException | ExecutionException _) {
      return false;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
