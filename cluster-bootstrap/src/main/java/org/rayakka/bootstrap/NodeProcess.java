package org.rayakka.bootstrap;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.rayakka.node.transfer.AeronDirectory;

/// A node that this process started, and that lives no longer than it does, unless it is started as
/// a service.
///
/// The node's standard input is a pipe from here: {@link #STOP} on it means a normal end, its end
/// of file means that this process is gone. The node's standard output is a pipe to here, which
/// carries one line, {@link #READY}, once drivers are served; anything else says why the start
/// failed, and so does an end of file. So neither side waits for anything but an event.
public final class NodeProcess implements AutoCloseable {
  /// What the node writes once its socket is served and its address file is complete.
  static final String READY = "ready";

  /// What the node is told so that it ends in good order, and removes its session.
  static final String STOP = "stop";

  /// The garbage collector of nodes. It sizes its young generation by what a load needs, so little
  /// is promoted that is garbage soon after; once in an idle minute it looks for heap to give back.
  private static final List<String> COLLECTOR =
      List.of(
          "-XX:+UseG1GC",
          "-XX:G1PeriodicGCInterval=60000",
          "-XX:MinHeapFreeRatio=20",
          "-XX:MaxHeapFreeRatio=40");

  private static final Predicate<String> CHOOSES_COLLECTOR =
      Pattern.compile("-XX:\\+Use\\w+GC").asMatchPredicate();

  /// Lines of a failed node's output that go into the error message.
  private static final int LINES_SHOWN = 20;

  /// The nodes of this process: a pipe that is garbage would be closed, and its node would end.
  private static final Set<NodeProcess> RUNNING = ConcurrentHashMap.newKeySet();

  private final Process process;
  private final SessionFolder session;
  private final RaySettings settings;
  private volatile boolean isClosing;

  private NodeProcess(Process process, SessionFolder session, RaySettings settings) {
    this.process = process;
    this.session = session;
    this.settings = settings;
  }

  /// Starts a node that is a head or, if the configuration has an address, joins that cluster.
  /// Returns when it serves drivers.
  ///
  /// @param config as {@link RaySettings#resolve} returns it
  /// @return the node
  /// @throws IOException if it does not start; the message says why, and where its log is
  public static NodeProcess start(Config config) throws IOException {
    return start(config, RuntimeClassPath.find());
  }

  /// Does what {@link #start(Config)} does with given jars.
  static NodeProcess start(Config config, RuntimeClassPath classPath) throws IOException {
    NodeProcess node = launch(config, classPath, ProcessHandle.current().pid());
    RUNNING.add(node);
    var _ = node.process.onExit().thenRun(node::ended);
    return node;
  }

  /// Does what {@link #start} does for a node that outlives this process: it ends when it is told
  /// to, by SIGTERM.
  ///
  /// @param config as {@link RaySettings#resolve} returns it
  /// @return where it runs
  /// @throws IOException if it does not start; the message says why, and where its log is
  static SessionFolder startService(Config config) throws IOException {
    return launch(config, RuntimeClassPath.find(), NodeLaunch.NO_OWNER).session;
  }

  private static NodeProcess launch(Config config, RuntimeClassPath classPath, long ownerPid)
      throws IOException {
    RaySettings settings = RaySettings.of(config);
    SessionFolder session =
        SessionFolder.create(settings.session(), LocalDateTime.now(ZoneId.systemDefault()));
    session.writePrivate(
        session.settingsFile(), NodeLaunch.render(config, session, classPath, ownerPid));
    ProcessBuilder builder =
        new ProcessBuilder(command(settings, session, classPath))
            .redirectError(session.logs().resolve("node.err").toFile());
    if (ownerPid == NodeLaunch.NO_OWNER) {
      builder.redirectInput(new File("/dev/null"));
    }
    NodeProcess node = new NodeProcess(builder.start(), session, settings);
    // Until it serves, nobody but this process can end it.
    Thread interrupted = new Thread(node::kill, "ray-node-unwanted");
    Runtime.getRuntime().addShutdownHook(interrupted);
    try {
      node.awaitReady();
    } catch (IOException e) {
      node.kill();
      throw e;
    } finally {
      removeShutdownHook(interrupted);
    }
    return node;
  }

