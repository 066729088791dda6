package org.rayakka.bootstrap;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
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

  @Override
  public LaunchedNode locate(InitOptions options) {
    String address = String.valueOf(options.address());
    List<String> seen = new ArrayList<>();
    try {
      for (Path folder : newestFirst(SessionFolder.root(RaySettings.load(Map.of()).session()))) {
        String redis = redisAddress(new SessionFolder(folder));
        if (!redis.isEmpty()) {
          if (address.equals(InitOptions.AUTO) || address.equals(redis)) {
            return new FoundNode(folder);
          }
          seen.add(redis);
        }
      }
    } catch (IOException e) {
      throw new RaySystemException("no session folder can be read: " + e.getMessage(), e);
    }
    throw new RaySystemException(
        "address: %s (expected: that of a node that runs on this machine; there is %s)"
            .formatted(address, seen.isEmpty() ? "none" : String.join(", ", seen)));
  }

  private static List<Path> newestFirst(Path root) throws IOException {
    try (Stream<Path> folders = Files.list(root)) {
      return folders.sorted(Comparator.comparing(Path::getFileName).reversed()).toList();
    }
  }

  /// The address of a session that is up; empty for any other folder.
  private static String redisAddress(SessionFolder session) {
    if (!Files.exists(session.socket()) || session.isDead()) {
      return "";
    }
    try {
      Config address = ConfigFactory.parseFile(session.addressFile().toFile());
      return address.hasPath("redis-address") ? address.getString("redis-address") : "";
    } catch (ConfigException e) {
      return "";
    }
  }

  /// A node that somebody else ends.
  private record FoundNode(Path sessionDirectory) implements LaunchedNode {
    @Override
    public void close() {}
  }
}
