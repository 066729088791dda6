package org.rayakka.bootstrap;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.rayakka.api.exception.RaySystemException;
import org.rayakka.api.options.InitOptions;
import org.rayakka.client.submission.LaunchedNode;
import org.rayakka.client.submission.NodeLocator;

/// Finds the running session of an address among this machine's session folders; found by
/// `ServiceLoader`.
public final class SessionLocator implements NodeLocator {
  /// For `ServiceLoader`.
  public SessionLocator() {}

  /// Prefers the node that the options name by its IP address; without one the head, if it is here,
  /// and otherwise the node that started last.
  @Override
  public LaunchedNode locate(InitOptions options) {
    String address = String.valueOf(options.address());
    String wanted = options.nodeIpAddress();
    List<String> seen = new ArrayList<>();
    RunningSession found = null;
    try {
      for (Path folder : newestFirst(SessionFolder.root(RaySettings.load(Map.of()).session()))) {
        Optional<RunningSession> session = RunningSession.of(new SessionFolder(folder));
        if (session.isPresent()) {
          RunningSession running = session.get();
          seen.add(running.redisAddress() + " at " + running.nodeIpAddress());
          boolean fits =
              running.isOf(address) && (wanted == null || running.nodeIpAddress().equals(wanted));
          // Newest first: `auto` keeps to the cluster of the first that it meets.
          if (fits
              && (found == null
                  || (running.isHead() && running.redisAddress().equals(found.redisAddress())))) {
            found = running;
          }
        }
      }
    } catch (IOException e) {
      throw new RaySystemException("no session folder can be read: " + e.getMessage(), e);
    }
    if (found == null) {
      throw new RaySystemException(
          "address: %s%s (expected: that of a node that runs on this machine; there is %s)"
              .formatted(
                  address,
                  wanted == null ? "" : " at " + wanted,
                  seen.isEmpty() ? "none" : String.join(", ", seen)));
    }
    return new FoundNode(found.folder().path());
  }

  private static List<Path> newestFirst(Path root) throws IOException {
    try (Stream<Path> folders = Files.list(root)) {
      return folders.sorted(Comparator.comparing(Path::getFileName).reversed()).toList();
    }
  }

  /// A node that somebody else ends.
  private record FoundNode(Path sessionDirectory) implements LaunchedNode {
    @Override
    public void close() {}
  }
}