  private static void removeShutdownHook(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // This process is ending, and the hook has run.
    }
  }

  /// Options that choose a node's garbage collector, none if its user has: the JVM refuses two.
  static List<String> collector(List<String> jvmOptions) {
    return jvmOptions.stream().anyMatch(CHOOSES_COLLECTOR) ? List.of() : COLLECTOR;
  }

  private static List<String> command(
      RaySettings settings, SessionFolder session, RuntimeClassPath classPath) {
    List<String> options = new ArrayList<>();
    options.addAll(collector(settings.node().jvmOptions()));
    options.add("-XX:+ExitOnOutOfMemoryError");
    options.add("-XX:ErrorFile=" + session.logs().resolve("hs_err_%p.log"));
    options.add("-D" + LogConfigurator.FILE + "=" + session.logs().resolve("node.log"));
    options.add("-D" + LogConfigurator.LEVEL + "=" + settings.loggingLevel());
    options.addAll(AotCache.NODE.options(settings.aotCaches(), classPath.node()));
    options.addAll(settings.node().jvmOptions());
    List<String> command =
        JavaCommand.prefix(settings.node().heapInitial(), settings.node().heapMaximum(), options);
    command.addAll(
        List.of(
            "-cp",
            RuntimeClassPath.join(NodePatch.before(settings.aotCaches(), classPath.node())),
            NodeMain.class.getName(),
            session.path().toString()));
    return command;
  }

  private void awaitReady() throws IOException {
    CompletableFuture<@Nullable String> line = new CompletableFuture<>();
    Thread.ofVirtual()
        .name("ray-node-ready")
        .start(() -> {
          try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            String first = output.readLine();
            line.complete(
                first == null || first.equals(READY)
                    ? first
                    : Stream.concat(Stream.of(first), output.lines())
                        .collect(Collectors.joining(System.lineSeparator())));
          } catch (IOException e) {
            line.completeExceptionally(e);
          }
        });
    try {
      long timeout = settings.node().startTimeout().toMillis();
      String first = line.get(timeout, TimeUnit.MILLISECONDS);
      if (!READY.equals(first)) {
        process.waitFor(settings.node().stopTimeout().toMillis(), TimeUnit.MILLISECONDS);
        throw new IOException(
            first == null
                ? failure("did not start")
                : "%s%n(the node did not start; its log is in %s)"
                    .formatted(first, session.logs()));
      }
    } catch (TimeoutException e) {
      throw new IOException(
          failure(
              "did not start within ray.node.start-timeout, %s"
                  .formatted(settings.node().startTimeout())),
          e);
    } catch (ExecutionException e) {
      throw new IOException(failure("did not start"), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while the node started", e);
    }
  }

  private String failure(String what) {
    return "the node (process %d) %s%s; its log is in %s%s"
        .formatted(
            process.pid(),
            what,
            process.isAlive() ? "" : ", exit value " + process.exitValue(),
            session.logs(),
            lastLines());
  }

  private String lastLines() {
    StringBuilder shown = new StringBuilder();
    for (String name : List.of("node.err", "node.log")) {
      Path log = session.logs().resolve(name);
      try (Stream<String> lines = Files.lines(log)) {
        List<String> all = lines.toList();
        for (String line : all.subList(Math.max(0, all.size() - LINES_SHOWN), all.size())) {
          shown.append(System.lineSeparator()).append("  ").append(name).append(": ").append(line);
        }
      } catch (IOException e) {
        // It did not come so far.
      }
    }
    return shown.toString();
  }

  /// The session's folder.
  ///
  /// @return the folder
  public SessionFolder session() {
    return session;
  }

  /// The node's process.
  ///
  /// @return a handle that can tell when it ends
  public ProcessHandle handle() {
    return process.toHandle();
  }

  /// Where the session's parts are.
  ///
  /// @return what the node wrote
  public Map<String, Object> address() {
    return ConfigFactory.parseFile(session.addressFile().toFile()).root().unwrapped();
  }

  /// Ends the node in good order: its workers, its store, Redis and the session's folder go too.
  /// Returns when the process is gone; if that takes longer than `ray.node.stop-timeout` it is
  /// killed.
  @Override
  public void close() {
    isClosing = true;
    try (OutputStream pipe = process.getOutputStream()) {
      pipe.write((STOP + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      // It has ended already.
    }
    boolean interrupted = false;
    try {
      // Its own watch ends it at the timeout; the rest is the way of that news to here.
      long timeout = settings.node().stopTimeout().toMillis() + 1_000;
      if (!process.waitFor(timeout, TimeUnit.MILLISECONDS)) {
        kill();
      }
    } catch (InterruptedException e) {
      interrupted = true;
      kill();
    }
    RUNNING.remove(this);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void kill() {
    isClosing = true;
    List<ProcessHandle> all = process.descendants().toList();
    process.destroyForcibly();
    all.forEach(ProcessHandle::destroyForcibly);
    RUNNING.remove(this);
    session.removeAllButLogs();
  }

  private void ended() {
    RUNNING.remove(this);
    AeronDirectory.removeOf(process.pid());
    if (!isClosing) {
      session.removeAllButLogs();
      System.err.println("ray: " + failure("ended unexpectedly"));
    }
  }
}
