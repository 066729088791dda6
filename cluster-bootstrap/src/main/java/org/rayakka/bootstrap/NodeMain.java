package org.rayakka.bootstrap;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The entry of a node process: starts a head's Redis and the node, tells its owner when drivers
/// are served, and ends everything in good order when one of these happens:
///
/// - the owner says so ({@link NodeProcess#STOP} on standard input): nothing is left of the
///   session;
/// - the owner is gone (end of file on standard input, or its process has ended): its logs are
///   left;
/// - the node fails: likewise, and the exit value is {@value #FAILED};
/// - the process is told to end (SIGTERM): as if the owner had said so.
///
/// If good order takes longer than `ray.node.stop-timeout` the process halts, after killing every
/// process that stems from it. If this process itself is killed, its workers see their sockets
/// close, and {@link GuardedCommand} ends Redis.
public final class NodeMain {
  /// Exit value of a node that did not start, or that failed.
  static final int FAILED = 1;

  private static final Logger LOG = LoggerFactory.getLogger(NodeMain.class);

  /// Why a node ends.
  private enum End {
    STOPPED,
    ORPHANED,
    FAILED
  }

  private final SessionFolder session;
  private final NodeLaunch launch;
  private final CompletableFuture<End> end = new CompletableFuture<>();
  private final CountDownLatch closed = new CountDownLatch(1);

  private NodeMain(SessionFolder session, NodeLaunch launch) {
    this.session = session;
    this.launch = launch;
  }

  /// Runs a node.
  ///
  /// @param args the session's folder
  public static void main(String[] args) {
    if (args.length != 1) {
      System.err.println("arguments: " + args.length + " (expected: 1, the session's folder)");
      System.exit(2);
    }
    SessionFolder session = new SessionFolder(Path.of(args[0]));
    NodeMain main = new NodeMain(session, NodeLaunch.read(session.settingsFile().toFile()));
    System.exit(main.run());
  }

  private int run() {
    PosixProcess.leaveTerminal();
    Runtime.getRuntime().addShutdownHook(new Thread(this::onShutdown, "ray-node-shutdown"));
    daemon("ray-node-owner", this::readOwner);
    watchOwner();
    var _ = end.thenAccept(why -> daemon("ray-node-deadline", this::enforceDeadline));
    try {
      session.writeNodePid();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    try (RunningNode node = RunningNode.start(session, launch)) {
      var _ = node.terminated().whenComplete((nothing, failure) -> end.complete(End.FAILED));
      if (!end.isDone()) {
        System.out.println(NodeProcess.READY);
        System.out.flush();
        LOG.info("state=serving socket={}", session.socket());
        daemon("ray-node-sweep", this::sweep);
      }
      LOG.info("state=ending why={}", end.join());
    } catch (IOException e) {
      // What a user can mend: said in words, to who started this process.
      LOG.error("state=failed", e);
      System.out.println(e.getMessage());
      System.out.flush();
      end.complete(End.FAILED);
    } catch (RuntimeException e) {
      LOG.error("state=failed", e);
      e.printStackTrace();
      end.complete(End.FAILED);
    }
    End why = end.join();
    cleanUp(why);
    closed.countDown();
    return why == End.FAILED ? FAILED : 0;
  }

  /// The owner's words, and the end of the pipe that the operating system closes with its process.
  private void readOwner() {
    if (!launch.isOwned()) {
      return;
    }
    try (BufferedReader input =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      String line = input.readLine();
      end.complete(NodeProcess.STOP.equals(line) ? End.STOPPED : End.ORPHANED);
    } catch (IOException e) {
      end.complete(End.ORPHANED);
    }
  }

  /// A second watch: the pipe stays open if the owner handed it to a child that outlives it.
  private void watchOwner() {
    if (!launch.isOwned()) {
      return;
    }
    Optional<ProcessHandle> parent = ProcessHandle.current().parent();
    if (parent.isEmpty() || parent.get().pid() != launch.ownerPid()) {
      end.complete(End.ORPHANED);
    } else {
      var _ = parent.get().onExit().thenRun(() -> end.complete(End.ORPHANED));
    }
  }

  /// Good order has its time; then everything is killed.
  private void enforceDeadline() {
    Duration timeout = launch.settings().node().stopTimeout();
    try {
      if (closed.await(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      LOG.error("state=deadline interrupted", e);
    }
    LOG.error("state=killed why=not closed within {}", timeout);
    ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
    session.removeAllButLogs();
    Runtime.getRuntime().halt(FAILED);
  }

  private void onShutdown() {
    if (end.complete(End.STOPPED)) {
      try {
        closed.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /// Removes what crashed sessions left, behind the start and not before it.
  private void sweep() {
    SessionFolder.sweep(
        Objects.requireNonNull(session.path().getParent()),
        launch.settings().session().keepCrashed());
  }

  private void cleanUp(End why) {
    if (why == End.STOPPED && !keepsLogs() && !hasCrashReport()) {
      session.removeAll();
    } else {
      session.removeAllButLogs();
    }
  }

  private boolean keepsLogs() {
    return launch.settings().session().keep()
        || launch.settings().redirectOutput()
        || "1".equals(System.getenv("RAY_KEEP_SESSION"));
  }

  /// Whether the JVM of this session's node or of one of its workers crashed.
  private boolean hasCrashReport() {
    try (Stream<Path> logs = Files.list(session.logs())) {
      return logs.anyMatch(log -> String.valueOf(log.getFileName()).startsWith("hs_err"));
    } catch (IOException e) {
      return false;
    }
  }

  private static void daemon(String name, Runnable body) {
    Thread thread = new Thread(body, name);
    thread.setDaemon(true);
    thread.start();
  }
}
