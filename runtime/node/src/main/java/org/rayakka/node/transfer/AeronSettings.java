package org.rayakka.node.transfer;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// How a node uses Aeron.
///
/// @param port that objects arrive at, by UDP; 0: a free one
/// @param mtuBytes the largest datagram; 0: what suits the address
/// @param directory of a media driver that runs already; null: the node's process runs its own
public record AeronSettings(int port, int mtuBytes, @Nullable Path directory) {
  private static final int LEAST_MTU = 1_408;
  private static final int GREATEST_MTU = 65_504;

  /// A free port, datagrams that suit the address, a driver of its own.
  static final AeronSettings DEFAULT = new AeronSettings(0, 0, null);

  /// Checks the numbers, which have these names for users.
  public AeronSettings {
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("ray.node.port: " + port + " (expected: 0 to 65535)");
    }
    if (mtuBytes != 0
        && (mtuBytes < LEAST_MTU || mtuBytes > GREATEST_MTU || mtuBytes % Integer.SIZE != 0)) {
      throw new IllegalArgumentException(
          "ray.transfer.mtu: %d (expected: auto, or a multiple of %d from %d to %d)"
              .formatted(mtuBytes, Integer.SIZE, LEAST_MTU, GREATEST_MTU));
    }
  }
}
