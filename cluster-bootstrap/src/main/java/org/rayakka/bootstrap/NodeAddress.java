package org.rayakka.bootstrap;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import org.rayakka.bootstrap.redis.RedisServerSettings;
import org.rayakka.node.control.redis.RedisAddress;

/// Under which address a node is reached, where the settings leave it open.
final class NodeAddress {
  private static final String SCHEME = "redis://";

  private NodeAddress() {}

  /// A head's: loopback unless told otherwise, so that nobody opens a cluster to a network by
  /// mistake.
  static String ofHead(RaySettings settings) {
    return settings.node().ipAddress().orElse(RedisServerSettings.LOOPBACK);
  }

  /// A joining node's: that of the interface which leads to the head's Redis.
  ///
  /// @throws IOException if that does not answer
  static String ofJoining(RaySettings settings) throws IOException {
    if (settings.node().ipAddress().isPresent()) {
      return settings.node().ipAddress().get();
    }
    RedisAddress primary = primary(settings);
    try (Socket probe = new Socket()) {
      probe.connect(
          new InetSocketAddress(primary.host(), primary.port()),
          Math.toIntExact(settings.cluster().joinTimeout().toMillis()));
      return probe.getLocalAddress().getHostAddress();
    } catch (IOException e) {
      throw new IOException(
          "redis address: %s does not answer, %s (expected: the address that the head printed)"
              .formatted(primary, e.getMessage()),
          e);
    }
  }

  /// The primary Redis server of the cluster that the settings name.
  static RedisAddress primary(RaySettings settings) {
    return primary(settings.address());
  }

  /// Reads the address of a cluster.
  ///
  /// @param address `host:port` or `redis://host:port`
  static RedisAddress primary(String address) {
    return RedisAddress.parse(
        address.startsWith(SCHEME) ? address.substring(SCHEME.length()) : address);
  }
}
