package org.rayakka.bootstrap;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.rayakka.bootstrap.redis.RedisServer;
import org.rayakka.bootstrap.redis.RedisServerSettings;
import org.rayakka.node.control.ControlStateException;
import org.rayakka.node.control.redis.ClusterDescription;
import org.rayakka.node.control.redis.RedisAddress;
import org.rayakka.node.control.redis.RedisSettings;

/// The Redis servers of a node's cluster: a head's own processes, or those that a joining node is
/// told of.
///
/// @param settings how they are reached
/// @param own those that end with this node
record ControlServers(RedisSettings settings, List<RedisServer> own) implements AutoCloseable {
  ControlServers {
    own = List.copyOf(own);
  }

  /// Starts the servers of a head, and writes for others what the cluster is.
  ///
  /// @throws IOException if one does not start; those that did are stopped again
  static ControlServers start(SessionFolder session, NodeLaunch launch) throws IOException {
    RaySettings.Redis redis = launch.settings().redis();
    String host = NodeAddress.ofHead(launch.settings());
    List<RedisServer> servers = new ArrayList<>();
    try {
      RedisServerSettings server =
          RedisServerSettings.in(session.path())
              .withStartTimeout(redis.startTimeout())
              .withCommandPrefix(GuardedCommand.prefix(session.path()))
              .withAddress(host, 0);
      if (!launch.isOwned() || !redis.passwordFile().isEmpty()) {
        // Others join: they have to know the password, and what they wrote has to last.
        server =
            server
                .withPassword(new RedisPassword(redis, System.getenv()).readOrMake())
                .withAppendOnly(true);
      }
      servers.add(RedisServer.start(server.withAddress(host, redis.port())));
      for (int i = 0; i < redis.numShards(); i++) {
        servers.add(RedisServer.start(server));
      }
      List<RedisAddress> addresses = servers.stream().map(RedisServer::address).toList();
      RedisSettings settings = RedisSettings.of(addresses, server.password());
      new ClusterDescription(VersionCommand.rayakkaVersion(), addresses).write(settings);
      return new ControlServers(settings, servers);
    } catch (IOException | RuntimeException e) {
      servers.forEach(RedisServer::close);
      throw e;
    }
  }

  /// Finds the servers of the cluster that a node joins.
  ///
  /// @throws IOException if they do not answer, or are another version's; the message says why
  static ControlServers ofCluster(RaySettings settings) throws IOException {
    RedisAddress primary = NodeAddress.primary(settings);
    RedisPassword password = new RedisPassword(settings.redis(), System.getenv());
    String known = password.read();
    try {
      ClusterDescription cluster =
          ClusterDescription.read(
              RedisSettings.of(List.of(primary), known), settings.cluster().joinTimeout());
      String version = VersionCommand.rayakkaVersion();
      if (!cluster.version().equals(version)) {
        throw new IOException(
            "rayakka: version %s here (expected: %s, the version of the cluster at %s)"
                .formatted(version, cluster.version(), primary));
      }
      return new ControlServers(RedisSettings.of(cluster.servers(), known), List.of());
    } catch (ControlStateException e) {
      throw new IOException(
          "%s (the password was taken from %s or %s)"
              .formatted(e.getMessage(), RedisPassword.VARIABLE, password.file()),
          e);
    }
  }

  @Override
  public void close() {
    own.forEach(RedisServer::close);
  }
}
