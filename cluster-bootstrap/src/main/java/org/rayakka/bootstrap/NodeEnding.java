package org.rayakka.bootstrap;

import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A node that has been told to end.
///
/// @param node the node
/// @param process its process
/// @param children what it has started
/// @param timeoutMillis after which it is killed
record NodeEnding(
    RunningSession node, ProcessHandle process, List<ProcessHandle> children, long timeoutMillis) {
  /// For the node's own deadline to pass first.
  private static final long MARGIN_MILLIS = 2_000;

  static NodeEnding begin(RunningSession node, ProcessHandle process) {
    // Its folder may go any time from now on.
    RaySettings settings = NodeLaunch.read(node.folder().settingsFile().toFile()).settings();
    NodeEnding ending =
        new NodeEnding(
            node,
            process,
            process.descendants().toList(),
            settings.node().stopTimeout().toMillis() + MARGIN_MILLIS);
    process.destroy();
    return ending;
  }

  void await() {
    CompletableFuture<ProcessHandle> end = process.onExit();
    try {
      end.get(timeoutMillis, TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      process.destroyForcibly();
      end.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailure("interrupted while process %d ends".formatted(node.pid()));
    }
    for (ProcessHandle child : children) {
      child.destroyForcibly();
      child.onExit().join();
    }
    if (Files.exists(node.folder().socket())) {
      node.folder().removeAllButLogs();
    }
  }
}
