package org.rayakka.bootstrap;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/// Nothing of a session may be left 5 seconds after its end, however it ends: no process, no
/// socket, no secret, no shared memory. Rows 14 and 25.
@Timeout(120)
@EnabledOnOs(OS.LINUX) // processes are found by /proc
class LifecycleIT {
  private static final Duration ALL_GONE = Duration.ofSeconds(5);

  private Path root = Path.of("");

  private @Nullable Process started;

  @BeforeEach
  void makeRoot() throws IOException {
    // A short path: a socket has to fit.
    root = Files.createTempDirectory(Path.of("/tmp"), "rayIT");
  }

  @AfterEach
  void killDriver() {
    if (started != null) {
      started.destroyForcibly();
    }
    awaitNothingRuns();
    SessionFolder.remove(root);
  }

  @Test
  void leavesNothingAfterADriverThatReturns() throws Exception {
    start("return");
    ProcessHandle node = node(awaitServing());
    tell("go");

    assertThat(driver().waitFor()).isZero();
    awaitNothingRuns();
    assertThat(sessions()).isEmpty();
    assertThat(sharedMemoryOf(node)).isEmpty();
  }

  @Test
  void leavesNothingAfterADriverThatThrows() throws Exception {
    start("throw");
    awaitServing();
    tell("go");

    assertThat(driver().waitFor()).isEqualTo(1);
    awaitNothingRuns();
    assertThat(sessions()).isEmpty();
  }

  @Test
  void leavesNothingAfterADriverThatIsAskedToEnd() throws Exception {
    endsAll(process -> process.toHandle().destroy());
    assertThat(sessions()).isEmpty();
  }

  @Test
  void leavesOnlyLogsAfterADriverThatIsKilled() throws Exception {
    endsAll(Process::destroyForcibly);
    awaitOnlyLogs();
  }

  @Test
  void leavesOnlyLogsAfterANodeThatIsKilledAndFailsItsDriver() throws Exception {
    start("return");
    Path session = awaitServing();
    ProcessHandle node = node(session);

    node.destroyForcibly();

    // Workers, Redis and the guard between: all but the driver().
    awaitNothingRunsBut(driver().pid());
    awaitOnlyLogs();
    tell("go");
    assertThat(driver().waitFor()).isNotZero();
  }

  @Test
  void leavesNoProcessAfterDriverAndNodeAreKilledTogether() throws Exception {
    start("return");
    Path session = awaitServing();
    ProcessHandle node = node(session);

    driver().destroyForcibly();
    node.destroyForcibly();

    awaitNothingRuns();
    assertThat(leftFiles())
        .noneMatch(file -> file.endsWith("secret") || file.endsWith("node.sock"));
  }

  @Test
  void saysWhyANodeDidNotStart() throws Exception {
    start("return", "-Dray.node.jvm-options=[\"-XX:NoSuchOption\"]");

    assertThat(driver().waitFor()).isEqualTo(1);
    String error = new String(driver().getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(error).contains("NoSuchOption").contains("node.err");
    awaitNothingRuns();
  }

  private void endsAll(Consumer<Process> kill) throws Exception {
    start("return");
    ProcessHandle node = node(awaitServing());

    kill.accept(driver());

    driver().waitFor();
    awaitNothingRuns();
    assertThat(sharedMemoryOf(node)).isEmpty();
  }

  private void start(String end, String... options) throws IOException {
    List<String> command = JavaCommand.prefix(0, 256L << 20, List.of(options));
    command.addAll(
        List.of(
            "-Dray.session.directory=" + root,
            "-Dray.node.num-cpus=2",
            "-Dray.object-store.memory=64 MiB",
            "-cp",
            RuntimeClassPath.join(RuntimeClassPath.entries(System.getProperty("java.class.path"))),
            LifecycleDriver.class.getName(),
            end));
    started = new ProcessBuilder(command).start();
  }

  private Process driver() {
    return Objects.requireNonNull(started, "no driver");
  }

  /// Waits until the driver has its first result.
  private Path awaitServing() throws IOException {
    BufferedReader output = driver().inputReader();
    String line = output.readLine();
    if (!"ready".equals(line)) {
      throw new IOException(
          line + new String(driver().getErrorStream().readAllBytes(), StandardCharsets.UTF_8));
    }
    assertThat(running()).hasSizeGreaterThanOrEqualTo(4);
    return sessions().getFirst();
  }

  private void tell(String line) throws IOException {
    driver().outputWriter().write(line + "\n");
    driver().outputWriter().flush();
  }

  private static ProcessHandle node(Path session) {
    return new SessionFolder(session).node().orElseThrow();
  }

  private void awaitNothingRuns() {
    awaitNothingRunsBut(-1);
  }

  private void awaitNothingRunsBut(long pid) {
    long deadline = System.nanoTime() + ALL_GONE.toNanos();
    Map<Long, String> left = runningBut(pid);
    while (!left.isEmpty() && System.nanoTime() - deadline < 0) {
      LockSupport.parkNanos(SECONDS.toNanos(1) / 50);
      left = runningBut(pid);
    }
    assertThat(left).as("processes left after " + ALL_GONE).isEmpty();
  }

  /// Files go a moment after the process whose end tells the other one to remove them.
  private void awaitOnlyLogs() throws IOException {
    long deadline = System.nanoTime() + ALL_GONE.toNanos();
    List<Path> others = filesButLogs();
    while (!others.isEmpty() && System.nanoTime() - deadline < 0) {
      LockSupport.parkNanos(SECONDS.toNanos(1) / 50);
      others = filesButLogs();
    }
    assertThat(others).as("files left after " + ALL_GONE).isEmpty();
  }

  private List<Path> filesButLogs() throws IOException {
    return leftFiles().stream()
        .filter(file -> !file.toString().matches(".*\\.(log|err|out)"))
        .toList();
  }

  private Map<Long, String> runningBut(long pid) {
    Map<Long, String> running = running();
    running.remove(pid);
    return running;
  }

  /// Every process whose command line names the session root: the driver, the node, its workers,
  /// and Redis with its guard.
  private Map<Long, String> running() {
    Map<Long, String> found = new TreeMap<>();
    try (Stream<Path> entries = Files.list(Path.of("/proc"))) {
      for (Path entry : entries.filter(e -> e.getFileName().toString().matches("\\d+")).toList()) {
        String command = read(entry.resolve("cmdline"));
        if (command.contains(root.toString())) {
          found.put(Long.valueOf(entry.getFileName().toString()), command.replace('\0', ' '));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return found;
  }

  private static String read(Path file) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return ""; // The process has just ended.
    }
  }

  private List<Path> sessions() throws IOException {
    try (Stream<Path> entries = Files.list(root)) {
      return entries.toList();
    }
  }

  /// What is there while files are being removed: each that goes under our eyes is not left.
  private List<Path> leftFiles() throws IOException {
    List<Path> files = new ArrayList<>();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            files.add(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException failure)
              throws IOException {
            return passes(failure);
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure)
              throws IOException {
            return failure == null ? FileVisitResult.CONTINUE : passes(failure);
          }

          private FileVisitResult passes(IOException failure) throws IOException {
            if (failure instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE;
            }
            throw failure;
          }
        });
    return files;
  }

  private static List<Path> sharedMemoryOf(ProcessHandle node) throws IOException {
    String mark = "-" + node.pid() + "-";
    try (Stream<Path> entries = Files.list(Path.of("/dev/shm"))) {
      return entries.filter(entry -> entry.getFileName().toString().contains(mark)).toList();
    }
  }
}
